//! What a cargo package runs while it is built, by its manifest.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::files::Kind as FileKind;
use crate::trust::item::{Item, Kind, UNREADABLE};
use crate::trust::read;
use crate::trust::read::Found;

/// The scripts and macros of the package in `folder`.
pub fn items(folder: &Path) -> Vec<Item> {
    let manifest = match manifest(folder) {
        Ok(Some(manifest)) => manifest,
        // cargo reads no such manifest either.
        Ok(None) => return Vec::new(),
        Err(reason) => {
            return vec![Item::new(Kind::BuildScript, folder.join("Cargo.toml"), UNREADABLE).detail(&reason)];
        }
    };
    let mut items: Vec<Item> = scripts(folder, &manifest).into_iter().map(script).collect();
    if is_proc_macro(&manifest) {
        items.push(Item::new(Kind::ProcMacro, folder, "-"));
    }
    items
}

/// The folders that `[patch]` and `[replace]` of the workspace in `folder` put in the place of packages.
pub fn patched(folder: &Path) -> Vec<PathBuf> {
    let Ok(Some(manifest)) = manifest(folder) else { return Vec::new() };
    let tables = |key: &str| manifest.get(key).and_then(Value::as_table).into_iter().flat_map(|t| t.values());
    let patches = tables("patch").filter_map(Value::as_table).flat_map(|t| t.values());
    let paths = patches.chain(tables("replace")).filter_map(|p| p.get("path")?.as_str());
    paths.map(|p| absolute(folder, p)).collect()
}

/// `None`: there is none, or it is no TOML.
///
/// # Errors
/// Why it is not read, though cargo may read it.
fn manifest(folder: &Path) -> Result<Option<Table>, String> {
    match read::read(&folder.join("Cargo.toml"), FileKind::Manifest) {
        Found::Text { text, .. } => Ok(toml::from_str(&text).ok()),
        Found::Nothing => Ok(None),
        Found::Unreadable(reason) => Err(reason),
    }
}

fn scripts(folder: &Path, manifest: &Table) -> Vec<PathBuf> {
    let package = manifest.get("package").and_then(Value::as_table);
    match package.and_then(|p| p.get("build")) {
        Some(Value::Boolean(false)) => Vec::new(),
        Some(Value::String(path)) => vec![absolute(folder, path)],
        Some(Value::Array(paths)) => paths.iter().filter_map(Value::as_str).map(|p| absolute(folder, p)).collect(),
        _ => {
            let usual = folder.join("build.rs");
            // `symlink_metadata`: a link to nothing yet may lead somewhere later.
            if package.is_some() && usual.symlink_metadata().is_ok() { vec![usual] } else { Vec::new() }
        }
    }
}

fn script(path: PathBuf) -> Item {
    match read::read(&path, FileKind::Source) {
        Found::Text { digest, .. } => Item::new(Kind::BuildScript, path, digest),
        // cargo says that it is not there.
        Found::Nothing => Item::new(Kind::BuildScript, path, "missing"),
        Found::Unreadable(reason) => Item::new(Kind::BuildScript, path, UNREADABLE).detail(&reason),
    }
}

fn is_proc_macro(manifest: &Table) -> bool {
    let Some(library) = manifest.get("lib").and_then(Value::as_table) else { return false };
    let flag = ["proc-macro", "proc_macro"].iter().any(|k| library.get(*k).and_then(Value::as_bool) == Some(true));
    let kinds = library.get("crate-type").or_else(|| library.get("crate_type")).and_then(Value::as_array);
    flag || kinds.is_some_and(|kinds| kinds.iter().any(|k| k.as_str() == Some("proc-macro")))
}

/// `folder/path` without `.` and `..`; links are not followed.
fn absolute(folder: &Path, path: &str) -> PathBuf {
    let mut out = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => drop(out.pop()),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::trust::packages::*;
    use std::fs;

    #[test]
    fn every_way_to_name_a_script_or_a_macro_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        fs::write(dir.join("build.rs"), "fn main() {}").unwrap();
        for (manifest, kinds) in [
            ("[package]\nname = 'a'\n", vec![(Kind::BuildScript, "build.rs")]),
            ("[package]\nname = 'a'\nbuild = false\n", vec![]),
            ("[package]\nname = 'a'\nbuild = 'b/x.rs'\n", vec![(Kind::BuildScript, "b/x.rs")]),
            (
                "[package]\nname = 'a'\nbuild = ['x.rs', '../y.rs']\n",
                vec![(Kind::BuildScript, "x.rs"), (Kind::BuildScript, "../y.rs")],
            ),
            ("[package]\nname = 'a'\nbuild = false\n[lib]\nproc-macro = true\n", vec![(Kind::ProcMacro, "")]),
            ("[package]\nname = 'a'\nbuild = false\n[lib]\ncrate-type = ['proc-macro']\n", vec![(Kind::ProcMacro, "")]),
            ("[workspace]\nmembers = []\n", vec![]),
        ] {
            fs::write(dir.join("Cargo.toml"), manifest).unwrap();
            let found: Vec<(Kind, PathBuf)> = items(dir).into_iter().map(|i| (i.kind, i.place)).collect();
            let expected: Vec<(Kind, PathBuf)> =
                kinds.into_iter().map(|(kind, path)| (kind, absolute(dir, path))).collect();
            assert_eq!(found, expected, "{manifest}");
        }
    }

    #[test]
    fn patches_by_path_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        let text = "[workspace]\n[patch.crates-io]\nserde = { path = 'vendor/serde' }\nx = { git = 'https://x' }\n";
        fs::write(folder.path().join("Cargo.toml"), text).unwrap();
        assert_eq!(patched(folder.path()), [folder.path().join("vendor/serde")]);
    }
}
