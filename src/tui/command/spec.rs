//! What a command's row says.

use std::time::Instant;

use crate::tui::command::{Command, Context};
use crate::tui::effect::Effect;
use crate::tui::state::State;

/// Why a command can't be done now.
pub(crate) type Reason = Result<(), &'static str>;

/// A row of a table.
#[derive(Debug)]
pub(crate) struct Spec {
    pub(crate) command: Command,
    /// As keymaps and the palette write it.
    pub name: &'static str,
    /// As the footer says it; empty for what needs no reminder.
    pub(crate) label: &'static str,
    /// One line for `?`: it begins with a verb and says what changes.
    pub(crate) doc: &'static str,
    /// The favourite first.
    pub keys: &'static [(Context, &'static str)],
    /// Its place in the footer, the lowest first: what is most likely wanted.
    pub(crate) rank: u8,
    pub(crate) enabled: fn(&State) -> Reason,
    pub(crate) act: fn(&mut State, Instant) -> Vec<Effect>,
}

/// The commands of one pane or overlay.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) title: &'static str,
    /// Where its own keys mean something.
    pub(crate) contexts: &'static [Context],
    pub rows: &'static [Spec],
}

/// A row that is always enabled and has no key yet.
pub(crate) const fn row(command: Command, name: &'static str, label: &'static str, doc: &'static str) -> Spec {
    Spec { command, name, label, doc, keys: &[], rank: 80, enabled: |_| Ok(()), act: |_, _| Vec::new() }
}

impl Spec {
    #[must_use]
    pub(crate) const fn keys(self, keys: &'static [(Context, &'static str)]) -> Self {
        Self { keys, ..self }
    }

    #[must_use]
    pub(crate) const fn rank(self, rank: u8) -> Self {
        Self { rank, ..self }
    }

    #[must_use]
    pub(crate) const fn when(self, enabled: fn(&State) -> Reason) -> Self {
        Self { enabled, ..self }
    }

    #[must_use]
    pub(crate) const fn does(self, act: fn(&mut State, Instant) -> Vec<Effect>) -> Self {
        Self { act, ..self }
    }
}

/// # Errors
/// The reason, where it is refused.
pub(crate) const fn unless(refused: bool, reason: &'static str) -> Reason {
    if refused { Err(reason) } else { Ok(()) }
}
