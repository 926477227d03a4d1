//! `studio hide EXPORT`: the composition no longer exports something.

use crate::cli::args::Hide;
use crate::cli::edit;
use crate::compose::Change;
use crate::model::ends::{import_end, instead};
use crate::model::graph::ENTRY;

pub(super) fn run(args: &Hide) -> anyhow::Result<u8> {
    edit::run(
        &args.of,
        |c| {
            let text = args.export.strip_prefix("entry.").unwrap_or(&args.export);
            let export = import_end(&c.graph, &format!("{ENTRY}.{text}"))?.port;
            let there = || c.graph.node(ENTRY).into_iter().flat_map(|n| &n.imports).map(|i| i.port.name.as_str());
            if !there().any(|name| name == export) {
                anyhow::bail!("the composition does not export `{text}`; {}", instead(text, there(), "exports"));
            }
            Ok(Change::Hide { export })
        },
        |_| format!("no longer exports {}", args.export),
    )
}
