//! Integration tests: the real program on real projects, with real cargo, Wasmtime, terminals and HTTP clients.
//! One binary, because every further one would link Wasmtime again.

// Clippy knows the bodies of tests, but not what they call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod apply_fix;
mod architecture;
mod attacks;
mod bad_input;
mod build;
mod canvas;
mod completions;
mod compose;
mod crate_kinds;
mod dependencies;
mod discover;
mod explain;
mod fits;
mod flood;
mod grants;
mod grants_panel;
mod http_support;
mod https;
mod inputs;
mod layout;
mod layouts;
mod lending;
mod limits;
mod live_reload;
mod lsp;
mod manners;
mod messages;
mod on_save;
mod package;
mod places;
mod prompts;
mod pty;
mod reach;
mod real;
mod rewire;
mod run_command;
mod run_composed;
mod run_http;
mod run_support;
mod serving;
mod serving_breaks;
mod serving_limits;
mod settings_file;
mod shell;
mod support;
mod svg;
mod terminal;
mod toolchain;
mod verbs;
mod verbs_table;
mod wac_advice;
mod wac_hostile;
mod wac_itself;
mod wac_language;
mod wac_untrusted;
mod watch;
mod wiring;
mod wiring_hostile;
mod wiring_verbs;
mod wit_fix;
mod wit_print;
