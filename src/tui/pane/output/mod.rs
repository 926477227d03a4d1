//! The output pane: logs, problems and requests as tabs.

pub(crate) mod logs;
pub(crate) mod problems;
pub(crate) mod requests;
pub(crate) mod table;
