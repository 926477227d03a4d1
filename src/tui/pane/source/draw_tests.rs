//! Source files, as a person reads them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ratatui::style::Modifier;

use crate::highlight::Highlighter;
use crate::model::code::Text;
use crate::model::diagnostic::Place;
use crate::model::outline::{Outline, OutlineFiles};
use crate::tui::effect::Effect;
use crate::tui::event::Event;
use crate::tui::fixture::Session;
use crate::tui::hit::Target;
use crate::tui::overlay::Overlay;
use crate::tui::screen::tests::{draw, screens_at};
use crate::tui::view::Pane;

const RUST: &str = "\
mod bindings;

use bindings::cyber::core::log_handler::{log, Level};

struct Mainframe;

/// Starts the system, and says so.
fn run() {
    let attempts = 3;
    log(\"System startup initiated.\", Level::Info);

    if !mainframe_is_save() {
        log(format!(\"breach\"), Level::Critical);
    }
}

fn mainframe_is_safe() -> bool {
\tfalse // \u{1b}[31mnot yet
}
";

const WIT: &str = "\
package cyber:core@1.0.0;

/// Where everybody's lines go.
interface log-handler {
    enum level { info, critical }
    log: func(msg: string, severity: level);
}

world logger {
    export log-handler;
}
";

/// Does what the stages would do for files: lists, reads, highlights.
pub(super) fn serve(session: &mut Session) {
    while !session.effects.is_empty() {
        for effect in std::mem::take(&mut session.effects) {
            let mut again = Vec::new();
            match effect {
                Effect::Read(path) => {
                    let text = if path.extension().is_some_and(|e| e == "wit") { WIT } else { RUST };
                    let reading = Ok(Arc::new(Text::new(text)));
                    session.event(Event::SourceRead { path, reading });
                    again.append(&mut session.effects);
                }
                Effect::Highlight { path, text, before, .. } => {
                    let painted = Highlighter::default().paint(&path, &text, before.as_deref(), usize::MAX);
                    session.event(Event::Highlighted { path, painted: Arc::new(painted.unwrap()) });
                }
                _ => {}
            }
            session.effects = again;
            if !session.effects.is_empty() {
                serve(session);
            }
        }
    }
}

fn with_bindings(files: Vec<PathBuf>) -> OutlineFiles {
    OutlineFiles::new(files, |file| file.ends_with("src/bindings.rs"))
}

fn outline(session: &Session) -> Outline {
    let root = &session.state.app.project.root;
    let file = |name: &str| root.join(name);
    let files = |component: &str, wit: &str| {
        let names = ["wit/".to_owned() + wit, "src/lib.rs".into(), "src/bindings.rs".into()];
        with_bindings(names.iter().map(|name| file(component).join(name)).collect())
    };
    let place = |name: &str, line| vec![Place { file: file(name), line, column: 0 }];
    Outline {
        components: [
            ("core-logic".to_owned(), files("core-logic", "world.wit")),
            ("logger".to_owned(), files("logger", "logger.wit")),
        ]
        .into(),
        definitions: [("cyber:core/log-handler".to_owned(), place("logger/wit/logger.wit", 4))].into(),
        ..Outline::default()
    }
}

/// The broken session, with its files listed.
fn listed() -> Session {
    let mut session = Session::new(true);
    session.broken();
    let outline = outline(&session);
    session.event(Event::Outlined(outline));
    session
}

fn keys(session: &mut Session, keys: &str, (columns, rows): (u16, u16)) {
    draw(session, columns, rows);
    for key in keys.split(' ') {
        session.keys(key);
        serve(session);
        draw(session, columns, rows);
    }
}

#[test]
fn a_problem_read_at_its_line() {
    screens_at("source_problem", |columns, rows| {
        let mut session = listed();
        keys(&mut session, "p enter", (columns, rows));
        session
    });
}

#[test]
fn the_definition_of_a_port() {
    screens_at("source_wit", |columns, rows| {
        let mut session = Session::new(true);
        session.running();
        let outline = outline(&session);
        session.event(Event::Outlined(outline));
        keys(&mut session, "2 down right right o z", (columns, rows));
        session
    });
}

#[test]
fn the_tree_of_the_project() {
    screens_at("tree", |columns, rows| {
        let mut session = listed();
        keys(&mut session, "1 down down", (columns, rows));
        session
    });
}

#[test]
fn folding_in_the_tree() {
    let mut session = listed();
    let size = (120, 36);
    assert_eq!(session.state.rows().len(), 7, "few components are unfolded by themselves");
    keys(&mut session, "1 left", size);
    assert_eq!(session.state.rows().len(), 5, "what is generated does not show");
    keys(&mut session, ".", size);
    assert_eq!(session.state.rows().len(), 6);
    assert!(crate::tui::screen::tests::text(&draw(&mut session, size.0, size.1)).contains("generated"));
    keys(&mut session, ".", size);
    keys(&mut session, "right down down enter", size);
    let shown = |session: &Session| session.state.view.source.file().map(|f| f.path.clone());
    assert_eq!(shown(&session), Some("/home/ada/neon/core-logic/src/lib.rs".into()));
    assert_eq!(session.state.selected_component().map(|c| c.name.as_str()), Some("core-logic"), "a file's component");
    keys(&mut session, "1 left", size);
    assert_eq!(session.state.selected_row(), Some(crate::tui::view::Row::Component(0)), "left goes up");
    keys(&mut session, "down down", size);
    let before = session.state.file_of(session.state.selected_row().unwrap()).cloned();
    let mut more = outline(&session);
    let new = session.state.app.project.root.join("core-logic/src/a.rs");
    let files = more.components.get_mut("core-logic").unwrap();
    *files = with_bindings([&[new], files.all()].concat());
    session.event(Event::Outlined(more));
    let after = session.state.file_of(session.state.selected_row().unwrap()).cloned();
    assert_eq!(before, after, "what is selected stays selected when files come");
}

#[test]
fn open_move_leave_and_close() {
    let mut session = listed();
    let size = (120, 36);
    keys(&mut session, "p enter", size);
    let line = |session: &Session| session.state.view.source.file().map(|f| f.line + 1);
    assert_eq!((session.state.view.focus, line(&session)), (Pane::Source, Some(12)));
    keys(&mut session, "n", size);
    assert_eq!(line(&session), Some(13), "the next problem");
    keys(&mut session, "n n", size);
    assert_eq!(line(&session), Some(12), "around");
    keys(&mut session, "home down down", size);
    assert_eq!(line(&session), Some(3));
    session.keys("e");
    let file = Path::new("/home/ada/neon/core-logic/src/lib.rs");
    assert!(
        matches!(session.effects.as_slice(), [Effect::Edit { file: f, line: 3 }] if f == file),
        "{:?}",
        session.effects
    );
    session.keys("enter");
    assert!(matches!(session.effects.as_slice(), [Effect::Edit { line: 3, .. }]));
    session.effects.clear();
    keys(&mut session, "esc", size);
    assert_eq!(session.state.view.focus, Pane::Output, "back to where it was opened from");
    assert!(session.state.view.source.is_open());
    keys(&mut session, "2 down right o", size);
    assert_eq!(session.state.view.source.files.len(), 2);
    keys(&mut session, "]", size);
    assert_eq!(session.state.view.source.file().map(|f| f.path.as_path()), Some(file));
    keys(&mut session, "x x", size);
    assert!(!session.state.view.source.is_open());
    assert_eq!(session.state.view.focus, Pane::Graph);
    session.keys("5");
    assert!(session.state.view.flash.is_some(), "and says why there is nothing to go to");
    assert_eq!(session.state.view.focus, Pane::Graph);
}

#[test]
fn a_file_that_changes_is_read_again_and_what_is_read_stays_in_sight() {
    let mut session = listed();
    keys(&mut session, "p enter", (120, 36));
    let path = session.state.view.source.file().unwrap().path.clone();
    session.changed("core-logic/src/lib.rs");
    assert!(session.effects.iter().any(|e| matches!(e, Effect::Read(p) if *p == path)), "{:?}", session.effects);
    let more = format!("// one\n// two\n{RUST}");
    session.event(Event::SourceRead { path: path.clone(), reading: Ok(Arc::new(Text::new(&more))) });
    let file = session.state.view.source.file().unwrap();
    let text = file.text.clone().unwrap();
    assert_eq!(text.lines[file.line].trim(), "if !mainframe_is_save() {", "two lines were written above it");
    let [Effect::Highlight { before: Some(before), .. }] = session.effects.as_slice() else {
        panic!("{:?}", session.effects)
    };
    let stale = Arc::clone(before);
    session.event(Event::Highlighted { path: path.clone(), painted: stale });
    let file = session.state.view.source.file().unwrap();
    assert!(!file.painted.as_ref().is_some_and(|p| Arc::ptr_eq(p.text(), &text)), "of the text before it");
    session.event(Event::SourceRead { path, reading: Err("This file no longer exists.".into()) });
    draw(&mut session, 120, 36);
}

#[test]
fn control_characters_are_shown_and_not_sent() {
    let mut session = listed();
    keys(&mut session, "p enter end up z", (120, 36));
    let buffer = draw(&mut session, 120, 36);
    let all: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
    assert!(all.contains("false // ?[31mnot yet") && !all.contains('\u{1b}') && !all.contains('\t'));
}

#[test]
fn words_have_colours_and_problems_are_underlined() {
    let mut session = listed();
    keys(&mut session, "p enter z", (120, 36));
    let buffer = draw(&mut session, 120, 36);
    let row = |word: &str| {
        (0..36).find_map(|y| {
            let line: String = (0..120).map(|x| buffer[(x, y)].symbol()).collect();
            line.find(word).map(|at| (u16::try_from(line[..at].chars().count()).unwrap(), y))
        })
    };
    let theme = &session.state.view.look.theme;
    let keyword = row("struct").unwrap();
    assert_eq!(Some(buffer[keyword].fg), theme.node(3).fg);
    let wrong = row("mainframe_is_save").unwrap();
    assert!(buffer[wrong].modifier.contains(Modifier::UNDERLINED));
    assert!(!buffer[(wrong.0 - 3, wrong.1)].modifier.contains(Modifier::UNDERLINED));
}

#[test]
fn characters_are_selected_by_the_mouse_and_copied() {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mut session = listed();
    keys(&mut session, "p enter", (200, 50));
    let text = session.state.view.source.file().unwrap().text.clone().unwrap();
    let word = text.lines.iter().position(|line| line.contains("struct")).unwrap();
    let column = text.lines[word].find("struct").unwrap();
    let hits = &session.state.view.hits;
    let (area, _) = *hits.places().iter().find(|(_, t)| *t == Target::SourceLine(word)).unwrap();
    let y = area.y;
    let x = (area.x..area.right()).find(|x| hits.source_text(*x, y) == Some((word as u64, column))).unwrap();
    let mouse = |session: &mut Session, kind, column, row| {
        session.input(crate::tui::event::Input::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
        draw(session, 200, 50);
    };
    mouse(&mut session, MouseEventKind::Down(MouseButton::Left), x, y);
    mouse(&mut session, MouseEventKind::Drag(MouseButton::Left), x + 5, y);
    let buffer = draw(&mut session, 200, 50);
    let found = session.state.view.look.theme.found.bg;
    let marked = |x: u16| Some(buffer[(x, y)].bg) == found;
    assert_eq!([x - 1, x, x + 5, x + 6].map(marked), [false, true, true, false]);
    session.keys("y");
    assert!(matches!(session.effects.as_slice(), [Effect::Copy(text)] if text == "struct"), "{:?}", session.effects);
    // Without a selection, the line with the cursor.
    session.keys("y");
    let line = text.lines[word].to_string();
    assert!(matches!(session.effects.as_slice(), [Effect::Copy(text)] if *text == line), "{:?}", session.effects);
    mouse(&mut session, MouseEventKind::Down(MouseButton::Left), x, y);
    mouse(&mut session, MouseEventKind::Drag(MouseButton::Left), x + 5, y + 1);
    session.keys("esc");
    assert!(session.state.view.source.file().unwrap().part.is_none());
    assert_eq!(session.state.view.focus, Pane::Source, "one level at a time");
}

#[test]
fn clicks_choose_lines_and_files() {
    let mut session = listed();
    keys(&mut session, "p enter", (200, 50));
    let places = session.state.view.hits.places().to_vec();
    let (area, _) = places.iter().find(|(_, t)| *t == Target::SourceLine(8)).unwrap();
    let mouse = crossterm::event::MouseEvent {
        kind: crossterm::event::MouseEventKind::Down(crossterm::event::MouseButton::Left),
        column: area.x + 4,
        row: area.y,
        modifiers: crossterm::event::KeyModifiers::NONE,
    };
    session.input(crate::tui::event::Input::Mouse(mouse));
    assert_eq!(session.state.view.source.file().map(|f| f.line), Some(8));
    let hits = &session.state.view.hits;
    assert!(hits.shows(Pane::Graph) && hits.shows(Pane::Source), "side by side where there is room");
}

#[test]
fn a_file_is_searched_and_its_matches_are_walked() {
    let mut session = listed();
    let place = Place { file: "core-logic/src/lib.rs".into(), line: 1, column: 0 };
    session.effects = crate::tui::pane::source::open(&mut session.state, &place);
    serve(&mut session);
    session.keys("/ l o g enter");
    let at = |session: &Session| session.state.view.source.file().unwrap().line + 1;
    assert_eq!(at(&session), 3, "from the cursor on");
    for (width, height) in [(80, 24), (120, 36), (200, 50)] {
        let buffer = draw(&mut session, width, height);
        let shown = crate::tui::screen::tests::text(&buffer);
        assert!(shown.contains("1 of 3 matches"), "{shown}");
    }
    session.keys("n");
    assert_eq!(at(&session), 10);
    session.keys("n n N");
    assert_eq!(at(&session), 13, "around at both ends");
    session.keys("esc");
    assert!(session.state.view.source.file().unwrap().search.is_none());
    session.keys("/ z z enter");
    assert!(matches!(session.state.view.overlays.top(), Some(Overlay::Prompt(p)) if p.trouble.is_some()));
}
