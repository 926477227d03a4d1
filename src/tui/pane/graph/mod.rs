//! What keys and mouse do in the graph: walk it, look at another part of it, show more or less of it.

pub(crate) mod draw;
pub(crate) mod draw_map;
pub(crate) mod draw_port;
#[cfg(test)]
mod draw_tests;
#[cfg(test)]
mod fit_tests;
pub(crate) mod picture;
pub mod selection;
pub(crate) mod table;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod tidy;
pub(crate) mod wiring;

use std::borrow::Cow;

use crate::draw::geometry::{Point, Rect};
use crate::draw::layout::{PortRef, Room, Side};
use crate::model::graph::{Graph, NodeKind, Wire};
use crate::model::marks;
use crate::tui::effect::Effect;
use crate::tui::pane::graph::picture::{Level, Picture, Wish, window};
use crate::tui::pane::graph::selection::{Direction, Selection};
use crate::tui::pane::graph::wiring::{Plan, places};
use crate::tui::screen::layout;
use crate::tui::screen::layout::Needs;
use crate::tui::state::State;
use crate::tui::view::Pane;
use crate::tui::view::{GraphView, Jump, Row};

/// Cells kept free around what has the focus.
const MARGIN: i32 = 2;

/// Far enough for any graph, near enough never to overflow.
const FAR: i32 = 100_000;

impl State {
    /// Columns and rows of the graph's pane in the last frame.
    pub(crate) fn graph_size(&self) -> (u16, u16) {
        let body = self.view.hits.body(Pane::Graph);
        if body.is_empty() { (80, 20) } else { (body.width, body.height) }
    }

    /// How much is shown of the nodes in the last frame.
    pub(crate) fn shown_level(&self) -> Level {
        self.view.graph.level.unwrap_or_else(|| self.view.picture.fitting())
    }

    /// What part of the picture a pane of this size shows.
    pub(crate) fn graph_window(&self, size: (u16, u16)) -> Rect {
        let extent = self.view.picture.at(self.shown_level()).extent();
        let window = window(&extent, (self.view.graph.x, self.view.graph.y), size);
        let (x, y) = if self.view.graph.kept { self.out_of_sight(&window) } else { (0, 0) };
        Rect { x: window.x + x, y: window.y + y, ..window }
    }

    /// How far a window must move, at least, to have what has the focus in sight.
    fn out_of_sight(&self, window: &Rect) -> (i32, i32) {
        let level = self.shown_level();
        let area = self.selection().and_then(|selection| self.view.picture.area(level, &selection));
        let Some(area) = area else { return (0, 0) };
        let extent = self.view.picture.at(level).extent();
        // A box larger than the pane is seen from its start. No margin is made beyond the picture's own edge.
        let shift = |from: i32, length: i32, (start, room): (i32, i32), (first, all): (i32, i32)| {
            let margin = if length + 2 * MARGIN <= room { MARGIN } else { 0 };
            let late = ((from + length + margin).min(first + all) - (start + room)).max(0);
            let early = ((from - margin).max(first) - (start + late)).min(0);
            late + early
        };
        let x = shift(area.x, area.width, (window.x, window.width), (extent.x, extent.width));
        (x, shift(area.y, area.height, (window.y, window.height), (extent.y, extent.height)))
    }

    /// What has the focus in the graph, if it is still there; else the node of what is selected in the project.
    pub fn selection(&self) -> Option<Selection> {
        let picture = &self.view.picture;
        let boxes = &picture.at(self.shown_level()).layout.boxes;
        // What is not drawn, as a host that the nodes count, cannot be moved from.
        let is_there = |node: usize| boxes.get(node).is_none_or(|b| !b.rect.is_empty());
        if let Some(selection) = &self.view.graph.selection
            && picture.node(&selection.node).is_some_and(is_there)
        {
            return Some(selection.clone());
        }
        let component = self.selected_component()?;
        picture
            .graph()
            .instances()
            .find(|n| n.component.as_deref() == Some(&component.name))
            .map(|n| Selection::of_node(&n.name))
    }
}

/// The graph that is to be seen: with what is planned, while a plan is looked at.
fn seen(state: &State) -> Cow<'_, Graph> {
    state.view.overlays.plan().map(Plan::drawn).map_or(Cow::Borrowed(&state.app.graph), Cow::Owned)
}

