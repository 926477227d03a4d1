//! One pass of the pipeline for a verb: start it, tell what happens, stop where the verb's goal is reached.

use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use anyhow::Context as _;

use crate::app::event::Event;
use crate::app::headless;
use crate::app::jobs::Performer;
use crate::app::runtime;
use crate::app::state::{Goal, Options, State};
use crate::app::trust_question::{Mark, Question, Start};
use crate::build::Profile;
use crate::cli::args::Trust;
use crate::cli::{ENVIRONMENT, PROBLEMS, out};
use crate::discover;
use crate::model::diagnostic::Origin;
use crate::model::limits::Overrides;
use crate::run::Stdin;
use crate::trust;
use crate::trust::{Moment, Survey, shown};

/// The options of a verb that neither watches nor takes arguments.
pub(super) fn options(path: &Path, goal: Goal, profile: Profile) -> anyhow::Result<Options> {
    Ok(Options {
        root: root(path)?,
        goal,
        watch: false,
        profile,
        entry: None,
        args: Vec::new(),
        stdin: Stdin::Empty,
        as_written: false,
        addr: None,
        limits: Overrides::default(),
        stats: false,
        prebuilt: None,
    })
}

/// The folder that a verb was given.
///
/// # Errors
/// Where it is none.
pub(super) fn root(path: &Path) -> anyhow::Result<PathBuf> {
    let shown = path.display();
    let is_missing = path.metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
    anyhow::ensure!(!is_missing, "there is no folder `{shown}`; `studio new neon {shown}` creates a project there");
    let root = path.canonicalize().with_context(|| format!("cannot open the folder `{}`", path.display()))?;
    anyhow::ensure!(root.is_dir(), "`{}` is a file; studio opens folders", path.display());
    Ok(root)
}

/// What building this folder runs.
///
/// # Errors
/// Where it cannot be read.
pub(super) fn look(root: &Path) -> anyhow::Result<Survey> {
    let project = discover::discover(root)?;
    Ok(trust::survey(&project.root, &project.components, &project.settings))
}

/// Whether all that would run in this folder, and all that its `studio.toml` allows, was allowed. Runs nothing.
pub(super) fn is_trusted(root: &Path) -> bool {
    let Some(approval) = trust::recorded(root) else { return false };
    look(root).is_ok_and(|survey| !survey.rights_unknown && !approval.difference(&survey, Moment::Opening).asks())
}

/// The same as [`drive`], for a verb that must run code of the folder.
///
/// # Errors
/// The sentence to print where that is not allowed, with what would run; nothing ran then.
pub(super) fn drive_trusted(
    options: Options,
    said: &Trust,
    tell: impl FnMut(&State, &Event),
    done: impl Fn(&State) -> bool,
) -> anyhow::Result<State> {
    let start = Start::at(&options.root, said.trust);
    let state = drive(options, start, tell, |state| state.trusting.is_refused() || done(state))?;
    match state.trusting.question().filter(|_| state.trusting.is_refused()) {
        Some(question) => Err(refusal(&state.options.root, question)),
        None => Ok(state),
    }
}

/// Why a verb does not run: the question, and how it is answered. A line each, without line breaks of a stranger's.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub(super) struct Refusal(pub Vec<String>);

/// The error of a verb that must run what nobody allowed.
pub(super) fn refusal(root: &Path, question: &Question) -> anyhow::Error {
    let shown = shown(&root.display().to_string());
    let mut lines = vec![format!("`{shown}` is not trusted, and building it runs what is listed here:")];
    lines.extend(listed(question));
    lines.push(format!(
        "  help: look at it, then add --trust (this time), run `studio trust add {shown}`, or open it with `studio` and \
         press t (for good)"
    ));
    Refusal(lines).into()
}

/// What would run, a line each.
pub(super) fn listed(question: &Question) -> impl Iterator<Item = String> {
    question.rows.iter().filter_map(|row| match row.mark {
        Mark::Folder | Mark::Meaning => None,
        Mark::Item => Some(format!("  {}", row.text)),
        Mark::New => Some(format!("  new: {}", row.text)),
        Mark::Changed => Some(format!("  changed: {}", row.text)),
        Mark::Gone => Some(format!("  gone: {}", row.text)),
        Mark::Detail => Some(format!("    {}", row.text)),
    })
}

/// Drives the pipeline until `done`; `tell` sees every event after its effect on the state.
///
/// # Errors
/// Where the machine lets us start no stage at all.
pub(super) fn drive(
    options: Options,
    start: Start,
    tell: impl FnMut(&State, &Event),
    done: impl Fn(&State) -> bool,
) -> anyhow::Result<State> {
    let runtime = runtime::start()?;
    let mut state = State::new(options, start, (Instant::now(), SystemTime::now()));
    runtime.block_on(async {
        let mut performer = Performer::new(&state.options);
        headless::drive(&mut state, &mut performer, tell, |state| out::is_over() || done(state)).await?;
        performer.close().await;
        anyhow::Ok(())
    })?;
    // A guest that reads stdin may sit in a read that nobody can end: don't wait for it.
    runtime.shutdown_background();
    Ok(state)
}

/// As a shell tells a command that Ctrl-C ended.
pub(super) const INTERRUPTED: u8 = 130;

/// Whether a folder has neither a component nor a composition, nor anything wrong that would be reported.
pub(super) fn has_nothing(state: &State) -> bool {
    state.project.components.is_empty() && state.project.active.is_none() && state.errors() == 0
}

/// The sentence for a folder without a component.
pub(super) fn nothing_to(state: &State, verb: &str) -> String {
    let root = state.project.root.display();
    let passed_over = match state.project.passed_over.len() {
        0 => String::new(),
        n => format!(" ({n} passed over: `studio check -v` says why)"),
    };
    format!("studio: there is no component to {verb} in `{root}`{passed_over}; create one with `studio new blank DIR`")
}

/// Prints every problem and gives the verb's exit code.
pub(super) fn verdict(state: &State, json: bool) -> u8 {
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
pub(super) fn problems_json(state: &State) -> serde_json::Value {
    state.problems().into_iter().map(out::problem_json).collect()
}
