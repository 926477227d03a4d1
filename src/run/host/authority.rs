//! Who may do what, asked at the moment of doing it, and the record of what was asked.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::{Mutex, RwLock};
use tokio::runtime::Handle;

use crate::grants::{Capability, Grants, Kind, Ledger, NO_FOLDER, NodeGrants, Use};
use crate::log::{Line, Stream};
use crate::model::guest_text::{clean, one_line, shell_word};
use crate::run::RunEvent;
use crate::run::host::folders::Folders;
use crate::run::output::tap::Tap;

/// Least time between two reports of the ledger.
const PACE: Duration = Duration::from_millis(50);
/// Different denials told in the log per run; the ledger counts all of them.
const TOLD: usize = 100;

/// The grants in force, which may change while guests run, and the ledger.
pub(crate) struct Authority {
    grants: RwLock<Arc<Grants>>,
    /// What relative paths are relative to.
    root: PathBuf,
    /// The granted folders, as handles.
    pub(crate) folders: Folders,
    tap: Arc<Tap>,
    handle: Handle,
    record: Mutex<Record>,
}

#[derive(Default)]
struct Record {
    fresh: Ledger,
    /// A task will send what is fresh.
    scheduled: bool,
    generation: u64,
    told: HashSet<(String, String)>,
}

impl Authority {
    pub(crate) fn new(root: Option<&Path>, tap: Arc<Tap>, handle: Handle) -> Arc<Self> {
        let root = root.map(Path::to_path_buf).unwrap_or_default();
        let folders = Folders::new(root.clone());
        Arc::new(Self { grants: RwLock::default(), root, folders, tap, handle, record: Mutex::default() })
    }

    /// From the next call of any guest on, these count.
    pub(crate) fn put(&self, grants: Arc<Grants>) {
        self.folders.keep(&grants);
        *self.grants.write() = grants;
    }

    /// Does this meanwhile.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.handle.spawn(work);
    }

    /// Reports what is not reported yet. Whatever is sent after this returns arrives after it.
    pub(crate) async fn flush(&self) {
        if self.record.lock().fresh.is_empty() {
            return;
        }
        // Taken no sooner than there is room: another flush would find nothing left and not wait for this one.
        self.tap.send_with(|| RunEvent::Ledger(std::mem::take(&mut self.record.lock().fresh))).await;
    }
}

/// One node of a run, as the host knows it.
#[derive(Clone)]
pub(crate) struct Node {
    pub name: Arc<str>,
    pub generation: u64,
    /// The request it works on.
    pub request: Option<u64>,
    pub(crate) authority: Arc<Authority>,
}

impl Node {
    pub(crate) fn grants(&self) -> Arc<Grants> {
        Arc::clone(&self.authority.grants.read())
    }

    /// What `ask` finds in this node's grants.
    pub(crate) fn ask<T>(&self, ask: impl FnOnce(&NodeGrants) -> T) -> T {
        ask(self.grants().node(&self.name))
    }

    /// A path of the grants, from the project.
    pub(crate) fn folder(&self, host: &Path) -> PathBuf {
        self.authority.root.join(host)
    }

    /// Whether this is granted, put down as used or denied.
    pub(crate) fn may(&self, capability: &Capability, detail: &str) -> bool {
        let granted = self.ask(|grants| grants.has(capability));
        if granted {
            self.used(capability.kind(), capability.to_string(), detail.into());
        } else {
            self.denied(capability.kind(), capability.to_string(), detail.into());
        }
        granted
    }

    pub(crate) fn used(&self, kind: Kind, grant: String, detail: String) {
        self.put_down(Use { node: self.name.to_string(), kind, grant, detail, denied: false });
    }

