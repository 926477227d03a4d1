//! The only file that knows the terminal's calls: raw mode, alternate screen, mouse, paste, keyboard flags, synchronized
//! frames, signals, suspension, the clipboard, and the way back to a shell whatever happens.
//!
//! Nothing is waited for: what the terminal can do is read from the environment, and what it does not know it ignores.
//! The one question, for its background, comes after the first frame, and an answer is heard when it comes.

pub(crate) mod background;
pub(crate) mod editor;
pub(crate) mod event_loop;
#[cfg(test)]
mod event_loop_tests;
pub(crate) mod signals;
pub(crate) mod watcher;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::io::{self, Write};
use std::path::PathBuf;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::task::Poll;
use std::thread::ThreadId;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::tui::terminal::background::{Answers, Heard};
use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange, Event as TerminalEvent,
    EventStream, KeyboardEnhancementFlags, PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::terminal::{self, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{Command, cursor, execute, queue};
use futures::Stream;
use parking_lot::Mutex;
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use signals::{Heard as Signalled, Signals};
use tokio::time::Sleep;

use crate::files::{Folder, Links};
use crate::model::visible::visible;
use crate::tui::event::Input;
use crate::{folders, guard};

pub(crate) use signals::stop;

/// What the terminal, or whoever started us in it, says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsoleEvent {
    /// A key, the mouse, or what the terminal reports of itself.
    Input(Input),
    /// Ended by a signal, or the terminal is gone.
    End,
    /// Asked to go to the background.
    Suspend,
}

/// The terminal, taken for the whole screen; dropping it gives it back.
pub struct Terminal {
    screen: ratatui::Terminal<CrosstermBackend<FrameWriter>>,
    writer: FrameWriter,
    /// `None` while the terminal is somebody else's.
    events: Option<EventStream>,
    signals: Signals,
    mouse: bool,
    answers: Answers,
    heard: VecDeque<Heard>,
    /// When held keys are no answer any more.
    held: Option<Pin<Box<Sleep>>>,
    /// When the background was asked for, until it is answered.
    asked: Option<Instant>,
}

/// An answer comes in one piece or nearly so: held keys that wait longer were typed.
const PIECES: Duration = Duration::from_millis(200);

/// How long an answer may be under way, and what leaving waits for one at most: it would be typed into the shell.
const UNDER_WAY: Duration = Duration::from_millis(300);
const LEAVING: Duration = Duration::from_millis(100);

/// As a shell counts a program that a closed terminal ended (SIGHUP).
const GONE: u8 = 128 + 1;

/// What ended us, as an exit code; 0 where nothing did.
static ENDED: AtomicU8 = AtomicU8::new(0);

/// The exit code for what ended us from outside: 128 and the signal's number, of a terminal that is gone SIGHUP's.
pub(crate) fn ended_by() -> Option<u8> {
    Some(ENDED.load(Ordering::SeqCst)).filter(|code| *code != 0)
}

/// What was written to the terminal did not arrive: whatever happened to it ended us.
pub(crate) fn is_gone() {
    end(GONE);
}

/// From now on [`ended_by`] says so; only the first is what ended us.
fn end(code: u8) {
    let _ = ENDED.compare_exchange(0, code, Ordering::SeqCst, Ordering::SeqCst);
}

/// The terminal is ours: what `restore` must undo.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// The keyboard flags were pushed, and must be popped once.
static FLAGS: AtomicBool = AtomicBool::new(false);
/// The thread that draws; a panic elsewhere leaves the terminal alone.
static DRAWS: Mutex<Option<ThreadId>> = Mutex::new(None);
/// The report of a panic in another thread, until the loop tells of it.
static ELSEWHERE: Mutex<Option<PathBuf>> = Mutex::new(None);

impl Terminal {
    /// Takes the terminal. Inside a tokio runtime, signals are heard too.
    ///
    /// # Errors
    /// Where there is no terminal, or it cannot be set up; then it is as it was.
    pub fn enter() -> io::Result<Self> {
        *DRAWS.lock() = Some(std::thread::current().id());
        install_panic_hook();
        let writer = FrameWriter::default();
        let taken = take(true).and_then(|()| ratatui::Terminal::new(CrosstermBackend::new(writer.clone())));
        let screen = taken.inspect_err(|_| restore())?;
        Ok(Self {
            screen,
            writer,
            events: Some(EventStream::new()),
            signals: Signals::listen(),
            mouse: true,
            answers: Answers::default(),
            heard: VecDeque::new(),
            held: None,
            asked: None,
        })
    }

