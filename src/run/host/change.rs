//! What guests do to names below a folder: checked at the very place where it is then done.

use std::io;
use std::sync::Arc;

use rustix::fs::{AtFlags, FileType, Mode as Permissions, Timestamps};
use rustix::io::Errno;
use wasmtime_wasi::FsPerms;
use wasmtime_wasi::filesystem::{Descriptor, Dir, File as Opened};
use wasmtime_wasi::{OpenMode, runtime::spawn_blocking};

use crate::grants::Folder;
use crate::run::host::beneath;
use crate::run::host::beneath::{At, How, NotOpened};
use crate::run::host::folders::Granted;
use crate::run::host::quota::Full;

/// A folder that a guest has a handle of, and what it may do there now.
#[derive(Clone)]
pub(super) struct Side {
    /// What the handle is: the granted folder, or one below it.
    pub(crate) dir: Dir,
    pub granted: Arc<Granted>,
    /// The grant as it is now.
    pub(crate) allowed: Folder,
}

/// Why something was not done.
pub(super) enum Failure {
    Io(io::Error),
    /// What is there is what the project is built from.
    Protected(String),
    /// It is a pipe, a device or a socket.
    Special(&'static str),
    Full(Full),
    /// It can only be copied.
    OtherDevice,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Errno> for Failure {
    fn from(error: Errno) -> Self {
        if error == Errno::XDEV { Self::OtherDevice } else { Self::Io(error.into()) }
    }
}

impl From<NotOpened> for Failure {
    fn from(error: NotOpened) -> Self {
        match error {
            NotOpened::Io(error) => Self::Io(error),
            NotOpened::Special(kind) => Self::Special(kind),
            NotOpened::Link => Errno::LOOP.into(),
        }
    }
}

impl From<Full> for Failure {
    fn from(full: Full) -> Self {
        Self::Full(full)
    }
}

/// One change of names; every path is relative to a side's handle.
pub(super) enum Change {
    CreateDirectory {
        path: String,
    },
    Unlink {
        path: String,
    },
    RemoveDirectory {
        path: String,
    },
    Symlink {
        target: String,
        path: String,
    },
    Times {
        follow: bool,
        path: String,
        times: Timestamps,
    },
    /// Into the second side.
    Link {
        path: String,
        new: String,
    },
    /// Into the second side.
    Rename {
        path: String,
        new: String,
    },
}

impl Side {
    /// Where the path leads, if the guest may change what is there.
    fn at(&self, path: &str, follow: bool) -> Result<At, Failure> {
        if self.dir.perms == FsPerms::ReadOnly {
            return Err(Errno::PERM.into());
        }
        let at = beneath::resolve(&self.dir.dir, path.trim_end_matches('/'), follow)?;
        self.check(&at)?;
        Ok(At { is_folder: path.ends_with('/'), ..at })
    }

    fn check(&self, at: &At) -> Result<(), Failure> {
        if !self.granted.guarded || self.allowed.sources {
            return Ok(());
        }
        match self.granted.sources.covers(at) {
            Some(path) => Err(Failure::Protected(path.display().to_string())),
            None => Ok(()),
        }
    }

    fn grow(&self, bytes: u64, entries: u64) -> Result<(), Failure> {
        let root = &self.granted.dir.dir;
        Ok(self.granted.quota.grow_or_measure(bytes, entries, &self.allowed, root)?)
    }

    /// Done when it is known how much the folder holds.
    pub(super) async fn measured(&self) {
        self.granted.quota.ready(&self.granted.dir.dir, &self.allowed).await;
    }
}

/// Does it, where a thread may wait. `to` is the side that the new name of a link or a file is in.
///
/// # Errors
/// Why it was not done.
pub(super) async fn change(side: Side, to: Option<Side>, change: Change) -> Result<(), Failure> {
    for side in [Some(&side), to.as_ref()].into_iter().flatten() {
        side.measured().await;
    }
    spawn_blocking(move || {
        let to = to.as_ref().unwrap_or(&side);
        // Room that was taken for what then was not made is found again.
        perform(&side, to, change).inspect_err(|_| to.granted.quota.free())
    })
    .await
}

fn perform(side: &Side, to: &Side, change: Change) -> Result<(), Failure> {
    match change {
        Change::CreateDirectory { path } => {
            let at = side.at(&path, false)?;
            side.grow(0, 1)?;
            rustix::fs::mkdirat(&*at.folder, at.name, Permissions::from_raw_mode(0o777))?;
        }
        Change::Unlink { path } => {
            let at = side.at(&path, false)?;
            if at.is_folder {
                return Err(Errno::NOTDIR.into());
            }
            rustix::fs::unlinkat(&*at.folder, at.name, AtFlags::empty())?;
            side.granted.quota.free();
        }
        Change::RemoveDirectory { path } => {
            let at = side.at(&path, false)?;
            rustix::fs::unlinkat(&*at.folder, at.name, AtFlags::REMOVEDIR)?;
            side.granted.quota.free();
        }
        Change::Symlink { target, path } => {
            let at = side.at(&path, false)?;
            if target.starts_with('/') {
                return Err(Errno::PERM.into());
            }
            let guarded = side.granted.guarded && !side.allowed.sources;
            if guarded && side.granted.sources.is_named(&at.folder, &target) {
                return Err(Failure::Protected(target));
            }
            side.grow(target.len() as u64, 1)?;
            rustix::fs::symlinkat(target, &*at.folder, at.name)?;
        }
        Change::Times { follow, path, times } => {
            let at = side.at(&path, follow)?;
            rustix::fs::utimensat(&*at.folder, at.name, &times, AtFlags::SYMLINK_NOFOLLOW)?;
        }
        Change::Link { path, new } => {
            let (from, into) = (side.at(&path, false)?, to.at(&new, false)?);
            // The file is one more of the folder's, wherever else it is.
            let stat = beneath::stat(&from.folder, &from.name)?;
            let bytes = if is_shared(side, to) { 0 } else { u64::try_from(stat.st_size).unwrap_or_default() };
            to.grow(bytes, 1)?;
            rustix::fs::linkat(&*from.folder, from.name, &*into.folder, into.name, AtFlags::empty())?;
        }
        Change::Rename { path, new } => rename(side, to, &path, &new)?,
    }
    Ok(())
}

/// Whether both sides are of one folder.
fn is_shared(side: &Side, to: &Side) -> bool {
    Arc::ptr_eq(&side.granted.quota, &to.granted.quota)
}

fn rename(side: &Side, to: &Side, path: &str, new: &str) -> Result<(), Failure> {
    let (from, into) = (side.at(path, false)?, to.at(new, false)?);
    let stat = beneath::stat(&from.folder, &from.name)?;
    let is_folder = beneath::is_folder(&stat);
    if (from.is_folder || into.is_folder) && !is_folder {
        return Err(Errno::NOTDIR.into());
    }
    let guards = |side: &Side| side.granted.guarded && !side.allowed.sources;
    if is_folder && (guards(side) || guards(to)) {
        let sources = if guards(side) { &side.granted.sources } else { &to.granted.sources };
        // What is put into a folder meanwhile would come along unseen where its name is no reason by itself: such a folder
        // is copied, file by file.
        let moved_in = sources.is_inside(&into.folder) && !sources.is_inside(&from.folder);
        if moved_in || sources.may_hold(&into) {
            return Err(Failure::OtherDevice);
        }
        if sources.covers_below(&from, &into) {
            return Err(Failure::Protected(path.to_owned()));
        }
    }
    if !is_shared(side, to) {
        // Nobody counted what a folder holds.
        if is_folder {
            return Err(Failure::OtherDevice);
        }
        to.grow(u64::try_from(stat.st_size).unwrap_or_default(), 1)?;
    }
    rustix::fs::renameat(&*from.folder, from.name, &*into.folder, into.name)?;
    side.granted.quota.free();
    to.granted.quota.free();
    Ok(())
}

/// Opens a file or a folder below the side's handle.
///
/// # Errors
/// Why it was not opened.
pub(super) async fn open(side: Side, path: String, how: How) -> Result<Descriptor, Failure> {
    if how.changes() {
        if side.dir.perms == FsPerms::ReadOnly {
            return Err(Errno::PERM.into());
        }
        side.measured().await;
    }
    if how.directory && (how.create || how.exclusive || how.truncate) {
        return Err(Errno::INVAL.into());
    }
    spawn_blocking(move || {
        let opened = open_now(&side, &path, how);
        opened.inspect_err(|_| side.granted.quota.free())
    })
    .await
}

fn open_now(side: &Side, path: &str, how: How) -> Result<Descriptor, Failure> {
    let how = How { special: side.allowed.special, ..how };
    let mut protected = false;
    let (file, stat) = beneath::open_path(&side.dir.dir, path, how, |at| -> Result<(), Failure> {
        let check = side.check(at);
        if !how.changes() {
            // What may be read only is no way to write, whatever else is asked of the handle.
            protected = check.is_err();
            return Ok(());
        }
        check?;
        if how.create && beneath::stat(&at.folder, &at.name).is_err() {
            side.grow(0, 1)?;
        }
        Ok(())
    })?;
    let mut mode = OpenMode::empty();
    mode.set(OpenMode::READ, how.read || !how.write);
    mode.set(OpenMode::WRITE, how.changes());
    if beneath::is_folder(&stat) {
        return Ok(Descriptor::Dir(Dir::new(file, side.dir.perms, mode, false)));
    }
    if how.truncate {
        side.granted.quota.free();
    }
    let perms = if protected { FsPerms::ReadOnly } else { side.dir.perms };
    let file = Opened::new(file, perms, mode, false);
    // What a guest may write, it may also keep when its name is gone.
    if side.dir.perms == FsPerms::ReadWrite && FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile {
        side.granted.quota.hold(&file.file);
    }
    Ok(Descriptor::File(file))
}
