//! A source file to be read: the lines in sight, coloured as far as they are parsed, with their problems at them.

use std::path::Path;

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

use crate::look::Theme;
use crate::model::code::{Piece, TAB, Text, Tint};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::tui::hit::{Target, TextRow};
use crate::tui::pane::output::logs::marked;
use crate::tui::pane::source;
use crate::tui::pane::source::SourceFile;
use crate::tui::pane::source::search::SourceSearch;
use crate::tui::screen::layout::Slot;
use crate::tui::screen::pen::{Pen, row_of, scrolled};
use crate::tui::screen::{frame, guest, text};
use crate::tui::view::Pane;

/// Rows of the message about the line with the cursor.
const MOST_SAID: usize = 8;

pub(crate) fn draw(pen: &mut Pen, slot: &Slot) {
    let state = pen.state;
    let Some(file) = state.view.source.file() else {
        frame::draw(pen, slot, Vec::new());
        return;
    };
    let mut problems: Vec<&Diagnostic> = self::problems(pen, &file.path).collect();
    problems.sort_by_key(|p| p.severity);
    let inside = frame::draw(pen, slot, note(pen, file, &problems));
    let Some(lines) = &file.text else {
        let sentence = file.trouble.as_deref().unwrap_or("Reading the file.");
        let style = if file.trouble.is_some() { pen.theme().warn } else { pen.theme().muted };
        pen.centred(inside, vec![Line::styled(sentence.to_owned(), style)]);
        return;
    };
    let gutter = lines.lines.len().max(1).to_string().len();
    let width = usize::from(inside.width).saturating_sub(gutter + 4);
    let cursor = file.line.min(lines.lines.len().saturating_sub(1));
    let message_rows: Vec<_> =
        at(&problems, cursor).flat_map(|p| message_rows(pen, p, width)).take(MOST_SAID).collect();
    let rows = lines.lines.len() + message_rows.len();
    let top = scrolled(file.top, cursor, cursor + message_rows.len(), rows, inside.height);
    pen.hits.offsets.source = top;
    let mut row = 0;
    for index in top..lines.lines.len() {
        if row >= usize::from(inside.height) {
            break;
        }
        let worst = at(&problems, index).next();
        if index == cursor {
            let focused = state.view.focus == Pane::Source;
            pen.highlight(inside, row, if focused { pen.theme().selection } else { pen.theme().selection_idle });
        }
        draw_line(pen, inside, row, &Numbered { file, text: lines, index, gutter, cursor }, worst);
        pen.target(inside, row, Target::SourceLine(index));
        row += 1;
        if index == cursor {
            for spans in &message_rows {
                let indent = Span::raw(" ".repeat(gutter + 4));
                pen.row(inside, row, std::iter::once(indent).chain(spans.iter().cloned()));
                pen.target(inside, row, Target::SourceLine(index));
                row += 1;
            }
        }
    }
}

