//! WIT as a language: its tree, what is wrong in it, and its layout. Pure over texts; where they come from is the
//! caller's affair.

pub mod check;
pub mod format;
pub mod navigate;
pub mod outline;
pub mod problem;
pub mod sources;
pub mod syntax;
pub(crate) mod verdict;

#[cfg(test)]
pub(crate) mod sample;
