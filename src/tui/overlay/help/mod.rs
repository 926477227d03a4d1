//! All commands with their keys, to search in and to choose from.

pub(crate) mod draw;

use std::time::Instant;

use crate::tui::command::{Command, Context, GROUPS, Group, Spec};
use crate::tui::effect::Effect;
use crate::tui::overlay::{Field, Overlay, Owner};
use crate::tui::state::State;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Help {
    pub(crate) query: Field,
    /// Of the commands that the query finds.
    pub(crate) selected: usize,
}

/// Moves the selection of the help on top.
pub(crate) fn step(state: &mut State, by: isize) {
    let Some(Overlay::Help(help)) = state.view.overlays.top() else { return };
    let last = found(state, help.query.text()).len().saturating_sub(1);
    if let Some(Overlay::Help(help)) = state.view.overlays.top_mut() {
        help.selected = help.selected.min(last).saturating_add_signed(by).min(last);
    }
}

/// Does the selected command, after closing the help.
pub(crate) fn accept(state: &mut State, now: Instant) -> Vec<Effect> {
    let Some(Overlay::Help(help)) = state.view.overlays.top() else { return Vec::new() };
    let found = found(state, help.query.text());
    match found.get(help.selected.min(found.len().saturating_sub(1))) {
        Some(Command::Help | Command::Do) | None => {
            state.view.overlays.pop();
            Vec::new()
        }
        Some(command) => crate::tui::overlay::chosen(state, *command, now),
    }
}

/// The commands that a search in the help finds, by what they do or by their keys: those whose key it is first. They
/// come group by group, what has the keys below the help first, and of a group what can be done now first.
pub(crate) fn found(state: &State, query: &str) -> Vec<Command> {
    let query = query.trim().to_lowercase();
    let below = contexts_below(state);
    // One key, which asks or answers.
    let question = below.contains(&Context::Question);
    let keys = |spec: &Spec| -> Vec<String> {
        state.view.keymap.keys(spec.command).map(|(_, key)| key.to_string().to_lowercase()).collect()
    };
    let fits = |spec: &Spec| {
        let text = format!("{} {}", spec.name, spec.doc.to_lowercase());
        let says = |word: &str| text.contains(word) || (word.len() > 1 && keys(spec).iter().any(|k| k.contains(word)));
        let other = if question { Command::Trust } else { Command::AllowTrust };
        spec.command != Command::Do
            && spec.command != other
            && (query.split_whitespace().all(says) || keys(spec).contains(&query))
    };
    let place = |group: &Group| below.iter().position(|context| group.contexts.contains(context));
    let mut groups: Vec<&Group> = GROUPS.to_vec();
    groups.sort_by_key(|group| place(group).unwrap_or(below.len()));
    let mut found: Vec<&Spec> = Vec::new();
    for group in groups {
        let mut rows: Vec<&Spec> = group.rows.iter().filter(|spec| fits(spec)).collect();
        rows.sort_by_key(|spec| spec.command.enabled(state).is_err());
        found.extend(rows);
    }
    found.sort_by_key(|spec| !keys(spec).contains(&query));
    found.into_iter().map(|spec| spec.command).collect()
}

/// The contexts of what has the keys once the help is closed.
fn contexts_below(state: &State) -> &'static [Context] {
    let mut below = state.view.overlays.iter().rev().filter(|overlay| !matches!(overlay, Overlay::Help(_)));
    match below.next() {
        Some(overlay) => overlay.contexts(),
        None if state.asks_for_trust() => Owner::Question.contexts(state),
        None => state.pane_owner().contexts(state),
    }
}

/// A line of the help: a group's title, or a command by its place among those found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HelpLine {
    Title(&'static str),
    Command(usize),
}

/// What was found, with a title wherever another group begins.
pub(crate) fn lines(found: &[Command]) -> Vec<HelpLine> {
    let mut lines = Vec::with_capacity(found.len() + GROUPS.len());
    let mut last = None;
    for (index, command) in found.iter().enumerate() {
        let title = command.group().map(|group| group.title);
        if title != last {
            lines.extend(title.map(HelpLine::Title));
            last = title;
        }
        lines.push(HelpLine::Command(index));
    }
    lines
}
