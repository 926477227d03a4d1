//! Where studio keeps what is the user's and not a project's.

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

/// What can be made again: compiled code. `$XDG_CACHE_HOME/studio/compiled`: a folder of its own, for Wasmtime removes
/// what it does not know there, and a user's caches and state may share a place.
pub(crate) fn cache() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("studio/compiled"))
}

/// Where cargo keeps what is the user's: its configuration, among others.
pub(crate) fn cargo_home() -> Option<PathBuf> {
    let set = std::env::var_os("CARGO_HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    set.or_else(|| Some(etcetera::home_dir().ok()?.join(".cargo")))
}

/// Where a program is started that must not take anything from a project: the user's home, else the root.
pub(crate) fn neutral() -> PathBuf {
    etcetera::home_dir().ok().filter(|home| home.is_dir()).unwrap_or_else(|| PathBuf::from("/"))
}

/// What a project's folder is called among the files of [`state`]: the same for the same path, and of one length.
pub fn name_of(root: &Path) -> String {
    let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
    let name = digest.iter().take(16).fold(0u128, |name, byte| name << 8 | u128::from(*byte));
    format!("{name:032x}")
}
