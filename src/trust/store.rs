//! The list of what the user allowed, outside of every project: read, changed under a lock, replaced whole.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::files;
use crate::files::Kind;
use crate::files::write::write_named;
use crate::trust::approval::{Approval, edited, with_rights};
use crate::trust::identity::identity;
use crate::trust::item::Item;
use crate::trust::survey::checkout;

#[derive(Debug, thiserror::Error)]
pub(crate) enum TrustError {
    #[error("this user has no home folder, so trust cannot be remembered; pass --trust each time")]
    NoHome,
    #[error("{} is not valid Unicode and cannot be remembered; pass --trust each time", path.display())]
    NotUnicode { path: PathBuf },
    #[error("{} cannot be read or written ({source}), so trust is not remembered; pass --trust each time", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is not a list of trusted folders ({reason}); move it away, and trust what you need again", path.display())]
    Garbled { path: PathBuf, reason: String },
}

/// What was allowed of one folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Absolute, canonical.
    pub path: PathBuf,
    /// Which folder that was.
    pub(crate) identity: String,
    pub(crate) items: Vec<Item>,
}

/// Whether an entry still speaks of a folder that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Standing {
    Present,
    /// Another folder stands there now: it is not trusted.
    Replaced,
    Missing,
}

impl Entry {
    pub(crate) fn standing(&self) -> Standing {
        match identity(&self.path) {
            Ok(now) if now == self.identity => Standing::Present,
            Ok(_) => Standing::Replaced,
            Err(_) => Standing::Missing,
        }
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct List {
    folders: Vec<Entry>,
}

/// The list in its file, `trusted.json`; `trusted.lock` beside it is locked while it is changed.
pub(super) struct Store {
    folder: PathBuf,
}

impl Store {
    /// `$XDG_STATE_HOME/studio`, or what this system has instead.
    pub(super) fn of_user() -> Result<Self, TrustError> {
        Ok(Self::at(crate::folders::state().ok_or(TrustError::NoHome)?))
    }

    pub(super) const fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(super) fn approval(&self, root: &Path) -> Option<Approval> {
        let root = root.canonicalize().ok()?;
        let entries = self.latest()?;
        let entry = entries.get(of(&entries, &root)?)?;
        if entry.path == root {
            return Some(Approval::recorded(&root, entry.identity.clone(), entry.items.clone()));
        }
        Some(Approval::around(&root, identity(&root).ok()?, entry.items.clone(), checkout(&entry.path, &root)))
    }

    /// Takes over what the user's edits and builds made of what is allowed of this folder, if it still is allowed.
    pub(super) fn refresh(&self, root: &Path, now: &[Item]) -> Result<(), TrustError> {
        self.replace(root, |entry| edited(&entry.items, now))
    }

    /// The same for what its own `studio.toml` allows: an entry around it says nothing of that.
    pub(super) fn refresh_rights(&self, root: &Path, now: &[Item]) -> Result<(), TrustError> {
        self.replace(
            root,
            |entry| if entry.path == root { with_rights(&entry.items, now) } else { entry.items.clone() },
        )
    }

    fn replace(&self, root: &Path, by: impl Fn(&Entry) -> Vec<Item>) -> Result<(), TrustError> {
        let refreshed = |entries: &[Entry]| {
            let at = of(entries, root)?;
            let entry = entries.get(at)?;
            let items = by(entry);
            (items != entry.items).then_some((at, items))
        };
        // Nobody waits for the lock where nothing was edited.
        if self.latest().is_none_or(|entries| refreshed(&entries).is_none()) {
            return Ok(());
        }
        self.change(|entries| {
            if let Some((at, items)) = refreshed(entries)
                && let Some(entry) = entries.get_mut(at)
            {
                entry.items = items.into_iter().filter(|item| item.place.to_str().is_some()).collect();
            }
        })
    }

    pub(super) fn remember(&self, approval: &Approval) -> Result<(), TrustError> {
        let (path, identity, items) = approval.parts();
        let texts = std::iter::once(path).chain(items.iter().map(|i| i.place.as_path()));
        for path in texts {
            if path.to_str().is_none() {
                return Err(TrustError::NotUnicode { path: path.to_owned() });
            }
        }
        let entry = Entry { path: path.to_owned(), identity: identity.to_owned(), items: items.to_vec() };
        self.change(|folders| {
            folders.retain(|e| e.path != entry.path);
            folders.push(entry);
        })
    }

    pub(super) fn revoke(&self, root: &Path) -> Result<Vec<PathBuf>, TrustError> {
        // A folder that is gone is named as it was.
        let root = root.canonicalize().or_else(|_| std::path::absolute(root)).unwrap_or_else(|_| root.to_owned());
        let mut gone = Vec::new();
        self.change(|folders| {
            gone.extend(folders.extract_if(.., |e| e.path == root).map(|e| e.path));
        })?;
        Ok(gone)
    }

    pub(super) fn read(&self) -> Result<Vec<Entry>, TrustError> {
        let path = self.file();
        let text = match files::text(&path, Kind::State) {
            Ok(text) => text,
            Err(e) if e.is_missing() => return Ok(Vec::new()),
            Err(e) => return Err(TrustError::Io { path, source: e.into() }),
        };
        let list: List =
            serde_json::from_str(&text).map_err(|e| TrustError::Garbled { path, reason: e.to_string() })?;
        Ok(list.folders)
    }

    /// The list as it is now, read again only where its file is another one: every build asks. `None` where it cannot be
    /// read.
    fn latest(&self) -> Option<Arc<[Entry]>> {
        let path = self.file();
        let stamp = Stamp::of(&path);
        let mut last = LAST.lock();
        if let Some(known) = last.as_ref().filter(|k| k.file == path && k.stamp == stamp && stamp.is_some()) {
            return Some(Arc::clone(&known.entries));
        }
        let entries: Arc<[Entry]> = self.read().ok()?.into();
        *last = Some(Latest { file: path, stamp, entries: Arc::clone(&entries) });
        Some(entries)
    }

    /// Reads, changes and writes with nobody between.
    fn change(&self, change: impl FnOnce(&mut Vec<Entry>)) -> Result<(), TrustError> {
        let lock = self.folder.join("trusted.lock");
        let lock_error = |source| TrustError::Io { path: lock.clone(), source };
        fs::create_dir_all(&self.folder).map_err(lock_error)?;
        let locked = File::options().create(true).append(true).open(&lock).map_err(lock_error)?;
        locked.lock().map_err(lock_error)?;
        let mut folders = self.read()?;
        let before = folders.clone();
        change(&mut folders);
        if folders == before {
            return Ok(());
        }
        folders.sort_by(|a, b| a.path.cmp(&b.path));
        let path = self.file();
        let text = serde_json::to_string_pretty(&List { folders })
            .map_err(|e| TrustError::Io { path: path.clone(), source: e.into() })?;
        write_named(&path, text.as_bytes()).map_err(|e| TrustError::Io { path, source: io::Error::other(e) })
        // The lock goes with the file's handle.
    }

    fn file(&self) -> PathBuf {
        self.folder.join("trusted.json")
    }
}

/// Tells a file from the one that took its place: the list is replaced whole at every change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
    number: u64,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let about = path.metadata().ok()?;
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&about);
        #[cfg(not(unix))]
        let number = 0;
        Some(Self { modified: about.modified().ok(), bytes: about.len(), number })
    }
}

