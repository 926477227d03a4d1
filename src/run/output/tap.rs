//! Everything a runner tells, in order and in batches.
//!
//! Guests write faster than anything can be drawn, so lines leave in batches: the first one at once, then at most one
//! batch every [`PACE`] or [`BATCH`] bytes. When nobody takes the batches the guests wait (see [`Tap::room`]); nothing
//! here grows beyond [`FULL`] and nothing is lost.

use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

use parking_lot::{Mutex, MutexGuard};
use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;
use tokio::time::Instant;

use crate::log::{Line, Stream};
use crate::run::RunEvent;
use crate::run::output::lines::{Partial, Piece};

/// Least time between two batches, unless one is full: half a frame at 60 Hz would be 8 ms.
const PACE: Duration = Duration::from_millis(4);
/// Bytes of text that make a batch full.
const BATCH: usize = 64 * 1024;
/// Bytes of text waiting to be taken beyond which writers wait.
const FULL: usize = 256 * 1024;
/// What an empty line counts: a flood of them must fill a batch too.
const LINE: usize = 128;
/// How long a line without its end rests before it is reported as it is: a prompt, or what a program prints before it
/// works for long.
pub(crate) const REST: Duration = Duration::from_millis(50);
/// Lines of stderr kept to find a panic's message in.
const TAIL: usize = 48;

fn size(line: &Line) -> usize {
    line.text.len() + LINE
}

pub(crate) struct Tap {
    events: Sender<RunEvent>,
    /// Where late batches are sent from.
    handle: Handle,
    pace: Duration,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<Line>,
    /// Written while instantiating: told after their run's beginning.
    early: Vec<Line>,
    /// Of both.
    bytes: usize,
    /// The newest run whose beginning, or end, was told.
    announced: u64,
    /// The run that wrote last: the first line of a new one does not wait for the pace.
    generation: u64,
    left: Option<Instant>,
    /// A task will send what waits.
    scheduled: bool,
}

impl Waiting {
    fn take(&mut self) -> RunEvent {
        self.bytes = self.early.iter().map(size).sum();
        self.left = Some(Instant::now());
        RunEvent::Output(std::mem::take(&mut self.lines))
    }

    /// What this run writes may be told from now on.
    fn announce(&mut self, generation: u64) {
        self.announced = self.announced.max(generation);
        if !self.early.is_empty() {
            let announced = self.announced;
            let (told, early) = std::mem::take(&mut self.early).into_iter().partition(|l| l.generation <= announced);
            self.early = early;
            self.lines.extend::<Vec<_>>(told);
        }
    }
}

impl Tap {
    pub(crate) fn new(events: Sender<RunEvent>, handle: Handle) -> Arc<Self> {
        Self::with_pace(events, handle, PACE)
    }

    fn with_pace(events: Sender<RunEvent>, handle: Handle, pace: Duration) -> Arc<Self> {
        Arc::new(Self { events, handle, pace, waiting: Mutex::default() })
    }

    /// Takes lines; sends them now if it is time, else soon. Those of a run that has not begun wait for that.
    pub(crate) fn push(self: &Arc<Self>, lines: impl IntoIterator<Item = Line>) {
        let mut waiting = self.waiting.lock();
        let before = waiting.lines.len();
        let mut urgent = false;
        for line in lines {
            urgent |= waiting.generation != line.generation;
            waiting.generation = line.generation;
            waiting.bytes += size(&line);
            if line.generation <= waiting.announced {
                waiting.lines.push(line);
            } else {
                waiting.early.push(line);
            }
        }
        // Whoever writes that much before its beginning would wait for it, and it for that.
        if let Some(last) = waiting.early.last().filter(|_| waiting.bytes >= BATCH) {
            let generation = last.generation;
            waiting.announce(generation);
        }
        if waiting.lines.len() > before {
            self.give(waiting, urgent);
        }
    }

    fn give(self: &Arc<Self>, mut waiting: MutexGuard<'_, Waiting>, urgent: bool) {
        let due = waiting.left.is_none_or(|left| left.elapsed() >= self.pace);
        if urgent || due || waiting.bytes >= BATCH {
            // Under the lock, so that batches keep their order.
            if let Ok(permit) = self.events.try_reserve() {
                permit.send(waiting.take());
                return;
            }
        }
        if !std::mem::replace(&mut waiting.scheduled, true) {
            let at = waiting.left.map_or_else(Instant::now, |left| left + self.pace);
            let tap = Arc::clone(self);
            self.handle.spawn(async move {
                tokio::time::sleep_until(at).await;
                tap.waiting.lock().scheduled = false;
                tap.flush().await;
            });
        }
    }

