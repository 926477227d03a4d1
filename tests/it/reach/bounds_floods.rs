//! Very many at once: connections, output, requests, file events and keys.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::limits::{MIB, OWN, Watch};
use crate::pty::Screen;
use crate::run_support::PATIENCE;
use crate::support::Project;

/// A connection of the client at 127.0.0.`host`.
async fn connect(host: u8, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, host], 0))).unwrap();
    tokio::time::timeout(PATIENCE, socket.connect(to)).await.unwrap().unwrap()
}

/// Asks over a connection that is kept, and takes the whole answer.
async fn asks(stream: &mut TcpStream) {
    stream.write_all(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"0\r\n\r\n") {
        let read =
            tokio::time::timeout(PATIENCE, stream.read_buf(&mut answer)).await.expect("an answer in time").unwrap();
        assert!(read > 0, "closed after {}", String::from_utf8_lossy(&answer));
    }
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn nine_thousand_idle_connections_of_many_clients_keep_nobody_out() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum.map_or(Some(12_000), |most| Some(most.min(12_000)));
    setrlimit(Resource::Nofile, limit).unwrap();
    let all = usize::try_from(limit.current.unwrap()).unwrap().saturating_sub(200).min(9_000);
    let project = Project::new("http");
    let mut running = project.start(&["run", "--json", "--addr", "127.0.0.1:0"]);
    let addr = running.wait("an address", |event| event["serving"].is_object());
    let addr: SocketAddr = addr["serving"]["addr"].as_str().unwrap().parse().unwrap();
    let watch = Watch::new(running.id());
    // It shares its address with idle ones.
    let mut working = connect(7, addr).await;
    asks(&mut working).await;
    let mut idle = Vec::new();
    for n in 0..all {
        idle.push(connect(u8::try_from(n % 250 + 1).unwrap(), addr).await);
        if n % 500 == 499 {
            asks(&mut working).await;
            asks(&mut connect(250, addr).await).await;
        }
    }
    let mut rest = Vec::new();
    tokio::time::timeout(PATIENCE, idle[0].read_to_end(&mut rest))
        .await
        .expect("who was idle longest has gone")
        .unwrap();
    let newest = idle.last_mut().unwrap();
    asks(newest).await;
    let most = watch.most();
    eprintln!("{all} connections, {} MiB", most / MIB);
    assert!(most < OWN + 100 * MIB, "{} MiB", most / MIB);
    assert_eq!(running.terminate(), 0);
}

/// Guests, clients, a tree of files and a person, all without a pause.
#[test]
fn everything_at_once_leaves_the_screen_its_keys() {
    let project = Project::new("http");
    let answer = "respond(response_out, greet";
    let flood =
        "if path == \"/flood\" { loop { println!(\"{path} says a line\"); eprintln!(\"{path} says another\"); } }";
    project.edit("web/src/lib.rs", answer, &format!("{flood}\n        {answer}"));
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let addr = format!("127.0.0.1:{port}");
    let files: Vec<_> = (0..10_000).map(|n| project.path(&format!("notes/{}/{n}.txt", n % 100))).collect();
    for file in &files {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, "0").unwrap();
    }
    let mut screen = Screen::studio(&project, &[".", "--addr", &addr], 120, 36);
    screen.wait_for(&format!("http://{addr}"));
    let watch = Watch::new(screen.child.process_id().unwrap());
    let (over, answered) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
    let mut threads = Vec::new();
    for client in 0..6 {
        let (over, answered, addr) = (Arc::clone(&over), Arc::clone(&answered), addr.clone());
        threads.push(std::thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                let path = if client < 2 { "/flood" } else { "/x" };
                let Ok(mut stream) = std::net::TcpStream::connect(&addr) else { continue };
                let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
                let mut answer = [0; 12];
                let _ = std::io::Write::write_all(
                    &mut stream,
                    format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes(),
                );
                if std::io::Read::read_exact(&mut stream, &mut answer).is_ok() && answer.ends_with(b"200") {
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            }
        }));
    }
    threads.push(std::thread::spawn({
        let over = Arc::clone(&over);
        move || {
            for round in 1u32.. {
                for file in &files {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    std::fs::write(file, round.to_string()).unwrap();
                }
            }
        }
    }));
    let began = Instant::now();
    let mut slowest = Duration::ZERO;
    let mut rounds = 0;
    // Until every client has been answered and some seconds of all that are over.
    while rounds < 20 || began.elapsed() < Duration::from_secs(5) || answered.load(Ordering::Relaxed) < 20 {
        let asked = Instant::now();
        screen.press("?");
        screen.until("the help", |s| s.contains("Keys and commands"));
        screen.press("\x1b");
        screen.until("its end", |s| !s.contains("Keys and commands"));
        slowest = slowest.max(asked.elapsed());
        rounds += 1;
    }
    over.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().unwrap();
    }
    let most = watch.most();
    let answered = answered.load(Ordering::Relaxed);
    eprintln!("{rounds} rounds, the slowest {slowest:?}; {answered} answers; {} MiB", most / MIB);
    assert!(most < OWN + 200 * MIB, "{} MiB", most / MIB);
    screen.press("q");
    screen.end();
}
