//! Scripts: what keys and the mouse do to the log.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::app::effect::Effect as AppEffect;
use crate::app::state::RunStatus;
use crate::log::Stream;
use crate::model::graph::{End, Wire};
use crate::run::{Outcome, RunEvent, Startup, Stdin};
use crate::tui::effect::Effect;
use crate::tui::event::{Event, Input};
use crate::tui::fixture::{Session, problems};
use crate::tui::hit::Target;
use crate::tui::pane::output::logs::{Times, standing};
use crate::tui::screen::tests::{draw, text};
use crate::tui::view::Pane;
use crate::wac::auto_wire::Plan;

/// A hundred lines, every tenth a warning, every twenty-fifth an error; the log has the focus.
fn flooded() -> Session {
    let mut session = Session::new(true);
    session.running();
    session.keys("3 x");
    for n in 0..100 {
        let level = if n % 25 == 0 {
            "[ERROR]"
        } else if n % 10 == 0 {
            "[WARN]"
        } else {
            "[INFO]"
        };
        let node = if n % 2 == 0 { "logger" } else { "core-logic" };
        session.say(node, Stream::Stdout, &format!("{level} line {n} of the flood"));
    }
    draw(&mut session, 120, 36);
    session
}

fn typed(session: &mut Session, text: &str) {
    for c in text.chars() {
        session.keys(if c == ' ' { "space".to_owned() } else { c.to_string() }.as_str());
    }
}

