//! One walk over the folder: which files could matter.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::files;
use crate::files::walk;
use crate::files::walk::Refusal;
use crate::files::{Kind, ReadError};
use crate::inspect::is_wit_package;
use crate::model::diagnostic::{Diagnostic, Origin};

#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Every `Cargo.toml`, absolute.
    pub(crate) manifests: BTreeSet<PathBuf>,
    /// Every `.wac`.
    pub compositions: BTreeSet<PathBuf>,
    /// Every `.wasm` and `.wat` that is no WIT package.
    pub wasm: BTreeSet<PathBuf>,
    /// Every `.wasm` and `.wat` that is one, outside of the `deps/` of WIT.
    pub(crate) encoded_wit: BTreeSet<PathBuf>,
    /// Every folder that directly holds `.wit` files.
    pub(crate) wit_folders: BTreeSet<PathBuf>,
    pub problems: Vec<Diagnostic>,
    /// What has a problem already: that it is refused.
    pub(crate) refused: BTreeSet<PathBuf>,
}

pub(super) fn scan(root: &Path) -> Scan {
    let mut scan = Scan::default();
    let walked = walk::walk(root, root, is_wanted);
    walked.files.into_iter().for_each(|file| scan.take(file));
    scan.problems.extend(walked.truncated.then(|| too_many(root)));
    scan.refuse(walked.refused);
    let beside: BTreeSet<PathBuf> = scan
        .compositions
        .iter()
        .filter_map(|c| c.parent())
        .map(|p| p.join("deps"))
        .filter(|d| is_inside(root, d))
        .collect();
    for deps in beside {
        let walked = walk::walk_all(&deps, root, |path| is_wasm(path) || path.extension().is_some_and(|e| e == "wit"));
        walked.files.into_iter().for_each(|file| scan.take(file));
        scan.refuse(walked.refused);
    }
    let wasm = std::mem::take(&mut scan.wasm);
    let own = wasm.into_iter().filter(|w| !scan.is_wit_dependency(w));
    (scan.encoded_wit, scan.wasm) =
        own.partition(|w| files::read(w, Kind::Wasm).is_ok_and(|bytes| is_wit_package(&bytes, w)));
    scan
}

impl Scan {
    /// Each is reported once.
    fn refuse(&mut self, refused: Vec<(PathBuf, Refusal)>) {
        for (path, why) in refused {
            // cargo reads its configuration wherever it lies.
            let elsewhere = is_cargo_config(&path) && matches!(why, Refusal::Outside(_));
            if !elsewhere && !self.refused.contains(&path) {
                self.problems.push(self::refused(&path, &why));
                self.refused.insert(path);
            }
        }
    }

    fn take(&mut self, path: PathBuf) {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if is_cargo_config(&path) {
            if let Err(error) = files::text(&path, Kind::Settings) {
                self.refuse(vec![(path, error.into())]);
            }
            return;
        }
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

fn is_wanted(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n == "Cargo.toml")
        || is_cargo_config(path)
        || path.extension().is_some_and(|e| e == "wac" || e == "wit")
        || is_wasm(path)
}

/// A folder of the project, or a link to one.
fn is_inside(root: &Path, folder: &Path) -> bool {
    folder.canonicalize().is_ok_and(|real| real.starts_with(root) && real.is_dir())
}

fn is_cargo_config(path: &Path) -> bool {
    path.ends_with(".cargo/config.toml") || path.ends_with(".cargo/config")
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

/// A folder that cannot be read, or something else than a file of the project under a name that matters.
fn refused(path: &Path, why: &Refusal) -> Diagnostic {
    match why {
        Refusal::Read(ReadError::Io(error)) => crate::discover::unreadable(path, error),
        Refusal::Read(error) => crate::discover::unreadable(path, error).help("Remove it, or have git ignore it."),
        Refusal::Outside(_) => Diagnostic::warning(Origin::Project, format!("This is left out: {why}."))
            .at(path, 0, 0)
            .help("Copy what it leads to into the project, or open the folder that holds both."),
        Refusal::TooDeep => Diagnostic::warning(Origin::Project, format!("This is not looked at: {why}."))
            .at(path, 0, 0)
            .help("Open a folder below, or have git ignore it."),
    }
}
