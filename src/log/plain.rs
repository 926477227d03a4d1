//! What a guest's line says, without the sequences that would have a terminal do something.

use crate::model::escape::{escape, is_colour};
use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::model::visible::{invisible, name, written};

/// The same without copying, where there is nothing to leave out.
pub(crate) fn plain_text(line: &str) -> Cow<'_, str> {
    let is_plain = |b: u8| (0x20..0x7f).contains(&b) || b == b'\t';
    if line.bytes().all(is_plain) { Cow::Borrowed(line) } else { Cow::Owned(plain(line)) }
}

/// The plain text of a line, control sequences left out: for searching and copying.
pub(crate) fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let skip = if c == '\u{1b}' { escape(rest) } else { c.len_utf8() };
        let (one, after) = rest.split_at(skip);
        if c == '\t' || !c.is_control() {
            out.push_str(one);
        }
        rest = after;
    }
    out
}

/// Columns from one tab stop to the next.
pub(crate) const TAB: usize = 8;

/// Longest run of code points that is shown as one character; more are marks piled up to cover other rows.
pub(crate) const MARKS: usize = 12;

/// The text of a line in pieces, and the columns that each takes where it is shown. What is written out instead of obeyed
/// takes columns, and has no text to be copied.
pub(crate) fn cells(line: &str) -> Vec<(&str, usize)> {
    let (mut out, mut column) = (Vec::new(), 0);
    let mut rest = line.trim_end_matches(['\r', '\n']);
    let mut push = |text, wide: usize| {
        column += wide;
        out.push((text, wide));
        column
    };
    while !rest.is_empty() {
        let (text, after) = rest.split_at(rest.find(char::is_control).unwrap_or(rest.len()));
        for grapheme in text.graphemes(true) {
            if is_one(grapheme) {
                push(grapheme, grapheme.width());
            } else {
                for (at, c) in grapheme.char_indices() {
                    let one = grapheme.get(at..at + c.len_utf8()).unwrap_or_default();
                    push(one, if is_named(c) { name(c).width() } else { one.width() });
                }
            }
        }
        rest = after;
        let Some(control) = rest.chars().next() else { break };
        let length = if control == '\u{1b}' { escape(rest) } else { control.len_utf8() };
        let (sequence, after) = rest.split_at(length);
        if control == '\t' {
            let wide = TAB - push("", 0) % TAB;
            push(sequence, wide);
        } else if !(control == '\u{1b}' && is_colour(sequence)) {
            let wide = sequence.chars().map(|c| written(c).width()).sum();
            push("", wide);
        }
        rest = after;
    }
    out
}

/// Whether a character as people see it is shown as it is.
pub(crate) fn is_one(grapheme: &str) -> bool {
    !(grapheme.width() == 0 || grapheme.chars().any(invisible) || grapheme.chars().count() > MARKS)
}

/// Whether a code point is named where it cannot be shown.
pub(crate) fn is_named(c: char) -> bool {
    invisible(c) || c.width().unwrap_or(0) == 0
}
