//! `studio explain NODE.IMPORT [NODE.EXPORT]`: every difference, what comes near, and the fixes.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;

use crate::cli::args::Explain;
use crate::cli::edit::{Composition, refuse};
use crate::cli::{PROBLEMS, out};
use crate::compose::Change;
use crate::explain;
use crate::explain::{Explanation, Facts, FileChange, Fix, FixAction};
use crate::files::Links;
use crate::model::difference::Difference;
use crate::model::ends::{EndError, export_end, import_end};
use crate::model::graph::{End, Graph};
use crate::model::port::short;

pub(super) fn run(args: &Explain) -> anyhow::Result<u8> {
    let mut composition = Composition::open(&args.of)?;
    if args.undo {
        return Ok(undo(args, &composition));
    }
    let explanation = match explained(args, &composition) {
        Ok(explanation) => explanation,
        Err(refusal) => return Ok(refuse(args.of.json, &refusal)),
    };
    let Some(number) = args.apply else {
        show(args, &explanation);
        return Ok(if explanation.fits { 0 } else { PROBLEMS });
    };
    let there = explanation.fixes.len();
    let Some(fix) = number.checked_sub(1).and_then(|n| explanation.fixes.get(n)) else {
        return Ok(refuse(args.of.json, &anyhow::anyhow!("there is no fix {number}; there are {there}")));
    };
    if let Err(refusal) = apply(&mut composition, fix, args.of.links()) {
        return Ok(refuse(args.of.json, &refusal));
    }
    if !args.of.json {
        out::line(&format!("applied: {}", fix.what));
    }
    // What was done is checked by asking again, of the folder as it now is.
    let again = Composition::open(&args.of)?;
    let from = anew(&again.graph, &explanation.import)?;
    let facts = Bytes::of(&again);
    let explanation = explain::explain(facts.facts(&again), &from, None).context("the import no longer exists")?;
    show(args, &explanation);
    Ok(if explanation.fits { 0 } else { PROBLEMS })
}

fn undo(args: &Explain, composition: &Composition) -> u8 {
    match explain::undo(&composition.state.project.root, args.of.links()) {
        Err(refusal) => refuse(args.of.json, &refusal.into()),
        Ok(None) => refuse(args.of.json, &anyhow::anyhow!("there is no applied fix to revert")),
        Ok(Some(applied)) => {
            if args.of.json {
                out::json(&serde_json::json!({ "ok": true, "undone": applied.what }));
            } else {
                out::line(&format!("reverted: {}", applied.what));
            }
            0
        }
    }
}

/// The built components of a project.
struct Bytes(BTreeMap<String, Arc<[u8]>>);

impl Bytes {
    fn of(composition: &Composition) -> Self {
        let built = composition.state.current_artifacts();
        Self(built.map(|a| (a.component.clone(), Arc::clone(&a.bytes))).collect())
    }

    fn facts<'a>(&'a self, composition: &'a Composition) -> Facts<'a> {
        Facts {
            project: &composition.state.project,
            ports: &composition.ports,
            bytes: &self.0,
            graph: &composition.graph,
        }
    }
}

fn explained(args: &Explain, composition: &Composition) -> anyhow::Result<Explanation> {
    composition.readable()?;
    let from = composition.import(args.import.as_deref().unwrap_or_default())?;
    let to = args.export.as_deref().map(|text| export_or_component(composition, text)).transpose()?;
    let provider = to.as_ref().or_else(|| composition.graph.provider(&from.node, &from.port));
    if let Some(provider) = provider.cloned() {
        composition.known(&provider.node)?;
    }
    let bytes = Bytes::of(composition);
    explain::explain(bytes.facts(composition), &from, to.as_ref())
        .with_context(|| format!("`{}` does not import `{}`", from.node, from.port))
}

/// A node's export, or that of a component that is not placed yet.
fn export_or_component(composition: &Composition, text: &str) -> anyhow::Result<End> {
    let of_node = export_end(&composition.graph, text);
    let of_component = || {
        let (component, port) = composition
            .ports
            .keys()
            .find_map(|name| Some((name, text.strip_prefix(name.as_str())?.strip_prefix('.')?)))?;
        let exports = &composition.ports.get(component)?.exports;
        let found = exports.iter().find(|e| e.name == port || short(&e.name) == port)?;
        Some(End { node: component.clone(), port: found.name.clone() })
    };
    match of_node.ok().or_else(of_component) {
        Some(end) => Ok(end),
        None => composition.export(text),
    }
}

