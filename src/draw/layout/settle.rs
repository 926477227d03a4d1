//! The rows of a picture that was there before, or that holds pinned boxes: whatever can stay stays, and what is new
//! takes the free place nearest to where it would like to be.

use std::collections::{BTreeMap, HashMap};

use crate::draw::geometry::FAR;
use crate::model::graph::NodeKind;

use crate::draw::layout::measure::row_offset;
use crate::draw::layout::nets::{Net, Pin};
use crate::draw::layout::{Detail, Layout, NodeBox, Options, Place};

/// Rows of a column that are taken, as ranges with an exclusive end, sorted and apart.
#[derive(Clone, Debug, Default)]
struct Shelf {
    taken: Vec<(i32, i32)>,
}

impl Shelf {
    fn is_free(&self, from: i32, to: i32) -> bool {
        let next = self.taken.partition_point(|t| t.1 <= from);
        self.taken.get(next).is_none_or(|t| t.0 >= to)
    }

    fn take(&mut self, from: i32, to: i32) {
        let next = self.taken.partition_point(|t| t.0 < from);
        self.taken.insert(next, (from, to));
    }

    /// The first free place at or below `y`, `margin` rows away from all that is taken.
    fn below(&self, y: i32, height: i32, margin: i32) -> i32 {
        let mut y = y;
        for &(from, to) in &self.taken {
            if from - margin < y + height && y < to + margin {
                y = to + margin;
            }
        }
        y
    }

    /// The free place nearest to `y`; of two equally near ones the lower.
    fn nearest(&self, y: i32, height: i32, margin: i32) -> i32 {
        let around = self.taken.iter().flat_map(|t| [t.1 + margin, t.0 - margin - height]);
        let free = |y: &i32| self.is_free(y - margin, y + height + margin);
        [y].into_iter().chain(around).filter(free).min_by_key(|p| (p.abs_diff(y), *p < y)).unwrap_or(y)
    }
}

pub(crate) fn settle(
    boxes: &mut [NodeBox],
    nets: &mut [Net],
    options: &Options,
    count: usize,
    previous: Option<&Layout>,
    pinned: &BTreeMap<String, Place>,
) {
    let mut shelves = vec![Shelf::default(); count];
    settle_boxes(boxes, nets, options, &mut shelves, previous, pinned);
    settle_lanes(boxes, nets, options.detail, &mut shelves, previous);
}

fn settle_boxes(
    boxes: &mut [NodeBox],
    nets: &[Net],
    options: &Options,
    shelves: &mut [Shelf],
    previous: Option<&Layout>,
    pinned: &BTreeMap<String, Place>,
) {
    let (detail, margin) = (options.detail, options.margin());
    let (mut pins, mut kept, mut new) = (Vec::new(), Vec::new(), Vec::new());
    let old: HashMap<&str, &NodeBox> =
        previous.iter().flat_map(|p| p.boxes.iter().map(|b| (b.name.as_str(), b))).collect();
    for (i, b) in boxes.iter_mut().enumerate() {
        let pin = pinned.get(&b.name).filter(|_| b.kind == NodeKind::Component);
        let stood = old
            .get(b.name.as_str())
            .filter(|o| (o.column, o.band) == (b.column, b.band) || b.kind != NodeKind::Component);
        match (pin, stood) {
            (Some(pin), _) => {
                b.rect.y = pin.1.clamp(-FAR, FAR);
                pins.push(i);
            }
            (None, Some(stood)) => {
                b.rect.y = stood.rect.y;
                kept.push(i);
            }
            (None, None) if previous.is_none() => kept.push(i),
            (None, None) => new.push(i),
        }
    }
    pins.sort_by_key(|&i| boxes[i].rect.y);
    kept.sort_by_key(|&i| boxes[i].rect.y);
    new.sort_by_key(|&i| boxes[i].column);
    let mut placed = vec![false; boxes.len()];
    for i in pins.into_iter().chain(kept) {
        let (column, rect) = (boxes[i].column, boxes[i].rect);
        let y = shelves[column].below(rect.y, rect.height, margin);
        shelves[column].take(y, y + rect.height);
        boxes[i].rect.y = y;
        placed[i] = true;
    }
    for i in new {
        let (column, height) = (boxes[i].column, boxes[i].rect.height);
        let lowest = || shelves[column].taken.last().map_or(0, |t| t.1 + margin);
        let wish = wish(boxes, nets, detail, i, &placed).unwrap_or_else(lowest);
        let y = shelves[column].nearest(wish, height, margin);
        shelves[column].take(y, y + height);
        boxes[i].rect.y = y;
        placed[i] = true;
    }
}

