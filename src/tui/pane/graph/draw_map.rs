//! What lies over the graph: the small map of all of it, and the labels that a jump leads to.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Span;
use ratatui::widgets::{Block, Widget};

use crate::draw::canvas::{Minimap, Role, WIDE_TAIL};
use crate::draw::geometry;
use crate::draw::geometry::Point;
use crate::draw::layout::Layout;
use crate::tui::hit::Target;
use crate::tui::pane::graph;
use crate::tui::screen::pen::Pen;

/// Below this the map would hide more than it shows.
const ROOM: (u16, u16) = (48, 12);

/// Draws the map into the lower right corner, or the lower left one where the focus is beneath it.
pub fn draw(
    pen: &mut Pen,
    layout: &Layout,
    whole: geometry::Rect,
    view: geometry::Rect,
    inside: Rect,
    focus: Option<geometry::Rect>,
) {
    if inside.width < ROOM.0 || inside.height < ROOM.1 {
        return;
    }
    let (width, height) = ((inside.width / 5).clamp(12, 28), (inside.height / 4).clamp(4, 9));
    let right = Rect { x: inside.right() - width, y: inside.bottom() - height, width, height };
    let cell = |at: i32, start: i32, from: u16| i32::from(from) + at - start;
    let hidden = focus.is_some_and(|f| {
        let (x, y) = (cell(f.x, view.x, inside.x), cell(f.y, view.y, inside.y));
        x + f.width > i32::from(right.x) && y + f.height > i32::from(right.y)
    });
    let area = if hidden { Rect { x: inside.x, ..right } } else { right };
    pen.clear(area);
    let theme = pen.theme();
    Block::bordered().border_set(pen.glyphs().border).border_style(theme.faint).render(area, pen.buffer);
    let body = Rect { x: area.x + 1, y: area.y + 1, width: width - 2, height: height - 2 };
    let map = Minimap { whole, width: i32::from(body.width), height: i32::from(body.height) };
    let canvas = map.draw(layout, view, pen.glyphs().is_ascii());
    for (row, y) in canvas.rows().zip(body.y..) {
        for (cell, x) in row.iter().zip(body.x..) {
            let style = match cell.role {
                Role::MapView => theme.accent,
                Role::MapBox(_) => theme.text,
                _ => theme.faint,
            };
            if let Some(there) = pen.buffer.cell_mut((x, y)).filter(|_| cell.symbol != WIDE_TAIL) {
                there.set_char(cell.symbol).set_style(style);
            }
        }
    }
    pen.hits.add(area, Target::Map);
    pen.hits.set_map(body, map);
}

/// Draws the label of every port and node in sight; those that the typed letters rule out step back.
pub fn labels(pen: &mut Pen, size: (u16, u16), view: geometry::Rect, inside: Rect) {
    let state = pen.state;
    let typed = state.view.graph.jump.as_ref().map_or("", |jump| jump.typed.as_str());
    pen.buffer.set_style(inside, Style::new().remove_modifier(Modifier::BOLD).patch(pen.theme().faint));
    for label in graph::labels(state, size) {
        let Some(rest) = label.text.strip_prefix(typed) else { continue };
        let Point { x, y } = label.at;
        let (Ok(dx), Ok(dy)) = (u16::try_from(x - view.x), u16::try_from(y - view.y)) else { continue };
        // At the right edge a label stands before its port.
        let width = u16::try_from(label.text.len()).unwrap_or(1);
        let from = (inside.x + dx).min(inside.right().saturating_sub(width));
        let area = Rect { x: from, y: inside.y + dy, width, height: 1 };
        let spans = [
            Span::styled(typed.to_owned(), pen.theme().muted),
            Span::styled(rest.to_owned(), pen.theme().button.add_modifier(Modifier::REVERSED)),
        ];
        pen.row(area, 0, spans);
    }
}
