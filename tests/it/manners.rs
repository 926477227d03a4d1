//! How studio gets on with the terminal and the user's own things: the ground it stands on, the clipboard, themes.

use ratatui::style::Color;
use studio::look::{Background, Depth, Theme};

use crate::pty::Screen;
use crate::support::Project;

const QUESTION: &[u8] = b"\x1b]11;?\x1b\\";

fn asked(screen: &Screen) -> usize {
    screen.raw.windows(QUESTION.len()).filter(|bytes| *bytes == QUESTION).count()
}

/// Whether something on the screen has the accent of our theme for this ground.
fn stands_on(screen: &Screen, ground: Background) -> bool {
    let Some(Color::Rgb(r, g, b)) = Theme::new(Depth::True, ground).accent.fg else { panic!("no accent") };
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
