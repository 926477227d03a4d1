//! Which pane stands where, for every size of terminal.

use ratatui::layout::Rect;

pub(crate) use crate::tui::screen::needs::Needs;
use crate::tui::splits::Edge;
use crate::tui::view::{Pane, Upper, View};

/// Below this nothing useful fits.
pub(crate) const SMALLEST: (u16, u16) = (60, 15);

/// From this size on the inspector has a place of its own; below it the graph needs the columns more.
const WIDE: (u16, u16) = (140, 24);
/// From so many columns on, graph and source stand side by side.
const TWO_ABREAST: u16 = 160;
/// Below this the panes are tabs of one place.
const NARROW: (u16, u16) = (80, 20);

/// A place for a pane, which it may share with others as tabs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) area: Rect,
    /// The one that shows.
    pub(crate) pane: Pane,
    /// All that can show here, itself included.
    pub(crate) shared: Vec<Pane>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub status: Rect,
    /// The room of all slots.
    pub(crate) panes: Rect,
    pub(crate) slots: Vec<Slot>,
    /// The cells of the edges that can be moved.
    pub(crate) edges: Vec<(Edge, Rect)>,
    pub(crate) footer: Rect,
}

/// No pane is made smaller.
const LEAST: (u16, u16) = (16, 7);
/// The project is not made wider by itself.
const PROJECT: u16 = 36;
/// The inspector is not made narrower by itself, nor wider.
const INSPECTOR: (u16, u16) = (30, 46);

/// `None` where the terminal is too small.
pub(crate) fn layout(area: Rect, view: &View, needs: &Needs) -> Option<Layout> {
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return None;
    }
    let status = Rect { height: 1, ..area };
    let footer = Rect { y: area.bottom() - 1, height: 1, ..area };
    let panes = Rect { y: area.y + 1, height: area.height - 2, ..area };
    let slots = if view.zoom {
        vec![Slot { area: panes, pane: view.focus, shared: vec![view.focus] }]
    } else if area.width < NARROW.0 || area.height < NARROW.1 {
        let there = Pane::ALL.into_iter().filter(|p| *p != Pane::Source || view.source.is_open());
        vec![Slot { area: panes, pane: view.focus, shared: there.collect() }]
    } else if area.width < WIDE.0 || area.height < WIDE.1 {
        stacked(panes, view, needs)
    } else {
        wide(panes, view, needs)
    };
    Some(Layout { status, panes, edges: edges(&slots), slots, footer })
}

/// Where two panes meet: the two columns of their borders, or the row above the titles of the lower one.
fn edges(slots: &[Slot]) -> Vec<(Edge, Rect)> {
    let mut edges = Vec::new();
    let right_of = |area: Rect| Rect { x: area.right() - 1, width: 2, y: area.y + 1, height: area.height - 1 };
    let last = slots.len().saturating_sub(1);
    for (index, slot) in slots.iter().enumerate() {
        let area = slot.area;
        match slot.pane {
            Pane::Project if index < last => edges.push((Edge::Project, right_of(area))),
            Pane::Graph if slots.get(index + 1).is_some_and(|s| s.pane == Pane::Source) => {
                edges.push((Edge::Source, right_of(area)));
            }
            Pane::Output if index > 0 => {
                edges.push((Edge::Output, Rect { y: area.y - 1, height: 1, ..area }));
            }
            Pane::Inspector if index > 0 && slot.shared.len() == 1 => {
                edges.push((Edge::Inspector, Rect { x: area.x - 1, width: 2, y: area.y + 1, height: area.height - 1 }));
            }
            _ => {}
        }
    }
    edges
}

/// Project and graph (or inspector) above, output below.
fn stacked(body: Rect, view: &View, needs: &Needs) -> Vec<Slot> {
    let columns = (LEAST.0, body.width - LEAST.0);
    let by_itself = beside_graph(body.width, needs, body.width / 3);
    let left = view.splits.cells(Edge::Project, by_itself, body.width, columns);
    let upper = upper_rows(body, view, needs, body.width - left, body.height * 2 / 5 + 1);
    let pane = upper_pane(view);
    let shared = if view.source.is_open() {
        vec![Pane::Graph, Pane::Source, Pane::Inspector]
    } else {
        vec![Pane::Graph, Pane::Inspector]
    };
    vec![
        alone(Pane::Project, Rect { width: left, height: upper, ..body }),
        Slot { area: Rect { x: body.x + left, width: body.width - left, height: upper, ..body }, pane, shared },
        alone(Pane::Output, Rect { y: body.y + upper, height: body.height - upper, ..body }),
    ]
}

/// Columns of the project beside a graph in so many columns: those that the graph needs go to the graph, except what
/// names need.
fn beside_graph(columns: u16, needs: &Needs, most: u16) -> u16 {
    let (least, best) = needs.project;
    let most = best.min(most).clamp(LEAST.0, PROJECT);
    columns.saturating_sub(needs.graph.0).clamp(least.clamp(LEAST.0, most), most)
}

