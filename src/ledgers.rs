//! What the last run of each folder used and was denied, kept outside the folder for `studio grants`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::model::grants::{Ledger, Row};

/// `$XDG_STATE_HOME/studio/ledgers/…`, one file a folder; `None` for a user without a home.
fn file(root: &Path) -> Option<PathBuf> {
    let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
    let name = digest.iter().take(16).fold(0u128, |name, byte| name << 8 | u128::from(*byte));
    Some(crate::folders::state()?.join("ledgers").join(format!("{name:032x}.json")))
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
