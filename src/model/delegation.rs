//! Handles to what lies outside that nodes pass each other: a node that was granted nothing may hold what another opened.
//!
//! Read from the types of the wires, so it is known before anything runs, and holds for every run.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::graph::{Graph, NodeKind, Wire};
use crate::model::port::{InterfaceName, Port, unversioned};

/// Whoever holds one of these does with it what the node may that opened it.
const HANDLES: &[(&str, &[&str])] = &[
    ("filesystem", &["descriptor", "directory-entry-stream"]),
    ("io", &["input-stream", "output-stream"]),
    (
        "sockets",
        &[
            "network",
            "tcp-socket",
            "udp-socket",
            "incoming-datagram-stream",
            "outgoing-datagram-stream",
            "resolve-address-stream",
        ],
    ),
];

/// One kind of handle that a wire passes from one node to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Lent {
    /// Under whose grants it is used.
    pub from: String,
    pub(crate) to: String,
    /// The interface that passes it, as the importer names it.
    pub port: String,
    /// As in `wasi:filesystem/types.descriptor`.
    pub(crate) handle: String,
}

impl Lent {
    /// As in `descriptor (wasi:filesystem)`.
    pub fn kind(&self) -> String {
        let (interface, name) = self.handle.split_once('.').unwrap_or(("", &self.handle));
        format!("{name} ({})", interface.split('/').next().unwrap_or_default())
    }

    /// For a person, with both nodes and the port: whose grants count for what is done with the handle.
    pub fn sentence(&self) -> String {
        let Self { from, to, port, .. } = self;
        format!("{from} lends {to} a {} through {port}: what {to} does with it counts for {from}", self.kind())
    }
}

/// All that is lent on the wires between components.
pub fn lent(graph: &Graph) -> Vec<Lent> {
    on(graph, |_| true)
}

/// What a node lends and holds.
pub(crate) fn lent_at(graph: &Graph, node: &str) -> Vec<Lent> {
    on(graph, |wire| wire.from.node == node || wire.to.node == node)
}

fn on(graph: &Graph, is_meant: impl Fn(&Wire) -> bool) -> Vec<Lent> {
    let is_component = |name: &str| graph.node(name).is_some_and(|n| n.kind == NodeKind::Component);
    let mut all = BTreeSet::new();
    for wire in graph.wires.iter().filter(|w| is_meant(w) && is_component(&w.from.node) && is_component(&w.to.node)) {
        let import = graph.node(&wire.from.node).and_then(|n| n.imports.iter().find(|i| i.port.name == wire.from.port));
        let Some(import) = import else { continue };
        for (handle, way) in passed(&import.port) {
            // A result goes to the caller, who imports; a parameter the other way.
            let (from, to) = match way {
                Direction::Result => (&wire.to.node, &wire.from.node),
                Direction::Parameter => (&wire.from.node, &wire.to.node),
            };
            let port = wire.from.port.clone();
            all.insert(Lent { from: from.clone(), to: to.clone(), port, handle });
        }
    }
    all.into_iter().collect()
}

#[derive(Clone, Copy)]
enum Direction {
    Parameter,
    Result,
}

/// The handles in the functions of a port, and which way they go.
fn passed(port: &Port) -> Vec<(String, Direction)> {
    let mut all = Vec::new();
    for line in &port.signature {
        let Some((handle, name)) = line.strip_prefix("use ").and_then(taken) else { continue };
        // The types it is a part of pass it on with them; a type may stand below the one that holds it.
        let mut names: Vec<&str> = vec![name];
        loop {
            let holds = |line: &&String| {
                let own = defined(line);
                own.is_some_and(|own| !names.contains(&own)) && names.iter().any(|name| mentions(line, name))
            };
            match port.signature.iter().find(holds).and_then(|line| defined(line)) {
                Some(more) => names.push(more),
                None => break,
            }
        }
        let is_in = |text: &str| names.iter().any(|name| mentions(text, name));
        for function in port.signature.iter().filter(|line| line.contains("func(")) {
            let (parameters, result) = function.split_once(") -> ").unwrap_or((function, ""));
            if is_in(parameters.split_once("func(").map_or("", |(_, p)| p)) {
                all.push((handle.clone(), Direction::Parameter));
            }
            if is_in(result) {
                all.push((handle.clone(), Direction::Result));
            }
        }
    }
    all
}

