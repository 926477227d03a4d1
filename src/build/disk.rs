//! A full disk, shortage as one: compilers and linkers tell it in a hundred other ways, crash dumps among them.

use std::path::Path;

use crate::model::diagnostic::{Diagnostic, Origin};

/// With less room than this (bytes), a failed build has failed for want of it: a debug build of a small component writes
/// a few megabytes, a linker its output at once.
const TIGHT: u64 = 16 << 20;

/// What to say of a failed build whose target directory lies on a full disk.
pub(super) fn full(folder: &Path) -> Option<Diagnostic> {
    shortage(folder, free(folder)?)
}

#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    // The target directory may not be there yet.
    let there = folder.ancestors().find(|f| f.is_dir())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

fn shortage(folder: &Path, free: u64) -> Option<Diagnostic> {
    let room = if free < 1 << 20 { format!("{} KiB are", free >> 10) } else { format!("{} MiB are", free >> 20) };
    (free < TIGHT).then(|| {
        Diagnostic::error(Origin::Rust, format!("The disk is full: {room} left for {}.", folder.display()))
            .help("Free some space and save again, for example with `cargo clean` in another project.")
    })
}

#[cfg(test)]
mod tests {
    use crate::build::disk::*;

    #[test]
    fn only_a_disk_without_room_is_told() {
        let shortage = |free| shortage(Path::new("/p/target"), free).map(|d| d.message);
        assert_eq!(shortage(3 << 10).as_deref(), Some("The disk is full: 3 KiB are left for /p/target."));
        assert_eq!(shortage(5 << 20).as_deref(), Some("The disk is full: 5 MiB are left for /p/target."));
        assert_eq!(shortage(TIGHT), None);
    }

    #[test]
    fn the_room_of_a_folder_that_is_not_there_yet_is_its_parents() {
        let folder = tempfile::tempdir().unwrap();
        let near = |a: u64, b: u64| a.abs_diff(b) < 1 << 30;
        let (here, below) = (free(folder.path()).unwrap(), free(&folder.path().join("a/b/target")).unwrap());
        assert!(here > 0 && near(here, below));
    }
}
