//! `studio rename NODE NAME`: an instance gets another name.

use crate::cli::args::Rename;
use crate::cli::edit;
use crate::compose::Change;

pub(super) fn run(args: &Rename) -> anyhow::Result<u8> {
    edit::run(
        &args.of,
        |c| {
            c.node(&args.node)?;
            Ok(Change::Rename { node: args.node.clone(), to: args.name.clone() })
        },
        |_| format!("{} is now {}", args.node, args.name),
    )
}
