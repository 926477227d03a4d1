//! The WIT that a text itself names: the world it `targets`, interfaces it imports, `use` and `include`.
//!
//! wac takes a WIT package as the bytes of its encoding, under one key with the components. Here a package may be both
//! (`new cyber:core` and `import log: cyber:core/log-handler`), so that WIT goes by a version of its own.

use semver::{BuildMetadata, Version};
use wac_parser::{
    Document as Ast, ImportType, InlineInterface, InterfaceItem, PackagePath, Statement, TypeStatement, UsePath,
    WorldItem, WorldItemPath, WorldRef,
};

use crate::compose::Document;
use crate::inspect::{Packaged, package};
use crate::model::diagnostic::Diagnostic;
use crate::model::project::Project;

/// One WIT package as wac gets it.
pub(super) struct InterfacePackage {
    pub name: String,
    /// What its paths in the syntax tree say now.
    pub version: Version,
    pub bytes: Vec<u8>,
}

/// Finds the WIT of every package path of a text in the project's WIT, and makes the paths mean it.
///
/// # Errors
/// Which of them is nowhere, with its place and what there is.
pub(super) fn gather(
    project: &Project,
    doc: &Document,
    ast: &mut Ast<'_>,
) -> Result<Vec<InterfacePackage>, Vec<Diagnostic>> {
    let own = ast.directive.package.name;
    let mut found: Vec<InterfacePackage> = Vec::new();
    let mut problems = Vec::new();
    each_path(ast, &mut |path| {
        if path.name == own {
            return;
        }
        let wanted = path.version.clone();
        match find(project, path.name, wanted.as_ref()) {
            Ok((version, bytes)) => {
                let build = BuildMetadata::new("wit").unwrap_or(BuildMetadata::EMPTY);
                let version = Version { build, ..version.unwrap_or(Version::new(0, 0, 0)) };
                path.version = Some(version.clone());
                if !found.iter().any(|c| c.name == path.name && c.version == version) {
                    found.push(InterfacePackage { name: path.name.to_owned(), version, bytes });
                }
            }
            Err((message, help)) => problems.push(doc.error(path.span.offset(), message).help(help)),
        }
    });
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

type Found = (Option<Version>, Vec<u8>);

fn find(project: &Project, name: &str, version: Option<&Version>) -> Result<Found, (String, String)> {
    let folders = project.interface_packages.iter().map(|c| c.folder.as_path());
    let of_components = project.components.iter().filter_map(|c| c.wit.as_deref());
    let mut versions: Vec<Option<Version>> = Vec::new();
    for folder in folders.chain(of_components) {
        for Packaged { version: have, bytes } in package(&project.root, folder, name) {
            if version.is_none() || have.as_ref() == version {
                if let Some(bytes) = bytes {
                    return Ok((have, bytes));
                }
            } else if !versions.contains(&have) {
                versions.push(have);
            }
        }
    }
    let called = version.map_or_else(|| name.to_owned(), |v| format!("{name}@{v}"));
    let there: Vec<_> =
        versions.iter().map(|v| v.as_ref().map_or_else(|| format!("`{name}`"), |v| format!("`{name}@{v}`"))).collect();
    let message = format!("no WIT of this project is the package `{called}`");
    Err((
        message,
        if there.is_empty() {
            "put its WIT into the `wit/deps/` of a component, or into a folder of its own".into()
        } else {
            format!("there is {}: name that version", there.join(", "))
        },
    ))
}

/// Visits every path to something of another package's WIT.
fn each_path<'a>(ast: &mut Ast<'a>, visit: &mut impl FnMut(&mut PackagePath<'a>)) {
    if let Some(path) = &mut ast.directive.targets {
        visit(path);
    }
    for statement in &mut ast.statements {
        match statement {
            Statement::Import(import) => match &mut import.ty {
                ImportType::Package(path) => visit(path),
                ImportType::Interface(interface) => in_interface(&mut interface.items, visit),
                ImportType::Func(_) | ImportType::Ident(_) => {}
            },
            Statement::Type(TypeStatement::Interface(interface)) => in_interface(&mut interface.items, visit),
            Statement::Type(TypeStatement::World(world)) => world.items.iter_mut().for_each(|i| in_world(i, visit)),
            Statement::Type(TypeStatement::Type(_)) | Statement::Let(_) | Statement::Export(_) => {}
        }
    }
}

fn in_interface<'a>(items: &mut [InterfaceItem<'a>], visit: &mut impl FnMut(&mut PackagePath<'a>)) {
    for item in items {
        if let InterfaceItem::Use(used) = item
            && let UsePath::Package(path) = &mut used.path
        {
            visit(path);
        }
    }
}

fn in_world<'a>(item: &mut WorldItem<'a>, visit: &mut impl FnMut(&mut PackagePath<'a>)) {
    let path = match item {
        WorldItem::Use(used) => match &mut used.path {
            UsePath::Package(path) => return visit(path),
            UsePath::Ident(_) => return,
        },
        WorldItem::Include(include) => match &mut include.world {
            WorldRef::Package(path) => return visit(path),
            WorldRef::Ident(_) => return,
        },
        WorldItem::Import(import) => &mut import.path,
        WorldItem::Export(export) => &mut export.path,
        WorldItem::Type(_) => return,
    };
    match path {
        WorldItemPath::Package(path) => visit(path),
        WorldItemPath::Named(named) => {
            if let wac_parser::ExternType::Interface(InlineInterface { items }) = &mut named.ty {
                in_interface(items, visit);
            }
        }
        WorldItemPath::Ident(_) => {}
    }
}
