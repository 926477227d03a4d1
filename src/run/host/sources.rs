//! What the project is built from, and where studio and cargo keep what they run: guests don't write there, by whatever
//! path and link they come.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Component, Path, PathBuf};

use crate::files::walk as files;
use crate::folders;
use crate::grants::{Built, Protected};
use crate::run::host::beneath;
use crate::run::host::beneath::At;

/// Names looked at below a folder before it is moved.
const LOOKED_AT: usize = 10_000;

#[derive(Default)]
pub(crate) struct Sources {
    written: Vec<String>,
    protected: Protected,
    /// The project's own folder, free of links.
    project: PathBuf,
    /// What else decides what runs on the host, free of links: folders outside of the project, and what links in the
    /// project's sources lead to.
    own: Vec<PathBuf>,
}

impl Sources {
    /// `globs` are relative to the project.
    pub(crate) fn new(root: &Path, globs: Vec<String>) -> Self {
        let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        let project = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let of_home = |name: &str| home.as_ref().map(|home| home.join(name));
        let of_tool = |name: &str, usual: &str| std::env::var_os(name).map(PathBuf::from).or_else(|| of_home(usual));
        let target = ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"].into_iter().filter_map(std::env::var_os);
        let own = [
            folders::state(),
            folders::config(),
            folders::cache(),
            of_tool("CARGO_HOME", ".cargo"),
            of_tool("RUSTUP_HOME", ".rustup"),
        ];
        let own = own.into_iter().flatten().chain(target.map(|folder| project.join(folder)));
        let own = own.map(|path| path.canonicalize().unwrap_or(path)).collect();
        let mut sources = Self { protected: Protected::new(&globs), written: globs, project, own };
        let behind_links = sources.behind_links();
        sources.own.extend(behind_links);
        sources
    }

    /// Where links lead that stand for a source: whoever writes there writes the source. Where there are more than
    /// [`files::MAX_ENTRIES`], the rest is not looked at.
    fn behind_links(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut entered = BTreeSet::new();
        let mut left = files::MAX_ENTRIES;
        // Folders, and where in the project they stand.
        let mut todo = vec![(self.project.clone(), PathBuf::new())];
        while let Some((folder, inside)) = todo.pop() {
            let Ok((entries, _)) = files::list(&folder, left) else { continue };
            left -= entries.len();
            for entry in entries {
                let Some(name) = entry.path.file_name() else { continue };
                let inside = inside.join(name);
                if entry.is_folder() && may_hold_sources(&entry.path) {
                    todo.push((entry.path, inside));
                } else if entry.is_link()
                    && self.is_source(&inside)
                    && let Ok(target) = entry.path.canonicalize()
                    // A link to a folder above is one to all below it; what of it is a source has its own path.
                    && !self.project.starts_with(&target)
                    && entered.insert(target.clone())
                {
                    todo.extend(target.is_dir().then(|| (target.clone(), inside)));
                    found.push(target);
                }
            }
        }
        found
    }

    /// `inside` is a path in the project.
    fn is_source(&self, inside: &Path) -> bool {
        let is_built = |folder: &Path, built: Built| self.project.join(folder).join(built.marker()).exists();
        self.protected.covers(inside, is_built)
    }

    pub(crate) fn is_made_of(&self, globs: &[String]) -> bool {
        self.written == globs && !self.project.as_os_str().is_empty()
    }

    /// Whether a folder holds some of it, or lies within the project.
    pub(crate) fn overlap(&self, folder: &Path) -> bool {
        let all = self.own.iter().chain([&self.project]);
        all.into_iter().any(|own| own.starts_with(folder) || folder.starts_with(own)) || self.is_above(folder)
    }

    /// Whether what is at this place must stay as it is; the path of it, where it does.
    pub(crate) fn covers(&self, at: &At) -> Option<PathBuf> {
        let Some(folder) = beneath::location(&at.folder) else { return Some(PathBuf::from(&at.name)) };
        let path = if at.name == "." { folder } else { folder.join(&at.name) };
        self.cover(&path).then_some(path)
    }

    /// Whether a folder of the project lies within it.
    pub(crate) fn is_inside(&self, folder: &File) -> bool {
        beneath::location(folder).is_none_or(|path| path.starts_with(&self.project))
    }

    /// Whether what is put below that place, under whatever name, may become something that a command reads.
    pub(crate) fn may_hold(&self, at: &At) -> bool {
        let Some(folder) = beneath::location(&at.folder) else { return true };
        folder.join(&at.name).strip_prefix(&self.project).is_ok_and(|path| self.protected.may_hold(path))
    }

    /// Whether a text in a link that stands in `folder` names something protected.
    pub(crate) fn is_named(&self, folder: &File, target: &str) -> bool {
        let Some(mut path) = beneath::location(folder) else { return true };
        for part in Path::new(target).components() {
            match part {
                Component::ParentDir => {
                    path.pop();
                }
                Component::Normal(name) => path.push(name),
                _ => {}
            }
        }
        // A link to a folder above is one to all below it, but so it is without the link.
        !self.project.starts_with(&path) && self.cover(&path)
    }

    fn cover(&self, path: &Path) -> bool {
        // What holds it goes with it.
        if self.own.iter().any(|own| path.starts_with(own) || own.starts_with(path)) || self.project.starts_with(path) {
            return true;
        }
        match path.strip_prefix(&self.project) {
            Ok(inside) => self.is_source(inside),
            Err(_) => self.is_above(path),
        }
    }

    /// Whether the path begins with something that cargo, rustup or git finds when they look upwards from the project.
    fn is_above(&self, path: &Path) -> bool {
        let mut project = self.project.components();
        for part in path.components() {
            if project.next() != Some(part) {
                return part.as_os_str().to_str().is_some_and(Protected::covers_above);
            }
        }
        false
    }

    /// Whether a folder that is moved takes something along that must stay, or brings it to `to`. More than can be
    /// looked at counts as such.
    pub(crate) fn covers_below(&self, at: &At, to: &At) -> bool {
        let (Some(from), Some(into)) = (beneath::location(&at.folder), beneath::location(&to.folder)) else {
            return true;
        };
        let (from, into) = (from.join(&at.name), into.join(&to.name));
        let mut todo = vec![PathBuf::new()];
        let mut seen = 0;
        while let Some(folder) = todo.pop() {
            let Ok((entries, false)) = files::list(&from.join(&folder), LOOKED_AT) else { return true };
            for entry in entries {
                let Some(name) = entry.path.file_name() else { return true };
                seen += 1;
                let below = folder.join(name);
                if seen > LOOKED_AT || self.cover(&from.join(&below)) || self.cover(&into.join(&below)) {
                    return true;
                }
                if entry.is_folder() {
                    todo.push(below);
                }
            }
        }
        false
    }
}

/// Not cargo's output and other programs' packages, which are large and protected as a whole; of git's folder only what
/// runs.
fn may_hold_sources(folder: &Path) -> bool {
    if folder.parent().is_some_and(|parent| parent.ends_with(".git")) {
        return folder.ends_with("hooks");
    }
    folder.ends_with(".git") || !files::is_passed_over(folder)
}
