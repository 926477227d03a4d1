//! Clients that would have the whole server.

use std::net::SocketAddr;
use std::time::Duration;

use hyper::Request;
use studio::run::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::http_support::{client, get, serve, serving, site, try_get};
use crate::limits::{MIB, OWN};
use crate::run_support::{PATIENCE, Session};
use crate::support::alone;

async fn with(limits: Limits) -> (Session, SocketAddr) {
    let mut session = Session::new();
    let mut wanted = serve(1, &site("hello 1!"));
    wanted.limits = limits;
    session.runner.start(wanted);
    let addr = serving(&mut session).await;
    (session, addr)
}

/// Memory of this process, in bytes.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[test]
fn idle_connections_make_room() {
    alone("reach::bounds_clients::idle_connections_make_room_alone");
}

/// More than a server takes, none of which says a word; whoever comes later is answered all the same.
#[tokio::test]
#[ignore = "in a process of its own"]
async fn idle_connections_make_room_alone() {
    let (_session, addr) = with(Limits::default()).await;
    let mut idle = Vec::new();
    for n in 0..4_000 {
        idle.push(TcpStream::connect(addr).await.unwrap());
        if n % 1_000 == 999 {
            assert_eq!(get(addr, "/").await, (200, "hello 1!".into()), "after {n}");
        }
    }
    // The first was idle longest.
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, idle[0].read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the one that was idle longest has made room");
}

#[test]
fn a_thousand_clients_keep_their_connections() {
    alone("reach::bounds_clients::a_thousand_clients_keep_their_connections_alone");
}

#[tokio::test]
#[ignore = "in a process of its own"]
async fn a_thousand_clients_keep_their_connections_alone() {
    let (_session, addr) = with(Limits::default()).await;
    let mut all = Vec::new();
    for _ in 0..1_000 {
        all.push(TcpStream::connect(addr).await.unwrap());
    }
    for _ in 0..3 {
        for stream in &mut all {
            stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
            let mut answer = Vec::new();
            while !answer.windows(8).any(|w| w == b"hello 1!") {
                let count = tokio::time::timeout(PATIENCE, stream.read_buf(&mut answer)).await.unwrap().unwrap();
                assert!(count > 0, "closed: {}", String::from_utf8_lossy(&answer));
            }
            // The end of the chunks.
            while !answer.ends_with(b"0\r\n\r\n") {
                assert!(tokio::time::timeout(PATIENCE, stream.read_buf(&mut answer)).await.unwrap().unwrap() > 0);
            }
        }
    }
}

#[test]
fn clients_that_read_nothing_keep_little() {
    alone("reach::bounds_clients::clients_that_read_nothing_keep_little_alone");
}

