//! `studio graph`: how the components are wired. Runs nothing.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::Context as _;

use crate::app::state::{Goal, State};
use crate::app::trust_question::Start;
use crate::build::Profile;
use crate::cli::args::{Format, Graph as GraphArgs};
use crate::cli::{out, session, theme};
use crate::compose;
use crate::draw::canvas::picture;
use crate::model::delegation::lent;
use crate::model::graph::{Graph, HOST, ImportState, NodeKind, Wire};
use crate::model::port::{InterfaceName, short};
use crate::model::visible::{escaped_json, visible};
use crate::tui::still;

pub(super) fn run(args: &GraphArgs) -> anyhow::Result<u8> {
    let format = if args.json { Format::Json } else { args.format };
    anyhow::ensure!(args.theme.is_none() || format == Format::Svg, "--theme needs --format svg");
    let look = theme::look(args.theme.as_deref(), args.ascii)?;
    let options = session::options(&args.path, Goal::Graph, Profile::Dev)?;
    let start = Start::at(&options.root, false);
    let state = session::drive(options, start, |_, _| {}, State::settled)?;
    let code = session::verdict(&state, format == Format::Json);
    let text = match format {
        Format::Json => {
            let mut graph = state.graph.clone();
            graph.problems = state.problems().into_iter().cloned().collect();
            let text_only = state.document.as_ref().map(|document| compose::text_only(document, &graph));
            escaped_json(graph.to_json(&text_only.unwrap_or_default()).to_string())
        }
        // What can't be read draws nothing; its problem is on stderr.
        Format::Text | Format::Svg if state.graph.nodes.is_empty() => return Ok(code),
        Format::Text => text(&state.graph, args.ascii),
        Format::Dot => dot(&state.graph),
        Format::Mermaid => mermaid(&state.graph),
        Format::Svg => still::graph(state, look, Instant::now())
            .context("the graph is too large for SVG; use --format dot and Graphviz")?,
    };
    out::write(&args.output, &text)?;
    Ok(code)
}

/// The drawing, and below it what it can't show.
fn text(graph: &Graph, ascii: bool) -> String {
    let mut text = picture(graph, ascii).trim_end().to_owned();
    for merged in &graph.merged {
        text += &format!("\none import for {}", merged.sentence());
    }
    for lent in lent(graph) {
        text += &format!("\n{}", lent.sentence());
    }
    text + "\n"
}

/// For Graphviz: a record a node, with a field a port. What the host provides is one edge a node and package.
fn dot(graph: &Graph) -> String {
    let mut text = String::from("digraph composition {\n  rankdir=LR;\n  node [shape=record, fontname=monospace];\n");
    for node in &graph.nodes {
        let name = escape(&node.name);
        let style = if node.kind == NodeKind::Component { "" } else { ", style=dashed" };
        let label = if node.name == HOST {
            name
        } else {
            let exports = node.exports.iter().enumerate().map(|(i, e)| format!("<e{i}> {}", escape(short(&e.name))));
            let imports = node.imports.iter().enumerate().filter(|(_, i)| i.state != ImportState::Host);
            let imports = imports.map(|(i, import)| format!("<i{i}> {}", escape(short(&import.port.name))));
            let (exports, imports): (Vec<_>, Vec<_>) = (exports.collect(), imports.collect());
            format!("{{{{{}}}|{name}|{{{}}}}}", exports.join("|"), imports.join("|"))
        };
        text += &format!("  {} [label=\"{label}\"{style}];\n", quote(&node.name));
    }
    for wire in wires(graph) {
        let from =
            graph.node(&wire.from.node).and_then(|n| n.imports.iter().position(|i| i.port.name == wire.from.port));
        let to = graph.node(&wire.to.node).and_then(|n| n.exports.iter().position(|e| e.name == wire.to.port));
        if let (Some(from), Some(to)) = (from, to) {
            let look = if is_mismatch(graph, wire) { " [color=red, fontcolor=red, label=mismatch]" } else { "" };
            text += &format!("  {}:i{from} -> {}:e{to}{look};\n", quote(&wire.from.node), quote(&wire.to.node));
        }
    }
    for ((node, package), count) in hosted(graph) {
        let label = quote(&times(&package, count));
        text += &format!("  {} -> {} [style=dashed, label={label}];\n", quote(node), quote(HOST));
    }
    for (number, (node, import, word)) in open_ends(graph).into_iter().enumerate() {
        let at = graph.node(node).and_then(|n| n.imports.iter().position(|i| i.port.name == import)).unwrap_or(0);
        // What the composition may leave to its host is no fault of it.
        let red = if word == "open" { ["", ""] } else { [", color=red", ", color=red, fontcolor=red"] };
        text += &format!("  open{number} [shape=point{}];\n", red[0]);
        text += &format!("  {}:i{at} -> open{number} [style=dashed{}, label={word}];\n", quote(node), red[1]);
    }
    text + "}"
}

fn quote(name: &str) -> String {
    format!("\"{}\"", visible(name).replace('\\', "\\\\").replace('"', "\\\""))
}

/// For a record's label, where braces, bars and angle brackets have a meaning.
fn escape(text: &str) -> String {
    visible(text).chars().flat_map(|c| if "{}|<>\"\\ ".contains(c) { vec!['\\', c] } else { vec![c] }).collect()
}

