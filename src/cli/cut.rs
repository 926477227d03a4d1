//! `studio cut NODE.IMPORT`: one wire less.

use crate::cli::args::Cut;
use crate::cli::edit;
use crate::compose::Change;
use crate::model::ends::import_end;

pub(super) fn run(args: &Cut) -> anyhow::Result<u8> {
    edit::run(
        &args.of,
        |c| {
            // What is cut needs no more than its name in the text.
            let from = import_end(&c.graph, &args.import).or_else(|_| c.import(&args.import))?;
            Ok(Change::Cut { from })
        },
        |_| format!("{} is unwired now", args.import),
    )
}
