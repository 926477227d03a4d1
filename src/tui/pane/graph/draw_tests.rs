//! The graph's pane, as a person sees it.

use crate::tui::fixture::Session;
use crate::tui::pane::graph::tests::session;
use crate::tui::screen::tests::draw;
use crate::tui::screen::tests::screens_at;

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
