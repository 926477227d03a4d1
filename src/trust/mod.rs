//! Which folders' code may run, and what of it.
//!
//! Building runs what a folder names: build scripts, procedural macros, whatever `.cargo/config.toml` and
//! `rust-toolchain.toml` point to, the commands of `studio.toml`. A [`Survey`] lists that; the user allows a list, not a
//! path, and an [`Approval`] says what was allowed. What is not on it does not run: every build compares first, and
//! where something changed or is new the user is asked again (`docs/decisions/005-what-trust-covers.md`).
//!
//! ```text
//! folder ─▶ survey (what would run) ─▶ question ─▶ approval ─▶ build: survey again, compare, run
//!                                                     └▶ store (the user's state folder, under a lock)
//! ```

mod approval;
mod cargo_config;
mod identity;
mod item;
mod packages;
mod read;
mod store;
mod survey;

pub use approval::{Approval, Difference, Moment};
pub use item::{Item, Kind, shown};
pub use store::{Entry, Standing, TrustError};
pub use survey::{Survey, survey};

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use store::Store;

/// The user's `PATH` for programs that are started in a folder, where it has to be another: a name is looked for in the
/// folders that it names absolutely. `.` or an empty entry would find a stranger's `cargo` in the stranger's folder.
pub fn absolute_path() -> Option<(&'static str, OsString)> {
    let path = std::env::var_os("PATH")?;
    let (kept, left): (Vec<PathBuf>, Vec<PathBuf>) = std::env::split_paths(&path).partition(|p| p.is_absolute());
    if left.is_empty() {
        return None;
    }
    Some(("PATH", std::env::join_paths(kept).ok()?))
}

/// What was allowed of this folder, or of the one around it, if it still is the same folder. Whether that covers what
/// stands there now is for [`Approval::difference`] to say.
pub fn recorded(root: &Path) -> Option<Approval> {
    Store::of_user().ok()?.approval(root)
}

/// Keeps what was allowed, for the next time.
///
/// # Errors
/// [`TrustError`]; nothing is kept then.
pub fn remember(approval: &Approval) -> Result<(), TrustError> {
    Store::of_user()?.remember(approval)
}

/// Forgets it; the paths that were forgotten.
///
/// # Errors
/// [`TrustError`]; nothing is forgotten then.
pub fn revoke(root: &Path) -> Result<Vec<PathBuf>, TrustError> {
    Store::of_user()?.revoke(root)
}

/// Every folder that is on the list.
///
/// # Errors
/// [`TrustError`], where the list cannot be read.
pub fn list() -> Result<Vec<Entry>, TrustError> {
    Store::of_user()?.read()
}
