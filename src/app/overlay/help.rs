//! All commands with their keys, to search in and to choose from.

use std::time::Instant;

use super::{Field, Overlay};
use crate::app::command::{COMMANDS, Command, Spec};
use crate::app::effect::Effect;
use crate::app::state::State;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help {
    pub query: Field,
    /// Of the commands that the query finds.
    pub selected: usize,
}

/// Moves the selection of the help on top.
pub fn step(state: &mut State, by: isize) {
    let Some(Overlay::Help(help)) = state.view.overlays.top() else { return };
    let last = found(state, help.query.text()).len().saturating_sub(1);
    if let Some(Overlay::Help(help)) = state.view.overlays.top_mut() {
        help.selected = help.selected.min(last).saturating_add_signed(by).min(last);
    }
}

/// Does the selected command, after closing the help.
pub fn accept(state: &mut State, now: Instant) -> Vec<Effect> {
    let Some(Overlay::Help(help)) = state.view.overlays.top() else { return Vec::new() };
    let found = found(state, help.query.text());
    match found.get(help.selected.min(found.len().saturating_sub(1))) {
        Some(Command::Help | Command::Do) | None => {
            state.view.overlays.pop();
            Vec::new()
        }
        Some(command) => super::chosen(state, *command, now),
    }
}

/// The commands that a search in the help finds, by what they do or by their keys: those whose key it is first, and
/// what can be done now before what can't.
pub fn found(state: &State, query: &str) -> Vec<Command> {
    let query = query.trim().to_lowercase();
    let keys = |spec: &Spec| -> Vec<String> {
        state.view.keymap.keys(spec.command).map(|(_, key)| key.to_string().to_lowercase()).collect()
    };
    let fits = |spec: &&Spec| {
        let text = format!("{} {}", spec.name, spec.doc.to_lowercase());
        let says = |word: &str| text.contains(word) || (word.len() > 1 && keys(spec).iter().any(|k| k.contains(word)));
        spec.command != Command::Do && (query.split_whitespace().all(says) || keys(spec).contains(&query))
    };
    let mut found: Vec<&Spec> = COMMANDS.iter().filter(fits).collect();
    found.sort_by_key(|spec| (!keys(spec).contains(&query), spec.command.enabled(state).is_err()));
    found.into_iter().map(|spec| spec.command).collect()
}
