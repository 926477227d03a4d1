//! Paths: whether there is such an interface or world, and such a type in it.

use std::collections::HashMap;
use std::ops::Range;

use crate::model::alike::alike;
use crate::wit::check::known::KnownPackage;
use crate::wit::check::{Found, Item, Known, Merged};
use crate::wit::outline::{Extern, ExternKind, Interface, Package, PathRef, Renamed, TopLevelUse, Use, World};
use crate::wit::problem::{Code, Problem};

pub(super) fn check(package: &Merged, known: &Known, found: &mut Found) {
    for (file, part) in &package.parts {
        let scope = Scope::new(package, part, known);
        for item in &part.uses {
            if item.path.package.is_some() || scope.is_missing(&item.path) {
                scope.report(*file, &item.path, Wanted::Either, found);
            }
        }
        for interface in &part.interfaces {
            scope.interface(*file, interface, found);
        }
        for world in &part.worlds {
            scope.world(*file, world, found);
        }
    }
}

/// What a path is to lead to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Interface,
    World,
    Either,
}

/// What a path leads to.
pub(super) enum Target<'o> {
    Interface(&'o Interface),
    World,
    /// Nothing, and that is known.
    Missing,
    /// There is no telling.
    Unknown,
}

/// From where names are looked up.
pub(super) struct Scope<'s, 'o> {
    pub(super) package: &'s Merged<'o>,
    /// The file's part of the package.
    pub(super) part: &'o Package,
    pub(super) known: &'o Known,
    /// What the file calls otherwise, or takes from other packages, by that name.
    aliases: HashMap<&'o str, &'o TopLevelUse>,
}

impl<'s, 'o> Scope<'s, 'o> {
    pub(super) fn new(package: &'s Merged<'o>, part: &'o Package, known: &'o Known) -> Self {
        let named = |item: &'o TopLevelUse| (item.name.as_ref().unwrap_or(&item.path.name).text.as_str(), item);
        let aliases = part.uses.iter().rev().map(named).collect();
        Self { package, part, known, aliases }
    }

