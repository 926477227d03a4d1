//! `studio demo`: the quickest way to see it work: a project of two components, built, linked and running.

use std::path::Path;

use crate::app::runtime;
use crate::app::state::{Goal, Options, RunStatus};
use crate::build::scaffold;
use crate::build::scaffold::Template;
use crate::build::toolchain;
use crate::build::{Profile, prebuilt};
use crate::cli::args::Trust;
use crate::cli::run::Printer;
use crate::cli::{ENVIRONMENT, PROBLEMS, out, session};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::run::Outcome;
use crate::run::Stdin;
use crate::tui::overlay::new;
use crate::tui::terminal::event_loop as terminal;

pub(super) fn run(args: &crate::cli::args::Demo) -> anyhow::Result<u8> {
    let dir = &args.dir;
    // Only what this very command writes is trusted; a folder that is there is opened like any other.
    if dir.join("neon.wac").is_file() {
        out::error_line(&format!("using the existing `{}`", dir.display()));
    } else {
        scaffold::make(Template::Neon, dir)?;
        if let Err(reason) = new::trust_made(dir) {
            out::error_line(&format!("warning: {reason}"));
        }
        out::error_line(&format!(
            "created `{}`: two components, logger and core-logic, and neon.wac to wire them",
            dir.display()
        ));
    }
    let mut options = session::options(dir, Goal::Run, Profile::Dev)?;
    if session::is_trusted(&options.root) {
        options.prebuilt = why_not(&options.root)?;
    }
    if out::is_terminal() {
        crate::cli::diary::begin();
        terminal::run(Options { watch: true, stdin: Stdin::Typed, ..options })?;
        return Ok(crate::tui::terminal::ended_by().unwrap_or(0));
    }
    headless(options, dir)
}

/// Why this machine cannot build components, after trying to get it what it lacks; `None` if it can. If it cannot, the
/// components that studio carries prebuilt are put in their place.
fn why_not(root: &Path) -> anyhow::Result<Option<Diagnostic>> {
    let runtime = runtime::start()?;
    let Some(missing) = runtime.block_on(toolchain::missing(root)) else { return Ok(None) };
    let mut problem = missing.diagnostic();
    if missing.can_install() {
        match runtime.block_on(install(root)) {
            Ok(()) => return Ok(None),
            Err(error) => problem = *error,
        }
    }
    problem.severity = Severity::Warning;
    problem.message = format!(
        "{} The components that run came prebuilt with studio; a save changes nothing until this is fixed.",
        problem.message
    );
    prebuilt::place(root)?;
    Ok(Some(problem))
}

/// Gets the compilation target, with its progress on stderr.
pub(super) async fn install(root: &Path) -> Result<(), Box<Diagnostic>> {
    out::error_line("the target wasm32-wasip2 is missing; installing it: rustup target add wasm32-wasip2");
    toolchain::install_target(root, |line| out::error_line(&format!("  {line}"))).await
}

fn headless(options: Options, dir: &Path) -> anyhow::Result<u8> {
    let can_build = options.prebuilt.is_none();
    let mut printer = Printer::new(false, false);
    let said = Trust { trust: false };
    let tell = |state: &_, event: &_| printer.report(state, event);
    let state = session::drive_trusted(options, &said, tell, crate::cli::run::over)?;
    let code = session::verdict(&state, false);
    let then = if can_build { "   (then edit a file in it)" } else { "" };
    out::error_line(&format!("next: studio {}{then}", dir.display()));
    Ok(match state.run.status {
        RunStatus::Ended(Outcome::Returned(_) | Outcome::Exited(0)) => code,
        RunStatus::Ended(Outcome::Refused(_)) => ENVIRONMENT,
        _ => code.max(PROBLEMS),
    })
}
