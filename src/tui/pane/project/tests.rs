//! What was passed over, in the project pane.

use crate::model::project::{PassedOver, Project};
use crate::tui::fixture::{Session, neon};
use crate::tui::pane::project;
use crate::tui::screen::tests::{draw, text};
use crate::tui::view::Row;

#[test]
fn what_was_passed_over_is_a_count_that_opens() {
    let mut session = Session::new(true);
    let project = neon();
    let file = project.root.join("tool/Cargo.toml");
    session.discovered(Project {
        passed_over: vec![PassedOver {
            name: "tool".into(),
            file: file.clone(),
            reason: "a native tool".into(),
            change: "[components.tool] in studio.toml".into(),
        }],
        ..project
    });
    let size = (120, 36);
    draw(&mut session, size.0, size.1);
    assert_eq!(session.state.rows().last(), Some(&Row::PassedOver));
    session.keys("1");
    project::select(&mut session.state, Row::PassedOver);
    session.keys("space down");
    let screen = text(&draw(&mut session, size.0, size.1));
    assert_eq!(session.state.selected_row(), Some(Row::PassedOverOne(0)));
    assert_eq!(session.state.file_of(Row::PassedOverOne(0)), Some(&file));
    assert!(screen.contains("passed over") && screen.contains("tool: a native tool"), "{screen}");
    session.keys("left left");
    assert_eq!(session.state.rows().last(), Some(&Row::PassedOver));
}

#[test]
fn what_is_of_no_component_stands_left_of_the_files_of_one() {
    for (width, height) in [(80, 24), (120, 36), (200, 50)] {
        let mut session = Session::new(true);
        session.running();
        let screen = text(&draw(&mut session, width, height));
        assert!(screen.contains("│ ● core-logic") && screen.contains("│ neon.wac"), "{screen}");
    }
}
