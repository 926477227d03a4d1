//! Projects to work on, the program to run, and patient waiting.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

pub use crate::toolchain::wasm_target;

/// Longest wait for anything: far beyond what a busy machine needs, so that running into it means it never comes.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// Runs an ignored test of this binary in a process of its own, where nothing of the other tests' can be counted.
pub fn alone(test: &str) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.args(["--ignored", "--exact", test, "--nocapture"]).output().unwrap();
    let said = stdout(&output);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{}", stderr(&output));
}

/// A folder of its own for a test: the project in it, and the user's state beside it.
pub struct Project {
    pub dir: PathBuf,
    home: TempDir,
}

impl Project {
    /// An empty folder. Its name has a space and letters beyond ASCII in it, as users' folders do.
    pub fn empty() -> Self {
        let home = tempfile::Builder::new().prefix("studio-it-").tempdir().unwrap();
        let dir = home.path().canonicalize().unwrap().join("ein Projekt ü");
        fs::create_dir(&dir).unwrap();
        Self { dir, home }
    }

    /// What `studio new TEMPLATE` makes; trusted by that act.
    pub fn new(template: &str) -> Self {
        wasm_target();
        let project = Self::empty();
        let output = project.studio(&["new", template]).arg(&project.dir).output().unwrap();
        assert!(output.status.success(), "studio new {template}: {}", String::from_utf8_lossy(&output.stderr));
        project
    }

    /// Allows what runs when it is built, as it is now.
    pub fn trust(&self) {
        let output = self.verb(&["trust", "add", "--yes"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// The program, with this test's own state folder and nothing of cargo's own environment.
    pub fn studio(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_studio"));
        command.args(args).env("XDG_STATE_HOME", self.state()).env("XDG_CACHE_HOME", self.home.path().join("cache"));
        command
    }

    pub fn state(&self) -> PathBuf {
        self.home.path().join("state")
    }

    /// A verb on this project, to its end.
    pub fn verb(&self, args: &[&str]) -> Output {
        let mut command = self.studio(args);
        command.current_dir(&self.dir).stdin(Stdio::null()).output().unwrap()
    }

    /// A verb that prints one JSON value.
    pub fn json(&self, args: &[&str]) -> (Value, i32) {
        let output = self.verb(args);
        let text = String::from_utf8(output.stdout).unwrap();
        let value = serde_json::from_str(&text)
            .unwrap_or_else(|e| panic!("{args:?}: {e}\n{text}\n{}", String::from_utf8_lossy(&output.stderr)));
        (value, output.status.code().unwrap())
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.dir.join(file)
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    pub fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// An edit as a person makes it: this text becomes that.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} has no `{from}`");
        self.write(file, text.replace(from, to));
    }

    /// A verb that goes on: its stdout as lines of JSON.
    pub fn start(&self, args: &[&str]) -> Running {
        let mut command = self.studio(args);
        self.start_command(command.current_dir(&self.dir))
    }

    /// The same of any command, in its own folder.
    #[allow(clippy::unused_self)] // reads as the others do
    pub fn start_command(&self, command: &mut Command) -> Running {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (tell, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let value = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if tell.send(value).is_err() {
                    return;
                }
            }
        });
        let mut stderr = child.stderr.take().unwrap();
        std::thread::spawn(move || {
            let mut all = String::new();
            let _ = stderr.read_to_string(&mut all);
            eprint!("{all}");
        });
        Running { child, lines, seen: Vec::new() }
    }
}

/// A studio that runs, read line by line.
pub struct Running {
    child: Child,
    lines: Receiver<Value>,
    pub seen: Vec<Value>,
}

impl Running {
    /// The next line that is so; everything before it is kept in `seen`.
    pub fn wait(&mut self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(value) => {
                    self.seen.push(value.clone());
                    if is(&value) {
                        return value;
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("{what} never came; seen: {:#?}", self.seen),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended before {what}; seen: {:#?}", self.seen),
            }
        }
    }

    /// The next line of a guest with this text.
    pub fn wait_line(&mut self, node: &str, text: &str) -> Value {
        self.wait(&format!("`{node} | {text}`"), |v| v["node"] == node && v["text"] == text)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Asks it to end as a service manager does, and gives its exit code.
    pub fn terminate(mut self) -> i32 {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
