//! Everything that exports something like an import, the most alike first.

use serde::Serialize;

use super::Facts;
use super::worlds::Worlds;
use crate::model::graph::{End, NodeKind};
use crate::model::port::{InterfaceName, Port, PortKind, short};
use crate::model::wac_text::cycle;

/// An export that comes near an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Near {
    #[serde(flatten)]
    pub end: End,
    /// Whether it is a node of the composition, or only a component of the project.
    pub placed: bool,
    pub fits: bool,
    /// How many differences keep it from fitting.
    pub differences: usize,
    /// Whether wiring it would make a cycle.
    pub cycle: bool,
}

/// How many are worth reading.
const MOST: usize = 6;

pub(super) fn nearest(facts: Facts<'_>, worlds: &mut Worlds<'_>, from: &End, import: &Port) -> Vec<Near> {
    let nodes = facts.graph.nodes.iter().filter(|n| n.kind == NodeKind::Component && n.name != from.node);
    let placed = nodes.flat_map(|n| n.exports.iter().map(|e| (n.name.clone(), e, true)));
    let in_use = |name: &str| facts.graph.instances().any(|n| n.component.as_deref() == Some(name) || n.name == name);
    let waiting = facts.ports.iter().filter(|(name, _)| !in_use(name));
    let waiting = waiting.flat_map(|(name, ports)| ports.exports.iter().map(|e| (name.clone(), e, false)));
    let mut found: Vec<(bool, Near)> = placed
        .chain(waiting)
        .filter(|(_, export, _)| alike(import, export))
        .map(|(node, export, placed)| {
            let end = End { node, port: export.name.clone() };
            let all = super::compare(facts, worlds, (from, import), (&end, export));
            let differences = all.iter().filter(|d| !d.harmless).count();
            let cycle = placed && cycle(facts.graph, &from.node, &end.node).is_some();
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

/// Whether two ports have anything in common that is worth comparing: a name, or a function.
fn alike(import: &Port, export: &Port) -> bool {
    if import.kind != export.kind || import.kind == PortKind::Other {
        return false;
    }
    let function = |line: &str| line.split_once(": ").map(|(name, _)| name.to_owned());
    short(&import.name) == short(&export.name)
        || import.kind == PortKind::Function && import.signature == export.signature
        || import
            .signature
            .iter()
            .filter_map(|l| function(l))
            .any(|name| export.signature.iter().filter_map(|l| function(l)).any(|other| other == name))
}
