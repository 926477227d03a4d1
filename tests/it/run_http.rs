//! HTTP in the live engine: a real client on a real socket.

use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Empty};
use hyper::Response;
use hyper::body::{Bytes, Incoming};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use studio::model::entry::Entry;
use studio::run::{Limits, Outcome, RunEvent};

use crate::http_support::{crashed, get, handler, serve, serving, site, try_get};
use crate::run_support::{Session, function, request, wat, whole};

#[tokio::test]
async fn requests_are_answered_and_told() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    assert!(addr.ip().is_loopback());
    session.started(1).await;
    assert_eq!(get(addr, "/?q=1").await, (200, "hello 1!".into()));
    let told = session
        .until(|event| match event {
            RunEvent::Requests { mut served, lost: 0 } => served.pop(),
            _ => None,
        })
        .await;
    assert_eq!((told.id, told.generation, told.status), (1, 1, 200));
    assert_eq!((told.method.as_str(), told.path.as_str()), ("GET", "/?q=1"));
}

#[tokio::test]
async fn a_new_generation_takes_the_next_request_on_the_same_socket() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    session.started(1).await;
    // A connection that stays open over the swap.
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let ask = async || {
        let response = client.get(format!("http://{addr}/").parse().unwrap()).await.unwrap();
        response.into_body().collect().await.unwrap().to_bytes()
    };
    assert_eq!(ask().await, "hello 1!");
    session.runner.start(serve(2, &site("hello 2!")));
    session.started(2).await;
    assert_eq!(session.ended(1).await, Outcome::Stopped);
    assert_eq!(ask().await, "hello 2!");
    // Neither a broken one nor one that is nothing to serve takes the place of a good one.
    assert!(matches!(session.run(serve(3, &wat("(component)"))).await, Outcome::Refused(_)));
    assert!(matches!(session.run(serve(4, &whole(*b"broken"))).await, Outcome::Refused(_)));
    assert_eq!(ask().await, "hello 2!");
}

/// The next eight bytes of a body whose frames may be cut anywhere: what they left over is kept.
async fn eight(body: &mut Endless) -> String {
    while body.rest.len() < 8 {
        body.rest.extend(body.response.frame().await.unwrap().unwrap().into_data().unwrap());
    }
    String::from_utf8(body.rest.drain(..8).collect()).unwrap()
}

/// A response without an end.
struct Endless {
    response: Response<Incoming>,
    rest: Vec<u8>,
}

#[tokio::test]
async fn a_request_under_way_ends_as_it_began() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    session.started(1).await;
    let mut endless = Endless { response: try_get(addr, "/endless").await.unwrap(), rest: Vec::new() };
    let mut chunk = async || eight(&mut endless).await;
    assert_eq!(chunk().await, "hello 1!");
    session.runner.start(serve(2, &site("hello 2!")));
    session.started(2).await;
    for _ in 0..1000 {
        assert_eq!(chunk().await, "hello 1!");
    }
    assert_eq!(get(addr, "/").await.1, "hello 2!");
    drop(endless);
    session.runner.stop().await;
    assert!(try_get(addr, "/").await.is_err(), "the listener is closed");
    assert_eq!(session.ended(2).await, Outcome::Stopped);
}

#[tokio::test]
async fn a_crash_costs_one_request() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    let (status, body) = get(addr, "/trap").await;
    assert_eq!((status, body.as_str()), (500, "`app` gave up (a panic or an abort without a message) (in `handle`)\n"));
    assert_eq!(crashed(&mut session).await.frames[0].function, "handle");
    assert_eq!(get(addr, "/silent").await, (500, "the handler returned without setting a response\n".into()));
    // Dying after the answer has begun can't change it, but is told all the same.
    assert_eq!(try_get(addr, "/after").await.unwrap().status(), 200);
    crashed(&mut session).await;
    assert_eq!(get(addr, "/").await, (200, "hello 1!".into()));
}

#[tokio::test]
async fn a_request_has_limits() {
    let mut session = Session::new();
    let mut request = serve(1, &site("hello 1!"));
    request.limits = Limits { memory: 64 << 20, request: Duration::from_millis(200), ..Limits::default() };
    session.runner.start(request);
    let addr = serving(&mut session).await;
    let (status, body) = get(addr, "/loop").await;
    let late = "`app` did not answer within the 200 ms a request may take (`request` below [run.limits]) (in `handle`)";
    assert_eq!((status, body), (504, format!("{late}\n")));
    assert_eq!(crashed(&mut session).await.message, late);
    let (status, body) = get(addr, "/memory").await;
    assert_eq!(status, 500);
    assert!(body.contains("ran out of memory"), "{body}");
    // Many loops at a time don't keep others from being answered.
    let loops: Vec<_> = (0..20).map(|_| tokio::spawn(get(addr, "/loop"))).collect();
    assert_eq!(get(addr, "/").await.0, 200);
    for one in loops {
        assert_eq!(one.await.unwrap().0, 504);
    }
}

