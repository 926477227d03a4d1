//! Scripts in the graph: keys and clicks in, what has the focus and what is in sight out.

use std::time::Duration;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::app::effect::Form;
use crate::app::event::{Composed, Event as AppEvent};
use crate::compose::Document;
use crate::draw::layout::Side;
use crate::model::graph::{ENTRY, End, Graph, HOST, Import, ImportState, Node, NodeKind, Wire};
use crate::model::port::Port;
use crate::model::project::Project;
use crate::tui::effect::Effect;
use crate::tui::event::{Event, Input};
use crate::tui::fixture::{Session, component};
use crate::tui::hit::Target;
use crate::tui::pane::graph::picture::Level;
use crate::tui::pane::graph::selection::Selection;
use crate::tui::screen::tests::draw;
use crate::tui::view::Pane;

fn interface(name: &str) -> Port {
    let lines = ["get: func(key: string) -> option<list<u8>>", "set: func(key: string, value: list<u8>)"];
    crate::model::sample::interface(name, &lines)
}

/// Components in layers of five, each imports from two of the next layer, from the host, and something nobody has.
pub(crate) fn shop(count: usize) -> Graph {
    let name = |n: usize| format!("part-{n}");
    let api = |n: usize| format!("shop:part{n}/api@1.0.0");
    let mut nodes = vec![Node {
        name: ENTRY.into(),
        kind: NodeKind::Entry,
        component: None,
        package: None,
        source: None,
        imports: vec![Import { port: interface(&api(0)), state: ImportState::Wired }],
        exports: Vec::new(),
    }];
    let (mut wires, mut host) = (Vec::new(), Vec::new());
    let wire = |from: &str, import: &str, to: &str, export: &str| Wire {
        from: End { node: from.into(), port: import.into() },
        to: End { node: to.into(), port: export.into() },
    };
    wires.push(wire(ENTRY, &api(0), &name(0), &api(0)));
    for n in 0..count {
        let mut imports = Vec::new();
        let mut called: Vec<usize> = [5 + n, 6 + n].into_iter().filter(|to| *to < count).collect();
        if n == 0 {
            called.extend((1..5.min(count)).collect::<Vec<_>>());
        }
        for to in called {
            imports.push(Import { port: interface(&api(to)), state: ImportState::Wired });
            wires.push(wire(&name(n), &api(to), &name(to), &api(to)));
        }
        for said in ["wasi:cli/stdout@0.2.3", "wasi:io/streams@0.2.3"] {
            imports.push(Import { port: interface(said), state: ImportState::Host });
            wires.push(wire(&name(n), said, HOST, said));
            if !host.iter().any(|p: &Port| p.name == said) {
                host.push(interface(said));
            }
        }
        if n % 7 == 3 {
            imports.push(Import { port: interface("shop:stock/lookup@1.0.0"), state: ImportState::Unwired });
        }
        nodes.push(Node {
            name: name(n),
            kind: NodeKind::Component,
            component: Some(name(n)),
            package: None,
            source: None,
            imports,
            exports: vec![interface(&api(n))],
        });
    }
    nodes.push(Node {
        name: HOST.into(),
        kind: NodeKind::Host,
        component: None,
        package: None,
        source: None,
        imports: Vec::new(),
        exports: host,
    });
    Graph { nodes, wires, ..Graph::default() }
}

/// A session with that graph, drawn.
pub(crate) fn session(count: usize) -> Session {
    let mut session = Session::new(true);
    let components = (0..count).map(|n| component(&format!("part-{n}"), "shop:part")).collect();
    session.discovered(Project {
        root: session.state.app.options.root.clone(),
        name: "shop".into(),
        components,
        ..Project::default()
    });
    composed(&mut session, shop(count));
    session
}

