//! The terminal's own background: what it answers when it is asked for it (OSC 11).
//!
//! Nobody waits for the answer. It comes between the keys, if it comes at all, and the library that reads them takes it
//! for keys: `alt-]`, then one for every character. Here they are put together again; what turns out to be something
//! else is typed after all.

use std::collections::VecDeque;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// The question. Multiplexers answer it themselves, where they know.
pub(crate) const QUESTION: &str = "\x1b]11;?\x1b\\";

/// How an answer begins, after the `ESC ]`.
const HEAD: &str = "11;";

/// The longest answer: `11;rgba:ffff/ffff/ffff/ffff`.
const LONGEST: usize = 28;

/// What was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Event(Event),
    /// Red, green and blue of the background.
    Background([u8; 3]),
}

/// Puts answers together out of keys.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    held: Vec<KeyEvent>,
    text: String,
    /// The last event was an `esc` of its own: an answer that came in two pieces may begin or end with it.
    escaped: bool,
    /// An answer ended with such an `esc`; what belongs to it is still to come.
    tail: bool,
}

impl Answers {
    /// Takes an event; what is known to have happened by now goes to `out`.
    pub(crate) fn hear(&mut self, event: Event, out: &mut VecDeque<Heard>) {
        let Event::Key(key) = event else {
            // Nothing comes into the middle of an answer.
            self.give_up(out);
            out.push_back(Heard::Event(event));
            return;
        };
        if key.kind == KeyEventKind::Release {
            out.push_back(Heard::Event(event));
            return;
        }
        let escaped = std::mem::replace(&mut self.escaped, key.code == KeyCode::Esc);
        if std::mem::take(&mut self.tail) && key.code == KeyCode::Char('\\') {
            return;
        }
        if self.held.is_empty() {
            let begins = key.code == KeyCode::Char(']') && (key.modifiers.contains(KeyModifiers::ALT) || escaped);
            if begins {
                self.held.push(key);
            } else {
                out.push_back(Heard::Event(event));
            }
            return;
        }
        self.held.push(key);
        match key.code {
            KeyCode::Char('g') if key.modifiers.contains(KeyModifiers::CONTROL) => self.end(out),
            KeyCode::Char('\\') if key.modifiers.contains(KeyModifiers::ALT) => self.end(out),
            KeyCode::Esc => {
                self.tail = color(&self.text).is_some();
                self.end(out);
            }
            KeyCode::Char(c) if self.text.len() < LONGEST && is_part(c) => {
                self.text.push(c);
                let known = self.text.len().min(HEAD.len());
                if self.text.get(..known) != HEAD.get(..known) {
                    self.give_up(out);
                }
            }
            _ => self.give_up(out),
        }
    }

    /// Keys are held back that may be the beginning of an answer.
    pub(crate) fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    /// It was no answer: the keys are keys.
    pub(crate) fn give_up(&mut self, out: &mut VecDeque<Heard>) {
        self.text.clear();
        out.extend(self.held.drain(..).map(|key| Heard::Event(Event::Key(key))));
    }

    fn end(&mut self, out: &mut VecDeque<Heard>) {
        match color(&self.text) {
            Some(rgb) => {
                self.held.clear();
                self.text.clear();
                out.push_back(Heard::Background(rgb));
            }
            None => self.give_up(out),
        }
    }
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ';' | ':' | '/' | '#')
}

/// `11;rgb:1e1e/2020/3030`, with one to four digits a part; `rgba:` too, and `#1e2030`.
fn color(text: &str) -> Option<[u8; 3]> {
    let value = text.strip_prefix(HEAD)?;
    let part = |digits: &str| -> Option<u8> {
        let largest = match digits.len() {
            1..=4 => (1u32 << (4 * digits.len())) - 1,
            _ => return None,
        };
        u8::try_from(u32::from_str_radix(digits, 16).ok()? * 255 / largest).ok()
    };
    if let Some(digits) = value.strip_prefix('#') {
        let third = digits.len() / 3;
        let at = |n: usize| part(digits.get(n * third..(n + 1) * third)?);
        return Some([at(0)?, at(1)?, at(2)?]);
    }
    let mut parts = value.strip_prefix("rgb:").or(value.strip_prefix("rgba:"))?.split('/').map(part);
    Some([parts.next()??, parts.next()??, parts.next()??])
}

#[cfg(test)]
mod tests {
    use crate::tui::terminal::background::*;

    /// What the library makes of bytes: an `ESC` and the character after it are that character with alt.
    fn keys(text: &str) -> Vec<KeyEvent> {
        let mut out = Vec::new();
        let mut modifiers = KeyModifiers::NONE;
        for c in text.chars() {
            let key = match c {
                '\x1b' if modifiers.is_empty() => {
                    modifiers = KeyModifiers::ALT;
                    continue;
                }
                '\x07' => KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL),
                '\u{e}' => KeyEvent::from(KeyCode::Esc),
                c => KeyEvent::new(KeyCode::Char(c), modifiers),
            };
            modifiers = KeyModifiers::NONE;
            out.push(key);
        }
        out
    }

    fn heard(text: &str) -> (Vec<Heard>, bool) {
        let (mut answers, mut out) = (Answers::default(), VecDeque::new());
        for key in keys(text) {
            answers.hear(Event::Key(key), &mut out);
        }
        (out.into(), answers.holds())
    }

    fn typed(text: &str) -> Vec<Heard> {
        keys(text).into_iter().map(|key| Heard::Event(Event::Key(key))).collect()
    }

    #[test]
    fn an_answer_is_one_event_however_it_is_written() {
        let white = (vec![Heard::Background([255; 3])], false);
        for text in [
            "\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
            "\x1b]11;rgb:FF/FF/FF\x07",
            "\x1b]11;rgb:f/f/f\x07",
            "\x1b]11;rgba:ffff/ffff/ffff/ffff\x07",
            "\x1b]11;#ffffff\x07",
        ] {
            assert_eq!(heard(text), white, "{text:?}");
        }
        assert_eq!(heard("\x1b]11;rgb:1e1e/0000/8080\x07").0, [Heard::Background([0x1e, 0, 0x80])]);
    }

    #[test]
    fn an_answer_cut_in_two_is_put_together() {
        // `\u{e}` stands for an `ESC` that was read alone.
        let (out, holds) = heard("\u{e}]11;rgb:ffff/ffff/ffff\u{e}\\x");
        let mut expected = typed("\u{e}");
        expected.push(Heard::Background([255; 3]));
        expected.extend(typed("x"));
        assert_eq!((out, holds), (expected, false));
    }

    #[test]
    fn what_is_no_answer_is_typed() {
        for text in [
            "abc",
            "\x1b]x",
            "\x1b]12;x",
            "\x1b]1q",
            "\x1b]11;rgb:no\x07",
            "]11;",
            "\x1b]11;rgb:ffffffffffffffffffffffffffffff",
        ] {
            assert_eq!(heard(text), (typed(text), false), "{text:?}");
        }
        let (out, holds) = heard("a\x1b]11");
        assert_eq!((out, holds), (typed("a"), true), "it may become one");
    }

    #[test]
    fn held_keys_come_before_what_follows() {
        let (mut answers, mut out) = (Answers::default(), VecDeque::new());
        for key in keys("\x1b]1") {
            answers.hear(Event::Key(key), &mut out);
        }
        answers.hear(Event::FocusGained, &mut out);
        let mut expected = typed("\x1b]1");
        expected.push(Heard::Event(Event::FocusGained));
        assert_eq!(Vec::from(out), expected);
    }
}
