//! `studio auto-wire`: wires whatever is open and has one provider; `--dry-run` only says what it would wire.

use crate::cli::args::AutoWire;
use crate::cli::edit::{Composition, refuse};
use crate::cli::{PROBLEMS, out};
use crate::compose::Change;
use crate::wac::auto_wire::plan;

pub(super) fn run(args: &AutoWire) -> anyhow::Result<u8> {
    let mut composition = Composition::open(&args.of)?;
    if let Err(refusal) = composition.readable() {
        return Ok(refuse(args.of.json, &refusal));
    }
    let mut plan = plan(&composition.graph);
    // What is wanted of a component that cannot be read, nobody knows.
    plan.undecided.retain(|open| composition.known(&open.import.node).is_ok());
    let unknown: Vec<_> = composition.graph.instances().filter_map(|n| composition.known(&n.name).err()).collect();
    for wire in &plan.wires {
        if let Err(refusal) = composition.change(&Change::Wire { from: wire.from.clone(), to: wire.to.clone() }) {
            return Ok(refuse(args.of.json, &refusal));
        }
    }
    if !args.dry_run && !plan.wires.is_empty() {
        composition.write()?;
    }
    if args.of.json {
        out::json(&serde_json::json!({
            "ok": plan.undecided.is_empty() && unknown.is_empty(),
            "file": composition.file(),
            "written": !args.dry_run && !plan.wires.is_empty(),
            "wires": plan.wires,
            "undecided": plan.undecided,
            "unknown": unknown.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }));
    } else {
        for wire in &plan.wires {
            out::line(&format!("{}.{} → {}.{}", wire.from.node, wire.from.port, wire.to.node, wire.to.port));
        }
        for open in &plan.undecided {
            let names: Vec<_> = open.candidates.iter().map(|c| format!("`{}`", c.node)).collect();
            let why = if names.is_empty() {
                "no export here fits it; `studio explain` shows the most similar ones".to_owned()
            } else {
                format!("{} fit it; choose one with `studio wire`", names.join(" and "))
            };
            out::error_line(&format!("open: {}.{}: {why}", open.import.node, open.import.port));
        }
        for why in &unknown {
            out::error_line(&why.to_string());
        }
        if plan.wires.is_empty() && plan.undecided.is_empty() && unknown.is_empty() {
            out::line("all imports are wired");
        }
    }
    Ok(if plan.undecided.is_empty() && unknown.is_empty() { 0 } else { PROBLEMS })
}
