//! Moving in whatever has the keys: arrows, pages, ends, and the wheel.

use crate::tui::overlay;
use crate::tui::overlay::Overlay;
use crate::tui::overlay::Owner;
use crate::tui::pane::graph::selection::Direction;
use crate::tui::pane::graph::wiring;
use crate::tui::pane::output::logs;
use crate::tui::pane::{graph, project, source};
use crate::tui::state::State;
use crate::tui::view::{Pane, Tab};

/// One step in a direction: from port to port in the graph, from target to target while a wire is drawn, else a row or
/// some columns.
pub(crate) fn arrow(state: &mut State, way: Direction) {
    if matches!(state.owner(), Owner::Wire) {
        wiring::wire::step(state, way);
    } else if matches!(state.owner(), Owner::Overlay(Overlay::Plan(_)))
        && matches!(way, Direction::Up | Direction::Down)
    {
        step(state, if way == Direction::Up { -1 } else { 1 });
    } else if walks(state) {
        graph::walk(state, way);
    } else {
        match way {
            Direction::Up => step(state, -1),
            Direction::Down => step(state, 1),
            Direction::Left => sideways(state, -1),
            Direction::Right => sideways(state, 1),
        }
    }
}

/// To the first or the last of what has the keys.
pub(crate) fn end(state: &mut State, last: bool) {
    if walks(state) {
        graph::walk_to_end(state, last);
    } else {
        step(state, if last { isize::MAX / 2 } else { isize::MIN / 2 });
    }
}

/// Whether the arrows walk the graph.
fn walks(state: &State) -> bool {
    state.view.focus == Pane::Graph && !state.panes_are_covered()
}

/// Rows of a list over the panes that a page key moves by.
const OVERLAY_PAGE: u16 = 10;

/// Rows of what has the keys that a page key moves by.
pub(crate) fn page(state: &State) -> isize {
    let height = match state.view.overlays.top() {
        Some(Overlay::Help(_)) => state.view.hits.help_height(),
        Some(top) if top.covers_panes() => OVERLAY_PAGE,
        _ if state.in_logs() => state.view.hits.log.height,
        _ => state.view.hits.body(state.view.focus).height,
    };
    isize::try_from(height.saturating_sub(1).max(1)).unwrap_or(1)
}

/// Up or down in what has the keys.
pub(crate) fn step(state: &mut State, by: isize) {
    if overlay::step(state, by) {
        return;
    }
    if state.panes_are_covered() {
        overlay::trust::scroll(state, by);
        return;
    }
    if state.view.focus == Pane::Source {
        source::step(state, by);
    } else if state.in_logs() && state.view.log.anchor.is_some() {
        logs::select::extend(state, by);
    } else {
        scroll(state, state.view.focus, by);
    }
}

/// Up or down in a pane, focused or not (the wheel scrolls what it is over).
pub(crate) fn scroll(state: &mut State, pane: Pane, by: isize) {
    match pane {
        Pane::Project => {
            state.view.project = stepped(state.view.project, by, state.rows().len());
            state.view.graph.selection = None;
            state.view.inspector = 0;
        }
        Pane::Output if state.tab() == Tab::Problems => {
            step_problem(state, by);
        }
        Pane::Output if state.tab() == Tab::Requests => {
            let index = stepped(state.app.requests.index(state.view.request), by, state.app.requests.len());
            state.view.request = state.app.requests.get(index).map(|r| r.id).filter(|_| index > 0);
        }
        Pane::Output => logs::scroll(state, by),
        Pane::Graph => graph::pan(state, 0, by),
        Pane::Source => source::scroll(state, by),
        Pane::Inspector => {
            let room = state.view.hits.inspector_rest();
            state.view.inspector = stepped(state.view.inspector, by, room + 1);
        }
    }
}

/// Through the rows of a problem that does not fit, and then to the next.
fn step_problem(state: &mut State, by: isize) {
    let rest = state.view.hits.problem_rest();
    let view = &mut state.view;
    let scroll = stepped(view.problem_scroll.min(rest), by, rest + 1);
    if scroll != view.problem_scroll.min(rest) {
        view.problem_scroll = scroll;
        return;
    }
    view.select_problem(stepped(view.problem, by, state.app.problems().len()));
}

fn stepped(selected: usize, by: isize, len: usize) -> usize {
    let last = len.saturating_sub(1);
    selected.min(last).saturating_add_signed(by).min(last)
}

/// Columns or cells that one key moves the picture by.
const SIDESTEP: isize = 8;

/// Left or right in the focused pane.
fn sideways(state: &mut State, by: isize) {
    match state.view.focus {
        Pane::Output if state.tab() == Tab::Logs => {
            let column = state.view.log.column.saturating_add_signed(by * SIDESTEP);
            state.view.log.column = column.min(crate::log::MAX_LINE);
        }
        Pane::Source => source::sideways(state, by * SIDESTEP),
        Pane::Project => project::sideways(state, by < 0),
        _ => {}
    }
}
