//! Where studio keeps what is the user's and not a project's.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

/// State: which folders are trusted, logs, crash reports. `$XDG_STATE_HOME/studio`, or what this system has instead;
/// `None` for a user without a home.
pub fn state() -> Option<PathBuf> {
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.state_dir().unwrap_or_else(|| strategy.data_dir()).join("studio"))
}

/// What can be made again: compiled code. `$XDG_CACHE_HOME/studio`.
pub fn cache() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("studio"))
}
