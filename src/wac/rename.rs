//! An instance gets another name.

use crate::model::graph::{ENTRY, Graph, HOST};
use crate::model::port::matching;
use crate::wac::names::{can_be_named, identifier};
use crate::wac::outline::{How, Outline, parse};
use crate::wac::{Edit, patch};

/// Why an instance cannot be renamed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenameError {
    #[error("the composition's text does not parse; fix it first")]
    Unreadable,
    #[error("no node is called `{0}`")]
    NoNode(String),
    #[error("`{0}` is not a component and keeps its name")]
    Outside(String),
    #[error("`{0}` is made inside an expression and has no name in the text; give it one there with `let`")]
    Nameless(String),
    #[error("`{0}` is not a valid node name: use words of letters and digits, joined by `-`")]
    BadName(String),
    #[error("`{0}` is taken; choose another name")]
    Taken(String),
}

/// Renames an instance wherever the text names it.
///
/// # Errors
/// Why not, in one sentence.
pub(crate) fn rename(text: &str, graph: &Graph, node: &str, to: &str) -> Result<Edit, RenameError> {
    if node == ENTRY || node == HOST {
        return Err(RenameError::Outside(node.to_owned()));
    }
    let ast = parse(text).ok_or(RenameError::Unreadable)?;
    let outline = Outline::new(text, &ast);
    let at = outline.node(node).ok_or_else(|| RenameError::NoNode(node.to_owned()))?;
    let variable = at.variable.ok_or_else(|| RenameError::Nameless(node.to_owned()))?;
    if !can_be_named(to) {
        return Err(RenameError::BadName(to.to_owned()));
    }
    let taken = to == ENTRY || to == HOST || outline.nodes.iter().any(|n| n.name == to);
    if taken || outline.defined().contains(to) {
        return Err(RenameError::Taken(to.to_owned()));
    }
    let new = identifier(to);
    let mut changes: Vec<_> = outline
        .statements
        .iter()
        .filter_map(|s| s.defines.as_ref())
        .filter(|(name, _)| *name == variable)
        .map(|(_, range)| (range.clone(), new.clone()))
        .collect();
    for usage in outline.uses.iter().filter(|u| u.name == variable) {
        let with = match usage.how {
            How::Expression | How::Spread | How::Import => new.clone(),
            // It means a type, which no instance is.
            How::Declaration => continue,
            // Its name said which import it is for: that has to be said now.
            How::Inferred => {
                let user = outline.nodes.iter().filter(|n| {
                    let start = n.new.span.offset();
                    (start..start + n.new.span.len()).contains(&usage.range.start)
                });
                let user = user.min_by_key(|n| n.new.span.len()).and_then(|n| graph.node(&n.name));
                let imports = user.map(|n| n.imports.as_slice()).unwrap_or_default();
                match matching(variable, imports.iter().map(|i| i.port.name.as_str())) {
                    Some(_) => format!("{}: {new}", identifier(variable)),
                    None => new.clone(),
                }
            }
        };
        changes.push((usage.range.clone(), with));
    }
    Ok(Edit::between(text, &patch(text, changes)))
}
