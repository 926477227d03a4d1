//! Does what effects ask, on the stages, files and child processes; nothing here decides.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::mpsc;

use super::clipboard::{self, Tool};
use super::composer::Composer;
use super::effect::Effect;
use super::event::Event;
use super::grants;
use super::logs;
use super::new;
use super::session;
use super::source::Reading;
use super::stages::Stages;
use super::state::Options;
use super::trust_question::WhatRuns;
use super::user::{UserFile, UserFolder};
use super::wiring;
use super::wiring::edits::Edited;
use crate::build::{BuildEvent, Builder, existing, toolchain};
use crate::compose::Document;
use crate::discover;
use crate::files::{self, Kind, ReadError};
use crate::folders;
use crate::guard::{caught, guard};
use crate::highlight::{Highlighter, Painted};
use crate::model::auto_wire;
use crate::model::code::Text;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::project::{Project, Revision};
use crate::model::session::Session;
use crate::run::{self, Outcome, RunEvent, Runner};
use crate::trust;
use crate::watch::{WatchEvent, Watcher};

/// Events of one stage that may wait to be taken; a stage that is further ahead waits.
const WAITING: usize = 256;

pub struct Performer {
    builder: Builder,
    builds: mpsc::Receiver<BuildEvent>,
    runner: Option<Arc<Runner>>,
    root: PathBuf,
    run_events: mpsc::Sender<RunEvent>,
    runs: mpsc::Receiver<RunEvent>,
    /// Set by the job that starts it; reading a large folder takes a moment.
    watcher: Arc<Mutex<Option<Watcher>>>,
    watched: Option<(PathBuf, Vec<PathBuf>)>,
    watch_events: mpsc::Sender<WatchEvent>,
    watches: mpsc::Receiver<WatchEvent>,
    job_events: mpsc::Sender<Event>,
    jobs: mpsc::Receiver<Event>,
    composer: Arc<Composer>,
    highlighter: Arc<Highlighter>,
    /// How often places were to be kept, and which of these were written last.
    places: (u64, Arc<Mutex<u64>>),
    user: Option<UserFolder>,
    /// The last writing of the session.
    keeping: Option<tokio::task::JoinHandle<()>>,
}

impl Performer {
    /// Must be called inside a tokio runtime.
    pub fn new(options: &Options) -> anyhow::Result<Self> {
        let (build_events, builds) = mpsc::channel(WAITING);
        let (run_events, runs) = mpsc::channel(WAITING);
        let (watch_events, watches) = mpsc::channel(WAITING);
        let (job_events, jobs) = mpsc::channel(WAITING);
        Ok(Self {
            builder: Builder::new(build_events),
            builds,
            runner: None,
            root: options.root.clone(),
            run_events,
            runs,
            watcher: Arc::default(),
            watched: None,
            watch_events,
            watches,
            job_events,
            jobs,
            composer: Arc::default(),
            highlighter: Arc::default(),
            places: (0, Arc::default()),
            user: None,
            keeping: None,
        })
    }

    /// Tells of every change in the user's own folder from now on.
    pub fn watch_user(&mut self, folder: PathBuf, known: Vec<UserFile>) {
        let events = self.job_events.clone();
        self.user = UserFolder::watch(folder, known, move |event| events.blocking_send(event).is_ok());
    }

