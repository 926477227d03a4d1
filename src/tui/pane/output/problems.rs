//! The problems, first error first; the selected one opens in place.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::tui::command::{Command, Context};
use crate::tui::hit::Target;
use crate::tui::screen::layout::Slot;
use crate::tui::screen::pen::{Pen, scrolled};
use crate::tui::screen::{frame, guest, text};
use crate::tui::view::{Pane, Tab};

/// Rows of one problem at most; the rest is in the editor.
const MOST: usize = 60;

pub(crate) fn draw(pen: &mut Pen, slot: &Slot) {
    let problems = pen.problems.clone();
    let mut note = note(pen, &problems);
    let selected = pen.state.view.problem.min(problems.len().saturating_sub(1));
    let (columns, height) = (slot.area.width.saturating_sub(2), slot.area.height.saturating_sub(2));
    let details = problems.get(selected).map(|p| details(pen, p, usize::from(columns))).unwrap_or_default();
    // However much there is to say of one problem, the first lines of the others are seen too: half of the rows are theirs.
    let height = usize::from(height);
    let window = details.len().min(height.saturating_sub(problems.len().min((height / 2).max(1))));
    // The last row of the details is empty.
    let rest = details.len().saturating_sub(1 + window);
    let scroll = pen.state.view.problem_scroll.min(rest);
    pen.hits.set_problem_rest(rest);
    let details = details.get(scroll..scroll + window).unwrap_or_default();
    if scroll < rest {
        let more = format!("  {} more {}", rest - scroll, pen.glyphs().directions[2]);
        note.push(Span::styled(more, pen.theme().muted));
    }
    let inside = frame::draw(pen, slot, note);
    if problems.is_empty() {
        let line = Line::from(vec![
            Span::styled(pen.glyphs().ok, pen.theme().good),
            Span::styled(" no problems", pen.theme().muted),
        ]);
        pen.centred(inside, vec![line]);
        return;
    }
    let width = usize::from(inside.width);
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
        if let Some(next) = next_key(pen, problem) {
            say(&format!("{} {next}", pen.glyphs().arrow), theme.accent);
        }
    }
    if !rows.is_empty() {
        rows.push(Vec::new());
    }
    rows
}

/// The key that does something about it, where one does.
fn next_key(pen: &Pen, problem: &Diagnostic) -> Option<String> {
    let state = pen.state;
    let unavailable = state.app.run.unavailable.as_ref().filter(|u| u.free.is_some() && u.reason == problem.message)?;
    let contexts = Context::of_pane(Pane::Output, Tab::Problems);
    let key = state.view.keymap.key(contexts, Command::ServeOnFreePort)?;
    Some(format!("{key} serves there until {} is free", unavailable.addr))
}

#[cfg(test)]
mod tests {
    use crate::app::effect::Effect as AppEffect;
    use crate::model::diagnostic::{Diagnostic, Origin};
    use crate::run::{Outcome, RunEvent, Unavailable};
    use crate::tui::effect::Effect;
    use crate::tui::fixture::Session;
    use crate::tui::screen::tests::{draw, text};

    #[test]
    fn a_port_that_is_taken_names_the_key_that_serves_on_a_free_one() {
        let mut session = Session::new(true);
        session.running();
        let reason = "port 8080 of 127.0.0.1 is taken by another program".to_owned();
        let (addr, free) = ("127.0.0.1:8080".parse().unwrap(), "127.0.0.1:8081".parse().unwrap());
        session.run(RunEvent::Unavailable(Unavailable { addr, free: Some(free), reason: reason.clone() }));
        let outcome = Outcome::Refused(Diagnostic::error(Origin::Run, reason));
        session.run(RunEvent::Ended { generation: 1, outcome });
        for (width, height) in [(80, 24), (120, 36), (200, 50)] {
            let shown = text(&draw(&mut session, width, height));
            assert!(shown.contains("F serves there until 127.0.0.1:8080 is free"), "{shown}");
            assert!(shown.contains("F free port") && !shown.contains("--addr"), "{shown}");
        }
        session.keys("F");
        let fallback = session.effects.iter().find_map(|effect| match effect {
            Effect::App(AppEffect::Run(request)) => Some((request.addr, request.fallback)),
            _ => None,
        });
        assert_eq!(fallback, Some((addr, Some(free))));
        // There it is, and later back where it belongs.
        session.begins().run(RunEvent::Serving { addr: free });
        assert!(
            text(&draw(&mut session, 120, 36)).contains("serving http://127.0.0.1:8081 until 127.0.0.1:8080 is free")
        );
        session.run(RunEvent::Serving { addr });
        assert!(text(&draw(&mut session, 120, 36)).contains("serving http://127.0.0.1:8080: it is free again"));
        assert_eq!(session.state.app.run.fallback, None);
    }

    #[test]
    fn a_problem_that_does_not_fit_is_read_to_its_end_before_the_next() {
        let mut session = Session::new(true);
        session.broken();
        let long =
            (0..30).fold(Diagnostic::error(Origin::Rust, "the first"), |p, n| p.remark(format!("row {n}"), None));
        let all =
            vec![long.component("core-logic"), Diagnostic::error(Origin::Rust, "the second").component("core-logic")];
        session.started(&["core-logic"]).failed("core-logic", all).finished(false, 1);
        let size = (80, 24);
        draw(&mut session, size.0, size.1);
        session.keys("p");
        let mut seen = Vec::new();
        for _ in 0..60 {
            let shown = text(&draw(&mut session, size.0, size.1));
            assert!(shown.contains("the second"), "the others are seen too: {shown}");
            seen.extend((0..30).filter(|n| shown.contains(&format!("row {n} "))));
            if session.state.view.problem == 1 {
                break;
            }
            session.keys("down");
        }
        seen.dedup();
        assert!((0..30).all(|n| seen.contains(&n)), "{seen:?}");
        assert_eq!(session.state.view.problem, 1, "then the next");
        session.keys("up");
        assert_eq!((session.state.view.problem, session.state.view.problem_scroll), (0, 0));
        let shown = text(&draw(&mut session, size.0, size.1));
        assert!(shown.contains("more ↓") && shown.contains("the first"), "{shown}");
    }
}
