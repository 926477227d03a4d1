//! Writes a picture of the screen to a file that is not there yet.

use std::io;
use std::path::{Path, PathBuf};

use crate::files::{Folder, WriteError};

/// So many pictures of one folder are enough.
const MOST: u32 = 9_999;

/// Writes to the first of `studio-1.svg`, `studio-2.svg` … that is free.
///
/// # Errors
/// [`WriteError`], also where all names are taken.
pub(crate) fn save(folder: &Path, svg: &str) -> Result<PathBuf, WriteError> {
    let inside = Folder::open(folder)?;
    for number in 1..=MOST {
        let name = format!("studio-{number}.svg");
        // A link counts as there, wherever it leads.
        match inside.create_new(Path::new(&name), svg.as_bytes()) {
            Err(WriteError::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(WriteError::Link(_) | WriteError::LinkOut { .. } | WriteError::Dangling(_)) => {}
            written => return written.map(|()| folder.join(name)),
        }
    }
    Err(io::Error::other(format!("there are {MOST} pictures already; move some away")).into())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::tui::jobs::picture::*;

    #[test]
    fn the_first_free_name_is_taken_and_nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let name = |n: u32| folder.path().join(format!("studio-{n}.svg"));
        fs::write(name(2), "somebody's").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), name(3)).unwrap();
        #[cfg(not(unix))]
        fs::write(name(3), "somebody's").unwrap();
        assert_eq!(save(folder.path(), "one").unwrap(), name(1));
        assert_eq!(save(folder.path(), "two").unwrap(), name(4));
        assert_eq!(fs::read_to_string(name(2)).unwrap(), "somebody's");
        assert!(!folder.path().join("elsewhere").exists());
        assert!(save(&folder.path().join("gone"), "x").is_err());
    }
}
