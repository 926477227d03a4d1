//! Commands that every pane has.

use crate::app::pipeline;
use crate::app::state::RunStatus;
use crate::tui::command::Context::{
    Everywhere, Grants, Graph, Inspector, Logs, Panes, Problems, Project, Source, Wiring,
};
use crate::tui::command::{Command, Group, Reason, row, unless};
use crate::tui::effect::{Effect, of_app};
use crate::tui::movement;
use crate::tui::overlay::{self, back, explanation, grants};
use crate::tui::pane::general::{self, show};
use crate::tui::pane::graph::selection::Direction;
use crate::tui::pane::output::logs;
use crate::tui::pane::source::select as source_select;
use crate::tui::splits::{Edge, Splits};
use crate::tui::state::State;
use crate::tui::view::{Pane, Tab};

pub(crate) const GROUP: Group = Group {
    title: "In every pane",
    contexts: &[Panes, Inspector],
    rows: &[
        row(Command::Open, "open", "open", "read the source of what is selected")
            .keys(&[(Project, "enter"), (Problems, "enter"), (Logs, "enter"), (Inspector, "enter"), (Panes, "o")])
            .rank(20)
            .when(|state| {
                let explained = explanation::of_problem(state).is_some() || grants::of_log(state).is_some();
                let nothing = state.openable().is_none() && !explained;
                unless(nothing, "nothing here points to a file")
            })
            .does(|state, _| general::open(state)),
        row(Command::Edit, "edit", "edit", "open what is selected in $EDITOR, at its line")
            .keys(&[(Source, "enter"), (Panes, "e"), (Everywhere, "ctrl-o")])
            .rank(21)
            .when(|state| unless(state.editable().is_none(), "nothing here points to a file"))
            .does(|state, _| general::edit(state)),
        row(Command::ShowProblems, "show-problems", "problems", "show the problems, first error first")
            .keys(&[(Panes, "p")])
            .rank(40)
            .when(|state| unless(state.app.problems().is_empty(), "there are none"))
            .does(|state, _| shown(state, Tab::Problems)),
        row(Command::ShowLogs, "show-logs", "logs", "show the logs")
            .keys(&[(Panes, "l")])
            .rank(41)
            .does(|state, _| shown(state, Tab::Logs)),
        row(Command::Rerun, "rerun", "run", "run the program again; build first if needed")
            .keys(&[(Panes, "r")])
            .rank(42)
            .when(can_run)
            .does(|state, now| {
                // Read before: building again forgets what was wrong.
                let stopped = what_stops(state);
                let effects = of_app(pipeline::rerun(&mut state.app));
                if state.app.run.again {
                    state.view.flash(stopped.unwrap_or_else(|| "it runs when it is built".into()), now);
                }
                effects
            }),
        row(Command::Stop, "stop", "stop", "stop the running program")
            .keys(&[(Panes, "s")])
            .rank(43)
            .when(|state| {
                let going = matches!(state.app.run.status, RunStatus::Starting | RunStatus::Running);
                unless(!going, "nothing is running")
            })
            .does(|_, _| vec![Effect::App(crate::app::effect::Effect::StopRun)]),
        row(Command::GoBack, "go-back", "", "run an earlier program again")
            .keys(&[(Panes, "b")])
            .when(|state| unless(state.app.run.kept.iter().len() < 2, "there is no earlier program"))
            .does(|state, _| {
                back::ask(state);
                Vec::new()
            }),
        row(
            Command::ServeOnFreePort,
            "serve-on-free-port",
            "free port",
            "serve on a free port until the usual one is free",
        )
        .keys(&[(Panes, "F")])
        .rank(18)
        .when(|state| unless(free_port(state).is_none(), "the port is not taken"))
        .does(|state, _| {
            state.app.run.fallback = free_port(state);
            of_app(pipeline::rerun(&mut state.app))
        }),
        row(Command::ShowRequests, "show-requests", "requests", "show the HTTP requests")
            .keys(&[(Panes, "Q")])
            .rank(44)
            .when(|state| unless(!state.has_requests(), "nothing is served"))
            .does(|state, _| shown(state, Tab::Requests)),
        row(Command::Arguments, "arguments", "", "run the program with other arguments")
            .keys(&[(Panes, "R")])
            .when(can_run)
            .does(|state, _| {
                overlay::ask_arguments(state);
                Vec::new()
            }),
        row(Command::TypeInput, "type-input", "type", "type input for the running program")
            .keys(&[(Panes, "I")])
            .rank(45)
            .when(|state| unless(!logs::typing::can_type(state), "no running command reads input"))
            .does(|state, _| {
                show(state, Tab::Logs);
                logs::typing::begin(state, logs::Purpose::Input);
                Vec::new()
            }),
        row(Command::Copy, "copy", "copy", "copy what is selected to the clipboard")
            .keys(&[(Problems, "y"), (Logs, "y"), (Source, "y")])
            .rank(46)
            .when(can_copy)
            .does(|state, now| {
                if state.view.focus == Pane::Source {
                    source_select::copy(state, now)
                } else if state.tab() == Tab::Logs {
                    logs::select::copy(state, now)
                } else {
                    general::copy(state, now)
                }
            }),
        row(Command::Zoom, "zoom", "zoom", "give the focused pane the whole screen, and back")
            .keys(&[(Panes, "z")])
            .rank(72)
            .does(|state, _| {
                state.view.zoom = !state.view.zoom;
                Vec::new()
            }),
        row(Command::FocusNext, "focus-next", "next pane", "move to the next pane")
            .keys(&[(Everywhere, "tab")])
            .rank(73)
            .does(|state, _| turned(state, 1)),
        row(Command::FocusPrevious, "focus-previous", "", "move to the previous pane")
            .keys(&[(Everywhere, "shift-tab")])
            .does(|state, _| turned(state, Pane::ALL.len() - 1)),
        row(Command::FocusProject, "focus-project", "", "move to the project's components")
            .keys(&[(Panes, "1"), (Everywhere, "alt-1")])
            .does(|state, _| focused(state, Pane::Project)),
        row(Command::FocusGraph, "focus-graph", "", "move to the graph")
            .keys(&[(Panes, "2"), (Everywhere, "alt-2"), (Everywhere, "ctrl-g")])
            .does(|state, _| focused(state, Pane::Graph)),
        row(Command::FocusOutput, "focus-output", "", "move to logs, problems and requests")
            .keys(&[(Panes, "3"), (Everywhere, "alt-3")])
            .does(|state, _| focused(state, Pane::Output)),
        row(Command::FocusInspector, "focus-inspector", "", "move to the details of what is selected")
            .keys(&[(Panes, "4"), (Everywhere, "alt-4")])
            .does(|state, _| focused(state, Pane::Inspector)),
        row(Command::FocusSource, "focus-source", "", "move to the open source files")
            .keys(&[(Panes, "5"), (Everywhere, "alt-5")])
            .when(|state| unless(!state.view.source.is_open(), "no file is open (o opens one)"))
            .does(|state, _| focused(state, Pane::Source)),
        row(Command::NextTab, "next-tab", "", "show the next of logs, problems and requests")
            .keys(&[(Panes, "]")])
            .does(|state, _| shown(state, state.next_tab())),
        row(Command::PreviousTab, "previous-tab", "", "show the previous of logs, problems, requests")
            .keys(&[(Panes, "[")])
            .does(|state, _| shown(state, state.previous_tab())),
        row(Command::Up, "up", "", "move up").keys(&[(Everywhere, "up"), (Panes, "k"), (Grants, "k")]).does(
            |state, _| {
                movement::arrow(state, Direction::Up);
                Vec::new()
            },
        ),
        row(Command::Down, "down", "", "move down").keys(&[(Everywhere, "down"), (Panes, "j"), (Grants, "j")]).does(
            |state, _| {
                movement::arrow(state, Direction::Down);
                Vec::new()
            },
        ),
        row(Command::Left, "left", "", "move left, or scroll left").keys(&[(Everywhere, "left"), (Panes, "h")]).does(
            |state, _| {
                movement::arrow(state, Direction::Left);
                Vec::new()
            },
        ),
        row(Command::Right, "right", "", "move right, or scroll right")
            .keys(&[(Everywhere, "right"), (Graph, "l"), (Source, "l"), (Wiring, "l")])
            .does(|state, _| {
                movement::arrow(state, Direction::Right);
                Vec::new()
            }),
        row(Command::PageUp, "page-up", "", "move up by one page")
            .keys(&[(Everywhere, "pageup"), (Everywhere, "ctrl-u")])
            .does(|state, _| {
                movement::step(state, -movement::page(state));
                Vec::new()
            }),
        row(Command::PageDown, "page-down", "", "move down by one page")
            .keys(&[(Everywhere, "pagedown"), (Everywhere, "ctrl-d")])
            .does(|state, _| {
                movement::step(state, movement::page(state));
                Vec::new()
            }),
        row(Command::Top, "top", "", "move to the first line").keys(&[(Everywhere, "home"), (Panes, "g")]).does(
            |state, _| {
                movement::end(state, false);
                Vec::new()
            },
        ),
        row(Command::Bottom, "bottom", "", "move to the last line").keys(&[(Everywhere, "end"), (Panes, "G")]).does(
            |state, _| {
                movement::end(state, true);
                Vec::new()
            },
        ),
        row(Command::ReleaseMouse, "release-mouse", "", "release the mouse to the terminal, or capture it")
            .keys(&[(Panes, "m")])
            .does(|state, now| {
                state.view.mouse_released = !state.view.mouse_released;
                let text = if state.view.mouse_released {
                    "the mouse selects text in the terminal now; m captures it again"
                } else {
                    "the mouse is captured again"
                };
                state.view.flash(text, now);
                Vec::new()
            }),
        row(Command::SavePicture, "save-picture", "", "write the screen as an SVG picture")
            .keys(&[(Everywhere, "alt-s")])
            .when(general::can_save_picture)
            .does(general::save_picture),
        row(Command::EdgeLeft, "edge-left", "", "move the focused pane's edge to the left")
            .keys(&[(Panes, "<"), (Panes, "ctrl-left")])
            .when(has_edge)
            .does(|state, now| general::push_edge(state, true, -general::SIDEWAYS, now)),
        row(Command::EdgeRight, "edge-right", "", "move the focused pane's edge to the right")
            .keys(&[(Panes, ">"), (Panes, "ctrl-right")])
            .when(has_edge)
            .does(|state, now| general::push_edge(state, true, general::SIDEWAYS, now)),
        row(Command::EdgeUp, "edge-up", "", "move the edge above logs and problems up")
            .keys(&[(Panes, "ctrl-up")])
            .when(has_edge)
            .does(|state, now| general::push_edge(state, false, -1, now)),
        row(Command::EdgeDown, "edge-down", "", "move the edge above logs and problems down")
            .keys(&[(Panes, "ctrl-down")])
            .when(has_edge)
            .does(|state, now| general::push_edge(state, false, 1, now)),
        row(Command::ResetEdges, "reset-edges", "", "reset the edges between panes")
            .keys(&[(Panes, "\\")])
            .when(|state| unless(state.view.splits == Splits::default(), "the edges are reset"))
            .does(|state, _| {
                state.view.splits = Splits::default();
                Vec::new()
            }),
    ],
};