/// Rows above the output. Where that has little to show, it has little room; else the graph has what it needs, within
/// bounds.
fn upper_rows(body: Rect, view: &View, needs: &Needs, columns: u16, usual: u16) -> u16 {
    let by_itself = if needs.busy {
        let most = body.height - (body.height / 4).max(LEAST.1);
        needs.graph_rows(columns).min(most).max(usual)
    } else {
        body.height - LEAST.1
    };
    view.splits.cells(Edge::Output, by_itself, body.height, (LEAST.1, body.height - LEAST.1))
}

fn upper_pane(view: &View) -> Pane {
    match view.upper {
        Upper::Source if view.source.is_open() => Pane::Source,
        Upper::Inspector => Pane::Inspector,
        Upper::Graph | Upper::Source => Pane::Graph,
    }
}

/// Project, graph and inspector side by side; output below the first two. An open file stands beside the graph where
/// there is room for both, and has more rows.
fn wide(body: Rect, view: &View, needs: &Needs) -> Vec<Slot> {
    let open = view.source.is_open();
    let abreast = open && body.width >= TWO_ABREAST;
    let splits = &view.splits;
    let least_middle = if abreast { LEAST.0 * 2 } else { LEAST.0 };
    let columns = (LEAST.0, body.width - least_middle - LEAST.0);
    let inspector = (body.width / 4).clamp(INSPECTOR.0, INSPECTOR.1);
    let left = splits.cells(Edge::Project, beside_graph(body.width - inspector, needs, PROJECT), body.width, columns);
    let columns = (left + least_middle, body.width - LEAST.0);
    // An open file takes what the graph leaves.
    let wanted = if abreast { body.width } else { left.saturating_add(needs.graph.0) };
    let by_itself = wanted.clamp(body.width - inspector, body.width - INSPECTOR.0);
    let right = body.width - splits.cells(Edge::Inspector, by_itself, body.width, columns);
    let middle = body.width - left - right;
    let upper = upper_rows(body, view, needs, middle, body.height * if open { 12 } else { 9 } / 20);
    let graph = Rect { x: body.x + left, width: middle, height: upper, ..body };
    let graphs = if abreast {
        let columns = (left + LEAST.0, left + middle - LEAST.0);
        let by_itself = needs.graph.0.clamp(middle * 9 / 20, middle * 3 / 5);
        let half = splits.cells(Edge::Source, left + by_itself, body.width, columns) - left;
        let source = Rect { x: graph.x + half, width: graph.width - half, ..graph };
        vec![alone(Pane::Graph, Rect { width: half, ..graph }), alone(Pane::Source, source)]
    } else if open {
        let pane = if view.upper == Upper::Source { Pane::Source } else { Pane::Graph };
        vec![Slot { area: graph, pane, shared: vec![Pane::Graph, Pane::Source] }]
    } else {
        vec![alone(Pane::Graph, graph)]
    };
    let mut slots = vec![alone(Pane::Project, Rect { width: left, height: upper, ..body })];
    slots.extend(graphs);
    slots.extend([
        alone(Pane::Output, Rect { y: body.y + upper, width: left + middle, height: body.height - upper, ..body }),
        alone(Pane::Inspector, Rect { x: body.right() - right, width: right, ..body }),
    ]);
    slots
}

fn alone(pane: Pane, area: Rect) -> Slot {
    Slot { area, pane, shared: vec![pane] }
}

#[cfg(test)]
mod tests {
    use crate::tui::screen::layout::*;

    #[test]
    fn at_every_size_the_panes_fill_the_body_and_do_not_overlap() {
        for (width, height) in (1..=300).flat_map(|w| (1..=80).map(move |h| (w, h))) {
            let area = Rect::new(0, 0, width, height);
            let mut view = View::default();
            if (width + height) % 2 == 1 {
                view.source.files.push(crate::tui::pane::source::SourceFile::default());
            }
            // Edges anywhere, also where no pane would be left.
            let place = |n: u16| (width % 3 != n % 3).then_some((width * 7 + height * (11 + n)) % 1001);
            for (n, edge) in [Edge::Project, Edge::Source, Edge::Inspector, Edge::Output].into_iter().enumerate() {
                view.splits.set(edge, place(u16::try_from(n).unwrap()));
            }
            let needs =
                Needs { project: (width % 40, width % 40 + 9), graph: (height * 3, width % 50), busy: height % 2 == 0 };
            let Some(layout) = layout(area, &view, &needs) else {
                assert!(width < SMALLEST.0 || height < SMALLEST.1);
                continue;
            };
            let cells: u32 = layout.slots.iter().map(|s| s.area.area()).sum();
            assert_eq!(cells, u32::from(width) * u32::from(height - 2), "{width}×{height}");
            for (index, slot) in layout.slots.iter().enumerate() {
                assert!(slot.area.width >= 16 && slot.area.height >= 7, "{width}×{height}: {slot:?}");
                assert!(area.union(slot.area) == area);
                let others = layout.slots.iter().skip(index + 1);
                assert!(others.clone().all(|o| !o.area.intersects(slot.area)), "{width}×{height}");
            }
        }
    }
}
