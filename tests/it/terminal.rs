//! The terminal UI in a real terminal: what a person sees while files are saved under it, and that it leaves no trace.

use portable_pty::CommandBuilder;

use crate::pty::Screen;
use crate::support::{PATIENCE, Project};

const LAST: &str = "[CRITICAL ERROR] >> Mainframe breach detected.";

#[test]
fn from_new_to_a_running_program_and_a_save() {
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        let project = Project::new("neon");
        let mut screen = Screen::studio(&project, &["."], columns, rows);
        screen.wait_for(LAST);
        let text = screen.wait_for("start→run");
        assert!(text.contains("core-logic") && text.contains("logger"), "{text}");
        project.edit("core-logic/src/lib.rs", "System startup initiated.", "Edited under a running studio.");
        screen.wait_for("[INFO] >> Edited under a running studio.");
        screen.press("?");
        screen.wait_for("Keys and commands");
        screen.press("\x1b");
        // Sent at once, the two would be alt-q.
        screen.until("the help's end", |s| !s.contains("Keys and commands"));
        screen.press("q");
        assert_eq!(screen.end(), 0);
        screen.assert_restored();
    }
}

#[test]
fn a_broken_save_shows_the_first_error_and_keeps_the_log() {
    let project = Project::new("neon");
    let mut screen = Screen::studio(&project, &["."], 120, 36);
    screen.wait_for(LAST);
    project.edit("core-logic/src/lib.rs", "!mainframe_is_safe()", "!mainframe_is_save()");
    let text = screen.wait_for("mainframe_is_save");
    assert!(text.contains("core-logic/src/lib.rs"), "{text}");
    project.edit("core-logic/src/lib.rs", "!mainframe_is_save()", "!mainframe_is_safe()");
    screen.until("the problem's end", |s| !s.contains("mainframe_is_save"));
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn nothing_runs_before_the_folder_is_trusted() {
    let made = Project::new("neon");
    let stranger = Project::empty();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_studio"));
    command.arg(".");
    command.cwd(&made.dir);
    command.env("XDG_STATE_HOME", stranger.state());
    let mut screen = Screen::open(command, 120, 36);
    let text = screen.until("the question", |s| s.contains("t trust, build and run"));
    assert!(!made.path("target").exists() && !text.contains(LAST), "{text}");
    screen.press("t");
    screen.wait_for(LAST);
    screen.press("q");
    assert_eq!(screen.end(), 0);
    let mut again = stranger.studio(&["build"]);
    assert!(again.current_dir(&made.dir).status().unwrap().success(), "the trust is remembered");
}

#[test]
fn resizes_of_every_kind_leave_it_whole() {
    let project = Project::new("neon");
    let mut screen = Screen::studio(&project, &["."], 120, 36);
    screen.wait_for(LAST);
    for (columns, rows) in [(80, 24), (20, 5), (1, 1), (300, 80), (60, 15), (120, 36)] {
        screen.resize(columns, rows);
    }
    screen.wait_for("start→run");
    screen.wait_for(LAST);
    screen.press("q");
    assert_eq!(screen.end(), 0);
    screen.assert_restored();
}

#[test]
fn signals_restore_the_terminal() {
    for signal in ["TERM", "HUP"] {
        let project = Project::new("blank");
        let mut screen = Screen::studio(&project, &["."], 100, 30);
        screen.wait_for("Hello from your component.");
        screen.signal(signal);
        screen.end();
        screen.assert_restored();
    }
}

#[test]
fn suspended_and_continued() {
    let project = Project::new("blank");
    let mut screen = Screen::studio(&project, &["."], 100, 30);
    screen.wait_for("Hello from your component.");
    screen.press("\x1a");
    let stat = format!("/proc/{}/stat", screen.child.process_id().unwrap());
    let deadline = std::time::Instant::now() + PATIENCE;
    while !std::fs::read_to_string(&stat).unwrap().contains(") T ") {
        assert!(std::time::Instant::now() < deadline, "it never stopped");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    screen.until("the shell's screen", |s| !s.contains("Hello from your component."));
    screen.assert_restored();
    screen.signal("CONT");
    screen.wait_for("Hello from your component.");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    screen.assert_restored();
}

#[test]
fn a_shell_suspends_and_continues_it() {
    let project = Project::new("blank");
    let mut command = CommandBuilder::new("bash");
    // Job control, so that the shell has the terminal while studio is stopped.
    command.args([
        "-c",
        "set -m; \"$0\" .; echo the shell goes on; read; fg; echo and ends",
        env!("CARGO_BIN_EXE_studio"),
    ]);
    command.cwd(&project.dir);
    command.env("XDG_STATE_HOME", project.state());
    let mut screen = Screen::open(command, 100, 30);
    screen.wait_for("Hello from your component.");
    screen.press("\x1a");
    screen.wait_for("the shell goes on");
    screen.assert_restored();
    screen.press("\r");
    screen.until("the whole screen again", |s| s.contains("Hello from your component.") && s.contains("? help"));
    screen.press("q");
    screen.wait_for("and ends");
    screen.assert_restored();
}

#[test]
fn the_editor_gets_the_terminal_at_the_line_and_saves_are_built_meanwhile() {
    let project = Project::new("neon");
    // An editor that shows what it was given, and stays until a key.
    let editor = project.path("an editor");
    std::fs::create_dir(&editor).unwrap();
    let vi = editor.join("vi");
    std::fs::write(&vi, "#!/bin/sh\necho \"editing $*\"\nread -r _\n").unwrap();
    let mut permissions = std::fs::metadata(&vi).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    std::fs::set_permissions(&vi, permissions).unwrap();

    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_studio"));
    command.arg(".");
    command.cwd(&project.dir);
    command.env("XDG_STATE_HOME", project.state());
    command.env("VISUAL", "");
    command.env("EDITOR", "vi");
    command.env("PATH", format!("{}:{}", editor.display(), std::env::var("PATH").unwrap()));
    let mut screen = Screen::open(command, 120, 36);
    screen.wait_for(LAST);
    project.edit("core-logic/src/lib.rs", "!mainframe_is_safe()", "!mainframe_is_save()");
    screen.wait_for("mainframe_is_save");
    screen.press("pe");
    let text = screen.wait_for("editing +");
    assert!(text.contains("core-logic/src/lib.rs"), "{text}");
    screen.assert_restored();
    project.edit("core-logic/src/lib.rs", "!mainframe_is_save()", "!mainframe_is_safe()");
    screen.press("\r");
    screen.until("the screen again, the error gone", |s| s.contains("? help") && !s.contains("mainframe_is_save"));
    screen.press("q");
    assert_eq!(screen.end(), 0);
    screen.assert_restored();
}

/// Not a test of its own: what `a_panic_restores_the_terminal` runs in a terminal.
#[test]
#[ignore = "run by a_panic_restores_the_terminal"]
fn child_that_panics() {
    let _terminal = studio::tui::terminal::Terminal::enter().unwrap();
    panic!("the sky falls");
}

#[test]
fn a_panic_restores_the_terminal() {
    let project = Project::empty();
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "terminal::child_that_panics", "--nocapture", "--test-threads=1"]);
    command.env("XDG_STATE_HOME", project.state());
    let mut screen = Screen::open(command, 100, 30);
    assert_ne!(screen.end(), 0);
    screen.assert_restored();
    let text = screen.text();
    assert!(text.contains("the sky falls"), "{text}");
}
