//! The composition as a graph: what the canvas draws and `studio graph` prints.

use std::collections::{BTreeSet, HashMap};

use std::path::PathBuf;

use serde::Serialize;

use crate::model::delegation::lent;
use crate::model::diagnostic::Diagnostic;
use crate::model::port::Port;

/// The name of the node that stands for the world outside (what the composition exports).
pub const ENTRY: &str = "entry";
/// The name of the node that stands for what studio itself provides (WASI).
pub const HOST: &str = "host";

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeKind {
    /// An instance of a component.
    Component,
    /// What studio provides: the node [`HOST`].
    Host,
    /// What the composition exports: the node [`ENTRY`].
    Entry,
}

/// What became of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ImportState {
    /// Some node of the composition provides it.
    Wired,
    /// Nobody provides it, though a component of the project could.
    Unwired,
    /// Nothing in the project provides it: whoever runs the composition has to.
    Open,
    /// It holds types alone: nobody has to provide it.
    Types,
    /// The host provides it.
    Host,
    /// It is wired to something that does not fit.
    Mismatch,
}

impl ImportState {
    /// Whether something has to be provided, and nobody of the composition does.
    pub(crate) const fn is_missing(self) -> bool {
        matches!(self, Self::Unwired | Self::Open)
    }
}

/// An import of a node, and whether it is provided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// As the component declares it.
    pub port: Port,
    /// In this composition.
    pub state: ImportState,
}

/// One box of the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The instance name in the `.wac`, else the package's name; unique in the graph.
    pub name: String,
    /// There is at most one host and one entry.
    pub kind: NodeKind,
    /// The project's component it is an instance of; `None` for host, entry, and what could not be found.
    pub component: Option<String>,
    /// The package reference, as in `cyber:core`.
    pub package: Option<String>,
    /// The component's manifest or wasm file, relative to the project's root.
    pub source: Option<PathBuf>,
    /// As the component declares them; those of the entry are what the composition exports.
    pub imports: Vec<Import>,
    /// As the component declares them; those of the host are what nodes use of it.
    pub exports: Vec<Port>,
}

/// One end of a wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct End {
    /// A [`Node::name`].
    pub node: String,
    /// A full [`Port::name`].
    pub port: String,
}

/// `from` imports, `to` provides: calls flow from `from` to `to`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Wire {
    /// An import.
    pub from: End,
    /// An export.
    pub to: End,
}

/// Something of the text that the canvas shows as it is and cannot edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Item {
    /// A node, by its name: it cannot be wired from, renamed or removed.
    Node(String),
    /// The wire of this import: it cannot be cut.
    Wire(End),
    /// A statement that has no place on the canvas: what it declares.
    Statement(String),
}

/// Why something can be edited in the text alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextOnly {
    pub(crate) what: Item,
    /// One sentence.
    pub reason: String,
    /// Line of the text, 1-based.
    pub line: u32,
}

/// Imports of one interface that several nodes leave open in versions of one line: the composition imports it once for
/// all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Merged {
    /// Without a version, as in `wasi:io/streams`.
    pub interface: String,
    /// Sorted.
    pub wanted: Vec<Wanted>,
}

/// One of the imports that become one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Wanted {
    #[serde(serialize_with = "as_text")]
    pub(crate) version: semver::Version,
    pub(crate) node: String,
}

fn as_text<S: serde::Serializer>(version: &semver::Version, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(version)
}

impl Merged {
    /// As in `wasi:io/streams: 0.2.1 (logger) + 0.2.3 (core)`.
    pub fn sentence(&self) -> String {
        let wanted: Vec<_> = self.wanted.iter().map(|w| format!("{} ({})", w.version, w.node)).collect();
        format!("{}: {}", self.interface, wanted.join(" + "))
    }

    /// Whether a name with a version is one of those that became one.
    pub(crate) fn holds(&self, name: &str) -> bool {
        name.split_once('@').is_some_and(|(path, version)| {
            path == self.interface && self.wanted.iter().any(|w| w.version.to_string() == version)
        })
    }
}

