//! How long the drawn graph takes: `cargo bench --bench layout`.
//!
//! Prints the median and the worst of many runs; docs/benchmarks.md holds the figures and the limits.

#![allow(clippy::print_stdout)] // the figures are what it is for

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use studio::model::canvas::{CanvasOptions, draw, extent};
use studio::model::geometry::Rect;
use studio::model::graph::{End, Graph, Import, ImportState, Node, NodeKind, Wire};
use studio::model::layout::{Detail, Options, layout};
use studio::model::port::{Port, PortKind};
use studio::model::route::route;

/// A small generator of its own, so that every run and every machine measures the same graph.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or(0)
    }
}

/// Eight layers of components, each called by one of the layer before it, and calls over one to three layers besides.
fn graph(nodes: usize, wires: usize) -> Graph {
    const LAYERS: usize = 8;
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let port = |name: String| Port { name, kind: PortKind::Interface, signature: Vec::new() };
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

fn measure<T>(what: &str, limit: Duration, mut run: impl FnMut(usize) -> T) {
    let mut took: Vec<Duration> = (0..200)
        .map(|round| {
            let start = Instant::now();
            black_box(run(round));
            start.elapsed()
        })
        .collect();
    took.sort();
    let (median, worst) = (took[took.len() / 2], took[took.len() - 1]);
    let verdict = if median <= limit { "within" } else { "OVER" };
    println!("{what:<52} median {median:>10.3?}   worst {worst:>10.3?}   {verdict} {limit:?}");
}

fn main() {
    let options = Options::default();
    let pins = BTreeMap::new();
    for (nodes, wires, layout_limit, draw_limit) in [
        (200, 264, Duration::from_millis(5), Duration::from_micros(300)),
        (500, 2_000, Duration::from_millis(200), Duration::from_millis(4)),
    ] {
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
        // A view that pans over the whole picture.
        let pan = |round: usize| {
            let along = |size: i32| all.x + size * i32::try_from(round % 20).unwrap_or(0) / 20;
            Rect::new(along(all.width), all.y + along(all.height), 200, 50)
        };
        let canvas = CanvasOptions::default();
        measure(&format!("{size}: draw 200×50"), draw_limit, |round| draw(&placed, &routes, &canvas, pan(round)));
        let dots = Options { detail: Detail::Dots, ..Options::default() };
        let placed = layout(&graph, &dots, None, &pins);
        let routes = route(&placed);
        measure(&format!("{size}: draw 200×50 as dots"), draw_limit, |round| {
            draw(&placed, &routes, &canvas, pan(round))
        });
    }
}
