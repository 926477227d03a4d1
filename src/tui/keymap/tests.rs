//! The user's keys, in a session.

use crate::tui::event::Event;
use crate::tui::fixture::Session;
use crate::tui::jobs::user::UserFile;
use crate::tui::screen::tests::{draw, text};
use crate::tui::view::Pane;

fn session(keys: &str) -> Session {
    let mut session = Session::new(true);
    session.running();
    say(&mut session, keys);
    session
}

fn say(session: &mut Session, keys: &str) {
    let file = UserFile { path: "/home/ada/.config/studio/keys.toml".into(), text: Some(keys.into()) };
    session.event(Event::UserFile(file));
}

const SEQUENCES: &str = "[panes]\n'space l' = 'show-logs'\n'space p g' = 'focus-graph'\n'space p i' = 'focus-inspector'\n\
                         [project]\n'space' = 'no_op'\n'space z' = 'zoom'\n";

#[test]
fn a_save_of_the_keys_counts_at_once_and_one_that_is_broken_says_so() {
    let mut session = session("[panes]\n'w' = 'zoom'\n");
    session.keys("w");
    assert!(session.state.view.zoom);
    say(&mut session, "[panes]\n'w' = 'zoooom'\n");
    session.keys("w");
    assert!(session.state.view.zoom, "the key is nobody's again");
    assert_eq!(session.state.app.errors(), 0, "the project is not at fault");
    let told: Vec<String> =
        session.state.app.problems().iter().map(|p| p.place.as_ref().unwrap().to_string()).collect();
    assert_eq!(told, ["/home/ada/.config/studio/keys.toml:2:7"]);
    say(&mut session, "");
    assert!(session.state.app.problems().is_empty());
}

#[test]
fn a_sequence_shows_what_may_follow_and_esc_ends_it() {
    let mut session =
        session("[panes]\n'space l' = 'show-logs'\n'space p g' = 'focus-graph'\n'space p i' = 'focus-inspector'\n");
    session.keys("3 space");
    for (columns, rows) in [(60, 15), (80, 24), (120, 36), (200, 50)] {
        let screen = text(&draw(&mut session, columns, rows));
        assert!(screen.contains("l  show the logs") && screen.contains("p  2 commands"), "{screen}");
    }
    session.keys("p");
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        insta::assert_snapshot!(format!("which-key_{columns}x{rows}"), text(&draw(&mut session, columns, rows)));
    }
    session.keys("i");
    assert_eq!(session.state.view.focus, Pane::Inspector);
    session.keys("space esc");
    assert!(session.state.view.pending.is_empty() && session.state.view.flash.is_none());
    session.keys("space q");
    assert!(!session.state.app.quit, "what ends a sequence does nothing else");
    assert_eq!(session.state.view.flash.as_ref().map(|f| f.text.as_str()), Some("space q: no command has these keys"));
    session.keys("ctrl-p");
    session.keys("space");
    assert!(session.state.view.pending.is_empty(), "it is text there");
}

#[test]
fn the_innermost_section_that_knows_a_key_has_it() {
    let mut session = session(SEQUENCES);
    assert_eq!(session.state.app.problems().len(), 1, "`space` and `space z` are both in one section");
    session.keys("1 space");
    assert!(session.state.view.pending.is_empty());
    session.keys("3 space l");
    assert_eq!(session.state.view.focus, Pane::Output);
}

#[test]
fn what_is_shown_are_the_users_keys() {
    let mut session = session("[panes]\n'W' = 'zoom'\n'space q' = 'quit'\n");
    let footer = text(&draw(&mut session, 200, 50));
    assert!(footer.lines().last().unwrap().contains("W zoom"), "{footer}");
    session.keys("? z o o m");
    let help = text(&draw(&mut session, 120, 36));
    assert!(help.contains("W z"), "{help}");
}
