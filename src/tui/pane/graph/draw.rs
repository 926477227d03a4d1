//! The graph pane: the part of the picture that is looked at, in the theme's colours.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::app::build_status::BuildStatus;
use crate::draw::canvas;
use crate::draw::canvas::{CanvasOptions, Cell, Hit, Role, WIDE_TAIL};
use crate::draw::geometry;
use crate::draw::layout::{PortRef, PortState, Side, text_width};
use crate::model::graph::{Import, ImportState, Node, NodeKind};
use crate::tui::command::Command;
use crate::tui::hit::{HitMap, Target};
use crate::tui::pane::graph::draw_map as graph_map;
use crate::tui::pane::graph::picture::{Drawn, Level};
use crate::tui::pane::graph::wiring::draw as wiring;
use crate::tui::pane::project::draw as project;
use crate::tui::screen::frame;
use crate::tui::screen::layout::Slot;
use crate::tui::screen::pen::Pen;
use crate::tui::state::State;
use crate::tui::view::Pane;

pub(crate) fn draw(pen: &mut Pen, slot: &Slot) {
    let state = pen.state;
    let picture = &state.view.picture;
    if picture.graph().instances().next().is_none() {
        let inside = frame::draw(pen, slot, Vec::new());
        let lines = empty(pen);
        pen.centred(inside, lines);
        return;
    }
    let size = (slot.area.width.saturating_sub(2), slot.area.height.saturating_sub(2));
    let level = state.shown_level();
    let drawn = picture.at(level);
    let (extent, view) = (drawn.extent(), state.graph_window(size));
    let inside = frame::draw(pen, slot, note(pen, level, &extent, &view));
    let focus = Focus::of(pen, level);
    paint(pen, drawn, level, view, inside, &focus);
    if let (Some(lit), Some(wire)) = (&focus.lit, &state.view.wire) {
        wiring::draw(pen, drawn, view, inside, lit, wire);
    }
    let cut = view.union(&extent) != view;
    if state.view.graph.jump.is_some() {
        graph_map::labels(pen, size, view, inside);
    } else if cut {
        graph_map::draw(pen, &drawn.layout, extent, view, inside);
    }
}

/// All of the graph on cells of its own, every port a row, with a cell's margin; `None` where it is too large for that.
pub(crate) fn whole(state: &State, now: Instant) -> Option<Buffer> {
    let drawn = state.view.picture.at(Level::Ports);
    let view = drawn.extent();
    let (width, height) = (u16::try_from(view.width + 2).ok()?, u16::try_from(view.height + 2).ok()?);
    if u32::from(width) * u32::from(height) > canvas::MOST_CELLS.unsigned_abs() {
        return None;
    }
    let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width, height });
    let mut pen = Pen::new(&mut buffer, state, now);
    let inside = Rect { x: 1, y: 1, width: width - 2, height: height - 2 };
    paint(&mut pen, drawn, Level::Ports, view, inside, &Focus::default());
    Some(buffer)
}

/// What has the focus, and what belongs to it; all else steps back.
#[derive(Default)]
struct Focus {
    /// The focused node's box, also while the keys are elsewhere.
    node: Option<usize>,
    port: Option<PortRef>,
    /// The cells of the focused port or node.
    area: Option<geometry::Rect>,
    wires: BTreeSet<usize>,
    /// Nodes at the ends of those wires, itself included; empty where nothing steps back.
    near: BTreeSet<usize>,
    /// While a wire is drawn: what matters then.
    lit: Option<wiring::Lit>,
}

impl Focus {
    fn of(pen: &Pen, level: Level) -> Self {
        let (state, picture) = (pen.state, &pen.state.view.picture);
        let Some(selection) = state.selection() else { return Self::default() };
        let node = picture.node(&selection.node);
        if let Some(wire) = &state.view.wire {
            let lit = Some(wiring::Lit::of(pen, wire, level));
            let (port, area) = (picture.port(level, &selection), picture.area(level, &selection));
            return Self { node, port, area, lit, ..Self::default() };
        }
        if state.view.focus != Pane::Graph {
            return Self { node, ..Self::default() };
        }
        let wires = picture.wires(level, &selection);
        let ends = wires.iter().filter_map(|w| picture.graph().wires.get(*w));
        let near = ends.flat_map(|w| [&w.from.node, &w.to.node]).filter_map(|name| picture.node(name)).chain(node);
        Self {
            node,
            port: picture.port(level, &selection),
            area: picture.area(level, &selection),
            near: near.collect(),
            wires,
            lit: None,
        }
    }

