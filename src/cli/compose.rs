//! `studio compose`: the component that the user ships, byte for byte the same each time.

use std::path::PathBuf;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use super::args::Compose;
use super::{PROBLEMS, out, session};
use crate::app::state::{Goal, State};
use crate::build::Profile;
use crate::folders::write_whole;

pub fn run(args: &Compose) -> anyhow::Result<u8> {
    let profile = if args.debug { Profile::Dev } else { Profile::Release };
    let options = session::options(&args.project.path, Goal::Ship, profile)?;
    session::require_trust(&options.root, &args.trust)?;
    let state = session::drive(options, true, |_, _| {}, State::settled)?;
    if state.project.components.is_empty() {
        out::error_line(&session::nothing_to(&state, "compose"));
        return Ok(PROBLEMS);
    }
    let code = session::verdict(&state, args.project.json);
    let Some(bytes) = state.shipped.clone() else {
        if args.project.json {
            out::json(&serde_json::json!({ "ok": false, "problems": session::problems_json(&state) }));
        }
        return Ok(code.max(PROBLEMS));
    };
    let output = args.output.clone().unwrap_or_else(|| default_output(&state));
    write_whole(&output, &bytes).with_context(|| format!("cannot write `{}`", output.display()))?;
    let digest = format!("{:x}", Sha256::digest(&bytes));
    if args.project.json {
        out::json(&serde_json::json!({
            "ok": code == 0,
            "output": output,
            "bytes": bytes.len(),
            "sha256": digest,
            "phases": state.reload.under_way,
            "problems": session::problems_json(&state),
        }));
    } else {
        out::line(&format!("{}  {}  sha256 {}", output.display(), out::size(bytes.len()), &digest[..16]));
    }
    Ok(code)
}

/// Named after the composition, beside it.
fn default_output(state: &State) -> PathBuf {
    let stem = state
        .project
        .active
        .as_deref()
        .and_then(|p| p.file_stem())
        .map_or_else(|| state.project.name.clone(), |s| s.to_string_lossy().into_owned());
    state.project.root.join(format!("{stem}.wasm"))
}
