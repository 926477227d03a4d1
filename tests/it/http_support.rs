//! What the tests of serving share: handlers made on the spot, and a client.

use std::net::SocketAddr;

use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use studio::compose::Live;
use studio::model::entry::Entry;
use studio::run::{Crash, RunEvent, RunRequest};

use crate::run_support::{Session, request, whole};

/// `tests/guests/http.wat` that answers with these eight letters.
pub fn site(greeting: &str) -> Live {
    assert_eq!(greeting.len(), 8);
    let text = include_str!("../guests/http.wat").replace("GREETING", greeting);
    let wit = [
        include_str!("../guests/wit/io-0.2.wit"),
        include_str!("../guests/wit/http-0.2.wit"),
        include_str!("../guests/wit/cli-0.2.wit"),
    ];
    handler(&text, &wit, "wasi:http/incoming-handler@0.2.6")
}

pub fn handler(wat: &str, wit: &[&str], export: &str) -> Live {
    let mut module = wat::parse_str(wat).unwrap();
    let mut resolve = wit_parser::Resolve::default();
    for text in wit {
        resolve.push_str("wasi.wit", text).unwrap();
    }
    // What a world may use besides the handler's own imports.
    let more = [
        ("package wasi:cli@0.2", "import wasi:cli/stdout@0.2.6;"),
        ("package wasi:clocks@0.3", "import wasi:clocks/monotonic-clock@0.3.0;"),
    ];
    let known = |package: &str| wit.iter().any(|text| text.contains(package));
    let imports: String = more.iter().filter(|(package, _)| known(package)).map(|(_, import)| *import).collect();
    let site = format!("package test:site; world site {{ {imports} export {export}; }}");
    let package = resolve.push_str("site.wit", &site).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    wit_component::embed_component_metadata(&mut module, &resolve, world, wit_component::StringEncoding::UTF8).unwrap();
    whole(wit_component::ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap())
}

pub fn serve(generation: u64, live: &Live) -> RunRequest {
    request(generation, live, Entry::Http("wasi:http/incoming-handler@0.2.6".into()))
}

pub async fn serving(session: &mut Session) -> SocketAddr {
    session
        .until(|event| match event {
            RunEvent::Serving { addr } => Some(addr),
            RunEvent::Ended { outcome, .. } => panic!("{outcome:?}"),
            _ => None,
        })
        .await
}

pub async fn crashed(session: &mut Session) -> Crash {
    session.until(|event| if let RunEvent::RequestCrashed { crash, .. } = event { Some(crash) } else { None }).await
}

pub async fn try_get(addr: SocketAddr, path: &str) -> Result<Response<Incoming>, hyper_util::client::legacy::Error> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    client.request(Request::get(format!("http://{addr}{path}")).body(Empty::new()).unwrap()).await
}

pub async fn get(addr: SocketAddr, path: &str) -> (u16, String) {
    let response = try_get(addr, path).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// A client that keeps its connections; HTTP/2 without TLS, or HTTP/1.1.
pub fn client<B>(http2: bool) -> Client<hyper_util::client::legacy::connect::HttpConnector, B>
where
    B: hyper::body::Body<Data = Bytes> + Send,
{
    Client::builder(TokioExecutor::new()).http2_only(http2).build_http()
}
