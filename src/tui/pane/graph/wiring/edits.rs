//! The edits of the composition: one at a time, each a step that can be taken back, whoever else writes the file.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::app::edit::composition::{EditRequest, Edited, Made, Refused, Task};
use crate::app::pipeline;
use crate::compose::{Change, Document};
use crate::draw::layout::Place;
use crate::model::graph::Graph;
use crate::model::phases::Phases;
use crate::model::project::kebab;
use crate::tui::effect::{Effect, of_app};
use crate::tui::pane::graph;
use crate::tui::pane::graph::wiring::places;
use crate::tui::state::State;
use crate::wac::history::History;

/// What is still to be written, and what was.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edits {
    /// One a document, by its path relative to the project.
    histories: BTreeMap<PathBuf, History>,
    /// An edit is being written.
    busy: bool,
    /// Where in the picture the node that it adds is to stand.
    place: Option<Place>,
    waiting: VecDeque<Wanted>,
    /// Compositions that were written while ours was: whether by us is found out when it is done.
    suspects: Vec<PathBuf>,
}

/// What a person asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// One step, however many changes it takes.
    Change {
        label: String,
        changes: Vec<Change>,
        /// Where in the picture an added node is to stand.
        place: Option<Place>,
    },
    Undo,
    Redo,
}

impl Edits {
    pub(crate) fn next_undo(&self, path: &Path) -> Option<&str> {
        self.histories.get(path)?.next_undo()
    }

    pub(crate) fn next_redo(&self, path: &Path) -> Option<&str> {
        self.histories.get(path)?.next_redo()
    }
}

/// The composition that edits go to, relative to the project: the active one, else the one that the first edit makes.
pub(crate) fn path(state: &State) -> PathBuf {
    match &state.app.project.active {
        Some(active) => state.app.project.relative(active).to_owned(),
        None => format!("{}.wac", kebab(&state.app.project.name)).into(),
    }
}

fn document(state: &State) -> Option<Document> {
    let path = path(state);
    state.app.documents.iter().find(|d| d.path.as_ref() == Some(&path)).cloned()
}

/// Makes a change as one step.
pub(crate) fn change(state: &mut State, label: impl Into<String>, changes: Vec<Change>) -> Vec<Effect> {
    ask(state, Wanted::Change { label: label.into(), changes, place: None })
}

/// Makes a change as one step; what it adds stands at a place of its own, if one was chosen.
pub(crate) fn change_at(state: &mut State, label: &str, changes: Vec<Change>, place: Option<Place>) -> Vec<Effect> {
    ask(state, Wanted::Change { label: label.to_owned(), changes, place })
}

pub(crate) fn ask(state: &mut State, wanted: Wanted) -> Vec<Effect> {
    state.edits.waiting.push_back(wanted);
    next(state)
}

/// Begins with what waits, unless something is under way.
fn next(state: &mut State) -> Vec<Effect> {
    while !state.edits.busy {
        let Some(wanted) = state.edits.waiting.pop_front() else { break };
        let path = path(state);
        let Some(task) = task(state, &path, wanted) else { continue };
        state.edits.busy = true;
        let (project, document, ports) = (Arc::clone(&state.app.project), document(state), state.app.ports());
        let artifacts = state.app.current_artifacts().cloned().collect();
        let request = EditRequest { project, ports, artifacts, document, path, task };
        return vec![Effect::EditComposition(Box::new(request))];
    }
    Vec::new()
}

/// `None` where there is nothing to take back, or to make again.
fn task(state: &mut State, path: &Path, wanted: Wanted) -> Option<Task> {
    state.edits.place = None;
    let back = match wanted {
        Wanted::Change { label, changes, place } => {
            state.edits.place = place;
            return Some(Task::Change { label, changes });
        }
        Wanted::Undo => true,
        Wanted::Redo => false,
    };
    let history = state.edits.histories.get_mut(path)?;
    let before = history.text().map(str::to_owned);
    let moved = if back { history.undo(before.as_deref()) } else { history.redo(before.as_deref()) }?;
    Some(Task::Restore { label: moved.label, back, before, text: moved.text })
}

/// The folder was read: from now on it is known what a composition held before others wrote it.
pub(crate) fn discovered(state: &mut State) {
    for document in &state.app.documents {
        if let Some(path) = &document.path {
            let begun = || History::new(Some(&document.text));
            state.edits.histories.entry(path.clone()).or_insert_with(begun);
        }
    }
}

/// An edit was written, or refused.
pub(crate) fn edited(state: &mut State, edited: Edited, at: Instant) -> Vec<Effect> {
    state.edits.busy = false;
    let Edited { path, task, outcome } = edited;
    let mut effects = match outcome {
        Ok(made) => written(state, &path, &task, made, at),
        Err(refused) => {
            let history = state.edits.histories.entry(path.clone()).or_default();
            let now = history.text().map(str::to_owned);
            // What was to be taken back is not.
            match &task {
                Task::Restore { back: true, .. } => drop(history.redo(now.as_deref())),
                Task::Restore { back: false, .. } => drop(history.undo(now.as_deref())),
                Task::Change { .. } => {}
            }
            match refused {
                Refused::Because(why) => state.view.flash(format!("refused: {why}"), at),
                Refused::Outside(on_disk) => {
                    history.notice(on_disk.as_deref());
                    state.view.flash(outside(&path), at);
                }
            }
            Vec::new()
        }
    };
    let suspects = std::mem::take(&mut state.edits.suspects);
    if !suspects.is_empty() {
        effects.push(Effect::Reread { paths: suspects, edited: state.app.edited, first: at, at });
    }
    effects.extend(next(state));
    effects
}

fn outside(path: &Path) -> String {
    format!("{} was changed outside studio; u undoes that", path.display())
}