    fn dims(&self, node: usize) -> bool {
        !self.near.is_empty() && !self.near.contains(&node)
    }
}

/// What is shown otherwise than one would think, and where there is more of it.
fn note(pen: &Pen, level: Level, extent: &geometry::Rect, view: &geometry::Rect) -> Vec<Span<'static>> {
    let (theme, glyphs, state) = (pen.theme(), pen.glyphs(), pen.state);
    if let Some(jump) = &state.view.graph.jump {
        let typed = Span::styled(jump.typed.clone(), theme.strong);
        let mut spans = vec![Span::styled("type a label ", theme.accent), typed];
        spans.extend(pen.key_hint("esc", "ends"));
        return spans;
    }
    if let Some(wire) = &state.view.wire {
        return wiring::note(pen, wire);
    }
    let [left, up, down, right] = glyphs.directions;
    let directions: Vec<&str> = [
        (extent.x < view.x, left),
        (extent.y < view.y, up),
        (extent.bottom() > view.bottom(), down),
        (extent.right() > view.right(), right),
    ]
    .into_iter()
    .filter_map(|(more, way)| more.then_some(way))
    .collect();
    let old = state.app.graph_stale.then(|| Span::styled(format!("{} stale", glyphs.stale), theme.warn));
    let counts = level == Level::Compact && view.width >= ROOM_FOR_LEGEND;
    let legend = counts.then(|| Span::styled(format!("{0} exports, imports {0}", glyphs.arrow), theme.muted));
    let level = level.word().map(|word| Span::styled(word, theme.muted));
    let more = (!directions.is_empty()).then(|| Span::styled(format!("more {}", directions.join(" ")), theme.muted));
    let mut spans = unwired(pen, view.width >= ROOM_FOR_WORDS);
    for span in [old, level, legend, more].into_iter().flatten() {
        if !spans.is_empty() {
            spans.push(Span::styled(format!(" {} ", glyphs.dot), theme.faint));
        }
        spans.push(span);
    }
    spans
}

/// Below this many columns what the figures of a box count is said in the help alone.
const ROOM_FOR_LEGEND: i32 = 64;

/// Below this many columns a key stands without what it does.
const ROOM_FOR_WORDS: i32 = 64;

/// How many imports are open, and the key that plans wires for them.
fn unwired(pen: &Pen, words: bool) -> Vec<Span<'static>> {
    let state = pen.state;
    let is_open = |import: &&Import| import.state == ImportState::Unwired;
    let open = state.app.graph.instances().flat_map(|node| &node.imports).filter(is_open).count();
    if open == 0 || state.view.overlays.plan().is_some() || Command::AutoWire.enabled(state).is_err() {
        return Vec::new();
    }
    let mut spans = vec![Span::styled(format!("{open} unwired "), pen.theme().bad)];
    // From elsewhere, the graph has to have the keys first.
    let key = if state.view.focus == Pane::Graph { "A" } else { "2 A" };
    if words {
        spans.extend(pen.key_hint(key, "plans wires"));
    } else {
        spans.push(Span::styled(key, pen.theme().button));
    }
    spans
}

