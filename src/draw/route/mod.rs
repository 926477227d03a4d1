//! The wires as orthogonal lines, through the channels and lanes that the layout keeps free of boxes.
//!
//! [`Routes`] holds them twice: as a path a wire, for what is said or shown of one wire, and as the lines of all nets,
//! each stretch once however many wires share it, sorted so that drawing looks only at what lies in view.

pub(crate) mod channel;
pub(crate) mod loose;

pub(crate) use loose::loose;

use std::collections::BTreeSet;

use crate::draw::geometry::{Point, Rect};
use crate::draw::layout::{Drawn, Layout, Net, Side};
use channel::Trunk;

/// Cells of a stub.
const STUB: i32 = 2;

/// The way of one wire, from the glyph of the import to the glyph of the export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// The corners and both ends; empty for a wire that is not drawn, since one of its ends does not exist.
    pub points: Vec<Point>,
    /// Ends at the host: drawn dashed.
    pub(crate) dashed: bool,
    /// Ends in the open beside its import, since the host is folded.
    pub stub: bool,
}

/// A straight stretch of a net: a row from one `x` to another, or a column of cells from one `y` to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    /// The row, or the column.
    pub at: i32,
    /// Both ends included, `from < to`.
    pub from: i32,
    pub to: i32,
    /// The net, and the wire of it that speaks for the stretch; `None` for a stub.
    pub(crate) owner: Option<(usize, usize)>,
    pub(crate) dashed: bool,
}

/// All wires of a layout, in its coordinates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    /// One a wire of the graph, in its order.
    pub paths: Vec<Path>,
    /// Around all wires and stubs.
    pub bounds: Rect,
    /// Sorted by row, then from left to right.
    pub(crate) rows: Vec<Line>,
    /// Sorted by column, then from top to bottom.
    pub(crate) columns: Vec<Line>,
    /// The net each wire of the graph belongs to.
    pub(crate) nets: Vec<Option<usize>>,
    /// The cells where wires of one port meet from all four sides; any other such cell is a crossing. Sorted.
    pub(crate) joins: Vec<Point>,
}

impl Routes {
    /// Cells where wires of different ports cross.
    pub(crate) fn crossings(&self) -> usize {
        let net = |line: &Line| line.owner.map(|(net, _)| net);
        let mut cells = BTreeSet::new();
        for column in &self.columns {
            let first = self.rows.partition_point(|row| row.at < column.from);
            for row in self.rows[first..].iter().take_while(|row| row.at <= column.to) {
                let other = row.owner.is_some() && net(row) != net(column);
                if other && (row.from..=row.to).contains(&column.at) {
                    cells.insert(Point::new(column.at, row.at));
                }
            }
        }
        // Wires of one row meet; they do not cross.
        cells.into_iter().filter(|cell| self.joins.binary_search(cell).is_err()).count()
    }

    /// Corners of all wires.
    pub(crate) fn bends(&self) -> usize {
        self.paths.iter().map(|path| path.points.len().saturating_sub(2)).sum()
    }
}

/// Leads the wires of a laid-out graph along what the layout has kept free for them.
pub fn route(layout: &Layout) -> Routes {
    let mut routes = Routes::default();
    for (n, net) in layout.nets.iter().enumerate() {
        trace_net(&mut routes, layout, n, net);
    }
    for stub in &layout.stubs {
        let Some(port) = layout.port(*stub) else { continue };
        let (from, to) = if stub.side == Side::Import { (port.x, port.x + STUB) } else { (port.x - STUB, port.x) };
        routes.rows.push(Line { at: port.y, from, to, owner: None, dashed: true });
    }
    routes.paths = layout.drawn.iter().map(|drawn| path(layout, *drawn)).collect();
    let net = |drawn: &Drawn| match drawn {
        Drawn::Net { net, .. } => Some(*net),
        Drawn::Stub(_) | Drawn::Nowhere => None,
    };
    routes.nets = layout.drawn.iter().map(net).collect();
    routes.rows.sort_unstable();
    routes.columns.sort_unstable();
    routes.joins = joins(layout);
    let rows = routes.rows.iter().map(|l| Rect::new(l.from, l.at, l.to - l.from + 1, 1));
    let columns = routes.columns.iter().map(|l| Rect::new(l.at, l.from, 1, l.to - l.from + 1));
    // A wire that is shown by itself may reach where no line of a net does: the end of a folded row's stub.
    let points = routes.paths.iter().flat_map(|path| &path.points).map(|p| Rect::new(p.x, p.y, 1, 1));
    routes.bounds = rows.chain(columns).chain(points).fold(Rect::default(), |all, line| all.union(&line));
    routes
}

impl Routes {
    /// The wires that end at the same port as this one, itself included: those that share its trunk.
    pub fn together(&self, wire: usize) -> impl Iterator<Item = usize> {
        let net = self.nets.get(wire).copied().flatten();
        self.nets.iter().enumerate().filter(move |(i, n)| *i == wire || (net.is_some() && **n == net)).map(|(i, _)| i)
    }
}

