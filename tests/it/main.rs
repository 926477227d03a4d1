//! Integration tests: the real program on real projects.

// Clippy knows the bodies of tests, but not what they call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod run_command;
mod run_composed;
mod run_http;
mod run_support;