fn mouse(session: &mut Session, kind: MouseEventKind, column: u16, row: u16) {
    session.input(Input::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
}

fn row_of(session: &Session, number: u64) -> (u16, u16) {
    let places = session.state.view.hits.places();
    let (area, _) = places.iter().find(|(_, t)| *t == Target::LogLine(number)).expect("the line is in sight");
    (area.x + 30, area.y)
}

/// The text of the line that is meant.
fn here(session: &Session) -> &str {
    let at = session.state.view.log.at.and_then(|at| session.state.app.log.numbered(at));
    at.map_or("", |line| line.text.as_str())
}

/// What comes while somebody types: a crash, a build that fails, the program's end, a plan that was asked for.
fn happens(session: &mut Session, what: &str) {
    match what {
        "a crash" => session.crashes(),
        "the end" => {
            let generation = session.state.app.run.generation;
            session.run(RunEvent::Ended { generation, outcome: Outcome::Returned(None) })
        }
        "a broken save" => session.changed("core-logic/src/lib.rs").started(&["core-logic"]).wait(140),
        "a plan" => {
            let graph = Box::new(session.state.app.graph.clone());
            let end = |node: &str| End { node: node.into(), port: "cyber:core/log-handler".into() };
            let wire = Wire { from: end("core-logic"), to: end("logger") };
            let plan = Plan { wires: vec![wire], undecided: Vec::new() };
            let at = session.now;
            session.event(Event::Planned { of: graph, plan, at })
        }
        other => panic!("{other}"),
    };
    if what == "a broken save" {
        session.failed("core-logic", problems()).finished(false, 140);
    }
}

#[test]
fn what_is_typed_stays_text_whatever_happens() {
    for begin in ["f", "/", "I"] {
        for what in ["a crash", "the end", "a broken save", "a plan"] {
            let mut session = Session::new(true);
            session.running();
            session.state.app.options.stdin = Stdin::Typed;
            session.keys("3").keys(begin);
            let text = |session: &Session| session.state.view.log.typing.as_ref().map(|t| t.field.text().to_owned());
            assert_eq!(text(&session).as_deref(), Some(""), "{begin}");
            typed(&mut session, "ab");
            happens(&mut session, what);
            // Commands, all of them, were they none's text: quit, stop, rerun, the other panes.
            typed(&mut session, "qsr12");
            assert!(!session.state.app.quit, "{begin}, {what}");
            assert_eq!(text(&session).as_deref(), Some("abqsr12"), "{begin}, {what}");
            assert!(session.effects.is_empty(), "{begin}, {what}: {:?}", session.effects);
            session.keys("esc");
            assert_eq!(text(&session), None, "{begin}, {what}: it is left by its own key");
            assert!(session.state.view.overlays.plan().is_none());
        }
    }
}

#[test]
fn what_is_typed_into_lists_prompts_and_help_stays_text_too() {
    for begin in [":", "?", "ctrl-p"] {
        for what in ["a crash", "the end", "a broken save", "a plan"] {
            let mut session = Session::new(true);
            session.running().keys("3").keys(begin);
            happens(&mut session, what);
            typed(&mut session, "qs");
            assert!(!session.state.app.quit, "{begin}, {what}");
            let open = !session.state.view.overlays.is_empty();
            assert!(open && session.state.view.overlays.plan().is_none(), "{begin}, {what}");
        }
    }
}

#[test]
fn the_filter_shows_what_it_does_while_it_is_typed() {
    let mut session = flooded();
    session.keys("f");
    typed(&mut session, "level:warn node:log");
    assert_eq!(session.state.shown().len(), 10, "0, 10, 20, … and 50");
    typed(&mut session, " /(");
    let trouble = session.state.view.log.typing.as_ref().and_then(|t| t.trouble.clone());
    assert_eq!(trouble.as_deref(), Some("unclosed group"));
    assert_eq!(session.state.shown().len(), 10, "the last good one stays");
    session.keys("esc");
    assert_eq!(session.state.shown().len(), 100, "backing out undoes it");
    session.keys("f");
    typed(&mut session, "-[info]");
    session.keys("enter");
    assert!(session.state.view.log.typing.is_none());
    assert_eq!(session.state.shown().len(), 12);
    session.say("logger", Stream::Stdout, "[INFO] not this");
    session.say("logger", Stream::Stdout, "[WARN] this");
    assert_eq!(session.state.shown().len(), 13, "what comes is filtered too");
    session.keys("esc");
    assert_eq!(session.state.shown().len(), 102, "esc lets go of it");
}

#[test]
fn chords_stay_commands_while_text_is_typed() {
    let mut session = flooded();
    session.keys("f q x r");
    assert!(!session.state.app.quit && session.state.app.log.len() == 100);
    assert_eq!(session.state.view.log.filter.text(), "qxr");
    session.keys("f1");
    assert!(session.state.view.overlays.help().is_some());
    session.keys("esc");
    typed(&mut session, "y");
    assert_eq!(session.state.view.log.filter.text(), "qxry");
    session.keys("alt-2");
    assert!(session.state.view.log.typing.is_none() && session.state.view.focus == Pane::Graph);
}

#[test]
fn levels_and_nodes_go_around_by_key() {
    let mut session = flooded();
    let mut shown = Vec::new();
    for _ in 0..3 {
        session.keys("L");
        shown.push((session.state.view.log.filter.text().to_owned(), session.state.shown().len()));
    }
    assert_eq!(shown, [("level:warn".into(), 12), ("level:error".into(), 4), (String::new(), 100)]);
    session.keys("c");
    typed(&mut session, "core");
    session.keys("enter");
    assert_eq!((session.state.view.log.filter.text(), session.state.shown().len()), ("node:core-logic", 50));
}

#[test]
fn a_search_counts_and_walks_and_follows_what_comes() {
    let mut session = flooded();
    session.keys("/");
    typed(&mut session, "\"ine 4\"");
    assert_eq!(standing(&session.state.view.log), Some((Some(11), 11)), "the newest above the last line in sight");
    assert!(here(&session).contains("line 49"));
    assert!(session.state.view.log.top.is_some(), "it stands still there");
    session.keys("enter n");
    assert!(here(&session).contains("line 4 "), "around at the end");
    session.keys("N N");
    assert!(here(&session).contains("line 48"));
    session.say("logger", Stream::Stdout, "line 400");
    assert_eq!(standing(&session.state.view.log), Some((Some(10), 12)));
    session.keys("esc");
    assert!(session.state.view.log.search.is_none());
    session.keys("n");
    let flash = session.state.view.flash.as_ref().map(|f| f.text.clone());
    assert_eq!(flash.as_deref(), Some("next: no search yet (/ starts one)"));
}

#[test]
fn backing_out_of_a_search_goes_back_to_where_it_began() {
    let mut session = flooded();
    session.keys("/");
    typed(&mut session, "\"line 3 \"");
    assert!(session.state.view.log.top.is_some());
    session.keys("esc");
    assert_eq!((session.state.view.log.top, session.state.view.log.at), (None, None));
}

#[test]
fn a_search_takes_what_the_filter_takes_and_says_what_it_is() {
    let mut session = flooded();
    for (text, kind, count) in
        [("level:error", "search (fields)", 4), ("/ne 9\\d/", "search (regex)", 10), ("ine -flood", "search", 0)]
    {
        session.keys("/");
        typed(&mut session, text);
        assert_eq!(standing(&session.state.view.log).map(|(_, count)| count), Some(count), "{text}");
        session.keys("enter");
        for (width, height) in [(80, 24), (120, 36), (200, 50)] {
            let shown = crate::tui::screen::tests::text(&draw(&mut session, width, height));
            assert!(shown.contains(&format!(" {kind} {text}")), "{shown}");
        }
        session.keys("esc esc");
    }
    session.keys("/");
    typed(&mut session, "\"line 50\"");
    session.keys("enter y");
    let Some(Effect::Copy(text)) = session.effects.first() else { panic!("{:?}", session.effects) };
    assert_eq!(text, "[ERROR] line 50 of the flood");
    // Also when the cursor is gone from it.
    session.state.view.log.at = None;
    session.keys("y");
    assert!(matches!(session.effects.first(), Some(Effect::Copy(text)) if text.contains("line 50")));
}

#[test]
fn a_letter_that_ends_a_program_which_asks_something_counts_when_it_is_pressed_again() {
    let mut session = Session::new(true);
    session.state.app.options.stdin = Stdin::Typed;
    session.running();
    session.keys("s");
    assert!(matches!(session.effects.as_slice(), [Effect::App(AppEffect::StopRun)]), "it asks nothing");
    let question = crate::log::Line {
        node: "logger".into(),
        stream: Stream::Stdout,
        text: "your name? ".into(),
        raw: None,
        goes_on: false,
        time: session.time(),
        generation: 1,
        request: None,
    };
    session.run(RunEvent::Unfinished(question));
    for (key, says) in [("r", "r once more restarts it"), ("s", "s once more stops it"), ("q", "q once more quits")] {
        session.keys(key);
        assert!(session.effects.is_empty() && !session.state.app.quit, "{key}");
        let flash = session.state.view.flash.as_ref().map(|f| f.text.clone()).unwrap_or_default();
        assert!(flash.contains("waits for input (I types it)") && flash.contains(says), "{flash}");
        // Another key between them means that the first was none.
        session.keys("esc");
        session.keys(key);
        assert!(session.effects.is_empty(), "{key}");
    }
    session.keys("s s");
    assert!(matches!(session.effects.as_slice(), [Effect::App(AppEffect::StopRun)]), "{:?}", session.effects);
}

#[test]
fn a_search_looks_only_at_what_the_filter_shows() {
    let mut session = flooded();
    session.keys("L /");
    typed(&mut session, "flood");
    assert_eq!(standing(&session.state.view.log).map(|(_, count)| count), Some(12));
    session.keys("enter L");
    assert_eq!(standing(&session.state.view.log).map(|(_, count)| count), Some(4));
}

#[test]
fn lines_are_selected_by_keys_and_copied() {
    let mut session = flooded();
    session.keys("v up up y");
    let Some(Effect::Copy(text)) = session.effects.first() else { panic!("{:?}", session.effects) };
    assert_eq!(text, "[INFO] line 97 of the flood\n[INFO] line 98 of the flood\n[INFO] line 99 of the flood");
    session.keys("esc y");
    assert!(session.effects.is_empty());
    let flash = session.state.view.flash.as_ref().map(|f| f.text.clone());
    assert_eq!(flash.as_deref(), Some("copy: select lines first (v, shift-up, or the mouse)"));
}

#[test]
fn lines_are_selected_by_the_mouse_while_others_come() {
    let mut session = flooded();
    let (x, y) = row_of(&session, 97 + session.state.app.log.first());
    // Before the text: whole lines are meant.
    let x = x - 28;
    mouse(&mut session, MouseEventKind::Down(MouseButton::Left), x, y);
    session.say("logger", Stream::Stdout, "one more");
    draw(&mut session, 120, 36);
    let (x, y) = row_of(&session, 95 + session.state.app.log.first());
    mouse(&mut session, MouseEventKind::Drag(MouseButton::Left), x, y);
    session.keys("y");
    let Some(Effect::Copy(text)) = session.effects.first() else { panic!("{:?}", session.effects) };
    assert_eq!(text.lines().count(), 3);
    assert!(text.starts_with("[INFO] line 95") && text.contains("line 97"), "{text}");
}

/// A drag from one place to another, with a frame after each step.
fn drag(session: &mut Session, from: (u16, u16), to: (u16, u16)) {
    session.wait(1_000);
    mouse(session, MouseEventKind::Down(MouseButton::Left), from.0, from.1);
    draw(session, 120, 36);
    mouse(session, MouseEventKind::Drag(MouseButton::Left), to.0, to.1);
    draw(session, 120, 36);
    mouse(session, MouseEventKind::Up(MouseButton::Left), to.0, to.1);
}

fn copied(session: &mut Session) -> String {
    session.keys("y");
    let Some(Effect::Copy(text)) = session.effects.first() else { panic!("{:?}", session.effects) };
    text.clone()
}

/// The cell where a text begins.
fn place_of(session: &mut Session, what: &str) -> (u16, u16) {
    let screen = crate::tui::screen::tests::text(&draw(session, 120, 36));
    let (row, line) = screen.lines().enumerate().find(|(_, line)| line.contains(what)).unwrap();
    let columns = unicode_width::UnicodeWidthStr::width(&line[..line.find(what).unwrap()]);
    (u16::try_from(columns).unwrap(), u16::try_from(row).unwrap())
}

#[test]
fn characters_are_selected_by_the_mouse_and_copied() {
    let mut session = flooded();
    let (x, y) = place_of(&mut session, "line 97");
    drag(&mut session, (x, y), (x + 3, y));
    let buffer = draw(&mut session, 120, 36);
    let marked = session.state.view.look.theme.found.bg;
    let is_marked = |x: u16| Some(buffer[(x, y)].bg) == marked;
    assert_eq!([x - 1, x, x + 3, x + 4].map(is_marked), [false, true, true, false]);
    assert_eq!(copied(&mut session), "line");
    assert_eq!(session.state.view.flash.as_ref().map(|f| f.text.as_str()), Some("4 characters copied"));
    // Backwards, over several lines: from the middle of one to the middle of another.
    let (_, below) = place_of(&mut session, "line 98");
    drag(&mut session, (x + 6, below), (x, y));
    assert_eq!(copied(&mut session), "line 97 of the flood\n[INFO] line 98");
    // And esc lets go of it.
    drag(&mut session, (x, y), (x + 3, y));
    session.keys("esc");
    assert!(session.state.view.log.part().is_none() && session.state.view.log.anchor.is_none());
}

#[test]
fn wide_characters_are_selected_whole() {
    let mut session = flooded();
    session.say("logger", Stream::Stdout, "ab日本語\u{1b}[2J\tend");
    let (x, y) = place_of(&mut session, "ab日本語");
    // From the second half of one to the first half of another.
    drag(&mut session, (x + 3, y), (x + 6, y));
    let buffer = draw(&mut session, 120, 36);
    let marked = session.state.view.look.theme.found.bg;
    assert!([2, 4, 6].iter().all(|by| Some(buffer[(x + by, y)].bg) == marked));
    assert_eq!(copied(&mut session), "日本語");
    // What is written out is no text of the line.
    drag(&mut session, (x, y), (x + 30, y));
    assert_eq!(copied(&mut session), "ab日本語\tend");
}

#[test]
fn a_wrapped_line_is_selected_over_its_rows() {
    let mut session = flooded();
    session.say("logger", Stream::Stdout, &format!("begin {}end", "0123456789".repeat(12)));
    session.keys("w");
    let (x, y) = place_of(&mut session, "begin ");
    let (_, last) = place_of(&mut session, "789end");
    assert!(last > y);
    drag(&mut session, (x + 6, y), (x, last));
    let text = copied(&mut session);
    assert!(text.starts_with("0123456789") && text.len() > 80, "{text}");
}

#[test]
fn a_drag_past_the_edge_scrolls_and_selects_to_there() {
    let mut session = flooded();
    let (x, y) = place_of(&mut session, "line 99");
    let area = session.state.view.hits.log.area;
    let top = session.state.view.hits.log_line(area.y).unwrap();
    drag(&mut session, (x, y), (x, area.y - 1));
    mouse(&mut session, MouseEventKind::Drag(MouseButton::Left), x, area.y - 1);
    draw(&mut session, 120, 36);
    assert_eq!(session.state.view.hits.log_line(area.y), Some(top - 2));
    let text = copied(&mut session);
    assert_eq!(text.lines().count() as u64, 99 + session.state.app.log.first() - (top - 2) + 1);
    assert!(text.ends_with('l') && text.starts_with('['), "{text}");
}

#[test]
fn the_lines_that_show_are_written_to_a_new_file() {
    let mut session = flooded();
    session.keys("L L E ctrl-u");
    typed(&mut session, "/tmp/x.log");
    session.keys("enter");
    let Some(Effect::Export { path, lines, .. }) = session.effects.first() else { panic!("{:?}", session.effects) };
    assert_eq!((path.to_str(), lines.len()), (Some("/tmp/x.log"), 4));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.log");
    crate::tui::pane::output::logs::select::write(&file, lines, &crate::log::clock::Zone::default()).unwrap();
    assert!(
        crate::tui::pane::output::logs::select::write(&file, lines, &crate::log::clock::Zone::default()).is_err(),
        "a file that exists is not overwritten"
    );
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 4);
    assert!(text.lines().all(|l| l.contains(" logger stdout | [ERROR] line ") || l.contains(" core-logic stdout | ")));
    let (path, at) = (path.clone(), session.now);
    session.event(Event::Exported { path: path.clone(), result: Err("File exists".into()), at });
    let last = session.state.app.log.iter().next_back().map(|l| l.text.clone());
    assert_eq!(
        last.as_deref(),
        Some("the log was not written to /tmp/x.log: File exists"),
        "also when the flash is gone"
    );
}