    /// What a path leads to.
    pub(super) fn target(&self, path: &PathRef) -> Target<'o> {
        match &path.package {
            Some(_) if self.is_own(path) => of_item(self.package.item(&path.name.text)),
            Some(package) => match self.known.get(package) {
                Some(known) => of_item(known.item(&path.name.text)),
                None if self.known.is_partial() => Target::Unknown,
                None => Target::Missing,
            },
            None => {
                match self.aliases.get(path.name.text.as_str()) {
                    // Of another package, or of this one under another name.
                    Some(item) if item.path.package.is_some() || item.name.is_some() => match self.target(&item.path) {
                        Target::Missing => Target::Unknown,
                        target => target,
                    },
                    _ => of_item(self.package.item(&path.name.text)),
                }
            }
        }
    }

    /// Whether a path with a package leads into this very package.
    fn is_own(&self, path: &PathRef) -> bool {
        let Some(package) = &path.package else { return false };
        self.package.name() == Some((&package.name, package.version.as_ref().map(|version| &version.text)))
    }

    fn is_missing(&self, path: &PathRef) -> bool {
        matches!(self.target(path), Target::Missing)
    }

    fn interface(&self, file: usize, interface: &Interface, found: &mut Found) {
        interface.uses.iter().for_each(|item| self.use_item(file, item, found));
    }

    fn world(&self, file: usize, world: &World, found: &mut Found) {
        world.uses.iter().for_each(|item| self.use_item(file, item, found));
        for include in &world.includes {
            self.report(file, &include.path, Wanted::World, found);
        }
        for Extern { what, .. } in world.imports.iter().chain(&world.exports) {
            match what {
                ExternKind::Path(path) => self.report(file, path, Wanted::Interface, found),
                ExternKind::Interface(inner) => self.interface(file, inner, found),
                ExternKind::Function(_) | ExternKind::Nothing => {}
            }
        }
    }

    fn use_item(&self, file: usize, item: &Use, found: &mut Found) {
        self.report(file, &item.path, Wanted::Interface, found);
        if let Target::Interface(interface) = self.target(&item.path) {
            for name in &item.names {
                used_name(file, name, interface, found);
            }
        }
    }

    /// Says what is wrong with a path, if anything is.
    fn report(&self, file: usize, path: &PathRef, wanted: Wanted, found: &mut Found) {
        if found.is_full() {
            return;
        }
        let name = &path.name.text;
        let range = path.name.range.clone();
        let problem = match self.target(path) {
            Target::Unknown => return,
            Target::Interface(_) if wanted != Wanted::World => return,
            Target::World if wanted != Wanted::Interface => return,
            Target::Interface(_) => Problem::error(
                Code::UnknownName,
                range,
                format!("`{name}` is an interface; only a world can be included"),
            ),
            Target::World => {
                Problem::error(Code::UnknownName, range, format!("`{name}` is a world; an interface is needed here"))
            }
            Target::Missing => self.missing(path, wanted),
        };
        found.push(file, problem);
    }

    fn missing(&self, path: &PathRef, wanted: Wanted) -> Problem {
        let name = &path.name.text;
        let range = path.name.range.clone();
        let what = match wanted {
            Wanted::Interface => "interface",
            Wanted::World => "world",
            Wanted::Either => "interface or world",
        };
        match &path.package {
            Some(package) if !self.is_own(path) => match self.known.get(package) {
                Some(known) => {
                    let problem = Problem::error(
                        Code::UnknownName,
                        range.clone(),
                        format!("the package `{}` has no {what} `{name}`", package.name),
                    );
                    nearest(problem, range, name, known.names(wanted != Wanted::World, wanted != Wanted::Interface))
                }
                None => self.missing_package(path),
            },
            _ => {
                let interfaces = self.package.interfaces().map(|(_, interface)| interface.name.text.as_str());
                let worlds = self.package.worlds().map(|(_, world)| world.name.text.as_str());
                let aliases =
                    self.part.uses.iter().map(|item| item.name.as_ref().unwrap_or(&item.path.name).text.as_str());
                let near: Vec<&str> = match wanted {
                    Wanted::Interface => interfaces.chain(aliases).collect(),
                    Wanted::World => worlds.chain(aliases).collect(),
                    Wanted::Either => interfaces.chain(worlds).collect(),
                };
                let problem =
                    Problem::error(Code::UnknownName, range.clone(), format!("this package has no {what} `{name}`"));
                nearest(problem, range, name, near.into_iter())
            }
        }
    }

    /// No such package, or none of that version.
    fn missing_package(&self, path: &PathRef) -> Problem {
        let Some(package) = &path.package else {
            return Problem::error(Code::UnknownName, path.range.clone(), "there is no such package");
        };
        let versions = self.known.versions(package);
        let range = package.range.clone();
        if versions.is_empty() {
            let shown = match &package.version {
                Some(version) => format!("{}@{}", package.name, version.text),
                None => package.name.clone(),
            };
            let problem =
                Problem::error(Code::MissingPackage, range.clone(), format!("the WIT package `{shown}` is not found"));
            // Nobody means the very package that this one is.
            let own = self.package.name().map(|(name, _)| name.as_str());
            return nearest(problem, range, &package.name, self.known.names().filter(|name| Some(*name) != own));
        }
        let shown: Vec<String> =
            versions.iter().map(|known| known.version.as_ref().map_or("none".into(), |v| format!("`{v}`"))).collect();
        let at = package.version.as_ref().map_or(path.range.end..path.range.end, |version| version.range.clone());
        let message = match &package.version {
            Some(version) => {
                format!("the package `{}` has no version `{}`; known: {}", package.name, version.text, shown.join(", "))
            }
            None => format!(
                "the package `{}` has versions, and one must be named; known: {}",
                package.name,
                shown.join(", ")
            ),
        };
        let mut problem = Problem::error(Code::UnknownVersion, if at.is_empty() { range } else { at.clone() }, message);
        for known in versions {
            problem = match (&known.version, &package.version) {
                (Some(version), Some(_)) => problem.perhaps(format!("write `{version}`"), at.clone(), version),
                (Some(version), None) => {
                    problem.perhaps(format!("insert `@{version}`"), at.clone(), format!("@{version}"))
                }
                (None, _) => problem.perhaps("write no version", at.start.saturating_sub(1)..at.end, ""),
            };
        }
        problem
    }
}

/// A name that is to be a type of `interface`.
fn used_name(file: usize, name: &Renamed, interface: &Interface, found: &mut Found) {
    let wanted = &name.name.text;
    let types = || {
        let used = interface.uses.iter().flat_map(|item| &item.names).map(|name| name.local().text.as_str());
        interface.types.iter().map(|ty| ty.name.text.as_str()).chain(used)
    };
    if found.is_full() || interface.names.get(wanted).is_some() {
        return;
    }
    let range = name.name.range.clone();
    let is_function = interface.functions.iter().any(|function| function.name.text == *wanted);
    let message = if is_function {
        format!("`{wanted}` is a function of `{}`; only types can be used", interface.name.text)
    } else {
        format!("the interface `{}` has no type `{wanted}`", interface.name.text)
    };
    found.push(file, nearest(Problem::error(Code::UnknownName, range.clone(), message), range, wanted, types()));
}

/// With the fix that writes the name that was probably meant.
pub(super) fn nearest<'n>(
    problem: Problem,
    range: Range<usize>,
    wanted: &str,
    names: impl Iterator<Item = &'n str>,
) -> Problem {
    match alike(wanted, names) {
        Some(near) => problem.perhaps(format!("write `{near}`"), range, near),
        None => problem,
    }
}

fn of_item(item: Option<Item<'_>>) -> Target<'_> {
    match item {
        Some(Item::Interface(interface)) => Target::Interface(interface),
        Some(Item::World) => Target::World,
        None => Target::Missing,
    }
}

impl KnownPackage {
    fn names(&self, interfaces: bool, worlds: bool) -> impl Iterator<Item = &str> {
        let interfaces =
            self.interfaces.iter().map(|interface| interface.name.text.as_str()).filter(move |_| interfaces);
        interfaces.chain(self.worlds.iter().map(|world| world.name.text.as_str()).filter(move |_| worlds))
    }
}
