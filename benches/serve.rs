//! HTTP as studio serves it, beside `wasmtime serve` of the same component in the same run, and over reloads.
//!
//! `cargo bench --bench serve` prints medians and ratios. The peer is left out, and said to be, where `wasmtime` is not
//! on PATH. Both sides make an instance for every request and run as processes of their own; the clients keep their
//! connections and share the machine with them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::ops::Range;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use studio::compose;
use studio::compose::{Document, HoistedPart, Live, hoist};
use studio::inspect::inspect;
use studio::model::entry::Entry;
use studio::model::project::{BuildKind, Component, Project, Revision};
use studio::run::{Limits, Options, RunEvent, RunRequest, Runner, Stats, Stdin};
use tokio::sync::mpsc;

/// Connections that ask again as soon as they are answered.
const CONNECTIONS: usize = 8;
/// How long each side is asked in a round, and before the first.
const ROUND: Duration = Duration::from_secs(3);
const WARM_UP: Duration = Duration::from_secs(1);
const ROUNDS: usize = 5;
const RELOADS: u64 = 100;
const LOAD_ROUNDS: u64 = 5;
const MANY_RELOADS: u64 = 1_000;

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let scratch = tempfile::tempdir().expect("a scratch folder");
    // Parts may be named: `cargo bench --bench serve -- reloads`.
    let parts: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|p| p == part);
    for version in [Version::P2, Version::P3] {
        if wanted("wasmtime") {
            beside_wasmtime(&runtime, scratch.path(), version);
        }
    }
    if wanted("instantiate") {
        runtime.block_on(instantiate());
    }
    if wanted("reloads") {
        runtime.block_on(reloads_under_load());
    }
    if wanted("memory") {
        runtime.block_on(many_reloads());
    }
}

#[derive(Clone, Copy)]
enum Version {
    P2,
    P3,
}

impl Version {
    fn name(self) -> &'static str {
        match self {
            Self::P2 => "0.2",
            Self::P3 => "0.3",
        }
    }

    fn component(self, greeting: &str) -> Vec<u8> {
        const P2: [&str; 3] = [
            include_str!("../tests/guests/wit/io-0.2.wit"),
            include_str!("../tests/guests/wit/http-0.2.wit"),
            include_str!("../tests/guests/wit/cli-0.2.wit"),
        ];
        assert_eq!(greeting.len(), 8);
        match self {
            Self::P2 => {
                let text = include_str!("../tests/guests/http.wat").replace("GREETING", greeting);
                let world = "import wasi:cli/stdout@0.2.6; export wasi:http/incoming-handler@0.2.6;";
                component(&text, &P2, world)
            }
            Self::P3 => {
                let wit = [include_str!("../tests/guests/wit/http-0.3.wit")];
                component(include_str!("../tests/guests/http-0.3.wat"), &wit, "export wasi:http/handler@0.3.0;")
            }
        }
    }
}

fn component(wat: &str, wit: &[&str], world: &str) -> Vec<u8> {
    let mut module = wat::parse_str(wat).expect("the guest");
    let mut resolve = wit_parser::Resolve::default();
    for text in wit {
        resolve.push_str("wasi.wit", text).expect("WIT");
    }
    let site = format!("package bench:site; world site {{ {world} }}");
    let package = resolve.push_str("site.wit", &site).expect("the world");
    let world = resolve.select_world(&[package], None).expect("the world");
    let encoding = wit_component::StringEncoding::UTF8;
    wit_component::embed_component_metadata(&mut module, &resolve, world, encoding).expect("metadata");
    wit_component::ComponentEncoder::default().module(&module).expect("a module").encode().expect("a component")
}

/// A process that serves, ended when this goes.
struct Served {
    child: Child,
    addr: SocketAddr,
}

