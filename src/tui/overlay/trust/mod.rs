//! The question that stands before anything of a folder runs: on the screen, and its answer.

pub(crate) mod draw;
#[cfg(test)]
pub(crate) mod tests;

use std::time::Instant;

use crate::app::{gate, trust_question};
use crate::tui::effect::{Effect, of_app};
use crate::tui::overlay::{self, Owner};
use crate::tui::state::State;
use crate::tui::view::QuestionView;

/// Whether the next frame may be the first that shows this question whole.
pub(crate) fn is_news(state: &State) -> bool {
    let Some(question) = state.app.trusting.question().filter(|_| matches!(state.owner(), Owner::Question)) else {
        return false;
    };
    !state.view.hits.question().is_some_and(|drawn| drawn.question == question.id && drawn.whole)
}

/// Puts the question on the screen, with nothing over it; answers nothing.
pub(crate) fn ask(state: &mut State) -> Vec<Effect> {
    let effects = std::iter::from_fn(|| overlay::close(state)).flatten().collect();
    state.view.looking_only = false;
    // It must be drawn as it is now before its key counts.
    state.view.hits.forget_question();
    effects
}

/// The key of the question was pressed: it counts if the question was on the screen.
pub(crate) fn answer(state: &mut State, pressed: Instant) -> Vec<Effect> {
    let id = state.app.trusting.question().map(|q| q.id);
    let on_screen = id.filter(|_| matches!(state.owner(), Owner::Question));
    match on_screen.and_then(|id| gate::pass(state.view.hits.question(), id, pressed)) {
        Some(pass) => of_app(trust_question::allow(&mut state.app, &pass)),
        None => Vec::new(),
    }
}

/// Up or down in the question. Nothing is skipped: what was not in sight cannot be scrolled past.
pub(crate) fn scroll(state: &mut State, by: isize) {
    let Some(drawn) = state.view.hits.question() else { return };
    let view = &mut state.view.question;
    if (view.id, view.width) != (drawn.question, drawn.width) {
        *view = QuestionView { id: drawn.question, width: drawn.width, ..QuestionView::default() };
    }
    view.seen = view.seen.max(drawn.seen);
    view.offset = view.offset.saturating_add_signed(by).min(drawn.last_offset).min(view.seen);
}
