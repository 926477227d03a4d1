//! Components that are simply there as files, and the packages that compositions name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::discover::choice::named;
use crate::discover::samples;
use crate::discover::scan::Scan;
use crate::files;
use crate::files::Kind;
use crate::inspect::is_composition;
use crate::model::port::unversioned;
use crate::model::project::{BuildKind, Component, PassedOver, kebab, local_package, package_name};

/// The `.wasm` and `.wat` files of a folder, by what they are to it.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Components of the project.
    pub(crate) parts: Vec<PathBuf>,
    pub passed_over: Vec<PassedOver>,
    /// What is passed over as a sample, or as what `studio compose` wrote: components where there is nothing else.
    pub(crate) others: Vec<PathBuf>,
    /// Names of the packages that a file was built from.
    pub built: BTreeSet<String>,
}

/// Sorts the files. `outputs` are what the user's own commands write, `packages` how cargo's targets are called (as
/// [`kebab`] spells it), `named_in_wac` the packages that compositions name.
pub(super) fn sort(
    root: &Path,
    scan: &Scan,
    outputs: &BTreeSet<PathBuf>,
    packages: &BTreeSet<String>,
    config: &Config,
    named_in_wac: &BTreeSet<String>,
) -> Files {
    let mut files = Files::default();
    for file in scan.wasm.iter().filter(|file| !outputs.contains(*file)) {
        let stem = stem(file);
        let in_config = config.components.get(stem.as_str()).is_some_and(|c| c.command.is_none());
        let package = dependency_name(file);
        let whole = package.as_deref().map(unversioned);
        let in_wac = named_in_wac.iter().any(|p| Some(p.as_str()) == whole || is_local(p, &stem));
        let is_sample = samples::holds(root, file);
        let is_dependency = package.is_some() && (!is_sample || in_wac);
        let passed_over =
            |reason: String, change: String| PassedOver { name: stem.clone(), file: file.clone(), reason, change };
        if is_dependency {
            files.parts.push(file.clone());
        } else if let Some(sources) = sources(&stem, packages).filter(|_| !is_sample) {
            let reason = format!("the sources of `{sources}` are here too, and count before what was built from them");
            // A composition that is called like the package says nothing of it.
            if !is_output(file) {
                files.built.insert(sources);
            }
            files.passed_over.push(passed_over(reason, "another name for the file".into()));
        } else if in_config || in_wac {
            files.parts.push(file.clone());
        } else if file.extension().is_some_and(|e| e == "wasm") && file.metadata().is_ok_and(|about| about.len() == 0) {
            // Perhaps a shell has just made it, for what `compose -o -` will write.
            files.passed_over.push(passed_over("it is empty".into(), "a component in its place".into()));
        } else if is_sample {
            files.passed_over.push(passed_over(samples::REASON.into(), named(&stem)));
            files.others.push(file.clone());
        } else if is_output(file) {
            files.passed_over.push(passed_over("`studio compose` wrote it".into(), named(&stem)));
            files.others.push(file.clone());
        } else {
            files.parts.push(file.clone());
        }
    }
    files
}

impl Files {
    /// There is nothing else: samples and compositions are components too.
    pub(super) fn take_others(&mut self) {
        let others = std::mem::take(&mut self.others);
        self.passed_over.retain(|p| !others.contains(&p.file));
        self.parts.extend(others);
    }
}

pub(super) fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The package that a file was built from, by its name: copies are often called `NAME.opt.wasm` or `NAME.component.wasm`.
fn sources(stem: &str, packages: &BTreeSet<String>) -> Option<String> {
    let first = stem.split('.').next().unwrap_or(stem);
    [stem, first].into_iter().map(kebab).find(|name| packages.contains(name))
}

/// Whether `studio compose` wrote this file.
fn is_output(file: &Path) -> bool {
    file.extension().is_some_and(|e| e == "wasm")
        && files::read(file, Kind::Wasm).is_ok_and(|bytes| is_composition(&bytes))
}

pub(super) fn component(root: &Path, file: &Path) -> Component {
    let package = dependency_name(file);
    Component {
        // Below `deps/` the file may be called after its version alone.
        name: package.as_deref().map_or_else(|| stem(file), |package| package_name(package).to_owned()),
        packages: package.into_iter().collect(),
        build_kind: BuildKind::File(file.to_owned()),
        folder: file.parent().unwrap_or(root).to_owned(),
        path_dependencies: Vec::new(),
        wit: None,
        declared: None,
    }
}

/// Gives the components of `deps/` names of their own where another has theirs: that of their namespace before it, then
/// that with their version behind. Which of them are there decides, not in which order they were found.
pub(super) fn disambiguate_names(components: &mut [Component]) {
    let spelt: [fn(&str) -> Option<String>; 2] =
        [|package| Some(unversioned(package).replace(':', "-")), |package| Some(package.replace([':', '@'], "-"))];
    for spell in spelt {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for component in components.iter() {
            *counts.entry(component.name.clone()).or_default() += 1;
        }
        for component in components.iter_mut().filter(|c| counts.get(&c.name).is_some_and(|count| *count > 1)) {
            let BuildKind::File(file) = &component.build_kind else { continue };
            if let Some(name) = dependency_name(file).and_then(|package| spell(&package)) {
                component.name = name;
            }
        }
    }
}

