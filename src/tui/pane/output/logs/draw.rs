//! The log: the rows in sight, each with its time, the node that wrote it, and its text made safe.

use std::time::Duration;

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::state::RunStatus;
use crate::log;
use crate::log::Stream;
use crate::log::filter::Level;
use crate::log::shown::Shown;
use crate::tui::hit::{LogSight, Target, TextRow};
use crate::tui::pane::output::logs::Times;
use crate::tui::screen::layout::Slot;
use crate::tui::screen::pen::{Pen, row_of};
use crate::tui::screen::{frame, guest, text};

/// Below this many columns the time is left out.
const ROOM_FOR_TIME: u16 = 64;

/// Columns of a time.
const TIME: usize = 12;

pub(crate) fn draw(pen: &mut Pen, slot: &Slot) {
    let (state, shown) = (pen.state, pen.state.shown());
    let bar = crate::tui::pane::output::logs::draw_bar::is_needed(state);
    let height = slot.area.height.saturating_sub(2 + u16::from(bar));
    let names = pen.longest_speaker().clamp(4, 16);
    let room = slot.area.width.saturating_sub(2);
    let fit = newest(pen, &shown, room, height, names);
    let newest_top = shown.len().saturating_sub(fit);
    let top = state.view.log.top.map_or(newest_top, |top| shown.position(top).min(newest_top));
    let below = shown.len().saturating_sub(top + fit);
    let note = note(pen, below);
    let inside = frame::draw(pen, slot, note);
    let area = Rect { height: inside.height.saturating_sub(u16::from(bar)), ..inside };
    if bar {
        crate::tui::pane::output::logs::draw_bar::draw(
            pen,
            Rect { y: area.bottom(), height: 1.min(inside.height), ..inside },
        );
    }
    let mut lines = 0;
    if state.app.log.is_empty() {
        let lines = empty(pen, usize::from(area.width));
        pen.centred(area, lines);
    } else if shown.is_empty() {
        let hint = Line::from(pen.key_hint("esc", "shows all lines"));
        let nothing = Line::styled("No line matches the filter.", pen.theme().muted);
        pen.centred(area, vec![nothing, hint]);
    } else {
        lines = draw_lines(pen, area, &shown, top, names);
    }
    pen.hits.log = LogSight { area, height: area.height, lines, newest_rows: fit };
}

/// How many of the newest lines fit.
fn newest(pen: &Pen, shown: &Shown, room: u16, height: u16, names: usize) -> usize {
    let height = usize::from(height);
    if !pen.state.view.log.wrap {
        return height;
    }
    let (mut rows, mut lines) = (0, 0);
    while let Some((_, line)) = shown.len().checked_sub(lines + 1).and_then(|p| shown.line(p)) {
        rows += rows_of(pen, line, room, height, names);
        if rows > height {
            break;
        }
        lines += 1;
    }
    lines.max(1)
}

/// Rows that a line takes where long ones are wrapped, as far as they can be in sight.
fn rows_of(pen: &Pen, line: &log::Line, room: u16, height: usize, names: usize) -> usize {
    if line.stream == Stream::Studio {
        return 1;
    }
    let time = if has_time(pen, room) { TIME + 1 } else { 0 };
    let head = 1 + time + text::width(pen.glyphs().node(0)) + 1 + names + 1 + text::width(pen.glyphs().stdout) + 1;
    let width = usize::from(room).saturating_sub(head).max(1);
    let (spans, _) = guest::row(&line.text, 0, width * height, Style::new(), pen.theme());
    crate::tui::pane::output::logs::marked::wrapped(spans, width).len().max(1)
}

fn has_time(pen: &Pen, room: u16) -> bool {
    room >= ROOM_FOR_TIME && pen.state.view.log.times != Times::Off
}

/// Draws lines from a position on; returns how many were begun.
fn draw_lines(pen: &mut Pen, area: Rect, shown: &Shown, top: usize, names: usize) -> usize {
    let (mut row, mut position) = (0, top);
    while row < usize::from(area.height) {
        let Some((number, line)) = shown.line(position) else { break };
        let before = position.checked_sub(1).and_then(|before| shown.line(before)).map(|(_, line)| line);
        // What a search found stands on what is selected, not below it.
        let rows = if pen.state.view.log.wrap { rows_of(pen, line, area.width, area.height.into(), names) } else { 1 };
        mark(pen, area, row..row + rows, number);
        let drawn = draw_line(pen, area, row, (number, line, before), names);
        row += drawn;
        position += 1;
    }
    position - top
}

