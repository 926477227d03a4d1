//! What may be added where the focus is: what fits a port first, then one more instance of anything.

use std::collections::BTreeSet;

use crate::compose::Change;
use crate::draw::layout::Side;
use crate::model::fits::{Fit, fits};
use crate::model::graph::{End, ImportState, Node, NodeKind};
use crate::model::port::{Port, short};
use crate::model::project::{Component, kebab, numbered};
use crate::tui::effect::Effect;
use crate::tui::overlay::{Choice, Item, Overlay, Picker};
use crate::tui::pane::graph::wiring::edits;
use crate::tui::pane::graph::wiring::targets::{opposite, targets};
use crate::tui::pane::graph::wiring::wire::wiring;
use crate::tui::state::State;

/// The port that what is added is to fit: the focused one, if it can be wired.
fn wanted(state: &State) -> Option<(Side, End)> {
    let selection = state.selection()?;
    let node = selection.node_in(&state.view.picture).filter(|n| n.kind != NodeKind::Host)?;
    let (side, port) = selection.port.clone()?;
    let by_host =
        side == Side::Import && node.imports.iter().any(|i| i.port.name == port && i.state == ImportState::Host);
    (!by_host).then(|| (side, End { node: node.name.clone(), port }))
}

/// Lists what fits the focused port and what else there is.
pub(crate) fn open(state: &mut State) {
    let wanted = wanted(state);
    open_for(state, wanted.as_ref());
}

pub(crate) fn open_for(state: &mut State, wanted: Option<&(Side, End)>) {
    state.view.landing = None;
    let (mut items, mut fit) = (Vec::new(), BTreeSet::new());
    if let Some((side, end)) = wanted {
        items.extend(inserted(state, *side, end));
        items.extend(there(state, *side, end));
        let fitting = fitting(state, *side, end);
        fit.extend(fitting.iter().map(|item| item.name.clone()));
        items.extend(fitting);
    }
    let instances = state.app.project.components.iter().filter_map(|c| {
        let placed = placed(state, c);
        let there =
            if placed == 0 { "not in the composition yet".into() } else { format!("{placed} in the composition") };
        let detail = match wanted {
            // What fits stands above, with its wire.
            Some(_) if fit.contains(&c.name) => return None,
            Some((side, end)) => {
                let what = if *side == Side::Import { "exports" } else { "imports" };
                format!("{what} nothing that fits {}; {there}", short(&end.port))
            }
            None => there,
        };
        let changes = vec![Change::Add { component: c.name.clone(), name: None }];
        Some(item(c.name.clone(), detail, format!("added {}", c.name), changes))
    });
    items.extend(instances.collect::<Vec<_>>());
    let title = match wanted {
        Some((_, end)) => format!("Wire or add what fits {}", short(&end.port)),
        None => "Add an instance".to_owned(),
    };
    state.view.overlays.push(Overlay::Picker(Picker::new(title, "No matching component.", items)));
}

fn item(name: String, detail: String, label: String, changes: Vec<Change>) -> Item {
    Item { name, detail, key: String::new(), refused: None, choice: Choice::Edit { label, changes } }
}

fn placed(state: &State, component: &Component) -> usize {
    state.app.graph.instances().filter(|n| n.component.as_deref() == Some(&component.name)).count()
}

fn how(fit: Fit) -> &'static str {
    match fit {
        Fit::Exact => "fits",
        Fit::Newer => "fits, in another version",
        Fit::Shape => "fits by structure",
    }
}

/// What is in the composition and fits.
fn there(state: &State, side: Side, end: &End) -> Vec<Item> {
    let found = targets(&state.app.graph, side, end).into_iter().filter(|t| !t.now);
    let items = found.map(|t| {
        let (from, to) = if side == Side::Import { (end, &t.end) } else { (&t.end, end) };
        let (label, changes) = wiring(from, to);
        let detail = format!("{}: {}, connect it", short(&t.end.port), how(t.fit));
        item(t.end.node.clone(), detail, label, changes)
    });
    items.collect()
}

