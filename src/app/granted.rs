//! What `studio.toml` grants: to nodes that there are not, and what of it is new.

use crate::app::state::State;
use crate::grants::{Grants, NodeGrants};
use crate::model::alike::alike;
use crate::model::diagnostic::{Diagnostic, Origin};

/// Grants of nodes that neither the graph nor another composition has.
pub(crate) fn of_no_node(state: &State) -> Vec<Diagnostic> {
    let nodes: Vec<&str> = state.graph.instances().map(|node| node.name.as_str()).collect();
    if nodes.is_empty() {
        return Vec::new();
    }
    let elsewhere = |node: &str| {
        let is_word = |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| word == node);
        state.project.component(node).is_some() || state.documents.iter().any(|d| is_word(&d.text))
    };
    let unknown = state.project.settings.grant_places.iter();
    let unknown = unknown.filter(|(node, _)| !nodes.contains(&node.as_str()) && !elsewhere(node));
    unknown
        .map(|(node, place)| {
            let problem = Diagnostic::warning(Origin::Project, format!("there is no node `{node}` to grant anything"));
            let help = match alike(node, nodes.iter().copied()) {
                Some(near) => format!("did you mean `[grants.{near}]`?"),
                None => {
                    format!("the nodes are {}", nodes.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", "))
                }
            };
            problem.at(&place.file, place.line, place.column).help(help)
        })
        .collect()
}

/// What is granted now and was not, and the other way round, in one line; `None` where nothing is.
pub(crate) fn changed(before: &Grants, now: &Grants) -> Option<String> {
    let of = |grants: &NodeGrants, other: &NodeGrants| -> Vec<String> {
        grants.0.iter().filter(|one| !other.has(one)).map(ToString::to_string).collect()
    };
    let nodes: std::collections::BTreeSet<&str> = before.nodes().chain(now.nodes()).map(|(node, _)| node).collect();
    let mut changes = Vec::new();
    for node in nodes {
        let (old, new) = (before.node(node), now.node(node));
        let (gained, lost) = (of(new, old), of(old, new));
        if !gained.is_empty() {
            changes.push(format!("`{node}` was granted {}", gained.join(", ")));
        }
        if !lost.is_empty() {
            changes.push(format!("`{node}` lost {}", lost.join(", ")));
        }
    }
    (!changes.is_empty()).then(|| format!("grants changed: {}", changes.join("; ")))
}

#[cfg(test)]
mod tests {
    use crate::app::granted::*;

    #[test]
    fn a_line_says_what_changed() {
        let grants = |all: &[(&str, &str)]| {
            let mut grants = Grants::default();
            for (node, one) in all {
                grants.grant(node, one.parse().unwrap());
            }
            grants
        };
        let (old, new) = (grants(&[("a", "clock"), ("b", "stdin")]), grants(&[("a", "http=x.org"), ("b", "stdin")]));
        let line = "grants changed: `a` was granted http=x.org; `a` lost clock=real";
        assert_eq!(changed(&old, &new).unwrap(), line);
        assert_eq!(changed(&new, &new), None);
    }
}
