//! `studio wire NODE.IMPORT NODE.EXPORT`: one wire more, in the composition's text.

use super::args::Wire;
use super::edit;
use crate::compose::Change;
use crate::model::ends::{export_end, import_end};

pub fn run(args: &Wire) -> anyhow::Result<u8> {
    edit::run(
        &args.of,
        |c| Ok(Change::Wire { from: import_end(&c.graph, &args.import)?, to: export_end(&c.graph, &args.export)? }),
        |_| format!("{} → {}", args.import, args.export),
    )
}
