//! Writing what a remedy changes in WIT, and checking it.

use std::io;

use super::remedy::FileChange;
use super::worlds::world_name;
use crate::folders::write_whole;
use crate::inspect::World;
use crate::model::project::Component;

/// Why a remedy was not applied; every file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    #[error("`{}` was changed meanwhile; ask again", path.display())]
    Changed { path: std::path::PathBuf },
    #[error("`{}` cannot be written: {source}", path.display())]
    Io { path: std::path::PathBuf, source: io::Error },
    #[error("with this the WIT of `{component}` would be broken: {problem}")]
    Breaks { component: String, problem: String },
}

/// Writes all files, or none.
///
/// # Errors
/// Which one could not be written, or is no longer what the remedy was made for.
pub fn write(files: &[FileChange]) -> Result<(), ApplyError> {
    for file in files {
        if std::fs::read_to_string(&file.path).ok() != file.before {
            return Err(ApplyError::Changed { path: file.path.clone() });
        }
    }
    for (done, file) in files.iter().enumerate() {
        if let Err(source) = write_one(file) {
            for undo in files.iter().take(done) {
                let _ = write_one(&undo.inverse());
            }
            return Err(ApplyError::Io { path: file.path.clone(), source });
        }
    }
    Ok(())
}

fn write_one(file: &FileChange) -> io::Result<()> {
    match &file.after {
        Some(text) => {
            if let Some(folder) = file.path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            write_whole(&file.path, text.as_bytes())
        }
        None => std::fs::remove_file(&file.path),
    }
}

/// Whether a component's WIT still resolves after `files` were written; takes them back if not.
///
/// # Errors
/// What was wrong.
pub fn check(component: &Component, files: &[FileChange]) -> Result<(), ApplyError> {
    let Some(wit) = component.wit.as_deref() else { return Ok(()) };
    let Err(problems) = World::of_wit(wit, world_name(component)) else { return Ok(()) };
    let undo: Vec<_> = files.iter().map(FileChange::inverse).collect();
    write(&undo)?;
    let problem = problems.first().map(|p| p.message.clone()).unwrap_or_default();
    Err(ApplyError::Breaks { component: component.name.clone(), problem })
}
