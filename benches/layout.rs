//! How long the drawn graph takes, beside `rataflow`, the nearest crate to it: `cargo bench --bench layout`.
//!
//! Prints the median and the worst of many runs, and the ratios; docs/benchmarks.md holds the figures and the limits.
//! Both lay out the same graph and draw the same number of views of it, spread over their whole picture, into a screen
//! of ratatui's. Ours draws ports and routes wires around boxes; rataflow draws a name in each box and routes while it
//! draws, so our routing is counted to the layout.

#![allow(clippy::print_stdout, clippy::expect_used)] // the figures are what it is for

#[path = "shared/dice.rs"]
mod dice;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use rataflow::{Edge, Flow, StepEdge, Sugiyama, TextContent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Screen;
use ratatui::style::{Color, Modifier, Style};
use ratatui::widgets::Widget as _;
use studio::draw::canvas::{Canvas, CanvasOptions, Role, WIDE_TAIL, draw, extent};
use studio::draw::geometry::Rect;
use studio::draw::layout::{Detail, Options, layout};
use studio::draw::route::route;
use studio::model::graph::{End, Graph, Import, ImportState, Node, NodeKind, Wire};
use studio::model::port::{Port, PortKind};

use dice::Dice;

/// Eight layers of components, each called by one of the layer before it, and calls over one to three layers besides.
fn graph(nodes: usize, wires: usize) -> Graph {
    const LAYERS: usize = 8;
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let port = |name: String| Port::unknown(name, PortKind::Interface);
    let node = |n: usize| Node {
        name: format!("node-{n}"),
        kind: NodeKind::Component,
        component: None,
        package: None,
        source: None,
        imports: Vec::new(),
        exports: vec![port("test:bench/api@1.0.0".into())],
    };
    let mut graph = Graph { nodes: (0..nodes).map(node).collect(), ..Graph::default() };
    let layer = nodes.div_ceil(LAYERS);
    for w in 0..wires {
        let (to, back) =
            if w < nodes - layer { (layer + w, 1) } else { (layer + dice.below(nodes - layer), 1 + dice.below(3)) };
        let from = (to / layer).saturating_sub(back) * layer + dice.below(layer);
        let name = format!("test:bench/to-{w}@1.0.0");
        graph.nodes[from].imports.push(Import { port: port(name.clone()), state: ImportState::Wired });
        graph.wires.push(Wire {
            from: End { node: format!("node-{from}"), port: name },
            to: End { node: format!("node-{to}"), port: "test:bench/api@1.0.0".into() },
        });
    }
    graph
}

/// The columns and rows that are drawn.
const SIZE: (u16, u16) = (200, 50);

/// Views spread over a picture, one a round.
const VIEWS: usize = 20;

fn measure<T>(what: &str, limit: Option<Duration>, mut run: impl FnMut(usize) -> T) -> Duration {
    let mut took: Vec<Duration> = (0..200)
        .map(|round| {
            let start = Instant::now();
            black_box(run(round));
            start.elapsed()
        })
        .collect();
    took.sort();
    let (median, worst) = (took[took.len() / 2], took[took.len() - 1]);
    let verdict = limit
        .map_or_else(String::new, |limit| format!("   {} {limit:?}", if median <= limit { "within" } else { "OVER" }));
    println!("{what:<52} median {median:>10.3?}   worst {worst:>10.3?}{verdict}");
    median
}

fn ratio(what: &str, ours: Duration, theirs: Duration) {
    println!("{what:<52} studio ÷ rataflow {:>8.3}", ours.as_secs_f64() / theirs.as_secs_f64());
}

/// The same graph as rataflow has it.
fn flow(graph: &Graph) -> Flow<TextContent, StepEdge> {
    let node = |n: &Node| rataflow::Node::from_text(n.name.clone(), (0.0, 0.0), n.name.clone());
    let edge = |(w, wire): (usize, &Wire)| Edge::new(format!("e{w}"), wire.from.node.clone(), wire.to.node.clone());
    let nodes: Vec<_> = graph.nodes.iter().map(node).collect();
    Flow::with_graph(nodes, graph.wires.iter().enumerate().map(edge).collect()).expect("a graph")
}

/// Lays out and draws with rataflow; returns the medians of both.
fn peer(size: &str, graph: &Graph) -> (Duration, Duration) {
    let mut flow = flow(graph);
    let layout = measure(&format!("{size}: rataflow, layout"), None, |_| flow.apply_layout(Sugiyama::horizontal()));
    let bounds: Vec<rataflow::Rect> = flow.nodes().map(rataflow::Node::bounds).collect();
    let most = |f: fn(&rataflow::Rect) -> f64| bounds.iter().map(f).fold(f64::MIN, f64::max);
    let least = |f: fn(&rataflow::Rect) -> f64| bounds.iter().map(f).fold(f64::MAX, f64::min);
    let (left, top) = (least(rataflow::Rect::x), least(rataflow::Rect::y));
    let (width, height) = (most(|b| b.x() + b.width()) - left, most(|b| b.y() + b.height()) - top);
    println!("{size}: rataflow, {width} × {height} cells");
    let area = Screen::new(0, 0, SIZE.0, SIZE.1);
    let mut buffer = Buffer::empty(area);
    let mut at = (0.0, 0.0);
    let draw = measure(&format!("{size}: rataflow, draw 200×50"), None, |round| {
        let part = f64::from(u8::try_from(round % VIEWS).unwrap_or(0)) / f64::from(u8::try_from(VIEWS).unwrap_or(1));
        let next = (-left - width * part, -top - height * part);
        flow.pan(next.0 - at.0, next.1 - at.1);
        at = next;
        buffer.reset();
        (&mut flow).render(area, &mut buffer);
    });
    (layout, draw)
}

/// What stands on the canvas, put onto a screen as the graph's pane does.
fn put(canvas: &Canvas, buffer: &mut Buffer) {
    buffer.reset();
    for (y, row) in (0..).zip(canvas.rows()) {
        for (x, cell) in (0..).zip(row) {
            if cell.symbol != WIDE_TAIL && cell.role != Role::Blank {
                buffer[(x, y)].set_char(cell.symbol).set_style(style(cell.role));
            }
        }
    }
}

fn style(role: Role) -> Style {
    match role {
        Role::Border(_) => Style::new().fg(Color::Gray),
        Role::Port(_) => Style::new().fg(Color::Green),
        Role::NodeName(_) => Style::new().add_modifier(Modifier::BOLD),
        _ => Style::new(),
    }
}

fn main() {
    let options = Options::default();
    let pins = BTreeMap::new();
    for (nodes, wires, layout_limit, draw_limit) in [
        (200, 264, Duration::from_millis(5), Duration::from_micros(300)),
        (500, 2_000, Duration::from_millis(200), Duration::from_millis(4)),
    ] {
        let (layout_limit, draw_limit) = (Some(layout_limit), Some(draw_limit));
        let graph = graph(nodes, wires);
        let size = format!("{nodes} nodes, {wires} wires");
        let placed = layout(&graph, &options, None, &pins);
        let routes = route(&placed);
        let all = extent(&placed, &routes);
        println!("{size}: {} × {} cells, {} columns", all.width, all.height, placed.columns.len());
        measure(&format!("{size}: layout"), layout_limit, |_| layout(&graph, &options, None, &pins));
        measure(&format!("{size}: layout after an edit"), layout_limit, |_| {
            layout(&graph, &options, Some(&placed), &pins)
        });
        measure(&format!("{size}: route"), layout_limit, |_| route(&placed));
        let both = measure(&format!("{size}: layout and route"), layout_limit, |_| {
            let placed = layout(&graph, &options, None, &pins);
            (route(&placed), placed)
        });
        // A view that pans over the whole picture.
        let pan = |round: usize| {
            let part = |size: i32| size * i32::try_from(round % VIEWS).unwrap_or(0) / i32::try_from(VIEWS).unwrap_or(1);
            Rect::new(all.x + part(all.width), all.y + part(all.height), SIZE.0.into(), SIZE.1.into())
        };
        let canvas = CanvasOptions::default();
        let mut buffer = Buffer::empty(Screen::new(0, 0, SIZE.0, SIZE.1));
        let drawn = measure(&format!("{size}: draw 200×50"), draw_limit, |round| {
            put(&draw(&placed, &routes, &canvas, pan(round)), &mut buffer);
        });
        let names = Options { detail: Detail::Names, ..Options::default() };
        let placed = layout(&graph, &names, None, &pins);
        let routes = route(&placed);
        measure(&format!("{size}: draw 200×50 as names"), draw_limit, |round| {
            put(&draw(&placed, &routes, &canvas, pan(round)), &mut buffer);
        });
        let (their_layout, their_draw) = peer(&size, &graph);
        ratio(&format!("{size}: layout and route"), both, their_layout);
        ratio(&format!("{size}: draw 200×50"), drawn, their_draw);
    }
}
