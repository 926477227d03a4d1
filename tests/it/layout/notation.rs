//! Graphs as a person writes them down:
//!
//! ```text
//! # core-logic exports `run` and imports `log-handler`
//! core-logic: run > log-handler
//! left of counter: count > step
//! entry run -> core-logic run
//! view compact ascii
//! ```
//!
//! An import is wired when a wire starts there, the host's when its name begins with `wasi:`, else unwired; `!` after
//! its name makes it a mismatch. After a line `then` follow edits of the picture so far: what is added to the graph.

use std::collections::BTreeMap;

use studio::draw::canvas::CanvasOptions;
use studio::draw::layout::{Detail, Gaps, HostView, Options, Place};
use studio::model::graph::{ENTRY, End, Graph, HOST, Import, ImportState, Node, NodeKind, Wire};
use studio::model::port::{Port, PortKind, is_host};

#[derive(Debug, Default)]
pub struct Case {
    pub graph: Graph,
    /// The graph before each `then`.
    pub earlier: Vec<Graph>,
    pub options: Options,
    pub canvas: CanvasOptions,
    pub pinned: BTreeMap<String, Place>,
}

pub fn port(name: &str) -> Port {
    Port::unknown(name, PortKind::Interface)
}

pub fn node(name: &str, exports: Vec<Port>, imports: Vec<Import>) -> Node {
    let kind = match name {
        ENTRY => NodeKind::Entry,
        HOST => NodeKind::Host,
        _ => NodeKind::Component,
    };
    Node { name: name.into(), kind, component: Some(name.into()), package: None, source: None, imports, exports }
}

pub fn parse(text: &str) -> Case {
    let mut case = Case::default();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        if line == "then" {
            let mut graph = case.graph.clone();
            mark_wired(&mut graph);
            case.earlier.push(graph);
        } else if let Some(words) = line.strip_prefix("view ") {
            view(&mut case, words);
        } else if let Some((from, to)) = line.split_once(" -> ") {
            let end = |text: &str| {
                let (node, port) = text.trim().split_once(' ').expect("`node port`");
                End { node: node.into(), port: port.trim().into() }
            };
            case.graph.wires.push(Wire { from: end(from), to: end(to) });
        } else {
            let (name, ports) = line.split_once(':').expect("`name: exports > imports`");
            let (name, component) = name.split_once(" of ").unwrap_or((name, name));
            let (exports, imports) = ports.split_once('>').unwrap_or((ports, ""));
            let exports = exports.split_whitespace().map(port).collect();
            let import = |name: &str| match name.strip_suffix('!') {
                Some(name) => Import { port: port(name), state: ImportState::Mismatch },
                None if is_host(name) => Import { port: port(name), state: ImportState::Host },
                None => Import { port: port(name), state: ImportState::Unwired },
            };
            let mut node = node(name, exports, imports.split_whitespace().map(import).collect());
            node.component = Some(component.into());
            case.graph.nodes.push(node);
        }
    }
    mark_wired(&mut case.graph);
    case
}

/// Sets the state of every import that a wire starts at.
pub fn mark_wired(graph: &mut Graph) {
    for node in &mut graph.nodes {
        for import in node.imports.iter_mut().filter(|i| i.state == ImportState::Unwired) {
            let starts = |w: &Wire| w.from.node == node.name && w.from.port == import.port.name;
            if graph.wires.iter().any(starts) {
                import.state = ImportState::Wired;
            }
        }
    }
}

fn view(case: &mut Case, words: &str) {
    let mut words = words.split_whitespace();
    while let Some(word) = words.next() {
        let mut next = || words.next().expect("a word more").to_owned();
        match word {
            "compact" => case.options.detail = Detail::Compact,
            "names" => case.options.detail = Detail::Names,
            "open" => case.options.host = HostView::Open,
            "counted" => case.options.host = HostView::Counted,
            "tight" => case.options.gaps = Gaps::Tight,
            "columns" => case.options.shape.columns = Some(next().parse().expect("how many")),
            "rows" => case.options.shape.rows = Some(next().parse().expect("how many")),
            "labels" => case.options.label_width = next().parse().expect("how wide"),
            "unfold" => drop(case.options.unfolded.insert(next())),
            "ascii" => case.canvas.ascii = true,
            "status" => {
                let (node, build_status) = (next(), next());
                case.options.status_width = 7;
                case.canvas.build_status.insert(node, build_status.replace('_', " "));
            }
            "heavy" => drop(case.canvas.heavy.insert(next().parse().expect("a wire's index"))),
            "tentative" => drop(case.canvas.tentative.insert(next().parse().expect("a wire's index"))),
            "pin" => {
                let node = next();
                let place = (next().parse().expect("a column"), next().parse().expect("a row"));
                case.pinned.insert(node, place);
            }
            other => panic!("no such view: {other}"),
        }
    }
}
