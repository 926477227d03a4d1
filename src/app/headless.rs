//! The loop without a terminal: the same events, the same update, the same effects.

use std::collections::VecDeque;

use super::effect::Effect;
use super::event::Event;
use super::pipeline;
use super::stages::Stages;
use super::state::State;

/// Runs the pipeline from its start until `done`; `tell` sees every event after its effect on the state.
pub async fn drive<S: Stages>(
    state: &mut State,
    stages: &mut S,
    mut tell: impl FnMut(&State, &Event),
    done: impl Fn(&State) -> bool,
) {
    let mut effects: VecDeque<Effect> = pipeline::start(state).into();
    loop {
        while let Some(effect) = effects.pop_front() {
            stages.perform(effect);
        }
        if done(state) || state.quit {
            return;
        }
        let event = stages.next().await;
        effects.extend(pipeline::update(state, event.clone()));
        tell(state, &event);
    }
}
