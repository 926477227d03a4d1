//! The loop with a terminal: everything that happened is taken in, effects are started, one frame is drawn.
//!
//! Keys are answered at once, news of the stages at 60 frames a second at most, and while nothing happens nothing wakes.

use crate::tui::jobs::session_file;
use std::collections::VecDeque;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context as _;
use jiff::tz::TimeZone;

use crate::app::event::Event as AppEvent;
use crate::app::pipeline;
use crate::app::runtime;
use crate::app::stages::Stages;
use crate::app::state::Options;
use crate::app::trust_question::Start;
use crate::folders;
use crate::look::Look;
use crate::model::session::Session;
use crate::trust::absolute_path;
use crate::tui::effect::{Effect, of_app};
use crate::tui::event::{Event, Input};
use crate::tui::hit::HitMap;
use crate::tui::jobs::ScreenJobs;
use crate::tui::jobs::clipboard::Clipboard;
use crate::tui::jobs::user;
use crate::tui::overlay::themes;
use crate::tui::screen as ui;
use crate::tui::session;
use crate::tui::state::State;
use crate::tui::terminal as tty;
use crate::tui::terminal::editor;
use crate::tui::terminal::{ConsoleEvent, Terminal};
use crate::tui::update::update;

/// The shortest time between two frames that no key asked for.
const FRAME: Duration = Duration::from_millis(16);

/// What counts seconds shows tenths of them, or, where nothing is to move, whole ones.
const TENTH: Duration = Duration::from_millis(100);
const SECOND: Duration = Duration::from_secs(1);

/// So long after a key the session is written: whatever ends us takes no more with it.
const KEPT_AFTER: Duration = Duration::from_millis(700);

/// The longest that news are taken in without looking at the clock for a frame: a flood never ends by itself.
const TURN: Duration = Duration::from_millis(2);

/// So much of what was typed before a question was on the screen is kept apart.
const EARLY: usize = 4096;

/// The same while a key waits for its frame.
const HURRY: Duration = Duration::from_micros(500);

/// Opens the folder in the terminal and stays until the user leaves; a project made meanwhile is opened next.
///
/// # Errors
/// Where the terminal or the stages cannot be set up. A terminal that is lost ends it, as [`tty::ended_by`] says.
pub(crate) fn run(mut options: Options) -> anyhow::Result<()> {
    while let Some(next) = open(options.clone())?.filter(|_| tty::ended_by().is_none()) {
        // What was asked for on the command line was about the first folder.
        options = Options { root: next, entry: None, args: Vec::new(), prebuilt: None, ..options };
    }
    Ok(())
}

/// One folder's session; returns the one to be opened after it.
fn open(options: Options) -> anyhow::Result<Option<PathBuf>> {
    let look = Look::detect(|name| std::env::var(name).ok(), false);
    let runtime = runtime::start()?;
    let start = Start::at(&options.root, false);
    let mut state = State::new(options, start, (Instant::now(), SystemTime::now()));
    state.view.look = look;
    state.view.zone = TimeZone::system().into();
    state.view.temporary = std::env::temp_dir();
    let folder = folders::config();
    let files = folder.as_deref().map(user::read).unwrap_or_default();
    for file in &files {
        user::changed(&mut state, file);
    }
    let left = session_file::load(&state.app.options.root, state.app.trusted).unwrap_or_else(|error| {
        state.app.user_problems.push(error.problem());
        Session::default()
    });
    let resumed = session::resume(&mut state, left);
    let ended = runtime.block_on(async {
        let mut terminal = Terminal::enter().context("cannot set up the terminal")?;
        let mut stages = ScreenJobs::new(&state.app.options);
        if let Some(folder) = folder {
            stages.watch_user(folder, files);
        }
        for effect in resumed {
            stages.perform(effect);
        }
        let ended = drive(&mut state, &mut terminal, &mut stages).await;
        drop(terminal);
        stages.perform(kept(&state, session::taken(&state)));
        stages.close().await;
        if let Err(error) = ended {
            // Nobody sits there any more who could be told.
            tracing::warn!("the terminal is gone: {error}");
            tty::is_gone();
        }
        anyhow::Ok(())
    });
    if let Err(error) = crate::ledgers::save(&state.app.options.root, &state.app.run.ledger) {
        tracing::warn!("the ledger of this run was not saved: {error}");
    }
    // A guest may sit in a call that nobody can end: don't wait for it.
    runtime.shutdown_background();
    ended.map(|()| state.next)
}

