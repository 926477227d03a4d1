//! Whether this machine can build: cargo, rustc, the standard library for wasm32-wasip2; and how to get what is missing.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;

use crate::build::environment;
use crate::build::environment::TARGET;
use crate::build::process::Tree;
use crate::files;
use crate::files::{Kind, exhausted, walk};
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::guest_text::shell_word;

/// What building needs and this machine lacks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// No `cargo` on the path.
    #[error("cargo is not installed.")]
    Cargo,
    /// No `rustc` on the path.
    #[error("rustc is not installed.")]
    Rustc,
    /// rustc is there, and cannot compile for components.
    #[error("Rust's standard library for {TARGET} is not installed{}.", whose(.toolchain.as_ref(), .folder))]
    Target {
        /// The folder whose toolchain lacks it.
        folder: PathBuf,
        /// How rustup calls that toolchain.
        toolchain: Option<String>,
        /// Whether rustup manages this toolchain, so that studio can add it.
        rustup: bool,
        /// The command that installs it here, where one is known.
        command: Option<String>,
    },
    /// rustc is there, and does not run.
    #[error("rustc does not work: {said}")]
    Broken {
        /// Its own words, or the system's.
        said: String,
    },
}

impl Missing {
    /// The next step, as a sentence.
    pub(crate) fn next_step(&self) -> String {
        match self {
            Self::Cargo | Self::Rustc => "Install Rust from https://rustup.rs, then start studio again.".into(),
            Self::Target { rustup: true, toolchain, folder, .. } => {
                let toolchain = toolchain.as_ref().map(|name| format!(" --toolchain {name}")).unwrap_or_default();
                let folder = shell_word(&folder.display().to_string());
                format!(
                    "Run `rustup target add {TARGET}{toolchain}`, or let studio do it: `studio doctor --fix {folder}`."
                )
            }
            Self::Target { command: Some(command), .. } => {
                format!("Run `{command}`. If that package is too old or missing, use Rust from https://rustup.rs.")
            }
            Self::Target { .. } => {
                format!("Use Rust from https://rustup.rs and run `rustup target add {TARGET}`.")
            }
            Self::Broken { .. } => "Run `rustc -vV` in this folder to see why.".into(),
        }
    }

    /// Whether [`install_target`] can help.
    pub(crate) fn can_install(&self) -> bool {
        matches!(self, Self::Target { rustup: true, .. })
    }

    pub(crate) fn diagnostic(&self) -> Diagnostic {
        Diagnostic::error(Origin::Toolchain, self.to_string()).help(self.next_step())
    }
}

/// Folders in which everything was found; what is there stays there while studio runs.
static COMPLETE: Mutex<Option<HashSet<PathBuf>>> = Mutex::new(None);

/// What is missing for building in `folder` (a `rust-toolchain.toml` there counts). Runs rustc, so only in trusted
/// folders; takes some 30 ms the first time and nothing later.
pub async fn missing(folder: &Path) -> Option<Missing> {
    let known = |set: &Option<HashSet<PathBuf>>| set.as_ref().is_some_and(|s| s.contains(folder));
    if known(&COMPLETE.lock()) {
        return None;
    }
    let missing = look(folder).await;
    if missing.is_none() {
        let mut complete = COMPLETE.lock();
        complete.get_or_insert_default().insert(folder.to_owned());
    }
    missing
}

async fn look(folder: &Path) -> Option<Missing> {
    if !is_on_path("cargo") {
        return Some(Missing::Cargo);
    }
    let rustc = std::env::var_os("RUSTC").map_or_else(|| "rustc".into(), |r| r.to_string_lossy().into_owned());
    let mut command = environment::command(&rustc, folder);
    command.args(["--print", "target-libdir", "--target", TARGET]).kill_on_drop(true);
    let output = match command.output().await {
        Ok(output) => output,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Some(Missing::Rustc),
        Err(e) => return Some(Missing::Broken { said: exhausted::error_message(&e) }),
    };
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        // A rustc from before the target was known by this name.
        let unknown =
            said.contains("could not find specification for target") || said.contains("Could not find specification");
        return Some(if unknown { target_missing(folder).await } else { Missing::Broken { said } });
    }
    let library = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let has_std = walk::list(&library, walk::MAX_ENTRIES).is_ok_and(|(entries, _)| {
        let name = |e: &walk::Entry| e.path.file_name().map(|n| n.to_string_lossy().into_owned());
        entries.iter().filter_map(name).any(|name| name.starts_with("libstd-"))
    });
    if has_std { None } else { Some(target_missing(folder).await) }
}

async fn target_missing(folder: &Path) -> Missing {
    let is_there = is_on_path("rustup");
    let toolchain = if is_there { active_toolchain(folder).await } else { None };
    // One that is a folder is nothing rustup can add to.
    let rustup = is_there && !toolchain.as_ref().is_some_and(|name| name.contains(['/', '\\']));
    let release =
        ["/etc/os-release", "/usr/lib/os-release"].iter().find_map(|f| files::text(Path::new(f), Kind::System).ok());
    let command = if is_there { None } else { distribution_command(release.as_deref().unwrap_or_default()) };
    Missing::Target { folder: folder.to_owned(), toolchain, rustup, command }
}