impl Served {
    fn start(addr: SocketAddr, command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(if std::env::var_os("BENCH_LOUD").is_some() { Stdio::inherit() } else { Stdio::null() })
            .spawn()
            .expect("it starts");
        let deadline = Instant::now() + Duration::from_mins(1);
        while TcpStream::connect(addr).is_err() {
            assert!(
                child.try_wait().expect("its state").is_none(),
                "{command:?} ended (BENCH_LOUD=1 shows what it says)"
            );
            assert!(Instant::now() < deadline, "{command:?} never served");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { child, addr }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port")
}

fn studio(scratch: &Path, wasm: &[u8], version: Version) -> Served {
    let folder = scratch.join(format!("project-{}", version.name()));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("site.wasm"), wasm).expect("the component");
    let addr = free_address();
    let mut command = Command::new(env!("CARGO_BIN_EXE_studio"));
    command.env("XDG_STATE_HOME", scratch.join("state")).env("XDG_CACHE_HOME", scratch.join("cache"));
    Served::start(addr, command.args(["run", "--trust", "--addr", &addr.to_string()]).arg(&folder))
}

fn wasmtime(scratch: &Path, wasm: &[u8], version: Version) -> Option<Served> {
    let known = Command::new("wasmtime").arg("--version").output().ok()?;
    println!("  the peer is {}", String::from_utf8_lossy(&known.stdout).trim());
    let file = scratch.join(format!("site-{}.wasm", version.name()));
    std::fs::write(&file, wasm).expect("the component");
    let addr = free_address();
    let mut command = Command::new("wasmtime");
    command.args(["serve", "-Scli", "-Sp3", "-Wcomponent-model-async", "-Wcomponent-model-async-stackful"]);
    command.args(["-Wcomponent-model-more-async-builtins", "--max-instance-reuse-count", "1"]);
    Some(Served::start(addr, command.args(["--addr", &addr.to_string()]).arg(file)))
}

fn beside_wasmtime(runtime: &tokio::runtime::Runtime, scratch: &Path, version: Version) {
    println!("WASI {}: {CONNECTIONS} connections, one instance a request, {ROUNDS} rounds in turn", version.name());
    let wasm = version.component("hello 2!");
    let ours = studio(scratch, &wasm, version);
    let theirs = wasmtime(scratch, &wasm, version);
    let (mut of_ours, mut of_theirs) = (Vec::new(), Vec::new());
    runtime.block_on(async {
        for served in [Some(&ours), theirs.as_ref()].into_iter().flatten() {
            ask(served.addr, WARM_UP).await;
        }
        for _ in 0..ROUNDS {
            of_ours.push(ask(ours.addr, ROUND).await);
            if let Some(theirs) = &theirs {
                of_theirs.push(ask(theirs.addr, ROUND).await);
            }
        }
    });
    show("studio", &of_ours);
    if theirs.is_none() {
        println!("  wasmtime is not on PATH: nothing to compare with");
        return;
    }
    show("wasmtime serve", &of_theirs);
    let ratio = |of: fn(&Round) -> f64| {
        let pairs = of_ours.iter().zip(&of_theirs).map(|(ours, theirs)| of(ours) / of(theirs));
        median(pairs.collect())
    };
    println!("  {:<24} {:>8.3}   (wanted ≥ 0.95)", "requests/s, ratio", ratio(|r| r.rate));
    println!("  {:<24} {:>8.3}   (wanted ≤ 1.1)", "p99, ratio", ratio(|r| r.p99));
}

/// One round's answers: a second, and in milliseconds.
struct Round {
    rate: f64,
    p50: f64,
    p99: f64,
}

fn show(who: &str, rounds: &[Round]) {
    let of = |pick: fn(&Round) -> f64| median(rounds.iter().map(pick).collect());
    println!(
        "  {who:<24} {:>8.0} requests/s, p50 {:.2} ms, p99 {:.2} ms",
        of(|r| r.rate),
        of(|r| r.p50),
        of(|r| r.p99)
    );
}

/// Asks for so long on all connections.
async fn ask(addr: SocketAddr, time: Duration) -> Round {
    let began = Instant::now();
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            tokio::spawn(async move {
                let mut client = Client::connect(addr).await;
                let mut took = Vec::new();
                while began.elapsed() < time {
                    let asked = Instant::now();
                    client.get().await.expect("an answer");
                    took.push(asked.elapsed());
                }
                took
            })
        })
        .collect();
    let mut all = Vec::new();
    for client in clients {
        all.extend(client.await.expect("the client"));
    }
    let elapsed = began.elapsed().as_secs_f64();
    all.sort_unstable();
    #[allow(clippy::cast_precision_loss)]
    let rate = all.len() as f64 / elapsed;
    Round { rate, p50: quantile(&all, 50), p99: quantile(&all, 99) }
}

/// One kept connection.
struct Client(hyper::client::conn::http1::SendRequest<Empty<Bytes>>);