/// The graph comes, and what is laid out off the loop is laid out here.
pub(crate) fn composed(session: &mut Session, graph: Graph) {
    session.event(Event::App(AppEvent::Composed(Composed {
        revision: session.state.app.revision,
        form: Form::Graph,
        document: Document { path: None, text: String::new() },
        graph,
        parsed: true,
        live: None,
        shipped: None,
        unchecked: Vec::new(),
        took: Duration::from_millis(2),
    })));
    lay_out(session);
}

pub(crate) fn lay_out(session: &mut Session) {
    for effect in std::mem::take(&mut session.effects) {
        if let Effect::LayOut { before, graph, unfolded, wish } = effect {
            let picture = before.following(&graph, &unfolded, wish);
            session.event(Event::LaidOut(Box::new(picture)));
        }
    }
}

fn selection(session: &Session) -> String {
    let selection = session.state.selection().unwrap();
    match selection.port {
        Some((side, port)) => format!("{} {side:?} {port}", selection.node),
        None => selection.node,
    }
}

fn mouse(session: &mut Session, kind: MouseEventKind, (column, row): (u16, u16), modifiers: KeyModifiers) {
    session.input(Input::Mouse(MouseEvent { kind, column, row, modifiers }));
}

fn place(session: &Session, wanted: impl Fn(&Target) -> bool) -> (u16, u16) {
    let hits = &session.state.view.hits;
    let places = hits.places().iter().rev().filter(|(_, t)| wanted(t));
    let middles = places.map(|(area, target)| ((area.x + area.width / 2, area.y), target));
    // What lies under something else cannot be hit.
    middles.into_iter().find(|((x, y), target)| hits.at(*x, *y) == Some(**target)).unwrap().0
}

#[test]
fn arrows_walk_ports_and_follow_the_calls() {
    let mut session = Session::new(true);
    session.running();
    draw(&mut session, 120, 36);
    session.keys("2");
    assert_eq!(selection(&session), "core-logic", "what is selected in the project");
    session.keys("down");
    assert_eq!(selection(&session), "core-logic Export run");
    session.keys("right");
    assert_eq!(selection(&session), "core-logic Import cyber:core/log-handler@1.0.0", "to the other side of the box");
    session.keys("right");
    assert_eq!(selection(&session), "logger Export cyber:core/log-handler@1.0.0", "along the wire");
    assert_eq!(session.state.selected_component().map(|c| c.name.as_str()), Some("logger"), "the project goes with it");
    session.keys("left");
    assert_eq!(selection(&session), "core-logic Import cyber:core/log-handler@1.0.0", "and back to who calls");
    session.keys("down");
    assert_eq!(selection(&session), "core-logic Import wasi:cli/stdout@0.2.3");
    session.keys("left left");
    assert_eq!(selection(&session), "entry Import run");
    session.keys("up up");
    assert_eq!(selection(&session), "entry", "a box's first port, then the box");
    session.keys("n n n n");
    assert_eq!(selection(&session), "entry", "nodes go around");
    session.keys("N");
    assert_eq!(selection(&session), "host");
    session.keys("1 up");
    assert_eq!(selection(&session), "core-logic", "a selection in the project takes the focus along");
}

#[test]
fn down_and_down_comes_through_every_node() {
    let mut session = session(12);
    draw(&mut session, 120, 36);
    session.keys("2 0 home");
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..200 {
        seen.insert(session.state.selection().unwrap().node);
        session.keys("down");
    }
    assert_eq!(seen.len(), 13, "the host is a count in the nodes: {seen:?}");
    let layout = &session.state.view.picture.at(session.state.shown_level()).layout;
    let last = layout.boxes[*layout.walk().last().unwrap()].name.clone();
    session.keys("home end");
    assert_eq!(session.state.selection().unwrap().node, last);
}

