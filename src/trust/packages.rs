//! What cargo packages run while they are built, and which packages these are, by their manifests.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use toml::{Table, Value};

use crate::files;
use crate::files::Kind as FileKind;
use crate::trust::item::{Item, Kind, UNREADABLE};
use crate::trust::modules::modules;
use crate::trust::programs::program;
use crate::trust::read;
use crate::trust::read::{Found, digest};

/// Packages that are followed, at most; a manifest each.
const MOST_PACKAGES: usize = 1024;

/// Both spellings that cargo takes.
const DEPENDENCIES: [&str; 3] = ["dependencies", "build-dependencies", "build_dependencies"];

/// `None`: there is none. `Err`: why it is not read, though cargo may read it.
type Manifest = Rc<Result<Option<Table>, String>>;

/// Reads every manifest once, and looks where a path leads to once.
#[derive(Default)]
pub(super) struct Manifests {
    read: HashMap<PathBuf, Manifest>,
    /// Where the folders are that paths lead through.
    real: HashMap<PathBuf, Option<PathBuf>>,
}

impl Manifests {
    fn get(&mut self, folder: &Path) -> Manifest {
        if let Some(known) = self.read.get(folder) {
            return Rc::clone(known);
        }
        let manifest = Rc::new(match read::read(&folder.join("Cargo.toml"), FileKind::Manifest) {
            Found::Text { text, .. } => toml::from_str(&text).map(Some).map_err(|_| "is not valid TOML".into()),
            Found::Nothing => Ok(None),
            Found::Unreadable(reason) => Err(reason),
        });
        self.read.insert(folder.to_owned(), Rc::clone(&manifest));
        manifest
    }

    /// The scripts and macros of the package in `folder`.
    pub(super) fn items(&mut self, folder: &Path) -> Vec<Item> {
        let manifest = self.get(folder);
        let manifest = match &*manifest {
            Ok(Some(manifest)) => manifest,
            Ok(None) => return Vec::new(),
            Err(reason) => return vec![unknown(folder, reason)],
        };
        let mut items: Vec<Item> = scripts(folder, manifest).into_iter().flat_map(script).collect();
        if entries(manifest).any(|(_, entry)| entry.get("base").is_some()) {
            items.push(unknown(folder, "names a package by a path base, which studio does not follow"));
        }
        if is_proc_macro(manifest) {
            items.push(Item::new(Kind::ProcMacro, folder, "-"));
        }
        items
    }

    /// These folders and those of all packages that paths lead to from them; and whether these are all.
    pub(super) fn reached(&mut self, from: impl IntoIterator<Item = PathBuf>) -> (BTreeSet<PathBuf>, bool) {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<PathBuf> = from.into_iter().collect();
        // Packages that all depend on one another are named as often as the square of their number.
        let mut named = HashSet::new();
        while let Some(folder) = waiting.pop() {
            if !named.insert(folder.clone()) {
                continue;
            }
            let folder = real(&folder);
            if reached.contains(&folder) {
                continue;
            }
            if reached.len() >= MOST_PACKAGES {
                return (reached, false);
            }
            waiting.extend(self.dependencies(&folder).into_iter().filter(|folder| !named.contains(folder)));
            reached.insert(folder);
        }
        (reached, true)
    }

    /// The folders of what a package's manifest depends on by path: what only its tests need is not built.
    fn dependencies(&mut self, folder: &Path) -> Vec<PathBuf> {
        let manifest = self.get(folder);
        let Ok(Some(manifest)) = &*manifest else { return Vec::new() };
        let mut folders = Vec::new();
        let mut inherited = BTreeSet::new();
        for (key, entry) in entries(manifest) {
            let path = entry.get("path").and_then(Value::as_str);
            folders.extend(path.into_iter().flat_map(|path| self.places(folder, path)));
            if entry.get("workspace").and_then(Value::as_bool) == Some(true) {
                inherited.insert(key.as_str());
            }
        }
        if !inherited.is_empty() {
            for workspace in self.workspaces(folder) {
                let root = self.get(&workspace);
                let Ok(Some(root)) = &*root else { continue };
                let shared = root.get("workspace").and_then(Value::as_table).into_iter();
                let shared =
                    shared.flat_map(|w| tables(w, "dependencies")).filter(|(key, _)| inherited.contains(key.as_str()));
                folders.extend(
                    shared.filter_map(|(_, e)| e.get("path")?.as_str()).flat_map(|p| self.places(&workspace, p)),
                );
            }
        }
        folders
    }

