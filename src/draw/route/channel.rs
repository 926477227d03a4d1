//! The strips between columns, where wires run up and down: which net has which track.
//!
//! In a channel a net has rows on its left (ports and lanes of the column to the left) and on its right, and one
//! vertical *trunk* that joins them. Two nets must not share a stretch:
//!
//! - trunks whose rows overlap stand in different tracks;
//! - where one net comes from the left in a row in which another goes off to the right, the first one's track must lie
//!   left of the second one's. When such demands form a ring, a net is split in two trunks, one left of everything that
//!   stands in its way and one right of it, with a level stretch between them in a row that nobody uses. As a left half
//!   has nothing to its left that matters, and a right half nothing to its right, there is always a solution.
//!
//! Among the orders that hold, the one with few crossings is taken.

use std::collections::{BTreeSet, HashMap};

use crate::draw::geometry::cells;
use crate::draw::layout::{Gaps, Net, NodeBox, Options, PortRef, Side};

/// Cells between the boxes and the nearest track, and where there are stubs. Comfortable ones shrink by one when they must.
const fn pad(gaps: Gaps, stub: bool) -> i32 {
    match (gaps, stub) {
        (Gaps::Comfortable, false) => 2,
        (Gaps::Comfortable, true) => 4,
        (Gaps::Tight, false) => 1,
        (Gaps::Tight, true) => 3,
    }
}

/// No gap between two columns of boxes is narrower.
pub(crate) const fn narrowest(gaps: Gaps) -> i32 {
    match gaps {
        Gaps::Comfortable => 5,
        Gaps::Tight => 3,
    }
}

/// With more tracks than this they stand side by side, without a cell between them.
const ROOMY: usize = 12;

/// How a net passes a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trunk {
    pub(crate) net: usize,
    /// Rows where it touches the column to the left, and to the right.
    pub(crate) left: Vec<i32>,
    pub right: Vec<i32>,
    /// The row of the level stretch between the two halves, where it is split.
    pub(crate) jog: Option<i32>,
    /// The cells of the half that serves the left rows and of the one that serves the right rows; the same one unless
    /// there is a jog. For a net that passes straight, any cell of the channel.
    pub(crate) left_x: i32,
    pub(crate) right_x: i32,
    tracks: (usize, usize),
}

