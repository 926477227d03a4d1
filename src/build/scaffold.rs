//! New projects from the templates that studio carries.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::ValueEnum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Template {
    /// Two components, a logger and what uses it, wired by a `.wac`
    Neon,
    /// A plain `fn main` command
    Hello,
    /// An HTTP handler in two components
    Http,
    /// One empty component
    Blank,
}

/// A file of a template: its path and its text.
type File = (&'static str, &'static str);

macro_rules! files {
    ($template:literal: $($path:literal)*) => {
        &[$(($path, include_str!(concat!("../../templates/", $template, "/", $path)))),*]
    };
}

const NEON: &[File] = files!("neon":
    ".gitignore" "Cargo.lock" "Cargo.toml" "neon.wac"
    "core-logic/Cargo.toml" "core-logic/src/bindings.rs" "core-logic/src/lib.rs" "core-logic/wit/world.wit"
    "core-logic/wit/deps/cyber-core/logger.wit"
    "logger/Cargo.toml" "logger/src/bindings.rs" "logger/src/lib.rs" "logger/wit/logger.wit");

const HELLO: &[File] = files!("hello": ".gitignore" "Cargo.lock" "Cargo.toml" "src/main.rs");

const HTTP: &[File] = files!("http":
    ".gitignore" "Cargo.lock" "Cargo.toml" "site.wac"
    "greeter/Cargo.toml" "greeter/src/bindings.rs" "greeter/src/lib.rs" "greeter/wit/greeter.wit"
    "web/Cargo.toml" "web/src/bindings.rs" "web/src/lib.rs" "web/wit/world.wit"
    "web/wit/deps/clocks/clocks.wit" "web/wit/deps/http/http.wit" "web/wit/deps/io/io.wit"
    "web/wit/deps/site-greetings/greeter.wit");

const BLANK: &[File] =
    files!("blank": ".gitignore" "Cargo.lock" "Cargo.toml" "src/bindings.rs" "src/lib.rs" "wit/world.wit");

/// Why no project was made.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    #[error("`{}` is not empty; give a folder that does not exist yet", .0.display())]
    NotEmpty(PathBuf),
    #[error("cannot write `{}`", .path.display())]
    Io { path: PathBuf, source: io::Error },
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
            Self::Neon => "two components, a logger and what uses it, wired by a .wac",
            Self::Hello => "a plain fn main command",
            Self::Http => "an HTTP handler in two components",
            Self::Blank => "one empty component",
        }
    }

    /// The paths of its files below the project's folder.
    pub fn paths(self) -> impl Iterator<Item = &'static str> {
        self.files().iter().map(|(path, _)| *path)
    }

    fn files(self) -> &'static [File] {
        match self {
            Self::Neon => NEON,
            Self::Hello => HELLO,
            Self::Http => HTTP,
            Self::Blank => BLANK,
        }
    }
}

/// Writes a template's files into `dir`, which must be empty or not exist; gives their paths below it.
///
/// # Errors
/// [`ScaffoldError`]; nothing is left behind then.
pub fn make(template: Template, dir: &Path) -> Result<Vec<PathBuf>, ScaffoldError> {
    let io_at = |path: &Path| {
        let path = path.to_owned();
        move |source| ScaffoldError::Io { path, source }
    };
    if dir.exists() && fs::read_dir(dir).map_err(io_at(dir))?.flatten().any(|e| !is_nobodys(&e.file_name())) {
        return Err(ScaffoldError::NotEmpty(dir.to_owned()));
    }
    let existed = dir.exists();
    let write = |(name, text): &File| {
        let path = dir.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(io_at(folder))?;
        }
        fs::write(&path, text).map_err(io_at(&path))?;
        Ok(PathBuf::from(name))
    };
    template.files().iter().map(write).collect::<Result<_, _>>().inspect_err(|_| {
        // Half a project is in the way of the next try.
        for (name, _) in template.files() {
            let _ = fs::remove_file(dir.join(name));
        }
        if !existed {
            let _ = fs::remove_dir_all(dir);
        }
    })
}

/// What may stand in a folder that counts as empty: a repository just begun, and what studio itself remembers.
fn is_nobodys(name: &std::ffi::OsStr) -> bool {
    name == ".git" || name == ".studio"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that is added to a template and not to its list would be missing from every new project.
    #[test]
    fn every_file_of_a_template_is_carried() {
        for template in Template::value_variants() {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates").join(template.name());
            let mut found: Vec<String> = crate::walk::walker(&root)
                .hidden(false)
                .build()
                .map(Result::unwrap)
                .filter(|e| e.file_type().is_some_and(|t| t.is_file()))
                .map(|e| e.path().strip_prefix(&root).unwrap().to_string_lossy().into_owned())
                .collect();
            let mut carried: Vec<&str> = template.files().iter().map(|(path, _)| *path).collect();
            found.sort();
            carried.sort_unstable();
            assert_eq!(carried, found, "{}", template.name());
        }
    }
}
