//! The last row of the log: the filter and the search, typed or in force, with what they found.

use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::tui::pane::output::logs::{Purpose, Typing, standing, typing};
use crate::tui::screen::pen::Pen;
use crate::tui::screen::text;
use crate::tui::state::State;

pub(crate) fn is_needed(state: &State) -> bool {
    let log = &state.view.log;
    log.typing.is_some() || log.search.is_some() || !log.filter.is_empty()
        // A row that came under the pointer would push away what it draws over.
        || log.anchor.is_some() && !log.dragged
}

pub(crate) fn draw(pen: &mut Pen, area: Rect) {
    let state = pen.state;
    let counts = counts(pen);
    let width: usize = counts.iter().map(Span::width).sum();
    let (ends, room) =
        (Rect { width: area.width.saturating_sub(1), ..area }, usize::from(area.width).saturating_sub(width + 3));
    if let Some(typing) = &state.view.log.typing {
        draw_typing(pen, Rect { width: text::cells(room), ..area }, typing);
    } else {
        let shown = in_force(pen, room);
        pen.row(area, 0, shown);
    }
    pen.row_end(ends, 0, counts);
}

/// How much is shown, found and selected.
fn counts(pen: &Pen) -> Vec<Span<'static>> {
    let (state, theme, glyphs) = (pen.state, pen.theme(), pen.glyphs());
    let log = &state.view.log;
    let mut facts = Vec::new();
    if let Some((first, last)) = log.selection() {
        let shown = state.shown();
        let count = shown.position(last + 1) - shown.position(first);
        facts.push((format!("{} selected", text::count(count, "line")), theme.accent));
    }
    if let Some((here, count)) = standing(log) {
        let style = if count == 0 { theme.warn } else { theme.text };
        let text = match here {
            _ if count == 0 => "not found".to_owned(),
            Some(here) => format!("{here} of {count}"),
            None => format!("{count} found"),
        };
        facts.push((text, style));
    }
    if !log.filter.is_empty() {
        facts.push((format!("{} of {} lines", state.shown().len(), state.app.log.len()), theme.muted));
    }
    let mut spans = Vec::new();
    for (text, style) in facts {
        if !spans.is_empty() {
            spans.push(Span::styled(format!(" {} ", glyphs.dot), theme.faint));
        }
        spans.push(Span::styled(text, style));
    }
    spans
}

fn draw_typing(pen: &mut Pen, area: Rect, line: &Typing) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let (label, hint) = match line.purpose {
        Purpose::Filter => ("filter", "text  /regex/  -not  level:warn  node:name"),
        Purpose::Search => ("search", "text  /regex/  -not  level:warn  node:name"),
        Purpose::Input => ("input", "a line for the program to read"),
    };
    let head =
        [Span::styled(format!(" {label} "), theme.accent), Span::styled(format!("{} ", glyphs.prompt), theme.accent)];
    let used = pen.row(area, 0, head);
    let rest = Rect { x: area.x + used, width: area.width.saturating_sub(used), ..area };
    let room = usize::from(rest.width).saturating_sub(1);
    let (before, behind) = line.field.halves();
    let (before, behind) = (before.replace('\t', "^I"), behind.replace('\t', "^I"));
    let before = text::fit_end(&before, room, glyphs.more);
    let behind = text::fit(&behind, room.saturating_sub(text::width(&before)), glyphs.more);
    pen.cursor = Some((rest.x + text::cells(text::width(&before)), rest.y));
    let typed = text::width(&before) + text::width(&behind);
    let room = room.saturating_sub(typed + 2);
    // Letters stay text until the user leaves, but they go nowhere.
    let ended = line.purpose == Purpose::Input && !typing::can_type(pen.state);
    let trouble = line.trouble.clone().or_else(|| ended.then(|| "the program has ended; esc leaves".to_owned()));
    let (shown, style) = match trouble {
        Some(trouble) => (format!("  {trouble}"), theme.bad),
        None if typed == 0 => (hint.to_owned(), theme.muted),
        None => (String::new(), theme.muted),
    };
    let shown = text::fit(&shown, room + 2, glyphs.more).into_owned();
    pen.row(rest, 0, [Span::styled(before, theme.text), Span::styled(behind, theme.text), Span::styled(shown, style)]);
}

/// The filter and the search that are in force.
fn in_force(pen: &Pen, room: usize) -> Vec<Span<'static>> {
    let (log, theme, glyphs) = (&pen.state.view.log, pen.theme(), pen.glyphs());
    let mut spans = Vec::new();
    let searched = log.search.as_ref().map(|search| &search.wanted);
    let parts = [("filter", (!log.filter.is_empty()).then_some(&log.filter)), ("search", searched)];
    let mut room = room;
    for (label, shown) in parts {
        let Some(shown) = shown else { continue };
        // A filter shows what it is by what it leaves; and a text needs no word for it.
        let kind =
            if label == "filter" || shown.kind() == "text" { String::new() } else { format!("({}) ", shown.kind()) };
        let label = format!("{label} {kind}");
        let shown = text::fit(shown.text(), room.saturating_sub(label.len() + 2), glyphs.more).into_owned();
        room = room.saturating_sub(label.len() + 3 + text::width(&shown));
        spans.push(Span::styled(format!(" {label}"), theme.muted));
        spans.push(Span::styled(format!("{shown} "), theme.strong));
    }
    if spans.is_empty() && log.anchor.is_some() {
        spans.push(Span::raw(" "));
        spans.extend(pen.key_hint("y", "copies"));
        spans.push(Span::raw("  "));
        spans.extend(pen.key_hint("E", "writes to a file"));
    }
    spans
}
