//! The canvas with the mouse: wires are dragged from port to port, nodes by their title. What a drop does is what the
//! keys do.

use std::time::Instant;

use crate::draw::geometry::Point;
use crate::draw::layout::{PortRef, Side};
use crate::model::graph::{End, NodeKind};
use crate::tui::effect::Effect;
use crate::tui::hit::Target;
use crate::tui::pane::graph;
use crate::tui::pane::graph::selection::Selection;
use crate::tui::pane::graph::wiring::targets::{opposite, refusal};
use crate::tui::pane::graph::wiring::{add, places, wire};
use crate::tui::state::State;
use crate::tui::view::{Pane, Press};

/// What the mouse holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Drag {
    Wire,
    Node {
        name: String,
        /// From the pointer to the box's upper left corner, in cells.
        grip: (i32, i32),
        moved: bool,
    },
    /// Nothing that can be dragged; and the picture is not to move under it.
    Nothing,
}

/// A cell of the screen as a point of the picture.
fn point(state: &State, column: u16, row: u16) -> Point {
    let (body, window) = (state.view.hits.body(Pane::Graph), state.graph_window(state.graph_size()));
    let at = |cell: u16, start: u16| i32::from(cell) - i32::from(start);
    Point::new(window.x + at(column, body.x), window.y + at(row, body.y))
}

fn end(state: &State, port: PortRef) -> Option<(Side, End)> {
    let Selection { node, port } = state.view.picture.selection(state.shown_level(), port)?;
    let (side, port) = port?;
    Some((side, End { node, port }))
}

/// The button went down: what is there, should it be dragged.
pub(crate) fn press(state: &mut State, column: u16, row: u16) {
    let target = state.view.hits.at(column, row);
    state.view.grabbed = target.map(|target| (target, point(state, column, row)));
    state.view.drag = None;
}

/// A press while a wire is drawn by keys puts it down, or says why not there. `None` for a press that means what it
/// always means.
pub(crate) fn click(state: &mut State, target: Target, now: Instant) -> Option<Vec<Effect>> {
    let wire = state.view.wire.as_ref()?;
    let Target::Port(port) = target else { return None };
    if let Some(at) = caught(state, target) {
        wire::choose(state, at);
        return Some(wire::connect(state, now));
    }
    let text = why_not(state, wire, port)?;
    state.view.flash(text, now);
    Some(Vec::new())
}

/// The target of the wire that is drawn at a place of the screen: its row, or the only one of its box.
fn caught(state: &State, target: Target) -> Option<usize> {
    let wire = state.view.wire.as_ref()?;
    let level = state.shown_level();
    let port = |n: usize| {
        let end = &wire.targets.get(n)?.end;
        let selection = Selection { node: end.node.clone(), port: Some((opposite(wire.side), end.port.clone())) };
        state.view.picture.port(level, &selection)
    };
    match target {
        Target::Port(over) => (0..wire.targets.len()).find(|n| port(*n) == Some(over)),
        Target::Node(over) => {
            let mut of_node = (0..wire.targets.len()).filter(|n| port(*n).is_some_and(|p| p.node == over));
            of_node.next().filter(|_| of_node.next().is_none())
        }
        _ => None,
    }
}

fn why_not(state: &State, wire: &wire::Wire, port: PortRef) -> Option<String> {
    let (side, other) = end(state, port)?;
    if other == wire.from {
        return None;
    }
    if side == wire.side {
        let what = if side == Side::Import {
            "two imports; drop it on an export"
        } else {
            "two exports; drop it on an import"
        };
        return Some(format!("a wire cannot connect {what}"));
    }
    let (from, to) = wire.ends(&other);
    let why = refusal(&state.app.graph, from, to)?;
    Some(format!("refused: {why}"))
}

