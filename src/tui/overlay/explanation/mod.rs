//! Why an import and what it is wired to do not fit, on the screen: both sides, every difference, and the fixes.

pub(crate) mod draw;
pub(crate) mod table;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crate::compose::Change;
use crate::draw::layout::Side;
use crate::explain;
use crate::explain::{Explanation, Facts, FileChange, FixAction};
use crate::files::Links;
use crate::model::graph::{End, Graph, ImportState, NodeKind};
use crate::model::port::{Ports, short};
use crate::model::project::Project;
use crate::tui::effect::Effect;
use crate::tui::keymap::Key;
use crate::tui::overlay::Overlay;
use crate::tui::pane::graph::wiring::edits;
use crate::tui::pane::graph::wiring::wire::wiring;
use crate::tui::state::State;
use crate::tui::view::{Pane, Tab};

/// An explanation that is read.
#[derive(Clone, Debug)]
pub(crate) struct Explaining {
    pub(crate) explanation: Explanation,
    /// The selected fix.
    pub(crate) selected: usize,
    /// The first row in sight.
    pub(crate) top: usize,
    /// What was done last, as a sentence.
    pub(crate) done: Option<String>,
    /// The last thing done was a change of WIT.
    pub(crate) fix_applied: bool,
}

#[derive(Clone, Debug)]
pub struct ExplainRequest {
    pub project: Arc<Project>,
    /// What every component imports and exports, as far as it is known.
    pub(crate) ports: BTreeMap<String, Ports>,
    /// Of the components that were built as they are now.
    pub(crate) bytes: BTreeMap<String, Arc<[u8]>>,
    pub graph: Graph,
    pub from: End,
    pub to: Option<End>,
}

/// Files of the WIT of some components to be written.
#[derive(Clone, Debug)]
pub struct FixRequest {
    pub project: Arc<Project>,
    pub(crate) components: Vec<String>,
    pub(crate) files: Vec<FileChange>,
    /// What the fix says of itself.
    pub what: String,
}

/// The import that is to be explained: the focused one, or one that is wired to the focused export and does not fit.
fn import(state: &State) -> Result<End, &'static str> {
    let selection = state.selection().ok_or("nothing is selected (arrows, or f)")?;
    let node = selection.node_in(&state.view.picture).filter(|n| n.kind == NodeKind::Component);
    let node = node.ok_or("select an import of a component first (arrows)")?;
    let end = |port: &str| End { node: node.name.clone(), port: port.to_owned() };
    match &selection.port {
        Some((Side::Import, port)) => {
            let by_host = node.imports.iter().any(|i| i.port.name == *port && i.state == ImportState::Host);
            if by_host { Err("the host provides this, and it fits") } else { Ok(end(port)) }
        }
        Some((Side::Export, port)) => {
            let here = end(port);
            let wires = || state.app.graph.wires.iter().filter(|w| w.to == here);
            let bad = wires().find(|w| state_of(&state.app.graph, &w.from) == Some(ImportState::Mismatch));
            let any =
                bad.or(
                    wires().find(|w| state.app.graph.node(&w.from.node).is_some_and(|n| n.kind == NodeKind::Component))
                );
            any.map(|w| w.from.clone()).ok_or("no node imports this: there is nothing to compare")
        }
        None => {
            let bad = |i: &&crate::model::graph::Import| i.state.is_missing() || i.state == ImportState::Mismatch;
            let first = node.imports.iter().find(bad).ok_or("all of its imports fit; select one for details")?;
            Ok(end(&first.port.name))
        }
    }
}

fn state_of(graph: &Graph, end: &End) -> Option<ImportState> {
    graph.node(&end.node)?.imports.iter().find(|i| i.port.name == end.port).map(|i| i.state)
}

/// # Errors
/// Why there is nothing to explain here.
pub(crate) fn can(state: &State) -> Result<(), &'static str> {
    import(state).map(drop)
}

/// Whether what has the focus is wrong, so that what it is about is more than its details.
pub(crate) fn is_wrong(state: &State) -> bool {
    let focused = state.selection().is_some_and(|s| s.port.is_some());
    let end = import(state).ok().filter(|_| focused);
    end.is_some_and(|end| state_of(&state.app.graph, &end) == Some(ImportState::Mismatch))
}

