//! The output pane: logs, problems and requests as tabs.

pub mod logs;
pub(crate) mod problems;
pub(crate) mod requests;
pub mod table;
