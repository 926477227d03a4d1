//! From the live composition to output: compile, instantiate, call or serve, and tell.
//!
//! Commands in ([`RunRequest`], given to a [`Runner`]), events out ([`RunEvent`]).
//!
//! ```text
//! RunRequest ─▶ runner ─▶ modules (compile) ─▶ link + host ─▶ call │ serve ─▶ handler ─▶ tap ─▶ RunEvent
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
mod place;
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
    /// Counted from 1 over the session; events of the run carry it.
    pub generation: u64,
    /// Of the sources that it was composed from.
    pub revision: Revision,
    /// The program.
    pub live: Arc<Live>,
    /// An export of `live`.
    pub entry: Entry,
    /// Arguments of a command, its own name left out.
    pub args: Vec<String>,
    /// Of a command; a node gets it only where it is granted.
    pub stdin: Stdin,
    /// What guests write is reported byte for byte: what is no text in [`Line::raw`], a carriage return as any other byte.
    pub as_written: bool,
    /// Where HTTP is served; the listener is bound once and kept from generation to generation.
    pub addr: SocketAddr,
    /// Where it is served as long as `addr` is not to be had; back there as soon as it is.
    pub fallback: Option<SocketAddr>,
    /// Those of `studio.toml`, with the command line's before them.
    pub limits: Limits,
    /// What each node may do; [`Runner::grant`] changes it while the run goes on.
    pub grants: Arc<Grants>,
    /// Weigh it, too: [`RunEvent::Weighed`].
    pub stats: bool,
}

/// Where a command's standard input comes from.
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
    /// In the source, where the module has debug information.
    pub place: Option<Place>,
    /// Somebody's who works on the project: neither the standard library nor a dependency that cargo fetched.
    pub own: bool,
}

/// A guest that died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crash {
    /// One sentence: what happened, to which node, where.
    pub message: String,
    /// The node that trapped; `None` where that is not known.
    pub node: Option<String>,
    /// Where a person would look first.
    pub place: Option<Place>,
    /// Innermost first; may be empty.
    pub frames: Vec<Frame>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The entry returned; its value in WAVE, if it has one.
    Returned(Option<String>),
    /// The entry returned an error, or the command said `exit(code)` with a code other than 0.
    Exited(u8),
    /// A guest trapped, or wanted more than its limits allow.
    Crashed(Crash),
    /// Ended by us: replaced by a newer generation or stopped.
    Stopped,
    /// It could not be started at all.
    Refused(Diagnostic),
}

/// What a run cost to bring up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Startup {
    /// To get the machine code, from the compiler or a cache.
    pub compile: Duration,
    /// Core modules compiled now, and taken from a cache.
    pub compiled: usize,
    /// Core modules whose machine code was there already.
    pub cached: usize,
    /// Link and instantiate, to the first instruction.
    pub instantiate: Duration,
    /// Instances come from the pool; if not, they are too large for it or too many.
    pub pooled: bool,
}

/// An address that nothing can be served on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// The one that was asked for.
    pub addr: SocketAddr,
    /// The nearest one that could be had.
    pub free: Option<SocketAddr>,
    /// Why, in one sentence.
    pub reason: String,
}

/// What a run reports, in its order.
#[derive(Clone, Debug)]
pub enum RunEvent {
    /// Compiled and about to run its first instruction (HTTP: ready for the next request). Told before anything that it
    /// writes.
    Started {
        /// Of the request.
        generation: u64,
        /// Of the request.
        revision: Revision,
        /// What it took to get here.
        startup: Startup,
        /// Before the time of every line it writes.
        at: SystemTime,
    },
    /// What it weighs, where that was asked for and it can be instantiated.
    Weighed {
        /// Of the request.
        generation: u64,
        /// `None` where it can't be instantiated, or not in the time that a request may take.
        stats: Option<Stats>,
    },
    /// HTTP: where it is served; sent once for a listener, and when it comes back from its fallback.
    Serving {
        /// With the port that the system chose, where 0 was asked for.
        addr: SocketAddr,
    },
    /// HTTP: the address is not to be had, and which one is. Sent before the run is refused.
    Unavailable(Unavailable),
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
        /// The oldest first.
        served: Vec<Request>,
        /// How many were answered that `served` leaves out.
        lost: u64,
    },
    /// A request's instance died; the run goes on.
    RequestCrashed {
        /// The one that answered it.
        generation: u64,
        /// Its number.
        request: u64,
        /// Of that instance alone.
        crash: Crash,
    },
    /// The run is over, and nothing of it runs any more.
    Ended {
        /// Of the request.
        generation: u64,
        /// How it ended.
        outcome: Outcome,
    },
}
