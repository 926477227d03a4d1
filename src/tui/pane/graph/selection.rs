//! The place in the graph that has the keys: a node, or one of its ports. Named, so that it outlives edits of the graph
//! and changes of what is shown of it.

use crate::draw::layout::{PortRef, Side};
use crate::model::graph::{Node, Wire};
use crate::tui::pane::graph::picture::{Level, Picture};

/// A node of the graph, or one of its ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Its name in the graph.
    pub node: String,
    /// The full name of a port.
    pub port: Option<(Side, String)>,
}

/// Where an arrow leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Against the calls: to the exports of the node, then to who calls it.
    Left,
    /// With the calls: to the imports of the node, then to who serves it.
    Right,
    Up,
    Down,
}

impl Selection {
    pub(crate) fn of_node(node: impl Into<String>) -> Self {
        Self { node: node.into(), port: None }
    }

    /// The first in reading order.
    pub(crate) fn first(picture: &Picture, level: Level) -> Option<Self> {
        let layout = &picture.at(level).layout;
        let node = layout.walk().into_iter().next().and_then(|n| layout.boxes.get(n))?;
        Some(Self::of_node(node.name.clone()))
    }

    /// The first or last port in reading order, or node where ports are not shown.
    pub fn end(picture: &Picture, level: Level, last: bool) -> Option<Self> {
        let layout = &picture.at(level).layout;
        if level.has_ports() {
            let ports = layout.walk_ports();
            let port = if last { ports.last() } else { ports.first() };
            return picture.selection(level, *port?);
        }
        let nodes = layout.walk();
        let node = if last { nodes.last() } else { nodes.first() };
        layout.boxes.get(*node?).map(|b| Self::of_node(b.name.clone()))
    }

    /// The next node in reading order, or the one before; around at the ends.
    pub(crate) fn next_node(&self, picture: &Picture, level: Level, back: bool) -> Option<Self> {
        let layout = &picture.at(level).layout;
        let nodes = layout.walk();
        let place = picture.node(&self.node).and_then(|n| nodes.iter().position(|w| *w == n))?;
        let by = if back { nodes.len() - 1 } else { 1 };
        let next = layout.boxes.get(*nodes.get((place + by) % nodes.len())?)?;
        Some(Self::of_node(next.name.clone()))
    }

    pub(crate) fn toward(&self, picture: &Picture, level: Level, way: Direction) -> Option<Self> {
        match way {
            Direction::Left | Direction::Right => self.across(picture, level, way == Direction::Left),
            Direction::Up | Direction::Down if level.has_ports() => self.along(picture, level, way == Direction::Up),
            Direction::Up | Direction::Down => self.next_node(picture, level, way == Direction::Up),
        }
    }

    /// Up or down the ports of one side of a box, and on to the next box.
    fn along(&self, picture: &Picture, level: Level, up: bool) -> Option<Self> {
        let layout = &picture.at(level).layout;
        let node = picture.node(&self.node)?;
        let of = |node: usize, side: Side, last: bool| {
            let sides = if side == Side::Export { [Side::Export, Side::Import] } else { [Side::Import, Side::Export] };
            sides.into_iter().find_map(|side| {
                let rows = layout.boxes.get(node)?.rows(side).len();
                (rows > 0).then(|| PortRef { node, side, row: if last { rows - 1 } else { 0 } })
            })
        };
        let next = match picture.port(level, self) {
            None if !up => of(node, Side::Export, false),
            None => None,
            Some(PortRef { row: 0, .. }) if up => return Some(Self::of_node(self.node.clone())),
            Some(at) if up => Some(PortRef { row: at.row - 1, ..at }),
            Some(at) => {
                let more = layout.boxes.get(node).is_some_and(|b| at.row + 1 < b.rows(at.side).len());
                more.then_some(PortRef { row: at.row + 1, ..at })
            }
        };
        if let Some(port) = next {
            return picture.selection(level, port);
        }
        // The end of this box: on to the next one, entered from the side it was left at.
        let nodes = layout.walk();
        let place = nodes.iter().position(|n| *n == node)?;
        let beside = if up { nodes.get(place.checked_sub(1)?)? } else { nodes.get(place + 1)? };
        if !up {
            return layout.boxes.get(*beside).map(|b| Self::of_node(b.name.clone()));
        }
        let side = self.port.as_ref().map_or(Side::Export, |(side, _)| *side);
        match of(*beside, side, true) {
            Some(port) => picture.selection(level, port),
            None => layout.boxes.get(*beside).map(|b| Self::of_node(b.name.clone())),
        }
    }

    /// To the other side of the box, or along a wire.
    fn across(&self, picture: &Picture, level: Level, left: bool) -> Option<Self> {
        let (near, far) = if left { (Side::Import, Side::Export) } else { (Side::Export, Side::Import) };
        if let Some(at) = picture.port(level, self).filter(|at| at.side == near && level.has_ports()) {
            let rows = picture.at(level).layout.boxes.get(at.node)?.rows(far).len();
            if rows > 0 {
                return picture.selection(level, PortRef { side: far, row: at.row.min(rows - 1), ..at });
            }
            return None;
        }
        let wires = picture.wires(level, self);
        let ends = |wire: &Wire| {
            if left { (wire.to.clone(), wire.from.clone()) } else { (wire.from.clone(), wire.to.clone()) }
        };
        let other = wires.into_iter().filter_map(|w| picture.graph().wires.get(w)).map(ends);
        // A host whose interfaces are counted at the nodes is nowhere to go to.
        let boxes = &picture.at(level).layout.boxes;
        let is_drawn = |name: &str| picture.node(name).and_then(|n| boxes.get(n)).is_some_and(|b| b.rect.width > 0);
        let mut there = other.filter(|(here, there)| here.node == self.node && is_drawn(&there.node));
        let Some((_, there)) = there.next() else {
            let node = picture.node(&self.node).filter(|_| self.port.is_none() && level.has_ports())?;
            return picture.selection(level, PortRef { node, side: far, row: 0 });
        };
        let port = level.has_ports().then_some((if left { Side::Import } else { Side::Export }, there.port));
        Some(Self { node: there.node, port })
    }

    /// The node itself, as the picture knows it.
    pub(crate) fn node_in<'a>(&self, picture: &'a Picture) -> Option<&'a Node> {
        picture.graph().node(&self.node)
    }
}
