//! The loop without a terminal: the same events, the same update, the same effects.

use std::collections::VecDeque;
use std::io;

use crate::app::effect::Effect;
use crate::app::event::Event;
use crate::app::pipeline;
use crate::app::signals::Signals;
use crate::app::stages::Stages;
use crate::app::state::State;

/// Runs the pipeline from its start until `done`; `tell` sees every event after its effect on the state.
///
/// # Errors
/// Where the system lets us hear no signals.
pub(crate) async fn drive<S: Stages<Event = Event, Effect = Effect>>(
    state: &mut State,
    stages: &mut S,
    mut tell: impl FnMut(&State, &Event),
    done: impl Fn(&State) -> bool,
) -> io::Result<()> {
    let mut signals = Signals::listen()?;
    let mut effects: VecDeque<Effect> = pipeline::start(state).into();
    loop {
        while let Some(effect) = effects.pop_front() {
            stages.perform(effect);
        }
        if state.quit || done(state) {
            return Ok(());
        }
        let event = tokio::select! {
            event = stages.next() => event,
            () = signals.next() => Event::Terminate,
        };
        effects.extend(pipeline::update(state, event.clone()));
        tell(state, &event);
    }
}
