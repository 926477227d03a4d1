//! Which column each node stands in.
//!
//! From nothing: the longest path from the entry, so that every call that is not part of a cycle runs to the right.
//! From a previous layout: where it stood, and only what a new wire forces is moved.
//!
//! That gives *layers*. Where a picture may have fewer columns than there are layers, the next layer after the last
//! column stands below, in the first one again: a band of columns below the other.

use std::collections::BTreeMap;

use crate::draw::geometry::index;
use crate::model::graph::NodeKind;

use crate::draw::layout::nets::Link;
use crate::draw::layout::{Layout, NodeBox, Options, Place};

/// The first column of components; the entry's is 0, also when there is none, so that it may come and go.
const FIRST: usize = 1;

/// More columns than any picture has.
const UNBOUNDED: usize = 1_000_000;

/// Calls between components, each pair once, self-calls left out.
struct Calls {
    callees: Vec<Vec<usize>>,
    callers: Vec<Vec<usize>>,
    /// In the order of the graph's wires.
    pairs: Vec<(usize, usize)>,
    /// What the entry calls, in order.
    entered: Vec<usize>,
}

impl Calls {
    fn new(boxes: &[NodeBox], links: &[Option<Link>]) -> Self {
        let n = boxes.len();
        let mut calls =
            Self { callees: vec![Vec::new(); n], callers: vec![Vec::new(); n], pairs: Vec::new(), entered: Vec::new() };
        for link in links.iter().flatten() {
            let (from, to) = (link.from.0, link.to.0);
            match (boxes[from].kind, boxes[to].kind) {
                (NodeKind::Entry, NodeKind::Component) => calls.entered.push(to),
                (NodeKind::Component, NodeKind::Component) if from != to && !calls.callees[from].contains(&to) => {
                    calls.callees[from].push(to);
                    calls.callers[to].push(from);
                    calls.pairs.push((from, to));
                }
                _ => {}
            }
        }
        calls
    }

    fn alone(&self, node: usize) -> bool {
        self.callees[node].is_empty() && self.callers[node].is_empty() && !self.entered.contains(&node)
    }
}

/// Sets the column of every box and returns how many columns there are.
pub(crate) fn assign(
    boxes: &mut [NodeBox],
    links: &[Option<Link>],
    options: &Options,
    previous: Option<&Layout>,
    pinned: &BTreeMap<String, Place>,
) -> usize {
    let calls = Calls::new(boxes, links);
    let most = options.shape.columns.unwrap_or(UNBOUNDED).max(1);
    let old = previous.map(|p| standing(boxes, p, most));
    let pin = |(i, b): (usize, &NodeBox)| {
        let place = pinned.get(&b.name).filter(|_| b.kind == NodeKind::Component)?;
        let column = index(place.0).clamp(FIRST, 999);
        // A node that stood in a lower band stays in it.
        let band = old.as_ref().and_then(|old| old[i]).map_or(0, |layer| (layer - FIRST) / most);
        Some(column + band * most)
    };
    let pins: Vec<Option<usize>> = boxes.iter().enumerate().map(pin).collect();
    let layers = if let Some(old) = &old {
        moved(boxes, &calls, old, &pins)
    } else {
        let mut layers = longest_paths(boxes, &calls);
        if let Some(rows) = options.shape.rows {
            split(boxes, &calls, &mut layers, rows, options.margin());
        }
        layers.iter().zip(&pins).map(|(layer, pin)| pin.unwrap_or(*layer)).collect()
    };
    let column = |layer: usize| FIRST + (layer - FIRST) % most;
    let components = || (0..boxes.len()).filter(|&i| boxes[i].kind == NodeKind::Component);
    let last = components().map(|i| column(layers[i])).max().unwrap_or(FIRST - 1);
    let mut host = false;
    for (b, layer) in boxes.iter_mut().zip(layers) {
        (b.column, b.band) = match b.kind {
            NodeKind::Entry => (0, 0),
            NodeKind::Component => (column(layer), (layer - FIRST) / most),
            NodeKind::Host => (last + 1, 0),
        };
        host |= b.kind == NodeKind::Host;
    }
    last + 1 + usize::from(host)
}

/// Makes several layers of each that is higher than `rows`. What is called stands left of what calls on.
fn split(boxes: &[NodeBox], calls: &Calls, layers: &mut [usize], rows: i32, margin: i32) {
    let mut nodes: Vec<usize> = (0..boxes.len()).filter(|&i| boxes[i].kind == NodeKind::Component).collect();
    let calls_on = |node: usize| (calls.callees[node].len(), std::cmp::Reverse(calls.callers[node].len()));
    nodes.sort_by_key(|&node| (layers[node], calls_on(node)));
    let (mut more, mut used, mut before) = (0, 0, None);
    for node in nodes {
        let height = boxes[node].rect.height;
        if before == Some(layers[node]) {
            used += margin + height;
            if used > rows {
                (more, used) = (more + 1, height);
            }
        } else {
            used = height;
        }
        before = Some(layers[node]);
        layers[node] += more;
    }
}

fn longest_paths(boxes: &[NodeBox], calls: &Calls) -> Vec<usize> {
    let (order, forward) = unroll(boxes, calls);
    let mut columns = vec![FIRST; boxes.len()];
    for &node in &order {
        for &callee in &forward[node] {
            columns[callee] = columns[callee].max(columns[node] + 1);
        }
    }
    // A caller nobody calls stands right before what it calls, not at the far left.
    for node in 0..boxes.len() {
        let uncalled = calls.callers[node].is_empty() && !calls.entered.contains(&node);
        let nearest = forward[node].iter().map(|&c| columns[c]).min();
        if let (true, Some(nearest)) = (uncalled, nearest) {
            columns[node] = nearest.saturating_sub(1).max(FIRST);
        }
    }
    scatter(boxes, calls, &mut columns);
    columns
}

