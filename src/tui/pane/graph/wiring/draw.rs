//! A wire that is being drawn over the graph: what fits lights up, all else steps back.

use std::collections::BTreeSet;

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Span;

use crate::draw::canvas::{Cell, Hit, Role};
use crate::draw::geometry;
use crate::draw::geometry::Point;
use crate::draw::layout::{PortRef, Side};
use crate::draw::route::loose;
use crate::model::port::short;
use crate::tui::pane::graph::draw::shown_cell;
use crate::tui::pane::graph::picture::{Drawn, Level};
use crate::tui::pane::graph::selection::Selection;
use crate::tui::pane::graph::wiring::Wire;
use crate::tui::screen::pen::Pen;
use crate::tui::screen::text;

/// The rows that matter while a wire is drawn.
pub(crate) struct Lit {
    from: Option<PortRef>,
    to: Option<PortRef>,
    ports: BTreeSet<PortRef>,
    nodes: BTreeSet<usize>,
}

impl Lit {
    pub(crate) fn of(pen: &Pen, wire: &Wire, level: Level) -> Self {
        let picture = &pen.state.view.picture;
        let from = picture.port(level, &wire.start());
        let aimed = wire.pointer.is_none() || wire.caught;
        let end = wire.target().filter(|_| aimed).map(|t| &t.end);
        let side = crate::tui::pane::graph::wiring::targets::opposite(wire.side);
        let to = end.and_then(|end| {
            picture.port(level, &Selection { node: end.node.clone(), port: Some((side, end.port.clone())) })
        });
        let ports = wire.lit(pen.state, level);
        let nodes = ports.iter().chain(&from).map(|p| p.node).collect();
        Self { from, to, ports, nodes }
    }

    /// How a cell of the picture looks meanwhile.
    pub(crate) fn style(&self, pen: &Pen, cell: &Cell) -> Style {
        let theme = pen.theme();
        let node = |node: usize| self.nodes.contains(&node);
        match (cell.role, cell.hit) {
            (Role::Port(_) | Role::PortName(_) | Role::PortWord(_), Hit::Port(port)) => {
                if self.to == Some(port) {
                    theme.accent.add_modifier(Modifier::BOLD)
                } else if self.from == Some(port) {
                    theme.accent
                } else if self.ports.contains(&port) {
                    theme.good
                } else {
                    theme.muted
                }
            }
            (Role::NodeName(_), Hit::Node(index)) if node(index) => {
                let name = pen.state.view.picture.graph().nodes.get(index).map_or("", |n| n.name.as_str());
                pen.speaker(name).1.add_modifier(Modifier::BOLD)
            }
            (Role::Border(_), Hit::Node(index)) if node(index) => theme.muted,
            (Role::NodeName(_) | Role::Count | Role::BuildStatus | Role::PortName(_), _) => theme.muted,
            _ => theme.faint,
        }
    }
}

/// The wire itself, and a sign on every port that fits: colour alone tells nobody anything.
pub(crate) fn draw(pen: &mut Pen, drawn: &Drawn, view: geometry::Rect, inside: Rect, lit: &Lit, wire: &Wire) {
    let ascii = pen.glyphs().is_ascii();
    let layout = &drawn.layout;
    for port in &lit.ports {
        if let Some(at) = layout.port(*port).and_then(|at| shown_cell(at, &view, inside)) {
            let style = if lit.to == Some(*port) { pen.theme().accent } else { pen.theme().good };
            put(pen, at, if ascii { 'O' } else { '◉' }, style.add_modifier(Modifier::BOLD));
        }
    }
    let from = lit.from.and_then(|port| layout.port(port));
    let pointer = wire.pointer.filter(|_| !wire.caught).map(|(column, row)| {
        Point::new(view.x + i32::from(column) - i32::from(inside.x), view.y + i32::from(row) - i32::from(inside.y))
    });
    let to = pointer.or_else(|| layout.port(lit.to?));
    let Some((from, to)) = from.zip(to) else { return };
    let cells = loose(layout, from, to);
    for around in cells.windows(3) {
        let [before, at, after] = around else { continue };
        let Some(place) = shown_cell(*at, &view, inside) else { continue };
        let symbol = line(*before, *at, *after, ascii);
        put(pen, place, symbol, pen.theme().accent.add_modifier(Modifier::BOLD));
    }
}

fn put(pen: &mut Pen, at: (u16, u16), symbol: char, style: Style) {
    if let Some(cell) = pen.buffer.cell_mut(at) {
        cell.set_char(symbol).set_style(style);
    }
}

/// A dashed line through a cell, by where it comes from and goes to.
fn line(before: Point, at: Point, after: Point, ascii: bool) -> char {
    let side = |p: Point| (p.x - at.x, p.y - at.y);
    let mut ends = [side(before), side(after)];
    ends.sort_unstable();
    match ends {
        [(-1, 0), (1, 0)] => {
            if ascii {
                '-'
            } else {
                '╌'
            }
        }
        [(0, -1), (0, 1)] => {
            if ascii {
                ':'
            } else {
                '┆'
            }
        }
        _ if ascii => '+',
        [(-1, 0), (0, -1)] => '╯',
        [(-1, 0), (0, 1)] => '╮',
        [(0, -1), (1, 0)] => '╰',
        _ => '╭',
    }
}

/// What the pane's frame says of it.
pub(crate) fn note(pen: &Pen, wire: &Wire) -> Vec<Span<'static>> {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let name = |text: &str| text::fit(text, 24, glyphs.more).into_owned();
    let begun = Span::styled(name(short(&wire.from.port)), theme.accent);
    let mut spans = vec![begun.clone(), Span::raw(" ")];
    let Some(target) = wire.target().filter(|_| wire.pointer.is_none() || wire.caught) else {
        spans.push(Span::styled(format!("{} {} fit", glyphs.arrow, wire.targets.len()), theme.muted));
        return spans;
    };
    let mut end = vec![Span::styled(name(&target.end.node), theme.strong)];
    if target.end.port != wire.from.port {
        end.push(Span::styled(format!(".{}", name(short(&target.end.port))), theme.text));
    }
    // From who imports to who exports, wherever it was begun.
    let arrow = Span::styled(format!(" {} ", glyphs.arrow), theme.muted);
    let (from, to) = if wire.side == Side::Import { (vec![begun], end) } else { (end, vec![begun]) };
    let mut spans = [from, vec![arrow], to].concat();
    if target.now {
        spans.push(Span::styled(" (as it is)", theme.muted));
    }
    if wire.targets.len() > 1 {
        spans.push(Span::styled(format!(" {} {}/{}", glyphs.dot, wire.at + 1, wire.targets.len()), theme.muted));
    }
    spans
}
