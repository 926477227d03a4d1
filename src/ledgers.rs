//! What the last run of each folder used and was denied, kept outside the folder for `studio grants`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::folders;
use crate::model::grants::{Ledger, Row};

/// `$XDG_STATE_HOME/studio/ledgers/…`, one file a folder; `None` for a user without a home.
fn file(root: &Path) -> Option<PathBuf> {
    Some(folders::state()?.join("ledgers").join(format!("{}.json", folders::name_of(root))))
}

/// Keeps this ledger as the folder's; one without entries leaves what is there.
///
/// # Errors
/// When the file can't be written.
pub fn save(root: &Path, ledger: &Ledger) -> io::Result<()> {
    let Some(file) = file(root).filter(|_| !ledger.is_empty()) else { return Ok(()) };
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
        let rows: Vec<Row> = ledger.rows().collect();
        let mut whole = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut whole, &rows)?;
        whole.persist(&file)?;
    }
    Ok(())
}

/// The folder's ledger; `None` if nothing was recorded, or it can't be read.
pub fn load(root: &Path) -> Option<Ledger> {
    let rows: Vec<Row> = serde_json::from_slice(&fs::read(file(root)?).ok()?).ok()?;
    Some(rows.into_iter().collect())
}