fn mermaid(graph: &Graph) -> String {
    let mut text = String::from("flowchart LR");
    let id = |name: &str| format!("n{}", graph.nodes.iter().position(|n| n.name == name).unwrap_or(usize::MAX));
    for node in &graph.nodes {
        let name = visible(&node.name).replace('"', "#quot;");
        let (open, close) = if node.kind == NodeKind::Component { ("[", "]") } else { ("([", "])") };
        text += &format!("\n  {}{open}\"{name}\"{close}", id(&node.name));
    }
    for wire in wires(graph) {
        let (from, to) = (id(&wire.from.node), id(&wire.to.node));
        let (port, arrow) = (short(&wire.from.port), if is_mismatch(graph, wire) { "-.->" } else { "-->" });
        let word = if is_mismatch(graph, wire) { ": mismatch" } else { "" };
        text += &format!("\n  {from} {arrow}|\"{port}{word}\"| {to}");
    }
    for ((node, package), count) in hosted(graph) {
        text += &format!("\n  {} -.->|\"{}\"| {}", id(node), times(&package, count), id(HOST));
    }
    for (number, (node, import, word)) in open_ends(graph).into_iter().enumerate() {
        text += &format!("\n  {} -.->|\"{}\"| open{number}([\"{word}\"])", id(node), short(import));
    }
    text
}

/// The wires between components, and to the entry.
fn wires(graph: &Graph) -> impl Iterator<Item = &Wire> {
    graph.wires.iter().filter(|w| w.to.node != HOST)
}

/// How many of the host's interfaces a node imports from a package.
fn hosted(graph: &Graph) -> BTreeMap<(&str, String), usize> {
    let mut counts = BTreeMap::new();
    for wire in graph.wires.iter().filter(|w| w.to.node == HOST) {
        let package = InterfaceName::parse(&wire.to.port).map(|n| format!("{}:{}", n.namespace, n.package));
        *counts.entry((wire.from.node.as_str(), package.unwrap_or_else(|| wire.to.port.clone()))).or_default() += 1;
    }
    counts
}

fn times(package: &str, count: usize) -> String {
    if count == 1 { package.to_owned() } else { format!("{package} ×{count}") }
}

fn is_mismatch(graph: &Graph, wire: &Wire) -> bool {
    let import = graph.node(&wire.from.node).and_then(|n| n.imports.iter().find(|i| i.port.name == wire.from.port));
    import.is_some_and(|i| i.state == ImportState::Mismatch)
}

/// Imports that no wire leaves from, each with the word for it.
fn open_ends(graph: &Graph) -> Vec<(&str, &str, &'static str)> {
    let imports = graph.nodes.iter().flat_map(|n| n.imports.iter().map(move |i| (n, i)));
    let open = imports.filter(|(n, i)| graph.provider(&n.name, &i.port.name).is_none());
    open.filter_map(|(node, import)| match import.state {
        ImportState::Unwired => Some((node.name.as_str(), import.port.name.as_str(), "unwired")),
        ImportState::Open => Some((node.name.as_str(), import.port.name.as_str(), "open")),
        ImportState::Mismatch => Some((node.name.as_str(), import.port.name.as_str(), "mismatch")),
        ImportState::Wired | ImportState::Host | ImportState::Types => None,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use crate::cli::graph::*;
    use crate::model::graph::{End, Import, Node};
    use crate::model::port::{Port, PortKind};

    fn port(name: &str) -> Port {
        Port::unknown(name, PortKind::Interface)
    }

    fn node(name: &str, kind: NodeKind, imports: &[(&str, ImportState)], exports: &[&str]) -> Node {
        let imports = imports.iter().map(|(name, state)| Import { port: port(name), state: *state }).collect();
        let exports = exports.iter().map(|name| port(name)).collect();
        Node { name: name.into(), kind, component: None, package: None, source: None, imports, exports }
    }

    /// A consumer whose log does not fit, whose store nobody gives, and which takes three interfaces of the host's.
    fn graph() -> Graph {
        let host = ["wasi:cli/stdout@0.2.3", "wasi:cli/stderr@0.2.3", "wasi:io/poll@0.2.3"];
        let mut imports = vec![("a:b/log", ImportState::Mismatch), ("a:b/store", ImportState::Unwired)];
        imports.extend(host.iter().map(|name| (*name, ImportState::Host)));
        let nodes = vec![
            node("app", NodeKind::Component, &imports, &[]),
            node("logger", NodeKind::Component, &[], &["a:b/log"]),
            node(HOST, NodeKind::Host, &[], &host),
        ];
        let end = |node: &str, port: &str| End { node: node.into(), port: port.into() };
        let wire = |port: &str, to: &str| Wire { from: end("app", port), to: end(to, port) };
        let wires = std::iter::once(wire("a:b/log", "logger")).chain(host.iter().map(|name| wire(name, HOST)));
        Graph { nodes, wires: wires.collect(), ..Graph::default() }
    }

    #[test]
    fn dot_shows_what_is_wrong_and_folds_the_host() {
        let text = dot(&graph());
        let edges: Vec<&str> = text.lines().filter(|l| l.contains("->")).map(str::trim).collect();
        assert_eq!(
            edges,
            [
                r#""app":i0 -> "logger":e0 [color=red, fontcolor=red, label=mismatch];"#,
                r#""app" -> "host" [style=dashed, label="wasi:cli ×2"];"#,
                r#""app" -> "host" [style=dashed, label="wasi:io"];"#,
                r#""app":i1 -> open0 [style=dashed, color=red, fontcolor=red, label=unwired];"#,
            ]
        );
    }

    #[test]
    fn mermaid_draws_a_mismatch_once_and_folds_the_host() {
        let text = mermaid(&graph());
        let edges: Vec<&str> = text.lines().filter(|l| l.contains("->")).map(str::trim).collect();
        assert_eq!(
            edges,
            [
                r#"n0 -.->|"log: mismatch"| n1"#,
                r#"n0 -.->|"wasi:cli ×2"| n2"#,
                r#"n0 -.->|"wasi:io"| n2"#,
                r#"n0 -.->|"store"| open0(["unwired"])"#,
            ]
        );
    }
}
