//! Text that a stranger had a hand in, written so that a terminal shows it and never obeys it.
//!
//! One notation for the screen and for what the verbs print: caret notation for the ASCII controls, as `less` and
//! `cat -v` have it (`^[` is ESC, `^J` a line break), and `<U+202E>` for every other character that cannot be seen and
//! changes how others are.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::model::escape::{escape, is_colour};

/// `<U+200B>`
pub fn name(c: char) -> String {
    format!("<U+{:04X}>", u32::from(c))
}

/// A character as it is shown where it must not be obeyed: `^[`.
pub fn written(c: char) -> String {
    match u32::from(c) {
        code @ 0..0x20 => format!("^{}", char::from_u32(code + 0x40).unwrap_or('?')),
        0x7f => "^?".into(),
        _ if is_hidden(c) => name(c),
        _ => c.into(),
    }
}

/// Characters that change how others are shown and cannot be seen themselves: bidirectional overrides and isolates,
/// zero-width spaces, tags. Joiners and variation selectors are left alone inside a character that they make.
pub(crate) fn invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a character is written out instead of shown: controls (C0, DEL, C1) and [`invisible`] ones.
pub fn is_hidden(c: char) -> bool {
    c.is_control() || invisible(c)
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b)) || !text.chars().any(is_hidden)
}

/// One line, whatever it holds: every control and every [`invisible`] character is written out, line breaks and tabs
/// too.
pub fn visible(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(written).collect())
}

/// What becomes of the colours (SGR sequences) in a line of a guest's or a compiler's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colours {
    Kept,
    LeftOut,
}

/// The same for a line that may be coloured and indented: tabs stay, every sequence that does more than colour is
/// written out. Colours that are kept end with the line.
pub(crate) fn visible_output(line: &str, colours: Colours) -> Cow<'_, str> {
    if is_plain(line) {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len());
    let (mut rest, mut coloured) = (line, false);
    while let Some(c) = rest.chars().next() {
        let length = if c == '\u{1b}' { escape(rest) } else { c.len_utf8() };
        let (one, after) = rest.split_at(length);
        if c == '\u{1b}' && is_colour(one) {
            if colours == Colours::Kept {
                coloured = true;
                out.push_str(one);
            }
        } else if c == '\t' {
            out.push(c);
        } else {
            out.extend(one.chars().map(written));
        }
        rest = after;
    }
    if coloured {
        out.push_str("\u{1b}[0m");
    }
    Cow::Owned(out)
}

/// A JSON text in which every character that a terminal would obey is escaped. serde escapes the ASCII controls; what
/// is left can only stand inside strings.
pub(crate) fn escaped_json(json: String) -> String {
    if !json.chars().any(is_hidden) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::model::visible::*;

    #[test]
    fn no_character_that_a_terminal_obeys_is_left() {
        for (text, wanted) in [
            ("plain ü 日本 👩‍🚀", "plain ü 日本 👩‍🚀"),
            ("\u{1b}]0;title\u{7}", "^[]0;title^G"),
            ("a\nstudio | forged", "a^Jstudio | forged"),
            ("a\r\tb\u{7f}", "a^M^Ib^?"),
            ("\u{9b}2J", "<U+009B>2J"),
            ("user\u{202e}nimda\u{2066}\u{2028}", "user<U+202E>nimda<U+2066><U+2028>"),
            ("zero\u{200b}width\u{feff}", "zero<U+200B>width<U+FEFF>"),
        ] {
            assert_eq!(visible(text), wanted);
        }
        arbtest::arbtest(|u| {
            let text: String = u.arbitrary()?;
            assert!(!visible(&text).chars().any(is_hidden), "{text:?}");
            let output = visible_output(&text, Colours::LeftOut);
            assert!(!output.chars().any(|c| is_hidden(c) && c != '\t'), "{text:?}");
            Ok(())
        });
    }

    #[test]
    fn of_a_line_of_output_only_colours_are_obeyed() {
        let line = "\u{1b}[31mred\u{1b}[0m\t\u{1b}[2J\u{1b}]8;;x\u{7}";
        assert_eq!(visible_output(line, Colours::LeftOut), "red\t^[[2J^[]8;;x^G");
        assert_eq!(
            visible_output(line, Colours::Kept),
            "\u{1b}[31mred\u{1b}[0m\t^[[2J^[]8;;x^G\u{1b}[0m",
            "a colour ends with its line"
        );
    }

    #[test]
    fn json_says_the_same_in_characters_that_do_nothing() {
        let value = serde_json::json!({ "k\u{85}": "\u{7f}\u{9b}\u{2028}\u{202e}\u{e0041}\n\u{1b}ü" });
        let text = escaped_json(value.to_string());
        assert!(!text.chars().any(is_hidden), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
