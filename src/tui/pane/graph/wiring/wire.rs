//! A wire that is being drawn, by keys or with the mouse: from one port, to one of those that fit.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::compose::Change;
use crate::draw::geometry::Point;
use crate::draw::layout::{PortRef, Side};
use crate::model::graph::{ENTRY, End, ImportState, NodeKind};
use crate::model::port::short;
use crate::tui::command::Command;
use crate::tui::effect::Effect;
use crate::tui::pane::graph;
use crate::tui::pane::graph::picture::Level;
use crate::tui::pane::graph::selection::{Direction, Selection};
use crate::tui::pane::graph::wiring;
use crate::tui::pane::graph::wiring::edits;
use crate::tui::pane::graph::wiring::targets::{Target, nothing, opposite, targets};
use crate::tui::state::State;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// Where it begins: the side and the end.
    pub(crate) side: Side,
    pub from: End,
    /// Where it may lead, near ones first.
    pub targets: Vec<Target>,
    /// Which of them it leads to.
    pub at: usize,
    /// While the mouse draws it: where the pointer is on the screen, and whether it is over a target.
    pub(crate) pointer: Option<(u16, u16)>,
    pub(crate) caught: bool,
}

impl Wire {
    pub(crate) fn target(&self) -> Option<&Target> {
        self.targets.get(self.at)
    }

    fn selection_of(&self, end: &End) -> Selection {
        Selection { node: end.node.clone(), port: Some((opposite(self.side), end.port.clone())) }
    }

    pub(crate) fn start(&self) -> Selection {
        Selection { node: self.from.node.clone(), port: Some((self.side, self.from.port.clone())) }
    }

    /// The rows that light up.
    pub fn lit(&self, state: &State, level: Level) -> BTreeSet<PortRef> {
        let picture = &state.view.picture;
        self.targets.iter().filter_map(|t| picture.row(level, &t.end.node, opposite(self.side), &t.end.port)).collect()
    }

    /// The end that provides, and the one that imports.
    pub(crate) fn ends<'a>(&'a self, other: &'a End) -> (&'a End, &'a End) {
        if self.side == Side::Import { (&self.from, other) } else { (other, &self.from) }
    }
}

/// The port that a wire would begin at: the focused one, else the first of the focused node that needs one.
///
/// # Errors
/// Why none can.
pub(crate) fn start(state: &State) -> Result<(Side, End), &'static str> {
    let selection = state.selection().ok_or("nothing is selected (arrows, or f)")?;
    let node = selection.node_in(&state.view.picture).ok_or("there is no graph yet")?;
    if node.kind == NodeKind::Host {
        return Err("the host provides this to every node that imports it");
    }
    let end = |port: &str| End { node: node.name.clone(), port: port.to_owned() };
    if let Some((side, port)) = &selection.port {
        return Ok((*side, end(port)));
    }
    let needs = |i: &&crate::model::graph::Import| i.state.is_missing() || i.state == ImportState::Mismatch;
    let first = node.imports.iter().find(needs).ok_or("select one of its ports first (arrows)")?;
    Ok((Side::Import, end(&first.port.name)))
}

/// Lights up what fits the focused port.
pub(crate) fn begin(state: &mut State, now: Instant) {
    if let Ok((side, from)) = start(state) {
        begin_at(state, side, from, now);
    }
}

/// Whether anything fits; if not it is said why.
pub(crate) fn begin_at(state: &mut State, side: Side, from: End, now: Instant) -> bool {
    let mut found = targets(&state.app.graph, side, &from);
    if found.is_empty() {
        let why = nothing(&state.app.graph, side, &from);
        state.view.flash(format!("wire: {why}"), now);
        return false;
    }
    let level = with_ports(state);
    let picture = &state.view.picture;
    let port = |side: Side, end: &End| {
        let selection = Selection { node: end.node.clone(), port: Some((side, end.port.clone())) };
        picture.port(level, &selection).and_then(|port| picture.at(level).layout.port(port))
    };
    let here = port(side, &from).unwrap_or_default();
    // A row is about as high as two columns are wide.
    let far =
        |t: &Target| port(opposite(side), &t.end).map_or(i32::MAX, |p| (p.x - here.x).abs() + 2 * (p.y - here.y).abs());
    found.sort_by_key(|t| (t.now, t.fit, far(t)));
    let wire = Wire { side, from, targets: found, at: 0, pointer: None, caught: false };
    state.view.wire = Some(wire);
    look(state);
    true
}

/// The same for the mouse, which may also lead to where nothing fits.
pub(crate) fn begin_by_mouse(state: &mut State, side: Side, from: End, pointer: (u16, u16)) {
    let targets = targets(&state.app.graph, side, &from);
    state.view.wire = Some(Wire { side, from, targets, at: 0, pointer: Some(pointer), caught: false });
}

/// The graph changed while a wire is drawn: it may lead elsewhere now. Where it leads nowhere it stays, so that the key
/// that connects says so, instead of meaning something else all at once.
pub(crate) fn refresh(state: &mut State) {
    let Some(wire) = &mut state.view.wire else { return };
    let mut fitting = targets(&state.app.graph, wire.side, &wire.from);
    let here = wire.target().map(|t| t.end.clone());
    // Those that were there keep their order.
    let order = |t: &Target| wire.targets.iter().position(|old| old.end == t.end).unwrap_or(usize::MAX);
    fitting.sort_by_key(order);
    wire.at = fitting.iter().position(|t| Some(&t.end) == here.as_ref()).unwrap_or(0);
    wire.targets = fitting;
}

