//! Requests guests send: `wasi:http/outgoing-handler` of 0.2 and `wasi:http/client` of 0.3.
//!
//! https is spoken as such to whoever the machine's certificate authorities, or the run's own, vouch for; a stand-in of
//! `[run.hosts]` must prove the name it stands for, unless it is written down as a plain one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::header::{HOST, HeaderValue};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use wasmtime::StoreContextMut;
use wasmtime::component::{Accessor, LinkerInstance, Resource};
use wasmtime_wasi_http::p2::bindings::http::{outgoing_handler, types as p2};
use wasmtime_wasi_http::p3::bindings::http::client::HostWithStore as _;
use wasmtime_wasi_http::p3::bindings::http::types as p3;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttp, WasiHttpHooks, WasiHttpView as _};

use crate::grants::{Capability, HttpRule, Kind, Target};
use crate::run::descriptors;
use crate::run::host::Host;
use crate::run::host::authority::Node;
use crate::run::host::blocking::addresses;
use crate::run::host::held::CHUNK;
use crate::run::host::tls;

/// How long a guest waits that did not say how long.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where a guest's requests leave. The one who sends says so right before, and nothing else runs in between.
#[derive(Default)]
pub(super) struct Outbound {
    pub(crate) sender: Option<Node>,
}

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sent = Result<(Response<WasiBody>, Io), Error>;

pub(super) fn provide_p2(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    type Params = (Resource<p2::OutgoingRequest>, Option<Resource<p2::RequestOptions>>);
    type Handled = Result<Resource<p2::FutureIncomingResponse>, p2::ErrorCode>;
    let name = Arc::clone(node);
    instance.func_wrap("handle", move |mut store: StoreContextMut<'_, Host>, (request, options): Params| {
        let host = store.data_mut();
        host.outbound.sender = Some(host.node_named(&name));
        let handled: Handled = match outgoing_handler::Host::handle(&mut host.http(), request, options) {
            Ok(response) => Ok(response),
            Err(error) => Err(error.downcast()?),
        };
        Ok((handled,)) as wasmtime::Result<(Handled,)>
    })
}

pub(super) fn provide_p3(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    type Handled = Result<Resource<p3::Response>, p3::ErrorCode>;
    let name = Arc::clone(node);
    instance.func_wrap_concurrent("send", move |accessor: &Accessor<Host>, (request,): (Resource<p3::Request>,)| {
        let name = Arc::clone(&name);
        Box::pin(async move {
            accessor.with(|mut store| {
                let host = store.get();
                host.outbound.sender = Some(host.node_named(&name));
            });
            let sent = WasiHttp::send(&accessor.with_getter::<WasiHttp>(Host::http), request).await;
            let handled: Handled = match sent {
                Ok(response) => Ok(response),
                Err(error) => Err(error.downcast()?),
            };
            Ok((handled,)) as wasmtime::Result<(Handled,)>
        })
    })
}

impl WasiHttpHooks for Outbound {
    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        CHUNK
    }

    fn p3_outgoing_body_chunk_size(&mut self) -> usize {
        CHUNK
    }

    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Io,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let route = self.sender.take().ok_or(Error::HttpRequestDenied).and_then(|node| route(node, &request));
        Box::new(async move { send(route?, request, options.unwrap_or_default()).await })
    }
}

/// Where an allowed request goes.
struct Route {
    node: Node,
    to: To,
    /// The name the other end must prove.
    https: Option<String>,
}

enum To {
    StandIn(SocketAddr),
    Host(String, u16),
}

fn route(node: Node, request: &Request<WasiBody>) -> Result<Route, Error> {
    let uri = request.uri();
    let Some(authority) = uri.authority().filter(|a| !a.as_str().contains('@')) else {
        node.denied(Kind::Http, String::new(), format!("{} {uri}: no plain host", request.method()));
        return Err(Error::HttpRequestDenied);
    };
    let target = Target {
        method: request.method().as_str(),
        https: uri.scheme_str() != Some("http"),
        host: authority.host(),
        port: authority.port_u16(),
        path: uri.path(),
    };
    let scheme = if target.https { "https" } else { "http" };
    let detail = format!("{} {scheme}://{authority}{}", target.method, target.path);
    let grants = node.grants();
    let Some(rule) = grants.node(&node.name).http(&target) else {
        let least = HttpRule::for_host(&target).map(|rule| Capability::Http(rule).to_string());
        node.denied(Kind::Http, least.unwrap_or_default(), detail);
        return Err(Error::HttpRequestDenied);
    };
    node.used(Kind::Http, Capability::Http(rule.used_by(&target)).to_string(), detail);
    let stand_in = grants.stand_in_at(target.host, target.port());
    let https = target.https && !stand_in.is_some_and(|s| s.plain);
    let https = https.then(|| target.host.to_owned());
    let to = match stand_in {
        Some(stand_in) => To::StandIn(stand_in.addr),
        None => To::Host(target.host.trim_start_matches('[').trim_end_matches(']').into(), target.port()),
    };
    Ok(Route { node, to, https })
}

async fn send(route: Route, request: Request<WasiBody>, options: RequestOptions) -> Sent {
    if !descriptors::for_guests() {
        return Err(Error::ConnectionLimitReached);
    }
    let patience = options.connect_timeout.unwrap_or(PATIENCE);
    let connecting = async {
        match &route.to {
            To::StandIn(addr) => TcpStream::connect(addr).await,
            To::Host(host, port) => {
                let found = addresses(&route.node.name, host, *port).await?;
                TcpStream::connect(found.as_slice()).await
            }
        }
    };
    let stream = timeout(patience, connecting).await.map_err(|_| Error::ConnectionTimeout)?.map_err(Error::Connect)?;
    let Some(host) = &route.https else { return exchange(stream, request, &options).await };
    let grants = route.node.grants();
    let ca = grants.ca.as_ref().map(|ca| route.node.folder(ca));
    let secured = timeout(patience, tls::connect(stream, host, ca.as_deref())).await;
    match secured.map_err(|_| Error::ConnectionTimeout)? {
        Ok(stream) => exchange(stream, request, &options).await,
        Err(failed) => {
            route.node.log_once(format!("https {host}"), &format!("https://{host}: {}", failed.sentence));
            Err(failed.error)
        }
    }
}

/// The request and its answer, over a connection of their own.
async fn exchange<S>(stream: S, mut request: Request<WasiBody>, options: &RequestOptions) -> Sent
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // Ends by itself when request and response are dropped.
    tokio::spawn(connection);
    let authority = request.uri().authority().map(ToString::to_string).unwrap_or_default();
    let host = HeaderValue::from_str(&authority).map_err(|_| Error::HttpRequestUriInvalid)?;
    request.headers_mut().insert(HOST, host);
    let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
    *request.uri_mut() = path.parse::<Uri>().map_err(|_| Error::HttpRequestUriInvalid)?;
    let answer = timeout(options.first_byte_timeout.unwrap_or(PATIENCE), sender.send_request(request)).await;
    let response = answer.map_err(|_| Error::ConnectionReadTimeout)??;
    let done: Io = Box::new(async { Ok(()) });
    Ok((response.map(|body| body.map_err(Error::from).boxed_unsync()), done))
}
