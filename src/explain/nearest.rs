//! Everything that exports something like an import, the most alike first.

use std::cmp::Reverse;
use std::collections::HashSet;

use serde::Serialize;

use crate::explain::Facts;
use crate::explain::worlds::Worlds;
use crate::model::fits::fits;
use crate::model::graph::takers;
use crate::model::graph::{End, NodeKind};
use crate::model::port::{InterfaceName, Port, PortKind, short};

/// An export that comes near an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Near {
    #[serde(flatten)]
    pub(crate) end: End,
    /// Whether it is a node of the composition, or only a component of the project.
    pub(crate) placed: bool,
    pub fits: bool,
    /// How many differences keep it from fitting.
    pub(crate) differences: usize,
    /// Whether wiring it would make a cycle.
    pub(crate) cycle: bool,
}

/// How many are worth reading.
const MOST: usize = 6;

/// How many are compared type by type.
const MOST_COMPARED: usize = 32;

pub(crate) fn nearest(facts: Facts<'_>, worlds: &mut Worlds<'_>, from: &End, import: &Port) -> Vec<Near> {
    let nodes = facts.graph.nodes.iter().filter(|n| n.kind == NodeKind::Component && n.name != from.node);
    let placed = nodes.flat_map(|n| n.exports.iter().map(|e| (n.name.clone(), e, true)));
    let placed_names =
        facts.graph.instances().flat_map(|n| n.component.as_deref().into_iter().chain([n.name.as_str()]));
    let in_use: HashSet<&str> = placed_names.collect();
    let waiting = facts.ports.iter().filter(|(name, _)| !in_use.contains(name.as_str()));
    let waiting = waiting.flat_map(|(name, ports)| ports.exports.iter().map(|e| (name.clone(), e, false)));
    let ours = functions(import).collect();
    let mut candidates: Vec<_> = placed
        .chain(waiting)
        .filter_map(|(node, export, placed)| Some((likeness(import, &ours, export)?, node, export, placed)))
        .collect();
    // Comparing is what costs: the most alike by name and functions are compared, whatever their number.
    candidates.sort_by_key(|(likeness, node, export, placed)| {
        (Reverse(*likeness), !*placed, node.clone(), export.name.clone())
    });
    candidates.truncate(MOST_COMPARED);
    let takers = takers(facts.graph, &from.node);
    let mut found: Vec<(bool, Near)> = candidates
        .into_iter()
        .map(|(_, node, export, placed)| {
            let end = End { node, port: export.name.clone() };
            let all = crate::explain::compare(facts, worlds, (from, import), (&end, export));
            let differences = all.iter().filter(|d| !d.harmless).count();
            let cycle = placed && takers.contains(end.node.as_str());
            let near = Near { end, placed, fits: differences == 0, differences, cycle };
            (same(import, export), near)
        })
        .collect();
    found.sort_by_key(|(same, n)| (n.cycle, n.differences, !*same, !n.placed, n.end.clone()));
    found.into_iter().take(MOST).map(|(_, near)| near).collect()
}

/// The same interface, versions aside.
fn same(import: &Port, export: &Port) -> bool {
    match (InterfaceName::parse(&import.name), InterfaceName::parse(&export.name)) {
        (Some(i), Some(e)) => i.same_interface(&e),
        _ => import.name == export.name,
    }
}

/// How much two ports have in common that is worth comparing: the interface, its short name, functions of one name.
/// `None` where there is nothing.
fn likeness(import: &Port, ours: &HashSet<&str>, export: &Port) -> Option<(bool, bool, usize)> {
    if import.kind != export.kind || import.kind == PortKind::Other {
        return None;
    }
    let named_alike = short(&import.name) == short(&export.name);
    let equal = import.kind == PortKind::Function && fits(import, export).is_ok();
    let shared = functions(export).filter(|name| ours.contains(name)).count();
    (named_alike || equal || shared > 0).then(|| (same(import, export), named_alike, shared))
}

/// The names in a port's lines that are followed by a type.
fn functions(port: &Port) -> impl Iterator<Item = &str> {
    port.signature.iter().filter_map(|line| line.split_once(": ")).map(|(name, _)| name)
}