/// How it is to be arranged: for the pane that the next frame gives it.
fn wish(state: &State) -> Wish {
    let screen = state.view.hits.screen();
    let slots = layout::layout(screen, &state.view, &Needs::of(state)).map(|layout| layout.slots);
    let slot = slots.into_iter().flatten().find(|slot| slot.pane == Pane::Graph);
    let inside = |cells: u16| i32::from(cells.saturating_sub(2));
    let room = slot.map(|slot| Room { columns: inside(slot.area.width), rows: inside(slot.area.height) });
    Wish {
        places: places::current(state),
        room: room.unwrap_or(state.view.picture.wish().room),
        level: state.view.graph.level,
    }
}

/// Lays the graph out again if it is another one: at once, or off the loop where that would take longer than a frame.
pub(crate) fn follow(state: &mut State) -> Vec<Effect> {
    marks::assign(&mut state.view.marks, &state.app.graph);
    wiring::wire::refresh(state);
    if state.view.overlays.plan().is_some_and(|plan| !plan.is_of(&state.app.graph)) {
        state.view.overlays.take_plan();
    }
    let (graph, wish) = (seen(state).into_owned(), wish(state));
    let unfolded = state.view.graph.unfolded.clone();
    if state.view.picture.shows(&graph, &unfolded, &wish) {
        state.view.graph.awaited = None;
        return Vec::new();
    }
    if Picture::is_small(&graph) {
        let picture = state.view.picture.following(&graph, &unfolded, wish);
        show(state, picture);
        return Vec::new();
    }
    state.view.graph.awaited = Some(wish.clone());
    vec![Effect::LayOut { before: Box::new(state.view.picture.clone()), graph, unfolded, wish }]
}

/// Arranges the graph anew where the pane's size or what is wished of it is another one than it was arranged for.
pub(crate) fn refit(state: &mut State) -> Vec<Effect> {
    let wish = wish(state);
    let awaited = state.view.graph.awaited.as_ref();
    if awaited.map_or(*state.view.picture.wish() == wish, |awaited| *awaited == wish) {
        return Vec::new();
    }
    follow(state)
}

/// Arranges the graph where nobody waits for a frame.
pub(crate) fn arrange(state: &mut State) {
    marks::assign(&mut state.view.marks, &state.app.graph);
    for _ in 0..2 {
        // What the graph needs decides how large its pane is, and is known once it was arranged.
        let (wish, unfolded) = (wish(state), &state.view.graph.unfolded);
        if !state.view.picture.shows(&seen(state), unfolded, &wish) {
            let picture = state.view.picture.following(&seen(state), unfolded, wish);
            show(state, picture);
        }
    }
}

/// A picture that was laid out off the loop.
pub(crate) fn laid_out(state: &mut State, picture: Picture) {
    // A newer graph has a newer picture under way.
    if picture.shows(&seen(state), &state.view.graph.unfolded, &wish(state)) {
        state.view.graph.awaited = None;
        show(state, picture);
    }
}

/// Puts a picture in the place of the one before. Where it is another arrangement, one looks at it from its start, or
/// at what has the focus.
fn show(state: &mut State, picture: Picture) {
    let arrangement = |state: &State| state.view.picture.at(state.shown_level()).arrangement;
    let before = arrangement(state);
    state.view.picture = picture;
    if arrangement(state) != before {
        (state.view.graph.x, state.view.graph.y) = (0, 0);
        state.view.graph.kept = state.view.graph.selection.is_some();
    }
}

/// Whether all of the graph is in sight.
pub(crate) fn is_whole(state: &State) -> bool {
    let extent = state.view.picture.at(state.shown_level()).extent();
    let window = state.graph_window(state.graph_size());
    window.union(&extent) == window
}

/// Gives a selection the focus, and shows it. The project's selection goes with it.
pub(crate) fn focus(state: &mut State, selection: Selection) {
    let component = selection.node_in(&state.view.picture).and_then(|n| n.component.clone());
    let place = component.and_then(|name| state.app.project.components.iter().position(|c| c.name == name));
    if let Some(row) = place.and_then(|index| state.rows().iter().position(|r| *r == Row::Component(index))) {
        state.view.project = row;
    }
    state.view.inspector = 0;
    state.view.graph.selection = Some(selection);
    reveal(state);
}

pub(crate) fn focus_node(state: &mut State, node: usize) {
    if let Some(name) = state.view.picture.graph().nodes.get(node).map(|n| n.name.clone()) {
        focus(state, Selection::of_node(name));
    }
}

pub(crate) fn focus_port(state: &mut State, port: PortRef) {
    let level = state.shown_level();
    let selection = if level.has_ports() { state.view.picture.selection(level, port) } else { None };
    match selection {
        Some(selection) => focus(state, selection),
        None => focus_node(state, port.node),
    }
}

