//! studio's own log, in a file: a terminal that shows a program has no room for it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

use crate::folders;
use crate::model::visible::visible;

/// A log that has grown beyond this begins afresh (bytes).
const LARGEST: u64 = 4 << 20;

/// `$XDG_STATE_HOME/studio/studio.log`.
pub(super) fn file() -> Option<PathBuf> {
    Some(folders::state()?.join("studio.log"))
}

/// From now on what is traced goes there: warnings, or what `STUDIO_LOG` asks for. Where it cannot be written, it is lost.
pub(super) fn begin() {
    let Some(file) = file().and_then(|path| open(&path).ok()) else { return };
    let filter = EnvFilter::try_from_env("STUDIO_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(Clean(file)))
        .with_ansi(false)
        .with_env_filter(filter)
        .finish();
    // A second session in the same process goes on with the first one's.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// A file that one event at a time is written to: each stays one line, whatever names and values are in it.
struct Clean(File);

impl Write for Clean {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = visible(text.trim_end_matches('\n'));
        self.0.write_all(format!("{line}\n").as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
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

#[cfg(test)]
mod tests {
    use crate::cli::diary::*;

    #[test]
    fn an_event_is_one_line_whatever_it_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("studio.log");
        let mut log = Clean(open(&path).unwrap());
        log.write_all(b"WARN of \x1b[2Jthis\nERROR forged\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "WARN of ^[[2Jthis^JERROR forged\n");
    }
}
