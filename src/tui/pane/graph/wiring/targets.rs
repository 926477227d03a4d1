//! What a port may be wired to, and why not to the rest. One pass over the graph, for a key must not wait for it.

use std::collections::{BTreeSet, HashMap};

use crate::draw::layout::Side;
use crate::model::fits::{Fit, fits};
use crate::model::graph::cycle;
use crate::model::graph::{ENTRY, End, Graph, Node, NodeKind};
use crate::model::port::{InterfaceName, Port, short};

/// One end that a wire may be led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub end: End,
    pub(crate) fit: Fit,
    /// It is wired so already.
    pub now: bool,
}

/// The other side of a port of this side.
pub(crate) const fn opposite(side: Side) -> Side {
    match side {
        Side::Export => Side::Import,
        Side::Import => Side::Export,
    }
}

fn port_of<'g>(graph: &'g Graph, side: Side, end: &End) -> Option<&'g Port> {
    let node = graph.node(&end.node)?;
    match side {
        Side::Export => node.exports.iter().find(|p| p.name == end.port),
        Side::Import => node.imports.iter().map(|i| &i.port).find(|p| p.name == end.port),
    }
}

/// Nodes from which a way along the wires leads to `node`, or to which one leads from it; itself included.
fn related<'g>(graph: &'g Graph, node: &'g str, callers: bool) -> BTreeSet<&'g str> {
    let mut directions: HashMap<&str, Vec<&str>> = HashMap::new();
    for wire in &graph.wires {
        let (from, to) = (wire.from.node.as_str(), wire.to.node.as_str());
        let (key, there) = if callers { (to, from) } else { (from, to) };
        directions.entry(key).or_default().push(there);
    }
    let (mut seen, mut open) = (BTreeSet::from([node]), vec![node]);
    while let Some(at) = open.pop() {
        for there in directions.get(at).into_iter().flatten() {
            if seen.insert(there) {
                open.push(there);
            }
        }
    }
    seen
}

/// Everything that a port may be wired to, what fits best first.
pub(crate) fn targets(graph: &Graph, side: Side, from: &End) -> Vec<Target> {
    let Some(port) = port_of(graph, side, from) else { return Vec::new() };
    // Who imports from a node, however indirectly, must not be what it imports from.
    let circle = related(graph, &from.node, side == Side::Import);
    let free = |n: &&Node| match side {
        Side::Import => n.kind == NodeKind::Component && !circle.contains(n.name.as_str()),
        Side::Export => n.kind == NodeKind::Component && !circle.contains(n.name.as_str()),
    };
    let mut found: Vec<Target> =
        graph.nodes.iter().filter(free).flat_map(|n| in_node(graph, n, side, from, port)).collect();
    found.sort_by(|a, b| (a.fit, &a.end).cmp(&(b.fit, &b.end)));
    found
}

fn in_node(graph: &Graph, node: &Node, side: Side, from: &End, port: &Port) -> Vec<Target> {
    let target = |name: &str, fit: Fit| {
        let end = End { node: node.name.clone(), port: name.to_owned() };
        let (user, provider) = if side == Side::Import { (from, &end) } else { (&end, from) };
        let now = graph.provider(&user.node, &user.port) == Some(provider);
        Target { end, fit, now }
    };
    match side {
        Side::Import => {
            let likely = node.exports.iter().filter(|e| may_fit(port, e));
            likely.filter_map(|e| Some(target(&e.name, fits(port, e).ok()?))).collect()
        }
        Side::Export => {
            let likely = node.imports.iter().filter(|i| may_fit(&i.port, port));
            likely.filter_map(|i| Some(target(&i.port.name, fits(&i.port, port).ok()?))).collect()
        }
    }
}

/// What costs little and rules most out: another interface that has not even the first thing that is wanted.
fn may_fit(import: &Port, export: &Port) -> bool {
    if short(&import.name) == short(&export.name) {
        return true;
    }
    let Some(first) = import.signature.first() else { return true };
    let subject = first.split([':', ' ', '{']).next().unwrap_or(first);
    let same = InterfaceName::parse(&import.name).is_none();
    same || export.signature.iter().any(|line| line.starts_with(subject))
}

/// Why an import and an export are not wired, in one line; `None` where they may be.
pub(crate) fn refusal(graph: &Graph, from: &End, to: &End) -> Option<String> {
    if from.node == to.node {
        return Some(format!("`{}` cannot be wired to itself", from.node));
    }
    let (import, export) = (port_of(graph, Side::Import, from)?, port_of(graph, Side::Export, to)?);
    if let Err(mismatches) = fits(import, export) {
        return Some(mismatches.between(from, to).to_string());
    }
    let path = (from.node != ENTRY).then(|| cycle(graph, &from.node, &to.node)).flatten()?;
    Some(format!("this would make a cycle: {}", path.join(" → ")))
}

/// Why nothing fits: what comes nearest by its name, and what keeps it from fitting.
pub(crate) fn nothing(graph: &Graph, side: Side, from: &End) -> String {
    let near = graph.nodes.iter().filter(|n| n.kind == NodeKind::Component && n.name != from.node).find_map(|n| {
        let names: Vec<&str> = match side {
            Side::Import => n.exports.iter().map(|p| p.name.as_str()).collect(),
            Side::Export => n.imports.iter().map(|i| i.port.name.as_str()).collect(),
        };
        let name = names.into_iter().find(|name| short(name) == short(&from.port))?;
        let end = End { node: n.name.clone(), port: name.to_owned() };
        let (user, provider) = if side == Side::Import { (from, &end) } else { (&end, from) };
        refusal(graph, user, provider)
    });
    let what = if side == Side::Import { "exports" } else { "imports" };
    near.unwrap_or_else(|| format!("nothing in this composition {what} `{}`", short(&from.port)))
}
