//! How large each box is and what its rows say.

use crate::draw::geometry::{Rect, cells};
use crate::model::graph::{Graph, ImportState, Node, NodeKind};
use crate::model::port::InterfaceName;

use crate::draw::layout::label::{clip, distinct, shorten, text_width};
use crate::draw::layout::nets::Link;
use crate::draw::layout::{Detail, Gaps, HostView, NodeBox, Options, PortState, Row};

/// The widest a title may be, in cells.
const TITLE: i32 = 32;
/// Between the names of an export and an import that share a row.
const fn between(gaps: Gaps) -> i32 {
    match gaps {
        Gaps::Comfortable => 3,
        Gaps::Tight => 2,
    }
}

/// No box is narrower, so that a column of small ones still reads as one.
const fn narrowest(gaps: Gaps) -> i32 {
    match gaps {
        Gaps::Comfortable => 11,
        Gaps::Tight => 0,
    }
}

/// How many rows below the top of its box a port lies.
pub(crate) fn row_offset(detail: Detail, row: usize) -> i32 {
    match detail {
        Detail::Full => 1 + cells(row),
        Detail::Compact => 1,
        Detail::Names => 0,
    }
}

pub(crate) fn measure(graph: &Graph, links: &[Option<Link>], options: &Options) -> Vec<NodeBox> {
    let (mut called, mut hosted): (Vec<Vec<bool>>, Vec<Vec<bool>>) = graph
        .nodes
        .iter()
        .map(|n| (vec![false; n.exports.len()], n.imports.iter().map(|i| i.state == ImportState::Host).collect()))
        .unzip();
    for link in links.iter().flatten() {
        called[link.to.0][link.to.1] = true;
        hosted[link.from.0][link.from.1] |= graph.nodes[link.to.0].kind == NodeKind::Host;
    }
    graph
        .nodes
        .iter()
        .enumerate()
        .map(|(i, node)| {
            let (exports, imports) = match options.detail {
                Detail::Full => (exports(node, &called[i], options), imports(node, &hosted[i], options)),
                Detail::Compact | Detail::Names => {
                    let exports = (0..node.exports.len()).map(|e| export_state(node, called[i][e]));
                    let imports = (0..node.imports.len()).map(|m| import_state(node, m, hosted[i][m]));
                    let own = |_: &PortState| true;
                    let wired = |state: &PortState| options.host != HostView::Counted || *state != PortState::Host;
                    (counted(exports, own, |n| format!("→{n}")), counted(imports, wired, |n| format!("{n}→")))
                }
            };
            if node.kind == NodeKind::Host && options.host == HostView::Counted {
                return undrawn(node);
            }
            let title = title(graph, node, options);
            let rect = size(&title, node.kind, &exports, &imports, options);
            NodeBox { name: node.name.clone(), title, kind: node.kind, column: 0, band: 0, rect, exports, imports }
        })
        .collect()
}

/// A host whose interfaces the nodes count.
fn undrawn(node: &Node) -> NodeBox {
    NodeBox {
        name: node.name.clone(),
        title: node.name.clone(),
        kind: node.kind,
        column: 0,
        band: 0,
        rect: Rect::default(),
        exports: Vec::new(),
        imports: Vec::new(),
    }
}

/// The node's name; beside it the component's, where one component stands in several places.
fn title(graph: &Graph, node: &Node, options: &Options) -> String {
    let twin =
        |c: &String| *c != node.name && graph.nodes.iter().filter(|n| n.component.as_ref() == Some(c)).count() > 1;
    match &node.component {
        Some(component) if options.detail == Detail::Full && twin(component) => {
            clip(&format!("{} · {component}", node.name), TITLE)
        }
        _ => clip(&node.name, TITLE),
    }
}

fn export_state(node: &Node, called: bool) -> PortState {
    match (node.kind, called) {
        (NodeKind::Host, _) => PortState::Host,
        (_, true) => PortState::Wired,
        (_, false) => PortState::Free,
    }
}

fn import_state(node: &Node, import: usize, hosted: bool) -> PortState {
    match node.imports[import].state {
        ImportState::Mismatch => PortState::Mismatch,
        _ if hosted => PortState::Host,
        ImportState::Unwired => PortState::Needed,
        ImportState::Open => PortState::Open,
        ImportState::Types => PortState::Free,
        ImportState::Wired | ImportState::Host => PortState::Wired,
    }
}

