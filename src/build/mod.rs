//! From changed sources to built components: toolchain → bindings → cargo → inspect.
//!
//! Commands in ([`BuildRequest`]), events out ([`BuildEvent`]); one cargo at a time, in a process group of its own, and
//! a newer request waits for the running one and then replaces it.

pub mod artifacts;
pub mod bindings;
pub(crate) mod cargo;
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
mod said;
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    Dev,
    Release,
}

/// Build these components, as of this revision.
#[derive(Clone, Debug)]
pub struct BuildRequest {
    pub revision: Revision,
    /// The project's root; diagnostics' places are made relative to it.
    pub root: PathBuf,
    /// Only what changed (or everything, the first time).
    pub components: Vec<Component>,
    /// The project's other components: they are named to cargo, so that it resolves the same features whatever changed.
    pub beside: Vec<Component>,
    pub profile: Profile,
    /// What of the folder may run; what it does not cover is not built.
    pub approval: Approval,
}

/// A built component, read and understood.
#[derive(Clone, Debug)]
pub struct Artifact {
    pub component: String,
    pub path: PathBuf,
    /// A component's bytes, debug information included.
    pub bytes: Arc<[u8]>,
    /// sha-256 of `bytes`.
    pub digest: [u8; 32],
    pub ports: Ports,
}

#[derive(Clone, Debug)]
pub enum BuildEvent {
    /// Work on these components began.
    Started {
        revision: Revision,
        components: Vec<String>,
    },
    /// cargo waits for somebody else's lock; the sentence names it.
    Waiting {
        revision: Revision,
        reason: String,
    },
    /// A crate of the build began to compile or is done: progress for a person.
    Progress {
        revision: Revision,
        text: String,
    },
    /// The components' own bindings were (re)written.
    BindingsWritten {
        revision: Revision,
        component: String,
        path: PathBuf,
    },
    /// Every file that the component is built from, as cargo reports them, and every folder whose files are.
    Inputs {
        revision: Revision,
        component: String,
        inputs: Vec<PathBuf>,
    },
    Diagnostic {
        revision: Revision,
        diagnostic: Diagnostic,
    },
    Built {
        revision: Revision,
        artifact: Artifact,
        took: Duration,
    },
    /// This component could not be built; its diagnostics came before.
    Failed {
        revision: Revision,
        component: String,
    },
    /// The request is done; `ok` when every component of it was built. Phases hold bindings, cargo and inspect.
    Finished {
        revision: Revision,
        ok: bool,
        phases: Phases,
    },
    /// Nothing was run, for what would run is not what was allowed.
    NotAllowed {
        revision: Revision,
    },
    /// Stopped by a command or by a newer request.
    Cancelled {
        revision: Revision,
    },
}
