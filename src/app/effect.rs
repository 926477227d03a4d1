//! Everything the application can ask of the world. Data only; `app::jobs` does it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::app::loops::Later;
use crate::build::{Artifact, BuildRequest};
use crate::compose::Document;
use crate::grants::{Capability, Grants, Ledger};
use crate::model::port::Ports;
use crate::model::project::{Project, Revision};
use crate::run::RunRequest;
use crate::trust::{Approval, Survey};

/// One thing to be done; most are answered by an event.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Read the folder, and look what earlier builds left in it.
    Discover {
        /// Comes back with the event.
        revision: Revision,
        /// The folder; need not be absolute.
        root: PathBuf,
        /// The last text of `studio.toml` that was not broken.
        last_good: Option<Arc<str>>,
    },
    /// Watch the folder from now on, and more where it is watched already.
    Watch {
        /// The project's folder.
        root: PathBuf,
        /// Folders outside of it: path dependencies, say.
        also: Vec<PathBuf>,
        /// What is read besides: files, and folders whose own files are read.
        inputs: Vec<PathBuf>,
    },
    /// Say after this pause that what changed in this file may be built.
    Pause(Later),
    /// Get the compilation target for the toolchains of these folders, as they were allowed.
    InstallTarget(Box<Approval>, Vec<PathBuf>),
    /// Build components; it waits for a build that is going on, and replaces it.
    Build(BuildRequest),
    /// End the build that is going on, its whole process group.
    CancelBuild,
    /// Read a composition, and encode it as far as its form asks.
    Compose(ComposeRequest),
    /// Run a new generation, in place of the one that runs.
    Run(Box<RunRequest>),
    /// What nodes may do from now on, whatever runs.
    Grant(Arc<Grants>),
    /// Type this for the program that runs; `None`: the end of its input.
    TypeInput(Option<String>),
    /// Keep what nodes used and were denied so far, for `studio grants`.
    KeepLedger {
        /// The project's.
        root: PathBuf,
        /// Of the run so far.
        ledger: Arc<Ledger>,
    },
    /// End the program that runs.
    StopRun,
    /// Remember what of this folder may run.
    Trust(Box<Approval>),
    /// Remember what its `studio.toml` allows now.
    RememberRights(Arc<Survey>),
    /// End the session.
    Quit,
}

/// An edit of what one node may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantChange {
    pub(crate) file: PathBuf,
    pub(crate) node: String,
    pub(crate) grant: Option<Capability>,
    pub(crate) revoke: Option<Capability>,
}

/// Graph and bytes of one revision.
#[derive(Clone, Debug)]
pub struct ComposeRequest {
    pub(crate) revision: Revision,
    pub(crate) project: Arc<Project>,
    /// The active `.wac`; `None` plugs what fits.
    pub document: Option<Document>,
    /// What every component imports and exports, as far as it is known.
    pub(crate) ports: BTreeMap<String, Ports>,
    /// What is built so far, and is as its WIT says.
    pub artifacts: Vec<Artifact>,
    pub(crate) form: Form,
    /// Find out, whatever the form, what would keep it from being shipped.
    pub(crate) ships: bool,
}

/// How far a composition goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// The graph alone, from whatever ports are known.
    Graph,
    /// And whether the composer takes the text, over what is built and, for the rest, over its WIT.
    Check,
    /// And the instrumented bytes that studio runs.
    Live,
    /// And the bytes that the user ships.
    Shipped,
}
