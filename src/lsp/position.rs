//! Places in a text, as editors count them: a line, and how far into it.

use std::ops::Range;

use lsp_types::Position;

/// In what an editor counts columns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Encoding {
    Utf8,
    Utf16,
}

/// The position of byte `at`; of the end, where the text is shorter.
pub(super) fn position(text: &str, at: usize, encoding: Encoding) -> Position {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let column = match encoding {
        Encoding::Utf8 => line.len(),
        Encoding::Utf16 => line.encode_utf16().count(),
    };
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Position { line: number(before.matches('\n').count()), character: number(column) }
}

pub(super) fn range(text: &str, bytes: &Range<usize>, encoding: Encoding) -> lsp_types::Range {
    lsp_types::Range { start: position(text, bytes.start, encoding), end: position(text, bytes.end, encoding) }
}

/// The byte at a position; the line's end where that is shorter, the text's where it has fewer lines.
pub(super) fn byte(text: &str, position: Position, encoding: Encoding) -> usize {
    let mut start = 0;
    for _ in 0..position.line {
        match text.get(start..).and_then(|rest| rest.find('\n')) {
            Some(end) => start += end + 1,
            None => return text.len(),
        }
    }
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    let line = line.strip_suffix('\r').unwrap_or(line);
    let wanted = usize::try_from(position.character).unwrap_or(usize::MAX);
    let mut column = 0;
    for (at, c) in line.char_indices() {
        if column >= wanted {
            return start + at;
        }
        column += match encoding {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 => c.len_utf16(),
        };
    }
    start + line.len()
}

#[cfg(test)]
mod tests {
    use crate::lsp::position::*;

    #[test]
    fn a_position_leads_to_its_byte_and_back() {
        let text = "a🦀é\r\nb\n\nend";
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            for at in
                (0..=text.len()).filter(|at| text.is_char_boundary(*at) && text.as_bytes().get(*at) != Some(&b'\n'))
            {
                assert_eq!(byte(text, position(text, at, encoding), encoding), at, "{encoding:?}");
            }
        }
        assert_eq!(position(text, 5, Encoding::Utf16), Position::new(0, 3));
        assert_eq!(position(text, 5, Encoding::Utf8), Position::new(0, 5));
    }

    #[test]
    fn what_lies_outside_is_the_nearest_there_is() {
        let at = |line, character| byte("ab\ncd", Position::new(line, character), Encoding::Utf16);
        assert_eq!((at(0, 99), at(9, 0), at(1, u32::MAX)), (2, 5, 5));
        assert_eq!(position("ab", 99, Encoding::Utf8), Position::new(0, 2));
        // In the middle of a character.
        assert_eq!(byte("🦀x", Position::new(0, 1), Encoding::Utf16), 4);
    }
}
