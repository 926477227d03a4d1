//! `studio remove NODE`: an instance goes, with its wires and exports.

use crate::cli::args::Remove;
use crate::cli::edit;
use crate::compose::Change;

pub(super) fn run(args: &Remove) -> anyhow::Result<u8> {
    edit::run(
        &args.of,
        |c| {
            c.node(&args.node)?;
            Ok(Change::Remove { node: args.node.clone() })
        },
        |_| format!("removed {} and its wires", args.node),
    )
}
