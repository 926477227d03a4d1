//! From a name to what declares it.

use crate::wit::navigate::Location;
use crate::wit::outline::{ExternKind, Interface, Name, Package, PackageRef, PathRef, Type, Use, World};
use crate::wit::sources::{FileId, Sources};
use crate::wit::syntax::{SyntaxKind as K, SyntaxNode, SyntaxToken, bytes, offset};

/// Uses of uses that are followed; more of them are a circle.
const MOST_STEPS: usize = 100;

/// Where what stands at byte `at` of a file is declared; itself, where it is a declaration.
#[must_use]
pub fn definition(sources: &Sources, file: FileId, at: usize) -> Option<Location> {
    let token = name_at(sources, file, at)?;
    let view = View { sources };
    view.definition(file, &token)
}

/// The name at byte `at`, or that ends there.
pub(super) fn name_at(sources: &Sources, file: FileId, at: usize) -> Option<SyntaxToken> {
    let tree = sources.get(file)?.parsed.tree();
    let at = offset(at).min(tree.text_range().end());
    let is_name =
        |token: &SyntaxToken| token.parent().is_some_and(|parent| matches!(parent.kind(), K::Name | K::NameRef));
    tree.token_at_offset(at).find(is_name)
}

/// Lookups over all files.
pub(super) struct View<'s> {
    pub(super) sources: &'s Sources,
}

/// A part of a package: what one file says of it.
#[derive(Clone, Copy)]
pub(super) struct Part<'s> {
    pub(super) file: FileId,
    pub(super) package: &'s Package,
    /// Whether it stands in `package … { … }`.
    is_nested: bool,
}

/// What a path leads to.
pub(super) enum Item<'s> {
    Interface(Part<'s>, &'s Interface),
    World(Part<'s>, &'s World),
}

impl<'s> View<'s> {
    pub(super) fn definition(&self, file: FileId, token: &SyntaxToken) -> Option<Location> {
        let range = bytes(token.text_range());
        let node = token.parent()?;
        if node.kind() == K::Name {
            return Some(Location::new(file, range));
        }
        let around = node.parent()?;
        let part = self.part(file, &node)?;
        match around.kind() {
            K::Path => self.of_path(part, &around, token),
            K::UseName => {
                let path = around.ancestors().find(|node| matches!(node.kind(), K::Use | K::TopLevelUse))?;
                let uses = Self::uses_at(part, range.start);
                let item = uses.iter().find(|item| item.range == bytes(path.text_range()))?;
                self.of_use(part, item, plain(token), 0)
            }
            K::Type => self.of_type(part, range.start, plain(token)),
            K::PackageName => Some(Location::new(file, bytes(around.text_range()))),
            _ => None,
        }
    }

