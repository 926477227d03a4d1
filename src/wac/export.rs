//! What the composition offers to the outside.

use wac_parser::{ExportOptions, Statement};

use crate::model::graph::{ENTRY, End, Graph};
use crate::wac::names::identifier;
use crate::wac::outline::{Outline, parse};
use crate::wac::statement;
use crate::wac::statement::Kind;
use crate::wac::style::Style;
use crate::wac::value::{Value, Values};
use crate::wac::{Edit, patch};

/// Why an export cannot be exposed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExposeError {
    #[error("the composition's text does not parse; fix it first")]
    Unreadable,
    #[error("no node is called `{0}`")]
    NoNode(String),
    #[error("`{node}` does not export `{port}`")]
    NoExport { node: String, port: String },
    #[error("`{0}` is made inside an expression and has no name to refer to; name it with `let` in the text first")]
    Nameless(String),
    #[error("the composition already exports `{name}`, from `{node}`; give this one another name")]
    Taken { name: String, node: String },
    #[error("the composition already exports `{port}` of `{node}`")]
    Already { node: String, port: String },
    #[error(
        "`{0}` is not a valid export name: use words of letters and digits joined by `-`, or `ns:package/interface`"
    )]
    BadName(String),
}

/// Makes an export of an instance one of the composition's, under another name if one is given.
///
/// # Errors
/// Why not, in one sentence.
pub(crate) fn expose(text: &str, graph: &Graph, what: &End, name: Option<&str>) -> Result<Edit, ExposeError> {
    let ast = parse(text).ok_or(ExposeError::Unreadable)?;
    let outline = Outline::new(text, &ast);
    let node = graph.node(&what.node).ok_or_else(|| ExposeError::NoNode(what.node.clone()))?;
    let at = outline.node(&what.node).ok_or_else(|| ExposeError::NoNode(what.node.clone()))?;
    if !node.exports.iter().any(|e| e.name == what.port) {
        return Err(ExposeError::NoExport { node: what.node.clone(), port: what.port.clone() });
    }
    let shown = name.unwrap_or(&what.port);
    if !can_be_exported(shown) {
        return Err(ExposeError::BadName(shown.to_owned()));
    }
    if let Some(other) = graph.provider(ENTRY, shown) {
        return Err(if other == what {
            ExposeError::Already { node: what.node.clone(), port: what.port.clone() }
        } else {
            ExposeError::Taken { name: shown.to_owned(), node: other.node.clone() }
        });
    }
    let variable = at.variable.ok_or_else(|| ExposeError::Nameless(what.node.clone()))?;
    let style = Style::of(&outline);
    let expression = style.export(&identifier(variable), &what.port, &node.exports);
    let rename = name.filter(|n| *n != what.port).map(|n| format!(" as \"{n}\"")).unwrap_or_default();
    let new = statement::insert(&outline, &style, Kind::Export, &format!("export {expression}{rename};"));
    Ok(Edit::between(text, &new))
}

/// Whether a component may export something under this name.
fn can_be_exported(name: &str) -> bool {
    let word = |w: &str| {
        w.split('-').all(|part| {
            part.starts_with(|c: char| c.is_ascii_alphabetic()) && part.chars().all(|c| c.is_ascii_alphanumeric())
        })
    };
    word(name)
        || crate::model::port::InterfaceName::parse(name)
            .is_some_and(|n| [n.namespace, n.package, n.interface].into_iter().all(word))
}

/// Why an export cannot be hidden.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HideError {
    #[error("the composition's text does not parse; fix it first")]
    Unreadable,
    #[error("the composition does not export `{0}`")]
    NoExport(String),
    #[error("`{name}` comes with all that `{statement}` exports; name in the text what is to stay")]
    Spread { name: String, statement: String },
    #[error("`{inner}` is made inside the export of `{name}` and would go with it; remove it in the text")]
    Nested { name: String, inner: String },
}

/// Takes one of the composition's exports away.
///
/// # Errors
/// Why not, in one sentence.
pub(crate) fn hide(text: &str, graph: &Graph, name: &str) -> Result<Edit, HideError> {
    let ast = parse(text).ok_or(HideError::Unreadable)?;
    let outline = Outline::new(text, &ast);
    let number = statement_of(&outline, &Values::of(&outline, graph), graph, name)?;
    Ok(Edit::between(text, &patch(text, vec![(statement::deletion(&outline, number), String::new())])))
}

/// The number of the statement that exports this alone.
pub(crate) fn statement_of(
    outline: &Outline<'_>,
    values: &Values<'_>,
    graph: &Graph,
    name: &str,
) -> Result<usize, HideError> {
    let provider = graph.provider(ENTRY, name);
    let mut spread = None;
    for (number, statement) in outline.ast.statements.iter().enumerate() {
        let Statement::Export(export) = statement else { continue };
        let value = values.expression(outline, &export.expr);
        let is_it = match &export.options {
            ExportOptions::Rename(shown) => shown.as_str() == name,
            ExportOptions::None => value.own_name() == Some(name),
            ExportOptions::Spread(_) => {
                let from = provider.is_some_and(|p| match &value {
                    Value::Instance(node) => *node == p.node,
                    Value::Export { node, port } => *node == p.node && *port == p.port,
                    _ => false,
                });
                if from {
                    spread = spread.or(Some(number));
                }
                false
            }
        };
        if !is_it {
            continue;
        }
        if let Some(inner) = outline.made_by(number).first() {
            return Err(HideError::Nested { name: name.to_owned(), inner: inner.name.clone() });
        }
        return Ok(number);
    }
    match spread.and_then(|number| outline.statements.get(number)) {
        Some(placed) => {
            let statement =
                crate::wac::slice(outline.text, placed.range.clone()).split_whitespace().collect::<Vec<_>>().join(" ");
            Err(HideError::Spread { name: name.to_owned(), statement })
        }
        None => Err(HideError::NoExport(name.to_owned())),
    }
}
