//! `studio lsp`: the language server, and the configuration that has an editor start it.

use std::path::Path;

use crate::cli::args::Lsp;
use crate::cli::out;
use crate::lsp::{Editor, serve, setup, write_helix};

pub(super) fn run(args: &Lsp) -> anyhow::Result<u8> {
    match args.setup {
        None => serve()?,
        Some(Editor::Helix) if args.write => {
            let written = write_helix(Path::new("."))?;
            out::line(&format!("written: {}", written.display()));
        }
        Some(_) if args.write => {
            anyhow::bail!("only helix keeps its configuration in the project; print it without --write")
        }
        Some(editor) => out::block(setup(editor)),
    }
    Ok(0)
}