/// The problems that name this file.
pub(crate) fn problems<'p, 's>(pen: &'p Pen<'s>, path: &'p Path) -> impl Iterator<Item = &'s Diagnostic> {
    let root = &pen.state.app.project.root;
    let names = move |p: &&Diagnostic| p.place.as_ref().is_some_and(|place| root.join(&place.file) == path);
    pen.problems.iter().copied().filter(names)
}

/// The problems of a line, the worst first.
fn at<'a>(problems: &'a [&'a Diagnostic], line: usize) -> impl Iterator<Item = &'a Diagnostic> {
    problems.iter().filter(move |p| source::line_of(p) == Some(line)).copied()
}

/// Where the cursor is, and what there is to know about the whole.
fn note(pen: &Pen, file: &SourceFile, problems: &[&Diagnostic]) -> Vec<Span<'static>> {
    let theme = pen.theme();
    let mut spans = Vec::new();
    if let Some(search) = &file.search {
        // Alone: the title takes most of a narrow row.
        return vec![Span::styled(matches(file, search), theme.text)];
    }
    if let Some(worst) = problems.first() {
        let (sign, style) = sign(pen, worst.severity);
        spans.push(Span::styled(format!("{sign} {}", text::count(problems.len(), "problem")), style));
        spans.push(Span::styled(format!(" {} ", pen.glyphs().dot), theme.faint));
    }
    if file.text.is_some() {
        spans.push(Span::styled(format!("{}/{}", file.line + 1, file.lines()), theme.muted));
    }
    spans
}

/// Which of the lines that a search found has the cursor, and how many there are.
fn matches(file: &SourceFile, search: &SourceSearch) -> String {
    let here = search.lines.iter().position(|line| *line == file.line).map(|at| format!("{} of ", at + 1));
    let matches = match search.lines.len() {
        1 => "1 match".to_owned(),
        n => format!("{n} matches"),
    };
    format!("{}{matches}", here.unwrap_or_default())
}

fn sign(pen: &Pen, severity: Severity) -> (&'static str, Style) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    match severity {
        Severity::Error => (glyphs.bad, theme.bad),
        Severity::Warning => (glyphs.warning, theme.warn),
        Severity::Note => (glyphs.note, theme.muted),
    }
}

/// A line with its place in the file.
struct Numbered<'a> {
    file: &'a SourceFile,
    text: &'a Text,
    index: usize,
    /// Columns of the largest number.
    gutter: usize,
    cursor: usize,
}

fn draw_line(pen: &mut Pen, inside: Rect, row: usize, line: &Numbered, worst: Option<&Diagnostic>) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let Some(text) = line.text.lines.get(line.index) else { return };
    let (mark, style) = worst.map_or((" ", theme.faint), |p| sign(pen, p.severity));
    // In ASCII a sign may take two columns; its first tells it.
    let mark: String = mark.chars().take(1).collect();
    let number = format!("{:>width$} ", line.index + 1, width = line.gutter);
    let numbers = if line.index == line.cursor { theme.text } else { theme.faint };
    let mut spans = vec![Span::styled(format!("{mark} "), style), Span::styled(number, numbers)];
    let room = usize::from(inside.width).saturating_sub(line.gutter + 4);
    let painted = line.file.painted.as_deref();
    let pieces = painted.map_or(&[][..], |p| p.line(line.text, line.index));
    let column = worst.and_then(|p| p.place.as_ref()).map(|p| p.column).filter(|c| *c > 0);
    let mark = column.zip(worst).map(|(column, p)| (column as usize - 1, sign(pen, p.severity).1));
    let (shown, used, more) = pieces_in(text, pieces, mark, (line.file.column, room), theme);
    let shown = match &line.file.search {
        Some(search) => marked::found(shown, &search.pattern, theme.found),
        None => shown,
    };
    spans.extend(shown);
    if let Some(problem) = worst.filter(|_| line.index != line.cursor && !more) {
        // What is wrong, behind the line, where at least its beginning fits; in full once the cursor is there.
        let message = guest::plain(problem.message.lines().next().unwrap_or_default());
        let left = room.saturating_sub(used + 3);
        if left >= 16 {
            let message = text::fit(&message, left, glyphs.more).into_owned();
            spans.push(Span::styled(format!("  {message}"), style.add_modifier(Modifier::ITALIC)));
        }
    }
    pen.row(inside, row, spans);
    mark_part(pen, inside, row, line);
    if more {
        pen.row_end(inside, row, [Span::styled(glyphs.more, theme.warn)]);
    }
}

/// Where the line's text stands, and what of it is selected.
fn mark_part(pen: &mut Pen, inside: Rect, row: usize, line: &Numbered) {
    let Some(place) = row_of(inside, row) else { return };
    let x = place.x + text::cells(line.gutter + 3);
    let number = u64::try_from(line.index).unwrap_or(u64::MAX);
    let here = TextRow { row: place.y, line: number, x, column: line.file.column };
    if let Some(columns) = line.file.part.and_then(|part| part.of_line(number)) {
        let style = pen.theme().found;
        pen.select(here, place.right(), columns, style);
    }
    pen.hits.add_source_text(here);
}