/// Components one more instance of which fits.
fn fitting(state: &State, side: Side, end: &End) -> Vec<Item> {
    let port = state.app.graph.node(&end.node).and_then(|n| port(n, side, &end.port));
    let Some(port) = port else { return Vec::new() };
    let mut found: Vec<(Fit, Item)> = Vec::new();
    let known = state.app.ports();
    for component in &state.app.project.components {
        let Some(ports) = known.get(&component.name) else { continue };
        let others = if opposite(side) == Side::Export { &ports.exports } else { &ports.imports };
        let fit = |other: &Port| if side == Side::Import { fits(port, other) } else { fits(other, port) };
        let best = others.iter().filter_map(|o| Some((fit(o).ok()?, o))).min_by_key(|(fit, _)| *fit);
        let Some((fit, other)) = best else { continue };
        let new = End { node: component.name.clone(), port: other.name.clone() };
        let (from, to) = if side == Side::Import { (end.clone(), new) } else { (new, end.clone()) };
        let changes = vec![Change::Add { component: component.name.clone(), name: None }, Change::Wire { from, to }];
        let more = if placed(state, component) == 0 { "add" } else { "add another instance" };
        let detail = format!("{}: {}, {more} and connect it", short(&other.name), how(fit));
        let label = format!("added {}, wired to {}", component.name, end.node);
        found.push((fit, item(component.name.clone(), detail, label, changes)));
    }
    found.sort_by_key(|(fit, _)| *fit);
    found.into_iter().map(|(_, item)| item).collect()
}

/// Components that fit into the wires at a port: they take what the wires lead to, and give what is asked for. At an export
/// that several import they fit before all of them, or before one.
fn inserted(state: &State, side: Side, end: &End) -> Vec<Item> {
    let graph = &state.app.graph;
    if side == Side::Import {
        let to = graph.provider(&end.node, &end.port);
        return to.map(|to| between(state, std::slice::from_ref(end), to)).unwrap_or_default();
    }
    let importers: Vec<End> = graph.wires.iter().filter(|wire| wire.to == *end).map(|wire| wire.from.clone()).collect();
    let all = if importers.len() > 1 { between(state, &importers, end) } else { Vec::new() };
    let each = importers.iter().flat_map(|from| between(state, std::slice::from_ref(from), end));
    all.into_iter().chain(each).collect()
}

/// Components that fit between these importers and what they import.
fn between(state: &State, importers: &[End], to: &End) -> Vec<Item> {
    let graph = &state.app.graph;
    let asked: Vec<&Port> = importers
        .iter()
        .filter_map(|from| graph.node(&from.node).and_then(|n| port(n, Side::Import, &from.port)))
        .collect();
    let given = graph.node(&to.node).filter(|n| n.kind != NodeKind::Host).and_then(|n| port(n, Side::Export, &to.port));
    let Some(given) = given.filter(|_| asked.len() == importers.len()) else { return Vec::new() };
    let who = match importers {
        [from] => from.node.clone(),
        several => format!("all {} importers", several.len()),
    };
    let mut found: Vec<(Fit, Item)> = Vec::new();
    let known = state.app.ports();
    for component in &state.app.project.components {
        let Some(ports) = known.get(&component.name) else { continue };
        let fits_all = |export: &Port| asked.iter().map(|asked| fits(asked, export).ok()).collect::<Option<Vec<Fit>>>();
        let gives = ports.exports.iter().filter_map(|e| Some((fits_all(e)?.into_iter().max()?, e)));
        let takes = ports.imports.iter().filter_map(|i| Some((fits(i, given).ok()?, i))).min_by_key(|(fit, _)| *fit);
        let (Some((one, export)), Some((other, import))) = (gives.min_by_key(|(fit, _)| *fit), takes) else { continue };
        // A second instance has a name of its own: the first may be at an end of this very wire.
        let node = numbered(&kebab(&component.name), "-n", |name| graph.node(name).is_some());
        let new = |port: &Port| End { node: node.clone(), port: port.name.clone() };
        let name = (node != component.name).then(|| node.clone());
        let mut changes = vec![Change::Add { component: component.name.clone(), name }];
        changes.extend(importers.iter().flat_map(|from| wiring(from, &new(export)).1));
        changes.push(Change::Wire { from: new(import), to: to.clone() });
        let detail = format!("between {who} and {}: {} at both ends", to.node, how(one.max(other)));
        let label = format!("inserted {node} between {who} and {}", to.node);
        found.push((one.max(other), item(component.name.clone(), detail, label, changes)));
    }
    found.sort_by_key(|(fit, _)| *fit);
    found.into_iter().map(|(_, item)| item).collect()
}

fn port<'g>(node: &'g Node, side: Side, name: &str) -> Option<&'g Port> {
    match side {
        Side::Export => node.exports.iter().find(|p| p.name == name),
        Side::Import => node.imports.iter().map(|i| &i.port).find(|p| p.name == name),
    }
}

/// What was chosen from the list.
pub(crate) fn chosen(state: &mut State, label: &str, changes: &[Change]) -> Vec<Effect> {
    let place = state.view.landing.take();
    edits::change_at(state, label, changes.to_vec(), place)
}
