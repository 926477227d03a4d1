//! Where studio keeps what is the user's and not a project's, and how it writes a file.

use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use sha2::{Digest as _, Sha256};

/// State: which folders are trusted, logs, crash reports. `$XDG_STATE_HOME/studio`, or what this system has instead;
/// `None` for a user without a home.
pub fn state() -> Option<PathBuf> {
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.state_dir().unwrap_or_else(|| strategy.data_dir()).join("studio"))
}

/// What the user wrote for studio: keys. `$XDG_CONFIG_HOME/studio`.
pub fn config() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.config_dir().join("studio"))
}

/// What can be made again: compiled code. `$XDG_CACHE_HOME/studio`.
pub fn cache() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("studio"))
}

/// What a project's folder is called among the files of [`state`]: the same for the same path, and of one length.
pub fn name_of(root: &Path) -> String {
    let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
    let name = digest.iter().take(16).fold(0u128, |name, byte| name << 8 | u128::from(*byte));
    format!("{name:032x}")
}

/// Writes a file whole or not at all: a reader never sees half of it, and a full disk leaves the old one. A link stays a
/// link, and a file keeps its permissions.
///
/// # Errors
/// What the system says; a file that is read-only stays as it is.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if path.metadata().is_ok_and(|old| old.permissions().readonly()) {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it is read-only; make it writable first (`chmod u+w`)",
        ));
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less the user's umask, as for any file
    let mut file = builder.tempfile_in(folder)?;
    io::Write::write_all(&mut file, bytes)?;
    if let Ok(old) = path.metadata() {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.persist(&path).map_err(|e| e.error)?;
    Ok(())
}