#[tokio::test]
async fn stop_ends_requests_under_way() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    let mut endless = Endless { response: try_get(addr, "/endless").await.unwrap(), rest: Vec::new() };
    assert_eq!(eight(&mut endless).await, "hello 1!");
    session.runner.stop().await;
    assert_eq!(session.ended(1).await, Outcome::Stopped);
    // What was on its way may still arrive; then it breaks off.
    while let Some(Ok(_)) = endless.response.frame().await {}
    assert!(try_get(addr, "/").await.is_err());
}

#[tokio::test]
async fn a_taken_port_is_refused_with_a_free_one() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut session = Session::new();
    let mut wanted = serve(1, &site("hello 1!"));
    wanted.addr = taken.local_addr().unwrap();
    session.runner.start(wanted.clone());
    let RunEvent::Unavailable(unavailable) = session.next().await else { panic!("the free port comes first") };
    let reason = format!("port {port} of 127.0.0.1 is taken by another program");
    assert_eq!((unavailable.addr, &unavailable.reason), (wanted.addr, &reason));
    let free = unavailable.free.unwrap();
    assert!(matches!(session.ended(1).await, Outcome::Refused(problem) if problem.message == reason));
    // There it is served, and comes back as soon as the port is free; a newer generation changes nothing of that.
    wanted.fallback = Some(free);
    wanted.generation = 2;
    session.runner.start(wanted.clone());
    assert_eq!(serving(&mut session).await, free);
    assert!(try_get(free, "/").await.is_ok());
    wanted.generation = 3;
    session.runner.start(wanted.clone());
    drop(taken);
    let back = |event| matches!(event, RunEvent::Serving { addr } if addr == wanted.addr).then_some(());
    session.until(back).await;
    assert!(try_get(wanted.addr, "/").await.is_ok());
    assert!(try_get(free, "/").await.is_err());
}

#[tokio::test]
async fn from_http_to_a_function_and_back() {
    let run = wat(r#"(component
            (core module $m (func (export "run")))
            (core instance $i (instantiate $m))
            (func (export "run") (canon lift (core func $i "run"))))"#);
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    session.runner.start(request(2, &run, function("run")));
    assert_eq!(session.ended(1).await, Outcome::Stopped);
    assert_eq!(session.ended(2).await, Outcome::Returned(None));
    assert!(try_get(addr, "/").await.is_err());
    session.runner.start(serve(3, &site("hello 3!")));
    let addr = serving(&mut session).await;
    assert_eq!(get(addr, "/").await.1, "hello 3!");
}

#[tokio::test]
async fn stop_does_not_wait_for_a_reader() {
    let (tx, mut events) = tokio::sync::mpsc::channel(1);
    let runner = studio::run::Runner::new(studio::run::Options::default(), tx).unwrap();
    let stopped = async |runner: &studio::run::Runner| {
        tokio::time::timeout(crate::run_support::PATIENCE, runner.stop()).await.expect("stop waits for a reader");
    };
    runner.start(serve(1, &site("hello 1!")));
    // Where it is served fills the channel, and that it has started can't be told.
    while events.is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    runner.start(serve(2, &site("hello 2!")));
    runner.start(serve(3, &site("hello 3!")));
    stopped(&runner).await;
    runner.start(serve(4, &wat("(component)")));
    stopped(&runner).await;
    let mut ended = Vec::new();
    while ended.len() < 4 {
        if let Some(RunEvent::Ended { generation, .. }) = events.recv().await {
            ended.push(generation);
        }
    }
    ended.sort_unstable();
    assert_eq!(ended, [1, 2, 3, 4]);
}

#[tokio::test]
async fn handlers_of_wasi_0_3_answer_and_then_stream() {
    let wit = [include_str!("../guests/wit/http-0.3.wit")];
    let live = handler(include_str!("../guests/http-0.3.wat"), &wit, "wasi:http/handler@0.3.0");
    let mut session = Session::new();
    session.runner.start(request(1, &live, Entry::Http("wasi:http/handler@0.3.0".into())));
    let addr = serving(&mut session).await;
    for _ in 0..20 {
        assert_eq!(get(addr, "/").await, (200, "hello 3!".into()));
    }
    let answered = get(addr, "/error").await;
    assert_eq!(answered, (500, "the handler answered with an error: ErrorCode::ConfigurationError\n".into()));
    let answered = get(addr, "/trap").await;
    assert_eq!(answered, (500, "`app` gave up (a panic or an abort without a message) (in `handle`)\n".into()));
    crashed(&mut session).await;
    let _ = try_get(addr, "/after").await;
    assert_eq!(crashed(&mut session).await.frames[0].function, "handle");
}

