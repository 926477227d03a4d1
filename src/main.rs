//! Arguments in, one verb, an exit code.

use std::process::ExitCode;

use studio::{cli, guard};

fn main() -> ExitCode {
    guard::install_hook(cli::panicked);
    cli::run(std::env::args_os())
}