fn written(state: &mut State, path: &Path, task: &Task, made: Made, at: Instant) -> Vec<Effect> {
    let begun = || History::new(made.before.as_deref());
    let history = state.edits.histories.entry(path.to_owned()).or_insert_with(begun);
    match task {
        Task::Change { label, .. } => {
            let foreign = history.text() != made.before.as_deref();
            history.push(label, made.before.as_deref(), made.text.as_deref().unwrap_or_default());
            let message = if foreign {
                format!("{label}, after a change of {} outside studio", path.display())
            } else if made.before.is_none() {
                format!("{label}; created {}", path.display())
            } else {
                format!("{label} · u undoes it")
            };
            state.view.flash(message, at);
        }
        Task::Restore { label, back, .. } => {
            let what = if *back { "undone" } else { "redone" };
            state.view.flash(format!("{what}: {label}"), at);
        }
    }
    holds(state, path, made.text);
    let renames = match task {
        Task::Change { changes, .. } => asked_renames(changes),
        Task::Restore { .. } => {
            made.graph.as_ref().and_then(|now| renamed(&state.app.graph, now)).into_iter().collect()
        }
    };
    follow_names(state, &renames);
    let mut effects = Vec::new();
    if let (Some(place), Some(node)) = (state.edits.place.take(), &made.added) {
        places::remember(state, node, place);
        effects.push(places::keep(state));
    }
    if let Some(graph) = made.graph {
        state.app.graph = graph;
        state.app.graph_stale = false;
    }
    state.view.graph.untidy = None;
    state.app.revision = state.app.revision.next();
    state.app.edited = state.app.revision;
    state.app.reload.under_way = Phases::default();
    effects.extend(graph::follow(state));
    if let Some(node) = made.added {
        graph::focus(state, crate::tui::pane::graph::selection::Selection::of_node(node));
    } else if state.view.graph.selection.is_some() {
        graph::reveal(state);
    }
    effects.extend(of_app(pipeline::recompose(&mut state.app)));
    effects
}

/// What a composition's file holds from now on; the first edit makes one, and its undo takes it away.
fn holds(state: &mut State, path: &Path, text: Option<String>) {
    let file = state.app.project.root.join(path);
    let known = state.app.project.compositions.contains(&file);
    if known != text.is_some() {
        let project = Arc::make_mut(&mut state.app.project);
        if known {
            project.compositions.retain(|c| *c != file);
            project.active.take_if(|a| *a == file);
        } else {
            project.compositions.push(file.clone());
            project.compositions.sort();
            project.active.get_or_insert(file);
        }
    }
    state.app.documents.retain(|d| d.path.as_deref() != Some(path));
    state.app.documents.extend(text.map(|text| Document { path: Some(path.to_owned()), text }));
}

/// What has the focus is called by its new name.
fn follow_names(state: &mut State, renames: &[(String, String)]) {
    for (node, to) in renames {
        if let Some(selection) = state.view.graph.selection.as_mut().filter(|s| s.node == *node) {
            selection.node.clone_from(to);
        }
        if state.view.graph.unfolded.remove(node) {
            state.view.graph.unfolded.insert(to.clone());
        }
        let places = state.view.places.values_mut();
        for nodes in places {
            if let Some(place) = nodes.remove(node) {
                nodes.insert(to.clone(), place);
            }
        }
    }
}

fn asked_renames(changes: &[Change]) -> Vec<(String, String)> {
    let renames = changes.iter().filter_map(|change| match change {
        Change::Rename { node, to } => Some((node.clone(), to.clone())),
        _ => None,
    });
    renames.collect()
}

/// The one instance that an undo or a redo gave another name; `None` where it did something else.
fn renamed(before: &Graph, now: &Graph) -> Option<(String, String)> {
    let only = |graph: &Graph, other: &Graph| {
        let mut found = graph.instances().filter(|node| other.node(&node.name).is_none());
        let one = found.next().filter(|_| found.next().is_none())?;
        Some((one.name.clone(), one.component.clone()))
    };
    let ((old, of), (new, component)) = (only(before, now)?, only(now, before)?);
    (of == component).then_some((old, new))
}

/// Takes those of the changed files that are compositions: whether they hold anything new is found out first, for most
/// such changes are our own. What is left is for the pipeline.
pub(crate) fn suspects(state: &mut State, paths: &mut Vec<PathBuf>, first: Instant, at: Instant) -> Option<Effect> {
    let mut compositions = Vec::new();
    let own = state.app.project.root.join(path(state));
    paths.retain(|path| {
        let is_one = *path == own || state.app.project.compositions.contains(path);
        if is_one {
            compositions.push(path.clone());
        }
        !is_one
    });
    if state.edits.busy {
        state.edits.suspects.append(&mut compositions);
    }
    let edited = state.app.edited;
    (!compositions.is_empty()).then_some(Effect::Reread { paths: compositions, edited, first, at })
}

/// What compositions hold that changed; gives those that hold something new.
pub(crate) fn reread(state: &mut State, texts: Vec<(PathBuf, Option<String>)>, at: Instant) -> Vec<PathBuf> {
    let mut news = Vec::new();
    let active = path(state);
    for (file, text) in texts {
        if state.edits.busy {
            state.edits.suspects.push(file);
            continue;
        }
        let relative = state.app.project.relative(&file).to_owned();
        let known = state.app.documents.iter().find(|d| d.path.as_ref() == Some(&relative)).map(|d| &d.text);
        if known == text.as_ref() {
            continue;
        }
        let history = state.edits.histories.entry(relative.clone()).or_default();
        if history.notice(text.as_deref()) && relative == active {
            state.view.flash(outside(&relative), at);
        }
        news.push(file);
    }
    news
}
