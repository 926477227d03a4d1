//! The graph pane: the part of the picture that is looked at, in the theme's colours.

use std::collections::{BTreeMap, BTreeSet};

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::layout::Slot;
use super::pen::Pen;
use super::{frame, project};
use crate::app::chip::Chip;
use crate::app::hit::Target;
use crate::app::picture::{Drawn, Level};
use crate::app::view::Pane;
use crate::model::canvas::{self, CanvasOptions, Cell, Hit, Role, WIDE_TAIL};
use crate::model::geometry;
use crate::model::graph::{Node, NodeKind};
use crate::model::layout::PortState;

pub fn draw(pen: &mut Pen, slot: &Slot) {
    let state = pen.state;
    if state.graph.instances().next().is_none() {
        let inside = frame::draw(pen, slot, Vec::new());
        let lines = empty(pen);
        pen.centred(inside, lines);
        return;
    }
    let size = (slot.area.width.saturating_sub(2), slot.area.height.saturating_sub(2));
    let picture = &state.view.picture;
    let level = state.view.graph.level.unwrap_or_else(|| picture.fitting(size.0, size.1));
    let drawn = picture.at(level);
    let extent = drawn.extent();
    let view = window(pen, &extent, size);
    let inside = frame::draw(pen, slot, note(pen, level, &extent, &view));
    paint(pen, drawn, level, view, inside);
}

/// What part of the picture the pane shows: the middle of it while it fits, else from its start; moved by panning.
fn window(pen: &Pen, extent: &geometry::Rect, size: (u16, u16)) -> geometry::Rect {
    let (width, height) = (i32::from(size.0), i32::from(size.1));
    let start = |from: i32, size: i32, room: i32| if size <= room { from - (room - size) / 2 } else { from };
    let pan = &pen.state.view.graph;
    let x = start(extent.x, extent.width, width).saturating_add(pan.x);
    let y = start(extent.y, extent.height, height).saturating_add(pan.y);
    geometry::Rect::new(x, y, width, height)
}

/// What is shown otherwise than one would think, and where there is more of it.
fn note(pen: &Pen, level: Level, extent: &geometry::Rect, view: &geometry::Rect) -> Vec<Span<'static>> {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let [left, up, down, right] = glyphs.ways;
    let ways: Vec<&str> = [
        (extent.x < view.x, left),
        (extent.y < view.y, up),
        (extent.bottom() > view.bottom(), down),
        (extent.right() > view.right(), right),
    ]
    .into_iter()
    .filter_map(|(more, way)| more.then_some(way))
    .collect();
    let mut spans = Vec::new();
    if pen.state.graph_stale {
        spans.push(Span::styled(format!("{} stale", pen.glyphs().stale), theme.warn));
    } else if level == Level::Compact {
        spans.push(Span::styled("compact", theme.muted));
    }
    if !ways.is_empty() {
        if !spans.is_empty() {
            spans.push(Span::styled(format!(" {} ", glyphs.dot), theme.faint));
        }
        spans.push(Span::styled(format!("more {}", ways.join(" ")), theme.muted));
    }
    spans
}

