//! Whether a command can be done now, and the reason where it can't.

use super::Command;
use crate::app::overlay::{Overlay, Owner, grants};
use crate::app::splits::{Edge, Splits};
use crate::app::state::{RunStatus, State};
use crate::app::view::{Pane, Tab};
use crate::app::{graph, logs, source, source_select, tree, wiring};

impl Command {
    /// # Errors
    /// Why it can't be done now, as a sentence's end: `r: nothing is built yet`.
    pub fn enabled(self, state: &State) -> Result<(), &'static str> {
        let unless = |refused: bool, reason| if refused { Err(reason) } else { Ok(()) };
        match self {
            Self::Trust | Self::AllowTrust if state.trusted => Err("this folder is trusted already"),
            Self::Trust | Self::AllowTrust => {
                unless(state.trusting.question().is_none() || state.project.components.is_empty(), "nothing here runs")
            }
            Self::InstallTarget if !state.trusted => Err("the folder is not trusted yet (t)"),
            Self::InstallTarget if state.installing.is_some() => Err("it is being installed"),
            Self::InstallTarget => unless(state.toolchain.is_none(), "nothing is missing"),
            Self::Open => unless(state.openable().is_none(), "nothing here has a file to open"),
            Self::FocusSource | Self::CloseFile => {
                unless(!state.view.source.is_open(), "no file is open (o opens one)")
            }
            Self::NextFile | Self::PreviousFile => unless(state.view.source.files.len() < 2, "no other file is open"),
            Self::NextProblem => {
                let file = state.view.source.file();
                let any = file.is_some_and(|f| source::problems(state, &f.path).next().is_some());
                unless(!any, "this file has no problems")
            }
            Self::FoldRow => unless(!tree::can_fold(state), "nothing is below this"),
            Self::Edit => unless(state.editable().is_none(), "nothing here has a file to open"),
            Self::Rerun | Self::Arguments if !state.trusted => Err("the folder is not trusted yet (t)"),
            Self::Rerun | Self::Arguments if state.project.components.is_empty() => Err("there is no component to run"),
            Self::Rerun | Self::Arguments => unless(state.run.again, "it runs as soon as it is built"),
            Self::Stop => {
                let going = matches!(state.run.status, RunStatus::Starting | RunStatus::Running);
                unless(!going, "nothing is running")
            }
            Self::GoBack => unless(state.run.kept.iter().len() < 2, "nothing else ran before"),
            Self::ShowRequests => unless(!state.has_requests(), "nothing is served"),
            Self::ShowProblems => unless(state.problems().is_empty(), "there are no problems"),
            Self::Copy if state.view.focus == Pane::Source => {
                unless(!source_select::can_copy(state), "the file is not read yet")
            }
            Self::Copy if state.tab() == Tab::Logs => {
                unless(!logs::select::can_copy(state), "select lines first (v, shift-up, or the mouse)")
            }
            Self::SearchLog
            | Self::FilterLog
            | Self::ExportLog
            | Self::SelectLines
            | Self::SelectUp
            | Self::SelectDown
                if state.log.is_empty() =>
            {
                Err("the log is empty")
            }
            Self::TypeInput => unless(!logs::typing::can_type(state), "no command runs that could read it"),
            Self::EndInput => unless(!logs::typing::types_input(state), "no input is being typed (I in the log does)"),
            Self::RequestLines => unless(state.requests.is_empty(), "there is no request yet"),
            Self::NextMatch | Self::PreviousMatch => match &state.view.log.search {
                None => Err("nothing is searched for (/ does)"),
                Some(search) => unless(search.found.is_empty(), "no line says that"),
            },
            Self::LogNode => unless(state.speakers().is_empty(), "there is no graph yet"),
            Self::Copy => unless(state.problems().is_empty(), "there is nothing to copy"),
            Self::ClearLog => unless(state.log.is_empty(), "the log is empty"),
            Self::BringBackLog => unless(!state.log.is_cleared(), "nothing was cleared"),
            Self::Follow => unless(state.view.log.top.is_none(), "the log is followed already"),
            Self::FitGraph => unless(!state.view.graph.is_moved(), "it shows what fits already"),
            Self::NextNode | Self::PreviousNode | Self::Jump | Self::Inspect | Self::CentreGraph => {
                unless(state.view.picture.graph().nodes.is_empty(), "there is no graph yet")
            }
            Self::EdgeLeft | Self::EdgeRight | Self::EdgeUp | Self::EdgeDown => {
                unless(state.view.hits.edge(Edge::Output).is_none(), "no edge shows between panes")
            }
            Self::ResetEdges => unless(state.view.splits == Splits::default(), "the edges stand where they were"),
            Self::Grants => unless(grants::node(state).is_none(), "no node of the graph is selected"),
            Self::AddGrant | Self::Revoke if grants::shown(state).is_none() => Err("no node's grants are shown"),
            Self::Revoke => {
                let granted = matches!(grants::selected(state), Some(grants::Row::Granted { .. }));
                unless(!granted, "nothing that is granted is selected")
            }
            Self::Fold => unless(!graph::can_fold(state), "the host gives this node nothing that is folded"),
            Self::Wire => wiring::commands::editable(state).and_then(|()| wiring::wire::start(state).map(drop)),
            Self::Connect => unless(state.view.wire.is_none(), "no wire is being drawn (w)"),
            Self::Cut => wiring::commands::can_cut(state),
            Self::AddNode | Self::AutoWire => wiring::commands::editable(state),
            Self::RemoveNode | Self::RenameNode => wiring::commands::on_instance(state),
            Self::Expose => wiring::commands::can_expose(state),
            Self::AcceptPlan | Self::LeaveOut => {
                unless(state.view.overlays.plan().is_none(), "there is no plan (A makes one)")
            }
            Self::Explain => wiring::explain::can(state),
            Self::ApplyRemedy => {
                let explained = state.view.overlays.explaining();
                unless(explained.is_none_or(|e| e.explanation.remedies.is_empty()), "there is no remedy to apply")
            }
            Self::Pin | Self::MoveLeft | Self::MoveRight | Self::MoveUp | Self::MoveDown => {
                wiring::places::can_move(state)
            }
            Self::Undo => wiring::commands::can_undo(state),
            Self::Redo => wiring::commands::can_redo(state),
            Self::Back => unless(!state.can_back_out(), "there is nothing to back out of (q quits)"),
            _ => Ok(()),
        }
    }

    /// Worth a place in the footer now.
    pub fn reminded(self, state: &State) -> bool {
        match state.owner() {
            Owner::Overlay(Overlay::Plan(_)) => return matches!(self, Self::AcceptPlan | Self::LeaveOut | Self::Back),
            Owner::Overlay(Overlay::Explanation(_)) => {
                return matches!(self, Self::ApplyRemedy | Self::Undo | Self::Back | Self::PageDown);
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
            Self::Trust => !state.trusted,
            Self::Accept => state.types_in_log(),
            Self::TypeInput => logs::typing::can_type(state),
            Self::EndInput => logs::typing::types_input(state),
            Self::NextMatch => state.view.log.search.is_some(),
            Self::Copy => output || state.view.source.file().is_some_and(|f| f.part.is_some()),
            Self::Edit | Self::Open if output => state.tab() == Tab::Problems || state.view.log.at.is_some(),
            Self::New => state.discovered && state.project.components.is_empty(),
            Self::Open => !matches!(state.view.focus, Pane::Source),
            _ => true,
        }
    }
}
