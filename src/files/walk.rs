//! The one walk: what studio looks at in a folder, and what it never does (build outputs, hidden folders, what git
//! ignores).
//!
//! Reading a project and watching it must agree on this, or a build's own output would start the next build. Folders are
//! entered by name, never through a link, so there is no cycle; a link to a file counts where the file lies in the
//! folder that is walked.

use std::ffi::OsString;
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::files::ignore::{FILES, Reader, Rules};
use crate::files::read;
use crate::files::read::ReadError;

/// Deeper folders are not looked at.
pub(crate) const MAX_DEPTH: usize = 24;
/// More files and folders than this are not looked at.
pub(crate) const MAX_ENTRIES: usize = 100_000;

/// What a walk found, in a stable order: the files of a folder by name, then its folders.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// Regular files, and links to regular files of the folder that is walked.
    pub(crate) files: Vec<PathBuf>,
    pub(crate) refused: Vec<(PathBuf, Refusal)>,
    /// Whether [`MAX_ENTRIES`] were not enough.
    pub(crate) truncated: bool,
}

/// Why something that bears a wanted name is not among the files.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("{0}")]
    Read(#[from] ReadError),
    #[error("it is a link out of the project, to `{}`", .0.display())]
    Outside(PathBuf),
    #[error("its folders are more than {MAX_DEPTH} deep")]
    TooDeep,
}

/// An entry of a folder.
#[derive(Debug)]
pub(crate) struct Entry {
    pub path: PathBuf,
    name: OsString,
    kind: FileType,
}

impl Entry {
    /// A folder itself, not a link to one.
    pub(crate) fn is_folder(&self) -> bool {
        self.kind.is_dir()
    }

    pub(crate) fn is_link(&self) -> bool {
        self.kind.is_symlink()
    }
}

/// The entries of a folder by name, and whether there are more than `most`.
///
/// # Errors
/// The system's error.
pub(crate) fn list(folder: &Path, most: usize) -> io::Result<(Vec<Entry>, bool)> {
    let mut read = fs::read_dir(folder)?;
    let mut entries = Vec::new();
    for entry in read.by_ref().take(most) {
        let entry = entry?;
        // What is gone since is not there.
        if let Ok(kind) = entry.file_type() {
            entries.push(Entry { path: entry.path(), name: entry.file_name(), kind });
        }
    }
    entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok((entries, read.next().is_some()))
}

/// The files and folders of a folder with links to what lies in `border` resolved; what leads out is refused. The border
/// is a path without links.
///
/// For folders whose shape is known, as WIT has: no rules of git's, and not deep.
///
/// # Errors
/// The system's error.
pub(crate) fn members(folder: &Path, border: &Path) -> io::Result<Vec<(PathBuf, Result<Member, Refusal>)>> {
    let (entries, _) = list(folder, MAX_ENTRIES)?;
    Ok(entries.into_iter().filter_map(|e| Some((e.path.clone(), member(&e, border).transpose()?))).collect())
}

/// What an entry is, its link resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    File,
    Folder,
}

/// `None` where a link leads nowhere: an editor's lock, or a file that is gone.
fn member(entry: &Entry, border: &Path) -> Result<Option<Member>, Refusal> {
    if entry.kind.is_file() {
        return Ok(Some(Member::File));
    }
    if entry.kind.is_dir() {
        return Ok(Some(Member::Folder));
    }
    if !entry.kind.is_symlink() {
        return Err(ReadError::NotAFile(read::name(entry.kind)).into());
    }
    let Ok(target) = entry.path.canonicalize() else { return Ok(None) };
    let Ok(about) = target.metadata() else { return Ok(None) };
    if !about.is_file() && !about.is_dir() {
        return Err(ReadError::NotAFile(read::name(about.file_type())).into());
    }
    if !target.starts_with(border) {
        return Err(Refusal::Outside(target));
    }
    Ok(Some(if about.is_file() { Member::File } else { Member::Folder }))
}

/// The files below `root` that are `wanted` by their path, without what git ignores. Links may lead to what lies in
/// `border`, which is `root` or a folder above it.
pub(crate) fn walk(root: &Path, border: &Path, wanted: impl Fn(&Path) -> bool) -> Walked {
    Walk::new(root, border, wanted).run(true)
}

