//! Does what the screen's effects ask of files and programs; the application's are passed on.

pub(crate) mod clipboard;
pub(crate) mod picture;
pub(crate) mod session_file;
pub(crate) mod theme;
pub(crate) mod user;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use tokio::sync::mpsc;

use crate::app::edit::composition::Edited;
use crate::app::edit::{composition, grants};
use crate::app::event::Event as AppEvent;
use crate::app::jobs::{Performer, WAITING};
use crate::app::stages::Stages;
use crate::app::state::Options;
use crate::discover;
use crate::files;
use crate::files::{Kind, ReadError};
use crate::folders;
use crate::guard::{caught, guard};
use crate::highlight::{Highlighter, Painted};
use crate::model::code::Text;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::session::Session;
use crate::tui::effect::Effect;
use crate::tui::event::Event;
use crate::tui::jobs::clipboard::Tool;
use crate::tui::jobs::user::{UserFile, UserFolder};
use crate::tui::overlay::{explanation, new};
use crate::tui::pane::graph::wiring;
use crate::tui::pane::output::logs;
use crate::tui::pane::source::Reading;
use crate::tui::svg;
use crate::wac::auto_wire;

pub(crate) struct ScreenJobs {
    app: Performer,
    events: mpsc::Sender<Event>,
    done: mpsc::Receiver<Event>,
    highlighter: Arc<Highlighter>,
    /// How often places were to be kept, and which of these were written last.
    places: (u64, Arc<Mutex<u64>>),
    user: Option<UserFolder>,
    /// The last writing of the session.
    keeping: Option<tokio::task::JoinHandle<()>>,
}

impl ScreenJobs {
    /// Must be called inside a tokio runtime.
    pub(crate) fn new(options: &Options) -> Self {
        let (events, done) = mpsc::channel(WAITING);
        Self {
            app: Performer::new(options),
            events,
            done,
            highlighter: Arc::default(),
            places: (0, Arc::default()),
            user: None,
            keeping: None,
        }
    }

    /// Tells of every change in the user's own folder from now on.
    pub(crate) fn watch_user(&mut self, folder: PathBuf, known: Vec<UserFile>) {
        let events = self.events.clone();
        self.user = UserFolder::watch(folder, known, move |event| events.blocking_send(event).is_ok());
    }

    /// Ends what runs and what builds, and waits until it is gone.
    pub(crate) async fn close(&mut self) {
        if let Some(keeping) = self.keeping.take() {
            let _ = keeping.await;
        }
        self.app.close().await;
    }

    /// Work that takes longer than a moment, off the loop; its event comes when it is done, and that of `lost` where it
    /// panics: whoever waits is answered.
    fn job(
        &self,
        lost: impl FnOnce(Diagnostic) -> Event + Send + 'static,
        work: impl FnOnce() -> Event + Send + 'static,
    ) {
        let events = self.events.clone();
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
        self.job(lost, move || event);
    }

    /// Only ever the newest: jobs may overtake one another.
    fn keep_places(&mut self, root: PathBuf, trusted: bool, places: wiring::Places) {
        self.places.0 += 1;
        let (this, newest) = (self.places.0, Arc::clone(&self.places.1));
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let mut newest = newest.lock();
            if *newest > this {
                return;
            }
            *newest = this;
            if let Err(error) = wiring::places::save(&root, trusted, &places) {
                let text = format!("the positions of nodes could not be saved: {error}");
                let _ = events.blocking_send(lost(Diagnostic::warning(Origin::Project, text)));
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
            let write = move || session_file::save(&root, trusted, &session);
            if let Ok(Err(error)) = tokio::task::spawn_blocking(write).await {
                tracing::warn!("{error}");
            }
        }));
    }
}

/// A panic of a job that nobody waits for is a problem of the project.
fn lost(problem: Diagnostic) -> Event {
    Event::App(AppEvent::Problem(problem))
}

impl Stages for ScreenJobs {
    type Event = Event;
    type Effect = Effect;

    async fn next(&mut self) -> Event {
        // The sender lives in `self`: the channel cannot be closed.
        tokio::select! {
            biased;
            event = self.app.next() => Event::App(event),
            Some(event) = self.done.recv() => event,
        }
    }

