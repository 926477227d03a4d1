//! The canvas as a tool: wires, nodes and what the composition exports are changed in the picture, as edits of the
//! `.wac` text that can be taken back.
//!
//! ```text
//! key or mouse ─▶ Change ─▶ EditComposition ─▶ make: read, patch, check, write ─▶ Edited ─▶ history, graph, recompose
//! ```

pub(crate) mod add;
#[cfg(test)]
mod arrange_tests;
pub(crate) mod commands;
pub(crate) mod draw;
#[cfg(test)]
pub(crate) mod draw_tests;
pub(crate) mod edits;
#[cfg(test)]
mod late_tests;
pub(crate) mod mouse;
pub(crate) mod places;
#[cfg(test)]
pub(crate) mod shop_tests;
pub(crate) mod table;
pub(crate) mod targets;
#[cfg(test)]
mod tests;
pub(crate) mod wire;

use crate::tui::command::Command;
use crate::tui::state::State;

pub(crate) use crate::tui::overlay::explanation::{ExplainRequest, Explaining, FixRequest};
pub(crate) use crate::tui::overlay::plan::Plan;
pub(crate) use edits::Edits;
pub(crate) use mouse::Drag;
pub(crate) use places::Places;
pub(crate) use wire::Wire;

/// Why an edit is refused, where more is to be said than that it can't be made: the line that does not parse.
pub(crate) fn refused(state: &State, command: Command) -> Option<String> {
    if !state.app.graph_stale || !command.edits() {
        return None;
    }
    let problem = state.app.compose_problems.iter().find(|p| p.is_error())?;
    let place = problem.place.as_ref()?;
    Some(format!("{}:{} does not parse: {}", place.file.display(), place.line, problem.message))
}