/// A wire is named by the import it begins at.
pub(crate) fn focus_wire(state: &mut State, wire: usize) {
    let from = state.view.picture.graph().wires.get(wire).map(|w: &Wire| w.from.clone());
    if let Some(from) = from {
        focus(state, Selection { node: from.node, port: Some((Side::Import, from.port)) });
    }
}

pub(crate) fn walk(state: &mut State, way: Direction) {
    let level = state.shown_level();
    let to = match state.selection() {
        Some(selection) => selection.toward(&state.view.picture, level, way),
        None => Selection::first(&state.view.picture, level),
    };
    if let Some(selection) = to {
        focus(state, selection);
    }
}

pub(crate) fn walk_nodes(state: &mut State, back: bool) {
    let level = state.shown_level();
    let to = match state.selection() {
        Some(selection) => selection.next_node(&state.view.picture, level, back),
        None => Selection::first(&state.view.picture, level),
    };
    if let Some(selection) = to {
        focus(state, selection);
    }
}

pub(crate) fn walk_to_end(state: &mut State, last: bool) {
    let level = state.shown_level();
    if let Some(selection) = Selection::end(&state.view.picture, level, last) {
        focus(state, selection);
    }
}

/// Moves the window as little as it takes to have what has the focus in sight, and keeps it there.
pub(crate) fn reveal(state: &mut State) {
    settle(state);
    let size = state.graph_size();
    let (x, y) = state.out_of_sight(&state.graph_window(size));
    moved(state, x, y);
    state.view.graph.kept = true;
}

/// Makes what the pane shows what it was told to show.
fn settle(state: &mut State) {
    let size = state.graph_size();
    let now = state.graph_window(size);
    state.view.graph.kept = false;
    let kept_off = state.graph_window(size);
    state.view.graph.x += now.x - kept_off.x;
    state.view.graph.y += now.y - kept_off.y;
}

/// Puts what has the focus into the middle; without a focus, the picture to where it would stand by itself.
pub(crate) fn centre(state: &mut State) {
    let size = state.graph_size();
    let area = state.view.graph.selection.as_ref().and_then(|s| state.view.picture.area(state.shown_level(), s));
    if let Some(area) = area {
        let view = state.graph_window(size);
        let x = area.x + area.width / 2 - (view.x + view.width / 2);
        let y = area.y + area.height / 2 - (view.y + view.height / 2);
        moved(state, x, y);
    } else {
        (state.view.graph.x, state.view.graph.y) = (0, 0);
    }
}

/// As much as fits, from its start.
pub(crate) fn fit(state: &mut State) {
    let view = &mut state.view.graph;
    (view.level, view.x, view.y, view.kept) = (None, 0, 0, false);
    if state.view.graph.selection.is_some() {
        reveal(state);
    }
}

/// Shows the nodes at another level; what has the focus stays in sight.
pub(crate) fn show_level(state: &mut State, level: Option<Level>) {
    state.view.graph.level = level;
    (state.view.graph.x, state.view.graph.y, state.view.graph.kept) = (0, 0, false);
    if state.view.graph.selection.is_some() {
        centre(state);
        steady(state);
        reveal(state);
    }
}

pub(crate) fn step_level(state: &mut State, by: isize) {
    let now = state.shown_level();
    show_level(state, Some(now.stepped(by)));
}

/// No empty space beside a picture that would fill the pane.
fn steady(state: &mut State) {
    let size = state.graph_size();
    let extent = state.view.picture.at(state.shown_level()).extent();
    let limit = |pan: i32, length: i32, room: u16| pan.clamp(0, (length - i32::from(room)).max(0));
    let view = &mut state.view.graph;
    view.x = limit(view.x, extent.width, size.0);
    view.y = limit(view.y, extent.height, size.1);
}

pub(crate) fn pan(state: &mut State, x: isize, y: isize) {
    let cells = |by: isize| i32::try_from(by.clamp(-1_000_000, 1_000_000)).unwrap_or(0);
    moved(state, cells(x), cells(y));
}

/// Moves by half of what the pane shows, or by whole panes.
pub(crate) fn pan_pages(state: &mut State, x: i32, y: i32) {
    let (width, height) = state.graph_size();
    moved(state, x * i32::from(width) / 4, y * i32::from(height) / 3);
}

/// Looks at a point of the picture.
pub(crate) fn look_at(state: &mut State, at: Point) {
    let view = state.graph_window(state.graph_size());
    moved(state, at.x - (view.x + view.width / 2), at.y - (view.y + view.height / 2));
}

