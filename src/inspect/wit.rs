//! WIT text → declared ports and problems, before anything is built.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{
    Function, FunctionKind, LiftLowerAbi, ManglingAndAbi, PackageId, Resolve, ResolveError, ResolveErrorKind,
    SourceMap, Span, WorldId,
};

use crate::files;
use crate::files::Kind;
use crate::guard::{Panicked, caught, guard};
use crate::inspect::wit_elsewhere::fetched_by;
use crate::inspect::wit_files::{Main, WitError, parse, unreadable, wit_files};
use crate::inspect::wit_problems;
use crate::model::diagnostic::{Diagnostic, Origin, Place, line_column};
use crate::model::port::Ports;
use crate::model::signature;
use crate::model::types::Source;
use crate::wit::verdict;

/// What a component's WIT says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The WIT package, as in `cyber:core` or `cyber:core@1.0.0`.
    pub package: String,
    pub world: String,
    pub ports: Ports,
}

/// The ports of a world of a WIT folder or file; the only world there is if none is named. `root` is the project's
/// folder, out of which no link is followed.
///
/// # Errors
/// What is wrong in the WIT, with its place (as `wit_path` spells it), or which worlds there are to choose from.
pub fn declared(root: &Path, wit_path: &Path, world: Option<&str>) -> Result<Declared, Vec<Diagnostic>> {
    let (mut resolve, id) = self::world(root, wit_path, world)?;
    // As whatever builds it does: of several versions that fit one another the newest stays.
    let _ = caught(|| resolve.merge_world_imports_based_on_semver(id));
    let package = resolve.worlds.get(id).and_then(|w| w.package);
    let name = package.and_then(|package| resolve.packages.get(package)).map(|p| p.name.to_string());
    let world = resolve.worlds.get(id).map(|w| w.name.clone());
    let ports = caught(|| signature::ports(&Arc::new(resolve), id, Source::Declared))
        .map_err(|panic| vec![failed(wit_path, &panic)])?;
    Ok(Declared { package: name.unwrap_or_default(), world: world.unwrap_or_default(), ports })
}

/// The same world with all its types.
pub(super) fn world(root: &Path, wit_path: &Path, world: Option<&str>) -> Result<(Resolve, WorldId), Vec<Diagnostic>> {
    let (resolve, package) = resolve(root, wit_path).map_err(|refusal| wit_problems::all(root, wit_path, *refusal))?;
    let id = choose(&resolve, package, world).map_err(|message| {
        let place = where_worlds_stand(root, wit_path);
        vec![
            Diagnostic { place: Some(place), ..Diagnostic::error(Origin::Wit, message) }
                .help("name the world in `[package.metadata.component.target]` of Cargo.toml, as in `world = \"app\"`"),
        ]
    })?;
    Ok((resolve, id))
}

