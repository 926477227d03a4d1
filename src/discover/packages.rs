//! A target of a cargo package as a component: how its bindings come to be, and what its WIT says of it.

use std::path::{Path, PathBuf};

use crate::discover::choice::Candidate;
use crate::discover::manifest::{Dependency, Package, join};
use crate::discover::runtime;
use crate::discover::source;
use crate::discover::source::{Generate, Source};
use crate::discover::workspace::Found;
use crate::files::{ReadError, read};
use crate::inspect;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::project::{BINDINGS_MARK, Bindings, BuildKind, CargoPackage, Component};

fn wit_bindgen(dependencies: &[Dependency]) -> Option<&Dependency> {
    dependencies.iter().find(|d| d.package == "wit-bindgen" || d.package == "wit-bindgen-rt")
}

/// The component that a chosen target becomes; `None` where it cannot be one, which is reported.
pub(super) fn component(root: &Path, chosen: &Candidate<'_>, problems: &mut Vec<Diagnostic>) -> Option<Component> {
    let (found, package, name) = (chosen.found, chosen.package, chosen.name());
    let manifest = &found.manifest;
    if found.orphan {
        problems.push(orphan(root, found, package));
        return None;
    }
    let library = package.library.as_ref().filter(|l| l.cdylib && chosen.binary.is_none());
    let Some(entry) = library.map(|l| &l.source).or(chosen.binary.map(|b| &b.source)) else {
        problems.push(no_target(found, package));
        return None;
    };
    let source = source::read(entry).unwrap_or_else(|error| {
        problems.push(crate::discover::unreadable(entry, &error).component(name));
        Source::default()
    });
    let bindings_file = bindings_file(entry, &source);
    let metadata = package.component.as_ref();
    let bindings = bindings_kind(&bindings_file, &found.dependencies, &source).unwrap_or_else(|(file, error)| {
        problems.push(crate::discover::unreadable(&file, &error).component(name));
        Bindings::Foreign
    });
    let generate = source.generate.as_ref().filter(|_| bindings != Bindings::Studio);
    let written = generate.and_then(|g| g.paths.last()).map(String::as_str);
    let wit = metadata.and_then(|m| m.wit.as_deref()).or(written).unwrap_or("wit");
    let wit = Some(join(&manifest.folder, wit)).filter(|w| w.exists());
    let world = metadata.and_then(|m| m.world.clone()).or_else(|| generate.and_then(|g| g.world.clone()));
    let mut component = Component {
        name: name.to_owned(),
        build_kind: BuildKind::Cargo(CargoPackage {
            package: package.name.clone(),
            manifest: manifest.path.clone(),
            workspace: found.workspace.clone(),
            bin: chosen.binary.map(|b| b.name.clone()),
            bindings,
            bindings_file,
            world,
        }),
        packages: metadata.and_then(|m| m.package.clone()).into_iter().collect(),
        folder: manifest.folder.clone(),
        path_dependencies: found.path_dependencies.clone(),
        wit,
        declared: None,
    };
    declare(root, &mut component, &how_wit_is_read(package, bindings, generate, library.is_some()), problems);
    if bindings == Bindings::Studio {
        problems.extend(runtime::problem(
            found,
            package,
            wit_bindgen(&found.dependencies),
            component.declared.as_ref(),
        ));
        if component.wit.is_none() {
            problems.push(no_wit(found, package));
        }
    }
    Some(component)
}

/// How much of a component's WIT studio understands as its build does.
enum Reading {
    /// It is not what the component is made of.
    NotAtAll,
    /// Its ports are shown if a world can be found; otherwise its build says what is wrong.
    IfItCanBe,
    /// As the build reads it: what is wrong here is wrong there.
    AsTheBuild,
    /// The macro holds the text itself.
    Inline(String),
}

fn how_wit_is_read(package: &Package, bindings: Bindings, generate: Option<&Generate>, library: bool) -> Reading {
    if let Some(text) = generate.and_then(|g| g.inline.clone()) {
        return Reading::Inline(text);
    }
    // WIT that is put together of several folders, or that cargo-component fetches, is understood by who does that.
    let elsewhere =
        generate.is_some_and(|g| g.paths.len() > 1) || package.component.as_ref().is_some_and(|m| m.foreign_wit);
    match bindings {
        _ if elsewhere => Reading::IfItCanBe,
        Bindings::Studio => Reading::AsTheBuild,
        _ if generate.is_some() || package.component.is_some() => Reading::AsTheBuild,
        Bindings::None if !library => Reading::NotAtAll,
        Bindings::Foreign | Bindings::None => Reading::IfItCanBe,
    }
}

