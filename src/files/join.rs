//! A path as a manifest or a setting writes it, as it reads.

use std::path::{Component, Path, PathBuf};

/// `base/path` with `.` and `..` taken out; links are not followed.
pub(crate) fn join(base: &Path, path: &str) -> PathBuf {
    let mut out = PathBuf::new();
    for part in base.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            other => out.push(other),
        }
    }
    out
}
