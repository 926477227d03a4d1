//! From the live composition to output: compile, instantiate, call or serve, and tell.
//!
//! Commands in ([`RunRequest`], given to a [`Runner`]), events out ([`RunEvent`]).
//!
//! ```text
//! RunRequest ─▶ runner ─▶ modules (compile) ─▶ link + host ─▶ call │ serve ─▶ desk ─▶ tap ─▶ RunEvent
//!                                                              └─ trap ─▶ blame ─▶ Crash
//! ```

mod call;
mod context;
mod descriptors;
mod engine;
pub(crate) mod faults;
mod generation;
mod host;
pub(crate) mod output;
mod runner;
mod serve;
mod site;
mod stats;
mod wave;

pub use crate::model::limits::Limits;
#[cfg(unix)]
pub use crate::run::engine::compile_pool::NICE;
pub(crate) use crate::run::output::keyboard::MOST as MOST_TYPED;
pub use crate::run::serve::listen::DEFAULT_ADDR;
pub use context::Alive;
pub use descriptors::limit as open_files;
pub use runner::{Options, Runner};
pub use stats::Stats;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::compose::Live;
use crate::grants::{Grants, Ledger};
use crate::log::Line;
use crate::model::diagnostic::{Diagnostic, Place};
use crate::model::entry::Entry;
use crate::model::project::Revision;
use crate::model::requests::Request;

/// Run this, as a new generation.
#[derive(Clone, Debug)]
pub struct RunRequest {
    pub generation: u64,
    pub revision: Revision,
    pub live: Arc<Live>,
    pub entry: Entry,
    /// Arguments of a command, its own name left out.
    pub args: Vec<String>,
    pub stdin: Stdin,
    /// Where HTTP is served; the listener is bound once and kept from generation to generation.
    pub addr: SocketAddr,
    pub limits: Limits,
    /// What each node may do; [`Runner::grant`] changes it while the run goes on.
    pub grants: Arc<Grants>,
    /// Weigh it, too: [`RunEvent::Weighed`].
    pub stats: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stdin {
    /// End of input at once.
    #[default]
    Empty,
    /// studio's own (headless `run`).
    Inherit,
    /// What is typed for it with [`Runner::type_in`].
    Typed,
}

/// One frame of a trap's backtrace, innermost first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The node whose code it is, where the module tells.
    pub node: Option<String>,
    /// Demangled.
    pub function: String,
    pub place: Option<Place>,
    /// Somebody's who works on the project: neither the standard library nor a dependency that cargo fetched.
    pub own: bool,
}

/// A guest that died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crash {
    /// One sentence: what happened, to which node, where.
    pub message: String,
    pub node: Option<String>,
    /// Where a person would look first.
    pub place: Option<Place>,
    pub frames: Vec<Frame>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The entry returned; its value in WAVE, if it has one.
    Returned(Option<String>),
    /// The entry returned an error, or the command said `exit(code)` with a code other than 0.
    Exited(u8),
    Crashed(Crash),
    /// Ended by us: replaced by a newer generation or stopped.
    Stopped,
    /// It could not be started at all.
    Refused(Diagnostic),
}

/// What a run cost to bring up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Startup {
    pub compile: Duration,
    /// Core modules compiled now, and taken from a cache.
    pub compiled: usize,
    pub cached: usize,
    /// Link and instantiate, to the first instruction.
    pub instantiate: Duration,
    /// Instances come from the pool; if not, they are too large for it or too many.
    pub pooled: bool,
}

#[derive(Clone, Debug)]
pub enum RunEvent {
    /// Compiled and about to run its first instruction (HTTP: ready for the next request). Told before anything that it
    /// writes.
    Started {
        generation: u64,
        revision: Revision,
        startup: Startup,
        /// Before the time of every line it writes.
        at: SystemTime,
    },
    /// What it weighs, where that was asked for and it can be instantiated.
    Weighed {
        generation: u64,
        stats: Option<Stats>,
    },
    /// HTTP: where it is served; sent once for a listener.
    Serving {
        addr: SocketAddr,
    },
    /// What guests wrote, in order, in batches.
    Output(Vec<Line>),
    /// What a guest wrote of a line that has no end yet: a prompt, say. More of it, or the whole line, follows.
    Unfinished(Line),
    /// What nodes used and were denied since the last of these.
    Ledger(Ledger),
    /// Lines lost because nobody could keep up.
    Lost(u64),
    /// HTTP: what was answered since the last of these, in order; and how many more, which nobody could be told of.
    Requests {
        served: Vec<Request>,
        lost: u64,
    },
    /// A request's instance died; the run goes on.
    RequestCrashed {
        generation: u64,
        /// Its number.
        request: u64,
        crash: Crash,
    },
    Ended {
        generation: u64,
        outcome: Outcome,
    },
}
