//! Zero config: a composition of everything that fits without a doubt, as the text one would have written.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;

use crate::compose::Document;
use crate::compose::text::{access, identifier, written};
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::fits::fits;
use crate::model::host::{host_provides, is_entry};
use crate::model::port::{Port, PortKind, Ports, names_fit, unversioned};
use crate::model::project::{Component, Project, kebab, local_package, numbered};

/// A composition nobody wrote, and what could not be decided for its author.
#[derive(Clone, Debug)]
pub struct Plugged {
    pub document: Document,
    pub problems: Vec<Diagnostic>,
}

/// Instantiates every component once and wires each import that exactly one other component's export fits. WASI stays
/// with the host; what starts the composition is exported. The same components give the same text.
///
/// `known` holds each component's ports by its name: built, else declared.
pub fn plug(project: &Project, known: &BTreeMap<String, Ports>) -> Plugged {
    let mut problems = Vec::new();
    let mut parts = parts(project, known, &mut problems);
    wire(&mut parts, &mut problems);
    break_cycles(&mut parts, &mut problems);
    let order = order(&parts);
    let mut text = String::from("package studio:composition;\n");
    for part in order.iter().filter_map(|i| parts.get(*i)) {
        let _ = write!(text, "\nlet {} = new {} {{", part.name, part.package);
        for (import, (provider, export)) in &part.wires {
            let Some(provider) = parts.get(*provider) else { continue };
            let argument = written(import, &part.ports.imports);
            let _ = write!(text, "\n    {argument}: {},", provider.access(export));
        }
        text.push_str(if part.wires.is_empty() { " ... };\n" } else { "\n    ...\n};\n" });
    }
    let exports = exports(&parts, &order, &mut problems);
    if !exports.is_empty() {
        text.push('\n');
    }
    for (part, export) in exports {
        if let Some(part) = parts.get(part) {
            let _ = writeln!(text, "export {};", part.access(&export));
        }
    }
    Plugged { document: Document { path: None, text }, problems }
}

/// One component, about to be an instance.
struct Part<'a> {
    component: &'a str,
    /// The instance's name, as the text spells it.
    name: String,
    /// The package reference that means this component alone.
    package: String,
    ports: Ports,
    /// By import: the providing part and its export.
    wires: BTreeMap<String, (usize, String)>,
}

impl Part<'_> {
    fn access(&self, export: &str) -> String {
        access(&self.name, export, &self.ports.exports)
    }
}

/// The components by name, each with a name and a reference of its own.
fn parts<'a>(project: &'a Project, known: &BTreeMap<String, Ports>, problems: &mut Vec<Diagnostic>) -> Vec<Part<'a>> {
    let mut components: Vec<&Component> = project.components.iter().collect();
    components.sort_by(|a, b| a.name.cmp(&b.name));
    let mut parts: Vec<Part<'a>> = Vec::new();
    for component in components {
        let Some(package) = reference(project, component) else {
            let message = format!("two components are called `{}`", component.name);
            let problem = Diagnostic::error(Origin::Project, message).component(&component.name);
            problems.push(problem.help("rename one of them, or give it a package of its own in its WIT"));
            continue;
        };
        let taken = |name: &str| parts.iter().any(|p| p.name == identifier(name));
        let name = identifier(&numbered(&kebab(&component.name), "-n", taken));
        parts.push(Part {
            component: &component.name,
            name,
            package,
            ports: known.get(&component.name).cloned().unwrap_or_default(),
            wires: BTreeMap::new(),
        });
    }
    parts
}

/// The reference that means this component and no other: one of its packages, else its own name.
pub(in crate::compose) fn reference(project: &Project, component: &Component) -> Option<String> {
    let is_it =
        |package: &str| matches!(project.components_for(package).as_slice(), [one] if std::ptr::eq(*one, component));
    let bare = |package: &String| unversioned(package).to_owned();
    let spelt = component.packages.iter().filter(|p| is_package(&bare(p)));
    // As short as it can be and still mean no other.
    let packages = spelt.clone().map(bare).chain(spelt.cloned());
    packages.chain([local_package(&component.name)]).find(|package| is_it(package))
}

