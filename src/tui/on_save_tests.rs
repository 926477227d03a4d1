//! What a save does to a command, and going back to a program that ran before.

use std::time::SystemTime;

use crate::app::effect::Effect as AppEffect;
use crate::app::state::RunStatus;
use crate::model::project::OnSave;
use crate::model::requests::Request;
use crate::run::{Outcome, RunEvent};
use crate::tui::effect::Effect;
use crate::tui::fixture::{Session, neon};
use crate::tui::overlay::Overlay;
use crate::tui::screen::tests::{draw, text};

/// The generations that the last event asked to run, each with its program.
fn runs(session: &Session) -> Vec<(u64, u8)> {
    let program = |e: &Effect| match e {
        Effect::App(AppEffect::Run(request)) => Some((request.generation, request.live.bytes[0])),
        _ => None,
    };
    session.effects.iter().filter_map(program).collect()
}

/// A command runs, and a save has made another program.
fn saved(on_save: OnSave) -> Session {
    let mut project = neon();
    project.settings.on_save = on_save;
    let mut session = Session::new(true);
    session.discovered(project).built("logger", 1).built("core-logic", 1).finished(true, 1);
    session.program(1).begins();
    session.changed("logger/src/lib.rs").built("logger", 1).finished(true, 1).program(2);
    session
}

fn end(session: &mut Session, generation: u64) {
    session.run(RunEvent::Ended { generation, outcome: Outcome::Returned(None) });
}

#[test]
fn restart_runs_the_new_program_at_once() {
    assert_eq!(runs(&saved(OnSave::Restart)), [(2, 2)]);
}

#[test]
fn wait_runs_the_newest_program_when_the_old_one_has_ended() {
    let mut session = saved(OnSave::Wait);
    assert_eq!(runs(&session), []);
    assert!(session.state.app.log.iter().any(|l| l.text.contains("runs when this run ends")));
    session.changed("logger/src/lib.rs").program(3);
    end(&mut session, 1);
    assert_eq!(runs(&session), [(2, 3)]);
    // Nothing runs: nothing is waited for.
    session.begins();
    end(&mut session, 2);
    session.changed("logger/src/lib.rs").program(4);
    assert_eq!(runs(&session), [(3, 4)]);
}

#[test]
fn what_is_held_back_is_dropped_when_the_sources_are_as_they_were() {
    let mut session = saved(OnSave::Wait);
    session.changed("logger/src/lib.rs").program(1);
    end(&mut session, 1);
    assert_eq!(runs(&session), []);
}

#[test]
fn manual_runs_on_a_key() {
    let mut session = saved(OnSave::Manual);
    end(&mut session, 1);
    assert_eq!(runs(&session), []);
    assert_eq!(session.state.app.run.status, RunStatus::Ended(Outcome::Returned(None)));
    session.keys("r");
    assert_eq!(runs(&session), [(2, 2)]);
}

#[test]
fn going_back_runs_an_earlier_program_and_the_next_save_ends_that() {
    let mut session = saved(OnSave::Restart);
    session.begins();
    session.keys("b");
    let Some(Overlay::Picker(picker)) = session.state.view.overlays.top() else { panic!("no list") };
    let names: Vec<_> = picker.found().map(|i| (i.name.as_str(), i.refused.is_some())).collect();
    assert_eq!(names, [("run 1: the first", false), ("run 2: logger/src/lib.rs", true)], "what runs comes last");
    session.keys("enter");
    assert_eq!(runs(&session), [(3, 1)]);
    session.begins();
    for (width, height) in [(80, 24), (120, 36), (200, 50)] {
        let shown = text(&draw(&mut session, width, height));
        let header = shown.lines().next().unwrap_or_default();
        assert!(header.contains("back to run 1"), "{header}");
        assert!(width < 120 || header.contains("newer: run 2, logger/src/lib.rs"), "{header}");
    }
    assert!(session.state.app.log.iter().any(|l| l.text == "run 3, back to the program of run 1"));
    session.changed("logger/src/lib.rs").program(2);
    assert_eq!(runs(&session), [(4, 2)]);
    assert!(!text(&draw(session.begins(), 120, 36)).contains("back to run"));
}

#[test]
fn what_runs_already_is_not_run_again_by_going_back() {
    let mut session = saved(OnSave::Restart);
    session.begins().keys("b down enter");
    assert_eq!(runs(&session), []);
    let said = session.state.view.flash.as_ref().map(|f| f.text.clone());
    assert_eq!(said.as_deref(), Some("this program is running already; r runs it again"));
}

#[test]
fn requests_have_a_tab_where_there_are_any() {
    let mut session = saved(OnSave::Restart);
    session.keys("Q");
    assert!(!text(&draw(&mut session, 100, 30)).contains("Requests"));
    let request = |id: u64, path: &str, status| Request {
        id,
        generation: 2,
        method: "GET".into(),
        path: path.into(),
        status,
        took: std::time::Duration::from_micros(1500),
        time: SystemTime::UNIX_EPOCH,
    };
    session.run(RunEvent::Requests { served: vec![request(1, "/first", 200), request(2, "/second", 500)], lost: 0 });
    session.keys("Q");
    let screen = text(&draw(&mut session, 100, 30));
    let (first, second) = (screen.find("/first").unwrap(), screen.rfind("/second").unwrap());
    assert!(screen.contains("Requests") && screen.contains("2 requests"), "{screen}");
    assert!(first > 0 && second > 0);
    session.keys("down");
    assert_eq!(session.state.view.request, Some(1));
    let screen = text(&draw(&mut session, 100, 30));
    assert!(screen.contains("GET /first → 200 in 1.5 ms"), "the selected one's lines: {screen}");
    // Others come in: the selected one stays the selected one.
    session.run(RunEvent::Requests { served: vec![request(3, "/third", 200)], lost: 0 });
    assert!(text(&draw(&mut session, 100, 30)).contains("GET /first → 200 in 1.5 ms"));
    session.keys("up up");
    assert_eq!(session.state.view.request, None, "the newest is followed");
    session.keys("] ]");
    assert_eq!(session.state.tab(), crate::tui::view::Tab::Problems);
}
