//! Resources that two nodes pass one another: both must mean those of one instance.
//!
//! Types alone do not tell: `ticket` of one instance and `ticket` of another are spelt alike, and the composer finds out
//! when all is put together, in words that name neither.

use crate::compose::graph::Builder;
use crate::model::diagnostic::Diagnostic;
use crate::model::graph::{End, HOST, ImportState, NodeKind, Wire};
use crate::model::types::Types;

/// Resources of other interfaces: what each is called, and whose it is.
type Foreign = Vec<(String, String)>;

/// Where a node's resource comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    /// An export of a node, or what the host gives.
    Of(End),
    /// The composition imports it.
    Outside,
}

impl Builder<'_> {
    /// Reports every wire over which a resource is passed that is another instance's.
    pub(super) fn report_unshared(&mut self) {
        for (user, port, foreign) in self.takers_of_foreign() {
            let is_it = |w: &&Wire| w.from.port == port && self.nodes.get(user).is_some_and(|n| n.name == w.from.node);
            let Some(wire) = self.wires.iter().find(is_it).filter(|w| w.to.node != HOST).cloned() else { continue };
            let Some((provider, export)) = self.export_of_wire(&wire.to) else { continue };
            let theirs = export.foreign_resources();
            for (resource, interface) in foreign {
                let Some((_, other)) = theirs.iter().find(|(name, _)| *name == resource) else { continue };
                let (Some(wanted), Some(found)) =
                    (self.origin(user, &interface, false), self.origin(provider, other, true))
                else {
                    continue;
                };
                if wanted == found || self.may_pass_on(&wanted, &resource) || self.may_pass_on(&found, &resource) {
                    continue;
                }
                let problem = self.unshared(&wire, (&resource, &interface), (&wanted, &found), (provider, other));
                self.report(problem.clone());
                self.unshared.push(problem);
                let imports = self.nodes.get_mut(user).into_iter().flat_map(|n| &mut n.imports);
                imports.filter(|i| i.port.name == wire.from.port).for_each(|i| i.state = ImportState::Mismatch);
                break;
            }
        }
    }

    /// The wired imports that use resources of other interfaces: few, whatever the number of wires.
    fn takers_of_foreign(&self) -> Vec<(usize, String, Foreign)> {
        let components = self.nodes.iter().enumerate().filter(|(_, n)| n.kind == NodeKind::Component);
        let wired = components.flat_map(|(at, n)| n.imports.iter().map(move |i| (at, i)));
        wired
            .filter(|(_, i)| i.state == ImportState::Wired)
            .map(|(at, i)| (at, i.port.name.clone(), i.port.types.foreign_resources()))
            .filter(|(_, _, foreign)| !foreign.is_empty())
            .collect()
    }

    fn index(&self, node: &str) -> Option<usize> {
        self.nodes.iter().position(|n| n.name == node && n.kind == NodeKind::Component)
    }

    fn export_of_wire(&self, end: &End) -> Option<(usize, Types)> {
        let node = self.index(&end.node)?;
        Some((node, self.nodes.get(node)?.exports.iter().find(|e| e.name == end.port)?.types.clone()))
    }

    /// Whose instance of an interface a node means; an export means the node's own before one that it imports.
    fn origin(&self, node: usize, interface: &str, exports: bool) -> Option<Origin> {
        let node = self.nodes.get(node)?;
        if exports && node.exports.iter().any(|e| e.name == interface) {
            return Some(Origin::Of(End { node: node.name.clone(), port: interface.to_owned() }));
        }
        let import = node.imports.iter().find(|i| i.port.name == interface)?;
        let wire = self.wires.iter().find(|w| w.from.node == node.name && w.from.port == interface);
        match (import.state, wire) {
            // What the host gives is one, in whatever version of a line it is asked for.
            (ImportState::Host, _) => Some(Origin::Of(End { node: HOST.to_owned(), port: String::new() })),
            (ImportState::Wired, Some(wire)) => Some(Origin::Of(wire.to.clone())),
            (ImportState::Unwired | ImportState::Open, None) => Some(Origin::Outside),
            _ => None,
        }
    }

    /// Whether an instance may give what it was given: its export is another's resource then, and nobody can tell.
    fn may_pass_on(&self, origin: &Origin, resource: &str) -> bool {
        let Origin::Of(end) = origin else { return false };
        let Some(node) = self.index(&end.node).and_then(|n| self.nodes.get(n)) else { return false };
        node.imports.iter().any(|i| !i.port.types.is_known() || i.port.types.resources().any(|name| name == resource))
    }

    fn unshared(
        &self,
        wire: &Wire,
        (resource, interface): (&str, &str),
        (wanted, found): (&Origin, &Origin),
        (provider, other): (usize, &str),
    ) -> Diagnostic {
        let whose = |origin: &Origin| match origin {
            Origin::Of(end) if end.node == HOST => "the host's".to_owned(),
            Origin::Of(end) => format!("that of `{}`", end.node),
            Origin::Outside => "one from outside the composition".to_owned(),
        };
        let (user, giver) = (&wire.from.node, &wire.to.node);
        let own = |end: &End| end.node == *giver;
        let theirs = match found {
            Origin::Of(end) if own(end) => "its own".to_owned(),
            found => whose(found),
        };
        let message = format!(
            "the resource `{resource}` of `{interface}` is not the same on both sides of `{}`: `{user}` means {}, \
             `{giver}` means {theirs}",
            wire.from.port,
            whose(wanted),
        );
        let imports = self.nodes.get(provider).is_some_and(|n| n.imports.iter().any(|i| i.port.name == other));
        let share = |node: &str, port: &str, end: &End| {
            format!(
                "have both take it from `{0}`: `studio wire {node}.{port} {0}.{1}`, or w on that import",
                end.node, end.port
            )
        };
        let help = match (wanted, found) {
            (Origin::Of(end), _) if end.node != HOST && imports && !own(end) => share(giver, other, end),
            (_, Origin::Of(end)) if end.node != HOST => share(user, interface, end),
            _ => format!("wire `{interface}` of `{user}` and of `{giver}` to one instance"),
        };
        let at = self.index(user).and_then(|node| self.instances.get(node)).map_or(0, |instance| instance.offset);
        self.doc.error(at, message).component(user).port(&wire.from.port).help(help)
    }
}
