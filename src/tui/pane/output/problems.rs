//! The problems, first error first; the selected one opens in place.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::tui::hit::Target;
use crate::tui::screen::layout::Slot;
use crate::tui::screen::pen::{Pen, scrolled};
use crate::tui::screen::{frame, guest, text};
use crate::tui::view::Pane;

/// Rows of one problem at most; the rest is in the editor.
const MOST: usize = 60;

pub fn draw(pen: &mut Pen, slot: &Slot) {
    let problems = pen.problems.clone();
    let note = note(pen, &problems);
    let inside = frame::draw(pen, slot, note);
    if problems.is_empty() {
        let line = Line::from(vec![
            Span::styled(pen.glyphs().ok, pen.theme().good),
            Span::styled(" no problems", pen.theme().muted),
        ]);
        pen.centred(inside, vec![line]);
        return;
    }
    let selected = pen.state.view.problem.min(problems.len() - 1);
    let width = usize::from(inside.width);
    let details = problems.get(selected).map(|p| details(pen, p, width)).unwrap_or_default();
    let before = pen.state.view.hits.offsets.problems;
    let rows = problems.len() + details.len();
    let offset = scrolled(before, selected, selected + details.len(), rows, inside.height);
    pen.hits.offsets.problems = offset;
    let focused = pen.state.view.focus == Pane::Output;
    for line in 0..usize::from(inside.height) {
        let row = offset + line;
        if row > selected && row <= selected + details.len() {
            if let Some(spans) = details.get(row - selected - 1) {
                pen.row(inside, line, spans.clone());
            }
            pen.target(inside, line, Target::Problem(selected));
            continue;
        }
        let index = if row <= selected { row } else { row - details.len() };
        let Some(problem) = problems.get(index) else { break };
        if index == selected {
            let style = if focused { pen.theme().selection } else { pen.theme().selection_idle };
            pen.highlight(inside, line, style);
        }
        let spans = headline(pen, problem, width);
        pen.row(inside, line, spans);
        pen.target(inside, line, Target::Problem(index));
    }
}

fn note(pen: &Pen, problems: &[&Diagnostic]) -> Vec<Span<'static>> {
    let count = |severity| problems.iter().filter(|p| p.severity == severity).count();
    let mut spans = Vec::new();
    for (severity, word) in [(Severity::Error, "error"), (Severity::Warning, "warning")] {
        let n = count(severity);
        if n > 0 {
            if !spans.is_empty() {
                spans.push(Span::styled(format!(" {} ", pen.glyphs().dot), pen.theme().faint));
            }
            spans.push(Span::styled(text::count(n, word), sign(pen, severity).1));
        }
    }
    spans
}

fn sign(pen: &Pen, severity: Severity) -> (&'static str, Style) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    match severity {
        Severity::Error => (glyphs.bad, theme.bad),
        Severity::Warning => (glyphs.warning, theme.warn),
        Severity::Note => (glyphs.note, theme.muted),
    }
}

/// `✘ src/lib.rs:12:5  cannot find value …`: the place may take half of the row, the sentence has the rest.
fn headline(pen: &Pen, problem: &Diagnostic, width: usize) -> Vec<Span<'static>> {
    let (theme, more) = (pen.theme(), pen.glyphs().more);
    let (sign, style) = sign(pen, problem.severity);
    let mut spans = vec![Span::styled(format!(" {sign} "), style)];
    let place = match (&problem.place, &problem.component) {
        (Some(place), _) => place.to_string(),
        (None, Some(component)) => component.clone(),
        (None, None) => String::new(),
    };
    let place = text::fit_end(&place, width / 2, more);
    if !place.is_empty() {
        spans.push(Span::styled(format!("{place}  "), theme.muted));
    }
    let message = guest::plain(problem.message.lines().next().unwrap_or_default());
    let room = width.saturating_sub(4 + text::width(&place) + 2);
    spans.push(Span::raw(text::fit(&message, room, more).into_owned()));
    spans
}

/// The tool's own drawing of it, else what was said beside it; the rest of a sentence that did not fit first.
fn details(pen: &Pen, problem: &Diagnostic, width: usize) -> Vec<Vec<Span<'static>>> {
    let theme = pen.theme();
    let room = width.saturating_sub(6);
    let indent = |mut spans: Vec<Span<'static>>| {
        spans.insert(0, Span::raw("     "));
        spans
    };
    let mut rows = Vec::new();
    if let Some(rendered) = &problem.rendered {
        // The first line is the sentence of the headline again.
        let lines = rendered.trim_end().lines().skip(1);
        rows.extend(lines.take(MOST).map(|line| {
            let (mut spans, cut) = guest::row(line, 0, room, theme.text, theme);
            if cut {
                spans.push(Span::styled(pen.glyphs().more, theme.warn));
            }
            indent(spans)
        }));
    } else {
        let mut say = |said: &str, style: Style| {
            for line in text::wrap(&guest::plain(said), room).into_iter().take(MOST) {
                rows.push(indent(vec![Span::styled(line, style)]));
            }
        };
        let one_line = problem.message.lines().count() == 1;
        let place = problem.place.as_ref().map_or(0, |p| text::width(&p.to_string()).min(width / 2));
        if !one_line || text::width(&problem.message) + place + 6 > width {
            say(&problem.message, theme.text);
        }
        for remark in &problem.remarks {
            let place = remark.place.as_ref().map(|p| format!("{p}  ")).unwrap_or_default();
            say(&format!("{place}{}", remark.message), theme.muted);
        }
        if let Some(help) = &problem.help {
            say(&format!("{} {help}", pen.glyphs().arrow), theme.accent);
        }
    }
    if !rows.is_empty() {
        rows.push(Vec::new());
    }
    rows
}
