//! How much of a graph is seen without panning, over many graphs and three sizes of terminal, as the panes open.
//!
//! `cargo test --lib a_graph_fits -- --nocapture` prints the table of docs/benchmarks.md.

use std::collections::{BTreeMap, BTreeSet};

use crate::draw::fit::{Level, Subject};
use crate::draw::layout::Room;
use crate::draw::samples::{Sample, all, sample};
use crate::model::graph::NodeKind;
use crate::model::marks::{Marks, assign, looks};
use crate::model::project::Project;
use crate::tui::fixture::{Session, component};
use crate::tui::pane::graph::tests::composed;
use crate::tui::screen::tests::{draw, text};
use crate::tui::view::Pane;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];

struct Seen {
    whole: bool,
    /// Every component's name is on the screen, uncut.
    named: bool,
    crossings: usize,
    bends: usize,
}

fn session(sample: &Sample) -> Session {
    let mut session = Session::new(true);
    let nodes = sample.graph.nodes.iter().filter(|n| n.kind == NodeKind::Component);
    let components = nodes.map(|n| component(&n.name, "shop:part")).collect();
    session.discovered(Project {
        root: session.state.app.options.root.clone(),
        name: "shop".into(),
        components,
        ..Project::default()
    });
    composed(&mut session, sample.graph.clone());
    session
}

fn seen(sample: &Sample, (columns, rows): (u16, u16), zoomed: bool) -> Seen {
    let mut session = session(sample);
    if zoomed {
        session.keys("2 z");
    }
    let screen = text(&draw(&mut session, columns, rows));
    let body = session.state.view.hits.body(Pane::Graph);
    let (first, last) = (usize::from(body.y), usize::from(body.bottom()));
    let inside = |line: &str| -> String {
        line.chars().skip(usize::from(body.x)).take(usize::from(body.width)).collect::<String>()
    };
    let shown: Vec<String> = screen.lines().skip(first).take(last - first).map(inside).collect();
    let word = |name: &str| {
        shown.iter().any(|line| line.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| word == name))
    };
    let size = (body.width, body.height);
    let drawn = session.state.view.picture.at(session.state.shown_level());
    let window = session.state.graph_window(size);
    Seen {
        whole: window.union(&drawn.extent()) == window,
        named: sample.graph.instances().all(|node| word(&node.name)),
        crossings: drawn.routes.crossings(),
        bends: drawn.routes.bends(),
    }
}

#[test]
fn a_graph_fits_its_pane() {
    let samples = all();
    println!(
        "| terminal | whole | every name readable | up to 12 components: readable | up to 30 | crossings | bends |"
    );
    println!("|---|---|---|---|---|---|---|");
    for size in SIZES {
        let seen: Vec<(usize, Seen)> = samples.iter().map(|s| (s.components, seen(s, size, false))).collect();
        let share = |most: usize, of: fn(&Seen) -> bool| {
            let counted = seen.iter().filter(|(n, _)| *n <= most);
            format!("{} of {}", counted.clone().filter(|(_, s)| of(s)).count(), counted.count())
        };
        println!(
            "| {} × {} | {} | {} | {} | {} | {} | {} |",
            size.0,
            size.1,
            share(60, |s| s.whole),
            share(60, |s| s.named),
            share(12, |s| s.named),
            share(30, |s| s.named),
            seen.iter().map(|(_, s)| s.crossings).sum::<usize>(),
            seen.iter().map(|(_, s)| s.bends).sum::<usize>(),
        );
    }
    let endless = Room { columns: 10_000, rows: 10_000 };
    let (unfolded, pinned) = (BTreeSet::new(), BTreeMap::new());
    let free = samples.iter().map(|sample| {
        let subject = Subject { graph: &sample.graph, unfolded: &unfolded, pinned: &pinned, room: endless };
        subject.search(Level::Ports).map_or((0, 0), |drawn| (drawn.routes.crossings(), drawn.routes.bends()))
    });
    let (crossings, bends) = free.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
    println!("With all the room it likes: {crossings} crossings, {bends} bends");
    assert_eq!(samples.len(), 40);
    let all_named = |most: usize, size: (u16, u16), zoomed: bool| {
        for sample in samples.iter().filter(|s| s.components <= most) {
            let seen = seen(sample, size, zoomed);
            assert!(seen.named && seen.whole, "{} at {size:?}, zoomed: {zoomed}", sample.name);
        }
    };
    for zoomed in [false, true] {
        all_named(2, SIZES[0], zoomed);
        all_named(12, SIZES[1], zoomed);
        all_named(30, SIZES[2], zoomed);
    }
}

#[test]
fn the_wires_of_one_row_share_a_vertical() {
    let calls: Vec<(usize, usize)> = (1..24).map(|to| (0, to)).collect();
    let fan = seen(&sample("fan-out of 24".into(), 24, &calls), SIZES[1], false);
    assert!(fan.whole && fan.named);
    assert_eq!(fan.crossings, 0);
    let mut session = session(&sample("fan-out of 24".into(), 24, &calls));
    let screen = text(&draw(&mut session, SIZES[1].0, SIZES[1].1));
    assert!(screen.contains("├──● logger") || screen.contains("╭──● logger"), "{screen}");
}

#[test]
fn neighbours_differ_in_sign_and_colour_and_nobody_changes() {
    let calls: Vec<(usize, usize)> = (1..30).map(|to| ((to - 1) / 3, to)).chain([(2, 26), (0, 25), (1, 24)]).collect();
    let graph = sample("services".into(), 30, &calls).graph;
    let mut marks = Marks::new();
    assign(&mut marks, &graph);
    for wire in &graph.wires {
        let (Some(from), Some(to)) = (marks.get(&wire.from.node), marks.get(&wire.to.node)) else { continue };
        assert!(looks(*from).0 != looks(*to).0 && looks(*from).1 != looks(*to).1, "{wire:?}");
    }
    let before = marks.clone();
    let more = sample("more".into(), 40, &[(0, 35)]).graph;
    assign(&mut marks, &more);
    assert_eq!(marks.len(), 40);
    assert!(before.iter().all(|(name, mark)| marks.get(name) == Some(mark)));
}
