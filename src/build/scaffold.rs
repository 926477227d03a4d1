//! New projects from the templates that studio carries.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::build::pack;
use crate::files::{Folder, Links, WriteError, walk, write};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Template {
    /// Two components, a logger and a user of it, wired by a `.wac`
    Neon,
    /// A plain `fn main` command
    Hello,
    /// An HTTP handler in two components
    Http,
    /// One empty component
    Blank,
}

/// Why no project was made.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    #[error("`{}` is not empty; give a folder that does not exist yet", .0.display())]
    NotEmpty(PathBuf),
    #[error("`{}` is a link to `{}`; give that folder itself, or another one", .dir.display(), .to.display())]
    Link { dir: PathBuf, to: PathBuf },
    #[error("cannot write `{}`", .path.display())]
    Io { path: PathBuf, source: WriteError },
}

impl Template {
    pub fn name(self) -> &'static str {
        match self {
            Self::Neon => "neon",
            Self::Hello => "hello",
            Self::Http => "http",
            Self::Blank => "blank",
        }
    }

    /// What it is, in a line.
    pub fn about(self) -> &'static str {
        match self {
            Self::Neon => "two components, a logger and a user of it, wired by a .wac",
            Self::Hello => "a plain fn main command",
            Self::Http => "an HTTP handler in two components",
            Self::Blank => "one empty component",
        }
    }

    /// The paths of its files below the project's folder.
    pub fn paths(self) -> impl Iterator<Item = &'static str> {
        self.files().map(|(path, _)| path)
    }

    fn files(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        pack::files(self.name())
    }
}

/// Writes a template's files into `dir`, which must be empty or not exist; gives their paths below it.
///
/// # Errors
/// [`ScaffoldError`]; nothing is left behind then.
pub fn make(template: Template, dir: &Path) -> Result<Vec<PathBuf>, ScaffoldError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| ScaffoldError::Io { path, source }
    };
    // What lies behind a link is somebody else's choice, and would be trusted. With a slash at its end a name is followed.
    let itself: PathBuf = dir.components().collect();
    if let Ok(to) = itself.read_link() {
        return Err(ScaffoldError::Link { dir: itself, to });
    }
    let existed = dir.exists();
    if existed {
        let (entries, _) = walk::list(dir, walk::MAX_ENTRIES).map_err(WriteError::Io).map_err(at(dir))?;
        if entries.iter().any(|e| !e.path.file_name().is_some_and(is_nobodys)) {
            return Err(ScaffoldError::NotEmpty(dir.to_owned()));
        }
    }
    let folder = Folder::create(dir).map_err(at(dir))?;
    let write = |(name, text): (&str, &str)| {
        folder.create_new(Path::new(name), text.as_bytes()).map_err(at(&dir.join(name)))?;
        Ok(PathBuf::from(name))
    };
    template.files().map(write).collect::<Result<_, _>>().inspect_err(|_| {
        // Half a project is in the way of the next try.
        for (name, _) in template.files() {
            let _ = folder.remove(Path::new(name), Links::Never);
        }
        if !existed {
            let _ = write::remove_made(dir);
        }
    })
}

/// What may stand in a folder that counts as empty: a repository just begun, and what studio itself remembers.
fn is_nobodys(name: &std::ffi::OsStr) -> bool {
    name == ".git" || name == ".studio"
}
