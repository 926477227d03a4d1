//! The order of boxes and lanes in each column: few crossings, found by sweeping port-weighted barycentres over the
//! columns, then by swapping neighbours. Deterministic; what was ordered before (`previous`) stays so.

use std::collections::BTreeMap;

use crate::draw::geometry::cells;

use crate::draw::layout::strata::{Item, Link, Strata, Thing};
use crate::draw::layout::{Layout, NodeBox};

/// There and back; more changes nothing on graphs of any size a person draws.
const SWEEPS: usize = 4;
const SWAPS: usize = 4;
/// Barycentres are counted in parts of a row.
pub(crate) const PART: i64 = 16;

pub(crate) fn order(strata: &mut Strata, boxes: &[NodeBox], previous: Option<&Layout>) {
    depth_first(strata);
    let held = match previous {
        Some(previous) => as_before(strata, boxes, previous),
        None => vec![false; strata.items.len()],
    };
    strata.stack();
    let mut best = (crossings(strata), strata.columns.clone());
    for sweep in 0..2 * SWEEPS {
        let count = strata.columns.len();
        if sweep % 2 == 0 {
            (0..count).for_each(|c| sort_column(strata, c, &held, |s, i| &s.items[i].left));
        } else {
            (0..count).rev().for_each(|c| sort_column(strata, c, &held, |s, i| &s.items[i].right));
        }
        swap_neighbours(strata, &held);
        let crossed = crossings(strata);
        if crossed < best.0 {
            best = (crossed, strata.columns.clone());
        }
        if best.0 == 0 {
            break;
        }
    }
    strata.columns = best.1;
    strata.stack();
}

/// The first order: as calls are met when one follows them from the entry, ports from top to bottom.
fn depth_first(strata: &mut Strata) {
    for item in &mut strata.items {
        item.right.sort_by_key(|l| (l.here, l.there));
    }
    let mut met = vec![usize::MAX; strata.items.len()];
    let mut time = 0;
    let rootless = (0..strata.items.len()).filter(|&i| strata.items[i].left.is_empty());
    let roots: Vec<usize> = strata.columns.first().into_iter().flatten().copied().chain(rootless).collect();
    for root in roots.into_iter().chain(0..strata.items.len()) {
        let mut open = vec![root];
        while let Some(item) = open.pop() {
            if met[item] == usize::MAX {
                met[item] = time;
                time += 1;
                open.extend(strata.items[item].right.iter().rev().map(|l| l.other));
            }
        }
    }
    // A lane that bends around a box belongs right below it.
    let key = |i: &usize| match strata.items[*i] {
        Item { beside: Some(beside), band, .. } => (band, met[beside], 1, met[*i]),
        Item { band, .. } => (band, met[*i], 0, 0),
    };
    for column in &mut strata.columns {
        column.sort_by_key(key);
    }
}

/// Puts the boxes of each column into their previous order and tells which ones had one.
fn as_before(strata: &mut Strata, boxes: &[NodeBox], previous: &Layout) -> Vec<bool> {
    let old: BTreeMap<&str, i32> = previous.boxes.iter().map(|b| (b.name.as_str(), b.rect.y)).collect();
    let rank = |i: usize| match strata.items[i].thing {
        Thing::Box(b) => old.get(boxes[b].name.as_str()).copied(),
        Thing::Lane(_) => None,
    };
    let held: Vec<bool> = (0..strata.items.len()).map(|i| rank(i).is_some()).collect();
    let mut columns = strata.columns.clone();
    for column in &mut columns {
        let mut boxes: Vec<usize> = column.iter().copied().filter(|&i| held[i]).collect();
        boxes.sort_by_key(|&i| rank(i));
        let mut next = boxes.into_iter();
        for slot in column.iter_mut().filter(|i| held[**i]) {
            *slot = next.next().unwrap_or(*slot);
        }
    }
    strata.columns = columns;
    held
}

