//! How studio reads, writes and lists files: one reader, one writer, one walk, for a folder may be anybody's.
//!
//! - [`read`]: regular files only, looked at before and after they are opened, and never more of one than its kind may
//!   have.
//! - [`write`]: whole or not at all, below the project's folder handle, through no link out of it.
//! - [`walk`]: a stable order, no links out of the folder, a bound for depth and count; with [`ignore`] for git's rules.
//!
//! Nothing else under `src/` opens a file by itself; `tests/it/architecture.rs` lists the exceptions with their reasons.

pub(crate) mod exhausted;
pub(crate) mod ignore;
mod join;
mod kind;
mod leftover;
pub(crate) mod read;
pub(crate) mod relative;
pub(crate) mod walk;
pub mod write;

pub(crate) use join::join;
pub(crate) use kind::Kind;
pub(crate) use read::ReadError;
pub use read::{read, text};
pub(crate) use write::WriteError;
pub use write::{Folder, Links};
