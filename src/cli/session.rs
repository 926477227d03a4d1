//! One pass of the pipeline for a verb: start it, tell what happens, stop where the verb's goal is reached.

use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use anyhow::Context as _;

use tokio::runtime::Runtime;

use super::args::Trust;
use super::{ENVIRONMENT, PROBLEMS, out};
use crate::app::event::Event;
use crate::app::headless;
use crate::app::perform::Performer;
use crate::app::state::{Goal, Options, State};
use crate::build::Profile;
use crate::model::diagnostic::Origin;
use crate::model::limits::Overrides;
use crate::run::Stdin;
use crate::trust;

/// The options of a verb that neither watches nor takes arguments.
pub fn options(path: &Path, goal: Goal, profile: Profile) -> anyhow::Result<Options> {
    Ok(Options {
        root: root(path)?,
        goal,
        watch: false,
        profile,
        entry: None,
        args: Vec::new(),
        stdin: Stdin::Empty,
        addr: None,
        limits: Overrides::default(),
        stats: false,
        prebuilt: None,
    })
}

fn root(path: &Path) -> anyhow::Result<PathBuf> {
    let shown = path.display();
    let is_missing = path.metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
    anyhow::ensure!(!is_missing, "there is no folder `{shown}`; `studio new neon {shown}` makes a project there");
    let root = path.canonicalize().with_context(|| format!("cannot open the folder `{}`", path.display()))?;
    anyhow::ensure!(root.is_dir(), "`{}` is a file; studio opens folders", path.display());
    Ok(root)
}

/// Whether this folder's code may run: said now, or remembered.
pub fn trusted(root: &Path, said: &Trust) -> bool {
    said.trust || trust::is_trusted(root)
}

/// Refuses a verb that must run code of a folder nobody trusts.
///
/// # Errors
/// The sentence to print, where it is not trusted.
pub fn require_trust(root: &Path, said: &Trust) -> anyhow::Result<()> {
    anyhow::ensure!(
        trusted(root, said),
        "`{}` is not trusted, and building it runs its build scripts and macros; look at it, then add --trust (this \
         time) or open it with `studio` and press t (for good)",
        root.display()
    );
    Ok(())
}

/// Drives the pipeline until `done`; `tell` sees every event after its effect on the state.
///
/// # Errors
/// Where the machine lets us start no stage at all.
pub fn drive(
    options: Options,
    trusted: bool,
    tell: impl FnMut(&State, &Event),
    done: impl Fn(&State) -> bool,
) -> anyhow::Result<State> {
    let runtime = runtime()?;
    let mut state = State::new(options, trusted, (Instant::now(), SystemTime::now()));
    runtime.block_on(async {
        let mut performer = Performer::new(&state.options).context("cannot start the stages")?;
        headless::drive(&mut state, &mut performer, tell, |state| out::reader_is_gone() || done(state)).await?;
        performer.close().await;
        anyhow::Ok(())
    })?;
    // A guest that reads stdin may sit in a read that nobody can end: don't wait for it.
    runtime.shutdown_background();
    Ok(state)
}

pub fn runtime() -> anyhow::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")
}

/// As a shell tells a command that Ctrl-C ended.
pub const INTERRUPTED: u8 = 130;

/// The sentence for a folder without a component.
pub fn nothing_to(state: &State, verb: &str) -> String {
    let root = state.project.root.display();
    format!("studio: there is no component to {verb} in `{root}`; make one with `studio new blank DIR`")
}

/// Prints every problem and gives the verb's exit code.
pub fn verdict(state: &State, json: bool) -> u8 {
    let problems = state.problems();
    if !json {
        for problem in &problems {
            out::problem(problem);
        }
    }
    if state.quit && !state.settled() {
        INTERRUPTED
    } else if problems.iter().any(|p| p.is_error() && p.origin == Origin::Toolchain) {
        ENVIRONMENT
    } else if problems.iter().any(|p| p.is_error()) {
        PROBLEMS
    } else {
        0
    }
}

/// The problems as data.
pub fn problems_json(state: &State) -> serde_json::Value {
    state.problems().into_iter().map(out::problem_json).collect()
}
