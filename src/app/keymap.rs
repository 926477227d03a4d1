//! Keys as the keymap writes them (`ctrl-o`, `shift-tab`, `?`), and which command each one is where.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::command::{COMMANDS, Command, Context};

/// One key press, normalised: a letter's shift is in the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
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
    pub fn parse(text: &str) -> Option<Self> {
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
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if self.modifiers.is_empty() => Some(c),
            _ => None,
        }
    }

    pub fn code(self) -> KeyCode {
        self.code
    }

    pub fn modifiers(self) -> KeyModifiers {
        self.modifiers
    }

    pub fn is_backspace(self) -> bool {
        self.code == KeyCode::Backspace
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

/// Which command a key is, by context; in the order of the command table, the favourite key of a command first.
#[derive(Clone, Debug)]
pub struct Keymap(Vec<(Context, Key, Command)>);

impl Default for Keymap {
    /// The command table's own keys.
    fn default() -> Self {
        let rows =
            COMMANDS.iter().flat_map(|spec| spec.keys.iter().map(|(context, key)| (*context, *key, spec.command)));
        Self(rows.filter_map(|(context, key, command)| Some((context, Key::parse(key)?, command))).collect())
    }
}

impl Keymap {
    /// The command of `key`, asked of the innermost context first.
    pub fn command(&self, contexts: &[Context], key: Key) -> Option<Command> {
        let within = |context: &Context| self.0.iter().find(|(c, k, _)| c == context && *k == key).map(|(_, _, c)| *c);
        contexts.iter().find_map(within)
    }

    /// The keys of a command, the favourite first.
    pub fn keys(&self, command: Command) -> impl Iterator<Item = (Context, Key)> {
        self.0.iter().filter(move |(_, _, c)| *c == command).map(|(context, key, _)| (*context, *key))
    }

    /// The key that does this in these contexts, as the footer shows it: one that nothing nearer takes.
    pub fn key(&self, contexts: &[Context], command: Command) -> Option<Key> {
        self.keys(command)
            .find(|(context, key)| contexts.contains(context) && self.command(contexts, *key) == Some(command))
            .map(|(_, key)| key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
