//! What holds for any graph, drawn in any way: cycles, several wires at one port, wires to nowhere, self-calls.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use arbtest::arbitrary::{Result, Unstructured};
use arbtest::arbtest;
use studio::draw::canvas::{CanvasOptions, Role, draw, extent};
use studio::draw::fit::{Level, Subject};
use studio::draw::geometry::{Point, Rect};
use studio::draw::layout::{Detail, Gaps, HostView, Layout, Options, Place, Room, Shape, layout};
use studio::draw::route::{Path, Routes, route};
use studio::model::graph::{End, Graph, Import, ImportState, Wire};

use super::notation::{mark_wired, node, port};

const NODES: usize = 40;

fn any_graph(u: &mut Unstructured) -> Result<Graph> {
    let mut graph = Graph::default();
    let components = u.int_in_range(0..=NODES)?;
    let mut names: Vec<String> = (0..components).map(|n| format!("node-{n}")).collect();
    if u.arbitrary()? {
        names.push("entry".into());
    }
    if u.arbitrary()? {
        names.push("host".into());
    }
    for name in &names {
        let exports = (0..u.int_in_range(0..=4)?).map(|e| port(&format!("e{e}"))).collect();
        let import = |i: usize, u: &mut Unstructured| -> Result<Import> {
            let state =
                *u.choose(&[ImportState::Unwired, ImportState::Unwired, ImportState::Host, ImportState::Mismatch])?;
            Ok(Import { port: port(&format!("i{i}")), state })
        };
        let imports = (0..u.int_in_range(0..=4)?).map(|i| import(i, u)).collect::<Result<_>>()?;
        graph.nodes.push(node(name, exports, imports));
    }
    // One end in a while names a port that is not there.
    for _ in 0..u.int_in_range(0..=2 * names.len())? {
        let end = |prefix: &str, u: &mut Unstructured| -> Result<End> {
            Ok(End { node: u.choose(&names)?.clone(), port: format!("{prefix}{}", u.int_in_range(0..=4)?) })
        };
        graph.wires.push(Wire { from: end("i", u)?, to: end("e", u)? });
    }
    mark_wired(&mut graph);
    Ok(graph)
}

fn any_options(u: &mut Unstructured) -> Result<Options> {
    Ok(Options {
        detail: *u.choose(&[Detail::Full, Detail::Full, Detail::Compact, Detail::Names])?,
        host: *u.choose(&[HostView::Folded, HostView::Counted, HostView::Open])?,
        gaps: *u.choose(&[Gaps::Comfortable, Gaps::Tight])?,
        label_width: *u.choose(&[28, 10])?,
        shape: Shape {
            columns: *u.choose(&[None, None, Some(1), Some(2), Some(3), Some(5)])?,
            rows: *u.choose(&[None, None, Some(6), Some(20)])?,
        },
        unfolded: BTreeSet::from([format!("node-{}", u.int_in_range(0..=4)?)]),
        ..Options::default()
    })
}

fn any_pins(u: &mut Unstructured) -> Result<BTreeMap<String, Place>> {
    let pin = |u: &mut Unstructured| -> Result<(String, Place)> {
        let name = format!("node-{}", u.int_in_range(0..=NODES)?);
        Ok((name, (u.int_in_range(-1..=9)?, u.int_in_range(-20..=60)?)))
    };
    (0..u.int_in_range(0..=3)?).map(|_| pin(u)).collect()
}

/// Checks everything that must hold of one picture.
fn check(graph: &Graph, layout: &Layout, routes: &Routes) {
    boxes_keep_apart(layout);
    for (wire, path) in graph.wires.iter().zip(&routes.paths) {
        wire_ends_at_its_ports(graph, layout, wire, path);
        no_wire_crosses_a_box(layout, path);
    }
    no_stretch_is_shared(&routes.paths);
    every_wire_is_drawn(layout, routes);
}

fn boxes_keep_apart(layout: &Layout) {
    for (i, a) in layout.boxes.iter().enumerate() {
        for b in &layout.boxes[..i] {
            assert!(!a.rect.intersects(&b.rect), "{} and {} overlap", a.name, b.name);
        }
    }
}

