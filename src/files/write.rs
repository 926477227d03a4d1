//! The one writer: a file is written whole or not at all, below a folder's handle, and through no link out of it.
//!
//! Every component of a path is opened relative to the handle of the one before, and none may be a link when it is
//! opened, so that nothing a stranger puts into the folder, before or meanwhile, leads a write elsewhere.
//! `docs/decisions/006-one-reader-one-writer.md` gives the reasons.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use cap_primitives::ambient_authority;
use cap_primitives::fs::{
    DirOptions, FollowSymlinks, Metadata, OpenOptions, create_dir, open, open_ambient_dir, open_dir_nofollow,
    remove_file, rename, stat,
};

use crate::files::kind::Kind;
use crate::files::leftover;
use crate::files::read;
use crate::files::read::ReadError;

/// Which links a path may go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// None: for what studio keeps for itself, where nobody has a reason to put one.
    Never,
    /// Those whose target lies in the folder too: for the user's own files.
    Inside,
    /// Any: the user asked for it.
    Follow,
}

/// Why a file was not written; shown after "cannot be written: ".
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The path does not lie in the folder.
    #[error("it lies outside of `{}`; open the folder that holds both", .root.display())]
    Outside {
        /// The folder, as it was named.
        root: PathBuf,
    },
    /// A link on the way leads out of the folder, and may not ([`Links::Inside`]).
    #[error(
        "`{}` is a link out of the project, to `{}`; edit that file, or pass `--follow-links` to the verb that writes it \
         (`studio grant`, `studio wire`, …)", .link.display(), .target.display()
    )]
    LinkOut {
        /// Relative to the folder.
        link: PathBuf,
        /// Where it leads, absolute.
        target: PathBuf,
    },
    /// There is a link on the way where none may be ([`Links::Never`]).
    #[error("`{}` is a link, and studio keeps nothing of its own behind links; remove it", .0.display())]
    Link(PathBuf),
    /// A link on the way leads to nothing.
    #[error("`{}` is a link that leads nowhere; remove it", .0.display())]
    Dangling(PathBuf),
    /// Something else has that name: `a folder`, `a pipe`.
    #[error("it is {0}, not a regular file")]
    NotAFile(&'static str),
    /// The file is there and may not be written.
    #[error("it is read-only; make it writable first (`chmod u+w`)")]
    ReadOnly,
}

type Result<T> = std::result::Result<T, WriteError>;

impl From<WriteError> for io::Error {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Io(error) => error,
            other => Self::new(io::ErrorKind::PermissionDenied, other.to_string()),
        }
    }
}

/// A folder below which files are written.
#[derive(Debug)]
pub struct Folder {
    handle: File,
    /// Without links.
    root: PathBuf,
    /// As it was named.
    named: PathBuf,
}

impl Folder {
    /// A folder that is there.
    ///
    /// # Errors
    /// The system's error.
    pub fn open(path: &Path) -> Result<Self> {
        let root = path.canonicalize()?;
        let handle = open_ambient_dir(&root, ambient_authority())?;
        Ok(Self { handle, root, named: path.to_owned() })
    }

    /// A folder of the user's own, made with those above it where it is not there.
    ///
    /// # Errors
    /// The system's error.
    pub fn create(path: &Path) -> Result<Self> {
        fs::create_dir_all(path)?;
        Self::open(path)
    }

    /// Writes a file whole or not at all: a reader never sees half of it, and a full disk leaves the old one. A file
    /// keeps its permissions. Missing folders are made.
    ///
    /// `path` is relative to the folder, or absolute and below it.
    ///
    /// # Errors
    /// [`WriteError`]; the file is as it was.
    pub fn write(&self, path: &Path, bytes: &[u8], links: Links) -> Result<()> {
        let Some((folder, name)) = self.locate(path, links, true)? else {
            return write_named(&self.named(path), bytes);
        };
        replace(&folder, &name, bytes)
    }

    /// Writes a file that must not be there yet.
    ///
    /// # Errors
    /// [`WriteError`]; what is there stays.
    pub(crate) fn create_new(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let Some((folder, name)) = self.locate(path, Links::Never, true)? else { return Err(self.outside()) };
        if stat(&folder, Path::new(&name), FollowSymlinks::No).is_ok() {
            return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
        }
        replace(&folder, &name, bytes)
    }

