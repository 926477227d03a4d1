//! A folder of the host that a node sees.

use std::fmt;
use std::path::{Component, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::limits;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Mode {
    Read,
    ReadWrite,
}

/// `FOLDER[:GUEST][:ro|rw[,OPTION]…]`: read-only unless said otherwise, and under its own name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Folder {
    /// Absolute, or relative to the project.
    pub(crate) host: PathBuf,
    /// Where the guest finds it.
    pub(crate) guest: String,
    pub(crate) mode: Mode,
    /// What the project is built from may be written too (`sources`).
    pub sources: bool,
    /// Pipes, devices and sockets may be opened too (`special`).
    pub(crate) special: bool,
    /// Most bytes that all files in it may have together once the guest writes (`size=`); `None`: [`SIZE`].
    pub(crate) size: Option<u64>,
    /// Most files and folders in it once the guest makes some (`entries=`); `None`: [`ENTRIES`].
    pub(crate) entries: Option<u64>,
}

/// What a folder that a guest writes may hold, in bytes, unless its grant says otherwise.
pub(crate) const SIZE: u64 = 1 << 30;
/// Files and folders that a folder may hold for a guest to make more, unless its grant says otherwise.
pub(crate) const ENTRIES: u64 = 100_000;

impl Folder {
    /// The same folder in this mode, without any option: the least that a grant of it may be.
    #[must_use]
    pub fn least(&self, mode: Mode) -> Self {
        Self {
            host: self.host.clone(),
            guest: self.guest.clone(),
            mode,
            sources: false,
            special: false,
            size: None,
            entries: None,
        }
    }

    /// Bytes that the folder may hold when the guest writes.
    pub fn size(&self) -> u64 {
        self.size.unwrap_or(SIZE)
    }

    /// Files and folders that the folder may hold when the guest makes one.
    pub(crate) fn entries(&self) -> u64 {
        self.entries.unwrap_or(ENTRIES)
    }

    /// Whether it is the same folder under the same name.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.host == other.host && self.guest == other.guest
    }

    /// Allows what either of the two does; both are of the same folder.
    pub(crate) fn join(&mut self, other: &Self) {
        self.mode = self.mode.max(other.mode);
        self.sources |= other.sources;
        self.special |= other.special;
        self.size = [self.size, other.size].into_iter().flatten().max();
        self.entries = [self.entries, other.entries].into_iter().flatten().max();
    }

    fn option(&mut self, option: &str) -> Result<(), &'static str> {
        let write = self.mode == Mode::ReadWrite;
        match option.split_once('=').unwrap_or((option, "")) {
            ("sources", "") if write => self.sources = true,
            ("special", "") => self.special = true,
            ("size", size) if write => {
                let size = limits::size(size).map_err(|_| "expected a size, as in `data:rw,size=2GiB`")?;
                self.size = Some(size as u64);
            }
            ("entries", count) if write => {
                let count = count.parse().map_err(|_| "expected a number of files, as in `data:rw,entries=1000`")?;
                self.entries = Some(count);
            }
            ("sources" | "size" | "entries", _) => {
                return Err("expected `rw` before `sources`, `size=` and `entries=`, as in `data:rw,size=2GiB`");
            }
            _ => {
                return Err("expected one of `sources`, `special`, `size=` and `entries=`, as in `data:rw,size=2GiB`");
            }
        }
        Ok(())
    }
}

impl FromStr for Folder {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const HOW: &str =
            "expected FOLDER[:GUEST][:ro|rw[,OPTION]…], as in `scratch`, `scratch:rw` or `scratch:/data:rw`";
        let (before, last) = text.rsplit_once(':').unwrap_or((text, ""));
        let (word, options) = last.split_once(',').map_or((last, None), |(word, options)| (word, Some(options)));
        let (path, mode, options) = match word {
            "ro" => (before, Mode::Read, options),
            "rw" => (before, Mode::ReadWrite, options),
            _ => (text, Mode::Read, None),
        };
        let (host, guest) = path.split_once(':').unwrap_or((path, path));
        if host.is_empty() || guest.is_empty() || guest.contains(':') {
            return Err(HOW);
        }
        if host.starts_with('~') {
            return Err("expected a path without `~`, which only a shell expands, as in `scratch` or `/home/ada/data`");
        }
        // A mode that is misspelt is not the guest's name of the folder.
        if path.contains(':') && guest != "." && !guest.starts_with(['/', '\\']) && !guest.starts_with("./") {
            return Err("expected `ro`, `rw` or the guest's path from `/` behind the `:`, as in `scratch:/data:rw`");
        }
        // Out of the project only in plain sight.
        if PathBuf::from(host).components().any(|c| c == Component::ParentDir) {
            return Err("expected a path without `..`; a folder outside the project is written as in `/home/ada/data`");
        }
        let mut folder = Self {
            host: host.into(),
            guest: guest.into(),
            mode,
            sources: false,
            special: false,
            size: None,
            entries: None,
        };
        for option in options.into_iter().flat_map(|options| options.split(',')) {
            folder.option(option)?;
        }
        Ok(folder)
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host.to_string_lossy();
        f.write_str(&host)?;
        if *host != self.guest {
            write!(f, ":{}", self.guest)?;
        }
        f.write_str(if self.mode == Mode::ReadWrite { ":rw" } else { ":ro" })?;
        if self.sources {
            f.write_str(",sources")?;
        }
        if self.special {
            f.write_str(",special")?;
        }
        if let Some(size) = self.size {
            write!(f, ",size={}", exact(size))?;
        }
        match self.entries {
            Some(entries) => write!(f, ",entries={entries}"),
            None => Ok(()),
        }
    }
}

/// Bytes in the largest unit that leaves nothing over.
fn exact(bytes: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = units.into_iter().find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit));
    unit.map_or_else(|| bytes.to_string(), |(unit, name)| format!("{}{name}", bytes / unit))
}

#[cfg(test)]
mod tests {
    use crate::grants::folder::*;

    #[test]
    fn options_are_written_as_they_are_read() {
        for text in [
            "data:ro",
            ".:/p:rw,sources",
            "/dev:ro,special",
            "data:/d:rw,size=2GiB",
            "data:rw,sources,special,size=1000,entries=5",
        ] {
            assert_eq!(text.parse::<Folder>().unwrap().to_string(), text);
        }
        let folder: Folder = "data:rw,size=512 MiB".parse().unwrap();
        assert_eq!((folder.size(), folder.entries()), (512 << 20, ENTRIES));
        assert_eq!(folder.least(Mode::Read).to_string(), "data:ro");
        for text in [
            "data:ro,sources",
            "data:ro,size=1GiB",
            "data:rw,size=much",
            "data:rw,",
            "data:rw,exec",
            "data:rw,sources=1",
        ] {
            assert!(text.parse::<Folder>().is_err(), "{text}");
        }
    }

    #[test]
    fn two_grants_of_one_folder_allow_what_either_does() {
        let mut folder: Folder = "data:ro,special".parse().unwrap();
        folder.join(&"data:rw,size=2GiB".parse().unwrap());
        assert_eq!(folder.to_string(), "data:rw,special,size=2GiB");
    }
}
