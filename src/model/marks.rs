//! The mark of each node: its sign and colour on every pane. A node keeps its mark for as long as the project lives.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::graph::Graph;

/// Signs and colours that there are.
pub(crate) const SIGNS: u16 = 12;
pub(crate) const COLOURS: u16 = 8;

/// Marks by the names of nodes.
pub(crate) type Marks = BTreeMap<String, u16>;

/// The sign and the colour of a mark. No two marks below `SIGNS * COLOURS` have both in common, and neighbouring ones have
/// neither.
pub(crate) const fn looks(mark: u16) -> (u16, u16) {
    (mark % SIGNS, (mark + mark / 24) % COLOURS)
}

/// Gives a mark to every node that has none: the first that no other has, with another sign and colour than those of the
/// nodes it is wired to, where there is one.
pub(crate) fn assign(marks: &mut Marks, graph: &Graph) {
    let names: BTreeSet<&str> = graph.instances().map(|node| node.name.as_str()).collect();
    for name in &names {
        if marks.contains_key(*name) {
            continue;
        }
        if marks.len() >= usize::from(SIGNS * COLOURS) {
            // Nobody sees the marks of those that are gone.
            marks.retain(|name, _| names.contains(name.as_str()));
        }
        let taken: BTreeSet<u16> = marks.values().copied().collect();
        let beside = |mark: u16| {
            let mut near = graph.wires.iter().filter_map(|wire| match *name {
                n if n == wire.from.node => marks.get(&wire.to.node),
                n if n == wire.to.node => marks.get(&wire.from.node),
                _ => None,
            });
            let (sign, colour) = looks(mark);
            near.any(|other| looks(*other).0 == sign || looks(*other).1 == colour)
        };
        let all = || 0..SIGNS * COLOURS;
        let free = || all().filter(|mark| !taken.contains(mark));
        let mark = free().find(|mark| !beside(*mark)).or_else(|| free().next()).or_else(|| all().find(|m| !beside(*m)));
        marks.insert((*name).to_owned(), mark.unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use crate::model::marks::*;

    #[test]
    fn no_two_marks_look_alike() {
        let all: BTreeSet<(u16, u16)> = (0..SIGNS * COLOURS).map(looks).collect();
        assert_eq!(all.len(), 96);
    }
}
