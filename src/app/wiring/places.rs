//! Where the user put nodes: kept in `.studio/places.toml`, never in the `.wac`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::edits;
use crate::app::effect::Effect;
use crate::app::graph;
use crate::app::picture::Level;
use crate::app::state::State;
use crate::folders::write_whole;
use crate::model::graph::NodeKind;
use crate::model::layout::Place;

/// By composition, then by node.
pub type Places = BTreeMap<String, BTreeMap<String, Place>>;

const FILE: &str = ".studio/places.toml";

/// The key of the composition that shows.
fn key(state: &State) -> String {
    edits::path(state).display().to_string()
}

/// The places of the composition that shows.
pub fn current(state: &State) -> BTreeMap<String, Place> {
    state.view.places.get(&key(state)).cloned().unwrap_or_default()
}

/// Reads what a folder remembers; nothing where there is nothing, or nothing that can be read.
pub fn load(root: &Path) -> Places {
    let text = std::fs::read_to_string(root.join(FILE)).unwrap_or_default();
    parse(&text)
}

fn parse(text: &str) -> Places {
    let tables: BTreeMap<String, BTreeMap<String, [i32; 2]>> = toml::from_str(text).unwrap_or_default();
    let place = |(node, [column, row]): (String, [i32; 2])| (node, (column, row));
    tables.into_iter().map(|(wac, nodes)| (wac, nodes.into_iter().map(place).collect())).collect()
}

/// # Errors
/// What the system says.
pub fn save(root: &Path, places: &Places) -> std::io::Result<()> {
    let file = root.join(FILE);
    if places.values().all(BTreeMap::is_empty) {
        return if file.exists() { std::fs::remove_file(file) } else { Ok(()) };
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
        // What one person sees is not what all others of the project want to see.
        let ignore = folder.join(".gitignore");
        if !ignore.exists() {
            write_whole(&ignore, b"*\n")?;
        }
    }
    write_whole(&file, written(places).as_bytes())
}

fn written(places: &Places) -> String {
    let mut text = String::from(
        "# Where nodes were put by hand in studio's graph: [column, row]. Without this file they stand where they fit.\n",
    );
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
pub fn loaded(state: &mut State, places: Places) -> Vec<Effect> {
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
    let spot = state.spot()?;
    let layout = &state.view.picture.at(Level::Ports).layout;
    let there = layout.node(&spot.node).filter(|b| b.kind == NodeKind::Component)?;
    let placed = current(state).get(&spot.node).copied();
    let stands = (i32::try_from(there.column).unwrap_or(1), there.rect.y);
    Some((spot.node, placed.map_or(stands, |_| stands)))
}

/// # Errors
/// Why not.
pub fn can_move(state: &State) -> Result<(), &'static str> {
    focused(state).map(drop).ok_or("choose a component first (n); entry and host stay at their ends")
}

/// Moves the focused node by columns and rows, and pins it there.
pub fn shift(state: &mut State, columns: i32, rows: i32) -> Vec<Effect> {
    let Some((node, (column, row))) = focused(state) else { return Vec::new() };
    let last = state.view.picture.at(Level::Ports).layout.columns.len();
    let last = i32::try_from(last).unwrap_or(1).max(1);
    let mut effects = put(state, &node, ((column + columns).clamp(1, last), row + rows));
    effects.push(keep(state));
    effects
}

/// From the next picture on a node stands there.
pub fn remember(state: &mut State, node: &str, place: Place) {
    let key = key(state);
    state.view.places.entry(key).or_default().insert(node.to_owned(), place);
}

/// Puts a node somewhere; nothing is written yet.
pub fn put(state: &mut State, node: &str, place: Place) -> Vec<Effect> {
    remember(state, node, place);
    let effects = graph::follow(state);
    if state.view.drag.is_none() {
        graph::reveal(state);
    }
    effects
}

/// Pins the focused node where it is, or lets it go.
pub fn pin(state: &mut State, now: Instant) -> Vec<Effect> {
    let Some((node, place)) = focused(state) else { return Vec::new() };
    let key = key(state);
    let there = state.view.places.entry(key).or_default();
    if there.remove(&node).is_some() {
        state.view.flash(format!("{node} stands where it fits again"), now);
    } else {
        there.insert(node.clone(), place);
        state.view.flash(format!("{node} is pinned; P lets it go"), now);
    }
    let mut effects = graph::follow(state);
    effects.push(keep(state));
    effects
}

/// To be written.
pub fn keep(state: &State) -> Effect {
    Effect::KeepPlaces { root: state.project.root.clone(), places: state.view.places.clone() }
}

/// The folder whose places are to be read, once.
pub fn wanted(state: &mut State) -> Option<PathBuf> {
    (!std::mem::replace(&mut state.view.places_read, true)).then(|| state.project.root.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_whatever_nodes_are_called() {
        let nodes = BTreeMap::from([("logger".to_owned(), (2, -3)), ("a \"b\".c".to_owned(), (1, 40))]);
        let places = BTreeMap::from([("apps/neon.wac".to_owned(), nodes), ("empty.wac".to_owned(), BTreeMap::new())]);
        let folder = tempfile::tempdir().unwrap();
        save(folder.path(), &places).unwrap();
        let read = load(folder.path());
        assert_eq!(read.get("apps/neon.wac"), places.get("apps/neon.wac"));
        assert_eq!(std::fs::read_to_string(folder.path().join(".studio/.gitignore")).unwrap(), "*\n");
        save(folder.path(), &Places::new()).unwrap();
        assert!(load(folder.path()).is_empty() && !folder.path().join(FILE).exists());
        assert!(parse("no = toml [").is_empty() && parse("[a]\nb = 1").is_empty());
    }
}
