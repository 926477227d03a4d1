//! Where keys mean what: the contexts, and which of them are asked now.

use crate::tui::state::State;
use crate::tui::view::{Pane, Tab};

/// Where a key means its command. A key is asked of the innermost context first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Context {
    Project,
    Graph,
    /// While a wire is drawn.
    Wiring,
    /// While a plan of wires is shown.
    Plan,
    /// Over the panes: why two ports fit or not.
    Explanation,
    Logs,
    /// A filter or a search of the log is being typed.
    LogLine,
    Problems,
    Requests,
    Inspector,
    Source,
    /// The question whether the folder is trusted.
    Question,
    Help,
    /// A list to choose from.
    Picker,
    /// A question that is answered with text.
    Prompt,
    /// The grants of a node.
    Grants,
    /// Any pane: plain letters, which are text where text is typed.
    Panes,
    /// Always, also where text is typed: chords and keys that type nothing.
    Everywhere,
}

impl Context {
    pub(crate) const ALL: [Self; 18] = [
        Self::Everywhere,
        Self::Panes,
        Self::Project,
        Self::Graph,
        Self::Wiring,
        Self::Plan,
        Self::Explanation,
        Self::Logs,
        Self::LogLine,
        Self::Problems,
        Self::Requests,
        Self::Inspector,
        Self::Source,
        Self::Question,
        Self::Help,
        Self::Picker,
        Self::Prompt,
        Self::Grants,
    ];

    /// As `keys.toml` calls it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Panes => "panes",
            Self::Project => "project",
            Self::Graph => "graph",
            Self::Wiring => "wiring",
            Self::Plan => "plan",
            Self::Explanation => "explanation",
            Self::Logs => "logs",
            Self::Problems => "problems",
            Self::Requests => "requests",
            Self::Inspector => "inspector",
            Self::Source => "source",
            Self::Question => "question",
            Self::Help => "help",
            Self::Picker => "picker",
            Self::Prompt => "prompt",
            Self::LogLine => "log-line",
            Self::Grants => "grants",
        }
    }

    /// Whether letters are text here.
    pub(crate) const fn types(self) -> bool {
        matches!(self, Self::Everywhere | Self::Help | Self::Picker | Self::Prompt | Self::LogLine)
    }

    /// The contexts that keys are asked of now, innermost first.
    pub(crate) fn current(state: &State) -> &'static [Self] {
        state.owner().contexts(state)
    }

    /// Those of a pane that has the focus.
    pub(crate) fn of_pane(pane: Pane, tab: Tab) -> &'static [Self] {
        match (pane, tab) {
            (Pane::Project, _) => &[Self::Project, Self::Panes, Self::Everywhere],
            (Pane::Graph, _) => &[Self::Graph, Self::Panes, Self::Everywhere],
            (Pane::Inspector, _) => &[Self::Inspector, Self::Panes, Self::Everywhere],
            (Pane::Source, _) => &[Self::Source, Self::Panes, Self::Everywhere],
            (Pane::Output, Tab::Logs) => &[Self::Logs, Self::Panes, Self::Everywhere],
            (Pane::Output, Tab::Requests) => &[Self::Requests, Self::Panes, Self::Everywhere],
            (Pane::Output, Tab::Problems) => &[Self::Problems, Self::Panes, Self::Everywhere],
        }
    }
}
