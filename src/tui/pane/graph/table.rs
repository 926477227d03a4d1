//! Commands of the graph that look at it; those that change it stand in `wiring/table.rs`.

use std::time::Instant;

use crate::tui::command::Context::{Graph, Wiring};
use crate::tui::command::{Command, Group, Reason, row, unless};
use crate::tui::effect::Effect;
use crate::tui::overlay::{Owner, explanation};
use crate::tui::pane::graph::picture::Level;
use crate::tui::pane::graph::{self, tidy, wiring};
use crate::tui::state::State;
use crate::tui::view::Pane;

pub(crate) const GROUP: Group = Group {
    title: "Graph",
    contexts: &[Graph],
    rows: &[
        row(Command::Inspect, "inspect", "inspect", "show the details of the selected port or node")
            .keys(&[(Graph, "enter")])
            .rank(18)
            .when(any)
            .does(inspect),
        row(Command::Jump, "jump", "jump", "label everything in view; typing a label goes there")
            .keys(&[(Graph, "f")])
            .rank(60)
            .when(any)
            .does(|state, _| {
                graph::jump(state);
                Vec::new()
            }),
        row(Command::NextNode, "next-node", "node", "move to the next node, or port that fits")
            .keys(&[(Graph, "n"), (Wiring, "n")])
            .rank(61)
            .when(any)
            .does(|state, _| {
                next_node(state, false);
                Vec::new()
            }),
        row(Command::PreviousNode, "previous-node", "", "move to the previous node")
            .keys(&[(Graph, "N"), (Wiring, "N")])
            .when(any)
            .does(|state, _| {
                next_node(state, true);
                Vec::new()
            }),
        row(Command::Fold, "fold", "host", "list what the host provides to a node, or fold it")
            .keys(&[(Graph, "space")])
            .rank(63)
            .when(|state| unless(!graph::can_fold(state), "this node has no host imports to list"))
            .does(|state, _| graph::fold(state)),
        row(Command::CentreGraph, "centre-graph", "centre", "move the selection into the middle")
            .keys(&[(Graph, "c")])
            .rank(66)
            .when(any)
            .does(|state, _| {
                graph::centre(state);
                Vec::new()
            }),
        row(Command::FitGraph, "fit-graph", "fit", "show as much of the graph as fits")
            .keys(&[(Graph, "0")])
            .rank(67)
            .when(can_fit)
            .does(|state, _| {
                graph::fit(state);
                Vec::new()
            }),
        row(Command::Tidy, "tidy", "tidy", "lay the whole graph out anew, unpinned")
            .keys(&[(Graph, "T")])
            .rank(68)
            .when(any)
            .does(tidy::tidy),
        row(Command::Detail, "detail", "detail", "switch the level of detail").keys(&[(Graph, "d")]).rank(68).does(
            |state, _| {
                next_level(state);
                Vec::new()
            },
        ),
        row(Command::MoreDetail, "more-detail", "", "show more of each node").keys(&[(Graph, "+"), (Graph, "=")]).does(
            |state, _| {
                graph::step_level(state, -1);
                Vec::new()
            },
        ),
        row(Command::LessDetail, "less-detail", "", "show less of each node, and more nodes")
            .keys(&[(Graph, "-")])
            .does(|state, _| {
                graph::step_level(state, 1);
                Vec::new()
            }),
        row(Command::PanLeft, "pan-left", "", "scroll the graph left")
            .keys(&[(Graph, "H"), (Graph, "shift-left")])
            .does(|state, _| {
                graph::pan_pages(state, -1, 0);
                Vec::new()
            }),
        row(Command::PanDown, "pan-down", "", "scroll the graph down")
            .keys(&[(Graph, "J"), (Graph, "shift-down")])
            .does(|state, _| {
                graph::pan_pages(state, 0, 1);
                Vec::new()
            }),
        row(Command::PanUp, "pan-up", "", "scroll the graph up").keys(&[(Graph, "K"), (Graph, "shift-up")]).does(
            |state, _| {
                graph::pan_pages(state, 0, -1);
                Vec::new()
            },
        ),
        row(Command::PanRight, "pan-right", "", "scroll the graph right")
            .keys(&[(Graph, "L"), (Graph, "shift-right")])
            .does(|state, _| {
                graph::pan_pages(state, 1, 0);
                Vec::new()
            }),
    ],
};

/// Fitting undoes what was panned and chosen.
fn can_fit(state: &State) -> Reason {
    if state.view.graph.is_moved() {
        return Ok(());
    }
    Err(if graph::is_whole(state) {
        "all of the graph is in sight"
    } else {
        "the graph is larger than its pane; zoom it (z), or show less of each node (-)"
    })
}

fn any(state: &State) -> Reason {
    unless(state.view.picture.graph().nodes.is_empty(), "there is no graph yet")
}

/// Of what is wrong more is to be seen than its details.
fn inspect(state: &mut State, _: Instant) -> Vec<Effect> {
    if explanation::is_wrong(state) {
        return explanation::begin(state);
    }
    state.view.focus(Pane::Inspector);
    Vec::new()
}

fn next_node(state: &mut State, back: bool) {
    if matches!(state.owner(), Owner::Wire) {
        wiring::wire::cycle(state, back);
    } else {
        graph::walk_nodes(state, back);
    }
}

fn next_level(state: &mut State) {
    let level = match state.view.graph.level {
        None => Some(Level::Status),
        Some(Level::Names) => None,
        Some(level) => Some(level.stepped(1)),
    };
    graph::show_level(state, level);
}
