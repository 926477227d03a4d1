//! The user's own folder, `$XDG_CONFIG_HOME/studio`: its files are read before the first frame, and again when one
//! changes. What a file's text means is in the file that knows it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use notify::{RecursiveMode, Watcher as _};

use crate::files;
use crate::files::{Kind, walk};
use crate::tui::event::Event;
use crate::tui::keymap;
use crate::tui::keymap::Keymap;
use crate::tui::overlay::themes;
use crate::tui::settings;
use crate::tui::state::State;

/// A text of the user's folder; `None` where there is no such file (any more).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserFile {
    pub path: PathBuf,
    pub text: Option<String>,
}

/// An editor writes in several steps: what is read is what stands there after this long.
const QUIET: Duration = Duration::from_millis(30);

/// What a file of the user's folder changes.
pub(crate) fn changed(state: &mut State, file: &UserFile) {
    let (mut problems, name) = (Vec::new(), file.path.file_name().and_then(|n| n.to_str()));
    if name == Some(keymap::FILE) {
        let text = file.text.as_deref().unwrap_or_default();
        (state.view.keymap, problems) = Keymap::from_user(text, &file.path);
        state.view.pending.clear();
    } else if name == Some(settings::FILE) {
        problems = settings::changed(state, file.text.as_deref(), &file.path);
    } else if file.path.parent().and_then(Path::file_name).is_some_and(|folder| folder == themes::FOLDER) {
        problems = themes::theme(state, file.text.as_deref(), &file.path);
    }
    state.app.user_problems.retain(|p| p.place.as_ref().is_none_or(|place| place.file != file.path));
    state.app.user_problems.extend(problems);
}

/// Every file of the folder that somebody here reads.
pub(crate) fn read(folder: &Path) -> Vec<UserFile> {
    let entries = walk::list(&folder.join(themes::FOLDER), walk::MAX_ENTRIES).map(|(entries, _)| entries);
    let paths = entries.into_iter().flatten().map(|e| e.path).filter(|p| p.extension().is_some_and(|e| e == "toml"));
    // The settings name a theme: they come after the themes.
    let named = [keymap::FILE, settings::FILE].map(|name| folder.join(name));
    let file = |path: PathBuf| {
        let bytes = files::read(&path, Kind::Settings).ok();
        UserFile { path, text: bytes.map(|b| String::from_utf8_lossy(&b).into_owned()) }
    };
    paths.chain(named).map(file).collect()
}

/// Watches until it is dropped.
pub(crate) struct UserFolder {
    stop: mpsc::Sender<bool>,
}

impl UserFolder {
    /// Tells of every file that differs from `known` from now on. A folder that is not there yet is awaited.
    pub(crate) fn watch(
        folder: PathBuf,
        known: Vec<UserFile>,
        tell: impl Fn(Event) -> bool + Send + 'static,
    ) -> Option<Self> {
        let (stop, inbox) = mpsc::channel();
        let wake = stop.clone();
        let mut system = notify::recommended_watcher(move |_| {
            // The thread may have ended: then nobody is to be woken.
            let _ = wake.send(true);
        })
        .ok()?;
        let work = move || {
            let mut known: BTreeMap<PathBuf, Option<String>> = known.into_iter().map(|f| (f.path, f.text)).collect();
            let mut watched = None;
            loop {
                let wanted = folder.ancestors().find(|a| a.is_dir()).map(Path::to_owned);
                if wanted != watched {
                    // What is not watched is read when studio starts; that is all that is lost.
                    if let Some(wanted) = &wanted {
                        // The folder itself with its themes; of one above it, only whether the folder comes.
                        let inside = *wanted == folder;
                        let mode = if inside { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
                        let _ = system.watch(wanted, mode);
                    }
                    watched = wanted;
                    // The folder may have come before anybody watched.
                    continue;
                }
                let mut files = read(&folder);
                let gone = known.keys().filter(|path| files.iter().all(|f| f.path != **path)).cloned();
                let gone: Vec<UserFile> = gone.map(|path| UserFile { path, text: None }).collect();
                files.extend(gone);
                for file in files {
                    if known.get(&file.path) != Some(&file.text) {
                        known.insert(file.path.clone(), file.text.clone());
                        if !tell(Event::UserFile(file)) {
                            return;
                        }
                    }
                }
                if inbox.recv() != Ok(true) {
                    return;
                }
                while let Ok(more) = inbox.recv_timeout(QUIET) {
                    if !more {
                        return;
                    }
                }
            }
        };
        std::thread::Builder::new().name("user-folder".into()).spawn(work).ok()?;
        Some(Self { stop })
    }
}

impl Drop for UserFolder {
    fn drop(&mut self) {
        let _ = self.stop.send(false);
    }
}

#[cfg(test)]
mod tests {
    use crate::tui::jobs::user::*;

    #[test]
    fn a_file_that_comes_changes_and_goes_is_told_each_time() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("studio");
        let known = read(&folder);
        assert_eq!(known[0].text, None);
        let (sender, told) = mpsc::channel();
        let _watched = UserFolder::watch(folder.clone(), known, move |event| {
            let Event::UserFile(file) = event else { return false };
            !file.path.ends_with(keymap::FILE) || sender.send(file.text).is_ok()
        });
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join(keymap::FILE);
        let limit = Duration::from_secs(20);
        for text in ["[graph]\n", "[logs]\n"] {
            std::fs::write(&path, text).unwrap();
            while told.recv_timeout(limit).unwrap().as_deref() != Some(text) {}
        }
        std::fs::remove_file(&path).unwrap();
        while told.recv_timeout(limit).unwrap().is_some() {}
    }
}
