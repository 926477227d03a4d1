//! Which targets of the cargo packages are components, and why the others are none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::config::{Config, FILE};
use crate::discover::manifest::{Binary, Dependency, Package, Use};
use crate::discover::samples;
use crate::discover::wasm_files::is_local;
use crate::discover::workspace::{Cargo, Found};
use crate::files;
use crate::files::Kind;
use crate::model::project::{PassedOver, kebab};

/// Crates that only components depend on: bindings to WASI and to the hosts of components, and what makes bindings.
const GUEST_CRATES: [&str; 16] = [
    "wit-bindgen",
    "wit-bindgen-rt",
    "cargo-component-bindings",
    "wasi",
    "wasip2",
    "wasip3",
    "wstd",
    "wstd-axum",
    "waki",
    "spin-sdk",
    "spin-wasip3-http",
    "wasmcloud-component",
    "golem-rust",
    "golem-wasi-http",
    "leptos_wasi",
    "zed_extension_api",
];

/// Crates of programs that run components.
const HOST_CRATES: [&str; 6] =
    ["wasmtime", "wasmtime-wasi", "wasmtime-wasi-http", "wasmer", "wasm-component-layer", "spin-app"];

/// Crates of programs and plugins that are core modules: their hosts know no components.
const CORE_CRATES: [&str; 9] = [
    "extism-pdk",
    "proto_pdk",
    "moon_pdk",
    "fastly",
    "proxy-wasm",
    "wapc-guest",
    "kubewarden-policy-sdk",
    "cosmwasm-std",
    "near-sdk",
];

/// One target of a package.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<'c> {
    pub(crate) found: &'c Found,
    pub package: &'c Package,
    /// `None`: the library.
    pub(crate) binary: Option<&'c Binary>,
}

/// What else of the folder decides.
pub(super) struct Context<'c> {
    pub root: &'c Path,
    pub(crate) config: &'c Config,
    pub(crate) named_in_wac: &'c BTreeSet<String>,
    /// Stems of the `.wasm` files outside of samples.
    pub built: &'c BTreeSet<String>,
}

/// The targets that are components, and those that might have been.
#[derive(Default)]
pub(super) struct Chosen<'c> {
    pub components: Vec<Candidate<'c>>,
    pub passed_over: Vec<PassedOver>,
}

