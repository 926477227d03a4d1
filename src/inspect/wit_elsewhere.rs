//! WIT packages that lie elsewhere than in `deps/`: the manifests beside a WIT folder say where. cargo-component reads
//! them there; `wkg wit fetch` copies them into `deps/`, where `wit_bindgen::generate!` looks.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::files;
use crate::files::Kind;
use crate::model::port::unversioned;

/// Packages of one folder that are followed.
const MOST_PACKAGES: usize = 256;

/// The packages (`ns:name`) that the manifests beside the WIT folder `wit` place, each with its folder or file: by
/// `[overrides]` of `wkg.toml` and `[package.metadata.component.target.dependencies]` of `Cargo.toml`.
pub(super) fn elsewhere(wit: &Path) -> Vec<(String, PathBuf)> {
    let Some(beside) = wit.parent() else { return Vec::new() };
    let wkg = placed(&beside.join("wkg.toml"), Kind::Settings, &["overrides"]);
    let cargo = placed(
        &beside.join("Cargo.toml"),
        Kind::Manifest,
        &["package", "metadata", "component", "target", "dependencies"],
    );
    let all = wkg.into_iter().chain(cargo);
    all.take(MOST_PACKAGES)
        .map(|(name, path)| (name, files::join(beside, &path)))
        .filter(|(_, path)| path.exists())
        .collect()
}

/// How the packages that are missing from `deps/` are fetched, where files beside the WIT folder say who fetches them.
pub(crate) fn fetched_by(wit: &Path) -> Option<&'static str> {
    let beside = wit.parent()?;
    if wit.join("deps.toml").is_file() {
        return Some("run `wit-deps update` in the folder that holds `wit/`");
    }
    let is_wkg = beside.join("wkg.lock").is_file() || beside.join("wkg.toml").is_file();
    is_wkg.then_some("run `wkg wit fetch` in the folder of `wkg.lock` or `wkg.toml`")
}

/// The entries with a `path` of one table of a manifest.
fn placed(manifest: &Path, kind: Kind, keys: &[&str]) -> Vec<(String, String)> {
    let Ok(text) = files::text(manifest, kind) else { return Vec::new() };
    let Ok(table) = toml::from_str::<Table>(&text) else { return Vec::new() };
    let found = keys.iter().try_fold(&table, |table, key| table.get(*key).and_then(Value::as_table));
    let entries = found.into_iter().flatten();
    entries.filter_map(|(name, entry)| Some((unversioned(name).to_owned(), path(entry)?))).collect()
}

fn path(entry: &Value) -> Option<String> {
    entry.as_table()?.get("path")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use crate::inspect::wit_elsewhere::*;

    #[test]
    fn manifests_beside_the_wit_place_packages() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let wit = folder.path().join("wit");
        assert_eq!((elsewhere(&wit), fetched_by(&wit)), (Vec::new(), None));
        std::fs::create_dir_all(folder.path().join("api")).unwrap();
        write("types.wit", "package a:types;");
        write(
            "wkg.toml",
            "[overrides]\n'a:api' = { path = 'api' }\n'a:gone' = { path = 'gone' }\n'wasi:io' = '0.2.0'\n",
        );
        write(
            "Cargo.toml",
            "[package.metadata.component.target.dependencies]\n'a:types@1.0.0' = { path = './types.wit' }\n'b:c' = '1'\n",
        );
        let names: Vec<String> = elsewhere(&wit).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a:api", "a:types"]);
        assert!(fetched_by(&wit).unwrap().contains("wkg wit fetch"));
        std::fs::create_dir_all(&wit).unwrap();
        write("wit/deps.toml", "");
        assert!(fetched_by(&wit).unwrap().contains("wit-deps update"));
        write("wkg.toml", "[overrides");
        assert_eq!(elsewhere(&wit).len(), 1, "a broken one says nothing");
    }
}
