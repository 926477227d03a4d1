//! Where the user put nodes: kept in `places.toml` among what studio remembers of a folder, never in the `.wac`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use crate::draw::layout::Place;
use crate::files::WriteError;
use crate::model::graph::NodeKind;
use crate::remembered;
use crate::remembered::Keep;
use crate::tui::effect::Effect;
use crate::tui::pane::graph;
use crate::tui::pane::graph::picture::Level;
use crate::tui::pane::graph::wiring::edits;
use crate::tui::state::State;

/// By composition, then by node.
pub(crate) type Places = BTreeMap<String, BTreeMap<String, Place>>;

const FILE: &str = "places.toml";

/// The key of the composition that shows.
fn key(state: &State) -> String {
    edits::path(state).display().to_string()
}

/// The places of the composition that shows.
pub(crate) fn current(state: &State) -> BTreeMap<String, Place> {
    state.view.places.get(&key(state)).cloned().unwrap_or_default()
}

/// Other places for the composition that shows.
pub(crate) fn set(state: &mut State, places: BTreeMap<String, Place>) {
    let key = key(state);
    state.view.places.insert(key, places);
}

/// Reads what a folder remembers; nothing where there is nothing, or nothing that can be read.
pub(crate) fn load(root: &Path, trusted: bool) -> Places {
    remembered::read(root, Keep::of(trusted), FILE).ok().flatten().map(|text| parse(&text)).unwrap_or_default()
}

fn parse(text: &str) -> Places {
    let tables: BTreeMap<String, BTreeMap<String, [i32; 2]>> = toml::from_str(text).unwrap_or_default();
    let place = |(node, [column, row]): (String, [i32; 2])| (node, (column, row));
    tables.into_iter().map(|(wac, nodes)| (wac, nodes.into_iter().map(place).collect())).collect()
}

/// # Errors
/// Why they are not kept; what was kept before stays.
pub(crate) fn save(root: &Path, trusted: bool, places: &Places) -> Result<(), WriteError> {
    let keep = Keep::of(trusted);
    if places.values().all(BTreeMap::is_empty) {
        return remembered::remove(root, keep, FILE);
    }
    remembered::write(root, keep, FILE, written(places).as_bytes())
}

fn written(places: &Places) -> String {
    let mut text =
        String::from("# Pinned positions of nodes in studio's graph: [column, row]. Delete this file to reset them.\n");
    for (wac, nodes) in places.iter().filter(|(_, nodes)| !nodes.is_empty()) {
        let quoted = |name: &str| toml::Value::String(name.to_owned()).to_string();
        let _ = writeln!(text, "\n[{}]", quoted(wac));
        for (node, (column, row)) in nodes {
            let _ = writeln!(text, "{} = [{column}, {row}]", quoted(node));
        }
    }
    text
}

/// They were read.
pub(crate) fn loaded(state: &mut State, places: Places) -> Vec<Effect> {
    // What was moved meanwhile is newer.
    for (wac, nodes) in places {
        let there = state.view.places.entry(wac).or_default();
        for (node, place) in nodes {
            there.entry(node).or_insert(place);
        }
    }
    graph::follow(state)
}

/// The focused node, and where it stands.
fn focused(state: &State) -> Option<(String, Place)> {
    let selection = state.selection()?;
    let layout = &state.view.picture.at(Level::Ports).layout;
    let there = layout.node(&selection.node).filter(|b| b.kind == NodeKind::Component)?;
    Some((selection.node, (i32::try_from(there.column).unwrap_or(1), there.rect.y)))
}

/// # Errors
/// Why not.
pub(crate) fn can_move(state: &State) -> Result<(), &'static str> {
    focused(state).map(drop).ok_or("select a component first (n); entry and host cannot move")
}

/// Moves the focused node by columns and rows, and pins it there.
pub(crate) fn shift(state: &mut State, columns: i32, rows: i32) -> Vec<Effect> {
    let Some((node, (column, row))) = focused(state) else { return Vec::new() };
    let last = state.view.picture.at(Level::Ports).layout.columns.len();
    let last = i32::try_from(last).unwrap_or(1).max(1);
    let mut effects = put(state, &node, ((column + columns).clamp(1, last), row + rows));
    effects.push(keep(state));
    effects
}

/// From the next picture on a node stands there.
pub(crate) fn remember(state: &mut State, node: &str, place: Place) {
    let key = key(state);
    state.view.places.entry(key).or_default().insert(node.to_owned(), place);
}

/// Puts a node somewhere; nothing is written yet.
pub(crate) fn put(state: &mut State, node: &str, place: Place) -> Vec<Effect> {
    remember(state, node, place);
    let effects = graph::follow(state);
    if state.view.drag.is_none() {
        graph::reveal(state);
    }
    effects
}

/// Pins the focused node where it is, or lets it go.
pub(crate) fn pin(state: &mut State, now: Instant) -> Vec<Effect> {
    let Some((node, place)) = focused(state) else { return Vec::new() };
    let key = key(state);
    let there = state.view.places.entry(key).or_default();
    if there.remove(&node).is_some() {
        state.view.flash(format!("{node} is unpinned"), now);
    } else {
        there.insert(node.clone(), place);
        state.view.flash(format!("{node} is pinned; P unpins it"), now);
    }
    let mut effects = graph::follow(state);
    effects.push(keep(state));
    effects
}

/// To be written.
pub(crate) fn keep(state: &State) -> Effect {
    Effect::KeepPlaces {
        root: state.app.project.root.clone(),
        trusted: state.app.trusted,
        places: state.view.places.clone(),
    }
}

/// Reads the places of the folder, once; again when it is trusted, since they are kept elsewhere then.
pub(crate) fn wanted(state: &mut State) -> Option<Effect> {
    let wanted = state.view.places_read != Some(state.app.trusted);
    state.view.places_read = Some(state.app.trusted);
    wanted.then(|| Effect::ReadPlaces { root: state.app.project.root.clone(), trusted: state.app.trusted })
}

#[cfg(test)]
mod tests {
    use crate::tui::pane::graph::wiring::places::*;

    #[test]
    fn what_is_written_is_read_again_whatever_nodes_are_called() {
        let nodes = BTreeMap::from([("logger".to_owned(), (2, -3)), ("a \"b\".c".to_owned(), (1, 40))]);
        let places = BTreeMap::from([("apps/neon.wac".to_owned(), nodes), ("empty.wac".to_owned(), BTreeMap::new())]);
        let folder = tempfile::tempdir().unwrap();
        save(folder.path(), true, &places).unwrap();
        let read = load(folder.path(), true);
        assert_eq!(read.get("apps/neon.wac"), places.get("apps/neon.wac"));
        assert_eq!(std::fs::read_to_string(folder.path().join(".studio/.gitignore")).unwrap(), "*\n");
        save(folder.path(), true, &Places::new()).unwrap();
        assert!(load(folder.path(), true).is_empty() && !folder.path().join(".studio").join(FILE).exists());
        assert!(parse("no = toml [").is_empty() && parse("[a]\nb = 1").is_empty());
    }
}
