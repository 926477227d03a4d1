//! The files that exist only until they are renamed: how they are called, and what becomes of those that a killed studio
//! left behind.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use cap_primitives::fs::{OpenOptions, open, read_base_dir, remove_file};

const BEGIN: &str = ".studio-";
const END: &str = ".tmp";

/// A name that no other writer uses. Watching and discovery pass it over: it is hidden, and ends as editors' own do.
pub(super) fn new_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{BEGIN}{}-{}{END}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn is_ours(name: &OsStr) -> bool {
    let numbers = name.to_str().and_then(|name| name.strip_prefix(BEGIN)?.strip_suffix(END));
    numbers.is_some_and(|numbers| numbers.bytes().all(|b| b.is_ascii_digit() || b == b'-'))
}

/// Marks the writer as alive for as long as the file is open. Where the system has no locks, the file may be taken
/// for a leftover while it is written; the writer then begins again.
pub(super) fn hold(file: &File) {
    let _ = file.try_lock();
}

/// Removes what writers left that were killed between making a file and renaming it: nobody holds its lock.
pub(super) fn clean(folder: &File) -> io::Result<()> {
    for entry in read_base_dir(folder)?.flatten() {
        let name = entry.file_name();
        if !is_ours(&name) || !entry.file_type().is_ok_and(|t| t.is_file()) {
            continue;
        }
        let path = Path::new(&name);
        if let Ok(file) = open(folder, path, OpenOptions::new().read(true))
            && file.try_lock().is_ok()
        {
            remove_file(folder, path)?;
        }
    }
    Ok(())
}
