//! Guests that would have the whole machine, in a studio of their own whose memory is watched from outside.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::{Project, Running, stderr};

pub const MIB: usize = 1 << 20;
/// What studio itself may need beside a guest: Wasmtime compiles with as many threads as there are.
pub const OWN: usize = 150 * MIB;

/// The most that a process has had in memory while it was watched.
pub struct Watch {
    most: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Watch {
    pub fn new(pid: u32) -> Self {
        let (most, stop) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let (theirs, stopped) = (Arc::clone(&most), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let Ok(text) = std::fs::read_to_string(format!("/proc/{pid}/statm")) else { return };
                // All of it, resident, shared: the last are pages of files, the program's own above all, which the kernel
                // drops when it needs room. No guest has memory of that kind.
                let pages: Vec<usize> = text.split(' ').take(3).map(|pages| pages.parse().unwrap()).collect();
                theirs.fetch_max((pages[1] - pages[2].min(pages[1])) * 4096, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        Self { most, stop, thread: Some(thread) }
    }

    pub fn most(mut self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
        self.most.load(Ordering::Relaxed)
    }
}

const HOSTILE: &str = r#"
fn main() {
    let what = std::env::args().nth(1).unwrap_or_default();
    match what.as_str() {
        "loop" => spin(),
        "memory" => {
            let mut all = Vec::new();
            loop {
                all.push(vec![1u8; 1 << 20]); // the bomb
            }
        }
        "recursion" => println!("{}", recurse(1)),
        "flood" => {
            for n in 0u64.. {
                println!("line {n}");
            }
        }
        "one-line" => {
            loop {
                print!("never an end, ");
            }
        }
        "sleep" => nap(),
        "panic" => {
            let list: Vec<u8> = std::hint::black_box(Vec::new());
            println!("{}", list[7]);
        }
        _ => println!("up"),
    }
}

#[inline(never)]
fn spin() {
    loop {
        std::hint::black_box(0); // spinning
    }
}

#[inline(never)]
fn nap() {
    std::thread::sleep(std::time::Duration::from_secs(3600)) // napping
}

#[inline(never)]
fn recurse(n: u64) -> u64 {
    let big = std::hint::black_box([n; 64]);
    recurse(std::hint::black_box(n + 1)) + big[3]
}
"#;

/// The line of `HOSTILE` that holds `text`, as crashes name it.
fn at(text: &str) -> String {
    format!("src/main.rs:{}", HOSTILE.lines().position(|l| l.contains(text)).unwrap() + 1)
}

pub fn end(mut child: Child) -> (String, Option<i32>, usize) {
    let watch = Watch::new(child.id());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    let code = child.wait().unwrap().code();
    (said, code, watch.most())
}

#[test]
fn a_hostile_command_ends_with_a_sentence_and_the_host_stays_small() {
    let project = Project::new("hello");
    project.write("src/main.rs", HOSTILE);
    project.write("studio.toml", "[run.limits]\nlog = \"64 KiB\"\n");
    assert!(project.verb(&["build"]).status.success());
    let run = |limits: &[&str], what: &str| {
        let arguments = [&["run", "--memory", "64MiB"], limits, &["--", what]].concat();
        let mut command: Command = project.studio(&arguments);
        command.current_dir(&project.dir).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        end(command.spawn().unwrap())
    };
    let (cpu, fuel, time) = (["--cpu", "300ms"], ["--fuel", "50000000"], ["--time", "1s"]);
    for (what, limits, sentence, place) in [
        ("loop", &cpu[..], "was on the processor for more than the 300 ms a run may have (`cpu` below", at("fn spin")),
        ("loop", &fuel, "used up the 50000000 units of fuel that a run may have (`fuel` below [run.l", at("fn spin")),
        ("loop", &time, "was not done after the 1 s a run may run (`time` below [run.limits])", at("fn spin")),
        ("sleep", &time, "was not done after the 1 s a run may run (`time` below [run.limits])", at("// napping")),
        ("flood", &time, "was not done after the 1 s a run may run", at("\"line {n}\"")),
        ("one-line", &time, "was not done after the 1 s a run may run", at("never an end")),
        ("memory", &[], "ran out of memory: it asked for", at("// the bomb")),
        ("recursion", &[], "ran out of stack, as endless recursion does", at("fn recurse")),
        ("panic", &[], "panicked: index out of bounds: the len is 0 but the index is 7", at("list[7]")),
    ] {
        let (said, code, most) = run(limits, what);
        eprintln!("{what} {limits:?}: {} MiB at most", most / MIB);
        assert_eq!(code, Some(1), "{what}: {said}");
        assert!(said.contains(&format!("`ein-projekt` {sentence}")), "{what}: {said}");
        // A loop is found at one of its lines, which are one above or a few below.
        let line = |text: &str| text.rsplit(':').next().unwrap().parse::<usize>().unwrap();
        let close = |n: usize| said.contains(&format!("(src/main.rs:{n})"));
        assert!((line(&place) - 1..=line(&place) + 3).any(close), "{what}: {place}: {said}");
        assert!(most < 64 * MIB + OWN, "{what}: {} MiB", most / MIB);
        if what == "flood" {
            assert!(said.contains("ein-projekt | is held back: a run may write 64 KiB a second"), "{said}");
        }
    }
    let output = project.verb(&["run", "--memory", "lots"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("for example 512 MiB"), "{}", stderr(&output));
    project.write("studio.toml", "[run.limits]\nmemory = \"lots\"\n");
    let output = project.verb(&["run"]);
    assert!(stderr(&output).contains("studio.toml:2:10"), "{}", stderr(&output));
}

const HANDLER: &str = r#"
        match path.as_str() {
            "/loop" => loop {
                std::hint::black_box(0);
            },
            "/memory" => {
                let mut all = Vec::new();
                loop {
                    all.push(vec![1u8; 1 << 20]);
                }
            }
            "/recursion" => println!("{}", recurse(1)),
            "/handles" => loop {
                let value = vec![b'x'; 8_000];
                std::mem::forget(Fields::from_list(&[("a".to_owned(), value)]));
            },
            "/panic" => panic!("on purpose"),
            "/unfinished" => {
                let response = OutgoingResponse::new(Fields::new());
                let body = response.body().unwrap();
                ResponseOutparam::set(response_out, Ok(response));
                body.write().unwrap().blocking_write_and_flush(b"and then").unwrap();
                std::thread::sleep(std::time::Duration::from_secs(3600));
                return;
            }
            _ => {}
        }
"#;

pub fn ask(addr: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(addr).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_hostile_request_costs_itself_and_the_listener_stays() {
    let project = Project::new("http");
    project.edit(
        "web/src/lib.rs",
        "respond(response_out, greet",
        &format!("{HANDLER}        respond(response_out, greet"),
    );
    let recurse = "\n#[inline(never)]\nfn recurse(n: u64) -> u64 {\n    let big = std::hint::black_box([n; 64]);\n    \
                   recurse(std::hint::black_box(n + 1)) + big[3]\n}\n\n/// A method as";
    project.edit("web/src/lib.rs", "\n/// A method as", recurse);
    let limits = "[run.limits]\nmemory = \"256 MiB\"\nrequest-memory = \"64 MiB\"\ncpu = \"300ms\"\nhandles = 1000\n";
    project.write("studio.toml", limits);
    let mut running: Running = project.start(&["run", "--watch", "--json", "--addr", "127.0.0.1:0"]);
    let serving = running.wait("the address", |v| v["serving"].is_object());
    let addr = serving["serving"]["addr"].as_str().unwrap().to_owned();
    let watch = Watch::new(running.id());
    for (path, sentence) in [
        ("/loop", "`web` was on the processor for more than the 300 ms a request may have"),
        ("/memory", "`web` ran out of memory: it asked for"),
        ("/recursion", "`web` ran out of stack, as endless recursion does"),
        ("/handles", "`web` wants more than the 1000 handles there may be (`handles` below [run.limits])"),
        ("/panic", "`web` panicked: on purpose (web/src/lib.rs:"),
    ] {
        for _ in 0..3 {
            let answer = ask(&addr, path);
            assert!(answer.starts_with("HTTP/1.1 500"), "{path}: {answer}");
            assert!(answer.contains(sentence), "{path}: {answer}");
            assert!(answer.contains("web/src/lib.rs:"), "{path}: {answer}");
        }
        running.wait(path, |v| v["node"] == "studio" && v["text"].as_str().is_some_and(|t| t.contains(sentence)));
        assert!(ask(&addr, "/after").starts_with("HTTP/1.1 200"), "after {path}");
    }
    // Whoever waits for an end that never comes goes, and the guest with them.
    for _ in 0..20 {
        let mut stream = TcpStream::connect(&addr).unwrap();
        write!(stream, "GET /unfinished HTTP/1.1\r\nHost: {addr}\r\n\r\n").unwrap();
        let mut some = Vec::new();
        while !some.windows(8).any(|w| w == b"and then") {
            let mut more = [0; 64];
            let count = stream.read(&mut more).unwrap();
            some.extend_from_slice(&more[..count]);
        }
    }
    assert!(ask(&addr, "/last").starts_with("HTTP/1.1 200"));
    let most = watch.most();
    eprintln!("{} MiB at most", most / MIB);
    assert!(most < 256 * MIB + OWN, "{} MiB", most / MIB);
    assert_eq!(running.terminate(), 0);
}
