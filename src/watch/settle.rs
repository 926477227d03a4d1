//! Events folded in time: a file that is saved is delivered at once; what is under way, new or gone, when it is quiet.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::watch::WatchEvent;
use crate::watch::content::Content;
use crate::watch::folders;
use crate::watch::folders::Folders;
use crate::watch::raw::{Message, Raw, translate};

/// A burst has ended when nothing came for so long; a file that is written without being closed, and one that is gone
/// (an editor may be about to put it back), count after the same time.
const QUIET: Duration = Duration::from_millis(10);
/// A burst is delivered at least this often.
const LONGEST: Duration = Duration::from_millis(250);
/// A lock of git's that is older is a left-over.
const GIT_PATIENCE: Duration = Duration::from_secs(5);

/// The watching thread: sets the watches up, then sleeps until something happens.
pub(super) fn run(inbox: &Receiver<Message>, folders: Folders, ready: &Sender<()>, events: &mpsc::Sender<WatchEvent>) {
    let mut settle = Settle { folders, content: Content::default(), events, burst: None, learnt: Instant::now() };
    for problem in settle.folders.watch_all() {
        if !settle.send(WatchEvent::Failed(problem)) {
            return;
        }
    }
    settle.content.learn(&settle.folders.files());
    settle.learnt = Instant::now();
    let _ = ready.send(());
    loop {
        let message = match settle.burst.as_ref().map(Burst::deadline) {
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(deadline) => inbox.recv_timeout(deadline.saturating_duration_since(Instant::now())),
        };
        let goes_on = match message {
            Ok(Message::System(at, Ok(event))) => {
                translate(event).into_iter().all(|raw| settle.take(at, raw)) && settle.in_time()
            }
            Ok(Message::System(_, Err(e))) => {
                let folder = e.paths.first().cloned().unwrap_or_default();
                settle.send(WatchEvent::Failed(folders::not_watched(&folder, &e)))
            }
            Ok(Message::Inputs(inputs)) => settle.inputs(inputs),
            Err(RecvTimeoutError::Timeout) => settle.quiet(),
            Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
        };
        if !goes_on {
            return;
        }
    }
}

/// Changes that belong together.
struct Burst {
    /// When the first change that is not delivered yet was seen.
    first: Option<Instant>,
    last: Instant,
    begun: Instant,
    /// Finished, to be delivered with the rest.
    ready: BTreeSet<PathBuf>,
    /// Under way or gone; looked at when it is quiet.
    open: BTreeMap<PathBuf, Instant>,
    /// Whether the first change of the burst was delivered already.
    led: bool,
    /// Whether git was at work when it was last quiet.
    held: bool,
}

impl Burst {
    fn new(at: Instant) -> Self {
        Self {
            first: None,
            last: at,
            begun: at,
            ready: BTreeSet::new(),
            open: BTreeMap::new(),
            led: false,
            held: false,
        }
    }

    fn deadline(&self) -> Instant {
        self.last + QUIET
    }
}

struct Settle<'e> {
    folders: Folders,
    content: Content,
    events: &'e mpsc::Sender<WatchEvent>,
    burst: Option<Burst>,
    /// When the files had been read for the first time. Of a change seen before it is not known what the file held, so
    /// it counts as one.
    learnt: Instant,
}