fn paint(pen: &mut Pen, drawn: &Drawn, level: Level, view: geometry::Rect, inside: Rect, focus: &Focus) {
    // What is only planned is the last in the drawn graph.
    let wires = pen.state.view.picture.graph().wires.len();
    let planned: BTreeSet<usize> =
        pen.state.view.overlays.plan().into_iter().flat_map(|plan| plan.first()..wires).collect();
    let options = CanvasOptions {
        ascii: pen.glyphs().is_ascii(),
        heavy: focus.wires.difference(&planned).copied().collect(),
        tentative: planned.clone(),
        build_status: if level == Level::Status { build_status(pen, drawn, &view) } else { BTreeMap::new() },
    };
    let canvas = canvas::draw(&drawn.layout, &drawn.routes, &options, view);
    for (index, boxed) in drawn.layout.boxes.iter().enumerate() {
        if let Some(area) = shown(&boxed.rect, &view, inside) {
            pen.hits.add(area, Target::Node(index));
        }
    }
    for (y, row) in canvas.rows().enumerate() {
        // Cells beside one another that a click means the same by.
        let mut run: Option<(Target, u16)> = None;
        for (x, cell) in row.iter().enumerate() {
            let (Ok(dx), Ok(dy)) = (u16::try_from(x), u16::try_from(y)) else { break };
            let at = (inside.x + dx, inside.y + dy);
            let target = target(cell.hit);
            if run.map(|(before, _)| before) != target {
                end_run(&mut pen.hits, run, at);
                run = target.map(|target| (target, at.0));
            }
            if matches!(cell.symbol, WIDE_TAIL | ' ') {
                continue;
            }
            let style = style(pen, cell, focus);
            if let Some(there) = pen.buffer.cell_mut(at).filter(|_| inside.contains(at.into())) {
                // Half of a wide character at the right edge would stand on the frame.
                let cut = row.get(x + 1).is_none()
                    && crate::tui::screen::text::width(cell.symbol.encode_utf8(&mut [0; 4])) > 1;
                there.set_char(if cut { ' ' } else { cell.symbol }).set_style(style);
            }
        }
        let end = inside.x + u16::try_from(row.len()).unwrap_or(0);
        end_run(&mut pen.hits, run, (end, inside.y + u16::try_from(y).unwrap_or(0)));
    }
    let selected = focus.area.filter(|area| area.height == 1).and_then(|area| half(drawn, focus, area));
    if let Some(area) = selected.and_then(|area| shown(&area, &view, inside)) {
        pen.buffer.set_style(area, pen.theme().selection);
    }
}

/// The cells of the focused port: the part of its row that is its own.
fn half(drawn: &Drawn, focus: &Focus, row: geometry::Rect) -> Option<geometry::Rect> {
    let Some(port) = focus.port else { return Some(row) };
    let boxed = drawn.layout.boxes.get(port.node)?;
    let label = |side: Side| boxed.rows(side).get(port.row).map_or(0, |r| text_width(&r.label) + 2);
    Some(match port.side {
        Side::Export => geometry::Rect { width: label(Side::Export).min(row.width), ..row },
        Side::Import => {
            let width = row.width - label(Side::Export);
            geometry::Rect { x: row.right() - width, width, ..row }
        }
    })
}

fn target(hit: Hit) -> Option<Target> {
    match hit {
        Hit::Port(port) => Some(Target::Port(port)),
        Hit::Wire(wire) => Some(Target::Wire(wire)),
        Hit::Node(_) | Hit::Nothing => None,
    }
}

fn end_run(hits: &mut HitMap, run: Option<(Target, u16)>, (x, y): (u16, u16)) {
    if let Some((target, from)) = run {
        hits.add(Rect { x: from, y, width: x.saturating_sub(from), height: 1 }, target);
    }
}

/// The part of a rectangle of the picture that is on the screen.
fn shown(rect: &geometry::Rect, view: &geometry::Rect, inside: Rect) -> Option<Rect> {
    let span = |from: i32, size: i32, start: i32, room: u16| {
        let (low, high) = ((from - start).max(0), (from - start + size).min(i32::from(room)));
        Some((u16::try_from(low).ok()?, u16::try_from(high - low).ok().filter(|n| *n > 0)?))
    };
    let (x, width) = span(rect.x, rect.width, view.x, inside.width)?;
    let (y, height) = span(rect.y, rect.height, view.y, inside.height)?;
    Some(Rect { x: inside.x + x, y: inside.y + y, width, height })
}

/// Where a cell of the picture is on the screen, if it is in sight.
pub(crate) fn shown_cell(at: geometry::Point, view: &geometry::Rect, inside: Rect) -> Option<(u16, u16)> {
    let cell = shown(&geometry::Rect::new(at.x, at.y, 1, 1), view, inside)?;
    Some((cell.x, cell.y))
}

