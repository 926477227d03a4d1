//! Commands of the project pane.

use crate::tui::command::Context::Project;
use crate::tui::command::{Command, Group, row, unless};
use crate::tui::pane::project;

pub(crate) const GROUP: Group = Group {
    title: "Project",
    contexts: &[Project],
    rows: &[
        row(Command::FoldRow, "fold-files", "files", "show the files of a component, or hide them")
            .keys(&[(Project, "space")])
            .rank(30)
            .when(|state| unless(!project::can_fold(state), "nothing is below this"))
            .does(|state, _| {
                project::fold(state);
                Vec::new()
            }),
        row(Command::ShowGenerated, "generated-files", "generated", "show the generated files, or hide them")
            .keys(&[(Project, ".")])
            .when(|state| unless(!project::has_generated(state), "no file here is generated"))
            .does(|state, _| {
                project::show_generated(state);
                Vec::new()
            }),
    ],
};