/// Whether WAC can spell a package reference.
fn is_package(package: &str) -> bool {
    package.contains(':') && package.split(':').all(|part| kebab(part) == part)
}

fn wire(parts: &mut [Part<'_>], problems: &mut Vec<Diagnostic>) {
    // The exports of each name, by the number of their part and in its order.
    let mut exports: HashMap<String, Vec<(usize, Port)>> = HashMap::new();
    for (number, part) in parts.iter().enumerate() {
        for export in &part.ports.exports {
            exports.entry(unversioned(&export.name).to_owned()).or_default().push((number, export.clone()));
        }
    }
    for consumer in 0..parts.len() {
        let Some(part) = parts.get(consumer) else { continue };
        let mut wires = BTreeMap::new();
        let is_wired = |i: &&Port| i.kind != PortKind::Other && i.needs_provider() && !host_provides(&i.name);
        for import in part.ports.imports.iter().filter(is_wired) {
            let serves = |e: &Port| names_fit(&import.name, &e.name) && fits(import, e).is_ok();
            let alike = exports.get(unversioned(&import.name)).into_iter().flatten();
            let mut candidates: Vec<_> = alike
                .filter(|(number, export)| *number != consumer && serves(export))
                .filter_map(|(number, export)| Some((*number, parts.get(*number)?, export)))
                .collect();
            candidates.dedup_by_key(|(number, ..)| *number);
            match candidates.as_slice() {
                [] => {} // The graph of this text tells it, with who comes near.
                [(provider, _, export)] => {
                    wires.insert(import.name.clone(), (*provider, export.name.clone()));
                }
                several => {
                    let names: Vec<_> = several.iter().map(|(_, p, _)| format!("`{}`", p.component)).collect();
                    let message = format!(
                        "`{}` imports `{}`, and {} export it; which is meant?",
                        part.component,
                        import.name,
                        names.join(" and ")
                    );
                    let help = "write a composition (`app.wac`) that wires the one you mean";
                    let problem = Diagnostic::error(Origin::Project, message).component(&part.name);
                    problems.push(problem.port(&import.name).help(help));
                }
            }
        }
        if let Some(part) = parts.get_mut(consumer) {
            part.wires = wires;
        }
    }
}

/// Takes wires away until nothing imports from itself, in whatever number of steps.
fn break_cycles(parts: &mut [Part<'_>], problems: &mut Vec<Diagnostic>) {
    while let Some(cycle) = cycle(parts) {
        let names: Vec<_> =
            cycle.iter().chain(cycle.first()).filter_map(|i| parts.get(*i)).map(|p| p.component).collect();
        let names = names.join(" → ");
        let (Some(last), Some(first)) = (cycle.last(), cycle.first()) else { return };
        let Some(part) = parts.get_mut(*last) else { return };
        let Some(import) = part.wires.iter().find(|(_, (to, _))| to == first).map(|(import, _)| import.clone()) else {
            return;
        };
        part.wires.remove(&import);
        let message = format!("a cycle: {names}; components cannot be instantiated in a cycle, so `{import}` is open");
        let problem = Diagnostic::error(Origin::Project, message).component(&part.name).port(&import);
        problems.push(problem.help("move what they need of one another into a component of its own"));
    }
}

/// Some cycle of wires, from importer to provider; the first in the order of the parts.
fn cycle(parts: &[Part<'_>]) -> Option<Vec<usize>> {
    fn visit(parts: &[Part<'_>], at: usize, path: &mut Vec<usize>, done: &mut BTreeSet<usize>) -> Option<Vec<usize>> {
        if let Some(start) = path.iter().position(|i| *i == at) {
            return path.get(start..).map(<[usize]>::to_vec);
        }
        if !done.insert(at) {
            return None;
        }
        path.push(at);
        let providers: BTreeSet<usize> = parts.get(at)?.wires.values().map(|(to, _)| *to).collect();
        let found = providers.into_iter().find_map(|next| visit(parts, next, path, done));
        path.pop();
        found
    }
    let mut done = BTreeSet::new();
    (0..parts.len()).find_map(|start| visit(parts, start, &mut Vec::new(), &mut done))
}

/// Providers before who imports from them; by name where that leaves a choice.
fn order(parts: &[Part<'_>]) -> Vec<usize> {
    let mut order = Vec::new();
    let mut placed = BTreeSet::new();
    while let Some(next) = (0..parts.len())
        .filter(|i| !placed.contains(i))
        .find(|i| parts.get(*i).is_some_and(|p| p.wires.values().all(|(to, _)| placed.contains(to))))
    {
        placed.insert(next);
        order.push(next);
    }
    order
}

/// Whether an export of a part is to be the composition's.
type Choice<'a> = &'a dyn Fn(usize, &Port) -> bool;

/// What the composition exports: where a run can start, else the functions of those nobody imports from, else all
/// they have. Of several that export the same, the one that nobody imports from is meant; where that leaves more than
/// one, none is exported, and the user is asked.
fn exports(parts: &[Part<'_>], order: &[usize], problems: &mut Vec<Diagnostic>) -> Vec<(usize, String)> {
    let used: BTreeSet<(usize, &str)> =
        parts.iter().flat_map(|p| p.wires.values().map(|(to, export)| (*to, export.as_str()))).collect();
    let providers: BTreeSet<usize> = used.iter().map(|(to, _)| *to).collect();
    let choose = |wanted: Choice<'_>| -> Vec<(usize, String)> {
        let exports =
            order.iter().flat_map(|i| parts.get(*i).into_iter().flat_map(|p| &p.ports.exports).map(|e| (*i, e)));
        exports.filter(|(i, e)| wanted(*i, e)).map(|(i, e)| (i, e.name.clone())).collect()
    };
    let choices: [Choice<'_>; 4] = [
        &|i, e| is_entry(&e.name) && !providers.contains(&i),
        &|i, e| is_entry(&e.name) && !used.contains(&(i, e.name.as_str())),
        &|i, e| e.kind == PortKind::Function && !providers.contains(&i),
        &|i, e| e.kind != PortKind::Other && !providers.contains(&i),
    ];
    let mut found = choices.into_iter().map(choose).find(|found| !found.is_empty()).unwrap_or_default();
    // A run starts at one of them, whichever version of its interface each was built with.
    let name = |export: &str| if is_entry(export) { unversioned(export).to_owned() } else { export.to_owned() };
    let mut by_name: BTreeMap<String, Vec<(usize, &str)>> = BTreeMap::new();
    for (part, export) in &found {
        by_name.entry(name(export)).or_default().push((*part, export));
    }
    by_name.retain(|_, exporters| exporters.iter().any(|(part, _)| *part != exporters[0].0));
    for (shown, exporters) in &by_name {
        let export = exporters.first().map_or(shown.as_str(), |(_, export)| export);
        let exporters: Vec<&Part<'_>> = exporters.iter().filter_map(|(i, _)| parts.get(*i)).collect();
        let names: Vec<_> = exporters.iter().map(|p| format!("`{}`", p.component)).collect();
        let message = format!("{} export `{shown}`, so studio exports none of them; which is meant?", and(&names));
        let example = exporters.first().map(|p| p.access(export)).unwrap_or_default();
        let help = format!("write a composition (`app.wac`) that exports the one you mean, as in `export {example};`");
        problems.push(Diagnostic::warning(Origin::Project, message).port(export).help(help));
    }
    let several: BTreeSet<String> = by_name.into_keys().collect();
    found.retain(|(_, export)| !several.contains(&name(export)));
    found
}

fn and(names: &[String]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.join(""),
    }
}
