//! The live form: the same text over hoisted components, with the capabilities of every node its own.
//!
//! It never leaves the program: its imports are for studio's own linker.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use wac_graph::types::ItemKind;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, NodeKind};
use wasmparser::{Validator, WasmFeatures};

use crate::compose::hoist::Hoisted;
use crate::compose::label::{is_labelled, label};
use crate::compose::refusal::Refusal;
use crate::compose::resolve::{Form, Parts, resolve};
use crate::compose::{Document, Label, Live};
use crate::inspect::{BUDGET, composed_within};
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::graph::{ENTRY, Graph, HOST, Import};
use crate::model::plain::reasons;
use crate::model::port::Ports;
use crate::model::project::Project;

/// A hoisted component that a composition may instantiate. Hoisting is the caller's to remember: by the digest of the
/// component's bytes.
#[derive(Clone, Debug)]
pub struct HoistedPart {
    /// The project's component.
    pub component: String,
    /// Its stub and core modules.
    pub hoisted: Arc<Hoisted>,
    /// As the component was built.
    pub ports: Ports,
}

/// The live form of a composition's text over its hoisted parts, validated.
///
/// # Errors
/// Every problem that keeps it from being made or from running, each with its place in the text.
pub fn live(project: &Project, doc: &Document, parts: &[HoistedPart]) -> Result<Live, Vec<Diagnostic>> {
    let by_name = Parts {
        bytes: parts.iter().map(|p| (p.component.as_str(), Cow::Borrowed(&*p.hoisted.stub))).collect(),
        ports: parts.iter().map(|p| (p.component.clone(), p.ports.clone())).collect(),
        stand_ins: BTreeSet::new(),
    };
    let (bytes, labels, graph) = resolve(project, doc, Form::Live, &by_name, |graph, resolution| {
        let mut composition = resolution.into_graph();
        let labels = give_labels(&mut composition, graph)?;
        let options = EncodeOptions { define_components: true, validate: false, processor: None };
        let bytes = composition.encode(options).map_err(|e| Refusal::unknown(&reasons(&e)))?;
        composed_within(&bytes, &BUDGET).map_err(|too_much| Refusal::unknown(&too_much.to_string()))?;
        // wac's own validator is of another line of wasm-tools than the engine that will run this.
        match Validator::new_with_features(WasmFeatures::all()).validate_all(&bytes) {
            Ok(_) => Ok((bytes, labels, graph.clone())),
            Err(e) => Err(Refusal::invalid(e.message())),
        }
    })?;
    let nodes: Vec<_> = graph.instances().filter_map(|n| Some((n.name.clone(), n.component.clone()?))).collect();
    let used: BTreeSet<_> = nodes.iter().map(|(_, component)| component.as_str()).collect();
    let parts_used: Vec<_> = parts.iter().filter(|p| used.contains(p.component.as_str())).collect();
    let mut missing = open_imports(doc, &graph);
    missing.extend(parts_used.iter().filter_map(|part| not_run(part)));
    Ok(Live {
        bytes: bytes.into(),
        modules: parts_used.iter().flat_map(|p| p.hoisted.modules.iter().cloned()).collect(),
        labels,
        missing,
        ports: ports(&graph),
        nodes,
        providers: graph
            .wires
            .iter()
            .filter(|w| w.from.node == ENTRY)
            .map(|w| (w.from.port.clone(), w.to.node.clone()))
            .collect(),
    })
}

