//! studio: a terminal IDE for WebAssembly components.
//!
//! The modules stand in the order of the data's way from a save to a line in the log:
//!
//! ```text
//! save ─ watch ─▶ build ─▶ inspect ─▶ graph ─▶ compose ─▶ compile ─▶ run ─▶ logs
//! ```
//!
//! `docs/architecture.md` draws the whole and lists the invariants.
//!
//! The crate is the program's; public is only what `main.rs`, the integration tests and the benchmarks use.

#![warn(unreachable_pub, missing_docs)]
// Parts that only Unix uses are compiled elsewhere too.
#![cfg_attr(not(unix), allow(dead_code))]

pub mod app;
pub mod build;
pub mod cli;
pub mod compose;
pub mod config;
pub mod discover;
pub mod draw;
pub mod explain;
pub mod files;
pub mod folders;
pub mod grants;
pub mod guard;
pub mod highlight;
pub mod inspect;
pub(crate) mod ledgers;
pub mod log;
pub mod look;
pub(crate) mod lsp;
pub mod model;
pub(crate) mod remembered;
pub mod run;
pub mod trust;
pub mod tui;
pub mod wac;
pub mod watch;
pub mod wit;
