//! Commands of the explanation of a mismatch.

use crate::tui::command::Context::{Explanation, Graph};
use crate::tui::command::{Command, Group, row, unless};
use crate::tui::overlay::explanation;

pub(crate) const GROUP: Group = Group {
    title: "The explanation of a mismatch",
    contexts: &[Explanation],
    rows: &[
        row(Command::Explain, "explain", "why", "explain a mismatch or a fit of a port, with fixes")
            .keys(&[(Graph, "W")])
            .rank(62)
            .when(explanation::can)
            .does(|state, _| explanation::begin(state)),
        row(Command::ApplyFix, "apply-fix", "apply", "apply the selected fix; a digit selects one")
            .keys(&[(Explanation, "enter")])
            .rank(0)
            .when(|state| {
                let explained = state.view.overlays.explaining();
                unless(explained.is_none_or(|e| e.explanation.fixes.is_empty()), "there is no fix to apply")
            })
            .does(|state, _| explanation::apply_selected(state)),
    ],
};