/// Lays down every stretch of a net once.
fn trace_net(routes: &mut Routes, layout: &Layout, n: usize, net: &Net) {
    let owner = net.wires.first().map(|wire| (n, *wire));
    let mut row = |y: i32, a: i32, b: i32, owner: Option<(usize, usize)>| {
        if a != b {
            routes.rows.push(Line { at: y, from: a.min(b), to: a.max(b), owner, dashed: net.dashed });
        }
    };
    let bend = |channel: usize| Bend::of(layout, channel, n);
    let (mut first, mut last) = (usize::MAX, 0);
    for (pin, wire) in net.from.iter().zip(&net.wires) {
        let (port, channel) = (layout.pin(*pin, Side::Import), layout.boxes[pin.node].column + 1);
        row(port.y, port.x, bend(channel).left_x, Some((n, *wire)));
        (first, last) = (first.min(channel), last.max(channel));
    }
    let (port, end) = (layout.pin(net.to, Side::Export), layout.boxes[net.to.node].column);
    row(port.y, bend(end).right_x, port.x, owner);
    for lane in &net.lanes {
        row(lane.y, bend(lane.column).right_x, bend(lane.column + 1).left_x, owner);
    }
    for channel in first.min(end)..=last.max(end) {
        let Some(trunk) = trunk(layout, channel, n) else { continue };
        let mut column = |x: i32, rows: &[i32]| {
            let ends = || rows.iter().copied().chain(trunk.jog);
            let (from, to) = (ends().min().unwrap_or(0), ends().max().unwrap_or(0));
            if from != to {
                routes.columns.push(Line { at: x, from, to, owner, dashed: net.dashed });
            }
        };
        if let Some(jog) = trunk.jog {
            column(trunk.left_x, &trunk.left);
            column(trunk.right_x, &trunk.right);
            let (from, to) = (trunk.left_x.min(trunk.right_x), trunk.left_x.max(trunk.right_x));
            routes.rows.push(Line { at: jog, from, to, owner, dashed: net.dashed });
        } else {
            column(trunk.left_x, &[trunk.left.as_slice(), &trunk.right].concat());
        }
    }
}

fn trunk(layout: &Layout, channel: usize, net: usize) -> Option<&Trunk> {
    // They are in the order of their nets.
    let trunks = &layout.channels.get(channel)?.trunks;
    trunks.binary_search_by_key(&net, |t| t.net).ok().map(|t| &trunks[t])
}

/// Where a net goes up and down in a channel.
#[derive(Clone, Copy, Default)]
struct Bend {
    left_x: i32,
    right_x: i32,
    jog: Option<i32>,
}

impl Bend {
    fn of(layout: &Layout, channel: usize, net: usize) -> Self {
        trunk(layout, channel, net)
            .map(|t| Self { left_x: t.left_x, right_x: t.right_x, jog: t.jog })
            .unwrap_or_default()
    }
}

/// Follows one wire through its net.
fn path(layout: &Layout, drawn: Drawn) -> Path {
    let (n, from) = match drawn {
        Drawn::Nowhere => return Path::default(),
        Drawn::Stub(pin) => {
            let port = layout.pin(pin, Side::Import);
            return Path { points: vec![port, Point::new(port.x + STUB, port.y)], dashed: true, stub: true };
        }
        Drawn::Net { net, from } => (net, from),
    };
    let net = &layout.nets[n];
    let (start, end) = (layout.boxes[from.node].column, layout.boxes[net.to.node].column);
    let (import, export) = (layout.pin(from, Side::Import), layout.pin(net.to, Side::Export));
    let lane = |column: usize| net.lane(column).unwrap_or(export.y);
    let mut points = vec![import];
    let mut y = import.y;
    if start < end {
        for channel in start + 1..=end {
            let c = Bend::of(layout, channel, n);
            let out = if channel == end { export.y } else { lane(channel) };
            points.push(Point::new(c.left_x, y));
            if let Some(jog) = c.jog {
                points.extend([Point::new(c.left_x, jog), Point::new(c.right_x, jog)]);
            }
            points.push(Point::new(c.right_x, out));
            y = out;
        }
    } else {
        let first = Bend::of(layout, start + 1, n);
        points.extend([Point::new(first.left_x, y), Point::new(first.left_x, lane(start))]);
        y = lane(start);
        for channel in (end..=start).rev() {
            let c = Bend::of(layout, channel, n);
            let out = if channel == end { export.y } else { lane(channel - 1) };
            points.push(Point::new(c.right_x, y));
            if channel > end {
                if let Some(jog) = c.jog {
                    points.extend([Point::new(c.right_x, jog), Point::new(c.left_x, jog)]);
                }
                points.push(Point::new(c.left_x, out));
            } else {
                points.push(Point::new(c.right_x, out));
            }
            y = out;
        }
    }
    points.push(export);
    Path { points: straighten(points), dashed: net.dashed, stub: false }
}

/// Drops the points that are no corner.
fn straighten(points: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for p in points {
        if kept.last() == Some(&p) {
            continue;
        }
        if let [.., a, b] = kept[..] {
            let level = a.y == b.y && b.y == p.y && (a.x < b.x) == (b.x < p.x);
            let upright = a.x == b.x && b.x == p.x && (a.y < b.y) == (b.y < p.y);
            if level || upright {
                kept.pop();
            }
        }
        kept.push(p);
    }
    kept
}

/// The cells of trunks where the same net, or another wire of the same import, also runs through from left to right.
fn joins(layout: &Layout) -> Vec<Point> {
    let mut joins = Vec::new();
    for channel in &layout.channels {
        for trunk in channel.trunks.iter().filter(|t| !t.is_straight()) {
            joins.extend(trunk.left.iter().chain(&trunk.jog).map(|row| Point::new(trunk.left_x, *row)));
            joins.extend(trunk.right.iter().chain(&trunk.jog).map(|row| Point::new(trunk.right_x, *row)));
        }
    }
    joins.sort_unstable();
    joins.dedup();
    joins
}