impl Trunk {
    /// Whether it has one row left and right, the same.
    pub(crate) fn is_straight(&self) -> bool {
        matches!((self.left.as_slice(), self.right.as_slice()), ([l], [r]) if l == r)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Channel {
    pub(crate) trunks: Vec<Trunk>,
    tracks: usize,
    stubs: (bool, bool),
    gaps: Gaps,
}

impl Channel {
    /// Cells from the first track to the last.
    fn used(&self, spacing: i32) -> i32 {
        (cells(self.tracks) - 1).max(0) * spacing + i32::from(self.tracks > 0)
    }

    fn pads(&self) -> (i32, i32) {
        (pad(self.gaps, self.stubs.0), pad(self.gaps, self.stubs.1))
    }

    /// How many cells the channel is best given. A `tight` one, right of a column without boxes, needs none for the eye.
    pub(crate) fn width(&self, tight: bool) -> i32 {
        let (left, right) = self.pads();
        match self.tracks {
            0 if tight && !self.stubs.1 => 0,
            _ => (left + self.used(self.spacing()) + right).max(narrowest(self.gaps)),
        }
    }

    /// How many cells it can do with, so that one more wire need not move the columns to the right.
    pub(crate) fn least_width(&self, tight: bool) -> i32 {
        let (left, right) = self.pads();
        self.width(tight).min(left + self.used(1) + right - self.slack())
    }

    /// Gives the tracks their cells, in the middle between the columns' edges. The outermost channels have one edge.
    pub(crate) fn spread(&mut self, left: Option<i32>, right: Option<i32>) {
        let from = left.or_else(|| right.map(|r| r - self.width(false))).unwrap_or(0);
        let to = right.unwrap_or(from + self.width(false));
        let (left, right) = self.pads();
        let slack = |spacing| to - from - left - self.used(spacing) - right;
        // Where it is cramped the pads shrink by a cell each, then the tracks close up.
        let spacing = if slack(2) >= -self.slack() { 2 } else { 1 };
        // Without tracks all pass straight, and any cell will do.
        let first = if self.tracks == 0 { from } else { from + left + slack(spacing).div_euclid(2) };
        for trunk in &mut self.trunks {
            trunk.left_x = first + cells(trunk.tracks.0) * spacing;
            trunk.right_x = first + cells(trunk.tracks.1) * spacing;
        }
    }

    /// Cells from one track to the next, at best.
    fn spacing(&self) -> i32 {
        if self.gaps == Gaps::Tight || self.tracks > ROOMY { 1 } else { 2 }
    }

    /// Cells by which the pads may shrink.
    fn slack(&self) -> i32 {
        if self.gaps == Gaps::Tight { 0 } else { 2 }
    }

    fn trunk(&mut self, net: usize) -> &mut Trunk {
        if self.trunks.last().is_none_or(|t| t.net != net) {
            self.trunks.push(Trunk { net, ..Trunk::default() });
        }
        let last = self.trunks.len() - 1;
        &mut self.trunks[last]
    }
}

/// All channels of a picture whose boxes and lanes have their rows.
pub(crate) fn plan(
    boxes: &[NodeBox],
    nets: &[Net],
    stubs: &[PortRef],
    options: &Options,
    count: usize,
) -> Vec<Channel> {
    let (detail, gaps) = (options.detail, options.gaps);
    let mut channels = vec![Channel { gaps, ..Channel::default() }; count + 1];
    for (n, net) in nets.iter().enumerate() {
        for pin in &net.from {
            let b = &boxes[pin.node];
            channels[b.column + 1].trunk(n).left.push(b.port(detail, Side::Import, pin.row).y);
        }
        let end = &boxes[net.to.node];
        channels[end.column].trunk(n).right.push(end.port(detail, Side::Export, net.to.row).y);
        for lane in &net.lanes {
            channels[lane.column].trunk(n).right.push(lane.y);
            channels[lane.column + 1].trunk(n).left.push(lane.y);
        }
    }
    for stub in stubs {
        match stub.side {
            Side::Import => channels[boxes[stub.node].column + 1].stubs.0 = true,
            Side::Export => channels[boxes[stub.node].column].stubs.1 = true,
        }
    }
    for channel in &mut channels {
        assign(channel);
    }
    channels
}

/// One vertical: of a trunk or of a fan of them, or one half of a split trunk.
struct Piece {
    /// Those of a fan, or the only one.
    trunks: Vec<usize>,
    left: Vec<i32>,
    right: Vec<i32>,
    low: i32,
    high: i32,
}

impl Piece {
    fn new(trunks: Vec<usize>, left: Vec<i32>, right: Vec<i32>, jog: Option<i32>) -> Self {
        let rows = || left.iter().chain(&right).copied().chain(jog);
        let (low, high) = (rows().min().unwrap_or(0), rows().max().unwrap_or(0));
        Self { trunks, left, right, low, high }
    }

    /// The whole of what a fan holds.
    fn whole(fan: &[usize], trunks: &[Trunk]) -> Self {
        let left = fan.first().map(|&t| trunks[t].left.clone()).unwrap_or_default();
        let right = fan.iter().flat_map(|&t| &trunks[t].right).copied().collect();
        Self::new(fan.to_vec(), left, right, None)
    }

    fn spans(&self, row: i32) -> bool {
        self.low < row && row < self.high
    }

    /// Crossings of the two when this one stands left of the other.
    fn crossings(&self, other: &Self) -> i32 {
        let left = other.left.iter().filter(|y| self.spans(**y)).count();
        let right = self.right.iter().filter(|y| other.spans(**y)).count();
        cells(left + right)
    }

    fn beside(&self, other: &Self) -> bool {
        self.low <= other.high + 1 && other.low <= self.high + 1
    }
}

/// Gives every trunk of a channel its track.
fn assign(channel: &mut Channel) {
    let mut fans = fans(&channel.trunks);
    split_rings(&mut channel.trunks, &mut fans);
    let mut pieces = Vec::new();
    for fan in &fans {
        match fan.as_slice() {
            [split] if channel.trunks[*split].jog.is_some() => {
                let trunk = &channel.trunks[*split];
                pieces.push(Piece::new(fan.clone(), trunk.left.clone(), Vec::new(), trunk.jog));
                pieces.push(Piece::new(fan.clone(), Vec::new(), trunk.right.clone(), trunk.jog));
            }
            _ => pieces.push(Piece::whole(fan, &channel.trunks)),
        }
    }
    let after = demands(&pieces);
    let order = best_order(&pieces, &after);
    let mut tracks = vec![0; pieces.len()];
    for (k, &piece) in order.iter().enumerate() {
        for &earlier in &order[..k] {
            if tracks[earlier] >= tracks[piece]
                && (after[earlier].contains(&piece) || pieces[earlier].beside(&pieces[piece]))
            {
                tracks[piece] = tracks[earlier] + 1;
            }
        }
    }
    channel.tracks = tracks.iter().max().map_or(0, |t| t + 1);
    for (k, (piece, track)) in pieces.iter().zip(tracks).enumerate() {
        // The left half of a split trunk comes right before its right half.
        let second = k > 0 && pieces[k - 1].trunks == piece.trunks;
        for &trunk in &piece.trunks {
            let tracks = &mut channel.trunks[trunk].tracks;
            *tracks = if second { (tracks.0, track) } else { (track, track) };
        }
    }
}

/// The trunks that bend: each by itself, but those together that lead from one row on the left to one on the right. They
/// are the wires of one row of a box, so a common vertical says nothing untrue; what a wire joins that runs back is not.
fn fans(trunks: &[Trunk]) -> Vec<Vec<usize>> {
    let mut fans: Vec<Vec<usize>> = Vec::new();
    let mut of_row: HashMap<i32, usize> = HashMap::new();
    for t in (0..trunks.len()).filter(|&t| !trunks[t].is_straight()) {
        let known = match (trunks[t].left.as_slice(), trunks[t].right.as_slice()) {
            ([row], [_]) => *of_row.entry(*row).or_insert(fans.len()),
            _ => fans.len(),
        };
        match fans.get_mut(known) {
            Some(fan) => fan.push(t),
            None => fans.push(vec![t]),
        }
    }
    fans
}

/// For each piece those that must stand to the right of it.
fn demands(pieces: &[Piece]) -> Vec<Vec<usize>> {
    let mut goes_right: HashMap<i32, usize> = HashMap::new();
    for (p, piece) in pieces.iter().enumerate() {
        goes_right.extend(piece.right.iter().map(|row| (*row, p)));
    }
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); pieces.len()];
    for (p, piece) in pieces.iter().enumerate() {
        let owners = piece.left.iter().filter_map(|row| goes_right.get(row).copied());
        let other_half = (p + 1 < pieces.len() && pieces[p + 1].trunks == piece.trunks).then_some(p + 1);
        for right in owners.chain(other_half) {
            if right != p && !after[p].contains(&right) {
                after[p].push(right);
            }
        }
    }
    after
}

