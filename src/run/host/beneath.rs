//! Paths below a folder's handle, resolved one component at a time.
//!
//! No component is followed by the system itself: links are read and walked here, so that the handle and the name at the
//! end are what was checked, whatever is renamed meanwhile, and nothing above the folder is ever reached.

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::sync::Arc;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

/// Links that one path may lead through, as in Linux.
const LINKS: usize = 40;
/// How often a name may turn into a link between looking and opening before that is an error.
const TURNS: usize = 8;

/// Where a path leads: a name in a folder that is open. The name is `.` for the folder itself, and otherwise neither
/// empty nor `..`, and without a `/`.
#[derive(Clone, Debug)]
pub(crate) struct At {
    pub folder: Arc<File>,
    pub name: String,
    /// The path can only mean a folder, for it ends with a `/`.
    pub(crate) is_folder: bool,
}

/// Opens a folder's handle to look up names in it, not to read it.
#[cfg(any(target_os = "linux", target_os = "android"))]
const STEP: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const STEP: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// # Errors
/// When the folder isn't there, or the name is a link.
pub(super) fn step(folder: &File, name: &str) -> io::Result<File> {
    Ok(rustix::fs::openat(folder, name, STEP, Mode::empty())?.into())
}

/// What a name is, without following it.
///
/// # Errors
/// When there is no such name.
pub(super) fn stat(folder: &File, name: &str) -> io::Result<Stat> {
    Ok(rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?)
}

/// Where `path` leads below `root`. What the last name means is left open unless `follow` asks to go through a link.
///
/// # Errors
/// `EPERM` where it leads out of the folder, and what the system says.
pub(super) fn resolve(root: &Arc<File>, path: &str, follow: bool) -> io::Result<At> {
    if path.is_empty() {
        return Err(Errno::NOENT.into());
    }
    let mut stack = vec![Arc::clone(root)];
    let mut todo: Vec<String> = Vec::new();
    let mut links = 0;
    let mut is_folder = push(&mut todo, path)?;
    let top = |stack: &[Arc<File>]| Arc::clone(stack.last().unwrap_or(root));
    while let Some(name) = todo.pop() {
        let folder = top(&stack);
        if name == ".." {
            stack.pop();
            if stack.is_empty() {
                return Err(Errno::PERM.into());
            }
            continue;
        }
        let last = todo.is_empty();
        if last && !follow && !is_folder {
            return Ok(At { folder, name, is_folder });
        }
        let link = if last {
            match rustix::fs::readlinkat(&*folder, &*name, Vec::new()) {
                Ok(link) => link,
                Err(Errno::INVAL | Errno::NOENT) => return Ok(At { folder, name, is_folder }),
                Err(error) => return Err(error.into()),
            }
        } else {
            match rustix::fs::openat(&*folder, &*name, STEP, Mode::empty()) {
                Ok(next) => {
                    stack.push(Arc::new(next.into()));
                    continue;
                }
                Err(Errno::NOTDIR | Errno::LOOP) => match rustix::fs::readlinkat(&*folder, &*name, Vec::new()) {
                    Ok(link) => link,
                    // Whatever was there when it was opened, it was no folder.
                    Err(Errno::INVAL) => return Err(Errno::NOTDIR.into()),
                    Err(error) => return Err(error.into()),
                },
                Err(error) => return Err(error.into()),
            }
        };
        links += 1;
        if links > LINKS {
            return Err(Errno::LOOP.into());
        }
        let link = link.into_string().map_err(|_| Errno::ILSEQ)?;
        let of_folder = push(&mut todo, &link)?;
        is_folder |= last && of_folder;
    }
    Ok(At { folder: top(&stack), name: ".".into(), is_folder })
}

/// Puts the path's components where they are taken from next. `true`: it ends with a `/`.
fn push(todo: &mut Vec<String>, path: &str) -> io::Result<bool> {
    if path.starts_with('/') {
        return Err(Errno::PERM.into());
    }
    let parts = path.split('/').filter(|part| !part.is_empty() && *part != ".");
    todo.extend(parts.rev().map(str::to_owned));
    Ok(path.ends_with('/'))
}

/// How a file is to be opened.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::struct_excessive_bools)] // WASI's own flags
pub(super) struct How {
    pub(crate) follow: bool,
    pub(crate) create: bool,
    pub(crate) exclusive: bool,
    pub(crate) directory: bool,
    pub(crate) truncate: bool,
    pub read: bool,
    pub write: bool,
    /// Pipes, devices and sockets may be opened.
    pub(crate) special: bool,
}

