//! What the screen shows of the state: focus, scrolling, selection, overlays. Written by `keys`, read by `ui`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::draw::geometry::Point;
use crate::log::clock::Zone;
use crate::look::Look;
use crate::model::diagnostic::{Diagnostic, Place};
use crate::model::marks::Marks;
use crate::model::project::{BuildKind, Component};
use crate::tui::command::Command;
use crate::tui::hit::{HitMap, Target};
use crate::tui::jobs::clipboard::Clipboard;
use crate::tui::keymap::{Key, Keymap};
use crate::tui::overlay::Overlays;
use crate::tui::overlay::messages::Messages;
use crate::tui::pane::graph::picture::{Level, Picture, Wish};
use crate::tui::pane::graph::selection::Selection;
use crate::tui::pane::graph::tidy::Untidy;
use crate::tui::pane::graph::wiring::{Drag, Places, Wire};
use crate::tui::pane::output::logs;
use crate::tui::pane::output::logs::LogView;
use crate::tui::pane::source::Sources;
use crate::tui::splits::{Edge, Splits};
use crate::tui::state::State;

/// A part of the screen that can have the focus; the digits are their keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pane {
    #[default]
    Project,
    Graph,
    /// Open files; shown while there are any.
    Source,
    /// Logs and problems, as tabs.
    Output,
    Inspector,
}

impl Pane {
    pub(crate) const ALL: [Self; 5] = [Self::Project, Self::Graph, Self::Source, Self::Output, Self::Inspector];

    pub(crate) const fn digit(self) -> char {
        match self {
            Self::Project => '1',
            Self::Graph => '2',
            Self::Output => '3',
            Self::Inspector => '4',
            Self::Source => '5',
        }
    }
}

/// What the output pane shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tab {
    Logs,
    Problems,
    /// Shown where HTTP is served.
    Requests,
}

/// Where the graph is looked at.
#[derive(Clone, Debug, Default)]
pub struct GraphView {
    /// Cells that the window is moved by from where it would stand by itself.
    pub(crate) x: i32,
    pub(crate) y: i32,
    /// The user's choice; `None` shows as much as fits.
    pub(crate) level: Option<Level>,
    /// What has the focus.
    pub selection: Option<Selection>,
    /// It stays in sight when the pane's size changes; until the picture is moved by hand.
    pub(crate) kept: bool,
    /// Nodes whose host imports are listed one by one.
    pub unfolded: BTreeSet<String>,
    /// How the picture that is laid out off the loop will be arranged.
    pub(crate) awaited: Option<Wish>,
    /// How it stood before it was tidied, until it is edited.
    pub(crate) untidy: Option<Box<Untidy>>,
    /// Everything in sight wears a label, and one of them is awaited.
    pub(crate) jump: Option<Jump>,
}

/// A jump that has begun.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Jump {
    /// The start of the label, as far as it was typed.
    pub(crate) typed: String,
}

/// A sentence that answers a key and goes by itself. What matters stands somewhere else too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flash {
    pub text: String,
    pub until: Instant,
}

