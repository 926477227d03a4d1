//! Everything the screen can ask of the world, besides what the application asks. Data only; `tui::jobs` and the event
//! loop do it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use ratatui::buffer::Buffer;

use crate::app::edit::composition::EditRequest;
use crate::app::effect::{Effect as AppEffect, GrantChange};
use crate::build::scaffold::Template;
use crate::highlight::Painted;
use crate::log::Line;
use crate::log::clock::Zone;
use crate::model::code::Text;
use crate::model::graph::Graph;
use crate::model::project::{Project, Revision};
use crate::model::session::Session;
use crate::tui::pane::graph::picture::{Picture, Wish};
use crate::tui::pane::graph::wiring::{ExplainRequest, FixRequest, Places};
use crate::tui::svg::Colours;

#[derive(Clone, Debug)]
pub enum Effect {
    /// Of the application.
    App(AppEffect),
    /// Lay a large graph out, next to how it was before.
    LayOut {
        before: Box<Picture>,
        graph: Graph,
        unfolded: BTreeSet<String>,
        wish: Wish,
    },
    /// List the project's files, and where interfaces are defined.
    Outline(Arc<Project>),
    /// Read a source file to be shown.
    Read(PathBuf),
    /// Tell what is what in a text: first up to a line, then all of it.
    Highlight {
        path: PathBuf,
        text: Arc<Text>,
        before: Option<Arc<Painted>>,
        until: usize,
    },
    /// Write what a node may do into `studio.toml`; what runs hears of it as of any change of that file.
    ChangeGrants(GrantChange),
    /// Write a new project's files, and trust what was written.
    Make {
        template: Template,
        folder: PathBuf,
    },
    /// Patch the composition's text.
    EditComposition(Box<EditRequest>),
    /// Find out what auto-wiring would do.
    PlanWires(Box<Graph>),
    /// Read where the user put nodes in this folder.
    ReadPlaces {
        root: PathBuf,
        trusted: bool,
    },
    KeepPlaces {
        root: PathBuf,
        trusted: bool,
        places: Places,
    },
    /// Find out why two ports fit or not.
    Explain(Box<ExplainRequest>),
    /// Write what a fix changes in WIT.
    FixAction(Box<FixRequest>),
    /// Take the last of these back, in this folder.
    RevertFix(PathBuf),
    /// Read compositions that somebody wrote: us, or others.
    Reread {
        paths: Vec<PathBuf>,
        /// The last edit of ours when this was asked.
        edited: Revision,
        first: Instant,
        at: Instant,
    },
    /// Hand the terminal to `$EDITOR` at this place.
    Edit {
        file: PathBuf,
        line: u32,
    },
    /// To the clipboard (OSC 52 and native).
    Copy(String),
    /// To the clipboard by a program of the desktop. Where nothing else was tried, its failing is told.
    CopyNative {
        text: String,
        alone: bool,
    },
    /// Remember how the folder is left, in case nobody gets to leave it.
    KeepSession {
        root: PathBuf,
        trusted: bool,
        session: Box<Session>,
    },
    /// Keep the theme of this name in the user's settings.
    SaveTheme(String),
    /// Write lines of the log to a new file.
    Export {
        path: PathBuf,
        lines: Vec<Arc<Line>>,
        /// Of the times that are written.
        zone: Zone,
    },
    /// Write a picture of these cells to a new file of a folder.
    SavePicture {
        folder: PathBuf,
        buffer: Box<Buffer>,
        colours: Box<Colours>,
        title: String,
    },
    Suspend,
}

/// What the application asks, as the screen's effects.
pub(crate) fn of_app(effects: Vec<AppEffect>) -> Vec<Effect> {
    effects.into_iter().map(Effect::App).collect()
}