/// The build status of the nodes in sight.
fn build_status(pen: &Pen, drawn: &Drawn, view: &geometry::Rect) -> BTreeMap<String, String> {
    let built = |name: &&str| pen.state.app.components.get(*name).is_some_and(|c| c.build_status != BuildStatus::Idle);
    let nodes = pen.state.view.picture.graph().nodes.iter().zip(&drawn.layout.boxes);
    let nodes = nodes.filter(|(_, b)| b.rect.intersects(view)).map(|(n, _)| n);
    let nodes = nodes.filter_map(|n| Some((n.name.clone(), n.component.as_deref().filter(built)?)));
    nodes.map(|(name, component)| (name, project::build_status(pen, component, false).0)).collect()
}

fn style(pen: &Pen, cell: &Cell, focus: &Focus) -> Style {
    let theme = pen.theme();
    let node = match cell.hit {
        Hit::Node(node) => Some(node),
        Hit::Port(port) => Some(port.node),
        Hit::Wire(_) | Hit::Nothing => None,
    };
    if pen.state.app.graph_stale {
        return theme.stale;
    }
    if let Some(lit) = &focus.lit {
        return lit.style(pen, cell);
    }
    let dim = node.is_some_and(|n| focus.dims(n));
    let focused = node.is_some() && node == focus.node;
    let named = || node.and_then(|n| pen.state.view.picture.graph().nodes.get(n));
    match cell.role {
        Role::Blank => theme.text,
        Role::Border(NodeKind::Component) if named().is_some_and(|n| failed(pen, n)) => theme.bad,
        Role::Border(_) if focused => theme.accent,
        Role::Border(_) | Role::Stub | Role::MapView => theme.faint,
        // What is wrong stays in sight.
        Role::Port(state @ (PortState::Needed | PortState::Mismatch)) | Role::PortWord(state) => port(pen, state),
        // It steps back, and can still be read.
        Role::NodeName(_) | Role::Port(_) | Role::PortName(_) | Role::BuildStatus | Role::Count if dim => theme.muted,
        Role::NodeName(NodeKind::Component) => {
            let style = named().map_or(theme.text, |n| pen.speaker(&n.name).1);
            style.add_modifier(Modifier::BOLD)
        }
        Role::NodeName(_) | Role::Count | Role::MapBox(_) => theme.muted,
        Role::Port(state) => port(pen, state),
        Role::PortName(PortState::Host) => theme.muted,
        Role::PortName(state @ (PortState::Needed | PortState::Mismatch)) => port(pen, state),
        Role::PortName(_) => theme.text,
        Role::BuildStatus => named()
            .and_then(|n| n.component.as_deref())
            .map_or(theme.muted, |component| project::build_status(pen, component, false).1),
        Role::Wire(wire) if focus.wires.contains(&wire) => theme.accent,
        Role::Wire(wire) if pen.state.view.overlays.plan().is_some_and(|plan| wire >= plan.first()) => theme.good,
        Role::Wire(_) if !focus.near.is_empty() => theme.faint,
        Role::Wire(_) => theme.muted,
    }
}

/// The component of this node does not build; what is drawn of it is what was built before.
fn failed(pen: &Pen, node: &Node) -> bool {
    let component = node.component.as_ref().and_then(|name| pen.state.app.components.get(name));
    component.is_some_and(|c| matches!(c.build_status, BuildStatus::Failed { .. }))
}

fn port(pen: &Pen, state: PortState) -> Style {
    match state {
        PortState::Wired => pen.theme().good,
        PortState::Free | PortState::Host | PortState::Open => pen.theme().muted,
        PortState::Needed | PortState::Mismatch => pen.theme().bad,
    }
}

fn empty(pen: &Pen) -> Vec<Line<'static>> {
    let (state, theme) = (pen.state, pen.theme());
    if !state.app.discovered {
        return vec![Line::styled("Reading the folder.", theme.muted)];
    }
    if !state.app.project.components.is_empty() {
        return vec![Line::styled("Drawn when the components' imports and exports are known.", theme.muted)];
    }
    let key = state.view.keymap.keys(Command::New).next().map(|(_, keys)| keys.to_string()).unwrap_or_default();
    let mut make = vec![Span::raw("")];
    make.extend(pen.key_hint(key, "makes a project from a template"));
    vec![
        Line::styled("There is no component in this folder.", theme.strong),
        Line::default(),
        Line::styled("A component is a cargo package with a wit/ folder,", theme.muted),
        Line::styled("or a .wasm file. Add one and it appears here.", theme.muted),
        Line::default(),
        Line::from(make),
    ]
}
