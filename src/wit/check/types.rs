//! Types that are named: whether there are such, and whether they can stand where they stand.

use crate::wit::check::paths::{Scope, Target, nearest};
use crate::wit::check::{Found, Known, Merged};
use crate::wit::outline::{ExternKind, Function, Interface, Name, Named, Names, Type, TypeKind, TypeRef, Use, World};
use crate::wit::problem::{Code, Edit, Problem};
use crate::wit::syntax::other_languages_type;

/// Aliases that are followed; more of them are a circle.
const MOST_ALIASES: usize = 100;

pub(super) fn check<'o>(package: &Merged<'o>, known: &'o Known, found: &mut Found) {
    for (file, part) in &package.parts {
        let scope = Scope::new(package, part, known);
        for interface in &part.interfaces {
            let space = Space::of_interface(interface, &scope);
            space.check(*file, found);
        }
        for world in &part.worlds {
            let space = Space::of_world(world, &scope);
            space.check(*file, found);
            for item in world.imports.iter().chain(&world.exports) {
                match &item.what {
                    ExternKind::Interface(inner) => Space::of_interface(inner, &scope).check(*file, found),
                    ExternKind::Function(function) => space.refs(*file, &function.refs, found),
                    ExternKind::Path(_) | ExternKind::Nothing => {}
                }
            }
        }
    }
}

/// The names that types have in an interface or world.
struct Space<'s, 'o> {
    scope: &'s Scope<'s, 'o>,
    uses: &'o [Use],
    types: &'o [Type],
    functions: &'o [Function],
    names: &'o Names,
    /// Where a `use` could be inserted: before the first item.
    start: Option<usize>,
    /// Whether more types come from elsewhere.
    is_open: bool,
}

impl<'s, 'o> Space<'s, 'o> {
    fn of_interface(interface: &'o Interface, scope: &'s Scope<'s, 'o>) -> Self {
        let first = [interface.uses.first().map(|item| &item.range), interface.types.first().map(|ty| &ty.range)];
        Self {
            scope,
            uses: &interface.uses,
            types: &interface.types,
            functions: &interface.functions,
            names: &interface.names,
            start: first.into_iter().flatten().map(|range| range.start).min(),
            is_open: false,
        }
    }

    fn of_world(world: &'o World, scope: &'s Scope<'s, 'o>) -> Self {
        let (uses, types, names) = (&world.uses, &world.types, &world.names);
        Self { scope, uses, types, functions: &[], names, start: None, is_open: !world.includes.is_empty() }
    }

    fn check(&self, file: usize, found: &mut Found) {
        for ty in self.types {
            self.refs(file, &ty.refs, found);
            ty.functions.iter().for_each(|function| self.refs(file, &function.refs, found));
        }
        self.functions.iter().for_each(|function| self.refs(file, &function.refs, found));
    }

    fn refs(&self, file: usize, refs: &[TypeRef], found: &mut Found) {
        for reference in refs {
            if found.is_full() {
                return;
            }
            let name = &reference.name;
            match self.kind(&name.text, 0) {
                Kind::Resource | Kind::Unknown => {}
                Kind::Other if reference.handle => {
                    let message = format!("`{}` is not a resource; only resources are owned or borrowed", name.text);
                    found.push(file, Problem::error(Code::Type, name.range.clone(), message));
                }
                Kind::Other => {}
                Kind::Missing => {
                    if !self.is_open {
                        found.push(file, self.missing(name));
                    }
                }
            }
        }
    }

    /// What the name `name` is here.
    fn kind(&self, name: &str, depth: usize) -> Kind {
        if depth > MOST_ALIASES {
            return Kind::Unknown;
        }
        let named = self.names.get(name);
        if let Some(ty) = named.and_then(|named| if let Named::Type(at) = named { self.types.get(at) } else { None }) {
            return match (ty.kind, ty.refs.first()) {
                (TypeKind::Resource, _) => Kind::Resource,
                (TypeKind::Alias { same: true }, Some(of)) => match self.kind(&of.name.text, depth + 1) {
                    Kind::Missing => Kind::Unknown,
                    kind => kind,
                },
                _ => Kind::Other,
            };
        }
        let Some(Named::Used(at, name)) = named else { return Kind::Missing };
        let item = self.uses.get(at);
        let Some((item, renamed)) = item.and_then(|item| Some((item, item.names.get(name)?))) else {
            return Kind::Missing;
        };
        let Target::Interface(interface) = self.scope.target(&item.path) else { return Kind::Unknown };
        match Space::of_interface(interface, self.scope).kind(&renamed.name.text, depth + 1) {
            Kind::Missing => Kind::Unknown,
            kind => kind,
        }
    }

    fn missing(&self, name: &Name) -> Problem {
        let text = &name.text;
        let range = name.range.clone();
        if self.functions.iter().any(|function| function.name.text == *text) {
            return Problem::error(Code::UnknownName, range, format!("`{text}` is a function, not a type"));
        }
        if let Some(meant) = other_languages_type(text) {
            let problem = Problem::error(
                Code::UnknownName,
                range.clone(),
                format!("there is no type `{text}`; WIT calls it `{meant}`"),
            );
            return problem.fixed_by(format!("write `{meant}`"), range, meant);
        }
        let mut problem = Problem::error(Code::UnknownName, range.clone(), format!("there is no type `{text}` here"));
        let used = self.uses.iter().flat_map(|item| &item.names).map(|name| name.local().text.as_str());
        problem = nearest(problem, range, text, self.types.iter().map(|ty| ty.name.text.as_str()).chain(used));
        // It may be another interface's.
        let others =
            self.scope.package.interfaces().filter(|(_, other)| other.types.iter().any(|ty| ty.name.text == *text));
        for (_, other) in others {
            let Some(start) = self.start else { break };
            let edit = Edit { range: start..start, text: format!("use {}.{{{text}}};\n  ", other.name.text) };
            problem = problem.fix(format!("insert `use {}.{{{text}}};`", other.name.text), vec![edit], false);
        }
        problem
    }
}

/// What a name of a type is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Resource,
    Other,
    /// Something that cannot be looked into, or is told elsewhere.
    Unknown,
    Missing,
}