/// Where a new box would stand so that its wires run straight: the median of what they want.
fn wish(boxes: &[NodeBox], nets: &[Net], detail: Detail, node: usize, placed: &[bool]) -> Option<i32> {
    let row = |pin: &Pin| row_offset(detail, pin.row);
    let mut wishes = Vec::new();
    for net in nets {
        for pin in &net.from {
            let (from, to) = (boxes[pin.node].rect.y + row(pin), boxes[net.to.node].rect.y + row(&net.to));
            if net.to.node == node && placed[pin.node] {
                wishes.push(from - row(&net.to));
            } else if pin.node == node && placed[net.to.node] {
                wishes.push(to - row(pin));
            }
        }
    }
    wishes.sort_unstable();
    wishes.get(wishes.len() / 2).copied()
}

fn settle_lanes(boxes: &[NodeBox], nets: &mut [Net], detail: Detail, shelves: &mut [Shelf], previous: Option<&Layout>) {
    let old: HashMap<&(String, String), &Net> =
        previous.iter().flat_map(|p| p.nets.iter().map(|n| (&n.key, n))).collect();
    let mut open = Vec::new();
    for (n, net) in nets.iter_mut().enumerate() {
        let before = old.get(&net.key);
        for (k, lane) in net.lanes.iter_mut().enumerate() {
            // Without a previous picture the lane's row is that of the fresh one.
            let y = if previous.is_some() { before.and_then(|o| o.lane(lane.column)) } else { Some(lane.y) };
            match y.filter(|y| shelves[lane.column].is_free(*y, y + 1)) {
                Some(y) => {
                    lane.y = y;
                    shelves[lane.column].take(y, y + 1);
                }
                None => open.push((n, k)),
            }
        }
    }
    // From the callee outwards, so that each lane can be level with the one before it.
    let end = |n: usize| boxes[nets[n].to.node].column;
    open.sort_by_key(|&(n, k)| (n, nets[n].lanes[k].column.abs_diff(end(n))));
    for (n, k) in open {
        let net = &nets[n];
        let (to, column) = (&boxes[net.to.node], net.lanes[k].column);
        let level = if column < to.column {
            net.lane(column + 1).filter(|_| column + 1 < to.column)
        } else {
            column.checked_sub(1).filter(|_| column > to.column).and_then(|c| net.lane(c))
        };
        let wish = match level {
            Some(y) => y,
            None if column < to.column => to.rect.y + row_offset(detail, net.to.row),
            None => to.rect.bottom(),
        };
        let y = shelves[column].nearest(wish, 1, 0);
        shelves[column].take(y, y + 1);
        nets[n].lanes[k].y = y;
    }
}

#[cfg(test)]
mod tests {
    use crate::draw::layout::settle::*;

    #[test]
    fn what_is_new_takes_the_nearest_free_place() {
        let mut shelf = Shelf::default();
        shelf.take(0, 4);
        shelf.take(10, 14);
        assert_eq!(shelf.nearest(3, 3, 1), 5);
        assert_eq!(shelf.nearest(8, 3, 1), 6);
        assert_eq!(shelf.nearest(11, 6, 1), 15, "no room between");
        assert_eq!(shelf.nearest(1, 6, 1), -7, "above all");
        assert_eq!(shelf.below(2, 4, 1), 5);
        assert!(shelf.is_free(4, 10) && !shelf.is_free(3, 5));
    }
}