/// Who waits in 0.3 has no frames, so whose answer is late is told by whom the request went to.
#[tokio::test]
async fn a_handler_of_wasi_0_3_that_never_answers_is_named() {
    let wit = [
        include_str!("../guests/wit/http-0.3.wit"),
        "package wasi:clocks@0.3.0; interface monotonic-clock { wait-for: async func(how-long: u64); }",
    ];
    let text = include_str!("../guests/http-0.3.wat");
    let import = "  (import \"wasi:clocks/monotonic-clock@0.3.0\" \"wait-for\" (func $wait (param i64)))\n  (memory";
    let waits = "(if (i32.eq (local.get $letter) (i32.const 119)) (then (call $wait (i64.const 3600000000000))))";
    let dies = "(if (i32.eq (local.get $letter) (i32.const 116))";
    let text = text.replacen("  (memory", import, 1).replacen(dies, &format!("{waits}\n    {dies}"), 1);
    let mut live = handler(&text, &wit, "wasi:http/handler@0.3.0");
    // Not alone, so that nobody is to blame merely for being there.
    live.nodes.push(("other".into(), "other".into()));
    live.providers = vec![("wasi:http/handler@0.3.0".into(), "app".into())];
    let mut session = Session::new();
    let mut wanted = request(1, &live, Entry::Http("wasi:http/handler@0.3.0".into()));
    wanted.limits = Limits { request: Duration::from_millis(200), ..Limits::default() };
    session.runner.start(wanted);
    let addr = serving(&mut session).await;
    let late = "`app` did not answer within the 200 ms a request may take (`request` below [run.limits])";
    assert_eq!(get(addr, "/wait").await, (504, format!("{late}\n")));
    let crash = crashed(&mut session).await;
    assert_eq!((crash.message.as_str(), crash.node.as_deref()), (late, Some("app")));
    assert_eq!(get(addr, "/").await.0, 200);
}

#[tokio::test]
async fn a_command_of_wasi_0_3_that_sleeps_for_ever_is_named() {
    let mut live = wat(r#"(component
        (import "wasi:clocks/monotonic-clock@0.3.0" (instance $clock
          (export "wait-for" (func async (param "how-long" u64)))))
        (core func $wait (canon lower (func $clock "wait-for")))
        (core module $m
          (import "" "wait" (func $wait (param i64)))
          (func (export "run") (call $wait (i64.const 3600000000000))))
        (core instance $i (instantiate $m (with "" (instance (export "wait" (func $wait))))))
        (func (export "run") async (canon lift (core func $i "run"))))"#);
    live.nodes.push(("other".into(), "other".into()));
    live.providers = vec![("run".into(), "app".into())];
    let mut session = Session::new();
    let mut wanted = request(1, &live, function("run"));
    wanted.limits = Limits { time: Some(Duration::from_millis(200)), ..Limits::default() };
    let Outcome::Crashed(crash) = session.run(wanted).await else { panic!("it ended well") };
    let sentence = "`app` was not done after the 200 ms a run may run (`time` below [run.limits])";
    assert_eq!((crash.message.as_str(), crash.node.as_deref()), (sentence, Some("app")));
}

/// How often the engine's own threads went to sleep so far: each time is a wake-up before it.
#[cfg(target_os = "linux")]
fn wake_ups() -> u64 {
    let mut all = 0;
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        let status = std::fs::read_to_string(task.unwrap().path().join("status")).unwrap_or_default();
        let field = |name| status.lines().find_map(|l| l.strip_prefix(name)).map_or("", str::trim);
        if ["guest", "epoch"].contains(&field("Name:")) {
            all += field("voluntary_ctxt_switches:").parse::<u64>().unwrap_or(0);
        }
    }
    all
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_without_requests_wakes_nothing() {
    crate::support::alone("run_http::alone_a_server_without_requests_wakes_nothing");
}

#[cfg(target_os = "linux")]
#[tokio::test]
#[ignore = "run in a process of its own by the test of the same name"]
async fn alone_a_server_without_requests_wakes_nothing() {
    let mut session = Session::new();
    session.runner.start(serve(1, &site("hello 1!")));
    let addr = serving(&mut session).await;
    assert_eq!(get(addr, "/").await.0, 200);
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let before = wake_ups();
        assert!(before > 0, "the threads were found");
        tokio::time::sleep(Duration::from_secs(1)).await;
        let woken = wake_ups() - before;
        if woken == 0 {
            break;
        }
        assert!(Instant::now() < deadline, "{woken} wake-ups in a second of idleness");
    }
}
