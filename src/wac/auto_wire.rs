//! A plan that wires whatever is still open, for a person to look at before it is made.

use serde::Serialize;

use crate::model::fits::{Fit, providers};
use crate::model::graph::{End, Graph, Wire};

/// What auto-wiring would do, and what it leaves to a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// What is to be wired; none of them makes a cycle.
    pub wires: Vec<Wire>,
    pub(crate) undecided: Vec<Undecided>,
}

/// An import with several providers, or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Undecided {
    pub import: End,
    pub(crate) candidates: Vec<End>,
}

/// One provider for each open import, where exactly one serves it: the same interface in the version asked for, else
/// in one that serves. What only has the same shape is never taken without asking.
pub fn plan(graph: &Graph) -> Plan {
    let mut graph = graph.clone();
    let mut plan = Plan::default();
    let open: Vec<_> = graph
        .instances()
        .flat_map(|n| n.imports.iter().map(|i| (n.name.clone(), i.clone())))
        .filter(|(_, i)| i.state.is_missing())
        .collect();
    for (node, import) in open {
        let from = End { node, port: import.port.name.clone() };
        let found = providers(&graph, &from.node, &import.port);
        let best: Vec<_> = [Fit::Exact, Fit::Newer]
            .into_iter()
            .map(|fit| found.iter().filter(|(_, f, _)| *f == fit).map(|(end, _, _)| end.clone()).collect::<Vec<_>>())
            .find(|ends| !ends.is_empty())
            .unwrap_or_default();
        if let [to] = best.as_slice() {
            let wire = Wire { from, to: to.clone() };
            graph.wires.push(wire.clone()); // The next must not close a circle with this one.
            plan.wires.push(wire);
        } else {
            plan.undecided.push(Undecided { import: from, candidates: best });
        }
    }
    plan
}
