//! The grants of a node, over the panes.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use crate::tui::hit::Target;
use crate::tui::overlay::draw::frame;
use crate::tui::overlay::grants::{Panel, Row, notes, rows};
use crate::tui::screen::pen::{Pen, scrolled};
use crate::tui::screen::text;

/// Columns for what is granted.
const NAMES: usize = 36;

pub(crate) fn draw(pen: &mut Pen, area: Rect, panel: &Panel) {
    let theme = pen.theme();
    let all = rows(pen.state, &panel.node);
    let granted = all.iter().filter(|row| matches!(row, Row::Granted { .. })).count();
    let denied = all.iter().filter(|row| matches!(row, Row::Denied { .. })).count();
    let note = format!(" {granted} granted, {denied} denied ");
    let most = text::cells(usize::from(area.height).saturating_sub(8)).min(20);
    let width = usize::from(area.width.saturating_sub(8).min(80));
    let warning = |note: String| text::wrap(&format!("{} {note}", pen.glyphs().warning), width);
    let warnings = notes(pen.state, &panel.node).into_iter().flat_map(warning).map(|line| (line, theme.warn));
    let explained = text::wrap(EXPLAINED, width).into_iter().map(|line| (line, theme.muted));
    let explained: Vec<(String, Style)> = warnings.chain(explained).collect();
    let below = (text::cells(explained.len()) + 1).min(most.saturating_sub(1));
    let height = text::cells(all.len().max(1)).clamp(1, most.saturating_sub(below).max(1)) + below;
    let inside = frame(pen, area, &format!("What {} may do", panel.node), note, height);
    let list = Rect { height: inside.height.saturating_sub(below), ..inside };
    if all.is_empty() {
        pen.row(list, 0, [Span::styled("No grants, and nothing was denied so far.", theme.muted)]);
    }
    let selected = panel.index(&all);
    let offset = scrolled(pen.state.view.hits.offsets.picker, selected, selected, all.len(), list.height);
    pen.hits.offsets.picker = offset;
    let names = all.iter().map(|row| text::width(&row.name())).max().unwrap_or(0).min(NAMES);
    for (line, (index, row)) in all.iter().enumerate().skip(offset).take(usize::from(list.height)).enumerate() {
        if index == selected {
            pen.highlight(list, line, theme.selection);
        }
        draw_row(pen, list, line, &panel.node, row, names);
        pen.target(list, line, Target::GrantRow(index));
    }
    for (line, (sentence, style)) in explained.into_iter().enumerate() {
        pen.row(inside, usize::from(list.height) + 1 + line, [Span::styled(sentence, style)]);
    }
}

const EXPLAINED: &str = "enter grants what was denied, or changes what is granted; a adds, x revokes. It is written into \
                         studio.toml and counts from the program's next call on.";

fn draw_row(pen: &mut Pen, list: Rect, line: usize, node: &str, row: &Row, names: usize) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let (word, style, detail): (&str, Style, String) = match row {
        Row::Granted { used: 0, .. } => ("may", theme.good, "not used so far".into()),
        Row::Granted { used, last, .. } => {
            ("may", theme.good, format!("used {used}×: {}", last.as_deref().unwrap_or_default()))
        }
        Row::Denied { times, last, .. } => ("denied", theme.bad, format!("{times}×: {last}")),
        Row::Lent(lent) if lent.from == node => {
            ("lends", theme.warn, format!("to {}, who may do with it what {node} may", lent.to))
        }
        Row::Lent(lent) => ("holds", theme.warn, format!("of {}, under whose grants it is used", lent.from)),
    };
    let name = row.name();
    let name = text::fit(&name, names, glyphs.more);
    let fill = " ".repeat(names.saturating_sub(text::width(&name)) + 2);
    let room = usize::from(list.width).saturating_sub(8 + names + 2);
    let detail = text::fit(&detail, room, glyphs.more).into_owned();
    pen.row(
        list,
        line,
        [
            Span::styled(format!("{word:<8}"), style),
            Span::styled(name.into_owned(), theme.text),
            Span::raw(fill),
            Span::styled(detail, theme.muted),
        ],
    );
}