fn paint(pen: &mut Pen, drawn: &Drawn, level: Level, view: geometry::Rect, inside: Rect) {
    let state = pen.state;
    let selected = state.selected_component().and_then(|c| state.node_of(&c.name));
    let node = selected.and_then(|name| state.graph.nodes.iter().position(|n| n.name == name));
    let options = CanvasOptions {
        ascii: pen.glyphs().is_ascii(),
        heavy: wires_of(pen, selected),
        tentative: BTreeSet::new(),
        chips: if level == Level::Chips { chips(pen) } else { BTreeMap::new() },
    };
    let canvas = canvas::draw(&drawn.layout, &drawn.routes, &options, view);
    for (y, row) in canvas.rows().enumerate() {
        for (x, cell) in row.iter().enumerate() {
            if matches!(cell.symbol, WIDE_TAIL | ' ') {
                continue;
            }
            let (Ok(dx), Ok(dy)) = (u16::try_from(x), u16::try_from(y)) else { break };
            let at = (inside.x + dx, inside.y + dy);
            let style = style(pen, cell, node);
            if let Some(there) = pen.buffer.cell_mut(at).filter(|_| inside.contains(at.into())) {
                // Half of a wide character at the right edge would stand on the frame.
                let cut = row.get(x + 1).is_none() && super::text::width(cell.symbol.encode_utf8(&mut [0; 4])) > 1;
                there.set_char(if cut { ' ' } else { cell.symbol }).set_style(style);
            }
        }
    }
    for (index, boxed) in drawn.layout.boxes.iter().enumerate() {
        if let Some(area) = shown(&boxed.rect, &view, inside) {
            pen.hits.add(area, Target::Node(index));
        }
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

/// The wires of the selected node stand out while the graph has the focus.
fn wires_of(pen: &Pen, selected: Option<&str>) -> BTreeSet<usize> {
    let Some(node) = selected.filter(|_| pen.state.view.focus == Pane::Graph) else { return BTreeSet::new() };
    let wires = pen.state.graph.wires.iter().enumerate();
    wires.filter(|(_, wire)| wire.from.node == node || wire.to.node == node).map(|(index, _)| index).collect()
}

fn chips(pen: &Pen) -> BTreeMap<String, String> {
    let built = |name: &&str| pen.state.components.get(*name).is_some_and(|c| c.chip != Chip::Idle);
    let nodes = pen.state.graph.instances();
    let nodes = nodes.filter_map(|n| Some((n.name.clone(), n.component.as_deref().filter(built)?)));
    nodes.map(|(name, component)| (name, project::chip(pen, component, false).0)).collect()
}

fn style(pen: &Pen, cell: &Cell, selected: Option<usize>) -> Style {
    let (state, theme) = (pen.state, pen.theme());
    let node = match cell.hit {
        Hit::Node(node) => Some(node),
        Hit::Port(port) => Some(port.node),
        Hit::Wire(_) | Hit::Nothing => None,
    };
    let named = node.and_then(|n| state.graph.nodes.get(n));
    let style = match cell.role {
        Role::Border(NodeKind::Component) if named.is_some_and(|n| failed(pen, n)) => theme.bad,
        Role::Border(NodeKind::Component) if node == selected => theme.accent,
        Role::Border(_) | Role::Stub | Role::MapView => theme.faint,
        Role::NodeName(NodeKind::Component) => {
            let style = named.map_or(theme.text, |n| pen.speaker(&n.name).1);
            style.add_modifier(Modifier::BOLD)
        }
        Role::PortName(PortState::Free | PortState::Wired) | Role::Blank => theme.text,
        Role::Port(state) | Role::PortWord(state) | Role::PortName(state) => port(pen, state),
        Role::NodeName(_) | Role::Count | Role::MapBox(_) | Role::Wire(_) => theme.muted,
        Role::Chip => named
            .and_then(|n| n.component.as_deref())
            .map_or(theme.muted, |component| project::chip(pen, component, false).1),
    };
    if state.graph_stale { theme.stale } else { style }
}

/// The component of this node does not build; what is drawn of it is what was built before.
fn failed(pen: &Pen, node: &Node) -> bool {
    let component = node.component.as_ref().and_then(|name| pen.state.components.get(name));
    component.is_some_and(|c| matches!(c.chip, Chip::Failed { .. }))
}

fn port(pen: &Pen, state: PortState) -> Style {
    match state {
        PortState::Wired => pen.theme().good,
        PortState::Free | PortState::Host => pen.theme().muted,
        PortState::Needed | PortState::Mismatch => pen.theme().bad,
    }
}

fn empty(pen: &Pen) -> Vec<Line<'static>> {
    let (state, theme) = (pen.state, pen.theme());
    if !state.discovered {
        return vec![Line::styled("Reading the folder.", theme.muted)];
    }
    if !state.project.components.is_empty() {
        return vec![Line::styled("Drawn as soon as the components' ports are known.", theme.muted)];
    }
    let mut leave = vec![Span::raw("")];
    leave.extend(pen.key_hint("q", "leaves; then make two components that talk:"));
    vec![
        Line::styled("There is no component in this folder.", theme.strong),
        Line::default(),
        Line::styled("A component is a cargo package with a wit/ folder,", theme.muted),
        Line::styled("or a .wasm file. Add one and it appears here.", theme.muted),
        Line::default(),
        Line::from(leave),
        Line::styled("studio new neon my-app", theme.accent),
    ]
}
