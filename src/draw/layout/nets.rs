//! Which rows the wires join. All wires into one row are one *net*: they share a trunk, and no other wire may use a
//! stretch of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::graph::{Graph, NodeKind};

use crate::draw::layout::{Detail, HostView, NodeBox, Options, PortRef, PortState, Side};

/// A wire by indices: (node, import) and (node, export).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub from: (usize, usize),
    pub to: (usize, usize),
}

/// A row of a box: at its right edge where wires start, at its left edge where they end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Pin {
    pub node: usize,
    pub row: usize,
}

/// A row through a column that is kept free for a net.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lane {
    pub column: usize,
    pub y: i32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Net {
    /// The node and the port all its wires end at, by name: what it is known by from edit to edit.
    pub key: (String, String),
    pub to: Pin,
    /// Where its wires start, each once.
    pub from: Vec<Pin>,
    /// The first wire of the graph that starts at each of `from`; the very first speaks for what they share.
    pub wires: Vec<usize>,
    /// Whether it ends at the host.
    pub(crate) dashed: bool,
    /// Sorted by column, at most one in each.
    pub(crate) lanes: Vec<Lane>,
}

impl Net {
    pub(crate) fn lane(&self, column: usize) -> Option<i32> {
        self.lanes.iter().find(|l| l.column == column).map(|l| l.y)
    }
}

/// How a wire of the graph is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drawn {
    /// Not at all: one of its ends does not exist, or is not drawn.
    Nowhere,
    /// As a stub at the row it starts from: the host is folded.
    Stub(Pin),
    /// As part of a net.
    Net { net: usize, from: Pin },
}

/// The wires of the graph by indices; `None` for one that ends at a node or port that is not there.
pub(crate) fn resolve(graph: &Graph) -> Vec<Option<Link>> {
    let mut ports: HashMap<(&str, Side, &str), (usize, usize)> = HashMap::new();
    for (n, node) in graph.nodes.iter().enumerate() {
        for (i, import) in node.imports.iter().enumerate() {
            ports.entry((&node.name, Side::Import, &import.port.name)).or_insert((n, i));
        }
        for (e, export) in node.exports.iter().enumerate() {
            ports.entry((&node.name, Side::Export, &export.name)).or_insert((n, e));
        }
    }
    let link = |wire: &crate::model::graph::Wire| {
        let from = ports.get(&(wire.from.node.as_str(), Side::Import, wire.from.port.as_str()))?;
        let to = ports.get(&(wire.to.node.as_str(), Side::Export, wire.to.port.as_str()))?;
        Some(Link { from: *from, to: *to })
    };
    graph.wires.iter().map(link).collect()
}

pub(crate) fn nets(
    graph: &Graph,
    links: &[Option<Link>],
    boxes: &[NodeBox],
    options: &Options,
) -> (Vec<Net>, Vec<Drawn>) {
    let row_of = |side: Side| -> Vec<Vec<usize>> {
        let of_box = |b: &NodeBox| {
            let mut rows = vec![0; b.rows(side).iter().map(|r| r.ports.len()).sum()];
            for (row, ports) in b.rows(side).iter().enumerate() {
                for &port in &ports.ports {
                    rows[port] = row;
                }
            }
            rows
        };
        boxes.iter().map(of_box).collect()
    };
    let (imports, exports) = (row_of(Side::Import), row_of(Side::Export));
    let mut nets: Vec<Net> = Vec::new();
    let mut by_end: BTreeMap<Pin, usize> = BTreeMap::new();
    let mut draw = |wire: usize, link: &Link| {
        let [starts_at_host, dashed] = [link.from.0, link.to.0].map(|node| graph.nodes[node].kind == NodeKind::Host);
        if options.host == HostView::Counted && (starts_at_host || dashed) {
            return Drawn::Nowhere;
        }
        let from = Pin { node: link.from.0, row: imports[link.from.0][link.from.1] };
        if dashed && options.host == HostView::Folded {
            return Drawn::Stub(from);
        }
        let to = Pin { node: link.to.0, row: exports[link.to.0][link.to.1] };
        let net = *by_end.entry(to).or_insert_with(|| {
            let port = &graph.nodes[to.node].exports[boxes[to.node].exports[to.row].ports[0]].name;
            let key = (graph.nodes[to.node].name.clone(), port.clone());
            nets.push(Net { key, to, from: Vec::new(), wires: Vec::new(), dashed, lanes: Vec::new() });
            nets.len() - 1
        });
        if !nets[net].from.contains(&from) {
            nets[net].from.push(from);
            nets[net].wires.push(wire);
        }
        Drawn::Net { net, from }
    };
    let drawn =
        links.iter().enumerate().map(|(i, link)| link.as_ref().map_or(Drawn::Nowhere, |l| draw(i, l))).collect();
    (nets, drawn)
}

/// Tells every net through which columns it must pass: those between its ends, and for a wire that runs back to the
/// left all from the caller's column to the callee's, both included.
pub(crate) fn reserve_lanes(nets: &mut [Net], boxes: &[NodeBox]) {
    for net in nets {
        let end = boxes[net.to.node].column;
        let starts = || net.from.iter().map(|pin| boxes[pin.node].column);
        let first = starts().min().unwrap_or(end).min(end);
        let last = starts().max().unwrap_or(end);
        let forward = first + 1..end;
        let back = if last >= end { end..last + 1 } else { 0..0 };
        net.lanes = forward.chain(back).map(|column| Lane { column, y: 0 }).collect();
    }
}

/// The rows that end in a dashed stub instead of a wire: the host's side of things while it is folded.
pub(crate) fn stubs(boxes: &[NodeBox], nets: &[Net], options: &Options) -> Vec<PortRef> {
    if options.detail == Detail::Names || options.host == HostView::Counted {
        return Vec::new();
    }
    let wired: HashSet<(Pin, Side)> =
        nets.iter().flat_map(|n| n.from.iter().map(|p| (*p, Side::Import)).chain([(n.to, Side::Export)])).collect();
    let mut stubs = Vec::new();
    for (node, b) in boxes.iter().enumerate() {
        for side in [Side::Export, Side::Import] {
            let hosted = (0..b.rows(side).len()).filter(|row| b.rows(side)[*row].state == PortState::Host);
            let bare = hosted.filter(|&row| !wired.contains(&(Pin { node, row }, side)));
            stubs.extend(bare.map(|row| PortRef { node, side, row }));
        }
    }
    stubs
}