/// Adds what the WIT says of a component: its package, and its ports before its first build.
fn declare(root: &Path, component: &mut Component, reading: &Reading, problems: &mut Vec<Diagnostic>) {
    let BuildKind::Cargo(package) = &component.build_kind else { return };
    let world = package.world.as_deref();
    let name = match (reading, component.wit.as_deref()) {
        (Reading::Inline(text), _) => inspect::package_in(text),
        (Reading::NotAtAll, _) | (_, None) => None,
        (reading, Some(wit)) => match inspect::declared(root, wit, world) {
            Ok(found) => {
                component.declared = Some(found.ports);
                Some(found.package)
            }
            Err(found) => {
                if matches!(reading, Reading::AsTheBuild) {
                    problems.extend(found.into_iter().map(|p| p.component(&component.name)));
                }
                inspect::package_named(root, wit)
            }
        },
    };
    component.packages.extend(name.filter(|name| !component.packages.contains(name)));
}

/// Where rustc looks for `mod bindings;`, else where it would: beside the crate's root file.
fn bindings_file(root_file: &Path, source: &Source) -> PathBuf {
    let folder = root_file.parent().unwrap_or(root_file);
    let written = source.bindings.as_deref().unwrap_or(Path::new("bindings.rs"));
    let in_folder = folder.join(written.with_extension("")).join("mod.rs");
    if in_folder.is_file() { in_folder } else { join(folder, &written.to_string_lossy()) }
}

/// Ours where the file carries our mark, or where it is missing and the crate waits for it with the runtime at hand.
fn bindings_kind(file: &Path, dependencies: &[Dependency], source: &Source) -> Result<Bindings, (PathBuf, ReadError)> {
    let marked = match read::head(file, BINDINGS_MARK.len() as u64) {
        Ok(head) => Some(head == BINDINGS_MARK.as_bytes()),
        Err(error) if error.is_missing() => None,
        Err(error) => return Err((file.to_owned(), error)),
    };
    Ok(match marked {
        Some(true) => Bindings::Studio,
        None if source.bindings.is_some() && wit_bindgen(dependencies).is_some_and(is_runtime) => Bindings::Studio,
        _ if source.bindings.is_some() => Bindings::Foreign,
        _ => Bindings::None,
    })
}

/// `wit-bindgen` without its macro.
fn is_runtime(dependency: &Dependency) -> bool {
    dependency.package == "wit-bindgen"
        && dependency.default_features == Some(false)
        && !dependency.features.iter().any(|f| f == "macros" || f == "default")
}

fn rust(text: String) -> Diagnostic {
    Diagnostic::error(Origin::Project, text)
}

fn no_wit(found: &Found, package: &Package) -> Diagnostic {
    rust(format!("`{}` has no WIT, so its bindings can't be made.", package.name))
        .at(&found.manifest.path, found.manifest.line_of("name"), 0)
        .component(&package.name)
        .help("Put its world into wit/world.wit, or name the place: [package.metadata.component.target] path = \"…\"")
}

fn no_target(found: &Found, package: &Package) -> Diagnostic {
    rust(format!("`{}` should be a component, but it has neither a cdylib nor a binary target.", package.name))
        .at(&found.manifest.path, found.manifest.line_of("name"), 0)
        .component(&package.name)
        .help("Add to its Cargo.toml: [lib] crate-type = [\"cdylib\"]")
}

fn orphan(root: &Path, found: &Found, package: &Package) -> Diagnostic {
    let manifest: PathBuf = found.workspace.join("Cargo.toml");
    let shown = manifest.strip_prefix(root).unwrap_or(&manifest);
    Diagnostic::warning(
        Origin::Project,
        format!(
            "`{}` lies in the workspace of {} but is not a member of it, so cargo won't build it.",
            package.name,
            shown.display()
        ),
    )
    .at(&found.manifest.path, found.manifest.line_of("name"), 0)
    .help("Add it to `members` there (or to `exclude`), or give it an empty [workspace] of its own.")
}
