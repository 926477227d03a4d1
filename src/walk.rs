//! What studio looks at in a folder, and what it never does: build outputs, hidden folders, what git ignores.
//!
//! Reading a project and watching it must agree on this, or a build's own output would start the next build.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, WalkBuilder};

/// Deeper folders are not looked at.
pub const MAX_DEPTH: usize = 24;
/// More files and folders than this are not looked at.
pub const MAX_ENTRIES: usize = 100_000;

/// Walks `root` in a stable order without following links to folders, so a loop of links ends nothing but itself.
pub fn walker(root: &Path) -> WalkBuilder {
    let mut builder = WalkBuilder::new(root);
    builder
        .hidden(false)
        .follow_links(false)
        .require_git(false)
        .max_depth(Some(MAX_DEPTH))
        .sort_by_file_name(std::ffi::OsStr::cmp)
        .filter_entry(|entry| entry.depth() == 0 || !(is_folder(entry) && is_passed_over(entry.path())));
    builder
}

/// The same without git's rules, for `deps/` beside a composition: the wac CLI finds packages there, and git is often
/// told to ignore them.
pub fn dependency_walker(deps: &Path) -> WalkBuilder {
    let mut builder = walker(deps);
    builder.git_ignore(false).git_exclude(false).git_global(false).ignore(false).parents(false);
    builder
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|t| t.is_dir())
}

/// Folders that are never looked into, whatever git says: hidden ones (but cargo's configuration), cargo's outputs,
/// and other ecosystems' package folders.
pub fn is_passed_over(folder: &Path) -> bool {
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
pub fn is_editors_own(name: &str) -> bool {
    let ends = |end: &str| name.len() > end.len() && name.ends_with(end);
    name == "4913" // vim asks with this file whether the folder can be written
        || name.starts_with(".#")
        || (name.starts_with('#') && ends("#"))
        || ends("~")
        || [".swp", ".swo", ".swx", ".tmp", ".bak", ".part", ".crswap"].iter().any(|e| ends(e))
        || name.contains("___jb_")
        || name == ".DS_Store"
}

/// git's word on single paths, for events; the walker has its own. Read once a folder, forgotten when told to.
#[derive(Debug, Default)]
pub struct Ignored {
    folders: HashMap<PathBuf, Option<Gitignore>>,
}

impl Ignored {
    /// Whether the path, which lies below `root`, or a folder above it within `root`, is ignored.
    pub fn covers(&mut self, root: &Path, path: &Path) -> bool {
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

    /// Whether the nearest rule that knows this very path ignores it, whatever the folders above it are; rules end at
    /// the repository's top.
    pub fn ignores(&mut self, path: &Path, is_dir: bool) -> bool {
        let mut folder = path.parent();
        while let Some(at) = folder {
            if let Some(rules) = self.rules(at) {
                let verdict = rules.matched(path, is_dir);
                if !verdict.is_none() {
                    return verdict.is_ignore();
                }
            }
            if at.join(".git").exists() {
                break;
            }
            folder = at.parent();
        }
        false
    }

    fn rules(&mut self, folder: &Path) -> Option<&Gitignore> {
        if !self.folders.contains_key(folder) {
            let files = [folder.join(".gitignore"), folder.join(".ignore"), folder.join(".git/info/exclude")];
            let mut builder = GitignoreBuilder::new(folder);
            let mut any = false;
            for file in files.iter().filter(|f| f.is_file()) {
                any = true;
                builder.add(file);
            }
            let rules = if any { builder.build().ok() } else { None };
            self.folders.insert(folder.to_owned(), rules);
        }
        self.folders.get(folder).and_then(Option::as_ref)
    }

    /// Forgets everything: a `.gitignore` changed.
    pub fn forget(&mut self) {
        self.folders.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

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
    fn rules_of_git_hold_for_single_paths_too() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("a/out/deep")).unwrap();
        fs::create_dir(root.join(".git")).unwrap();
        fs::write(root.join(".gitignore"), "out/\n*.log\n").unwrap();
        fs::write(root.join("a/.gitignore"), "!keep.log\n").unwrap();
        let mut ignored = Ignored::default();
        assert!(ignored.covers(root, &root.join("a/out/deep/x.rs")));
        assert!(ignored.covers(root, &root.join("x.log")));
        assert!(!ignored.covers(root, &root.join("a/keep.log")));
        assert!(!ignored.covers(root, &root.join("a/x.rs")));
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
}