/// Where to serve instead, while the address that is wanted is not to be had.
fn free_port(state: &State) -> Option<std::net::SocketAddr> {
    state.app.run.unavailable.as_ref()?.free
}

fn can_run(state: &State) -> Reason {
    if !state.app.trusted {
        Err("the folder is not trusted yet (t)")
    } else if state.app.project.components.is_empty() {
        Err("there is no component to run")
    } else {
        // What was built without success is not built again by itself: then the key asks for it once more.
        unless(state.app.run.again && !state.app.settled(), "it runs when it is built")
    }
}

/// What keeps the program from running until somebody acts, and where to look.
fn what_stops(state: &State) -> Option<String> {
    if !state.app.settled() {
        return None;
    }
    let problem = state.app.problems().into_iter().find(|problem| problem.is_error())?;
    let who = problem.component.as_ref().map_or_else(|| "it".to_owned(), |name| format!("`{name}`"));
    Some(format!("{who} could not be built (p shows why), building again: {}", problem.message))
}

fn can_copy(state: &State) -> Reason {
    if state.view.focus == Pane::Source {
        unless(!source_select::can_copy(state), "the file is not read yet")
    } else if state.tab() == Tab::Logs {
        unless(!logs::select::can_copy(state), "select lines first (v, shift-up, or the mouse)")
    } else {
        unless(state.app.problems().is_empty(), "there is nothing to copy")
    }
}

fn has_edge(state: &State) -> Reason {
    unless(state.view.hits.edge(Edge::Output).is_none(), "there are no edges between panes")
}

fn shown(state: &mut State, tab: Tab) -> Vec<Effect> {
    show(state, tab);
    Vec::new()
}

fn focused(state: &mut State, pane: Pane) -> Vec<Effect> {
    state.view.focus(pane);
    Vec::new()
}

fn turned(state: &mut State, by: usize) -> Vec<Effect> {
    general::turn(state, by);
    Vec::new()
}
