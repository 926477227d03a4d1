//! Does what the application's effects ask, on the stages and child processes; nothing here decides.

pub(crate) mod composer;
mod configuration;
mod ledger;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use tokio::sync::mpsc;

use crate::app::effect::Effect;
use crate::app::event::Event;
use crate::app::jobs::composer::Composer;
use crate::app::jobs::ledger::LedgerFile;
use crate::app::loops::Later;
use crate::app::stages::Stages;
use crate::app::state::Options;
use crate::app::trust_question::WhatRuns;
use crate::build::{BuildEvent, Builder, existing, toolchain};
use crate::compose::Document;
use crate::discover;
use crate::files;
use crate::files::Kind;
use crate::folders;
use crate::guard::caught;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::project::{Project, Revision};
use crate::run;
use crate::run::{Outcome, RunEvent, Runner};
use crate::trust;
use crate::watch::{WatchEvent, Watcher};

/// Events of one stage that may wait to be taken; a stage that is further ahead waits.
pub(crate) const WAITING: usize = 256;

pub(crate) struct Performer {
    builder: Builder,
    builds: mpsc::Receiver<BuildEvent>,
    runner: Option<Arc<Runner>>,
    root: PathBuf,
    run_events: mpsc::Sender<RunEvent>,
    runs: mpsc::Receiver<RunEvent>,
    /// Set by the job that starts it; reading a large folder takes a moment.
    watcher: Arc<Mutex<Option<Watcher>>>,
    watched: Option<(PathBuf, Vec<PathBuf>)>,
    /// What is watched besides.
    inputs: BTreeSet<PathBuf>,
    watch_events: mpsc::Sender<WatchEvent>,
    watches: mpsc::Receiver<WatchEvent>,
    job_events: mpsc::Sender<Event>,
    jobs: mpsc::Receiver<Event>,
    ledger: LedgerFile,
    composer: Arc<Composer>,
}

impl Performer {
    /// Must be called inside a tokio runtime.
    pub(crate) fn new(options: &Options) -> Self {
        let (build_events, builds) = mpsc::channel(WAITING);
        let (run_events, runs) = mpsc::channel(WAITING);
        let (watch_events, watches) = mpsc::channel(WAITING);
        let (job_events, jobs) = mpsc::channel(WAITING);
        Self {
            builder: Builder::new(build_events),
            builds,
            runner: None,
            root: options.root.clone(),
            run_events,
            runs,
            watcher: Arc::default(),
            watched: None,
            inputs: BTreeSet::new(),
            watch_events,
            watches,
            job_events,
            jobs,
            ledger: LedgerFile::default(),
            composer: Arc::default(),
        }
    }

    /// Ends what runs and what builds, and waits until it is gone.
    pub(crate) async fn close(&mut self) {
        *self.watcher.lock() = None;
        self.builder.cancel().await;
        if let Some(runner) = &self.runner {
            runner.stop().await;
        }
    }

    /// Work that takes longer than a moment, off the loop; its event comes when it is done, and [`lost`]'s where it
    /// panics: whoever waits is answered.
    fn job(
        &self,
        lost: impl FnOnce(Diagnostic) -> Event + Send + 'static,
        work: impl FnOnce() -> Event + Send + 'static,
    ) {
        let events = self.job_events.clone();
        tokio::task::spawn_blocking(move || {
            let event = caught(work).unwrap_or_else(|panic| {
                tracing::error!("a job panicked: {panic}");
                lost(Diagnostic::broken_down(Origin::Project, "in a background job", &panic))
            });
            // The session may have ended meanwhile: then nobody waits for it.
            let _ = events.blocking_send(event);
        });
    }

    /// An event that needs no work, in its turn.
    fn send(&self, event: Event) {
        self.job(Event::Problem, move || event);
    }

