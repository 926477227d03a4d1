//! Serving under load and over reloads: nothing fails, nothing is left behind, and bodies stream both ways.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures::StreamExt as _;
use http_body_util::{BodyExt, Empty, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::{HeaderMap, Request, header};
use studio::model::entry::Entry;
use studio::run::{Alive, Limits, RunEvent};

use crate::http_support::{client, crashed, get, handler, serve, serving, site, try_get};
use crate::run_support::{PATIENCE, Session, request, wat};

/// Waits until this is how much lives; how long that takes is the kernel's and the scheduler's business.
async fn settles(session: &Session, wanted: Alive) {
    let waiting = async {
        while session.runner.alive() != wanted {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let settled = tokio::time::timeout(PATIENCE, waiting).await;
    assert!(settled.is_ok(), "{:?} are alive, {wanted:?} are wanted", session.runner.alive());
}

/// Asks again and again until `done`, on one connection, and puts down what it was answered.
async fn ask_on(addr: SocketAddr, http2: bool, done: Arc<AtomicBool>, asked: Arc<AtomicUsize>) -> BTreeSet<String> {
    let client = client::<Empty<Bytes>>(http2);
    let mut seen = BTreeSet::new();
    while !done.load(Ordering::Relaxed) {
        let response = client.get(format!("http://{addr}/").parse().unwrap()).await.expect("an answer");
        assert_eq!(response.status(), 200);
        let body = response.into_body().collect().await.expect("a whole answer").to_bytes();
        seen.insert(String::from_utf8(body.to_vec()).unwrap());
        asked.fetch_add(1, Ordering::Relaxed);
    }
    seen
}

/// Real reloads under full load: no request fails, every version is seen, and old generations are gone at the end.
#[tokio::test(flavor = "multi_thread")]
async fn reloads_under_load_fail_no_request_and_leave_nothing() {
    const RELOADS: u64 = 40;
    let mut session = Session::new();
    session.runner.start(serve(1, &site("version0")));
    let addr = serving(&mut session).await;
    session.started(1).await;
    let (done, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> =
        (0..6).map(|i| tokio::spawn(ask_on(addr, i % 2 == 1, Arc::clone(&done), Arc::clone(&asked)))).collect();
    // Bodies alternate between a few versions, as going back and forth between edits does.
    let versions: Vec<_> = (0..4).map(|i| site(&format!("version{i}"))).collect();
    for generation in 2..2 + RELOADS {
        let version = usize::try_from(generation).unwrap() % versions.len();
        session.runner.start(serve(generation, &versions[version]));
        session.started(generation).await;
        // Whatever is asked from here on is answered by the new one.
        assert_eq!(get(addr, "/").await.1, format!("version{version}"));
        let so_far = asked.load(Ordering::Relaxed);
        while asked.load(Ordering::Relaxed) < so_far + 6 {
            // Keeps reading: the runner tells of every request.
            session.next().await;
        }
    }
    done.store(true, Ordering::Relaxed);
    let mut seen = BTreeSet::new();
    for one in clients {
        seen.extend(one.await.unwrap());
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["version0", "version1", "version2", "version3"]);
    settles(&session, Alive { stores: 0, generations: 1 }).await;
    session.runner.stop().await;
    settles(&session, Alive { stores: 0, generations: 0 }).await;
}

#[tokio::test]
async fn an_old_generation_lives_as_long_as_its_last_request() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    session.started(1).await;
    settles(&session, Alive { stores: 0, generations: 1 }).await;
    let mut endless = try_get(addr, "/endless").await.unwrap();
    assert!(endless.frame().await.unwrap().is_ok());
    session.runner.start(serve(2, &site("hello 2!")));
    session.started(2).await;
    settles(&session, Alive { stores: 1, generations: 2 }).await;
    // The client goes away in the middle: its instance and its generation go with it.
    drop(endless);
    settles(&session, Alive { stores: 0, generations: 1 }).await;
}

/// A client that goes away takes its instance with it, whether it was sending or reading, and at once: not for time.
#[tokio::test]
async fn a_client_that_goes_away_takes_its_instance_with_it() {
    use tokio::io::AsyncWriteExt as _;
    let mut session = Session::new();
    let mut wanted = serve(1, &site("hello 1!"));
    wanted.limits = Limits { request: Duration::from_hours(1), ..Limits::default() };
    session.runner.start(wanted);
    let addr = serving(&mut session).await;
    session.started(1).await;
    let mut uploading = tokio::net::TcpStream::connect(addr).await.unwrap();
    uploading.write_all(b"POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nsome of it").await.unwrap();
    settles(&session, Alive { stores: 1, generations: 1 }).await;
    drop(uploading);
    settles(&session, Alive { stores: 0, generations: 1 }).await;
    // One stream of HTTP/2, whose connection stays.
    let client = client::<Empty<Bytes>>(true);
    let mut endless = client.get(format!("http://{addr}/endless").parse().unwrap()).await.unwrap();
    assert!(endless.frame().await.unwrap().is_ok());
    settles(&session, Alive { stores: 1, generations: 1 }).await;
    drop(endless);
    settles(&session, Alive { stores: 0, generations: 1 }).await;
    assert_eq!(client.get(format!("http://{addr}/").parse().unwrap()).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_command_leaves_nothing_either() {
    let run = wat(r#"(component
            (core module $m (func (export "run")))
            (core instance $i (instantiate $m))
            (func (export "run") (canon lift (core func $i "run"))))"#);
    let mut session = Session::new();
    for generation in 1..=20 {
        session.run(request(generation, &run, Entry::Function("run".into()))).await;
    }
    settles(&session, Alive { stores: 0, generations: 0 }).await;
}

/// What a client sends piece by piece; the last piece is followed by a trailer.
fn pieces(count: usize, piece: &'static [u8]) -> StreamBody<impl futures::Stream<Item = Result<Frame<Bytes>, String>>> {
    let mut trailers = HeaderMap::new();
    trailers.insert("x", "sent".parse().unwrap());
    let data = std::iter::repeat_with(move || Ok(Frame::data(Bytes::from_static(piece)))).take(count);
    StreamBody::new(futures::stream::iter(data.chain(std::iter::once(Ok(Frame::trailers(trailers))))))
}

fn post<B>(addr: SocketAddr, path: &str, body: B) -> Request<B> {
    let request = Request::post(format!("http://{addr}{path}")).header(header::TE, "trailers");
    request.header(header::TRAILER, "x").body(body).unwrap()
}

#[tokio::test]
async fn bodies_stream_both_ways_and_end_with_trailers() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    for http2 in [false, true] {
        // Each piece comes back before the next is sent.
        let (mut send, body) = futures::channel::mpsc::channel(0);
        let client = client(http2);
        let asked = client.request(post(addr, "/pipe", StreamBody::new(body.map(Ok::<_, String>))));
        let mut response = asked.await.unwrap();
        for i in 0..20 {
            let piece = format!("piece {i:02}");
            futures::SinkExt::send(&mut send, Frame::data(Bytes::from(piece.clone()))).await.unwrap();
            let mut back = Vec::new();
            while back.len() < piece.len() {
                back.extend(response.frame().await.unwrap().unwrap().into_data().unwrap());
            }
            assert_eq!(String::from_utf8(back).unwrap(), piece);
        }
        drop(send);
        let rest = response.into_body().collect().await.unwrap().to_bytes();
        assert!(rest.is_empty(), "the end of one is the end of the other: {rest:?}");
    }
    // HTTP/1.1 has trailers only where the head announces them; this guest does not.
    let answer = client(true).request(post(addr, "/x", Empty::<Bytes>::new())).await.unwrap();
    let whole = answer.into_body().collect().await.unwrap();
    assert_eq!(whole.trailers().unwrap()["x"], "done");
    assert_eq!(whole.to_bytes(), "hello 1!");
}

#[tokio::test]
async fn bodies_and_trailers_stream_through_handlers_of_wasi_0_3() {
    let wit = [include_str!("../guests/wit/http-0.3.wit")];
    let live = handler(include_str!("../guests/http-0.3.wat"), &wit, "wasi:http/handler@0.3.0");
    let mut session = Session::new();
    session.runner.start(request(1, &live, Entry::Http("wasi:http/handler@0.3.0".into())));
    let addr = serving(&mut session).await;
    for http2 in [false, true] {
        let client = client(http2);
        let answer = client.request(post(addr, "/pipe", pieces(2_000, &[7; 1000]))).await.unwrap();
        assert_eq!(answer.status(), 200);
        let whole = answer.into_body().collect().await.unwrap();
        assert_eq!(whole.trailers().unwrap()["x"], "sent", "HTTP/2: {http2}");
        let bytes = whole.to_bytes();
        assert_eq!(bytes.len(), 2_000_000);
        assert!(bytes.iter().all(|b| *b == 7));
    }
    settles(&session, Alive { stores: 0, generations: 1 }).await;
}

#[tokio::test]
async fn lines_and_crashes_name_their_request() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    get(addr, "/").await;
    get(addr, "/noise").await;
    session.line("hello 1!").await;
    assert_eq!(session.lines[0].request, Some(2));
    get(addr, "/trap").await;
    let request = session
        .until(|event| if let RunEvent::RequestCrashed { request, .. } = event { Some(request) } else { None })
        .await;
    assert_eq!(request, 3);
    let told = session
        .until(|event| match event {
            RunEvent::Requests { served, .. } => served.into_iter().find(|r| r.id == 3),
            _ => None,
        })
        .await;
    assert_eq!((told.path.as_str(), told.status), ("/trap", 500));
}

/// What does not fit into the pool runs all the same.
#[tokio::test]
async fn what_is_too_large_for_the_pool_runs_on_demand() {
    let table = wat(r#"(component
            (core module $m (table 1000000 funcref) (func (export "run")))
            (core instance $i (instantiate $m))
            (func (export "run") (canon lift (core func $i "run"))))"#);
    let mut session = Session::new();
    session.runner.start(request(1, &table, Entry::Function("run".into())));
    assert!(!session.started(1).await.pooled);
    session.ended(1).await;
    let mut many = serve(2, &site("hello 2!"));
    many.limits = Limits { requests: 100_000, ..Limits::default() };
    session.runner.start(many);
    let addr = serving(&mut session).await;
    assert!(!session.started(2).await.pooled);
    assert_eq!(get(addr, "/").await.1, "hello 2!");
    // An endless loop without a pool is stopped as one with it.
    assert_eq!(get(addr, "/trap").await.0, 500);
    crashed(&mut session).await;
    session.runner.start(serve(3, &site("hello 3!")));
    assert!(session.started(3).await.pooled);
    assert_eq!(get(addr, "/").await.1, "hello 3!");
}

/// Most memory this process ever had, in kB.
#[cfg(target_os = "linux")]
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn an_upload_of_a_gigabyte_is_never_kept() {
    crate::support::alone("serving::alone_an_upload_of_a_gigabyte_is_never_kept");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run in a process of its own by the test of the same name"]
async fn alone_an_upload_of_a_gigabyte_is_never_kept() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    let client = client(false);
    let count = async |pieces_sent: usize| {
        let answer = client.request(post(addr, "/count", pieces(pieces_sent, &[0; 16 << 10]))).await.unwrap();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        u64::from_le_bytes(body[..].try_into().unwrap())
    };
    assert_eq!(count(400).await, 400 << 14);
    let before = peak();
    assert_eq!(count(1 << 16).await, 1 << 30);
    let grown = peak() - before;
    assert!(grown < 64 << 10, "{grown} kB more for an upload of 1 GiB");

    // The same there and back again, through a handler of 0.3.
    let wit = [include_str!("../guests/wit/http-0.3.wit")];
    let live = handler(include_str!("../guests/http-0.3.wat"), &wit, "wasi:http/handler@0.3.0");
    session.runner.start(request(2, &live, Entry::Http("wasi:http/handler@0.3.0".into())));
    session.started(2).await;
    let pipe = async |pieces_sent: usize| {
        let answer = client.request(post(addr, "/pipe", pieces(pieces_sent, &[0; 16 << 10]))).await.unwrap();
        let mut body = answer.into_body();
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            length += frame.unwrap().data_ref().map_or(0, Bytes::len);
        }
        length
    };
    assert_eq!(pipe(400).await, 400 << 14);
    let before = peak();
    assert_eq!(pipe(1 << 16).await, 1 << 30);
    let grown = peak() - before;
    assert!(grown < 64 << 10, "{grown} kB more for 1 GiB there and back");
}
