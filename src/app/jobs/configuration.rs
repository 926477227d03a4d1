//! What configures cargo and rustup for a folder from outside of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::folders;
use crate::model::project::{BuildKind, Project};

/// Files outside of the folder, that are there, which say how cargo builds in it: of the workspaces it belongs to, of the
/// folders above, and the user's. Links are resolved.
pub(super) fn outside(project: &Project) -> Vec<PathBuf> {
    let root = project.root.as_path();
    let workspaces: BTreeSet<&Path> = project
        .components
        .iter()
        .filter_map(|c| match &c.build_kind {
            BuildKind::Cargo(package) => Some(package.workspace.as_path()),
            BuildKind::File(_) | BuildKind::Command { .. } => None,
        })
        .collect();
    let of_cargo = |folder: &Path| [folder.join("config.toml"), folder.join("config")];
    let mut files: Vec<PathBuf> = folders::cargo_home().into_iter().flat_map(|home| of_cargo(&home)).collect();
    for workspace in workspaces {
        if !workspace.starts_with(root) {
            files.extend(["Cargo.toml", "Cargo.lock"].map(|name| workspace.join(name)));
        }
        for folder in workspace.ancestors().filter(|folder| !folder.starts_with(root)) {
            files.extend(of_cargo(&folder.join(".cargo")));
            files.extend(["rust-toolchain.toml", "rust-toolchain"].map(|name| folder.join(name)));
        }
    }
    let real = files.into_iter().filter_map(|file| file.canonicalize().ok()).filter(|file| file.is_file());
    let all: BTreeSet<PathBuf> = real.collect();
    all.into_iter().collect()
}
