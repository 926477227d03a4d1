//! The panes: each with its state, its commands and its drawing together.

pub(crate) mod general;
pub mod graph;
pub(crate) mod inspector;
pub(crate) mod output;
pub(crate) mod project;
pub mod source;
pub(crate) mod table;