/// What is selected, and what a click on these rows means.
fn mark(pen: &mut Pen, area: Rect, rows: std::ops::Range<usize>, number: u64) {
    let (view, theme) = (&pen.state.view, pen.theme());
    if view.log.part().is_some() {
        // Drawn over the text, cell by cell.
        for row in rows {
            pen.target(area, row, Target::LogLine(number));
        }
        return;
    }
    let selected = view.log.selection().map_or(view.log.at == Some(number), |(a, b)| (a..=b).contains(&number));
    let style = if pen.state.in_logs() { theme.selection } else { theme.selection_idle };
    for row in rows {
        if selected {
            pen.highlight(area, row, style);
        }
        pen.target(area, row, Target::LogLine(number));
    }
}

/// `following`, or how many lines wait below; and how many were lost.
fn note(pen: &Pen, below: usize) -> Vec<Span<'static>> {
    let (state, theme, glyphs) = (pen.state, pen.theme(), pen.glyphs());
    let mut spans = Vec::new();
    let separate = |spans: &mut Vec<Span<'static>>| {
        if !spans.is_empty() {
            spans.push(Span::styled(format!(" {} ", glyphs.dot), theme.faint));
        }
    };
    if state.app.log.dropped() > 0 {
        spans.push(Span::styled(format!("{} dropped", state.app.log.dropped()), theme.warn));
    }
    if state.view.log.column > 0 && !state.view.log.wrap {
        separate(&mut spans);
        spans.push(Span::styled(format!("from column {}", state.view.log.column + 1), theme.muted));
    }
    if !state.app.log.is_empty() {
        separate(&mut spans);
    }
    if state.view.log.top.is_some() {
        let waiting = if below > 0 { format!("{below} below") } else { "paused".into() };
        spans.push(Span::styled(waiting, theme.warn));
        spans.push(Span::styled(format!(" {} ", glyphs.dot), theme.faint));
        spans.extend(pen.key_hint("end", "follows"));
    } else if !state.app.log.is_empty() {
        spans.push(Span::styled("following", theme.muted));
    }
    spans
}

/// The time before a line, as the user wants it.
fn time(pen: &Pen, line: &log::Line, before: Option<&log::Line>) -> String {
    let log = &pen.state.view.log;
    let since = |then| line.time.duration_since(then).unwrap_or(Duration::ZERO);
    match log.times {
        Times::Clock => pen.state.view.zone.clock(line.time),
        Times::Run => span(since(log.begin_of(line.generation).unwrap_or(pen.state.app.began.1))),
        Times::Delta => format!("+{}", span(since(before.map_or(line.time, |before| before.time)))),
        Times::Off => String::new(),
    }
}