    /// Sends what waits, when there is room for it.
    async fn flush(&self) {
        if self.waiting.lock().lines.is_empty() {
            return;
        }
        let permit = self.events.reserve().await;
        let mut waiting = self.waiting.lock();
        if waiting.lines.is_empty() {
            return;
        }
        let batch = waiting.take();
        // Without a permit nobody listens any more.
        if let Ok(permit) = permit {
            permit.send(batch);
        }
    }

    /// Says something other than output, after all output before it.
    pub(crate) async fn send(self: &Arc<Self>, event: RunEvent) {
        if let RunEvent::Ended { generation, .. } = &event {
            self.waiting.lock().announce(*generation);
        }
        self.send_with(|| event).await;
    }

    /// The same for what is made, or done, only when there is room for it; nothing that follows from it is told before.
    pub(crate) async fn send_with(self: &Arc<Self>, event: impl FnOnce() -> RunEvent) {
        self.flush().await;
        let permit = self.events.reserve().await;
        let mut waiting = self.waiting.lock();
        let event = event();
        let begins = if let RunEvent::Started { generation, .. } = &event { Some(*generation) } else { None };
        if let Ok(permit) = permit {
            permit.send(event);
        }
        if let Some(generation) = begins {
            waiting.announce(generation);
            if !waiting.lines.is_empty() {
                self.give(waiting, true);
            }
        }
    }

    /// Reports a pipe's line that has no end yet, after all lines before it, unless it was reported as it is now.
    async fn unfinished(&self, pipe: &Pipe) {
        loop {
            self.flush().await;
            let Ok(permit) = self.events.reserve().await else { return };
            // Under both locks, so that its end is not reported before.
            let mut state = pipe.state();
            let piece = state.partial.so_far().filter(|piece| state.reported.as_ref() != Some(&piece.text));
            let Some(piece) = piece else { return };
            let waiting = self.waiting.lock();
            if waiting.lines.is_empty() {
                state.reported = Some(piece.text.clone());
                permit.send(RunEvent::Unfinished(pipe.line(piece, SystemTime::now())));
                return;
            }
        }
    }

    fn has_announced(&self, generation: u64) -> bool {
        self.waiting.lock().announced >= generation
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    pub(crate) fn has_room(&self) -> bool {
        self.waiting.lock().bytes < FULL
    }

    /// Waits until somebody takes lines: this is what holds back a guest that writes faster than it is read.
    pub(crate) async fn room(&self) {
        while !self.has_room() {
            self.flush().await;
        }
    }
}

/// What a pipe's lines are written for, and how they are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) generation: u64,
    /// Its lines are marked as written for this request.
    pub(crate) request: Option<u64>,
    /// Byte for byte, also what is no text.
    pub(crate) as_written: bool,
}

/// One stream of one node in one store: its bytes become lines of the tap.
pub(crate) struct Pipe {
    tap: Arc<Tap>,
    node: Arc<str>,
    stream: Stream,
    generation: u64,
    request: Option<u64>,
    state: Mutex<PipeState>,
}

#[derive(Default)]
struct PipeState {
    partial: Partial,
    /// What was reported last of the line that has no end yet.
    reported: Option<String>,
    /// A task will report the line that has no end yet.
    scheduled: bool,
    tail: std::collections::VecDeque<String>,
}

impl Pipe {
    pub(crate) fn new(tap: Arc<Tap>, node: Arc<str>, stream: Stream, generation: u64) -> Arc<Self> {
        Self::with(tap, node, stream, Origin { generation, request: None, as_written: false })
    }

    pub(crate) fn with(tap: Arc<Tap>, node: Arc<str>, stream: Stream, origin: Origin) -> Arc<Self> {
        let Origin { generation, request, as_written } = origin;
        let state = PipeState { partial: Partial::new(as_written), ..PipeState::default() };
        Arc::new(Self { tap, node, stream, generation, request, state: Mutex::new(state) })
    }

    pub(crate) fn tap(&self) -> &Arc<Tap> {
        &self.tap
    }

    pub(crate) fn node(&self) -> &str {
        &self.node
    }

    pub(crate) fn stream(&self) -> Stream {
        self.stream
    }

