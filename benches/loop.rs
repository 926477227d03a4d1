//! What the loop costs, beside what it can't do without and what people use today, in the same run.
//!
//! `cargo bench --bench loop` prints medians and ratios. The peer loop wants `inotifywait`, `wac` and `wasmtime` on PATH
//! and is left out, and said to be, where they are not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const ROUNDS: usize = 15;
const PATIENCE: Duration = Duration::from_mins(2);
const MESSAGE: &str = "System startup initiated.";

type Part = (&'static str, fn(&Path));

const PARTS: [Part; 4] =
    [("save", save_to_line), ("first-build", first_build), ("first-frame", first_frame), ("idle", idle)];

fn main() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    // `cargo bench --bench loop -- idle` measures that part alone.
    let named: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let wanted = |name: &str| named.is_empty() || named.iter().any(|n| n == name);
    for (name, part) in PARTS.into_iter().filter(|(name, _)| wanted(name)) {
        println!("── {name}");
        part(scratch.path());
    }
}

fn studio(scratch: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_studio"));
    command.env("XDG_STATE_HOME", scratch.join("state")).env("XDG_CACHE_HOME", scratch.join("cache"));
    command
}

fn neon(scratch: &Path, name: &str) -> PathBuf {
    let dir = scratch.join(name);
    run(studio(scratch).args(["new", "neon"]).arg(&dir));
    dir
}

/// cargo as a user calls it: without what this bench's own cargo put into the environment.
fn cargo(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(args).current_dir(dir);
    for (name, _) in std::env::vars() {
        if name.starts_with("CARGO") || name == "RUSTUP_TOOLCHAIN" || name == "LD_LIBRARY_PATH" {
            command.env_remove(name);
        }
    }
    if let Ok(home) = std::env::var("CARGO_HOME") {
        command.env("CARGO_HOME", home);
    }
    command
}