    /// Ends what runs and what builds, and waits until it is gone.
    pub async fn close(&mut self) {
        *lock(&self.watcher) = None;
        self.builder.cancel().await;
        if let Some(keeping) = self.keeping.take() {
            let _ = keeping.await;
        }
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
                lost(Diagnostic::broken_down(Origin::Project, "in the middle of its work", &panic))
            });
            // The session may have ended meanwhile: then nobody waits for it.
            let _ = events.blocking_send(event);
        });
    }

    /// An event that needs no work, in its turn.
    fn tell(&self, event: Event) {
        self.job(Event::WatchFailed, move || event);
    }

    /// Only ever the newest: jobs may overtake one another.
    fn keep_places(&mut self, root: PathBuf, trusted: bool, places: wiring::Places) {
        self.places.0 += 1;
        let (this, newest) = (self.places.0, Arc::clone(&self.places.1));
        let events = self.job_events.clone();
        tokio::task::spawn_blocking(move || {
            let mut newest = lock(&newest);
            if *newest > this {
                return;
            }
            *newest = this;
            if let Err(error) = wiring::places::save(&root, trusted, &places) {
                let text = format!("where nodes were put could not be kept: {error}");
                let _ = events.blocking_send(Event::WatchFailed(Diagnostic::warning(Origin::Project, text)));
            }
        });
    }

    /// One after the other.
    fn keep_session(&mut self, root: PathBuf, trusted: bool, session: Box<Session>) {
        let before = self.keeping.take();
        self.keeping = Some(tokio::spawn(async move {
            if let Some(before) = before {
                // What became of an older one matters no more.
                let _ = before.await;
            }
            let write = move || session::file::save(&root, trusted, &session);
            if let Ok(Err(error)) = tokio::task::spawn_blocking(write).await {
                tracing::warn!("{error}");
            }
        }));
    }

    fn watch(&mut self, root: PathBuf, also: Vec<PathBuf>) {
        let wanted = Some((root.clone(), also.clone()));
        if self.watched == wanted {
            return;
        }
        self.watched = wanted;
        let (watcher, watch_events) = (Arc::clone(&self.watcher), self.watch_events.clone());
        let job_events = self.job_events.clone();
        tokio::task::spawn_blocking(move || {
            let started = caught(|| Watcher::start(&root, &also, watch_events)).unwrap_or_else(|panic| {
                Err(Box::new(Diagnostic::broken_down(Origin::Project, "while watching this folder", &panic)))
            });
            match started {
                Ok(started) => *lock(&watcher) = Some(started),
                Err(problem) => {
                    let _ = job_events.blocking_send(Event::WatchFailed(*problem));
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
                    self.tell(Event::Run { event: RunEvent::Ended { generation, outcome }, at: Instant::now() });
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
            Effect::Discover { revision, root } => {
                let lost = move |problem| Event::NotDiscovered { revision, problem };
                self.job(lost, move || discovered(revision, &root));
            }
            Effect::Watch { root, also } => self.watch(root, also),
            Effect::InstallTarget(approval) => {
                let (events, root) = (self.job_events.clone(), self.root.clone());
                tokio::spawn(async move {
                    if approval.still_covers(&[]).is_err() {
                        let _ = events.send(Event::Installed(Err(not_allowed()))).await;
                        return;
                    }
                    let result = toolchain::install_target(&root, |line| {
                        // Progress for a person: a line that finds no room is not worth waiting for.
                        let _ = events.try_send(Event::Installing(line.to_owned()));
                    });
                    let result = result.await.map_err(|problem| *problem);
                    let _ = events.send(Event::Installed(result)).await;
                });
            }
            Effect::Build(request) => self.builder.request(request),
            Effect::CancelBuild => {
                let builder = self.builder.clone();
                tokio::spawn(async move { builder.cancel().await });
            }
            Effect::Compose(request) => {
                let composer = Arc::clone(&self.composer);
                self.job(Event::WatchFailed, move || Event::Composed(composer.compose(request)));
            }
            Effect::Outline(project) => {
                self.job(Event::WatchFailed, move || Event::Outlined(discover::outline(&project)));
            }
            Effect::Read(path) => {
                let of = path.clone();
                let lost = |problem: Diagnostic| Event::SourceRead { path: of, reading: Err(problem.message) };
                self.job(lost, move || {
                    let reading = read(&path);
                    Event::SourceRead { path, reading }
                });
            }
            Effect::Highlight { path, text, before, until } => {
                let (highlighter, events) = (Arc::clone(&self.highlighter), self.job_events.clone());
                tokio::task::spawn_blocking(move || {
                    // What cannot be painted is read without colours.
                    let paint = |before: Option<&Painted>, until| {
                        guard(|| highlighter.paint(&path, &text, before, until)).flatten().map(Arc::new)
                    };
                    let Some(start) = paint(before.as_deref(), until) else { return };
                    let event = Event::Highlighted { path: path.clone(), painted: Arc::clone(&start) };
                    if events.blocking_send(event).is_ok()
                        && !start.is_whole()
                        && let Some(whole) = paint(Some(&start), usize::MAX)
                    {
                        // The session may have ended meanwhile: then nobody waits for it.
                        let _ = events.blocking_send(Event::Highlighted { path: path.clone(), painted: whole });
                    }
                });
            }
            Effect::Make { template, folder } => {
                let made = |made| Event::Made { made, at: Instant::now() };
                let lost = move |problem: Diagnostic| made(Err(problem.message));
                self.job(lost, move || made(new::made(template, &folder)));
            }
            Effect::LayOut { before, graph, unfolded } => {
                self.job(Event::WatchFailed, move || Event::LaidOut(Box::new(before.following(&graph, &unfolded))));
            }
            Effect::EditComposition(request) => {
                let (path, task) = (request.path.clone(), request.task.clone());
                let edited = |edited| Event::Edited { edited: Box::new(edited), at: Instant::now() };
                let lost = move |problem: Diagnostic| edited(Edited::failed(path, task, problem.message));
                self.job(lost, move || edited(wiring::make::make(*request)));
            }
            Effect::PlanWires(graph) => self.job(Event::WatchFailed, move || {
                let plan = auto_wire::plan(&graph);
                Event::Planned { of: graph, plan, at: Instant::now() }
            }),
            Effect::ReadPlaces { root, trusted } => {
                self.job(Event::WatchFailed, move || Event::PlacesRead(wiring::places::load(&root, trusted)));
            }
            Effect::KeepPlaces { root, trusted, places } => self.keep_places(root, trusted, places),
            Effect::Explain(request) => self.job(Event::WatchFailed, move || {
                let explanation = wiring::explain::explained(*request).map(Box::new);
                Event::Explained { explanation, at: Instant::now() }
            }),
            Effect::Unmend(root) => {
                let done = |result| Event::Unmended { result, at: Instant::now() };
                let lost = move |problem: Diagnostic| done(Err(problem.message));
                self.job(lost, move || done(wiring::explain::unmend(&root)));
            }
            Effect::Mend(request) => {
                let what = request.what.clone();
                let done = move |result| Event::Mended { what, result, at: Instant::now() };
                let of_panic = done.clone();
                let lost = |problem: Diagnostic| of_panic(Err(problem.message));
                self.job(lost, move || done(wiring::explain::mend(&request)));
            }
            Effect::Reread { paths, first, at } => self.job(Event::WatchFailed, move || {
                let texts = paths.into_iter().map(|path| (files::text(&path, Kind::Composition).ok(), path));
                Event::Reread { texts: texts.map(|(text, path)| (path, text)).collect(), first, at }
            }),
            Effect::Run(request) => self.run(*request),
            Effect::Grant(grants) => {
                if let Some(runner) = &self.runner {
                    runner.grant(grants);
                }
            }
            Effect::SaveTheme(name) => {
                if let Err(error) = super::themes::save(folders::config().as_deref(), &name) {
                    let problem = Diagnostic::warning(Origin::Project, error);
                    self.tell(Event::WatchFailed(problem));
                }
            }
            Effect::KeepSession { root, trusted, session } => self.keep_session(root, trusted, session),
            Effect::CopyNative { text, alone } => {
                let events = self.job_events.clone();
                tokio::spawn(async move {
                    let copied = match Tool::here() {
                        Some(tool) => tool.copy(&text).await,
                        None if alone => Err(clipboard::NO_PROGRAM.to_owned()),
                        None => Ok(()),
                    };
                    match copied {
                        Err(reason) if alone => {
                            let _ = events.send(Event::NotCopied { reason, at: Instant::now() }).await;
                        }
                        Err(reason) => tracing::warn!("{reason}"),
                        Ok(()) => {}
                    }
                });
            }
            Effect::Export { path, lines, utc_offset } => {
                let of = path.clone();
                let lost = |problem: Diagnostic| Event::Exported {
                    path: of,
                    result: Err(problem.message),
                    at: Instant::now(),
                };
                self.job(lost, move || {
                    let written = logs::select::write(&path, &lines, utc_offset);
                    let result = written.map(|()| lines.len()).map_err(|error| error.to_string());
                    Event::Exported { path, result, at: Instant::now() }
                });
            }
            Effect::ChangeGrants(change) => {
                let done = |outcome| Event::GrantsChanged { outcome, at: Instant::now() };
                let lost = move |problem: Diagnostic| done(Err(problem.message));
                self.job(lost, move || done(grants::change(&change)));
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
                    if let Err(error) = trust::remember(&approval) {
                        let text = format!("the trust could not be remembered: {error}");
                        let _ = events.blocking_send(Event::WatchFailed(Diagnostic::warning(Origin::Project, text)));
                    }
                });
            }
            // The terminal loop does these itself; without a terminal they mean nothing.
            Effect::Edit { .. } | Effect::Copy(_) | Effect::Suspend | Effect::Quit => {}
        }
    }
}

