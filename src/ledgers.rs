//! What the last run of each folder used and was denied, kept outside the folder for `studio grants`.

use std::io;
use std::path::{Path, PathBuf};

use crate::files;
use crate::files::{Folder, Kind, Links};
use crate::folders;
use crate::grants::{Ledger, Row};

/// `$XDG_STATE_HOME/studio/ledgers/…`, one file a folder; `None` for a user without a home.
fn file(root: &Path) -> Option<PathBuf> {
    Some(folders::state()?.join("ledgers").join(format!("{}.json", folders::name_of(root))))
}

/// Keeps this ledger as the folder's; one without entries leaves what is there.
///
/// # Errors
/// When the file can't be written.
pub(crate) fn save(root: &Path, ledger: &Ledger) -> io::Result<()> {
    let Some(file) = file(root).filter(|_| !ledger.is_empty()) else { return Ok(()) };
    let Some(folder) = file.parent() else { return Ok(()) };
    let rows: Vec<Row> = ledger.rows().collect();
    Ok(Folder::create(folder)?.write(&file, &serde_json::to_vec(&rows)?, Links::Never)?)
}

/// The folder's ledger; `None` if nothing was recorded, or it can't be read.
pub(crate) fn load(root: &Path) -> Option<Ledger> {
    let rows: Vec<Row> = serde_json::from_slice(&files::read(&file(root)?, Kind::State).ok()?).ok()?;
    Some(rows.into_iter().collect())
}