/// Gives every instance an import of its own for each labelled interface that the host would provide.
fn give_labels(composition: &mut CompositionGraph, graph: &Graph) -> Result<Vec<Label>, Refusal> {
    let instances: Vec<NodeId> =
        composition.node_ids().filter(|id| matches!(composition[*id].kind(), NodeKind::Instantiation(_))).collect();
    // The walk that made the graph visits `new` in wac's order, so both lists pair up.
    let nodes: Vec<_> = graph.instances().map(|n| n.name.clone()).collect();
    if nodes.len() != instances.len() {
        return Err(Refusal::unknown("its instances cannot be told apart"));
    }
    let mut labels: Vec<Label> = Vec::new();
    for (id, node) in instances.into_iter().zip(nodes) {
        let given: BTreeSet<_> = composition.get_instantiation_arguments(id).map(|(name, _)| name.to_owned()).collect();
        for (interface, kind) in open_capabilities(composition, id, &given) {
            let import = label(&node, &interface, |name| labels.iter().any(|l| l.import == name));
            let Ok(own) = composition.import(import.as_str(), kind) else { continue };
            if composition.set_instantiation_argument(id, &interface, own).is_ok() {
                labels.push(Label { import, node: node.clone(), interface });
            } else {
                composition.remove_node(own);
            }
        }
    }
    Ok(labels)
}

fn open_capabilities(composition: &CompositionGraph, id: NodeId, given: &BTreeSet<String>) -> Vec<(String, ItemKind)> {
    let Some(package) = composition[id].package() else { return Vec::new() };
    let world = &composition.types()[composition[package].ty()];
    // Interfaces that others of the world, wasi's own aside, take resources from: those must be shared.
    let passed_on = |name: &str| {
        let others = world.imports.iter().chain(&world.exports).filter(|(other, _)| !other.starts_with("wasi:"));
        let mut interfaces = others.filter_map(|(_, kind)| match kind {
            ItemKind::Instance(id) => Some(&composition.types()[*id]),
            _ => None,
        });
        interfaces.any(|i| i.uses.values().any(|used| composition.types()[used.interface].id.as_deref() == Some(name)))
    };
    let ours = world.imports.iter().filter(|(name, kind)| {
        let defines = name.starts_with("wasi:sockets/types");
        is_labelled(name)
            && !given.contains(name.as_str())
            && matches!(kind, ItemKind::Instance(_))
            && !(defines && passed_on(name))
    });
    ours.map(|(name, kind)| (name.clone(), *kind)).collect()
}

/// What nobody provides: a composition is no worse for it and may be shipped so, but here it cannot run.
fn open_imports(doc: &Document, graph: &Graph) -> Vec<Diagnostic> {
    let imports = graph.instances().flat_map(|n| n.imports.iter().map(|i| (n.name.as_str(), i)));
    let open = imports.filter(|(_, i)| i.state.is_missing());
    let tell = |(node, import): (&str, &Import)| {
        let port = &import.port.name;
        let message = format!("this cannot run while nothing provides `{port}` to `{node}`");
        let mut problem = Diagnostic::error(Origin::Wac, message).component(node).port(port);
        // The graph has warned of it: there is the place, and who could provide it.
        let told = graph.problems.iter().find(|p| p.component == problem.component && p.port == problem.port);
        problem.place = told.and_then(|p| p.place.clone()).or_else(|| doc.place(0));
        problem.help = told.and_then(|p| p.help.clone());
        problem
    };
    open.map(tell).collect()
}

/// What studio's engine does not run of a component.
fn not_run(part: &HoistedPart) -> Option<Diagnostic> {
    let lacking = &part.hoisted.lacking;
    if lacking.is_empty() {
        return None;
    }
    let (name, uses) = (&part.component, lacking.join(" and "));
    let message = format!("`{name}` cannot run here: it uses {uses}, which studio's engine does not have");
    let problem = Diagnostic::error(Origin::Wasm, message).component(name);
    Some(problem.help("it can be shipped so; build it without them to run it here"))
}

/// What the composition exports, and what it takes from the host.
fn ports(graph: &Graph) -> Ports {
    let exports = graph.node(ENTRY).map(|n| n.imports.iter().map(|i| i.port.clone()).collect());
    let imports = graph.node(HOST).map(|n| n.exports.iter().filter(|p| !is_labelled(&p.name)).cloned().collect());
    Ports { imports: imports.unwrap_or_default(), exports: exports.unwrap_or_default() }
}
