//! `studio hide EXPORT`: the composition no longer exports something.

use super::args::Hide;
use super::edit;
use crate::compose::Change;
use crate::model::ends::import_end;
use crate::model::graph::ENTRY;

pub fn run(args: &Hide) -> anyhow::Result<u8> {
    edit::run(
        &args.of,
        |c| {
            let text = args.export.strip_prefix("entry.").unwrap_or(&args.export);
            Ok(Change::Hide { export: import_end(&c.graph, &format!("{ENTRY}.{text}"))?.port })
        },
        |_| format!("no longer exports {}", args.export),
    )
}
