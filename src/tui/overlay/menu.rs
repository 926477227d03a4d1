//! The menu under the right mouse button: what can be done with what was clicked, from the command table.

use crate::tui::command::{Command, Context, Spec, commands};
use crate::tui::overlay::{Choice, Item, Overlay, Picker};
use crate::tui::state::State;

/// What a command does, without the details.
fn sentence(doc: &str) -> &str {
    doc.split([':', ';', ',']).next().unwrap_or(doc)
}

/// Opens it at the pointer, for whatever has the focus now.
pub(crate) fn open(state: &mut State, column: u16, row: u16) {
    let contexts = Context::current(state);
    let key = |command: Command| {
        let keys = state.view.keymap.key(contexts, command);
        keys.map(ToString::to_string).unwrap_or_default()
    };
    // What the place itself knows comes first, then what every pane does.
    let inner = |spec: &Spec| spec.keys.iter().any(|(context, _)| contexts.first() == Some(context));
    let worth = |spec: &&Spec| {
        let moves = spec.label.is_empty() || spec.command == Command::FocusNext;
        let now = spec.command.enabled(state).is_ok();
        !moves && (inner(spec) || now && spec.command.reminded(state) && !key(spec.command).is_empty())
    };
    let mut specs: Vec<&Spec> = commands().filter(worth).collect();
    specs.sort_by_key(|spec| (!inner(spec), spec.rank));
    let item = |spec: &Spec| Item {
        name: sentence(spec.doc).into(),
        detail: String::new(),
        key: key(spec.command),
        refused: spec.command.enabled(state).err().map(str::to_owned),
        choice: Choice::Command(spec.command),
    };
    let mut picker = Picker::new("", "No matching command.", specs.into_iter().map(item).collect());
    picker.anchor = Some((column, row));
    state.view.overlays.push(Overlay::Picker(picker));
}
