//! The loop, with a terminal and stages that follow a script.

use std::cell::Cell;
use std::collections::VecDeque;
use std::future::pending;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::app::effect::Effect as AppEffect;
use crate::app::event::Event as AppEvent;
use crate::app::stages::Stages;
use crate::log::{Line, Stream};
use crate::run::RunEvent;
use crate::tui::effect::Effect;
use crate::tui::event::{Event, Input};
use crate::tui::fixture::{Session, no_terminal, press};
use crate::tui::hit::HitMap;
use crate::tui::screen as ui;
use crate::tui::state::State;
use crate::tui::terminal::ConsoleEvent;
use crate::tui::terminal::event_loop::{Console, drive};

/// Says what its script says, then `q`: after a while of nothing, or when the screen shows what is awaited.
struct Script {
    said: VecDeque<ConsoleEvent>,
    quiet: Duration,
    /// When the quiet ends; it begins when the loop first waits.
    until: Option<tokio::time::Instant>,
    awaited: Option<&'static str>,
    frames: Vec<Instant>,
    copied: Vec<String>,
    suspended: usize,
    repainted: usize,
    screen: Terminal<TestBackend>,
}

impl Script {
    fn new(keys: &[&str], quiet: u64) -> Self {
        Self {
            said: keys.iter().map(|key| ConsoleEvent::Input(Input::Key(press(key)))).collect(),
            quiet: Duration::from_millis(quiet),
            until: None,
            awaited: None,
            frames: Vec::new(),
            copied: Vec::new(),
            suspended: 0,
            repainted: 0,
            screen: Terminal::new(TestBackend::new(80, 24)).unwrap(),
        }
    }
}

impl Script {
    fn shown(&self) -> String {
        self.screen.backend().buffer().content.iter().map(ratatui::buffer::Cell::symbol).collect()
    }
}

impl Console for Script {
    async fn next(&mut self) -> ConsoleEvent {
        if let Some(said) = self.said.pop_front() {
            return said;
        }
        if self.awaited.is_some() {
            return pending().await;
        }
        let quiet = self.quiet;
        tokio::time::sleep_until(*self.until.get_or_insert_with(|| tokio::time::Instant::now() + quiet)).await;
        ConsoleEvent::Input(Input::Key(press("q")))
    }

    async fn try_next(&mut self) -> Option<ConsoleEvent> {
        self.said.pop_front()
    }

    fn draw(&mut self, state: &State, now: Instant) -> io::Result<HitMap> {
        self.frames.push(now);
        let mut hits = HitMap::default();
        self.screen.draw(|frame| hits = ui::draw(state, now, frame)).map_err(io::Error::other)?;
        if self.awaited.is_some_and(|text| self.shown().contains(text)) {
            self.said.push_back(ConsoleEvent::Input(Input::Key(press("q"))));
        }
        Ok(hits)
    }

    fn repaint(&mut self) -> io::Result<()> {
        self.repainted += 1;
        Ok(())
    }

    fn capture_mouse(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }

    fn ask_background(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        self.copied.push(text.into());
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.suspended += 1;
        Ok(())
    }

    fn pause(&mut self) {}

