//! One `Cargo.toml`, read leniently: what cargo would refuse is cargo's to refuse, when it is asked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::config::toml_problem;
use crate::files;
use crate::files::{Kind, walk};
use crate::model::diagnostic::Diagnostic;

/// Members of one workspace that are looked at: each is compared with every folder.
const MOST_MEMBERS: usize = 2000;

#[derive(Debug)]
pub(super) struct Manifest {
    /// Absolute path of the `Cargo.toml`.
    pub path: PathBuf,
    pub folder: PathBuf,
    pub package: Option<Package>,
    pub workspace: Option<Workspace>,
    pub text: String,
}

#[derive(Debug)]
pub(super) struct Package {
    pub name: String,
    /// `package.workspace`: where its workspace is, if not in a folder above.
    pub workspace: Option<String>,
    pub(crate) library: Option<Library>,
    pub(crate) binaries: Vec<Binary>,
    /// Its cargo examples: programs, or libraries with a crate type of their own.
    pub(crate) examples: Vec<Binary>,
    /// `package.default-run`.
    pub(crate) default_run: Option<String>,
    pub dependencies: Vec<Dependency>,
    /// What its examples and tests need besides.
    pub dev_dependencies: Vec<Dependency>,
    /// `[features]`: what each turns on.
    pub features: BTreeMap<String, Vec<String>>,
    /// `[package.metadata.component]`.
    pub component: Option<ComponentMetadata>,
}

#[derive(Debug)]
pub(super) struct Library {
    /// As written; by default the package's.
    pub name: String,
    pub source: PathBuf,
    pub(crate) cdylib: bool,
    /// Runs in the compiler.
    pub(crate) proc_macro: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Binary {
    pub name: String,
    pub source: PathBuf,
    pub example: bool,
}

/// When a dependency is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Use {
    #[default]
    Always,
    /// Below `[target.'cfg(…)']`.
    SomeTargets,
    /// By the build script.
    Build,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Dependency {
    /// The package's name, renaming undone.
    pub package: String,
    /// The key it stands under, which is how a workspace knows it.
    pub(crate) key: String,
    pub(crate) inherited: bool,
    pub(crate) optional: bool,
    pub(crate) used: Use,
    /// As written, relative to the manifest's folder.
    pub path: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) default_features: Option<bool>,
    pub features: Vec<String>,
}

#[derive(Debug, Default)]
pub(super) struct ComponentMetadata {
    pub package: Option<String>,
    pub world: Option<String>,
    /// Relative to the package's folder.
    pub wit: Option<String>,
    /// Whether its WIT needs packages that only cargo-component knows how to find.
    pub(crate) foreign_wit: bool,
}

#[derive(Debug, Default)]
pub(super) struct Workspace {
    pub(crate) members: Vec<String>,
    pub(crate) exclude: Vec<String>,
    pub dependencies: Vec<Dependency>,
}

impl Manifest {
    /// Reads `<folder>/Cargo.toml`; `Ok(None)` where there is none.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, Box<Diagnostic>> {
        let path = folder.join("Cargo.toml");
        let text = match files::text(&path, Kind::Manifest) {
            Ok(text) => text,
            Err(e) if e.is_missing() => return Ok(None),
            Err(e) => return Err(Box::new(crate::discover::unreadable(&path, &e))),
        };
        Self::parse(path, text).map(Some)
    }

    fn parse(path: PathBuf, text: String) -> Result<Self, Box<Diagnostic>> {
        let table: Table = toml::from_str(&text).map_err(|e| Box::new(toml_problem(&text, &path, &e)))?;
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
        let package = table.get("package").and_then(Value::as_table).and_then(|p| package(&folder, &table, p));
        let workspace = table.get("workspace").and_then(Value::as_table).map(workspace);
        Ok(Self { path, folder, package, workspace, text })
    }

    /// The line (1-based) on which a word first stands outside a comment; 1 where it doesn't.
    pub(super) fn line_of(&self, word: &str) -> u32 {
        let line = self.text.lines().position(|l| l.split('#').next().is_some_and(|code| code.contains(word)));
        line.and_then(|l| u32::try_from(l + 1).ok()).unwrap_or(1)
    }
}