/// A component of a world of a WIT folder or file whose functions do nothing: all that a composer asks of a component
/// that is not built yet. `None` where there is no such world, or none that can be encoded.
pub fn stand_in(root: &Path, wit_path: &Path, world: Option<&str>) -> Option<Vec<u8>> {
    let (resolve, id) = self::world(root, wit_path, world).ok()?;
    let encode = || {
        let mut module = dummy_module(&resolve, id, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
        embed_component_metadata(&mut module, &resolve, id, StringEncoding::UTF8).ok()?;
        ComponentEncoder::default().module(&module).ok()?.encode().ok()
    };
    guard(encode).flatten()
}

/// The package that a WIT folder or file says it is, whatever else is wrong in it.
pub fn package_named(root: &Path, path: &Path) -> Option<String> {
    own_files(root, path).iter().find_map(|file| package_in(&files::text(file, Kind::Wit).ok()?))
}

/// The files of the package itself, those of its `deps` left out.
fn own_files(root: &Path, path: &Path) -> Vec<PathBuf> {
    let mut files = wit_files(root, path);
    files.retain(|file| file == path || file.parent() == Some(path));
    files
}

/// The package that a WIT text says it is, as in `a:b` or `a:b@1.0.0`.
pub(crate) fn package_in(text: &str) -> Option<String> {
    // Several statements may stand in a line, as in a macro's argument.
    text.lines().flat_map(|line| line.split_inclusive([';', '}'])).find_map(|statement| {
        // `package a:b { … }` is another package inside this one.
        let name = statement.trim_start().strip_prefix("package ")?.split_once(';')?.0;
        let name = name.trim();
        (name.contains(':') && !name.contains(char::is_whitespace)).then(|| name.to_owned())
    })
}

/// The problems of a WIT folder or file; none when it is good.
pub(crate) fn check_wit(root: &Path, path: &Path) -> Vec<Diagnostic> {
    resolve(root, path).err().map(|refusal| wit_problems::all(root, path, *refusal)).unwrap_or_default()
}

/// A WIT package, encoded.
#[derive(Clone, Debug)]
pub struct Packaged {
    pub version: Option<semver::Version>,
    /// `None` where it cannot be encoded.
    pub bytes: Option<Vec<u8>>,
}

/// Every version of a package that a WIT folder or file holds, its `deps` included; none where the WIT is broken.
pub fn package(root: &Path, path: &Path, name: &str) -> Vec<Packaged> {
    let Ok((resolve, _)) = resolve(root, path) else { return Vec::new() };
    let is_it = |p: &wit_parser::Package| format!("{}:{}", p.name.namespace, p.name.name) == name;
    let found = resolve.packages.iter().filter(|(_, p)| is_it(p));
    let encoded = |(id, p): (PackageId, &wit_parser::Package)| Packaged {
        version: p.name.version.clone(),
        bytes: guard(|| wit_component::encode(&resolve, id).ok()).flatten(),
    };
    found.map(encoded).collect()
}

/// The package at `path`, with all that it uses.
///
/// # Errors
/// The first thing that is wrong, at its place.
pub fn resolve(root: &Path, path: &Path) -> Result<(Resolve, PackageId), Box<Diagnostic>> {
    caught(|| resolved(root, path)).unwrap_or_else(|panic| Err(Box::new(failed(path, &panic))))
}

fn resolved(root: &Path, path: &Path) -> Result<(Resolve, PackageId), Box<Diagnostic>> {
    let mut resolve = Resolve::default();
    let parsed = match parse(root, path, &mut resolve) {
        Ok(parsed) => parsed,
        Err(WitError::File(file, reason)) => return Err(Box::new(unreadable(&file, &reason))),
        Err(WitError::Parse(map, error)) => return Err(Box::new(diagnose(&map, path, &error.into()))),
        Err(WitError::Other(error)) => return Err(Box::new(diagnose(&resolve.source_map, path, &error))),
    };
    let pushed = match parsed.main {
        Main::Text(main) => resolve.push_groups(*main, parsed.deps),
        Main::Encoded(package) => return Ok((resolve, package)),
    };
    match pushed {
        Ok(package) => match clash(&resolve) {
            None => Ok((resolve, package)),
            Some(problem) => Err(Box::new(problem)),
        },
        Err(error) => Err(Box::new(diagnose(&resolve.source_map, path, &error.into()))),
    }
}

/// The first world of the package's own files, else where its first file begins.
fn where_worlds_stand(root: &Path, path: &Path) -> Place {
    let files = own_files(root, path);
    let world = |file: &PathBuf| {
        let text = files::text(file, Kind::Wit).ok()?;
        let line = text.lines().position(|l| l.trim_start().starts_with("world "))?;
        Some(Place { file: file.clone(), line: u32::try_from(line + 1).ok()?, column: 0 })
    };
    files.iter().find_map(world).unwrap_or_else(|| begin(files.first().map_or(path, PathBuf::as_path)))
}

/// Where a file begins, for what is wrong with all of it.
fn begin(file: &Path) -> Place {
    Place { file: file.to_owned(), line: u32::from(!file.is_dir()), column: 0 }
}

/// A function of a resource that is called as the resource: to a component the two are one name, which a build finds out
/// last, in the linker.
fn clash(resolve: &Resolve) -> Option<Diagnostic> {
    use FunctionKind as F;
    let functions = resolve.interfaces.iter().flat_map(|(_, interface)| interface.functions.values());
    let of = |function: &Function| match function.kind {
        F::Method(id) | F::AsyncMethod(id) | F::Static(id) | F::AsyncStatic(id) => resolve.types.get(id)?.name.clone(),
        F::Freestanding | F::AsyncFreestanding | F::Constructor(_) => None,
    };
    let (function, name) = functions
        .filter_map(|function| Some((function, of(function)?)))
        .find(|(function, name)| function.item_name() == name)?;
    let message =
        format!("the resource `{name}` has a function `{name}`: no component can have the two under one name");
    let problem = Diagnostic::error(Origin::Wit, message).help("rename the function, or the resource");
    Some(Diagnostic { place: place(&resolve.source_map, function.span), ..problem })
}

fn failed(path: &Path, panic: &Panicked) -> Diagnostic {
    Diagnostic::broken_down(Origin::Wit, "while reading this WIT", panic).at(path, 0, 0)
}

fn choose(resolve: &Resolve, package: PackageId, world: Option<&str>) -> Result<WorldId, String> {
    if let Ok(id) = resolve.select_world(&[package], world) {
        return Ok(id);
    }
    let worlds: Vec<_> =
        resolve.packages.get(package).map(|p| p.worlds.keys().map(|w| format!("`{w}`")).collect()).unwrap_or_default();
    Err(match (world, worlds.as_slice()) {
        (_, []) => "the WIT declares no world, so nothing can be built from it".into(),
        (Some(world), _) => format!("the WIT has no world `{world}`; it has {}", worlds.join(", ")),
        (None, _) => format!("the WIT has several worlds ({}) and none is chosen", worlds.join(", ")),
    })
}

fn diagnose(sources: &SourceMap, path: &Path, error: &anyhow::Error) -> Diagnostic {
    let found = error.chain().find_map(verdict::message);
    let Some((span, message, help)) = found else {
        // Not from the text: an encoded package. The innermost reason says most.
        return unreadable(path, &error.chain().last().map(ToString::to_string).unwrap_or_default());
    };
    let mut diagnostic = Diagnostic::error(Origin::Wit, message);
    diagnostic.place = place(sources, span).or_else(|| Some(named_in(sources, path, &diagnostic.message)));
    diagnostic.help = help.map(|help| if is_missing_package(error) { or_fetched(path, help) } else { help });
    if let Some(ResolveErrorKind::DuplicatePackage { span2, .. }) =
        error.chain().find_map(|layer| layer.downcast_ref::<ResolveError>()).map(ResolveError::kind)
    {
        diagnostic = diagnostic.remark("it is defined here too", place(sources, *span2));
    }
    diagnostic
}

/// The next step where the package `name` is missing that the WIT at `path` names.
pub(super) fn missing_package_help(path: &Path, name: &str) -> String {
    let folder = name.replace(':', "-");
    or_fetched(path, format!("put the package's WIT into `wit/deps/{folder}/` (versions must agree exactly)"))
}

fn or_fetched(path: &Path, help: String) -> String {
    match fetched_by(path) {
        Some(fetch) => format!("{fetch}, or {help}"),
        None => help,
    }
}

fn is_missing_package(error: &anyhow::Error) -> bool {
    let mut kinds = error.chain().filter_map(|layer| layer.downcast_ref::<ResolveError>()).map(ResolveError::kind);
    kinds.any(|kind| matches!(kind, ResolveErrorKind::PackageNotFound { .. }))
}

fn place(sources: &SourceMap, span: Span) -> Option<Place> {
    let location = sources.resolve_span(span)?;
    let text = files::text(Path::new(location.path), Kind::Wit).ok()?;
    let (line, column) = line_column(&text, location.range.start);
    Some(Place { file: location.path.into(), line, column })
}

/// Where an error that knows no place stands: the last line with the name that it begins with, else where the first
/// file begins.
fn named_in(sources: &SourceMap, path: &Path, message: &str) -> Place {
    let files: Vec<&Path> = sources.source_files().collect();
    let is_part = |c: char| c.is_alphanumeric() || c == '-';
    let found = message.split('`').nth(1).and_then(|name| {
        files.iter().find_map(|file| {
            let text = files::text(file, Kind::Wit).ok()?;
            let line = text.lines().collect::<Vec<_>>().iter().rposition(|l| {
                l.split("//").next().is_some_and(|code| code.split(|c| !is_part(c)).any(|word| word == name))
            })?;
            Some(Place { file: file.to_path_buf(), line: u32::try_from(line + 1).ok()?, column: 0 })
        })
    });
    found.unwrap_or_else(|| begin(files.first().copied().unwrap_or(path)))
}

#[cfg(test)]
mod tests {
    use crate::inspect::wit::*;
    use crate::model::port::PortKind;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn a_folder_with_dependencies_declares_its_ports() {
        let folder = folder(&[
            (
                "world.wit",
                "package my:app@1.0.0;\nworld app {\n  import dep:d/store@0.1.0;\n  export go: async func(n: u8);\n}",
            ),
            (
                "deps/d/d.wit",
                "package dep:d@0.1.0;\ninterface store {\n  resource row { constructor(); get: func() -> string; }\n  \
                 all: func() -> list<row>;\n}",
            ),
        ]);
        let declared = declared(folder.path(), folder.path(), None).unwrap();
        assert_eq!((declared.package.as_str(), declared.world.as_str()), ("my:app@1.0.0", "app"));
        let [import] = declared.ports.imports.as_slice() else { panic!("{:?}", declared.ports) };
        assert_eq!(import.name, "dep:d/store@0.1.0");
        assert_eq!(
            import.signature,
            ["resource row", "constructor row: func()", "row.get: func() -> string", "all: func() -> list<row>"]
        );
        let [export] = declared.ports.exports.as_slice() else { panic!("{:?}", declared.ports) };
        assert_eq!((export.name.as_str(), export.kind), ("go", PortKind::Function));
        assert_eq!(export.signature, ["async func(n: u8)"]);
    }

    #[test]
    fn broken_wit_is_told_with_its_place() {
        let folder = folder(&[("world.wit", "package my:app;\n\nworld app {\n  export é run: func();\n}")]);
        let problems = check_wit(folder.path(), folder.path());
        let place = problems[0].place.clone().unwrap();
        assert!(place.file.ends_with("world.wit"));
        assert_eq!((place.line, place.column), (4, 10));
        assert!(!problems[0].message.contains('\n') && !problems[0].message.contains("world.wit"), "{problems:?}");
    }

    #[test]
    fn a_missing_package_is_told_with_where_to_put_it() {
        let folder = folder(&[("world.wit", "package my:app;\nworld app {\n  import wasi:http/types@0.2.0;\n}")]);
        let problem = &check_wit(folder.path(), folder.path())[0];
        assert_eq!(problem.message, "the WIT package `wasi:http@0.2.0` is not found");
        assert!(problem.help.as_deref().unwrap().contains("wit/deps/wasi-http/"));
        assert_eq!(problem.place.as_ref().unwrap().line, 3);
    }

    #[test]
    fn a_resource_and_its_function_of_one_name_are_told_with_their_place() {
        for (function, clashes) in [
            ("foo: func() -> string;", true),
            ("foo: static func() -> string;", true),
            ("foo: async func();", true),
            ("bar: func() -> string;", false),
        ] {
            let wit = format!(
                "package my:app;\n\ninterface api {{\n  resource foo {{\n    constructor();\n    {function}\n  }}\n}}"
            );
            let folder = folder(&[("world.wit", &wit)]);
            let problems = check_wit(folder.path(), folder.path());
            assert_eq!(problems.len(), usize::from(clashes), "{problems:?}");
            if let Some(problem) = problems.first() {
                assert!(problem.message.contains("the resource `foo` has a function `foo`"), "{}", problem.message);
                assert_eq!(problem.place.as_ref().unwrap().line, 6);
            }
        }
    }

    #[test]
    fn the_world_must_be_clear() {
        let two = folder(&[("w.wit", "package my:app;\nworld a {}\nworld b {}")]);
        assert_eq!(declared(two.path(), two.path(), Some("b")).unwrap().world, "b");
        let message = |folder: &Path, world| declared(folder, folder, world).unwrap_err()[0].message.clone();
        assert_eq!(message(two.path(), None), "the WIT has several worlds (`a`, `b`) and none is chosen");
        assert_eq!(message(two.path(), Some("c")), "the WIT has no world `c`; it has `a`, `b`");
        let none = folder(&[("w.wit", "package my:app;\ninterface a {}")]);
        assert!(message(none.path(), None).contains("declares no world"));
        assert!(check_wit(none.path(), none.path()).is_empty(), "a contract needs no world");
    }

    #[test]
    fn what_cannot_be_read_is_a_sentence() {
        let folder = folder(&[]);
        for path in [folder.path().join("nowhere"), folder.path().to_owned()] {
            assert!(!check_wit(folder.path(), &path).is_empty());
        }
    }
}
