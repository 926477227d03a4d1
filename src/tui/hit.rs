//! What is where on the screen, written while drawing, so that mouse and picture cannot disagree.

use std::time::Instant;

use ratatui::layout::Rect;

use crate::app::gate::Drawn;
use crate::draw::canvas::Minimap;
use crate::draw::layout::PortRef;
use crate::tui::command::Command;
use crate::tui::overlay::OwnerKind;
use crate::tui::splits::Edge;
use crate::tui::view::{Pane, Tab};

/// What a click at a place means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Pane(Pane),
    Tab(Tab),
    ProjectRow(usize),
    /// A line of the log, by its number.
    LogLine(u64),
    /// The n-th problem.
    Problem(usize),
    /// The n-th request, the newest first.
    Request(usize),
    /// The n-th node of the picture of the graph.
    Node(usize),
    Port(PortRef),
    /// The n-th wire of the picture.
    Wire(usize),
    /// The graph's small map.
    Map,
    /// The n-th line (from 0) of the source file that shows.
    SourceLine(usize),
    /// The n-th open file.
    SourceFile(usize),
    /// Between two panes: it can be dragged.
    Edge(Edge),
    HelpRow(usize),
    /// The n-th of what a picker found.
    PickerRow(usize),
    /// The n-th wire of a plan.
    PlanRow(usize),
    /// The n-th fix of an explanation.
    Fix(usize),
    /// The n-th row of a node's grants.
    GrantRow(usize),
    Command(Command),
    /// Beside an overlay: backs out of it.
    Outside,
    /// On an overlay, where nothing is to click.
    Inside,
}

/// The places of one frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HitMap {
    /// What was drawn later lies above.
    places: Vec<(Rect, Target)>,
    /// The inside of every pane that shows.
    bodies: Vec<(Pane, Rect)>,
    /// The first row shown of the project pane, the problems and the help: the next frame scrolls from there.
    pub(crate) offsets: Offsets,
    pub(crate) log: LogSight,
    /// Where the text of lines stands, of the log and of the source.
    log_texts: Vec<TextRow>,
    source_texts: Vec<TextRow>,
    help: Rect,
    /// All of the frame.
    screen: Rect,
    /// The room for panes.
    panes: Rect,
    /// Where the graph's small map stands, and how it is scaled.
    map: Option<(Rect, Minimap)>,
    /// Rows of the inspector that do not fit.
    inspector_rest: usize,
    /// Rows of the selected problem that do not fit.
    problem_rest: usize,
    /// Rows of an explanation that do not fit.
    explain_rest: usize,
    /// Who has the keys, as the frame showed it; `None` where the terminal is too small to show anything.
    owner: Option<OwnerKind>,
    /// What the frame showed of the question of trust.
    question: Option<Drawn>,
    /// The frame held nothing but the sentence that the terminal is too small.
    too_small: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Offsets {
    pub project: usize,
    pub(crate) problems: usize,
    pub(crate) requests: usize,
    pub source: usize,
    pub(crate) help: usize,
    pub(crate) picker: usize,
}

/// What the last frame showed of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LogSight {
    pub(crate) area: Rect,
    pub(crate) height: u16,
    /// Lines in sight.
    pub lines: usize,
    /// Lines in sight when it follows, where they are wrapped.
    pub(crate) newest_rows: usize,
}

/// Where the text of a line stands on a row of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TextRow {
    pub(crate) row: u16,
    /// The line's number.
    pub line: u64,
    /// The first cell of its text, and which column of the line that is.
    pub(crate) x: u16,
    pub column: usize,
}

impl TextRow {
    fn at(self, column: u16) -> (u64, usize) {
        (self.line, self.column + usize::from(column.saturating_sub(self.x)))
    }
}

impl HitMap {
    pub(crate) fn set_screen(&mut self, area: Rect) {
        self.screen = area;
    }

    /// All of the frame; empty before the first one.
    pub fn screen(&self) -> Rect {
        self.screen
    }

    pub(crate) fn add(&mut self, area: Rect, target: Target) {
        if !area.is_empty() {
            self.places.push((area, target));
        }
    }

    pub(crate) fn add_body(&mut self, pane: Pane, area: Rect) {
        self.bodies.push((pane, area));
    }

    pub(crate) fn set_help(&mut self, rows: Rect) {
        self.help = rows;
    }

    pub(crate) fn set_panes(&mut self, area: Rect) {
        self.panes = area;
    }

    /// The room for panes.
    pub(crate) fn panes(&self) -> Rect {
        self.panes
    }

    pub(crate) fn edge(&self, edge: Edge) -> Option<Rect> {
        self.places.iter().find(|(_, target)| *target == Target::Edge(edge)).map(|(area, _)| *area)
    }

    /// Moves an edge as the next frame will: two keys may come between two frames.
    pub(crate) fn push_edge(&mut self, edge: Edge, right: i32, down: i32) {
        let moved = |at: u16, by: i32| u16::try_from(i32::from(at) + by).unwrap_or(at);
        for (area, _) in self.places.iter_mut().filter(|(_, target)| *target == Target::Edge(edge)) {
            *area = Rect { x: moved(area.x, right), y: moved(area.y, down), ..*area };
        }
    }