    /// The next thing said; waits without waking.
    pub async fn next(&mut self) -> ConsoleEvent {
        poll_fn(|context| self.poll(context)).await
    }

    /// What was said already.
    pub(crate) async fn try_next(&mut self) -> Option<ConsoleEvent> {
        poll_fn(|context| {
            Poll::Ready(match self.poll(context) {
                Poll::Ready(said) => Some(said),
                Poll::Pending => None,
            })
        })
        .await
    }

    fn poll(&mut self, context: &mut std::task::Context<'_>) -> Poll<ConsoleEvent> {
        match self.signals.poll(context) {
            Poll::Ready(Signalled::End(code)) => {
                end(code);
                return Poll::Ready(ConsoleEvent::End);
            }
            Poll::Ready(Signalled::Suspend) => return Poll::Ready(ConsoleEvent::Suspend),
            // Stopped by somebody else, and back: the shell has had the terminal meanwhile, and its size may be another.
            Poll::Ready(Signalled::Continue) if TAKEN.load(Ordering::SeqCst) => {
                let Ok((columns, rows)) = retake(self.mouse).and_then(|()| terminal::size()) else {
                    end(GONE);
                    return Poll::Ready(ConsoleEvent::End);
                };
                return Poll::Ready(ConsoleEvent::Input(Input::Resize { columns, rows }));
            }
            Poll::Ready(Signalled::Continue) | Poll::Pending => {}
        }
        loop {
            match self.heard.pop_front() {
                Some(Heard::Event(event)) => return Poll::Ready(ConsoleEvent::Input(input(event))),
                Some(Heard::Background(rgb)) => {
                    self.asked = None;
                    return Poll::Ready(ConsoleEvent::Input(Input::Background(rgb)));
                }
                None => {}
            }
            let Some(events) = &mut self.events else { return Poll::Pending };
            match Pin::new(events).poll_next(context) {
                Poll::Ready(Some(Ok(event))) => {
                    self.answers.hear(event, &mut self.heard);
                    self.held = self.answers.holds().then(|| Box::pin(tokio::time::sleep(PIECES)));
                }
                // A terminal that cannot be read any more is gone.
                Poll::Ready(Some(Err(_)) | None) => {
                    end(GONE);
                    return Poll::Ready(ConsoleEvent::End);
                }
                Poll::Pending => match self.held.as_mut().map(|wait| wait.as_mut().poll(context)) {
                    Some(Poll::Ready(())) => {
                        self.held = None;
                        self.answers.give_up(&mut self.heard);
                    }
                    Some(Poll::Pending) | None => return Poll::Pending,
                },
            }
        }
    }

    /// Asks the terminal for its background. The answer comes as an input, or never.
    ///
    /// # Errors
    /// Where the terminal cannot be written to any more.
    pub(crate) fn ask_background(&mut self) -> io::Result<()> {
        // The console of Windows hands over answers as other systems do keys; they are not told apart there.
        if cfg!(windows) {
            return Ok(());
        }
        self.asked = Some(Instant::now());
        let mut out = io::stdout().lock();
        out.write_all(crate::tui::terminal::background::QUESTION.as_bytes()).and_then(|()| out.flush())
    }

    /// Stops listening. An answer that is still under way is waited for shortly, so that nobody else gets it.
    fn stop_listening(&mut self) {
        self.events = None;
        let Some(asked) = self.asked.take().filter(|asked| asked.elapsed() < UNDER_WAY) else { return };
        let until = asked.max(Instant::now()) + LEAVING;
        while !self.heard.iter().any(|heard| matches!(heard, Heard::Background(_))) {
            let left = until.saturating_duration_since(Instant::now());
            if !crossterm::event::poll(left).unwrap_or(false) {
                break;
            }
            let Ok(event) = crossterm::event::read() else { break };
            self.answers.hear(event, &mut self.heard);
        }
        self.heard.retain(|heard| matches!(heard, Heard::Background(_)));
    }