/// The package that a file below `deps/` is, as the wac CLI finds it: `…/deps/ns/name.wasm` is `ns:name`,
/// `…/deps/ns/name/1.0.0.wasm` is `ns:name@1.0.0`.
fn dependency_name(file: &Path) -> Option<String> {
    let segments: Vec<&str> = file.iter().map(|segment| segment.to_str()).collect::<Option<_>>()?;
    let deps = segments.iter().rposition(|segment| *segment == "deps")?;
    let (file, folders) = segments.get(deps + 1..)?.split_last()?;
    let stem = file.strip_suffix(".wasm").or_else(|| file.strip_suffix(".wat"))?;
    let is_version = folders.len() > 1 && semver::Version::parse(stem).is_ok();
    match folders {
        [] => None,
        _ if is_version => Some(format!("{}@{stem}", folders.join(":"))),
        _ => Some(format!("{}:{stem}", folders.join(":"))),
    }
}

/// Whether a package that a composition names is the component of this name.
pub(super) fn is_local(package: &str, name: &str) -> bool {
    package == local_package(name)
}

/// The packages (`ns:name`, versions left out) that compositions instantiate, broken ones included as far as they go.
pub(super) fn packages_named(compositions: &[PathBuf]) -> BTreeSet<String> {
    let texts = compositions.iter().filter_map(|c| files::text(c, Kind::Composition).ok());
    texts.flat_map(|text| instantiated(&text)).collect()
}

/// What follows the word `new`. A scan rather than a parse, for a composition being written is often broken.
fn instantiated(text: &str) -> Vec<String> {
    let code: String = text.lines().map(|l| l.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let words: Vec<&str> = code.split_whitespace().collect();
    let package = |word: &str| {
        let end = word.find(|c: char| !(c.is_ascii_alphanumeric() || "-:".contains(c))).unwrap_or(word.len());
        word.get(..end).filter(|p| p.contains(':')).map(str::to_owned)
    };
    words.windows(2).filter(|w| w.first() == Some(&"new")).filter_map(|w| package(w.get(1)?)).collect()
}

#[cfg(test)]
mod tests {
    use crate::discover::wasm_files::*;

    #[test]
    fn instantiations_are_seen_in_broken_text_too() {
        let text = "package a:b;\n// new no:comment\nlet x = new cyber:core@1.0.0 { ... };\nlet y = new\n  my:app{ x: ";
        assert_eq!(instantiated(text), ["cyber:core", "my:app"]);
    }

    #[test]
    fn packages_of_deps_are_named_as_the_wac_cli_names_them() {
        assert_eq!(dependency_name(Path::new("/p/deps/cyber/core.wasm")).as_deref(), Some("cyber:core"));
        for (file, package) in [
            ("/p/deps/cyber/core.wat", Some("cyber:core")),
            ("/p/deps/acme/clock/1.0.0.wasm", Some("acme:clock@1.0.0")),
            ("/p/deps/acme/clock/1.0.0-rc.1.wat", Some("acme:clock@1.0.0-rc.1")),
            ("/p/deps/acme/tools/clock.wasm", Some("acme:tools:clock")),
            ("/p/deps/acme/1.0.0.wasm", Some("acme:1.0.0")),
            ("/deps/p/deps/cyber/core.wasm", Some("cyber:core")),
            ("/p/deps/core.wasm", None),
            ("/p/lib/cyber/core.wasm", None),
        ] {
            assert_eq!(dependency_name(Path::new(file)).as_deref(), package, "{file}");
        }
    }

    #[test]
    fn components_of_one_name_are_told_apart_in_whatever_order() {
        let named = |files: &[&str]| {
            let mut all: Vec<_> = files.iter().map(|f| component(Path::new("/p"), &Path::new("/p").join(f))).collect();
            disambiguate_names(&mut all);
            all.into_iter().map(|c| c.name).collect::<Vec<_>>()
        };
        assert_eq!(named(&["deps/north/store.wat", "deps/south/store.wat"]), ["north-store", "south-store"]);
        assert_eq!(named(&["deps/south/store.wat", "deps/north/store.wat"]), ["south-store", "north-store"]);
        assert_eq!(named(&["deps/north/store.wat", "store.wat"]), ["north-store", "store"]);
        assert_eq!(named(&["deps/a/c/1.0.0.wasm", "deps/a/c/2.0.0.wasm"]), ["a-c-1.0.0", "a-c-2.0.0"]);
        assert_eq!(named(&["deps/north/store.wat", "deps/north/other.wat"]), ["store", "other"]);
    }
}