#[test]
fn a_place_in_a_line_opens_there() {
    let mut session = flooded();
    session.keys("enter");
    assert_eq!(session.state.view.focus, Pane::Output, "no line points anywhere");
    session.say("core-logic", Stream::Stderr, "thread 'main' panicked at src/lib.rs:14:9:");
    session.say("core-logic", Stream::Stderr, "oops");
    draw(&mut session, 120, 36);
    session.keys("enter");
    let opened = session.effects.iter().any(|e| matches!(e, Effect::Read(p) if p.ends_with("core-logic/src/lib.rs")));
    assert!(opened, "{:?}", session.effects);
    assert_eq!(session.state.view.source.file().map(|f| f.line), Some(13));
}

#[test]
fn two_clicks_on_a_place_open_it() {
    let mut session = flooded();
    session.say("core-logic", Stream::Stderr, "at core-logic/src/lib.rs:7:1");
    draw(&mut session, 120, 36);
    let (x, y) = row_of(&session, session.state.app.log.end() - 1);
    for _ in 0..2 {
        mouse(&mut session, MouseEventKind::Down(MouseButton::Left), x, y);
        mouse(&mut session, MouseEventKind::Up(MouseButton::Left), x, y);
    }
    assert_eq!(session.state.view.focus, Pane::Source);
}

