//! What `explain --apply` wrote, to take it back: kept in `.studio/`, the last at the end.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::FileChange;
use super::apply::{ApplyError, write};
use crate::folders::write_whole;
use crate::model::project::Project;

/// A remedy that was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The remedy's sentence.
    pub what: String,
    files: Vec<File>,
}

/// A [`FileChange`], relative to the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct File {
    path: PathBuf,
    before: Option<String>,
    after: Option<String>,
}

fn file(root: &Path) -> PathBuf {
    root.join(".studio/applied.json")
}

fn all(root: &Path) -> Vec<Applied> {
    let text = std::fs::read_to_string(file(root)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn keep(root: &Path, all: &[Applied]) -> io::Result<()> {
    let file = file(root);
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    write_whole(&file, &serde_json::to_vec_pretty(all)?)
}

/// Remembers what was written.
///
/// # Errors
/// What the system says; what was written stays so.
pub fn remember(project: &Project, what: &str, files: &[FileChange]) -> io::Result<()> {
    let relative = |f: &FileChange| File {
        path: project.relative(&f.path).to_owned(),
        before: f.before.clone(),
        after: f.after.clone(),
    };
    let mut all = all(&project.root);
    all.push(Applied { what: what.to_owned(), files: files.iter().map(relative).collect() });
    keep(&project.root, &all)
}

/// Takes the last remedy back and forgets it. `None` where there is none.
///
/// # Errors
/// Which of its files was changed since, or cannot be written; then nothing is.
pub fn undo(root: &Path) -> Result<Option<Applied>, ApplyError> {
    let mut all = all(root);
    let Some(last) = all.pop() else { return Ok(None) };
    // Paths come from a file of the folder: nothing outside of it is written for that.
    let inside = |f: &&File| f.path.components().all(|c| matches!(c, std::path::Component::Normal(_)));
    let back = |f: &File| FileChange { path: root.join(&f.path), before: f.after.clone(), after: f.before.clone() };
    let files: Vec<_> = last.files.iter().filter(inside).map(back).collect();
    write(&files)?;
    keep(root, &all).map_err(|source| ApplyError::Io { path: file(root), source })?;
    Ok(Some(last))
}
