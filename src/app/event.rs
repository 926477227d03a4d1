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
    /// A change that was held back during a build may be built.
    PauseEnded {
        file: PathBuf,
        at: Instant,
    },
    /// Files changed; `first` is when the first of the burst was seen.
    Changed {
        paths: Vec<PathBuf>,
        first: Instant,
        at: Instant,
    },
    /// Something outside of builds, composing and runs failed: part of the folder is not watched, trust was not remembered,
    /// a place, theme or setting was not kept.
    Problem(Diagnostic),
    Build {
        event: BuildEvent,
        at: Instant,
    },
    Composed(Composed),
    Run {
        event: RunEvent,
        at: Instant,
    },
    /// What the user allowed stands on the list now.
    Remembered(Approval),
    /// A line of `rustup target add`.
    Installing(String),
    Installed(Result<(), Diagnostic>),
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
    /// Components of which nothing is known yet, so that the text was not checked to its end.
    pub unchecked: Vec<String>,
    pub took: Duration,
}
