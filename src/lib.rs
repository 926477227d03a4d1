//! studio: a terminal IDE for WebAssembly components.
//!
//! The modules stand in the order of the data's way from a save to a line in the log:
//!
//! ```text
//! save ─ watch ─▶ build ─▶ inspect ─▶ graph ─▶ compose ─▶ compile ─▶ run ─▶ logs
//! ```
//!
//! `docs/architecture.md` draws the whole and lists the invariants.

pub mod model;

pub mod config;
pub mod discover;
pub mod files;
pub mod folders;
pub mod guard;
pub mod highlight;
pub mod inspect;
pub mod trust;

pub mod watch;

pub mod build;

pub mod compose;

pub mod run;

pub mod app;
pub mod cli;
pub mod ledgers;
pub mod look;
pub mod tty;
pub mod ui;
