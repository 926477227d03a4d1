//! The canvas as a tool: wires, nodes and what the composition exports are changed in the picture, as edits of the
//! `.wac` text that can be taken back.
//!
//! ```text
//! key or mouse ─▶ Change ─▶ EditComposition ─▶ make: read, patch, check, write ─▶ Edited ─▶ history, graph, recompose
//! ```

pub mod add;
pub mod commands;
pub mod edits;
pub mod explain;
pub mod make;
pub mod mouse;
pub mod places;
pub mod plan;
#[cfg(test)]
pub(crate) mod shop_tests;
pub mod targets;
#[cfg(test)]
mod tests;
pub mod wire;

use std::time::Instant;

use super::command::Command;
use super::effect::Effect;
use super::overlay::Owner;
use super::spot::Way;
use super::state::State;

pub use edits::{EditRequest, Edited, Edits};
pub use explain::{ExplainRequest, Explaining, MendRequest};
pub use mouse::Drag;
pub use places::Places;
pub use plan::Plan;
pub use wire::Wire;

/// Whether a command means the wire that is being drawn.
pub fn takes(state: &State, command: Command) -> bool {
    match state.owner() {
        Owner::Wire => matches!(
            command,
            Command::Up | Command::Down | Command::Left | Command::Right | Command::NextNode | Command::PreviousNode
        ),
        Owner::Pane(_) => command == Command::Inspect && explain::is_wrong(state),
        _ => false,
    }
}

/// Why an edit is refused, where more is to be said than that it can't be made: the line that does not parse.
pub fn refused(state: &State, command: Command) -> Option<String> {
    if !state.graph_stale || !command.edits() {
        return None;
    }
    let problem = state.compose_problems.iter().find(|p| p.is_error())?;
    let place = problem.place.as_ref()?;
    Some(format!("{}:{} does not parse: {}", place.file.display(), place.line, problem.message))
}

/// Does a command of the canvas.
pub fn act(state: &mut State, command: Command, now: Instant) -> Vec<Effect> {
    match command {
        Command::ApplyRemedy => return explain::apply_selected(state),
        Command::Undo if state.view.overlays.explaining().is_some() => return explain::undo(state),
        Command::Inspect | Command::Explain => return explain::begin(state),
        Command::AddNode => add::open(state),
        Command::RemoveNode => return commands::remove(state),
        Command::RenameNode => commands::ask_name(state),
        Command::Expose => return commands::expose(state),
        Command::AutoWire => return plan::begin(state),
        Command::AcceptPlan => return plan::accept(state),
        Command::LeaveOut => return plan::leave_out(state),
        Command::Pin => return places::pin(state, now),
        Command::MoveLeft => return places::shift(state, -1, 0),
        Command::MoveRight => return places::shift(state, 1, 0),
        Command::MoveUp => return places::shift(state, 0, -1),
        Command::MoveDown => return places::shift(state, 0, 1),
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