fn kept(state: &State, session: Session) -> Effect {
    Effect::KeepSession { root: state.app.options.root.clone(), trusted: state.app.trusted, session: Box::new(session) }
}

/// What the loop needs of a terminal; tests have their own.
pub(crate) trait Console {
    fn next(&mut self) -> impl Future<Output = ConsoleEvent>;
    fn try_next(&mut self) -> impl Future<Output = Option<ConsoleEvent>>;
    /// # Errors
    /// Where the terminal is lost; the same goes for all of these.
    fn draw(&mut self, state: &State, now: Instant) -> std::io::Result<HitMap>;
    fn repaint(&mut self) -> std::io::Result<()>;
    fn capture_mouse(&mut self, capture: bool) -> std::io::Result<()>;
    fn copy(&mut self, text: &str) -> std::io::Result<()>;
    /// Asks for the terminal's background; the answer is an input, and may never come.
    fn ask_background(&mut self) -> std::io::Result<()>;
    fn suspend(&mut self) -> std::io::Result<()>;
    /// Hands the terminal to an editor; `stop` was asked of us meanwhile when it returns `None`.
    fn pause(&mut self);
    fn resume(&mut self) -> std::io::Result<()>;
}

impl Console for Terminal {
    fn next(&mut self) -> impl Future<Output = ConsoleEvent> {
        Self::next(self)
    }

    fn try_next(&mut self) -> impl Future<Output = Option<ConsoleEvent>> {
        Self::try_next(self)
    }

    fn draw(&mut self, state: &State, now: Instant) -> std::io::Result<HitMap> {
        let mut hits = HitMap::default();
        Self::draw(self, |frame| hits = ui::draw(state, now, frame))?;
        Ok(hits)
    }

    fn repaint(&mut self) -> std::io::Result<()> {
        Self::repaint(self)
    }

    fn capture_mouse(&mut self, capture: bool) -> std::io::Result<()> {
        Self::capture_mouse(self, capture)
    }

    fn copy(&mut self, text: &str) -> std::io::Result<()> {
        Self::copy(self, text)
    }

    fn ask_background(&mut self) -> std::io::Result<()> {
        Self::ask_background(self)
    }

    fn suspend(&mut self) -> std::io::Result<()> {
        Self::suspend(self)
    }

    fn pause(&mut self) {
        Self::pause(self);
    }

    fn resume(&mut self) -> std::io::Result<()> {
        Self::resume(self)
    }
}

/// When the loop must wake by itself, if ever: for a frame that is due, or for time that the screen shows.
fn alarm(state: &State, now: Instant, drawn: Instant, news: bool, keep: Option<Instant>) -> Option<Instant> {
    let frame = news.then(|| drawn + FRAME);
    let counted = state.app.counts_seconds().map(|since| {
        let step = if state.view.look.still { SECOND } else { TENTH };
        let steps = now.saturating_duration_since(since).as_millis() / step.as_millis();
        since + step * u32::try_from(steps + 1).unwrap_or(u32::MAX)
    });
    let flash = state.view.flash.as_ref().map(|flash| flash.until);
    let back = state.looks_back().then_some(now);
    [frame, counted, flash, keep, back].into_iter().flatten().min()
}

/// The loop itself.
///
/// # Errors
/// Where the terminal is lost.
pub(crate) async fn drive<C: Console, S: Stages<Event = Event, Effect = Effect>>(
    state: &mut State,
    console: &mut C,
    stages: &mut S,
) -> std::io::Result<()> {
    // The first frame shows that we are here; what takes time comes after it.
    state.view.hits = console.draw(state, Instant::now())?;
    let drawn = Instant::now();
    themes::ask_background(state);
    for effect in of_app(pipeline::start(&mut state.app)) {
        stages.perform(effect);
    }
    let (known, early) = (session::taken(state), VecDeque::new());
    let mut turns = Turns { state, console, stages, drawn, news: true, urgent: false, known, keep: None, early };
    loop {
        let first = turns.next().await;
        turns.work_off(first).await?;
        if turns.state.app.quit {
            return Ok(());
        }
        turns.show().await?;
    }
}