/// Takes fans apart, then splits nets, until the demands of the rest form no ring.
fn split_rings(trunks: &mut [Trunk], fans: &mut Vec<Vec<usize>>) {
    let mut rows: BTreeSet<i32> = trunks.iter().flat_map(|t| t.left.iter().chain(&t.right)).copied().collect();
    loop {
        let whole: Vec<usize> =
            (0..fans.len()).filter(|&f| fans[f].first().is_some_and(|&t| trunks[t].jog.is_none())).collect();
        let pieces: Vec<Piece> = whole.iter().map(|&f| Piece::whole(&fans[f], trunks)).collect();
        let after = demands(&pieces);
        let mut before = vec![0; pieces.len()];
        after.iter().flatten().for_each(|&p| before[p] += 1);
        let mut free: Vec<usize> = (0..pieces.len()).filter(|&p| before[p] == 0).collect();
        while let Some(piece) = free.pop() {
            for &next in &after[piece] {
                before[next] -= 1;
                if before[next] == 0 {
                    free.push(next);
                }
            }
        }
        let in_ring = |p: &usize| before[*p] > 0 && after[*p].iter().any(|&next| before[next] > 0);
        let alone = |p: usize| pieces[p].trunks.len() == 1;
        let cheapest = (0..pieces.len()).filter(in_ring).min_by_key(|&p| (alone(p), pieces[p].high - pieces[p].low));
        let Some(piece) = cheapest else { return };
        if !alone(piece) {
            let fan = std::mem::take(&mut fans[whole[piece]]);
            fans.retain(|fan| !fan.is_empty());
            fans.extend(fan.into_iter().map(|t| vec![t]));
            continue;
        }
        let middle = i32::midpoint(pieces[piece].low, pieces[piece].high);
        // One of so many rows is free.
        let around = (0..=cells(rows.len())).flat_map(|d| [middle - d, middle + d]);
        let jog = around.filter(|row| !rows.contains(row)).min_by_key(|row| row.abs_diff(middle)).unwrap_or(middle);
        rows.insert(jog);
        for &trunk in &pieces[piece].trunks {
            trunks[trunk].jog = Some(jog);
        }
    }
}

