//! The arguments between the braces of a `new`: their places, putting one in, taking one out.

use std::ops::Range;

use wac_parser::lexer::Token;
use wac_parser::{InstantiationArgument, NewExpr};

use crate::wac::outline::Outline;
use crate::wac::style::Style;
use crate::wac::{indent, line_end, line_start, patch, slice};

pub(crate) struct List {
    /// Behind the opening brace.
    pub(crate) open: usize,
    /// Before the closing one.
    pub(crate) close: usize,
    /// One for each argument of the syntax tree.
    pub(crate) items: Vec<Item>,
    /// The number of `...`, where there is one.
    pub(crate) fill: Option<usize>,
}

pub(crate) struct Item {
    pub(crate) range: Range<usize>,
    /// Where the comma behind it stands.
    pub(crate) comma: Option<usize>,
}

impl List {
    pub(crate) fn of(outline: &Outline<'_>, new: &NewExpr<'_>) -> Self {
        let package = new.package.span.offset() + new.package.span.len();
        let close = (new.span.offset() + new.span.len()).saturating_sub(1);
        let brace = outline.token_from(package);
        let open = outline.tokens.get(brace).map_or(package, |(_, range)| range.end);
        let mut items = Vec::new();
        let mut item: Option<Range<usize>> = None;
        let mut depth = 0_u32;
        for (token, range) in outline.tokens.iter().skip(brace + 1).take_while(|(_, range)| range.start < close) {
            if *token == Token::Comma && depth == 0 {
                if let Some(whole) = item.take() {
                    items.push(Item { range: whole, comma: Some(range.start) });
                }
                continue;
            }
            match token {
                Token::OpenBrace | Token::OpenParen | Token::OpenBracket => depth += 1,
                Token::CloseBrace | Token::CloseParen | Token::CloseBracket => depth = depth.saturating_sub(1),
                _ => {}
            }
            item = Some(item.map_or(range.start, |i| i.start)..range.end);
        }
        items.extend(item.map(|range| Item { range, comma: None }));
        let fill = new.arguments.iter().position(|a| matches!(a, InstantiationArgument::Fill(_)));
        Self { open, close, items, fill }
    }

    pub(crate) fn inside(&self) -> Range<usize> {
        self.open..self.close
    }

    /// Whether the braces hold nothing a person wrote but `...`.
    fn bare(&self, text: &str) -> bool {
        let only_fill = self.items.len() == usize::from(self.fill.is_some());
        only_fill && matches!(slice(text, self.inside()).trim().trim_end_matches(',').trim_end(), "" | "...")
    }
}

/// The text with one more argument, before `...` or at the end.
pub(crate) fn insert(outline: &Outline<'_>, style: &Style, new: &NewExpr<'_>, argument: &str) -> String {
    let text = outline.text;
    let list = List::of(outline, new);
    let broken = slice(text, list.inside()).contains('\n');
    let outer = indent(text, list.open);
    let newline = style.newline;
    let inner = || list.items.first().filter(|i| line_start(text, i.range.start) > list.open).map(|i| i.range.start);
    let inner = inner().map_or_else(|| format!("{outer}{}", style.step), |at| indent(text, at).to_owned());
    if list.bare(text) && !broken {
        let fill = list.fill.is_some();
        let with = match (style.spread_out == Some(true) && argument != "...", fill) {
            (true, true) => format!("{newline}{inner}{argument},{newline}{inner}...{newline}{outer}"),
            (true, false) => format!("{newline}{inner}{argument},{newline}{outer}"),
            (false, true) => format!(" {argument}, ... "),
            (false, false) => format!(" {argument} "),
        };
        return patch(text, vec![(list.inside(), with)]);
    }
    if let Some(at) = list.fill.and_then(|fill| before(text, &list, fill)) {
        let own_line = slice(text, line_start(text, at)..at).trim().is_empty() && line_start(text, at) > list.open;
        return if own_line {
            let start = line_start(text, at);
            patch(text, vec![(start..start, format!("{inner}{argument},{newline}"))])
        } else {
            patch(text, vec![(at..at, format!("{argument}, "))])
        };
    }
    let Some(end_item) = list.items.last() else {
        // Nothing but comments or empty lines.
        let start = line_start(text, list.close);
        return if start > list.open && slice(text, start..list.close).trim().is_empty() {
            patch(text, vec![(start..start, format!("{inner}{argument},{newline}"))])
        } else {
            patch(text, vec![(list.close..list.close, format!(" {argument} "))])
        };
    };
    let end = end_item.comma.map_or(end_item.range.end, |comma| comma + 1);
    let mut changes = Vec::new();
    if end_item.comma.is_none() {
        changes.push((end_item.range.end..end_item.range.end, ",".to_owned()));
    }
    let comma = if end_item.comma.is_some() && argument != "..." { "," } else { "" };
    let line = line_end(text, end);
    if line <= list.close {
        changes.push((line..line, format!("{inner}{argument}{comma}{newline}")));
    } else {
        changes.push((end..end, format!(" {argument}{comma}")));
    }
    patch(text, changes)
}

/// Where something goes that stands before item `number`: above the comment that belongs to it, if that comment is not
/// the previous item's.
fn before(text: &str, list: &List, number: usize) -> Option<usize> {
    let item = list.items.get(number)?;
    let mut at = item.range.start;
    if let Some(previous) = number.checked_sub(1).and_then(|n| list.items.get(n)) {
        while slice(text, line_start(text, at)..at).trim().is_empty() {
            let this = line_start(text, at);
            let above = line_start(text, this.saturating_sub(1));
            if above <= previous.range.end || !slice(text, above..this).trim_start().starts_with("//") {
                break;
            }
            at = above;
        }
    }
    Some(at)
}

/// The text without one of the arguments; its comments stay.
pub(crate) fn remove(text: &str, list: &List, number: usize) -> String {
    let Some(item) = list.items.get(number) else { return text.to_owned() };
    let start = item.range.start;
    let end = item.comma.map_or(item.range.end, |comma| comma + 1);
    let previous = number.checked_sub(1).and_then(|n| list.items.get(n));
    let next = list.items.get(number + 1);
    // A comma that only separated the last two.
    let orphan = if item.comma.is_none() { previous.and_then(|p| p.comma) } else { None };
    let orphan = orphan.map(|comma| (comma..comma + 1, String::new()));
    let (line, rest) = (line_start(text, start), line_end(text, end));
    let tail = slice(text, end..rest).trim();
    if line > list.open && rest <= list.close && slice(text, line..start).trim().is_empty() {
        if tail.is_empty() {
            return patch(text, orphan.into_iter().chain([(line..rest, String::new())]).collect());
        }
        if tail.starts_with("//") {
            let comment = slice(text, end..rest);
            let blank = comment.len() - comment.trim_start().len();
            return patch(text, orphan.into_iter().chain([(start..end + blank, String::new())]).collect());
        }
    }
    let only_blank = |range: Range<usize>| slice(text, range).chars().all(|c| c == ' ');
    let range = match (next, previous.and_then(|p| p.comma)) {
        (Some(next), _) if only_blank(end..next.range.start) => start..next.range.start,
        (None, Some(comma)) if only_blank(comma + 1..start) && item.comma.is_none() => {
            return patch(text, vec![(comma..end, String::new())]);
        }
        (None, Some(comma)) if only_blank(comma + 1..start) => comma + 1..end,
        (None, None) if slice(text, list.open..start).trim().is_empty() && only_blank(end..list.close) => {
            list.open..list.close
        }
        _ => return patch(text, orphan.into_iter().chain([(start..end, String::new())]).collect()),
    };
    patch(text, vec![(range, String::new())])
}
