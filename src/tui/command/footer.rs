//! Which commands are worth a place in the footer.

use crate::tui::command::Command;
use crate::tui::overlay::{Overlay, Owner};
use crate::tui::pane::output::logs;
use crate::tui::state::State;
use crate::tui::view::{Pane, Tab};

impl Command {
    /// Worth a place in the footer now.
    pub(crate) fn reminded(self, state: &State) -> bool {
        match state.owner() {
            Owner::Overlay(Overlay::Plan(_)) => return matches!(self, Self::AcceptPlan | Self::LeaveOut | Self::Back),
            Owner::Overlay(Overlay::Explanation(_)) => {
                return matches!(self, Self::ApplyFix | Self::Undo | Self::Back | Self::PageDown);
            }
            Owner::Overlay(overlay) => return overlay.allows(self).is_ok(),
            Owner::Question => return matches!(self, Self::Back | Self::Quit),
            Owner::Wire => return matches!(self, Self::Connect | Self::NextNode | Self::Back),
            Owner::LogLine | Owner::Jump | Owner::Pane(_) => {}
        }
        let output = state.view.focus == Pane::Output;
        match self {
            Self::ShowProblems => !output || state.tab() != Tab::Problems,
            Self::ShowLogs => state.tab() != Tab::Logs,
            Self::ShowRequests => state.has_requests() && state.tab() != Tab::Requests,
            Self::Trust => !state.app.trusted,
            Self::Accept => state.types_in_log(),
            Self::TypeInput => logs::typing::can_type(state),
            Self::EndInput => logs::typing::types_input(state),
            Self::NextMatch => state.view.log.search.is_some(),
            Self::Copy => output || state.view.source.file().is_some_and(|f| f.part.is_some()),
            Self::Edit | Self::Open if output => state.tab() == Tab::Problems || state.view.log.at.is_some(),
            Self::New => state.app.discovered && state.app.project.components.is_empty(),
            Self::Open => !matches!(state.view.focus, Pane::Source),
            _ => true,
        }
    }
}
