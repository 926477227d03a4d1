//! What the loops need of the world: events out of it, effects into it. Tests script their own.

use std::future::Future;

pub(crate) trait Stages {
    type Event;
    type Effect;

    /// The next event; waits without waking while nothing happens.
    fn next(&mut self) -> impl Future<Output = Self::Event>;

    /// An event that is there already.
    fn try_next(&mut self) -> Option<Self::Event>;

    /// Starts an effect; what comes of it returns as events.
    fn perform(&mut self, effect: Self::Effect);
}
