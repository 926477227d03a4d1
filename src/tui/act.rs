//! Does a command, where it can be done now.

use std::time::Instant;

use crate::tui::command::Command;
use crate::tui::effect::Effect;
use crate::tui::pane::graph::wiring;
use crate::tui::state::State;

/// Does `command`, or says why it can't be done now.
pub(crate) fn act(state: &mut State, command: Command, now: Instant) -> Vec<Effect> {
    let Some(spec) = command.spec() else { return Vec::new() };
    if let Err(reason) = command.enabled(state) {
        // Nobody waits for an answer to an esc too many.
        if command == Command::Back {
            return Vec::new();
        }
        let name = if spec.label.is_empty() { spec.name } else { spec.label.trim_end_matches('…') };
        let text = wiring::refused(state, command).unwrap_or_else(|| format!("{name}: {reason}"));
        state.view.flash(text, now);
        return Vec::new();
    }
    // A picture has the message too, as everything else that shows.
    if command != Command::SavePicture {
        state.view.flash = None;
    }
    (spec.act)(state, now)
}
