//! The canvas as a tool: wires, nodes and what the composition exports are changed in the picture, as edits of the
//! `.wac` text that can be taken back.
//!
//! ```text
//! key or mouse ─▶ Change ─▶ EditComposition ─▶ make: read, patch, check, write ─▶ Edited ─▶ history, graph, recompose
//! ```

pub mod commands;
pub mod edits;
#[cfg(test)]
pub mod fixture;
pub mod make;
pub mod targets;
#[cfg(test)]
mod tests;
pub mod wire;

use std::time::Instant;

use super::command::Command;
use super::effect::Effect;
use super::spot::Way;
use super::state::State;

pub use edits::{EditRequest, Edited, Edits};
pub use wire::Wire;

/// Whether a command means the wire that is being drawn.
pub fn takes(state: &State, command: Command) -> bool {
    let moves = matches!(
        command,
        Command::Up | Command::Down | Command::Left | Command::Right | Command::NextNode | Command::PreviousNode
    );
    state.view.wire.is_some() && state.view.layers.is_empty() && state.view.help.is_none() && moves
}

/// Why an edit is refused, where more is to be said than that it can't be made: the line that does not parse.
pub fn refused(state: &State, command: Command) -> Option<String> {
    if !state.graph_stale || !matches!(command, Command::Wire | Command::Cut) {
        return None;
    }
    let problem = state.compose_problems.iter().find(|p| p.is_error())?;
    let place = problem.place.as_ref()?;
    Some(format!("{}:{} does not parse: {}", place.file.display(), place.line, problem.message))
}

/// Does a command of the canvas.
pub fn act(state: &mut State, command: Command, now: Instant) -> Vec<Effect> {
    match command {
        Command::Wire => wire::begin(state, now),
        Command::Connect => return wire::connect(state, now),
        Command::Up => wire::step(state, Way::Up),
        Command::Down => wire::step(state, Way::Down),
        Command::Left => wire::step(state, Way::Left),
        Command::Right => wire::step(state, Way::Right),
        Command::NextNode => wire::cycle(state, false),
        Command::PreviousNode => wire::cycle(state, true),
        Command::Cut => return commands::cut(state),
        Command::Undo => return edits::ask(state, edits::Wanted::Undo),
        Command::Redo => return edits::ask(state, edits::Wanted::Redo),
        _ => {}
    }
    Vec::new()
}