    fn watch(&mut self, root: PathBuf, also: Vec<PathBuf>, inputs: &[PathBuf]) {
        let wanted = Some((root.clone(), also.clone()));
        let new: Vec<PathBuf> = inputs.iter().filter(|input| !self.inputs.contains(*input)).cloned().collect();
        self.inputs.extend(new.iter().cloned());
        if self.watched == wanted {
            let watcher = Arc::clone(&self.watcher);
            if !new.is_empty() {
                // One that is being started holds the lock until it is there.
                tokio::task::spawn_blocking(move || {
                    if let Some(watcher) = &*watcher.lock() {
                        watcher.add(new);
                    }
                });
            }
            return;
        }
        self.watched = wanted;
        let inputs: Vec<PathBuf> = self.inputs.iter().cloned().collect();
        let (watcher, watch_events) = (Arc::clone(&self.watcher), self.watch_events.clone());
        let job_events = self.job_events.clone();
        tokio::task::spawn_blocking(move || {
            let mut watcher = watcher.lock();
            let started = caught(|| Watcher::start(&root, &also, watch_events)).unwrap_or_else(|panic| {
                Err(Box::new(Diagnostic::broken_down(Origin::Project, "while watching this folder", &panic)))
            });
            match started {
                Ok(started) => {
                    started.add(inputs);
                    *watcher = Some(started);
                }
                Err(problem) => {
                    let _ = job_events.blocking_send(Event::Problem(*problem));
                }
            }
        });
    }

    fn run(&mut self, request: crate::run::RunRequest) {
        if self.runner.is_none() {
            let options = run::Options { cache: folders::cache(), root: Some(self.root.clone()) };
            match Runner::new(options, self.run_events.clone()) {
                Ok(runner) => self.runner = Some(Arc::new(runner)),
                Err(error) => {
                    let problem = Diagnostic::error(Origin::Run, error.to_string());
                    let (generation, outcome) = (request.generation, Outcome::Refused(problem));
                    self.send(Event::Run { event: RunEvent::Ended { generation, outcome }, at: Instant::now() });
                    return;
                }
            }
        }
        if let Some(runner) = &self.runner {
            runner.start(request);
        }
    }
}

impl Stages for Performer {
    type Event = Event;
    type Effect = Effect;

    async fn next(&mut self) -> Event {
        // The senders live in `self`: no channel can be closed.
        tokio::select! {
            biased;
            Some(event) = self.watches.recv() => from_watch(event),
            Some(event) = self.builds.recv() => Event::Build { event, at: Instant::now() },
            Some(event) = self.jobs.recv() => event,
            Some(event) = self.runs.recv() => Event::Run { event, at: Instant::now() },
            else => Event::Terminate,
        }
    }

