//! What is wrong with a package whose texts follow the grammar: names that mean nothing, names declared twice, types that
//! cannot be.
//!
//! wit-parser has the last word on whether a package is right. This says where a person would look, all places at once,
//! and what was probably meant.

mod cycles;
mod duplicates;
mod known;
mod paths;
mod types;
mod unused;

pub use known::Known;

use std::collections::HashMap;

use crate::wit::outline::{Interface, Outline, Package, World};
use crate::wit::problem::Problem;

/// Problems of a package that are told. Each may be compared with every name there is.
const MOST_PROBLEMS: usize = 300;

/// The problems of the files of one package, file by file. `known` are the packages that they may name.
#[must_use]
pub fn check(files: &[&Outline], known: &Known) -> Vec<Vec<Problem>> {
    let mut found = Found { problems: vec![Vec::new(); files.len()], count: 0 };
    let main: Vec<(usize, &Package)> = files.iter().enumerate().map(|(at, file)| (at, &file.main)).collect();
    duplicates::headers(&main, &mut found);
    for package in packages(main, files) {
        duplicates::check(&package, &mut found);
        paths::check(&package, known, &mut found);
        types::check(&package, known, &mut found);
        cycles::check(&package, &mut found);
        unused::check(&package, &mut found);
    }
    for problems in &mut found.problems {
        problems.sort_by_key(|problem| (problem.range.start, problem.range.end));
    }
    found.problems
}

/// The package of the files, and those inside them.
fn packages<'o>(main: Vec<(usize, &'o Package)>, files: &[&'o Outline]) -> Vec<Merged<'o>> {
    let mut all: Vec<Vec<(usize, &'o Package)>> = vec![main];
    let mut places: HashMap<_, usize> = HashMap::new();
    for (at, package) in
        files.iter().enumerate().flat_map(|(at, file)| file.nested.iter().map(move |package| (at, package)))
    {
        let name = package.name.as_ref().map(|name| (&name.name, name.version.as_ref().map(|version| &version.text)));
        let place = *places.entry(name).or_insert(all.len());
        match all.get_mut(place) {
            Some(parts) => parts.push((at, package)),
            None => all.push(vec![(at, package)]),
        }
    }
    all.into_iter().map(Merged::new).collect()
}

/// A package, by its parts: the number of a file, and what that says.
struct Merged<'o> {
    parts: Vec<(usize, &'o Package)>,
    /// Its interfaces and worlds by name; of two of one name the first interface, else the first world.
    items: HashMap<&'o str, Item<'o>>,
}

/// What a name of a package is.
#[derive(Clone, Copy)]
enum Item<'o> {
    Interface(&'o Interface),
    World,
}

impl<'o> Merged<'o> {
    fn new(parts: Vec<(usize, &'o Package)>) -> Self {
        let mut items = HashMap::new();
        for (_, package) in &parts {
            items.extend(package.worlds.iter().map(|world| (world.name.text.as_str(), Item::World)));
        }
        for (_, package) in parts.iter().rev() {
            let interfaces = package.interfaces.iter().rev();
            items.extend(interfaces.map(|interface| (interface.name.text.as_str(), Item::Interface(interface))));
        }
        Self { parts, items }
    }

    fn name(&self) -> Option<(&'o String, Option<&'o String>)> {
        let name = self.parts.iter().find_map(|(_, package)| package.name.as_ref())?;
        Some((&name.name, name.version.as_ref().map(|version| &version.text)))
    }

    fn interfaces(&self) -> impl Iterator<Item = (usize, &'o Interface)> {
        self.parts.iter().flat_map(|(file, package)| package.interfaces.iter().map(move |interface| (*file, interface)))
    }

    fn worlds(&self) -> impl Iterator<Item = (usize, &'o World)> {
        self.parts.iter().flat_map(|(file, package)| package.worlds.iter().map(move |world| (*file, world)))
    }

    fn item(&self, name: &str) -> Option<Item<'o>> {
        self.items.get(name).copied()
    }
}

/// Problems so far, file by file.
struct Found {
    problems: Vec<Vec<Problem>>,
    count: usize,
}

impl Found {
    fn push(&mut self, file: usize, problem: Problem) {
        if let Some(problems) = self.problems.get_mut(file).filter(|_| self.count < MOST_PROBLEMS) {
            problems.push(problem);
            self.count += 1;
        }
    }

    /// Whether more would not be told: then nobody has to look for what was meant.
    fn is_full(&self) -> bool {
        self.count >= MOST_PROBLEMS
    }
}

#[cfg(test)]
mod tests;
