//! For an import nobody serves: who could.

use crate::compose::graph::Builder;
use crate::compose::graph::value::list;
use crate::compose::text::{access, written};
use crate::model::fits::version_note;
use crate::model::mismatch::mismatches;
use crate::model::port::{Port, names_fit, short};
use crate::model::project::kebab;

impl Builder<'_> {
    /// Who could provide an import, as advice; and whether somebody of this composition could.
    pub(super) fn who_could(&self, node: usize, port: &Port) -> (bool, String) {
        let serves = |e: &&Port| names_fit(&port.name, &e.name) && mismatches(port, e).is_empty();
        let argument = |instance: &str, export: &Port, exports: &[Port]| {
            let imports = self.instances.get(node).and_then(|i| i.ports).map(|p| p.imports.as_slice());
            let name = written(&port.name, imports.unwrap_or_default());
            format!("{name}: {}", access(instance, &export.name, exports))
        };
        let others = || self.nodes.iter().enumerate().filter(|(i, _)| *i != node).map(|(_, n)| n);
        let here: Vec<_> = others().filter_map(|n| Some((n, n.exports.iter().find(serves)?))).collect();
        match here.as_slice() {
            [] => {}
            [(provider, export)] => {
                let argument = argument(&provider.name, export, &provider.exports);
                return (true, format!("`{}` exports it: write `{argument}`", provider.name));
            }
            several => {
                let names = list(several.iter().map(|(n, _)| n.name.as_str()), "nobody");
                return (true, format!("{names} export it: wire one of them"));
            }
        }
        let elsewhere = self.project.components.iter().find_map(|c| {
            let exports = &self.ports.get(&c.name)?.exports;
            exports.iter().find(serves).map(|e| (c, e, exports))
        });
        if let Some((component, export, exports)) = elsewhere {
            let name = kebab(&component.name);
            let package = component.packages.first().map_or_else(|| format!("local:{name}"), Clone::clone);
            let argument = argument(&name, export, exports);
            let message = format!(
                "the component `{}` exports it: add `let {name} = new {package} {{ ... }};` above, and `{argument}` here",
                component.name
            );
            return (false, message);
        }
        let near = others().find_map(|n| {
            let alike = n.exports.iter().find(|e| short(&e.name) == short(&port.name))?;
            let why = version_note(&port.name, &alike.name).filter(|_| !names_fit(&port.name, &alike.name));
            let why = why.map(|note| format!(": {note}")).unwrap_or_default();
            Some(format!("`{}` exports `{}`, which does not fit{why}", n.name, alike.name))
        });
        (false, near.unwrap_or_else(|| "no component of the project exports it: add one that does".into()))
    }
}