/// The same without git's rules, for `deps/` beside a composition: the wac CLI finds packages there, and git often
/// ignores them.
pub(crate) fn walk_all(root: &Path, border: &Path, wanted: impl Fn(&Path) -> bool) -> Walked {
    Walk::new(root, border, wanted).run(false)
}

struct Walk<'r, W> {
    root: &'r Path,
    border: &'r Path,
    /// The border without links; asked for when the first link is met.
    real_border: Option<PathBuf>,
    wanted: W,
    walked: Walked,
    rules: Reader,
}

impl<'r, W: Fn(&Path) -> bool> Walk<'r, W> {
    fn new(root: &'r Path, border: &'r Path, wanted: W) -> Self {
        Self { root, border, real_border: None, wanted, walked: Walked::default(), rules: Reader::default() }
    }

    fn run(mut self, git: bool) -> Walked {
        let above = if git { Some(self.rules.above(self.root)) } else { None };
        let mut waiting = vec![(self.root.to_owned(), 0, above)];
        let mut left = MAX_ENTRIES;
        while let Some((folder, depth, above)) = waiting.pop() {
            let (entries, more) = match list(&folder, left) {
                Ok(listed) => listed,
                // Gone since it was listed.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    self.walked.refused.push((folder, ReadError::Io(error).into()));
                    continue;
                }
            };
            left -= entries.len();
            self.walked.truncated |= more;
            let rules = above.map(|above| {
                let there = |file: &str| {
                    let first = file.split('/').next().unwrap_or(file);
                    entries.binary_search_by(|e| e.name.as_os_str().cmp(first.as_ref())).is_ok()
                };
                if FILES.iter().any(|file| there(file)) { self.rules.folder(&folder, above, there) } else { above }
            });
            let inner = self.take(entries, depth, rules.as_ref());
            waiting.extend(inner.into_iter().rev().map(|folder| (folder, depth + 1, rules.clone())));
        }
        self.walked.refused.extend(self.rules.refused.into_iter().map(|(path, error)| (path, error.into())));
        self.walked
    }

    /// Keeps the files of a folder and gives the folders to enter.
    fn take(&mut self, entries: Vec<Entry>, depth: usize, rules: Option<&Arc<Rules>>) -> Vec<PathBuf> {
        let ignored = |path: &Path, is_dir| rules.is_some_and(|rules| rules.ignores(path, is_dir));
        let mut inner = Vec::new();
        for entry in entries {
            if entry.kind.is_dir() {
                if is_passed_over(&entry.path) || ignored(&entry.path, true) {
                    continue;
                }
                if depth < MAX_DEPTH {
                    inner.push(entry.path);
                } else if !self.walked.refused.iter().any(|(_, why)| matches!(why, Refusal::TooDeep)) {
                    self.walked.refused.push((entry.path, Refusal::TooDeep));
                }
            } else if (self.wanted)(&entry.path) && !ignored(&entry.path, false) {
                let border = self
                    .real_border
                    .get_or_insert_with(|| self.border.canonicalize().unwrap_or_else(|_| self.border.to_owned()));
                match member(&entry, border) {
                    Ok(Some(Member::File)) => self.walked.files.push(entry.path),
                    Ok(Some(Member::Folder) | None) => {}
                    Err(why) => self.walked.refused.push((entry.path, why)),
                }
            }
        }
        inner
    }
}

/// Folders that are never looked into, whatever git says: hidden ones (but cargo's configuration), cargo's outputs,
/// and other ecosystems' package folders.
pub(crate) fn is_passed_over(folder: &Path) -> bool {
    let Some(name) = folder.file_name().and_then(|n| n.to_str()) else { return false };
    match name {
        ".cargo" => false,
        "node_modules" | "__pycache__" => true,
        "target" => is_cargo_output(folder),
        _ => name.starts_with('.'),
    }
}

/// `target/` beside a manifest, or one that cargo has marked as a cache; a source folder may bear that name too.
fn is_cargo_output(folder: &Path) -> bool {
    folder.join("CACHEDIR.TAG").exists() || folder.parent().is_some_and(|p| p.join("Cargo.toml").exists())
}

