//! The verbs of WIT as a language.

use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCandidates;

use crate::cli::candidates;

#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Files, or folders whose WIT files are formatted, those in `deps` left out; `-` formats stdin to stdout
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Write nothing; list what is not formatted, and fail if there is any
    #[arg(long)]
    pub(crate) check: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Wit {
    /// A node or component of the project, a file (`.wasm`, `.wat`, `.wit`, or a folder of WIT), or a package as in
    /// `wasi:io` or `wasi:io@0.2.3`
    #[arg(value_name = "NODE|FILE|PACKAGE", add = ArgValueCandidates::new(candidates::nodes))]
    pub(crate) what: String,
    /// The project's folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) project: PathBuf,
    /// Print the resolved worlds, interfaces and types as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Lsp {
    /// Print the configuration of an editor
    #[arg(long, value_enum, value_name = "EDITOR")]
    pub(crate) setup: Option<crate::lsp::Editor>,
    /// Write it: `.helix/languages.toml` of this folder
    #[arg(long, requires = "setup")]
    pub(crate) write: bool,
}
