//! What `explain --apply` wrote, to take it back; the last at the end.
//!
//! It is kept in the user's state, never in the folder: what a checkout brings along would have studio write and delete
//! files on the word of whoever made it.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::explain::FileChange;
use crate::explain::apply::{ApplyError, write};
use crate::files::Links;
use crate::model::project::Project;
use crate::remembered;
use crate::remembered::Keep;

const FILE: &str = "applied.json";

/// So many of the last are kept: each holds whole files.
const KEPT: usize = 20;

/// A fix that was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Applied {
    /// The fix's sentence.
    pub(crate) what: String,
    files: Vec<File>,
}

/// A [`FileChange`], relative to the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct File {
    path: PathBuf,
    before: Option<String>,
    after: Option<String>,
}

fn all(root: &Path) -> Vec<Applied> {
    let text = remembered::read(root, Keep::Outside, FILE).ok().flatten().unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn keep(root: &Path, all: &[Applied]) -> io::Result<()> {
    if remembered::path(root, Keep::Outside, FILE).is_none() {
        return Err(io::Error::other("this user has no home folder"));
    }
    Ok(remembered::write(root, Keep::Outside, FILE, &serde_json::to_vec_pretty(all)?)?)
}

/// Remembers what was written.
///
/// # Errors
/// What the system says; what was written stays so.
pub(crate) fn remember(project: &Project, what: &str, files: &[FileChange]) -> io::Result<()> {
    let relative = |f: &FileChange| File {
        path: project.relative(&f.path).to_owned(),
        before: f.before.clone(),
        after: f.after.clone(),
    };
    let mut all = all(&project.root);
    all.push(Applied { what: what.to_owned(), files: files.iter().map(relative).collect() });
    all.drain(..all.len().saturating_sub(KEPT));
    keep(&project.root, &all)
}

/// Takes the last fix back and forgets it. `None` where there is none.
///
/// # Errors
/// Which of its files was changed since, or cannot be written; then nothing is.
pub(crate) fn undo(root: &Path, links: Links) -> Result<Option<Applied>, ApplyError> {
    let mut all = all(root);
    let Some(last) = all.pop() else { return Ok(None) };
    // What was not there before is removed only as long as it holds, to the byte, what was written.
    let back = |f: &File| FileChange { path: root.join(&f.path), before: f.after.clone(), after: f.before.clone() };
    let files: Vec<_> = last.files.iter().map(back).collect();
    write(root, &files, links)?;
    let path = || remembered::path(root, Keep::Outside, FILE).unwrap_or_default();
    keep(root, &all).map_err(|source| ApplyError::Io { path: path(), source: source.into() })?;
    Ok(Some(last))
}