impl Settle<'_> {
    /// Takes one event in. False when nobody listens any more.
    fn take(&mut self, at: Instant, raw: Raw) -> bool {
        match raw {
            // A new file is not urgent, and often gone in a moment: many programs save by writing one beside the file
            // and renaming it over.
            Raw::Finished(path) if !self.content.knows(&path) => self.take(at, Raw::UnderWay(path)),
            Raw::Finished(path) => {
                if self.folders.matters(&path) && self.changed(at, &path) {
                    return self.ready(at, path);
                }
                // The end of what was under way, and nothing came of it.
                if let Some(burst) = &mut self.burst {
                    burst.open.remove(&path);
                }
                true
            }
            Raw::UnderWay(path) | Raw::Gone(path) => {
                if self.folders.matters(&path) {
                    let burst = self.burst.get_or_insert_with(|| Burst::new(at));
                    burst.last = at;
                    burst.open.entry(path).or_insert(at);
                }
                true
            }
            Raw::Folder(folder) => self.folder(at, &folder),
            Raw::Lost => {
                let lost = self.content.all_gone();
                lost.into_iter().all(|file| self.ready(at, file))
                    && self.folders.files().into_iter().all(|file| self.take(at, Raw::Finished(file)))
            }
        }
    }

    /// More files are watched from now on.
    fn inputs(&mut self, inputs: Vec<PathBuf>) -> bool {
        let (files, problems) = self.folders.add(inputs);
        let files: Vec<PathBuf> = files.into_iter().filter(|file| !self.content.knows(file)).collect();
        self.content.learn(&files);
        problems.into_iter().all(|problem| self.send(WatchEvent::Failed(problem)))
    }

    fn changed(&mut self, at: Instant, file: &Path) -> bool {
        self.content.changed(file) || (at < self.learnt && file.is_file())
    }

    /// A folder that came: watched from now on; its files may have been there before the watch was.
    fn folder(&mut self, at: Instant, folder: &Path) -> bool {
        if !self.folders.matters(folder) || crate::files::walk::is_passed_over(folder) {
            return true;
        }
        self.folders.came(folder);
        if let Err(problem) = self.folders.watch(folder)
            && !self.send(WatchEvent::Failed(*problem))
        {
            return false;
        }
        folders::files_below(folder).into_iter().all(|file| self.take(at, Raw::UnderWay(file)))
    }

    /// A change that can be built now: delivered at once if it is the first of its burst.
    fn ready(&mut self, at: Instant, path: PathBuf) -> bool {
        let halfway = self.folders.git_at_work();
        let burst = self.burst.get_or_insert_with(|| Burst::new(at));
        burst.last = at;
        burst.open.remove(&path);
        burst.first.get_or_insert(at);
        burst.ready.insert(path);
        if burst.led || halfway {
            return true;
        }
        burst.led = true;
        self.deliver()
    }

    /// A burst that doesn't end is delivered in parts.
    fn in_time(&mut self) -> bool {
        match &mut self.burst {
            Some(burst) if burst.begun.elapsed() > LONGEST => {
                burst.begun = Instant::now();
                self.gather();
                self.deliver()
            }
            _ => true,
        }
    }

    /// Nothing came for a while: the burst has ended.
    fn quiet(&mut self) -> bool {
        if let Some(burst) = &mut self.burst {
            let at_work = burst.begun.elapsed() < GIT_PATIENCE && self.folders.git_at_work();
            // The lock may be gone before we have heard of what was written last under it.
            if std::mem::replace(&mut burst.held, at_work) || at_work {
                burst.last = Instant::now();
                return true;
            }
        }
        self.gather();
        let goes_on = self.deliver();
        self.burst = None;
        goes_on
    }

    /// Looks at what was under way or gone.
    fn gather(&mut self) {
        let Some(burst) = &mut self.burst else { return };
        for (path, at) in std::mem::take(&mut burst.open) {
            let mut changed = self.content.gone(&path);
            if self.content.changed(&path) || (at < self.learnt && path.is_file()) {
                changed.push(path);
            }
            if !changed.is_empty() {
                burst.first = Some(burst.first.map_or(at, |first| first.min(at)));
                burst.ready.extend(changed);
            }
        }
    }

    fn deliver(&mut self) -> bool {
        let Some(burst) = &mut self.burst else { return true };
        let Some(first) = burst.first.take() else { return true };
        let paths: Vec<PathBuf> = std::mem::take(&mut burst.ready).into_iter().collect();
        self.send(WatchEvent::Changed { paths, at: Instant::now(), first })
    }

    fn send(&self, event: WatchEvent) -> bool {
        self.events.blocking_send(event).is_ok()
    }
}