fn exports(node: &Node, called: &[bool], options: &Options) -> Vec<Row> {
    let names: Vec<&str> = node.exports.iter().map(|p| p.name.as_str()).collect();
    if node.kind == NodeKind::Host && options.host != HostView::Open {
        return packages(&names, options);
    }
    let labels = distinct(&names);
    let row = |(i, label): (usize, &String)| Row {
        label: shorten(label, options.label_width),
        state: export_state(node, called[i]),
        ports: vec![i],
    };
    labels.iter().enumerate().map(row).collect()
}

/// The host's interfaces, one row a package: `wasi:cli ×5`.
fn packages(names: &[&str], options: &Options) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (i, name) in names.iter().enumerate() {
        let label = match InterfaceName::parse(name) {
            Some(n) => format!("{}:{}", n.namespace, n.package),
            None => (*name).to_owned(),
        };
        match rows.iter_mut().find(|r| r.label == label) {
            Some(row) => row.ports.push(i),
            None => rows.push(Row { label, state: PortState::Host, ports: vec![i] }),
        }
    }
    for row in &mut rows {
        let label =
            if row.ports.len() > 1 { format!("{} ×{}", row.label, row.ports.len()) } else { row.label.clone() };
        row.label = shorten(&label, options.label_width);
    }
    rows
}

/// One row an import; what the host provides goes into one row below them, unless it is asked for.
fn imports(node: &Node, hosted: &[bool], options: &Options) -> Vec<Row> {
    let names: Vec<&str> = node.imports.iter().map(|i| i.port.name.as_str()).collect();
    let labels = distinct(&names);
    let folds = options.host != HostView::Open && !options.unfolded.contains(&node.name);
    let (mut rows, mut folded): (Vec<Row>, Vec<usize>) = (Vec::new(), Vec::new());
    for (i, label) in labels.iter().enumerate() {
        let state = import_state(node, i, hosted[i]);
        if state == PortState::Host && folds {
            folded.push(i);
        } else {
            rows.push(Row { label: shorten(label, options.label_width), state, ports: vec![i] });
        }
    }
    if let [only] = folded.as_slice() {
        rows.push(Row { label: shorten(&labels[*only], options.label_width), state: PortState::Host, ports: folded });
    } else if !folded.is_empty() {
        rows.push(Row { label: format!("host ×{}", folded.len()), state: PortState::Host, ports: folded });
    }
    rows
}

/// All ports of a side in one row, in the worst of their states.
fn counted(
    states: impl ExactSizeIterator<Item = PortState> + Clone,
    counts: impl Fn(&PortState) -> bool,
    label: impl Fn(usize) -> String,
) -> Vec<Row> {
    let (all, count) = (states.len(), states.clone().filter(counts).count());
    let label = if count > 0 { label(count) } else { String::new() };
    let row = |state| Row { label: label.clone(), state, ports: (0..all).collect() };
    states.max().map(row).into_iter().collect()
}

fn size(title: &str, kind: NodeKind, exports: &[Row], imports: &[Row], options: &Options) -> Rect {
    let build_status =
        if kind == NodeKind::Component && options.status_width > 0 { options.status_width + 3 } else { 0 };
    let named = text_width(title) + 5 + build_status;
    let word = |r: &Row| r.state.word().map_or(0, |w| text_width(w) + 1);
    let width = |r: &Row| text_width(&r.label) + 2;
    match options.detail {
        Detail::Full => {
            let rows = exports.len().max(imports.len());
            let widest = (0..rows)
                .map(|i| match (exports.get(i), imports.get(i)) {
                    (Some(e), Some(m)) => width(e) + between(options.gaps) + width(m) + word(m),
                    (Some(e), None) => width(e) + 2,
                    (None, Some(m)) => width(m) + word(m) + 2,
                    (None, None) => 0,
                })
                .max()
                .unwrap_or(0);
            Rect::new(0, 0, widest.max(named).max(narrowest(options.gaps)), cells(rows) + 2)
        }
        Detail::Compact => {
            let counts: i32 = [exports, imports].iter().filter_map(|rows| rows.first()).map(|r| width(r) - 1).sum();
            Rect::new(0, 0, (text_width(title) + 4 + counts + build_status).max(narrowest(options.gaps)), 3)
        }
        // `● name ●`
        Detail::Names => Rect::new(0, 0, text_width(title) + 4, 1),
    }
}
