//! Commands of a plan of wires.

use crate::tui::command::Context::Plan;
use crate::tui::command::{Command, Group, Reason, row, unless};
use crate::tui::overlay::plan;
use crate::tui::state::State;

pub(crate) const GROUP: Group = Group {
    title: "A plan of wires",
    contexts: &[Plan],
    rows: &[
        row(Command::AcceptPlan, "accept-plan", "make it", "make all wires of the plan, as one step")
            .keys(&[(Plan, "enter")])
            .rank(0)
            .when(shown)
            .does(|state, _| plan::accept(state)),
        row(Command::LeaveOut, "leave-out", "leave one out", "remove the selected wire from the plan")
            .keys(&[(Plan, "x")])
            .rank(2)
            .when(shown)
            .does(|state, _| plan::leave_out(state)),
    ],
};

fn shown(state: &State) -> Reason {
    unless(state.view.overlays.plan().is_none(), "there is no plan (A makes one)")
}