#[test]
fn what_falls_out_of_the_log_takes_its_selection_along() {
    let mut session = flooded();
    session.keys("v");
    session.state.app.log.clear();
    session.say("logger", Stream::Stdout, "new");
    assert_eq!((session.state.view.log.at, session.state.view.log.anchor), (None, None));
}

#[test]
fn times_marks_and_wrapping() {
    let mut session = flooded();
    session.keys("T T");
    assert_eq!(session.state.view.log.times, Times::Delta);
    session.keys("w B");
    assert!(session.state.view.log.wrap);
    let last = session.state.app.log.iter().next_back().map(|l| (l.stream, l.text.clone()));
    assert_eq!(last, Some((Stream::Studio, "mark".into())));
    let long = "word ".repeat(200);
    session.say("logger", Stream::Stdout, &long);
    session.say("logger", Stream::Stdout, "the last line");
    let shown = format!("{:?}", draw(&mut session, 120, 36));
    assert!(shown.contains("the last line"), "following shows the end of what is wrapped");
    session.keys("up");
    draw(&mut session, 120, 36);
    assert!(session.state.view.log.top.is_some());
    session.keys("down");
    assert_eq!(session.state.view.log.top, None);
}

#[test]
fn a_run_begins_when_the_runner_began_it_not_when_we_heard_of_it() {
    let mut session = Session::new(true);
    session.running();
    let (generation, revision, at) = (session.state.app.run.generation, session.state.app.revision, session.time());
    let began = RunEvent::Started { generation, revision, startup: Startup::default(), at };
    session.wait(7).run(began);
    let rule = session.state.app.log.iter().next_back().unwrap();
    assert!(rule.text.starts_with("run 1") && rule.time == at, "{rule:?}");
}

