//! What files held when they were last seen: a file that is only touched is no change.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::files::exhausted::is_exhausted;
use crate::files::{ReadError, read};
use crate::model::project::BINDINGS_MARK;

/// Larger files count as changed whenever they are written.
const MAX_HASHED: u64 = 16 * 1024 * 1024;
/// Larger files are not read beforehand, so their first touch counts as a change.
const MAX_LEARNT: u64 = 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct Content {
    seen: HashMap<PathBuf, Print>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Print {
    Hash(u64),
    /// Too big to compare.
    Unknown,
}

impl Content {
    /// Reads these files, so that it is known later whether they changed.
    pub(super) fn learn(&mut self, files: &[PathBuf]) {
        for file in files {
            let small = file.metadata().is_ok_and(|m| m.len() <= MAX_LEARNT);
            let print = if small { print(file) } else { Some(Print::Unknown) };
            if let Some(print) = print {
                self.seen.insert(file.clone(), print);
            }
        }
    }

    /// Whether the file was there before.
    pub(super) fn knows(&self, file: &Path) -> bool {
        self.seen.contains_key(file)
    }

    /// Whether the file holds something else than when it was last seen, or is new. Bindings that studio wrote are
    /// never a change: the next build would write them anew anyway.
    pub(super) fn changed(&mut self, file: &Path) -> bool {
        let Some(now) = print(file) else { return false };
        let before = self.seen.insert(file.to_owned(), now);
        let differs = now == Print::Unknown || before != Some(now);
        differs && !is_our_bindings(file)
    }

    /// Whether something known is gone; for a folder, what was in it.
    pub(super) fn gone(&mut self, path: &Path) -> Vec<PathBuf> {
        if path.exists() {
            return Vec::new();
        }
        self.forget(|file| file.starts_with(path))
    }

    /// Everything known that is gone.
    pub(super) fn all_gone(&mut self) -> Vec<PathBuf> {
        self.forget(|file| !file.exists())
    }

    fn forget(&mut self, which: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
        let lost: Vec<PathBuf> = self.seen.keys().filter(|file| which(file)).cloned().collect();
        for file in &lost {
            self.seen.remove(file);
        }
        lost
    }
}

fn print(file: &Path) -> Option<Print> {
    let (source, bytes) = match read::open(file) {
        Ok(opened) => opened,
        // A save must not be lost because the system has no file for us to read it with.
        Err(ReadError::Io(error)) if is_exhausted(&error) => return Some(Print::Unknown),
        Err(_) => return None,
    };
    if bytes > MAX_HASHED {
        return Some(Print::Unknown);
    }
    let mut hasher = DefaultHasher::new();
    let mut source = source.take(MAX_HASHED);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return Some(Print::Hash(hasher.finish())),
            Ok(read) => hasher.write(buffer.get(..read)?),
            Err(_) => return Some(Print::Unknown),
        }
    }
}

fn is_our_bindings(file: &Path) -> bool {
    if file.file_name().is_none_or(|n| n != "bindings.rs") {
        return false;
    }
    read::head(file, BINDINGS_MARK.len() as u64).is_ok_and(|head| head == BINDINGS_MARK.as_bytes())
}

#[cfg(test)]
mod tests {
    use crate::watch::content::*;
    use std::fs;

    #[test]
    fn only_other_content_is_a_change() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.rs");
        let mut content = Content::default();
        assert!(!content.changed(&file), "a file that isn't there");
        fs::write(&file, "one").unwrap();
        assert!(content.changed(&file), "a new file");
        fs::write(&file, "one").unwrap();
        assert!(!content.changed(&file), "the same again");
        fs::write(&file, "two").unwrap();
        assert!(content.changed(&file));
        assert!(content.gone(&file).is_empty(), "still there");
        fs::remove_file(&file).unwrap();
        assert_eq!(content.gone(folder.path().join("a.rs").as_path()), std::slice::from_ref(&file));
        assert!(content.gone(&file).is_empty(), "told once");
    }

    #[test]
    fn our_own_bindings_are_no_change_but_foreign_ones_are() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bindings.rs");
        let mut content = Content::default();
        fs::write(&file, format!("{BINDINGS_MARK}wit\n")).unwrap();
        assert!(!content.changed(&file));
        fs::write(&file, "// by hand\n").unwrap();
        assert!(content.changed(&file));
    }
}
