//! From changed sources to built components: toolchain → bindings → cargo → inspect.
//!
//! Commands in ([`BuildRequest`]), events out ([`BuildEvent`]); one cargo at a time, in a process group of its own, and
//! a newer request waits for the running one and then replaces it.

pub mod artifacts;
pub mod bindings;
pub(crate) mod cargo;
mod cargo_stderr;
mod command;
mod disk;
pub mod environment;
pub(crate) mod existing;
mod inputs;
mod job;
mod pack;
pub(crate) mod prebuilt;
mod process;
mod project_name;
mod queue;
mod rustc;
pub(crate) mod scaffold;
pub mod toolchain;

pub use job::read;
pub use queue::Builder;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::model::diagnostic::Diagnostic;
use crate::model::phases::Phases;
use crate::model::port::Ports;
use crate::model::project::{Component, Revision};
use crate::trust::Approval;

/// How cargo compiles packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// cargo's `dev`: quick to build, with debug information.
    Dev,
    /// cargo's `release`: optimised.
    Release,
}

/// Build these components, as of this revision.
#[derive(Clone, Debug)]
pub struct BuildRequest {
    /// Comes back with every event of this build.
    pub revision: Revision,
    /// The project's root; diagnostics' places are made relative to it.
    pub root: PathBuf,
    /// Only what changed (or everything, the first time).
    pub components: Vec<Component>,
    /// The project's other components: they are named to cargo, so that it resolves the same features whatever changed.
    pub beside: Vec<Component>,
    /// Of all packages.
    pub profile: Profile,
    /// What of the folder may run; what it does not cover is not built.
    pub approval: Approval,
}

/// A built component, read and understood.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// The name of the project's component.
    pub component: String,
    /// The file it was read from.
    pub path: PathBuf,
    /// A component's bytes, debug information included.
    pub bytes: Arc<[u8]>,
    /// sha-256 of `bytes`.
    pub digest: [u8; 32],
    /// As the built bytes say, not the WIT.
    pub ports: Ports,
}

/// What a build reports, in its order; `revision` is that of the request.
#[derive(Clone, Debug)]
pub enum BuildEvent {
    /// Work on these components began.
    Started {
        /// Of the request.
        revision: Revision,
        /// All that the request names.
        components: Vec<String>,
    },
    /// cargo waits for somebody else's lock; the sentence names it.
    Waiting {
        /// Of the request.
        revision: Revision,
        /// One sentence.
        reason: String,
    },
    /// A crate of the build began to compile or is done: progress for a person.
    Progress {
        /// Of the request.
        revision: Revision,
        /// One line.
        text: String,
    },
    /// The components' own bindings were (re)written.
    BindingsWritten {
        /// Of the request.
        revision: Revision,
        /// Whose they are.
        component: String,
        /// The file, absolute.
        path: PathBuf,
    },
    /// Every file that the component is built from, as cargo reports them, and every folder whose files are.
    Inputs {
        /// Of the request.
        revision: Revision,
        /// Who is built from them.
        component: String,
        /// Absolute.
        inputs: Vec<PathBuf>,
    },
    /// A problem of one component, or of the whole build.
    Diagnostic {
        /// Of the request.
        revision: Revision,
        /// Its place is relative to the project's root.
        diagnostic: Diagnostic,
    },
    /// A component was built, or was up to date, and could be read.
    Built {
        /// Of the request.
        revision: Revision,
        /// Takes the place of the component's earlier one.
        artifact: Artifact,
        /// Since the request was begun.
        took: Duration,
    },
    /// This component could not be built; its diagnostics came before.
    Failed {
        /// Of the request.
        revision: Revision,
        /// Its earlier artifact stays in use.
        component: String,
    },
    /// The request is done; `ok` when every component of it was built. Phases hold bindings, cargo and inspect.
    Finished {
        /// Of the request.
        revision: Revision,
        /// Whether every component was built.
        ok: bool,
        /// What took how long.
        phases: Phases,
    },
    /// Nothing was run, for what would run is not what was allowed.
    NotAllowed {
        /// Of the request.
        revision: Revision,
    },
    /// Stopped by a command or by a newer request.
    Cancelled {
        /// Of the request.
        revision: Revision,
    },
}