    fn resume(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Gives its events one after the other, and keeps what it is asked to do.
#[derive(Default)]
struct Scripted {
    events: VecDeque<Event>,
    effects: Vec<Effect>,
    /// When the first of them was asked for.
    first: Option<Instant>,
}

impl Stages for Scripted {
    type Event = Event;
    type Effect = Effect;

    async fn next(&mut self) -> Event {
        match self.events.pop_front() {
            Some(event) => event,
            None => pending().await,
        }
    }

    fn try_next(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn perform(&mut self, effect: Effect) {
        self.first.get_or_insert_with(Instant::now);
        self.effects.push(effect);
    }
}

fn play(session: &mut Session, console: &mut Script, stages: &mut Scripted) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(drive(&mut session.state, console, stages)).unwrap();
}

fn lines(n: usize) -> VecDeque<Event> {
    let line = |i: usize| Line {
        node: "logger".into(),
        stream: Stream::Stdout,
        text: format!("line {i}"),
        raw: None,
        goes_on: false,
        time: std::time::UNIX_EPOCH,
        generation: 1,
        request: None,
    };
    (0..n).map(|i| Event::App(AppEvent::Run { event: RunEvent::Output(vec![line(i)]), at: Instant::now() })).collect()
}

#[test]
fn the_first_frame_comes_before_the_first_effect() {
    let mut session = Session::new(true);
    let (mut console, mut stages) = (Script::new(&[], 0), Scripted::default());
    play(&mut session, &mut console, &mut stages);
    assert!(console.frames.first().unwrap() < &stages.first.unwrap());
    assert!(
        stages.effects.iter().any(|e| matches!(e, Effect::App(AppEffect::Discover { .. }))),
        "{:?}",
        stages.effects
    );
    assert!(matches!(stages.effects.last(), Some(Effect::App(AppEffect::Quit))));
}

#[test]
fn nothing_happens_and_nothing_is_drawn() {
    let mut session = Session::new(true);
    session.running();
    let (mut console, mut stages) = (Script::new(&[], 300), Scripted::default());
    play(&mut session, &mut console, &mut stages);
    // The first frame, and one that news of the start may ask for.
    assert!(console.frames.len() <= 2, "{} frames of nothing", console.frames.len());
}

#[test]
fn a_flood_is_a_few_frames() {
    let mut session = Session::new(true);
    session.running();
    let (mut console, mut stages) = (Script::new(&[], 0), Scripted { events: lines(20_000), ..Scripted::default() });
    console.awaited = Some("line 19999");
    let began = Instant::now();
    play(&mut session, &mut console, &mut stages);
    let most = usize::try_from(began.elapsed().as_millis() / 16).unwrap() + 2;
    assert!(console.frames.len() <= most, "{} frames in {:?}", console.frames.len(), began.elapsed());
    assert!(session.state.app.log.len() >= 20_000);
}

#[test]
fn a_filter_of_a_full_log_goes_on_by_itself_and_then_rests() {
    let mut session = Session::new(true);
    session.running();
    for event in lines(20_000) {
        session.event(event);
    }
    let keys = ["3", "f", "l", "i", "n", "e", "space", "1", "enter"];
    let (mut console, mut stages) = (Script::new(&keys, 400), Scripted::default());
    let began = Instant::now();
    play(&mut session, &mut console, &mut stages);
    // One a key, and while the filter goes on one every 16 ms.
    let most = keys.len() + 2 + usize::try_from(began.elapsed().as_millis() / 16).unwrap();
    assert!(console.frames.len() <= most, "{} frames", console.frames.len());
    // What studio itself says shows, too.
    let log = &session.state.app.log;
    let wanted = log.iter().filter(|l| l.stream == Stream::Studio || (l.text.contains("line") && l.text.contains('1')));
    assert_eq!(session.state.shown().len(), wanted.count());
    assert!(!session.state.looks_back());
}

/// Something is always there, and taking it in takes a millisecond.
struct Endless {
    taken: Rc<Cell<usize>>,
}

impl Stages for Endless {
    type Event = Event;
    type Effect = Effect;

    async fn next(&mut self) -> Event {
        self.try_next().unwrap()
    }

    fn try_next(&mut self) -> Option<Event> {
        std::thread::sleep(Duration::from_millis(1));
        self.taken.set(self.taken.get() + 1);
        lines(1).pop_front()
    }

    fn perform(&mut self, _: Effect) {}
}

/// Presses a key as soon as the flood has begun, leaves after a few frames, and counts what was taken in before each.
struct Counting {
    taken: Rc<Cell<usize>>,
    pressed: Option<usize>,
    frames: Vec<usize>,
}

impl Console for Counting {
    async fn next(&mut self) -> ConsoleEvent {
        match self.try_next().await {
            Some(said) => said,
            None => pending().await,
        }
    }

    async fn try_next(&mut self) -> Option<ConsoleEvent> {
        let key = match (self.pressed, self.frames.len()) {
            (None, 4) if self.taken.get() > self.frames[3] => "?",
            (Some(_), 8..) => "ctrl-c",
            _ => return None,
        };
        self.pressed.get_or_insert(self.taken.get());
        Some(ConsoleEvent::Input(Input::Key(press(key))))
    }

    fn draw(&mut self, _: &State, _: Instant) -> io::Result<HitMap> {
        self.frames.push(self.taken.get());
        Ok(HitMap::default())
    }

    no_terminal!();
}

#[test]
fn a_flood_without_end_neither_holds_a_frame_back_nor_a_key() {
    let mut session = Session::new(true);
    session.running();
    let taken = Rc::<Cell<usize>>::default();
    let mut console = Counting { taken: Rc::clone(&taken), pressed: None, frames: Vec::new() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(drive(&mut session.state, &mut console, &mut Endless { taken })).unwrap();
    let longest = console.frames.windows(2).map(|w| w[1] - w[0]).max().unwrap();
    assert!(longest <= 32, "{longest} ms of news before a frame: {:?}", console.frames);
    let pressed = console.pressed.unwrap();
    let answered = console.frames.iter().find(|taken| **taken >= pressed).unwrap() - pressed;
    assert!(answered <= 2, "{answered} ms of news between a key and its frame");
}

#[test]
fn what_counts_seconds_is_drawn_ten_times_a_second_and_no_more() {
    let mut session = Session::new(true);
    session.neon().started(&["core-logic"]);
    let (mut console, mut stages) = (Script::new(&[], 450), Scripted::default());
    let began = Instant::now();
    play(&mut session, &mut console, &mut stages);
    let most = usize::try_from(began.elapsed().as_millis() / 100).unwrap() + 3;
    assert!((2..=most).contains(&console.frames.len()), "{} frames in {:?}", console.frames.len(), began.elapsed());
}

#[test]
fn the_terminals_own_effects_are_done_by_it() {
    let mut session = Session::new(true);
    session.broken();
    let (mut console, mut stages) = (Script::new(&["p", "y", "ctrl-z", "ctrl-l"], 0), Scripted::default());
    play(&mut session, &mut console, &mut stages);
    assert_eq!(console.copied, ["core-logic/src/lib.rs:12:8: cannot find function `mainframe_is_save` in this scope"]);
    assert_eq!((console.suspended, console.repainted), (1, 1));
    let own = |e: &Effect| matches!(e, Effect::Copy(_) | Effect::Suspend | Effect::Edit { .. });
    assert!(!stages.effects.iter().any(own), "{:?}", stages.effects);
}

#[test]
fn a_lost_terminal_ends_the_session() {
    let mut session = Session::new(true);
    let (mut console, mut stages) = (Script::new(&[], 60_000), Scripted::default());
    console.said.push_back(ConsoleEvent::End);
    play(&mut session, &mut console, &mut stages);
    assert!(session.state.app.quit);
}
