//! `studio build`: every component, with its bindings made first.

use crate::app::build_status::BuildStatus;
use crate::app::state::{Goal, State};
use crate::build::Profile;
use crate::cli::args::Build;
use crate::cli::{out, session};
use crate::model::phases::millis;
use crate::model::size::size;

pub(super) fn run(args: &Build) -> anyhow::Result<u8> {
    let profile = if args.release { Profile::Release } else { Profile::Dev };
    let options = session::options(&args.project.path, Goal::Build, profile)?;
    let state = session::drive_trusted(options, &args.trust, |_, _| {}, State::settled)?;
    let code = session::verdict(&state, args.project.json);
    if args.project.json {
        out::json(&json(&state, code == 0));
    } else {
        text(&state);
    }
    Ok(code)
}

fn text(state: &State) {
    for (name, component) in &state.components {
        match (&component.build_status, &component.artifact) {
            (BuildStatus::Built { took }, Some(artifact)) => out::line(&format!(
                "{name}  {} ms  {}  {}",
                millis(*took).round(),
                size(artifact.bytes.len() as u64),
                state.project.relative(&artifact.path).display()
            )),
            (build_status, _) => out::line(&format!("{name}  {}", build_status.word())),
        }
    }
}

fn json(state: &State, ok: bool) -> serde_json::Value {
    let components: Vec<_> = state
        .components
        .iter()
        .map(|(name, c)| {
            let took = match c.build_status {
                BuildStatus::Built { took } => Some(millis(took)),
                _ => None,
            };
            serde_json::json!({
                "name": name,
                "state": c.build_status.word(),
                "took_ms": took,
                "path": c.artifact.as_ref().map(|a| &a.path),
                "bytes": c.artifact.as_ref().map(|a| a.bytes.len()),
            })
        })
        .collect();
    serde_json::json!({
        "ok": ok,
        "components": components,
        "phases": state.reload.under_way,
        "problems": session::problems_json(state),
    })
}
