//! The graph as it is drawn: laid out when it changes, not when it is looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::draw::fit::Subject;
use crate::draw::geometry::Rect;
use crate::draw::layout::{Place, PortRef, Room, Side};
use crate::model::graph::{Graph, HOST, ImportState, Node, NodeKind};
use crate::tui::pane::graph::selection::Selection;

pub(crate) use crate::draw::fit::{Drawn, Level};

/// The graph at every level, arranged for the pane it is shown in.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// Where each node stands in `graph`: a frame asks for hundreds by name.
    index: Arc<BTreeMap<String, usize>>,
    /// What was laid out. Indices of the drawn are indices of this, whatever the state's graph is by now.
    graph: Graph,
    unfolded: BTreeSet<String>,
    wish: Wish,
    /// Columns and rows that the whole takes where it has all the room it likes.
    natural: (i32, i32),
    /// The fullest level that fits; else names, which are no wider than the pane where that can be.
    fitting: Level,
    levels: [Drawn; 4],
}

/// What a picture is arranged by, beside the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Where the user put nodes, at the levels that show ports.
    pub(crate) places: BTreeMap<String, Place>,
    pub(crate) room: Room,
    /// The user's choice; `None` is as much as fits.
    pub(crate) level: Option<Level>,
}

impl Default for Wish {
    fn default() -> Self {
        Self { places: BTreeMap::new(), room: Room { columns: 80, rows: 20 }, level: None }
    }
}

/// Nodes and wires that are laid out between two frames; larger graphs are laid out off the loop.
const AT_ONCE: usize = 24;

impl Picture {
    /// Whether it shows this graph as wished, with the host's rows open on these nodes.
    pub(crate) fn shows(&self, graph: &Graph, unfolded: &BTreeSet<String>, wish: &Wish) -> bool {
        self.wish == *wish && self.is_of(graph, unfolded)
    }

    fn is_of(&self, graph: &Graph, unfolded: &BTreeSet<String>) -> bool {
        self.graph.nodes == graph.nodes && self.graph.wires == graph.wires && self.unfolded == *unfolded
    }

    pub(crate) fn is_small(graph: &Graph) -> bool {
        let own = graph.wires.iter().filter(|wire| wire.to.node != HOST).count();
        graph.nodes.len() + own <= AT_ONCE
    }

    /// The same picture of another graph, or for another pane. What can stay where it was stays, and while what was shown
    /// still fits it keeps its arrangement.
    #[must_use]
    pub fn following(&self, graph: &Graph, unfolded: &BTreeSet<String>, wish: Wish) -> Self {
        let same_pane = self.wish.room == wish.room && self.wish.level == wish.level;
        let same_graph = self.is_of(graph, unfolded) && self.wish.places == wish.places;
        let before = |level: Level| (!self.graph.nodes.is_empty()).then(|| self.at(level));
        let places: [BTreeMap<String, Place>; 4] = Level::ALL.map(|level| places_at(level, graph, &wish.places));
        let subject = |level: Level| Subject { graph, unfolded, pinned: &places[level as usize], room: wish.room };
        let current = wish.level.unwrap_or(self.fitting);
        let shown = before(current).filter(|_| same_pane);
        let kept = shown.and_then(|shown| subject(current).kept(shown)).filter(|kept| kept.fits(wish.room));
        let mut found = kept.map(|kept| (current, kept));
        if found.is_none() {
            let levels = wish.level.map_or(Level::ALL.to_vec(), |level| vec![level]);
            found = levels.into_iter().find_map(|level| Some((level, subject(level).search(level)?)));
        }
        let level = wish.level.unwrap_or(Level::Names);
        found = found.or_else(|| Some((level, subject(level).as_wide_as_the_room(level, before(level))?)));
        let fitting = found.as_ref().map_or(Level::Names, |(level, _)| *level);
        let levels = Level::ALL.map(|level| match &found {
            Some((shown, drawn)) if *shown == level => match before(level) {
                // Nothing moves because a pane grew.
                Some(before) if same_graph && before.arrangement == drawn.arrangement && before.fits(wish.room) => {
                    before.clone()
                }
                _ => drawn.clone(),
            },
            _ => subject(level).unfit(level, before(level)),
        });
        let natural = if same_graph { self.natural } else { subject(Level::Ports).natural() };
        let index = graph.nodes.iter().enumerate().map(|(number, node)| (node.name.clone(), number)).collect();
        Self {
            index: Arc::new(index),
            graph: graph.clone(),
            unfolded: unfolded.clone(),
            wish,
            natural,
            fitting,
            levels,
        }
    }

    pub fn wish(&self) -> &Wish {
        &self.wish
    }

    /// Columns and rows that the whole takes where it has all the room it likes.
    pub(crate) fn natural(&self) -> (i32, i32) {
        self.natural
    }

    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    pub fn at(&self, level: Level) -> &Drawn {
        let [status, ports, compact, names] = &self.levels;
        match level {
            Level::Status => status,
            Level::Ports => ports,
            Level::Compact => compact,
            Level::Names => names,
        }
    }

