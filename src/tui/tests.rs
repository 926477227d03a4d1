//! Scripts: a session, keys in, state and effects out.

use std::path::Path;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::app::effect::{Effect as AppEffect, Form};
use crate::app::event::Event as AppEvent;
use crate::log::Stream;
use crate::run::RunEvent;
use crate::tui::command::Command;
use crate::tui::effect::Effect;
use crate::tui::event::{Event, Input};
use crate::tui::fixture::Session;
use crate::tui::hit::Target;
use crate::tui::overlay::Overlay;
use crate::tui::overlay::messages::Messages;
use crate::tui::screen::tests::{draw, text};
use crate::tui::view::{Pane, QuestionView, Tab, Upper};

fn running() -> Session {
    let mut session = Session::new(true);
    session.running();
    session
}

fn broken() -> Session {
    let mut session = Session::new(true);
    session.broken();
    session
}

fn mouse(session: &mut Session, kind: MouseEventKind, (column, row): (u16, u16)) {
    session.input(Input::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
}

fn click(session: &mut Session, at: (u16, u16)) {
    mouse(session, MouseEventKind::Down(MouseButton::Left), at);
    mouse(session, MouseEventKind::Up(MouseButton::Left), at);
}

/// The middle of the place that means `target`.
fn place(session: &Session, target: Target) -> (u16, u16) {
    let places = session.state.view.hits.places();
    let (area, _) = places.iter().rev().find(|(_, t)| *t == target).unwrap_or_else(|| panic!("no {target:?}"));
    (area.x + area.width / 2, area.y + area.height / 2)
}

#[test]
fn a_crash_stands_where_its_author_would_look() {
    let mut session = running();
    session.crashes();
    let problem = session.state.app.run_problems.first().cloned().unwrap();
    assert_eq!(problem.place.unwrap().to_string(), "core-logic/src/lib.rs:14:9");
    let said: Vec<_> = problem.remarks.iter().map(|r| r.message.as_str()).collect();
    assert_eq!(said, ["core_logic::lookup", "core_logic::run", "and 2 frames outside the project"]);
}

#[test]
fn nothing_runs_before_the_folder_is_trusted() {
    let mut session = Session::new(false);
    session.neon();
    assert!(session.state.asks_for_trust());
    session.keys("r");
    assert!(session.effects.is_empty());
    draw(&mut session, 80, 24);
    session.keys("t");
    assert!(session.state.app.trusted && !session.state.asks_for_trust());
    let trusted =
        matches!(session.effects.as_slice(), [Effect::App(AppEffect::Trust(_)), Effect::App(AppEffect::Build(_))]);
    assert!(trusted, "{:?}", session.effects);
}

#[test]
fn the_question_has_the_keys_and_the_mouse() {
    let mut session = Session::new(false);
    session.neon();
    draw(&mut session, 100, 30);
    let before = format!("{:?}", session.state.view);
    session.keys("z down j tab G end right");
    // What has no meaning here is answered, and that is all.
    let answer = session.state.view.flash.take().unwrap().text;
    assert!(answer.contains("the question comes first"), "{answer}");
    session.state.view.messages = Messages::default();
    mouse(&mut session, MouseEventKind::ScrollDown, (5, 5));
    mouse(&mut session, MouseEventKind::Moved, (5, 5));
    session.state.view.pressed = None;
    session.state.view.question = QuestionView::default();
    assert!(format!("{:?}", session.state.view) == before, "nothing behind it moves");
    click(&mut session, (2, 3));
    assert_eq!(session.state.view.focus, Pane::Project);
    session.keys("q");
    assert!(session.state.app.quit);
}

#[test]
fn the_question_can_be_put_off() {
    let mut session = Session::new(false);
    session.neon().keys("esc");
    assert!(!session.state.asks_for_trust() && !session.state.app.trusted);
    session.keys("r");
    assert!(session.effects.is_empty());
    let flash = session.state.view.flash.as_ref().map(|f| f.text.clone());
    assert_eq!(flash.as_deref(), Some("run: the folder is not trusted yet (t)"));
    session.keys("t");
    assert!(
        session.state.asks_for_trust() && !session.state.app.trusted,
        "it asks, and is not answered by being asked for"
    );
    draw(&mut session, 80, 24);
    session.keys("t");
    assert!(session.state.app.trusted);
}

#[test]
fn focus_goes_around_and_by_number() {
    let mut session = running();
    let mut seen = vec![session.state.view.focus];
    for _ in 0..4 {
        session.keys("tab");
        seen.push(session.state.view.focus);
    }
    assert_eq!(seen, [Pane::Project, Pane::Graph, Pane::Output, Pane::Inspector, Pane::Project]);
    session.keys("shift-tab");
    assert_eq!(session.state.view.focus, Pane::Inspector);
    assert_eq!(session.state.view.upper, Upper::Inspector, "it shows where it shares the graph's place");
    session.keys("2");
    assert_eq!((session.state.view.focus, session.state.view.upper), (Pane::Graph, Upper::Graph));
    session.keys("alt-3");
    assert_eq!((session.state.view.focus, session.state.tab()), (Pane::Output, Tab::Logs));
    session.keys("3");
    assert_eq!(session.state.tab(), Tab::Logs, "a key that leads somewhere does nothing else there");
    session.keys("]");
    assert_eq!(session.state.tab(), Tab::Problems);
    session.keys("[");
    assert_eq!(session.state.tab(), Tab::Logs);
}

#[test]
fn esc_backs_out_of_one_level_at_a_time() {
    let mut session = running();
    session.keys("z ? l o g");
    assert_eq!(session.state.view.overlays.help().map(|h| h.query.text()), Some("log"));
    session.keys("esc");
    assert!(session.state.view.overlays.help().is_none() && session.state.view.zoom);
    session.keys("esc");
    assert!(!session.state.view.zoom);
    session.keys("esc");
    assert!(!session.state.app.quit, "esc never leaves");
}

#[test]
fn the_palette_finds_by_a_few_letters_and_does() {
    let mut session = running();
    session.keys("ctrl-p z o m enter");
    assert!(session.state.view.overlays.is_empty() && session.state.view.zoom);
    session.keys(": q u i esc");
    assert!(session.state.view.overlays.is_empty() && !session.state.app.quit && session.state.view.zoom);
    let all = draw(&mut session, 100, 30);
    session.keys("ctrl-p i n s t a l l");
    let screen = draw(&mut session, 100, 30);
    assert_ne!(all, screen);
    session.keys("enter");
    let flash = session.state.view.flash.as_ref().map(|f| f.text.clone());
    assert_eq!(flash.as_deref(), Some("install target: nothing is missing"), "what is refused says why");
}

#[test]
fn a_click_in_the_palette_does_and_a_click_beside_it_closes_it() {
    let mut session = running();
    session.keys("ctrl-p z o m");
    draw(&mut session, 100, 30);
    let at = place(&session, Target::PickerRow(0));
    click(&mut session, at);
    assert!(session.state.view.overlays.is_empty() && session.state.view.zoom);
    session.keys("ctrl-p");
    draw(&mut session, 100, 30);
    click(&mut session, (0, 12));
    assert!(session.state.view.overlays.is_empty());
}

#[test]
fn arguments_are_asked_for_and_run_with() {
    let mut session = running();
    session.keys("R - v space \" a space b enter");
    let trouble = match session.state.view.overlays.top() {
        Some(Overlay::Prompt(prompt)) => prompt.trouble.clone(),
        _ => None,
    };
    assert_eq!(trouble.as_deref(), Some("a quote is not closed"), "the line stays, and says what is wrong");
    session.keys("\" enter");
    let args = session.effects.iter().find_map(|e| match e {
        Effect::App(AppEffect::Run(request)) => Some(request.args.clone()),
        _ => None,
    });
    assert_eq!(args.unwrap(), ["-v", "a b"]);
    session.keys("R");
    draw(&mut session, 80, 24);
    let Some(Overlay::Prompt(prompt)) = session.state.view.overlays.top() else { panic!("no prompt") };
    assert_eq!(prompt.field.text(), "-v 'a b'");
}

#[test]
fn the_help_finds_by_action_and_by_key_and_does() {
    let mut session = running();
    session.keys("? z o o m enter");
    assert!(session.state.view.overlays.help().is_none() && session.state.view.zoom);
    session.keys("? ctrl-c");
    assert!(session.state.app.quit, "ctrl-c leaves also from where text is typed");

    let mut session = running();
    session.keys("?");
    session.input(Input::Paste("ctrl-o\n".into()));
    session.keys("enter");
    assert!(matches!(session.effects.as_slice(), [Effect::Edit { .. }]), "{:?}", session.effects);
    session.keys("? ?");
    assert!(session.state.view.overlays.help().is_none(), "the key that opens it closes it");
    session.keys("? q");
    assert!(!session.state.app.quit, "letters are text there");
    session.keys("tab");
    assert_eq!(session.state.view.focus, Pane::Project, "nothing moves behind it");
}

#[test]
fn enter_opens_the_first_error_at_its_line_and_e_hands_it_to_the_editor() {
    let mut session = broken();
    session.keys("p e");
    match session.effects.as_slice() {
        [Effect::Edit { file, line }] => {
            assert_eq!((file.as_path(), *line), (Path::new("/home/ada/neon/core-logic/src/lib.rs"), 12));
        }
        other => panic!("{other:?}"),
    }
    session.keys("down down e");
    assert!(matches!(session.effects.as_slice(), [Effect::Edit { line: 9, .. }]), "warnings come last");
    session.keys("y");
    assert!(matches!(session.effects.as_slice(), [Effect::Copy(text)]
        if text == "core-logic/src/lib.rs:9:9: unused variable: `attempts`"));
    session.keys("home enter");
    assert!(matches!(session.effects.as_slice(), [Effect::Read(file)]
        if file == Path::new("/home/ada/neon/core-logic/src/lib.rs")));
    assert_eq!(session.state.view.source.file().map(|f| f.line), Some(11));
    assert_eq!(session.state.view.focus, Pane::Source);
}

#[test]
fn problems_come_by_themselves_and_go_by_themselves() {
    assert_eq!(running().state.tab(), Tab::Logs);
    let mut session = broken();
    assert_eq!(session.state.tab(), Tab::Problems);
    assert!(session.state.app.run.stale, "what runs is older than the sources");
    session.keys("l");
    assert_eq!(session.state.tab(), Tab::Logs, "but whoever wants the log has it");
    session.state.app.building = Some(session.state.app.revision);
    session.started(&["core-logic"]).built("core-logic", 90).finished(true, 90);
    assert_eq!(session.state.app.errors(), 0);
    assert_eq!(session.state.tab(), Tab::Logs);
}

#[test]
fn scrolling_up_stops_following_and_end_follows_again() {
    let mut session = running();
    for n in 0..100 {
        session.say("logger", Stream::Stdout, &format!("line {n}"));
    }
    draw(&mut session, 80, 24);
    session.keys("3 up");
    let top = session.state.view.log.top;
    assert!(top.is_some());
    session.say("logger", Stream::Stdout, "one more");
    assert_eq!(session.state.view.log.top, top, "what is read stays where it is");
    session.keys("end");
    assert_eq!(session.state.view.log.top, None);
    session.keys("pageup pagedown");
    assert_eq!(session.state.view.log.top, None, "reaching the end follows too");
    session.keys("home");
    assert_eq!(session.state.view.log.top, Some(0));
    session.keys("x");
    assert!(session.state.app.log.is_empty());
}

#[test]
fn a_ring_that_drops_its_oldest_lines_moves_nothing_that_is_read() {
    let mut session = running();
    session.state.app.log = crate::log::Log::new(50, 1 << 20);
    for n in 0..50 {
        session.say("logger", Stream::Stdout, &format!("line {n}"));
    }
    draw(&mut session, 80, 24);
    session.keys("3 up up up");
    let row =
        |buffer: &ratatui::buffer::Buffer| (0..80).map(|x| buffer[(x, 15)].symbol().to_owned()).collect::<String>();
    let before = row(&draw(&mut session, 80, 24));
    for n in 50..70 {
        session.say("logger", Stream::Stdout, &format!("line {n}"));
    }
    assert_eq!(row(&draw(&mut session, 80, 24)), before);
}

#[test]
fn what_cannot_be_done_says_why() {
    let mut session = running();
    for (keys, reason) in [("alt-i", "install target: nothing is missing"), ("p", "problems: there are none")] {
        session.keys(keys);
        assert!(session.effects.is_empty());
        assert_eq!(session.state.view.flash.as_ref().map(|f| f.text.as_str()), Some(reason));
    }
    session.wait(10_000);
    session.event(Event::Tick(session.now));
    assert_eq!(session.state.view.flash, None, "and goes by itself");
}

#[test]
fn run_stop_suspend_quit() {
    let mut session = running();
    session.keys("s");
    assert!(matches!(session.effects.as_slice(), [Effect::App(AppEffect::StopRun)]));
    session.keys("ctrl-z");
    assert!(matches!(session.effects.as_slice(), [Effect::Suspend]));
    session.keys("r");
    assert!(matches!(session.effects.as_slice(), [Effect::App(AppEffect::Run(_))]), "{:?}", session.effects);
    session.keys("q");
    assert!(session.state.app.quit && matches!(session.effects.last(), Some(Effect::App(AppEffect::Quit))));
    let mut session = running();
    session.event(Event::App(AppEvent::Terminate));
    assert!(session.state.app.quit);
}

#[test]
fn clicks_mean_what_is_drawn_there() {
    let mut session = running();
    draw(&mut session, 120, 36);
    let row = place(&session, Target::ProjectRow(1));
    click(&mut session, row);
    assert_eq!(session.state.selected_component().map(|c| c.name.as_str()), Some("logger"));
    session.wait(100);
    click(&mut session, row);
    let row = place(&session, Target::Tab(Tab::Problems));
    session.wait(1_000);
    click(&mut session, row);
    assert_eq!((session.state.view.focus, session.state.tab()), (Pane::Output, Tab::Problems));
    draw(&mut session, 120, 36);
    let help = place(&session, Target::Command(Command::Help));
    click(&mut session, help);
    assert!(session.state.view.overlays.help().is_some());
    draw(&mut session, 120, 36);
    click(&mut session, (1, 1));
    assert!(session.state.view.overlays.help().is_none(), "a click beside it closes it");
}

#[test]
fn two_quick_clicks_open_and_two_slow_ones_do_not() {
    let mut session = running();
    draw(&mut session, 120, 36);
    let row = place(&session, Target::ProjectRow(0));
    click(&mut session, row);
    session.wait(150);
    mouse(&mut session, MouseEventKind::Down(MouseButton::Left), row);
    assert!(matches!(session.effects.as_slice(), [Effect::Read(_)]), "{:?}", session.effects);
    session.wait(2_000);
    mouse(&mut session, MouseEventKind::Down(MouseButton::Left), row);
    assert!(session.effects.is_empty());
}

#[test]
fn the_wheel_scrolls_what_it_is_over_and_leaves_the_focus() {
    let mut session = running();
    for n in 0..100 {
        session.say("logger", Stream::Stdout, &format!("line {n}"));
    }
    draw(&mut session, 120, 36);
    let log = place(&session, Target::Pane(Pane::Output));
    mouse(&mut session, MouseEventKind::ScrollUp, log);
    assert!(session.state.view.log.top.is_some());
    assert_eq!(session.state.view.focus, Pane::Project);
    mouse(&mut session, MouseEventKind::ScrollDown, log);
    assert_eq!(session.state.view.log.top, None);
}

#[test]
fn only_what_shows_can_be_hit() {
    let mut session = running();
    draw(&mut session, 80, 24);
    let hits = session.state.view.hits.clone();
    assert!(!hits.shows(Pane::Inspector) && hits.shows(Pane::Graph));
    session.keys("4");
    draw(&mut session, 80, 24);
    let hits = session.state.view.hits.clone();
    assert!(hits.shows(Pane::Inspector) && !hits.shows(Pane::Graph));
    session.keys("z");
    draw(&mut session, 80, 24);
    let hits = session.state.view.hits.clone();
    assert!(Pane::ALL.iter().all(|pane| hits.shows(*pane) == (*pane == Pane::Inspector)));
    draw(&mut session, 20, 5);
    assert_eq!(session.state.view.hits.at(3, 3), None);
}

#[test]
fn every_figure_has_its_unit_and_every_count_its_reason() {
    let mut session = running();
    let screen = text(&draw(&mut session, 200, 50));
    assert!(screen.contains("cargo 420 ms · compile 31 ms"), "{screen}");
    session.keys(":");
    let palette = text(&draw(&mut session, 200, 50));
    let figure = |text: &str, behind: &str| -> usize {
        let before = text.split(behind).next().unwrap();
        before.rsplit(' ').find(|word| !word.is_empty()).unwrap().parse().unwrap()
    };
    session.keys("esc ?");
    let help = text(&draw(&mut session, 200, 50));
    let all = figure(&help, " commands ╮");
    assert_eq!(figure(&palette, "; ? lists") + figure(&palette, " more, of lists"), all);
}

#[test]
fn an_empty_folder_has_nothing_to_trust() {
    let mut session = Session::new(false);
    let root = std::path::PathBuf::from("/home/ada/neon");
    session.discovered(crate::model::project::Project { root, ..Default::default() });
    let screen = text(&draw(&mut session, 80, 24));
    assert!(!screen.contains("not trusted"), "{screen}");
}

#[test]
fn the_log_tells_that_a_run_began_before_its_address() {
    let mut session = Session::new(true);
    session.neon().wait(5).started(&["core-logic", "logger"]).wait(380).built("logger", 380).built("core-logic", 420);
    session.finished(true, 420).composed(Form::Live).wait(40);
    session.run(RunEvent::Serving { addr: "127.0.0.1:8080".parse().unwrap() }).begins();
    let told: Vec<&str> = session.state.app.log.iter().map(|line| line.text.as_str()).collect();
    assert!(told[0].starts_with("run 1, ") && told[1] == "serving http://127.0.0.1:8080", "{told:?}");
}
