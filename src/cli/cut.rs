//! `studio cut NODE.IMPORT`: one wire less.

use super::args::Cut;
use super::edit;
use crate::compose::Change;
use crate::model::ends::import_end;

pub fn run(args: &Cut) -> anyhow::Result<u8> {
    edit::run(
        &args.of,
        |c| Ok(Change::Cut { from: import_end(&c.graph, &args.import)? }),
        |_| format!("{} is open", args.import),
    )
}