fn wire_ends_at_its_ports(graph: &Graph, layout: &Layout, wire: &Wire, path: &Path) {
    let has = |end: &End, export: bool| {
        graph.node(&end.node).is_some_and(|n| {
            if export {
                n.exports.iter().any(|p| p.name == end.port)
            } else {
                n.imports.iter().any(|i| i.port.name == end.port)
            }
        })
    };
    let (Some(first), Some(last)) = (path.points.first(), path.points.last()) else {
        let undrawn = [&wire.from, &wire.to].iter().any(|end| layout.node(&end.node).is_none_or(|b| b.rect.is_empty()));
        assert!(undrawn || !has(&wire.from, false) || !has(&wire.to, true), "{wire:?} is not drawn");
        return;
    };
    let from = layout.node(&wire.from.node).expect("a box").rect;
    let to = layout.node(&wire.to.node).expect("a box").rect;
    assert!(from.contains(*first) && first.x == from.right() - 1, "{wire:?} starts at {first:?}");
    if path.stub {
        return;
    }
    assert!(to.contains(*last) && last.x == to.x, "{wire:?} ends at {last:?}");
    let row = |name: &str, ports: Vec<&String>| ports.iter().position(|p| *p == name).expect("a port");
    if layout.detail == Detail::Full {
        let node = graph.node(&wire.to.node).expect("a node");
        if node.kind != studio::model::graph::NodeKind::Host {
            let nth = row(&wire.to.port, node.exports.iter().map(|p| &p.name).collect());
            assert_eq!(last.y - to.y - 1, i32::try_from(nth).expect("few"), "{wire:?} ends at the wrong row");
        }
    }
}

/// The cells of a path in order.
fn walk(points: &[Point]) -> Vec<Point> {
    let mut cells: Vec<Point> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        assert!((a.x == b.x) != (a.y == b.y), "{a:?} to {b:?} is neither level nor upright");
        let (dx, dy) = ((b.x - a.x).signum(), (b.y - a.y).signum());
        let mut at = a;
        while at != b {
            at = Point::new(at.x + dx, at.y + dy);
            cells.push(at);
        }
    }
    cells
}

fn no_wire_crosses_a_box(layout: &Layout, path: &Path) {
    let cells = walk(&path.points);
    let inner = cells.get(1..cells.len().max(2) - 1).unwrap_or_default();
    for b in &layout.boxes {
        if let Some(at) = inner.iter().find(|p| b.rect.contains(**p)) {
            panic!("a wire crosses {} at {at:?}: {:?}", b.name, path.points);
        }
    }
}

/// Wires of different ports meet only where one runs straight across the other.
fn no_stretch_is_shared(paths: &[Path]) {
    let ends = |w: usize| (paths[w].points.first(), paths[w].points.last());
    let mut through: HashMap<Point, Vec<(usize, bool, bool)>> = HashMap::new();
    for (w, path) in paths.iter().enumerate() {
        for step in walk(&path.points).windows(3) {
            let (level, upright) = (step[0].y == step[2].y, step[0].x == step[2].x);
            through.entry(step[1]).or_default().push((w, level, upright));
        }
    }
    for (at, wires) in through {
        for (i, a) in wires.iter().enumerate() {
            for b in &wires[..i] {
                let same_port = ends(a.0).0 == ends(b.0).0 || ends(a.0).1 == ends(b.0).1;
                let across = (a.1 && b.2) || (a.2 && b.1);
                assert!(same_port || across, "{:?} and {:?} share {at:?}", paths[a.0].points, paths[b.0].points);
            }
        }
    }
}

