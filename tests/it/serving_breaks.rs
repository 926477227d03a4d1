//! What a client sees of an answer whose guest ends in the middle of it, byte by byte.

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Bytes;
use studio::run::{Limits, RunEvent};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::http_support::{client, get, handler, serve, serving, site, try_get};
use crate::run_support::{PATIENCE, Session, request};
use studio::model::entry::Entry;

/// Sends this, and reads until the connection is closed.
async fn raw(addr: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset after the last byte is an end too.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the connection is closed");
    String::from_utf8(answer).unwrap()
}

fn ask(target: &str, more: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nhost: a\r\n{more}\r\n")
}

/// The last chunk of a body that is complete.
const LAST: &str = "0\r\n\r\n";

#[tokio::test]
async fn a_body_whose_guest_crashes_is_broken_off() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    let answer = raw(addr, &ask("/after", "")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("hello 1!") && !answer.ends_with(LAST), "{answer}");
    let broken = client::<Empty<Bytes>>(true).get(format!("http://{addr}/after").parse().unwrap()).await;
    let body = match broken {
        Ok(response) => response.into_body().collect().await.map(|_| ()).map_err(|e| format!("{e:?}")),
        Err(error) => Err(format!("{error:?}")),
    };
    assert!(body.as_ref().is_err_and(|error| error.contains("Reset")), "{body:?}");
    // Whoever is done is complete, also where the client is slow to take it.
    for _ in 0..20 {
        let answer = raw(addr, &ask("/", "connection: close\r\n")).await;
        assert!(answer.contains("hello 1!") && answer.ends_with(LAST), "{answer}");
        let answer = raw(addr, &ask("/x", "connection: close\r\nte: trailers\r\n")).await;
        assert!(answer.contains("hello 1!"), "{answer}");
    }
    assert_eq!(get(addr, "/").await, (200, "hello 1!".into()));
}

/// `wasi:http` has it that a body which is dropped without `finish` is incomplete, and that the client is to see that.
#[tokio::test]
async fn a_body_that_its_guest_leaves_unfinished_is_broken_off() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    for target in ["/quit", "/drop", "/q5", "/d5"] {
        let answer = raw(addr, &ask(target, "")).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{target}: {answer}");
        assert!(answer.contains("hello 1!") && !answer.ends_with(LAST), "{target}: {answer}");
        let second = client::<Empty<Bytes>>(true).get(format!("http://{addr}{target}").parse().unwrap()).await;
        let body = match second {
            Ok(response) => response.into_body().collect().await.map(|_| ()).map_err(|e| format!("{e:?}")),
            Err(error) => Err(format!("{error:?}")),
        };
        assert!(body.as_ref().is_err_and(|error| error.contains("Reset")), "{target}: {body:?}");
    }
    // All that was announced has come: the client has a whole answer, whatever the guest forgot.
    for target in ["/g6", "/q6", "/d6"] {
        assert!(raw(addr, &ask(target, "connection: close\r\n")).await.ends_with("\r\n\r\nhello 1!"), "{target}");
    }
}

/// HTTP/1.0 has no framing that would show where an answer of unknown length ends.
#[tokio::test]
async fn a_broken_body_is_a_reset_where_nothing_else_shows_it() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    let old = async |target: &str| {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(format!("GET {target} HTTP/1.0\r\nhost: a\r\n\r\n").as_bytes()).await.unwrap();
        let (mut answer, mut piece) = (Vec::new(), [0; 1024]);
        let end = loop {
            match tokio::time::timeout(PATIENCE, stream.read(&mut piece)).await.expect("the connection is closed") {
                Ok(0) => break Ok(()),
                Ok(count) => answer.extend_from_slice(&piece[..count]),
                Err(error) => break Err(error.kind()),
            }
        };
        (String::from_utf8(answer).unwrap(), end)
    };
    for target in ["/quit", "/drop", "/after"] {
        let (answer, end) = old(target).await;
        assert!(answer.ends_with("\r\n\r\nhello 1!"), "{target}: {answer}");
        assert_eq!(end, Err(std::io::ErrorKind::ConnectionReset), "{target}");
    }
    for target in ["/", "/g6", "/x", "/g2"] {
        let (answer, end) = old(target).await;
        assert!(answer.starts_with("HTTP/1.0 20"), "{target}: {answer}");
        assert_eq!(end, Ok(()), "{target}");
    }
    // Whatever breaks it off: here it is the end of the server.
    let endless = tokio::spawn({
        let stream = TcpStream::connect(addr).await.unwrap();
        async move {
            let mut stream = stream;
            stream.write_all(b"GET /endless HTTP/1.0\r\nhost: a\r\n\r\n").await.unwrap();
            let mut piece = vec![0; 1 << 16];
            loop {
                match stream.read(&mut piece).await {
                    Ok(0) => return Ok(()),
                    Ok(_) => {}
                    Err(error) => return Err(error.kind()),
                }
            }
        }
    });
    while session.runner.alive().stores == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    session.runner.stop().await;
    assert_eq!(endless.await.unwrap(), Err(std::io::ErrorKind::ConnectionReset));
}

