//! `studio graph`: how the components are wired. Runs nothing.

use super::args::{Format, Graph as GraphArgs};
use super::{out, session};
use crate::app::state::{Goal, State};
use crate::build::Profile;
use crate::model::canvas::picture;
use crate::model::graph::{Graph, ImportState, NodeKind};
use crate::model::port::short;

pub fn run(args: &GraphArgs) -> anyhow::Result<u8> {
    let options = session::options(&args.path, Goal::Graph, Profile::Dev)?;
    let trusted = crate::trust::is_trusted(&options.root);
    let state = session::drive(options, trusted, |_, _| {}, State::settled)?;
    let format = if args.json { Format::Json } else { args.format };
    match format {
        Format::Json => {
            let mut graph = state.graph.clone();
            graph.problems = state.problems().into_iter().cloned().collect();
            out::json(&graph.to_json());
        }
        Format::Text => out::line(picture(&state.graph, args.ascii).trim_end()),
        Format::Dot => out::line(&dot(&state.graph)),
        Format::Mermaid => out::line(&mermaid(&state.graph)),
    }
    Ok(session::verdict(&state, format == Format::Json))
}

/// For Graphviz: a record a node, with a field a port.
fn dot(graph: &Graph) -> String {
    let mut text = String::from("digraph composition {\n  rankdir=LR;\n  node [shape=record, fontname=monospace];\n");
    for node in &graph.nodes {
        let ports = |names: Vec<&str>, side: &str| {
            names
                .iter()
                .enumerate()
                .map(|(i, name)| format!("<{side}{i}> {}", escape(short(name))))
                .collect::<Vec<_>>()
                .join("|")
        };
        let exports = ports(node.exports.iter().map(|e| e.name.as_str()).collect(), "e");
        let imports = ports(node.imports.iter().map(|i| i.port.name.as_str()).collect(), "i");
        let style = if node.kind == NodeKind::Component { "" } else { ", style=dashed" };
        text += &format!(
            "  {} [label=\"{{{{{exports}}}|{}|{{{imports}}}}}\"{style}];\n",
            quote(&node.name),
            escape(&node.name)
        );
    }
    for wire in &graph.wires {
        let from =
            graph.node(&wire.from.node).and_then(|n| n.imports.iter().position(|i| i.port.name == wire.from.port));
        let to = graph.node(&wire.to.node).and_then(|n| n.exports.iter().position(|e| e.name == wire.to.port));
        if let (Some(from), Some(to)) = (from, to) {
            text += &format!("  {}:i{from} -> {}:e{to};\n", quote(&wire.from.node), quote(&wire.to.node));
        }
    }
    text + "}"
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// For a record's label, where braces, bars and angle brackets have a meaning.
fn escape(text: &str) -> String {
    text.chars().flat_map(|c| if "{}|<>\"\\ ".contains(c) { vec!['\\', c] } else { vec![c] }).collect()
}

fn mermaid(graph: &Graph) -> String {
    let mut text = String::from("flowchart LR");
    let id = |name: &str| format!("n{}", graph.nodes.iter().position(|n| n.name == name).unwrap_or(usize::MAX));
    for node in &graph.nodes {
        let name = node.name.replace('"', "#quot;");
        let (open, close) = if node.kind == NodeKind::Component { ("[", "]") } else { ("([", "])") };
        text += &format!("\n  {}{open}\"{name}\"{close}", id(&node.name));
    }
    for wire in &graph.wires {
        text += &format!("\n  {} -->|{}| {}", id(&wire.from.node), short(&wire.from.port), id(&wire.to.node));
    }
    for node in &graph.nodes {
        for import in node.imports.iter().filter(|i| matches!(i.state, ImportState::Unwired | ImportState::Mismatch)) {
            let word = if import.state == ImportState::Unwired { "unwired" } else { "mismatch" };
            text += &format!("\n  {0} -.->|{1}| {0}_{2}([\"{word}\"])", id(&node.name), short(&import.port.name), word);
        }
    }
    text
}
