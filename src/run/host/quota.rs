//! How much a granted folder may hold: growth is counted as it is asked for, whoever asks, and the folder is measured
//! once, and anew where it is full and something was deleted.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rustix::fs::{FileType, Mode, OFlags};
use tokio::sync::OnceCell;

use crate::grants::Folder;
use crate::model::size::size;
use crate::run::host::beneath;

/// Names looked at when a folder is measured, unless its grant lets it hold more.
const LOOKED_AT: u64 = 200_000;

/// How long a write waits for a folder to be measured again.
const WAIT: Duration = Duration::from_millis(100);

/// What one folder holds, as far as is known.
#[derive(Default)]
pub(crate) struct Quota {
    state: Mutex<State>,
    measured: OnceCell<()>,
    measuring: Mutex<()>,
}

#[derive(Default)]
struct State {
    bytes: u64,
    entries: u64,
    /// Something was deleted or cut since it was measured.
    freed: bool,
    /// When it may be measured again: measuring takes no more than a third of the time.
    again: Option<Instant>,
    /// Files that guests have open: one that was deleted takes its room until it is closed.
    open: Vec<Weak<File>>,
}

/// A folder is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    Bytes(u64),
    Entries(u64),
}

impl Full {
    /// As a sentence goes on behind the folder's name.
    pub(crate) fn message(self) -> String {
        match self {
            Self::Bytes(limit) => {
                let limit = size(limit);
                format!("no space: a folder may hold {limit}; `size=` in its grant changes that")
            }
            Self::Entries(limit) => {
                format!("no space: a folder may hold {limit} files; `entries=` in its grant changes that")
            }
        }
    }
}

impl Quota {
    /// Done when it is known what the folder holds.
    pub(crate) async fn ready(self: &Arc<Self>, folder: &Arc<File>, limit: &Folder) {
        let (own, folder, most) = (Arc::clone(self), Arc::clone(folder), limit.entries());
        let measure = || async move {
            let _ = tokio::task::spawn_blocking(move || own.measure(&folder, most)).await;
        };
        self.measured.get_or_init(measure).await;
    }

    pub(crate) fn is_measured(&self) -> bool {
        self.measured.initialized()
    }

    /// Room for this many bytes and entries more is taken, if there is some.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn grow(&self, by: u64, entries: u64, limit: &Folder) -> Result<(), Full> {
        let mut state = self.state.lock();
        let (bytes, count) = (state.bytes.saturating_add(by), state.entries.saturating_add(entries));
        if by > 0 && bytes > limit.size() {
            return Err(Full::Bytes(limit.size()));
        }
        if entries > 0 && count > limit.entries() {
            return Err(Full::Entries(limit.entries()));
        }
        (state.bytes, state.entries) = (bytes, count);
        Ok(())
    }

    /// [`grow`](Self::grow), after measuring anew where that may help. It reads folders: not for a thread that may not
    /// wait.
    ///
    /// # Errors
    /// When there is no room.
    pub(crate) fn grow_or_measure(&self, by: u64, entries: u64, limit: &Folder, folder: &File) -> Result<(), Full> {
        let Err(full) = self.grow(by, entries, limit) else { return Ok(()) };
        self.measure_again(limit, folder);
        self.grow(by, entries, limit).map_err(|_| full)
    }

    /// Measures the folder if something was deleted since. It reads folders: not for a thread that may not wait.
    pub(crate) fn measure_again(&self, limit: &Folder, folder: &File) {
        // One measures for all who wait.
        let _measuring = self.measuring.lock();
        let (freed, again) = {
            let state = self.state.lock();
            (state.freed, state.again)
        };
        let wait = again.map_or(Duration::ZERO, |again| again.saturating_duration_since(Instant::now()));
        if freed && wait <= WAIT {
            std::thread::sleep(wait);
            self.state.lock().freed = false;
            self.measure(folder, limit.entries());
        }
    }

    /// Writing this many bytes there makes the file longer.
    ///
    /// # Errors
    /// When there is no room, or the file can't be asked.
    pub(crate) fn growth(file: &File, at: Option<u64>, length: u64) -> io::Result<u64> {
        let size = file.metadata()?.len();
        Ok(at.unwrap_or(size).saturating_add(length).saturating_sub(size))
    }

    /// Whether this many bytes more may have no room before the folder is measured, and may have some then.
    pub(crate) fn is_stale(&self, bytes: u64, limit: &Folder) -> bool {
        let state = self.state.lock();
        state.freed && state.bytes.saturating_add(bytes) > limit.size()
    }

    /// Something was deleted or cut.
    pub(crate) fn free(&self) {
        self.state.lock().freed = true;
    }

    /// A guest has this file open.
    pub(crate) fn hold(&self, file: &Arc<File>) {
        let mut state = self.state.lock();
        if state.open.len() == state.open.capacity() {
            state.open.retain(|file| file.strong_count() > 0);
        }
        state.open.push(Arc::downgrade(file));
    }

    fn measure(&self, folder: &File, most: u64) {
        let begun = Instant::now();
        let (mut bytes, entries) = sum(folder, most.saturating_add(1).max(LOOKED_AT));
        let mut state = self.state.lock();
        state.open.retain(|file| file.strong_count() > 0);
        for file in state.open.iter().filter_map(Weak::upgrade) {
            if let Ok(stat) = rustix::fs::fstat(&file)
                && stat.st_nlink == 0
            {
                bytes = bytes.saturating_add(u64::try_from(stat.st_size).unwrap_or_default());
            }
        }
        (state.bytes, state.entries) = (bytes, entries);
        state.again = Instant::now().checked_add(begun.elapsed().saturating_mul(2));
    }
}

/// Folders within folders that are looked into: each takes a handle.
const DEPTH: usize = 200;

/// Bytes and names below a folder of one file system, each file once, through no link. What is nested too deep counts
/// as full: nothing is hidden there.
fn sum(folder: &File, most: u64) -> (u64, u64) {
    let (mut bytes, mut entries) = (0u64, 0u64);
    let mut linked = HashSet::new();
    let (Ok(own), Ok(first)) = (rustix::fs::fstat(folder), beneath::step(folder, ".")) else { return (0, 0) };
    let mut todo = vec![(Arc::new(first), String::from("."), 0)];
    while let Some((parent, name, depth)) = todo.pop() {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let Ok(here) = rustix::fs::openat(&*parent, name, flags, Mode::empty()) else { continue };
        let Ok(all) = rustix::fs::Dir::read_from(&here) else { continue };
        let here = Arc::new(File::from(here));
        for entry in all.flatten() {
            let name = entry.file_name().to_string_lossy();
            if name == "." || name == ".." {
                continue;
            }
            entries += 1;
            if entries >= most || depth > DEPTH {
                return (bytes, most);
            }
            let Ok(stat) = beneath::stat(&here, &name) else { continue };
            match FileType::from_raw_mode(stat.st_mode) {
                FileType::Directory if stat.st_dev == own.st_dev => {
                    todo.push((Arc::clone(&here), name.into_owned(), depth + 1));
                }
                FileType::RegularFile if stat.st_nlink < 2 || linked.insert(beneath::identity(&stat)) => {
                    bytes = bytes.saturating_add(u64::try_from(stat.st_size).unwrap_or_default());
                }
                _ => {}
            }
        }
    }
    (bytes, entries)
}