impl How {
    /// Whether the file itself, or its folder, is changed: the system is asked for a handle that can write.
    pub(super) fn changes(self) -> bool {
        self.create || self.truncate || self.write
    }

    fn flags(self) -> OFlags {
        let reads = self.read || !self.write;
        let mut flags = match (reads, self.changes()) {
            (true, true) => OFlags::RDWR,
            (false, _) => OFlags::WRONLY,
            (true, false) => OFlags::RDONLY,
        };
        flags.set(OFlags::CREATE, self.create);
        flags.set(OFlags::EXCL, self.create && self.exclusive);
        flags.set(OFlags::DIRECTORY, self.directory);
        flags.set(OFlags::TRUNC, self.truncate);
        // A pipe nobody writes into would hold the thread for good.
        flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY
    }
}

/// Why nothing was opened.
#[derive(Debug)]
pub(super) enum NotOpened {
    Io(io::Error),
    /// It is what it says.
    Special(&'static str),
    /// It turned into a link meanwhile.
    Link,
}

impl From<io::Error> for NotOpened {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Opens what is at that place, whatever it is by now, as long as it is no link.
///
/// # Errors
/// When it is a pipe, a device or a socket that may not be opened, and what the system says.
pub(super) fn open(at: &At, how: How) -> Result<(File, Stat), NotOpened> {
    // Opening a device can do something by itself, so what is known as one beforehand isn't opened at all.
    if let Ok(stat) = stat(&at.folder, &at.name) {
        refuse_special(&stat, how)?;
    }
    let how = How { directory: how.directory || at.is_folder, ..how };
    let opened = rustix::fs::openat(&*at.folder, &*at.name, how.flags(), Mode::from_raw_mode(0o666));
    let file: File = match opened {
        Ok(file) => file.into(),
        Err(Errno::LOOP | Errno::MLINK) => return Err(NotOpened::Link),
        // A link, where a folder is asked for.
        Err(Errno::NOTDIR) if how.directory => return Err(NotOpened::Io(Errno::NOTDIR.into())),
        Err(error) => return Err(NotOpened::Io(error.into())),
    };
    let stat = rustix::fs::fstat(&file).map_err(io::Error::from)?;
    refuse_special(&stat, how)?;
    let flags = rustix::fs::fcntl_getfl(&file).map_err(io::Error::from)?;
    rustix::fs::fcntl_setfl(&file, flags - OFlags::NONBLOCK).map_err(io::Error::from)?;
    Ok((file, stat))
}

/// [`open`] at the end of a path. `check` sees the place before anything is opened or made there.
///
/// # Errors
/// What `check` says, and see [`open`].
pub(super) fn open_path<E: From<NotOpened>>(
    root: &Arc<File>,
    path: &str,
    how: How,
    mut check: impl FnMut(&At) -> Result<(), E>,
) -> Result<(File, Stat), E> {
    for _ in 0..TURNS {
        let at = resolve(root, path, how.follow).map_err(NotOpened::Io)?;
        check(&at)?;
        match open(&at, how) {
            Err(NotOpened::Link) if how.follow => {}
            Err(error) => return Err(error.into()),
            Ok(opened) => return Ok(opened),
        }
    }
    Err(NotOpened::Io(Errno::LOOP.into()).into())
}

fn refuse_special(stat: &Stat, how: How) -> Result<(), NotOpened> {
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::Fifo => "a pipe",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        _ => return Ok(()),
    };
    if how.special { Ok(()) } else { Err(NotOpened::Special(kind)) }
}

pub(super) fn is_folder(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::Directory
}

/// Where an open folder is now; `None` where the system can't say.
pub(super) fn location(folder: &File) -> Option<PathBuf> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use std::os::fd::AsRawFd as _;
        use std::os::unix::ffi::OsStringExt as _;
        let link = format!("/proc/self/fd/{}", folder.as_fd().as_raw_fd());
        let path = rustix::fs::readlink(link, Vec::new()).ok()?;
        Some(std::ffi::OsString::from_vec(path.into_bytes()).into())
    }
    #[cfg(target_vendor = "apple")]
    {
        use std::os::unix::ffi::OsStringExt as _;
        let path = rustix::fs::getpath(folder.as_fd()).ok()?;
        Some(std::ffi::OsString::from_vec(path.into_bytes()).into())
    }
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    {
        let _ = folder.as_fd();
        None
    }
}

/// What makes two handles the same file: its device and its number there.
pub(super) fn identity(stat: &Stat) -> (u64, u64) {
    // Their types differ from system to system.
    #[allow(clippy::cast_sign_loss, clippy::unnecessary_cast, clippy::cast_possible_wrap)]
    (stat.st_dev as u64, stat.st_ino as u64)
}