    /// `grant` is what would allow it; empty where nothing could.
    pub(crate) fn denied(&self, kind: Kind, grant: String, detail: String) {
        // A guest may name what no grant could.
        let grant = if grant.parse::<Capability>().is_ok() { grant } else { String::new() };
        // What every program asks for by itself is no news.
        if !matches!(kind, Kind::Env | Kind::Args | Kind::Random | Kind::Stdin) {
            let allow = if grant.is_empty() {
                String::new()
            } else {
                format!("; `studio grant {} {}` allows it", shell_word(&self.name), shell_word(&grant))
            };
            self.log_once(grant.clone(), &format!("`{}` was denied {kind}: {}{allow}", self.name, one_line(&detail)));
        }
        self.put_down(Use { node: self.name.to_string(), kind, grant, detail, denied: true });
    }

    /// Its code asks for the folders it has before it asks for any path, so no path can be named here.
    pub(crate) fn no_folder(&self) {
        let (name, how) = (&self.name, shell_word(&self.name));
        let text = format!("`{name}` was denied files: {NO_FOLDER}; `studio grant {how} files=FOLDER` grants one");
        self.log_once(NO_FOLDER.into(), &text);
        let (node, grant) = (name.to_string(), String::new());
        self.put_down(Use { node, kind: Kind::Files, grant, detail: NO_FOLDER.into(), denied: true });
    }

    /// Denied, though the folder is granted: `why` is a sentence of studio's own, which stands in the log once a run.
    pub(crate) fn refused(&self, why: &str, detail: &str) {
        self.log_once(why.into(), &format!("`{}` was denied files: {}: {why}", self.name, one_line(detail)));
        let (node, grant) = (self.name.to_string(), String::new());
        self.put_down(Use { node, kind: Kind::Files, grant, detail: format!("{detail}: {why}"), denied: true });
    }

    fn put_down(&self, one: Use) {
        let mut record = self.authority.record.lock();
        record.fresh.add(one);
        if !std::mem::replace(&mut record.scheduled, true) {
            let authority = Arc::clone(&self.authority);
            self.authority.handle.spawn(async move {
                tokio::time::sleep(PACE).await;
                authority.record.lock().scheduled = false;
                authority.flush().await;
            });
        }
    }

    /// A line of studio's own under this node's name; once a run for each `about`.
    pub(crate) fn log_once(&self, about: String, text: &str) {
        let mut record = self.authority.record.lock();
        if record.generation != self.generation {
            record.generation = self.generation;
            record.told.clear();
        }
        if record.told.len() >= TOLD || !record.told.insert((self.name.to_string(), about)) {
            return;
        }
        drop(record);
        self.authority.tap.push([Line {
            node: Arc::clone(&self.name),
            stream: Stream::Studio,
            text: clean(text),
            raw: None,
            goes_on: false,
            time: SystemTime::now(),
            generation: self.generation,
            request: self.request,
        }]);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use tokio::sync::mpsc;

    use crate::run::Outcome;
    use crate::run::host::authority::*;

    #[tokio::test]
    async fn what_a_run_used_is_reported_before_its_end_though_another_task_was_about_to() {
        let (tx, mut rx) = mpsc::channel(3);
        let tap = Tap::new(tx.clone(), Handle::current());
        let authority = Authority::new(None, Arc::clone(&tap), Handle::current());
        let node = Node { name: "a".into(), generation: 1, request: None, authority: Arc::clone(&authority) };
        for _ in 0..3 {
            let _ = tx.try_send(RunEvent::Lost(0));
        }
        node.used(Kind::Clock, "clock".into(), String::new());
        let mut delayed = pin!(authority.flush());
        assert!(futures::poll!(&mut delayed).is_pending(), "there is no room");
        while rx.try_recv().is_ok() {}
        authority.flush().await;
        tap.send(RunEvent::Ended { generation: 1, outcome: Outcome::Returned(None) }).await;
        delayed.await;
        let mut reported = Ledger::default();
        while let Ok(event) = rx.try_recv() {
            match event {
                RunEvent::Ledger(more) => reported.merge(more),
                RunEvent::Ended { .. } => break,
                _ => {}
            }
        }
        assert_eq!(reported.of("a").map(|(kind, _, entry)| (kind, entry.used)).collect::<Vec<_>>(), [(Kind::Clock, 1)]);
    }
}
