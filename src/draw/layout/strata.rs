//! The columns as stacks of things to be ordered and placed: boxes, and the lanes of long wires between them.

use crate::model::graph::NodeKind;

use crate::draw::layout::measure::row_offset;
use crate::draw::layout::nets::{Net, Pin};
use crate::draw::layout::order::PART;
use crate::draw::layout::{Detail, NodeBox, Options, PortRef, Side};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Thing {
    Box(usize),
    /// The lane of a net through this thing's column.
    Lane(usize),
}

/// A wire between two things of neighbouring columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) other: usize,
    /// Rows below the other thing's top.
    pub(crate) there: i32,
    /// Rows below this thing's top.
    pub(crate) here: i32,
    /// How much it matters that the wire is straight.
    pub(crate) weight: i32,
}

#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) thing: Thing,
    pub column: usize,
    /// What is of a lower band stands below: twice the band and one for boxes, twice the band for what passes between
    /// it and the band above.
    pub(crate) band: usize,
    pub height: i32,
    pub y: i32,
    pub(crate) left: Vec<Link>,
    pub right: Vec<Link>,
    /// For the lane of a wire that runs back: the thing of this very column the wire bends around.
    pub(crate) beside: Option<usize>,
}

#[derive(Debug)]
pub(crate) struct Strata {
    pub(crate) items: Vec<Item>,
    /// The items of each column, from top to bottom.
    pub columns: Vec<Vec<usize>>,
    /// Free rows between two boxes.
    margin: i32,
}

impl Strata {
    pub(crate) fn new(boxes: &[NodeBox], nets: &[Net], options: &Options, count: usize) -> Self {
        let (detail, margin) = (options.detail, options.margin());
        let mut strata = Self { items: Vec::new(), columns: vec![Vec::new(); count], margin };
        for (i, b) in boxes.iter().enumerate() {
            strata.add(Thing::Box(i), b.column, 2 * b.band + 1, b.rect.height);
        }
        for (i, net) in nets.iter().enumerate() {
            let first_lane = strata.items.len();
            let band = lane_band(boxes, net);
            for lane in &net.lanes {
                strata.add(Thing::Lane(i), lane.column, band, 1);
            }
            let lane_in =
                |column: usize| net.lanes.iter().position(|l| l.column == column).map(|k| (first_lane + k, 0));
            let row = |pin: &Pin| (pin.node, row_offset(detail, pin.row));
            let end = boxes[net.to.node].column;
            for pin in &net.from {
                let column = boxes[pin.node].column;
                if column < end {
                    let next = if column + 1 == end { Some(row(&net.to)) } else { lane_in(column + 1) };
                    strata.link(Some(row(pin)), next);
                } else if let Some((lane, _)) = lane_in(column) {
                    strata.items[lane].beside = Some(pin.node);
                }
            }
            for lane in &net.lanes {
                let last = lane.column + 1 == end;
                strata.link(lane_in(lane.column), if last { Some(row(&net.to)) } else { lane_in(lane.column + 1) });
            }
            if let Some((lane, _)) = lane_in(end).filter(|_| band == 2 * boxes[net.to.node].band + 1) {
                strata.items[lane].beside = Some(net.to.node);
            }
        }
        strata
    }

    fn add(&mut self, thing: Thing, column: usize, band: usize, height: i32) {
        self.columns[column].push(self.items.len());
        self.items.push(Item { thing, column, band, height, y: 0, left: Vec::new(), right: Vec::new(), beside: None });
    }

    fn link(&mut self, left: Option<(usize, i32)>, right: Option<(usize, i32)>) {
        let (Some((left, out)), Some((right, into))) = (left, right) else { return };
        let lanes = [left, right].iter().filter(|&&i| matches!(self.items[i].thing, Thing::Lane(_))).count();
        let weight = [1, 2, 8][lanes];
        self.items[left].right.push(Link { other: right, there: into, here: out, weight });
        self.items[right].left.push(Link { other: left, there: out, here: into, weight });
    }

    /// Draws the host level with the stubs that stand for the wires to it.
    pub(crate) fn level_host(&mut self, boxes: &[NodeBox], stubs: &[PortRef], detail: Detail) {
        let hosts: Vec<usize> = (0..boxes.len()).filter(|&b| boxes[b].kind == NodeKind::Host).collect();
        for pin in stubs.iter().filter(|stub| stub.side == Side::Import) {
            for &host in &hosts {
                let link = Link {
                    other: pin.node,
                    there: row_offset(detail, pin.row),
                    here: row_offset(detail, 0),
                    weight: 1,
                };
                self.items[host].left.push(link);
            }
        }
    }

    /// Free rows between two neighbours of a column: boxes keep apart, lanes may be packed.
    pub(crate) fn gap(&self, above: usize, below: usize) -> i32 {
        let boxed = |i: usize| matches!(self.items[i].thing, Thing::Box(_));
        if boxed(above) && boxed(below) { self.margin } else { 0 }
    }

    /// Rows of the highest column, as close as its items may stand.
    pub(crate) fn height(&self) -> i32 {
        let column = |column: &Vec<usize>| -> i32 {
            let gaps: i32 = column.windows(2).map(|pair| self.gap(pair[0], pair[1])).sum();
            gaps + column.iter().map(|&item| self.items[item].height).sum::<i32>()
        };
        self.columns.iter().map(column).max().unwrap_or(0)
    }

    /// Stacks every column from row 0, as close as can be.
    pub(crate) fn stack(&mut self) {
        for c in 0..self.columns.len() {
            self.stack_column(c);
        }
    }

    pub(crate) fn stack_column(&mut self, column: usize) {
        let mut y = 0;
        let mut above = None;
        for k in 0..self.columns[column].len() {
            let item = self.columns[column][k];
            y += above.map_or(0, |a| self.gap(a, item));
            self.items[item].y = y;
            y += self.items[item].height;
            above = Some(item);
        }
    }

    /// Hands the rows back to the boxes and lanes, the topmost at row 0.
    pub(crate) fn write(&self, boxes: &mut [NodeBox], nets: &mut [Net]) {
        let top = self.items.iter().map(|i| i.y).min().unwrap_or(0);
        for item in &self.items {
            match item.thing {
                Thing::Box(b) => boxes[b].rect.y = item.y - top,
                Thing::Lane(n) => {
                    for lane in nets[n].lanes.iter_mut().filter(|l| l.column == item.column) {
                        lane.y = item.y - top;
                    }
                }
            }
        }
    }

    /// The middle of an item, in parts of a row.
    pub(crate) fn middle(&self, item: usize) -> i64 {
        PART * i64::from(self.items[item].y) + PART / 2 * i64::from(self.items[item].height)
    }
}

/// The band in which a net passes columns: its callee's own, or the gap above it for wires that come from elsewhere.
fn lane_band(boxes: &[NodeBox], net: &Net) -> usize {
    let end = boxes[net.to.node].band;
    let starts = || net.from.iter().map(|pin| boxes[pin.node].band);
    match (starts().min(), starts().max()) {
        (Some(first), _) if first < end => 2 * end,
        (_, Some(last)) if last > end => 2 * (end + 1),
        _ => 2 * end + 1,
    }
}
