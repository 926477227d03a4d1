//! Which cargo packages are components, and how their bindings come to be.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use semver::{Version, VersionReq};

use crate::config::Config;
use crate::discover::manifest::{Dependency, Package, join};
use crate::discover::source;
use crate::discover::source::Source;
use crate::discover::workspace::{Cargo, Found};
use crate::files::{ReadError, read};
use crate::inspect;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::project::{BINDINGS_MARK, BINDINGS_RUNTIME, Bindings, BuildKind, CargoPackage, Component};

/// The packages that are components. Where nothing else in the folder is one, its binaries are: plain commands.
pub fn components(
    root: &Path,
    cargo: &Cargo,
    config: &Config,
    named_in_wac: &BTreeSet<String>,
    others: bool,
    problems: &mut Vec<Diagnostic>,
) -> Vec<Component> {
    let mut chosen: Vec<(&Found, &Package)> = Vec::new();
    let packages = || cargo.packages.iter().filter_map(|f| f.manifest.package.as_ref().map(|p| (f, p)));
    for (found, package) in packages() {
        let in_config = config.components.get(package.name.as_str()).is_some_and(|c| c.command.is_none());
        let in_wac = named_in_wac.iter().any(|n| n.rsplit(':').next() == Some(package.name.replace('_', "-").as_str()));
        let buildable = package.binary.is_some() || package.library.as_ref().is_some_and(|l| l.cdylib);
        if is_component(found, package) || (buildable && (in_config || in_wac)) {
            chosen.push((found, package));
        }
    }
    if chosen.is_empty() && !others {
        chosen = packages().filter(|(_, p)| p.binary.is_some()).collect();
    }
    chosen.into_iter().filter_map(|(found, package)| component(root, found, package, problems)).collect()
}

/// Whether a package says by itself that it is a component.
fn is_component(found: &Found, package: &Package) -> bool {
    if package.component.is_some() {
        return true;
    }
    let binds = wit_bindgen(&found.dependencies).is_some();
    let has_wit = found.manifest.folder.join("wit").is_dir();
    if package.library.as_ref().is_some_and(|l| l.cdylib) {
        return has_wit || binds;
    }
    // A command that imports more than WASI: nobody depends on a guest's bindings in a program for the host.
    package.binary.is_some() && has_wit && binds
}

fn wit_bindgen(dependencies: &[Dependency]) -> Option<&Dependency> {
    dependencies.iter().find(|d| d.package == "wit-bindgen" || d.package == "wit-bindgen-rt")
}

fn component(root: &Path, found: &Found, package: &Package, problems: &mut Vec<Diagnostic>) -> Option<Component> {
    let manifest = &found.manifest;
    if found.orphan {
        problems.push(orphan(root, found, package));
        return None;
    }
    let library = package.library.as_ref().filter(|l| l.cdylib);
    let Some(entry) = library.map(|l| &l.source).or(package.binary.as_ref().map(|b| &b.source)) else {
        problems.push(no_target(found, package));
        return None;
    };
    let source = source::read(entry).unwrap_or_else(|error| {
        problems.push(crate::discover::unreadable(entry, &error).component(&package.name));
        Source::default()
    });
    let metadata = package.component.as_ref();
    let bindings = bindings_kind(&manifest.folder, &found.dependencies, &source).unwrap_or_else(|(file, error)| {
        problems.push(crate::discover::unreadable(&file, &error).component(&package.name));
        Bindings::Foreign
    });
    let generate = source.generate.as_ref().filter(|_| bindings == Bindings::None);
    let wit = metadata.and_then(|m| m.wit.as_deref()).or(generate.and_then(|g| g.path.as_deref())).unwrap_or("wit");
    let wit = Some(join(&manifest.folder, wit)).filter(|w| w.exists());
    let world = metadata.and_then(|m| m.world.clone()).or_else(|| generate.and_then(|g| g.world.clone()));

    let mut packages: Vec<String> = metadata.and_then(|m| m.package.clone()).into_iter().collect();
    let mut declared = None;
    let uses_wit = bindings != Bindings::None || generate.is_some() || metadata.is_some() || library.is_some();
    if let Some(wit) = wit.as_deref().filter(|_| uses_wit) {
        match inspect::declared(root, wit, world.as_deref()) {
            Ok(found) => {
                packages.extend(Some(found.package).filter(|p| !packages.contains(p)));
                declared = Some(found.ports);
            }
            // WIT whose dependencies cargo-component fetches can't be read without it; its own build says what is wrong.
            Err(_) if metadata.is_some_and(|m| m.foreign_wit) => {}
            Err(found) => {
                problems.extend(found.into_iter().map(|p| p.component(&package.name)));
                packages.extend(inspect::package_named(root, wit).filter(|p| !packages.contains(p)));
            }
        }
    }
    if bindings == Bindings::Studio {
        problems.extend(runtime_problem(found, package));
        if wit.is_none() {
            problems.push(no_wit(found, package));
        }
    }
    Some(Component {
        name: package.name.clone(),
        build_kind: BuildKind::Cargo(CargoPackage {
            package: package.name.clone(),
            manifest: manifest.path.clone(),
            workspace: found.workspace.clone(),
            bin: if library.is_some() { None } else { package.binary.as_ref().map(|b| b.name.clone()) },
            bindings,
            world,
        }),
        packages,
        folder: manifest.folder.clone(),
        path_dependencies: found.path_dependencies.clone(),
        wit,
        declared,
    })
}