    fn try_next(&mut self) -> Option<Event> {
        self.app.try_next().map(Event::App).or_else(|| self.done.try_recv().ok())
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::App(effect) => self.app.perform(effect),
            Effect::Outline(project) => {
                self.job(lost, move || Event::Outlined(discover::outline(&project)));
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
                let (highlighter, events) = (Arc::clone(&self.highlighter), self.events.clone());
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
            Effect::LayOut { before, graph, unfolded, wish } => {
                self.job(lost, move || Event::LaidOut(Box::new(before.following(&graph, &unfolded, wish))));
            }
            Effect::EditComposition(request) => {
                let (path, task) = (request.path.clone(), request.task.clone());
                let edited = |edited| Event::Edited { edited: Box::new(edited), at: Instant::now() };
                let lost = move |problem: Diagnostic| edited(Edited::failed(path, task, problem.message));
                self.job(lost, move || edited(composition::make(*request)));
            }
            Effect::PlanWires(graph) => self.job(lost, move || {
                let plan = auto_wire::plan(&graph);
                Event::Planned { of: graph, plan, at: Instant::now() }
            }),
            Effect::ReadPlaces { root, trusted } => {
                self.job(lost, move || Event::PlacesRead(wiring::places::load(&root, trusted)));
            }
            Effect::KeepPlaces { root, trusted, places } => self.keep_places(root, trusted, places),
            Effect::Explain(request) => self.job(lost, move || {
                let explanation = explanation::explained(*request).map(Box::new);
                Event::Explained { explanation, at: Instant::now() }
            }),
            Effect::RevertFix(root) => {
                let done = |result| Event::FixReverted { result, at: Instant::now() };
                let lost = move |problem: Diagnostic| done(Err(problem.message));
                self.job(lost, move || done(explanation::revert_fix(&root)));
            }
            Effect::FixAction(request) => {
                let what = request.what.clone();
                let done = move |result| Event::FixApplied { what, result, at: Instant::now() };
                let of_panic = done.clone();
                let lost = |problem: Diagnostic| of_panic(Err(problem.message));
                self.job(lost, move || done(explanation::apply_fix(&request)));
            }
            Effect::Reread { paths, edited, first, at } => self.job(lost, move || {
                let texts = paths.into_iter().map(|path| (files::text(&path, Kind::Composition).ok(), path));
                Event::Reread { texts: texts.map(|(text, path)| (path, text)).collect(), edited, first, at }
            }),
            Effect::SaveTheme(name) => {
                if let Err(error) = theme::save(folders::config().as_deref(), &name) {
                    let problem = Diagnostic::warning(Origin::Project, error);
                    self.send(Event::App(AppEvent::Problem(problem)));
                }
            }
            Effect::KeepSession { root, trusted, session } => self.keep_session(root, trusted, session),
            Effect::CopyNative { text, alone } => {
                let events = self.events.clone();
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
            Effect::Export { path, lines, zone } => {
                let of = path.clone();
                let lost = |problem: Diagnostic| Event::Exported {
                    path: of,
                    result: Err(problem.message),
                    at: Instant::now(),
                };
                self.job(lost, move || {
                    let written = logs::select::write(&path, &lines, &zone);
                    let result = written.map(|()| lines.len()).map_err(|error| error.to_string());
                    Event::Exported { path, result, at: Instant::now() }
                });
            }
            Effect::SavePicture { folder, buffer, colours, title } => {
                let done = |result| Event::PictureSaved { result, at: Instant::now() };
                let lost = move |problem: Diagnostic| done(Err(problem.message));
                self.job(lost, move || {
                    let saved = picture::save(&folder, &svg::picture(&buffer, &colours, &title));
                    done(saved.map_err(|error| error.to_string()))
                });
            }
            Effect::ChangeGrants(change) => {
                let done = |outcome| Event::GrantsChanged { outcome, at: Instant::now() };
                let lost = move |problem: Diagnostic| done(Err(problem.message));
                self.job(lost, move || done(grants::change(&change)));
            }
            // The terminal loop does these itself.
            Effect::Edit { .. } | Effect::Copy(_) | Effect::Suspend => {}
        }
    }
}

fn read(path: &Path) -> Reading {
    let bytes = files::read(path, Kind::Source).map_err(|error| match error {
        ReadError::NotAFile("a folder") => "This is a folder.".to_owned(),
        ReadError::TooLarge(_) => "It is too large to be shown here; e opens it in your editor.".to_owned(),
        error if error.is_missing() => "This file no longer exists.".to_owned(),
        error => format!("It cannot be read: {error}."),
    })?;
    if bytes.contains(&0) {
        return Err("It is not a text file.".into());
    }
    Ok(Arc::new(Text::new(&String::from_utf8_lossy(&bytes))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::fixture::Session;

    #[tokio::test]
    async fn a_job_that_panics_still_answers_and_the_next_one_is_done() {
        let mut jobs = ScreenJobs::new(&Session::new(true).state.app.options);
        jobs.job(lost, || panic!("in the job\nof a test"));
        let Event::App(AppEvent::Problem(problem)) = jobs.next().await else { panic!("another event") };
        assert!(problem.message.contains("in the job") && !problem.message.contains('\n'), "{}", problem.message);
        jobs.send(Event::App(AppEvent::Terminate));
        assert!(matches!(jobs.next().await, Event::App(AppEvent::Terminate)));
        jobs.close().await;
    }
}
