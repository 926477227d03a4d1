//! Saves in the folder → [`WatchEvent`]s, at once.
//!
//! ```text
//! notify (the system's events) ─▶ raw (what is finished, what is only under way) ─▶ content (did it change?) ─▶ events
//! ```
//!
//! The first finished change of a burst is delivered at once; what follows is folded until it is quiet. An idle watcher
//! wakes nothing.

mod content;
mod folders;
mod raw;
mod settle;

use std::path::{Path, PathBuf};
use std::sync::mpsc as std_mpsc;
use std::thread;
use std::time::Instant;

use notify::Watcher as _;
use tokio::sync::mpsc;

use crate::model::diagnostic::Diagnostic;

/// What became of the watched folder.
#[derive(Clone, Debug)]
pub enum WatchEvent {
    /// Files whose content changed, that came or went; sorted, absolute.
    Changed {
        /// Those of one delivery: a burst of changes may come in several.
        paths: Vec<PathBuf>,
        /// When this event was sent.
        at: Instant,
        /// When the first of its changes was seen.
        first: Instant,
    },
    /// Part of the folder cannot be watched; the rest still is.
    Failed(Diagnostic),
}

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    /// Orders to the thread: what to watch too, and to end, and with it the system's watches.
    thread: std_mpsc::Sender<raw::Message>,
    ready: std_mpsc::Receiver<()>,
}

impl Watcher {
    /// Begins to watch `root` and the folders of `extra` (path dependencies outside of it).
    ///
    /// Returns at once; a thread lists the folders and reads the files, to know later what is only touched. From
    /// [`Self::wait_until_ready`] on no change is missed.
    ///
    /// # Errors
    /// Where the system gives neither watches nor a thread; a folder that can't be watched is reported as an event.
    pub fn start(root: &Path, extra: &[PathBuf], events: mpsc::Sender<WatchEvent>) -> Result<Self, Box<Diagnostic>> {
        let roots = roots(root, extra);
        let (sender, inbox) = std_mpsc::channel();
        let from_system = sender.clone();
        let handler = move |event| {
            let _ = from_system.send(raw::Message::System(Instant::now(), event));
        };
        let config = notify::Config::default().with_follow_symlinks(false);
        let system = notify::RecommendedWatcher::new(handler, config).map_err(|e| folders::not_watched(root, &e))?;
        let (tell, ready) = std_mpsc::channel();
        thread::Builder::new()
            .name("watch".into())
            .spawn(move || settle::run(&inbox, folders::Folders::new(system, roots), &tell, &events))
            .map_err(|e| folders::not_watched(root, &notify::Error::io(e)))?;
        Ok(Self { thread: sender, ready })
    }

    /// Watches these files too, and the files of these folders, wherever they lie and whatever git's rules say. What was
    /// added before stays.
    pub(crate) fn add(&self, inputs: Vec<PathBuf>) {
        // An error means that the thread has ended, and has said why.
        let _ = self.thread.send(raw::Message::Inputs(inputs));
    }

    /// Waits until every folder is watched.
    pub fn wait_until_ready(&self) {
        // An error means that the thread has said so before, or has ended.
        let _ = self.ready.recv();
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.thread.send(raw::Message::Stop);
    }
}

/// Canonical, and without those that lie in others.
fn roots(root: &Path, extra: &[PathBuf]) -> Vec<PathBuf> {
    let mut roots = vec![root.canonicalize().unwrap_or_else(|_| root.to_owned())];
    for folder in extra.iter().map(|e| e.canonicalize().unwrap_or_else(|_| e.clone())) {
        if !roots.iter().any(|r| folder.starts_with(r)) {
            roots.push(folder);
        }
    }
    roots
}
