//! An instance goes, and with it what it gave to others.

use wac_parser::Statement;

use crate::model::graph::{ENTRY, HOST};
use crate::wac::outline::{How, Outline, parse};
use crate::wac::{Edit, arguments, cut, patch, statement};

/// Why an instance cannot be removed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RemoveError {
    #[error("the composition's text does not parse; fix it first")]
    Unreadable,
    #[error("no node is called `{0}`")]
    NoNode(String),
    #[error("`{0}` is not a component: it stands for what is outside the composition")]
    Outside(String),
    #[error("`{0}` is made inside an expression; remove it in the text")]
    Nested(String),
    #[error("`{user}` is made from `{node}` in the text; remove that first")]
    Alias { node: String, user: String },
    #[error("`{inner}` is made inside the statement of `{node}` and would go with it; remove it in the text")]
    Holds { node: String, inner: String },
}

/// Removes an instance: its statement with the comment right above it, the arguments that used it, and its exports.
///
/// # Errors
/// Why not, in one sentence.
pub(crate) fn remove(text: &str, node: &str) -> Result<Edit, RemoveError> {
    if node == ENTRY || node == HOST {
        return Err(RemoveError::Outside(node.to_owned()));
    }
    let mut new = text.to_owned();
    // One use goes after the other; each round reads the text anew.
    while let Some(next) = without_one_use(&new, node)? {
        new = next;
    }
    let ast = parse(&new).ok_or(RemoveError::Unreadable)?;
    let outline = Outline::new(&new, &ast);
    let at = outline.node(node).ok_or_else(|| RemoveError::NoNode(node.to_owned()))?;
    let gone = patch(&new, vec![(statement::deletion(&outline, at.statement), String::new())]);
    Ok(Edit::between(text, &gone))
}

fn without_one_use(text: &str, node: &str) -> Result<Option<String>, RemoveError> {
    let ast = parse(text).ok_or(RemoveError::Unreadable)?;
    let outline = Outline::new(text, &ast);
    let at = outline.node(node).ok_or_else(|| RemoveError::NoNode(node.to_owned()))?;
    let variable = at.variable.ok_or_else(|| RemoveError::Nested(node.to_owned()))?;
    if let Some(inner) = outline.nodes.iter().find(|n| n.statement == at.statement && n.name != node) {
        return Err(RemoveError::Holds { node: node.to_owned(), inner: inner.name.clone() });
    }
    let usage = outline.uses.iter().find(|u| u.name == variable && u.how != How::Declaration);
    let Some(usage) = usage else { return Ok(None) };
    // The innermost `new` around the use takes it as an argument.
    let around = outline.nodes.iter().filter(|n| {
        let start = n.new.span.offset();
        (start..start + n.new.span.len()).contains(&usage.range.start)
    });
    if let Some(user) = around.min_by_key(|n| n.new.span.len()) {
        let list = arguments::List::of(&outline, user.new);
        let number = list.items.iter().position(|i| i.range.contains(&usage.range.start));
        let number = number.ok_or(RemoveError::Unreadable)?;
        return cut::without(&outline, &user.name.clone(), number).map(Some).ok_or(RemoveError::Unreadable);
    }
    match ast.statements.get(usage.statement) {
        Some(Statement::Export(_)) => {
            Ok(Some(patch(text, vec![(statement::deletion(&outline, usage.statement), String::new())])))
        }
        Some(Statement::Let(alias)) => {
            Err(RemoveError::Alias { node: node.to_owned(), user: alias.id.string.to_owned() })
        }
        Some(Statement::Import(import)) => {
            Err(RemoveError::Alias { node: node.to_owned(), user: import.id.string.to_owned() })
        }
        _ => Err(RemoveError::Unreadable),
    }
}