    /// [`places`], of very many paths through the same folders.
    fn places(&mut self, folder: &Path, path: &str) -> Vec<PathBuf> {
        places_by(folder, path, |folder| {
            if let Some(known) = self.real.get(folder) {
                return known.clone();
            }
            let real = folder.canonicalize().ok();
            self.real.insert(folder.to_owned(), real.clone());
            real
        })
    }

    /// Every folder that may be the workspace's root of a package: which of them cargo takes is not decided here.
    pub(super) fn workspaces(&mut self, folder: &Path) -> Vec<PathBuf> {
        let manifest = self.get(folder);
        let named = manifest.as_ref().as_ref().ok().and_then(|m| package(m.as_ref()?)?.get("workspace")?.as_str());
        let mut candidates: Vec<PathBuf> = folder.ancestors().map(Path::to_owned).collect();
        candidates.extend(named.into_iter().flat_map(|path| places(folder, path)).map(|place| real(&place)));
        let is_workspace = |manifest: &Manifest| matches!(&**manifest, Ok(Some(m)) if m.contains_key("workspace"));
        candidates.retain(|candidate| is_workspace(&self.get(candidate)));
        candidates
    }

    /// The folders that `[patch]` and `[replace]` of the manifest in `folder` put in the place of packages.
    pub(super) fn patched(&mut self, folder: &Path) -> Vec<PathBuf> {
        let manifest = self.get(folder);
        let Ok(Some(manifest)) = &*manifest else { return Vec::new() };
        let replaced = tables(manifest, "replace").filter_map(|(_, entry)| entry.get("path")?.as_str());
        patches(manifest).chain(replaced).flat_map(|path| places(folder, path)).collect()
    }

    /// Flags for rustc that a manifest's profiles hold: they can name a linker as a configuration's can.
    pub(super) fn flags(&mut self, folder: &Path) -> Option<(Item, Vec<String>)> {
        let manifest = self.get(folder);
        let Ok(Some(manifest)) = &*manifest else { return None };
        let mut flags = Vec::new();
        for (_, profile) in tables(manifest, "profile") {
            flags_of(profile, &mut flags);
        }
        if flags.is_empty() {
            return None;
        }
        let item = Item::new(Kind::CargoConfig, folder.join("Cargo.toml"), digest(flags.join("\n").as_bytes()));
        Some((item.detail(&format!("profile.rustflags = {flags:?}")), flags))
    }
}

/// Of a profile, its packages and its build scripts, however deep.
fn flags_of(profile: &Value, flags: &mut Vec<String>) {
    for (key, value) in profile.as_table().into_iter().flatten() {
        match value {
            Value::Array(all) if key == "rustflags" => {
                flags.extend(all.iter().filter_map(Value::as_str).map(Into::into));
            }
            value => flags_of(value, flags),
        }
    }
}

/// The paths that `[patch]` of a manifest or of a configuration names, as they are written.
pub(super) fn patches(table: &Table) -> impl Iterator<Item = &str> {
    let entries = tables(table, "patch").filter_map(|(_, source)| source.as_table()).flatten();
    entries.filter_map(|(_, entry)| entry.get("path")?.as_str())
}

/// That more packages are reached than are followed: what these run is not known.
pub(super) fn too_many(workspace: &Path) -> Item {
    unknown(workspace, &format!("paths lead to more than {MOST_PACKAGES} packages; what the others run is not known"))
}

fn unknown(folder: &Path, reason: &str) -> Item {
    Item::new(Kind::BuildScript, folder.join("Cargo.toml"), UNREADABLE).detail(reason)
}

/// The entries of a table in a table.
fn tables<'t>(table: &'t Table, key: &str) -> impl Iterator<Item = (&'t String, &'t Value)> {
    table.get(key).and_then(Value::as_table).into_iter().flatten()
}

