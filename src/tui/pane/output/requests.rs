//! The requests, newest first; the selected one opens in place, with what was written for it.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::model::phases::millis;
use crate::model::requests::Request;
use crate::tui::hit::Target;
use crate::tui::screen::layout::Slot;
use crate::tui::screen::pen::{Pen, scrolled};
use crate::tui::screen::{frame, guest, text};
use crate::tui::view::Pane;

/// Lines of one request at most; the rest is in the log.
const MOST: usize = 40;
/// Lines of the log looked through for those of the request: drawing must not get slower with the log.
const LOOKED_THROUGH: usize = 10_000;
/// Below this many columns the time of day is left out.
const ROOM_FOR_TIME: u16 = 64;

pub(crate) fn draw(pen: &mut Pen, slot: &Slot) {
    let state = pen.state;
    let requests = &state.app.requests;
    let note = note(pen);
    let inside = frame::draw(pen, slot, note);
    if requests.is_empty() {
        let message = match state.app.run.serving {
            Some(addr) => format!("no request yet at http://{addr}"),
            None => "nothing is served".into(),
        };
        pen.centred(inside, vec![Line::styled(message, pen.theme().muted)]);
        return;
    }
    let selected = requests.index(state.view.request);
    let width = usize::from(inside.width);
    let details = requests.get(selected).map(|r| details(pen, r, width)).unwrap_or_default();
    let rows = requests.len() + details.len();
    let before = state.view.hits.offsets.requests;
    let offset = scrolled(before, selected, selected + details.len(), rows, inside.height);
    pen.hits.offsets.requests = offset;
    let focused = state.view.focus == Pane::Output;
    for line in 0..usize::from(inside.height) {
        let row = offset + line;
        if row > selected && row <= selected + details.len() {
            if let Some(spans) = details.get(row - selected - 1) {
                pen.row(inside, line, spans.clone());
            }
            pen.target(inside, line, Target::Request(selected));
            continue;
        }
        let index = if row <= selected { row } else { row - details.len() };
        let Some(request) = requests.get(index) else { break };
        if index == selected {
            let style = if focused { pen.theme().selection } else { pen.theme().selection_idle };
            pen.highlight(inside, line, style);
        }
        let spans = headline(pen, request, width, inside.width >= ROOM_FOR_TIME);
        pen.row(inside, line, spans);
        pen.target(inside, line, Target::Request(index));
    }
}

fn note(pen: &Pen) -> Vec<Span<'static>> {
    let (requests, theme) = (&pen.state.app.requests, pen.theme());
    let total = usize::try_from(requests.total()).unwrap_or(usize::MAX);
    let mut spans = vec![Span::styled(text::count(total, "request"), theme.muted)];
    if requests.dropped() > 0 {
        spans.push(Span::styled(format!(" {} {} not kept", pen.glyphs().dot, requests.dropped()), theme.warn));
    }
    spans
}

/// `12:00:00.123 200 GET /path 0.4 ms run 3`: the path has what the others leave.
fn headline(pen: &Pen, request: &Request, width: usize, with_time: bool) -> Vec<Span<'static>> {
    let theme = pen.theme();
    let mut spans = vec![Span::raw(" ")];
    if with_time {
        let time = pen.state.view.zone.clock(request.time);
        spans.push(Span::styled(format!("{time} "), theme.muted));
    }
    spans.push(Span::styled(format!("{} ", request.status), status(pen, request.status)));
    spans.push(Span::styled(format!("{:<4} ", guest::plain(&request.method)), theme.muted));
    let end = format!(" {:.1} ms {} run {} ", millis(request.took), pen.glyphs().dot, request.generation);
    let used: usize = spans.iter().map(Span::width).sum();
    let room = width.saturating_sub(used + text::width(&end));
    let path = text::fit(&guest::plain(&request.path), room, pen.glyphs().more).into_owned();
    let fill = " ".repeat(room.saturating_sub(text::width(&path)));
    spans.push(Span::styled(path, theme.text));
    spans.push(Span::raw(fill));
    spans.push(Span::styled(end, theme.muted));
    spans
}

fn status(pen: &Pen, status: u16) -> Style {
    let theme = pen.theme();
    match status {
        500.. => theme.bad,
        400.. => theme.warn,
        _ => theme.good,
    }
}

/// Its lines, oldest first.
fn details(pen: &Pen, request: &Request, width: usize) -> Vec<Vec<Span<'static>>> {
    let theme = pen.theme();
    let room = width.saturating_sub(8);
    let mine = pen.state.app.log.iter().rev().take(LOOKED_THROUGH).filter(|l| l.request == Some(request.id)).take(MOST);
    let mut rows: Vec<Vec<Span<'static>>> = mine
        .map(|line| {
            let (sign, style) = pen.speaker(&line.node);
            let head = format!("     {sign} {} ", line.node);
            let left = room.saturating_sub(text::width(&head));
            let (mut spans, cut) = guest::row(&line.text, 0, left, theme.text, theme);
            spans.insert(0, Span::styled(head, style));
            if cut {
                spans.push(Span::styled(pen.glyphs().more, theme.warn));
            }
            spans
        })
        .collect();
    rows.reverse();
    if !rows.is_empty() {
        rows.push(Vec::new());
    }
    rows
}
