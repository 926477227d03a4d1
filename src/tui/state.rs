//! The screen's state: it owns the application's.

use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use crate::app::state::{Options, State as AppState};
use crate::app::trust_question::Start;
use crate::model::outline::Outline;
use crate::tui::event::Event;
use crate::tui::pane::graph::wiring::Edits;
use crate::tui::view::View;

/// All that a frame is drawn from.
#[derive(Debug)]
pub struct State {
    /// What it would know without a screen.
    pub app: AppState,
    /// The project's files and definitions, as they were last listed.
    pub(crate) outline: Outline,
    /// Edits of the compositions, and how to take them back.
    pub(crate) edits: Edits,
    /// What the screen shows of all this.
    pub view: View,
    /// The folder to be opened after this session.
    pub next: Option<PathBuf>,
    /// All that happened, where somebody keeps it: the same events make the same state again.
    pub(crate) record: Option<Vec<Event>>,
}

impl State {
    /// As it is before anything was read; `began` is the same moment by both clocks.
    pub fn new(options: Options, start: impl Into<Start>, began: (Instant, SystemTime)) -> Self {
        Self::of(AppState::new(options, start, began))
    }

    /// A screen for an application, as it is before anybody touched it.
    pub(crate) fn of(app: AppState) -> Self {
        Self {
            app,
            outline: Outline::default(),
            edits: Edits::default(),
            view: View::default(),
            next: None,
            record: None,
        }
    }
}
