//! The one reader: regular files only, and no more of one than its kind may have.
//!
//! A name in a strange folder may be a pipe that nobody writes to, a device that never ends, or 20 GB of nothing. A
//! file is looked at before it is opened, because opening a device can have effects; opened so that a pipe does not
//! block; and looked at again on the handle, because the name may have been exchanged between the two.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

use crate::files::exhausted::error_message;
use crate::files::kind::Kind;
use crate::model::size::size;

/// Why a file was not read; shown after "cannot be read: ".
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("{}", error_message(.0))]
    Io(#[from] io::Error),
    #[error("it is {0}, not a regular file")]
    NotAFile(&'static str),
    #[error("it has more than {}, the limit for {}", size(.0.limit()), .0.name())]
    TooLarge(Kind),
    #[error("it has too many {0}")]
    TooMany(&'static str),
    #[error("it is not UTF-8 text")]
    NotText,
}

impl ReadError {
    /// Whether there is no such file, which is often no error.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

impl From<ReadError> for io::Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Io(error) => error,
            other => Self::new(io::ErrorKind::InvalidData, other.to_string()),
        }
    }
}

/// A whole file.
///
/// # Errors
/// What it is instead of a regular file, that it is too large for its kind, or the system's error.
pub fn read(path: &Path, kind: Kind) -> Result<Vec<u8>, ReadError> {
    let (mut file, bytes) = open(path)?;
    contents(&mut file, bytes, kind)
}

/// A whole file as text.
///
/// # Errors
/// As [`read`], and where it is not UTF-8.
pub fn text(path: &Path, kind: Kind) -> Result<String, ReadError> {
    String::from_utf8(read(path, kind)?).map_err(|_| ReadError::NotText)
}

/// At most this many of the first bytes of a file of any size.
///
/// # Errors
/// As [`read`], but for the size.
pub(crate) fn head(path: &Path, bytes: u64) -> Result<Vec<u8>, ReadError> {
    let (file, _) = open(path)?;
    let mut head = Vec::new();
    file.take(bytes).read_to_end(&mut head)?;
    Ok(head)
}

/// A regular file, open for reading in parts, and its size in bytes.
///
/// # Errors
/// What it is instead, or the system's error.
pub(crate) fn open(path: &Path) -> Result<(File, u64), ReadError> {
    regular(fs::metadata(path)?.file_type())?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let flags = i32::try_from(flags.bits()).unwrap_or(0);
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
    }
    let file = options.open(path)?;
    let about = file.metadata()?;
    regular(about.file_type())?;
    Ok((file, about.len()))
}

/// What is in an open file of this size; it may grow while it is read.
pub(super) fn contents(file: &mut File, bytes: u64, kind: Kind) -> Result<Vec<u8>, ReadError> {
    let limit = kind.limit();
    if bytes > limit {
        return Err(ReadError::TooLarge(kind));
    }
    let mut contents = Vec::with_capacity(usize::try_from(bytes).unwrap_or(0).saturating_add(1));
    file.take(limit + 1).read_to_end(&mut contents)?;
    if contents.len() as u64 > limit { Err(ReadError::TooLarge(kind)) } else { Ok(contents) }
}

fn regular(file_type: FileType) -> Result<(), ReadError> {
    if file_type.is_file() { Ok(()) } else { Err(ReadError::NotAFile(name(file_type))) }
}

/// What stands there instead of a file.
pub(super) fn name(file_type: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if file_type.is_fifo() {
            return "a pipe";
        }
        if file_type.is_socket() {
            return "a socket";
        }
        if file_type.is_char_device() || file_type.is_block_device() {
            return "a device";
        }
    }
    if file_type.is_dir() { "a folder" } else { "something else" }
}

#[cfg(test)]
mod tests {
    use crate::files::read::*;

    #[test]
    fn a_file_of_its_limit_is_read_and_one_byte_more_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let limit = Kind::Ignore.limit();
        File::create(&path).unwrap().set_len(limit).unwrap();
        assert_eq!(read(&path, Kind::Ignore).unwrap().len() as u64, limit);
        File::create(&path).unwrap().set_len(limit + 1).unwrap();
        let error = read(&path, Kind::Ignore).unwrap_err().to_string();
        assert_eq!(error, "it has more than 256 KiB, the limit for ignore rules");
        assert_eq!(head(&path, 3).unwrap(), [0, 0, 0]);
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_ends_at_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        File::create(&path).unwrap().set_len(Kind::Ignore.limit() * 2).unwrap();
        let mut file = File::open(&path).unwrap();
        assert!(matches!(contents(&mut file, 10, Kind::Ignore), Err(ReadError::TooLarge(_))));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_named_and_never_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        rustix::fs::mknodat(rustix::fs::CWD, path("fifo"), rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", path("zero")).unwrap();
        std::os::unix::fs::symlink("fifo", path("linked")).unwrap();
        fs::create_dir(path("folder")).unwrap();
        for (file, what) in [
            ("fifo", "a pipe"),
            ("linked", "a pipe"),
            ("socket", "a socket"),
            ("zero", "a device"),
            ("folder", "a folder"),
        ] {
            let error = text(&path(file), Kind::Settings).unwrap_err().to_string();
            assert_eq!(error, format!("it is {what}, not a regular file"), "{file}");
        }
        assert!(text(&path("none"), Kind::Settings).unwrap_err().is_missing());
    }
}
