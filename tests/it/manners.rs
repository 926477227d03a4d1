//! How studio gets on with the terminal and the user's own things: the background it stands on, the clipboard, themes.

use ratatui::style::Color;
use studio::look::{Background, Depth, Theme};

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::pty::Screen;
use crate::support::Project;

const QUESTION: &[u8] = b"\x1b]11;?\x1b\\";

fn asked(screen: &Screen) -> usize {
    screen.raw.windows(QUESTION.len()).filter(|bytes| *bytes == QUESTION).count()
}

/// Whether something on the screen has the accent of our theme for this background.
fn stands_on(screen: &Screen, background: Background) -> bool {
    let Some(Color::Rgb(r, g, b)) = Theme::new(Depth::True, background).accent.fg else { panic!("no accent") };
    shows(screen, vt100::Color::Rgb(r, g, b))
}

fn shows(screen: &Screen, color: vt100::Color) -> bool {
    let (rows, columns) = screen.parser.screen().size();
    let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    cells.filter_map(|(row, column)| screen.parser.screen().cell(row, column)).any(|cell| cell.fgcolor() == color)
}

/// The first frame is there before the question, and the question has come.
fn opened(project: &Project) -> Screen {
    let mut screen = Screen::studio(project, &["."], 100, 30);
    screen.wait_for("ctrl-n");
    screen.until_so("the question", |screen| asked(screen) == 1);
    let at = |what: &[u8]| screen.raw.windows(what.len()).position(|bytes| bytes == what).unwrap();
    assert!(at(b"\x1b[?2026l") < at(QUESTION), "the frame first");
    screen
}

#[test]
fn a_terminal_that_tells_its_ground_gets_the_theme_for_it() {
    let project = Project::empty();
    for answer in ["\x1b]11;rgb:ffff/ffff/ffff\x1b\\", "\x1b]11;rgb:fd/f6/e3\x07"] {
        let mut screen = opened(&project);
        assert!(stands_on(&screen, Background::Dark) && !stands_on(&screen, Background::Light));
        screen.press(answer);
        screen.until_so("the light theme", |s| stands_on(s, Background::Light) && !stands_on(s, Background::Dark));
        // Coming back from elsewhere, it is asked again.
        screen.press("\x1b[I");
        screen.until_so("another question", |screen| asked(screen) == 2);
        screen.press("\x1b]11;rgb:0000/0000/0000\x1b\\");
        screen.until_so("the dark theme", |s| stands_on(s, Background::Dark));
        screen.press("q");
        assert_eq!(screen.end(), 0);
        screen.assert_restored();
    }
}

#[test]
fn a_terminal_that_says_nothing_is_dark_and_every_key_works() {
    let project = Project::empty();
    let mut screen = opened(&project);
    assert!(stands_on(&screen, Background::Dark));
    screen.press("?");
    screen.wait_for("Keys and commands");
    // What an answer begins with is a key again when nothing follows.
    screen.press("\x1b]");
    screen.press("wir");
    screen.wait_for("wir");
    screen.press("\x03");
    assert_eq!(screen.end(), 0);
    screen.assert_restored();
}

#[test]
fn an_answer_that_comes_late_and_in_pieces_is_no_keys() {
    let project = Project::empty();
    let mut screen = opened(&project);
    screen.press("?");
    screen.wait_for("Keys and commands");
    screen.press("ru");
    screen.wait_for("ru");
    for piece in ["\x1b]11;rg", "b:ffff/ffff", "/ffff\x1b\\"] {
        screen.press(piece);
    }
    screen.until_so("the light theme", |s| stands_on(s, Background::Light));
    screen.press("n");
    let text = screen.wait_for("run");
    assert!(!text.contains("rgb") && !text.contains("ffff") && text.contains("Keys and commands"), "{text}");
    screen.press("\x03");
    assert_eq!(screen.end(), 0);
}

#[test]
fn nothing_is_asked_where_a_theme_is_named() {
    let project = Project::empty();
    let settings = project.state().join("config/studio/config.toml");
    std::fs::create_dir_all(settings.parent().unwrap()).unwrap();
    std::fs::write(&settings, "theme = \"high-contrast\"\n").unwrap();
    let mut screen = Screen::studio(&project, &["."], 100, 30);
    screen.wait_for("ctrl-n");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert_eq!(asked(&screen), 0);
}

#[test]
fn an_answer_under_way_does_not_reach_the_shell() {
    let project = Project::empty();
    let mut command = portable_pty::CommandBuilder::new("bash");
    command.args(["-c", "\"$0\" .; stty -echo -icanon min 0 time 5; echo left \"$(cat | od -c | head -1)\" end"]);
    command.arg(env!("CARGO_BIN_EXE_studio"));
    command.cwd(&project.dir);
    command.env("XDG_STATE_HOME", project.state());
    command.env("XDG_CONFIG_HOME", project.state().join("config"));
    let mut screen = Screen::open(command, 100, 30);
    screen.until_so("the question", |screen| asked(screen) == 1);
    screen.press("q");
    screen.press("\x1b]11;rgb:ffff/ffff/ffff\x1b\\");
    let text = screen.wait_for("end");
    assert!(text.contains("left 0000000"), "{text}");
}