/// The pointer moved with the button down. `None` where it pans, as it does beside everything.
pub(crate) fn drag(state: &mut State, from: Press, column: u16, row: u16) -> Option<Vec<Effect>> {
    if state.view.drag.is_none() {
        state.view.drag = Some(take(state, from)?);
    }
    match state.view.drag.clone()? {
        Drag::Nothing => Some(Vec::new()),
        Drag::Wire => {
            let over = state.view.hits.at(column, row).and_then(|target| caught(state, target));
            if let Some(wire) = &mut state.view.wire {
                wire.pointer = Some((column, row));
                wire.caught = over.is_some();
                wire.at = over.unwrap_or(wire.at);
            }
            Some(Vec::new())
        }
        Drag::Node { name, grip, .. } => {
            let at = point(state, column, row);
            let place = placed(state, Point::new(at.x + grip.0, at.y + grip.1));
            state.view.drag = Some(Drag::Node { name: name.clone(), grip, moved: true });
            Some(places::put(state, &name, place))
        }
    }
}

/// A place of the picture as a column and a row; the entry keeps its column.
fn placed(state: &State, corner: Point) -> (i32, i32) {
    let column = state.view.picture.at(state.shown_level()).layout.column_at(corner.x);
    (i32::try_from(column).unwrap_or(1).max(1), corner.y)
}

/// What a drag takes hold of where it began.
fn take(state: &mut State, from: Press) -> Option<Drag> {
    if crate::tui::pane::graph::wiring::commands::editable(state).is_err() {
        return None;
    }
    let level = state.shown_level();
    let (target, at) = state.view.grabbed?;
    match target {
        Target::Port(port) if level.has_ports() => {
            let (side, end) = end(state, port)?;
            let outside = state.app.graph.node(&end.node).is_none_or(|n| n.kind == NodeKind::Host);
            if outside {
                return Some(Drag::Nothing);
            }
            wire::begin_by_mouse(state, side, end, (from.column, from.row));
            Some(Drag::Wire)
        }
        Target::Node(node) if level.has_ports() => {
            let there = state.view.picture.at(level).layout.boxes.get(node)?;
            let movable = there.kind == NodeKind::Component && at.y == there.rect.y;
            let (name, corner) = (there.name.clone(), there.rect);
            movable.then(|| Drag::Node { name, grip: (corner.x - at.x, corner.y - at.y), moved: false })
        }
        Target::Port(_) | Target::Node(_) => {
            let text = "ports are not shown here: press + until they are, then drag";
            state.view.flash(text, from.at);
            Some(Drag::Nothing)
        }
        _ => None,
    }
}

/// What the mouse holds is let go of without being put down: something lies over the graph now.
pub(crate) fn let_go(state: &mut State) {
    if state.view.drag.take() == Some(Drag::Wire) {
        wire::drop_it(state);
    }
}

/// The button was let go.
pub(crate) fn drop_at(state: &mut State, column: u16, row: u16, now: Instant) -> Vec<Effect> {
    match state.view.drag.take() {
        Some(Drag::Wire) => drop_wire(state, column, row, now),
        Some(Drag::Node { moved: true, .. }) => {
            graph::reveal(state);
            vec![places::keep(state)]
        }
        Some(Drag::Node { .. } | Drag::Nothing) | None => Vec::new(),
    }
}

fn drop_wire(state: &mut State, column: u16, row: u16, now: Instant) -> Vec<Effect> {
    let target = state.view.hits.at(column, row);
    if let Some(at) = target.and_then(|target| caught(state, target)) {
        wire::choose(state, at);
        return wire::connect(state, now);
    }
    let Some(wire) = state.view.wire.take() else { return Vec::new() };
    state.view.graph.selection = Some(wire.start());
    match target {
        Some(Target::Port(port)) => {
            if let Some(why) = why_not(state, &wire, port) {
                state.view.flash(why, now);
            }
        }
        Some(Target::Node(_)) => {
            let text = format!("nothing of this fits {}", crate::model::port::short(&wire.from.port));
            state.view.flash(text, now);
        }
        Some(Target::Pane(Pane::Graph) | Target::Wire(_)) => {
            add::open_for(state, Some(&(wire.side, wire.from)));
            state.view.landing = Some(placed(state, point(state, column, row)));
        }
        _ => {}
    }
    Vec::new()
}
