//! Which package belongs to which workspace, as cargo decides it, without asking cargo.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::discover::choice::guest_crate;
use crate::discover::manifest::{Dependency, Manifest, Use, Workspace};
use crate::files::join;
use crate::model::diagnostic::Diagnostic;

/// Folders that one package is made of, at most: each package lists its own.
const MOST_PATHS: usize = 256;

/// The cargo packages of a folder.
#[derive(Debug, Default)]
pub(super) struct Cargo {
    pub packages: Vec<Found>,
    /// Folders whose manifest can't be read.
    pub(crate) unread: Vec<PathBuf>,
}

#[derive(Debug)]
pub(super) struct Found {
    pub manifest: Arc<Manifest>,
    /// The folder cargo runs in.
    pub workspace: PathBuf,
    /// A folder above is a workspace that neither lists nor excludes this package: cargo refuses to build it.
    pub(crate) orphan: bool,
    /// Inherited entries filled in.
    pub dependencies: Vec<Dependency>,
    /// Folders of its path dependencies, transitively.
    pub path_dependencies: Vec<PathBuf>,
    /// What its examples and tests need besides, and the folders of all path dependencies that they are made of.
    pub(crate) dev_dependencies: Vec<Dependency>,
    pub(crate) example_dependencies: Vec<PathBuf>,
    /// One of its path dependencies depends on a crate that only components depend on.
    pub(crate) local_guest_crate: bool,
}

pub(super) fn read(root: &Path, manifests: &BTreeSet<PathBuf>, problems: &mut Vec<Diagnostic>) -> Cargo {
    let mut reader = Reader::default();
    for manifest in manifests {
        reader.load(manifest.parent().unwrap_or(root), Some(problems));
    }
    let folders: Vec<PathBuf> = manifests.iter().filter_map(|m| m.parent().map(Path::to_owned)).collect();
    reader.folders.clone_from(&folders);
    // What `cargo vendor` copied is the project's no more than what lies in the registry.
    let is_own = |f: &&PathBuf| !f.join(".cargo-checksum.json").is_file();
    let mut packages: Vec<Found> = folders.iter().filter(is_own).filter_map(|f| reader.package(f)).collect();
    // Members that a workspace of this folder keeps outside of it are built with it, so they are looked at too.
    let outside: BTreeSet<PathBuf> = folders.iter().flat_map(|f| reader.listed_outside(root, f)).collect();
    packages.extend(outside.iter().filter_map(|f| reader.package(f)));
    let unread = reader.manifests.iter().filter(|(f, m)| m.is_none() && f.join("Cargo.toml").exists());
    let mut unread: Vec<PathBuf> = unread.map(|(f, _)| f.clone()).collect();
    unread.sort();
    Cargo { packages, unread }
}

/// Reads every manifest once.
#[derive(Default)]
struct Reader {
    manifests: HashMap<PathBuf, Option<Arc<Manifest>>>,
    members: HashMap<PathBuf, Arc<BTreeSet<PathBuf>>>,
    /// Folders of the scan that hold a manifest.
    folders: Vec<PathBuf>,
    /// Every folder that a path leads to, by its number, and the numbers: packages that all depend on one another are
    /// walked through as often as there are packages.
    crates: Vec<Crate>,
    numbers: HashMap<PathBuf, usize>,
}

/// A folder that a package depends on by path, or the package's own.
struct Crate {
    folder: PathBuf,
    /// What it depends on by path itself, once that was looked up.
    needs: Option<Arc<[usize]>>,
    /// Whether it depends on a crate that only components depend on, likewise.
    for_guests: Option<bool>,
}

impl Reader {
    fn load(&mut self, folder: &Path, problems: Option<&mut Vec<Diagnostic>>) -> Option<Arc<Manifest>> {
        if let Some(known) = self.manifests.get(folder) {
            return known.clone();
        }
        let manifest = match Manifest::read(folder) {
            Ok(manifest) => manifest.map(Arc::new),
            Err(problem) => {
                // Only what lies in the project is the project's problem.
                if let Some(problems) = problems {
                    problems.push(*problem);
                }
                None
            }
        };
        self.manifests.insert(folder.to_owned(), manifest.clone());
        manifest
    }

    fn get(&mut self, folder: &Path) -> Option<Arc<Manifest>> {
        self.load(folder, None)
    }