    /// Draws one frame; the terminal shows it at once or not at all.
    ///
    /// # Errors
    /// Where the terminal cannot be written to any more.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame)) -> io::Result<()> {
        self.writer.begin();
        let drawn = self.screen.draw(draw).map(|_| ());
        let written = self.writer.end();
        // After the first frame: nobody waits for it.
        watcher::start();
        drawn.and(written)
    }

    /// Forgets what is on the screen: the next frame draws every cell.
    ///
    /// # Errors
    /// Where the terminal cannot be written to any more.
    pub(crate) fn repaint(&mut self) -> io::Result<()> {
        // Not `clear`: that asks the terminal where its cursor is, and waits for the answer.
        let size = self.screen.size()?;
        self.screen.resize(Rect::new(0, 0, size.width, size.height))
    }

    /// Leaves the mouse to the terminal's own selection, or takes it back.
    ///
    /// # Errors
    /// Where the terminal cannot be written to any more.
    pub(crate) fn capture_mouse(&mut self, capture: bool) -> io::Result<()> {
        if self.mouse == capture {
            return Ok(());
        }
        self.mouse = capture;
        if capture { execute!(io::stdout(), CaptureMouse) } else { execute!(io::stdout(), ReleaseMouse) }
    }

    /// To the clipboard of the terminal, however far away that is (OSC 52).
    ///
    /// # Errors
    /// Where the terminal cannot be written to any more.
    #[allow(clippy::unused_self)] // only who holds the terminal writes to it
    pub(crate) fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
    }

    /// Gives the terminal to somebody else, as we found it.
    pub(crate) fn pause(&mut self) {
        self.stop_listening();
        restore();
    }

    /// Takes it back, and draws everything with the next frame.
    ///
    /// # Errors
    /// Where it cannot be set up any more.
    pub(crate) fn resume(&mut self) -> io::Result<()> {
        take(self.mouse)?;
        self.events = Some(EventStream::new());
        self.repaint()
    }

    /// Goes to the background and comes back with `fg`.
    ///
    /// # Errors
    /// Where the terminal cannot be taken back.
    pub(crate) fn suspend(&mut self) -> io::Result<()> {
        self.pause();
        stop();
        self.resume()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.stop_listening();
        restore();
        // The library shows the cursor once more, as `restore` did, and panics where that fails and stderr is gone too.
        self.writer.0.borrow_mut().over = true;
    }
}

/// Columns and rows of the terminal, where there is one.
pub fn size() -> Option<(u16, u16)> {
    terminal::size().ok()
}

fn take(mouse: bool) -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    watcher::remember_modes();
    terminal::enable_raw_mode()?;
    let mut out = io::stdout().lock();
    queue!(out, EnterAlternateScreen, cursor::Hide, EnableBracketedPaste, EnableFocusChange)?;
    if mouse {
        queue!(out, CaptureMouse)?;
    }
    if has_kitty_keyboard(|name| std::env::var(name).ok()) {
        FLAGS.store(true, Ordering::SeqCst);
        queue!(out, PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES))?;
    }
    out.flush()?;
    watcher::set_taken(true);
    Ok(())
}

/// Takes what is ours already once more, after somebody else has had it.
fn retake(mouse: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if FLAGS.load(Ordering::SeqCst) {
        queue!(out, PopKeyboardEnhancementFlags)?;
    }
    drop(out);
    // Raw mode is thought to be on.
    terminal::disable_raw_mode()?;
    take(mouse)
}

/// Gives the terminal back to the shell. Safe at any time, any number of times.
pub(crate) fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout().lock();
    let _ = out.write_all(&leaving(FLAGS.swap(false, Ordering::SeqCst)));
    let _ = out.flush();
    drop(out);
    let _ = terminal::disable_raw_mode();
    watcher::set_taken(false);
}

