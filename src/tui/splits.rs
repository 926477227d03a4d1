//! The edges between panes: where the user moved them, by drag or by key.

use ratatui::layout::Rect;

use crate::tui::hit::HitMap;
use crate::tui::state::State;
use crate::tui::view::Pane;

/// An edge between two panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edge {
    /// Right of the project.
    Project,
    /// Between the graph and a file beside it.
    Source,
    /// Left of the inspector, where that has a place of its own.
    Inspector,
    /// Above the output.
    Output,
}

/// Where the edges stand, in thousandths of the room for panes, from the left or from the top; `None` is where they
/// stand by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Splits {
    pub project: Option<u16>,
    pub source: Option<u16>,
    pub(crate) inspector: Option<u16>,
    pub(crate) output: Option<u16>,
}

impl Splits {
    pub(crate) fn get(&self, edge: Edge) -> Option<u16> {
        match edge {
            Edge::Project => self.project,
            Edge::Source => self.source,
            Edge::Inspector => self.inspector,
            Edge::Output => self.output,
        }
    }

    pub(crate) fn set(&mut self, edge: Edge, place: Option<u16>) {
        let edge = match edge {
            Edge::Project => &mut self.project,
            Edge::Source => &mut self.source,
            Edge::Inspector => &mut self.inspector,
            Edge::Output => &mut self.output,
        };
        *edge = place.map(|place| place.min(1000));
    }

    /// The column or row of an edge, counted from the start of `room` cells and kept within `least..=most`.
    pub(crate) fn cells(&self, edge: Edge, by_itself: u16, room: u16, (least, most): (u16, u16)) -> u16 {
        let wanted = self.get(edge).map_or(by_itself, |place| {
            u16::try_from((u32::from(place) * u32::from(room) + 500) / 1000).unwrap_or(by_itself)
        });
        wanted.min(most).max(least)
    }
}

/// Puts an edge where the pointer is.
pub(crate) fn drag(state: &mut State, edge: Edge, column: u16, row: u16) {
    let body = state.view.hits.panes();
    let place = if edge == Edge::Output {
        thousandths(row.saturating_sub(body.y).saturating_add(1), body.height)
    } else {
        thousandths(column.saturating_sub(body.x), body.width)
    };
    state.view.splits.set(edge, place);
}

/// Moves an edge of the focused pane by a few cells; `false` where it has none in that direction.
pub(crate) fn push(state: &mut State, sideways: bool, by: i32) -> bool {
    let hits = &state.view.hits;
    let edges: &[Edge] = match state.view.focus {
        _ if !sideways => &[Edge::Output],
        Pane::Project => &[Edge::Project],
        Pane::Graph => &[Edge::Source, Edge::Inspector, Edge::Project],
        Pane::Source => &[Edge::Source, Edge::Inspector, Edge::Project],
        Pane::Inspector | Pane::Output => &[Edge::Inspector, Edge::Project],
    };
    let Some((edge, at)) = edges.iter().find_map(|edge| Some((*edge, place(hits, *edge)?))) else { return false };
    let body = hits.panes();
    let (start, room) = if sideways { (body.x, body.width) } else { (body.y, body.height) };
    let cell = i32::from(at) - i32::from(start) + by;
    state.view.splits.set(edge, thousandths(u16::try_from(cell).unwrap_or(0), room));
    let (right, down) = if sideways { (by, 0) } else { (0, by) };
    state.view.hits.push_edge(edge, right, down);
    true
}

/// The first column right of an edge, or the first row below it.
fn place(hits: &HitMap, edge: Edge) -> Option<u16> {
    let area: Rect = hits.edge(edge)?;
    Some(if edge == Edge::Output { area.bottom() } else { area.right().saturating_sub(1) })
}

fn thousandths(cells: u16, room: u16) -> Option<u16> {
    u16::try_from((u32::from(cells) * 1000 + u32::from(room) / 2) / u32::from(room.max(1))).ok()
}

#[cfg(test)]
mod tests {
    use crate::tui::splits::*;

    #[test]
    fn an_edge_stays_at_the_cell_it_was_put_at() {
        for room in [60_u16, 80, 141, 300] {
            for cell in 0..room {
                let splits = Splits { project: thousandths(cell, room), ..Splits::default() };
                assert_eq!(splits.cells(Edge::Project, 7, room, (0, room)), cell, "{room}");
            }
        }
        assert_eq!(
            Splits::default().cells(Edge::Output, 7, 20, (9, 12)),
            9,
            "and where a pane would vanish, short of it"
        );
    }
}
