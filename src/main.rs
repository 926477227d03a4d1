//! Arguments in, one verb, an exit code.

use std::process::ExitCode;

use clap::Parser;
use studio::cli::{self, args::Arguments};
use studio::guard;

fn main() -> ExitCode {
    guard::install_hook();
    match cli::main(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            cli::complain(&error);
            ExitCode::from(cli::ENVIRONMENT)
        }
    }
}
