//! `.wac` text → the graph that is drawn, whatever state text and components are in.
//!
//! wac's own resolution stops at its first error and needs built components. This walk does not: it reads the syntax
//! tree, takes declared ports where nothing is built, and tells every problem it meets. It visits expressions in
//! wac's order, so that its component nodes and the instances wac creates pair up one to one.

mod advice;
mod connect;
mod entry;
mod later;
mod merge;
mod shared;
mod value;
mod walk;

use std::collections::BTreeMap;

use wac_parser::{Document as Ast, ExportStatement, InstantiationArgument};

use crate::compose::Document;
use crate::compose::graph::later::Early;
use crate::compose::graph::value::Value;
use crate::model::diagnostic::Diagnostic;
use crate::model::graph::{ENTRY, End, Graph, HOST, Import, ImportState, Node, NodeKind, TextOnly, Wire};
use crate::model::port::{Port, Ports};
use crate::model::project::{Names, Project};
use crate::wac as wac_text;

/// The graph of a composition. `ports` holds what is known of each of the project's components by name: built, else
/// declared. Text that does not parse gives a graph that is empty but for the problem.
pub fn graph(project: &Project, ports: &BTreeMap<String, Ports>, doc: &Document) -> Graph {
    let ast = match doc.parse() {
        Ok(ast) => ast,
        Err(problem) => return Graph { problems: vec![*problem], ..Graph::default() },
    };
    of(project, ports, doc, &ast)
}

/// What of a composition the canvas shows and only an editor can change; nothing where the text does not parse.
pub fn text_only(doc: &Document, graph: &Graph) -> Vec<TextOnly> {
    doc.parse().map(|ast| wac_text::text_only(&doc.text, &ast, graph)).unwrap_or_default()
}

/// The graph of a text that was parsed.
pub(super) fn of(project: &Project, ports: &BTreeMap<String, Ports>, doc: &Document, ast: &Ast<'_>) -> Graph {
    let mut builder = Builder::new(project, ports, doc);
    builder.walk(ast);
    builder.connect();
    builder.export();
    builder.report_unshared();
    builder.report_early();
    builder.report_conflicts();
    builder.finish()
}

/// One `new` of the text; its number is that of its node.
struct Instance<'a> {
    ports: Option<&'a Ports>,
    /// Where the package is named.
    offset: usize,
    /// What `let` calls it; an instance made inside an expression has no name to refer to.
    variable: Option<&'a str>,
    /// The arguments as written, each with its value where it has an expression.
    arguments: Vec<(&'a InstantiationArgument<'a>, Value)>,
}

struct Builder<'a> {
    project: &'a Project,
    ports: &'a BTreeMap<String, Ports>,
    doc: &'a Document,
    instances: Vec<Instance<'a>>,
    /// One for every instance, in their order.
    nodes: Vec<Node>,
    /// Of the nodes.
    node_names: Names,
    wires: Vec<Wire>,
    problems: Vec<Diagnostic>,
    /// What `let` and `import` have named so far.
    names: BTreeMap<&'a str, Value>,
    /// The interfaces that the composition imports by name, each with who imports it.
    imported: BTreeMap<String, &'a str>,
    /// What the text imports, each with what it calls it.
    explicit: BTreeMap<String, &'a str>,
    /// What the whole text names somewhere.
    defined: BTreeMap<&'a str, usize>,
    /// Names used above their definition.
    early: Vec<Early>,
    /// The export statements, each with its value.
    statements: Vec<(&'a ExportStatement<'a>, Value)>,
    /// What the composition exports.
    exports: Vec<Import>,
    /// Imports that were given nothing, to be reported.
    unwired: Vec<connect::Unwired>,
    /// Imports that nobody of the composition provides and `...` leaves to it.
    open: Vec<merge::Open>,
    /// Wires over which a resource of another instance is passed.
    unshared: Vec<Diagnostic>,
    /// The host's interfaces that somebody imports.
    host: BTreeMap<String, Port>,
}

impl<'a> Builder<'a> {
    fn new(project: &'a Project, ports: &'a BTreeMap<String, Ports>, doc: &'a Document) -> Self {
        Self {
            project,
            ports,
            doc,
            instances: Vec::new(),
            nodes: Vec::new(),
            node_names: Names::taken([ENTRY, HOST]),
            wires: Vec::new(),
            problems: Vec::new(),
            names: BTreeMap::new(),
            imported: BTreeMap::new(),
            explicit: BTreeMap::new(),
            defined: BTreeMap::new(),
            early: Vec::new(),
            statements: Vec::new(),
            exports: Vec::new(),
            unwired: Vec::new(),
            open: Vec::new(),
            unshared: Vec::new(),
            host: BTreeMap::new(),
        }
    }

    fn error(&mut self, offset: usize, message: impl Into<String>) -> &mut Diagnostic {
        let problem = self.doc.error(offset, message);
        self.report(problem)
    }

    fn report(&mut self, problem: Diagnostic) -> &mut Diagnostic {
        let last = self.problems.len();
        self.problems.push(problem);
        &mut self.problems[last]
    }

    /// A node whose package nobody here has: its ports are what the text says of them, and nothing of it is there.
    fn is_ghost(&self, node: usize) -> bool {
        self.nodes.get(node).is_some_and(|n| n.component.is_none())
    }

    fn node_name(&self, node: usize) -> String {
        self.nodes.get(node).map(|n| n.name.clone()).unwrap_or_default()
    }

    fn wire(&mut self, from: (&str, &str), to: (&str, &str)) {
        let end = |(node, port): (&str, &str)| End { node: node.to_owned(), port: port.to_owned() };
        self.wires.push(Wire { from: end(from), to: end(to) });
    }

    /// The host provides `port` to a node.
    fn leave_to_host(&mut self, node: &str, import: &str, port: &Port) {
        self.wire((node, import), (HOST, &port.name));
        self.host.entry(port.name.clone()).or_insert_with(|| port.clone());
    }

    fn finish(mut self) -> Graph {
        let plain = |name: &str, kind| Node {
            name: name.to_owned(),
            kind,
            component: None,
            package: None,
            source: None,
            imports: Vec::new(),
            exports: Vec::new(),
        };
        if !self.host.is_empty() {
            let exports = self.host.into_values().collect();
            self.nodes.push(Node { exports, ..plain(HOST, NodeKind::Host) });
        }
        self.nodes.push(Node { imports: self.exports, ..plain(ENTRY, NodeKind::Entry) });
        // In the order of the text: the walk finds them in the order of its phases.
        self.problems.sort_by_key(|p| p.place.as_ref().map(|l| (l.line, l.column)));
        let merged = merge::merged(&self.open);
        Graph { nodes: self.nodes, wires: self.wires, problems: self.problems, unshared: self.unshared, merged }
    }
}

/// An import as the graph shows it.
fn import(port: &Port, state: ImportState) -> Import {
    Import { port: port.clone(), state }
}
