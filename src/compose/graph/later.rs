//! Names used above their definition: wac reads from top to bottom, and so cycles can only be written this way.

use std::collections::BTreeSet;

use crate::compose::graph::Builder;
use crate::compose::graph::value::Value;
use crate::model::graph::Wire;

/// One use of a name above its definition.
pub(super) struct Early {
    offset: usize,
    name: String,
    /// The node that is given it, if it is an argument.
    user: Option<usize>,
    /// The node it stands for, if it does.
    provider: Option<usize>,
}

impl Builder<'_> {
    /// What a value stands for once the whole text is known.
    pub(super) fn settle(&mut self, value: Value, user: Option<usize>) -> Value {
        let mut value = value;
        // Each round follows one name; names defined by one another never come to an end.
        for _ in 0..=self.names.len() {
            let Value::Later { name, offset, steps } = value else { return value };
            value = self.names.get(name.as_str()).cloned().unwrap_or(Value::Unknown);
            for step in steps {
                value = self.access(value, step);
            }
            let provider = match &value {
                Value::Instance(node) => Some(*node),
                other => other.source().map(|(node, _)| node),
            };
            self.early.push(Early { offset, name, user, provider });
        }
        Value::Unknown
    }

    /// Tells of every name used too early, once the wires are known: as a cycle where it is one.
    pub(super) fn report_early(&mut self) {
        let mut told = BTreeSet::new();
        for early in std::mem::take(&mut self.early) {
            let Early { offset, name, user, provider } = early;
            if !told.insert((offset, name.clone())) {
                continue;
            }
            let cycle = match (user, provider) {
                (Some(user), Some(provider)) => self.path(provider, user).map(|path| (user, provider, path)),
                _ => None,
            };
            if let Some((user, provider, mut path)) = cycle {
                let (user, provider) = (self.node_name(user), self.node_name(provider));
                path.insert(0, user.clone());
                let wire = self.wires.iter().find(|w| w.from.node == user && w.to.node == provider);
                let port = wire.map(|w| w.from.port.clone());
                let problem = self.error(
                    offset,
                    format!("a cycle: {}; components cannot be instantiated in a cycle", path.join(" → ")),
                );
                problem.component = Some(user);
                problem.port = port;
                problem.help = Some("move what they need of one another into a component of its own".into());
            } else {
                let problem = self.error(offset, format!("`{name}` is used before it is defined"));
                problem.help = Some(format!("a composition is read from top to bottom: move `let {name}` above this"));
            }
        }
    }

    /// The nodes from `from` to `to` along what imports from what.
    pub(super) fn path(&self, from: usize, to: usize) -> Option<Vec<String>> {
        let (from, to) = (self.node_name(from), self.node_name(to));
        let mut seen = BTreeSet::new();
        let mut paths = vec![vec![from]];
        while let Some(path) = paths.pop() {
            let Some(last) = path.last().cloned() else { continue };
            if last == to {
                return Some(path);
            }
            if !seen.insert(last.clone()) {
                continue;
            }
            let mut next: Vec<&Wire> = self.wires.iter().filter(|w| w.from.node == last).collect();
            next.sort();
            paths.extend(next.into_iter().rev().map(|w| {
                let mut longer = path.clone();
                longer.push(w.to.node.clone());
                longer
            }));
        }
        None
    }
}
