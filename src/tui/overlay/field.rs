//! One line of text that is being typed.

use crossterm::event::{KeyCode, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation;

use crate::tui::keymap::Key;

/// Bytes of a text that may be pasted into a field; each frame draws it.
const MOST_PASTED: usize = 64 << 10;

/// The text and where the next letter goes (a byte offset, always between two graphemes).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Field {
    text: String,
    cursor: usize,
}

impl Field {
    /// With the cursor at its end.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { cursor: text.len(), text }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// What stands before the cursor, and what behind it.
    pub(crate) fn halves(&self) -> (&str, &str) {
        self.text.split_at_checked(self.cursor).unwrap_or((&self.text, ""))
    }

    /// Takes a key that types or edits; `false` for any other.
    pub(crate) fn take(&mut self, key: Key) -> bool {
        if let Some(c) = key.typed() {
            self.insert(c.encode_utf8(&mut [0; 4]));
            return true;
        }
        match (key.code(), key.modifiers()) {
            (KeyCode::Backspace, KeyModifiers::NONE) | (KeyCode::Char('h'), KeyModifiers::CONTROL) => {
                self.remove(self.before());
            }
            (KeyCode::Delete, KeyModifiers::NONE) => self.remove_behind(),
            (KeyCode::Backspace, KeyModifiers::ALT) | (KeyCode::Char('w'), KeyModifiers::CONTROL) => {
                self.remove(self.word_before());
            }
            (KeyCode::Char('u'), KeyModifiers::CONTROL) => self.remove(0),
            (KeyCode::Char('k'), KeyModifiers::CONTROL) => self.text.truncate(self.cursor),
            (KeyCode::Left, KeyModifiers::NONE) => self.cursor = self.before(),
            (KeyCode::Right, KeyModifiers::NONE) => self.cursor = self.behind(),
            (KeyCode::Left, _) => self.cursor = self.word_before(),
            (KeyCode::Right, _) => self.cursor = self.word_behind(),
            (KeyCode::Home, _) | (KeyCode::Char('a'), KeyModifiers::CONTROL) => self.cursor = 0,
            (KeyCode::End, _) | (KeyCode::Char('e'), KeyModifiers::CONTROL) => self.cursor = self.text.len(),
            _ => return false,
        }
        true
    }

    /// Takes pasted text of one line; the line end behind it is left out, and what would move the cursor.
    ///
    /// # Errors
    /// A sentence, where the text is more than that: glued together it would be another text.
    pub(crate) fn paste(&mut self, text: &str) -> Result<(), String> {
        let text = text.trim_end_matches(['\r', '\n']);
        if text.contains(['\r', '\n']) {
            let lines = text.replace("\r\n", "\n").replace('\r', "\n").lines().count();
            return Err(format!("not pasted: this field takes one line, and the text has {lines}"));
        }
        if text.contains('\t') {
            return Err("not pasted: the text has tabs, which this field does not take".into());
        }
        if text.len() > MOST_PASTED {
            return Err(format!("not pasted: this field takes {} KiB, and the text is longer", MOST_PASTED >> 10));
        }
        self.insert(text);
        Ok(())
    }

    /// Adds text of one line; what would move the cursor is left out, but tabs are kept.
    pub(crate) fn insert(&mut self, text: &str) {
        let text: String = text.chars().filter(|c| !c.is_control() || *c == '\t').collect();
        self.text.insert_str(self.cursor, &text);
        self.cursor += text.len();
    }

    /// Removes from `start` to the cursor.
    fn remove(&mut self, start: usize) {
        self.text.replace_range(start..self.cursor, "");
        self.cursor = start;
    }

    fn remove_behind(&mut self) {
        self.text.replace_range(self.cursor..self.behind(), "");
    }

    fn before(&self) -> usize {
        self.halves().0.grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn behind(&self) -> usize {
        self.cursor + self.halves().1.graphemes(true).next().map_or(0, str::len)
    }

    fn word_before(&self) -> usize {
        self.halves().0.unicode_word_indices().next_back().map_or(0, |(at, _)| at)
    }

    fn word_behind(&self) -> usize {
        let behind = self.halves().1.unicode_word_indices().next();
        self.cursor + behind.map_or(self.halves().1.len(), |(at, word)| at + word.len())
    }
}

#[cfg(test)]
mod tests {
    use crate::tui::overlay::field::*;

    fn typed(start: &str, keys: &str) -> String {
        let mut field = Field::new(start);
        for key in keys.split(' ') {
            assert!(field.take(Key::parse(key).unwrap()), "{key}");
        }
        let (before, behind) = field.halves();
        format!("{before}|{behind}")
    }

    #[test]
    fn it_edits_as_a_shell_does() {
        assert_eq!(typed("", "a b c left X"), "abX|c");
        assert_eq!(typed("wörld ", "backspace backspace"), "wörl|");
        assert_eq!(typed("a👩‍🚀", "backspace"), "a|", "one grapheme is one letter");
        assert_eq!(typed("one two", "ctrl-w"), "one |");
        assert_eq!(typed("one two", "home delete"), "|ne two");
        assert_eq!(typed("one two", "ctrl-left ctrl-k"), "one |");
        assert_eq!(typed("one two", "home ctrl-right ctrl-u"), "| two");
    }

    #[test]
    fn what_commands_is_not_taken() {
        for key in ["enter", "esc", "up", "f1", "ctrl-p", "alt-1", "tab"] {
            assert!(!Field::default().take(Key::parse(key).unwrap()), "{key}");
        }
    }

    #[test]
    fn a_paste_stays_one_line() {
        let mut field = Field::new("ab");
        field.take(Key::parse("left").unwrap());
        field.paste("12\x1b[31m\r\n").unwrap();
        assert_eq!(field.text(), "a12[31mb");
        for (text, why) in [
            ("one\ntwo", "has 2"),
            ("one\r\ntwo\rthree\n", "has 3"),
            ("a\tb", "has tabs"),
            (&"x".repeat(1 << 20), "64 KiB"),
        ] {
            assert!(field.paste(text).unwrap_err().contains(why), "{why}");
            assert_eq!(field.text(), "a12[31mb", "nothing of it was taken");
        }
    }
}
