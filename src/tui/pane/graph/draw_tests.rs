//! The graph's pane, as a person sees it.

use ratatui::style::Color;

use crate::draw::layout::Side;
use crate::look::contrast::{FAINT, ratio};
use crate::look::themes::Themes;
use crate::look::{Depth, Theme};
use crate::model::graph::ImportState;
use crate::tui::fixture::Session;
use crate::tui::pane::graph::selection::Selection;
use crate::tui::pane::graph::tests::session;
use crate::tui::screen::tests::{draw, screens_at, text};

/// A session that knows how large its screen is, as after its first frame.
fn at(columns: u16, rows: u16, keys: &str) -> Session {
    let mut session = session(30);
    draw(&mut session, columns, rows);
    session.keys(keys);
    session
}

#[test]
fn a_focused_port() {
    screens_at("graph_port", |columns, rows| at(columns, rows, "2 n n down right"));
}

#[test]
fn all_of_the_screen_with_a_map() {
    screens_at("graph_map", |columns, rows| at(columns, rows, "2 z n n n n n n n"));
}

#[test]
fn labels_to_jump_to() {
    screens_at("graph_labels", |columns, rows| at(columns, rows, "2 z f"));
}

#[test]
fn as_names_and_compact() {
    screens_at("graph_names", |columns, rows| at(columns, rows, "2 z d d d d"));
    screens_at("graph_compact", |columns, rows| at(columns, rows, "2 z d d d n n"));
}

#[test]
fn an_unwired_port() {
    screens_at("graph_unwired", |columns, rows| {
        let mut session = at(columns, rows, "2 n n n n n down right down down");
        if columns < 140 {
            session.keys("enter");
        }
        session
    });
}

#[test]
fn a_row_of_several_ports_is_called_what_it_shows() {
    let mut session = at(200, 50, "2 n n");
    let node = session.state.selection().unwrap().node;
    let imports = &session.state.app.graph.node(&node).unwrap().imports;
    let port = imports.iter().find(|import| import.state == ImportState::Host).unwrap().port.name.clone();
    session.state.view.graph.selection = Some(Selection { node, port: Some((Side::Import, port)) });
    let screen = text(&draw(&mut session, 200, 50));
    assert!(screen.contains("2 interfaces") && screen.contains("4 host ×2"), "{screen}");
}

/// The colour, as every terminal of 24 bits or 256 colours shows it.
fn rgb(color: Color) -> u32 {
    let [r, g, b] = match color {
        Color::Rgb(r, g, b) => [r, g, b],
        Color::Indexed(n @ 16..=231) => {
            [(n - 16) / 36, (n - 16) / 6 % 6, (n - 16) % 6].map(|level| [0, 95, 135, 175, 215, 255][usize::from(level)])
        }
        Color::Indexed(n @ 232..) => [8 + (n - 232) * 10; 3],
        other => panic!("{other:?}"),
    };
    u32::from_be_bytes([0, r, g, b])
}

#[test]
fn what_is_not_beside_the_selected_node_can_still_be_read_in_every_theme() {
    let themes = Themes::default();
    for (name, _) in themes.names() {
        for depth in [Depth::True, Depth::Indexed] {
            let mut session = at(200, 50, "2 n n down right");
            session.state.view.look.theme = Theme::of(depth, &themes.sheet(&name).unwrap());
            let buffer = draw(&mut session, 200, 50);
            let letters = buffer.content().iter().filter(|cell| cell.symbol().chars().all(char::is_alphanumeric));
            for cell in letters {
                let contrast = ratio(rgb(cell.fg), rgb(cell.bg));
                assert!(contrast >= FAINT, "{name}, {depth:?}: {:?} has {contrast}", cell.symbol());
            }
        }
    }
}

#[test]
fn a_node_that_steps_back_is_no_frame() {
    let mut session = at(200, 50, "2 n n down right");
    let buffer = draw(&mut session, 200, 50);
    let theme = &session.state.view.look.theme;
    let faint = buffer.content().iter().filter(|cell| Some(cell.fg) == theme.faint.fg);
    let letters: String =
        faint.map(ratatui::buffer::Cell::symbol).filter(|s| s.chars().all(char::is_alphanumeric)).collect();
    assert!(letters.is_empty(), "{letters}");
}

#[test]
fn an_arrow_leads_to_no_host_that_is_not_drawn() {
    let mut session = Session::new(true);
    session.running();
    draw(&mut session, 80, 24);
    session.keys("2");
    session.state.view.graph.selection = Some(Selection::of_node("logger"));
    for _ in 0..3 {
        session.keys("right");
        let selection = session.state.selection().unwrap();
        assert_eq!(selection.node, "logger");
        assert!(matches!(&selection.port, Some((Side::Import, port)) if port.contains("stdout")), "{selection:?}");
    }
}

#[test]
fn a_selection_that_is_not_drawn_holds_nobody() {
    let mut session = Session::new(true);
    session.running();
    draw(&mut session, 80, 24);
    session.keys("2");
    let host = Selection { node: crate::model::graph::HOST.into(), port: None };
    session.state.view.graph.selection = Some(host.clone());
    assert!(text(&draw(&mut session, 80, 24)).contains("4 core-logic"), "the title is of what is drawn");
    session.keys("n");
    assert!(session.state.view.graph.selection.as_ref().is_some_and(|s| *s != host), "n moves on");
}
