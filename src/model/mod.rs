//! What studio knows, as plain data and pure functions: no files, threads, terminals or engines.
//!
//! Everything above (`watch`, `build`, `compose`, `run`, `app`, `ui`) speaks in these types, so that a session can be
//! replayed from its events and tested without a terminal.

pub(crate) mod alike;
pub mod code;
pub(crate) mod columns;
pub mod delegation;
pub mod diagnostic;
pub(crate) mod differ;
pub mod difference;
pub mod ends;
pub mod entry;
pub(crate) mod escape;
pub mod fits;
pub mod graph;
pub mod guest_text;
pub mod host;
pub mod limits;
pub(crate) mod line_index;
pub(crate) mod marks;
pub(crate) mod outline;
pub mod phases;
pub(crate) mod plain;
pub mod port;
pub mod project;
pub(crate) mod requests;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod session;
pub(crate) mod signature;
pub(crate) mod size;
pub(crate) mod types;
pub mod visible;
