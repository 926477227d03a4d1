//! Where a session is remembered: in the folder's `.studio/`, which git is told to pass over; for a folder that is not
//! trusted, and so not to be written to, in the user's state.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::folders;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::session::Session;

const FOLDER: &str = ".studio";
const FILE: &str = "session.toml";

/// Larger files are none of ours (bytes).
const LARGEST: u64 = 1 << 20;

#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error("{} cannot be read ({reason}), so the session begins afresh", .path.display())]
    Read { path: PathBuf, reason: String },
    #[error("{} cannot be written ({source}), so the next session begins afresh", .path.display())]
    Write { path: PathBuf, source: io::Error },
}

impl SessionError {
    /// At the file, to be shown among the problems: there it stays, and is not cut off.
    pub fn problem(&self) -> Diagnostic {
        match self {
            Self::Read { path, reason } => {
                let message =
                    format!("How this folder was left cannot be read ({reason}), so the session begins afresh.");
                Diagnostic::warning(Origin::Project, message)
                    .at(path, 0, 0)
                    .help("It is written anew when studio ends; mend it before, or leave it.")
            }
            Self::Write { path, .. } => Diagnostic::warning(Origin::Project, self.to_string()).at(path, 0, 0),
        }
    }
}

/// How this folder was left; the default where nobody was here before.
///
/// # Errors
/// Where something stands there that cannot be read.
pub fn load(root: &Path, trusted: bool) -> Result<Session, SessionError> {
    for path in [trusted.then(|| inside(root)), outside(root)].into_iter().flatten() {
        let told = |reason: String| SessionError::Read { path: path.clone(), reason };
        let text = match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(told(error.to_string())),
            Ok(about) if !about.is_file() || about.len() > LARGEST => return Err(told("it is no session".into())),
            Ok(_) => fs::read_to_string(&path).map_err(|e| told(e.to_string()))?,
        };
        return toml::from_str(&text).map_err(|e: toml::de::Error| told(e.message().trim().replace('\n', ", ")));
    }
    Ok(Session::default())
}

/// Remembers it.
///
/// # Errors
/// Where it cannot be written; what was remembered before stays then.
pub fn save(root: &Path, trusted: bool, session: &Session) -> Result<(), SessionError> {
    let Some(path) = (if trusted { Some(inside(root)) } else { outside(root) }) else { return Ok(()) };
    let write = || {
        let text = toml::to_string(session).map_err(io::Error::other)?;
        if let Some(folder) = path.parent().filter(|f| !f.is_dir()) {
            fs::create_dir_all(folder)?;
            if trusted {
                folders::write_whole(&folder.join(".gitignore"), b"*\n")?;
            }
        }
        folders::write_whole(&path, text.as_bytes())
    };
    write().map_err(|source| SessionError::Write { path: path.clone(), source })
}

fn inside(root: &Path) -> PathBuf {
    root.join(FOLDER).join(FILE)
}

fn outside(root: &Path) -> Option<PathBuf> {
    Some(folders::state()?.join("sessions").join(format!("{}.toml", folders::name_of(root))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trusted_folder_remembers_and_git_sees_nothing_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let session = Session { zoom: true, ..Session::default() };
        save(folder.path(), true, &session).unwrap();
        assert_eq!(load(folder.path(), true).unwrap(), session);
        assert_eq!(fs::read_to_string(folder.path().join(".studio/.gitignore")).unwrap(), "*\n");
        fs::write(folder.path().join(".studio/.gitignore"), "mine\n").unwrap();
        save(folder.path(), true, &session).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join(".studio/.gitignore")).unwrap(), "mine\n", "theirs stays");
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".studio")).unwrap();
        for text in ["zoom = ", "zoom = 'yes'", "files = [1]"] {
            fs::write(folder.path().join(".studio/session.toml"), text).unwrap();
            let told = load(folder.path(), true).unwrap_err().to_string();
            assert!(told.contains("session.toml cannot be read") && told.ends_with("begins afresh"), "{told}");
        }
    }
}
