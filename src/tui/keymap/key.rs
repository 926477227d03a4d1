//! Keys as the keymap writes them: `ctrl-o`, `shift-tab`, `?`; and sequences of them: `space f`.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One key press, normalised: a letter's shift is in the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

const NAMES: [(&str, KeyCode); 15] = [
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
];

impl Key {
    /// `None` for what is no key of ours (`hyper-x`, `enterr`).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        for (prefix, modifier) in
            [("ctrl-", KeyModifiers::CONTROL), ("alt-", KeyModifiers::ALT), ("shift-", KeyModifiers::SHIFT)]
        {
            if let Some(after) = rest.strip_prefix(prefix).filter(|after| !after.is_empty()) {
                modifiers |= modifier;
                rest = after;
            }
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) => KeyCode::Char(c),
            _ => NAMES.iter().find(|(name, _)| *name == rest).map(|(_, code)| *code).or_else(|| {
                rest.strip_prefix('f').and_then(|n| n.parse().ok()).filter(|n| (1..=24).contains(n)).map(KeyCode::F)
            })?,
        };
        Some(Self { code, modifiers }.normalised())
    }

    /// The text this key would type, if it types any.
    pub(crate) fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if self.modifiers.is_empty() => Some(c),
            _ => None,
        }
    }

    pub(crate) fn code(self) -> KeyCode {
        self.code
    }

    pub(crate) fn modifiers(self) -> KeyModifiers {
        self.modifiers
    }

    fn normalised(mut self) -> Self {
        match self.code {
            KeyCode::BackTab => {
                self.code = KeyCode::Tab;
                self.modifiers |= KeyModifiers::SHIFT;
            }
            KeyCode::Char(c) => {
                if self.modifiers.contains(KeyModifiers::CONTROL) {
                    self.code = KeyCode::Char(c.to_ascii_lowercase());
                } else if self.modifiers.contains(KeyModifiers::SHIFT) {
                    self.code = KeyCode::Char(c.to_uppercase().next().unwrap_or(c));
                }
                self.modifiers.remove(KeyModifiers::SHIFT);
            }
            _ => {}
        }
        self.modifiers &= KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        self
    }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        Self { code: event.code, modifiers: event.modifiers }.normalised()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, name) in
            [(KeyModifiers::CONTROL, "ctrl-"), (KeyModifiers::ALT, "alt-"), (KeyModifiers::SHIFT, "shift-")]
        {
            if self.modifiers.contains(modifier) {
                f.write_str(name)?;
            }
        }
        match (NAMES.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, KeyCode::F(n)) => write!(f, "f{n}"),
            (None, other) => write!(f, "{other:?}"),
        }
    }
}

/// One key, or several pressed one after the other; never none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Keys(Vec<Key>);

impl Keys {
    /// # Errors
    /// The word that is no key; empty where there is none at all.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let keys = text.split_whitespace().map(|word| Key::parse(word).ok_or_else(|| word.to_owned()));
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(String::new()) } else { Ok(Self(keys)) }
    }

    pub(crate) fn as_slice(&self) -> &[Key] {
        &self.0
    }

    /// Whether pressing these begins `other`, and does not end it.
    pub(crate) fn begins(&self, other: &Self) -> bool {
        other.0.len() > self.0.len() && other.0.starts_with(&self.0)
    }
}

impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            write!(f, "{gap}{key}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::tui::keymap::key::*;

    #[test]
    fn keys_read_as_they_are_written() {
        for text in ["q", "?", "G", "-", "ctrl-o", "ctrl--", "alt-1", "shift-tab", "f1", "enter", "space", "ctrl-alt-x"]
        {
            assert_eq!(Key::parse(text).map(|k| k.to_string()).as_deref(), Some(text));
        }
        for text in ["", "hyper-x", "enterr", "f0", "f99", "ctrl-"] {
            assert_eq!(Key::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn terminals_agree_on_what_was_pressed() {
        let press = |code, modifiers| Key::from(KeyEvent::new(code, modifiers)).to_string();
        assert_eq!(press(KeyCode::BackTab, KeyModifiers::SHIFT), "shift-tab");
        assert_eq!(press(KeyCode::BackTab, KeyModifiers::NONE), "shift-tab");
        assert_eq!(press(KeyCode::Char('G'), KeyModifiers::SHIFT), "G");
        assert_eq!(press(KeyCode::Char('g'), KeyModifiers::SHIFT), "G", "kitty sends the unshifted letter");
        assert_eq!(press(KeyCode::Char('O'), KeyModifiers::CONTROL | KeyModifiers::SHIFT), "ctrl-o");
        assert_eq!(press(KeyCode::Char('?'), KeyModifiers::SHIFT), "?");
    }
}
