//! What auto-wiring would do, as a list where the output is otherwise: the graph above draws it dashed.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Widget};

use crate::model::graph::End;
use crate::model::port::short;
use crate::tui::hit::Target;
use crate::tui::pane::graph::wiring::Plan;
use crate::tui::screen::pen::{Pen, scrolled};
use crate::tui::screen::text;

pub(crate) fn draw(pen: &mut Pen, area: Rect, plan: &Plan) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    pen.clear(area);
    pen.hits.add(area, Target::Inside);
    let title = format!(" Auto-wire: {}, not made yet ", text::count(plan.wires.len(), "wire"));
    // The footer has these too.
    let hints = usize::from(area.width) >= title.len() + 60;
    let mut note = vec![Span::raw(if hints { " " } else { "" })];
    for (key, label) in
        [("enter", "makes it  "), ("x", "leaves one out  "), ("esc", "drops it ")].into_iter().filter(|_| hints)
    {
        note.extend(pen.key_hint(key, label));
    }
    Block::bordered()
        .border_set(glyphs.border)
        .border_style(theme.accent)
        .title(Line::styled(title, theme.strong))
        .title(Line::from(note).right_aligned())
        .render(area, pen.buffer);
    let inside = Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(2),
    };
    let count = plan.wires.len() + plan.open.len();
    let offset = scrolled(0, plan.at, plan.at, count, inside.height);
    let widest = |ends: &mut dyn Iterator<Item = &End>| ends.map(|e| text::width(&name(e))).max().unwrap_or(0).min(34);
    let left = widest(&mut plan.wires.iter().map(|w| &w.from).chain(&plan.open));
    let fitted = |end: &End, room: usize| text::fit(&name(end), room, glyphs.more).into_owned();
    for (row, index) in (offset..count).take(usize::from(inside.height)).enumerate() {
        if let Some(wire) = plan.wires.get(index) {
            if index == plan.at {
                pen.highlight(inside, row, theme.selection);
            }
            let from = fitted(&wire.from, left);
            let gap = " ".repeat(left.saturating_sub(text::width(&from)) + 1);
            let to = fitted(&wire.to, usize::from(inside.width).saturating_sub(left + 8));
            let spans = [
                Span::styled(format!("{} ", if glyphs.is_ascii() { "- " } else { "╌╌" }), theme.accent),
                Span::raw(from),
                Span::raw(gap),
                Span::styled(format!("{} ", glyphs.arrow), theme.muted),
                Span::raw(to),
            ];
            pen.row(inside, row, spans);
            pen.target(inside, row, Target::PlanRow(index));
        } else if let Some(open) = plan.open.get(index - plan.wires.len()) {
            let from = fitted(open, left);
            let spans = [
                Span::styled(format!("{}  ", glyphs.unwired), theme.bad),
                Span::raw(from),
                Span::styled("  stays open", theme.muted),
            ];
            pen.row(inside, row, spans);
        }
    }
}

fn name(end: &End) -> String {
    format!("{}.{}", end.node, short(&end.port))
}