impl<'c> Candidate<'c> {
    /// What its component is called: the package's name, or a binary's where several are components.
    pub(super) fn name(&self) -> &'c str {
        match self.binary {
            // Not what its package is there for, or one of several that are.
            Some(binary) if !self.is_main() || self.package.main_binaries().len() > 1 => &binary.name,
            _ => &self.package.name,
        }
    }

    /// What cargo calls the file that it builds, and where.
    fn built_as(&self) -> (bool, String) {
        let library = self.package.library.as_ref().map(|l| l.name.as_str());
        let name = self.binary.map(|b| b.name.as_str()).or(library).unwrap_or(&self.package.name);
        (self.is_example(), name.replace('-', "_"))
    }

    fn has_cdylib(&self) -> bool {
        self.package.library.as_ref().is_some_and(|l| l.cdylib)
    }

    /// Whether it is what the package is there for: its cdylib, else its main binaries.
    fn is_main(&self) -> bool {
        self.binary.is_none_or(|binary| {
            !binary.example
                && !self.has_cdylib()
                && self.package.main_binaries().iter().any(|main| main.name == binary.name)
        })
    }

    pub(super) fn is_example(&self) -> bool {
        self.binary.is_some_and(|binary| binary.example)
    }

    fn is_sample(&self, context: &Context<'_>) -> bool {
        self.is_example() || samples::holds(context.root, &self.found.manifest.path)
    }

    /// Whether `studio.toml` or a composition names it. A package's name means what the package is there for.
    fn is_named(&self, context: &Context<'_>) -> bool {
        let name = self.name();
        let whose = |name: &str| {
            let in_config = context.config.components.get(name).is_some_and(|c| c.command.is_none());
            in_config || context.named_in_wac.iter().any(|package| is_local(package, name))
        };
        if self.is_main() {
            whose(name) || whose(&self.package.name)
        } else {
            *name != self.package.name && whose(name)
        }
    }

    /// Whether somebody built it to a `.wasm` file of the folder.
    fn was_built(&self, context: &Context<'_>) -> bool {
        self.is_main() && self.file_names().iter().any(|name| context.built.contains(name))
    }

    /// How what is built from it may be called, as [`kebab`] spells it.
    fn file_names(&self) -> [String; 2] {
        let library = self.package.library.as_ref().map(|l| l.name.as_str());
        [kebab(self.binary.map(|b| b.name.as_str()).or(library).unwrap_or_default()), kebab(self.name())]
    }

    /// Whether the package says by itself that this target is a component.
    fn is_declared_component(&self, context: &Context<'_>) -> bool {
        if self.is_example() {
            return self.is_example_of_a_guest(context);
        }
        // What is read from files comes last: most targets are decided before.
        self.is_main()
            && self.core_crate().is_none()
            && (self.package.component.is_some()
                || match self.binary {
                    // Nobody depends on a guest's bindings in a program for the host.
                    Some(_) => guest_crate(&self.found.dependencies, Use::Always).is_some(),
                    None => !self.is_for_browsers() && (self.is_bound() || self.has_wit()),
                }
                || is_for_wasi(context.root, self.found))
    }

    /// Whether an example is one of a library for components.
    fn is_example_of_a_guest(&self, context: &Context<'_>) -> bool {
        let all = [&self.found.dependencies, &self.found.dev_dependencies];
        let is_host = all.iter().any(|d| d.iter().any(|d| HOST_CRATES.contains(&d.package.as_str())));
        let is_guest = all.iter().any(|d| guest_crate(d, Use::SomeTargets).is_some());
        !is_host && (is_guest || is_for_wasi(context.root, self.found))
    }

    /// Whether its package depends on bindings, be it through another package of the folder.
    fn is_bound(&self) -> bool {
        guest_crate(&self.found.dependencies, Use::SomeTargets).is_some() || self.found.local_guest_crate
    }

    fn has_wit(&self) -> bool {
        self.found.manifest.folder.join("wit").is_dir()
    }

    fn is_for_browsers(&self) -> bool {
        let depends = |name: &str| self.found.dependencies.iter().any(|d| d.package == name);
        depends("wasm-bindgen") && guest_crate(&self.found.dependencies, Use::SomeTargets).is_none()
    }

    fn host_crate(&self) -> Option<&'static str> {
        self.depends_on(&HOST_CRATES)
    }

    /// What it depends on that makes it a core module, if it is no component all the same.
    fn core_crate(&self) -> Option<&'static str> {
        self.depends_on(&CORE_CRATES).filter(|_| !self.is_bound())
    }

    fn depends_on(&self, crates: &[&'static str]) -> Option<&'static str> {
        let depends = |name: &&&str| self.found.dependencies.iter().any(|d| d.package == **name);
        crates.iter().find(depends).copied()
    }
}

/// Whether one of these dependencies makes its package a component; `used`: how loosely it may be used.
pub(super) fn guest_crate(dependencies: &[Dependency], used: Use) -> Option<&str> {
    let counts = |d: &&Dependency| d.used == Use::Always || d.used == used && used == Use::SomeTargets;
    let found = dependencies.iter().filter(counts).find(|d| GUEST_CRATES.contains(&d.package.as_str()));
    found.map(|d| d.package.as_str())
}

/// Whether cargo is configured to build this package for WASI when nobody says otherwise.
fn is_for_wasi(root: &Path, found: &Found) -> bool {
    let folders =
        found.manifest.folder.ancestors().take_while(|f| f.starts_with(root) || f.starts_with(&found.workspace));
    let text = |folder: &Path| {
        let files = ["config.toml", "config"].map(|name| folder.join(".cargo").join(name));
        files.iter().find_map(|file| files::text(file, Kind::Settings).ok())
    };
    let target = folders.filter_map(text).find_map(|text| {
        let table: toml::Table = toml::from_str(&text).ok()?;
        Some(table.get("build")?.get("target")?.to_string())
    });
    target.is_some_and(|target| target.contains("wasm32-wasi"))
}

/// The targets that are components. `others`: whether the folder has components that are no cargo packages. Where
/// nothing is one, its programs are: plain commands. Samples are only where there is nothing else.
pub(super) fn choose<'c>(cargo: &'c Cargo, context: &Context<'_>, others: bool, samples_too: bool) -> Chosen<'c> {
    let all: Vec<Candidate<'c>> = cargo.packages.iter().flat_map(candidates).collect();
    let is_one = |c: &Candidate<'_>| {
        c.is_named(context)
            || (samples_too || !c.is_sample(context)) && (c.is_declared_component(context) || c.was_built(context))
    };
    let mut components: Vec<Candidate<'c>> = all.iter().copied().filter(is_one).collect();
    if components.is_empty() && !others {
        let is_program = |c: &Candidate<'_>| {
            let is_other = c.host_crate().or(c.core_crate()).is_some();
            c.binary.is_some() && c.is_main() && !is_other && (samples_too || !c.is_sample(context))
        };
        components = all.iter().copied().filter(is_program).collect();
    }
    let taken = |c: &Candidate<'_>| components.iter().any(|k| is_same(k, c));
    let mut parts: BTreeSet<&PathBuf> = components.iter().flat_map(|c| &c.found.path_dependencies).collect();
    parts.extend(components.iter().filter(|c| c.is_example()).map(|c| &c.found.manifest.folder));
    let mut passed_over: Vec<PassedOver> =
        all.iter().filter(|c| !taken(c)).filter_map(|c| passed_over(c, context, &components)).collect();
    let libraries = cargo.packages.iter().filter(|f| !parts.contains(&f.manifest.folder));
    passed_over.extend(libraries.filter_map(|f| library(f, context)));
    Chosen { components, passed_over }
}

