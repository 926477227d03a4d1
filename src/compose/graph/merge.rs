//! What several nodes leave open becomes one import of the composition: which versions become one, and who asks for
//! shapes that cannot.

use std::collections::BTreeMap;

use crate::compose::graph::Builder;
use crate::model::fits::exclusion;
use crate::model::graph::{Merged, Wanted};
use crate::model::port::{InterfaceName, Port, names_fit, unversioned};

/// One import that `...` leaves to the composition.
pub(super) struct Open {
    pub node: String,
    pub port: Port,
    /// Where its node's package is named.
    pub offset: usize,
}

/// Whether two open imports become one, as wac decides it.
fn become_one(a: &str, b: &str) -> bool {
    let plain = |name: &str| InterfaceName::parse(name).and_then(|n| n.version).is_none_or(|v| v.pre.is_empty());
    a == b || (names_fit(a, b) || names_fit(b, a)) && plain(a) && plain(b)
}

/// Every interface that is left open in more than one version of a line.
pub(super) fn merged(open: &[Open]) -> Vec<Merged> {
    let mut lines: Vec<(&str, Merged)> = Vec::new();
    for Open { node, port, .. } in open {
        let Some((interface, version)) = port.name.split_once('@') else { continue };
        let Ok(version) = semver::Version::parse(version) else { continue };
        let wanted = Wanted { version, node: node.clone() };
        match lines.iter_mut().find(|(first, _)| become_one(first, &port.name)) {
            Some((_, line)) => line.wanted.push(wanted),
            None => lines.push((&port.name, Merged { interface: interface.to_owned(), wanted: vec![wanted] })),
        }
    }
    let mut several: Vec<_> = lines.into_iter().map(|(_, line)| line).collect();
    for line in &mut several {
        line.wanted.sort();
        line.wanted.dedup();
    }
    several.retain(|line| line.wanted.first().map(|w| &w.version) != line.wanted.last().map(|w| &w.version));
    several.sort_by(|a, b| a.interface.cmp(&b.interface));
    several
}

impl Builder<'_> {
    /// Tells where two nodes leave one interface open in shapes that exclude one another, before anything is encoded.
    pub(super) fn report_conflicts(&mut self) {
        let mut firsts: BTreeMap<&str, Vec<&Open>> = BTreeMap::new();
        let mut found = Vec::new();
        for open in &self.open {
            let path = unversioned(&open.port.name);
            let others = firsts.entry(path).or_default();
            // Most ask for the very same thing, and whoever asked first was compared with the others.
            // One difference a pair is enough: the first that asked otherwise.
            let clash = others
                .iter()
                .filter(|o| become_one(&o.port.name, &open.port.name))
                .find_map(|other| Some((*other, exclusion(&other.port, &open.port)?)));
            match clash {
                Some((other, difference)) => {
                    found.push((
                        open.offset,
                        open.node.clone(),
                        open.port.name.clone(),
                        other.node.clone(),
                        difference,
                    ));
                }
                None => others.push(open),
            }
        }
        for (offset, node, port, other, difference) in found {
            let message = format!(
                "`{other}` and `{node}` both leave `{port}` open and ask for it in shapes that exclude one another: {}",
                difference.between_imports(&other, &node)
            );
            let problem = self.doc.error(offset, message).component(node).port(port);
            self.report(problem.help("build them against one WIT, or wire one of the two to a provider of its own"));
        }
    }
}