    /// The part of a package in which `node` stands.
    pub(super) fn part(&self, file: FileId, node: &SyntaxNode) -> Option<Part<'s>> {
        let source = self.sources.get(file)?;
        let nested = node.ancestors().find(|node| node.kind() == K::NestedPackage);
        let package = match &nested {
            None => &source.outline.main,
            Some(nested) => {
                let range = bytes(nested.text_range());
                let inside =
                    |package: &&Package| package.name.as_ref().is_some_and(|name| range.contains(&name.range.start));
                source
                    .outline
                    .nested
                    .iter()
                    .filter(inside)
                    .max_by_key(|package| package.name.as_ref().map(|name| name.range.start))?
            }
        };
        Some(Part { file, package, is_nested: nested.is_some() })
    }

    /// The parts of the package that `part` is of.
    pub(super) fn siblings(&self, part: Part<'s>) -> Vec<Part<'s>> {
        if let Some(name) = part.package.name.as_ref().filter(|_| part.is_nested) {
            return self.package(name);
        }
        let group = self.sources.iter().filter(|(id, _)| id.group == part.file.group);
        group.map(|(file, source)| Part { file, package: &source.outline.main, is_nested: false }).collect()
    }

    /// The parts of the package of this name and version.
    pub(super) fn package(&self, package: &PackageRef) -> Vec<Part<'s>> {
        let same = |name: &PackageRef| {
            name.name == package.name
                && name.version.as_ref().map(|v| &v.text) == package.version.as_ref().map(|v| &v.text)
        };
        let mut parts = Vec::new();
        let groups: Vec<_> = self.sources.iter().collect();
        for (file, source) in &groups {
            let is_it = groups.iter().filter(|(other, _)| other.group == file.group);
            if is_it.filter_map(|(_, other)| other.outline.main.name.as_ref()).any(same) {
                parts.push(Part { file: *file, package: &source.outline.main, is_nested: false });
            }
            let nested = source.outline.nested.iter().filter(|package| package.name.as_ref().is_some_and(same));
            parts.extend(nested.map(|package| Part { file: *file, package, is_nested: true }));
        }
        parts
    }

    /// The interface or world of this name among parts of a package.
    fn item(parts: &[Part<'s>], name: &str) -> Option<Item<'s>> {
        parts.iter().find_map(|part| {
            let interface = part.package.interfaces.iter().find(|interface| interface.name.text == name);
            let world = || part.package.worlds.iter().find(|world| world.name.text == name);
            interface
                .map(|interface| Item::Interface(*part, interface))
                .or_else(|| world().map(|world| Item::World(*part, world)))
        })
    }

    /// What a path leads to, from within `part`.
    pub(super) fn target(&self, part: Part<'s>, path: &PathRef) -> Option<Item<'s>> {
        if let Some(package) = &path.package {
            return Self::item(&self.package(package), &path.name.text);
        }
        let alias =
            part.package.uses.iter().find(|item| item.name.as_ref().unwrap_or(&item.path.name).text == path.name.text);
        match alias {
            Some(item) if item.path.package.is_some() || item.name.is_some() => self.target(part, &item.path),
            _ => Self::item(&self.siblings(part), &path.name.text),
        }
    }

    fn of_path(&self, part: Part<'s>, node: &SyntaxNode, token: &SyntaxToken) -> Option<Location> {
        let names: Vec<_> = node.children().filter(|child| child.kind() == K::NameRef).collect();
        let is_last = names.last()?.text_range().contains_range(token.text_range());
        let path = crate::wit::outline::path_of(node)?;
        if !is_last {
            let parts = self.package(path.package.as_ref()?);
            return parts
                .iter()
                .find_map(|part| Some(Location::new(part.file, part.package.name.as_ref()?.range.clone())));
        }
        Some(match self.target(part, &path)? {
            Item::Interface(part, interface) => Location::new(part.file, interface.name.range.clone()),
            Item::World(part, world) => Location::new(part.file, world.name.range.clone()),
        })
    }

    /// The `use`s of the interface or world around byte `at`.
    fn uses_at(part: Part<'s>, at: usize) -> &'s [Use] {
        Self::space(part, at).map(|space| space.uses).unwrap_or_default()
    }

    /// The names around byte `at`.
    pub(super) fn space(part: Part<'s>, at: usize) -> Option<Space<'s>> {
        let package = part.package;
        if let Some(interface) = package.interfaces.iter().find(|interface| interface.range.contains(&at)) {
            return Some(Space::of_interface(interface));
        }
        let world = package.worlds.iter().find(|world| world.range.contains(&at))?;
        let inline = world.imports.iter().chain(&world.exports).find_map(|item| match &item.what {
            ExternKind::Interface(inner) if inner.range.contains(&at) => Some(Space::of_interface(inner)),
            _ => None,
        });
        Some(inline.unwrap_or(Space { uses: &world.uses, types: &world.types }))
    }

    fn of_type(&self, part: Part<'s>, at: usize, name: &str) -> Option<Location> {
        self.in_space(part, &Self::space(part, at)?, name, 0)
    }

    fn in_space(&self, part: Part<'s>, space: &Space<'s>, name: &str, steps: usize) -> Option<Location> {
        if steps > MOST_STEPS {
            return None;
        }
        if let Some(ty) = space.types.iter().find(|ty| ty.name.text == name) {
            return Some(Location::new(part.file, ty.name.range.clone()));
        }
        let mut used = space.uses.iter().flat_map(|item| item.names.iter().map(move |name| (item, name)));
        let (item, renamed) = used.find(|(_, renamed)| renamed.local().text == name)?;
        match &renamed.other {
            // The name that it has here is declared here.
            Some(other) if steps == 0 => Some(Location::new(part.file, other.range.clone())),
            _ => self.of_use(part, item, &renamed.name.text, steps + 1),
        }
    }

    /// The type `name` of the interface that a `use` names.
    fn of_use(&self, part: Part<'s>, item: &Use, name: &str, steps: usize) -> Option<Location> {
        let Item::Interface(part, interface) = self.target(part, &item.path)? else { return None };
        self.in_space(part, &Space::of_interface(interface), name, steps.max(1))
    }
}

/// The types that have a name in one place.
pub(super) struct Space<'s> {
    pub(super) uses: &'s [Use],
    pub(super) types: &'s [Type],
}

impl<'s> Space<'s> {
    fn of_interface(interface: &'s Interface) -> Self {
        Self { uses: &interface.uses, types: &interface.types }
    }

    /// Every name.
    pub(super) fn names(&self) -> impl Iterator<Item = &'s Name> + use<'s> {
        let used = self.uses.iter().flat_map(|item| &item.names).map(crate::wit::outline::Renamed::local);
        self.types.iter().map(|ty| &ty.name).chain(used)
    }
}

fn plain(token: &SyntaxToken) -> &str {
    crate::wit::syntax::ast::plain(token)
}
