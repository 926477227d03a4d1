//! Names that are used from elsewhere and stand for nothing here.

use std::collections::HashSet;

use crate::model::diagnostic::Severity;
use crate::wit::check::{Found, Merged};
use crate::wit::outline::{Extern, ExternKind, Function, Interface, Package, Type, Use, World};
use crate::wit::problem::{Code, Problem};

pub(super) fn check(package: &Merged, found: &mut Found) {
    for (file, part) in &package.parts {
        top_level(*file, part, found);
    }
    // What others use of an interface, and of what it uses itself.
    let all = package.interfaces().map(|(_, other)| &other.uses).chain(package.worlds().map(|(_, world)| &world.uses));
    let named = |item: &'_ Use| {
        item.names.iter().map(|name| (item.path.name.text.clone(), name.name.text.clone())).collect::<Vec<_>>()
    };
    let taken: HashSet<(String, String)> = all.flatten().flat_map(named).collect();
    for (file, interface) in package.interfaces() {
        // Others may use what this one uses.
        let passed_on = |name: &str| taken.contains(&(interface.name.text.clone(), name.to_owned()));
        uses(file, &interface.uses, &interface.types, &interface.functions, passed_on, found);
    }
    for (file, world) in package.worlds() {
        let functions: Vec<Function> = functions(world).cloned().collect();
        uses(file, &world.uses, &world.types, &functions, |_| false, found);
    }
}

fn functions(world: &World) -> impl Iterator<Item = &Function> {
    world.imports.iter().chain(&world.exports).filter_map(|item| match &item.what {
        ExternKind::Function(function) => Some(function),
        _ => None,
    })
}

fn uses(
    file: usize,
    uses: &[Use],
    types: &[Type],
    functions: &[Function],
    passed_on: impl Fn(&str) -> bool,
    found: &mut Found,
) {
    let of_resources = types.iter().flat_map(|ty| &ty.functions);
    let refs = types
        .iter()
        .flat_map(|ty| &ty.refs)
        .chain(functions.iter().chain(of_resources).flat_map(|function| &function.refs));
    let named: HashSet<&str> = refs.map(|reference| reference.name.text.as_str()).collect();
    for name in uses.iter().flat_map(|item| &item.names) {
        let local = name.local();
        if !named.contains(local.text.as_str()) && !passed_on(&local.text) {
            found.push(file, unused(local.range.clone(), &local.text));
        }
    }
}

fn unused(range: std::ops::Range<usize>, name: &str) -> Problem {
    let problem = Problem::error(Code::Unused, range, format!("`{name}` is not used here"));
    Problem { severity: Severity::Note, ..problem }
}

/// A `use` at the head of a file whose name the file does not mention.
fn top_level(file: usize, part: &Package, found: &mut Found) {
    let named = paths(part).filter(|path| path.package.is_none()).map(|path| path.name.text.as_str());
    let named: HashSet<&str> = named.collect();
    for item in &part.uses {
        let name = &item.name.as_ref().unwrap_or(&item.path.name).text;
        if !named.contains(name.as_str()) {
            let problem = unused(item.path.range.clone(), name);
            found.push(file, problem.perhaps("remove it", item.range.clone(), ""));
        }
    }
}

/// All paths inside interfaces and worlds.
fn paths(part: &Package) -> impl Iterator<Item = &crate::wit::outline::PathRef> {
    fn of_interface(interface: &Interface) -> impl Iterator<Item = &crate::wit::outline::PathRef> {
        interface.uses.iter().map(|item| &item.path)
    }
    fn of_extern(item: &Extern) -> Vec<&crate::wit::outline::PathRef> {
        match &item.what {
            ExternKind::Path(path) => vec![path],
            ExternKind::Interface(inner) => of_interface(inner).collect(),
            ExternKind::Function(_) | ExternKind::Nothing => Vec::new(),
        }
    }
    let worlds = part.worlds.iter().flat_map(|world| {
        let uses = world.uses.iter().map(|item| &item.path);
        let includes = world.includes.iter().map(|item| &item.path);
        uses.chain(includes).chain(world.imports.iter().chain(&world.exports).flat_map(of_extern))
    });
    part.interfaces.iter().flat_map(of_interface).chain(worlds)
}
