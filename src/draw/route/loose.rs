//! A wire that nobody has put down yet: from cell to cell around the boxes, wherever its end is led.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::draw::geometry::{Point, Rect, index};
use crate::draw::layout::Layout;

/// Cells beside both ends that the wire may take.
const ROOM: i32 = 8;

/// Where the ends are further apart than this, nobody sees both: the wire goes straight.
const MOST: i32 = 40_000;

/// Cells looked at before the way around counts as too far: a key that leads the wire elsewhere waits for it.
const PATIENCE: usize = 3_000;

/// What a corner costs, in cells: few corners are easier to follow than a short way.
const CORNER: u32 = 4;

const DIRECTIONS: [(i32, i32); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

/// The cells from `from` to `to`, both included, in order and beside one another.
pub(crate) fn loose(layout: &Layout, from: Point, to: Point) -> Vec<Point> {
    let area = span(from, to);
    if area.width.saturating_mul(area.height) > MOST {
        return straight(from, to);
    }
    around(layout, &area, from, to).unwrap_or_else(|| straight(from, to))
}

fn span(a: Point, b: Point) -> Rect {
    let (x, y) = (a.x.min(b.x) - ROOM, a.y.min(b.y) - ROOM);
    Rect::new(x, y, a.x.max(b.x) + ROOM + 1 - x, a.y.max(b.y) + ROOM + 1 - y)
}

/// Half the way level, then up or down, then level again.
fn straight(from: Point, to: Point) -> Vec<Point> {
    let middle = from.x.midpoint(to.x);
    let corners = [from, Point::new(middle, from.y), Point::new(middle, to.y), to];
    let mut cells = vec![from];
    for corner in corners {
        while let Some(last) = cells.last().copied().filter(|last| *last != corner) {
            let (dx, dy) = ((corner.x - last.x).signum(), (corner.y - last.y).signum());
            cells.push(Point::new(last.x + dx, last.y + dy));
        }
    }
    cells
}

/// The way with the least cells and corners that goes through no box.
fn around(layout: &Layout, area: &Rect, from: Point, to: Point) -> Option<Vec<Point>> {
    let cell = |p: Point| index(p.y - area.y) * index(area.width) + index(p.x - area.x);
    let mut taken = vec![false; index(area.width) * index(area.height)];
    for b in layout.boxes.iter().filter(|b| b.rect.intersects(area)) {
        for y in b.rect.y.max(area.y)..b.rect.bottom().min(area.bottom()) {
            for x in b.rect.x.max(area.x)..b.rect.right().min(area.right()) {
                taken[cell(Point::new(x, y))] = true;
            }
        }
    }
    // Both ends are on boxes' edges.
    taken[cell(from)] = false;
    taken[cell(to)] = false;
    let far = |p: Point| p.x.abs_diff(to.x) + p.y.abs_diff(to.y);
    let state = |p: Point, way: usize| cell(p) * DIRECTIONS.len() + way;
    let mut best = vec![u32::MAX; taken.len() * DIRECTIONS.len()];
    let mut before = vec![u8::MAX; best.len()];
    let mut open = BinaryHeap::new();
    for way in 0..DIRECTIONS.len() {
        best[state(from, way)] = 0;
        open.push((Reverse(far(from)), Reverse(0), from, way));
    }
    for _ in 0..PATIENCE {
        let Some((_, Reverse(cost), at, way)) = open.pop() else { break };
        if at == to {
            return Some(trace(area, &before, from, (at, way)));
        }
        if cost > best[state(at, way)] {
            continue;
        }
        for (turned, (dx, dy)) in DIRECTIONS.into_iter().enumerate() {
            let next = Point::new(at.x + dx, at.y + dy);
            if (turned + 2) % 4 == way || !area.contains(next) || taken[cell(next)] {
                continue;
            }
            let cost = cost + 1 + if turned == way || at == from { 0 } else { CORNER };
            let there = state(next, turned);
            if cost < best[there] {
                best[there] = cost;
                before[there] = u8::try_from(way).unwrap_or(0);
                open.push((Reverse(cost + far(next)), Reverse(cost), next, turned));
            }
        }
    }
    None
}

fn trace(area: &Rect, before: &[u8], from: Point, end: (Point, usize)) -> Vec<Point> {
    let (mut at, mut way) = end;
    let mut cells = vec![at];
    while at != from {
        let cell = index(at.y - area.y) * index(area.width) + index(at.x - area.x);
        let came = before.get(cell * DIRECTIONS.len() + way).copied().unwrap_or(0);
        let (dx, dy) = DIRECTIONS[way];
        at = Point::new(at.x - dx, at.y - dy);
        way = usize::from(came) % DIRECTIONS.len();
        cells.push(at);
    }
    cells.reverse();
    cells
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::draw::layout;
    use crate::draw::layout::Options;
    use crate::draw::route::loose::*;
    use crate::model::graph::{Graph, Node, NodeKind};

    fn boxes(names: &[&str]) -> Layout {
        let node = |name: &&str| Node {
            name: (*name).into(),
            kind: NodeKind::Component,
            component: None,
            package: None,
            source: None,
            imports: Vec::new(),
            exports: Vec::new(),
        };
        let graph = Graph { nodes: names.iter().map(node).collect(), ..Graph::default() };
        layout::layout(&graph, &Options::default(), None, &BTreeMap::new())
    }

    #[test]
    fn it_goes_around_boxes_from_cell_to_cell() {
        let layout = boxes(&["a", "b", "c"]);
        let middle = layout.node("b").unwrap().rect;
        let (from, to) = (Point::new(middle.x - 3, middle.y + 1), Point::new(middle.right() + 2, middle.y + 1));
        let cells = loose(&layout, from, to);
        assert_eq!((cells.first(), cells.last()), (Some(&from), Some(&to)));
        for pair in cells.windows(2) {
            assert_eq!(pair[0].x.abs_diff(pair[1].x) + pair[0].y.abs_diff(pair[1].y), 1, "{pair:?}");
        }
        assert!(cells.iter().all(|p| layout.boxes.iter().all(|b| !b.rect.contains(*p))), "{cells:?}");
    }

    #[test]
    fn far_ends_and_walled_ones_are_joined_nevertheless() {
        let layout = boxes(&["a"]);
        let inside = layout.node("a").unwrap().rect;
        let walled = loose(&layout, Point::new(inside.x + 2, inside.y + 1), Point::new(50, 9));
        assert_eq!(walled.last(), Some(&Point::new(50, 9)));
        let far = loose(&layout, Point::new(0, 0), Point::new(5_000, 3_000));
        assert_eq!((far.len(), far.last()), (8_001, Some(&Point::new(5_000, 3_000))));
        assert_eq!(loose(&layout, Point::new(3, 9), Point::new(3, 9)), [Point::new(3, 9)]);
    }
}
