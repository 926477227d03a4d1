//! What studio knows, as plain data and pure functions: no files, threads, terminals or engines.
//!
//! Everything above (`watch`, `build`, `compose`, `run`, `app`, `ui`) speaks in these types, so that a session can be
//! replayed from its events and tested without a terminal.

pub mod alike;
pub mod code;
pub mod columns;
pub mod delegation;
pub mod diagnostic;
pub(crate) mod differ;
pub mod difference;
pub mod ends;
pub mod entry;
pub mod escape;
pub mod fits;
pub mod graph;
pub mod guest_text;
pub mod host;
pub mod limits;
pub mod line_index;
pub mod marks;
pub mod outline;
pub mod phases;
pub mod plain;
pub mod port;
pub mod project;
pub mod requests;
#[cfg(test)]
pub(crate) mod sample;
pub mod session;
pub(crate) mod signature;
pub mod size;
pub mod types;
pub mod visible;
