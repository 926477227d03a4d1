//! Folders that mean harm, and a studio that is watched from outside while it reads them.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{PATIENCE, Project};

/// What stands where a file is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// A link to a device that never ends.
    Zero,
    /// A pipe that nobody writes to.
    Pipe,
    Socket,
    /// 20 GB that are not on the disk.
    Sparse,
    /// A link to a pipe.
    LinkToPipe,
}

impl Instead {
    pub fn put(self, path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let _ = fs::remove_file(path);
        match self {
            Self::Zero => symlink("/dev/zero", path).unwrap(),
            Self::Pipe => pipe(path),
            // The name stays when nobody listens any more. Paths of sockets are short, so it is moved there.
            Self::Socket => {
                let short = tempfile::tempdir().unwrap();
                drop(UnixListener::bind(short.path().join("s")).unwrap());
                fs::rename(short.path().join("s"), path).unwrap();
            }
            Self::Sparse => File::create(path).unwrap().set_len(20 << 30).unwrap(),
            Self::LinkToPipe => {
                let pipe_path = path.with_file_name("a pipe");
                pipe(&pipe_path);
                symlink(pipe_path, path).unwrap();
            }
        }
    }
}

pub fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A package with WIT, a composition and a file of every kind that is read without trust.
pub fn project() -> Project {
    let project = Project::empty();
    project.write(
        "Cargo.toml",
        "[package]\nname = \"part\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n\
         [dependencies]\nwit-bindgen = { version = \"0.60\", default-features = false, features = [\"realloc\"] }\n",
    );
    project.write("src/lib.rs", "mod bindings;\n");
    project.write(
        "wit/world.wit",
        "package my:part;\n\nworld part {\n  import their:dep/api;\n  export run: func();\n}\n",
    );
    project.write("wit/deps/dep/api.wit", "package their:dep;\n\ninterface api {\n  f: func();\n}\n");
    project.write("app.wac", "package my:app;\n\nlet part = new my:part { ... };\n\nexport part...;\n");
    project.write("other.wat", "(component)");
    project
}

/// How a verb ended.
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    /// The most memory it had, in MiB.
    pub peak: u64,
}

impl Ended {
    /// The problems at a file, which may be none of its JSON.
    pub fn at(&self, file: &str) -> Vec<String> {
        let report: Value = serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.all()));
        let problems = report["problems"].as_array().cloned().unwrap_or_default();
        let at = problems.iter().filter(|p| p["file"] == file);
        at.map(|p| p["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    pub fn all(&self) -> String {
        format!("{:?}\n{}{}", self.code, self.stdout, self.stderr)
    }
}

/// Runs a verb to its end, which must come, and looks at its memory from outside all the while.
pub fn watched(project: &Project, args: &[&str]) -> Ended {
    let out = tempfile::NamedTempFile::new().unwrap();
    let err = tempfile::NamedTempFile::new().unwrap();
    let mut command = project.studio(args);
    command.current_dir(&project.dir).stdin(Stdio::null());
    command.stdout(out.reopen().unwrap()).stderr(err.reopen().unwrap());
    let mut child = command.spawn().unwrap();
    let deadline = Instant::now() + PATIENCE;
    let mut peak = 0;
    let status = loop {
        let about = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let high =
            about.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        peak = peak.max(high.unwrap_or(0) >> 10);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > deadline || peak > 4096 {
            let _ = child.kill();
            let _ = child.wait();
            panic!("{args:?} does not end; it has {peak} MiB");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let text = |file: &tempfile::NamedTempFile| String::from_utf8_lossy(&fs::read(file.path()).unwrap()).into_owned();
    Ended { code: status.code(), stdout: text(&out), stderr: text(&err), peak }
}
