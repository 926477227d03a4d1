//! `studio expose NODE.EXPORT`: an instance's export becomes the composition's.

use crate::cli::args::Expose;
use crate::cli::edit;
use crate::compose::Change;

pub(super) fn run(args: &Expose) -> anyhow::Result<u8> {
    edit::run(
        &args.of,
        |c| Ok(Change::Expose { what: c.export(&args.export)?, name: args.name.clone() }),
        |_| format!("exports {}", args.export),
    )
}
