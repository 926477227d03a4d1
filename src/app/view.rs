//! What the screen shows of the state: focus, scrolling, selection, overlays. Written by `keys`, read by `ui`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::hit::HitMap;
use super::keymap::Keymap;
use super::picture::{Level, Picture};
use super::spot::Spot;
use super::state::State;
use crate::look::Look;
use crate::model::diagnostic::Place;
use crate::model::project::{Component, Making};

/// A part of the screen that can have the focus; the digits are their keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pane {
    #[default]
    Project,
    Graph,
    /// Logs and problems, as tabs.
    Output,
    Inspector,
}

impl Pane {
    pub const ALL: [Self; 4] = [Self::Project, Self::Graph, Self::Output, Self::Inspector];

    pub const fn digit(self) -> char {
        match self {
            Self::Project => '1',
            Self::Graph => '2',
            Self::Output => '3',
            Self::Inspector => '4',
        }
    }
}

/// What the output pane shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tab {
    Logs,
    Problems,
}

impl Tab {
    pub const ALL: [Self; 2] = [Self::Logs, Self::Problems];

    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Logs => Self::Problems,
            Self::Problems => Self::Logs,
        }
    }
}

/// Where the log stands. Lines are named by their number since the session began, so that lines falling out of the
/// ring move nothing on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogView {
    /// The line at the top of the pane; `None` follows the newest.
    pub top: Option<u64>,
    /// First column shown.
    pub column: usize,
}

/// Where the graph is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GraphView {
    /// Cells that the window is moved by from where it would stand by itself.
    pub x: i32,
    pub y: i32,
    /// The user's choice; `None` shows as much as fits.
    pub level: Option<Level>,
    /// What has the focus.
    pub spot: Option<Spot>,
    /// Nodes whose host imports are listed one by one.
    pub unfolded: BTreeSet<String>,
    /// Everything in sight wears a label, and one of them is awaited.
    pub jump: Option<Jump>,
}

/// A jump that has begun.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jump {
    /// The start of the label, as far as it was typed.
    pub typed: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help {
    pub query: String,
    pub selected: usize,
}

/// A sentence that answers a key and goes by itself. What matters stands somewhere else too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    pub text: String,
    pub until: Instant,
}

#[derive(Clone, Debug, Default)]
pub struct View {
    pub look: Look,
    pub keymap: Keymap,
    pub focus: Pane,
    /// What shows where graph and inspector share a place.
    pub upper: Upper,
    pub zoom: bool,
    /// The user's choice; `None` shows problems while there are errors, else logs.
    pub tab: Option<Tab>,
    /// The selected row of the project pane, and of the problems.
    pub project: usize,
    pub problem: usize,
    /// Rows the inspector is scrolled by.
    pub inspector: usize,
    pub log: LogView,
    pub graph: GraphView,
    pub picture: Picture,
    pub help: Option<Help>,
    /// The question of trust was put off.
    pub looking_only: bool,
    pub flash: Option<Flash>,
    /// The terminal's own selection works while this is set.
    pub mouse_released: bool,
    /// The last frame's places: what a click means.
    pub hits: HitMap,
    /// The last press of the mouse: a second one there soon after is a double click, a move from there is a drag.
    pub pressed: Option<Press>,
    /// There were errors after the last event.
    pub had_errors: bool,
    /// Draw every cell again (the terminal was somebody else's).
    pub repaint: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Press {
    pub at: Instant,
    pub column: u16,
    pub row: u16,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Upper {
    #[default]
    Graph,
    Inspector,
}

/// How long a flash stays.
pub const FLASH: Duration = Duration::from_secs(4);

impl View {
    pub fn flash(&mut self, text: impl Into<String>, now: Instant) {
        self.flash = Some(Flash { text: text.into(), until: now + FLASH });
    }

    pub fn focus(&mut self, pane: Pane) {
        self.focus = pane;
        self.graph.jump = None;
        match pane {
            Pane::Graph => self.upper = Upper::Graph,
            Pane::Inspector => self.upper = Upper::Inspector,
            Pane::Project | Pane::Output => {}
        }
    }
}

/// A row of the project pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    Component(usize),
    /// The n-th `.wac`.
    Composition(usize),
    Contract(usize),
}

impl State {
    /// The tab that shows.
    pub fn tab(&self) -> Tab {
        self.view.tab.unwrap_or(if self.view.had_errors { Tab::Problems } else { Tab::Logs })
    }

    /// Whether the question of trust stands in the middle of the screen.
    pub fn asks_for_trust(&self) -> bool {
        !self.trusted && !self.view.looking_only && self.discovered && !self.project.components.is_empty()
    }

    /// Whether `esc` has anything to do.
    pub fn can_back_out(&self) -> bool {
        let view = &self.view;
        view.help.is_some() || view.flash.is_some() || view.graph.jump.is_some() || view.zoom || self.asks_for_trust()
    }

    /// The rows of the project pane, top to bottom.
    pub fn rows(&self) -> Vec<Row> {
        let components = (0..self.project.components.len()).map(Row::Component);
        let compositions = (0..self.project.compositions.len()).map(Row::Composition);
        let contracts = (0..self.project.contracts.len()).map(Row::Contract);
        components.chain(compositions).chain(contracts).collect()
    }

    pub fn selected_row(&self) -> Option<Row> {
        let rows = self.rows();
        rows.get(self.view.project.min(rows.len().saturating_sub(1))).copied()
    }

    pub fn selected_component(&self) -> Option<&Component> {
        match self.selected_row()? {
            Row::Component(index) => self.project.components.get(index),
            Row::Composition(_) | Row::Contract(_) => None,
        }
    }

    /// What `enter` or `ctrl-o` would hand to the editor from here.
    pub fn editable(&self) -> Option<Place> {
        let first_line = |file: PathBuf| Place { file, line: 1, column: 0 };
        if self.view.focus == Pane::Output {
            let problems = self.problems();
            let selected = problems.get(self.view.problem.min(problems.len().saturating_sub(1)));
            return selected.filter(|_| self.tab() == Tab::Problems).and_then(|p| p.place.clone());
        }
        match self.selected_row()? {
            Row::Component(index) => self.project.components.get(index).map(source).map(first_line),
            Row::Composition(index) => self.project.compositions.get(index).cloned().map(first_line),
            Row::Contract(index) => self.project.contracts.get(index).map(|c| first_line(c.folder.clone())),
        }
    }

    /// The first node that is an instance of this component.
    pub fn node_of(&self, component: &str) -> Option<&str> {
        self.graph.instances().find(|n| n.component.as_deref() == Some(component)).map(|n| n.name.as_str())
    }

    /// The nodes that have a colour and a glyph, in a fixed order.
    pub fn speakers(&self) -> BTreeSet<&str> {
        self.graph.instances().map(|n| n.name.as_str()).collect()
    }
}

/// The file a component is read from first.
fn source(component: &Component) -> PathBuf {
    match &component.making {
        Making::Cargo(package) if package.bin.is_some() => component.folder.join("src/main.rs"),
        Making::Cargo(_) => component.folder.join("src/lib.rs"),
        Making::File(file) => file.clone(),
        Making::Command { .. } => component.folder.clone(),
    }
}
