//! The system's events in our words: which file is finished, which only under way, which is gone.

use std::path::PathBuf;
use std::time::Instant;

use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, Flag, ModifyKind, RenameMode};

/// What the watching thread is told.
#[derive(Debug)]
pub(super) enum Message {
    System(Instant, notify::Result<notify::Event>),
    /// More is read than was known.
    Inputs(Vec<PathBuf>),
    Stop,
}

/// One thing that happened to one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Raw {
    /// Written and closed, or moved into place: to be read now.
    Finished(PathBuf),
    /// Being written, or just created: there may be more to come.
    UnderWay(PathBuf),
    /// Removed or moved away; editors do that for a moment.
    Gone(PathBuf),
    /// A folder came.
    Folder(PathBuf),
    /// The system lost count; everything may have changed.
    Lost,
}

/// Whether a closed file is reported; where it isn't, every write counts as finished.
const TELLS_OF_CLOSING: bool = cfg!(any(target_os = "linux", target_os = "android"));

pub(super) fn translate(event: notify::Event) -> Vec<Raw> {
    if event.attrs.flag() == Some(Flag::Rescan) {
        return vec![Raw::Lost];
    }
    let written = |path: PathBuf| if TELLS_OF_CLOSING { Raw::UnderWay(path) } else { Raw::Finished(path) };
    let paths = event.paths;
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => paths.into_iter().map(Raw::Finished).collect(),
        // The two sides of a rename come one by one as well.
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_) | ModifyKind::Name(RenameMode::Both)) => {
            Vec::new()
        }
        EventKind::Modify(ModifyKind::Name(RenameMode::From)) | EventKind::Remove(_) => {
            paths.into_iter().map(Raw::Gone).collect()
        }
        EventKind::Create(CreateKind::Folder) => paths.into_iter().map(Raw::Folder).collect(),
        EventKind::Modify(ModifyKind::Name(_)) => paths.into_iter().map(arrived).collect(),
        EventKind::Create(_) | EventKind::Modify(_) | EventKind::Any => paths.into_iter().map(written).collect(),
        EventKind::Other => Vec::new(),
    }
}

fn arrived(path: PathBuf) -> Raw {
    match path.symlink_metadata() {
        Ok(data) if data.is_dir() => Raw::Folder(path),
        Ok(_) => Raw::Finished(path),
        Err(_) => Raw::Gone(path),
    }
}
