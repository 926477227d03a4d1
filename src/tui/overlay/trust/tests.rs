//! Trust from the keys' side: what answers the question, and what never does.

use std::sync::Arc;
use std::time::Instant;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::app::effect::Effect as AppEffect;
use crate::app::event::Event as AppEvent;
use crate::app::trust_question::WhatRuns;
use crate::build::BuildEvent;
use crate::trust::{Item, Kind, Survey};
use crate::tui::effect::Effect;
use crate::tui::event::{Event, Input};
use crate::tui::fixture::{Session, neon};
use crate::tui::screen::tests::{draw, text};

/// Whether something of the folder runs by these, or may run from now on.
pub(crate) fn runs_code(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| {
        matches!(
            effect,
            Effect::App(AppEffect::Trust(_) | AppEffect::Build(_) | AppEffect::Run(_) | AppEffect::InstallTarget(..))
        )
    })
}

/// A folder in which so many things run.
pub(crate) fn listing(count: usize) -> WhatRuns {
    let item = |n: usize| Item::new(Kind::BuildScript, format!("/home/ada/neon/part-{n:03}/build.rs"), "1");
    what_runs((0..count).map(item).collect())
}

fn what_runs(items: Vec<Item>) -> WhatRuns {
    let survey = Survey { root: "/home/ada/neon".into(), identity: "1".into(), items, ..Survey::default() };
    WhatRuns { survey: Arc::new(survey), recorded: None }
}

fn config(digest: &str) -> Item {
    Item::new(Kind::CargoConfig, "/home/ada/neon/.cargo/config.toml", digest).detail("build.rustc-wrapper = \"./x\"")
}

fn untrusted() -> Session {
    let mut session = Session::new(false);
    session.discovered_with(neon(), what_runs(vec![config("1")]));
    session
}

/// Presses the keys with a frame after each, and says whether anything ran.
fn runs_by(session: &mut Session, keys: &str, (columns, rows): (u16, u16)) -> bool {
    draw(session, columns, rows);
    keys.split(' ').any(|key| {
        session.wait(100).keys(key);
        let ran = runs_code(&session.effects) || session.state.app.trusted;
        draw(session, columns, rows);
        ran
    })
}

#[test]
fn the_key_that_the_question_names_answers_it() {
    for size in [(60, 15), (80, 24), (200, 50)] {
        let mut session = untrusted();
        let shown = text(&draw(&mut session, size.0, size.1));
        if !shown.contains("t trust, build and run") {
            assert!(!runs_by(&mut session, "t", size), "{size:?}: it does not show its key");
            assert!(shown.contains("pagedown read on"), "{size:?}:\n{shown}");
            runs_by(&mut session, "pagedown pagedown pagedown", size);
        }
        assert!(text(&draw(&mut session, size.0, size.1)).contains("t trust, build and run"), "{size:?}");
        assert!(runs_by(&mut session, "t", size), "{size:?}");
    }
}

#[test]
fn no_other_way_answers_it() {
    for keys in [
        "enter",
        ": enter",
        "ctrl-p enter",
        "? enter",
        "f1 enter",
        "esc : enter",
        "esc : t r u s t enter",
        "esc ? t r u s t enter",
        "esc f1 enter",
        "esc ctrl-p f1 enter",
        "esc f1 ctrl-p enter",
        "esc ctrl-p f1 enter enter",
        "esc ctrl-n f1 enter",
        "esc g f1 enter",
        "esc t",
        "esc : t r u s t enter enter",
        "esc r",
        "esc i",
        "y",
        "space",
    ] {
        for size in [(60, 15), (80, 24), (120, 36)] {
            assert!(!runs_by(&mut untrusted(), keys, size), "{keys} at {size:?}");
        }
    }
}

#[test]
fn letters_typed_before_the_question_was_drawn_are_no_answer() {
    let mut session = Session::new(false);
    session.keys("t");
    session.discovered_with(neon(), what_runs(vec![config("1")]));
    session.keys("t");
    assert!(!session.state.app.trusted && session.state.asks_for_trust(), "nothing was drawn yet");
    draw(&mut session, 80, 24);
    let early = session.now.checked_sub(std::time::Duration::from_millis(1)).unwrap();
    let key = Input::Key(crossterm::event::KeyEvent::new(crossterm::event::KeyCode::Char('t'), KeyModifiers::NONE));
    session.event(Event::Input { input: key, at: early });
    assert!(!session.state.app.trusted, "typed at the frame before");
    let held =
        crossterm::event::KeyEvent { kind: crossterm::event::KeyEventKind::Repeat, ..crate::tui::fixture::press("t") };
    session.wait(100).input(Input::Key(held));
    assert!(!session.state.app.trusted, "held down since before the question");
    session.input(Input::Resize { columns: 100, rows: 30 }).keys("t");
    assert!(!session.state.app.trusted, "nobody knows what the terminal shows now");
}

