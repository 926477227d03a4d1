//! The rows of a fresh picture: the order is given, and every item wants to stand where its wires run straight.
//!
//! Each column is solved alone against its neighbours, a few times there and back. One column is the problem of finding
//! rows in the given order, far enough apart, with the least weighted distance to what each item wants: isotonic
//! regression in the L1 norm, which pools neighbours that want the same place and stands them at the weighted median.
//! A median is always a place somebody wants exactly, so that one wire at least runs straight.

use crate::draw::layout::strata::{Link, Strata};

const SWEEPS: usize = 3;
/// Against the weight of a wire: an item without wires stays rather than not, but never bends one.
const LAZY: i32 = 1;
const WIRE: i32 = 16;

/// Places every item, no column higher than `rows` where there is such a bound.
pub(crate) fn place(strata: &mut Strata, rows: Option<i32>) {
    let count = strata.columns.len();
    for _ in 0..SWEEPS {
        for c in 0..count {
            solve(strata, c, rows, |s, i| s.items[i].left.iter().chain([].iter()));
        }
        for c in (0..count).rev() {
            solve(strata, c, rows, |s, i| s.items[i].right.iter().chain([].iter()));
        }
    }
    for _ in 0..SWEEPS {
        for c in 0..count {
            solve(strata, c, rows, |s, i| s.items[i].left.iter().chain(s.items[i].right.iter()));
        }
    }
}

type Links<'a> = std::iter::Chain<std::slice::Iter<'a, Link>, std::slice::Iter<'a, Link>>;

/// A run of items that stand as close as they may, and what its members want of its first.
struct Pool {
    wants: Vec<(i32, i32)>,
    at: i32,
    members: usize,
}

impl Pool {
    fn settle(&mut self) {
        self.wants.sort_unstable();
        let total: i32 = self.wants.iter().map(|w| w.1).sum();
        let mut passed = 0;
        for &(place, weight) in &self.wants {
            passed += weight;
            if 2 * passed >= total {
                self.at = place;
                return;
            }
        }
    }
}

fn solve(strata: &mut Strata, column: usize, rows: Option<i32>, links: for<'a> fn(&'a Strata, usize) -> Links<'a>) {
    let order = &strata.columns[column];
    // Rows each item lies below the first one when all stand close: the constraint becomes "does not decrease".
    let mut close = Vec::with_capacity(order.len());
    let mut y = 0;
    for (k, &item) in order.iter().enumerate() {
        y += k.checked_sub(1).map_or(0, |above| strata.gap(order[above], item));
        close.push(y);
        y += strata.items[item].height;
    }
    let mut pools: Vec<Pool> = Vec::new();
    for (k, &item) in order.iter().enumerate() {
        let mut wants: Vec<(i32, i32)> = links(strata, item)
            .map(|l| (strata.items[l.other].y + l.there - l.here - close[k], l.weight * WIRE))
            .collect();
        if let Some(beside) = strata.items[item].beside {
            wants.push((strata.items[beside].y + strata.items[beside].height - close[k], WIRE));
        }
        if wants.is_empty() {
            wants.push((strata.items[item].y - close[k], LAZY));
        }
        let mut pool = Pool { wants, at: 0, members: 1 };
        pool.settle();
        while let Some(above) = pools.pop_if(|above| above.at > pool.at) {
            pool.members += above.members;
            pool.wants.extend(above.wants);
            pool.settle();
        }
        pools.push(pool);
    }
    // The nearest solution between bounds is the nearest one without, cut to the bounds.
    let last = rows.map_or(i32::MAX, |rows| (rows - y).max(0));
    let first = if rows.is_some() { 0 } else { i32::MIN };
    let mut k = 0;
    for pool in pools {
        let at = pool.at.clamp(first, last);
        for _ in 0..pool.members {
            let item = strata.columns[column][k];
            strata.items[item].y = at + close[k];
            k += 1;
        }
    }
}