fn package(folder: &Path, manifest: &Table, package: &Table) -> Option<Package> {
    let name = string(package, "name")?;
    let component = package.get("metadata").and_then(|m| m.get("component")).and_then(Value::as_table);
    Some(Package {
        library: library(folder, manifest, &name),
        binaries: programs(folder, manifest, package, &name, &BINARIES),
        examples: programs(folder, manifest, package, &name, &EXAMPLES),
        default_run: string(package, "default-run"),
        dependencies: all_dependencies(manifest, &[("dependencies", true), ("build-dependencies", false)]),
        dev_dependencies: all_dependencies(manifest, &[("dev-dependencies", true)]),
        features: manifest.get("features").and_then(Value::as_table).map(features).unwrap_or_default(),
        component: component.map(component_metadata),
        workspace: string(package, "workspace"),
        name,
    })
}

fn library(folder: &Path, manifest: &Table, package: &str) -> Option<Library> {
    let table = manifest.get("lib").and_then(Value::as_table);
    let source = folder.join(table.and_then(|t| string(t, "path")).unwrap_or_else(|| "src/lib.rs".into()));
    let kinds = table.and_then(|t| t.get("crate-type").or_else(|| t.get("crate_type")));
    let kinds: Vec<&str> = kinds.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let flag = table.and_then(|t| t.get("proc-macro").or_else(|| t.get("proc_macro"))).and_then(Value::as_bool);
    let proc_macro = flag == Some(true) || kinds.contains(&"proc-macro");
    let name = table.and_then(|t| string(t, "name")).unwrap_or_else(|| package.to_owned());
    let library = Library { name, cdylib: kinds.contains(&"cdylib"), proc_macro, source };
    (table.is_some() || library.source.is_file()).then_some(library)
}

/// Targets of one kind, as cargo knows them.
struct Targets {
    /// The manifest's tables.
    table: &'static str,
    /// What keeps cargo from finding more by their place.
    switch: &'static str,
    folder: &'static str,
    example: bool,
}

const BINARIES: Targets = Targets { table: "bin", switch: "autobins", folder: "src/bin", example: false };
const EXAMPLES: Targets = Targets { table: "example", switch: "autoexamples", folder: "examples", example: true };

/// Those that the manifest lists, then those that cargo finds by their place.
fn programs(folder: &Path, manifest: &Table, package: &Table, name: &str, kind: &Targets) -> Vec<Binary> {
    let mut found: Vec<Binary> = Vec::new();
    let example = kind.example;
    for table in manifest.get(kind.table).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table) {
        let Some(bin) = string(table, "name") else { continue };
        let source = string(table, "path").map_or_else(|| usual_source(folder, name, &bin, kind), |p| folder.join(p));
        found.push(Binary { name: bin, source, example });
    }
    if package.get(kind.switch).and_then(Value::as_bool) != Some(false) {
        let main = folder.join("src/main.rs");
        if !example && main.is_file() && !found.iter().any(|b| b.source == main) {
            found.push(Binary { name: name.to_owned(), source: main, example });
        }
        let listed = walk::list(&folder.join(kind.folder), walk::MAX_ENTRIES).map(|(listed, _)| listed);
        let more: Vec<PathBuf> = listed.into_iter().flatten().map(|e| e.path).collect();
        for path in more {
            let source = if path.is_dir() { path.join("main.rs") } else { path.clone() };
            let Some(stem) = path.file_stem().and_then(|s| s.to_str()) else { continue };
            if source.is_file()
                && source.extension().is_some_and(|e| e == "rs")
                && !found.iter().any(|b| b.source == source)
            {
                found.push(Binary { name: stem.to_owned(), source, example });
            }
        }
    }
    found
}