#[test]
fn what_has_the_focus_is_always_in_sight() {
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        let mut session = session(40);
        draw(&mut session, columns, rows);
        session.keys("2");
        for key in ["down"; 90].into_iter().chain(["n"; 45]).chain(["right"; 10]).chain(["left"; 10]) {
            session.keys(key);
            draw(&mut session, columns, rows);
            let size = {
                let body = session.state.view.hits.body(Pane::Graph);
                (body.width, body.height)
            };
            let (level, window) = (session.state.shown_level(), session.state.graph_window(size));
            let selection = session.state.selection().unwrap();
            let area = session.state.view.picture.area(level, &selection).unwrap();
            assert!(
                window.contains(crate::draw::geometry::Point::new(area.x, area.y)),
                "{selection:?} at {columns}×{rows}"
            );
        }
    }
}

#[test]
fn a_label_leads_to_what_it_stands_on() {
    let mut session = session(40);
    draw(&mut session, 120, 36);
    session.keys("2 f");
    let body = session.state.view.hits.body(Pane::Graph);
    let labels = crate::tui::pane::graph::labels(&session.state, (body.width, body.height));
    let texts: std::collections::BTreeSet<_> = labels.iter().map(|l| l.text.clone()).collect();
    assert!(texts.len() == labels.len() && labels.len() > 5);
    for label in labels.iter().step_by(3) {
        let mut again = session_at(&session);
        let letters: Vec<String> = label.text.chars().map(String::from).collect();
        again.keys(&letters.join(" "));
        assert_eq!(again.state.selection(), Some(label.selection.clone()));
        assert!(again.state.view.graph.jump.is_none());
    }
    session.keys("esc");
    assert!(session.state.view.graph.jump.is_none() && !session.state.app.quit);
    session.keys("f q");
    assert!(!session.state.app.quit, "letters are labels");
}

/// A session like this one, with the labels up.
fn session_at(like: &Session) -> Session {
    let mut again = session(40);
    again.state.view.hits = like.state.view.hits.clone();
    again.keys("2 f");
    again
}

#[test]
fn levels_come_and_go_and_keep_the_focus_in_sight() {
    let mut session = session(40);
    draw(&mut session, 120, 36);
    session.keys("2 n n n");
    let before = selection(&session);
    for level in [Level::Status, Level::Ports, Level::Compact, Level::Names] {
        session.keys("d");
        draw(&mut session, 120, 36);
        assert_eq!(session.state.view.graph.level, Some(level));
        assert_eq!(selection(&session), before);
    }
    session.keys("d");
    assert_eq!(session.state.view.graph.level, None);
    session.keys("- -");
    assert_eq!(session.state.view.graph.level, Some(Level::Names));
    session.keys("+");
    assert_eq!(session.state.view.graph.level, Some(Level::Compact));
    session.keys("0");
    assert!(!session.state.view.graph.is_moved() || session.state.view.graph.level.is_none());
}

#[test]
fn panning_never_leaves_the_picture_behind() {
    let mut session = session(40);
    draw(&mut session, 120, 36);
    session.keys("2");
    for key in ["L", "J", "H", "K", "shift-right", "shift-down"] {
        for _ in 0..80 {
            session.keys(key);
        }
        draw(&mut session, 120, 36);
        let body = session.state.view.hits.body(Pane::Graph);
        let size = (body.width, body.height);
        let extent = session.state.view.picture.at(session.state.shown_level()).extent();
        assert!(extent.intersects(&session.state.graph_window(size)), "{key}");
    }
}

#[test]
fn a_node_lists_what_the_host_gives_it_when_asked() {
    let mut session = session(3);
    draw(&mut session, 120, 36);
    session.keys("2");
    let rows = |session: &Session| {
        let picture = &session.state.view.picture;
        picture.at(Level::Ports).layout.node("part-0").unwrap().imports.len()
    };
    let folded = rows(&session);
    session.keys("space");
    lay_out(&mut session);
    assert_eq!(rows(&session), folded + 1, "two interfaces of the host, a row each");
    session.keys("space");
    lay_out(&mut session);
    assert_eq!(rows(&session), folded);
    session.keys("N space");
    assert!(session.state.view.flash.is_some(), "and says why where there is nothing to list");
}

