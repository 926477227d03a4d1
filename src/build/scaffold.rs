//! New projects from the templates that studio carries.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::build::{bindings, pack, project_name};
use crate::files::{Folder, Links, WriteError, walk, write};
use crate::model::diagnostic::Diagnostic;

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
pub(crate) enum ScaffoldError {
    #[error("`{}` is not empty; give a folder that does not exist yet", .0.display())]
    NotEmpty(PathBuf),
    #[error("`{}` is a link to `{}`; give that folder itself, or another one", .dir.display(), .to.display())]
    Link { dir: PathBuf, to: PathBuf },
    #[error("cannot write `{}`", .path.display())]
    Io { path: PathBuf, source: WriteError },
    #[error("cannot write the bindings: {0}")]
    Bindings(String),
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
    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::Neon => "two components, a logger and a user of it, wired by a .wac",
            Self::Hello => "a plain fn main command",
            Self::Http => "an HTTP handler in two components",
            Self::Blank => "one empty component",
        }
    }

    /// The paths of its files below the project's folder.
    pub(crate) fn paths(self) -> impl Iterator<Item = &'static str> {
        self.files().map(|(path, _)| path)
    }

    /// What the package of a template of one crate is called as it is stored.
    fn own_name(self) -> Option<&'static str> {
        match self {
            Self::Hello => Some("hello"),
            Self::Blank => Some("app"),
            Self::Neon | Self::Http => None,
        }
    }

    fn files(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        pack::files(self.name())
    }
}

/// Writes a template's files into `dir`, which must be empty or not exist; gives their paths below it. The package of a
/// template of one crate, its crate and its world are named after the folder, where its name can be one of theirs.
///
/// # Errors
/// [`ScaffoldError`]; nothing is left behind then.
pub(crate) fn make(template: Template, dir: &Path) -> Result<Vec<PathBuf>, ScaffoldError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| ScaffoldError::Io { path, source }
    };
    // What lies behind a link is somebody else's choice, and would be trusted. With a slash at its end a name is followed.
    let itself: PathBuf = dir.components().collect();
    if let Ok(to) = itself.read_link() {
        return Err(ScaffoldError::Link { dir: itself, to });
    }
    let place = std::path::absolute(dir).unwrap_or(itself);
    let existed = dir.exists();
    if existed {
        let (entries, _) = walk::list(dir, walk::MAX_ENTRIES).map_err(WriteError::Io).map_err(at(dir))?;
        if entries.iter().any(|e| !e.path.file_name().is_some_and(is_nobodys)) {
            return Err(ScaffoldError::NotEmpty(dir.to_owned()));
        }
    }
    let folder = Folder::create(dir).map_err(at(dir))?;
    let own = template.own_name().zip(project_name::of_folder(&place));
    let write = |(name, text): (&str, &str)| {
        let text = own.as_ref().map_or_else(|| text.to_owned(), |(old, new)| renamed(&place, name, text, old, new));
        folder.create_new(Path::new(name), text.as_bytes()).map_err(at(&dir.join(name)))?;
        Ok(PathBuf::from(name))
    };
    let written = template.files().map(write).collect::<Result<Vec<_>, _>>();
    written.and_then(|files| rebind(&place, &files).map(|()| files)).inspect_err(|_| {
        // Half a project is in the way of the next try.
        for (name, _) in template.files() {
            let _ = folder.remove(Path::new(name), Links::Never);
        }
        if !existed {
            let _ = write::remove_made(dir);
        }
    })
}

/// A template's file with the project's own name in it.
fn renamed(place: &Path, file: &str, text: &str, old: &str, new: &str) -> String {
    match file {
        // What is composed is called as the folder itself.
        ".gitignore" if !place.to_string_lossy().contains(char::is_control) => {
            text.replace(&format!("/{old}.wasm"), &format!("/{}.wasm", pattern(place)))
        }
        "Cargo.toml" | "Cargo.lock" => text.replace(&format!("name = \"{old}\""), &format!("name = \"{new}\"")),
        "wit/world.wit" => text
            .replace(&format!("package my:{old};"), &format!("package my:{new};"))
            .replace(&format!("world {old} {{"), &format!("world {new} {{")),
        _ => text.to_owned(),
    }
}

/// A folder's name as a line of a `.gitignore` has it.
fn pattern(place: &Path) -> String {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    name.chars().flat_map(|c| ['\\'].into_iter().filter(move |_| "\\*?[]!# ".contains(c)).chain([c])).collect()
}

/// Brings the bindings of a project of one crate up to date: they hold the names of its WIT.
fn rebind(place: &Path, files: &[PathBuf]) -> Result<(), ScaffoldError> {
    let path = Path::new("src/bindings.rs");
    if !files.iter().any(|file| file == path) {
        return Ok(());
    }
    let written = bindings::write(place, place, &place.join(path), &place.join("wit"), None);
    let reason = |problems: Vec<Diagnostic>| problems.into_iter().next().map_or_else(String::new, |p| p.message);
    written.map(|_| ()).map_err(|problems| ScaffoldError::Bindings(reason(problems)))
}

/// What may stand in a folder that counts as empty: a repository just begun, and what studio itself remembers.
fn is_nobodys(name: &std::ffi::OsStr) -> bool {
    name == ".git" || name == ".studio"
}
