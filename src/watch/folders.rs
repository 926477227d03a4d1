//! Which folders the system watches for us, and which paths in them matter.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use notify::{ErrorKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::files::exhausted::{HELP, are_none_left, is_exhausted};
use crate::files::ignore::Ignored;
use crate::files::walk;
use crate::model::diagnostic::{Diagnostic, Origin};

/// Linux watches folder by folder, so that `target/` never wakes us; elsewhere a whole tree costs one watch.
const FOLDER_BY_FOLDER: bool = cfg!(any(target_os = "linux", target_os = "android"));

pub(super) struct Folders {
    system: RecommendedWatcher,
    roots: Vec<PathBuf>,
    ignored: Ignored,
    /// Files that are read wherever they lie and whatever git says of them, and folders whose own files are.
    inputs: BTreeSet<PathBuf>,
}

/// A folder on the way to be watched.
struct Inner {
    path: PathBuf,
    depth: usize,
    /// In `deps/` beside a composition, where git's rules don't count.
    dependency: bool,
}

impl Folders {
    pub(super) fn new(system: RecommendedWatcher, roots: Vec<PathBuf>) -> Self {
        Self { system, roots, ignored: Ignored::default(), inputs: BTreeSet::new() }
    }

    pub(super) fn watch_all(&mut self) -> Vec<Diagnostic> {
        self.roots.clone().iter().filter_map(|root| self.watch(root).err()).map(|p| *p).collect()
    }

    /// Watches these files too, and the files in these folders: paths without links. Gives the files that were not
    /// watched before, and what cannot be watched.
    pub(super) fn add(&mut self, inputs: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<Diagnostic>) {
        let (mut files, mut problems, mut asked) = (Vec::new(), Vec::new(), BTreeSet::new());
        for input in inputs {
            if self.inputs.contains(&input) {
                continue;
            }
            let folder = if input.is_dir() { Some(input.as_path()) } else { input.parent() };
            let Some(folder) = folder.map(Path::to_owned) else { continue };
            if asked.insert(folder.clone())
                && let Err(problem) = self.ask(&folder, RecursiveMode::NonRecursive)
            {
                problems.push(*problem);
            }
            if folder == input {
                files.extend(files_in(&folder));
            } else {
                files.push(input.clone());
            }
            self.inputs.insert(input);
        }
        (files, problems)
    }

    /// Takes a folder that came into an input, as one more.
    pub(super) fn came(&mut self, folder: &Path) {
        if folder.parent().is_some_and(|parent| self.inputs.contains(parent)) {
            self.inputs.insert(folder.to_owned());
        }
    }

    /// Watches a folder and what is below it.
    pub(super) fn watch(&mut self, folder: &Path) -> Result<(), Box<Diagnostic>> {
        if !FOLDER_BY_FOLDER {
            let known = self.roots.iter().any(|r| folder != r && folder.starts_with(r));
            return if known { Ok(()) } else { self.ask(folder, RecursiveMode::Recursive) };
        }
        let mut waiting = vec![Inner { path: folder.to_owned(), depth: 0, dependency: false }];
        for _ in 0..walk::MAX_ENTRIES {
            let Some(folder) = waiting.pop() else { break };
            // First the watch, then the look inside: what comes between the two is seen by one of them.
            self.ask(&folder.path, RecursiveMode::NonRecursive)?;
            if folder.depth < walk::MAX_DEPTH {
                waiting.extend(self.inner(&folder));
            }
        }
        Ok(())
    }

    /// The folders in a folder that are to be watched; links are not followed.
    fn inner(&mut self, folder: &Inner) -> Vec<Inner> {
        let entries = walk::list(&folder.path, walk::MAX_ENTRIES).map(|(entries, _)| entries).unwrap_or_default();
        let composes = entries.iter().any(|e| e.path.extension().is_some_and(|e| e == "wac"));
        let folders = entries.into_iter().filter(walk::Entry::is_folder).map(|e| e.path);
        folders
            .map(|path| Inner {
                dependency: folder.dependency || (composes && path.ends_with("deps")),
                depth: folder.depth + 1,
                path,
            })
            .filter(|f| !walk::is_passed_over(&f.path) && (f.dependency || !self.ignored.ignores(&f.path, true)))
            .collect()
    }