    /// What was drawn on top is what has the keys.
    pub(crate) fn set_owner(&mut self, owner: OwnerKind) {
        self.owner = Some(owner);
    }

    #[cfg(test)]
    pub(crate) fn owner(&self) -> Option<OwnerKind> {
        self.owner
    }

    pub(crate) fn set_map(&mut self, area: Rect, map: Minimap) {
        self.map = Some((area, map));
    }

    pub fn map(&self) -> Option<(Rect, Minimap)> {
        self.map
    }

    pub(crate) fn set_problem_rest(&mut self, rows: usize) {
        self.problem_rest = rows;
    }

    pub(crate) fn problem_rest(&self) -> usize {
        self.problem_rest
    }

    pub(crate) fn set_inspector_rest(&mut self, rows: usize) {
        self.inspector_rest = rows;
    }

    pub(crate) fn set_explain_rest(&mut self, rows: usize) {
        self.explain_rest = rows;
    }

    pub(crate) fn explain_rest(&self) -> usize {
        self.explain_rest
    }

    pub(crate) fn set_question(&mut self, drawn: Drawn) {
        self.question = Some(drawn);
    }

    pub(crate) fn question(&self) -> Option<Drawn> {
        self.question
    }

    /// Whoever sees the screen may not see the question any more.
    pub(crate) fn forget_question(&mut self) {
        self.question = None;
    }

    /// What was typed before `now` was typed before the question was seen.
    pub(crate) fn question_seen(&mut self, now: Instant) {
        if let Some(drawn) = &mut self.question {
            drawn.at = now;
        }
    }

    pub(crate) fn set_too_small(&mut self) {
        self.too_small = true;
    }

    pub(crate) fn is_too_small(&self) -> bool {
        self.too_small
    }

    pub fn at(&self, column: u16, row: u16) -> Option<Target> {
        let inside = |area: &Rect| area.contains((column, row).into());
        self.places.iter().rev().find(|(area, _)| inside(area)).map(|(_, target)| *target)
    }

    /// The pane whose frame or inside is at this place.
    pub(crate) fn pane_at(&self, column: u16, row: u16) -> Option<Pane> {
        self.places.iter().find_map(|(area, target)| match target {
            Target::Pane(pane) if area.contains((column, row).into()) => Some(*pane),
            _ => None,
        })
    }

    /// The inside of a pane; empty where it does not show.
    pub(crate) fn body(&self, pane: Pane) -> Rect {
        self.bodies.iter().find(|(p, _)| *p == pane).map_or(Rect::ZERO, |(_, area)| *area)
    }

    #[cfg(test)]
    pub(crate) fn shows(&self, pane: Pane) -> bool {
        self.bodies.iter().any(|(p, _)| *p == pane)
    }

    pub(crate) fn help_height(&self) -> u16 {
        self.help.height
    }

    pub(crate) fn inspector_rest(&self) -> usize {
        self.inspector_rest
    }

    /// The line of the log on a row of the screen.
    pub(crate) fn log_line(&self, row: u16) -> Option<u64> {
        self.places.iter().rev().find_map(|(area, target)| match target {
            Target::LogLine(number) if (area.y..area.bottom()).contains(&row) => Some(*number),
            _ => None,
        })
    }

    pub(crate) fn add_log_text(&mut self, row: TextRow) {
        self.log_texts.push(row);
    }

    pub(crate) fn add_source_text(&mut self, row: TextRow) {
        self.source_texts.push(row);
    }

    /// The line and column of the log's text at a place; nothing left of the text.
    pub(crate) fn log_text(&self, column: u16, row: u16) -> Option<(u64, usize)> {
        self.log_texts.iter().find(|t| t.row == row && t.x <= column).map(|t| t.at(column))
    }

    /// The same, where what is left of a text stands for its beginning.
    pub(crate) fn log_text_near(&self, column: u16, row: u16) -> Option<(u64, usize)> {
        self.log_texts.iter().find(|t| t.row == row).map(|t| t.at(column))
    }

    /// The line and column of the source's text at a place; nothing left of the text.
    pub(crate) fn source_text(&self, column: u16, row: u16) -> Option<(u64, usize)> {
        self.source_texts.iter().find(|t| t.row == row && t.x <= column).map(|t| t.at(column))
    }

    /// The same, where what is left of a text stands for its beginning, and what is below the last line for its end.
    pub(crate) fn source_text_near(&self, column: u16, row: u16) -> Option<(u64, usize)> {
        let row_of = self.source_texts.iter().find(|t| t.row == row).map(|t| t.at(column));
        row_of.or_else(|| self.source_texts.iter().rfind(|t| t.row < row).map(|t| (t.line, usize::MAX)))
    }

    /// Everything that can be clicked, for tests.
    #[cfg(test)]
    pub(crate) fn places(&self) -> &[(Rect, Target)] {
        &self.places
    }
}
