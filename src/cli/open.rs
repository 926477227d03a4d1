//! `studio [PATH]`: the terminal UI.

use std::net::SocketAddr;
use std::path::Path;

use crate::app::state::{Goal, Options};
use crate::build::Profile;
use crate::cli::{out, session};
use crate::run::Stdin;
use crate::tui::terminal::event_loop as terminal;

pub(super) fn run(path: &Path, addr: Option<SocketAddr>) -> anyhow::Result<u8> {
    anyhow::ensure!(
        out::is_terminal(),
        "this is not a terminal; use `studio run {0}` or `studio check {0}` (see --help)",
        path.display()
    );
    let options = session::options(path, Goal::Run, Profile::Dev)?;
    let options = Options { watch: true, stdin: Stdin::Typed, addr, ..options };
    crate::cli::diary::begin();
    terminal::run(options)?;
    Ok(crate::tui::terminal::ended_by().unwrap_or(0))
}
