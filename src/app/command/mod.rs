//! The one list of commands. Keys, `?`, the footer and `docs/keys.md` are all read from it.

mod context;
mod enabled;
mod page;
mod table;

pub use context::Context;
pub use page::markdown;
pub use table::COMMANDS;

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
    FoldRow,
    ShowProblems,
    ShowLogs,
    Follow,
    Rerun,
    Stop,
    GoBack,
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
    ApplyRemedy,
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
    Do,
    Accept,
    Palette,
    Grants,
    AddGrant,
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

/// A row of the table.
#[derive(Debug)]
pub struct Spec {
    pub command: Command,
    /// As keymaps and the palette write it.
    pub name: &'static str,
    /// As the footer says it; empty for what needs no reminder.
    pub label: &'static str,
    /// One line for `?`.
    pub doc: &'static str,
    /// The favourite first.
    pub keys: &'static [(Context, &'static str)],
}

impl Command {
    /// Whether it changes the composition's text.
    pub const fn edits(self) -> bool {
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

    pub fn spec(self) -> Option<&'static Spec> {
        COMMANDS.iter().find(|spec| spec.command == self)
    }
}
