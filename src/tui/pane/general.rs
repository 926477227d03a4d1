//! What every pane does: focus, tabs, edges, opening and copying what is selected.

use std::path::PathBuf;
use std::time::Instant;

use crate::app::runs;
use crate::tui::command::Reason;
use crate::tui::effect::Effect;
use crate::tui::overlay;
use crate::tui::overlay::{explanation, grants};
use crate::tui::pane::graph::wiring;
use crate::tui::pane::output::logs;
use crate::tui::pane::source;
use crate::tui::pane::source::select as source_select;
use crate::tui::screen;
use crate::tui::splits;
use crate::tui::state::State;
use crate::tui::svg::Colours;
use crate::tui::view::{Pane, Tab};

/// Columns that one key moves an edge by.
pub(crate) const SIDEWAYS: i32 = 2;

pub(crate) fn push_edge(state: &mut State, sideways: bool, by: i32, now: Instant) -> Vec<Effect> {
    if !splits::push(state, sideways, by) {
        state.view.flash("this pane has no edge to move", now);
    }
    Vec::new()
}

pub(crate) fn show(state: &mut State, tab: Tab) {
    state.view.tab = Some(tab);
    state.view.focus(Pane::Output);
}

pub(crate) fn turn(state: &mut State, by: usize) {
    let there: Vec<Pane> =
        Pane::ALL.into_iter().filter(|p| *p != Pane::Source || state.view.source.is_open()).collect();
    let place = there.iter().position(|p| *p == state.view.focus).unwrap_or(0);
    let step = if by == 1 { 1 } else { there.len() - 1 };
    if let Some(pane) = there.get((place + step) % there.len()) {
        state.view.focus(*pane);
    }
}

/// One level out, the innermost first. A flash was taken away before.
pub(crate) fn back_out(state: &mut State) -> Vec<Effect> {
    if let Some(effects) = overlay::close(state) {
        return effects;
    }
    if state.asks_for_trust() {
        state.view.looking_only = true;
        return Vec::new();
    }
    let closed = state.view.graph.jump.take().is_some()
        || wiring::wire::drop_it(state)
        || logs::back(state)
        || source_select::back(state);
    if closed {
        return Vec::new();
    }
    if state.view.zoom {
        state.view.zoom = false;
    } else if state.view.focus == Pane::Source {
        source::leave(state);
    } else if state.view.focus == Pane::Inspector {
        state.view.focus(Pane::Graph);
    }
    Vec::new()
}

/// Reads what is selected: of a wire that does not fit, why it does not.
pub(crate) fn open(state: &mut State) -> Vec<Effect> {
    if let Some(import) = explanation::of_problem(state) {
        return explanation::explain(state, import);
    }
    if state.openable().is_none() && grants::of_log(state).is_some() {
        grants::open_denied(state);
        return Vec::new();
    }
    match state.openable() {
        Some(place) => source::open(state, &place),
        None => Vec::new(),
    }
}

pub(crate) fn edit(state: &State) -> Vec<Effect> {
    let Some(place) = state.editable() else { return Vec::new() };
    // Problems name files from the project's root; joining leaves an absolute path as it is.
    vec![Effect::Edit { file: state.app.project.root.join(place.file), line: place.line.max(1) }]
}

pub(crate) fn copy(state: &mut State, now: Instant) -> Vec<Effect> {
    let Some(problem) = state.selected_problem() else { return Vec::new() };
    let place = problem.place.as_ref().map(|p| format!("{p}: ")).unwrap_or_default();
    let text = format!("{place}{}", problem.message);
    state.view.flash("copied", now);
    vec![Effect::Copy(text)]
}

/// # Errors
/// Why the screen can't be written to a file now.
pub(crate) fn can_save_picture(state: &State) -> Reason {
    if !state.app.trusted {
        // Until then studio leaves the folder as it is.
        Err("the folder is not trusted yet (t)")
    } else if state.view.hits.screen().is_empty() {
        Err("nothing is drawn yet")
    } else {
        Ok(())
    }
}

/// Has what is on the screen now written to the project's folder.
pub(crate) fn save_picture(state: &mut State, now: Instant) -> Vec<Effect> {
    let buffer = Box::new(screen::cells(state, now, state.view.hits.screen()));
    let colours = Box::new(Colours::of(&state.view.look));
    let title = format!("studio: {}", state.app.project.name);
    vec![Effect::SavePicture { folder: state.app.options.root.clone(), buffer, colours, title }]
}

/// The picture was written, or not.
pub(crate) fn picture_saved(state: &mut State, result: Result<PathBuf, String>, at: Instant) {
    match result {
        Ok(path) => {
            let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            state.view.flash(format!("the screen was written to {file}"), at);
        }
        Err(error) => {
            let said = format!("the screen was not written: {error}");
            state.view.flash(said.clone(), at);
            runs::log_line(&mut state.app, said, at);
        }
    }
}
