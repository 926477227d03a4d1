//! What the loops need of the world: events out of it, effects into it. Tests script their own.

use std::future::Future;

use super::effect::Effect;
use super::event::Event;

pub trait Stages {
    /// The next event; waits without waking while nothing happens.
    fn next(&mut self) -> impl Future<Output = Event>;

    /// An event that is there already.
    fn try_next(&mut self) -> Option<Event>;

    /// Starts an effect; what comes of it returns as events.
    fn perform(&mut self, effect: Effect);
}