/// What a manifest depends on, for whichever target.
fn entries(manifest: &Table) -> impl Iterator<Item = (&String, &Value)> {
    let targets = tables(manifest, "target").filter_map(|(_, target)| target.as_table());
    let all = std::iter::once(manifest).chain(targets);
    all.flat_map(|t| DEPENDENCIES.iter().flat_map(|kind| tables(t, kind)))
}

/// `[package]`, or `[project]` as it was called before.
fn package(manifest: &Table) -> Option<&Table> {
    ["package", "project"].iter().find_map(|key| manifest.get(*key)?.as_table())
}

fn scripts(folder: &Path, manifest: &Table) -> Vec<PathBuf> {
    let package = package(manifest);
    match package.and_then(|p| p.get("build")) {
        Some(Value::Boolean(false)) => Vec::new(),
        Some(Value::String(path)) => places(folder, path),
        Some(Value::Array(paths)) => paths.iter().filter_map(Value::as_str).flat_map(|p| places(folder, p)).collect(),
        _ => {
            let usual = folder.join("build.rs");
            // `symlink_metadata`: a link to nothing yet may lead somewhere later.
            if package.is_some() && usual.symlink_metadata().is_ok() { vec![usual] } else { Vec::new() }
        }
    }
}

/// The script, and the files that it is made of besides: they count as programs that it names.
fn script(path: PathBuf) -> Vec<Item> {
    match read::read(&path, FileKind::Source) {
        Found::Text { text, digest } => {
            let (modules, all) = modules(&path, &text);
            let item = Item::new(Kind::BuildScript, path, if all { digest } else { UNREADABLE.into() });
            let item = if all { item } else { item.detail("is made of more files than studio reads") };
            std::iter::once(item).chain(modules.iter().filter_map(|file| program(file))).collect()
        }
        // cargo says that it is not there.
        Found::Nothing => vec![Item::new(Kind::BuildScript, path, "missing")],
        Found::Unreadable(reason) => vec![Item::new(Kind::BuildScript, path, UNREADABLE).detail(&reason)],
    }
}

fn is_proc_macro(manifest: &Table) -> bool {
    let Some(library) = manifest.get("lib").and_then(Value::as_table) else { return false };
    let flag = ["proc-macro", "proc_macro"].iter().any(|k| library.get(*k).and_then(Value::as_bool) == Some(true));
    let kinds = library.get("crate-type").or_else(|| library.get("crate_type")).and_then(Value::as_array);
    flag || kinds.is_some_and(|kinds| kinds.iter().any(|k| k.as_str() == Some("proc-macro")))
}

/// Where `path` leads to from `folder`. The system follows a link before it goes up from there; shells and cargo take
/// `link/..` out of the text first. Both count. A link at the end stays: what it is called says where its modules lie.
pub(super) fn places(folder: &Path, path: &str) -> Vec<PathBuf> {
    places_by(folder, path, |folder| folder.canonicalize().ok())
}

fn places_by(folder: &Path, path: &str, mut real: impl FnMut(&Path) -> Option<PathBuf>) -> Vec<PathBuf> {
    let mut places = vec![files::join(folder, path)];
    let joined = folder.join(path);
    if joined.components().any(|part| part == Component::ParentDir) {
        let found = match (joined.parent(), joined.file_name()) {
            (Some(parent), Some(name)) => real(parent).map(|parent| parent.join(name)),
            _ => real(&joined),
        };
        let found = found.filter(|found| found.symlink_metadata().is_ok() && !places.contains(found));
        places.extend(found);
    }
    places
}

