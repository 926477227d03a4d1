//! How a folder was left, among what studio remembers of it.

use std::io;
use std::path::{Path, PathBuf};

use crate::files::WriteError;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::session::Session;
use crate::remembered;
use crate::remembered::Keep;

const FILE: &str = "session.toml";

#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    #[error("{} cannot be read ({reason}), so a new session starts", .path.display())]
    Read { path: PathBuf, reason: String },
    #[error("{} cannot be written ({source}), so the next session starts anew", .path.display())]
    Write { path: PathBuf, source: WriteError },
}

impl SessionError {
    /// At the file, to be shown among the problems: there it stays, and is not cut off.
    pub(crate) fn problem(&self) -> Diagnostic {
        match self {
            Self::Read { path, reason } => {
                let message = format!("How this folder was left cannot be read ({reason}), so a new session starts.");
                Diagnostic::warning(Origin::Project, message)
                    .at(path, 0, 0)
                    .help("It is written again when studio ends; fix it before that, or leave it.")
            }
            Self::Write { path, .. } => Diagnostic::warning(Origin::Project, self.to_string()).at(path, 0, 0),
        }
    }
}

/// How this folder was left; the default where nobody was here before.
///
/// # Errors
/// Where something stands there that cannot be read.
pub(crate) fn load(root: &Path, trusted: bool) -> Result<Session, SessionError> {
    let keep = Keep::of(trusted);
    let failed = |path: PathBuf, reason: String| SessionError::Read { path, reason };
    let Some(text) = remembered::read(root, keep, FILE).map_err(|(path, error)| failed(path, error.to_string()))?
    else {
        return Ok(Session::default());
    };
    toml::from_str(&text).map_err(|e: toml::de::Error| {
        failed(remembered::path(root, keep, FILE).unwrap_or_default(), e.message().trim().replace('\n', ", "))
    })
}

/// Remembers it.
///
/// # Errors
/// Where it cannot be written; what was remembered before stays then.
pub(crate) fn save(root: &Path, trusted: bool, session: &Session) -> Result<(), SessionError> {
    let keep = Keep::of(trusted);
    let write = || {
        let text = toml::to_string(session).map_err(io::Error::other)?;
        remembered::write(root, keep, FILE, text.as_bytes())
    };
    let path = || remembered::path(root, keep, FILE).unwrap_or_default();
    write().map_err(|source| SessionError::Write { path: path(), source })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::tui::jobs::session_file::*;

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
            assert!(told.contains("session.toml cannot be read") && told.ends_with("a new session starts"), "{told}");
        }
    }
}