/// The import of the selected problem, where that is about a wire that does not fit.
pub(crate) fn of_problem(state: &State) -> Option<End> {
    let problem = state.selected_problem()?;
    let selected = state.view.focus == Pane::Output && state.tab() == Tab::Problems;
    let end = End { node: problem.component.clone()?, port: problem.port.clone()? };
    (selected && state_of(&state.app.graph, &end) == Some(ImportState::Mismatch)).then_some(end)
}

/// Asks for the explanation of a wire.
pub(crate) fn explain(state: &State, import: End) -> Vec<Effect> {
    vec![request(state, import, None)]
}

/// Asks for the explanation of what has the focus.
pub(crate) fn begin(state: &State) -> Vec<Effect> {
    import(state).map_or_else(|_| Vec::new(), |from| vec![request(state, from, None)])
}

fn request(state: &State, from: End, to: Option<End>) -> Effect {
    Effect::Explain(Box::new(ExplainRequest {
        project: Arc::clone(&state.app.project),
        ports: state.app.ports(),
        bytes: state.app.current_artifacts().map(|a| (a.component.clone(), Arc::clone(&a.bytes))).collect(),
        graph: state.app.graph.clone(),
        from,
        to,
    }))
}

/// Off the loop: it reads the WIT sources.
pub(crate) fn explained(request: ExplainRequest) -> Option<Explanation> {
    let ExplainRequest { project, ports, bytes, graph, from, to } = request;
    let facts = Facts { project: &project, ports: &ports, bytes: &bytes, graph: &graph };
    explain::explain(facts, &from, to.as_ref())
}

/// It came, for the first time or again after something changed.
pub(crate) fn came(state: &mut State, explanation: Option<Explanation>, at: Instant) {
    let Some(explanation) = explanation else {
        state.view.overlays.close_explanation();
        state.view.flash("the import to explain no longer exists", at);
        return;
    };
    if let Some(shown) = state.view.overlays.explaining_mut() {
        (shown.explanation, shown.selected) = (explanation, 0);
    } else if state.takes_late_overlay() {
        let explaining = Explaining { explanation, selected: 0, top: 0, done: None, fix_applied: false };
        state.view.overlays.push(Overlay::Explanation(Box::new(explaining)));
    } else {
        state.view.flash("the explanation is ready; W shows it", at);
    }
}

/// The graph changed: what is read is made anew.
pub(crate) fn again(state: &State) -> Option<Effect> {
    let import = &state.view.overlays.explaining()?.explanation.import;
    let node = state.app.graph.node(&import.node)?;
    // Its version may be another one now.
    let names = || node.imports.iter().map(|i| &i.port.name);
    let port = names().find(|n| **n == import.port).or_else(|| names().find(|n| short(n) == short(&import.port)))?;
    Some(request(state, End { node: node.name.clone(), port: port.clone() }, None))
}

/// A digit selects its fix; what writes files takes enter, which the footer names. `None` for any other key.
pub(crate) fn typed(state: &mut State, key: Key) -> Option<Vec<Effect>> {
    let Some(Overlay::Explanation(explaining)) = state.view.overlays.top_mut() else { return None };
    let digit = key.typed()?.to_digit(10)?;
    let number = usize::try_from(digit).ok()?.checked_sub(1)?;
    if number < explaining.explanation.fixes.len() {
        explaining.selected = number;
    }
    Some(Vec::new())
}

pub(crate) fn step(state: &mut State, by: isize) {
    if let Some(explaining) = state.view.overlays.explaining_mut() {
        let last = explaining.explanation.fixes.len().saturating_sub(1);
        explaining.selected = explaining.selected.saturating_add_signed(by).min(last);
    }
}

pub(crate) fn scroll(state: &mut State, by: isize) {
    let rest = state.view.hits.explain_rest();
    if let Some(explaining) = state.view.overlays.explaining_mut() {
        explaining.top = explaining.top.min(rest).saturating_add_signed(by).min(rest);
    }
}

