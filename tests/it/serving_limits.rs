//! What a request may cost, and what is answered when it wants more.

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::Request;
use hyper::body::{Bytes, Frame};
use studio::run::{Alive, Limits};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::http_support::{client, get, serve, serving, site, try_get};
use crate::run_support::{PATIENCE, Session};

async fn with(limits: Limits) -> (Session, SocketAddr) {
    let mut session = Session::new();
    let mut wanted = serve(1, &site("hello 1!"));
    wanted.limits = limits;
    session.runner.start(wanted);
    let addr = serving(&mut session).await;
    (session, addr)
}

fn post<B>(addr: SocketAddr, path: &str, body: B) -> Request<B> {
    Request::post(format!("http://{addr}{path}")).body(body).unwrap()
}

#[tokio::test]
async fn a_body_over_its_limit_is_refused_whether_it_says_its_length_or_not() {
    let (_session, addr) = with(Limits { body: 100, ..Limits::default() }).await;
    for http2 in [false, true] {
        let answer = client(http2).request(post(addr, "/count", Full::new(Bytes::from(vec![0; 101])))).await.unwrap();
        assert_eq!(answer.status(), 413);
        let text = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(text, "the body is longer than the 100 bytes that `body` below [run.limits] allows\n");

        let chunks = (0..11).map(|_| Ok::<_, String>(Frame::data(Bytes::from_static(&[0; 10]))));
        let answer = client(http2).request(post(addr, "/count", StreamBody::new(futures::stream::iter(chunks)))).await;
        assert_eq!(answer.unwrap().status(), 413);

        let answer = client(http2).request(post(addr, "/count", Full::new(Bytes::from(vec![0; 100])))).await.unwrap();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body[..], 100u64.to_le_bytes());
    }
}

#[tokio::test]
async fn beyond_the_places_requests_are_told_to_come_again() {
    let (session, addr) = with(Limits { requests: 1, ..Limits::default() }).await;
    let mut endless = try_get(addr, "/endless").await.unwrap();
    assert!(endless.frame().await.unwrap().is_ok());
    let busy = try_get(addr, "/").await.unwrap();
    assert_eq!((busy.status().as_u16(), &busy.headers()["retry-after"]), (503, &"1".parse().unwrap()));
    assert_eq!(busy.into_body().collect().await.unwrap().to_bytes(), "every instance is at work\n");
    drop(endless);
    while session.runner.alive() != (Alive { stores: 0, generations: 1 }) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(get(addr, "/").await.0, 200);
}

/// More places with the next generation: nobody waits for the old ones.
#[tokio::test]
async fn a_new_limit_counts_from_the_next_request() {
    let (mut session, addr) = with(Limits { requests: 1, ..Limits::default() }).await;
    let mut endless = try_get(addr, "/endless").await.unwrap();
    assert!(endless.frame().await.unwrap().is_ok());
    session.started(1).await;
    let mut more = serve(2, &site("hello 2!"));
    more.limits = Limits { requests: 2, ..Limits::default() };
    session.runner.start(more);
    session.started(2).await;
    assert_eq!(get(addr, "/").await, (200, "hello 2!".into()));
}

#[tokio::test]
async fn a_client_that_does_not_send_what_it_announced_is_told_so() {
    let (_session, addr) = with(Limits { request: Duration::from_millis(200), ..Limits::default() }).await;
    let mut stream = tokio::net::TcpStream::connect(addr).await.unwrap();
    stream.write_all(b"POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf").await.unwrap();
    let mut answer = vec![0; 12];
    tokio::time::timeout(PATIENCE, stream.read_exact(&mut answer)).await.unwrap().unwrap();
    assert_eq!(answer, b"HTTP/1.1 408");
}

/// Some of a head, a byte now and then, for ever.
#[tokio::test]
async fn a_client_that_never_ends_its_head_is_given_up() {
    let (session, addr) = with(Limits { request: Duration::from_millis(300), ..Limits::default() }).await;
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut stream = tokio::net::TcpStream::connect(addr).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.unwrap();
        slow.push(tokio::spawn(async move {
            let mut rest = Vec::new();
            loop {
                let more = tokio::time::timeout(Duration::from_millis(20), stream.read_to_end(&mut rest)).await;
                // The end, or that the other side is gone.
                if more.is_ok() || stream.write_all(b"x").await.is_err() {
                    return rest;
                }
            }
        }));
    }
    assert_eq!(get(addr, "/").await.0, 200, "others are answered meanwhile");
    for one in slow {
        let rest = tokio::time::timeout(PATIENCE, one).await.expect("the connection is closed").unwrap();
        assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&rest));
    }
    assert_eq!(session.runner.alive().stores, 0, "no guest was ever made for them");
}

/// A client that reads nothing holds its guest back, and then costs it nothing for ever.
#[tokio::test]
async fn a_client_that_takes_nothing_is_given_up() {
    let (session, addr) = with(Limits { request: Duration::from_millis(200), ..Limits::default() }).await;
    for head in ["GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"] {
        let mut stream = tokio::net::TcpStream::connect(addr).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = vec![0; 12];
        tokio::time::timeout(PATIENCE, stream.read_exact(&mut answer)).await.unwrap().unwrap();
        assert_eq!(answer, b"HTTP/1.1 200");
        let given_up = async {
            while session.runner.alive().stores > 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, given_up).await.expect("the guest waits for a client that never reads");
        // Bounded by what the kernel and hyper hold, and then cut off.
        let mut rest = Vec::new();
        let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("the connection is closed");
        assert!(rest.len() < 64 << 20);
    }
}

#[tokio::test]
async fn a_request_that_names_no_host_is_a_bad_one() {
    let (_session, addr) = with(Limits::default()).await;
    let mut stream = tokio::net::TcpStream::connect(addr).await.unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.0 400"), "{answer}");
    let answer = client(true).request(post(addr, "/", Empty::<Bytes>::new())).await.unwrap();
    assert_eq!(answer.status(), 200, "HTTP/2 names it in another way");
}
