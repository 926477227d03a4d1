//! A stranger's project with a trap in it, and the user who opens it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use portable_pty::CommandBuilder;

use crate::pty::Screen;
use crate::support::{Project, stderr};

/// A program that leaves a file and then does what it wraps.
pub fn trap(at: &Path, sprung: &Path) {
    fs::create_dir_all(at.parent().unwrap()).unwrap();
    fs::write(at, format!("#!/bin/sh\ntouch '{}'\nexec \"$@\"\n", sprung.display())).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(at, mode).unwrap();
}

pub fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A stranger's project, and the file that its traps leave.
pub struct Hostile {
    pub made: Project,
    /// Whoever opens it: a user with a state folder of their own, who never trusted it.
    pub user: Project,
    /// `above/project`.
    pub root: PathBuf,
    pub sprung: PathBuf,
}

impl Hostile {
    pub fn new() -> Self {
        let made = Project::empty();
        let above = made.path("above");
        fs::create_dir(&above).unwrap();
        let root = above.join("project");
        let output = made.studio(&["new", "hello"]).arg(&root).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        let sprung = made.path("sprung");
        Self { user: Project::empty(), root, sprung, made }
    }

    pub fn set(kind: &str) -> Self {
        crate::support::wasm_target();
        let this = Self::new();
        this.spring(kind);
        this
    }

    pub fn above(&self) -> PathBuf {
        self.made.path("above")
    }

    /// Sets a trap of this kind.
    pub fn spring(&self, kind: &str) {
        let (root, above, sprung) = (&self.root, self.above(), &self.sprung);
        let wrapper = self.made.path("elsewhere/wrap.sh");
        trap(&wrapper, sprung);
        let wrapped = format!("[build]\nrustc-wrapper = '{}'\n", wrapper.display());
        match kind {
            "a wrapper" => write(&root.join(".cargo/config.toml"), &wrapped),
            "a wrapper by the old name" => write(&root.join(".cargo/config"), &wrapped),
            "a workspace wrapper" => {
                write(&root.join(".cargo/config.toml"), &wrapped.replace("rustc-wrapper", "rustc-workspace-wrapper"));
            }
            "a wrapper of the folder" => {
                trap(&root.join("tools/wrap.sh"), sprung);
                write(&root.join(".cargo/config.toml"), "[build]\nrustc-wrapper = 'tools/wrap.sh'\n");
            }
            "a wrapper above" => write(&above.join(".cargo/config.toml"), &wrapped),
            "a linker" => {
                let text = format!("[target.wasm32-wasip2]\nlinker = '{}'\n", wrapper.display());
                write(&root.join(".cargo/config.toml"), &text);
            }
            "a compiler" => {
                trap(&wrapper, sprung);
                let program = fs::read_to_string(&wrapper).unwrap().replace("exec \"$@\"", "exec rustc \"$@\"");
                fs::write(&wrapper, program).unwrap();
                let text = format!("[build]\nrustc = '{}'\n", wrapper.display());
                write(&root.join(".cargo/config.toml"), &text);
            }
            "a build script" => {
                let text = format!("fn main() {{ std::fs::write({:?}, \"\").unwrap(); }}\n", sprung.display());
                write(&root.join("build.rs"), &text);
            }
            "a named build script" => {
                let text = format!("fn main() {{ std::fs::write({:?}, \"\").unwrap(); }}\n", sprung.display());
                write(&root.join("b/x.rs"), &text);
                let manifest = root.join("Cargo.toml");
                let named = fs::read_to_string(&manifest).unwrap().replace("[package]", "[package]\nbuild = 'b/x.rs'");
                fs::write(manifest, named).unwrap();
            }
            "a toolchain" | "a toolchain above" | "a toolchain by the old name" => {
                let toolchain = self.made.path("toolchain");
                trap(&toolchain.join("bin/rustc"), sprung);
                trap(&toolchain.join("bin/cargo"), sprung);
                let folder = if kind == "a toolchain above" { &above } else { root };
                let name = if kind == "a toolchain by the old name" { "rust-toolchain" } else { "rust-toolchain.toml" };
                write(&folder.join(name), &format!("[toolchain]\npath = '{}'\n", toolchain.display()));
            }
            "a command" => {
                let text = format!("[components.x]\ncommand = ['touch', '{}']\noutput = 'x.wasm'\n", sprung.display());
                write(&root.join("studio.toml"), &text);
            }
            "a dependency outside" => {
                let dependency = above.join("dependency");
                write(&dependency.join("Cargo.toml"), "[package]\nname = 'dependency'\nedition = '2021'\n");
                write(&dependency.join("src/lib.rs"), "");
                let text = format!("fn main() {{ std::fs::write({:?}, \"\").unwrap(); }}\n", sprung.display());
                write(&dependency.join("build.rs"), &text);
                let manifest = root.join("Cargo.toml");
                let mut text = fs::read_to_string(&manifest).unwrap();
                text += "\n[dependencies]\ndependency = { path = '../dependency' }\n";
                fs::write(manifest, text).unwrap();
            }
            other => panic!("no trap is called {other}"),
        }
    }

    pub fn is_sprung(&self) -> bool {
        self.sprung.exists()
    }

    /// The stranger's verb in the folder.
    pub fn as_user(&self, args: &[&str]) -> Output {
        let mut command = self.user.studio(args);
        command.current_dir(&self.root).stdin(Stdio::null()).output().unwrap()
    }

    /// A verb of whoever made the folder, and so trusts what it was.
    pub fn as_maker(&self, args: &[&str]) -> Output {
        let mut command = self.made.studio(args);
        command.current_dir(&self.root).stdin(Stdio::null()).output().unwrap()
    }

    pub fn open(&self, columns: u16, rows: u16) -> Screen {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_studio"));
        command.arg(".");
        command.cwd(&self.root);
        command.env("XDG_STATE_HOME", self.user.state());
        command.env("XDG_CONFIG_HOME", self.user.state().join("config"));
        Screen::open(command, columns, rows)
    }
}
