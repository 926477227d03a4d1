//! Why an import and an export fit or not, what comes near, and the fixes.
//!
//! The types are read from WIT sources where a component has them, so that every difference has its line, and from the
//! built bytes elsewhere.

pub(crate) mod applied;
pub(crate) mod apply;
pub(crate) mod both_ways;
pub(crate) mod fix;
pub(crate) mod nearest;
pub(crate) mod worlds;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::compose::confirm;
use crate::inspect::{Side, differences};
use crate::model::differ::version;
use crate::model::difference::{Difference, DifferenceKind};
use crate::model::fits::{Fit, Mismatches, Reason, fits, version_note};
use crate::model::graph::{End, Graph, NodeKind};
use crate::model::port::{Port, Ports};
use crate::model::project::Project;

pub(crate) use applied::remember;
pub(crate) use applied::undo;
pub(crate) use apply::check;
pub use apply::write;
pub(crate) use fix::{FileChange, Fix, FixAction};
pub(crate) use nearest::Near;
use worlds::Worlds;

/// What an explanation is made from.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Where WIT is read from, for places and fixes.
    pub project: &'a Project,
    /// Of each component: built, else declared.
    pub ports: &'a BTreeMap<String, Ports>,
    /// The components that are built.
    pub bytes: &'a BTreeMap<String, Arc<[u8]>>,
    /// Of the active composition.
    pub graph: &'a Graph,
}

/// Why an import and an export fit or not.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    pub(crate) import: End,
    /// What it was compared with; `None` where nothing comes near.
    pub export: Option<End>,
    /// Whether no difference does harm; false where there is nothing to compare with.
    pub fits: bool,
    /// Whether the text wires the two already.
    pub(crate) wired: bool,
    /// Every one; those that do no harm (what the export has beyond the import, a newer version) too.
    pub(crate) differences: Vec<Difference>,
    /// What else there is, the best first.
    pub(crate) nearest: Vec<Near>,
    pub(crate) fixes: Vec<Fix>,
    /// What is to be said of the versions.
    pub(crate) note: Option<String>,
    /// Both sides as WIT lines.
    pub(crate) import_wit: Vec<String>,
    pub(crate) export_wit: Vec<String>,
}

/// Explains an import: against `to`, else what it is wired to, else what comes nearest. `None` where the graph has no
/// such import.
pub fn explain(facts: Facts<'_>, from: &End, to: Option<&End>) -> Option<Explanation> {
    let user = facts.graph.node(&from.node)?;
    let import = &user.imports.iter().find(|i| i.port.name == from.port)?.port;
    let mut worlds = Worlds::new(facts);
    let nearest = nearest::nearest(facts, &mut worlds, from, import);
    let provider = facts.graph.provider(&from.node, &from.port);
    let to = to.cloned().or_else(|| provider.cloned()).or_else(|| nearest.first().map(|n| n.end.clone()));
    let export = to.as_ref().and_then(|to| {
        let placed = facts.graph.node(&to.node).and_then(|n| n.exports.iter().find(|e| e.name == to.port));
        placed.or_else(|| facts.ports.get(&to.node)?.exports.iter().find(|e| e.name == to.port))
    });
    let differences = match (&to, export) {
        (Some(to), Some(export)) => compare(facts, &mut worlds, (from, import), (to, export)),
        _ => Vec::new(),
    };
    let mut differences = differences;
    if let (Some(to), Some(_)) = (&to, export)
        && differences.iter().all(|d| d.harmless)
    {
        differences.extend(refused(facts, from, to));
    }
    if let Some(to) = to.as_ref().filter(|to| is_unknown(facts, to)) {
        let (import, export) = (Some(import.name.clone()), Some(to.port.clone()));
        differences = vec![Difference::new("", DifferenceKind::Unknown, import, export)];
    }
    let good = export.is_some() && differences.iter().all(|d| d.harmless);
    let wired = to.is_some() && provider == to.as_ref();
    let fixes = fix::fixes(facts, &mut worlds, from, to.as_ref().map(|to| (to, good)), &nearest, &differences);
    let wit = |worlds: &mut Worlds<'_>, end: Option<&End>, side, port: Option<&Port>| {
        let source = end.and_then(|end| worlds.of(&end.node)?.port(side, &end.port));
        source.as_ref().or(port).map(|p| p.signature.clone()).unwrap_or_default()
    };
    Some(Explanation {
        import: from.clone(),
        fits: good,
        wired,
        nearest: nearest.into_iter().filter(|n| Some(&n.end) != to.as_ref()).collect(),
        fixes,
        note: export.and_then(|e| version_note(&import.name, &e.name)),
        import_wit: wit(&mut worlds, Some(from), Side::Import, Some(import)),
        export_wit: wit(&mut worlds, to.as_ref(), Side::Export, export),
        export: to,
        differences,
    })
}

/// Whether a node stands for a component of which nothing is known.
fn is_unknown(facts: Facts<'_>, end: &End) -> bool {
    let node = facts.graph.node(&end.node).filter(|n| n.kind == NodeKind::Component);
    node.is_some_and(|n| n.component.as_ref().is_none_or(|c| !facts.ports.contains_key(c)))
}

/// Every difference: the judge's of the two ports, which are what the graph goes by. Where both worlds can be read and say
/// the same, they say it with places.
fn compare(facts: Facts<'_>, worlds: &mut Worlds<'_>, from: (&End, &Port), to: (&End, &Port)) -> Vec<Difference> {
    let ((from, import), (to, export)) = (from, to);
    let known = worlds.both(&from.node, &to.node);
    let placed = known.and_then(|(a, b)| differences((a, &from.port), (b, &to.port)));
    let fits = fits(import, export);
    let is_good = |found: &Vec<Difference>| found.iter().all(|d| d.harmless);
    let mut found =
        placed.filter(|found| is_good(found) == fits.is_ok()).unwrap_or_else(|| by_ports(import, export, fits));
    for place in found.iter_mut().flat_map(|d| [&mut d.import_at, &mut d.export_at]).flatten() {
        place.file = facts.project.relative(&place.file).to_owned();
    }
    found
}

/// Where both are built: the composer's own check, which is the last word.
fn refused(facts: Facts<'_>, from: &End, to: &End) -> Option<Difference> {
    let bytes = |node: &str| {
        let placed = facts.graph.node(node).and_then(|n| n.component.as_deref());
        facts.bytes.get(placed.unwrap_or(node))
    };
    let said = confirm((bytes(&from.node)?, &from.port), (bytes(&to.node)?, &to.port))?.err()?;
    Some(Difference::new("", DifferenceKind::Composer, None, Some(said)))
}

fn by_ports(import: &Port, export: &Port, fits: Result<Fit, Mismatches>) -> Vec<Difference> {
    let whole = |kind| Difference::new("", kind, Some(import.name.clone()), Some(export.name.clone()));
    let reason = match fits {
        Ok(_) => return version(&import.name, &export.name).into_iter().collect(),
        Err(mismatches) => mismatches.reason,
    };
    match reason {
        Reason::Version => version(&import.name, &export.name).into_iter().collect(),
        Reason::NotWirable | Reason::Unrelated => vec![whole(DifferenceKind::Item)],
        Reason::Shape(differences) => differences,
    }
}
