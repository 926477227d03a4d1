//! Requests in, one at a time: a newer one waits for the running one to end, together with what else waits.
//!
//! Waiting rather than killing, because a cargo killed on every keystroke's save never finishes its first build.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;

use futures::FutureExt as _;
use tokio::sync::{mpsc, oneshot, watch};

use crate::build::job::Job;
use crate::build::{BuildEvent, BuildRequest, bindings};
use crate::guard::Panicked;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::phases::Phases;

/// The build stage. Dropping it ends what it runs.
#[derive(Clone, Debug)]
pub struct Builder {
    commands: mpsc::UnboundedSender<Command>,
}

#[derive(Debug)]
enum Command {
    Build(Box<BuildRequest>),
    Cancel(oneshot::Sender<()>),
}

impl Builder {
    /// Starts the stage; must be called within a tokio runtime.
    pub fn new(events: mpsc::Sender<BuildEvent>) -> Self {
        let (commands, inbox) = mpsc::unbounded_channel();
        tokio::spawn(Queue { inbox, events, waiting: VecDeque::new(), bindings: Arc::default() }.run());
        Self { commands }
    }

    /// Asks for a build. It ends with one `Finished`, `Cancelled` or `NotAllowed` of its revision.
    pub fn request(&self, request: BuildRequest) {
        let _ = self.commands.send(Command::Build(Box::new(request)));
    }

    /// Stops the running build and forgets the waiting ones; returns when nothing of them runs any more.
    pub async fn cancel(&self) {
        let (done, ended) = oneshot::channel();
        if self.commands.send(Command::Cancel(done)).is_ok() {
            let _ = ended.await;
        }
    }
}

/// One request; a panic in it fails what it was to build, and the queue goes on.
async fn carried_out(
    request: BuildRequest,
    events: mpsc::Sender<BuildEvent>,
    stopped: watch::Receiver<bool>,
    bindings: Arc<bindings::Known>,
) {
    let (revision, components) = (request.revision, request.components.clone());
    let job = Job::new(request, events.clone(), stopped, bindings).run();
    let Err(panic) = AssertUnwindSafe(job).catch_unwind().await else { return };
    let diagnostic = Diagnostic::broken_down(Origin::Project, "in the middle of a build", &Panicked::of(&*panic));
    let _ = events.send(BuildEvent::Diagnostic { revision, diagnostic }).await;
    for component in components.into_iter().map(|c| c.name) {
        let _ = events.send(BuildEvent::Failed { revision, component }).await;
    }
    let _ = events.send(BuildEvent::Finished { revision, ok: false, phases: Phases::default() }).await;
}

struct Queue {
    inbox: mpsc::UnboundedReceiver<Command>,
    events: mpsc::Sender<BuildEvent>,
    waiting: VecDeque<BuildRequest>,
    bindings: Arc<bindings::Known>,
}

impl Queue {
    async fn run(mut self) {
        loop {
            // What was asked for in the same moment is built in one go.
            while let Ok(command) = self.inbox.try_recv() {
                self.idle(command).await;
            }
            match self.waiting.pop_front() {
                Some(request) => {
                    if !self.work(request).await {
                        return;
                    }
                }
                None => match self.inbox.recv().await {
                    Some(command) => self.idle(command).await,
                    None => return,
                },
            }
        }
    }

    async fn idle(&mut self, command: Command) {
        match command {
            Command::Build(request) => self.enqueue(*request).await,
            Command::Cancel(done) => {
                self.forget().await;
                let _ = done.send(());
            }
        }
    }

    /// Carries out one request while listening for more; false when the builder is gone.
    async fn work(&mut self, request: BuildRequest) -> bool {
        let (stop, stopped) = watch::channel(false);
        let mut job = pin!(carried_out(request, self.events.clone(), stopped, Arc::clone(&self.bindings)));
        loop {
            tokio::select! {
                () = &mut job => return true,
                command = self.inbox.recv() => match command {
                    Some(Command::Build(request)) => self.enqueue(*request).await,
                    Some(Command::Cancel(done)) => {
                        let _ = stop.send(true);
                        job.await;
                        self.forget().await;
                        let _ = done.send(());
                        return true;
                    }
                    None => {
                        let _ = stop.send(true);
                        job.await;
                        return false;
                    }
                },
            }
        }
    }

    /// Waits in line; what waits already for the same folder and profile becomes part of it.
    async fn enqueue(&mut self, mut request: BuildRequest) {
        let same = |w: &BuildRequest| w.root == request.root && w.profile == request.profile;
        if let Some(at) = self.waiting.iter().position(same)
            && let Some(older) = self.waiting.remove(at)
        {
            let revision = older.revision;
            for component in older.components {
                // The newer request knows better how a component is made.
                if !request.components.iter().any(|c| c.name == component.name) {
                    request.components.push(component);
                }
            }
            let (asked, beside) = (&request.components, &mut request.beside);
            beside.retain(|b| !asked.iter().any(|c| c.name == b.name));
            self.send(BuildEvent::Cancelled { revision }).await;
        }
        self.waiting.push_back(request);
    }

    async fn forget(&mut self) {
        for request in std::mem::take(&mut self.waiting) {
            self.send(BuildEvent::Cancelled { revision: request.revision }).await;
        }
    }

    async fn send(&self, event: BuildEvent) {
        let _ = self.events.send(event).await;
    }
}
