//! What a person gets who sits before the real program: it runs in a pseudo-terminal of 200×50 on a folder of 200
//! components that are wired to one another, while a real guest writes.
//!
//! `cargo bench --bench pty` measures everything, `cargo bench --bench pty -- keys` that part alone. A key is timed from
//! its byte being written to the last byte of the frame that shows what it did: this process is the terminal, so its own
//! work (reading, and following the screen with `vt100`) takes a share of the same cores.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "shared/dice.rs"]
mod dice;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use dice::Dice;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const COLUMNS: u16 = 200;
const ROWS: u16 = 50;
/// Longer than anything takes: it never comes.
const PATIENCE: Duration = Duration::from_mins(1);
/// How every frame of studio's ends.
const FRAME_END: &[u8] = b"\x1b[?2026l";
/// Keys measured of each kind.
const KEYS: usize = 400;

type Part = (&'static str, fn(&Path));

const PARTS: [Part; 5] =
    [("first-frame", first_frame), ("keys", keys), ("guest", guest), ("hostile", hostile), ("pan", pan)];

fn main() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let scratch = scratch.path().canonicalize().expect("a scratch folder");
    let named: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let wanted = |name: &str| named.is_empty() || named.iter().any(|n| n == name);
    for (name, part) in PARTS.into_iter().filter(|(name, _)| wanted(name)) {
        println!("── {name}");
        part(&scratch);
    }
}

// ── What is measured ─────────────────────────────────────────────────────────────────────────────────────────────────

/// From the start of the program to its first frame, and to the whole graph, on a folder it never saw.
fn first_frame(scratch: &Path) {
    let (mut frames, mut graphs) = (Vec::new(), Vec::new());
    let dir = folder(scratch, "first", 200, 264, Guest { mode: "once", seconds: 0 });
    for round in 0..10 {
        let _ = fs::remove_dir_all(dir.join(".studio"));
        let began = Instant::now();
        let mut session = Session::open(scratch, &dir, &format!("first-{round}"));
        frames.push(session.frame(PATIENCE).expect("a first frame") - began);
        graphs.push(session.until("the run", |screen| screen.contains("run 1")) - began);
    }
    println!("a folder of 200 components, 10 starts");
    show("process start → first frame", &mut frames, Some(50.0));
    show("process start → drawn, compiled and run", &mut graphs, None);
}

/// Keys while a guest writes 100,000 lines a second, and what that costs.
fn keys(scratch: &Path) {
    const SECONDS: u64 = 60;
    let dir = folder(scratch, "keys", 200, 264, Guest { mode: "steady", seconds: SECONDS });
    let mut session = Session::open(scratch, &dir, "keys");
    session.until("lines", |screen| screen.contains("was served"));
    session.rest(Duration::from_secs(2));
    println!("100,000 lines a second from one guest, 200 nodes, 264 wires, {COLUMNS}×{ROWS}");
    let before = session.cpu();
    let frames = session.frames;
    session.rest(Duration::from_secs(8));
    let lone = session.cpu().since(&before);
    println!(
        "  frames while only lines come {:>20.1} a second (at most 62.5)",
        per_second(session.frames - frames, lone.wall)
    );
    lone.show("lines only");
    let before = session.cpu();
    for walk in WALKS {
        let mut took = session.walk(walk, KEYS);
        show(&format!("key → frame: {}", walk.what), &mut took, Some(4.0));
    }
    session.cpu().since(&before).show("lines and 40 keys a second");
    println!("  the guest under studio       {:>20.0} lines a second (it wants 100,000)", wrote(&dir));
}