/// The columns of a line that show, in their colours; how many there are, and whether more follow. A problem's word
/// (from its column on) is underlined.
fn pieces_in(
    line: &str,
    pieces: &[Piece],
    mark: Option<(usize, Style)>,
    (from, room): (usize, usize),
    theme: &Theme,
) -> (Vec<Span<'static>>, usize, bool) {
    let mut spans: Vec<Span<'static>> = Vec::new();
    let (mut column, mut piece, mut characters, mut marked) = (0, 0, 0, false);
    for (at, grapheme) in line.grapheme_indices(true) {
        if column >= from + room {
            return (spans, room, true);
        }
        while pieces.get(piece).is_some_and(|p| p.end as usize <= at) {
            piece += 1;
        }
        let mut style = pieces.get(piece).map_or(theme.text, |p| tint(theme, p.tint));
        if let Some((start, mark)) = mark {
            let is_word = grapheme.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
            marked = characters == start || marked && characters > start && is_word;
            if marked {
                style = style.patch(mark).add_modifier(Modifier::UNDERLINED);
            }
        }
        characters += grapheme.chars().count();
        let (shown, wide) = cell(grapheme, column);
        let start = column;
        column += wide;
        if start < from || column > from + room {
            continue;
        }
        match spans.last_mut() {
            Some(last) if last.style == style => last.content.to_mut().push_str(&shown),
            _ => spans.push(Span::styled(shown, style)),
        }
    }
    (spans, column.saturating_sub(from), false)
}

/// What stands for a grapheme at a column, and how many columns it takes. Nothing of a file reaches the terminal raw.
fn cell(grapheme: &str, column: usize) -> (String, usize) {
    match grapheme {
        "\t" => {
            let wide = TAB - column % TAB;
            (" ".repeat(wide), wide)
        }
        one if one.chars().any(char::is_control) || text::width(one) == 0 => ("?".into(), 1),
        one => (one.to_owned(), text::width(one)),
    }
}

/// The message about the line with the cursor: whole, with what belongs to it and the fixes.
fn message_rows(pen: &Pen, problem: &Diagnostic, width: usize) -> Vec<Vec<Span<'static>>> {
    let theme = pen.theme();
    let (sign, style) = sign(pen, problem.severity);
    let mut rows = Vec::new();
    for (n, line) in text::wrap(&guest::plain(&problem.message), width.saturating_sub(3)).into_iter().enumerate() {
        let head = if n == 0 { format!("{sign} ") } else { "  ".into() };
        rows.push(vec![Span::styled(head, style), Span::styled(line, style)]);
    }
    let remarks = problem.remarks.iter().map(|r| r.message.clone());
    let help = problem.help.iter().map(|help| format!("{} {help}", pen.glyphs().arrow));
    for more in remarks.chain(help) {
        for line in text::wrap(&guest::plain(&more), width.saturating_sub(3)) {
            rows.push(vec![Span::raw("  "), Span::styled(line, theme.muted)]);
        }
    }
    rows
}

/// What is a comment, a keyword, … in the theme's colours.
fn tint(theme: &Theme, tint: Tint) -> Style {
    match tint {
        Tint::Plain | Tint::Name => theme.text,
        Tint::Comment => theme.muted.add_modifier(Modifier::ITALIC),
        Tint::Operator => theme.muted,
        Tint::Keyword => theme.node(3),
        Tint::Type => theme.node(4),
        Tint::Function => theme.node(0),
        Tint::Macro | Tint::Attribute => theme.node(5),
        Tint::Text => theme.node(2),
        Tint::Number => theme.node(1),
        Tint::Heading => theme.strong,
    }
}
