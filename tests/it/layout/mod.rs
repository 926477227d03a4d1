//! The drawn graph: golden pictures, and what holds for any graph.
//!
//! `tests/layout/<case>/graph.txt` is a graph in the notation of `notation.rs`, `picture.txt` beside it what is drawn.
//! `STUDIO_BLESS=1` writes the pictures anew: read them before they are committed.

#![allow(clippy::expect_used, clippy::panic)] // helpers of tests, which clippy does not see as such

mod notation;
mod properties;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use studio::draw::canvas::{Hit, Minimap, Role, draw, extent};
use studio::draw::geometry::{Point, Rect};
use studio::draw::layout::{Layout, PortRef, Side, layout};
use studio::draw::route::route;

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/layout");
    let mut cases: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("tests/layout").map(|e| e.expect("an entry").path()).collect();
    cases.sort();
    cases
}

#[test]
fn pictures_are_as_they_were_read() {
    let bless = std::env::var_os("STUDIO_BLESS").is_some();
    let cases = cases();
    assert!(cases.len() >= 10, "golden cases are missing");
    let mut different = Vec::new();
    for folder in &cases {
        let case = notation::parse(&std::fs::read_to_string(folder.join("graph.txt")).expect("graph.txt"));
        let mut before = None;
        for graph in &case.earlier {
            before = Some(layout(graph, &case.options, before.as_ref(), &case.pinned));
        }
        let layout = layout(&case.graph, &case.options, before.as_ref(), &case.pinned);
        let routes = route(&layout);
        let drawn = draw(&layout, &routes, &case.canvas, extent(&layout, &routes)).to_text();
        let golden = folder.join("picture.txt");
        if bless {
            std::fs::write(&golden, &drawn).expect("picture.txt written");
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != drawn {
            different.push(format!("{}:\n{drawn}", folder.display()));
        }
    }
    assert!(different.is_empty(), "pictures changed; STUDIO_BLESS=1 writes them anew:\n{}", different.join("\n"));
}

const SMALL: &str = "
entry: > run
app: run > store key-value
store: store >
entry run -> app run
app store -> store store
view status app 0.4_s
";

#[test]
fn a_click_finds_what_is_drawn() {
    let case = notation::parse(SMALL);
    let layout = layout(&case.graph, &case.options, None, &case.pinned);
    let routes = route(&layout);
    let canvas = draw(&layout, &routes, &case.canvas, extent(&layout, &routes));
    let lines: Vec<String> = canvas.to_text().lines().map(str::to_owned).collect();
    // Every cell of a word means the same.
    let under = |word: &str, line: usize| -> BTreeSet<String> {
        let before = lines[line].find(word).map(|at| lines[line][..at].chars().count()).expect(word);
        let x = canvas.area.x + i32::try_from(before).expect("small");
        let cells = (x..).take(word.chars().count());
        let row = canvas.area.y + i32::try_from(line).expect("small");
        cells.map(|x| format!("{:?}", canvas.at(Point::new(x, row)).expect("in view").hit)).collect()
    };
    let port = |node, side, row| BTreeSet::from([format!("{:?}", Hit::Port(PortRef { node, side, row }))]);
    assert_eq!(under("app", 0), BTreeSet::from([format!("{:?}", Hit::Node(1))]));
    assert_eq!(under("0.4 s", 0), BTreeSet::from([format!("{:?}", Hit::Node(1))]));
    assert_eq!(under("● run", 1), port(1, Side::Export, 0));
    assert_eq!(under("unwired key-value ○", 2), port(1, Side::Import, 1));
    assert_eq!(under("●─────●", 1).len(), 3, "a port, the wire, a port");
    let ports: Vec<PortRef> = layout.walk_ports();
    assert_eq!(ports.len(), 5);
    assert!(ports.iter().all(|p| {
        let at = layout.port(*p).expect("a cell");
        canvas.at(at).is_some_and(|cell| cell.hit == Hit::Port(*p) && matches!(cell.role, Role::Port(_)))
    }));
}

#[test]
fn the_minimap_shows_the_boxes_and_what_is_in_view() {
    let case = notation::parse(SMALL);
    let layout = layout(&case.graph, &case.options, None, &case.pinned);
    let whole = extent(&layout, &route(&layout));
    let map = Minimap { whole, width: 24, height: 4 };
    let view = Rect::new(whole.x, whole.y, whole.width / 2, whole.height);
    let text = map.draw(&layout, view, true).to_text();
    assert_eq!(
        text, "####..########  ########\n####..########  ########\n####..########  ########\n......########\n",
        "{text}"
    );
    let middle = map.point(Point::new(1, 0));
    assert!(layout.node("entry").is_some_and(|b| b.rect.contains(middle)));
}

/// Take any wire away, look at the picture, put it back: no box moves, not even to make room.
#[test]
fn a_wire_more_leaves_every_box_in_its_cell() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/layout");
    for name in ["crossroads", "long-wires", "fan-out"] {
        let case = notation::parse(&std::fs::read_to_string(folder.join(name).join("graph.txt")).expect("graph.txt"));
        let places =
            |layout: &Layout| -> Vec<Point> { layout.boxes.iter().map(|b| Point::new(b.rect.x, b.rect.y)).collect() };
        for wire in 0..case.graph.wires.len() {
            let mut without = case.graph.clone();
            let wire = without.wires.remove(wire);
            let before = layout(&without, &case.options, None, &case.pinned);
            let column = |node: &str| before.node(node).map(|b| b.column);
            if column(&wire.from.node) < column(&wire.to.node) {
                let after = layout(&case.graph, &case.options, Some(&before), &case.pinned);
                assert_eq!(places(&before), places(&after), "{name}: {wire:?}");
            }
        }
    }
}

#[test]
fn nothing_is_too_far_away() {
    let mut case = notation::parse(SMALL);
    case.pinned.insert("app".into(), (i32::MAX, i32::MIN));
    case.pinned.insert("store".into(), (i32::MIN, i32::MAX));
    let layout = layout(&case.graph, &case.options, None, &case.pinned);
    let routes = route(&layout);
    for (x, y) in [(i32::MIN, i32::MAX), (i32::MAX - 3, i32::MIN), (i32::MAX, i32::MAX)] {
        let canvas = draw(&layout, &routes, &case.canvas, Rect::new(x, y, 80, 24));
        assert!(canvas.to_text().trim().is_empty());
        assert!(layout.column_at(x) < layout.columns.len());
    }
    let vast = draw(&layout, &routes, &case.canvas, Rect::new(0, 0, i32::MAX, i32::MAX));
    assert!(!vast.area.is_empty(), "a view is cut to what memory can hold");
}