/// The loop between two of its turns.
struct Turns<'l, C, S> {
    state: &'l mut State,
    console: &'l mut C,
    stages: &'l mut S,
    /// When the last frame was.
    drawn: Instant,
    /// There is something to be drawn: when a frame is due, or at once.
    news: bool,
    urgent: bool,
    /// The session as it was kept last, and when it is kept next.
    known: Session,
    keep: Option<Instant>,
    /// What was typed before a question was seen.
    early: VecDeque<ConsoleEvent>,
}

impl<C: Console, S: Stages<Event = Event, Effect = Effect>> Turns<'_, C, S> {
    /// Waits until something happens.
    async fn next(&mut self) -> Happened {
        let alarm = alarm(self.state, Instant::now(), self.drawn, self.news, self.keep);
        tokio::select! {
            biased;
            event = std::future::ready(self.early.pop_front()), if !self.early.is_empty() => {
                event.map_or(Happened::Time, Happened::Early)
            }
            event = self.console.next() => Happened::ConsoleEvent(event),
            event = self.stages.next() => Happened::News(event),
            () = wait(alarm) => Happened::Time,
        }
    }

    /// Does what happened, and what has come meanwhile, for as long as the screen may stand still.
    async fn work_off(&mut self, first: Happened) -> std::io::Result<()> {
        let (began, mut asked) = (Instant::now(), None);
        let mut happened = Some(first);
        while let Some(this) = happened.take() {
            if matches!(this, Happened::ConsoleEvent(ConsoleEvent::Input(_) | ConsoleEvent::End)) {
                asked.get_or_insert_with(Instant::now);
            }
            if let Some(event) = self.event(this)? {
                for effect in update(self.state, event) {
                    perform(self.state, self.console, self.stages, effect).await?;
                }
            }
            // Input that came meanwhile goes first, but not even that keeps the screen still.
            if self.state.app.quit || began.elapsed() >= FRAME {
                break;
            }
            let enough = asked.map_or(began.elapsed() >= TURN, |asked: Instant| asked.elapsed() >= HURRY);
            if let Some(event) = self.early.pop_front() {
                happened = Some(Happened::Early(event));
                continue;
            }
            happened = match self.console.try_next().await {
                Some(event) => Some(Happened::ConsoleEvent(event)),
                None if enough => None,
                None => self.stages.try_next().map(Happened::News),
            };
        }
        Ok(())
    }

    /// What happened, as an event of the application's.
    fn event(&mut self, happened: Happened) -> std::io::Result<Option<Event>> {
        Ok(match happened {
            Happened::ConsoleEvent(ConsoleEvent::Suspend) | Happened::Early(ConsoleEvent::Suspend) => {
                self.console.suspend()?;
                self.state.view.hits.forget_question();
                self.urgent = true;
                None
            }
            Happened::ConsoleEvent(event) => {
                self.urgent = true;
                event_of(event, Instant::now())
            }
            Happened::Early(event) => {
                self.urgent = true;
                event_of(event, self.drawn)
            }
            Happened::News(event) => {
                self.news = true;
                Some(event)
            }
            Happened::Time => {
                let now = Instant::now();
                let state = &self.state;
                self.news |= state.app.counts_seconds().is_some() || state.view.flash.is_some() || state.looks_back();
                Some(Event::Tick(now))
            }
        })
    }

    /// Brings the terminal to where the state is: a frame, where one is due.
    async fn show(&mut self) -> std::io::Result<()> {
        if let Some(report) = tty::panicked_elsewhere() {
            let text = format!("a task of studio failed; the report is in {}", report.display());
            self.state.view.flash(text, Instant::now());
        }
        self.console.capture_mouse(!self.state.view.mouse_released)?;
        if std::mem::take(&mut self.state.view.ask_background) {
            self.console.ask_background()?;
        }
        if std::mem::take(&mut self.state.view.repaint) {
            self.console.repaint()?;
        }
        let now = Instant::now();
        self.keep_session(now);
        if self.urgent || (self.news && now.saturating_duration_since(self.drawn) >= FRAME) {
            let asks = crate::tui::overlay::trust::is_news(self.state);
            // Whatever waits by now was typed at the frame before.
            while asks
                && self.early.len() < EARLY
                && let Some(event) = self.console.try_next().await
            {
                self.early.push_back(event);
            }
            self.state.view.hits = self.console.draw(self.state, now)?;
            (self.drawn, self.news, self.urgent) = (now, false, false);
            if asks {
                self.state.view.hits.question_seen(Instant::now());
            }
        }
        Ok(())
    }

    /// Some time after something was asked, how the folder would be left is kept, in case nobody gets to leave it.
    fn keep_session(&mut self, now: Instant) {
        if self.keep.is_some_and(|due| due <= now) {
            self.keep = None;
            let session = session::taken(self.state);
            if session != self.known {
                self.known.clone_from(&session);
                self.stages.perform(kept(self.state, session));
            }
        } else if self.urgent && self.keep.is_none() {
            self.keep = Some(now + KEPT_AFTER);
        }
    }
}

