//! `studio screen`: what the terminal UI shows of a folder, as SVG. Runs nothing.

use std::time::Instant;

use crate::app::state::{Goal, State};
use crate::app::trust_question::Start;
use crate::build::Profile;
use crate::cli::args::Screen;
use crate::cli::{out, session, theme};
use crate::discover;
use crate::tui::still;

pub(super) fn run(args: &Screen) -> anyhow::Result<u8> {
    let look = theme::look(args.theme.as_deref(), args.ascii)?;
    let options = session::options(&args.path, Goal::Graph, Profile::Dev)?;
    let start = Start::at(&options.root, false);
    let state = session::drive(options, start, |_, _| {}, State::settled)?;
    // Problems stand on the screen; they are said as well, for whoever writes to a file.
    let code = session::verdict(&state, false);
    let outline = discover::outline(&state.project);
    out::write(&args.output, &still::screen(state, look, outline, args.size, Instant::now()))?;
    Ok(code)
}
