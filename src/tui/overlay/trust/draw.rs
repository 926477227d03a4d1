//! The question that stands before anything of a folder runs: all that would run, and the key that allows it once all
//! of it has been in sight.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Widget};

use crate::app::gate::Drawn;
use crate::app::trust_question::{Mark, Question, Row};
use crate::tui::command::{Command, Context};
use crate::tui::hit::Target;
use crate::tui::screen::pen::Pen;
use crate::tui::screen::text;
use crate::tui::view::QuestionView;

const UNTIL: &str = "The components themselves run in a sandbox. Until you trust it nothing of this folder runs; its \
                     graph and its text can be looked at.";

/// Columns of the text at most.
const WIDEST: u16 = 72;
/// Rows that are not the text's: the frame, an empty one, the keys.
const AROUND: u16 = 4;

pub(crate) fn draw(pen: &mut Pen, area: Rect, question: &Question) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let width = area.width.saturating_sub(4).min(WIDEST + 6);
    let columns = usize::from(width.saturating_sub(6));
    let lines = lines(pen, question, columns);
    let height = text::cells(lines.len()).saturating_add(AROUND).min(area.height);
    let room = usize::from(height.saturating_sub(AROUND));
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };

    let view = pen.state.view.question;
    let read = if (view.id, view.width) == (question.id, columns) { view } else { QuestionView::default() };
    let last_offset = lines.len().saturating_sub(room);
    let offset = read.offset.min(last_offset);
    let seen = if offset <= read.seen { read.seen.max(offset + room) } else { read.seen };
    let whole = seen >= lines.len() && room > 0;

    pen.hits.add(area, Target::Inside);
    pen.shade(area);
    pen.clear(place);
    let below = lines.len() - (offset + room).min(lines.len());
    let note = if below > 0 { format!(" {} below ", text::count(below, "more line")) } else { String::new() };
    Block::bordered()
        .border_set(glyphs.border)
        .border_style(theme.warn)
        .title_bottom(Line::styled(note, theme.warn).right_aligned())
        .render(place, pen.buffer);
    let inside =
        Rect { x: place.x + 3, y: place.y + 1, width: width.saturating_sub(6), height: height.saturating_sub(2) };
    for (row, line) in lines.into_iter().skip(offset).take(room).enumerate() {
        pen.row(inside, row, line.spans.into_iter().map(|s| s.patch_style(line.style)));
    }
    let named = keys(pen, Rect { y: inside.bottom().saturating_sub(1), height: 1, ..inside }, whole);
    let drawn = Drawn { question: question.id, whole: whole && named, seen, last_offset, width: columns, at: pen.now };
    pen.hits.set_question(drawn);
}

/// The keys that answer; trusting is among them once everything has been in sight. Whether that was drawn in full.
fn keys(pen: &mut Pen, row: Rect, whole: bool) -> bool {
    let first = if whole { ("trust, build and run", Command::AllowTrust) } else { ("read on", Command::PageDown) };
    let (mut x, mut named) = (row.x, false);
    for (label, command) in [first, ("look only", Command::Back), ("quit", Command::Quit)] {
        let contexts = [Context::Question, Context::Everywhere, Context::Panes];
        let key = pen.state.view.keymap.key(&contexts, command).map(ToString::to_string);
        let Some(key) = key else { continue };
        let spans: Vec<Span> = pen.key_hint(key, label);
        let wanted: usize = spans.iter().map(Span::width).sum();
        let at = Rect { x, width: row.right().saturating_sub(x), ..row };
        let used = pen.row(at, 0, spans);
        named |= command == Command::AllowTrust && usize::from(used) == wanted;
        pen.hits.add(Rect { width: used, ..at }, Target::Command(command));
        x += used + 3;
    }
    named
}

fn lines(pen: &Pen, question: &Question, columns: usize) -> Vec<Line<'static>> {
    let theme = pen.theme();
    let mut lines = vec![Line::styled(question.title, theme.strong)];
    let add = |lines: &mut Vec<Line<'static>>, indent: usize, text: &str, style: Style| {
        let wrapped = text::wrap(text, columns.saturating_sub(indent));
        lines.extend(wrapped.into_iter().map(|l| Line::styled(format!("{:indent$}{l}", ""), style)));
    };
    for Row { mark, text } in &question.rows {
        match mark {
            Mark::Folder => {
                add(&mut lines, 0, text, theme.accent);
                lines.push(Line::default());
            }
            Mark::Meaning => add(&mut lines, 0, text, theme.text),
            Mark::Item => add(&mut lines, 2, text, theme.text),
            Mark::New => add(&mut lines, 2, &format!("new: {text}"), theme.warn),
            Mark::Changed => add(&mut lines, 2, &format!("changed: {text}"), theme.warn),
            Mark::Gone => add(&mut lines, 2, &format!("gone: {text}"), theme.muted),
            Mark::Detail => add(&mut lines, 4, text, theme.muted),
        }
    }
    lines.push(Line::default());
    add(&mut lines, 0, UNTIL, theme.muted);
    lines
}
