//! The log: the rows in sight, each with its time, the node that wrote it, and its text made safe.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::layout::Slot;
use super::pen::{Pen, row_of};
use super::{frame, guest, text};
use crate::app::state::RunStatus;
use crate::model::log::{self, Stream};

/// Below this many columns the time of day is left out.
const ROOM_FOR_TIME: u16 = 64;

pub fn draw(pen: &mut Pen, slot: &Slot) {
    let height = u64::from(slot.area.height.saturating_sub(2));
    let log = &pen.state.log;
    let newest = log.end().saturating_sub(height).max(log.first());
    let top = pen.state.view.log.top.map_or(newest, |top| top.clamp(log.first(), newest));
    let below = log.end().saturating_sub(top + height);
    let note = note(pen, below);
    let inside = frame::draw(pen, slot, note);
    if log.is_empty() {
        let lines = empty(pen, usize::from(inside.width));
        pen.centred(inside, lines);
        return;
    }
    let names = pen.longest_speaker().clamp(4, 16);
    let start = usize::try_from(top - log.first()).unwrap_or(usize::MAX);
    for row in 0..usize::from(inside.height) {
        let index = start.saturating_add(row);
        let Some(line) = log.get(index) else { break };
        // Where another run begins, a rule goes all the way across.
        let before = index.checked_sub(1).and_then(|before| log.get(before));
        let boundary = before.is_none_or(|before| before.generation != line.generation);
        draw_line(pen, inside, row, line, names, boundary);
    }
}

/// `following`, or how many lines wait below; and how many were lost.
fn note(pen: &Pen, below: u64) -> Vec<Span<'static>> {
    let (state, theme, glyphs) = (pen.state, pen.theme(), pen.glyphs());
    let mut spans = Vec::new();
    let separate = |spans: &mut Vec<Span<'static>>| {
        if !spans.is_empty() {
            spans.push(Span::styled(format!(" {} ", glyphs.dot), theme.faint));
        }
    };
    if state.log.dropped() > 0 {
        spans.push(Span::styled(format!("{} dropped", state.log.dropped()), theme.warn));
    }
    if state.view.log.column > 0 {
        separate(&mut spans);
        spans.push(Span::styled(format!("from column {}", state.view.log.column + 1), theme.muted));
    }
    if !state.log.is_empty() {
        separate(&mut spans);
    }
    if state.view.log.top.is_some() {
        let waiting = if below > 0 { format!("{below} below") } else { "paused".into() };
        spans.push(Span::styled(waiting, theme.warn));
        spans.push(Span::styled(format!(" {} ", glyphs.dot), theme.faint));
        spans.extend(pen.key_hint("end", "follows"));
    } else if !state.log.is_empty() {
        spans.push(Span::styled("following", theme.muted));
    }
    spans
}

fn draw_line(pen: &mut Pen, inside: Rect, row: usize, line: &log::Line, names: usize, boundary: bool) {
    let Some(place) = row_of(inside, row) else { return };
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let mut head = vec![Span::raw(" ")];
    if inside.width >= ROOM_FOR_TIME {
        let time = text::clock(line.time, pen.state.view.look.utc_offset);
        head.push(Span::styled(format!("{time} "), theme.muted));
    }
    if line.stream == Stream::Studio {
        return said(pen, inside, row, head, &line.text, boundary);
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
    let from = pen.state.view.log.column;
    let (spans, more) = guest::row(&line.text, from, usize::from(rest.width), level(&line.text, pen), theme);
    pen.row(rest, 0, spans);
    if more {
        pen.row_end(rest, 0, [Span::styled(glyphs.more, theme.warn)]);
    }
}

/// What studio itself says.
fn said(pen: &mut Pen, inside: Rect, row: usize, mut head: Vec<Span<'static>>, line: &str, boundary: bool) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let plain = guest::plain(line);
    let said = text::fit(&plain, usize::from(inside.width).saturating_sub(20), glyphs.more);
    head.push(Span::styled(glyphs.rule.repeat(2), theme.faint));
    head.push(Span::styled(format!(" {said} "), theme.muted));
    if boundary {
        let used: usize = head.iter().map(Span::width).sum();
        head.push(Span::styled(glyphs.rule.repeat(usize::from(inside.width).saturating_sub(used + 1)), theme.faint));
    }
    pen.row(inside, row, head);
}

/// Lines that call themselves an error or a warning stand out, as long as the guest gives them no colour of its own.
fn level(line: &str, pen: &Pen) -> Style {
    let theme = pen.theme();
    let head: String = line.chars().take(24).collect::<String>().to_ascii_uppercase();
    let word = head.trim_start_matches('[').split([']', ':', ' ']).next().unwrap_or("");
    match word {
        "ERROR" | "CRITICAL" | "FATAL" | "PANIC" => theme.bad,
        "WARN" | "WARNING" => theme.warn,
        _ => theme.text,
    }
}

fn empty(pen: &Pen, width: usize) -> Vec<Line<'static>> {
    let (state, theme) = (pen.state, pen.theme());
    let say = |sentence: &str| -> Vec<Line<'static>> {
        text::wrap(sentence, width.saturating_sub(4)).into_iter().map(|l| Line::styled(l, theme.muted)).collect()
    };
    let with_key = |key: &'static str, label: &'static str| vec![Line::from(pen.key_hint(key, label))];
    if !state.discovered || state.project.components.is_empty() {
        return say("What the components write appears here.");
    }
    if !state.trusted {
        return with_key("t", "trusts this folder, builds it and runs it");
    }
    if state.toolchain.is_some() {
        return with_key("p", "says what is missing");
    }
    if state.components.values().any(|c| c.chip.is_busy()) {
        return say("Building. What the components write appears here.");
    }
    if pen.errors() > 0 {
        return with_key("p", "shows what keeps it from running");
    }
    match state.run.status {
        RunStatus::Never => with_key("r", "runs it"),
        RunStatus::Starting | RunStatus::Running => say("It runs, and has written nothing yet."),
        RunStatus::Ended(_) => {
            let mut lines = say("It ended, and wrote nothing.");
            lines.extend(with_key("r", "runs it again"));
            lines
        }
    }
}
