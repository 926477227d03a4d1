//! A real pseudo-terminal with a program in it, and the screen a person would see.

use std::io::{Read as _, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::support::{PATIENCE, Project};

const LOOK_AGAIN: Duration = Duration::from_millis(50);

pub struct Screen {
    pub parser: vt100::Parser,
    /// Everything the program wrote.
    pub raw: Vec<u8>,
    /// What has come of a frame that is not whole.
    held: Vec<u8>,
    bytes: Receiver<Vec<u8>>,
    keys: Box<dyn Write + Send>,
    pub child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
}

impl Screen {
    /// `studio ARGS` in this project's folder, in a terminal of this size.
    pub fn studio(project: &Project, args: &[&str], columns: u16, rows: u16) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_studio"));
        command.args(args);
        command.cwd(&project.dir);
        command.env("XDG_STATE_HOME", project.state());
        command.env("XDG_CONFIG_HOME", project.state().join("config"));
        Self::open(command, columns, rows)
    }

    pub fn open(mut command: CommandBuilder, columns: u16, rows: u16) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env("LANG", "C.UTF-8");
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (tell, bytes) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65536];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if tell.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        let parser = vt100::Parser::new(rows, columns, 0);
        Self { parser, raw: Vec::new(), held: Vec::new(), bytes, keys, child, master: pair.master }
    }

    pub fn text(&self) -> String {
        self.parser.screen().contents()
    }

    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.parser.screen_mut().set_size(rows, columns);
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Shows what was written, but for a frame that is not whole yet: as a terminal with synchronized output does.
    fn take(&mut self, bytes: &[u8]) {
        const BEGIN: &[u8] = b"\x1b[?2026h";
        const END: &[u8] = b"\x1b[?2026l";
        self.held.extend_from_slice(bytes);
        let last = |mark: &[u8]| self.held.windows(mark.len()).rposition(|w| w == mark);
        let shown = match (last(BEGIN), last(END)) {
            (Some(begin), None) => begin,
            (Some(begin), Some(end)) if end < begin => begin,
            _ => self.held.len(),
        };
        let rest = self.held.split_off(shown);
        self.parser.process(&self.held);
        self.held = rest;
        self.raw.extend_from_slice(bytes);
    }

    /// Waits until the screen's text is so.
    pub fn until(&mut self, what: &str, is: impl Fn(&str) -> bool) -> String {
        self.until_so(what, |screen| is(&screen.text()))
    }

    /// Waits until the screen is so: its text, its colours, or what was written to it.
    pub fn until_so(&mut self, what: &str, is: impl Fn(&Self) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = self.text();
            if is(self) {
                return text;
            }
            // What is waited for may be a file: that says nothing.
            match self.bytes.recv_timeout(LOOK_AGAIN) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Timeout) if Instant::now() < deadline => {}
                Err(e) => panic!("{what} never came ({e}); the screen:\n{text}"),
            }
        }
    }

    /// Takes what the program writes within a moment, while something else is waited for.
    pub fn pump(&mut self) {
        if let Ok(bytes) = self.bytes.recv_timeout(Duration::from_millis(10)) {
            self.take(&bytes);
        }
    }

    pub fn wait_for(&mut self, text: &str) -> String {
        self.until(&format!("`{text}`"), |screen| screen.contains(text))
    }

    /// Waits for the program's end and gives its exit code; what it wrote last is on the screen.
    pub fn end(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "it does not end; the screen:\n{}", self.text());
            if let Ok(bytes) = self.bytes.recv_timeout(Duration::from_millis(20)) {
                self.take(&bytes);
            }
        };
        while let Ok(bytes) = self.bytes.recv_timeout(Duration::from_millis(200)) {
            self.take(&bytes);
        }
        self.parser.process(&std::mem::take(&mut self.held));
        status.exit_code()
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let pid = self.child.process_id().unwrap();
        let status = std::process::Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// The terminal echoes, gathers lines and turns keys into signals, as a shell expects it.
    pub fn assert_cooked(&self) {
        assert!(self.is_cooked(), "the terminal is raw");
    }

    pub fn is_cooked(&self) -> bool {
        use rustix::fs::{Mode, OFlags, open};
        use rustix::termios::{LocalModes, OutputModes, tcgetattr};
        let name = self.master.tty_name().unwrap();
        let tty = open(&name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap();
        let modes = tcgetattr(&tty).unwrap();
        let local = LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN;
        modes.local_modes.contains(local) && modes.output_modes.contains(OutputModes::OPOST)
    }

    /// The terminal is as a shell expects it: main screen, cursor shown, no mouse, no bracketed paste.
    pub fn assert_restored(&self) {
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen(), "still on the alternate screen");
        assert!(!screen.hide_cursor(), "the cursor is hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is on");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is captured");
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