pub(crate) fn apply_selected(state: &mut State) -> Vec<Effect> {
    let selected = state.view.overlays.explaining().map(|e| e.selected);
    selected.map_or_else(Vec::new, |n| apply(state, n))
}

/// Does what a fix says; what came of it is explained again as soon as it is known.
pub(crate) fn apply(state: &mut State, number: usize) -> Vec<Effect> {
    let Some(explaining) = state.view.overlays.explaining_mut() else { return Vec::new() };
    let Some(fix) = explaining.explanation.fixes.get(number).cloned() else { return Vec::new() };
    match fix.action {
        FixAction::Composition(changes) => {
            explaining.done = Some(format!("applied: {} (u undoes it)", fix.what));
            explaining.fix_applied = false;
            let label = made(&changes).unwrap_or(fix.what);
            edits::change(state, label, changes)
        }
        FixAction::Wit { components, files } => {
            let project = Arc::clone(&state.app.project);
            vec![Effect::FixAction(Box::new(FixRequest { project, components, files, what: fix.what }))]
        }
    }
}

/// What these changes are called once they are made.
fn made(changes: &[Change]) -> Option<String> {
    match changes {
        [Change::Wire { from, to }] => Some(wiring(from, to).0),
        [Change::Add { component, .. }, Change::Wire { from, .. }] => {
            Some(format!("added {component}, wired to {}", from.node))
        }
        _ => None,
    }
}

/// Off the loop: writes the files, or none of them.
///
/// # Errors
/// Why not, in one sentence.
pub(crate) fn apply_fix(request: &FixRequest) -> Result<Vec<PathBuf>, String> {
    let root = &request.project.root;
    explain::write(root, &request.files, Links::Inside).map_err(|e| e.to_string())?;
    let components: Vec<_> = request.components.iter().filter_map(|name| request.project.component(name)).collect();
    explain::check(root, &components, &request.files, Links::Inside).map_err(|e| e.to_string())?;
    explain::remember(&request.project, &request.what, &request.files)
        .map_err(|e| format!("it is applied, but cannot be recorded for undo: {e}"))?;
    Ok(request.files.iter().map(|f| f.path.clone()).collect())
}

/// Takes the last change of the composition back, or the last of WIT where that was done last.
pub(crate) fn undo(state: &mut State) -> Vec<Effect> {
    if state.view.overlays.explaining().is_some_and(|e| e.fix_applied) {
        return vec![Effect::RevertFix(state.app.project.root.clone())];
    }
    edits::ask(state, edits::Wanted::Undo)
}

/// Off the loop: the WIT as it was before the last fix.
///
/// # Errors
/// Why not, in one sentence.
pub(crate) fn revert_fix(root: &std::path::Path) -> Result<String, String> {
    let undone = explain::undo(root, Links::Inside).map_err(|e| e.to_string())?;
    undone.map(|applied| applied.what).ok_or_else(|| "there is no fix to revert".into())
}

/// The WIT is as it was, or not.
pub(crate) fn fix_reverted(state: &mut State, result: Result<String, String>, at: Instant) {
    let text = match result {
        Ok(what) => {
            if let Some(explaining) = state.view.overlays.explaining_mut() {
                explaining.fix_applied = false;
                explaining.done = Some(format!("reverted: {what}"));
            }
            format!("reverted: {what}")
        }
        Err(why) => format!("refused: {why}"),
    };
    state.view.flash(text, at);
}

/// WIT was changed, or was not.
pub(crate) fn fix_applied(state: &mut State, what: &str, result: Result<Vec<PathBuf>, String>, at: Instant) {
    match result {
        Ok(files) => {
            let first = files.first().map(|f| state.app.project.relative(f).display().to_string()).unwrap_or_default();
            let more = if files.len() > 1 { format!(" and {} more", files.len() - 1) } else { String::new() };
            if let Some(explaining) = state.view.overlays.explaining_mut() {
                explaining.done = Some(format!("applied: {what}; written: {first}{more} (u undoes it)"));
                explaining.fix_applied = true;
            }
            state.view.flash(format!("{first}{more} was changed; rebuilding what uses it"), at);
        }
        Err(why) => state.view.flash(format!("refused: {why}"), at),
    }
}