/// From left to right, so that every demand holds, and with few crossings: of all that may come next, the one that
/// costs least against all that are still to come.
fn best_order(pieces: &[Piece], after: &[Vec<usize>]) -> Vec<usize> {
    let count = pieces.len();
    // What it costs to have `a` left of `b` instead of right.
    let cost = |a: usize, b: usize| pieces[a].crossings(&pieces[b]) - pieces[b].crossings(&pieces[a]);
    let mut scores = vec![0; count];
    for a in 0..count {
        for b in a + 1..count {
            let c = cost(a, b);
            scores[a] += c;
            scores[b] -= c;
        }
    }
    let mut before = vec![0; count];
    after.iter().flatten().for_each(|&p| before[p] += 1);
    let mut open: Vec<usize> = (0..count).collect();
    let mut order = Vec::with_capacity(count);
    while let Some(k) = (0..open.len()).filter(|&k| before[open[k]] == 0).min_by_key(|&k| (scores[open[k]], open[k])) {
        let next = open.swap_remove(k);
        after[next].iter().for_each(|&p| before[p] -= 1);
        for &other in &open {
            scores[other] += cost(next, other);
        }
        order.push(next);
    }
    order
}

#[cfg(test)]
mod tests {
    use crate::draw::route::channel::*;

    fn tracks(trunks: &[(&[i32], &[i32])]) -> Vec<usize> {
        let of = |(net, (left, right)): (usize, &(&[i32], &[i32]))| Trunk {
            net,
            left: left.to_vec(),
            right: right.to_vec(),
            ..Trunk::default()
        };
        let mut channel = Channel { trunks: trunks.iter().enumerate().map(of).collect(), ..Channel::default() };
        assign(&mut channel);
        channel.trunks.iter().map(|trunk| trunk.tracks.0).collect()
    }

    #[test]
    fn the_wires_of_one_row_share_a_track() {
        assert_eq!(tracks(&[(&[5], &[1]), (&[5], &[9]), (&[5], &[12])]), [0, 0, 0]);
    }

    #[test]
    fn a_net_that_another_wire_joins_has_a_track_of_its_own() {
        // From two rows; and by a wire that comes back on the right.
        for joined in [(&[5, 7] as &[i32], &[9] as &[i32]), (&[5], &[5, 9])] {
            let [fan, own] = tracks(&[(&[5], &[12]), joined])[..] else { panic!("two nets") };
            assert_ne!(fan, own);
        }
    }
}