#[test]
fn another_wording_must_be_drawn_first() {
    let mut session = untrusted();
    draw(&mut session, 80, 24);
    session.discovered_with(neon(), what_runs(vec![config("2"), Item::new(Kind::Toolchain, "/home/ada/t", "1")]));
    session.keys("t");
    assert!(!session.state.app.trusted);
    assert!(runs_by(&mut session, "t", (80, 24)));
}

#[test]
fn all_of_a_long_list_must_have_been_in_sight() {
    let mut session = Session::new(false);
    session.discovered_with(neon(), listing(200));
    assert!(!runs_by(&mut session, "t down t pagedown t end t", (80, 24)), "the end is not reached by skipping");
    // Keys between two frames skip nothing either.
    session.keys("end end end");
    draw(&mut session, 80, 24);
    assert!(!runs_by(&mut session, "t", (80, 24)));
    assert!(!runs_by(&mut session, &["end"; 20].join(" "), (80, 24)));
    let shown = text(&draw(&mut session, 80, 24));
    assert!(shown.contains("part-199") && shown.contains("t trust, build and run"), "{shown}");
    assert!(runs_by(&mut session, "home t", (80, 24)), "what was read stays read");
}

#[test]
fn no_click_answers_it() {
    for before in ["", "esc", "esc :", "esc ?", "esc ctrl-p"] {
        for kind in [MouseButton::Left, MouseButton::Right] {
            let mut session = untrusted();
            draw(&mut session, 80, 24);
            if !before.is_empty() {
                assert!(!runs_by(&mut session, before, (80, 24)));
            }
            for row in 0..24 {
                for column in (0..80).step_by(2) {
                    let kind = MouseEventKind::Down(kind);
                    let click = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
                    session.input(Input::Mouse(click)).input(Input::Mouse(click));
                    assert!(!runs_code(&session.effects) && !session.state.app.trusted, "{before}: {column},{row}");
                    if session.state.app.quit {
                        session = untrusted();
                    }
                    if column % 16 == 0 {
                        draw(&mut session, 80, 24);
                    }
                }
            }
        }
    }
}

#[test]
fn keys_do_nothing_that_a_screen_too_small_does_not_show() {
    for trusted in [false, true] {
        let mut session = Session::new(trusted);
        session.discovered_with(neon(), what_runs(vec![config("1")]));
        draw(&mut session, 59, 14);
        let before = (session.state.view.focus, session.state.view.overlays.is_empty());
        for key in "t r i s : ? f1 ctrl-p enter g e o tab ctrl-n x 1 2 3".split(' ') {
            session.keys(key);
            assert!(session.effects.is_empty(), "{key}: {:?}", session.effects);
            draw(&mut session, 59, 14);
        }
        assert_eq!((session.state.view.focus, session.state.view.overlays.is_empty()), before);
        assert_eq!(session.state.app.trusted, trusted);
        session.keys("ctrl-z");
        assert!(matches!(session.effects.as_slice(), [Effect::Suspend]));
        session.keys("q");
        assert!(session.state.app.quit);
    }
}

#[test]
fn a_configuration_that_changes_stops_the_next_build_and_asks_without_being_in_the_way() {
    let mut session = untrusted();
    assert!(runs_by(&mut session, "t", (120, 36)));
    // A configuration comes while the folder is open.
    let more = || what_runs(vec![config("1"), Item::new(Kind::CargoConfig, "/home/ada/.cargo/config.toml", "1")]);
    session.discovered_with(neon(), more());
    assert!(!runs_code(&session.effects) && !session.state.app.trusted);
    let problem =
        session.state.app.problems().into_iter().find(|p| p.message.contains("not what was trusted")).cloned();
    let problem = problem.expect("it says so");
    assert!(problem.remarks[0].message.contains("new: cargo configuration: /home/ada/.cargo/config.toml"));
    assert!(problem.help.unwrap().contains("studio trust add"));
    // A question under typing hands would be answered by them.
    assert!(!session.state.asks_for_trust());
    assert!(!runs_by(&mut session, "r t", (120, 36)));
    let shown = text(&draw(&mut session, 120, 36));
    assert!(shown.contains("What runs here has changed") && shown.contains("new: cargo configuration"), "{shown}");
    // Put right again, it is built again.
    session.discovered_with(neon(), what_runs(vec![config("1")]));
    assert!(session.state.app.trusted && runs_code(&session.effects));
    // And the difference can be allowed.
    session.discovered_with(neon(), more());
    assert!(!session.state.app.trusted && runs_by(&mut session, "t t", (120, 36)));
}

