//! studio's own log, in a file: a terminal that shows a program has no room for it.

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

use crate::folders;

/// A log that has grown beyond this begins afresh (bytes).
const LARGEST: u64 = 4 << 20;

/// `$XDG_STATE_HOME/studio/studio.log`.
pub fn file() -> Option<PathBuf> {
    Some(folders::state()?.join("studio.log"))
}

/// From now on what is traced goes there: warnings, or what `STUDIO_LOG` asks for. Where it cannot be written, it is lost.
pub fn begin() {
    let Some(file) = file().and_then(|path| open(&path).ok()) else { return };
    let filter = EnvFilter::try_from_env("STUDIO_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let subscriber =
        tracing_subscriber::fmt().with_writer(Mutex::new(file)).with_ansi(false).with_env_filter(filter).finish();
    // A second session in the same process goes on with the first one's.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

fn open(path: &std::path::Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    if fs::metadata(path).is_ok_and(|about| about.len() > LARGEST) {
        fs::remove_file(path)?;
    }
    File::options().create(true).append(true).open(path)
}
