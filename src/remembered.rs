//! Where studio keeps what it remembers of a folder: in the folder's `.studio/`, which git is asked to pass over; for a
//! folder that is not trusted, in the user's state, because nothing of a stranger's is taken for studio's own, and
//! nothing is written there.

use std::path::{Path, PathBuf};

use crate::files::{Folder, Kind, Links, ReadError, WriteError};
use crate::folders;

const FOLDER: &str = ".studio";

/// Who may have written what is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// In the folder, which is trusted.
    Inside,
    /// In the user's state: the folder is not trusted, or what is remembered leads to writing.
    Outside,
}

impl Keep {
    /// For what only says how a folder is shown.
    pub(crate) fn of(trusted: bool) -> Self {
        if trusted { Self::Inside } else { Self::Outside }
    }
}

/// The file of this name, for a sentence; `None` for a user without a home.
pub(crate) fn path(root: &Path, keep: Keep, name: &str) -> Option<PathBuf> {
    match keep {
        Keep::Inside => Some(root.join(FOLDER).join(name)),
        Keep::Outside => Some(outside(root)?.join(name)),
    }
}

/// What the file of this name holds; `None` where there is none. What was remembered before the folder was trusted
/// counts where nothing newer is there.
///
/// # Errors
/// The file that cannot be read, and why.
pub(crate) fn read(root: &Path, keep: Keep, name: &str) -> Result<Option<String>, (PathBuf, ReadError)> {
    let inside = (keep == Keep::Inside).then(|| (root.to_owned(), Path::new(FOLDER).join(name)));
    let outside = outside(root).map(|folder| (folder, PathBuf::from(name)));
    for (folder, file) in [inside, outside].into_iter().flatten() {
        let failed = |error| (folder.join(&file), error);
        let Ok(opened) = Folder::open(&folder) else { continue };
        if let Some(text) = opened.text(&file, Kind::State).map_err(failed)? {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// Keeps it; does nothing for a user without a home.
///
/// # Errors
/// Why it cannot be written; what was remembered before stays then.
pub(crate) fn write(root: &Path, keep: Keep, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
    match keep {
        Keep::Inside => {
            let folder = Folder::open(root)?;
            folder.write(&Path::new(FOLDER).join(name), bytes, Links::Never)?;
            // What one person sees is not what all others of the project want to see. One that is there stays.
            let _ = folder.create_new(&Path::new(FOLDER).join(".gitignore"), b"*\n");
            Ok(())
        }
        Keep::Outside => match outside(root) {
            Some(folder) => Folder::create(&folder)?.write(Path::new(name), bytes, Links::Never),
            None => Ok(()),
        },
    }
}

/// Forgets it.
///
/// # Errors
/// Why it cannot be removed.
pub(crate) fn remove(root: &Path, keep: Keep, name: &str) -> Result<(), WriteError> {
    let Some(path) = path(root, keep, name) else { return Ok(()) };
    match (keep, path.parent()) {
        (Keep::Inside, _) => Folder::open(root)?.remove(&path, Links::Never),
        (Keep::Outside, Some(folder)) if folder.is_dir() => Folder::open(folder)?.remove(&path, Links::Never),
        (Keep::Outside, _) => Ok(()),
    }
}

fn outside(root: &Path) -> Option<PathBuf> {
    Some(folders::state()?.join("projects").join(folders::name_of(root)))
}
