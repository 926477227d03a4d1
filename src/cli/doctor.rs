//! `studio doctor`: what this machine has and lacks, each lack with its fix.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::app::runtime;
use crate::build::toolchain;
use crate::build::toolchain::Missing;
use crate::cli::args::Doctor;
use crate::cli::{ENVIRONMENT, capabilities, demo, diary, out, session};
use crate::discover;
use crate::files::walk;
use crate::folders;
use crate::model::project::BuildKind;
use crate::trust::absolute_path;
use crate::tui::terminal::editor;

/// One line of the report.
pub(super) struct Check {
    pub(crate) name: &'static str,
    pub(crate) ok: bool,
    pub(crate) detail: String,
    pub(crate) fix: Option<String>,
}

pub(super) fn run(args: &Doctor) -> anyhow::Result<u8> {
    let folders = folders_looked_at(&session::root(&args.path)?, args.trust.trust);
    let runtime = runtime::start()?;
    let mut missing: Vec<Missing> = Vec::new();
    for folder in &folders {
        let Some(lack) = runtime.block_on(toolchain::missing(folder)) else { continue };
        if args.fix && lack.can_install() {
            match runtime.block_on(demo::install(folder)) {
                Ok(()) => continue,
                Err(problem) => out::problem(&problem),
            }
        }
        if !missing.iter().any(|m| m.to_string() == lack.to_string()) {
            missing.push(lack);
        }
    }
    let here = folders.first().map_or_else(|| PathBuf::from("/"), PathBuf::clone);
    let mut checks = checks(&here, &missing);
    checks.extend(not_looked_at(&session::root(&args.path)?, &folders));
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

fn checks(here: &Path, missing: &[Missing]) -> Vec<Check> {
    let mut checks = vec![
        Check { name: "studio", ok: true, detail: env!("CARGO_PKG_VERSION").into(), fix: None },
        version("cargo", here),
        version("rustc", here),
    ];
    checks.extend(targets(missing));
    checks.extend([state_folder(), log()]);
    checks.extend(capabilities::checks(|name| std::env::var(name).ok(), crate::tui::terminal::size()));
    checks.push(editor());
    checks
}

/// A toolchain that a folder asks for and that was not looked at, for looking runs it.
fn not_looked_at(path: &Path, folders: &[PathBuf]) -> Option<Check> {
    let pinned =
        path.ancestors().any(|f| ["rust-toolchain.toml", "rust-toolchain"].iter().any(|n| f.join(n).is_file()));
    let shown = path.display();
    (pinned && !folders.iter().any(|f| f == path)).then(|| Check {
        name: "toolchain",
        ok: true,
        detail: format!("`{shown}` asks for its own, which is not looked at: the folder is not trusted"),
        fix: Some(format!("look at it this time with `studio doctor --trust {shown}`")),
    })
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

/// Where the tools are asked: in every folder that cargo is run in, for each may have a toolchain of its own. A
/// `rust-toolchain.toml` can name any program as rustc, so that counts only if all that would run there is trusted.
fn folders_looked_at(path: &Path, trusted: bool) -> Vec<PathBuf> {
    if !trusted && !session::is_trusted(path) {
        return vec![PathBuf::from("/")];
    }
    let mut folders = vec![path.to_owned()];
    for component in discover::discover(path).map(|project| project.components).unwrap_or_default() {
        if let BuildKind::Cargo(package) = component.build_kind
            && !folders.contains(&package.workspace)
        {
            folders.push(package.workspace);
        }
    }
    folders
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

fn targets(missing: &[Missing]) -> Vec<Check> {
    if missing.is_empty() {
        return vec![Check { name: "wasm32-wasip2", ok: true, detail: "installed".into(), fix: None }];
    }
    let lack = |missing: &Missing| {
        let problem = missing.diagnostic();
        Check { name: "wasm32-wasip2", ok: false, detail: problem.message, fix: problem.help }
    };
    missing.iter().map(lack).collect()
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
    let set = std::env::var("VISUAL").or_else(|_| std::env::var("EDITOR"));
    let chosen = editor::choose(|name| std::env::var(name).ok());
    let program = chosen.split_whitespace().next().unwrap_or_default();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = Path::new(program).is_file() || toolchain::is_on(&path, program);
    let detail = match (set.is_ok(), there) {
        (true, true) => chosen.clone(),
        (true, false) => format!("`{program}` is not on the PATH"),
        (false, true) => format!("{chosen}, as neither VISUAL nor EDITOR is set"),
        (false, false) => format!("neither VISUAL nor EDITOR is set, and there is no `{program}`"),
    };
    let fix = (!there).then(|| "set EDITOR, for example `export EDITOR=hx`, to open files from studio".into());
    Check { name: "editor", ok: true, detail, fix }
}