    /// Removes a file, or that to which its link leads. One that is not there is no error.
    ///
    /// # Errors
    /// [`WriteError`]; the file is as it was.
    pub(crate) fn remove(&self, path: &Path, links: Links) -> Result<()> {
        let found = match self.locate(path, links, false) {
            Err(WriteError::Io(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            found => found?,
        };
        let Some((folder, name)) = found else { return Ok(fs::remove_file(self.named(path).canonicalize()?)?) };
        match remove_file(&folder, Path::new(&name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Reads a file of studio's own, through no link; `None` where there is none.
    ///
    /// # Errors
    /// As [`read::text`]; that it is a link.
    pub fn text(&self, path: &Path, kind: Kind) -> std::result::Result<Option<String>, ReadError> {
        let (folder, name) = match self.locate(path, Links::Never, false) {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(None),
            Err(WriteError::Io(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ReadError::Io(error.into())),
        };
        let about = match stat(&folder, Path::new(&name), FollowSymlinks::No) {
            Ok(about) => about,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if !about.is_file() {
            return Err(ReadError::NotAFile(what(&about)));
        }
        let mut options = OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        {
            let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
            cap_primitives::fs::OpenOptionsExt::custom_flags(&mut options, flags);
        }
        let mut file = open(&folder, Path::new(&name), &options)?;
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(ReadError::NotAFile(read::name(about.file_type())));
        }
        let bytes = read::contents(&mut file, about.len(), kind)?;
        String::from_utf8(bytes).map(Some).map_err(|_| ReadError::NotText)
    }

    fn outside(&self) -> WriteError {
        WriteError::Outside { root: self.named.clone() }
    }

    fn named(&self, path: &Path) -> PathBuf {
        self.named.join(path)
    }

    /// The path below the root.
    fn relative(&self, path: &Path) -> Result<PathBuf> {
        let below = if path.is_absolute() {
            path.strip_prefix(&self.named).or_else(|_| path.strip_prefix(&self.root)).map_err(|_| self.outside())?
        } else {
            path
        };
        let plain = below.components().filter(|c| *c != Component::CurDir);
        let path: PathBuf = plain.clone().collect();
        if plain.clone().all(|c| matches!(c, Component::Normal(_))) && !path.as_os_str().is_empty() {
            Ok(path)
        } else {
            Err(self.outside())
        }
    }

    /// The same with its links resolved, as far as they stay below the root. Exchanged meanwhile, they are refused when
    /// the path is opened.
    fn resolved(&self, path: &Path) -> Result<PathBuf> {
        let mut real = PathBuf::new();
        let mut parts = path.components();
        for part in parts.by_ref() {
            real.push(part);
            let Ok(about) = self.root.join(&real).symlink_metadata() else { break };
            if !about.is_symlink() {
                continue;
            }
            let link = real.clone();
            let target = self.root.join(&real).canonicalize().map_err(|_| WriteError::Dangling(link.clone()))?;
            match target.strip_prefix(&self.root) {
                Ok(below) => below.clone_into(&mut real),
                Err(_) => return Err(WriteError::LinkOut { link, target }),
            }
        }
        real.extend(parts);
        Ok(real)
    }

    /// The handle of the folder that holds a file, and the file's name in it; `None` where the path leads out of the
    /// root and may.
    fn locate(&self, path: &Path, links: Links, make: bool) -> Result<Option<(File, OsString)>> {
        let path = match links {
            Links::Never => self.relative(path)?,
            Links::Inside => self.resolved(&self.relative(path)?)?,
            Links::Follow => match self.relative(path).and_then(|path| self.resolved(&path)) {
                Err(WriteError::LinkOut { .. }) => return Ok(None),
                path => path?,
            },
        };
        let Some(name) = path.file_name() else { return Err(self.outside()) };
        let mut folder = self.handle.try_clone()?;
        let mut walked = PathBuf::new();
        for part in path.parent().into_iter().flat_map(Path::components) {
            walked.push(part);
            folder = enter(&folder, part.as_os_str(), &walked, make)?;
        }
        if links == Links::Never && is_link(&folder, name) && make {
            return Err(WriteError::Link(path));
        }
        Ok(Some((folder, name.to_owned())))
    }
}

/// A folder in a folder; `walked` is how it is called in a sentence.
fn enter(folder: &File, name: &OsStr, walked: &Path, make: bool) -> Result<File> {
    let path = Path::new(name);
    let entered = match open_dir_nofollow(folder, path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && make => {
            match create_dir(folder, path, &DirOptions::new()) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
                _ => open_dir_nofollow(folder, path),
            }
        }
        entered => entered,
    };
    entered.map_err(|error| if is_link(folder, name) { WriteError::Link(walked.to_owned()) } else { error.into() })
}

fn is_link(folder: &File, name: &OsStr) -> bool {
    stat(folder, Path::new(name), FollowSymlinks::No).is_ok_and(|about| about.is_symlink())
}

fn what(about: &Metadata) -> &'static str {
    if about.is_symlink() {
        "a link"
    } else if about.is_dir() {
        "a folder"
    } else {
        "a pipe, a socket or a device"
    }
}

/// Writes a file whose path the user named, wherever that is: whole or not at all. A link stays a link.
///
/// # Errors
/// [`WriteError`]; the file is as it was.
pub fn write_named(path: &Path, bytes: &[u8]) -> Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (folder, name) = parent(&path)?;
    replace(&folder, &name, bytes)
}

/// The same for a file that must not be there yet.
///
/// # Errors
/// [`WriteError`]; what is there stays.
pub(crate) fn create_named(path: &Path, bytes: &[u8]) -> Result<()> {
    let (folder, name) = parent(path)?;
    if stat(&folder, Path::new(&name), FollowSymlinks::No).is_ok() {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
    }
    replace(&folder, &name, bytes)
}

/// Removes a folder that studio made just now, with what is in it.
///
/// # Errors
/// The system's error.
pub(crate) fn remove_made(path: &Path) -> io::Result<()> {
    fs::remove_dir_all(path)
}

fn parent(path: &Path) -> Result<(File, OsString)> {
    let name = path.file_name().ok_or(WriteError::NotAFile("a folder"))?.to_owned();
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((open_ambient_dir(folder, ambient_authority())?, name))
}

/// Writes beside the file and renames over it: what stands there is replaced, never followed.
fn replace(folder: &File, name: &OsStr, bytes: &[u8]) -> Result<()> {
    let name = Path::new(name);
    let old = match stat(folder, name, FollowSymlinks::No) {
        Ok(about) if !about.is_file() => return Err(WriteError::NotAFile(what(&about))),
        Ok(about) if about.permissions().readonly() => return Err(WriteError::ReadOnly),
        Ok(about) => Some(about),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    // What cannot be removed is in nobody's way.
    let _ = leftover::clean(folder);
    match attempt(folder, name, bytes, old.as_ref()) {
        // Another studio took the new file for a leftover.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(attempt(folder, name, bytes, old.as_ref())?),
        done => Ok(done?),
    }
}

fn attempt(folder: &File, name: &Path, bytes: &[u8], old: Option<&Metadata>) -> io::Result<()> {
    let fill = |mut file: &File| {
        leftover::hold(file);
        file.write_all(bytes)?;
        if let Some(old) = old {
            file.set_permissions(old.permissions().into_std(file)?)?;
        }
        file.sync_all()
    };
    let new = leftover::new_name();
    let new = Path::new(&new);
    if let Some(file) = unnamed(folder) {
        fill(&file)?;
        if link(&file, folder, new).is_ok() {
            return finish(folder, new, name);
        }
    }
    let file = open(folder, new, OpenOptions::new().write(true).create_new(true))?;
    match fill(&file) {
        Ok(()) => finish(folder, new, name),
        Err(error) => {
            let _ = remove_file(folder, new);
            Err(error)
        }
    }
}

fn finish(folder: &File, new: &Path, name: &Path) -> io::Result<()> {
    rename(folder, new, folder, name).inspect_err(|_| {
        let _ = remove_file(folder, new);
    })
}

/// A file without a name, which a kill leaves nothing of.
#[cfg(target_os = "linux")]
fn unnamed(folder: &File) -> Option<File> {
    use rustix::fs::{Mode, OFlags, openat};
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    openat(folder, ".", flags, Mode::from_raw_mode(0o666)).ok().map(File::from)
}

#[cfg(not(target_os = "linux"))]
fn unnamed(_: &File) -> Option<File> {
    None
}

#[cfg(target_os = "linux")]
fn link(file: &File, folder: &File, name: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    use std::os::fd::AsRawFd as _;
    let from = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, from, folder, name, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
fn link(_: &File, _: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
