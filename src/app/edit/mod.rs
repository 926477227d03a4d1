//! Edits of the user's files: one implementation for keys and verbs.

pub(crate) mod composition;
pub(crate) mod grants;