/// What the guest writes there is taken from it and dropped; the connection answers the next request.
#[tokio::test]
async fn an_answer_that_has_no_content_is_valid_whatever_its_guest_writes() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    let cases = [
        ("GET", "/v2", 204),
        ("GET", "/v3", 304),
        ("GET", "/v4", 205),
        ("HEAD", "/v", 200),
        ("HEAD", "/v5", 200),
        ("HEAD", "/v6", 200),
        ("HEAD", "/v2", 204),
        ("HEAD", "/q", 200),
        ("GET", "/d2", 204),
        ("GET", "/q3", 304),
        ("GET", "/g1", 500),
    ];
    for (method, target, status) in cases {
        let twice = format!("{method} {target} HTTP/1.1\r\nhost: a\r\n\r\n{}", ask("/", "connection: close\r\n"));
        let answer = raw(addr, &twice).await;
        let (first, rest) = answer.split_once("\r\n\r\n").unwrap();
        let sentence = if status == 500 { "the handler answered with the status 103" } else { "" };
        assert!(first.starts_with(&format!("HTTP/1.1 {status} ")), "{method} {target}: {answer}");
        assert!(rest.starts_with(sentence), "{method} {target}: {answer}");
        let next = rest.find("HTTP/1.1 200 OK\r\n").unwrap_or_else(|| panic!("{method} {target}: {answer}"));
        assert!(status == 500 || next == 0, "{method} {target}: {answer}");
        assert!(rest.ends_with(&format!("8\r\nhello 1!\r\n{LAST}")), "{method} {target}: {answer}");
        assert!(!first.contains("transfer-encoding"), "{method} {target}: {answer}");
        assert!(status != 204 || !first.contains("content-length"), "{method} {target}: {answer}");
    }
    let second = client::<Empty<Bytes>>(true);
    for (method, target, status) in cases {
        let request = Request::builder().method(method).uri(format!("http://{addr}{target}"));
        let response = second.request(request.body(Empty::new()).unwrap()).await.unwrap();
        assert_eq!(response.status(), status, "{method} {target}");
        let body = response.into_body().collect().await.unwrap_or_else(|e| panic!("{method} {target}: {e:?}"));
        assert!(status == 500 || body.to_bytes().is_empty(), "{method} {target}");
        assert_eq!(second.get(format!("http://{addr}/").parse().unwrap()).await.unwrap().status(), 200);
    }
    // No guest has died of it: the first that does is this one.
    assert_eq!(get(addr, "/trap").await.0, 500);
    let asked = u64::try_from(cases.len() * 4).unwrap();
    let first =
        session.until(|event| if let RunEvent::RequestCrashed { request, .. } = event { Some(request) } else { None });
    assert_eq!(first.await, asked + 1);
    assert!(session.lines.iter().any(|line| line.text.contains("finishing the body")), "{:?}", session.lines);
}

#[tokio::test]
async fn a_body_that_reaches_a_limit_or_its_servers_end_is_broken_off() {
    let mut session = Session::new();
    let mut wanted = serve(1, &site("hello 1!"));
    wanted.limits = Limits { cpu: Some(Duration::from_millis(200)), ..Limits::default() };
    session.runner.start(wanted);
    let addr = serving(&mut session).await;
    let answer = raw(addr, &ask("/endless", "")).await;
    assert!(answer.contains("hello 1!") && !answer.ends_with(LAST));
    session.runner.start(serve(2, &site("hello 2!")));
    session.started(2).await;
    let endless = try_get(addr, "/endless").await.unwrap();
    session.runner.stop().await;
    assert!(endless.into_body().collect().await.is_err());
}

#[tokio::test]
async fn a_body_of_0_3_is_broken_off_too() {
    // It dies when it has written something, not before.
    let dies = "(if (i32.eq (local.get $letter) (i32.const 97)) (then unreachable))";
    let written = "(drop (call $write (call $writer (local.get $contents)) (i32.const 0) (i32.const 8)))";
    let text = include_str!("../guests/http-0.3.wat");
    assert!(text.contains(dies) && text.contains(written));
    let leaves = "(if (i32.eq (local.get $letter) (i32.const 113)) (then return))";
    let text = text.replace(dies, "").replace(written, &format!("{written}\n{dies}\n{leaves}"));
    let live = handler(&text, &[include_str!("../guests/wit/http-0.3.wit")], "wasi:http/handler@0.3.0");
    let mut session = Session::new();
    session.runner.start(request(1, &live, Entry::Http("wasi:http/handler@0.3.0".into())));
    let addr = serving(&mut session).await;
    for target in ["/after", "/quit"] {
        let answer = raw(addr, &ask(target, "")).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("hello 3!"), "{target}: {answer}");
        assert!(!answer.ends_with(LAST), "{target}: {answer}");
    }
    for _ in 0..20 {
        let answer = raw(addr, &ask("/", "connection: close\r\n")).await;
        assert!(answer.contains("hello 3!") && answer.ends_with(LAST), "{answer}");
    }
}

#[tokio::test]
async fn a_guest_reads_the_scheme_that_the_request_names() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    for (target, scheme) in [("/u", '0'), ("http://a/u", '0'), ("https://a/u", '1'), ("ftp://a/u", '2')] {
        let answer = raw(addr, &ask(target, "connection: close\r\n")).await;
        assert!(answer.contains(&format!("{scheme}ello 1!")), "{target}: {answer}");
    }
}

#[tokio::test]
async fn heads_continues_and_upgrades_are_answered_as_http_has_it() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    let answer = raw(addr, "HEAD / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\n") && !answer.contains("hello"),
        "{answer}"
    );
    let expecting =
        "POST /count HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 3\r\nexpect: 100-continue\r\n\r\n";
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(expecting.as_bytes()).await.unwrap();
    let mut first = vec![0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(first, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"abc").await.unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(rest.starts_with(b"HTTP/1.1 200 OK\r\n") && rest.windows(8).any(|w| w == [3, 0, 0, 0, 0, 0, 0, 0]));
    let upgrade = ask("/", "connection: upgrade, close\r\nupgrade: websocket\r\n");
    assert!(raw(addr, &upgrade).await.starts_with("HTTP/1.1 200 OK\r\n"), "an upgrade is not taken");
}