#[test]
fn a_build_that_finds_something_else_looks_at_the_folder_again() {
    let mut session = untrusted();
    assert!(runs_by(&mut session, "t", (120, 36)));
    let revision = session.state.app.building.unwrap();
    session.event(Event::App(AppEvent::Build { event: BuildEvent::NotAllowed { revision }, at: Instant::now() }));
    assert!(
        matches!(session.effects.as_slice(), [Effect::App(AppEffect::Discover { .. })])
            && session.state.app.building.is_none()
    );
}

#[test]
fn what_the_user_edits_in_an_open_folder_is_not_asked_about() {
    let script = |digest: &str| Item::new(Kind::BuildScript, "/home/ada/neon/build.rs", digest);
    let mut session = Session::new(false);
    session.discovered_with(neon(), what_runs(vec![script("1")]));
    assert!(runs_by(&mut session, "t", (120, 36)));
    session.discovered_with(neon(), what_runs(vec![script("2")]));
    assert!(session.state.app.trusted);
    assert!(
        !session.effects.iter().any(|e| matches!(e, Effect::App(AppEffect::Trust(_)))),
        "the build that uses it remembers it"
    );
}

#[test]
fn what_the_list_takes_back_is_asked_about_and_not_written_again() {
    let mut session = untrusted();
    draw(&mut session, 120, 36);
    session.wait(100).keys("t");
    let allowed = session.effects.iter().find_map(|e| match e {
        Effect::App(AppEffect::Trust(approval)) => Some((**approval).clone()),
        _ => None,
    });
    // Until it stands on the list, it counts for this session.
    session.discovered_with(neon(), what_runs(vec![config("1")]));
    assert!(session.state.app.trusted);
    let allowed = allowed.expect("it is remembered");
    session.event(Event::App(AppEvent::Remembered(allowed.clone())));
    let recorded = WhatRuns { recorded: Some(allowed.on_the_list()), ..what_runs(vec![config("1")]) };
    session.discovered_with(neon(), recorded.clone());
    assert!(session.state.app.trusted);
    // `studio trust revoke`, somewhere else.
    session.discovered_with(neon(), what_runs(vec![config("1")]));
    assert!(!session.state.app.trusted && !runs_code(&session.effects));
    let said =
        |session: &Session| session.state.app.problems().iter().any(|p| p.message.contains("not trusted any more"));
    assert!(said(&session));
    assert!(!runs_by(&mut session, "r t", (120, 36)), "the question comes, and is no answer");
    let shown = text(&draw(&mut session, 120, 36));
    assert!(shown.contains("Do you trust this folder?") && shown.contains(".cargo/config.toml"), "{shown}");
    // `studio trust add`, or the key.
    session.discovered_with(neon(), recorded);
    assert!(session.state.app.trusted && !said(&session));
}

#[test]
fn a_right_that_is_new_is_told_in_words() {
    let grant = |details: &[&str]| {
        let item = Item::new(Kind::Grant, "/home/ada/neon/studio.toml", "-").named("greeter");
        what_runs(vec![details.iter().fold(item, |item, detail| item.detail(detail))])
    };
    let known = grant(&["clock=real"]);
    let recorded = Some(crate::trust::Approval::of(&known.survey));
    let mut session = Session::new(false);
    session.discovered_with(neon(), WhatRuns { recorded, ..grant(&["clock=real", "files=data:/data:rw"]) });
    for (width, height) in [(80, 24), (120, 36), (200, 50)] {
        let shown = text(&draw(&mut session, width, height));
        assert!(shown.contains("More is granted here than you allowed"), "{shown}");
        assert!(shown.contains("greeter may read and write the folder data, which it sees as"), "{shown}");
        assert!(shown.contains("/data") && !shown.contains("files=") && !shown.contains("time of day"), "{shown}");
    }
}
