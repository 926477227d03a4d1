//! The graph as it is drawn: laid out when it changes, not when it is looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::draw::canvas;
use crate::draw::geometry::Rect;
use crate::draw::layout;
use crate::draw::layout::{Detail, Layout, Options, Place, PortRef, Side};
use crate::draw::route;
use crate::draw::route::Routes;
use crate::model::graph::{Graph, ImportState, Node, NodeKind};
use crate::tui::pane::graph::selection::Selection;

/// Cells kept free on a node for its build chip, as in `✔ 0.42 s`.
const STATUS: i32 = 10;

/// How much is shown of the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Every port, and room for build chips.
    Chips,
    Ports,
    /// Names, and how many ports.
    Compact,
    /// One cell a node.
    Dots,
}

impl Level {
    pub const ALL: [Self; 4] = [Self::Chips, Self::Ports, Self::Compact, Self::Dots];

    fn options(self, unfolded: &BTreeSet<String>) -> Options {
        let (detail, status_width) = match self {
            Self::Chips => (Detail::Full, STATUS),
            Self::Ports => (Detail::Full, 0),
            Self::Compact => (Detail::Compact, 0),
            Self::Dots => (Detail::Dots, 0),
        };
        Options { detail, status_width, unfolded: unfolded.clone(), ..Options::default() }
    }

    /// Whether every port has a row of its own.
    pub const fn has_ports(self) -> bool {
        matches!(self, Self::Chips | Self::Ports)
    }

    /// The word for it; none for what one expects to see.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Chips | Self::Ports => None,
            Self::Compact => Some("compact"),
            Self::Dots => Some("dots"),
        }
    }

    /// One step less, or more, of the nodes.
    #[must_use]
    pub fn stepped(self, by: isize) -> Self {
        let place = Self::ALL.iter().position(|l| *l == self).unwrap_or(0);
        let next = place.saturating_add_signed(by).min(Self::ALL.len() - 1);
        Self::ALL.get(next).copied().unwrap_or(self)
    }
}

/// One graph at one level.
#[derive(Clone, Debug, Default)]
pub struct Drawn {
    pub layout: Layout,
    pub routes: Routes,
}

impl Drawn {
    pub fn extent(&self) -> Rect {
        canvas::extent(&self.layout, &self.routes)
    }

    /// Columns of what is the user's own: the host stands last and may be cut off.
    fn own_width(&self) -> i32 {
        let boxes = self.layout.boxes.iter().filter(|b| b.kind != NodeKind::Host);
        boxes.map(|b| b.rect.right()).max().unwrap_or(0) - self.extent().x
    }
}

/// The graph at the levels that a pane chooses from.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// Where each node stands in `graph`: a frame asks for hundreds by name.
    index: Arc<BTreeMap<String, usize>>,
    /// What was laid out. Indices of the drawn are indices of this, whatever the state's graph is by now.
    graph: Graph,
    unfolded: BTreeSet<String>,
    /// Where the user put nodes, at the levels that show ports.
    places: BTreeMap<String, Place>,
    levels: [Drawn; 4],
}

/// Nodes and wires that are laid out between two frames; larger graphs are laid out off the loop.
const AT_ONCE: usize = 80;

impl Picture {
    /// Whether it shows this graph, with the host's rows open on these nodes.
    pub fn shows(&self, graph: &Graph, unfolded: &BTreeSet<String>) -> bool {
        self.graph.nodes == graph.nodes && self.graph.wires == graph.wires && self.unfolded == *unfolded
    }

    pub fn is_small(graph: &Graph) -> bool {
        graph.nodes.len() + graph.wires.len() <= AT_ONCE
    }

