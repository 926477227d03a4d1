//! What every event of a stage does to the state, and what follows from it.

use super::effect::Effect;
use super::event::Event;
use super::state::State;

/// The first effects of a session.
pub fn start(_state: &mut State) -> Vec<Effect> {
    Vec::new()
}

/// Pure: no clocks, files or threads.
pub fn update(_state: &mut State, _event: Event) -> Vec<Effect> {
    Vec::new()
}
