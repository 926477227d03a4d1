//! Going back to a program that ran before.

use std::sync::Arc;
use std::time::Instant;

use crate::app::generations::same_program;
use crate::app::pipeline;
use crate::app::state::Cause;
use crate::compose::Live;
use crate::tui::effect::{Effect, of_app};
use crate::tui::overlay::{Choice, Item, Overlay, Picker};
use crate::tui::state::State;

/// Asks which one.
pub(crate) fn ask(state: &mut State) {
    let zone = state.view.zone.clone();
    let items = state.app.run.kept.iter().map(|kept| {
        let runs = is_running(state, &kept.live);
        Item {
            name: format!("run {}: {}", kept.generation, kept.change()),
            detail: format!("begun {}", zone.clock_seconds(kept.time)),
            key: String::new(),
            refused: runs.then(|| "running now".into()),
            choice: Choice::Generation(kept.generation),
        }
    });
    let picker = Picker::new("Go back to", "No matching run.", items.collect());
    state.view.overlays.push(Overlay::Picker(picker));
}

/// Runs that program again, as a new generation; the next save brings the sources back.
pub(crate) fn to(state: &mut State, generation: u64, now: Instant) -> Vec<Effect> {
    let kept = state.app.run.kept.get(generation);
    if kept.is_some_and(|kept| is_running(state, &kept.live)) {
        state.view.flash("this program is running already; r runs it again", now);
        return Vec::new();
    }
    match state.app.run.kept.get(generation).map(|kept| kept.live.clone()) {
        Some(live) => of_app(pipeline::run(&mut state.app, live, Cause::Back(generation))),
        None => Vec::new(),
    }
}

fn is_running(state: &State, program: &Arc<Live>) -> bool {
    let run = &state.app.run;
    run.alive.is_some() && run.program.as_ref().is_some_and(|now| same_program(now, program))
}