/// A composition as nodes and the wires between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// Layouts and canvases name a node by its index here.
    pub nodes: Vec<Node>,
    /// Those to the host and from the entry too.
    pub wires: Vec<Wire>,
    /// Of the text and of what it wires, in the order of the text.
    pub problems: Vec<Diagnostic>,
    /// Those of the problems that lie in several wires together, so that one edit may not fix them: a resource of one
    /// instance is passed where that of another is meant.
    pub unshared: Vec<Diagnostic>,
    /// Empty where no two nodes ask for versions of one interface.
    pub merged: Vec<Merged>,
}

impl Graph {
    /// The node of this [`Node::name`].
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|n| n.name == name)
    }

    /// The component nodes alone.
    pub fn instances(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|n| n.kind == NodeKind::Component)
    }

    /// Who provides this import, if it is wired.
    pub fn provider(&self, node: &str, import: &str) -> Option<&End> {
        self.wires.iter().find(|w| w.from.node == node && w.from.port == import).map(|w| &w.to)
    }

    /// The form `studio graph --format json` prints. `text_only` says what of its text only an editor can change.
    pub fn to_json(&self, text_only: &[TextOnly]) -> serde_json::Value {
        #[derive(Serialize)]
        struct ImportJson<'a> {
            name: &'a str,
            state: ImportState,
        }
        #[derive(Serialize)]
        struct ExportJson<'a> {
            name: &'a str,
        }
        #[derive(Serialize)]
        struct NodeJson<'a> {
            name: &'a str,
            kind: NodeKind,
            package: Option<&'a str>,
            source: Option<&'a std::path::Path>,
            imports: Vec<ImportJson<'a>>,
            exports: Vec<ExportJson<'a>>,
        }
        let nodes: Vec<_> = self
            .nodes
            .iter()
            .map(|n| NodeJson {
                name: &n.name,
                kind: n.kind,
                package: n.package.as_deref(),
                source: n.source.as_deref(),
                imports: n.imports.iter().map(|i| ImportJson { name: &i.port.name, state: i.state }).collect(),
                exports: n.exports.iter().map(|e| ExportJson { name: &e.name }).collect(),
            })
            .collect();
        let problems: Vec<_> = self
            .problems
            .iter()
            .map(|p| {
                serde_json::json!({
                    "severity": p.severity,
                    "file": p.place.as_ref().map(|l| &l.file),
                    "line": p.place.as_ref().map(|l| l.line),
                    "message": p.message,
                })
            })
            .collect();
        serde_json::json!({
            "nodes": nodes,
            "wires": self.wires,
            "problems": problems,
            "text_only": text_only,
            "merged": self.merged,
            "lent": lent(self),
        })
    }
}

/// The nodes that already take something from `user`, by whatever way: a wire from `user` to one of them would make a
/// cycle.
pub(crate) fn takers<'g>(graph: &'g Graph, user: &'g str) -> BTreeSet<&'g str> {
    let mut of: HashMap<&str, Vec<&str>> = HashMap::new();
    for wire in &graph.wires {
        of.entry(&wire.to.node).or_default().push(&wire.from.node);
    }
    let (mut found, mut waiting) = (BTreeSet::from([user]), vec![user]);
    while let Some(node) = waiting.pop() {
        waiting.extend(of.get(node).into_iter().flatten().filter(|taker| found.insert(taker)));
    }
    found
}

/// The way along the wires by which `provider` already imports from `user`, closed to a circle: what a wire from
/// `user` to `provider` would make. `None` where it would make none.
pub fn cycle(graph: &Graph, user: &str, provider: &str) -> Option<Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut paths = vec![vec![user.to_owned(), provider.to_owned()]];
    while let Some(path) = paths.pop() {
        let last = path.last()?.clone();
        if last == user {
            return Some(path);
        }
        if seen.insert(last.clone()) {
            let mut next: Vec<_> = graph.wires.iter().filter(|w| w.from.node == last).map(|w| &w.to.node).collect();
            next.sort();
            next.dedup();
            paths.extend(next.into_iter().rev().map(|n| path.iter().chain([n]).cloned().collect()));
        }
    }
    None
}
