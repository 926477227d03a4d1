//! Edits of a composition's text: every one a patch of what its author wrote.
//!
//! `.wac` is the source of truth. An edit changes the bytes it must and no others: comments, blank lines, order and
//! style stay, and what is new is written the way the document writes. Everything here is pure: text and [`Graph`] in,
//! [`Edit`] or a sentence out. What the text says in a way that no such patch can change (spreads, instances without a
//! name) is refused with the reason.
//!
//! [`Graph`]: crate::model::graph::Graph

pub(crate) mod add;
pub(crate) mod arguments;
pub mod auto_wire;
pub(crate) mod cut;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod names;
pub(crate) mod order;
pub(crate) mod outline;
pub(crate) mod remove;
pub(crate) mod rename;
pub(crate) mod statement;
pub(crate) mod style;
pub(crate) mod text_only;
pub(crate) mod value;
pub(crate) mod wire;

use std::ops::Range;

pub(crate) use add::AddError;
pub(crate) use add::add;
pub(crate) use cut::CutError;
pub(crate) use cut::cut;
pub(crate) use export::{ExposeError, HideError};
pub(crate) use export::{expose, hide};
pub(crate) use outline::too_deep;
pub(crate) use remove::RemoveError;
pub(crate) use remove::remove;
pub(crate) use rename::RenameError;
pub(crate) use rename::rename;
pub(crate) use text_only::text_only;
pub(crate) use wire::WireError;
pub use wire::wire;

/// A change of a text: one stretch of bytes becomes another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// Bytes of the old text.
    pub(crate) range: Range<usize>,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// The smallest edit from one text to another.
    pub(crate) fn between(old: &str, new: &str) -> Self {
        let start = common(old.chars(), new.chars());
        let (old_rest, new_rest) = (old.get(start..).unwrap_or_default(), new.get(start..).unwrap_or_default());
        let end = common(old_rest.chars().rev(), new_rest.chars().rev());
        let text = new_rest.get(..new_rest.len() - end).unwrap_or_default().to_owned();
        Self { range: start..old.len() - end, text }
    }

    /// The text with this edit made; unchanged where the edit was made for another text that has no such place.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if text.get(self.range.clone()).is_some() {
            text.replace_range(self.range.clone(), &self.text);
        }
        text
    }

    /// What takes this edit of `text` back.
    #[must_use]
    pub fn inverse(&self, text: &str) -> Self {
        let before = text.get(self.range.clone()).unwrap_or_default().to_owned();
        Self { range: self.range.start..self.range.start + self.text.len(), text: before }
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.range.is_empty() && self.text.is_empty()
    }
}

/// How many bytes two texts have in common at their beginning.
fn common(a: impl Iterator<Item = char>, b: impl Iterator<Item = char>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum()
}

fn slice(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

/// Where the line of an offset begins.
fn line_start(text: &str, offset: usize) -> usize {
    slice(text, 0..offset).rfind('\n').map_or(0, |newline| newline + 1)
}

/// Where the line of an offset ends, its newline included.
fn line_end(text: &str, offset: usize) -> usize {
    slice(text, offset..text.len()).find('\n').map_or(text.len(), |newline| offset + newline + 1)
}

/// What a line begins with that is no word.
fn indent(text: &str, offset: usize) -> &str {
    let line = slice(text, line_start(text, offset)..text.len());
    let width = line.find(|c: char| c != ' ' && c != '\t').unwrap_or(line.len());
    slice(line, 0..width)
}

/// Makes several changes at once; they may not overlap.
fn patch(text: &str, mut changes: Vec<(Range<usize>, String)>) -> String {
    changes.sort_by_key(|(range, _)| (range.start, range.end));
    let mut new = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for (range, with) in changes {
        new.push_str(slice(text, at..range.start));
        new.push_str(&with);
        at = range.end.max(at);
    }
    new.push_str(slice(text, at..text.len()));
    new
}

#[cfg(test)]
mod tests {
    use crate::wac::*;

    #[test]
    fn edits_are_small_and_can_be_taken_back() {
        for (old, new) in [("", "a"), ("aé", "aè"), ("aa", "aaa"), ("same", "same"), ("x\n  y\n", "x\n")] {
            let edit = Edit::between(old, new);
            assert_eq!(edit.apply(old), new);
            assert_eq!(edit.inverse(old).apply(new), old);
            assert_eq!(edit.is_empty(), old == new);
        }
        assert_eq!(Edit::between("let a = b;", "let a = c;"), Edit { range: 8..9, text: "c".into() });
    }
}
