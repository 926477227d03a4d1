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

/// One thing to be done; most are answered by an event.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Of the application.
    App(AppEffect),
    /// Lay a large graph out, next to how it was before.
    LayOut {
        /// Nodes that need not move stay where they are in it.
        before: Box<Picture>,
        /// What is to be drawn.
        graph: Graph,
        /// Nodes whose host imports are listed one by one.
        unfolded: BTreeSet<String>,
        /// What the user chose, and the room there is.
        wish: Wish,
    },
    /// List the project's files, and where interfaces are defined.
    Outline(Arc<Project>),
    /// Read a source file to be shown.
    Read(PathBuf),
    /// Tell what is what in a text: first up to a line, then all of it.
    Highlight {
        /// The file, absolute; its name tells the language.
        path: PathBuf,
        /// Its text as it was read.
        text: Arc<Text>,
        /// An earlier painting, of which equal lines are kept.
        before: Option<Arc<Painted>>,
        /// How many lines come first.
        until: usize,
    },
    /// Write what a node may do into `studio.toml`; what runs hears of it as of any change of that file.
    ChangeGrants(GrantChange),
    /// Write a new project's files, and trust what was written.
    Make {
        /// What it begins as.
        template: Template,
        /// Made where it is missing.
        folder: PathBuf,
    },
    /// Patch the composition's text.
    EditComposition(Box<EditRequest>),
    /// Find out what auto-wiring would do.
    PlanWires(Box<Graph>),
    /// Read where the user put nodes in this folder.
    ReadPlaces {
        /// The project's folder.
        root: PathBuf,
        /// Where it is not, they are kept outside of it.
        trusted: bool,
    },
    /// Write where the user put nodes in this folder.
    KeepPlaces {
        /// The project's folder.
        root: PathBuf,
        /// Where it is not, they are kept outside of it.
        trusted: bool,
        /// All of them.
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
        /// Absolute.
        paths: Vec<PathBuf>,
        /// The last edit of ours when this was asked.
        edited: Revision,
        /// When the first of the changes was seen.
        first: Instant,
        /// When they were reported.
        at: Instant,
    },
    /// Hand the terminal to `$EDITOR` at this place.
    Edit {
        /// Absolute.
        file: PathBuf,
        /// 1-based; 1 where only the file is known.
        line: u32,
    },
    /// To the clipboard (OSC 52 and native).
    Copy(String),
    /// To the clipboard by a program of the desktop. Where nothing else was tried, its failing is told.
    CopyNative {
        /// As it is to be pasted.
        text: String,
        /// Whether this is the only way that is tried.
        alone: bool,
    },
    /// Remember how the folder is left, in case nobody gets to leave it.
    KeepSession {
        /// The project's folder.
        root: PathBuf,
        /// Where it is not, it is kept outside of the folder.
        trusted: bool,
        /// What is remembered.
        session: Box<Session>,
    },
    /// Keep the theme of this name in the user's settings.
    SaveTheme(String),
    /// Write lines of the log to a new file.
    Export {
        /// Absolute.
        path: PathBuf,
        /// The oldest first.
        lines: Vec<Arc<Line>>,
        /// Of the times that are written.
        zone: Zone,
    },
    /// Write a picture of these cells to a new file of a folder.
    SavePicture {
        /// Where the new file is to lie.
        folder: PathBuf,
        /// The screen as it was drawn last.
        buffer: Box<Buffer>,
        /// What the terminal's own colours look like.
        colours: Box<Colours>,
        /// What is read to somebody who does not see the picture.
        title: String,
    },
    /// Give the terminal back and stop, as ctrl-z does; goes on when a shell says so.
    Suspend,
}

/// What the application asks, as the screen's effects.
pub(crate) fn of_app(effects: Vec<AppEffect>) -> Vec<Effect> {
    effects.into_iter().map(Effect::App).collect()
}
