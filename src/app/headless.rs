//! The loop without a terminal: the same events, the same update, the same effects.

use std::collections::VecDeque;
use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::app::effect::Effect;
use crate::app::event::Event;
use crate::app::pipeline;
use crate::app::stages::Stages;
use crate::app::state::State;

/// Runs the pipeline from its start until `done`; `tell` sees every event after its effect on the state.
///
/// # Errors
/// Where the system lets us hear no signals.
pub async fn drive<S: Stages<Event = Event, Effect = Effect>>(
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

/// Whoever asks the program to end: Ctrl-C, a service manager, a terminal that was closed.
struct Signals([Signal; 3]);

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self([signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?]))
    }

    async fn next(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}
