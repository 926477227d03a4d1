//! The one list of commands. Keys, `?`, the palette, the footer and `docs/keys.md` are all read from it.
//!
//! A command is one [`Spec`] in the `table.rs` of the pane or overlay it belongs to: its name, what it does in words, its
//! keys, whether it can be done now, and what it does. [`table`] puts the groups together.

pub(crate) mod context;
pub(crate) mod footer;
#[cfg(test)]
mod page;
pub(crate) mod spec;
pub(crate) mod table;

pub(crate) use context::Context;
pub(crate) use spec::{Group, Reason, Spec, row, unless};
pub(crate) use table::{GROUPS, commands};

use crate::tui::state::State;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Command {
    Trust,
    /// The answer to its question; counts from its key alone.
    AllowTrust,
    InstallTarget,
    Open,
    Edit,
    CloseFile,
    NextFile,
    PreviousFile,
    NextProblem,
    SearchSource,
    FoldRow,
    ShowGenerated,
    ShowProblems,
    ShowLogs,
    Follow,
    Rerun,
    Stop,
    GoBack,
    ServeOnFreePort,
    ShowRequests,
    Copy,
    ClearLog,
    BringBackLog,
    Theme,
    FilterLog,
    TypeInput,
    EndInput,
    RequestLines,
    SearchLog,
    NextMatch,
    PreviousMatch,
    LogLevel,
    LogNode,
    LogTimes,
    WrapLog,
    SelectLines,
    SelectUp,
    SelectDown,
    ExportLog,
    MarkLog,
    CentreGraph,
    Tidy,
    FitGraph,
    Detail,
    MoreDetail,
    LessDetail,
    NextNode,
    PreviousNode,
    Jump,
    Fold,
    Inspect,
    Wire,
    Connect,
    Cut,
    Undo,
    Redo,
    AddNode,
    RemoveNode,
    RenameNode,
    Expose,
    AutoWire,
    AcceptPlan,
    LeaveOut,
    Explain,
    ApplyFix,
    Pin,
    MoveLeft,
    MoveRight,
    MoveUp,
    MoveDown,
    PanLeft,
    PanDown,
    PanUp,
    PanRight,
    Zoom,
    FocusNext,
    FocusPrevious,
    FocusProject,
    FocusGraph,
    FocusOutput,
    FocusInspector,
    FocusSource,
    NextTab,
    PreviousTab,
    Do,
    Accept,
    Palette,
    Grants,
    AddGrant,
    GrantDenied,
    Revoke,
    Arguments,
    Back,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Top,
    Bottom,
    ReleaseMouse,
    SavePicture,
    EdgeLeft,
    EdgeRight,
    EdgeUp,
    EdgeDown,
    ResetEdges,
    Messages,
    New,
    Redraw,
    Suspend,
    Help,
    Quit,
}

impl Command {
    /// Whether it changes the composition's text.
    pub(crate) const fn edits(self) -> bool {
        matches!(
            self,
            Self::Wire
                | Self::Cut
                | Self::AddNode
                | Self::RemoveNode
                | Self::RenameNode
                | Self::Expose
                | Self::AutoWire
        )
    }

    pub(crate) fn spec(self) -> Option<&'static Spec> {
        commands().find(|spec| spec.command == self)
    }

    /// The group it belongs to.
    pub(crate) fn group(self) -> Option<&'static Group> {
        GROUPS.iter().copied().find(|group| group.rows.iter().any(|spec| spec.command == self))
    }

    /// # Errors
    /// Why it can't be done now, as a sentence's end: `r: nothing is built yet`.
    pub(crate) fn enabled(self, state: &State) -> Reason {
        self.spec().map_or(Ok(()), |spec| (spec.enabled)(state))
    }
}
