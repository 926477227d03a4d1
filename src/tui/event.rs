//! Everything that can happen to the screen: what the terminal sends, what its jobs found out, and the application's own
//! events.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crate::app::edit::composition::Edited;
use crate::app::event::Event as AppEvent;
use crate::explain::Explanation;
use crate::highlight::Painted;
use crate::model::graph::Graph;
use crate::model::outline::Outline;
use crate::model::project::Revision;
use crate::tui::jobs::user::UserFile;
use crate::tui::overlay::new::Made;
use crate::tui::pane::graph::picture::Picture;
use crate::tui::pane::graph::wiring::Places;
use crate::tui::pane::source::Reading;
use crate::wac::auto_wire::Plan;

#[derive(Clone, Debug)]
pub enum Event {
    /// Of the application.
    App(AppEvent),
    /// An edit of the composition was written, or refused.
    Edited { edited: Box<Edited>, at: Instant },
    /// What auto-wiring would do with this graph.
    Planned { of: Box<Graph>, plan: Plan, at: Instant },
    /// Where the user put nodes.
    PlacesRead(Places),
    /// Why two ports fit or not; `None` where there is nothing to explain.
    Explained { explanation: Option<Box<Explanation>>, at: Instant },
    /// A fix changed these files of WIT, or not.
    FixApplied { what: String, result: Result<Vec<PathBuf>, String>, at: Instant },
    /// The last fix that changed WIT was taken back: what it was, or why not.
    FixReverted { result: Result<String, String>, at: Instant },
    /// What changed compositions hold; `None` where one is gone. Read when `edited` was the last edit of ours.
    Reread { texts: Vec<(PathBuf, Option<String>)>, edited: Revision, first: Instant, at: Instant },
    /// What was copied did not reach the clipboard.
    NotCopied { reason: String, at: Instant },
    /// A large graph was laid out.
    LaidOut(Box<Picture>),
    /// The project's files were listed.
    Outlined(Outline),
    /// A source file was read, to be shown.
    SourceRead { path: PathBuf, reading: Reading },
    /// Some or all of its lines were parsed.
    Highlighted { path: PathBuf, painted: Arc<Painted> },
    /// The log was written to a file.
    Exported { path: PathBuf, result: Result<usize, String>, at: Instant },
    /// The screen was written to a file, or why it was not.
    PictureSaved { result: Result<PathBuf, String>, at: Instant },
    /// What a node may do was written, or why it was not.
    GrantsChanged { outcome: Result<String, String>, at: Instant },
    /// A new project was made, or could not be.
    Made { made: Made, at: Instant },
    /// A file of the user's own folder was read or changed.
    UserFile(UserFile),
    /// Keys, mouse, paste, resize: only where there is a terminal.
    Input { input: Input, at: Instant },
    /// Time passed and something on the screen shows it (elapsed times).
    Tick(Instant),
}

/// What the terminal sends, in its own words but for the library's types kept at the edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Key(crossterm::event::KeyEvent),
    Mouse(crossterm::event::MouseEvent),
    Paste(String),
    Resize {
        columns: u16,
        rows: u16,
    },
    Focus(bool),
    /// Red, green and blue of the terminal's own ground.
    Background([u8; 3]),
}
