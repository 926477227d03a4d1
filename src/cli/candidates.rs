//! What may stand in an argument, for shells that complete: nodes and ports of the folder one is in, templates, themes.
//! Reads and parses; runs nothing.

use std::path::Path;

use clap_complete::CompletionCandidate;

use crate::app::state::{Goal, State};
use crate::app::trust_question::Start;
use crate::build::Profile;
use crate::cli::{session, theme};
use crate::model::graph::ENTRY;
use crate::model::port::short;
use crate::model::visible::visible;

type Candidates = Vec<CompletionCandidate>;

/// The folder's graph; `None` where there is none to complete from.
fn state() -> Option<State> {
    let options = session::options(Path::new("."), Goal::Graph, Profile::Dev).ok()?;
    let start = Start::at(&options.root, false);
    session::drive(options, start, |_, _| {}, State::settled).ok()
}

fn of(names: impl IntoIterator<Item = String>) -> Candidates {
    names.into_iter().map(|name| CompletionCandidate::new(visible(&name).into_owned())).collect()
}

pub(crate) fn nodes() -> Candidates {
    of(state().iter().flat_map(|state| state.graph.instances()).map(|node| node.name.clone()))
}

pub(crate) fn components() -> Candidates {
    of(state().iter().flat_map(|state| &state.project.components).map(|component| component.name.clone()))
}

/// `NODE.IMPORT`, with the names that are enough.
pub(crate) fn imports() -> Candidates {
    let state = state();
    let nodes = state.iter().flat_map(|state| state.graph.instances());
    of(nodes.flat_map(|node| node.imports.iter().map(|i| format!("{}.{}", node.name, short(&i.port.name)))))
}

/// `NODE.EXPORT`, the same.
pub(crate) fn exports() -> Candidates {
    let state = state();
    let nodes = state.iter().flat_map(|state| state.graph.instances());
    of(nodes.flat_map(|node| node.exports.iter().map(|port| format!("{}.{}", node.name, short(&port.name)))))
}

/// What the composition exports.
pub(crate) fn exposed() -> Candidates {
    let state = state();
    let entry = state.as_ref().and_then(|state| state.graph.node(ENTRY));
    of(entry.into_iter().flat_map(|entry| &entry.imports).map(|import| import.port.name.clone()))
}

pub(crate) fn theme_names() -> Candidates {
    of(theme::themes().0.names().into_iter().map(|(name, _)| name))
}
