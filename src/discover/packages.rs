//! A target of a cargo package as a component: how its bindings come to be, and what its WIT says of it.

use std::path::{Path, PathBuf};

use crate::config::FILE;
use crate::discover::choice::{Candidate, guest_crate};
use crate::discover::features::{Features, that_brings};
use crate::discover::manifest::{Dependency, Package, Use};
use crate::discover::runtime;
use crate::discover::source;
use crate::discover::source::{Generate, Source};
use crate::discover::workspace::Found;
use crate::files::{ReadError, join, read};
use crate::inspect;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::project::{BINDINGS_MARK, Bindings, BuildKind, CargoPackage, Component};

fn wit_bindgen(dependencies: &[Dependency]) -> Option<&Dependency> {
    dependencies.iter().find(|d| d.package == "wit-bindgen" || d.package == "wit-bindgen-rt")
}

/// The component called `name` that a chosen target becomes; `None` where it cannot be one, which is reported.
pub(super) fn component(
    root: &Path,
    chosen: &Candidate<'_>,
    name: &str,
    named_features: &[String],
    problems: &mut Vec<Diagnostic>,
) -> Option<Component> {
    let (found, package) = (chosen.found, chosen.package);
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
    let features = Features::of(package, named_features);
    let mut dependencies: Vec<Dependency> = found.dependencies.clone();
    dependencies.extend(chosen.is_example().then_some(&found.dev_dependencies).into_iter().flatten().cloned());
    problems.extend(left_out(found, package, &dependencies, &features, name));
    let source = source::read(entry, &features).unwrap_or_else(|error| {
        problems.push(crate::discover::unreadable(entry, &error).component(name));
        Source::default()
    });
    let bindings_file = bindings_file(entry, &source);
    let metadata = package.component.as_ref();
    let bindings = bindings_kind(&bindings_file, &dependencies, &source).unwrap_or_else(|(file, error)| {
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
            example: chosen.is_example(),
            features: named_features.to_vec(),
            apart: false,
            bindings,
            bindings_file,
            world,
        }),
        packages: metadata.and_then(|m| m.package.clone()).into_iter().collect(),
        folder: manifest.folder.clone(),
        path_dependencies: if chosen.is_example() { &found.example_dependencies } else { &found.path_dependencies }
            .clone(),
        wit,
        declared: None,
    };
    declare(root, &mut component, &how_wit_is_read(package, bindings, generate, library.is_some()), problems);
    if bindings == Bindings::Studio {
        problems.extend(
            runtime::problem(found, package, wit_bindgen(&dependencies), component.declared.as_ref())
                .map(|problem| problem.component(name)),
        );
        if component.wit.is_none() {
            problems.push(no_wit(found, package).component(name));
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
    // The macro reads `deps/` alone.
    let by_macro = matches!(reading, Reading::AsTheBuild) && package.bindings == Bindings::None;
    if let Some(wit) = component.wit.as_deref().filter(|_| by_macro) {
        let missing = inspect::missing_from_deps(root, wit);
        problems.extend(missing.iter().map(|(name, _)| not_in_deps(wit, name).component(&component.name)));
    }
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

/// What makes it a component is left out of what would be built.
fn left_out(
    found: &Found,
    package: &Package,
    dependencies: &[Dependency],
    features: &Features,
    name: &str,
) -> Option<Diagnostic> {
    let used: Vec<Dependency> = dependencies.iter().filter(|d| features.has(d)).cloned().collect();
    let is_bound = |dependencies: &[Dependency]| guest_crate(dependencies, Use::SomeTargets).is_some();
    if is_bound(&used) || found.local_guest_crate {
        return None;
    }
    let guest = guest_crate(dependencies, Use::SomeTargets)?;
    let dependency = dependencies.iter().find(|d| d.package == guest)?;
    let feature = that_brings(package, dependency)?;
    Some(
        Diagnostic::warning(
            Origin::Project,
            format!("`{name}` is built without `{guest}`, which its feature `{feature}` brings."),
        )
        .at(&found.manifest.path, found.manifest.line_of(&dependency.key), 0)
        .component(name)
        .help(format!("Turn the feature on in {FILE}: [components.{name}] features = [\"{feature}\"]")),
    )
}

fn not_in_deps(wit: &Path, package: &str) -> Diagnostic {
    let fetch = inspect::fetched_by(wit).unwrap_or("copy it there");
    Diagnostic::error(
        Origin::Wit,
        format!("`{package}` is not in `wit/deps/`, where the macro that makes the bindings looks for it."),
    )
    .at(wit, 0, 0)
    .help(format!("Fetch it: {fetch}."))
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