    fn try_next(&mut self) -> Option<Event> {
        if let Ok(event) = self.watches.try_recv() {
            return Some(from_watch(event));
        }
        if let Ok(event) = self.builds.try_recv() {
            return Some(Event::Build { event, at: Instant::now() });
        }
        if let Ok(event) = self.jobs.try_recv() {
            return Some(event);
        }
        self.runs.try_recv().ok().map(|event| Event::Run { event, at: Instant::now() })
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Discover { revision, root, last_good } => {
                let lost = move |problem| Event::NotDiscovered { revision, problem };
                self.job(lost, move || discovered(revision, &root, last_good.as_ref()));
            }
            Effect::Watch { root, also, inputs } => self.watch(root, also, &inputs),
            Effect::Pause(Later { file, pause }) => {
                let events = self.job_events.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(pause).await;
                    let _ = events.send(Event::PauseEnded { file, at: Instant::now() }).await;
                });
            }
            Effect::InstallTarget(approval, folders) => {
                let events = self.job_events.clone();
                tokio::spawn(async move {
                    if trust::look_again(&approval, &[]).is_err() {
                        let _ = events.send(Event::Installed(Err(not_allowed()))).await;
                        return;
                    }
                    let said = |line: &str| {
                        // Progress for a person: a line that finds no room is not worth waiting for.
                        let _ = events.try_send(Event::Installing(line.to_owned()));
                    };
                    let result = install_where_missing(&folders, said).await.map_err(|problem| *problem);
                    let _ = events.send(Event::Installed(result)).await;
                });
            }
            Effect::Build(request) => self.builder.request(request),
            Effect::KeepLedger { root, ledger } => self.ledger.keep(root, ledger),
            Effect::CancelBuild => {
                let builder = self.builder.clone();
                tokio::spawn(async move { builder.cancel().await });
            }
            Effect::Compose(request) => {
                let composer = Arc::clone(&self.composer);
                self.job(Event::Problem, move || Event::Composed(composer.compose(request)));
            }
            Effect::Run(request) => self.run(*request),
            Effect::Grant(grants) => {
                if let Some(runner) = &self.runner {
                    runner.grant(grants);
                }
            }
            Effect::TypeInput(text) => {
                if let Some(runner) = &self.runner {
                    runner.type_in(text.as_deref());
                }
            }
            Effect::StopRun => {
                if let Some(runner) = self.runner.clone() {
                    tokio::spawn(async move { runner.stop().await });
                }
            }
            Effect::Trust(approval) => {
                let events = self.job_events.clone();
                // Waits for whoever changes the list just now.
                tokio::task::spawn_blocking(move || {
                    let event = match trust::remember(&approval) {
                        Ok(()) => Event::Remembered(*approval),
                        Err(error) => {
                            let text = format!("trust could not be saved: {error}");
                            Event::Problem(Diagnostic::warning(Origin::Project, text))
                        }
                    };
                    let _ = events.blocking_send(event);
                });
            }
            Effect::RememberRights(survey) => {
                tokio::task::spawn_blocking(move || {
                    if let Err(error) = trust::remember_rights(&survey) {
                        tracing::warn!("an edit of studio.toml is not remembered: {error}");
                    }
                });
            }
            // Whoever drives the loop ends it.
            Effect::Quit => {}
        }
    }
}

fn from_watch(event: WatchEvent) -> Event {
    match event {
        WatchEvent::Changed { paths, first, .. } => Event::Changed { paths, first, at: Instant::now() },
        WatchEvent::Failed(problem) => Event::Problem(problem),
    }
}

fn discovered(revision: Revision, root: &Path, last_good: Option<&Arc<str>>) -> Event {
    match discover::discover_again(root, last_good) {
        Ok(mut project) => {
            let documents = documents(&project);
            let (artifacts, broken) = existing::artifacts(&project);
            discover::leave_out(&mut project, broken);
            project.configuration = configuration::outside(&project);
            let survey = trust::survey(&project.root, &project.components, &project.settings);
            let what_runs = WhatRuns { recorded: trust::recorded(&project.root), survey: Arc::new(survey) };
            Event::Discovered { revision, project: Arc::new(project), what_runs, documents, artifacts }
        }
        Err(error) => Event::NotDiscovered { revision, problem: Diagnostic::error(Origin::Project, error.to_string()) },
    }
}

/// Adds the target to the toolchain of each folder that lacks it.
async fn install_where_missing(folders: &[PathBuf], mut said: impl FnMut(&str)) -> Result<(), Box<Diagnostic>> {
    for folder in folders {
        match toolchain::missing(folder).await {
            Some(missing) if missing.can_install() => toolchain::install_target(folder, &mut said).await?,
            Some(missing) => return Err(Box::new(missing.diagnostic())),
            None => {}
        }
    }
    Ok(())
}

fn not_allowed() -> Diagnostic {
    Diagnostic::error(Origin::Toolchain, "the target was not installed: what runs in this folder has changed")
        .help("save a file of it to have it looked at again")
}

/// The text of every `.wac`; one that cannot be read was told as a problem by discovery.
fn documents(project: &Project) -> Vec<Document> {
    project
        .compositions
        .iter()
        .filter_map(|path| {
            let text = files::text(path, Kind::Composition).ok()?;
            Some(Document { path: Some(project.relative(path).to_owned()), text })
        })
        .collect()
}