#[allow(clippy::large_enum_variant)] // lives for one turn of the loop
enum Happened {
    ConsoleEvent(ConsoleEvent),
    /// Typed before the question on the screen was.
    Early(ConsoleEvent),
    News(Event),
    Time,
}

fn event_of(event: ConsoleEvent, at: Instant) -> Option<Event> {
    match event {
        ConsoleEvent::Input(Input::Focus(false)) | ConsoleEvent::Suspend => None,
        ConsoleEvent::Input(input) => Some(Event::Input { input, at }),
        ConsoleEvent::End => Some(Event::App(AppEvent::Terminate)),
    }
}

async fn wait(until: Option<Instant>) {
    match until {
        Some(until) => tokio::time::sleep_until(until.into()).await,
        None => std::future::pending().await,
    }
}

/// Effects on the terminal are done here, all others by the stages.
async fn perform<C: Console, S: Stages<Event = Event, Effect = Effect>>(
    state: &mut State,
    console: &mut C,
    stages: &mut S,
    effect: Effect,
) -> std::io::Result<()> {
    match effect {
        Effect::Suspend => {
            state.view.hits.forget_question();
            console.suspend()
        }
        Effect::Copy(text) => {
            let way = state.view.clipboard;
            if way != Clipboard::Native {
                console.copy(&text)?;
            }
            if way != Clipboard::Osc52 {
                stages.perform(Effect::CopyNative { text, alone: way == Clipboard::Native });
            }
            Ok(())
        }
        Effect::Edit { file, line } => edit(state, console, stages, &file, line).await,
        other => {
            stages.perform(other);
            Ok(())
        }
    }
}

/// Hands the terminal to the user's editor. Saves made in it are built and run meanwhile; nothing is drawn.
async fn edit<C: Console, S: Stages<Event = Event, Effect = Effect>>(
    state: &mut State,
    console: &mut C,
    stages: &mut S,
    file: &Path,
    line: u32,
) -> std::io::Result<()> {
    let editor = editor::choose(|name| std::env::var(name).ok());
    let (program, arguments) = editor::command(&editor, file, line);
    console.pause();
    // Editors take settings and commands from the folder they are started in.
    let folder = if state.app.trusted { state.app.project.root.clone() } else { folders::neutral() };
    let mut command = tokio::process::Command::new(&program);
    let child = command.args(&arguments).current_dir(folder).envs(absolute_path()).spawn();
    let ended = match child {
        Ok(mut child) => loop {
            tokio::select! {
                status = child.wait() => break status.map(|_| ()),
                event = console.next() => match event {
                    // The editor has the same terminal and takes the same signals; what ends us ends with it.
                    ConsoleEvent::End => {
                        let _ = child.start_kill();
                        state.app.quit = true;
                    }
                    ConsoleEvent::Suspend => tty::stop(),
                    ConsoleEvent::Input(_) => {}
                },
                event = stages.next() => {
                    for effect in update(state, event) {
                        stages.perform(effect);
                    }
                }
            }
        },
        Err(error) => Err(error),
    };
    console.resume()?;
    state.view.hits.forget_question();
    if let Err(error) = ended {
        let text = format!("cannot start the editor `{program}` ({error}); set $EDITOR to the one you use");
        state.view.flash(text, Instant::now());
    }
    Ok(())
}
