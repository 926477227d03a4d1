//! A folder of the host that a node sees.

use std::fmt;
use std::path::{Component, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Mode {
    Read,
    ReadWrite,
}

/// `FOLDER[:GUEST][:ro|rw]`: read-only unless said otherwise, and under its own name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Folder {
    /// Absolute, or relative to the project.
    pub host: PathBuf,
    /// Where the guest finds it.
    pub guest: String,
    pub mode: Mode,
}

impl FromStr for Folder {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const HOW: &str = "it is FOLDER, FOLDER:rw or FOLDER:GUEST:rw, as in `scratch:/data:rw`";
        let (path, mode) = match text.rsplit_once(':') {
            Some((path, "ro")) => (path, Mode::Read),
            Some((path, "rw")) => (path, Mode::ReadWrite),
            _ => (text, Mode::Read),
        };
        let (host, guest) = path.split_once(':').unwrap_or((path, path));
        if host.is_empty() || guest.is_empty() || guest.contains(':') {
            return Err(HOW);
        }
        // Out of the project only in plain sight.
        if PathBuf::from(host).components().any(|c| c == Component::ParentDir) {
            return Err("a folder outside of the project is written as an absolute path, without `..`");
        }
        Ok(Self { host: host.into(), guest: guest.into(), mode })
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host.to_string_lossy();
        f.write_str(&host)?;
        if *host != self.guest {
            write!(f, ":{}", self.guest)?;
        }
        f.write_str(if self.mode == Mode::ReadWrite { ":rw" } else { ":ro" })
    }
}
