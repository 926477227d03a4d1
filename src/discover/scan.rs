//! One walk over the folder: which files could matter.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::model::diagnostic::{Diagnostic, Origin};
use crate::walk;

#[derive(Debug, Default)]
pub struct Scan {
    /// Every `Cargo.toml`, absolute.
    pub manifests: BTreeSet<PathBuf>,
    /// Every `.wac`.
    pub compositions: BTreeSet<PathBuf>,
    /// Every `.wasm` and `.wat` that is no WIT package.
    pub wasm: BTreeSet<PathBuf>,
    /// Every folder that directly holds `.wit` files.
    pub wit_folders: BTreeSet<PathBuf>,
    pub problems: Vec<Diagnostic>,
}

pub fn scan(root: &Path) -> Scan {
    let mut scan = Scan::default();
    for (count, entry) in walk::walker(root).build().enumerate() {
        if count >= walk::MAX_ENTRIES {
            scan.problems.push(too_many(root));
            break;
        }
        match entry {
            Ok(entry) if is_file(&entry) => scan.take(entry.into_path()),
            Ok(_) => {}
            Err(e) => scan.problems.extend(problem(root, &e)),
        }
    }
    let beside: BTreeSet<PathBuf> =
        scan.compositions.iter().filter_map(|c| c.parent()).map(|p| p.join("deps")).filter(|d| d.is_dir()).collect();
    for deps in beside {
        for entry in walk::dependency_walker(&deps).build().flatten() {
            if is_file(&entry) && is_wasm(entry.path()) {
                scan.take(entry.into_path());
            }
        }
    }
    let wit = std::mem::take(&mut scan.wasm);
    scan.wasm = wit.into_iter().filter(|w| !scan.is_wit_dependency(w)).collect();
    scan
}

impl Scan {
    fn take(&mut self, path: PathBuf) {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if name == "Cargo.toml" {
            self.manifests.insert(path);
            return;
        }
        match path.extension().and_then(|e| e.to_str()) {
            Some("wac") => drop(self.compositions.insert(path)),
            Some("wasm" | "wat") => drop(self.wasm.insert(path)),
            Some("wit") => drop(path.parent().map(|p| self.wit_folders.insert(p.to_owned()))),
            _ => {}
        }
    }

    /// An encoded WIT package in a WIT folder's `deps/`.
    fn is_wit_dependency(&self, wasm: &Path) -> bool {
        let Some(deps) = wasm.parent().filter(|p| p.ends_with("deps")) else { return false };
        deps.parent()
            .is_some_and(|p| self.wit_folders.contains(p) && !self.compositions.iter().any(|c| c.parent() == Some(p)))
    }
}

/// A file, or a link to one.
fn is_file(entry: &ignore::DirEntry) -> bool {
    entry.file_type().is_some_and(|t| t.is_file() || (t.is_symlink() && entry.path().is_file()))
}

fn is_wasm(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "wasm" || e == "wat")
}

fn too_many(root: &Path) -> Diagnostic {
    Diagnostic::warning(
        Origin::Project,
        format!("This folder holds more than {} files; the rest was not looked at.", walk::MAX_ENTRIES),
    )
    .at(root, 0, 0)
    .help("Open a smaller folder, or list big data folders in .gitignore.")
}

/// A folder that can't be read, a broken `.gitignore`: said, and passed over.
fn problem(root: &Path, error: &ignore::Error) -> Option<Diagnostic> {
    let (mut at, mut inner) = (root.to_owned(), error);
    loop {
        match inner {
            ignore::Error::WithPath { path, err } => (at, inner) = (path.clone(), err),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => inner = err,
            ignore::Error::Io(e) => return Some(super::unreadable(&at, e)),
            ignore::Error::Partial(_) => return None,
            other => {
                return Some(Diagnostic::warning(Origin::Project, format!("{other}.")).at(at, 0, 0));
            }
        }
    }
}