    fn state(&self) -> MutexGuard<'_, PipeState> {
        self.state.lock()
    }

    /// Never waits; whoever writes has asked [`Tap::has_room`] before.
    pub(crate) fn write(self: &Arc<Self>, bytes: &[u8]) {
        let mut lines = Vec::new();
        let mut state = self.state();
        state.partial.push(bytes, |piece| lines.push(piece));
        self.give(&mut state, lines);
        if state.partial.is_begun() && !std::mem::replace(&mut state.scheduled, true) {
            self.tap.handle.spawn(report_unfinished(Arc::downgrade(self)));
        }
    }

    /// The guest writes no more: its last line is given out, ended or not.
    pub(crate) fn finish(&self) {
        let mut state = self.state();
        let rest = state.partial.finish();
        self.give(&mut state, rest.into_iter().collect());
    }

    fn give(&self, state: &mut PipeState, lines: Vec<Piece>) {
        if self.stream == Stream::Stderr {
            for line in &lines {
                if state.tail.len() == TAIL {
                    state.tail.pop_front();
                }
                state.tail.push_back(line.text.clone());
            }
        }
        if !lines.is_empty() {
            state.reported = None;
        }
        let time = SystemTime::now();
        self.tap.push(lines.into_iter().map(|piece| self.line(piece, time)));
    }

    fn line(&self, piece: Piece, time: SystemTime) -> Line {
        let Piece { text, raw, goes_on } = piece;
        Line {
            node: Arc::clone(&self.node),
            stream: self.stream,
            text,
            raw: raw.map(Into::into),
            goes_on,
            time,
            generation: self.generation,
            request: self.request,
        }
    }

    /// A line of studio's own about whoever writes here.
    pub(crate) fn log_remark(&self, text: String) {
        let (node, generation) = (Arc::clone(&self.node), self.generation);
        self.tap.push([Line {
            node,
            stream: Stream::Studio,
            text,
            raw: None,
            goes_on: false,
            time: SystemTime::now(),
            generation,
            request: None,
        }]);
    }

    /// The last lines it wrote (stderr only).
    pub(crate) fn tail(&self) -> Vec<String> {
        self.state().tail.iter().cloned().collect()
    }
}