impl Package {
    /// The binaries that stand for the package: `default-run`, or the one of the package's name, or all there are.
    pub(super) fn main_binaries(&self) -> Vec<&Binary> {
        let wanted = self.default_run.as_deref().unwrap_or(&self.name);
        match self.binaries.iter().find(|b| b.name == wanted) {
            Some(main) => vec![main],
            None => self.binaries.iter().collect(),
        }
    }
}

fn usual_source(folder: &Path, package: &str, bin: &str, kind: &Targets) -> PathBuf {
    let single = folder.join(kind.folder).join(format!("{bin}.rs"));
    let several = folder.join(kind.folder).join(bin).join("main.rs");
    match (single.is_file(), several.is_file()) {
        (false, true) => several,
        (false, false) if bin == package && !kind.example => folder.join("src/main.rs"),
        _ => single,
    }
}

fn features(table: &Table) -> BTreeMap<String, Vec<String>> {
    table.keys().map(|name| (name.clone(), strings(table, name))).collect()
}

/// The dependencies of these kinds, each with whether it is compiled in or only runs before that.
fn all_dependencies(manifest: &Table, kinds: &[(&str, bool)]) -> Vec<Dependency> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(|t| t.values());
    let tables = std::iter::once((manifest, Use::Always))
        .chain(targets.filter_map(Value::as_table).map(|table| (table, Use::SomeTargets)));
    let used = |always: Use, inside: bool| if inside { always } else { Use::Build };
    tables
        .flat_map(|(table, always)| kinds.iter().map(move |(kind, inside)| (table, kind, used(always, *inside))))
        .flat_map(|(table, kind, used)| dependencies(table, kind, used))
        .collect()
}

fn dependencies(table: &Table, kind: &str, used: Use) -> Vec<Dependency> {
    let entries = table.get(kind).and_then(Value::as_table).into_iter().flatten();
    entries.map(|(key, value)| dependency(key, value, used)).collect()
}

fn dependency(key: &str, value: &Value, used: Use) -> Dependency {
    let mut dependency = Dependency { package: key.to_owned(), key: key.to_owned(), used, ..Dependency::default() };
    match value {
        Value::String(version) => dependency.version = Some(version.clone()),
        Value::Table(table) => {
            dependency.package = string(table, "package").unwrap_or_else(|| key.to_owned());
            dependency.inherited = table.get("workspace").and_then(Value::as_bool) == Some(true);
            dependency.optional = table.get("optional").and_then(Value::as_bool) == Some(true);
            dependency.path = string(table, "path");
            dependency.version = string(table, "version");
            let default = table.get("default-features").or_else(|| table.get("default_features"));
            dependency.default_features = default.and_then(Value::as_bool);
            dependency.features = strings(table, "features");
        }
        _ => {}
    }
    dependency
}

fn component_metadata(table: &Table) -> ComponentMetadata {
    let target = table.get("target").and_then(Value::as_table);
    let dependencies = |t: &Table| t.get("dependencies").and_then(Value::as_table).cloned().unwrap_or_default();
    // WIT with a path is read there.
    let is_fetched = |entry: &Value| entry.as_table().is_none_or(|entry| !entry.contains_key("path"));
    ComponentMetadata {
        package: string(table, "package"),
        world: target.and_then(|t| string(t, "world")),
        wit: target.and_then(|t| string(t, "path")),
        foreign_wit: target.is_some_and(|t| dependencies(t).values().any(is_fetched) || t.contains_key("package"))
            || !dependencies(table).is_empty(),
    }
}

fn workspace(table: &Table) -> Workspace {
    let most = |mut paths: Vec<String>| {
        paths.truncate(MOST_MEMBERS);
        paths
    };
    Workspace {
        members: most(strings(table, "members")),
        exclude: most(strings(table, "exclude")),
        dependencies: dependencies(table, "dependencies", Use::Always),
    }
}

fn string(table: &Table, key: &str) -> Option<String> {
    table.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn strings(table: &Table, key: &str) -> Vec<String> {
    let array = table.get(key).and_then(Value::as_array).into_iter().flatten();
    array.filter_map(Value::as_str).map(str::to_owned).collect()
}
