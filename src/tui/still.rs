//! The screen without a terminal: one frame of a project, or its graph alone, as SVG.

use std::collections::BTreeSet;
use std::time::Instant;

use ratatui::layout::Rect;

use crate::app::state::State as AppState;
use crate::draw::layout::Room;
use crate::look::Look;
use crate::model::outline::Outline;
use crate::tui::pane::graph::picture::{Level, Picture, Wish};
use crate::tui::pane::{graph, project};
use crate::tui::screen;
use crate::tui::state::State;
use crate::tui::svg;
use crate::tui::svg::Colours;

/// More cells than any picture has.
const ROOMY: Room = Room { columns: 1_000_000, rows: 1_000_000 };

/// The whole screen, so many columns and rows large. `outline` lists the project's files.
pub(crate) fn screen(app: AppState, look: Look, outline: Outline, (columns, rows): (u16, u16), now: Instant) -> String {
    let mut state = of(app, look);
    project::listed(&mut state, outline);
    state.view.hits.set_screen(Rect { x: 0, y: 0, width: columns, height: rows });
    graph::arrange(&mut state);
    let cells = screen::cells(&state, now, Rect { x: 0, y: 0, width: columns, height: rows });
    svg::picture(&cells, &Colours::of(&state.view.look), &format!("studio: {}", state.app.project.name))
}

/// The whole graph, with every port; `None` where it has more cells than a picture can hold.
pub(crate) fn graph(app: AppState, look: Look, now: Instant) -> Option<String> {
    let mut state = of(app, look);
    let wish = Wish { room: ROOMY, level: Some(Level::Ports), ..Wish::default() };
    state.view.picture = Picture::default().following(&state.app.graph, &BTreeSet::new(), wish);
    let cells = graph::draw::whole(&state, now)?;
    Some(svg::picture(&cells, &Colours::of(&state.view.look), &format!("the graph of {}", state.app.project.name)))
}

fn of(app: AppState, look: Look) -> State {
    let mut state = State::of(app);
    state.view.look = look;
    state
}
