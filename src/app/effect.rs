//! Everything the application can ask of the world. Data only; `perform` does it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::picture::Picture;
use super::wiring::{EditRequest, ExplainRequest, MendRequest, Places};
use crate::build::scaffold::Template;
use crate::build::{Artifact, BuildRequest};
use crate::compose::Document;
use crate::highlight::Painted;
use crate::model::code::Text;
use crate::model::grants::{Capability, Grants};
use crate::model::graph::Graph;
use crate::model::log::Line;
use crate::model::project::{Project, Revision};
use crate::model::session::Session;
use crate::run::RunRequest;
use crate::trust::Approval;

#[derive(Clone, Debug)]
pub enum Effect {
    Discover {
        revision: Revision,
        root: PathBuf,
    },
    Watch {
        root: PathBuf,
        also: Vec<PathBuf>,
    },
    /// Get the compilation target, in the folder as it was allowed.
    InstallTarget(Box<Approval>),
    Build(BuildRequest),
    CancelBuild,
    Compose(ComposeRequest),
    /// Lay a large graph out, next to how it was before.
    LayOut {
        before: Box<Picture>,
        graph: Graph,
        unfolded: BTreeSet<String>,
    },
    /// List the project's files, and where interfaces are defined.
    Outline(Arc<Project>),
    /// Read a source file to be shown.
    Read(PathBuf),
    /// Tell what is what in a text: first up to a line, then all of it.
    Highlight {
        path: PathBuf,
        text: Arc<Text>,
        before: Option<Arc<Painted>>,
        until: usize,
    },
    Run(Box<RunRequest>),
    /// What nodes may do from now on, whatever runs.
    Grant(Arc<Grants>),
    /// Write what a node may do into `studio.toml`; what runs hears of it as of any change of that file.
    ChangeGrants(GrantChange),
    /// Type this for the program that runs; `None`: the end of its input.
    TypeInput(Option<String>),
    StopRun,
    /// Remember what of this folder may run.
    Trust(Box<Approval>),
    /// Write a new project's files, and trust what was written.
    Make {
        template: Template,
        folder: PathBuf,
    },
    /// Patch the composition's text.
    EditComposition(Box<EditRequest>),
    /// Find out what auto-wiring would do.
    PlanWires(Box<Graph>),
    /// Read where the user put nodes in this folder.
    ReadPlaces {
        root: PathBuf,
        trusted: bool,
    },
    KeepPlaces {
        root: PathBuf,
        trusted: bool,
        places: Places,
    },
    /// Find out why two ports fit or not.
    Explain(Box<ExplainRequest>),
    /// Write what a remedy changes in WIT.
    Mend(Box<MendRequest>),
    /// Take the last of these back, in this folder.
    Unmend(PathBuf),
    /// Read compositions that somebody wrote: us, or others.
    Reread {
        paths: Vec<PathBuf>,
        first: Instant,
        at: Instant,
    },
    /// Hand the terminal to `$EDITOR` at this place.
    Edit {
        file: PathBuf,
        line: u32,
    },
    /// To the clipboard (OSC 52 and native).
    Copy(String),
    /// To the clipboard by a program of the desktop. Where nothing else was tried, its failing is told.
    CopyNative {
        text: String,
        alone: bool,
    },
    /// Remember how the folder is left, in case nobody gets to leave it.
    KeepSession {
        root: PathBuf,
        trusted: bool,
        session: Box<Session>,
    },
    /// Keep the theme of this name in the user's settings.
    SaveTheme(String),
    /// Write lines of the log to a new file.
    Export {
        path: PathBuf,
        lines: Vec<Arc<Line>>,
        /// Of the times that are written, in seconds.
        utc_offset: i32,
    },
    Suspend,
    Quit,
}

/// An edit of what one node may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantChange {
    pub file: PathBuf,
    pub node: String,
    pub grant: Option<Capability>,
    pub revoke: Option<Capability>,
}

/// Graph and bytes of one revision.
#[derive(Clone, Debug)]
pub struct ComposeRequest {
    pub revision: Revision,
    pub project: Arc<Project>,
    /// The active `.wac`; `None` plugs what fits.
    pub document: Option<Document>,
    /// What is built so far.
    pub artifacts: Vec<Artifact>,
    pub form: Form,
}

/// How far a composition goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// The graph alone, from whatever ports are known.
    Graph,
    /// And the instrumented bytes that studio runs.
    Live,
    /// And the bytes that the user ships.
    Shipped,
}
