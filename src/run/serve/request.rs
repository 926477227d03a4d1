//! One request, answered by one instance: `wasi:http` 0.2 and 0.3.

use std::future::{pending, poll_fn};

use futures::channel::oneshot;
use http_body_util::BodyExt;
use hyper::{Request, Response};
use wasmtime::{AsContextMut, Store};
use wasmtime_wasi_http::handler::{Prepared, Proxy};
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::{WasiBody, WasiHttpView, p2, p3};

use crate::run::host::Host;
use crate::run::serve::body::{Capped, Source};
use crate::run::serve::handler::Reply;
use crate::run::site::Handler;

/// What comes of a request.
pub(crate) enum Answer {
    Response(Response<Source>),
    /// No response; a sentence that says why.
    Failed(String),
    /// No response in time; a sentence that says whose it would have been.
    Late(String),
    /// The client has not sent its body in time.
    Unsent,
    /// There is no room for another instance.
    Busy,
}

/// An answer ends its request: what says that another follows is none.
fn final_answer(response: Response<WasiBody>) -> Answer {
    match response.status() {
        status if status.is_informational() => Answer::Failed(format!(
            "the handler answered with the status {}, which is not a final one",
            status.as_u16()
        )),
        _ => Answer::Response(response.map(Source::new)),
    }
}

const SILENT: &str = "the handler returned without setting a response";

/// Hands the request to the guest and lets it work until it is done, which may be after it has answered.
///
/// # Errors
/// When the guest crashes, before or after its answer.
pub(crate) async fn respond(
    store: &mut Store<Host>,
    handler: &Handler,
    request: Request<Capped>,
    reply: &Reply,
) -> wasmtime::Result<()> {
    match handler {
        Handler::P2(pre) => respond_p2(store, pre, request, reply).await?,
        Handler::P3(pre) => respond_p3(store, pre, request, reply).await?,
    }
    reply.send(Answer::Failed(SILENT.into()));
    Ok(())
}

async fn respond_p2(
    store: &mut Store<Host>,
    pre: &p2::bindings::ProxyPre<Host>,
    request: Request<Capped>,
    reply: &Reply,
) -> wasmtime::Result<()> {
    let proxy = pre.instantiate_async(&mut *store).await?;
    // As the request names it: a proxy's, or HTTP/2's. One that names none came over this listener.
    let scheme = match request.uri().scheme_str() {
        None | Some("http") => Scheme::Http,
        Some("https") => Scheme::Https,
        Some(other) => Scheme::Other(other.to_owned()),
    };
    let request = store.data_mut().http().new_incoming_request(scheme, request)?;
    let (reply, meter) = (reply.clone(), store.data().meter());
    let out = store.data_mut().http().new_response_outparam_from_callback(move |response| {
        meter.meet();
        reply.send(match response {
            Ok(response) => final_answer(response),
            Err(code) => Answer::Failed(format!("the handler answered with an error: {code}")),
        });
    })?;
    proxy.wasi_http_incoming_handler().call_handle(&mut *store, request, out).await
}

async fn respond_p3(
    store: &mut Store<Host>,
    pre: &p3::bindings::ServicePre<Host>,
    request: Request<Capped>,
    reply: &Reply,
) -> wasmtime::Result<()> {
    let proxy = Proxy::P3(pre.instantiate_async(&mut *store).await?);
    let request = request.map(BodyExt::boxed_unsync);
    let (tx, rx) = oneshot::channel();
    let meter = store.data().meter();
    store
        .run_concurrent(async |accessor| {
            let prepared =
                accessor.with(|mut store| Prepared::new(store.as_context_mut(), &proxy, request, Host::http, tx))?;
            let answer = async {
                let answered = rx.await;
                meter.meet();
                match answered {
                    Ok(Ok(response)) => reply.send(final_answer(response)),
                    Ok(Err(error)) => match error.downcast_ref::<p3::bindings::http::types::ErrorCode>() {
                        Some(code) => reply.send(Answer::Failed(format!("the handler answered with an error: {code}"))),
                        None => return Err(error),
                    },
                    Err(_) => {}
                }
                Ok(())
            };
            let (answered, ran) = futures::join!(answer, prepared.run(accessor, pending()));
            answered?;
            ran?;
            // The body, and whatever else the guest does after its answer.
            poll_fn(|cx| accessor.poll_no_interesting_tasks(cx)).await;
            wasmtime::error::Ok(())
        })
        .await?
}
