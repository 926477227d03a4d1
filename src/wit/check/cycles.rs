//! Types, interfaces and worlds that hold themselves.

use std::collections::BTreeMap;

use crate::wit::check::{Found, Merged};
use crate::wit::outline::{Name, Type, TypeKind};
use crate::wit::problem::{Code, Problem};

pub(super) fn check(package: &Merged, found: &mut Found) {
    for (file, interface) in package.interfaces() {
        types(file, &interface.types, found);
    }
    for (file, world) in package.worlds() {
        types(file, &world.types, found);
    }
    let interfaces = package.interfaces().map(|(file, interface)| {
        let own = interface.uses.iter().filter(|item| item.path.package.is_none()).map(|item| &item.path.name);
        (interface.name.text.as_str(), (file, own.collect()))
    });
    circles(&interfaces.collect(), "an interface cannot use itself", found);
    let worlds = package.worlds().map(|(file, world)| {
        let own = world.includes.iter().filter(|item| item.path.package.is_none()).map(|item| &item.path.name);
        (world.name.text.as_str(), (file, own.collect()))
    });
    circles(&worlds.collect(), "a world cannot include itself", found);
}

/// A handle of a resource is no part of what holds it.
fn types(file: usize, types: &[Type], found: &mut Found) {
    let named = types.iter().filter(|ty| ty.kind != TypeKind::Resource);
    let edges =
        named.map(|ty| (ty.name.text.as_str(), (file, ty.refs.iter().map(|reference| &reference.name).collect())));
    circles(&edges.collect(), "a type cannot hold itself", found);
}

/// What each name names, and in which file.
type Edges<'n> = BTreeMap<&'n str, (usize, Vec<&'n Name>)>;

/// A problem at the name that closes each circle.
fn circles(edges: &Edges, rule: &str, found: &mut Found) {
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Mark {
        Open,
        Done,
    }
    let mut marks: BTreeMap<&str, Mark> = BTreeMap::new();
    for root in edges.keys() {
        if marks.contains_key(root) {
            continue;
        }
        // A path of names, each with the number of its names that were looked at.
        let mut path = vec![(*root, 0_usize)];
        marks.insert(root, Mark::Open);
        while let Some((name, next)) = path.last_mut() {
            let Some((file, names)) = edges.get(name) else { break };
            let Some(target) = names.get(*next) else {
                marks.insert(name, Mark::Done);
                path.pop();
                continue;
            };
            *next += 1;
            let file = *file;
            let Some((known, _)) = edges.get_key_value(target.text.as_str()) else { continue };
            match marks.get(known) {
                Some(Mark::Done) => {}
                Some(Mark::Open) if found.is_full() => {}
                Some(Mark::Open) => {
                    let start = path.iter().position(|(name, _)| name == known).unwrap_or_default();
                    let circle: Vec<&str> = path.iter().skip(start).map(|(name, _)| *name).chain([*known]).collect();
                    let message = format!("{rule}: {}", shown(&circle));
                    found.push(file, Problem::error(Code::Circle, target.range.clone(), message));
                }
                None => {
                    marks.insert(known, Mark::Open);
                    path.push((known, 0));
                }
            }
        }
    }
}

/// Names of a circle that a sentence lists.
const SHOWN: usize = 8;

fn shown(circle: &[&str]) -> String {
    match (circle.get(..SHOWN), circle.last()) {
        (Some(first), Some(last)) if circle.len() > SHOWN + 2 => {
            format!("{} → … → {last}", first.join(" → "))
        }
        _ => circle.join(" → "),
    }
}
