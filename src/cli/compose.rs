//! `studio compose`: the component that the user ships, byte for byte the same each time.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use crate::app::state::{Goal, State};
use crate::build::Profile;
use crate::cli::args::Compose;
use crate::cli::{PROBLEMS, out, session};
use crate::files::write::write_named;
use crate::files::{Folder, Links, WriteError};
use crate::inspect::inspect;
use crate::model::graph::Merged;
use crate::model::size::size;

pub(super) fn run(args: &Compose) -> anyhow::Result<u8> {
    if args.output.as_deref() == Some(Path::new("-")) {
        anyhow::ensure!(!args.project.json, "`-o -` writes the component to stdout, where `--json` would stand too");
        anyhow::ensure!(!out::shows_guests(), "a component is not written to a terminal; redirect stdout");
    }
    let profile = if args.debug { Profile::Dev } else { Profile::Release };
    let options = session::options(&args.project.path, Goal::Ship, profile)?;
    let state = session::drive_trusted(options, &args.trust, |_, _| {}, State::settled)?;
    if session::has_nothing(&state) {
        out::error_line(&session::nothing_to(&state, "compose"));
        return Ok(PROBLEMS);
    }
    let code = session::verdict(&state, args.project.json);
    let Some(bytes) = state.shipped.clone() else {
        if code == 0 {
            out::error_line("studio: nothing was composed, and no reason is known; this is a bug in studio");
        }
        if args.project.json {
            out::json(&serde_json::json!({ "ok": false, "problems": session::problems_json(&state) }));
        }
        return Ok(code.max(PROBLEMS));
    };
    let output = args.output.clone().unwrap_or_else(|| default_output(&state));
    if output == Path::new("-") {
        out::bytes(&bytes);
        return Ok(code);
    }
    // What the user names may lie anywhere.
    let written = match &args.output {
        Some(named) => write_named(named, &bytes),
        None => Folder::open(&state.project.root).and_then(|folder| folder.write(&output, &bytes, Links::Inside)),
    };
    if let Err(WriteError::LinkOut { link, target }) = &written {
        let (link, target) = (link.display(), target.display());
        anyhow::bail!(
            "`{link}` is a symbolic link out of the project, to `{target}`; name that file with `-o`, or remove the link"
        );
    }
    written.with_context(|| format!("cannot write `{}`", output.display()))?;
    let merged = merged(&state, &bytes);
    let digest = format!("{:x}", Sha256::digest(&bytes));
    if args.project.json {
        out::json(&serde_json::json!({
            "ok": code == 0,
            "output": output,
            "bytes": bytes.len(),
            "sha256": digest,
            "merged": merged.iter().map(|(m, into)| serde_json::json!({ "imports": m, "into": into })).collect::<Vec<_>>(),
            "phases": state.reload.under_way,
            "problems": session::problems_json(&state),
        }));
    } else {
        out::line(&format!("{}  {}  sha256 {}", output.display(), size(bytes.len() as u64), &digest[..16]));
        for (merged, into) in merged {
            let into = into.map(|version| format!(" → {version}")).unwrap_or_default();
            out::line(&format!("one import for {}{into}", merged.sentence()));
        }
    }
    Ok(code)
}

/// Imports that became one, each with the version under which the component imports it.
fn merged(state: &State, bytes: &[u8]) -> Vec<(Merged, Option<String>)> {
    if state.graph.merged.is_empty() {
        return Vec::new();
    }
    let imports = inspect(bytes).map(|ports| ports.imports).unwrap_or_default();
    let version = |merged: &Merged| {
        let found = imports.iter().find(|i| merged.holds(&i.name))?;
        Some(found.name.split_once('@')?.1.to_owned())
    };
    state.graph.merged.iter().map(|m| (m.clone(), version(m))).collect()
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
