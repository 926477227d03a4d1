//! Edits of the user's files: one implementation for keys and verbs.

pub mod composition;
pub(crate) mod grants;
