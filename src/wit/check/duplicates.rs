//! Names that are declared twice, and what must have a part and has none.

use std::collections::BTreeSet;

use crate::wit::check::{Found, Merged};
use crate::wit::outline::{
    Extern, ExternKind, Function, Interface, Name, Package, Renamed, Type, TypeKind, Use, World,
};
use crate::wit::problem::{Code, Problem};

/// That the files agree on the package that they are of, and that one of them says it.
pub(super) fn headers(parts: &[(usize, &Package)], found: &mut Found) {
    let mut named = parts.iter().filter_map(|(file, package)| Some((*file, package.name.as_ref()?)));
    let Some((_, first)) = named.next() else {
        let is_empty =
            |package: &Package| package.interfaces.is_empty() && package.worlds.is_empty() && package.uses.is_empty();
        if let Some((file, _)) = parts.iter().find(|(_, package)| !is_empty(package)) {
            let problem = Problem::error(Code::Package, 0..0, "no file of this package says which package it is");
            found.push(*file, problem.perhaps("insert `package my:package;`", 0..0, "package my:package;\n\n"));
        }
        return;
    };
    let shown = |name: &crate::wit::outline::PackageRef| match &name.version {
        Some(version) => format!("{}@{}", name.name, version.text),
        None => name.name.clone(),
    };
    for (file, name) in named {
        if shown(name) != shown(first) {
            let range = name.range.start..name.version.as_ref().map_or(name.range.end, |version| version.range.end);
            let (this, other) = (shown(name), shown(first));
            let message =
                format!("this file is of the package `{this}`, and another one of the same folder of `{other}`");
            found.push(
                file,
                Problem::error(Code::Package, range.clone(), message).perhaps(format!("write `{other}`"), range, other),
            );
        }
    }
}

pub(super) fn check(package: &Merged, found: &mut Found) {
    let interfaces = package.interfaces().map(|(file, interface)| (file, &interface.name));
    let worlds = package.worlds().map(|(file, world)| (file, &world.name));
    twice(interfaces.chain(worlds), "in this package", found);
    for (file, part) in &package.parts {
        let aliases = part.uses.iter().map(|item| (*file, item.name.as_ref().unwrap_or(&item.path.name)));
        let own = part.interfaces.iter().map(|i| &i.name).chain(part.worlds.iter().map(|w| &w.name));
        twice(own.map(|name| (*file, name)).chain(aliases), "in this file", found);
    }
    for (file, interface) in package.interfaces() {
        self::interface(file, interface, found);
    }
    for (file, world) in package.worlds() {
        self::world(file, world, found);
    }
}

fn interface(file: usize, interface: &Interface, found: &mut Found) {
    let used = names_used(&interface.uses);
    let types = interface.types.iter().map(|ty| &ty.name);
    let functions = interface.functions.iter().map(|function| &function.name);
    twice(used.chain(types).chain(functions).map(|name| (file, name)), "in this interface", found);
    interface.types.iter().for_each(|ty| type_definition(file, ty, found));
    interface.functions.iter().for_each(|function| self::function(file, function, found));
}

fn names_used(uses: &[Use]) -> impl Iterator<Item = &Name> {
    uses.iter().flat_map(|item| &item.names).map(Renamed::local)
}

fn world(file: usize, world: &World, found: &mut Found) {
    let used = names_used(&world.uses);
    let types = world.types.iter().map(|ty| &ty.name);
    let named = |externs: &'_ [Extern]| externs.iter().filter_map(|item| item.name.clone()).collect::<Vec<_>>();
    let (imports, exports) = (named(&world.imports), named(&world.exports));
    twice(used.chain(types).chain(&imports).map(|name| (file, name)), "among the imports of this world", found);
    twice(exports.iter().map(|name| (file, name)), "among the exports of this world", found);
    for (externs, word) in [(&world.imports, "imported"), (&world.exports, "exported")] {
        same_interface(file, externs, word, found);
        for item in externs {
            match &item.what {
                ExternKind::Interface(inner) => interface(file, inner, found),
                ExternKind::Function(function) => self::function(file, function, found),
                ExternKind::Path(_) | ExternKind::Nothing => {}
            }
        }
    }
    world.types.iter().for_each(|ty| type_definition(file, ty, found));
}

/// An interface that is imported, or exported, twice without a name of its own.
fn same_interface(file: usize, externs: &[Extern], word: &str, found: &mut Found) {
    let mut seen = BTreeSet::new();
    for item in externs.iter().filter(|item| item.name.is_none()) {
        let ExternKind::Path(path) = &item.what else { continue };
        let key = (
            path.package.as_ref().map(|package| (&package.name, package.version.as_ref().map(|v| &v.text))),
            &path.name.text,
        );
        if !seen.insert(key) {
            let problem =
                Problem::error(Code::Duplicate, path.range.clone(), format!("this interface is {word} already"));
            found.push(file, problem.perhaps("remove it", item.range.clone(), ""));
        }
    }
}

fn type_definition(file: usize, ty: &Type, found: &mut Found) {
    twice(ty.members.iter().map(|name| (file, name)), &format!("in `{}`", ty.name.text), found);
    let what = match ty.kind {
        TypeKind::Enum => "enum",
        TypeKind::Variant => "variant",
        _ => "",
    };
    if !what.is_empty() && ty.members.is_empty() {
        let message = format!("the {what} `{}` has no case, so it has no value", ty.name.text);
        found.push(file, Problem::error(Code::Type, ty.name.range.clone(), message));
    }
    twice(ty.functions.iter().map(|function| (file, &function.name)), &format!("in `{}`", ty.name.text), found);
    for function in &ty.functions {
        if function.name.text == ty.name.text {
            let message = format!(
                "the resource `{0}` has a function `{0}`: no component can have the two under one name",
                ty.name.text
            );
            found.push(file, Problem::error(Code::Duplicate, function.name.range.clone(), message));
        }
        self::function(file, function, found);
    }
}

fn function(file: usize, function: &Function, found: &mut Found) {
    twice(function.params.iter().map(|name| (file, name)), "in these parameters", found);
}

/// A problem for each name that came before.
fn twice<'n>(names: impl Iterator<Item = (usize, &'n Name)>, place: &str, found: &mut Found) {
    let mut seen = BTreeSet::new();
    for (file, name) in names {
        // To a component `A-b` and `a-b` are one name.
        if !seen.insert(name.text.to_ascii_lowercase()) {
            let message = format!("`{}` is declared twice {place}", name.text);
            found.push(file, Problem::error(Code::Duplicate, name.range.clone(), message));
        }
    }
}
