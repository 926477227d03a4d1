//! Reads a file that says what runs, with a digest of it.

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::files;
use crate::files::{Kind, ReadError};

/// What stands at a path.
pub(super) enum Found {
    Nothing,
    Text {
        text: String,
        digest: String,
    },
    /// Something that is no readable regular file of bounded size; the reason.
    Unreadable(String),
}

/// Reads it as a file of this kind.
pub(super) fn read(path: &Path, kind: Kind) -> Found {
    match files::read(path, kind) {
        Ok(bytes) => {
            let digest = digest(&bytes);
            // Who may write what a link leads to is another question than who may write here.
            let digest = led_elsewhere(path).map_or(digest.clone(), |real| format!("{digest} at {}", real.display()));
            Found::Text { digest, text: String::from_utf8_lossy(&bytes).into_owned() }
        }
        Err(error) if error.is_missing() => Found::Nothing,
        Err(ReadError::Io(error)) if error.kind() == io::ErrorKind::NotADirectory => Found::Nothing,
        Err(error) => Found::Unreadable(format!("cannot be read: {error}")),
    }
}

/// Where a path really leads, if that is elsewhere.
pub(super) fn led_elsewhere(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().filter(|real| real != path)
}

/// sha-256, as hexadecimal digits.
pub(super) fn digest(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use crate::trust::read::*;

    #[test]
    fn only_small_regular_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        assert!(matches!(read(&path, Kind::Settings), Found::Nothing));
        assert!(matches!(read(folder.path(), Kind::Settings), Found::Unreadable(_)));
        std::fs::write(&path, "a").unwrap();
        assert!(matches!(read(&path, Kind::Settings), Found::Text { .. }));
        assert!(matches!(read(&path.join("below a file"), Kind::Settings), Found::Nothing));
        std::fs::File::create(&path).unwrap().set_len(Kind::Settings.limit() + 1).unwrap();
        assert!(matches!(read(&path, Kind::Settings), Found::Unreadable(_)));
        assert!(matches!(read(Path::new("/dev/zero"), Kind::Settings), Found::Unreadable(_)));
        let fifo = folder.path().join("fifo");
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        assert!(matches!(read(&fifo, Kind::Settings), Found::Unreadable(_)));
    }
}
