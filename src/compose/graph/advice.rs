//! For an import nobody serves: who could.

use std::collections::BTreeSet;

use crate::compose::graph::Builder;
use crate::compose::graph::value::{Value, list};
use crate::compose::plug::reference;
use crate::compose::text::{access, identifier, written};
use crate::model::fits::{fits, version_note};
use crate::model::port::{InterfaceName, Port, names_fit, short};
use crate::model::project::{kebab, numbered};

/// Who could provide what nobody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Could {
    /// A node of this composition.
    Node,
    /// A component that is not in it, or one if it were of another version or shape.
    Component,
    /// Nothing of this project has such an interface: it is its host's to give.
    Nobody,
}

impl Builder<'_> {
    /// Who could provide an import, and what to do, as advice.
    pub(super) fn who_could(&self, node: usize, port: &Port) -> (Could, String) {
        let serves = |e: &&Port| names_fit(&port.name, &e.name) && fits(port, e).is_ok();
        let argument = |instance: &str, export: &Port, exports: &[Port]| {
            let imports = self.instances.get(node).and_then(|i| i.ports).map(|p| p.imports.as_slice());
            let name = written(&port.name, imports.unwrap_or_default());
            format!("{name}: {}", access(instance, &export.name, exports))
        };
        let others = || self.nodes.iter().enumerate().filter(|(i, _)| *i != node);
        let mut here: Vec<_> = others()
            .filter_map(|(i, n)| Some((i, n.exports.iter().find(serves)?)))
            .filter_map(|(i, export)| Some((i, self.variable(i)?, export)))
            .collect();
        if !here.is_empty() {
            // What takes from this node cannot give to it.
            let takers = self.takers(node);
            here.retain(|(i, ..)| self.nodes.get(*i).is_some_and(|n| !takers.contains(n.name.as_str())));
        }
        match here.as_slice() {
            [] => {}
            [(at, provider, export)] => {
                let exports = self.nodes.get(*at).map(|n| n.exports.as_slice()).unwrap_or_default();
                let argument = argument(provider, export, exports);
                let order = if *at > node { format!("move `let {provider}` above this, and ") } else { String::new() };
                return (Could::Node, format!("`{provider}` exports it: {order}write `{argument}`"));
            }
            several => {
                let names = list(several.iter().map(|(_, name, _)| name.as_str()), "nobody");
                return (Could::Node, format!("{names} export it: wire one of them"));
            }
        }
        let own = self.nodes.get(node).and_then(|n| n.component.as_deref());
        let elsewhere = self.project.components.iter().filter(|c| Some(c.name.as_str()) != own).find_map(|c| {
            let exports = &self.ports.get(&c.name)?.exports;
            Some((c, exports.iter().find(serves)?, exports, reference(self.project, c)?))
        });
        if let Some((component, export, exports, package)) = elsewhere {
            let taken = |name: &str| self.names.contains_key(name) || self.nodes.iter().any(|n| n.name == name);
            let name = identifier(&numbered(&kebab(&component.name), "-n", taken));
            let argument = argument(&name, export, exports);
            let message = format!(
                "the component `{}` exports it: add `let {name} = new {package} {{ ... }};` above, and `{argument}` here",
                component.name
            );
            // Where nobody wrote a text all are in it, and `plug` has told why this one is not wired.
            let could = if self.doc.path.is_none() { Could::Node } else { Could::Component };
            return (could, message);
        }
        let same = |e: &Port| match (InterfaceName::parse(&port.name), InterfaceName::parse(&e.name)) {
            (Some(i), Some(e)) => i.same_interface(&e),
            _ => false,
        };
        let exports = || others().flat_map(|(_, n)| n.exports.iter().map(move |e| (n, e)));
        let near = exports().find(|(_, e)| same(e));
        let near = near.or_else(|| exports().find(|(_, e)| short(&e.name) == short(&port.name)));
        let Some((provider, alike)) = near else {
            return (Could::Nobody, "it can be shipped so; to run it here, add a component that exports it".into());
        };
        let why = version_note(&port.name, &alike.name).filter(|_| !names_fit(&port.name, &alike.name));
        let why = why.map(|note| format!(": {note}")).unwrap_or_default();
        let could = if same(alike) { Could::Component } else { Could::Nobody };
        (could, format!("`{}` exports `{}`, which does not fit{why}", provider.name, alike.name))
    }
    /// What the text calls an instance; `None` where it stands inside an expression and cannot be referred to.
    fn variable(&self, node: usize) -> Option<String> {
        let is_it = |value: &Value| matches!(value, Value::Instance(i) if *i == node);
        self.names.iter().find(|(_, value)| is_it(value)).map(|(name, _)| identifier(name))
    }

    /// The nodes that take something from this one, in whatever number of steps.
    fn takers(&self, node: usize) -> BTreeSet<&str> {
        let Some(first) = self.nodes.get(node).map(|n| n.name.as_str()) else { return BTreeSet::new() };
        let (mut found, mut waiting) = (BTreeSet::new(), vec![first]);
        while let Some(giver) = waiting.pop() {
            let takers = self.wires.iter().filter(|w| w.to.node == giver).map(|w| w.from.node.as_str());
            waiting.extend(takers.filter(|taker| found.insert(*taker)));
        }
        found
    }
}
