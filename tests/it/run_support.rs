//! What the tests of the live engine share: guests made on the spot, and a session that waits for events.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use studio::compose::Live;
use studio::grants::Ledger;
use studio::log::Line;
use studio::model::entry::Entry;
use studio::model::port::Ports;
use studio::model::project::Revision;
use studio::run::{Limits, Options, Outcome, RunEvent, RunRequest, Runner, Stdin};
use tokio::sync::mpsc;

/// Longer than anything takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(1);

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file under `target/` that `make` writes unless one made from the same `sources` is there: tests are processes of
/// their own and share what they build.
pub fn built(name: &str, sources: &[&[u8]], make: impl FnOnce(&Path)) -> Vec<u8> {
    let mut hash = Sha256::new();
    for source in sources {
        hash.update(source);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests");
    std::fs::create_dir_all(&folder).unwrap();
    let key = hash.finalize().iter().take(8).fold(0u64, |key, byte| key << 8 | u64::from(*byte));
    let path = folder.join(format!("{name}-{key:016x}.wasm"));
    if !path.exists() {
        // Compilers leave things beside what they make, under names that another process may be using.
        let own = tempfile::tempdir_in(&folder).unwrap();
        make(&own.path().join(name));
        std::fs::rename(own.path().join(name), &path).unwrap();
    }
    std::fs::read(&path).unwrap()
}

/// A command of one Rust file, with debug information, as cargo's dev profile makes it.
pub fn rust_command(file: &str) -> Vec<u8> {
    let text = std::fs::read(root().join("tests/guests").join(file)).unwrap();
    built(file, &[&text, &compiler()], |to| rustc(&Path::new("tests/guests").join(file), to, &[]))
}

/// A library in Rust, as a component of the only world of `wit`. `text` is compiled as if it stood in
/// `tests/guests/<file>`.
pub fn rust_library(file: &str, text: &str, wit: &str) -> Vec<u8> {
    built(file, &[text.as_bytes(), wit.as_bytes(), &compiler()], |to| {
        let folder = tempfile::tempdir().unwrap();
        let (source, world) = (folder.path().join(file), folder.path().join("world.wit"));
        std::fs::write(&source, text).unwrap();
        std::fs::write(&world, wit).unwrap();
        let component_type = format!("-Clink-arg=--component-type={}", world.display());
        let remap =
            format!("--remap-path-prefix={}={}", folder.path().display(), root().join("tests/guests").display());
        rustc(&source, to, &["--crate-type=cdylib", &component_type, &remap]);
    })
}

/// What makes the same source another guest.
fn compiler() -> Vec<u8> {
    let mut version = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    version.extend(root().as_os_str().as_encoded_bytes());
    version
}

fn rustc(source: &Path, to: &Path, more: &[&str]) {
    crate::support::wasm_target();
    let status = Command::new("rustc")
        .current_dir(root())
        .args(["--edition=2024", "--target=wasm32-wasip2", "-g", "-o"])
        .args([to, source])
        .args(more)
        .status()
        .unwrap();
    assert!(status.success(), "rustc could not build {}; is wasm32-wasip2 installed?", source.display());
}

/// A component as it is, of one node called `app`.
pub fn whole(bytes: impl Into<Arc<[u8]>>) -> Live {
    Live {
        bytes: bytes.into(),
        modules: Vec::new(),
        labels: Vec::new(),
        missing: Vec::new(),
        ports: Ports::default(),
        nodes: vec![("app".into(), "app".into())],
        providers: Vec::new(),
    }
}

pub fn wat(text: &str) -> Live {
    whole(wat::parse_str(text).unwrap())
}

pub fn request(generation: u64, live: &Live, entry: Entry) -> RunRequest {
    RunRequest {
        generation,
        revision: Revision(generation * 10),
        live: Arc::new(live.clone()),
        entry,
        args: Vec::new(),
        stdin: Stdin::Empty,
        as_written: false,
        addr: "127.0.0.1:0".parse().unwrap(),
        fallback: None,
        limits: Limits::default(),
        grants: Arc::default(),
        stats: false,
    }
}

pub fn function(name: &str) -> Entry {
    Entry::Function(name.into())
}

/// A runner and everything it told so far.
pub struct Session {
    pub runner: Runner,
    events: mpsc::Receiver<RunEvent>,
    pub lines: Vec<Line>,
    /// When each run began, before anything it wrote.
    began: HashMap<u64, SystemTime>,
}

impl Session {
    pub fn new() -> Self {
        Self::with(Options { cache: None, root: Some(root().into()) })
    }

    pub fn with(options: Options) -> Self {
        let (tx, events) = mpsc::channel(64);
        Self { runner: Runner::new(options, tx).unwrap(), events, lines: Vec::new(), began: HashMap::new() }
    }

    /// The next event; lines are also kept.
    pub async fn next(&mut self) -> RunEvent {
        let event = tokio::time::timeout(PATIENCE, self.events.recv()).await;
        let event =
            event.unwrap_or_else(|_| panic!("nothing more was told; output so far: {:#?}", self.lines)).unwrap();
        match &event {
            RunEvent::Output(lines) => {
                for line in lines {
                    let began = self.began.get(&line.generation).unwrap_or_else(|| panic!("it never began: {line:?}"));
                    assert!(line.time >= *began, "{line:?} is older than its run");
                }
                self.lines.extend(lines.iter().cloned());
            }
            RunEvent::Started { generation, at, .. } => {
                self.began.insert(*generation, *at);
            }
            _ => {}
        }
        event
    }

    pub async fn until<T>(&mut self, mut wanted: impl FnMut(RunEvent) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(self.next().await) {
                return found;
            }
        }
    }

    pub async fn started(&mut self, generation: u64) -> studio::run::Startup {
        self.until(|event| match event {
            RunEvent::Started { generation: g, startup, .. } if g == generation => Some(startup),
            RunEvent::Ended { generation: g, outcome } if g == generation => panic!("{outcome:?}"),
            _ => None,
        })
        .await
    }

    pub async fn ended(&mut self, generation: u64) -> Outcome {
        self.until(|event| match event {
            RunEvent::Ended { generation: g, outcome } if g == generation => Some(outcome),
            _ => None,
        })
        .await
    }

    pub async fn line(&mut self, text: &str) {
        while !self.lines.iter().any(|l| l.text == text) {
            self.next().await;
        }
    }

    pub async fn run(&mut self, request: RunRequest) -> Outcome {
        let generation = request.generation;
        self.runner.start(request);
        self.ended(generation).await
    }

    /// Runs it to its end, and gives what was used and denied meanwhile.
    pub async fn recorded(&mut self, request: RunRequest) -> (Outcome, Ledger) {
        let generation = request.generation;
        self.runner.start(request);
        let mut ledger = Ledger::default();
        let outcome = self.until(|event| match event {
            RunEvent::Ledger(more) => {
                ledger.merge(more);
                None
            }
            RunEvent::Ended { generation: g, outcome } if g == generation => Some(outcome),
            _ => None,
        });
        let outcome = outcome.await;
        (outcome, ledger)
    }

    pub fn texts(&self) -> Vec<&str> {
        self.lines.iter().map(|l| l.text.as_str()).collect()
    }
}
