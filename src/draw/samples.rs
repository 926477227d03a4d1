//! Forty graphs of two to sixty components, for tests and measurements: shapes that projects have, and random ones.

use crate::model::graph::{ENTRY, End, Graph, HOST, Import, ImportState, Node, NodeKind, Wire};
use crate::model::port::{Port, PortKind};

/// Names as packages have them.
const NAMES: [&str; 24] = [
    "core-logic",
    "logger",
    "gateway",
    "session-store",
    "auth",
    "billing",
    "cart",
    "catalog",
    "checkout",
    "email",
    "feature-flags",
    "geo",
    "image-resizer",
    "inventory",
    "kv",
    "mailer",
    "metrics",
    "notifications",
    "orders",
    "payments",
    "pricing",
    "rate-limiter",
    "search",
    "users",
];

/// What the host provides to nearly every component that Rust makes.
const HOSTED: [&str; 5] = [
    "wasi:cli/environment@0.2.6",
    "wasi:cli/stdout@0.2.6",
    "wasi:clocks/wall-clock@0.2.6",
    "wasi:io/streams@0.2.6",
    "wasi:random/random@0.2.6",
];

pub(crate) struct Sample {
    pub name: String,
    /// Components, without entry and host.
    pub components: usize,
    pub graph: Graph,
}

/// Numbers that are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(n.max(1)).unwrap()).unwrap()
    }
}

pub(crate) fn all() -> Vec<Sample> {
    let chain = |n: usize| (1..n).map(|to| (to - 1, to)).collect::<Vec<_>>();
    let fan_out = |n: usize| (1..n).map(|to| (0, to)).collect::<Vec<_>>();
    let fan_in = |n: usize| (0..n - 1).map(|from| (from, n - 1)).collect::<Vec<_>>();
    let tree = |n: usize| (1..n).map(|to| ((to - 1) / 2, to)).collect::<Vec<_>>();
    let ladder = |n: usize| (2..n).flat_map(|to| [(to - 2, to), ((to - 2) ^ 1, to)]).collect::<Vec<_>>();
    // A gateway, services that call one another, and what all of them use.
    let services = |n: usize| {
        let mut calls: Vec<_> = (1..n - 2).map(|to| (0, to)).collect();
        calls.extend((1..n - 2).map(|from| (from, n - 2)));
        calls.extend((1..n - 2).step_by(2).map(|from| (from, n - 1)));
        calls.extend((2..n - 2).map(|to| (to - 1, to)));
        calls
    };
    let mut samples = vec![sample("demo".into(), 2, &[(0, 1)])];
    for n in [4, 8, 12, 20, 30] {
        samples.push(sample(format!("chain of {n}"), n, &chain(n)));
    }
    for n in [6, 12, 24] {
        samples.push(sample(format!("fan-out of {n}"), n, &fan_out(n)));
        samples.push(sample(format!("fan-in of {n}"), n, &fan_in(n)));
    }
    for n in [7, 12, 15, 30] {
        samples.push(sample(format!("tree of {n}"), n, &tree(n)));
    }
    for n in [8, 12, 18] {
        samples.push(sample(format!("ladder of {n}"), n, &ladder(n)));
    }
    for n in [7, 12, 20, 30] {
        samples.push(sample(format!("services of {n}"), n, &services(n)));
    }
    samples.push(sample("unwired folder of 9".into(), 9, &[]));
    for (seed, n) in [3, 4, 5, 6, 8, 9, 10, 11, 12, 12, 16, 20, 25, 30, 40, 60].into_iter().enumerate() {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ (seed as u64 + 1).wrapping_mul(0xbf58_476d_1ce4_e5b9));
        let mut calls: Vec<(usize, usize)> = (1..n).map(|to| (dice.below(to), to)).collect();
        for _ in 0..n / 2 {
            let to = 1 + dice.below(n - 1);
            calls.push((dice.below(to), to));
        }
        calls.sort_unstable();
        calls.dedup();
        samples.push(sample(format!("random {n} ({seed})"), n, &calls));
    }
    samples
}

/// Components that call one another so; the first is what the entry runs.
pub(crate) fn sample(name: String, count: usize, calls: &[(usize, usize)]) -> Sample {
    let called = |n: usize| match n / NAMES.len() {
        0 => NAMES[n % NAMES.len()].to_owned(),
        again => format!("{}-{}", NAMES[n % NAMES.len()], again + 1),
    };
    let interface = |name: String| Port::unknown(name, PortKind::Interface);
    let api = |n: usize| interface(format!("shop:{}/{}-api@1.0.0", called(n), called(n)));
    let end = |node: &str, port: &Port| End { node: node.into(), port: port.name.clone() };
    let node = |name: String, kind, imports, exports| {
        let component = (kind == NodeKind::Component).then(|| name.clone());
        Node { name, kind, component, package: None, source: None, imports, exports }
    };
    let run = Port::unknown("run", PortKind::Function);
    let wired = |port: Port, state| Import { port, state };
    let (mut nodes, mut wires) = (Vec::new(), Vec::new());
    nodes.push(node(ENTRY.into(), NodeKind::Entry, vec![wired(run.clone(), ImportState::Wired)], Vec::new()));
    wires.push(Wire { from: end(ENTRY, &run), to: end(&called(0), &run) });
    for n in 0..count {
        let mut imports: Vec<Import> = Vec::new();
        for (_, to) in calls.iter().filter(|(from, _)| *from == n) {
            imports.push(wired(api(*to), ImportState::Wired));
            wires.push(Wire { from: end(&called(n), &api(*to)), to: end(&called(*to), &api(*to)) });
        }
        for hosted in HOSTED {
            let port = interface(hosted.into());
            wires.push(Wire { from: end(&called(n), &port), to: end(HOST, &port) });
            imports.push(wired(port, ImportState::Host));
        }
        let export = if n == 0 { run.clone() } else { api(n) };
        nodes.push(node(called(n), NodeKind::Component, imports, vec![export]));
    }
    let hosted = HOSTED.iter().map(|name| interface((*name).into())).collect();
    nodes.push(node(HOST.into(), NodeKind::Host, Vec::new(), hosted));
    Sample { name, components: count, graph: Graph { nodes, wires, ..Graph::default() } }
}
