//! Commands on what has the focus: cut, add, remove, rename, expose. Whether each can be done, and the doing.

use crate::compose::Change;
use crate::draw::layout::Side;
use crate::model::graph::{ENTRY, End, HOST, ImportState, NodeKind, Wire};
use crate::model::port::short;
use crate::tui::effect::Effect;
use crate::tui::overlay::{Ask, Overlay, Prompt};
use crate::tui::pane::graph::wiring::edits;
use crate::tui::state::State;
use crate::wac::rename as rename_text;

type Reason = Result<(), &'static str>;

/// Whether the composition can be edited at all.
///
/// # Errors
/// Why not.
pub(crate) fn editable(state: &State) -> Reason {
    if !state.app.discovered || state.app.project.components.is_empty() {
        return Err("there is no component yet");
    }
    if state.app.project.active.is_none() && !state.app.project.compositions.is_empty() {
        return Err("several compositions; set `composition` in studio.toml");
    }
    if state.app.graph_stale {
        return Err("the .wac does not parse; p shows the line");
    }
    Ok(())
}

/// The wires at the focused port that can be cut.
fn cuttable(state: &State) -> Result<Vec<Wire>, &'static str> {
    let selection = state.selection().ok_or("nothing is selected (arrows, or f)")?;
    let Some((side, port)) = &selection.port else { return Err("select a port first (arrows); D removes the node") };
    if selection.node == HOST {
        return Err("the host provides this; remove the import from the WIT world");
    }
    let here = End { node: selection.node.clone(), port: port.clone() };
    let touches = |w: &&Wire| match side {
        Side::Import => w.from == here,
        Side::Export => w.to == here,
    };
    let found: Vec<Wire> = state.app.graph.wires.iter().filter(touches).cloned().collect();
    let by_host = state.app.graph.node(&here.node).is_some_and(|n| {
        n.imports.iter().any(|i| i.port.name == here.port && i.state == ImportState::Host && *side == Side::Import)
    });
    if by_host {
        return Err("the host provides this: no wire to cut");
    }
    if found.is_empty() { Err("there is no wire here") } else { Ok(found) }
}

pub(crate) fn can_cut(state: &State) -> Reason {
    editable(state)?;
    cuttable(state).map(drop)
}

/// Cuts the wire of the focused port.
pub(crate) fn cut(state: &mut State) -> Vec<Effect> {
    let Ok(wires) = cuttable(state) else { return Vec::new() };
    let changes: Vec<Change> = wires.iter().map(cutting).collect();
    let label = match wires.as_slice() {
        [one] if one.from.node == ENTRY => hidden(&one.from.port),
        [one] => format!("cut {}'s import {}", one.from.node, short(&one.from.port)),
        all => format!("cut {} wires to {}'s export {}", all.len(), all[0].to.node, short(&all[0].to.port)),
    };
    edits::change(state, label, changes)
}

/// What hiding an export of the composition is called once it is done.
fn hidden(export: &str) -> String {
    format!("hid the composition's export {}", short(export))
}

fn cutting(wire: &Wire) -> Change {
    if wire.from.node == ENTRY {
        return Change::Hide { export: wire.from.port.clone() };
    }
    Change::Cut { from: wire.from.clone() }
}

pub(crate) fn can_undo(state: &State) -> Reason {
    let fix_applied = state.view.overlays.explaining().is_some_and(|e| e.fix_applied);
    let any = fix_applied || state.view.graph.untidy.is_some() || state.edits.next_undo(&edits::path(state)).is_some();
    if any { Ok(()) } else { Err("nothing to undo") }
}

pub(crate) fn can_redo(state: &State) -> Reason {
    let any = state.edits.next_redo(&edits::path(state)).is_some();
    if any { Ok(()) } else { Err("nothing to redo") }
}

/// The component that has the focus, or one of whose ports has.
fn instance(state: &State) -> Result<String, &'static str> {
    let selection = state.selection().ok_or("nothing is selected (arrows, or f)")?;
    let node = state.app.graph.node(&selection.node).filter(|n| n.kind == NodeKind::Component);
    node.map(|n| n.name.clone()).ok_or("select a component first (n)")
}

/// Whether there is a component to do something with.
///
/// # Errors
/// Why not.
pub(crate) fn on_instance(state: &State) -> Reason {
    editable(state)?;
    instance(state).map(drop)
}

/// Removes the focused component with its wires; an undo brings it back.
pub(crate) fn remove(state: &mut State) -> Vec<Effect> {
    let Ok(node) = instance(state) else { return Vec::new() };
    edits::change(state, format!("removed {node}"), vec![Change::Remove { node }])
}

/// Asks for the focused component's new name.
pub(crate) fn ask_name(state: &mut State) {
    let Ok(node) = instance(state) else { return };
    let hint = "the instance's name in kebab-case, as in `core-logic`";
    let prompt = Prompt::new(format!("Rename {node}"), hint, node.clone(), Ask::Rename);
    state.view.overlays.push(Overlay::Prompt(prompt));
}

/// The answer to that.
///
/// # Errors
/// Why it can't be called so.
pub(crate) fn rename(state: &mut State, to: &str) -> Result<Vec<Effect>, String> {
    let node = instance(state)?;
    let to = to.trim();
    if to == node {
        return Ok(Vec::new());
    }
    let path = edits::path(state);
    if let Some(document) = state.app.documents.iter().find(|d| d.path.as_ref() == Some(&path)) {
        rename_text(&document.text, &state.app.graph, &node, to).map_err(|e| e.to_string())?;
    }
    let change = Change::Rename { node: node.clone(), to: to.to_owned() };
    Ok(edits::change(state, format!("renamed {node} to {to}"), vec![change]))
}

/// What exposing or hiding the focused port would do: the label, and the change.
fn exposure(state: &State) -> Result<(String, Change), &'static str> {
    let selection = state.selection().ok_or("nothing is selected (arrows, or f)")?;
    let node = state.app.graph.node(&selection.node).ok_or("there is no graph yet")?;
    match (node.kind, &selection.port) {
        (NodeKind::Entry, Some((_, port))) => Ok((hidden(port), Change::Hide { export: port.clone() })),
        (NodeKind::Component, Some((Side::Export, port))) => {
            let what = End { node: node.name.clone(), port: port.clone() };
            let exposed = state.app.graph.wires.iter().find(|w| w.from.node == ENTRY && w.to == what);
            Ok(match exposed {
                Some(wire) => (hidden(port), Change::Hide { export: wire.from.port.clone() }),
                None => {
                    (format!("exposed {}'s export {}", node.name, short(port)), Change::Expose { what, name: None })
                }
            })
        }
        _ => Err("select an export first, at a box's left edge (arrows)"),
    }
}

pub(crate) fn can_expose(state: &State) -> Reason {
    editable(state)?;
    exposure(state).map(drop)
}

/// Makes the focused export the composition's own, or keeps it inside again.
pub(crate) fn expose(state: &mut State) -> Vec<Effect> {
    let Ok((label, change)) = exposure(state) else { return Vec::new() };
    edits::change(state, label, vec![change])
}
