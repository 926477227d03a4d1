//! Edges, menus and messages, in a session.

use std::path::Path;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::app::effect::Effect as AppEffect;
use crate::build::scaffold::Template;
use crate::tui::effect::Effect;
use crate::tui::event::{Event, Input};
use crate::tui::fixture::Session;
use crate::tui::hit::Target;
use crate::tui::overlay::Overlay;
use crate::tui::overlay::new::NewProject;
use crate::tui::screen::tests::{draw, text};
use crate::tui::splits::{Edge, Splits};
use crate::tui::view::Pane;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];

const LEFT: MouseButton = MouseButton::Left;

fn running() -> Session {
    let mut session = Session::new(true);
    session.running();
    session
}

fn mouse(session: &mut Session, kind: MouseEventKind, (column, row): (u16, u16)) {
    session.input(Input::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
}

fn menu(session: &Session) -> Vec<(String, String)> {
    match session.state.view.overlays.top() {
        Some(Overlay::Picker(picker)) => picker.found().map(|i| (i.name.clone(), i.key.clone())).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn an_edge_follows_the_pointer_and_two_clicks_put_it_back() {
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        let mut session = running();
        draw(&mut session, columns, rows);
        let at = session.state.view.hits.edge(Edge::Project).unwrap();
        let before = session.state.view.hits.body(Pane::Project);
        let start = (at.x, at.y + 2);
        mouse(&mut session, MouseEventKind::Down(LEFT), start);
        // Over other panes, with frames in between, it stays the edge that is dragged.
        for by in 1..=8 {
            mouse(&mut session, MouseEventKind::Drag(LEFT), (start.0 + by, start.1 + 1));
            draw(&mut session, columns, rows);
        }
        mouse(&mut session, MouseEventKind::Up(LEFT), (start.0 + 8, start.1));
        let after = session.state.view.hits.body(Pane::Project);
        assert_eq!(after.right() + 1, start.0 + 8, "its border's column is under the pointer or left of it");
        assert!(after.width > before.width);
        mouse(&mut session, MouseEventKind::Drag(LEFT), (5, 5));
        draw(&mut session, columns, rows);
        assert_eq!(session.state.view.hits.body(Pane::Project), after, "let go");
        let at = session.state.view.hits.edge(Edge::Output).unwrap();
        session.wait(5_000);
        mouse(&mut session, MouseEventKind::Down(LEFT), (at.x + 3, at.y));
        mouse(&mut session, MouseEventKind::Drag(LEFT), (at.x + 3, at.y - 2));
        draw(&mut session, columns, rows);
        assert_eq!(session.state.view.hits.edge(Edge::Output).unwrap().y, at.y - 2);
        session.keys("\\");
        draw(&mut session, columns, rows);
        assert_eq!(session.state.view.hits.body(Pane::Project), before);
        session.wait(5_000);
        mouse(&mut session, MouseEventKind::Down(LEFT), start);
        mouse(&mut session, MouseEventKind::Drag(LEFT), (start.0 + 4, start.1));
        mouse(&mut session, MouseEventKind::Up(LEFT), (start.0 + 4, start.1));
        session.wait(5_000);
        draw(&mut session, columns, rows);
        let now = session.state.view.hits.edge(Edge::Project).unwrap();
        for _ in 0..2 {
            mouse(&mut session, MouseEventKind::Down(LEFT), (now.x, now.y));
            mouse(&mut session, MouseEventKind::Up(LEFT), (now.x, now.y));
        }
        assert_eq!(session.state.view.splits, Splits::default());
    }
}

#[test]
fn edges_move_by_keys_and_never_squeeze_a_pane_away() {
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        let mut session = running();
        draw(&mut session, columns, rows);
        let before = session.state.view.hits.body(Pane::Project);
        session.keys("1 > >");
        draw(&mut session, columns, rows);
        assert_eq!(session.state.view.hits.body(Pane::Project).width, before.width + 4);
        for keys in ["ctrl-right", "ctrl-left", "ctrl-up", "ctrl-down", "4 <", "4 >", "2 <", "3 ctrl-down"] {
            for _ in 0..60 {
                session.keys(keys);
                draw(&mut session, columns, rows);
            }
            for pane in [Pane::Project, Pane::Output] {
                let body = session.state.view.hits.body(pane);
                assert!(body.width >= 14 && body.height >= 5, "{keys}: {pane:?} has {body:?}");
            }
        }
    }
    let mut session = running();
    draw(&mut session, 60, 15);
    session.keys(">");
    let flash = session.state.view.flash.as_ref().map(|f| f.text.as_str());
    assert_eq!(flash, Some("edge-right: there are no edges between panes"));
}

#[test]
fn the_right_button_lists_what_can_be_done_there() {
    let mut session = running();
    draw(&mut session, 120, 36);
    let (row, _) = *session.state.view.hits.places().iter().find(|(_, t)| *t == Target::ProjectRow(1)).unwrap();
    mouse(&mut session, MouseEventKind::Down(MouseButton::Right), (row.x + 3, row.y));
    assert_eq!(session.state.selected_component().map(|c| c.name.as_str()), Some("logger"), "it is about that");
    let items = menu(&session);
    assert_eq!(items[0], ("read the source of what is selected".to_owned(), "enter".to_owned()));
    assert!(items.iter().any(|(name, key)| name == "run the program again" && key == "r"), "{items:?}");
    assert!(!items.iter().any(|(name, _)| name.starts_with("jump")), "{items:?}");
    for (columns, rows) in [(60, 15), (80, 24), (120, 36), (200, 50)] {
        let screen = text(&draw(&mut session, columns, rows));
        assert!(screen.contains("read the source of what") && screen.contains("enter"), "{screen}");
    }
    for (columns, rows) in SIZES {
        let widest = text(&draw(&mut session, columns, rows));
        let menus = session
            .state
            .view
            .hits
            .places()
            .iter()
            .filter(|(_, t)| matches!(t, Target::PickerRow(_)))
            .map(|(a, _)| a.width)
            .max();
        assert!(menus.is_some_and(|width| width + 4 <= 40), "{widest}");
        insta::assert_snapshot!(format!("menu_{columns}x{rows}"), text(&draw(&mut session, columns, rows)));
    }
    draw(&mut session, 80, 24);
    let place = *session.state.view.hits.places().iter().rev().find(|(_, t)| *t == Target::PickerRow(0)).unwrap();
    mouse(&mut session, MouseEventKind::Down(LEFT), (place.0.x, place.0.y));
    assert!(matches!(session.effects.as_slice(), [Effect::Read(_)]), "{:?}", session.effects);
    assert!(session.state.view.overlays.is_empty());
}

#[test]
fn the_menu_fits_into_every_corner_and_goes_by_a_click_beside_it() {
    let mut session = running();
    for (columns, rows) in [(60, 15), (80, 24), (200, 50)] {
        for at in [(0, 0), (columns - 1, 0), (0, rows - 1), (columns - 1, rows - 1), (columns / 2, rows / 2)] {
            draw(&mut session, columns, rows);
            mouse(&mut session, MouseEventKind::Down(MouseButton::Right), at);
            assert!(!menu(&session).is_empty(), "{at:?}");
            draw(&mut session, columns, rows);
            let inside = session.state.view.hits.places().iter().rev().find(|(_, t)| *t == Target::Inside).unwrap().0;
            assert!(inside.right() <= columns && inside.bottom() <= rows, "{inside:?}");
            let beside = if inside.x > 0 { (inside.x - 1, inside.y) } else { (inside.right(), inside.y) };
            mouse(&mut session, MouseEventKind::Down(LEFT), beside);
            assert!(session.state.view.overlays.is_empty());
            session.wait(2_000);
        }
    }
}

#[test]
fn what_was_said_can_be_read_again_and_copied() {
    let mut session = running();
    session.keys("M");
    assert!(text(&draw(&mut session, 80, 24)).contains("No messages yet."));
    session.keys("esc");
    session.keys("alt-i");
    session.wait(61_000).keys("p M");
    for (columns, rows) in SIZES {
        insta::assert_snapshot!(format!("messages_{columns}x{rows}"), text(&draw(&mut session, columns, rows)));
    }
    session.keys("down enter");
    assert!(matches!(session.effects.as_slice(), [Effect::Copy(text)] if text == "install target: nothing is missing"));
}

#[test]
fn a_sentence_too_long_for_the_row_is_cut_with_a_sign_and_kept_whole() {
    let mut session = running();
    let said = format!("cannot start the editor `{}` (no such file); set $EDITOR to the one you use", "x/".repeat(45));
    let now = session.now;
    session.state.view.flash(said.clone(), now);
    for (columns, rows) in SIZES {
        let screen = text(&draw(&mut session, columns, rows));
        let row = screen.lines().last().unwrap();
        let cut = columns < 200;
        assert_eq!(row.contains("…"), cut, "{row}");
        assert!(row.contains("cannot start the editor") && row.ends_with("? help"), "{row}");
    }
    session.keys("M");
    for (columns, rows) in SIZES {
        let screen = text(&draw(&mut session, columns, rows));
        assert!(screen.contains("$EDITOR to the one you use"), "{screen}");
    }
    insta::assert_snapshot!("long_message_80x24", text(&draw(&mut session, 80, 24)));
}

#[test]
fn palette_and_help_at_every_size() {
    for (columns, rows) in SIZES {
        let mut session = running();
        draw(&mut session, columns, rows);
        session.keys(":");
        insta::assert_snapshot!(format!("palette_{columns}x{rows}"), text(&draw(&mut session, columns, rows)));
        session.keys("g r a");
        insta::assert_snapshot!(format!("palette_found_{columns}x{rows}"), text(&draw(&mut session, columns, rows)));
        session.keys("esc esc ?");
        insta::assert_snapshot!(format!("help_{columns}x{rows}"), text(&draw(&mut session, columns, rows)));
        session.keys("c t r l - p");
        insta::assert_snapshot!(format!("help_found_{columns}x{rows}"), text(&draw(&mut session, columns, rows)));
    }
}

#[test]
fn the_help_finds_what_users_call_it() {
    let mut session = Session::new(true);
    session.running();
    for word in ["insert", "middleware"] {
        let found = crate::tui::overlay::help::found(&session.state, word);
        assert!(found.contains(&crate::tui::command::Command::AddNode), "{word}");
    }
}

#[test]
fn a_list_that_is_cut_says_so() {
    let mut session = Session::new(false);
    session.empty().keys("ctrl-n");
    let low = text(&draw(&mut session, 60, 15));
    assert!(low.contains("blank") || low.contains("1 to 3 of 4"), "{low}");
    assert!(!text(&draw(&mut session, 80, 24)).contains("of 4"));
}

#[test]
fn a_project_is_made_from_inside_where_none_is() {
    let mut session = Session::new(false);
    session.empty();
    for (columns, rows) in [(60, 15), (80, 24), (120, 36), (200, 50)] {
        assert!(text(&draw(&mut session, columns, rows)).contains("ctrl-n"), "{columns}x{rows}");
    }
    session.keys("ctrl-n");
    for (columns, rows) in SIZES {
        insta::assert_snapshot!(format!("new_{columns}x{rows}"), text(&draw(&mut session, columns, rows)));
    }
    session.keys("h t t p enter");
    let Some(Overlay::Prompt(prompt)) = session.state.view.overlays.top() else { panic!("no question") };
    assert_eq!(prompt.field.text(), ".", "an empty folder is the one that is meant");
    session.keys("ctrl-u enter");
    assert!(session.effects.is_empty() && !session.state.view.overlays.is_empty(), "no folder, no project");
    session.keys(". enter");
    let Some(Effect::Make { template: Template::Http, folder }) = session.effects.first().cloned() else { panic!() };
    assert_eq!(folder, session.state.app.options.root.join("."));
    let made = |made| Event::Made { made, at: session.now };
    let new = |folder: &Path| NewProject { folder: folder.into(), untrusted: None };
    let (trouble, here) = (made(Err("no room".into())), made(Ok(new(&session.state.app.options.root))));
    let elsewhere = made(Ok(new(Path::new("/home/ada/other"))));
    session.event(trouble);
    assert!(!session.state.app.trusted && session.state.view.flash.is_some());
    session.event(here);
    assert!(!session.state.app.trusted, "what is on the list is known once the folder was read again");
    assert!(matches!(session.effects.as_slice(), [Effect::App(AppEffect::Discover { .. })]));
    session.event(elsewhere);
    assert!(session.state.app.quit && session.state.next == Some("/home/ada/other".into()), "it is opened next");
}