/// Sorts one column by where the wires of one side come from. Held items keep their order among themselves, the others
/// are put where they belong between them.
fn sort_column(strata: &mut Strata, column: usize, held: &[bool], side: fn(&Strata, usize) -> &Vec<Link>) {
    let key = |item: usize| -> i64 {
        let links = side(strata, item);
        let count = i64::from(cells(links.len()));
        if count == 0 {
            return strata.middle(item);
        }
        let sum: i64 = links.iter().map(|l| PART * i64::from(strata.items[l.other].y + l.there) + PART / 2).sum();
        sum / count
    };
    let keyed = |item: usize| match strata.items[item] {
        Item { beside: Some(beside), band, .. } => (band, key(beside), 1),
        Item { band, .. } => (band, key(item), 0),
    };
    let (fixed, mut free): (Vec<usize>, Vec<usize>) = strata.columns[column].iter().partition(|i| held[**i]);
    free.sort_by_cached_key(|&i| keyed(i));
    let mut sorted = Vec::with_capacity(fixed.len() + free.len());
    let mut free = free.into_iter().peekable();
    for item in fixed {
        while let Some(before) = free.next_if(|&f| keyed(f) < (strata.items[item].band, strata.middle(item), 0)) {
            sorted.push(before);
        }
        sorted.push(item);
    }
    sorted.extend(free);
    strata.columns[column] = sorted;
    strata.stack_column(column);
}

/// Swaps neighbours wherever that leaves fewer crossings.
fn swap_neighbours(strata: &mut Strata, held: &[bool]) {
    for _ in 0..SWAPS {
        let mut swapped = false;
        for c in 0..strata.columns.len() {
            for k in 1..strata.columns[c].len() {
                let (above, below) = (strata.columns[c][k - 1], strata.columns[c][k]);
                if (held[above] && held[below]) || strata.items[above].band != strata.items[below].band {
                    continue;
                }
                if crossings_between(strata, below, above) < crossings_between(strata, above, below) {
                    strata.columns[c].swap(k - 1, k);
                    swapped = true;
                }
            }
            strata.stack_column(c);
        }
        if !swapped {
            break;
        }
    }
}

/// How often the wires of two neighbours cross when one stands above the other.
fn crossings_between(strata: &Strata, above: usize, below: usize) -> usize {
    let (a, b) = (&strata.items[above], &strata.items[below]);
    let end = |l: &Link| strata.items[l.other].y + l.there;
    let crossed = |above: &[Link], below: &[Link]| -> usize {
        above.iter().map(|x| below.iter().filter(|y| end(y) < end(x)).count()).sum()
    };
    crossed(&a.left, &b.left) + crossed(&a.right, &b.right)
}

/// All crossings between neighbouring columns; wires that end at the same port never cross.
fn crossings(strata: &Strata) -> usize {
    let mut total = 0;
    for column in &strata.columns {
        let mut ends: Vec<(i32, i32)> = Vec::new();
        for &item in column {
            let from = &strata.items[item];
            ends.extend(from.right.iter().map(|l| (from.y + l.here, strata.items[l.other].y + l.there)));
        }
        ends.sort_unstable();
        let mut ends: Vec<i32> = ends.into_iter().map(|(_, to)| to).collect();
        total += inversions(&mut ends);
    }
    total
}

/// Sorts, and counts the pairs that stood in the wrong order.
fn inversions(values: &mut [i32]) -> usize {
    if values.len() < 2 {
        return 0;
    }
    let (left, right) = values.split_at_mut(values.len() / 2);
    let mut count = inversions(left) + inversions(right);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut l, mut r) = (0, 0);
    while l < left.len() || r < right.len() {
        if r == right.len() || (l < left.len() && left[l] <= right[r]) {
            merged.push(left[l]);
            l += 1;
        } else {
            merged.push(right[r]);
            count += left.len() - l;
            r += 1;
        }
    }
    values.copy_from_slice(&merged);
    count
}

#[cfg(test)]
mod tests {
    use crate::draw::layout::order::*;

    #[test]
    fn inversions_are_counted_and_the_values_sorted() {
        let mut values = [3, 1, 2, 2, 0];
        assert_eq!(inversions(&mut values), 7);
        assert_eq!(values, [0, 1, 2, 2, 3]);
    }
}
