//! git's rules on what is part of a project. The files that hold them are read by [`crate::files::read`], so that a rule file
//! that never ends costs nothing; the `ignore` crate would open them itself.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder, gitconfig_excludes_path};

use crate::files::kind::Kind;
use crate::files::read;
use crate::files::read::ReadError;

/// A folder's rule files; of two that know a path, the later one counts.
pub(crate) const FILES: [&str; 3] = [".git/info/exclude", ".gitignore", ".ignore"];

/// Patterns with wildcards that one walk takes in: each is compiled.
const MOST: usize = 20_000;
/// The same for one file; those that people write have tens.
const MOST_IN_FILE: usize = 2000;

/// The rules that hold in a folder: its own, then those of the folders above up to the repository's top, then the
/// user's.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    own: Option<Gitignore>,
    above: Option<Arc<Rules>>,
}

impl Rules {
    /// Whether the nearest rule that knows this path ignores it, whatever holds for the folders above it.
    pub(crate) fn ignores(&self, path: &Path, is_dir: bool) -> bool {
        let mut at = Some(self);
        while let Some(rules) = at {
            if let Some(own) = &rules.own {
                let verdict = own.matched(path, is_dir);
                if !verdict.is_none() {
                    return verdict.is_ignore();
                }
            }
            at = rules.above.as_deref();
        }
        false
    }
}

/// Reads rules, with a bound for all of them together.
#[derive(Debug)]
pub(crate) struct Reader {
    left: usize,
    /// Rule files that were not read.
    pub(crate) refused: Vec<(PathBuf, ReadError)>,
}

impl Default for Reader {
    fn default() -> Self {
        Self { left: MOST, refused: Vec::new() }
    }
}

impl Reader {
    /// The rules that hold in a folder before its own are read.
    pub(crate) fn above(&mut self, folder: &Path) -> Arc<Rules> {
        let below_top = !folder.join(".git").exists();
        let Some(parent) = folder.parent().filter(|_| below_top) else { return self.users(folder) };
        let above = self.above(parent);
        let known = self.refused.len();
        let rules = self.folder(parent, above, |_| true);
        // What lies outside of the project is no problem of the project's.
        self.refused.truncate(known);
        rules
    }

    /// The rules in a folder, given those above it and which of [`FILES`] may be there.
    pub(crate) fn folder(&mut self, folder: &Path, above: Arc<Rules>, there: impl Fn(&str) -> bool) -> Arc<Rules> {
        let mut builder = None;
        for file in FILES.into_iter().filter(|file| there(file)) {
            self.add(&mut builder, folder, &folder.join(file));
        }
        match builder.and_then(|builder| builder.build().ok()) {
            Some(own) => Arc::new(Rules { own: Some(own), above: Some(above) }),
            None => above,
        }
    }

    fn users(&mut self, top: &Path) -> Arc<Rules> {
        let mut builder = None;
        if let Some(file) = gitconfig_excludes_path() {
            self.add(&mut builder, top, &file);
        }
        Arc::new(Rules { own: builder.and_then(|builder| builder.build().ok()), above: None })
    }

    /// Adds a file's rules to those of a folder; a builder is made for the first, since most folders have none.
    fn add(&mut self, builder: &mut Option<GitignoreBuilder>, folder: &Path, file: &Path) {
        let patterns = |text: &str| text.lines().filter(|line| line.contains(['*', '?', '['])).count();
        let text = match read::text(file, Kind::Ignore) {
            Ok(text) => match self.left.checked_sub(patterns(&text)) {
                Some(left) if self.left - left <= MOST_IN_FILE => {
                    self.left = left;
                    text
                }
                _ => return self.refused.push((file.to_owned(), ReadError::TooMany("patterns"))),
            },
            Err(error) if error.is_missing() => return,
            // `.git` is a file in a worktree.
            Err(ReadError::Io(error)) if error.kind() == std::io::ErrorKind::NotADirectory => return,
            Err(error) => return self.refused.push((file.to_owned(), error)),
        };
        let builder = builder.get_or_insert_with(|| GitignoreBuilder::new(folder));
        for line in text.trim_start_matches('\u{feff}').lines() {
            // A line that is no pattern is passed over, as git does.
            let _ = builder.add_line(None, line);
        }
    }
}

/// The rules for single paths, for events; read once a folder, until [`Self::forget`].
#[derive(Debug, Default)]
pub(crate) struct Ignored {
    folders: HashMap<PathBuf, Arc<Rules>>,
}

impl Ignored {
    /// Whether the path, which lies below `root`, or a folder above it within `root`, is ignored.
    pub(crate) fn covers(&mut self, root: &Path, path: &Path) -> bool {
        let is_dir = path.is_dir();
        let mut at = path;
        let mut dir = is_dir;
        while at != root {
            if self.ignores(at, dir) {
                return true;
            }
            let Some(parent) = at.parent() else { break };
            (at, dir) = (parent, true);
        }
        false
    }

    /// Whether the nearest rule that knows this very path ignores it, whatever the folders above it are.
    pub(crate) fn ignores(&mut self, path: &Path, is_dir: bool) -> bool {
        path.parent().is_some_and(|folder| self.rules(folder).ignores(path, is_dir))
    }

    fn rules(&mut self, folder: &Path) -> Arc<Rules> {
        if let Some(known) = self.folders.get(folder) {
            return Arc::clone(known);
        }
        let mut reader = Reader::default();
        let above = match folder.parent().filter(|_| !folder.join(".git").exists()) {
            Some(parent) => self.rules(parent),
            None => reader.users(folder),
        };
        let rules = reader.folder(folder, above, |_| true);
        self.folders.insert(folder.to_owned(), Arc::clone(&rules));
        rules
    }

    /// Forgets everything: a `.gitignore` changed.
    pub(crate) fn forget(&mut self) {
        self.folders.clear();
    }
}

#[cfg(test)]
mod tests {
    use crate::files::ignore::*;
    use std::fs;

    #[test]
    fn rules_of_git_hold_for_single_paths_too() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("a/out/deep")).unwrap();
        fs::create_dir_all(root.join(".git/info")).unwrap();
        fs::write(root.join(".git/info/exclude"), "*.mine\n").unwrap();
        fs::write(root.join(".gitignore"), "out/\n*.log\n").unwrap();
        fs::write(root.join("a/.gitignore"), "!keep.log\n").unwrap();
        let mut ignored = Ignored::default();
        assert!(ignored.covers(root, &root.join("a/out/deep/x.rs")));
        assert!(ignored.covers(root, &root.join("x.log")));
        assert!(ignored.covers(root, &root.join("a/x.mine")));
        assert!(!ignored.covers(root, &root.join("a/keep.log")));
        assert!(!ignored.covers(root, &root.join("a/x.rs")));
    }

    #[test]
    fn rule_files_together_have_a_bound() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |patterns: usize, left: usize| {
            fs::write(folder.path().join(".ignore"), "x*\n".repeat(patterns) + &"y\n".repeat(5000)).unwrap();
            let mut reader = Reader { left, refused: Vec::new() };
            let rules = reader.folder(folder.path(), Arc::default(), |_| true);
            assert_eq!(rules.ignores(&folder.path().join("x1"), false), reader.refused.is_empty());
            reader.refused.len()
        };
        assert_eq!(
            [refused(10, 10), refused(11, 10), refused(MOST_IN_FILE, MOST), refused(MOST_IN_FILE + 1, MOST)],
            [0, 1, 0, 1]
        );
    }
}