impl Client {
    async fn connect(addr: SocketAddr) -> Self {
        let stream = tokio::net::TcpStream::connect(addr).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        let (client, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
        tokio::spawn(connection);
        Self(client)
    }

    async fn get(&mut self) -> hyper::Result<Bytes> {
        self.0.ready().await?;
        let request = Request::get("/").header("host", "bench").body(Empty::new()).expect("a request");
        let answer = self.0.send_request(request).await?;
        assert_eq!(answer.status(), 200);
        Ok(answer.into_body().collect().await?.to_bytes())
    }
}

/// A version of the site as a save makes it: the live form of a composition of one node, its core module hoisted.
fn live(version: u64) -> Arc<Live> {
    let bytes: Arc<[u8]> = Version::P2.component(&format!("v{version:07}")).into();
    let component = Component {
        name: "site".into(),
        build_kind: BuildKind::File("/project/site.wasm".into()),
        packages: vec!["bench:site".into()],
        folder: "/project".into(),
        path_dependencies: Vec::new(),
        wit: None,
        declared: None,
    };
    let project = Project { root: "/project".into(), components: vec![component], ..Project::default() };
    let part = HoistedPart {
        component: "site".into(),
        hoisted: Arc::new(hoist("site", &bytes).expect("hoisted")),
        ports: inspect(&bytes).expect("its ports"),
    };
    let text = "package bench:all;\nlet app = new bench:site { ... };\nexport app...;\n";
    let document = Document { path: None, text: text.into() };
    Arc::new(compose::live(&project, &document, &[part]).expect("the composition"))
}

fn request(generation: u64, live: Arc<Live>, stats: bool) -> RunRequest {
    RunRequest {
        generation,
        revision: Revision(generation),
        live,
        entry: Entry::Http("wasi:http/incoming-handler@0.2.6".into()),
        args: Vec::new(),
        stdin: Stdin::Empty,
        as_written: false,
        addr: SocketAddr::from(([127, 0, 0, 1], 0)),
        fallback: None,
        limits: Limits::default(),
        grants: Arc::default(),
        stats,
    }
}

/// A runner that serves in this process, with its events.
struct Session {
    runner: Runner,
    events: mpsc::Receiver<RunEvent>,
}

impl Session {
    fn new() -> Self {
        let (tx, events) = mpsc::channel(256);
        Self { runner: Runner::new(Options::default(), tx).expect("the engine"), events }
    }

    async fn until<T>(&mut self, mut wanted: impl FnMut(RunEvent) -> Option<T>) -> T {
        loop {
            let event = self.events.recv().await.expect("the runner lives");
            if let Some(found) = wanted(event) {
                return found;
            }
        }
    }

    async fn serve(&mut self, live: Arc<Live>) -> SocketAddr {
        self.runner.start(request(1, live, false));
        self.until(|event| if let RunEvent::Serving { addr } = event { Some(addr) } else { None }).await
    }