/// The import after a fix: its version may be another one now.
fn anew(graph: &Graph, import: &End) -> Result<End, EndError> {
    import_end(graph, &format!("{}.{}", import.node, import.port))
        .or_else(|_| import_end(graph, &format!("{}.{}", import.node, short(&import.port))))
}

fn apply(composition: &mut Composition, fix: &Fix, links: Links) -> anyhow::Result<()> {
    let project = composition.state.project.clone();
    let done = |files: &[FileChange]| {
        explain::remember(&project, &fix.what, files)
            .context("the fix is applied, but it cannot be recorded for --undo")
    };
    match &fix.action {
        FixAction::Composition(changes) => {
            let mut added: Option<(String, String)> = None;
            for change in changes {
                let change = match (change, &added) {
                    // The new instance may have got another name than its component's.
                    (Change::Wire { from, to }, Some((component, name))) if to.node == *component => {
                        Change::Wire { from: from.clone(), to: End { node: name.clone(), port: to.port.clone() } }
                    }
                    _ => change.clone(),
                };
                let name = composition.change(&change)?;
                if let (Change::Add { component, .. }, Some(name)) = (change, name) {
                    added = Some((component, name));
                }
            }
            composition.write()?;
            done(&[composition.as_change()])
        }
        FixAction::Wit { components, files } => {
            let known = components.iter().map(|name| project.component(name).context("its component no longer exists"));
            let known = known.collect::<anyhow::Result<Vec<_>>>()?;
            explain::write(&project.root, files, links)?;
            explain::check(&project.root, &known, files, links)?;
            done(files)
        }
    }
}

fn show(args: &Explain, explanation: &Explanation) {
    if args.of.json {
        let text = serde_json::to_value(explanation).unwrap_or_default();
        out::json(&text);
        return;
    }
    let Explanation { import, export, fits, differences, nearest, fixes, .. } = explanation;
    let name = |end: &End| format!("{}.{}", end.node, end.port);
    match export {
        None => out::line(&format!("no export resembles {}", name(import))),
        Some(export) => {
            let verdict = match (fits, explanation.wired) {
                (true, true) => "fits, and is wired",
                (true, false) => "fits",
                (false, true) => "does not fit, and is wired",
                (false, false) => "does not fit",
            };
            out::line(&format!("{} → {}: {verdict}", name(import), name(export)));
        }
    }
    if let Some(note) = &explanation.note {
        out::line(&format!("  {note}"));
    }
    if !differences.is_empty() {
        beside(&explanation.import_wit, &explanation.export_wit);
        out::line("");
    }
    let provider = export.as_ref().map_or("", |e| e.node.as_str());
    for difference in differences {
        let mark = if difference.harmless { "·" } else { "✘" };
        out::line(&format!("  {mark} {}{}", difference.sentence(&import.node, provider), places(difference)));
    }
    if !nearest.is_empty() {
        out::line("similar:");
    }
    for near in nearest {
        let verdict = match (near.fits, near.cycle, near.differences) {
            (_, true, _) => "would make a cycle".to_owned(),
            (true, _, _) => "fits".to_owned(),
            (_, _, 1) => "1 difference".to_owned(),
            (_, _, n) => format!("{n} differences"),
        };
        let place = if near.placed { "" } else { " (not in the composition)" };
        out::line(&format!("  {}{place}: {verdict}", name(&near.end)));
    }
    if !fixes.is_empty() {
        out::line("fixes (--apply N):");
    }
    for (number, fix) in fixes.iter().enumerate() {
        out::line(&format!("  {}  {}", number + 1, fix.what));
    }
}

fn places(difference: &Difference) -> String {
    let places = [("import", &difference.import_at), ("export", &difference.export_at)];
    let places: Vec<_> = places.iter().filter_map(|(s, p)| Some(format!("{s} {}", p.as_ref()?))).collect();
    if places.is_empty() { String::new() } else { format!("  ({})", places.join(", ")) }
}

/// Both sides of a port as WIT, the import's on the left.
fn beside(import: &[String], export: &[String]) {
    let width = import.iter().map(|l| l.chars().count()).max().unwrap_or(0).clamp(10, 60);
    out::line(&format!("  {:width$} │ export", "import"));
    for row in 0..import.len().max(export.len()) {
        let left = import.get(row).map_or("", String::as_str);
        let right = export.get(row).map_or("", String::as_str);
        out::line(format!("  {left:width$} │ {right}").trim_end());
    }
}