/// The toolchain that rustup takes in this folder, as in `nightly-x86_64-unknown-linux-gnu`.
async fn active_toolchain(folder: &Path) -> Option<String> {
    let mut command = environment::command("rustup", folder);
    command.args(["show", "active-toolchain"]).kill_on_drop(true);
    let output = command.output().await.ok().filter(|o| o.status.success())?;
    String::from_utf8_lossy(&output.stdout).split_whitespace().next().map(str::to_owned)
}

fn whose(toolchain: Option<&String>, folder: &Path) -> String {
    toolchain.map(|name| format!(" for the toolchain `{name}`, which `{}` uses", folder.display())).unwrap_or_default()
}

fn is_on_path(program: &str) -> bool {
    is_on(&std::env::var_os("PATH").unwrap_or_default(), program)
}

/// Whether a program is in one of the folders of a `PATH`.
pub(crate) fn is_on(path: &OsStr, program: &str) -> bool {
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    // What is asked for by its whole name, as `clip.exe`, has it.
    std::env::split_paths(path).any(|folder| [program, &name].iter().any(|name| folder.join(name).is_file()))
}

/// How this distribution installs the target, from its `os-release`.
fn distribution_command(release: &str) -> Option<String> {
    let value = |key: &str| {
        let line = release.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix('='))?;
        Some(line.trim().trim_matches(['"', '\'']).to_owned())
    };
    let mut names = vec![value("ID").unwrap_or_default()];
    names.extend(value("ID_LIKE").unwrap_or_default().split_whitespace().map(str::to_owned));
    let command = names.iter().find_map(|name| match name.as_str() {
        "debian" | "ubuntu" => Some("sudo apt-get install libstd-rust-dev-wasm32"),
        "fedora" | "rhel" | "centos" => Some("sudo dnf install rust-std-static-wasm32-wasip2"),
        "arch" => Some("sudo pacman -S rust-wasm"),
        "alpine" => Some("sudo apk add rust-wasm"),
        "opensuse" | "suse" => Some("sudo zypper install rustup && rustup default stable"),
        "nixos" => Some("nix-shell -p rustup"),
        _ => None,
    })?;
    Some(command.to_owned())
}

/// Adds the target with rustup, in `folder` (whose toolchain it is added to); `said` gets its lines as they come.
pub(crate) async fn install_target(folder: &Path, mut said: impl FnMut(&str)) -> Result<(), Box<Diagnostic>> {
    let problem = |text: String, help: &str| Box::new(Diagnostic::error(Origin::Toolchain, text).help(help));
    let mut command = environment::command("rustup", folder);
    command.args(["target", "add", TARGET]);
    let mut tree = Tree::spawn(command).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => problem("rustup is not installed.".into(), "Get it from https://rustup.rs."),
        _ => problem(
            format!("rustup can't be started: {}.", exhausted::error_message(&e)),
            "Run `rustup target add wasm32-wasip2` by hand.",
        ),
    })?;
    let mut last = String::new();
    while let Some((_, line)) = tree.line().await {
        let line = line.trim();
        if !line.is_empty() {
            said(line);
            line.clone_into(&mut last);
        }
    }
    match tree.wait().await {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(problem(
            format!("`rustup target add {TARGET}` failed: {last}"),
            "Check the network and try again; nothing was changed.",
        )),
        Err(e) => Err(problem(format!("rustup's end can't be awaited: {e}."), "Try again.")),
    }
}

#[cfg(test)]
mod tests {
    use crate::build::toolchain::*;

    #[test]
    fn each_distribution_has_its_own_package() {
        let command = |text: &str| distribution_command(text).unwrap_or_default();
        assert!(command("ID=debian\n").contains("libstd-rust-dev-wasm32"));
        assert!(command("NAME=x\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n").contains("libstd-rust-dev-wasm32"));
        assert!(command("ID=fedora").contains("rust-std-static-wasm32-wasip2"));
        assert!(command("ID=manjaro\nID_LIKE=arch").contains("rust-wasm"));
        assert!(command("ID='alpine'").contains("apk"));
        assert_eq!(distribution_command("ID=plan9"), None);
        assert_eq!(distribution_command(""), None);
    }

    #[test]
    fn every_lack_has_a_next_step() {
        let target = |rustup: bool, command: Option<&str>| Missing::Target {
            folder: "/my work".into(),
            toolchain: rustup.then(|| "nightly-x".to_owned()),
            rustup,
            command: command.map(Into::into),
        };
        assert!(target(true, None).can_install());
        let pinned = target(true, None);
        assert!(pinned.to_string().ends_with("for the toolchain `nightly-x`, which `/my work` uses."), "{pinned}");
        let help = "Run `rustup target add wasm32-wasip2 --toolchain nightly-x`, or let studio do it: \
                    `studio doctor --fix '/my work'`.";
        assert_eq!(pinned.next_step(), help);
        assert!(target(false, Some("sudo x")).next_step().contains("sudo x"));
        assert!(target(false, None).next_step().contains("rustup.rs"));
        assert!(!Missing::Cargo.can_install());
    }
}