    fn package(&mut self, folder: &Path) -> Option<Found> {
        let manifest = self.get(folder)?;
        manifest.package.as_ref()?;
        let workspace = self.workspace_of(&manifest);
        let orphan = workspace != folder && !self.members(&workspace).contains(folder);
        let package = manifest.package.as_ref();
        let dependencies = self.dependencies(package.map_or(&[], |p| &p.dependencies), folder, &workspace);
        let dev_dependencies = self.dependencies(package.map_or(&[], |p| &p.dev_dependencies), folder, &workspace);
        let own = self.number(folder);
        let mut made_of = self.reached([own], MOST_PATHS);
        made_of.retain(|number| *number != own);
        let local_guest_crate = made_of.iter().any(|number| self.is_for_guests(*number));
        let path_dependencies: BTreeSet<PathBuf> = made_of.iter().map(|n| self.crates[*n].folder.clone()).collect();
        let path_dependencies: Vec<PathBuf> = path_dependencies.into_iter().collect();
        let for_examples: Vec<usize> = dev_dependencies
            .iter()
            .filter_map(|d| d.path.as_deref())
            .map(|path| self.number(&join(folder, path)))
            .collect();
        let more = self.reached(for_examples, MOST_PATHS).into_iter().filter(|number| *number != own);
        let more: BTreeSet<PathBuf> = more.map(|number| self.crates[number].folder.clone()).collect();
        let example_dependencies = more.into_iter().chain(path_dependencies.iter().cloned()).collect();
        Some(Found {
            manifest: Arc::clone(&manifest),
            workspace,
            orphan,
            dependencies,
            path_dependencies,
            dev_dependencies,
            example_dependencies,
            local_guest_crate,
        })
    }

    fn is_for_guests(&mut self, number: usize) -> bool {
        self.look_up(number);
        self.crates[number].for_guests == Some(true)
    }

    /// The workspace's folder, or the package's own.
    fn workspace_of(&mut self, manifest: &Manifest) -> PathBuf {
        let folder = manifest.folder.clone();
        if manifest.workspace.is_some() {
            return folder;
        }
        if let Some(named) = manifest.package.as_ref().and_then(|p| p.workspace.as_deref()) {
            return join(&folder, named);
        }
        for above in folder.ancestors().skip(1) {
            let Some(candidate) = self.get(above) else { continue };
            let Some(workspace) = &candidate.workspace else { continue };
            if !excludes(above, workspace, &folder) {
                return above.to_owned();
            }
        }
        folder
    }

    /// Listed members and the path dependencies of members within the workspace's folder.
    fn members(&mut self, workspace: &Path) -> Arc<BTreeSet<PathBuf>> {
        if let Some(known) = self.members.get(workspace) {
            return Arc::clone(known);
        }
        let mut members = BTreeSet::from([workspace.to_owned()]);
        if let Some(config) = self.get(workspace).as_ref().and_then(|m| m.workspace.as_ref()) {
            let listed = Listed::new(workspace, &config.members);
            members.extend(self.folders.iter().filter(|f| listed.holds(f)).cloned());
            members
                .extend(config.members.iter().map(|m| join(workspace, m)).filter(|f| f.join("Cargo.toml").is_file()));
        }
        let listed: Vec<usize> = members.iter().map(|folder| self.number(folder)).collect();
        let reached = self.reached(listed, usize::MAX).into_iter().map(|number| self.crates[number].folder.clone());
        members.extend(reached.filter(|f| f.starts_with(workspace)));
        if let Some(config) = self.get(workspace).as_ref().and_then(|m| m.workspace.as_ref()) {
            members.retain(|f| !excludes(workspace, config, f));
        }
        let members = Arc::new(members);
        self.members.insert(workspace.to_owned(), Arc::clone(&members));
        members
    }

    /// What a workspace at `folder` lists that lies outside the project.
    fn listed_outside(&mut self, root: &Path, folder: &Path) -> Vec<PathBuf> {
        let Some(manifest) = self.get(folder) else { return Vec::new() };
        let listed = manifest.workspace.iter().flat_map(|w| &w.members).map(|m| join(folder, m));
        listed.filter(|f| !f.starts_with(root)).collect()
    }

