//! `NODE.PORT` as people type it → one end of a wire.

use crate::model::alike::alike;
use crate::model::graph::{ENTRY, End, Graph, Node};
use crate::model::port::is_host;
use crate::model::port::matching;

/// Why a `NODE.PORT` means nothing in a graph.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndError {
    /// A node alone, or nothing; the text as it was typed.
    #[error("`{0}` has no port: write NODE.PORT, as in `core-logic.cyber:core/log-handler`")]
    NoPort(String),
    /// What stands before the dots is the name of no node.
    #[error("`{text}` does not begin with a node of this composition; {there}")]
    NoNode {
        /// As it was typed.
        text: String,
        /// What was probably meant, or what there is: half a sentence.
        there: String,
    },
    /// The node is there and its import is not.
    #[error("`{node}` does not import `{port}`; {there}")]
    NoImport {
        /// Its name in the graph.
        node: String,
        /// As it was typed.
        port: String,
        /// What was probably meant, or what there is: half a sentence.
        there: String,
    },
    /// The node is there and its export is not.
    #[error("`{node}` does not export `{port}`; {there}")]
    NoExport {
        /// Its name in the graph.
        node: String,
        /// As it was typed.
        port: String,
        /// What was probably meant, or what there is: half a sentence.
        there: String,
    },
}

/// An import: its full name, or without its version or by its last segment where only one can be meant.
///
/// # Errors
/// What there is instead.
pub fn import_end(graph: &Graph, text: &str) -> Result<End, EndError> {
    let (node, port) = split(graph, text)?;
    let names = node.imports.iter().map(|i| i.port.name.as_str());
    // What the composition exports is named by whoever wires it: it need not be there yet.
    let found = meant(port, names.clone()).or((node.name == ENTRY).then_some(port));
    let missing = || EndError::NoImport {
        node: node.name.clone(),
        port: port.to_owned(),
        there: instead(port, names, "imports"),
    };
    Ok(End { node: node.name.clone(), port: found.ok_or_else(missing)?.to_owned() })
}

/// An export: its full name, or without its version or by its last segment where only one can be meant.
///
/// # Errors
/// What there is instead.
pub fn export_end(graph: &Graph, text: &str) -> Result<End, EndError> {
    let (node, port) = split(graph, text)?;
    let names = node.exports.iter().map(|e| e.name.as_str());
    let missing = || EndError::NoExport {
        node: node.name.clone(),
        port: port.to_owned(),
        there: instead(port, names.clone(), "exports"),
    };
    Ok(End { node: node.name.clone(), port: meant(port, names.clone()).ok_or_else(missing)?.to_owned() })
}

/// As WAC takes it, or the only one that is so called but for its version.
fn meant<'a>(port: &str, names: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let mut bare = names.clone().filter(|name| name.split_once('@').is_some_and(|(path, _)| path == port));
    matching(port, names).or_else(|| bare.next().filter(|_| bare.next().is_none()))
}

/// At the first dot that leaves a known node before it: ports have dots in their versions.
fn split<'g, 't>(graph: &'g Graph, text: &'t str) -> Result<(&'g Node, &'t str), EndError> {
    // As WAC writes it, too: `a["ns:b/c@1.0.0"]`.
    let bracket = |(node, rest): (&str, &'t str)| Some((graph.node(node)?, rest.strip_suffix("\"]")?));
    if let Some(found) = text.split_once("[\"").and_then(bracket) {
        return Ok(found);
    }
    let mut dots = text.match_indices('.').map(|(at, _)| at);
    let found = dots.find_map(|at| Some((graph.node(text.get(..at)?)?, text.get(at + 1..)?)));
    if let Some((node, port)) = found.filter(|(_, port)| !port.is_empty()) {
        return Ok((node, port));
    }
    if text.is_empty() || graph.node(text.trim_end_matches('.')).is_some() {
        return Err(EndError::NoPort(text.to_owned()));
    }
    Err(EndError::NoNode { text: text.to_owned(), there: nodes_instead(graph, text) })
}

/// What nodes there are where one was not found.
pub(crate) fn nodes_instead(graph: &Graph, text: &str) -> String {
    let wanted = text.split(['.', '[']).next().unwrap_or(text);
    instead(wanted, graph.nodes.iter().map(|n| n.name.as_str()), "has")
}

/// What was probably meant, else what there is: what the host gives is left out where there is anything else.
pub(crate) fn instead<'a>(wanted: &str, names: impl Iterator<Item = &'a str> + Clone, verb: &str) -> String {
    if let Some(meant) = alike(wanted, names.clone()) {
        return format!("did you mean `{meant}`?");
    }
    let own = names.clone().filter(|name| !is_host(name));
    if own.clone().next().is_none() {
        return format!("it {verb} {}", list(names));
    }
    format!("it {verb} {}", list(own))
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|n| format!("`{n}`")).collect();
    if names.is_empty() { "nothing".into() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use crate::model::ends::*;
    use crate::model::graph::{Import, ImportState, NodeKind};
    use crate::model::port::{Port, PortKind};

    #[test]
    fn the_first_dot_that_leaves_a_node_divides() {
        let port = |name: &str| Port::unknown(name, PortKind::Interface);
        let node = Node {
            name: "core".into(),
            kind: NodeKind::Component,
            component: None,
            package: None,
            source: None,
            imports: vec![Import { port: port("a:b/log@1.2.3"), state: ImportState::Unwired }],
            exports: vec![port("run")],
        };
        let graph = Graph { nodes: vec![node], ..Graph::default() };
        let end = |port: &str| Ok(End { node: "core".into(), port: port.into() });
        assert_eq!(import_end(&graph, "core.a:b/log@1.2.3"), end("a:b/log@1.2.3"));
        assert_eq!(import_end(&graph, "core.log"), end("a:b/log@1.2.3"));
        assert_eq!(import_end(&graph, "core.a:b/log"), end("a:b/log@1.2.3"));
        assert_eq!(export_end(&graph, "core.run"), end("run"));
        let said = |result: Result<End, EndError>| result.unwrap_err().to_string();
        assert!(said(export_end(&graph, "core")).starts_with("`core` has no port"));
        assert_eq!(import_end(&graph, "core[\"a:b/log@1.2.3\"]"), end("a:b/log@1.2.3"));
        assert_eq!(
            said(export_end(&graph, "c.run")),
            "`c.run` does not begin with a node of this composition; it has `core`"
        );
        assert_eq!(
            said(export_end(&graph, "coer.run")),
            "`coer.run` does not begin with a node of this composition; did you mean `core`?"
        );
        assert_eq!(said(import_end(&graph, "core.lok")), "`core` does not import `lok`; did you mean `a:b/log@1.2.3`?");
        assert!(said(import_end(&graph, "")).starts_with("`` has no port"));
        assert_eq!(said(export_end(&graph, "core.go")), "`core` does not export `go`; it exports `run`");
    }
}
