//! `studio grant` and `studio revoke`: what a node may do, changed in `studio.toml`.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, anyhow};

use crate::app::state::{Goal, State};
use crate::app::trust_question::Start;
use crate::build::Profile;
use crate::cli::args::Grant;
use crate::cli::{out, session};
use crate::config;
use crate::files;
use crate::files::{Folder, Kind, Links};
use crate::grants::Capability;
use crate::trust;

pub(super) fn grant(args: &Grant) -> anyhow::Result<u8> {
    change(args, "granted", config::grants::with)
}

pub(super) fn revoke(args: &Grant) -> anyhow::Result<u8> {
    change(args, "revoked", config::grants::without)
}

type Edit = fn(&str, &str, &Capability) -> Result<Option<String>, String>;

fn change(args: &Grant, done: &str, edit: Edit) -> anyhow::Result<u8> {
    let capabilities = args
        .capabilities
        .iter()
        .map(|text| text.parse())
        .collect::<Result<Vec<Capability>, _>>()
        .map_err(|e| anyhow!(e))?;
    let root = session::options(&args.project, Goal::Graph, Profile::Dev)?.root;
    let file = root.join(config::FILE);
    let mut text = read(&file)?;
    let mut changed = Vec::new();
    for capability in &capabilities {
        if let Some(new) = edit(&text, &args.node, capability).map_err(|e| anyhow!(e))? {
            text = new;
            changed.push(capability.to_string());
        }
    }
    if !changed.is_empty() {
        let allowed = session::is_trusted(&root);
        let links = if args.follow_links { Links::Follow } else { Links::Inside };
        let written = Folder::open(&root).and_then(|folder| folder.write(&file, text.as_bytes(), links));
        written.with_context(|| format!("cannot write `{}`", config::FILE))?;
        if allowed {
            trust::remember_rights(&session::look(&root)?)?;
        }
    }
    let unknown = unknown(args)?;
    let sources = config::parse(&text, &file).map(|config| config.granted.sources).unwrap_or_default();
    let notes: Vec<String> = match done {
        "granted" => capabilities.iter().filter_map(|one| config::covered(&root, one, &sources)).collect(),
        _ => Vec::new(),
    };
    if args.json {
        let known = unknown.is_none();
        out::json(&serde_json::json!({ "node": args.node, done: changed, "known": known, "notes": notes }));
        return Ok(0);
    }
    for capability in capabilities {
        let text = capability.to_string();
        let outcome = match (changed.contains(&text), done) {
            (true, _) => done.to_owned(),
            (false, "granted") => "granted already".to_owned(),
            (false, _) => "was not granted".to_owned(),
        };
        out::line(&format!("{} {text}: {outcome}", args.node));
    }
    for note in notes {
        out::error_line(&format!("note: {note}"));
    }
    if let Some(nodes) = unknown {
        out::error_line(&format!("note: no node is called `{}` at the moment; there are {nodes}", args.node));
    }
    Ok(0)
}

/// The text of `studio.toml`; nothing where there is none yet.
pub(super) fn read(file: &Path) -> anyhow::Result<String> {
    match files::text(file, Kind::Settings) {
        Ok(text) => Ok(text),
        Err(e) if e.is_missing() => Ok(String::new()),
        Err(e) => Err(e).with_context(|| format!("cannot read `{}`", file.display())),
    }
}

/// The nodes there are, if they are known and this one is none of them.
fn unknown(args: &Grant) -> anyhow::Result<Option<String>> {
    let options = session::options(&args.project, Goal::Graph, Profile::Dev)?;
    let start = Start::at(&options.root, false);
    let state = session::drive(options, start, |_, _| {}, State::settled)?;
    let nodes: BTreeSet<String> = state.graph.instances().map(|n| n.name.clone()).collect();
    let missing = !nodes.is_empty() && !nodes.contains(&args.node);
    Ok(missing.then(|| nodes.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")))
}
