//! Which folders' code may run.
//!
//! Building runs what a folder names (build scripts, proc macros, whatever `.cargo/config.toml` points to), so nothing of
//! a folder runs before its user has said so once. The answers are kept outside the folder, one canonical path a line.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    #[error("this user has no home folder, so trust cannot be remembered; pass --trust each time")]
    NoHome,
    #[error("{path} holds a line break and cannot be remembered; pass --trust each time")]
    LineBreak { path: PathBuf },
    #[error("{path} cannot be read or written ({source}), so trust is not remembered; pass --trust each time")]
    Io { path: PathBuf, source: io::Error },
}

/// Whether the user said that code of this folder, or of a folder around it, may run.
pub fn is_trusted(root: &Path) -> bool {
    file().is_ok_and(|file| Ledger::at(file).is_trusted(root))
}

/// Remembers that code of this folder may run.
pub fn trust(root: &Path) -> Result<(), TrustError> {
    Ledger::at(file()?).trust(root)
}

/// Forgets it again; a folder around it may still be trusted.
pub fn revoke(root: &Path) -> Result<(), TrustError> {
    Ledger::at(file()?).revoke(root)
}

/// `$XDG_STATE_HOME/studio/trusted`, or what this system has instead.
fn file() -> Result<PathBuf, TrustError> {
    Ok(crate::folders::state().ok_or(TrustError::NoHome)?.join("trusted"))
}

/// The list of trusted folders, in a file.
struct Ledger {
    file: PathBuf,
}

impl Ledger {
    const fn at(file: PathBuf) -> Self {
        Self { file }
    }

    fn is_trusted(&self, root: &Path) -> bool {
        let (Ok(root), Ok(trusted)) = (root.canonicalize(), self.read()) else { return false };
        root.ancestors().any(|folder| trusted.contains(folder))
    }

    fn trust(&self, root: &Path) -> Result<(), TrustError> {
        let root = root.canonicalize().map_err(|source| TrustError::Io { path: root.to_owned(), source })?;
        if root.to_str().is_none_or(|p| p.contains(['\n', '\r'])) {
            return Err(TrustError::LineBreak { path: root });
        }
        let mut trusted = self.read()?;
        if trusted.insert(root) { self.write(&trusted) } else { Ok(()) }
    }

    fn revoke(&self, root: &Path) -> Result<(), TrustError> {
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let mut trusted = self.read()?;
        if trusted.remove(&root) { self.write(&trusted) } else { Ok(()) }
    }

    fn read(&self) -> Result<BTreeSet<PathBuf>, TrustError> {
        match fs::read_to_string(&self.file) {
            // A relative line would trust whatever folder the program is started in.
            Ok(text) => Ok(text.lines().map(PathBuf::from).filter(|p| p.is_absolute()).collect()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(source) => Err(self.error(source)),
        }
    }

    fn write(&self, trusted: &BTreeSet<PathBuf>) -> Result<(), TrustError> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        let attempt = || {
            fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            for path in trusted {
                writeln!(file, "{}", path.display())?;
            }
            file.persist(&self.file)?;
            Ok(())
        };
        attempt().map_err(|source| self.error(source))
    }

    fn error(&self, source: io::Error) -> TrustError {
        TrustError::Io { path: self.file.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_is_remembered_reaches_inwards_and_can_be_taken_back() {
        let home = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(home.path().join("state/studio/trusted"));
        let root = home.path().join("my projects/über");
        let inner = root.join("inner");
        fs::create_dir_all(&inner).unwrap();

        assert!(!ledger.is_trusted(&root));
        ledger.trust(&root).unwrap();
        ledger.trust(&root).unwrap();
        assert!(ledger.is_trusted(&root));
        assert!(ledger.is_trusted(&inner), "a folder inside a trusted one is trusted");
        assert!(!ledger.is_trusted(home.path()), "a folder around a trusted one is not");
        assert!(ledger.is_trusted(&root.join("../über")), "by its canonical name");
        assert_eq!(fs::read_to_string(&ledger.file).unwrap().lines().count(), 1);

        ledger.revoke(&root).unwrap();
        assert!(!ledger.is_trusted(&root));
    }

    #[test]
    fn a_line_that_is_no_absolute_path_trusts_nothing() {
        let home = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(home.path().join("trusted"));
        fs::write(&ledger.file, "\n.\n../\n").unwrap();
        assert!(!ledger.is_trusted(home.path()));
    }
}