/// Names that editors give to what they keep beside a file for a moment.
pub(crate) fn is_editors_own(name: &str) -> bool {
    let ends = |end: &str| name.len() > end.len() && name.ends_with(end);
    name == "4913" // vim asks with this file whether the folder can be written
        || name.starts_with(".#")
        || (name.starts_with('#') && ends("#"))
        || ends("~")
        || [".swp", ".swo", ".swx", ".tmp", ".bak", ".part", ".crswap"].iter().any(|e| ends(e))
        || name.contains("___jb_")
        || name == ".DS_Store"
}

#[cfg(test)]
mod tests {
    use crate::files::walk::*;

    fn names(root: &Path, files: &[PathBuf]) -> Vec<String> {
        files.iter().map(|f| f.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/")).collect()
    }

    #[test]
    fn what_editors_leave_for_a_moment_is_known_by_name() {
        for name in ["4913", ".#lib.rs", "#lib.rs#", "lib.rs~", ".lib.rs.swp", "x.tmp", "lib.rs___jb_tmp___"] {
            assert!(is_editors_own(name), "{name}");
        }
        for name in ["lib.rs", "world.wit", "#", "~", "Cargo.toml", "4914"] {
            assert!(!is_editors_own(name), "{name}");
        }
    }

    #[test]
    fn only_cargos_target_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("src/target")).unwrap();
        fs::create_dir_all(root.join("target")).unwrap();
        fs::write(root.join("Cargo.toml"), "").unwrap();
        assert!(is_passed_over(&root.join("target")));
        assert!(!is_passed_over(&root.join("src/target")));
        assert!(is_passed_over(&root.join(".git")));
        assert!(!is_passed_over(&root.join(".cargo")));
    }

    #[test]
    fn gits_rules_hold_and_the_order_is_stable() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for path in ["b/x.wit", "b/out/y.wit", "a/x.wit", "z.wit", ".hidden/x.wit", "deps/n/x.wit"] {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), "").unwrap();
        }
        fs::write(root.join(".gitignore"), "out/\ndeps\n").unwrap();
        let wit = |path: &Path| path.extension().is_some_and(|e| e == "wit");
        assert_eq!(names(root, &walk(root, root, wit).files), ["z.wit", "a/x.wit", "b/x.wit"]);
        assert_eq!(names(root, &walk_all(&root.join("deps"), root, wit).files), ["deps/n/x.wit"]);
        assert_eq!(walk_all(root, root, wit).files.len(), 5);
    }

    #[cfg(unix)]
    #[test]
    fn links_inside_count_and_links_out_are_refused() {
        use std::os::unix::fs::symlink;
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = folder.path();
        fs::write(root.join("a.wit"), "").unwrap();
        fs::write(outside.path().join("b.wit"), "").unwrap();
        symlink("a.wit", root.join("inside.wit")).unwrap();
        symlink(outside.path().join("b.wit"), root.join("out.wit")).unwrap();
        symlink("nowhere", root.join("dangling.wit")).unwrap();
        symlink("loop.wit", root.join("loop.wit")).unwrap();
        symlink("/dev/zero", root.join("zero.wit")).unwrap();
        symlink("/", root.join("everything")).unwrap();
        symlink(".", root.join("again")).unwrap();
        let walked = walk(root, root, |path| path.extension().is_some_and(|e| e == "wit"));
        assert_eq!(names(root, &walked.files), ["a.wit", "inside.wit"]);
        let refused: Vec<_> = walked.refused.iter().map(|(p, why)| (p.strip_prefix(root).unwrap(), why)).collect();
        assert!(matches!(refused[0], (p, Refusal::Outside(_)) if p == Path::new("out.wit")), "{refused:?}");
        assert_eq!(refused[1].1.to_string(), "it is a device, not a regular file");
        assert_eq!(refused.len(), 2, "{refused:?}");
    }

    #[test]
    fn depth_has_a_bound_that_is_reported_once() {
        let folder = tempfile::tempdir().unwrap();
        let deep: PathBuf = std::iter::repeat_n("d", MAX_DEPTH + 2).collect();
        fs::create_dir_all(folder.path().join(deep)).unwrap();
        let walked = walk(folder.path(), folder.path(), |_| true);
        assert!(matches!(walked.refused.as_slice(), [(_, Refusal::TooDeep)]), "{walked:?}");
    }
}
