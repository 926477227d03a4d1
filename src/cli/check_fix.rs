//! `studio check --fix`: the mechanical fixes of a project's WIT, written.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::discover::discover;
use crate::files::{Folder, Links};
use crate::inspect::mended;

/// Makes them in every WIT package of the project, the copies in `deps` included; the files that it changed, by their
/// paths in the project.
///
/// # Errors
/// What cannot be written.
pub(super) fn fix(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let project = discover(root)?;
    let folder = Folder::open(root)?;
    let components = project.components.iter().filter_map(|component| component.wit.clone());
    let mut packages: Vec<PathBuf> =
        components.chain(project.interface_packages.iter().map(|package| package.folder.clone())).collect();
    packages.sort();
    packages.dedup();
    let mut fixed = Vec::new();
    for wit in packages {
        // Each reads what those before it wrote: a file may belong to several.
        for file in mended(root, &wit) {
            let shown = project.relative(&file.path).to_owned();
            let written = folder.write(&file.path, file.text.as_bytes(), Links::Inside);
            written.with_context(|| format!("cannot write `{}`", shown.display()))?;
            if !fixed.contains(&shown) {
                fixed.push(shown);
            }
        }
    }
    Ok(fixed)
}