#[test]
fn pasted_lines_reach_the_program_as_lines_and_one_line_fields_refuse_them() {
    let mut session = flooded();
    session.state.app.options.stdin = Stdin::Typed;
    let sent = |session: &Session| match session.effects.as_slice() {
        [Effect::App(AppEffect::TypeInput(Some(text)))] => Some(text.clone()),
        [] => None,
        other => panic!("{other:?}"),
    };
    session.keys("I a");
    session.input(Input::Paste("b\tc\r\nd\re".into()));
    assert_eq!(sent(&session).as_deref(), Some("ab\tc\nd\n"));
    session.input(Input::Paste("\tf".into())).keys("enter");
    assert_eq!(sent(&session).as_deref(), Some("e\tf\n"));
    let lines = "line\n".repeat(50_000);
    session.input(Input::Paste(lines.clone()));
    assert_eq!(sent(&session).as_deref(), Some(lines.as_str()));
    assert!(session.state.app.log.iter().any(|l| l.text == "typed: 50000 lines, pasted"));
    session.input(Input::Paste("x".repeat(1 << 20)));
    assert_eq!(sent(&session), None);
    assert!(session.state.view.flash.as_ref().is_some_and(|f| f.text.contains("studio run < FILE")));
    session.keys("esc /");
    session.input(Input::Paste("one\ntwo".into()));
    assert!(session.state.view.flash.as_ref().is_some_and(|f| f.text.contains("takes one line, and the text has 2")));
}

#[test]
fn a_line_whose_program_has_ended_says_so_until_it_is_left() {
    let mut session = flooded();
    session.state.app.options.stdin = Stdin::Typed;
    session.keys("I a");
    let ended = "the program has ended; esc leaves";
    assert!(!text(&draw(&mut session, 80, 24)).contains(ended));
    session.state.app.run.status = RunStatus::Ended(Outcome::Returned(None));
    assert!(text(&draw(&mut session, 80, 24)).contains(ended), "{}", text(&draw(&mut session, 80, 24)));
    session.keys("q");
    assert!(!session.state.app.quit, "letters stay text");
    session.keys("esc");
    assert!(!text(&draw(&mut session, 80, 24)).contains(ended));
}