/// The picture shows each path, and no wire where there is none.
fn every_wire_is_drawn(layout: &Layout, routes: &Routes) {
    let view = extent(layout, routes);
    let canvas = draw(layout, routes, &CanvasOptions::default(), view);
    let mut on_path: HashMap<Point, BTreeSet<usize>> = HashMap::new();
    for (w, path) in routes.paths.iter().enumerate().filter(|(_, p)| !p.stub) {
        for cell in walk(&path.points) {
            on_path.entry(cell).or_default().insert(w);
        }
    }
    for y in view.y..view.bottom() {
        for x in view.x..view.right() {
            let at = Point::new(x, y);
            let boxed = layout.boxes.iter().any(|b| b.rect.contains(at));
            match canvas.at(at).expect("in view").role {
                Role::Wire(w) => {
                    let here = on_path.get(&at).is_some_and(|on| routes.together(w).any(|t| on.contains(&t)));
                    assert!(here, "wire {w} is drawn at {at:?}, where it is not");
                }
                _ if boxed => {}
                role => assert!(!on_path.contains_key(&at), "a wire runs through {at:?}, which shows {role:?}"),
            }
        }
    }
}

#[test]
fn any_picture_is_sound() {
    arbtest(|u| {
        let (graph, options, pins) = (any_graph(u)?, any_options(u)?, any_pins(u)?);
        let fresh = layout(&graph, &options, None, &pins);
        let routes = route(&fresh);
        check(&graph, &fresh, &routes);
        assert_eq!(layout(&graph, &options, None, &pins), fresh, "the same graph gives the same picture");
        Ok(())
    })
    .size_min(1 << 8)
    .budget_ms(2_000);
}

#[test]
fn any_edit_leaves_a_sound_picture() {
    arbtest(|u| {
        let mut last: Option<Layout> = None;
        for _ in 0..4 {
            let (graph, options, pins) = (any_graph(u)?, any_options(u)?, any_pins(u)?);
            let next = layout(&graph, &options, last.as_ref(), &pins);
            let routes = route(&next);
            check(&graph, &next, &routes);
            last = Some(next);
        }
        Ok(())
    })
    .size_min(1 << 8)
    .budget_ms(2_000);
}

#[test]
fn what_fits_is_sound_and_fits_in_every_arrangement() {
    arbtest(|u| {
        let (graph, pinned) = (any_graph(u)?, if u.arbitrary()? { any_pins(u)? } else { BTreeMap::new() });
        let unfolded = BTreeSet::from(["node-1".to_owned()]);
        let room = Room { columns: u.int_in_range(20..=220)?, rows: u.int_in_range(4..=60)? };
        let subject = Subject { graph: &graph, unfolded: &unfolded, pinned: &pinned, room };
        for level in Level::ALL {
            let Some(found) = subject.search(level) else { continue };
            check(&graph, &found.layout, &found.routes);
            assert!(found.fits(room), "{:?} in {room:?}", found.extent());
            assert_eq!(subject.search(level).as_ref(), Some(&found), "the same graph gives the same picture");
            assert!(found.layout.boxes.iter().all(|b| b.rect.is_empty() || !b.title.contains('…')), "a name is cut");
            if let Some(kept) = subject.kept(&found) {
                check(&graph, &kept.layout, &kept.routes);
            }
        }
        Ok(())
    })
    .size_min(1 << 8)
    .budget_ms(4_000);
}

#[test]
fn an_edit_in_any_arrangement_leaves_a_sound_picture() {
    arbtest(|u| {
        let options = any_options(u)?;
        let mut last: Option<Layout> = None;
        for _ in 0..4 {
            let (graph, pins) = (any_graph(u)?, any_pins(u)?);
            let next = layout(&graph, &options, last.as_ref(), &pins);
            check(&graph, &next, &route(&next));
            last = Some(next);
        }
        Ok(())
    })
    .size_min(1 << 8)
    .budget_ms(2_000);
}

/// The nodes a call to `start` may lead to.
fn downstream<'a>(graph: &'a Graph, start: &'a str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::from([start]);
    let mut open = vec![start];
    while let Some(node) = open.pop() {
        for wire in graph.wires.iter().filter(|w| w.from.node == node) {
            if seen.insert(&wire.to.node) {
                open.push(&wire.to.node);
            }
        }
    }
    seen
}

