//! Laying the whole graph out anew, and taking that back.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::draw::layout::Place;
use crate::tui::effect::Effect;
use crate::tui::pane::graph;
use crate::tui::pane::graph::picture::Picture;
use crate::tui::pane::graph::wiring::places;
use crate::tui::state::State;

/// How the graph stood before it was tidied.
#[derive(Clone, Debug)]
pub(crate) struct Untidy {
    places: BTreeMap<String, Place>,
    picture: Picture,
}

/// Lets go of every pinned node and arranges the graph as if it were new.
pub(crate) fn tidy(state: &mut State, now: Instant) -> Vec<Effect> {
    let before = Untidy { places: places::current(state), picture: state.view.picture.clone() };
    places::set(state, BTreeMap::new());
    state.view.picture = Picture::default();
    let mut effects = graph::follow(state);
    if state.view.graph.awaited.is_some() {
        // Until the new picture comes the old one is shown.
        state.view.picture = before.picture.clone();
    }
    if state.view.graph.selection.is_some() {
        graph::reveal(state);
    }
    state.view.flash("laid out anew · u takes it back", now);
    state.view.graph.untidy = Some(Box::new(before));
    effects.push(places::keep(state));
    effects
}

/// Puts every node back to where it stood; `None` where the graph was not tidied since it was last edited.
pub(crate) fn undo(state: &mut State, now: Instant) -> Option<Vec<Effect>> {
    let Untidy { places, picture } = *state.view.graph.untidy.take()?;
    places::set(state, places);
    state.view.picture = picture;
    let mut effects = graph::follow(state);
    state.view.flash("taken back: the graph stands as it did", now);
    effects.push(places::keep(state));
    Some(effects)
}