#[test]
fn clicks_focus_ports_wires_and_the_map() {
    let mut session = session(40);
    session.keys("2 d d 1");
    draw(&mut session, 120, 36);
    let at = place(&session, |t| matches!(t, Target::Port(_)));
    mouse(&mut session, MouseEventKind::Down(MouseButton::Left), at, KeyModifiers::NONE);
    assert_eq!(session.state.view.focus, Pane::Graph);
    assert!(session.state.selection().unwrap().port.is_some());
    let at = place(&session, |t| matches!(t, Target::Wire(_)));
    session.wait(1_000);
    mouse(&mut session, MouseEventKind::Down(MouseButton::Left), at, KeyModifiers::NONE);
    assert!(matches!(session.state.selection(), Some(Selection { port: Some((Side::Import, _)), .. })));
    session.keys("z 0");
    draw(&mut session, 120, 36);
    let before = session.state.view.graph.clone();
    // The map stands where nothing else is.
    for key in ["L", "L", "J", "J", "J", "J"] {
        if session.state.view.hits.map().is_none() {
            session.keys(key);
            draw(&mut session, 120, 36);
        }
    }
    let before_click = session.state.view.graph.clone();
    let (area, _) = session.state.view.hits.map().unwrap();
    mouse(&mut session, MouseEventKind::Down(MouseButton::Left), (area.x + 1, area.bottom() - 1), KeyModifiers::NONE);
    assert_ne!((session.state.view.graph.x, session.state.view.graph.y), (before_click.x, before_click.y));
    drop(before);
    let before = session.state.view.graph.clone();
    mouse(&mut session, MouseEventKind::ScrollDown, (30, 10), KeyModifiers::SHIFT);
    assert!(session.state.view.graph.x > before.x);
}

#[test]
fn a_large_graph_is_laid_out_off_the_loop_and_only_the_newest_is_shown() {
    let mut session = session(60);
    let stale = session.state.view.picture.clone();
    composed(&mut session, shop(50));
    assert_eq!(session.state.view.picture.graph().nodes.len(), 52);
    session.event(Event::LaidOut(Box::new(stale)));
    assert_eq!(session.state.view.picture.graph().nodes.len(), 52, "an older one comes too late");
}

#[test]
fn hjkl_walk_as_the_arrows_do() {
    let walked = |keys: &str| {
        let mut session = Session::new(true);
        session.running();
        draw(&mut session, 120, 36);
        session.keys(keys);
        (selection(&session), session.state.tab())
    };
    assert_eq!(walked("2 l l h j k"), walked("2 right right left down up"));
    assert_ne!(walked("2 l l").0, walked("2 l").0);
}

#[test]
fn the_small_map_covers_nothing() {
    let mut maps = 0;
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        let mut session = session(60);
        draw(&mut session, columns, rows);
        session.keys("2");
        for keys in ["n", "L", "J", "z", "n n n", "L", "K", "H"] {
            session.keys(keys);
            draw(&mut session, columns, rows);
            let Some((map, _)) = session.state.view.hits.map() else { continue };
            maps += 1;
            let under = session.state.view.hits.places().iter();
            let mut under = under.filter(|(area, target)| {
                area.intersects(map) && matches!(target, Target::Node(_) | Target::Port(_) | Target::Wire(_))
            });
            assert_eq!(under.next(), None, "{columns}×{rows}");
        }
    }
    assert!(maps > 0);
}

#[test]
fn fit_says_whether_all_is_in_sight() {
    let mut small = Session::new(true);
    small.running();
    draw(&mut small, 120, 36);
    small.keys("2 0");
    let said = |session: &Session| session.state.view.flash.as_ref().map(|f| f.text.clone()).unwrap_or_default();
    assert!(said(&small).contains("all of the graph is in sight"), "{}", said(&small));
    let mut large = session(60);
    draw(&mut large, 80, 24);
    large.keys("2 0");
    assert!(said(&large).contains("larger than its pane"), "{}", said(&large));
}