/// The user's settings.
fn settings(project: &Project, text: &str) -> PathBuf {
    let file = project.state().join("config/studio/config.toml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, text).unwrap();
    file
}

/// A program in a folder of its own, to be put on the PATH.
fn program(folder: &Path, name: &str, script: &str) {
    std::fs::create_dir_all(folder).unwrap();
    let file = folder.join(name);
    std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// studio with a display and these programs before all others, its first problem shown.
fn with_programs(project: &Project, programs: &Path, rest: &str) -> Screen {
    let mut command = portable_pty::CommandBuilder::new(env!("CARGO_BIN_EXE_studio"));
    command.arg(".");
    command.cwd(&project.dir);
    command.env("XDG_STATE_HOME", project.state());
    command.env("XDG_CONFIG_HOME", project.state().join("config"));
    for remote in ["SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT", "TMUX"] {
        command.env_remove(remote);
    }
    command.env("WAYLAND_DISPLAY", "wayland-of-a-test");
    command.env("PATH", format!("{}{rest}", programs.display()));
    let mut screen = Screen::open(command, 120, 30);
    screen.wait_for("Problems 2");
    screen.press("p");
    screen.wait_for("Unknown setting");
    screen
}

const OSC_52: &[u8] = b"\x1b]52;c;";

fn copies_by_the_terminal(screen: &Screen) -> bool {
    screen.raw.windows(OSC_52.len()).any(|bytes| bytes == OSC_52)
}

#[test]
fn what_is_copied_goes_the_way_that_the_settings_say() {
    for (way, native, terminal) in [("auto", true, true), ("native", true, false), ("osc52", false, true)] {
        let project = Project::empty();
        settings(&project, &format!("clipboard = \"{way}\"\nnope = 1\n"));
        let programs = project.path("programs");
        let copied = programs.join("copied");
        // Whole or not there: it is looked for while it is written.
        program(&programs, "wl-copy", &format!("cat > '{0}.part' && mv '{0}.part' '{0}'", copied.display()));
        let mut screen = with_programs(&project, &programs, &format!(":{}", std::env::var("PATH").unwrap()));
        screen.press("y");
        screen.wait_for("copied");
        if native {
            screen.until_so("the copy", |_| copied.exists());
            let text = std::fs::read_to_string(&copied).unwrap();
            assert_eq!(text, "There is no component, no composition and no WIT in this folder.");
        }
        screen.press("q");
        assert_eq!(screen.end(), 0);
        assert_eq!((copied.exists(), copies_by_the_terminal(&screen)), (native, terminal), "{way}");
    }
}

#[test]
fn a_program_that_is_missing_or_fails_is_told() {
    let project = Project::empty();
    settings(&project, "clipboard = \"native\"\nnope = 1\n");
    let programs = project.path("programs");
    std::fs::create_dir_all(&programs).unwrap();
    let mut screen = with_programs(&project, &programs, "");
    screen.press("y");
    screen.wait_for("there is no wl-copy");
    screen.press("M");
    screen.wait_for("clipboard = \"osc52\"");
    screen.press("\x1b");
    screen.until("the list's end", |s| !s.contains("Messages"));
    program(&programs, "wl-copy", "exit 3");
    screen.press("y");
    screen.wait_for("failed to copy");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn a_theme_saved_again_shows_at_once() {
    let project = Project::empty();
    settings(&project, "theme = \"mine\"\n");
    let theme = project.state().join("config/studio/themes/mine.toml");
    std::fs::create_dir_all(theme.parent().unwrap()).unwrap();
    std::fs::write(&theme, "inherits = \"dark\"\naccent = \"#010203\"\n").unwrap();
    let mut screen = Screen::studio(&project, &["."], 100, 30);
    screen.until_so("the theme", |s| shows(s, vt100::Color::Rgb(1, 2, 3)));
    std::fs::write(&theme, "inherits = \"dark\"\naccent = \"#fafbfc\"\n").unwrap();
    screen.until_so("the new colours", |s| shows(s, vt100::Color::Rgb(0xfa, 0xfb, 0xfc)));
    std::fs::write(&theme, "inherits = \"dark\"\naccent = \"blu\"\n").unwrap();
    screen.wait_for("Problems 1");
    assert!(shows(&screen, vt100::Color::Rgb(0xfa, 0xfb, 0xfc)), "the last good one stays");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn not_even_a_kill_loses_how_the_folder_was_left() {
    let project = Project::new("blank");
    let mut screen = Screen::studio(&project, &["."], 120, 36);
    screen.wait_for("Hello from your component.");
    screen.press("lfHello\r");
    screen.press("w");
    screen.wait_for("filter Hello");
    screen.press("z");
    screen.until("the log alone", |s| !s.contains("2 Graph"));
    let kept = project.path(".studio/session.toml");
    let is_kept = |text: &str| text.contains("zoom = true") && text.contains("filter = \"Hello\"");
    screen.until_so("the session", |_| std::fs::read_to_string(&kept).is_ok_and(|text| is_kept(&text)));
    screen.signal("KILL");
    screen.end();
    let mut screen = Screen::studio(&project, &["."], 120, 36);
    screen.until("the log alone, filtered", |s| s.contains("filter Hello") && !s.contains("2 Graph"));
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn where_nothing_is_the_next_step_is_named() {
    let project = Project::empty();
    let output = project.studio(&["check", "nowhere"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("there is no folder `nowhere`; `studio new neon nowhere` creates a project there"), "{told}");

    let project = Project::new("neon");
    std::fs::write(project.path("neon.wac"), "package cyber:neon;\n\nlet core-logic = new cyber:app { ... };\n")
        .unwrap();
    let mut screen = Screen::studio(&project, &["."], 120, 36);
    screen.wait_for("1 unwired 2 A plans wires");
    screen.press("2");
    screen.wait_for("1 unwired A plans wires");
    screen.press("\x03");
    assert_eq!(screen.end(), 0);
}