/// How fast a guest can write: in the terminal, without one, and under wasmtime alone.
fn guest(scratch: &Path) {
    let flood = Guest { mode: "flood", seconds: 4 };
    let dir = folder(scratch, "guest", 200, 264, flood);
    let (mut ours, mut headless, mut alone) = (Vec::new(), Vec::new(), Vec::new());
    let has_wasmtime = Command::new("wasmtime").arg("--version").output().is_ok();
    for round in 0..3 {
        let session = Session::open(scratch, &dir, &format!("guest-{round}"));
        let before = session.cpu();
        ours.push(wrote(&dir));
        if round == 0 {
            session.cpu().since(&before).show("in the terminal, start included");
        }
        drop(session);
        headless.push(headless_run(studio(scratch).arg("run").arg(&dir), &dir));
        if has_wasmtime {
            let mut command = Command::new("wasmtime");
            command.args(["run", "--dir"]).arg(format!("{}::/out", out(&dir).display()));
            alone.push(headless_run(command.arg(dir.join("deps/b/guest.wasm")), &dir));
        }
    }
    println!("a guest that writes as fast as it can, lines a second, medians of 3 in turn");
    let (ours, headless) = (middle(&mut ours), middle(&mut headless));
    println!("  studio, in the terminal      {ours:>20.0}");
    println!("  studio run > /dev/null       {headless:>20.0}    terminal ÷ this {:.2}", ours / headless);
    if has_wasmtime {
        let alone = middle(&mut alone);
        println!("  wasmtime run > /dev/null     {alone:>20.0}    terminal ÷ this {:.2}", ours / alone);
    } else {
        println!("  wasmtime run was left out: it is not on PATH");
    }
}

/// Keys while guests do what they should not.
fn hostile(scratch: &Path) {
    println!("keys while a guest is hostile, longest of {} each (wanted: a frame within 16 ms)", KEYS / 2);
    for mode in ["flood", "escapes", "wide", "one-line", "loop", "memory"] {
        let dir = folder(scratch, &format!("hostile-{mode}"), 200, 264, Guest { mode, seconds: 3_600 });
        let mut session = Session::open(scratch, &dir, mode);
        session.until("the run", |screen| screen.contains("command running"));
        // Where nothing fills the log there is nothing to scroll.
        let fills = matches!(mode, "flood" | "escapes" | "wide");
        let before = session.cpu();
        let frames = session.frames;
        for walk in WALKS.into_iter().filter(|walk| fills || walk.first == "2") {
            let mut took = session.walk(walk, KEYS / 2);
            show(&format!("{mode}: {}", walk.what), &mut took, Some(16.0));
        }
        let spent = session.cpu().since(&before);
        println!("  {mode}: {:.1} frames a second", per_second(session.frames - frames, spent.wall));
        spent.show(mode);
    }
}

/// A graph of 500 nodes and 2,000 wires under a key that is held down: 60 times a second.
fn pan(scratch: &Path) {
    const HELD: usize = 600;
    const REPEAT: Duration = Duration::from_micros(16_667);
    let dir = folder(scratch, "pan", 500, 2_000, Guest { mode: "once", seconds: 0 });
    let mut session = Session::open(scratch, &dir, "pan");
    session.until("the run", |screen| screen.contains("run 1"));
    session.rest(Duration::from_secs(1));
    for zoomed in [false, true] {
        if zoomed {
            session.keys.write_all(b"2z").unwrap();
            session.rest(Duration::from_millis(500));
        }
        let (mut took, mut seen, mut before) = (Vec::new(), 0, session.graph());
        let began = Instant::now();
        let cpu = session.cpu();
        session.keys.write_all(b"2").unwrap();
        for n in 0..HELD {
            let at = Instant::now();
            session.keys.write_all(if n / 6 % 2 == 0 { b"L" } else { b"H" }).unwrap();
            let next = began + REPEAT * u32::try_from(n + 1).unwrap();
            let mut answered = false;
            while let Some(frame) = session.frame(next.saturating_duration_since(Instant::now())) {
                let now = session.graph();
                if now != before && !std::mem::replace(&mut answered, true) {
                    seen += 1;
                    took.push(frame - at);
                }
                before = now;
            }
        }
        let spent = began.elapsed();
        let what = if zoomed { "the graph alone" } else { "in its pane" };
        println!("500 nodes, 2,000 wires, {COLUMNS}×{ROWS}, {what}: 60 pans a second for {:.0} s", spent.as_secs_f64());
        println!("  frames that show a pan       {:>20.1} a second (wanted ≥ 60)", per_second(seen, spent));
        show("key → frame", &mut took, Some(16.7));
        session.cpu().since(&cpu).show("panning");
    }
}

