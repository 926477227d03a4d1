//! The text of a source file, and what its parts are: data for whoever draws it.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// What a piece of source text is; the theme turns it into a colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Tint {
    #[default]
    Plain,
    Comment,
    Keyword,
    Operator,
    Type,
    Function,
    Macro,
    Attribute,
    Text,
    Number,
    /// Names of parameters, fields and keys.
    Name,
    Heading,
}

/// A stretch of one line, in bytes of that line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub(crate) end: u32,
    pub(crate) tint: Tint,
}

/// A file's lines, without their ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// From the first; the text of an empty file has one, which is empty.
    pub lines: Vec<Arc<str>>,
}

impl Text {
    /// Splits at `\n` and `\r\n`; a line end at the end of the text begins no further line.
    pub fn new(text: &str) -> Self {
        let mut lines: Vec<Arc<str>> = text.split('\n').map(|l| Arc::from(l.strip_suffix('\r').unwrap_or(l))).collect();
        // What ends with a line's end has no further line.
        if lines.len() > 1 && lines.last().is_some_and(|l| l.is_empty()) {
            lines.pop();
        }
        Self { lines }
    }

    /// How many lines the two begin with alike.
    pub(crate) fn common_start(&self, other: &Self) -> usize {
        self.lines.iter().zip(&other.lines).take_while(|(a, b)| a == b).count()
    }

    /// How many lines the two end with alike.
    pub(crate) fn common_end(&self, other: &Self) -> usize {
        self.lines.iter().rev().zip(other.lines.iter().rev()).take_while(|(a, b)| a == b).count()
    }
}

/// Columns from one stop of the tabulator to the next.
pub(crate) const TAB: usize = 4;

/// The characters of a line, and the columns that each takes where it is shown.
pub fn cells(line: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut column = 0;
    line.graphemes(true).map(move |one| {
        let wide = match one {
            "\t" => TAB - column % TAB,
            one if one.chars().any(char::is_control) || one.width() == 0 => 1,
            one => one.width(),
        };
        column += wide;
        (one, wide)
    })
}

#[cfg(test)]
mod tests {
    use crate::model::code::*;

    #[test]
    fn lines_of_every_ending() {
        let lines = |text: &str| Text::new(text).lines.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(lines("a\r\nb\n"), ["a", "b"]);
        assert_eq!(lines("a\n\n"), ["a", ""]);
        assert_eq!(lines(""), [""]);
    }

    #[test]
    fn what_two_texts_share() {
        let (a, b) = (Text::new("1\n2\n3\n4"), Text::new("1\n2\nx\n3\n4"));
        assert_eq!((a.common_start(&b), a.common_end(&b)), (2, 2));
    }
}
