//! `studio check`: WIT and WAC always, Rust where the folder is trusted.

use crate::app::state::{Goal, State};
use crate::app::trust_question::Start;
use crate::build::Profile;
use crate::cli::args::Check;
use crate::cli::{check_fix, out, session};
use crate::compose;
use crate::model::project::{PassedOver, Project};

pub(super) fn run(args: &Check) -> anyhow::Result<u8> {
    let options = session::options(&args.project.path, Goal::Build, Profile::Dev)?;
    let fixed = if args.fix { check_fix::fix(&options.root)? } else { Vec::new() };
    let start = Start::at(&options.root, args.trust.trust);
    let state = session::drive(options, start, |_, _| {}, State::settled)?;
    let trusted = state.trusted;
    let code = session::verdict(&state, args.project.json);
    if args.project.json {
        out::json(&serde_json::json!({
            "ok": code == 0,
            "rust": trusted,
            "unchecked": state.unchecked,
            "problems": session::problems_json(&state),
            "fixed": fixed,
            "passed_over": passed_over_json(&state.project),
        }));
        return Ok(code);
    }
    for path in &fixed {
        out::line(&format!("fixed: {}", path.display()));
    }
    if args.verbose {
        passed_over(&state.project);
    }
    if code == 0 {
        out::line(&summary(&state, trusted));
        if let Some(unchecked) = unchecked(&state) {
            out::line(&unchecked);
        }
    }
    Ok(code)
}

/// What was found and is no component: a line each.
fn passed_over(project: &Project) {
    for found in &project.passed_over {
        let file = project.relative(&found.file).display();
        out::line(&format!("passed over: `{}` ({file}): {}", found.name, found.reason));
        out::line(&format!("  to change that: {}", found.change));
    }
}

fn passed_over_json(project: &Project) -> serde_json::Value {
    let one = |found: &PassedOver| {
        serde_json::json!({
            "name": found.name, "file": project.relative(&found.file), "reason": found.reason, "change": found.change,
        })
    };
    project.passed_over.iter().map(one).collect()
}

fn summary(state: &State, trusted: bool) -> String {
    let plural = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let counts = [
        (state.project.components.len(), "component"),
        (state.project.interface_packages.len(), "interface package"),
        (state.documents.len(), "composition"),
    ];
    let found: Vec<String> = counts.into_iter().filter(|(n, _)| *n > 0).map(|(n, one)| plural(n, one)).collect();
    let Some((last, others)) = found.split_last() else {
        return format!("there is nothing to check in `{}`", state.project.name);
    };
    let found = if others.is_empty() { last.clone() } else { format!("{} and {last}", others.join(", ")) };
    let rust = if trusted { "" } else { " (Rust not checked: the folder is not trusted)" };
    let passed_over = match state.project.passed_over.len() {
        0 => String::new(),
        n => format!(", {n} passed over (-v says why)"),
    };
    format!("{found} of `{}`: no problems{rust}{passed_over}", state.project.name)
}

/// Names that a sentence lists.
const SHOWN: usize = 5;

/// What of the composition could not be checked, and what it takes to check it.
fn unchecked(state: &State) -> Option<String> {
    if state.unchecked.is_empty() {
        return None;
    }
    let shown = state.unchecked.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let names = match state.unchecked.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    };
    let file = state.document.as_ref().and_then(|d| d.path.as_ref());
    let file = file.map_or_else(|| "the composition".to_owned(), |path| format!("`{}`", path.display()));
    Some(format!(
        "{file} was not checked to its end: what {names} imports and exports is known when it is built, or takes long to \
         compose (more than {} KiB); `studio check --trust` builds and composes it",
        compose::LARGE >> 10
    ))
}
