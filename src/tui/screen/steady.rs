//! Characters that terminals disagree about. Of several code points that are drawn as one picture (flags, skin tones,
//! families, keycaps) some terminals, tmux among them, give each code point columns of its own: what follows is moved,
//! and halves stay behind where something else is drawn later. So they are put on the screen as what takes the same
//! columns everywhere; what is copied is the text itself.

use ratatui::buffer::Buffer;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Letters of flags: two make one.
const FLAG_LETTERS: std::ops::RangeInclusive<char> = '\u{1f1e6}'..='\u{1f1ff}';
const SKIN_TONES: std::ops::RangeInclusive<char> = '\u{1f3fb}'..='\u{1f3ff}';

/// Gives every cell a symbol of a certain width.
pub(crate) fn steady(buffer: &mut Buffer) {
    let columns = usize::from(buffer.area.width).max(1);
    for at in 0..buffer.content.len() {
        let Some(cell) = buffer.content.get(at).filter(|cell| is_unsteady(cell.symbol())) else { continue };
        let (wide, parts) = (cell.symbol().width(), parts(cell.symbol()));
        let mut parts = parts.into_iter();
        let mut column = 0;
        // The cells that it covers, to the end of its row at most.
        while column < wide && (column == 0 || (at + column) % columns != 0) {
            let fitting = parts.next().filter(|part| column + part.width() <= wide);
            let shown = fitting.unwrap_or_else(|| " ".to_owned());
            let taken = shown.width().max(1);
            if let Some(cell) = buffer.content.get_mut(at + column) {
                cell.set_symbol(&shown);
            }
            column += taken;
        }
    }
}

/// Whether terminals may disagree about how many columns this takes, or what of it stands in which.
fn is_unsteady(symbol: &str) -> bool {
    let mut widths = symbol.chars().map(|c| c.width().unwrap_or(0)).filter(|width| *width > 0);
    symbol.len() > 3
        && (symbol.chars().any(|c| FLAG_LETTERS.contains(&c))
            || widths.next() != Some(symbol.width())
            || widths.next().is_some())
}

/// What is shown instead, each part for cells of its own: letters for those of a flag, no skin tones, nothing that joins
/// or varies pictures, and every other letter with its marks.
fn parts(symbol: &str) -> Vec<String> {
    let is_picture = symbol.chars().any(|c| c.width() == Some(2));
    let mut parts: Vec<String> = Vec::new();
    for c in symbol.chars() {
        match c {
            _ if FLAG_LETTERS.contains(&c) => {
                parts.extend(char::from_u32(u32::from(c) - 0x1f1e6 + u32::from('A')).map(String::from));
            }
            '\u{fe0e}' | '\u{fe0f}' | '\u{20e3}' => {}
            '\u{200d}' if is_picture => {}
            _ if SKIN_TONES.contains(&c) && !parts.is_empty() => {}
            _ if c.width().is_some_and(|width| width > 0) => parts.push(c.to_string()),
            _ => parts.iter_mut().last().into_iter().for_each(|part| part.push(c)),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Style};

    use crate::tui::screen::steady::*;

    fn shown(text: &str, columns: u16) -> Vec<String> {
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, 2));
        buffer.set_string(0, 0, text, Style::new().fg(Color::Red));
        steady(&mut buffer);
        let cells = buffer.content.iter().take(usize::from(columns));
        cells.map(|cell| cell.symbol().to_owned()).collect()
    }

    #[test]
    fn pictures_of_several_code_points_keep_their_columns() {
        for (text, wanted) in [
            ("🥲🏻b", "🥲   b"),
            ("a🇩🇪b", "aDEb "),
            ("a👨‍👩‍👧b", "a👨 b "),
            ("a❤️b", "a❤ b "),
            ("a1️⃣b", "a1 b "),
            ("a漢😀", "a漢 😀 "),
            ("ae\u{301}b", "ae\u{301}b  "),
            ("🏻b", "🏻 b  "),
            ("क\u{94d}षb", "क\u{94d}षb  "),
        ] {
            assert_eq!(shown(text, 5).concat(), wanted, "{text}");
        }
        assert_eq!(shown("abcd🇩🇪", 6).concat(), "abcdDE");
    }

    /// The same width whether a terminal measures clusters or code points.
    #[test]
    fn whatever_is_shown_has_one_width() {
        const PIECES: [&str; 14] = [
            "🥲",
            "🏻",
            "🇩",
            "🇪",
            "👨",
            "\u{200d}",
            "❤",
            "\u{fe0f}",
            "1",
            "\u{20e3}",
            "e",
            "\u{301}",
            "漢",
            "न\u{93f}",
        ];
        arbtest::arbtest(|u| {
            let mut text = String::new();
            for _ in 0..u.int_in_range(0..=12)? {
                text.push_str(u.choose(&PIECES)?);
            }
            for cell in shown(&text, 40) {
                let summed: usize = cell.chars().map(|c| c.width().unwrap_or(0)).sum();
                assert_eq!(summed, cell.width(), "{text:?}: {cell:?}");
                assert!(cell.chars().filter(|c| c.width() > Some(0)).count() <= 1, "{text:?}: {cell:?}");
                assert!(!cell.chars().any(|c| FLAG_LETTERS.contains(&c)), "{text:?}");
            }
            Ok(())
        });
    }
}
