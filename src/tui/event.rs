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

/// One thing that happened to the screen or the application.
#[derive(Clone, Debug)]
pub enum Event {
    /// Of the application.
    App(AppEvent),
    /// An edit of the composition was written, or refused.
    Edited {
        /// The task, and what the file holds now or why it was refused.
        edited: Box<Edited>,
        /// When the job was done.
        at: Instant,
    },
    /// What auto-wiring would do with this graph.
    Planned {
        /// The graph that was asked about.
        of: Box<Graph>,
        /// To be shown before anything is written.
        plan: Plan,
        /// When the job was done.
        at: Instant,
    },
    /// Where the user put nodes.
    PlacesRead(Places),
    /// Why two ports fit or not; `None` where there is nothing to explain.
    Explained {
        /// `None` where the import is not in the graph.
        explanation: Option<Box<Explanation>>,
        /// When the job was done.
        at: Instant,
    },
    /// A fix changed these files of WIT, or not.
    FixApplied {
        /// The fix, as it was offered.
        what: String,
        /// The files that were written, or one sentence.
        result: Result<Vec<PathBuf>, String>,
        /// When the job was done.
        at: Instant,
    },
    /// The last fix that changed WIT was taken back: what it was, or why not.
    FixReverted {
        /// The fix, as it was offered, or one sentence.
        result: Result<String, String>,
        /// When the job was done.
        at: Instant,
    },
    /// What changed compositions hold; `None` where one is gone. Read when `edited` was the last edit of ours.
    Reread {
        /// By their absolute paths.
        texts: Vec<(PathBuf, Option<String>)>,
        /// If there was one since, they are read again.
        edited: Revision,
        /// When the first of the changes was seen.
        first: Instant,
        /// When they were reported.
        at: Instant,
    },
    /// What was copied did not reach the clipboard.
    NotCopied {
        /// One sentence.
        reason: String,
        /// When the job was done.
        at: Instant,
    },
    /// A large graph was laid out.
    LaidOut(Box<Picture>),
    /// The project's files were listed.
    Outlined(Outline),
    /// A source file was read, to be shown.
    SourceRead {
        /// As it was asked for.
        path: PathBuf,
        /// Its text, or one sentence.
        reading: Reading,
    },
    /// Some or all of its lines were parsed.
    Highlighted {
        /// As it was asked for.
        path: PathBuf,
        /// Of the text that it holds itself: the file may have changed since.
        painted: Arc<Painted>,
    },
    /// The log was written to a file.
    Exported {
        /// As it was asked for.
        path: PathBuf,
        /// How many lines were written, or why none.
        result: Result<usize, String>,
        /// When the job was done.
        at: Instant,
    },
    /// The screen was written to a file, or why it was not.
    PictureSaved {
        /// The new file, or why there is none.
        result: Result<PathBuf, String>,
        /// When the job was done.
        at: Instant,
    },
    /// What a node may do was written, or why it was not.
    GrantsChanged {
        /// What was done, or why nothing; both for a person.
        outcome: Result<String, String>,
        /// When the job was done.
        at: Instant,
    },
    /// A new project was made, or could not be.
    Made {
        /// Where it is, or why not.
        made: Made,
        /// When the job was done.
        at: Instant,
    },
    /// A file of the user's own folder was read or changed.
    UserFile(UserFile),
    /// Keys, mouse, paste, resize: only where there is a terminal.
    Input {
        /// Not yet translated to a command.
        input: Input,
        /// When it was read.
        at: Instant,
    },
    /// Time passed and something on the screen shows it (elapsed times).
    Tick(Instant),
}

/// What the terminal sends, in its own words but for the library's types kept at the edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key went down or repeats; some terminals report its release too.
    Key(crossterm::event::KeyEvent),
    /// Columns and rows are 0-based, from the upper left.
    Mouse(crossterm::event::MouseEvent),
    /// As the terminal passes it on: line ends may be `\r`.
    Paste(String),
    /// The terminal has another size.
    Resize {
        /// Its width, in cells.
        columns: u16,
        /// Its height, in cells.
        rows: u16,
    },
    /// The terminal's window has the keys now, or no more.
    Focus(bool),
    /// Red, green and blue of the terminal's own background.
    Background([u8; 3]),
}
