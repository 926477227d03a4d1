//! Commands on what has the focus: cut, add, remove, rename, expose. Whether each can be done, and the doing.

use super::edits;
use crate::app::effect::Effect;
use crate::app::state::State;
use crate::compose::Change;
use crate::model::graph::{ENTRY, End, HOST, ImportState, Wire};
use crate::model::layout::Side;
use crate::model::port::short;

type Reason = Result<(), &'static str>;

/// Whether the composition can be edited at all.
///
/// # Errors
/// Why not.
pub fn editable(state: &State) -> Reason {
    if !state.discovered || state.project.components.is_empty() {
        return Err("there is no component yet");
    }
    if state.project.active.is_none() && !state.project.compositions.is_empty() {
        return Err("there are several compositions: name one in studio.toml (composition = \"app.wac\")");
    }
    if state.graph_stale {
        return Err("the composition's text does not parse; p shows the line to mend");
    }
    Ok(())
}

/// The wires at the focused port that can be cut.
fn cuttable(state: &State) -> Result<Vec<Wire>, &'static str> {
    let spot = state.spot().ok_or("nothing has the focus (arrows, or f)")?;
    let Some((side, port)) = &spot.port else { return Err("choose a port first (arrows); D removes the node") };
    if spot.node == HOST {
        return Err("what the host gives is not cut here; take it from the component's world");
    }
    let here = End { node: spot.node.clone(), port: port.clone() };
    let touches = |w: &&Wire| match side {
        Side::Import => w.from == here,
        Side::Export => w.to == here,
    };
    let found: Vec<Wire> = state.graph.wires.iter().filter(touches).cloned().collect();
    let by_host = state.graph.node(&here.node).is_some_and(|n| {
        n.imports.iter().any(|i| i.port.name == here.port && i.state == ImportState::Host && *side == Side::Import)
    });
    if by_host {
        return Err("the host provides this; there is no wire to cut");
    }
    if found.is_empty() { Err("no wire is here") } else { Ok(found) }
}

pub fn can_cut(state: &State) -> Reason {
    editable(state)?;
    cuttable(state).map(drop)
}

/// Cuts the wire of the focused port.
pub fn cut(state: &mut State) -> Vec<Effect> {
    let Ok(wires) = cuttable(state) else { return Vec::new() };
    let changes: Vec<Change> = wires.iter().map(cutting).collect();
    let label = match wires.as_slice() {
        [one] => format!("cut {}.{}", one.from.node, short(&one.from.port)),
        all => format!("cut {} wires of {}", all.len(), short(&all[0].to.port)),
    };
    edits::change(state, label, changes)
}

fn cutting(wire: &Wire) -> Change {
    if wire.from.node == ENTRY {
        return Change::Hide { export: wire.from.port.clone() };
    }
    Change::Cut { from: wire.from.clone() }
}

pub fn can_undo(state: &State) -> Reason {
    let any = state.edits.next_undo(&edits::path(state)).is_some();
    if any { Ok(()) } else { Err("nothing was edited yet") }
}

pub fn can_redo(state: &State) -> Reason {
    let any = state.edits.next_redo(&edits::path(state)).is_some();
    if any { Ok(()) } else { Err("nothing was taken back") }
}