/// The workspaces of which another one builds a file of the same name.
pub(super) fn clashing<'c>(components: &[Candidate<'c>]) -> BTreeSet<&'c Path> {
    let mut workspaces: BTreeMap<_, BTreeSet<&'c Path>> = BTreeMap::new();
    for component in components {
        workspaces.entry(component.built_as()).or_default().insert(&component.found.workspace);
    }
    workspaces.into_values().filter(|of_one_file| of_one_file.len() > 1).flatten().collect()
}

/// How the targets that packages are there for may be called as files, as [`kebab`] spells it.
pub(super) fn target_names(root: &Path, cargo: &Cargo) -> BTreeSet<String> {
    let own = cargo.packages.iter().filter(|f| !f.orphan && !samples::holds(root, &f.manifest.path));
    let all = own.flat_map(candidates).filter(Candidate::is_main);
    all.flat_map(|c| c.file_names()).collect()
}

/// The targets of a package that could be components: its cdylib and its binaries.
fn candidates(found: &Found) -> Vec<Candidate<'_>> {
    let Some(package) = &found.manifest.package else { return Vec::new() };
    let library = package.library.as_ref().filter(|l| l.cdylib).map(|_| Candidate { found, package, binary: None });
    let binaries = package.binaries.iter().chain(&package.examples).map(|binary| Candidate {
        found,
        package,
        binary: Some(binary),
    });
    // One that is to be a component and has no target is a problem, not passed over.
    let neither = package.component.is_some() && library.is_none() && package.binaries.is_empty();
    let neither = neither.then_some(Candidate { found, package, binary: None });
    library.into_iter().chain(binaries).chain(neither).collect()
}

fn is_same(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    a.found.manifest.path == b.found.manifest.path && a.binary.map(|b| &b.name) == b.binary.map(|b| &b.name)
}

/// Why a target is no component. An orphan has a problem of its own.
fn passed_over(candidate: &Candidate<'_>, context: &Context<'_>, components: &[Candidate<'_>]) -> Option<PassedOver> {
    if candidate.found.orphan || candidate.is_example() && !candidate.is_example_of_a_guest(context) {
        return None;
    }
    let name = candidate.name();
    let package = &candidate.package.name;
    let of_package = components
        .iter()
        .find(|c| c.package.name == *package && c.found.manifest.path == candidate.found.manifest.path);
    let reason = if candidate.is_sample(context) {
        samples::REASON.to_owned()
    } else if let Some(other) = of_package {
        match other.binary {
            None => format!("a program beside the library of `{package}`, which is the component"),
            Some(main) => format!("a program beside `{}`, which stands for the package `{package}`", main.name),
        }
    } else if let Some(host) = candidate.host_crate().filter(|_| candidate.binary.is_some()) {
        format!("it depends on `{host}`, so it runs components and is not one itself")
    } else if let Some(core) = candidate.core_crate() {
        format!("it depends on `{core}`, so it is a core module for a host without components")
    } else if candidate.binary.is_some() {
        "a program without a dependency on bindings, taken for a native tool beside the components".to_owned()
    } else if candidate.is_for_browsers() {
        "it depends on `wasm-bindgen`, so it is built for browsers".to_owned()
    } else {
        "a cdylib without `wit/` and without a dependency that only components have (wit-bindgen, wasip2, wstd, spin-sdk …)"
            .to_owned()
    };
    Some(PassedOver { name: name.to_owned(), file: candidate.found.manifest.path.clone(), reason, change: named(name) })
}

/// The line that makes a component of what has this name.
pub(super) fn named(name: &str) -> String {
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if plain { format!("[components.{name}] in {FILE}") } else { format!("[components.{name:?}] in {FILE}") }
}

/// A package that has only a library for other packages.
fn library(found: &Found, context: &Context<'_>) -> Option<PassedOver> {
    let package = found.manifest.package.as_ref()?;
    package.library.as_ref().filter(|l| !l.cdylib && !l.proc_macro)?;
    let is_for_tests = samples::holds(context.root, &found.manifest.path);
    if !package.binaries.is_empty() || package.component.is_some() || found.orphan || is_for_tests {
        return None;
    }
    Some(PassedOver {
        name: package.name.clone(),
        file: found.manifest.path.clone(),
        reason: "a library for other packages".to_owned(),
        change: format!("crate-type = [\"cdylib\"] below [lib] in its Cargo.toml, and {}", named(&package.name)),
    })
}