/// What takes back all that [`take`] asked of the terminal; `flags`: the keyboard's too.
fn leaving(flags: bool) -> Vec<u8> {
    let mut out = Vec::new();
    // Writing to memory does not fail.
    let _ = queue!(out, terminal::EndSynchronizedUpdate);
    if flags {
        let _ = queue!(out, PopKeyboardEnhancementFlags);
    }
    let _ = queue!(out, ReleaseMouse, DisableFocusChange, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
    out
}

/// Terminals that are known to understand the kitty keyboard protocol; asking would cost a round trip.
pub(crate) fn has_kitty_keyboard(variable: impl Fn(&str) -> Option<String>) -> bool {
    let is = |name: &str, known: &[&str]| variable(name).is_some_and(|value| known.contains(&value.as_str()));
    // A multiplexer stands between, and has its own mind about it.
    variable("TMUX").is_none()
        && variable("STY").is_none()
        && (is("TERM", &["xterm-kitty", "xterm-ghostty", "foot", "foot-extra", "rio", "alacritty"])
            || is("TERM_PROGRAM", &["ghostty", "WezTerm", "rio"]))
}

fn input(event: TerminalEvent) -> Input {
    match event {
        TerminalEvent::Key(key) => Input::Key(key),
        TerminalEvent::Mouse(mouse) => Input::Mouse(mouse),
        TerminalEvent::Paste(text) => Input::Paste(text),
        TerminalEvent::Resize(columns, rows) => Input::Resize { columns, rows },
        TerminalEvent::FocusGained => Input::Focus(true),
        TerminalEvent::FocusLost => Input::Focus(false),
    }
}

/// Presses, drags and the wheel, but not every move: those would wake us for nothing.
struct CaptureMouse;

impl Command for CaptureMouse {
    fn write_ansi(&self, f: &mut impl fmt::Write) -> fmt::Result {
        f.write_str("\x1b[?1000h\x1b[?1002h\x1b[?1006h")
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        crossterm::event::EnableMouseCapture.execute_winapi()
    }

    #[cfg(windows)]
    fn is_ansi_code_supported(&self) -> bool {
        false
    }
}

struct ReleaseMouse;

impl Command for ReleaseMouse {
    fn write_ansi(&self, f: &mut impl fmt::Write) -> fmt::Result {
        f.write_str("\x1b[?1006l\x1b[?1002l\x1b[?1000l")
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        crossterm::event::DisableMouseCapture.execute_winapi()
    }

    #[cfg(windows)]
    fn is_ansi_code_supported(&self) -> bool {
        false
    }
}

/// Gathers a frame, so that it reaches the terminal in one write and inside one synchronized update. Its clones write
/// into the same frame: one is the library's, one ours.
#[derive(Clone, Default)]
struct FrameWriter(Rc<RefCell<Pending>>);

#[derive(Default)]
struct Pending {
    bytes: Vec<u8>,
    held: bool,
    /// The terminal was given back: nothing more of ours is written to it.
    over: bool,
}

impl Write for FrameWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut pending = self.0.borrow_mut();
        if pending.held || pending.over || pending.bytes.is_empty() {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        let written = out.write_all(&pending.bytes).and_then(|()| out.flush());
        pending.bytes.clear();
        written
    }
}

impl FrameWriter {
    fn begin(&mut self) {
        let mut pending = self.0.borrow_mut();
        pending.held = true;
        pending.bytes.extend_from_slice(b"\x1b[?2026h");
    }

    fn end(&mut self) -> io::Result<()> {
        let mut pending = self.0.borrow_mut();
        pending.held = false;
        pending.bytes.extend_from_slice(b"\x1b[?2026l");
        drop(pending);
        self.flush()
    }
}

/// Writes a report of every panic. In the thread that draws, the terminal is given back first, so that the report can
/// be read; elsewhere the loop goes on and tells of it.
fn install_panic_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if guard::is_guarded() {
                guard::note(panic);
                return;
            }
            let report = report(&panic.to_string());
            let draws = DRAWS.lock().is_some_and(|id| id == current());
            if !draws && TAKEN.load(Ordering::SeqCst) {
                *ELSEWHERE.lock() = report;
                return;
            }
            restore();
            before(panic);
            if let Some(report) = report {
                let file = report.display().to_string();
                let _ = writeln!(io::stderr(), "studio: its backtrace is in {}", visible(&file));
            }
        }));
    });
}

fn current() -> ThreadId {
    std::thread::current().id()
}

/// The report of a panic that did not end the program, told once.
pub(crate) fn panicked_elsewhere() -> Option<PathBuf> {
    ELSEWHERE.lock().take()
}

fn report(message: &str) -> Option<PathBuf> {
    let folder = folders::state()?.join("crashes");
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let file = folder.join(format!("{seconds}-{}.txt", std::process::id()));
    let trace = std::backtrace::Backtrace::force_capture();
    let version = env!("CARGO_PKG_VERSION");
    let message = message.lines().map(visible).collect::<Vec<_>>().join("\n");
    let text = format!("studio {version}\n{message}\n\n{trace}\n");
    Folder::create(&folder).ok()?.write(&file, text.as_bytes(), Links::Never).ok()?;
    Some(file)
}

#[cfg(test)]
mod tests {
    use crate::tui::terminal::*;

    #[test]
    fn keyboard_flags_only_where_they_are_known() {
        let ask = |variables: &[(&str, &str)]| {
            has_kitty_keyboard(|name| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert!(ask(&[("TERM", "xterm-kitty")]));
        assert!(ask(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")]));
        assert!(!ask(&[("TERM", "xterm-kitty"), ("TMUX", "/tmp/tmux-0/default,1,0")]));
        assert!(!ask(&[("TERM", "xterm-256color")]));
        assert!(!ask(&[]));
    }

    #[test]
    fn a_frame_is_one_write() {
        let mut ours = FrameWriter::default();
        let mut theirs = ours.clone();
        ours.begin();
        theirs.write_all(b"cells").unwrap();
        theirs.flush().unwrap();
        assert_eq!(ours.0.borrow().bytes, b"\x1b[?2026hcells", "held until the frame is whole");
    }
}
