//! What a command's row says.

use std::time::Instant;

use crate::tui::command::{Command, Context};
use crate::tui::effect::Effect;
use crate::tui::state::State;

/// Why a command can't be done now.
pub type Reason = Result<(), &'static str>;

/// A row of a table.
#[derive(Debug)]
pub struct Spec {
    pub command: Command,
    /// As keymaps and the palette write it.
    pub name: &'static str,
    /// As the footer says it; empty for what needs no reminder.
    pub label: &'static str,
    /// One line for `?`: it begins with a verb and says what changes.
    pub doc: &'static str,
    /// The favourite first.
    pub keys: &'static [(Context, &'static str)],
    /// Its place in the footer, the lowest first: what is most likely wanted.
    pub rank: u8,
    pub enabled: fn(&State) -> Reason,
    pub act: fn(&mut State, Instant) -> Vec<Effect>,
}

/// The commands of one pane or overlay.
#[derive(Debug)]
pub struct Group {
    pub title: &'static str,
    /// Where its own keys mean something.
    pub contexts: &'static [Context],
    pub rows: &'static [Spec],
}

/// A row that is always enabled and has no key yet.
pub const fn row(command: Command, name: &'static str, label: &'static str, doc: &'static str) -> Spec {
    Spec { command, name, label, doc, keys: &[], rank: 80, enabled: |_| Ok(()), act: |_, _| Vec::new() }
}

impl Spec {
    #[must_use]
    pub const fn keys(self, keys: &'static [(Context, &'static str)]) -> Self {
        Self { keys, ..self }
    }

    #[must_use]
    pub const fn rank(self, rank: u8) -> Self {
        Self { rank, ..self }
    }

    #[must_use]
    pub const fn when(self, enabled: fn(&State) -> Reason) -> Self {
        Self { enabled, ..self }
    }

    #[must_use]
    pub const fn does(self, act: fn(&mut State, Instant) -> Vec<Effect>) -> Self {
        Self { act, ..self }
    }
}

/// # Errors
/// The reason, where it is refused.
pub const fn unless(refused: bool, reason: &'static str) -> Reason {
    if refused { Err(reason) } else { Ok(()) }
}
