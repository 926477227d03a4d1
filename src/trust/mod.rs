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
mod modules;
mod packages;
mod programs;
mod read;
mod rights;
mod store;
mod survey;
mod words;

pub use approval::Approval;
pub(crate) use approval::Difference;
pub(crate) use approval::Moment;
pub(crate) use item::{Item, Kind, shown};
pub(crate) use store::Entry;
pub(crate) use store::{Standing, TrustError};
pub(crate) use survey::Survey;
pub use survey::survey;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use store::Store;

use crate::model::project::{Component, Settings};

/// The user's `PATH` for programs that are started in a folder, where it has to be another: a name is looked for in the
/// folders that it names absolutely. `.` or an empty entry would find a stranger's `cargo` in the stranger's folder.
pub(crate) fn absolute_path() -> Option<(&'static str, OsString)> {
    Some(("PATH", without_relative(&std::env::var_os("PATH")?)?))
}

/// `None` where nothing is to be left out.
fn without_relative(path: &OsStr) -> Option<OsString> {
    let (mut kept, left): (Vec<PathBuf>, Vec<PathBuf>) = std::env::split_paths(path).partition(|p| p.is_absolute());
    if left.is_empty() {
        return None;
    }
    if kept.is_empty() {
        // An empty `PATH` is the folder again.
        kept.push("/nowhere".into());
    }
    std::env::join_paths(kept).ok()
}

/// What was allowed of this folder, or of the one around it, if it still is the same folder. Whether that covers what
/// stands there now is for [`Approval::difference`] to say.
pub(crate) fn recorded(root: &Path) -> Option<Approval> {
    Store::of_user().ok()?.approval(root)
}

/// Keeps what was allowed, for the next time.
///
/// # Errors
/// [`TrustError`]; nothing is kept then.
pub(crate) fn remember(approval: &Approval) -> Result<(), TrustError> {
    Store::of_user()?.remember(approval)
}

/// Looks at a folder right before these components of it are built: what would run, where all of that was allowed.
///
/// # Errors
/// What is there and was not allowed; or that the list has taken back what was.
pub(crate) fn look_again(approval: &Approval, components: &[Component]) -> Result<Survey, Box<Difference>> {
    let root = approval.parts().0;
    let now = survey(root, components, &Settings::default());
    let listed = if approval.is_from_the_list() { recorded(root) } else { Some(approval.clone()) };
    let difference = match listed {
        Some(approval) => approval.difference(&now, Moment::Open),
        None => Approval::revoked(&now),
    };
    if difference.asks() { Err(Box::new(difference)) } else { Ok(now) }
}

/// Remembers, after a build, what the user's edits and the build itself made of what was allowed: build scripts as the
/// build found them, other programs as it left them. What is not on the list any more stays away from it.
///
/// # Errors
/// [`TrustError`]; the next opening asks about the edits then.
pub(crate) fn after_build(approval: &Approval, before: &Survey, components: &[Component]) -> Result<(), TrustError> {
    if !approval.is_from_the_list() {
        return Ok(());
    }
    let after = survey(&before.root, components, &Settings::default());
    let of = |survey: &Survey, kind| survey.items.iter().filter(move |i| i.kind == kind).cloned().collect::<Vec<_>>();
    let items = [of(before, Kind::BuildScript), of(&after, Kind::Program)].concat();
    Store::of_user()?.refresh(&before.root, &items)
}

/// Remembers what the user made of the rights in `studio.toml` of a folder whose rights were allowed before, so that the
/// next opening does not ask about them.
///
/// # Errors
/// [`TrustError`]; the next opening asks then.
pub(crate) fn remember_rights(survey: &Survey) -> Result<(), TrustError> {
    Store::of_user()?.refresh_rights(&survey.root, &survey.items)
}

/// Forgets it; the paths that were forgotten.
///
/// # Errors
/// [`TrustError`]; nothing is forgotten then.
pub(crate) fn revoke(root: &Path) -> Result<Vec<PathBuf>, TrustError> {
    Store::of_user()?.revoke(root)
}

/// Every folder that is on the list.
///
/// # Errors
/// [`TrustError`], where the list cannot be read.
pub(crate) fn list() -> Result<Vec<Entry>, TrustError> {
    Store::of_user()?.read()
}

#[cfg(test)]
mod tests {
    use crate::trust::*;

    /// Writes a file, and the folders that lead to it.
    pub(super) fn write(path: &std::path::Path, text: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[test]
    fn a_path_never_leads_into_the_folder() {
        let kept = |path: &str| without_relative(OsStr::new(path)).map(|p| p.into_string().unwrap());
        assert_eq!(kept("/a:/b"), None);
        assert_eq!(kept("/a:.:/b:"), Some("/a:/b".into()));
        for path in [".", "", ":", "bin:."] {
            assert_eq!(kept(path), Some("/nowhere".into()), "{path:?}");
        }
    }
}