    fn dependencies(&mut self, own: &[Dependency], folder: &Path, workspace: &Path) -> Vec<Dependency> {
        let shared = self.get(workspace);
        let shared: BTreeMap<&str, &Dependency> = shared
            .iter()
            .filter_map(|m| m.workspace.as_ref())
            .flat_map(|w| &w.dependencies)
            .map(|d| (d.key.as_str(), d))
            .collect();
        own.iter()
            .map(|d| match shared.get(d.key.as_str()) {
                Some(base) if d.inherited => inherit(d, base, workspace, folder),
                _ => d.clone(),
            })
            .collect()
    }

    fn number(&mut self, folder: &Path) -> usize {
        if let Some(known) = self.numbers.get(folder) {
            return *known;
        }
        self.crates.push(Crate { folder: folder.to_owned(), needs: None, for_guests: None });
        self.numbers.insert(folder.to_owned(), self.crates.len() - 1);
        self.crates.len() - 1
    }

    /// What a folder depends on by path, and whether it is for guests; the first time by its manifest.
    fn look_up(&mut self, number: usize) -> Arc<[usize]> {
        if let Some(known) = &self.crates[number].needs {
            return Arc::clone(known);
        }
        let folder = self.crates[number].folder.clone();
        let dependencies = match self.get(&folder) {
            Some(manifest) => {
                let workspace = self.workspace_of(&manifest);
                self.dependencies(manifest.package.as_ref().map_or(&[], |p| &p.dependencies), &folder, &workspace)
            }
            None => Vec::new(),
        };
        let paths = dependencies.iter().filter_map(|d| d.path.as_deref()).map(|path| join(&folder, path));
        let needs: Arc<[usize]> = paths.map(|path| self.number(&path)).collect();
        let found = &mut self.crates[number];
        found.needs = Some(Arc::clone(&needs));
        found.for_guests = Some(guest_crate(&dependencies, Use::Always).is_some());
        needs
    }

    /// These folders and, through path dependencies, everything they are made of, as far as `most` goes.
    fn reached(&mut self, from: impl IntoIterator<Item = usize>, most: usize) -> Vec<usize> {
        let mut waiting: Vec<usize> = from.into_iter().collect();
        let (mut seen, mut reached) = (vec![false; self.crates.len()], Vec::new());
        while let Some(number) = waiting.pop() {
            if reached.len() >= most || seen[number] {
                continue;
            }
            seen[number] = true;
            reached.push(number);
            let needs = self.look_up(number);
            seen.resize(self.crates.len(), false);
            waiting.extend(needs.iter().filter(|needed| !seen[**needed]));
        }
        reached
    }
}

fn inherit(own: &Dependency, base: &Dependency, workspace: &Path, folder: &Path) -> Dependency {
    let mut merged = base.clone();
    merged.used = own.used;
    merged.optional = own.optional;
    merged.features.extend(own.features.iter().cloned());
    merged.default_features = base.default_features.or(own.default_features);
    // The workspace's paths begin at the workspace; an absolute one is right from anywhere.
    merged.path = base.path.as_ref().map(|p| join(workspace, p)).map(|p| p.to_string_lossy().into_owned());
    debug_assert!(merged.path.is_none() || workspace.is_absolute() && folder.is_absolute());
    merged
}

/// Whether the workspace at `root` shuts this folder out; a member that is listed by its path (not by a glob) is in.
fn excludes(root: &Path, workspace: &Workspace, folder: &Path) -> bool {
    let below = |paths: &[String]| paths.iter().any(|p| folder.starts_with(join(root, p)));
    below(&workspace.exclude) && !below(&workspace.members)
}

/// What `members` of a workspace name, compiled once; `*` does not cross a folder's border.
struct Listed<'w> {
    root: &'w Path,
    exact: HashSet<PathBuf>,
    globs: GlobSet,
}

impl<'w> Listed<'w> {
    fn new(root: &'w Path, members: &[String]) -> Self {
        let mut globs = GlobSetBuilder::new();
        for member in members.iter().filter(|m| m.contains(['*', '?', '[', '{'])) {
            let member = member.trim_start_matches("./").trim_end_matches('/');
            if let Ok(glob) = GlobBuilder::new(member).literal_separator(true).build() {
                globs.add(glob);
            }
        }
        let exact = members.iter().map(|m| join(root, m)).collect();
        Self { root, exact, globs: globs.build().unwrap_or_else(|_| GlobSet::empty()) }
    }

    fn holds(&self, folder: &Path) -> bool {
        self.exact.contains(folder) || folder.strip_prefix(self.root).is_ok_and(|below| self.globs.is_match(below))
    }
}
