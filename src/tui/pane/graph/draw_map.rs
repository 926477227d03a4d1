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

/// Columns and rows of the map, borders included: the first that stands somewhere where nothing else is.
const SIZES: [(u16, u16); 4] = [(28, 9), (22, 7), (16, 6), (12, 4)];

/// Draws the map into a corner that holds nothing; nowhere where each holds a part of the graph.
pub(crate) fn draw(pen: &mut Pen, layout: &Layout, whole: geometry::Rect, view: geometry::Rect, inside: Rect) {
    let Some(area) = free_corner(pen, inside) else { return };
    let (width, height) = (area.width, area.height);
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

fn free_corner(pen: &Pen, inside: Rect) -> Option<Rect> {
    let holds_nothing = |area: &Rect| {
        let cell = |at| pen.buffer.cell(at).is_none_or(|cell| cell.symbol() == " ");
        area.positions().all(cell)
    };
    let fits = |(width, height): &(u16, u16)| *width <= inside.width / 3 && *height <= inside.height / 2;
    SIZES.into_iter().filter(fits).find_map(|(width, height)| {
        let (right, bottom) = (inside.right() - width, inside.bottom() - height);
        let corners = [(right, bottom), (inside.x, bottom), (right, inside.y), (inside.x, inside.y)];
        corners.into_iter().map(|(x, y)| Rect { x, y, width, height }).find(holds_nothing)
    })
}

/// Draws the label of every port and node in sight; those that the typed letters rule out step back.
pub(crate) fn labels(pen: &mut Pen, size: (u16, u16), view: geometry::Rect, inside: Rect) {
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