/// The window never leaves the picture behind.
fn moved(state: &mut State, x: i32, y: i32) {
    settle(state);
    let view = &mut state.view.graph;
    view.x = view.x.saturating_add(x).clamp(-FAR, FAR);
    view.y = view.y.saturating_add(y).clamp(-FAR, FAR);
    let size = state.graph_size();
    let extent = state.view.picture.at(state.shown_level()).extent();
    let window = state.graph_window(size);
    let back = |start: i32, room: i32, from: i32, length: i32| {
        let seen = 4.min(length);
        (from + seen - (start + room)).max(0) + (from + length - seen - start).min(0)
    };
    let view = &mut state.view.graph;
    view.x += back(window.x, window.width, extent.x, extent.width);
    view.y += back(window.y, window.height, extent.y, extent.height);
}

/// Lists what the host provides to the focused node, row by row, or folds it again.
pub(crate) fn fold(state: &mut State) -> Vec<Effect> {
    let Some(selection) = state.selection() else { return Vec::new() };
    let unfolded = &mut state.view.graph.unfolded;
    if !unfolded.remove(&selection.node) {
        unfolded.insert(selection.node.clone());
    }
    let effects = follow(state);
    if state.view.graph.selection.is_some() {
        reveal(state);
    }
    effects
}

/// Whether the focused node has host imports to fold.
pub(crate) fn can_fold(state: &State) -> bool {
    let selection = state.selection();
    let node = selection.as_ref().and_then(|s| s.node_in(&state.view.picture));
    node.is_some_and(|n| {
        let host = n.imports.iter().filter(|i| i.state == crate::model::graph::ImportState::Host);
        n.kind == NodeKind::Component && host.count() > 1
    })
}

/// What a jump can lead to: the label to type, where it leads, and the cell where the label stands.
pub(crate) struct Label {
    pub text: String,
    pub selection: Selection,
    pub at: Point,
}

/// The order in which letters are given out: what lies under the fingers first.
const LETTERS: &[u8; 26] = b"fjdkslaghrueiwotyqpmvncbzx";

/// The labels of what a pane of this size shows.
pub(crate) fn labels(state: &State, size: (u16, u16)) -> Vec<Label> {
    let level = state.shown_level();
    let (view, picture) = (state.graph_window(size), &state.view.picture);
    let layout = &picture.at(level).layout;
    let mut found: Vec<(Selection, Point)> = Vec::new();
    for node in layout.walk() {
        let Some(b) = layout.boxes.get(node).filter(|b| b.rect.intersects(&view)) else { continue };
        let at = Point::new(b.rect.x, b.rect.y + i32::from(level == Level::Compact));
        if view.contains(at) {
            found.push((Selection::of_node(&b.name), at));
        }
        if !level.has_ports() {
            continue;
        }
        for side in [Side::Export, Side::Import] {
            for row in 0..b.rows(side).len() {
                let port = PortRef { node, side, row };
                let at = layout.port(port).filter(|at| view.contains(*at));
                if let Some((selection, at)) = picture.selection(level, port).zip(at) {
                    found.push((selection, at));
                }
            }
        }
    }
    let alphabet: Vec<char> = LETTERS.iter().map(|b| char::from(*b)).filter(char::is_ascii_lowercase).collect();
    let long = found.len() > alphabet.len();
    let text = |n: usize| {
        let letter = |n: usize| alphabet.get(n % alphabet.len()).copied().unwrap_or('a');
        if long { format!("{}{}", letter(n / alphabet.len()), letter(n)) } else { letter(n).to_string() }
    };
    let most = if long { alphabet.len() * alphabet.len() } else { alphabet.len() };
    found
        .into_iter()
        .take(most)
        .enumerate()
        .map(|(n, (selection, at))| Label { text: text(n), selection, at })
        .collect()
}

/// Labels everything, and waits for one of the labels.
pub(crate) fn jump(state: &mut State) {
    state.view.graph.jump = Some(Jump::default());
}

/// A letter typed while the labels stand: leads to the one label that begins so, or ends the jump where none does.
pub fn typed(state: &mut State, letter: char) {
    let size = state.graph_size();
    let Some(mut jump) = state.view.graph.jump.take() else { return };
    jump.typed.push(letter.to_ascii_lowercase());
    let labels = labels(state, size);
    let mut fitting = labels.into_iter().filter(|l| l.text.starts_with(&jump.typed));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => focus(state, only.selection),
        (Some(_), Some(_)) => state.view.graph.jump = Some(jump),
        (None, _) => {}
    }
}

impl GraphView {
    /// Whether it is looked at otherwise than by itself.
    pub(crate) fn is_moved(&self) -> bool {
        self.x != 0 || self.y != 0 || self.level.is_some()
    }
}