/// What a lock guards stays whole whoever panicked while holding it: it is only ever replaced.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read(path: &Path) -> Reading {
    let bytes = files::read(path, Kind::Source).map_err(|error| match error {
        ReadError::NotAFile("a folder") => "This is a folder.".to_owned(),
        ReadError::TooLarge(_) => "It is too large to be shown here; e opens it in your editor.".to_owned(),
        error if error.is_missing() => "This file is gone.".to_owned(),
        error => format!("It cannot be read: {error}."),
    })?;
    if bytes.contains(&0) {
        return Err("It holds no text.".into());
    }
    Ok(Arc::new(Text::new(&String::from_utf8_lossy(&bytes))))
}

fn from_watch(event: WatchEvent) -> Event {
    match event {
        WatchEvent::Changed { paths, first, .. } => Event::Changed { paths, first, at: Instant::now() },
        WatchEvent::Failed(problem) => Event::WatchFailed(problem),
    }
}

fn discovered(revision: Revision, root: &Path) -> Event {
    match discover::discover(root) {
        Ok(mut project) => {
            let documents = documents(&project);
            let (artifacts, broken) = existing::artifacts(&project);
            project.problems.extend(broken);
            let survey = trust::survey(&project.root, &project.components, &project.settings.grants);
            let what_runs = WhatRuns { recorded: trust::recorded(&project.root), survey: Arc::new(survey) };
            Event::Discovered { revision, project: Arc::new(project), what_runs, documents, artifacts }
        }
        Err(error) => Event::NotDiscovered { revision, problem: Diagnostic::error(Origin::Project, error.to_string()) },
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::Session;

    #[tokio::test]
    async fn a_job_that_panics_still_answers_and_the_next_one_is_done() {
        let mut performer = Performer::new(&Session::new(true).state.options).unwrap();
        let revision = Revision(7);
        performer.job(move |problem| Event::NotDiscovered { revision, problem }, || panic!("in the job\nof a test"));
        let Event::NotDiscovered { revision, problem } = performer.next().await else { panic!("another event") };
        assert_eq!(revision, Revision(7));
        assert!(problem.message.contains("in the job") && !problem.message.contains('\n'), "{}", problem.message);
        performer.tell(Event::Terminate);
        assert!(matches!(performer.next().await, Event::Terminate));
        performer.close().await;
    }
}
