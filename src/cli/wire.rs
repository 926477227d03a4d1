//! `studio wire NODE.IMPORT NODE.EXPORT`: one wire more, in the composition's text.

use crate::cli::args::Wire;
use crate::cli::edit;
use crate::compose::Change;
use crate::model::fits::version_note;

pub(super) fn run(args: &Wire) -> anyhow::Result<u8> {
    let note = std::cell::OnceCell::new();
    edit::run(
        &args.of,
        |c| {
            let (from, to) = (c.import(&args.import)?, c.export(&args.export)?);
            let _ = note.set(version_note(&from.port, &to.port));
            Ok(Change::Wire { from, to })
        },
        |_| {
            let note = note.get().cloned().flatten().map(|note| format!(" ({note})")).unwrap_or_default();
            format!("{} → {}{note}", args.import, args.export)
        },
    )
}