#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools)] // independent facts, not a state machine
pub struct View {
    pub(crate) look: Look,
    pub(crate) zone: Zone,
    /// The system's folder for files that nobody misses.
    pub(crate) temporary: PathBuf,
    pub(crate) keymap: Keymap,
    /// The keys of a sequence that has begun.
    pub(crate) pending: Vec<Key>,
    pub(crate) focus: Pane,
    /// What shows where graph and inspector share a place.
    pub(crate) upper: Upper,
    pub(crate) zoom: bool,
    /// Where the user moved the edges between panes.
    pub(crate) splits: Splits,
    /// The user's choice; `None` shows problems while there are errors, else logs.
    pub(crate) tab: Option<Tab>,
    /// The selected row of the project pane, and of the problems.
    pub project: usize,
    pub(crate) problem: usize,
    /// Rows of it that are scrolled past, where it does not fit.
    pub(crate) problem_scroll: usize,
    /// The row that is to be selected as soon as the files are listed.
    pub(crate) row_wanted: Option<String>,
    /// The selected request, by its number; `None` is the newest.
    pub request: Option<u64>,
    /// Rows the inspector is scrolled by.
    pub(crate) inspector: usize,
    pub(crate) log: LogView,
    pub graph: GraphView,
    pub(crate) picture: Picture,
    /// The sign and colour of every node there is or was.
    pub(crate) marks: Marks,
    /// A wire that is being drawn.
    pub wire: Option<Wire>,
    /// Where the user put nodes.
    pub(crate) places: Places,
    /// Where a wire was dropped on empty canvas: what is then added for it stands there.
    pub(crate) landing: Option<crate::draw::layout::Place>,
    /// Whether the folder was trusted when its places were read; they are kept elsewhere then.
    pub(crate) places_read: Option<bool>,
    /// What was under the pointer when the button went down, and which point of the picture that was: the press itself
    /// may have moved the picture.
    pub(crate) grabbed: Option<(Target, Point)>,
    /// What the mouse holds in the graph.
    pub(crate) drag: Option<Drag>,
    pub source: Sources,
    /// Components and interface packages whose files are shown, or hidden, otherwise than by themselves.
    pub(crate) toggled: BTreeSet<String>,
    /// Files that nobody writes by hand show in the project too.
    pub(crate) shows_generated: bool,
    /// What lies over the panes and has the keys.
    pub(crate) overlays: Overlays,
    /// The question of trust was put off.
    pub(crate) looking_only: bool,
    /// How far it was read.
    pub(crate) question: QuestionView,
    pub(crate) flash: Option<Flash>,
    /// The command whose key does it when it is pressed once more, though the program waits for input.
    pub(crate) confirming: Option<Command>,
    /// What was flashed.
    pub(crate) messages: Messages,
    /// Which way what is copied goes.
    pub(crate) clipboard: Clipboard,
    /// The terminal's own selection works while this is set.
    pub(crate) mouse_released: bool,
    /// The last frame's places: what a click means.
    pub hits: HitMap,
    /// The last press of the mouse: a second one there soon after is a double click, a move from there is a drag.
    pub(crate) pressed: Option<Press>,
    /// There were errors after the last event.
    pub(crate) had_errors: bool,
    /// Draw every cell again (the terminal was somebody else's).
    pub(crate) repaint: bool,
    /// The terminal is to be asked for its background.
    pub(crate) ask_background: bool,
}

/// What has been seen of the question of trust.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct QuestionView {
    /// Of which question, wrapped at how many columns.
    pub(crate) id: u64,
    pub(crate) width: usize,
    /// The row at the top.
    pub(crate) offset: usize,
    /// Rows from the first on that have been in sight.
    pub(crate) seen: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Press {
    pub at: Instant,
    pub column: u16,
    pub(crate) row: u16,
    /// What the drag takes along, wherever it goes.
    pub(crate) edge: Option<Edge>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Upper {
    #[default]
    Graph,
    Source,
    Inspector,
}

/// How long a flash stays.
pub(crate) const FLASH: Duration = Duration::from_secs(4);

impl View {
    /// Another problem is read from its top.
    pub(crate) fn select_problem(&mut self, problem: usize) {
        if problem != self.problem {
            (self.problem, self.problem_scroll) = (problem, 0);
        }
    }

    pub(crate) fn flash(&mut self, text: impl Into<String>, now: Instant) {
        let text = text.into();
        self.messages.push(&text, now);
        self.flash = Some(Flash { text, until: now + FLASH });
    }

    pub(crate) fn focus(&mut self, pane: Pane) {
        self.focus = pane;
        self.graph.jump = None;
        if pane != Pane::Output {
            self.log.typing = None;
        }
        if pane != Pane::Graph {
            self.wire = None;
        }
        match pane {
            Pane::Graph => self.upper = Upper::Graph,
            Pane::Inspector => self.upper = Upper::Inspector,
            Pane::Source => self.upper = Upper::Source,
            Pane::Project | Pane::Output => {}
        }
    }
}

/// A row of the project pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    Component(usize),
    /// The n-th file of the n-th component.
    ComponentFile(usize, usize),
    /// The n-th `.wac`.
    Composition(usize),
    InterfacePackage(usize),
    InterfacePackageFile(usize, usize),
    /// `studio.toml`.
    Settings,
    /// The workspace's `Cargo.toml`.
    Workspace,
    /// How much was found that is no component.
    PassedOver,
    /// The n-th of it.
    PassedOverOne(usize),
}

impl State {
    /// Whether there is a tab of requests.
    pub(crate) fn has_requests(&self) -> bool {
        self.app.run.serving.is_some() || !self.app.requests.is_empty()
    }

    pub(crate) fn next_tab(&self) -> Tab {
        match self.tab() {
            Tab::Logs => Tab::Problems,
            Tab::Problems if self.has_requests() => Tab::Requests,
            Tab::Problems | Tab::Requests => Tab::Logs,
        }
    }

    pub(crate) fn previous_tab(&self) -> Tab {
        match self.tab() {
            Tab::Logs if self.has_requests() => Tab::Requests,
            Tab::Logs | Tab::Requests => Tab::Problems,
            Tab::Problems => Tab::Logs,
        }
    }

