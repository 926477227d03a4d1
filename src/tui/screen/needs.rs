//! How much room the panes need for what they hold: where the edges between them stand until the user moves them.

use crate::tui::screen::text;
use crate::tui::state::State;
use crate::tui::view::Tab;

/// Lines that the output shows at its smallest, between its borders.
const FEW: usize = 5;
/// Cells of a project row beside the name: borders, signs, and the build status or its sign alone.
const WITH_STATUS: usize = 16;
const WITH_SIGN: usize = 7;

/// In cells, borders included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Columns of the project with every name whole, and with every status whole too.
    pub project: (u16, u16),
    /// Columns and rows of the graph where it has all the room it likes.
    pub graph: (u16, u16),
    /// The output has more lines than its smallest pane shows.
    pub(crate) busy: bool,
}

impl Needs {
    pub(crate) fn of(state: &State) -> Self {
        let project = &state.app.project;
        let components = project.components.iter().map(|c| text::width(&c.name));
        let files = project.compositions.iter().map(|path| text::width(&project.relative(path).display().to_string()));
        let longest = components.clone().max().unwrap_or(0);
        let best = files.chain(components).max().unwrap_or(0) + WITH_STATUS;
        let (width, height) = state.view.picture.natural();
        let bordered = |cells: i32| u16::try_from(cells.saturating_add(2)).unwrap_or(u16::MAX);
        Self {
            project: (text::cells(longest + WITH_SIGN), text::cells(best)),
            graph: (bordered(width), bordered(height)),
            busy: match state.tab() {
                Tab::Logs => state.app.log.len() > FEW,
                Tab::Problems => state.app.errors() > 0,
                // The selected one shows its lines, and the others are still to be seen.
                Tab::Requests => state.app.requests.len() > 1,
            },
        }
    }

    /// Rows of the graph in a pane of so many columns: where it is wider, it goes on below.
    pub(crate) fn graph_rows(&self, columns: u16) -> u16 {
        let inside = |cells: u16| cells.saturating_sub(2).max(1);
        let bands = inside(self.graph.0).div_ceil(inside(columns));
        inside(self.graph.1).saturating_mul(bands).saturating_add(2)
    }
}