    async fn reload(&mut self, generation: u64, live: Arc<Live>) {
        self.runner.start(request(generation, live, false));
        self.until(|event| match event {
            RunEvent::Started { generation: started, .. } if started == generation => Some(()),
            RunEvent::Ended { generation: ended, outcome } if ended == generation => panic!("{outcome:?}"),
            _ => None,
        })
        .await;
    }
}

async fn instantiate() {
    let mut session = Session::new();
    let mut all: Vec<Stats> = Vec::new();
    for generation in 1..=21 {
        session.runner.start(request(generation, live(1), true));
        let stats = session.until(|event| if let RunEvent::Weighed { stats, .. } = event { Some(stats) } else { None });
        all.push(stats.await.expect("it can be instantiated"));
    }
    let micros =
        |pick: fn(&Stats) -> Duration| median(all.iter().skip(1).map(|s| pick(s).as_secs_f64() * 1e6).collect());
    println!("an instance, store included (pooled)");
    println!("  {:<24} {:>8.1} µs  (wanted ≤ 20 µs)", "warm", micros(|s| s.warm));
    println!("  {:<24} {:>8.1} µs", "the first of a program", micros(|s| s.cold));
    session.runner.stop().await;
}

/// What clients that ask without a pause were answered.
struct Load {
    /// From asking to the whole answer, sorted.
    took: Vec<Duration>,
    /// When somebody was answered, sorted.
    answered: Vec<Instant>,
    failed: usize,
}

impl Load {
    /// The longest time in which nobody was answered, of those that are so, in milliseconds.
    fn longest(&self, is: impl Fn(&Range<Instant>) -> bool) -> f64 {
        let gaps = self.answered.windows(2).map(|pair| pair[0]..pair[1]).filter(is);
        gaps.map(|gap| (gap.end - gap.start).as_secs_f64() * 1e3).fold(0.0, f64::max)
    }
}

type Seen = Arc<Mutex<BTreeSet<Bytes>>>;

/// Asks on all connections while `meanwhile` goes on.
async fn load(addr: SocketAddr, seen: &Seen, meanwhile: impl Future<Output = ()>) -> Load {
    let done = Arc::new(AtomicBool::new(false));
    let ask = |done: Arc<AtomicBool>, seen: Seen| async move {
        let mut client = Client::connect(addr).await;
        let (mut took, mut answered, mut failed, mut last) = (Vec::new(), Vec::new(), 0, Bytes::new());
        while !done.load(Ordering::Relaxed) {
            let asked = Instant::now();
            match client.get().await {
                Ok(body) if body != last => {
                    seen.lock().expect("unpoisoned").insert(body.clone());
                    last = body;
                }
                Ok(_) => {}
                Err(_) => failed += 1,
            }
            took.push(asked.elapsed());
            answered.push(Instant::now());
        }
        (took, answered, failed)
    };
    let clients: Vec<_> = (0..CONNECTIONS).map(|_| tokio::spawn(ask(Arc::clone(&done), Arc::clone(seen)))).collect();
    meanwhile.await;
    done.store(true, Ordering::Relaxed);
    let (mut took, mut answers, mut failed) = (Vec::new(), Vec::new(), 0);
    for client in clients {
        let (its, answered, failures) = client.await.expect("the client");
        took.extend(its);
        answers.extend(answered);
        failed += failures;
    }
    took.sort_unstable();
    answers.sort_unstable();
    Load { took, answered: answers, failed }
}

/// One way to load the listener, over all rounds.
#[derive(Default)]
struct Under {
    p99: Vec<f64>,
    pause: Vec<f64>,
    /// The same in the spans of time in which something was reloaded, and outside of them.
    inside: Vec<f64>,
    outside: Vec<f64>,
}

impl Under {
    fn add(&mut self, load: &Load) {
        self.p99.push(quantile(&load.took, 99));
        self.pause.push(load.longest(|_| true));
    }

    fn split(&mut self, load: &Load, windows: &[Range<Instant>]) {
        let during = |gap: &Range<Instant>| windows.iter().any(|w| w.start < gap.end && gap.start < w.end);
        self.inside.push(load.longest(during));
        self.outside.push(load.longest(|gap| !during(gap)));
    }

