//! `studio grants`: what every node may do, and what the last run used and was denied.

use std::collections::BTreeSet;
use std::path::Path;

use crate::app::state::Goal;
use crate::build::Profile;
use crate::cli::args::Grants as GrantsArgs;
use crate::cli::{PROBLEMS, out, session};
use crate::config;
use crate::grants::{Capability, Grants, Ledger};
use crate::ledgers;

pub(super) fn run(args: &GrantsArgs) -> anyhow::Result<u8> {
    let root = session::options(&args.project.path, Goal::Graph, Profile::Dev)?.root;
    let file = root.join(config::FILE);
    let text = crate::cli::grant::read(&file)?;
    let grants = match config::parse(&text, &file) {
        Ok(config) => config.granted,
        Err(problem) => {
            if args.project.json {
                out::json(&serde_json::json!({ "problems": [out::problem_json(&problem)] }));
            } else {
                out::problem(&problem);
            }
            return Ok(PROBLEMS);
        }
    };
    let ledger = ledgers::load(&root).unwrap_or_default();
    match (args.propose, args.project.json) {
        (true, json) => propose(&ledger, json)?,
        (false, true) => print_json(&root, &grants, &ledger),
        (false, false) => print(&root, &grants, &ledger),
    }
    Ok(0)
}

/// What is to be known of every grant besides its use: node, capability, sentence.
fn notes<'g>(root: &Path, grants: &'g Grants) -> Vec<(&'g str, &'g Capability, String)> {
    let all = grants.nodes().flat_map(|(node, own)| own.0.iter().map(move |capability| (node, capability)));
    let note = |(node, capability)| Some((node, capability, config::covered(root, capability, &grants.sources)?));
    all.filter_map(note).collect()
}

/// The least set that the recorded run used, as `studio.toml` has it; what it was denied stands beside it.
fn propose(ledger: &Ledger, json: bool) -> anyhow::Result<()> {
    let (used, all) = (ledger.proposal(false), ledger.proposal(true));
    if json {
        out::json(&serde_json::json!({ "used": used, "used_or_denied": all }));
        return Ok(());
    }
    if ledger.is_empty() {
        out::error_line("no run is recorded for this folder; run it first, with `studio run` or in the terminal UI");
        return Ok(());
    }
    let mut text = String::new();
    for (node, capabilities) in &used {
        for capability in capabilities.iter().filter_map(|c| c.parse::<Capability>().ok()) {
            if let Some(more) = config::grants::with(&text, node, &capability).map_err(anyhow::Error::msg)? {
                text = more;
            }
        }
    }
    out::block(text.trim_end());
    for (node, capabilities) in &all {
        for denied in capabilities.iter().filter(|c| !used.get(node).is_some_and(|u| u.contains(c))) {
            out::line(&format!("# denied, so not proposed: {node} {denied}"));
        }
    }
    Ok(())
}

fn print(root: &Path, grants: &Grants, ledger: &Ledger) {
    let notes = notes(root, grants);
    let nodes: BTreeSet<&str> = grants.nodes().map(|(n, _)| n).chain(ledger.iter().map(|(n, ..)| n)).collect();
    if nodes.is_empty() {
        out::line(
            "no grants, and no recorded run; `studio grant NODE CAPABILITY` adds a grant (`studio grant --help`)",
        );
    }
    for node in nodes {
        out::line(node);
        for capability in &grants.node(node).0 {
            let used: u64 = ledger.of(node).filter(|(_, g, _)| capability.is_meant(g)).map(|(_, _, e)| e.used).sum();
            out::line(&match used {
                0 => format!("  {capability}: not used in the last run"),
                n => format!("  {capability}: used {n}×"),
            });
            for (_, _, note) in notes.iter().filter(|(of, about, _)| *of == node && *about == capability) {
                out::line(&format!("    note: {note}"));
            }
        }
        for (kind, grant, entry) in ledger.of(node).filter(|(_, _, entry)| entry.denied > 0) {
            if entry.asked_for_folders(kind) && grants.node(node).0.iter().any(|own| own.kind() == kind) {
                continue;
            }
            let what = if grant.is_empty() { kind.name() } else { grant };
            out::line(&format!("  denied {what}: {}×, last {}", entry.denied, entry.last));
        }
    }
}

fn print_json(root: &Path, grants: &Grants, ledger: &Ledger) {
    let notes: Vec<_> = notes(root, grants)
        .into_iter()
        .map(|(node, capability, note)| serde_json::json!({ "node": node, "grant": capability.to_string(), "note": note }))
        .collect();
    let granted: serde_json::Map<String, serde_json::Value> = grants
        .nodes()
        .map(|(node, grants)| (node.to_owned(), grants.0.iter().map(ToString::to_string).collect::<Vec<_>>().into()))
        .collect();
    let rows: Vec<_> = ledger.rows().collect();
    out::json(&serde_json::json!({ "grants": granted, "ledger": rows, "notes": notes }));
}
