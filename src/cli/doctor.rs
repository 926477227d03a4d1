//! `studio doctor`: what this machine has and lacks, each lack with its fix.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::toolchain;
use crate::build::toolchain::Missing;
use crate::cli::args::Doctor;
use crate::cli::{ENVIRONMENT, capabilities, demo, diary, out, session};
use crate::files::walk;
use crate::folders;
use crate::trust::absolute_path;

/// One line of the report.
pub struct Check {
    pub name: &'static str,
    pub ok: bool,
    pub detail: String,
    pub fix: Option<String>,
}

pub fn run(args: &Doctor) -> anyhow::Result<u8> {
    let here = neutral_folder();
    let runtime = session::runtime()?;
    let mut missing = runtime.block_on(toolchain::missing(&here));
    if args.fix && missing.as_ref().is_some_and(Missing::can_install) {
        match runtime.block_on(demo::install(&here)) {
            Ok(()) => missing = None,
            Err(problem) => out::problem(&problem),
        }
    }
    let checks = checks(&here, missing.as_ref());
    let ok = checks.iter().all(|c| c.ok);
    if args.report {
        report(&checks);
    } else if args.json {
        let checks: Vec<_> = checks
            .iter()
            .map(|c| serde_json::json!({ "name": c.name, "ok": c.ok, "detail": c.detail, "fix": c.fix }))
            .collect();
        out::json(&serde_json::json!({ "ok": ok, "checks": checks }));
    } else {
        for check in &checks {
            out::line(&format!("{} {:<16} {}", if check.ok { "✔" } else { "✘" }, check.name, check.detail));
            if let Some(fix) = &check.fix {
                out::line(&format!("  {:<16} → {fix}", ""));
            }
        }
    }
    Ok(if ok { 0 } else { ENVIRONMENT })
}

fn checks(here: &Path, missing: Option<&Missing>) -> Vec<Check> {
    let mut checks = vec![
        Check { name: "studio", ok: true, detail: env!("CARGO_PKG_VERSION").into(), fix: None },
        version("cargo", here),
        version("rustc", here),
        target(missing),
        state_folder(),
        log(),
    ];
    checks.extend(capabilities::checks(|name| std::env::var(name).ok(), crate::tui::terminal::size()));
    checks.push(editor());
    checks
}

/// Text to be pasted into a report of a bug.
fn report(checks: &[Check]) {
    out::block("### What happened, and what you expected\n\n\n### Where\n\n```text");
    out::line(&format!("{:<16} {} {}", "system", std::env::consts::OS, std::env::consts::ARCH));
    for check in checks {
        let sign = if check.ok { "" } else { "   (wrong)" };
        out::line(&format!("{:<16} {}{sign}", check.name, check.detail));
    }
    for name in ["TERM", "COLORTERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "COLORFGBG", "NO_COLOR", "LC_ALL", "LANG"]
    {
        if let Ok(value) = std::env::var(name) {
            out::line(&format!("{name:<16} {value}"));
        }
    }
    for crash in crashes() {
        out::line(&format!("{:<16} {}", "crash report", crash.display()));
    }
    out::line("```");
}

/// The newest reports of panics, at most three.
fn crashes() -> Vec<PathBuf> {
    let folder = folders::state().unwrap_or_default().join("crashes");
    let listed = walk::list(&folder, walk::MAX_ENTRIES).map(|(entries, _)| entries);
    let files: Vec<PathBuf> = listed.into_iter().flatten().map(|e| e.path).collect();
    files.into_iter().rev().take(3).collect()
}

fn log() -> Check {
    let detail = diary::file().map_or_else(|| "nowhere".into(), |file| file.display().to_string());
    Check { name: "log", ok: true, detail, fix: None }
}

/// Where the tools are asked. A `rust-toolchain.toml` can name any program as rustc, so the folder one stands in counts
/// only if all that would run there is trusted.
fn neutral_folder() -> PathBuf {
    std::env::current_dir().ok().filter(|here| session::is_trusted(here)).unwrap_or_else(|| PathBuf::from("/"))
}

/// What a tool says of its own version.
fn version(tool: &'static str, here: &Path) -> Check {
    let said = Command::new(tool)
        .arg("--version")
        .current_dir(here)
        .envs(absolute_path())
        .output()
        .ok()
        .filter(|o| o.status.success());
    match said {
        Some(output) => {
            Check { name: tool, ok: true, detail: String::from_utf8_lossy(&output.stdout).trim().to_owned(), fix: None }
        }
        None => Check {
            name: tool,
            ok: false,
            detail: "not found on PATH".into(),
            fix: Some("install Rust: https://rustup.rs".into()),
        },
    }
}

fn target(missing: Option<&Missing>) -> Check {
    match missing {
        None => Check { name: "wasm32-wasip2", ok: true, detail: "installed".into(), fix: None },
        Some(missing) => {
            let problem = missing.diagnostic();
            Check { name: "wasm32-wasip2", ok: false, detail: problem.message, fix: problem.help }
        }
    }
}

fn state_folder() -> Check {
    let folder = folders::state().unwrap_or_default();
    let writable = std::fs::create_dir_all(&folder).is_ok() && tempfile::tempfile_in(&folder).is_ok();
    Check {
        name: "state folder",
        ok: writable,
        detail: folder.display().to_string(),
        fix: (!writable).then(|| "make it writable, or point XDG_STATE_HOME elsewhere".into()),
    }
}

fn editor() -> Check {
    let editor = std::env::var("VISUAL").or_else(|_| std::env::var("EDITOR"));
    Check {
        name: "editor",
        ok: true,
        detail: editor.as_deref().unwrap_or("neither VISUAL nor EDITOR is set").into(),
        fix: editor.is_err().then(|| "set EDITOR, for example `export EDITOR=hx`, to open files from studio".into()),
    }
}