/// A list as it was read, from which file.
struct Latest {
    file: PathBuf,
    stamp: Option<Stamp>,
    entries: Arc<[Entry]>,
}

static LAST: Mutex<Option<Latest>> = Mutex::new(None);

/// Which entry speaks of this folder: its own, or that of the nearest one around it; none where another folder stands
/// there now.
fn of(entries: &[Entry], root: &Path) -> Option<usize> {
    let at = root.ancestors().find_map(|folder| entries.iter().position(|e| e.path == folder))?;
    entries.get(at).filter(|entry| entry.standing() == Standing::Present).map(|_| at)
}

#[cfg(test)]
mod tests {
    use crate::trust::store::*;
    use crate::trust::{Moment, Survey};

    fn survey(root: &Path) -> Survey {
        let items = vec![Item::new(crate::trust::Kind::Workspace, root, "-")];
        Survey { root: root.to_owned(), identity: identity(root).unwrap(), items, ..Survey::default() }
    }

    fn covers(store: &Store, root: &Path) -> bool {
        let approval = store.approval(root);
        approval.is_some_and(|a| !a.difference(&survey(&root.canonicalize().unwrap()), Moment::Opening).asks())
    }

    #[test]
    fn trust_is_remembered_under_the_canonical_name_and_can_be_taken_back() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::at(home.path().join("state/studio"));
        let root = home.path().canonicalize().unwrap().join("my projects/über");
        fs::create_dir_all(root.join("inner")).unwrap();
        assert!(!covers(&store, &root));
        store.remember(&Approval::of(&survey(&root))).unwrap();
        store.remember(&Approval::of(&survey(&root))).unwrap();
        assert!(covers(&store, &root) && covers(&store, &root.join("../über")));
        assert!(!covers(&store, home.path()), "a folder around a trusted one is not trusted");
        assert!(!covers(&store, &root.join("inner")), "what an inner folder builds was not listed");
        assert_eq!(store.read().unwrap().len(), 1);
        assert_eq!(store.revoke(&root).unwrap(), std::slice::from_ref(&root));
        assert!(!covers(&store, &root) && store.revoke(&root).unwrap().is_empty());
    }

    #[test]
    fn another_folder_at_the_path_is_not_trusted() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::at(home.path().join("state"));
        let root = home.path().canonicalize().unwrap().join("p");
        fs::create_dir(&root).unwrap();
        store.remember(&Approval::of(&survey(&root))).unwrap();
        fs::rename(&root, home.path().join("q")).unwrap();
        assert_eq!(store.read().unwrap()[0].standing(), Standing::Missing);
        fs::create_dir(&root).unwrap();
        assert!(!covers(&store, &root));
        assert_eq!(store.read().unwrap()[0].standing(), Standing::Replaced);
    }

    #[test]
    fn a_garbled_list_trusts_nothing_and_is_not_overwritten() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::at(home.path().to_owned());
        fs::write(store.file(), "/\n").unwrap();
        assert!(!covers(&store, home.path()));
        let root = home.path().canonicalize().unwrap();
        assert!(matches!(store.remember(&Approval::of(&survey(&root))), Err(TrustError::Garbled { .. })));
        assert_eq!(fs::read_to_string(store.file()).unwrap(), "/\n");
    }

    #[test]
    fn what_was_revoked_is_not_refreshed() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::at(home.path().join("state"));
        let root = home.path().canonicalize().unwrap().join("p");
        fs::create_dir_all(root.join("inner")).unwrap();
        let script = |digest| Item::new(crate::trust::Kind::BuildScript, root.join("build.rs"), digest);
        let allowed = Survey { items: vec![script("a")], ..survey(&root) };
        store.remember(&Approval::of(&allowed)).unwrap();
        store.refresh(&root, &[script("b")]).unwrap();
        assert_eq!(store.read().unwrap()[0].items, [script("b")]);
        store.refresh(&root.join("inner"), &[script("c")]).unwrap();
        assert_eq!(store.read().unwrap()[0].items, [script("c")], "edited in a folder inside it");
        store.revoke(&root).unwrap();
        store.refresh(&root, &[script("d")]).unwrap();
        assert!(store.read().unwrap().is_empty() && store.approval(&root).is_none());
    }

    #[test]
    fn changes_at_the_same_time_are_all_kept() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().canonicalize().unwrap();
        std::thread::scope(|scope| {
            for n in 0..30 {
                let folder = root.join(format!("p{n}"));
                let store = Store::at(root.join("state"));
                scope.spawn(move || {
                    fs::create_dir(&folder).unwrap();
                    store.remember(&Approval::of(&survey(&folder))).unwrap();
                });
            }
        });
        assert_eq!(Store::at(root.join("state")).read().unwrap().len(), 30);
    }
}
