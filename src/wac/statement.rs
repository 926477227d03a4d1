//! Whole statements with the comments that belong to them: where they begin and end, taking out, putting in.

use std::ops::Range;

use wac_parser::Statement;

use crate::wac::outline::Outline;
use crate::wac::style::Style;
use crate::wac::{line_end, line_start, slice};

/// A statement with the comment lines right above it and, where it has its last line to itself, the rest of that line.
pub(crate) fn block(outline: &Outline<'_>, number: usize) -> Range<usize> {
    let text = outline.text;
    let Some(statement) = outline.statements.get(number) else { return 0..0 };
    let Range { start: word, end } = statement.range.clone();
    let floor = match number.checked_sub(1).and_then(|n| outline.statements.get(n)) {
        Some(before) => before.range.end,
        None => outline.directive_end(),
    };
    let mut start = line_start(text, word);
    if start < floor || !slice(text, start..word).trim().is_empty() {
        start = word;
    } else {
        while start > floor {
            let above = line_start(text, start.saturating_sub(1));
            if above < floor || above == start || !slice(text, above..start).trim_start().starts_with("//") {
                break;
            }
            start = above;
        }
    }
    let rest = line_end(text, end);
    let tail = slice(text, end..rest).trim();
    start..if tail.is_empty() || tail.starts_with("//") { rest } else { end }
}

/// What goes when a statement goes elsewhere: its block and one of the empty lines around it.
pub(crate) fn removal(outline: &Outline<'_>, number: usize) -> Range<usize> {
    let text = outline.text;
    let Range { mut start, mut end } = block(outline, number);
    let empty_above = |start: usize| {
        let above = line_start(text, start.saturating_sub(1));
        start > 0 && above < start && slice(text, above..start).trim().is_empty() && above > outline.directive_end()
    };
    let below = line_end(text, end);
    if !slice(text, 0..end).ends_with('\n') {
        // On a line with other statements: the blank behind it goes too.
        end += slice(text, end..text.len()).chars().take_while(|c| *c == ' ').count();
    } else if slice(text, end..text.len()).trim().is_empty() && empty_above(start) {
        start = line_start(text, start - 1);
    } else if empty_above(start) && below > end && slice(text, end..below).trim().is_empty() {
        end = below;
    }
    start..end
}

/// What goes when a statement goes for good: the same, but a comment behind it on its line stays, for it may be about
/// anything.
pub(crate) fn deletion(outline: &Outline<'_>, number: usize) -> Range<usize> {
    let removal = removal(outline, number);
    match comment_behind(outline, number) {
        Some(comment) => block(outline, number).start..comment,
        None => removal,
    }
}

/// Where the comment behind a statement begins, if the rest of its last line is one.
fn comment_behind(outline: &Outline<'_>, number: usize) -> Option<usize> {
    let end = outline.statements.get(number)?.range.end;
    let rest = slice(outline.text, end..line_end(outline.text, end));
    let comment = rest.trim_start();
    comment.starts_with("//").then(|| end + rest.len() - comment.len())
}

/// What the new statement is; it goes behind the last of its kind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Instance,
    Export,
}

/// The text with one more statement (without its newline).
pub(crate) fn insert(outline: &Outline<'_>, style: &Style, kind: Kind, new: &str) -> String {
    let fits = |s: &Statement<'_>| match kind {
        Kind::Instance => !matches!(s, Statement::Export(_)),
        Kind::Export => true,
    };
    let last = outline.ast.statements.iter().rposition(fits);
    let at = if let Some(number) = last {
        block(outline, number).end
    } else {
        let end = outline.directive_end();
        let rest = line_end(outline.text, end);
        let tail = slice(outline.text, end..rest).trim();
        if tail.is_empty() || tail.starts_with("//") { rest } else { end }
    };
    let follows_own_kind = match (kind, last.and_then(|n| outline.ast.statements.get(n))) {
        (Kind::Export, Some(before)) => matches!(before, Statement::Export(_)),
        (Kind::Instance, Some(before)) => matches!(before, Statement::Let(_)),
        (_, None) => false,
    };
    let line = if slice(outline.text, 0..at).ends_with('\n') || at == 0 { "" } else { style.newline };
    // Exports stand together wherever the document has two of them together.
    let gap = if style.gap_before(outline, kind, follows_own_kind) { style.newline } else { "" };
    // Blanks that parted two statements of one line begin no line.
    let blank =
        slice(outline.text, at..outline.text.len()).chars().take_while(|c| !line.is_empty() && *c == ' ').count();
    crate::wac::patch(outline.text, vec![(at..at + blank, format!("{line}{gap}{new}{}", style.newline))])
}

impl Style {
    fn gap_before(&self, outline: &Outline<'_>, kind: Kind, follows_own_kind: bool) -> bool {
        if !follows_own_kind {
            return self.airy;
        }
        let pairs = outline.ast.statements.windows(2).enumerate().filter_map(|(number, pair)| {
            let alike = match pair {
                [Statement::Export(_), Statement::Export(_)] => kind == Kind::Export,
                [Statement::Let(_), Statement::Let(_)] => kind == Kind::Instance,
                _ => false,
            };
            let end = outline.statements.get(number)?.range.end;
            alike.then(|| slice(outline.text, end..block(outline, number + 1).start).matches('\n').count() > 1)
        });
        let gaps: Vec<bool> = pairs.collect();
        match gaps.last() {
            Some(gap) => *gap,
            None => self.airy && kind == Kind::Instance,
        }
    }
}
