//! Everything that can happen to the application: news of its stages, and the wish that it ends.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::app::effect::Form;
use crate::app::trust_question::WhatRuns;
use crate::build::{Artifact, BuildEvent};
use crate::compose::{Document, Live};
use crate::model::diagnostic::Diagnostic;
use crate::model::graph::Graph;
use crate::model::project::{Project, Revision};
use crate::run::RunEvent;
use crate::trust::Approval;

/// One thing that happened; an event that answers carries what it answers.
#[derive(Clone, Debug)]
pub enum Event {
    /// The folder was read; `documents` holds the text of every `.wac`, `artifacts` what earlier builds left on disk.
    Discovered {
        /// The one it was asked for with.
        revision: Revision,
        /// What the folder holds.
        project: Arc<Project>,
        /// What of it would run on this machine, and what of that was allowed.
        what_runs: WhatRuns,
        /// Those that could be read, in the order of their paths.
        documents: Vec<Document>,
        /// At most one a component.
        artifacts: Vec<Artifact>,
    },
    /// The folder cannot be read at all.
    NotDiscovered {
        /// The one it was asked for with.
        revision: Revision,
        /// Why it can't be read.
        problem: Diagnostic,
    },
    /// A change that was held back during a build may be built.
    PauseEnded {
        /// The changed file, absolute.
        file: PathBuf,
        /// When the pause was over.
        at: Instant,
    },
    /// Files changed; `first` is when the first of the burst was seen.
    Changed {
        /// Absolute.
        paths: Vec<PathBuf>,
        /// Where the time from save to run begins.
        first: Instant,
        /// When it was reported.
        at: Instant,
    },
    /// Something outside of builds, composing and runs failed: part of the folder is not watched, trust was not remembered,
    /// a place, theme or setting was not kept.
    Problem(Diagnostic),
    /// News of the build that is going on.
    Build {
        /// Carries the revision of its request.
        event: BuildEvent,
        /// When it was received.
        at: Instant,
    },
    /// A composition was read, and encoded as far as was asked.
    Composed(Composed),
    /// News of a program.
    Run {
        /// Carries the generation where it belongs to one.
        event: RunEvent,
        /// When it was received.
        at: Instant,
    },
    /// What the user allowed stands on the list now.
    Remembered(Approval),
    /// A line of `rustup target add`.
    Installing(String),
    /// The compilation target is there now, or why it is not.
    Installed(Result<(), Diagnostic>),
    /// The process was asked to end (SIGTERM, SIGHUP, Ctrl-C where there is no terminal UI).
    Terminate,
}

/// The outcome of composing one revision.
#[derive(Clone, Debug)]
pub struct Composed {
    /// The one it was composed from; an older one than the newest changes nothing.
    pub revision: Revision,
    /// As it was asked for.
    pub form: Form,
    /// What was composed: the active `.wac`, or what was plugged.
    pub document: Document,
    /// As the text says, problems included.
    pub graph: Graph,
    /// Whether the text could be parsed; if not, `graph` is empty and the last one stays, marked stale.
    pub parsed: bool,
    /// `None` while components are missing or something does not fit; the graph's problems say what.
    pub live: Option<Arc<Live>>,
    /// The shipped form, where it was asked for.
    pub shipped: Option<Arc<[u8]>>,
    /// Components of which nothing is known yet, so that the text was not checked to its end.
    pub unchecked: Vec<String>,
    /// What the job took.
    pub took: Duration,
}