/// `0.412`, `1:02.412`, `1:00:02.412`
fn span(d: Duration) -> String {
    let (seconds, ms) = (d.as_secs(), d.subsec_millis());
    match seconds {
        0..60 => format!("{seconds}.{ms:03}"),
        60..3_600 => format!("{}:{:02}.{ms:03}", seconds / 60, seconds % 60),
        _ => format!("{}:{:02}:{:02}.{ms:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60),
    }
}

/// Draws a line, and says how many rows it took.
fn draw_line(
    pen: &mut Pen,
    inside: Rect,
    row: usize,
    (number, line, before): (u64, &log::Line, Option<&log::Line>),
    names: usize,
) -> usize {
    let Some(place) = row_of(inside, row) else { return 1 };
    let (theme, glyphs, view) = (pen.theme(), pen.glyphs(), &pen.state.view.log);
    let mut head = vec![Span::raw(" ")];
    if has_time(pen, inside.width) {
        let time = time(pen, line, before);
        head.push(Span::styled(format!("{time:>TIME$} "), theme.muted));
    }
    if line.stream == Stream::Studio {
        // Where another run begins, a rule goes all the way across.
        let boundary = before.is_none_or(|before| before.generation != line.generation);
        let x = place.x + text::cells(head.iter().map(Span::width).sum::<usize>() + 3);
        rule(pen, inside, row, head, &line.text, boundary);
        select(pen, TextRow { row: place.y, line: number, x, column: 0 }, place.right());
        return 1;
    }
    let (sign, style) = pen.speaker(&line.node);
    let name = text::fit(&line.node, names, glyphs.more);
    let fill = " ".repeat(names.saturating_sub(text::width(&name)));
    head.push(Span::styled(format!("{sign} {name}{fill} "), style));
    head.push(match line.stream {
        Stream::Stderr => Span::styled(format!("{} ", glyphs.stderr), theme.bad),
        Stream::Stdout | Stream::Studio => Span::styled(format!("{} ", glyphs.stdout), theme.faint),
    });
    let used = pen.row(inside, row, head);
    let rest = Rect { x: place.x + used, width: place.width.saturating_sub(used), ..place };
    let (from, width) = (if view.wrap { 0 } else { view.column }, usize::from(rest.width).max(1));
    let to = if view.wrap { width * usize::from(inside.height) } else { from + width };
    // From the line's start, so that what is searched for is found where it begins left of the pane.
    let (mut spans, more) = guest::row(&line.text, 0, to, level(&line.text, pen), theme);
    if let Some(search) = &view.search {
        for pattern in search.wanted.patterns() {
            spans = crate::tui::pane::output::logs::marked::found(spans, pattern, theme.found);
        }
    }
    if !view.wrap {
        pen.row(rest, 0, crate::tui::pane::output::logs::marked::from_column(spans, from));
        select(pen, TextRow { row: rest.y, line: number, x: rest.x, column: from }, rest.right());
        if more {
            pen.row_end(rest, 0, [Span::styled(glyphs.more, theme.warn)]);
        }
        return 1;
    }
    let rows = crate::tui::pane::output::logs::marked::wrapped(spans, width);
    let count = rows.len().clamp(1, usize::from(inside.height) - row);
    let all = Rect { height: inside.bottom() - rest.y, ..rest };
    let mut column = 0;
    for (index, spans) in rows.into_iter().take(count).enumerate() {
        let wide: usize = spans.iter().map(Span::width).sum();
        pen.row(all, index, spans);
        if let Some(place) = row_of(all, index) {
            select(pen, TextRow { row: place.y, line: number, x: place.x, column }, place.right());
        }
        column += wide;
    }
    count
}

/// What of a row's text is selected; and where it stands, for the mouse to select more.
fn select(pen: &mut Pen, text: TextRow, right: u16) {
    if let Some(columns) = pen.state.view.log.part().and_then(|part| part.of_line(text.line)) {
        let style = pen.theme().found;
        pen.select(text, right, columns, style);
    }
    pen.hits.add_log_text(text);
}

/// What studio itself says.
fn rule(pen: &mut Pen, inside: Rect, row: usize, mut head: Vec<Span<'static>>, line: &str, boundary: bool) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let plain = guest::plain(line);
    let shown = text::fit(&plain, usize::from(inside.width).saturating_sub(20), glyphs.more);
    head.push(Span::styled(glyphs.rule.repeat(2), theme.faint));
    head.push(Span::styled(format!(" {shown} "), theme.muted));
    if boundary {
        let used: usize = head.iter().map(Span::width).sum();
        head.push(Span::styled(glyphs.rule.repeat(usize::from(inside.width).saturating_sub(used + 1)), theme.faint));
    }
    pen.row(inside, row, head);
}

/// Lines that call themselves an error or a warning stand out, as long as the guest gives them no colour of its own.
fn level(line: &str, pen: &Pen) -> Style {
    let theme = pen.theme();
    match Level::of(line) {
        Some(Level::Error) => theme.bad,
        Some(Level::Warn) => theme.warn,
        _ => theme.text,
    }
}

fn empty(pen: &Pen, width: usize) -> Vec<Line<'static>> {
    let (state, theme) = (pen.state, pen.theme());
    let say = |sentence: &str| -> Vec<Line<'static>> {
        text::wrap(sentence, width.saturating_sub(4)).into_iter().map(|l| Line::styled(l, theme.muted)).collect()
    };
    let with_key = |key: &'static str, label: &'static str| vec![Line::from(pen.key_hint(key, label))];
    if !state.app.discovered || state.app.project.components.is_empty() {
        return say("What the components write appears here.");
    }
    if !state.app.trusted {
        return with_key("t", "shows what this folder runs, and asks whether you trust it");
    }
    if state.app.toolchain.is_some() {
        return with_key("p", "says what is missing");
    }
    if state.app.components.values().any(|c| c.build_status.is_busy()) {
        return say("Building. What the components write appears here.");
    }
    if pen.errors() > 0 {
        return with_key("p", "shows why it cannot run");
    }
    if state.app.log.is_cleared() {
        return with_key("u", "restores what was cleared");
    }
    match state.app.run.status {
        RunStatus::Never => with_key("r", "runs it"),
        RunStatus::Starting | RunStatus::Running => say("Running; nothing was written yet."),
        RunStatus::Ended(_) => {
            let mut lines = say("Ended without writing anything.");
            lines.extend(with_key("r", "runs it again"));
            lines
        }
    }
}
