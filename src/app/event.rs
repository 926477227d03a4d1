//! Everything that can happen to the application.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::effect::Form;
use super::explain::Explanation;
use super::new::Made;
use super::picture::Picture;
use super::source::Reading;
use super::trust_question::WhatRuns;
use super::user::UserFile;
use super::wiring::{Edited, Places};
use crate::build::{Artifact, BuildEvent};
use crate::compose::{Document, Live};
use crate::highlight::Painted;
use crate::model::auto_wire::Plan;
use crate::model::diagnostic::Diagnostic;
use crate::model::graph::Graph;
use crate::model::outline::Outline;
use crate::model::project::{Project, Revision};
use crate::run::RunEvent;

#[derive(Clone, Debug)]
pub enum Event {
    /// The folder was read; `documents` holds the text of every `.wac`, `artifacts` what earlier builds left on disk.
    Discovered {
        revision: Revision,
        project: Arc<Project>,
        what_runs: WhatRuns,
        documents: Vec<Document>,
        artifacts: Vec<Artifact>,
    },
    /// The folder cannot be read at all.
    NotDiscovered {
        revision: Revision,
        problem: Diagnostic,
    },
    /// Files changed; `first` is when the first of the burst was seen.
    Changed {
        paths: Vec<PathBuf>,
        first: Instant,
        at: Instant,
    },
    WatchFailed(Diagnostic),
    /// An edit of the composition was written, or refused.
    Edited {
        edited: Box<Edited>,
        at: Instant,
    },
    /// What auto-wiring would do with this graph.
    Planned {
        of: Box<Graph>,
        plan: Plan,
        at: Instant,
    },
    /// Where the user put nodes.
    PlacesRead(Places),
    /// Why two ports fit or not; `None` where there is nothing to explain.
    Explained {
        explanation: Option<Box<Explanation>>,
        at: Instant,
    },
    /// A remedy changed these files of WIT, or not.
    Mended {
        what: String,
        result: Result<Vec<PathBuf>, String>,
        at: Instant,
    },
    /// The last remedy that changed WIT was taken back: what it was, or why not.
    Unmended {
        result: Result<String, String>,
        at: Instant,
    },
    /// What changed compositions hold; `None` where one is gone.
    Reread {
        texts: Vec<(PathBuf, Option<String>)>,
        first: Instant,
        at: Instant,
    },
    Build {
        event: BuildEvent,
        at: Instant,
    },
    Composed(Composed),
    /// What was copied did not reach the clipboard.
    NotCopied {
        reason: String,
        at: Instant,
    },
    /// A large graph was laid out.
    LaidOut(Box<Picture>),
    /// The project's files were listed.
    Outlined(Outline),
    /// A source file was read, to be shown.
    SourceRead {
        path: PathBuf,
        reading: Reading,
    },
    /// Some or all of its lines were parsed.
    Highlighted {
        path: PathBuf,
        painted: Arc<Painted>,
    },
    /// The log was written to a file.
    Exported {
        path: PathBuf,
        result: Result<usize, String>,
        at: Instant,
    },
    Run {
        event: RunEvent,
        at: Instant,
    },
    /// What a node may do was written, or why it was not.
    GrantsChanged {
        outcome: Result<String, String>,
        at: Instant,
    },
    /// A line of `rustup target add`.
    Installing(String),
    Installed(Result<(), Diagnostic>),
    /// A new project was made, or could not be.
    Made {
        made: Made,
        at: Instant,
    },
    /// A file of the user's own folder was read or changed.
    UserFile(UserFile),
    /// Keys, mouse, paste, resize: only where there is a terminal.
    Input {
        input: Input,
        at: Instant,
    },
    /// Time passed and something on the screen shows it (elapsed times).
    Tick(Instant),
    /// The process was asked to end (SIGTERM, SIGHUP, Ctrl-C where there is no terminal UI).
    Terminate,
}

/// The outcome of composing one revision.
#[derive(Clone, Debug)]
pub struct Composed {
    pub revision: Revision,
    pub form: Form,
    /// What was composed: the active `.wac`, or what was plugged.
    pub document: Document,
    pub graph: Graph,
    /// Whether the text could be parsed; if not, `graph` is empty and the last one stays, marked stale.
    pub parsed: bool,
    /// `None` while components are missing or something does not fit; the graph's problems say what.
    pub live: Option<Arc<Live>>,
    /// The shipped form, where it was asked for.
    pub shipped: Option<Arc<[u8]>>,
    pub took: Duration,
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
    Ground([u8; 3]),
}