    fn ask(&mut self, folder: &Path, mode: RecursiveMode) -> Result<(), Box<Diagnostic>> {
        match self.system.watch(folder, mode) {
            Err(e) if is_missing(&e) => Ok(()), // gone since it was listed
            Err(e) => Err(Box::new(not_watched(folder, &e))),
            Ok(()) => Ok(()),
        }
    }

    /// Every file that matters: below every root, and of the inputs.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let of_inputs = self.inputs.iter().flat_map(|input| match input.is_dir() {
            true => files_in(input),
            false => vec![input.clone()],
        });
        let files: BTreeSet<PathBuf> = self.roots.iter().flat_map(|root| files_below(root)).chain(of_inputs).collect();
        files.into_iter().collect()
    }

    /// Whether a change of this path can matter.
    pub(super) fn matters(&mut self, path: &Path) -> bool {
        let Some(name) = path.file_name().and_then(|n| n.to_str()) else { return false };
        if self.inputs.contains(path) {
            return true;
        }
        if path.parent().is_some_and(|parent| self.inputs.contains(parent)) && !walk::is_editors_own(name) {
            return true;
        }
        let Some(root) = self.roots.iter().find(|r| path.starts_with(r)).cloned() else { return false };
        if name == ".gitignore" {
            self.ignored.forget();
            return false;
        }
        if walk::is_editors_own(name) || (name.starts_with('.') && name != ".cargo") {
            return false;
        }
        let mut inside = path.ancestors().skip(1).take_while(|a| *a != root);
        if inside.clone().any(walk::is_passed_over) {
            return false;
        }
        // Built packages that compositions name are often not committed.
        let wasm = path.extension().is_some_and(|e| e == "wasm" || e == "wat");
        let dependency = wasm && inside.any(|a| a.ends_with("deps"));
        dependency || !self.ignored.covers(&root, path)
    }

    /// Whether git is rewriting the tree: a branch switch is not to be built halfway.
    pub(super) fn git_at_work(&self) -> bool {
        self.roots.first().is_some_and(|root| {
            let repository = root.ancestors().map(|a| a.join(".git")).find(|g| g.exists());
            repository.is_some_and(|g| g.join("index.lock").exists())
        })
    }
}

/// The files that a folder itself holds.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = walk::list(folder, walk::MAX_ENTRIES).map(|(entries, _)| entries).unwrap_or_default();
    entries.into_iter().map(|e| e.path).filter(|path| path.is_file()).collect()
}

/// Files below a folder that came, in a stable order.
pub(super) fn files_below(folder: &Path) -> BTreeSet<PathBuf> {
    walk::walk(folder, folder, |_| true).files.into_iter().collect()
}

fn is_missing(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(e) => e.kind() == io::ErrorKind::NotFound || e.kind() == io::ErrorKind::PermissionDenied,
        _ => false,
    }
}

/// The sentence for a folder that the system won't watch.
pub(super) fn not_watched(folder: &Path, error: &notify::Error) -> Diagnostic {
    /// `EMFILE`, with which Linux refuses one watcher more.
    const TOO_MANY_FILES: i32 = 24;
    let problem = |text: String, help: &str| Diagnostic::error(Origin::Project, text).at(folder, 0, 0).help(help);
    match &error.kind {
        ErrorKind::MaxFilesWatch => problem(
            "The system's limit of watched folders is reached, so changes below here are not seen.".into(),
            "Raise it: sudo sysctl fs.inotify.max_user_watches=524288",
        ),
        // The same number where it is this process that has too many open.
        ErrorKind::Io(e) if is_exhausted(e) && are_none_left() => {
            problem("Changes here are not seen: studio has as many files open as the system allows.".into(), HELP)
        }
        ErrorKind::Io(e) if e.raw_os_error() == Some(TOO_MANY_FILES) => problem(
            "The system's limit of watching programs is reached, so changes are not seen.".into(),
            "Raise it: sudo sysctl fs.inotify.max_user_instances=1024",
        ),
        _ => problem(format!("Changes here are not seen: {error}."), "Build by hand, or start studio again."),
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::folders::*;

    #[test]
    fn limits_name_the_setting_that_raises_them() {
        let watches = not_watched(Path::new("/p"), &notify::Error::new(ErrorKind::MaxFilesWatch));
        assert!(watches.help.unwrap().contains("fs.inotify.max_user_watches"));
        let instances = not_watched(Path::new("/p"), &notify::Error::io(io::Error::from_raw_os_error(24)));
        assert!(instances.help.unwrap().contains("fs.inotify.max_user_instances"));
    }
}
