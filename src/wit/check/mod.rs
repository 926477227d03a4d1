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

use crate::wit::outline::{Interface, Outline, Package, World};
use crate::wit::problem::Problem;

/// The problems of the files of one package, file by file. `known` are the packages that they may name.
#[must_use]
pub fn check(files: &[&Outline], known: &Known) -> Vec<Vec<Problem>> {
    let mut found = Found { problems: vec![Vec::new(); files.len()] };
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
    let mut all = vec![Merged { parts: main }];
    for (at, package) in
        files.iter().enumerate().flat_map(|(at, file)| file.nested.iter().map(move |package| (at, package)))
    {
        let name = package.name.as_ref().map(|name| (&name.name, name.version.as_ref().map(|version| &version.text)));
        let same = all.iter_mut().skip(1).find(|other| other.name() == name);
        match same {
            Some(other) => other.parts.push((at, package)),
            None => all.push(Merged { parts: vec![(at, package)] }),
        }
    }
    all
}

/// A package, by its parts: the number of a file, and what that says.
struct Merged<'o> {
    parts: Vec<(usize, &'o Package)>,
}

/// What a name of a package is.
#[derive(Clone, Copy)]
enum Item<'o> {
    Interface(&'o Interface),
    World,
}

impl<'o> Merged<'o> {
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
        let interface = self.interfaces().find(|(_, interface)| interface.name.text == name);
        let world = || self.worlds().find(|(_, world)| world.name.text == name);
        interface.map(|(_, interface)| Item::Interface(interface)).or_else(|| world().map(|_| Item::World))
    }
}

/// Problems so far, file by file.
struct Found {
    problems: Vec<Vec<Problem>>,
}

impl Found {
    fn push(&mut self, file: usize, problem: Problem) {
        if let Some(problems) = self.problems.get_mut(file) {
            problems.push(problem);
        }
    }
}

#[cfg(test)]
mod tests;
