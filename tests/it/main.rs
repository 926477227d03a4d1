//! Integration tests: the real program on real projects.

mod run_command;
mod run_http;
mod run_support;