/// Of `wasi:filesystem/types@0.2.6.{descriptor as folder}`: the handle without a version, and what it is called here.
fn taken(line: &str) -> Option<(String, &str)> {
    let (interface, names) = line.split_once(".{")?;
    let mut words = names.trim_end_matches('}').split(' ');
    let original = words.next()?;
    let name = InterfaceName::parse(interface).filter(|name| name.namespace == "wasi")?;
    let (_, handles) = HANDLES.iter().find(|(package, _)| *package == name.package)?;
    let path = unversioned(interface);
    handles.contains(&original).then(|| (format!("{path}.{original}"), words.next_back().unwrap_or(original)))
}

/// The name of the type that a line defines.
fn defined(line: &str) -> Option<&str> {
    match line.split_once(' ') {
        Some(("record" | "variant" | "type", rest)) => rest.split(' ').next(),
        _ => None,
    }
}

/// Whether a text names a type; what a parameter or a field is called does not.
fn mentions(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '-';
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        !before.ends_with(is_word) && !after.starts_with(is_word) && !after.starts_with(':')
    })
}

#[cfg(test)]
mod tests {
    use crate::model::delegation::*;
    use crate::model::graph::{End, Import, ImportState, Node};
    use crate::model::port::PortKind;

    fn graph(signature: &[&str]) -> Graph {
        let signature = signature.iter().map(|l| (*l).into()).collect();
        let port = Port { signature, ..Port::unknown("a:b/shelf", PortKind::Interface) };
        let node = |name: &str, imports, exports| Node {
            name: name.into(),
            kind: NodeKind::Component,
            component: Some(name.into()),
            package: None,
            source: None,
            imports,
            exports,
        };
        let end = |node: &str| End { node: node.into(), port: "a:b/shelf".into() };
        Graph {
            nodes: vec![
                node("user", vec![Import { port: port.clone(), state: ImportState::Wired }], Vec::new()),
                node("owner", Vec::new(), vec![port]),
            ],
            wires: vec![Wire { from: end("user"), to: end("owner") }],
            ..Graph::default()
        }
    }

    fn lent_by(signature: &[&str]) -> Vec<String> {
        lent(&graph(signature)).iter().map(|l| format!("{} → {}: {}", l.from, l.to, l.kind())).collect()
    }

    #[test]
    fn a_result_is_lent_by_who_exports_and_a_parameter_by_who_imports() {
        let files = "use wasi:filesystem/types@0.2.6.{descriptor as folder}";
        assert_eq!(
            lent_by(&[files, "open: func() -> result<folder, string>"]),
            ["owner → user: descriptor (wasi:filesystem)"]
        );
        assert_eq!(lent_by(&[files, "keep: func(it: folder)"]), ["user → owner: descriptor (wasi:filesystem)"]);
        let streams = "use wasi:io/streams@0.2.6.{input-stream}";
        let both = ["owner → user: input-stream (wasi:io)", "user → owner: input-stream (wasi:io)"];
        assert_eq!(lent_by(&[streams, "pack: func(it: input-stream) -> input-stream"]), both);
    }

    #[test]
    fn a_type_that_holds_it_passes_it_on() {
        let sockets = "use wasi:sockets/types@0.3.0.{tcp-socket}";
        let lines = [sockets, "type all = list<one>", "record one { socket: tcp-socket }", "get: func() -> all"];
        assert_eq!(lent_by(&lines), ["owner → user: tcp-socket (wasi:sockets)"]);
    }

    #[test]
    fn what_gives_nothing_to_hold_is_not_lent() {
        assert_eq!(lent_by(&["use wasi:filesystem/types@0.2.6.{error-code}", "get: func() -> error-code"]), [""; 0]);
        assert_eq!(lent_by(&["use my:filesystem/types.{descriptor}", "get: func() -> descriptor"]), [""; 0]);
        assert_eq!(lent_by(&["use wasi:filesystem/types@0.2.6.{descriptor}", "descriptor: func()"]), [""; 0]);
        let named = ["use wasi:filesystem/types@0.2.6.{descriptor}", "get: func(descriptor: u32, my-descriptor: u8)"];
        assert_eq!(lent_by(&named), [""; 0]);
    }
}