/// Where a folder is: whatever is started in it looks upwards from there.
pub(super) fn real(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::trust::packages::*;
    use crate::trust::tests::write;
    use std::fs;

    #[test]
    fn every_way_to_name_a_script_or_a_macro_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        fs::write(dir.join("build.rs"), "fn main() {}").unwrap();
        for (manifest, kinds) in [
            ("[package]\nname = 'a'\n", vec![(Kind::BuildScript, "build.rs")]),
            ("[project]\nname = 'a'\n", vec![(Kind::BuildScript, "build.rs")]),
            ("[package]\nname = 'a'\nbuild = false\n", vec![]),
            ("[package]\nname = 'a'\nbuild = 'b/x.rs'\n", vec![(Kind::BuildScript, "b/x.rs")]),
            ("[project]\nname = 'a'\nbuild = 'b/x.rs'\n", vec![(Kind::BuildScript, "b/x.rs")]),
            (
                "[package]\nname = 'a'\nbuild = ['x.rs', '../y.rs']\n",
                vec![(Kind::BuildScript, "x.rs"), (Kind::BuildScript, "../y.rs")],
            ),
            ("[package]\nname = 'a'\nbuild = false\n[lib]\nproc-macro = true\n", vec![(Kind::ProcMacro, "")]),
            ("[package]\nname = 'a'\nbuild = false\n[lib]\ncrate-type = ['proc-macro']\n", vec![(Kind::ProcMacro, "")]),
            ("[workspace]\nmembers = []\n", vec![]),
            (
                "[package]\nname = 'a'\nbuild = false\n[dependencies]\nb = { base = 'x', path = 'b' }\n",
                vec![(Kind::BuildScript, "Cargo.toml")],
            ),
            ("no manifest [", vec![(Kind::BuildScript, "Cargo.toml")]),
        ] {
            fs::write(dir.join("Cargo.toml"), manifest).unwrap();
            let found: Vec<(Kind, PathBuf)> =
                Manifests::default().items(dir).into_iter().map(|i| (i.kind, i.place)).collect();
            let expected: Vec<(Kind, PathBuf)> =
                kinds.into_iter().map(|(kind, path)| (kind, files::join(dir, path))).collect();
            assert_eq!(found, expected, "{manifest}");
        }
    }

    #[test]
    fn every_path_to_a_package_is_followed() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        write(
            &root.join("Cargo.toml"),
            "[workspace]\n[workspace.dependencies]\nshared = { path = 'shared' }\nno = { path = 'no' }\n",
        );
        for (name, dependencies) in [
            ("a", "[dependencies]\nb = { path = '../b' }\nshared.workspace = true\n"),
            ("b", "[build-dependencies]\nc = { path = '../c' }\n"),
            ("c", "[target.'cfg(unix)'.dependencies]\nd = { path = '../d', optional = true }\n"),
            ("d", "[build_dependencies]\ne = { path = '../e' }\n[dev-dependencies]\nno = { path = '../no' }\n"),
            ("e", "[target.x86_64-unknown-linux-gnu.build-dependencies]\nf = { path = '../f' }\n"),
            ("f", "[dependencies]\na = { path = '../a' }\n"),
            ("shared", "[dependencies]\ng = { path = '../g' }\n"),
        ] {
            write(&root.join(name).join("Cargo.toml"), &format!("[package]\nname = '{name}'\n{dependencies}"));
        }
        let (reached, all) = Manifests::default().reached([root.join("a")]);
        let names: Vec<_> = reached.iter().map(|f| f.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!((names.as_slice(), all), (&["a", "b", "c", "d", "e", "f", "g", "shared"][..], true));
    }

    #[test]
    fn more_packages_than_are_followed_are_told() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path();
        for n in 0..=MOST_PACKAGES {
            let text = format!("[package]\nname = 'p{n}'\n[dependencies]\nx = {{ path = '../{}' }}\n", n + 1);
            write(&root.join(n.to_string()).join("Cargo.toml"), &text);
        }
        assert!(!Manifests::default().reached([root.join("0")]).1);
        assert!(Manifests::default().reached([root.join("3")]).1, "one more is the limit");
    }

    #[test]
    fn patches_replacements_and_flags_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        let text = "[workspace]\n[patch.crates-io]\nserde = { path = 'vendor/serde' }\nx = { git = 'https://x' }\n\
                    [replace]\n'foo:0.1.0' = { path = 'foo' }\n[profile.dev.package.x]\nrustflags = ['-Clinker=./x']\n";
        fs::write(folder.path().join("Cargo.toml"), text).unwrap();
        let mut manifests = Manifests::default();
        assert_eq!(manifests.patched(folder.path()), [folder.path().join("vendor/serde"), folder.path().join("foo")]);
        assert_eq!(manifests.flags(folder.path()).unwrap().1, ["-Clinker=./x"]);
    }
}
