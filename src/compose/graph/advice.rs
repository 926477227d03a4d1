//! For an import nobody serves: who could.

use crate::compose::graph::Builder;
use crate::compose::graph::value::list;
use crate::compose::plug::reference;
use crate::compose::text::{access, identifier, written};
use crate::model::fits::{fits, version_note};
use crate::model::host::host_provides;
use crate::model::port::{InterfaceName, Port, names_fit, short};
use crate::model::project::{Component, kebab, numbered, package_name};

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
        // What takes from the importer, or is made inside it, cannot give to it.
        let can_give = |provider: usize| self.path(provider, node).is_none();
        let all: Vec<_> = others().filter_map(|(i, n)| Some((i, n, n.exports.iter().find(serves)?))).collect();
        let is_here = !all.is_empty();
        let here: Vec<_> = all.into_iter().filter(|(i, ..)| can_give(*i)).collect();
        let consumer = self.node_name(node);
        match here.as_slice() {
            [] => {}
            [(number, provider, export)] => {
                let (name, variable) = (&provider.name, self.instances.get(*number).and_then(|i| i.variable));
                let help = match variable {
                    None => {
                        format!("`{name}` exports it: give that instance a name with `let` above this, and wire it")
                    }
                    Some(variable) if self.stands_above(*number, node) => {
                        let argument = argument(&identifier(variable), export, &provider.exports);
                        format!("`{name}` exports it: write `{argument}`")
                    }
                    Some(_) => format!(
                        "`{name}` exports it: `studio wire {consumer}.{} {name}.{}` moves it above this and wires it",
                        port.name, export.name
                    ),
                };
                return (Could::Node, help);
            }
            several => {
                let names = list(several.iter().map(|(_, n, _)| n.name.as_str()), "nobody");
                return (Could::Node, format!("{names} export it: wire one of them"));
            }
        }
        // One more instance of the importer's own component would lack the same.
        let own = self.nodes.get(node).and_then(|n| n.component.as_deref());
        let elsewhere = self.project.components.iter().filter(|c| Some(c.name.as_str()) != own).find_map(|c| {
            let exports = &self.ports.get(&c.name)?.exports;
            let export = exports.iter().find(serves)?;
            Some((c, reference(self.project, c)?, export, exports))
        });
        if let Some((component, package, export, exports)) = elsewhere {
            let taken = |name: &str| self.defined.contains_key(name) || self.nodes.iter().any(|n| n.name == name);
            let name = identifier(&numbered(&kebab(&component.name), "-n", taken));
            let argument = argument(&name, export, exports);
            let imports = self.ports.get(&component.name).map(|p| p.imports.as_slice()).unwrap_or_default();
            let needs = imports.iter().filter(|i| !host_provides(&i.name)).map(|i| i.name.as_str());
            let needs = list(needs, "");
            let also =
                if needs.is_empty() { needs } else { format!("; it imports {needs} itself, which is to be wired too") };
            let message = format!(
                "the component `{}` exports it: add `let {name} = new {package} {{ ... }};` above, and `{argument}` here{also}",
                component.name
            );
            // Where nobody wrote a text all are in it, and `plug` has reported why this one is not wired.
            let could = if is_here || self.doc.path.is_none() { Could::Node } else { Could::Component };
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
        if serves(&alike) {
            let why = format!("`{}` exports it, but imports from `{consumer}` itself", provider.name);
            return (Could::Node, format!("{why}: add another component that exports it"));
        }
        let why = version_note(&port.name, &alike.name).filter(|_| !names_fit(&port.name, &alike.name));
        let why = why.map(|note| format!(": {note}")).unwrap_or_default();
        let could = if same(alike) { Could::Component } else { Could::Nobody };
        (could, format!("`{}` exports `{}`, which does not fit{why}", provider.name, alike.name))
    }

    /// How to define a name that the text uses and nothing defines.
    pub(super) fn how_to_define(&self, name: &str) -> String {
        let is_it = |c: &&Component| kebab(&c.name) == name || c.packages.iter().any(|p| package_name(p) == name);
        let found = self.project.components.iter().find(is_it).and_then(|c| reference(self.project, c));
        match found {
            Some(package) => format!("define it above: `let {} = new {package} {{ ... }};`", identifier(name)),
            None => "correct the name, or define it above with `let`".into(),
        }
    }

    /// Whether an instance is made before another one's arguments are read.
    fn stands_above(&self, provider: usize, user: usize) -> bool {
        let offset = |node: usize| self.instances.get(node).map(|i| i.offset);
        offset(provider) < offset(user)
    }
}
