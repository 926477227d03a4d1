//! The panes: each with its state, its commands and its drawing together.

pub mod general;
pub mod graph;
pub(crate) mod inspector;
pub mod output;
pub mod project;
pub mod source;
pub mod table;