    fn show(&self, what: &str) {
        let ratios: Vec<f64> = self.pause.iter().zip(&self.p99).map(|(pause, p99)| pause / p99).collect();
        let each: Vec<String> = ratios.iter().map(|r| format!("{r:.1}")).collect();
        println!(
            "  {what:<24} p99 {:.2} ms, nobody answered for {:.2} ms, ÷ p99 {:.2} ({})",
            median(self.p99.clone()),
            median(self.pause.clone()),
            median(ratios),
            each.join(" ")
        );
    }
}

/// The longest time in which nobody is answered, over reloads, and what of it is the machine's own: the same load as long
/// again without any reload, and beside a thread that only keeps a processor busy when and as nicely as the compiler did.
async fn reloads_under_load() {
    println!("{RELOADS} reloads under full load, each a version of its own, {LOAD_ROUNDS} rounds");
    let (mut reloading, mut quiet, mut busy) = (Under::default(), Under::default(), Under::default());
    let (mut failed, mut asked, mut versions_seen, mut compiling) = (0, 0, 0, 0.0);
    for round in 0..LOAD_ROUNDS {
        let first = round * (RELOADS + 2);
        let versions: Vec<_> = (0..=RELOADS + 1).map(|n| live(first + n)).collect();
        let mut session = Session::new();
        let addr = session.serve(Arc::clone(&versions[1])).await;
        let (seen, began) = (Seen::default(), Instant::now());
        let mut windows = Vec::new();
        let reloads = async {
            while !seen.lock().expect("unpoisoned").contains(&Bytes::from(format!("v{:07}", first + 1))) {
                let _ = session.events.recv().await;
            }
            for generation in 2..=RELOADS + 1 {
                let version = usize::try_from(generation).expect("few");
                let from = Instant::now();
                session.reload(generation, Arc::clone(&versions[version])).await;
                windows.push(from..Instant::now());
                let wanted = Bytes::from(format!("v{:07}", first + generation));
                while !seen.lock().expect("unpoisoned").contains(&wanted) {
                    // Requests are told all the time, so this waits for nothing else.
                    let _ = session.events.recv().await;
                }
            }
        };
        let reloaded = load(addr, &seen, reloads).await;
        let lasted = began.elapsed();
        failed += reloaded.failed;
        asked += reloaded.took.len();
        versions_seen += seen.lock().expect("unpoisoned").len();
        reloading.add(&reloaded);
        reloading.split(&reloaded, &windows);
        let undisturbed = load(addr, &Seen::default(), drain(&mut session, lasted)).await;
        quiet.add(&undisturbed);
        compiling += windows.iter().map(|w| (w.end - w.start).as_secs_f64()).sum::<f64>() / lasted.as_secs_f64();
        let windows: Vec<_> = windows.iter().map(|w| w.start - began..w.end - began).collect();
        let spinning = std::thread::spawn(move || spin(&windows));
        busy.add(&load(addr, &Seen::default(), drain(&mut session, lasted)).await);
        spinning.join().expect("the busy thread");
        session.runner.stop().await;
    }
    println!("  {:<24} {failed:>8} of {asked}   (wanted 0)", "failed requests");
    println!("  {:<24} {versions_seen:>8}   (wanted {})", "versions seen", LOAD_ROUNDS * (RELOADS + 1));
    reloading.show("reloading (wanted ≤ 1)");
    #[allow(clippy::cast_precision_loss)]
    let share = compiling * 100.0 / LOAD_ROUNDS as f64;
    println!(
        "  {:<24} {:.2} ms while it is compiled and swapped ({share:.0} % of the time), {:.2} ms between",
        "of that",
        median(reloading.inside.clone()),
        median(reloading.outside.clone())
    );
    quiet.show("no reload");
    busy.show("a busy thread instead");
}

/// Reads what is told for so long.
async fn drain(session: &mut Session, time: Duration) {
    let events = async { while session.events.recv().await.is_some() {} };
    let _ = tokio::time::timeout(time, events).await;
}

/// Keeps a processor busy in these spans of time from now on, as nice as the compiler is while something is served.
fn spin(windows: &[Range<Duration>]) {
    #[cfg(unix)]
    let _ = rustix::process::setpriority_process(None, studio::run::NICE);
    let began = Instant::now();
    for window in windows {
        std::thread::sleep(window.start.saturating_sub(began.elapsed()));
        while began.elapsed() < window.end {
            std::hint::black_box((0..1_000).map(std::hint::black_box).sum::<u64>());
        }
    }
}

async fn many_reloads() {
    let versions: Vec<_> = (1..=4).map(live).collect();
    let mut session = Session::new();
    let addr = session.serve(live(1)).await;
    let mut client = Client::connect(addr).await;
    let mut sizes = Vec::new();
    for generation in 2..2 + MANY_RELOADS {
        let version = usize::try_from(generation).expect("few") % versions.len();
        session.reload(generation, Arc::clone(&versions[version])).await;
        client.get().await.expect("an answer");
        if (generation - 1) % (MANY_RELOADS / 10) == 0 {
            sizes.push(resident());
        }
    }
    println!("memory over {MANY_RELOADS} reloads with a request each, every tenth of them");
    let sizes: Vec<String> = sizes.iter().map(|kb| format!("{:.1}", kb / 1024.0)).collect();
    println!("  {} MiB; alive now: {:?}", sizes.join(" "), session.runner.alive());
    session.runner.stop().await;
}

/// This process's memory, in KiB; 0 where the system does not tell.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmRSS:"));
    line.and_then(|l| l.split_whitespace().nth(1)?.parse().ok()).unwrap_or_default()
}

/// In milliseconds.
fn quantile(sorted: &[Duration], percent: usize) -> f64 {
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or_default().as_secs_f64() * 1e3
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or_default()
}