#[test]
fn one_more_wire_moves_no_unrelated_node() {
    arbtest(|u| {
        let mut graph = any_graph(u)?;
        // A node that goes on below may go from the end of one band to the start of the next.
        let options = Options { shape: Shape::default(), ..any_options(u)? };
        let before = layout(&graph, &options, None, &BTreeMap::new());
        let ports = |imports: bool| -> Vec<End> {
            let of = |n: &studio::model::graph::Node| -> Vec<End> {
                let names: Vec<&String> = if imports {
                    n.imports.iter().map(|i| &i.port.name).collect()
                } else {
                    n.exports.iter().map(|p| &p.name).collect()
                };
                names.into_iter().map(|p| End { node: n.name.clone(), port: p.clone() }).collect()
            };
            graph.nodes.iter().flat_map(of).collect()
        };
        let (imports, exports) = (ports(true), ports(false));
        if imports.is_empty() || exports.is_empty() {
            return Ok(());
        }
        let wire = Wire { from: u.choose(&imports)?.clone(), to: u.choose(&exports)?.clone() };
        graph.wires.push(wire.clone());
        mark_wired(&mut graph);
        let after = layout(&graph, &options, Some(&before), &BTreeMap::new());
        check(&graph, &after, &route(&after));

        let column = |name: &str| before.node(name).map_or(0, |b| b.column);
        let runs_right = column(&wire.from.node) < column(&wire.to.node);
        // A wire that runs to the left may push what it calls to the right, and what that calls in turn.
        let mut related = if runs_right { BTreeSet::new() } else { downstream(&graph, &wire.to.node) };
        related.extend([wire.from.node.as_str(), "host"]);
        for (old, new) in before.boxes.iter().zip(&after.boxes).filter(|(b, _)| !related.contains(b.name.as_str())) {
            assert_eq!((old.column, old.rect.y), (new.column, new.rect.y), "{} moved for {wire:?}", old.name);
            // A column may make room for a track to its left, and then moves as a whole.
            assert_eq!(new.rect.x, after.columns[new.column].x);
            assert!(new.rect.x >= old.rect.x);
        }
        Ok(())
    })
    .size_min(1 << 8)
    .budget_ms(2_000);
}

#[test]
fn any_view_is_a_crop_of_the_whole() {
    arbtest(crop).size_min(1 << 8).budget_ms(2_000);
}

/// A wire of a folded row, shown by itself, ended outside of what was said to be the whole picture.
#[test]
fn a_stub_shown_by_itself_lies_in_the_picture() {
    arbtest(crop).seed(0xf1b9_ec18_0001_0000);
}

fn crop(u: &mut arbtest::arbitrary::Unstructured<'_>) -> arbtest::arbitrary::Result<()> {
    let (graph, options) = (any_graph(u)?, any_options(u)?);
    let layout = layout(&graph, &options, None, &BTreeMap::new());
    let routes = route(&layout);
    let canvas = CanvasOptions {
        ascii: u.arbitrary()?,
        heavy: BTreeSet::from([u.int_in_range(0..=9)?]),
        tentative: BTreeSet::from([u.int_in_range(0..=9)?]),
        build_status: BTreeMap::from([("node-1".into(), "✔ 0.4 s".into())]),
    };
    let all = extent(&layout, &routes);
    let whole = draw(&layout, &routes, &canvas, all);
    let view = Rect::new(
        u.int_in_range(-10..=200)?,
        u.int_in_range(-10..=200)?,
        u.int_in_range(-1..=90)?,
        u.int_in_range(-1..=40)?,
    );
    let part = draw(&layout, &routes, &canvas, view);
    for y in view.y..view.bottom() {
        for x in view.x..view.right() {
            let at = Point::new(x, y);
            let (seen, meant) = (part.at(at).expect("in view"), whole.at(at));
            match meant {
                Some(meant) => assert_eq!(seen, meant, "at {at:?}"),
                None => assert_eq!(seen.role, Role::Blank, "at {at:?}, outside of the picture"),
            }
        }
    }
    Ok(())
}
