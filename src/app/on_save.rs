//! What a save does to a command that runs: `on_save` in `studio.toml`.

use std::sync::Arc;

use crate::app::effect::Effect;
use crate::app::pipeline;
use crate::app::runs;
use crate::app::state::{Asked, Cause, State};
use crate::compose::Live;
use crate::model::entry::Entry;
use crate::model::project::OnSave;

/// Holds a new program back, where the project wants that; `false`: it runs now. HTTP never waits: requests under way end
/// as they began.
pub(crate) fn holds(state: &mut State, live: &Arc<Live>, asked: Option<&Asked>) -> bool {
    let serves = asked.is_none_or(|asked| matches!(asked.entry, Entry::Http(_)));
    let waits = match state.project.settings.on_save {
        OnSave::Restart => false,
        OnSave::Wait => state.run.alive.is_some(),
        OnSave::Manual => true,
    };
    // The first run is no save's.
    if serves || !waits || state.run.generation == 0 {
        return false;
    }
    state.run.held = Some(Arc::clone(live));
    let text = match state.project.settings.on_save {
        OnSave::Wait => "a new build is ready; it runs when this run ends",
        _ => "a new build is ready; r runs it (on_save is manual)",
    };
    if let Some(at) = state.reload.saved {
        runs::log_line(state, text.into(), at);
    }
    true
}

/// A run ended: what waited for that runs.
pub(crate) fn ended(state: &mut State) -> Vec<Effect> {
    if state.run.alive.is_some() || state.project.settings.on_save == OnSave::Manual {
        return Vec::new();
    }
    match state.run.held.take() {
        Some(live) => pipeline::run(state, live, Cause::Save),
        None => Vec::new(),
    }
}