    /// The same picture of another graph; what can stay where it was stays.
    #[must_use]
    pub fn following(&self, graph: &Graph, unfolded: &BTreeSet<String>) -> Self {
        let before = !self.graph.nodes.is_empty();
        let draw = |(level, drawn): (Level, &Drawn)| {
            let previous = before.then_some(&drawn.layout);
            let places = self.places_at(level, graph);
            let layout = layout::layout(graph, &level.options(unfolded), previous, &places);
            let routes = route::route(&layout);
            Drawn { layout, routes }
        };
        let [chips, ports, compact, dots] = &self.levels;
        let levels = [(Level::Chips, chips), (Level::Ports, ports), (Level::Compact, compact), (Level::Dots, dots)];
        let index = graph.nodes.iter().enumerate().map(|(number, node)| (node.name.clone(), number)).collect();
        Self {
            index: Arc::new(index),
            levels: levels.map(draw),
            graph: graph.clone(),
            unfolded: unfolded.clone(),
            places: self.places.clone(),
        }
    }

    /// The same picture, with the user's places for the next one.
    #[must_use]
    pub fn with_places(&self, places: BTreeMap<String, Place>) -> Self {
        Self { places, ..self.clone() }
    }

    pub fn places(&self) -> &BTreeMap<String, Place> {
        &self.places
    }

    /// The user's places at a level. They are rows of the levels that show ports; where boxes are lower, a node that was
    /// put so many boxes down stands so many boxes down.
    fn places_at(&self, level: Level, graph: &Graph) -> BTreeMap<String, Place> {
        let mut places = self.places.clone();
        let pitch = match level {
            Level::Chips | Level::Ports => return places,
            Level::Compact => 4,
            Level::Dots => 2,
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

    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    pub fn is_unfolded(&self, node: &str) -> bool {
        self.unfolded.contains(node)
    }

    pub fn at(&self, level: Level) -> &Drawn {
        let [chips, ports, compact, dots] = &self.levels;
        match level {
            Level::Chips => chips,
            Level::Ports => ports,
            Level::Compact => compact,
            Level::Dots => dots,
        }
    }

    /// The fullest level that fits a pane of this size, else the fullest that says what every port is.
    pub fn fitting(&self, columns: u16, rows: u16) -> Level {
        let fits = |level: &Level| {
            let drawn = self.at(*level);
            let width = if *level == Level::Chips { drawn.extent().width } else { drawn.own_width() };
            width <= i32::from(columns) && drawn.extent().height <= i32::from(rows)
        };
        [Level::Chips, Level::Ports, Level::Compact].into_iter().find(fits).unwrap_or(Level::Ports)
    }

    pub fn node(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// The row of a box that stands for the spot's port.
    pub fn port(&self, level: Level, selection: &Selection) -> Option<PortRef> {
        let (side, name) = selection.port.as_ref()?;
        self.row(level, &selection.node, *side, name)
    }

    /// The row of a box that stands for a port of a node.
    pub fn row(&self, level: Level, node: &str, side: Side, name: &str) -> Option<PortRef> {
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

    /// The cells of a spot: its row of the box, or the whole box.
    pub fn area(&self, level: Level, selection: &Selection) -> Option<Rect> {
        let layout = &self.at(level).layout;
        let rect = layout.boxes.get(self.node(&selection.node)?)?.rect;
        let row = self.port(level, selection).and_then(|port| layout.port(port)).filter(|_| level.has_ports());
        Some(row.map_or(rect, |at| Rect::new(rect.x, at.y, rect.width, 1)))
    }

    /// The wires that begin or end at a spot: at its port, at all ports of its row, or at any port of its node.
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
pub fn window(extent: &Rect, pan: (i32, i32), size: (u16, u16)) -> Rect {
    let (width, height) = (i32::from(size.0), i32::from(size.1));
    let start = |from: i32, size: i32, room: i32| if size <= room { from - (room - size) / 2 } else { from };
    let x = start(extent.x, extent.width, width).saturating_add(pan.0);
    let y = start(extent.y, extent.height, height).saturating_add(pan.1);
    Rect::new(x, y, width, height)
}