// ── A folder to work in ──────────────────────────────────────────────────────────────────────────────────────────────

/// What the guest does, and for how long.
#[derive(Clone, Copy)]
struct Guest {
    mode: &'static str,
    seconds: u64,
}

/// Leaves at its end in a file how many lines it wrote a second, by its own clock.
const GUEST: &str = r#"
use std::io::Write;
use std::time::{Duration, Instant};

fn main() {
    let limit = Duration::from_secs(env!("GUEST_SECONDS").parse().unwrap());
    let begun = Instant::now();
    let say = |n: u64| println!("\x1b[32m[INFO]\x1b[0m request {n} was served in {} ms by worker {}", n % 97, n % 16);
    let mut n = 0u64;
    match env!("GUEST_MODE") {
        "once" => println!("up"),
        "steady" => {
            while begun.elapsed() < limit {
                let due = begun.elapsed().as_micros() as u64 / 10;
                while n < due {
                    say(n);
                    n += 1;
                }
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        "flood" => {
            while begun.elapsed() < limit {
                for _ in 0..512 {
                    say(n);
                    n += 1;
                }
            }
        }
        "escapes" => loop {
            println!("\x1b[2J\x1b[H\x1b]0;title\x07\x1b[{}m{}\u{202e}\u{200b}\x1bc\r\x08", n % 120, "\x1b[".repeat(40));
            n += 1;
        },
        "one-line" => loop {
            print!("never an end, ");
        },
        "wide" => loop {
            println!("{}", "日本語 👩‍👩‍👧 é́ ".repeat(600));
        },
        "loop" => loop {
            std::hint::black_box(0);
        },
        "memory" => {
            let mut all = Vec::new();
            loop {
                all.push(vec![1u8; 1 << 20]);
            }
        }
        _ => {}
    }
    let _ = std::io::stdout().flush();
    if n > 0 {
        let _ = std::fs::write("/out/wrote", format!("{}\n", n as f64 / begun.elapsed().as_secs_f64()));
    }
}
"#;

/// A folder of so many components, each a file, all of them placed and wired in one composition with the guest.
fn folder(scratch: &Path, name: &str, nodes: usize, wires: usize, guest: Guest) -> PathBuf {
    let dir = scratch.join(name);
    let deps = dir.join("deps/b");
    fs::create_dir_all(&deps).expect("a folder");
    let guest_file = compiled(scratch, guest);
    fs::copy(guest_file, deps.join("guest.wasm")).expect("the guest");
    let nodes = nodes - 1;
    let wired = wired(nodes, wires);
    let mut text = String::from("package bench:large;\n\n");
    // What is imported must stand before whoever imports it.
    for n in (0..nodes).rev() {
        let imports: Vec<usize> = wired.range((n, 0)..(n + 1, 0)).map(|(_, to)| *to).collect();
        fs::write(deps.join(format!("n{n}.wasm")), component(n, &imports)).expect("a component");
        let given = imports.iter().fold(String::new(), |mut given, to| {
            let _ = write!(given, " \"b:c/i{to}\": n{to}[\"b:c/i{to}\"],");
            given
        });
        let _ = writeln!(text, "let n{n} = new b:n{n} {{{given} }};");
    }
    let granted = format!("[grants.guest]\nfiles = [\"{}:/out:rw\"]\n", out(&dir).display());
    fs::create_dir_all(out(&dir)).expect("a folder");
    fs::write(dir.join("studio.toml"), granted).expect("the grants");
    text += "let guest = new b:guest { ... };\nexport guest...;\n";
    fs::write(dir.join("large.wac"), text).expect("the composition");
    let trusted = studio(scratch).args(["trust", "add", "--yes"]).arg(&dir).status().expect("studio");
    assert!(trusted.success(), "the folder is not trusted");
    dir
}

/// What the guest of this folder may write, outside of what studio watches.
fn out(dir: &Path) -> PathBuf {
    dir.with_extension("out")
}

/// Lines a second that the guest of this folder wrote, as soon as it is done.
fn wrote(dir: &Path) -> f64 {
    let file = out(dir).join("wrote");
    let deadline = Instant::now() + 2 * PATIENCE;
    loop {
        match fs::read_to_string(&file) {
            Ok(text) if text.ends_with('\n') => {
                fs::remove_file(&file).expect("its file");
                return text.trim().parse().expect("a number");
            }
            _ => assert!(Instant::now() < deadline, "the guest never ends"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn component(n: usize, imports: &[usize]) -> Vec<u8> {
    let imports = imports.iter().fold(String::new(), |mut imports, to| {
        let _ =
            write!(imports, "(import \"b:c/i{to}\" (instance (export \"f\" (func (param \"x\" u32) (result u32)))))");
        imports
    });
    let text = format!(
        "(component {imports}
            (core module $m (func (export \"f\") (param i32) (result i32) local.get 0))
            (core instance $c (instantiate $m))
            (func $f (param \"x\" u32) (result u32) (canon lift (core func $c \"f\")))
            (instance $out (export \"f\" (func $f)))
            (export \"b:c/i{n}\" (instance $out)))"
    );
    wat::parse_str(text).expect("a component")
}

/// Eight layers of components, each called by one of the layer before it, and calls over one to three layers besides:
/// `(who imports, from whom)`.
fn wired(nodes: usize, wires: usize) -> BTreeSet<(usize, usize)> {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let layer = nodes.div_ceil(8);
    let mut all = BTreeSet::new();
    let mut called = layer..nodes;
    while all.len() < wires {
        let (to, back) =
            called.next().map_or_else(|| (layer + dice.below(nodes - layer), 1 + dice.below(3)), |to| (to, 1));
        all.insert(((to / layer).saturating_sub(back) * layer + dice.below(layer), to));
    }
    all
}

fn compiled(scratch: &Path, Guest { mode, seconds }: Guest) -> PathBuf {
    let source = scratch.join("guest.rs");
    fs::write(&source, GUEST).expect("the guest's source");
    let to = scratch.join(format!("guest-{mode}-{seconds}.wasm"));
    let status = Command::new("rustc")
        .args(["--edition=2024", "--target=wasm32-wasip2", "-O", "-o"])
        .args([&to, &source])
        .env("GUEST_MODE", mode)
        .env("GUEST_SECONDS", seconds.to_string())
        .status()
        .expect("rustc starts");
    assert!(status.success(), "the guest cannot be built; is wasm32-wasip2 installed?");
    to
}

// ── The program in a terminal ────────────────────────────────────────────────────────────────────────────────────────

/// Keys that each change what is seen, and where.
#[derive(Clone, Copy)]
struct Walk {
    what: &'static str,
    first: &'static str,
    keys: [&'static str; 2],
    sees: fn(&Session) -> Vec<Vec<u8>>,
}

const WALKS: [Walk; 3] = [
    Walk { what: "walk the ports", first: "2", keys: ["\x1b[B", "\x1b[A"], sees: Session::graph },
    Walk { what: "pan the graph", first: "2", keys: ["L", "H"], sees: Session::graph },
    Walk { what: "scroll the log and follow", first: "3", keys: ["\x1b[5~", "\x1b[F"], sees: Session::following },
];

struct Session {
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    chunks: Receiver<(Instant, Vec<u8>)>,
    /// Bytes of a frame that has not ended yet.
    open: Vec<u8>,
    /// Frames that ended and were not looked at.
    ended: VecDeque<(Instant, Vec<u8>)>,
    parser: vt100::Parser,
    frames: u64,
    dice: Dice,
}

impl Session {
    fn open(scratch: &Path, dir: &Path, name: &str) -> Self {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_studio"));
        command.arg(dir);
        command.env("XDG_STATE_HOME", scratch.join("state"));
        command.env("XDG_CACHE_HOME", scratch.join("cache").join(name));
        command.env("XDG_CONFIG_HOME", scratch.join("config"));
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        let child = pair.slave.spawn_command(command).expect("studio starts");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("its screen");
        let (tell, chunks) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if tell.send((Instant::now(), buffer[..n].to_vec())).is_err() {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer().expect("its keys");
        Self {
            child,
            _master: pair.master,
            keys,
            chunks,
            open: Vec::new(),
            ended: VecDeque::new(),
            parser: vt100::Parser::new(ROWS, COLUMNS, 0),
            frames: 0,
            dice: Dice(0x9e37_79b9_7f4a_7c15),
        }
    }

    /// The next whole frame, shown; when its last byte was read. `None` when none ends so soon.
    fn frame(&mut self, within: Duration) -> Option<Instant> {
        let deadline = Instant::now() + within;
        loop {
            if let Some((at, bytes)) = self.ended.pop_front() {
                self.parser.process(&bytes);
                self.frames += 1;
                return Some(at);
            }
            match self.chunks.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok((at, bytes)) => self.take(at, &bytes),
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => panic!("studio ended; its screen:\n{}", self.text()),
            }
        }
    }

    fn take(&mut self, at: Instant, bytes: &[u8]) {
        // A mark may lie across two chunks.
        let mut from = self.open.len().saturating_sub(FRAME_END.len());
        self.open.extend_from_slice(bytes);
        while let Some(found) = self.open[from..].windows(FRAME_END.len()).position(|w| w == FRAME_END) {
            let rest = self.open.split_off(from + found + FRAME_END.len());
            self.ended.push_back((at, std::mem::replace(&mut self.open, rest)));
            from = 0;
        }
    }

    fn text(&self) -> String {
        self.parser.screen().contents()
    }

    fn rest(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while self.frame(until.saturating_duration_since(Instant::now())).is_some() {}
    }

    fn until(&mut self, what: &str, is: impl Fn(&str) -> bool) -> Instant {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let frame = self.frame(deadline.saturating_duration_since(Instant::now()));
            let Some(at) = frame else { panic!("{what} never came; the screen:\n{}", self.text()) };
            if is(&self.text()) {
                return at;
            }
        }
    }

    /// The graph's pane, as far as it is seen: text and colours.
    fn graph(&self) -> Vec<Vec<u8>> {
        let screen = self.parser.screen();
        let rows: Vec<String> = screen.rows(0, COLUMNS).collect();
        let below = rows.iter().position(|row| row.contains("3 Logs")).unwrap_or(rows.len() - 1);
        let title = rows.iter().find_map(|row| row.split_once("2 Graph").map(|(before, _)| before.chars().count()));
        let left = u16::try_from(title.unwrap_or(0)).unwrap_or(0);
        screen.rows_formatted(left, COLUMNS - left).take(below).skip(1).collect()
    }

    /// Whether the log follows what comes.
    fn following(&self) -> Vec<Vec<u8>> {
        vec![self.text().contains("following").to_string().into_bytes()]
    }

    /// Presses keys in turn, at uneven times; each with the time to the frame that shows what it did.
    fn walk(&mut self, walk: Walk, keys: usize) -> Vec<Duration> {
        self.keys.write_all(walk.first.as_bytes()).unwrap();
        self.rest(Duration::from_millis(500));
        let mut took = Vec::new();
        for key in walk.keys.iter().cycle().take(keys) {
            let pause = Duration::from_micros(15_000 + self.dice.below(20_000) as u64);
            self.rest(pause);
            let before = (walk.sees)(self);
            let at = Instant::now();
            self.keys.write_all(key.as_bytes()).unwrap();
            loop {
                let frame = self.frame(Duration::from_secs(5));
                let Some(frame) = frame else {
                    panic!("{key:?} ({}) shows nothing; the screen:\n{}", walk.what, self.text())
                };
                if (walk.sees)(self) != before {
                    took.push(frame.saturating_duration_since(at));
                    break;
                }
            }
        }
        took
    }

    fn cpu(&self) -> Cpu {
        Cpu::of(self.child.process_id().expect("its number"))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How long each thread of a process was on a processor.
struct Cpu {
    at: Instant,
    main: u64,
    /// By thread: its name, nanoseconds on a processor, and nanoseconds in which it waited for one.
    threads: BTreeMap<u64, (String, u64, u64)>,
}

struct Spent {
    wall: Duration,
    main: f64,
    guest: f64,
    others: f64,
    /// How long the UI thread could have run, and no processor was free: the machine's share in what was slow.
    waited: f64,
}

impl Cpu {
    fn of(pid: u32) -> Self {
        let thread = |task: fs::DirEntry| {
            let id = task.file_name().to_string_lossy().parse().ok()?;
            let name = fs::read_to_string(task.path().join("comm")).ok()?;
            let spent = fs::read_to_string(task.path().join("schedstat")).ok()?;
            let mut spent = spent.split(' ').map(str::parse);
            Some((id, (name.trim().to_owned(), spent.next()?.ok()?, spent.next()?.ok()?)))
        };
        let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("its threads");
        Self { at: Instant::now(), main: u64::from(pid), threads: tasks.flatten().filter_map(thread).collect() }
    }

    /// The threads that guests run on are the guest, which goes from one to the other; everything else is ours.
    fn since(&self, before: &Self) -> Spent {
        let wall = self.at - before.at;
        let share = |spent: u64, before: Option<u64>| {
            Duration::from_nanos(spent - before.unwrap_or(0)).as_secs_f64() / wall.as_secs_f64()
        };
        let (mut main, mut guest, mut all, mut waited) = (0.0, 0.0, 0.0, 0.0);
        for (id, (name, spent, waiting)) in &self.threads {
            let before = before.threads.get(id);
            let spent = share(*spent, before.map(|(_, spent, _)| *spent));
            all += spent;
            if *id == self.main {
                main = spent;
                waited = share(*waiting, before.map(|(_, _, waiting)| *waiting));
            } else if name == "guest" {
                guest += spent;
            }
        }
        Spent { wall, main, guest, others: all - guest - main, waited }
    }
}

impl Spent {
    fn show(&self, what: &str) {
        println!(
            "  of a core, {what}: UI thread {:.1} % (and waited for one {:.1} %), all of studio but the guest {:.1} % \
             (wanted ≤ 15), guest {:.1} %",
            self.main * 100.0,
            self.waited * 100.0,
            (self.main + self.others) * 100.0,
            self.guest * 100.0
        );
    }
}

// ── Without a terminal ───────────────────────────────────────────────────────────────────────────────────────────────

fn studio(scratch: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_studio"));
    command.env("XDG_STATE_HOME", scratch.join("state")).env("XDG_CACHE_HOME", scratch.join("cache/headless"));
    command
}

/// Lines a second of a guest whose lines nobody reads.
fn headless_run(command: &mut Command, dir: &Path) -> f64 {
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).output().expect("it starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    wrote(dir)
}

// ── Figures ──────────────────────────────────────────────────────────────────────────────────────────────────────────

#[allow(clippy::cast_precision_loss)] // counts of frames
fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn middle(all: &mut [f64]) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn show(what: &str, all: &mut [Duration], wanted: Option<f64>) {
    all.sort();
    let at = |part: usize| all[(all.len() - 1) * part / 100].as_secs_f64() * 1e3;
    let wanted = wanted.map_or_else(String::new, |limit| format!("   (wanted ≤ {limit})"));
    println!("  {what:<42} p50 {:>7.2} ms   p99 {:>7.2} ms   longest {:>7.2} ms{wanted}", at(50), at(99), at(100));
}
