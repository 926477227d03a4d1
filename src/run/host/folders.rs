//! The folders that nodes were granted, opened once a session and kept as handles.
//!
//! A folder is found from the project's handle, or from `/` where its grant names it from there, through no link: what
//! stands in the way could have been put there by a guest that may write above it.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use rustix::fs::{Mode as Permissions, OFlags};
use wasmtime_wasi::filesystem::Dir;
use wasmtime_wasi::{FsPerms, OpenMode};

use crate::grants::{Folder, Grants, Mode};
use crate::run::host::beneath;
use crate::run::host::quota::Quota;
use crate::run::host::sources::Sources;

/// A granted folder that is open.
pub(crate) struct Granted {
    pub(crate) dir: Dir,
    /// Something below it, or it itself, is what the project is built from.
    pub(crate) guarded: bool,
    pub sources: Arc<Sources>,
    /// What it holds, if it may be written.
    pub(crate) quota: Arc<Quota>,
}

#[derive(Default)]
pub(crate) struct Folders {
    root: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The project's own folder.
    project: Option<Arc<File>>,
    sources: Arc<Sources>,
    open: BTreeMap<(PathBuf, Mode), Arc<Granted>>,
    /// By the folder's device and number: those who were granted the same folder share what it may hold.
    quotas: HashMap<(u64, u64), Arc<Quota>>,
}

/// Why a folder can't be given to a guest.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotOpened {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("`{link}` is a link, and a guest may have made it; grant the folder that it leads to by its own path")]
    Link { link: String },
}

impl Folders {
    /// `root` is what relative folders are relative to.
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root, state: Mutex::default() }
    }

    /// Closes what is not granted any more.
    pub(crate) fn keep(&self, grants: &Grants) {
        let mut state = self.state.lock();
        let all: Vec<Folder> = grants.nodes().flat_map(|(_, node)| node.folders()).collect();
        state.open.retain(|(host, mode), _| all.iter().any(|f| f.host == *host && f.mode == *mode));
        if !state.sources.is_made_of(&grants.sources) {
            state.sources = Arc::new(Sources::new(&self.root, grants.sources.clone()));
            state.open.clear();
        }
    }

    /// The folder's handle: the one that is open, unless it was deleted since.
    ///
    /// # Errors
    /// When it isn't there, or a link stands in its way.
    pub(crate) fn get(&self, folder: &Folder) -> Result<Arc<Granted>, NotOpened> {
        let mut state = self.state.lock();
        let key = (folder.host.clone(), folder.mode);
        if let Some(open) = state.open.get(&key)
            && rustix::fs::fstat(&open.dir.dir).is_ok_and(|stat| stat.st_nlink > 0)
        {
            return Ok(Arc::clone(open));
        }
        let open = Arc::new(self.open(&mut state, folder)?);
        state.open.insert(key, Arc::clone(&open));
        Ok(open)
    }

    fn open(&self, state: &mut State, folder: &Folder) -> Result<Granted, NotOpened> {
        let from = if folder.host.is_absolute() {
            Arc::new(File::open("/")?)
        } else {
            if state.project.is_none() {
                let root = if self.root.as_os_str().is_empty() { Path::new(".") } else { &self.root };
                state.project = Some(Arc::new(File::open(root)?));
            }
            state.project.clone().ok_or(io::ErrorKind::NotFound).map_err(io::Error::from)?
        };
        let file = walk(from, &folder.host)?;
        let (perms, mode) = match folder.mode {
            Mode::Read => (FsPerms::ReadOnly, OpenMode::READ),
            Mode::ReadWrite => (FsPerms::ReadWrite, OpenMode::READ | OpenMode::WRITE),
        };
        let id = beneath::identity(&rustix::fs::fstat(&file).map_err(io::Error::from)?);
        // Where the system can't say where it is, it may be anywhere.
        let guarded = beneath::location(&file).is_none_or(|at| state.sources.overlap(&at));
        let quota = Arc::clone(state.quotas.entry(id).or_default());
        Ok(Granted { dir: Dir::new(file, perms, mode, false), guarded, sources: Arc::clone(&state.sources), quota })
    }
}

/// The folder at the end of a path that leads through folders alone, open to be read.
fn walk(from: Arc<File>, path: &Path) -> Result<File, NotOpened> {
    let mut here = from;
    let mut links = 0;
    let mut todo: Vec<PathBuf> = parts(path);
    while let Some(part) = todo.pop() {
        let Some(name) = part.to_str() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "its name is not UTF-8").into());
        };
        match beneath::step(&here, name) {
            Ok(next) => here = Arc::new(next),
            Err(error) => {
                let Ok(target) = rustix::fs::readlinkat(&*here, name, Vec::new()) else { return Err(error.into()) };
                let target = target.to_string_lossy().into_owned();
                links += 1;
                // The system's own, like /tmp on macOS.
                if links > 8 || !is_the_systems(&here) {
                    return Err(NotOpened::Link { link: path.display().to_string() });
                }
                if target.starts_with('/') {
                    here = Arc::new(File::open("/")?);
                }
                todo.extend(parts(Path::new(&target)));
            }
        }
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(&*here, ".", flags, Permissions::empty()).map_err(io::Error::from)?.into())
}

/// The names of a path, the first one last. A `..` is one more name: the system's links have some.
fn parts(path: &Path) -> Vec<PathBuf> {
    let names = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(PathBuf::from(name)),
        Component::ParentDir => Some(PathBuf::from("..")),
        _ => None,
    });
    let mut names: Vec<_> = names.collect();
    names.reverse();
    names
}

/// Whether nobody but the system's administrator could have put a link here, and studio isn't run by that one.
fn is_the_systems(folder: &File) -> bool {
    let own = rustix::process::geteuid().is_root();
    !own && rustix::fs::fstat(folder).is_ok_and(|stat| stat.st_uid == 0 && stat.st_mode & 0o022 == 0)
}