    /// The fullest level that fits the pane; else names, which are no wider than the pane where that can be.
    pub(crate) fn fitting(&self) -> Level {
        self.fitting
    }

    pub fn node(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// The row of a box that stands for the selection's port.
    pub fn port(&self, level: Level, selection: &Selection) -> Option<PortRef> {
        let (side, name) = selection.port.as_ref()?;
        self.row(level, &selection.node, *side, name)
    }

    /// The row of a box that stands for a port of a node.
    pub(crate) fn row(&self, level: Level, node: &str, side: Side, name: &str) -> Option<PortRef> {
        let node = self.node(node)?;
        let there = self.graph.nodes.get(node)?;
        let port = match side {
            Side::Export => there.exports.iter().position(|p| p.name == name)?,
            Side::Import => there.imports.iter().position(|i| i.port.name == name)?,
        };
        let rows = self.at(level).layout.boxes.get(node)?.rows(side);
        let row = rows.iter().position(|r| r.ports.contains(&port))?;
        Some(PortRef { node, side, row })
    }

    /// What a row of a box is by name: of several ports in one row, the first.
    pub fn selection(&self, level: Level, port: PortRef) -> Option<Selection> {
        let node = self.graph.nodes.get(port.node)?;
        let row = self.at(level).layout.boxes.get(port.node)?.rows(port.side).get(port.row)?;
        let name = port_name(&self.graph, port.node, port.side, *row.ports.first()?)?;
        Some(Selection { node: node.name.clone(), port: Some((port.side, name.to_owned())) })
    }

    /// The cells of a selection: its row of the box, or the whole box.
    pub(crate) fn area(&self, level: Level, selection: &Selection) -> Option<Rect> {
        let layout = &self.at(level).layout;
        let rect = layout.boxes.get(self.node(&selection.node)?)?.rect;
        let row = self.port(level, selection).and_then(|port| layout.port(port)).filter(|_| level.has_ports());
        Some(row.map_or(rect, |at| Rect::new(rect.x, at.y, rect.width, 1)))
    }

    /// The wires that begin or end at a selection: at its port, at all ports of its row, or at any port of its node.
    pub fn wires(&self, level: Level, selection: &Selection) -> BTreeSet<usize> {
        let row = self.port(level, selection).filter(|_| level.has_ports());
        let ports: Option<(Side, Vec<&str>)> = row.and_then(|at| {
            let row = self.at(level).layout.boxes.get(at.node)?.rows(at.side).get(at.row)?;
            Some((at.side, row.ports.iter().filter_map(|p| port_name(&self.graph, at.node, at.side, *p)).collect()))
        });
        let touches = |wire: &crate::model::graph::Wire| match &ports {
            None => wire.from.node == selection.node || wire.to.node == selection.node,
            Some((Side::Import, names)) => wire.from.node == selection.node && names.contains(&wire.from.port.as_str()),
            Some((Side::Export, names)) => wire.to.node == selection.node && names.contains(&wire.to.port.as_str()),
        };
        self.graph.wires.iter().enumerate().filter(|(_, w)| touches(w)).map(|(index, _)| index).collect()
    }
}

/// The user's places at a level. They are rows of the levels that show ports; where boxes are lower, a node that was put
/// so many boxes down stands so many boxes down.
fn places_at(level: Level, graph: &Graph, places: &BTreeMap<String, Place>) -> BTreeMap<String, Place> {
    let mut places = places.clone();
    let pitch = match level {
        Level::Status | Level::Ports => return places,
        Level::Compact => 4,
        Level::Names => 2,
    };
    let components = || graph.nodes.iter().filter(|n| n.kind == NodeKind::Component);
    // A row a port, two of border, and the one between two boxes.
    let rows: usize = components().map(|n| n.exports.len().max(own_imports(n)) + 3).sum();
    let full = i32::try_from(rows / components().count().max(1)).unwrap_or(pitch).max(pitch);
    for (_, row) in places.values_mut() {
        *row = row.saturating_mul(pitch) / full;
    }
    places
}

/// Rows that a node's imports take while the host's are folded into one.
fn own_imports(node: &Node) -> usize {
    let hosted = node.imports.iter().filter(|i| i.state == ImportState::Host).count();
    node.imports.len() - hosted + hosted.min(1)
}

fn port_name(graph: &Graph, node: usize, side: Side, port: usize) -> Option<&str> {
    let node = graph.nodes.get(node)?;
    match side {
        Side::Export => node.exports.get(port).map(|p| p.name.as_str()),
        Side::Import => node.imports.get(port).map(|i| i.port.name.as_str()),
    }
}

/// What part of a picture a pane of this size shows: its middle while it fits, else from its start; moved by `pan`.
pub(crate) fn window(extent: &Rect, pan: (i32, i32), size: (u16, u16)) -> Rect {
    let (width, height) = (i32::from(size.0), i32::from(size.1));
    let start = |from: i32, size: i32, room: i32| if size <= room { from - (room - size) / 2 } else { from };
    let x = start(extent.x, extent.width, width).saturating_add(pan.0);
    let y = start(extent.y, extent.height, height).saturating_add(pan.1);
    Rect::new(x, y, width, height)
}
