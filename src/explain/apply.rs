//! Writing what a fix changes in WIT, and checking it.

use std::path::{Path, PathBuf};

use crate::explain::fix::FileChange;
use crate::explain::worlds::world_name;
use crate::files;
use crate::files::{Folder, Kind, Links, WriteError};
use crate::inspect::World;
use crate::model::project::Component;

/// Why a fix was not applied; every file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    #[error("`{}` was changed meanwhile; ask again", path.display())]
    Changed { path: PathBuf },
    #[error("`{}` cannot be written: {source}", path.display())]
    Io { path: PathBuf, source: WriteError },
    #[error("with this the WIT of `{component}` would be broken: {problem}")]
    Breaks { component: String, problem: String },
}

/// Writes all files, or none. All of them lie below `root`.
///
/// # Errors
/// Which one could not be written, or is no longer what the fix was made for.
pub fn write(root: &Path, files: &[FileChange], links: Links) -> Result<(), ApplyError> {
    for file in files {
        if !is_still(&file.path, file.before.as_deref()) {
            return Err(ApplyError::Changed { path: file.path.clone() });
        }
    }
    let io = |source| ApplyError::Io { path: root.to_owned(), source };
    let folder = Folder::open(root).map_err(io)?;
    for (done, file) in files.iter().enumerate() {
        if let Err(source) = write_one(&folder, file, links) {
            for undo in files.iter().take(done) {
                let _ = write_one(&folder, &undo.inverse(), links);
            }
            return Err(ApplyError::Io { path: file.path.clone(), source });
        }
    }
    Ok(())
}

/// Whether a file holds this text, or is not there.
fn is_still(path: &Path, text: Option<&str>) -> bool {
    match files::text(path, Kind::Composition) {
        Ok(now) => Some(now.as_str()) == text,
        Err(error) => error.is_missing() && text.is_none(),
    }
}

fn write_one(folder: &Folder, file: &FileChange, links: Links) -> Result<(), WriteError> {
    match &file.after {
        Some(text) => folder.write(&file.path, text.as_bytes(), links),
        None => folder.remove(&file.path, links),
    }
}

/// Whether the WIT of these components still resolves after `files` were written; takes them back if not.
///
/// # Errors
/// What was wrong.
pub(crate) fn check(
    root: &Path,
    components: &[&Component],
    files: &[FileChange],
    links: Links,
) -> Result<(), ApplyError> {
    let broken = components.iter().find_map(|component| {
        let problems = World::of_wit(root, component.wit.as_deref()?, world_name(component)).err()?;
        Some((component, problems))
    });
    let Some((component, problems)) = broken else { return Ok(()) };
    let undo: Vec<_> = files.iter().map(FileChange::inverse).collect();
    write(root, &undo, links)?;
    let problem = problems.first().map(|p| p.message.clone()).unwrap_or_default();
    Err(ApplyError::Breaks { component: component.name.clone(), problem })
}