/// Callers before callees, and the calls that remain when those that close a cycle are left out.
fn unroll(boxes: &[NodeBox], calls: &Calls) -> (Vec<usize>, Vec<Vec<usize>>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        Open,
        Done,
    }
    let mut forward = calls.callees.clone();
    let mut seen = vec![Seen::No; boxes.len()];
    let mut order = Vec::with_capacity(boxes.len());
    let uncalled = (0..boxes.len()).filter(|&n| calls.callers[n].is_empty());
    let roots: Vec<usize> = calls.entered.iter().copied().chain(uncalled).chain(0..boxes.len()).collect();
    for root in roots {
        if seen[root] != Seen::No {
            continue;
        }
        seen[root] = Seen::Open;
        let mut path = vec![(root, 0)];
        while let Some((node, next)) = path.last_mut() {
            let Some(&callee) = calls.callees[*node].get(*next) else {
                seen[*node] = Seen::Done;
                order.push(*node);
                path.pop();
                continue;
            };
            *next += 1;
            match seen[callee] {
                Seen::No => {
                    seen[callee] = Seen::Open;
                    path.push((callee, 0));
                }
                Seen::Open => {
                    let node = *node;
                    forward[node].retain(|&c| c != callee);
                }
                Seen::Done => {}
            }
        }
    }
    order.reverse();
    (order, forward)
}

/// Spreads the components no wire touches over the columns, so that a folder where nothing is wired yet fits a screen.
fn scatter(boxes: &[NodeBox], calls: &Calls, columns: &mut [usize]) {
    let component = |n: &usize| boxes[*n].kind == NodeKind::Component;
    let alone: Vec<usize> = (0..boxes.len()).filter(component).filter(|&n| calls.alone(n)).collect();
    let wired = (0..boxes.len()).filter(component).filter(|&n| !calls.alone(n)).map(|n| columns[n]).max();
    // A terminal shows about six boxes above each other, and about four beside each other.
    let width = wired.unwrap_or(0).max(alone.len().div_ceil(6).min(4)).max(1);
    let height = alone.len().div_ceil(width).max(1);
    for (i, node) in alone.into_iter().enumerate() {
        columns[node] = FIRST + i / height;
    }
}

/// The previous layer of each node that was there.
fn standing(boxes: &[NodeBox], previous: &Layout, most: usize) -> Vec<Option<usize>> {
    let layer = |b: &NodeBox| if most == UNBOUNDED { b.column } else { b.column + b.band * most };
    let components = previous.boxes.iter().filter(|b| b.kind == NodeKind::Component);
    let old: BTreeMap<&str, usize> = components.map(|b| (b.name.as_str(), layer(b))).collect();
    boxes.iter().map(|b| old.get(b.name.as_str()).copied()).collect()
}

/// The old columns, new nodes fitted in, and callees pushed right where a call would otherwise run to the left.
fn moved(boxes: &[NodeBox], calls: &Calls, old: &[Option<usize>], pins: &[Option<usize>]) -> Vec<usize> {
    let mut columns: Vec<Option<usize>> = pins.iter().zip(old).map(|(pin, old)| pin.or(*old)).collect();
    for node in 0..boxes.len() {
        if columns[node].is_some() {
            continue;
        }
        let after = calls.callers[node].iter().filter_map(|&c| columns[c]).max().map(|c| c + 1);
        let before = calls.callees[node].iter().filter_map(|&c| columns[c]).min().map(|c| c.saturating_sub(1));
        columns[node] = Some(after.or(before).unwrap_or(FIRST).max(FIRST));
    }
    let mut columns: Vec<usize> = columns.into_iter().map(|c| c.unwrap_or(FIRST)).collect();
    let runs_right = |columns: &[usize], &(from, to): &(usize, usize)| columns[from] < columns[to];
    let (right, left): (Vec<_>, Vec<_>) = calls.pairs.iter().copied().partition(|pair| runs_right(&columns, pair));
    // The calls that run to the right form no cycle; each further one is taken in if it closes none.
    let mut forward = vec![Vec::new(); boxes.len()];
    for (from, to) in right {
        forward[from].push(to);
    }
    for (from, to) in left {
        if reaches(&forward, to, from) {
            continue;
        }
        forward[from].push(to);
        let free = |n: usize| pins[n].is_none();
        if columns[from] < columns[to] {
            continue;
        }
        let uncalled = calls.callers[from].is_empty() && !calls.entered.contains(&from);
        if uncalled && free(from) && columns[to] > FIRST && calls.callees[from].len() == 1 {
            columns[from] = columns[to] - 1;
            continue;
        }
        let mut late = vec![from];
        while let Some(node) = late.pop() {
            for &callee in &forward[node] {
                if columns[callee] <= columns[node] && free(callee) {
                    columns[callee] = columns[node] + 1;
                    late.push(callee);
                }
            }
        }
    }
    columns
}

fn reaches(forward: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = vec![false; forward.len()];
    let mut open = vec![from];
    while let Some(node) = open.pop() {
        if node == to {
            return true;
        }
        if !std::mem::replace(&mut seen[node], true) {
            open.extend(&forward[node]);
        }
    }
    false
}