fn run(command: &mut Command) -> Duration {
    let began = Instant::now();
    let output = command.output().expect("the command starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    began.elapsed()
}

/// A process that prints lines; each with the moment it came.
struct Lines {
    child: Child,
    lines: Receiver<(Instant, String)>,
}

impl Lines {
    fn of(command: &mut Command) -> Self {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let (tell, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if tell.send((Instant::now(), line)).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    fn wait(&self, text: &str) -> Instant {
        loop {
            let (at, line) = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|e| panic!("`{text}` never came: {e}"));
            if line.contains(text) {
                return at;
            }
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// One edit of the same line in the same file: what a person's save is.
fn edit(dir: &Path, text: &str) -> Instant {
    let file = dir.join("core-logic/src/lib.rs");
    let source = fs::read_to_string(&file).expect("the source");
    let line = source.lines().find(|l| l.contains("Level::Info")).expect("the line").to_owned();
    fs::write(&file, source.replace(&line, &format!("        log(\"{text}\", Level::Info);"))).expect("the save");
    Instant::now()
}

fn save_to_line(scratch: &Path) {
    let (ours, floor, theirs) = (neon(scratch, "ours"), neon(scratch, "floor"), neon(scratch, "theirs"));
    let build = ["build", "-p", "core-logic", "--target", "wasm32-wasip2"];
    run(&mut cargo(&floor, &["build", "--target", "wasm32-wasip2"]));
    run(&mut cargo(&theirs, &["build", "--target", "wasm32-wasip2"]));
    let watching = Lines::of(studio(scratch).args(["run", "--watch"]).arg(&ours));
    watching.wait(MESSAGE);
    let peer = peer(&theirs);

    let (mut studio_s, mut cargo_s, mut peer_s) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let text = format!("round {round} of the loop");
        let saved = edit(&ours, &text);
        studio_s.push(watching.wait(&text) - saved);
        edit(&floor, &text);
        cargo_s.push(run(&mut cargo(&floor, &build)));
        if let Some(peer) = &peer {
            let saved = edit(&theirs, &text);
            peer_s.push(peer.wait(&text) - saved);
            // The peer's loop must be back at its watch before the next save.
            peer.wait("watching");
        }
    }
    println!("save → first log line of the new code, {ROUNDS} rounds in turn, medians");
    show("studio run --watch", &mut studio_s);
    show("cargo build of the same edit alone", &mut cargo_s);
    ratio("  studio ÷ cargo", &studio_s, &cargo_s, 1.5);
    if peer.is_some() {
        show("inotifywait + cargo + wac + wasmtime", &mut peer_s);
        ratio("  studio ÷ that loop", &studio_s, &peer_s, 0.8);
    } else {
        println!("  the peer loop was left out: inotifywait, wac or wasmtime is not on PATH");
    }
}

/// The loop of five terminals, in one shell script.
fn peer(dir: &Path) -> Option<Lines> {
    let there = |tool: &str| Command::new(tool).arg("--help").output().is_ok();
    if !["inotifywait", "wac", "wasmtime"].iter().all(|t| there(t)) {
        return None;
    }
    let script = r"
        out=target/wasm32-wasip2/debug
        while :; do
            echo watching
            inotifywait -q -q -e close_write,moved_to core-logic/src logger/src core-logic/wit logger/wit
            cargo build -q --target wasm32-wasip2 || continue
            wac compose neon.wac -o target/neon.wasm \
                -d cyber:core=$out/logger.wasm -d cyber:app=$out/core_logic.wasm || continue
            wasmtime run --invoke 'run()' target/neon.wasm
        done
    ";
    let mut command = cargo(dir, &[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).current_dir(dir);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let _ = &mut command;
    let lines = Lines::of(&mut shell);
    lines.wait("watching");
    Some(lines)
}

/// A fresh project's first build: bindings generated in process, beside the same project with the macro.
fn first_build(scratch: &Path) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..3 {
        let dir = neon(scratch, &format!("fresh-{round}"));
        ours.push(run(studio(scratch).arg("build").arg(&dir)));
        let dir = neon(scratch, &format!("macro-{round}"));
        with_macro(&dir);
        theirs.push(run(&mut cargo(&dir, &["build", "--target", "wasm32-wasip2"])));
    }
    println!("first build of neon, nothing built before");
    show("studio build", &mut ours);
    show("the same with wit_bindgen::generate!", &mut theirs);
    ratio("  studio ÷ macro", &ours, &theirs, 0.1);
}

fn with_macro(dir: &Path) {
    let manifest = dir.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("the manifest");
    fs::write(
        &manifest,
        text.replace("{ version = \"0.60\", default-features = false, features = [\"realloc\", \"std\"] }", "\"0.60\""),
    )
    .expect("the manifest");
    for (member, world) in [("logger", "logger-service"), ("core-logic", "core-logic")] {
        let generate = format!(
            "wit_bindgen::generate!({{ world: \"{world}\", path: \"wit\", generate_all, pub_export_macro: true }});\n"
        );
        fs::write(dir.join(member).join("src/bindings.rs"), generate).expect("the bindings");
    }
    let _ = fs::remove_file(dir.join("Cargo.lock"));
    run(cargo(dir, &["generate-lockfile", "--offline"]).current_dir(dir));
}

/// From the start of the program to its first frame in a terminal, on a project that was never built.
fn first_frame(scratch: &Path) {
    use portable_pty::{CommandBuilder, PtySize, native_pty_system};
    let mut all = Vec::new();
    for round in 0..10 {
        let dir = neon(scratch, &format!("frame-{round}"));
        let size = PtySize { rows: 36, cols: 120, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_studio"));
        command.arg(&dir);
        command.env("XDG_STATE_HOME", scratch.join("state"));
        command.env("XDG_CACHE_HOME", scratch.join("cache"));
        command.env("TERM", "xterm-256color");
        let mut reader = pair.master.try_clone_reader().expect("its screen");
        let began = Instant::now();
        let mut child = pair.slave.spawn_command(command).expect("studio starts");
        let (mut screen, mut buffer) = (Vec::new(), vec![0; 65536]);
        while !String::from_utf8_lossy(&screen).contains("Project") {
            let n = std::io::Read::read(&mut reader, &mut buffer).expect("its screen");
            assert!(n > 0, "it ended before its first frame");
            screen.extend_from_slice(&buffer[..n]);
        }
        all.push(began.elapsed());
        let _ = child.kill();
        let _ = child.wait();
    }
    println!("first frame, 10 starts (wanted ≤ 50 ms)");
    show("process start → first frame", &mut all);
}

/// Ten seconds of nothing to do: how often any thread of ours is woken.
fn idle(scratch: &Path) {
    let dir = neon(scratch, "idle");
    let watching = Lines::of(studio(scratch).args(["run", "--watch"]).arg(&dir));
    watching.wait("Mainframe breach");
    std::thread::sleep(Duration::from_secs(2));
    let before = wake_ups(watching.child.id());
    std::thread::sleep(Duration::from_secs(10));
    // Threads that end meanwhile take their counts along; those that are there count since they were first seen.
    let after = wake_ups(watching.child.id());
    let woken = after.iter().map(|(task, n)| n - before.get(task).copied().unwrap_or(0)).sum::<u64>();
    println!(
        "idle for 10 s: {woken} wake-ups of all threads, {} of {} threads ended",
        before.len().saturating_sub(after.len()),
        before.len()
    );
}

/// How often each thread was woken so far.
fn wake_ups(pid: u32) -> BTreeMap<String, u64> {
    fs::read_dir(format!("/proc/{pid}/task"))
        .expect("its threads")
        .flatten()
        .filter_map(|task| {
            let status = fs::read_to_string(task.path().join("status")).ok()?;
            let line = status.lines().find_map(|l| l.strip_prefix("voluntary_ctxt_switches:"))?;
            Some((task.file_name().to_string_lossy().into_owned(), line.trim().parse().ok()?))
        })
        .collect()
}

fn median(all: &[Duration]) -> Duration {
    let mut sorted = all.to_vec();
    sorted.sort();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn show(name: &str, all: &mut [Duration]) {
    all.sort();
    let (first, last) = (all.first().copied().unwrap_or_default(), all.last().copied().unwrap_or_default());
    println!(
        "  {name:<42} {:>8.1} ms   ({:.1} to {:.1})",
        median(all).as_secs_f64() * 1e3,
        first.as_secs_f64() * 1e3,
        last.as_secs_f64() * 1e3
    );
}

fn ratio(name: &str, ours: &[Duration], theirs: &[Duration], bound: f64) {
    let ratio = median(ours).as_secs_f64() / median(theirs).as_secs_f64();
    println!("  {name:<42} {ratio:>8.2}      (wanted ≤ {bound})");
}