/// Whether the wire that is drawn leads anywhere.
///
/// # Errors
/// Why not.
pub(crate) fn can_connect(state: &State) -> Result<(), &'static str> {
    let wire = state.view.wire.as_ref().ok_or("no wire is being drawn (w)")?;
    wire.target().map(drop).ok_or("nothing fits this port any more (esc)")
}

/// Wires are drawn between rows; where none are shown, the level that has them is.
fn with_ports(state: &mut State) -> Level {
    let level = state.shown_level();
    if level.has_ports() {
        return level;
    }
    graph::show_level(state, Some(Level::Ports));
    Level::Ports
}

/// The focus goes with the wire's end.
fn look(state: &mut State) {
    // The mouse sees where it is, and what it points at must not move away.
    let drawn = state.view.wire.as_ref().filter(|w| w.pointer.is_none());
    let selection = drawn.and_then(|w| Some(w.selection_of(&w.target()?.end)));
    if let Some(selection) = selection {
        state.view.graph.selection = Some(selection);
        state.view.inspector = 0;
        graph::reveal(state);
    }
}

/// To the next that fits: along the order in which they are read, or to the nearest one in a column beside.
pub(crate) fn step(state: &mut State, way: Direction) {
    let level = state.shown_level();
    let Some(wire) = &state.view.wire else { return };
    let layout = &state.view.picture.at(level).layout;
    let place = |t: &Target| {
        let port = state.view.picture.row(level, &t.end.node, opposite(wire.side), &t.end.port)?;
        Some((layout.boxes.get(port.node)?.column, layout.port(port)?))
    };
    let mut read: Vec<(usize, (usize, Point))> =
        wire.targets.iter().enumerate().filter_map(|(n, t)| Some((n, place(t)?))).collect();
    read.sort_by_key(|(_, (column, at))| (*column, at.y, at.x));
    let Some(now) = read.iter().position(|(n, _)| *n == wire.at) else { return };
    let (_, (column, here)) = read[now];
    let next = match way {
        Direction::Down => read.get((now + 1) % read.len()),
        Direction::Up => read.get((now + read.len() - 1) % read.len()),
        Direction::Left | Direction::Right => {
            let beside =
                read.iter().filter(|(_, (c, _))| if way == Direction::Left { *c < column } else { *c > column });
            beside.min_by_key(|(_, (c, at))| (c.abs_diff(column), at.y.abs_diff(here.y)))
        }
    };
    if let Some((n, _)) = next.copied() {
        choose(state, n);
    }
}

/// To the next nearest, or back.
pub(crate) fn cycle(state: &mut State, back: bool) {
    if let Some(wire) = &state.view.wire {
        let count = wire.targets.len().max(1);
        let to = (wire.at + if back { count - 1 } else { 1 }) % count;
        choose(state, to);
    }
}

pub(crate) fn choose(state: &mut State, target: usize) {
    if let Some(wire) = &mut state.view.wire {
        wire.at = target;
    }
    look(state);
}

/// Puts the wire down where it leads.
pub(crate) fn connect(state: &mut State, now: Instant) -> Vec<Effect> {
    let Some(wire) = state.view.wire.take() else { return Vec::new() };
    state.view.graph.selection = Some(wire.start());
    let Some(target) = wire.target() else { return Vec::new() };
    let (from, to) = wire.ends(&target.end);
    if target.now {
        state.view.flash(format!("{} is already wired to {}", short(&from.port), to.node), now);
        return Vec::new();
    }
    let (label, changes) = wiring(from, to);
    edits::change(state, label, changes)
}

/// One wire as a step.
pub(crate) fn wiring(from: &End, to: &End) -> (String, Vec<Change>) {
    if from.node == ENTRY {
        let label = format!("exposed {}'s export {}", to.node, short(&to.port));
        // What the composition exports is one thing under one name.
        let expose = Change::Expose { what: to.clone(), name: Some(from.port.clone()).filter(|name| *name != to.port) };
        return (label, vec![Change::Hide { export: from.port.clone() }, expose]);
    }
    let label = format!("wired {}'s import {} to {}", from.node, short(&from.port), to.node);
    (label, vec![Change::Wire { from: from.clone(), to: to.clone() }])
}

/// Lets go of it; the focus returns to where it began.
pub(crate) fn drop_it(state: &mut State) -> bool {
    let Some(wire) = state.view.wire.take() else { return false };
    state.view.graph.selection = Some(wire.start());
    graph::reveal(state);
    true
}

/// Lets go of it where the text behind the graph can no longer be read, for nothing could be written there, and says so.
pub(crate) fn let_go_of_unreadable(state: &mut State) {
    if !state.app.graph_stale || !drop_it(state) {
        return;
    }
    let since = state.app.reload.saved.unwrap_or(state.app.began.0);
    if let Some(why) = wiring::refused(state, Command::Wire) {
        state.view.flash(why, since);
    }
}
