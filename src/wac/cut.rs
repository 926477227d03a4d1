//! One import loses its provider.

use std::collections::HashMap;

use wac_parser::InstantiationArgument;

use crate::model::graph::{ENTRY, End, Graph, Node};
use crate::wac::outline::{NodeAt, Outline, parse};
use crate::wac::style::Style;
use crate::wac::value::{Value, Values};
use crate::wac::{Edit, arguments, patch};

/// Why a wire cannot be cut.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CutError {
    #[error("the composition's text does not parse; fix it first")]
    Unreadable,
    #[error("no node is called `{0}`")]
    NoNode(String),
    #[error("`{node}` does not import `{port}`")]
    NoImport { node: String, port: String },
    #[error("nothing is wired to `{port}` of `{node}`")]
    Open { node: String, port: String },
    #[error("`{port}` of `{node}` is the host's: there is no wire to cut, only a provider to wire in its place")]
    Hosts { node: String, port: String },
    #[error("`{port}` of `{node}` comes with all that `...{spread}` gives; take that apart in the text")]
    Spread { node: String, port: String, spread: String },
    #[error("`{inner}` is made inside this argument of `{node}` and would go with it; remove it in the text")]
    Nested { node: String, inner: String },
    #[error(transparent)]
    Hide(#[from] crate::wac::HideError),
}

/// Takes away what an import is given; `...` leaves it open, so that the text still composes. For the [`ENTRY`]'s
/// ports the export is hidden.
///
/// # Errors
/// Why not, in one sentence.
pub(crate) fn cut(text: &str, graph: &Graph, from: &End) -> Result<Edit, CutError> {
    if from.node == ENTRY {
        return Ok(crate::wac::hide(text, graph, &from.port)?);
    }
    let ast = parse(text).ok_or(CutError::Unreadable)?;
    let outline = Outline::new(text, &ast);
    let (Some(at), Some(node)) = (outline.node(&from.node), graph.node(&from.node)) else {
        return Err(CutError::NoNode(from.node.clone()));
    };
    let values = Values::of(&outline, graph);
    let arguments = Arguments::of(&outline, &values, at, node);
    let number = argument_of(&outline, &values, graph, at, node, &arguments, &from.port)?;
    Ok(Edit::between(text, &without(&outline, &from.node, number).ok_or(CutError::Unreadable)?))
}

/// A node's arguments, looked at once for all of its imports.
pub(crate) struct Arguments<'a> {
    given: HashMap<&'a str, usize>,
    list: arguments::List,
}

impl<'a> Arguments<'a> {
    pub(crate) fn of(outline: &Outline<'_>, values: &Values<'_>, at: &'a NodeAt<'_>, node: &'a Node) -> Self {
        let mut given = HashMap::new();
        for (number, argument) in at.new.arguments.iter().enumerate() {
            if let Some(import) = values.given(node, argument) {
                given.entry(import).or_insert(number);
            }
        }
        Self { given, list: arguments::List::of(outline, at.new) }
    }
}

/// The number of the argument that alone gives an import.
pub(crate) fn argument_of(
    outline: &Outline<'_>,
    values: &Values<'_>,
    graph: &Graph,
    at: &NodeAt<'_>,
    node: &Node,
    arguments: &Arguments<'_>,
    import: &str,
) -> Result<usize, CutError> {
    let (name, port) = (node.name.clone(), import.to_owned());
    let Some(&number) = arguments.given.get(import) else {
        if !node.imports.iter().any(|i| i.port.name == import) {
            return Err(CutError::NoImport { node: name, port });
        }
        let Some(provider) = graph.provider(&node.name, import) else {
            return Err(CutError::Open { node: name, port });
        };
        let spread = at.new.arguments.iter().find_map(|a| match a {
            InstantiationArgument::Spread(id) if values.name(id.string) == Value::Instance(provider.node.clone()) => {
                Some(id.string.to_owned())
            }
            _ => None,
        });
        return Err(match spread {
            Some(spread) => CutError::Spread { node: name, port, spread },
            None => CutError::Hosts { node: name, port },
        });
    };
    if let Some(item) = arguments.list.items.get(number) {
        let inside = |n: &&NodeAt<'_>| item.range.contains(&n.new.span.offset());
        if let Some(inner) = outline.made_by(at.statement).iter().find(inside) {
            return Err(CutError::Nested { node: name, inner: inner.name.clone() });
        }
    }
    Ok(number)
}

/// The text without one argument of a node, and with `...` among the others.
pub(crate) fn without(outline: &Outline<'_>, node: &str, number: usize) -> Option<String> {
    let at = outline.node(node)?;
    let list = arguments::List::of(outline, at.new);
    if list.fill.is_some() {
        return Some(arguments::remove(outline.text, &list, number));
    }
    if let [only] = list.items.as_slice() {
        return Some(patch(outline.text, vec![(only.range.clone(), "...".into())]));
    }
    let removed = arguments::remove(outline.text, &list, number);
    let ast = parse(&removed)?;
    let outline = Outline::new(&removed, &ast);
    let at = outline.node(node)?;
    Some(arguments::insert(&outline, &Style::of(&outline), at.new, "..."))
}
