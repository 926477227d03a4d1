//! Whether an export can serve an import: at once, from names and signatures alone.
//!
//! This is what lights ports up and what refuses a wire. Versions are read as cargo reads them, since the composer's own
//! check is structural and would take 0.3.0 for 0.2.1; everything else is the component model's rule.

use crate::model::graph::{End, Graph, NodeKind};
use crate::model::mismatch::{Mismatch, mismatches};
use crate::model::port::{InterfaceName, Port, PortKind, names_fit, version_serves};

/// How well an export serves an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// The same interface, in the same version.
    Exact,
    /// The same interface in a version that serves, with the reason in [`version_note`].
    Newer,
    /// Another interface (or function) of the same shape.
    Shape,
}

/// Why an export cannot serve an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatches {
    pub import: String,
    pub export: String,
    /// `(importing node, exporting node)`, where they are known.
    pub nodes: Option<(String, String)>,
    pub reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The same interface in versions that promise nothing to one another.
    Version,
    /// A type, a module or a component: not wired.
    NotWirable,
    /// What differs; never empty.
    Shape(Vec<Mismatch>),
    /// Other names, and one of the two is not known well enough to compare shapes.
    Unrelated,
}

impl Mismatches {
    #[must_use]
    pub(crate) fn between(mut self, from: &End, to: &End) -> Self {
        self.nodes = Some((from.node.clone(), to.node.clone()));
        self
    }
}

impl std::error::Error for Mismatches {}

impl std::fmt::Display for Mismatches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { import, export, nodes, reason } = self;
        match nodes {
            Some((user, provider)) => {
                write!(f, "`{export}` of `{provider}` does not fit `{import}` of `{user}`: ")?;
            }
            None => write!(f, "`{export}` does not fit `{import}`: ")?,
        }
        match reason {
            Reason::Version => write!(f, "{}", version_note(import, export).unwrap_or_default()),
            Reason::NotWirable => write!(f, "types and modules are not wired"),
            Reason::Unrelated => write!(f, "they are different interfaces"),
            Reason::Shape(differences) => {
                if let Some(first) = differences.first() {
                    write!(f, "{first}")?;
                }
                match differences.len() {
                    0 | 1 => Ok(()),
                    2 => write!(f, " (and 1 more difference)"),
                    n => write!(f, " (and {} more differences)", n - 1),
                }
            }
        }
    }
}

/// Whether `export` serves `import`, and how well.
///
/// # Errors
/// Why it does not.
pub fn fits(import: &Port, export: &Port) -> Result<Fit, Mismatches> {
    let no = |reason| Err(Mismatches { import: import.name.clone(), export: export.name.clone(), nodes: None, reason });
    if import.kind == PortKind::Other && export.kind != PortKind::Other && names_fit(&import.name, &export.name) {
        return Ok(Fit::Exact); // Nothing is known of the import but its name.
    }
    if import.kind == PortKind::Other || export.kind == PortKind::Other {
        return no(Reason::NotWirable);
    }
    let same = match (InterfaceName::parse(&import.name), InterfaceName::parse(&export.name)) {
        (Some(i), Some(e)) if i.same_interface(&e) => {
            if !version_serves(i.version.as_ref(), e.version.as_ref()) {
                return no(Reason::Version);
            }
            true
        }
        _ => import.name == export.name,
    };
    let differences = mismatches(import, export);
    if !differences.is_empty() {
        return no(Reason::Shape(differences));
    }
    if same {
        return Ok(if import.name == export.name { Fit::Exact } else { Fit::Newer });
    }
    // By shape alone only what is known to have one: every interface would fit an unknown one.
    if import.signature.is_empty() || export.signature.is_empty() { no(Reason::Unrelated) } else { Ok(Fit::Shape) }
}

/// What is to be said of two versions of one interface; `None` for equal ones and for different interfaces.
pub fn version_note(import: &str, export: &str) -> Option<String> {
    let (i, e) = (InterfaceName::parse(import)?, InterfaceName::parse(export)?);
    if !i.same_interface(&e) || i.version == e.version {
        return None;
    }
    let name = |v: &Option<semver::Version>| v.as_ref().map_or_else(|| "no version".into(), ToString::to_string);
    let (want, have) = (name(&i.version), name(&e.version));
    Some(if names_fit(import, export) {
        format!("{have} is compatible with {want} and not older")
    } else if names_fit(export, import) {
        format!("{have} is older than the {want} that is wanted")
    } else {
        format!("{have} promises nothing to {want}")
    })
}

/// Everything in the graph that serves an import of `user`, the best first; what would make a cycle is left out.
pub fn providers<'g>(graph: &'g Graph, user: &str, import: &Port) -> Vec<(End, Fit, &'g Port)> {
    let takers = crate::model::graph::takers(graph, user);
    let mut found: Vec<_> = graph
        .nodes
        .iter()
        .filter(|n| n.kind == NodeKind::Component && n.name != user)
        .filter(|n| !takers.contains(n.name.as_str()))
        .flat_map(|n| n.exports.iter().map(move |e| (n, e)))
        .filter_map(|(n, e)| Some((End { node: n.name.clone(), port: e.name.clone() }, fits(import, e).ok()?, e)))
        .collect();
    found.sort_by_key(|(_, fit, _)| *fit);
    found
}

#[cfg(test)]
mod tests {
    use crate::model::fits::*;

    fn port(name: &str, lines: &[&str]) -> Port {
        Port { name: name.into(), kind: PortKind::Interface, signature: lines.iter().map(|l| (*l).into()).collect() }
    }

    fn said(import: &Port, export: &Port) -> String {
        fits(import, export).map_or_else(|e| e.to_string(), |fit| format!("{fit:?}"))
    }

    #[test]
    fn versions_are_promises_and_shapes_are_compared() {
        let lines = ["now: func() -> u64"];
        let import = port("a:b/c@0.2.1", &lines);
        assert_eq!(said(&import, &port("a:b/c@0.2.1", &lines)), "Exact");
        assert_eq!(said(&import, &port("a:b/c@0.2.3", &lines)), "Newer");
        assert_eq!(
            said(&import, &port("a:b/c@0.3.0", &lines)),
            "`a:b/c@0.3.0` does not fit `a:b/c@0.2.1`: 0.3.0 promises nothing to 0.2.1"
        );
        assert_eq!(
            said(&import, &port("a:b/c@0.2.0", &lines)),
            "`a:b/c@0.2.0` does not fit `a:b/c@0.2.1`: 0.2.0 is older than the 0.2.1 that is wanted"
        );
        assert_eq!(said(&import, &port("x:y/z", &lines)), "Shape");
        assert_eq!(
            said(&import, &port("x:y/z", &[])),
            "`x:y/z` does not fit `a:b/c@0.2.1`: they are different interfaces"
        );
        assert!(said(&import, &port("a:b/c@0.2.1", &["now: func()"])).contains("expected `now: func() -> u64`"));
        assert_eq!(version_note("a:b/c@0.2.1", "a:b/c@0.2.3").unwrap(), "0.2.3 is compatible with 0.2.1 and not older");
    }
}