    /// The tab that shows.
    pub(crate) fn tab(&self) -> Tab {
        self.view.tab.unwrap_or(if self.view.had_errors { Tab::Problems } else { Tab::Logs })
    }

    /// Whether the question of trust stands in the middle of the screen.
    pub(crate) fn asks_for_trust(&self) -> bool {
        !self.app.trusted
            && !self.view.looking_only
            && self.app.discovered
            && !self.app.project.components.is_empty()
            && self.app.trusting.question().is_some()
    }

    /// Whether `esc` has anything to do.
    pub(crate) fn can_back_out(&self) -> bool {
        let view = &self.view;
        let in_source = matches!(view.focus, Pane::Source | Pane::Inspector);
        !view.overlays.is_empty()
            || view.flash.is_some()
            || !view.pending.is_empty()
            || view.graph.jump.is_some()
            || logs::can_back_out(self)
            || view.wire.is_some()
            || view.zoom
            || in_source
            || self.asks_for_trust()
    }

    /// What `ctrl-o` would hand to the editor from here.
    pub(crate) fn editable(&self) -> Option<Place> {
        if self.view.focus == Pane::Source {
            let file = self.view.source.file()?;
            return Some(Place { file: file.path.clone(), line: u32::try_from(file.line + 1).ok()?, column: 0 });
        }
        self.openable()
    }

    pub(crate) fn selected_problem(&self) -> Option<&Diagnostic> {
        let problems = self.app.problems();
        problems.get(self.view.problem.min(problems.len().saturating_sub(1))).copied()
    }

    /// What `enter` or `o` would open from here.
    pub(crate) fn openable(&self) -> Option<Place> {
        match self.view.focus {
            Pane::Output if self.tab() == Tab::Logs => logs::select::place(self),
            Pane::Output => self.selected_problem().and_then(|p| p.place.clone()),
            Pane::Graph | Pane::Inspector => match self.selection() {
                Some(selection) => self.definition(&selection),
                None => self.row_place(),
            },
            Pane::Project | Pane::Source => self.row_place(),
        }
    }

    /// Where a port of the graph is written down, or what a node is made of.
    fn definition(&self, selection: &Selection) -> Option<Place> {
        let node = selection.node_in(&self.view.picture)?;
        let component = node.component.as_deref().and_then(|name| self.app.project.component(name));
        let Some((_, port)) = &selection.port else {
            let active = || self.app.project.active.clone().map(first_line);
            return component.map(|c| first_line(source(c))).or_else(active);
        };
        let seen_from = component.or_else(|| {
            // The entry's ports are those of who serves them.
            let end = self.view.picture.graph().provider(&node.name, port)?;
            self.app.project.component(self.app.graph.node(&end.node)?.component.as_deref()?)
        });
        let wit = seen_from.and_then(|c| c.wit.as_deref());
        self.outline.definition(port, wit).cloned().or_else(|| component.map(|c| first_line(source(c))))
    }

    fn row_place(&self) -> Option<Place> {
        match self.selected_row()? {
            Row::Component(index) => self.app.project.components.get(index).map(source).map(first_line),
            Row::Composition(index) => self.app.project.compositions.get(index).cloned().map(first_line),
            Row::InterfacePackage(index) => {
                let folder = &self.app.project.interface_packages.get(index)?.folder;
                let first = self.outline.interface_packages.get(folder).and_then(|files| files.all().first());
                Some(first_line(first.unwrap_or(folder).clone()))
            }
            row @ (Row::ComponentFile(..) | Row::InterfacePackageFile(..) | Row::Settings | Row::Workspace) => {
                self.file_of(row).cloned().map(first_line)
            }
            Row::PassedOver => None,
            Row::PassedOverOne(index) => self.app.project.passed_over.get(index).map(|p| first_line(p.file.clone())),
        }
    }

    /// The first node that is an instance of this component.
    pub(crate) fn node_of(&self, component: &str) -> Option<&str> {
        self.app.graph.instances().find(|n| n.component.as_deref() == Some(component)).map(|n| n.name.as_str())
    }

    /// The nodes that have a colour and a glyph, in a fixed order.
    pub(crate) fn speakers(&self) -> BTreeSet<&str> {
        self.app.graph.instances().map(|n| n.name.as_str()).collect()
    }
}

fn first_line(file: PathBuf) -> Place {
    Place { file, line: 1, column: 0 }
}

/// The file a component is read from first.
fn source(component: &Component) -> PathBuf {
    match &component.build_kind {
        BuildKind::Cargo(package) if package.bin.is_some() => component.folder.join("src/main.rs"),
        BuildKind::Cargo(_) => component.folder.join("src/lib.rs"),
        BuildKind::File(file) => file.clone(),
        BuildKind::Command { .. } => component.folder.clone(),
    }
}
