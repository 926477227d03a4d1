//! Commands that change the composition.

use std::time::Instant;

use crate::tui::command::Context::{Explanation, Graph, Wiring};
use crate::tui::command::{Command, Group, row};
use crate::tui::effect::Effect;
use crate::tui::overlay::{explanation, plan};
use crate::tui::pane::graph::tidy;
use crate::tui::pane::graph::wiring::edits::{self, Wanted};
use crate::tui::pane::graph::wiring::{add, commands, places, wire};
use crate::tui::state::State;

pub(crate) const GROUP: Group = Group {
    title: "Graph: editing the composition",
    contexts: &[Wiring],
    rows: &[
        row(Command::Connect, "connect", "connect", "connect the wire to the highlighted port")
            .keys(&[(Wiring, "enter"), (Wiring, "w")])
            .rank(0)
            .when(wire::can_connect)
            .does(wire::connect),
        row(Command::Wire, "wire", "wire", "start a wire: highlight the ports that fit")
            .keys(&[(Graph, "w")])
            .rank(10)
            .when(|state| commands::editable(state).and_then(|()| wire::start(state).map(drop)))
            .does(|state, now| {
                wire::begin(state, now);
                Vec::new()
            }),
        row(Command::AddNode, "add", "add", "add a component; on a wire, insert as middleware")
            .keys(&[(Graph, "a")])
            .rank(11)
            .when(commands::editable)
            .does(|state, _| {
                add::open(state);
                Vec::new()
            }),
        row(Command::Cut, "cut", "cut", "cut the wire at the selected port")
            .keys(&[(Graph, "x")])
            .rank(12)
            .when(commands::can_cut)
            .does(|state, _| commands::cut(state)),
        row(Command::AutoWire, "auto-wire", "auto-wire", "propose wires for every open import")
            .keys(&[(Graph, "A")])
            .rank(13)
            .when(commands::editable)
            .does(|state, _| plan::begin(state)),
        row(Command::Undo, "undo", "undo", "undo the last edit of the composition")
            .keys(&[(Graph, "u"), (Explanation, "u")])
            .rank(14)
            .when(commands::can_undo)
            .does(undo),
        row(Command::Redo, "redo", "redo", "redo the last edit that was undone")
            .keys(&[(Graph, "U"), (Graph, "ctrl-r")])
            .rank(15)
            .when(commands::can_redo)
            .does(|state, _| edits::ask(state, Wanted::Redo)),
        row(Command::Expose, "expose", "expose", "export a port from the composition, or hide it")
            .keys(&[(Graph, "E")])
            .rank(64)
            .when(commands::can_expose)
            .does(|state, _| commands::expose(state)),
        row(Command::RemoveNode, "remove", "remove", "remove the selected component with its wires")
            .keys(&[(Graph, "D"), (Graph, "delete")])
            .rank(65)
            .when(commands::on_instance)
            .does(|state, _| commands::remove(state)),
        row(Command::RenameNode, "rename", "rename", "rename the selected component")
            .keys(&[(Graph, "f2")])
            .rank(65)
            .when(commands::on_instance)
            .does(|state, _| {
                commands::ask_name(state);
                Vec::new()
            }),
        row(Command::Pin, "pin", "pin", "pin the selected component in place, or unpin it")
            .keys(&[(Graph, "P")])
            .rank(65)
            .when(places::can_move)
            .does(places::pin),
        row(Command::MoveLeft, "move-left", "", "move the selected component one column left")
            .keys(&[(Graph, "ctrl-left")])
            .when(places::can_move)
            .does(|state, _| places::shift(state, -1, 0)),
        row(Command::MoveRight, "move-right", "", "move the selected component one column right")
            .keys(&[(Graph, "ctrl-right")])
            .when(places::can_move)
            .does(|state, _| places::shift(state, 1, 0)),
        row(Command::MoveUp, "move-up", "", "move the selected component up")
            .keys(&[(Graph, "ctrl-up")])
            .when(places::can_move)
            .does(|state, _| places::shift(state, 0, -1)),
        row(Command::MoveDown, "move-down", "", "move the selected component down")
            .keys(&[(Graph, "ctrl-down")])
            .when(places::can_move)
            .does(|state, _| places::shift(state, 0, 1)),
    ],
};

fn undo(state: &mut State, now: Instant) -> Vec<Effect> {
    if state.view.overlays.explaining().is_some() {
        return explanation::undo(state);
    }
    if let Some(effects) = tidy::undo(state, now) {
        return effects;
    }
    edits::ask(state, Wanted::Undo)
}
