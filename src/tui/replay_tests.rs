//! What happened, told again to a new state, makes the same state and the same screens.

use std::cell::Cell;
use std::collections::VecDeque;
use std::future::pending;
use std::io;
use std::rc::Rc;
use std::time::Instant;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use crate::app::pipeline;
use crate::app::stages::Stages;
use crate::tui::effect::Effect;
use crate::tui::event::{Event, Input};
use crate::tui::fixture::{Session, no_terminal, press};
use crate::tui::hit::HitMap;
use crate::tui::screen as ui;
use crate::tui::state::State;
use crate::tui::terminal::ConsoleEvent;
use crate::tui::terminal::event_loop::{Console, drive};
use crate::tui::update::update;

/// A frame: what had happened by then, when it was drawn, and what it showed.
struct Frame {
    happened: usize,
    now: Instant,
    shown: Buffer,
}

fn draw(state: &State, now: Instant, size: (u16, u16)) -> (HitMap, Buffer) {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    let mut hits = HitMap::default();
    terminal.draw(|frame| hits = ui::draw(state, now, frame)).unwrap();
    (hits, terminal.backend().buffer().clone())
}

/// A person who does one thing a turn, and a terminal that keeps every frame.
struct Watched {
    said: VecDeque<Input>,
    size: (u16, u16),
    frames: Vec<Frame>,
    /// News that are still to come.
    left: Rc<Cell<usize>>,
}

impl Console for Watched {
    async fn next(&mut self) -> ConsoleEvent {
        if self.said.is_empty() && self.left.get() > 0 {
            // How many news a turn takes is a matter of time; nobody leaves before the last.
            return pending().await;
        }
        let input = self.said.pop_front().unwrap_or_else(|| Input::Key(press("ctrl-c")));
        if let Input::Resize { columns, rows } = input {
            self.size = (columns, rows);
        }
        ConsoleEvent::Input(input)
    }

    async fn try_next(&mut self) -> Option<ConsoleEvent> {
        None
    }

    fn draw(&mut self, state: &State, now: Instant) -> io::Result<HitMap> {
        let (hits, shown) = draw(state, now, self.size);
        self.frames.push(Frame { happened: state.record.as_ref().map_or(0, Vec::len), now, shown });
        Ok(hits)
    }

    no_terminal!();
}

/// Stages whose news come one a turn.
struct OneATurn {
    events: VecDeque<Event>,
    turn: bool,
    left: Rc<Cell<usize>>,
}

impl OneATurn {
    fn taken(&mut self) -> Option<Event> {
        let event = self.events.pop_front();
        self.left.set(self.events.len());
        event
    }
}

impl Stages for OneATurn {
    type Event = Event;
    type Effect = Effect;

    async fn next(&mut self) -> Event {
        match self.taken() {
            Some(event) => event,
            None => pending().await,
        }
    }

    fn try_next(&mut self) -> Option<Event> {
        self.turn = !self.turn;
        if self.turn { self.taken() } else { None }
    }

    fn perform(&mut self, _: Effect) {}
}

/// What the stages tell in a session that builds, runs, breaks and crashes.
fn news() -> (Session, VecDeque<Event>) {
    let mut session = Session::new(true);
    // The loop begins a session once more than the fixture does.
    pipeline::start(&mut session.state.app);
    session.state.record = Some(Vec::new());
    session.running().crashes().broken();
    let events = session.state.record.take().unwrap_or_default();
    (session, events.into())
}

fn inputs() -> VecDeque<Input> {
    let mouse = |kind, column, row| Input::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE });
    let keys = |keys: &str| keys.split(' ').map(|key| Input::Key(press(key))).collect::<Vec<_>>();
    let resize = |columns, rows| Input::Resize { columns, rows };
    let mut all = keys("1 down 2 n right f esc z z");
    all.push(resize(120, 36));
    all.extend(keys("ctrl-p z o o esc ? l o g esc"));
    let drag = [MouseEventKind::Down(MouseButton::Left), MouseEventKind::Drag(MouseButton::Left)];
    all.extend([mouse(drag[0], 27, 8), mouse(drag[1], 40, 9), mouse(MouseEventKind::Up(MouseButton::Left), 40, 9)]);
    all.extend([mouse(MouseEventKind::Down(MouseButton::Right), 60, 8), resize(60, 15)]);
    all.extend(keys("esc 3 pageup l end p enter"));
    all.extend([resize(200, 50), mouse(MouseEventKind::ScrollDown, 80, 5), Input::Paste("x".into())]);
    all.extend(keys("4 > < 2 d d i M esc"));
    all.into()
}

#[test]
fn a_recorded_session_makes_the_same_state_and_every_frame_again() {
    let (model, events) = news();
    let (options, began, told) = (model.state.app.options.clone(), model.state.app.began, events.len());
    let fresh = || {
        let mut state = State::new(options.clone(), true, began);
        pipeline::start(&mut state.app);
        state
    };
    let mut first = fresh();
    first.record = Some(Vec::new());
    let left = Rc::new(Cell::new(told));
    let mut console = Watched { said: inputs(), size: (80, 24), frames: Vec::new(), left: Rc::clone(&left) };
    let mut stages = OneATurn { events, turn: false, left };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(drive(&mut first, &mut console, &mut stages)).unwrap();
    let record = first.record.take().unwrap();
    assert!(
        record.len() > told + 40 && console.frames.len() > 40,
        "{} events, {} frames",
        record.len(),
        console.frames.len()
    );
    assert!(stages.events.is_empty(), "all news came");

    let mut again = fresh();
    let mut frames = console.frames.into_iter().enumerate().peekable();
    let mut compare = |state: &mut State, happened: usize, most: usize| {
        for _ in 0..most {
            let Some((number, frame)) = frames.next_if(|(_, frame)| frame.happened == happened) else { return };
            let size = (frame.shown.area.width, frame.shown.area.height);
            let (hits, shown) = draw(state, frame.now, size);
            assert_eq!(shown, frame.shown, "frame {number}, after {happened} events");
            state.view.hits = hits;
        }
    };
    // The very first frame comes before the loop starts the stages.
    compare(&mut again, 0, 1);
    pipeline::start(&mut again.app);
    compare(&mut again, 0, usize::MAX);
    for (index, event) in record.into_iter().enumerate() {
        update(&mut again, event);
        // The loop does these between events and frames.
        again.view.repaint = false;
        compare(&mut again, index + 1, usize::MAX);
    }
    assert!(frames.next().is_none(), "every frame was drawn again");
    first.view.repaint = false;
    assert_eq!(format!("{again:?}"), format!("{first:?}"));
}
