//! Integration tests: the real program on real projects, with real cargo, Wasmtime, terminals and HTTP clients.
//! One binary, because every further one would link Wasmtime again.

mod architecture;
mod bad_input;
mod build;
mod compose;
mod discover;
mod live_reload;
mod pty;
mod run_command;
mod run_http;
mod run_support;
mod support;
// mod terminal;
mod verbs;
mod watch;