/// Waits until a line without an end has rested, and its run has begun, and reports it.
async fn report_unfinished(pipe: Weak<Pipe>) {
    loop {
        tokio::time::sleep(REST).await;
        let Some(pipe) = pipe.upgrade() else { return };
        if pipe.tap.has_announced(pipe.generation) {
            pipe.state().scheduled = false;
            return pipe.tap.unfinished(&pipe).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::run::output::tap::*;
    use tokio::sync::mpsc;

    /// No batch leaves because it is time to.
    const NEVER: Duration = Duration::from_hours(1);

    async fn next(events: &mut mpsc::Receiver<RunEvent>) -> RunEvent {
        tokio::time::timeout(Duration::from_secs(10), events.recv()).await.unwrap().unwrap()
    }

    fn started(generation: u64) -> RunEvent {
        let revision = crate::model::project::Revision(generation);
        let startup = crate::run::Startup::default();
        RunEvent::Started { generation, revision, startup, at: SystemTime::now() }
    }

    fn texts(event: RunEvent) -> Vec<String> {
        match event {
            RunEvent::Output(lines) => lines.into_iter().map(|l| format!("{}:{}", l.node, l.text)).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn the_first_line_leaves_at_once_the_rest_in_batches_in_order() {
        let (tx, mut rx) = mpsc::channel(4);
        let tap = Tap::with_pace(tx, Handle::current(), NEVER);
        tap.send(started(1)).await;
        let _ = next(&mut rx).await;
        let a = Pipe::new(Arc::clone(&tap), "a".into(), Stream::Stdout, 1);
        let b = Pipe::new(Arc::clone(&tap), "b".into(), Stream::Stderr, 1);
        a.write(b"one\n");
        assert_eq!(texts(rx.try_recv().unwrap()), ["a:one"], "without waiting for anything");
        b.write(b"two\nthr");
        a.write(b"four\n");
        b.write(b"ee\n");
        assert!(rx.try_recv().is_err(), "it is not time for a batch");
        tap.flush().await;
        assert_eq!(texts(rx.try_recv().unwrap()), ["b:two", "a:four", "b:three"]);
        a.write(b"no end");
        a.finish();
        tap.send(RunEvent::Lost(0)).await;
        assert_eq!(texts(next(&mut rx).await), ["a:no end"]);
        assert!(matches!(next(&mut rx).await, RunEvent::Lost(0)));
        assert_eq!(b.tail(), ["two", "three"]);
    }

    #[tokio::test]
    async fn the_first_line_of_a_new_generation_does_not_wait() {
        let (tx, mut rx) = mpsc::channel(4);
        let tap = Tap::with_pace(tx, Handle::current(), NEVER);
        for generation in 1..=2 {
            tap.send(started(generation)).await;
            let _ = next(&mut rx).await;
        }
        Pipe::new(Arc::clone(&tap), "a".into(), Stream::Stdout, 1).write(b"old\n");
        Pipe::new(Arc::clone(&tap), "a".into(), Stream::Stdout, 2).write(b"new\n");
        assert_eq!(texts(rx.try_recv().unwrap()), ["a:old"]);
        assert_eq!(texts(rx.try_recv().unwrap()), ["a:new"]);
    }

    #[tokio::test]
    async fn what_a_run_writes_comes_after_its_beginning_and_before_its_end() {
        let (tx, mut rx) = mpsc::channel(8);
        let tap = Tap::new(tx, Handle::current());
        let (old, new) = [1, 2].map(|g| Pipe::new(Arc::clone(&tap), "a".into(), Stream::Stdout, g)).into();
        tap.send(started(1)).await;
        old.write(b"old\n");
        new.write(b"early\n");
        old.write(b"still old\n");
        new.write(b"early too\n");
        tap.send(started(2)).await;
        new.write(b"late\n");
        assert!(matches!(next(&mut rx).await, RunEvent::Started { generation: 1, .. }));
        assert_eq!(texts(next(&mut rx).await), ["a:old"]);
        assert_eq!(texts(next(&mut rx).await), ["a:still old"]);
        assert!(matches!(next(&mut rx).await, RunEvent::Started { generation: 2, .. }));
        let mut after = Vec::new();
        while after.len() < 3 {
            after.extend(texts(next(&mut rx).await));
        }
        assert_eq!(after, ["a:early", "a:early too", "a:late"]);
        // One that ends before it has begun, and one that writes without end before that.
        let never = Pipe::new(Arc::clone(&tap), "a".into(), Stream::Stdout, 3);
        never.write(b"last words\n");
        tap.send(RunEvent::Ended { generation: 3, outcome: crate::run::Outcome::Exited(1) }).await;
        assert_eq!(texts(next(&mut rx).await), ["a:last words"]);
        assert!(matches!(next(&mut rx).await, RunEvent::Ended { generation: 3, .. }));
        let flood = Pipe::new(Arc::clone(&tap), "a".into(), Stream::Stdout, 4);
        for n in 0..FULL / LINE {
            flood.write(format!("{n}\n").as_bytes());
        }
        assert!(!texts(next(&mut rx).await).is_empty());
    }

    #[tokio::test]
    async fn a_line_without_an_end_is_reported_when_it_rests_and_after_its_runs_beginning() {
        let (tx, mut rx) = mpsc::channel(4);
        let tap = Tap::new(tx, Handle::current());
        let pipe = Pipe::new(Arc::clone(&tap), "a".into(), Stream::Stdout, 1);
        pipe.write(b"one\nname? ");
        tokio::time::sleep(REST * 2).await;
        assert!(rx.try_recv().is_err(), "the run has not begun");
        tap.send(started(1)).await;
        let _ = next(&mut rx).await;
        assert_eq!(texts(next(&mut rx).await), ["a:one"]);
        let RunEvent::Unfinished(line) = next(&mut rx).await else { panic!("no line") };
        assert_eq!(line.text, "name? ");
        pipe.write(b"hello");
        let RunEvent::Unfinished(line) = next(&mut rx).await else { panic!("no line") };
        assert_eq!(line.text, "name? hello", "as it is by then");
        pipe.write(b"\n");
        assert_eq!(texts(next(&mut rx).await), ["a:name? hello"]);
        tokio::time::sleep(REST * 2).await;
        assert!(rx.try_recv().is_err(), "reported once");
    }

    #[tokio::test]
    async fn a_flood_that_nobody_reads_stops_and_loses_nothing() {
        let (tx, mut rx) = mpsc::channel(2);
        let tap = Tap::new(tx, Handle::current());
        let pipe = Pipe::new(Arc::clone(&tap), "a".into(), Stream::Stdout, 1);
        let mut written = 0;
        while tap.has_room() {
            pipe.write(format!("{written}\n").as_bytes());
            written += 1;
            assert!(written < 100_000, "never full");
        }
        assert!(tokio::time::timeout(Duration::from_millis(30), tap.room()).await.is_err(), "nobody has read");
        let reader = tokio::spawn(async move {
            let mut seen = 0;
            while seen < written {
                for line in texts(next(&mut rx).await) {
                    assert_eq!(line, format!("a:{seen}"));
                    seen += 1;
                }
            }
        });
        tokio::time::timeout(Duration::from_secs(10), tap.room()).await.unwrap();
        reader.await.unwrap();
    }
}
