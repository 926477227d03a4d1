//! Packages, interfaces and worlds.

use crate::wit::outline::of_types::{function, name, type_definition};
use crate::wit::outline::{
    Extern, ExternKind, Include, Interface, Name, Names, Outline, Package, PackageRef, PathRef, Renamed, TopLevelUse,
    Use, World,
};
use crate::wit::syntax::ast::{self, child, items};
use crate::wit::syntax::{Parsed, SyntaxKind as K, SyntaxNode, bytes};

/// What a file declares and names.
#[must_use]
pub fn outline(parsed: &Parsed) -> Outline {
    let mut outline = Outline::default();
    outline.main = package(&parsed.tree(), &mut outline.nested);
    outline
}

/// The name that `node` declares.
pub(super) fn declared(node: &SyntaxNode) -> Option<Name> {
    ast::declared(node).map(|token| name(&token))
}

fn package(node: &SyntaxNode, nested: &mut Vec<Package>) -> Package {
    let mut found = Package { name: child(node, K::PackageName).as_ref().and_then(package_ref), ..Package::default() };
    for item in items(node) {
        match item.kind() {
            K::PackageHeader if found.name.is_none() => {
                found.name = child(&item, K::PackageName).as_ref().and_then(package_ref);
            }
            K::NestedPackage => {
                let inner = package(&item, nested);
                nested.push(inner);
            }
            K::TopLevelUse => found.uses.extend(path(&item).map(|path| TopLevelUse {
                path,
                name: declared(&item),
                range: bytes(item.text_range()),
            })),
            K::Interface => found.interfaces.extend(declared(&item).map(|name| interface(&item, name))),
            K::World => found.worlds.extend(declared(&item).map(|name| world(&item, name))),
            _ => {}
        }
    }
    found
}

fn interface(node: &SyntaxNode, name: Name) -> Interface {
    let (mut uses, mut types, mut functions) = (Vec::new(), Vec::new(), Vec::new());
    for item in items(node) {
        uses.extend(use_item(&item));
        types.extend(type_definition(&item));
        functions.extend(function(&item));
    }
    let names = Names::new(&uses, &types);
    Interface { name, uses, types, functions, names, range: bytes(node.text_range()) }
}

fn world(node: &SyntaxNode, name: Name) -> World {
    let mut world = World {
        name,
        uses: Vec::new(),
        types: Vec::new(),
        imports: Vec::new(),
        exports: Vec::new(),
        includes: Vec::new(),
        names: Names::default(),
        range: bytes(node.text_range()),
    };
    for item in items(node) {
        world.uses.extend(use_item(&item));
        world.types.extend(type_definition(&item));
        match item.kind() {
            K::Import => world.imports.push(extern_item(&item)),
            K::Export => world.exports.push(extern_item(&item)),
            K::Include => {
                world.includes.extend(path(&item).map(|path| Include { path, names: renamed(&item, K::IncludeName) }));
            }
            _ => {}
        }
    }
    world.names = Names::new(&world.uses, &world.types);
    world
}

fn extern_item(node: &SyntaxNode) -> Extern {
    let name = declared(node);
    let what = if let Some(path) = path(node) {
        ExternKind::Path(path)
    } else if let (Some(inner), Some(name)) = (child(node, K::InlineInterface), name.clone()) {
        ExternKind::Interface(interface(&inner, name))
    } else if child(node, K::FunctionType).is_some() {
        function(node).map_or(ExternKind::Nothing, ExternKind::Function)
    } else {
        ExternKind::Nothing
    };
    Extern { name, what, range: bytes(node.text_range()) }
}

fn use_item(node: &SyntaxNode) -> Option<Use> {
    if node.kind() != K::Use {
        return None;
    }
    Some(Use { path: path(node)?, names: renamed(node, K::UseName), range: bytes(node.text_range()) })
}

fn renamed(node: &SyntaxNode, kind: K) -> Vec<Renamed> {
    let all = child(node, K::Members).into_iter().flat_map(|members| members.children());
    let named = all.filter(|child| child.kind() == kind).filter_map(|item| {
        let token = child(&item, K::NameRef)?.first_token()?;
        Some(Renamed { name: name(&token), other: declared(&item), range: bytes(item.text_range()) })
    });
    named.collect()
}

/// The path that is a child of `node`.
fn path(node: &SyntaxNode) -> Option<PathRef> {
    path_of(&child(node, K::Path)?)
}

/// What a node of kind [`K::Path`] says; `None` where it is broken.
pub(crate) fn path_of(path: &SyntaxNode) -> Option<PathRef> {
    let mut names = path.children().filter(|child| child.kind() == K::NameRef).filter_map(|child| child.first_token());
    let (first, second, third) = (names.next()?, names.next(), names.next());
    let range = bytes(path.text_range());
    Some(match (second, third) {
        (Some(package), Some(last)) => {
            let whole = bytes(first.text_range()).start..bytes(package.text_range()).end;
            let name_of_package = format!("{}:{}", ast::plain(&first), ast::plain(&package));
            let package = PackageRef { name: name_of_package, version: version(path), range: whole };
            PathRef { package: Some(package), name: name(&last), range }
        }
        // Broken.
        (Some(_), None) => return None,
        (None, _) => PathRef { package: None, name: name(&first), range },
    })
}

fn package_ref(node: &SyntaxNode) -> Option<PackageRef> {
    let mut names = node.children().filter(|child| child.kind() == K::NameRef).filter_map(|child| child.first_token());
    let (first, second) = (names.next()?, names.next()?);
    let range = bytes(first.text_range()).start..bytes(second.text_range()).end;
    Some(PackageRef { name: format!("{}:{}", ast::plain(&first), ast::plain(&second)), version: version(node), range })
}

fn version(node: &SyntaxNode) -> Option<Name> {
    let version = child(node, K::Version)?;
    Some(Name { text: version.text().to_string(), range: bytes(version.text_range()) })
}
