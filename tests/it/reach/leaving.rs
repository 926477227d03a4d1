//! Every way out of the terminal UI: the terminal is given back, and what is to be kept is kept.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::pty::Screen;
use crate::support::{PATIENCE, Project};

const HELLO: &str = "Hello from your component.";

/// A program that asks for what it may not have: the ledger says so.
fn asks() -> Project {
    let project = Project::new("blank");
    project.edit("src/lib.rs", "println!(", "let _ = std::fs::read(\"/secret\");\n        println!(");
    project
}

fn until(what: &str, is: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is() {
        assert!(Instant::now() < deadline, "{what} never came");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Every file below a folder whose path has this in it.
fn files(folder: &Path, part: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let own = files.into_iter().filter(|path| path.to_string_lossy().contains(part));
    own.chain(folders.iter().flat_map(|folder| self::files(folder, part))).collect()
}

/// A shell that runs this and goes on after it: as in life, it is not with the program that the terminal's session ends.
fn in_a_shell(project: &Project, program: &str, arguments: &[&str]) -> Screen {
    let mut command = CommandBuilder::new("bash");
    command.args(["-c", "\"$@\"; echo \"ended with $?\"; read -r _", "bash", program]);
    command.args(arguments);
    command.cwd(&project.dir);
    command.env("XDG_STATE_HOME", project.state());
    command.env_remove("RUST_BACKTRACE");
    Screen::open(command, 100, 30)
}

fn assert_given_back(screen: &mut Screen) {
    screen.wait_for("ended with");
    screen.until_so("the terminal", |s| s.is_cooked() && !s.parser.screen().alternate_screen());
    screen.assert_restored();
}

/// The only child of this shell that is studio.
fn studio_of(screen: &Screen) -> String {
    let shell = screen.child.process_id().unwrap().to_string();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let stats = processes.filter_map(|process| std::fs::read_to_string(process.path().join("stat")).ok());
    // PID (NAME) STATE PARENT …
    let mut found = stats.filter_map(|stat| {
        let (pid, rest) = stat.split_once(" (studio) ")?;
        (rest.split(' ').nth(1) == Some(&shell)).then(|| pid.to_owned())
    });
    found.next().unwrap()
}

fn kill(signal: &str, pid: &str) {
    let sent = std::process::Command::new("kill").args([&format!("-{signal}"), pid]).status().unwrap();
    assert!(sent.success());
}

/// What a session leaves: where the screen was, and what the run used.
fn assert_kept(project: &Project) {
    assert!(project.path(".studio/session.toml").is_file(), "{:?}", files(&project.dir.join(".studio"), ""));
    let ledger = [files(&project.dir.join(".studio"), "ledger"), files(&project.state(), "ledger")].concat();
    assert!(!ledger.is_empty(), "no ledger: {:?}", files(&project.state(), ""));
}

#[test]
fn every_signal_that_can_be_heard_restores_the_terminal_and_keeps_the_session() {
    for (signal, number) in
        [("QUIT", 3), ("ABRT", 6), ("ALRM", 14), ("USR1", 10), ("USR2", 12), ("TERM", 15), ("HUP", 1), ("INT", 2)]
    {
        let project = asks();
        let mut screen = Screen::studio(&project, &["."], 100, 30);
        screen.wait_for(HELLO);
        assert!(!screen.is_cooked(), "raw while it runs");
        // A key, so that there is something to keep.
        screen.press("z");
        screen.signal(signal);
        assert_eq!(screen.end(), 128 + number, "{signal}: {}", screen.text());
        screen.assert_restored();
        screen.assert_cooked();
        assert!(!screen.text().contains("panicked"), "{}", screen.text());
        assert_kept(&project);
    }
}

#[test]
fn what_no_program_hears_restores_the_terminal_too() {
    for signal in ["KILL", "SEGV", "XCPU", "PROF"] {
        let project = Project::new("blank");
        let mut screen = in_a_shell(&project, env!("CARGO_BIN_EXE_studio"), &["."]);
        screen.wait_for(HELLO);
        let pid = studio_of(&screen);
        until("the watcher", || has_child(&pid));
        assert!(!screen.is_cooked(), "raw while it runs");
        kill(signal, &pid);
        if signal == "SEGV" {
            // The first of these, from outside, is Rust's and Wasmtime's to look at; it may have been enough.
            let _ = std::process::Command::new("kill").args(["-SEGV", &pid]).status();
        }
        assert_given_back(&mut screen);
    }
}

/// Whether a process has a child that is the shell by which the terminal is restored.
fn has_child(pid: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let is_it = |folder: PathBuf| {
        let status = std::fs::read_to_string(folder.join("status")).unwrap_or_default();
        let line = std::fs::read_to_string(folder.join("cmdline")).unwrap_or_default();
        status.contains(&format!("PPid:\t{pid}\n")) && line.contains("studio-terminal")
    };
    processes.map(|e| e.path()).any(is_it)
}

/// Not tests of their own: what the next two run in a terminal.
#[test]
#[ignore = "run by an_abort_restores_the_terminal"]
fn child_that_aborts() {
    let mut terminal = studio::tui::terminal::Terminal::enter().unwrap();
    terminal.draw(|_| {}).unwrap();
    until("the watcher", || has_child(&std::process::id().to_string()));
    std::process::abort();
}

#[test]
#[ignore = "run by a_failed_allocation_restores_the_terminal"]
fn child_without_memory() {
    let mut terminal = studio::tui::terminal::Terminal::enter().unwrap();
    terminal.draw(|_| {}).unwrap();
    until("the watcher", || has_child(&std::process::id().to_string()));
    let layout = std::alloc::Layout::from_size_align(usize::MAX / 4, 1).unwrap();
    std::alloc::handle_alloc_error(layout);
}

#[test]
fn an_abort_and_a_failed_allocation_restore_the_terminal() {
    for child in ["child_that_aborts", "child_without_memory"] {
        let project = Project::empty();
        let test = format!("reach::leaving::{child}");
        let program = std::env::current_exe().unwrap();
        let arguments = ["--ignored", "--exact", &test, "--nocapture", "--test-threads=1"];
        let mut screen = in_a_shell(&project, program.to_str().unwrap(), &arguments);
        assert_given_back(&mut screen);
        assert!(!screen.text().contains("ended with 0"), "{}", screen.text());
    }
}

#[test]
fn a_closed_window_keeps_the_session_and_says_nothing() {
    let project = asks();
    let size = PtySize { rows: 30, cols: 100, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_studio"));
    command.arg(".");
    command.cwd(&project.dir);
    command.env("XDG_STATE_HOME", project.state());
    command.env("TERM", "xterm-256color");
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let (mut seen, mut buffer) = (vt100::Parser::new(30, 100, 0), vec![0; 65536]);
    while !seen.screen().contents().contains(HELLO) {
        let read = reader.read(&mut buffer).unwrap();
        seen.process(&buffer[..read]);
    }
    let mut keys = pair.master.take_writer().unwrap();
    std::io::Write::write_all(&mut keys, b"z").unwrap();
    // The window is closed: SIGHUP, and every call on the terminal fails.
    drop((reader, keys, pair.master));
    let status = child.wait().unwrap();
    assert_eq!(status.exit_code(), 129);
    let reports = files(&project.state(), "crashes");
    assert!(reports.is_empty(), "{}", std::fs::read_to_string(&reports[0]).unwrap());
    assert_kept(&project);
}

#[test]
fn stopped_by_somebody_else_it_takes_the_terminal_again() {
    let project = Project::new("blank");
    let mut command = CommandBuilder::new("bash");
    let script =
        "set -m; \"$0\" .; stty sane; printf '\\033[?1049l\\033[2Jthe shell goes on\\n'; read; fg; echo and ends";
    command.args(["-c", script, env!("CARGO_BIN_EXE_studio")]);
    command.cwd(&project.dir);
    command.env("XDG_STATE_HOME", project.state());
    let mut screen = Screen::open(command, 100, 30);
    screen.wait_for(HELLO);
    kill("STOP", &studio_of(&screen));
    screen.wait_for("the shell goes on");
    assert!(screen.is_cooked());
    screen.press("\r");
    screen.until("the whole screen again", |s| s.contains(HELLO) && s.contains("? help"));
    screen.until_so("raw mode", |s| !s.is_cooked() && s.parser.screen().alternate_screen());
    screen.press("q");
    screen.wait_for("and ends");
    screen.assert_restored();
}