/// Ours where the file carries our mark, or where it is missing and the crate waits for it with the runtime at hand.
fn bindings_kind(
    folder: &Path,
    dependencies: &[Dependency],
    source: &Source,
) -> Result<Bindings, (PathBuf, ReadError)> {
    let file = folder.join("src").join("bindings.rs");
    let marked = match read::head(&file, BINDINGS_MARK.len() as u64) {
        Ok(head) => Some(head == BINDINGS_MARK.as_bytes()),
        Err(error) if error.is_missing() => None,
        Err(error) => return Err((file, error)),
    };
    Ok(match marked {
        Some(true) => Bindings::Studio,
        None if source.bindings_module && wit_bindgen(dependencies).is_some_and(is_runtime) => Bindings::Studio,
        _ if source.bindings_module => Bindings::Foreign,
        _ => Bindings::None,
    })
}

/// `wit-bindgen` without its macro.
fn is_runtime(dependency: &Dependency) -> bool {
    dependency.package == "wit-bindgen"
        && dependency.default_features == Some(false)
        && !dependency.features.iter().any(|f| f == "macros" || f == "default")
}

/// Generated code and runtime must be of one version.
fn runtime_problem(found: &Found, package: &Package) -> Option<Diagnostic> {
    let manifest = &found.manifest;
    let wanted = BINDINGS_RUNTIME;
    let advice = format!(
        "Write: wit-bindgen = {{ version = \"{wanted}\", default-features = false, features = [\"realloc\", \"std\"] }}"
    );
    let Some(dependency) = wit_bindgen(&found.dependencies) else {
        let text = format!("The bindings of `{}` need the crate wit-bindgen {wanted}.", package.name);
        let line = manifest.line_of("[dependencies]");
        return Some(rust(text).at(&manifest.path, line, 0).component(&package.name).help(advice));
    };
    let version = Version::parse(&format!("{wanted}.0")).ok()?;
    let asked = VersionReq::parse(dependency.version.as_deref()?).ok()?;
    if asked.matches(&version) {
        return None;
    }
    let text =
        format!("The bindings that studio writes need wit-bindgen {wanted}, but `{}` asks for {asked}.", package.name);
    Some(rust(text).at(&manifest.path, manifest.line_of("wit-bindgen"), 0).component(&package.name).help(advice))
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
    rust(format!("`{}` is to be a component, but it has neither a cdylib nor a binary.", package.name))
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
            "`{}` lies in the workspace of {} but is no member of it, so cargo won't build it.",
            package.name,
            shown.display()
        ),
    )
    .at(&found.manifest.path, found.manifest.line_of("name"), 0)
    .help("Add it to `members` there (or to `exclude`), or give it an empty [workspace] of its own.")
}
