//! Tells a folder from another one that stands at the same path later.

use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// The folder's own: its number on the disk and when it was made. Numbers alone are given again after a folder is
/// gone; where a file system does not know when it was made, the disk's number stands in.
///
/// # Errors
/// Where the folder cannot be looked at.
pub(super) fn identity(folder: &Path) -> io::Result<String> {
    let about = folder.metadata()?;
    let made = about.created().ok().and_then(|made| made.duration_since(UNIX_EPOCH).ok());
    #[cfg(unix)]
    let (device, number) = {
        use std::os::unix::fs::MetadataExt as _;
        (about.dev(), about.ino())
    };
    #[cfg(not(unix))]
    let (device, number) = (0, 0);
    // Some file systems get another device number at every start of the machine: only used where nothing else is.
    Ok(match made {
        Some(made) => format!("{number}-{}", made.as_nanos()),
        None => format!("{number}-on-{device}"),
    })
}

#[cfg(test)]
mod tests {
    use crate::trust::identity::*;
    use std::fs;

    #[test]
    fn another_folder_at_the_same_path_is_another() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("x");
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..20 {
            fs::create_dir(&folder).unwrap();
            let this = identity(&folder).unwrap();
            fs::write(folder.join("file"), "changes nothing").unwrap();
            assert_eq!(identity(&folder).unwrap(), this);
            assert!(seen.insert(this), "a folder made later was taken for an earlier one");
            fs::remove_dir_all(&folder).unwrap();
        }
    }
}