#[tokio::test]
#[ignore = "in a process of its own"]
async fn clients_that_read_nothing_keep_little_alone() {
    let limits = Limits { request: Duration::from_secs(2), requests: 256, ..Limits::default() };
    let (session, addr) = with(limits).await;
    assert_eq!(get(addr, "/").await.0, 200);
    let before = resident();
    let mut silent = Vec::new();
    for n in 0..400 {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        // Few of these: each has a guest that fills what the system keeps of a connection, eight bytes at a time.
        if n % 20 == 0 {
            stream.write_all(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        } else {
            // One after the other, and never an answer taken.
            let many = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(500);
            let _ = tokio::time::timeout(Duration::from_millis(5), stream.write_all(&many)).await;
        }
        silent.push(stream);
    }
    let most = resident();
    eprintln!("{} MiB more", most.saturating_sub(before) / MIB);
    assert!(most < before + OWN, "{} MiB", (most - before) / MIB);
    // Nobody of them keeps anybody else waiting, and those whose answers are whole are closed.
    assert_eq!(get(addr, "/").await.0, 200);
    drop(silent);
    let gone = async {
        while session.runner.alive().stores > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("its guests are gone");
}

/// One that never says which protocol it speaks, and one of HTTP/2 that has nothing more to ask.
#[tokio::test]
async fn connections_without_a_request_are_closed_in_time() {
    let (_session, addr) = with(Limits { request: Duration::from_millis(200), ..Limits::default() }).await;
    let mut silent = TcpStream::connect(addr).await.unwrap();
    let mut second = TcpStream::connect(addr).await.unwrap();
    // The preface and empty settings.
    second.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    for stream in [&mut silent, &mut second] {
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "it is still open");
    }
}

#[tokio::test]
async fn a_head_that_does_not_end_is_cut_off() {
    let (_session, addr) = with(Limits::default()).await;
    for head in [
        format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(1 << 20)),
        format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X-Many: x\r\n".repeat(5_000)),
        format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "x".repeat(1 << 20)),
    ] {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        let _ = stream.write_all(head.as_bytes()).await;
        let mut answer = [0; 12];
        let read = tokio::time::timeout(PATIENCE, stream.read_exact(&mut answer)).await.unwrap();
        assert!(read.is_err() || answer.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(get(addr, "/").await.0, 200);
}

/// The guest of whoever takes nothing ends, though the client stays; who takes little at a time gets all it wants.
#[tokio::test]
async fn who_takes_nothing_in_time_is_closed_and_who_is_slow_is_not() {
    let patience = Duration::from_secs(2);
    let (session, addr) = with(Limits { request: patience, ..Limits::default() }).await;
    let (mut silent, mut slow) = (TcpStream::connect(addr).await.unwrap(), TcpStream::connect(addr).await.unwrap());
    for stream in [&mut silent, &mut slow] {
        stream.write_all(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    }
    let began = tokio::time::Instant::now();
    let only_slow = async {
        let (mut piece, mut taken) = (vec![0; 32 << 10], 0);
        // Longer than a client may take nothing, and until the other one is gone.
        while session.runner.alive().stores != 1 || began.elapsed() < patience * 2 {
            let count = slow.read(&mut piece).await.unwrap();
            assert!(count > 0, "closed after {taken} bytes");
            taken += count;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, only_slow).await.expect("the one that takes nothing is let go");
    assert!(slow.read(&mut [0; 100]).await.unwrap() > 0);
    drop(silent);
}

/// What a server of HTTP/2 does with one request of these header fields, written by hand: clients that keep to the
/// standard can't send them.
async fn second(addr: SocketAddr, fields: &[(&str, &str)]) -> &'static str {
    let mut block = Vec::new();
    for (name, value) in fields {
        // A literal field that is not put into the table, with a new name.
        block.push(0);
        for text in [name, value] {
            block.push(u8::try_from(text.len()).unwrap());
            block.extend(text.bytes());
        }
    }
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    // HEADERS of stream 1, with the end of the fields and of the stream.
    stream.write_all(&[0, 0, u8::try_from(block.len()).unwrap(), 1, 5, 0, 0, 0, 1]).await.unwrap();
    stream.write_all(&block).await.unwrap();
    let answer = async {
        loop {
            let mut head = [0; 9];
            if stream.read_exact(&mut head).await.is_err() {
                return "closed";
            }
            let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
            stream.read_exact(&mut payload).await.unwrap();
            match head[3] {
                // The status comes first, by its number in the standard's table.
                1 => match payload.iter().find(|byte| **byte >= 0x40) {
                    Some(0x88) => return "200",
                    Some(0x8c) => return "400",
                    _ => return "another status",
                },
                3 => return "reset",
                7 => return "closed",
                _ => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, answer).await.unwrap()
}

#[tokio::test]
async fn a_request_of_http_2_is_for_one_host() {
    let (_session, addr) = with(Limits::default()).await;
    let own = addr.to_string();
    let ask = |more: &[(&'static str, &str)]| {
        let mut fields = vec![(":method", "GET"), (":scheme", "http"), (":path", "/")];
        fields.extend(more.iter().copied());
        let fields: Vec<(String, String)> = fields.into_iter().map(|(n, v)| (n.into(), v.into())).collect();
        async move {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            second(addr, &fields).await
        }
    };
    for good in [&[(":authority", own.as_str())][..], &[(":authority", "a"), ("host", "a")], &[("host", "a")]] {
        assert_eq!(ask(good).await, "200", "{good:?}");
    }
    for bad in [
        &[(":authority", "user@a")][..],
        &[(":authority", "user:secret@a:80")],
        &[(":authority", "a"), (":authority", "b")],
        &[(":authority", "a"), (":authority", "a")],
        &[(":authority", "a"), ("host", "b")],
        &[(":authority", "a"), ("host", "user@a")],
        &[(":authority", "a"), ("host", "a"), ("host", "a")],
        &[("host", "a"), ("host", "b")],
        &[("host", "user@a")],
        &[("host", "a"), (":authority", "a")],
        &[(":authority", "")],
        &[],
    ] {
        let answer = ask(bad).await;
        assert!(["400", "reset", "closed"].contains(&answer), "{bad:?}: {answer}");
    }
    assert_eq!(get(addr, "/").await, (200, "hello 1!".into()));
}

/// HTTP/2 says how many it takes at a time; a client that keeps to it is answered whatever it begins.
#[tokio::test]
async fn streams_of_one_connection_are_bounded_and_all_answered() {
    let (_session, addr) = with(Limits::default()).await;
    let client = client::<http_body_util::Empty<hyper::body::Bytes>>(true);
    let ask = || {
        let request = Request::get(format!("http://{addr}/")).body(http_body_util::Empty::new()).unwrap();
        client.request(request)
    };
    let all = futures::future::join_all((0..300).map(|_| ask())).await;
    assert!(all.into_iter().all(|answer| answer.is_ok_and(|a| a.status() == 200)));
}

/// Each of these programs still answers somebody who never has enough of it.
#[tokio::test]
async fn old_programs_are_kept_for_a_bounded_number_of_saves() {
    let (mut session, addr) = with(Limits::default()).await;
    let mut kept = Vec::new();
    for generation in 2..=16 {
        let mut endless = try_get(addr, "/endless").await.unwrap();
        assert!(http_body_util::BodyExt::frame(&mut endless).await.unwrap().is_ok());
        kept.push(endless);
        session.runner.start(serve(generation, &site(&format!("hello{generation:03}"))));
        session.started(generation).await;
    }
    let few = async {
        while session.runner.alive().generations > 10 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(PATIENCE, few).await.expect("the oldest let go");
    // Those that are kept go on.
    let last = kept.last_mut().unwrap();
    assert!(http_body_util::BodyExt::frame(last).await.unwrap().is_ok());
    assert_eq!(get(addr, "/").await, (200, "hello016".into()));
}
