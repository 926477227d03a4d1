//! One import is given one export.

use crate::model::fits::{Mismatches, fits};
use crate::model::graph::{ENTRY, End, Graph, HOST, ImportState, Node, cycle};
use crate::model::host::host_provides;
use crate::model::port::{names_fit, short};
use crate::wac::names::identifier;
use crate::wac::outline::{Outline, parse};
use crate::wac::style::Style;
use crate::wac::value::Values;
use crate::wac::{Edit, arguments, cut, export as expose, order, patch};

use wac_parser::InstantiationArgument;

/// Why a wire cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("the composition's text does not parse; fix it first")]
    Unreadable,
    #[error("no node is called `{0}`")]
    NoNode(String),
    #[error("`{node}` does not import `{port}`")]
    NoImport { node: String, port: String },
    #[error("`{node}` does not export `{port}`")]
    NoExport { node: String, port: String },
    #[error("`{node}` already takes `{port}` from there")]
    Already { node: String, port: String },
    #[error("{0}")]
    Unfit(Mismatches),
    #[error("`{0}` cannot be wired to itself; add one more instance of the component and wire that")]
    Itself(String),
    #[error("this would make a cycle: {}; components cannot be instantiated in a cycle", path.join(" → "))]
    Cycle { path: Vec<String> },
    #[error("`{0}` is made inside an expression and has no name to refer to; name it with `let` in the text first")]
    Nameless(String),
    #[error("`{user}` and `{provider}` stand in one another's statements; give each its own `let` in the text first")]
    Entangled { user: String, provider: String },
    #[error("`...{spread}` would have nothing left to give to `{node}`; remove it in the text first")]
    SpreadIdle { spread: String, node: String },
    #[error("the host does not provide `{port}`")]
    NotTheHosts { port: String },
    #[error(transparent)]
    Cut(#[from] cut::CutError),
    #[error(transparent)]
    Expose(#[from] expose::ExposeError),
}

/// Gives the import `from` the export `to`, in place of whatever it has.
///
/// From the [`ENTRY`] it exposes the export; to the [`HOST`] it leaves the import to it.
///
/// # Errors
/// Why not, in one sentence.
pub fn wire(text: &str, graph: &Graph, from: &End, to: &End) -> Result<Edit, WireError> {
    if from.node == ENTRY {
        let name = Some(from.port.as_str()).filter(|name| *name != to.port);
        return Ok(expose::expose(text, graph, to, name)?);
    }
    let consumer = graph.node(&from.node).ok_or_else(|| WireError::NoNode(from.node.clone()))?;
    let no_import = || WireError::NoImport { node: from.node.clone(), port: from.port.clone() };
    let import = consumer.imports.iter().find(|i| i.port.name == from.port).ok_or_else(no_import)?;
    if to.node == HOST {
        return to_host(text, graph, from, to, import.state);
    }
    let provider = graph.node(&to.node).ok_or_else(|| WireError::NoNode(to.node.clone()))?;
    let no_export = || WireError::NoExport { node: to.node.clone(), port: to.port.clone() };
    let export = provider.exports.iter().find(|e| e.name == to.port).ok_or_else(no_export)?;
    fits(&import.port, export).map_err(|e| WireError::Unfit(e.between(from, to)))?;
    if from.node == to.node {
        return Err(WireError::Itself(from.node.clone()));
    }
    if let Some(path) = cycle(graph, &from.node, &to.node) {
        return Err(WireError::Cycle { path });
    }
    if graph.provider(&from.node, &from.port) == Some(to) {
        return Err(WireError::Already { node: from.node.clone(), port: from.port.clone() });
    }
    let ordered = in_order(text, from, to)?;
    let ast = parse(&ordered).ok_or(WireError::Unreadable)?;
    let outline = Outline::new(&ordered, &ast);
    let style = Style::of(&outline);
    let at = outline.node(&from.node).ok_or_else(|| WireError::NoNode(from.node.clone()))?;
    let variable = outline.node(&to.node).and_then(|n| n.variable);
    let variable = variable.ok_or_else(|| WireError::Nameless(to.node.clone()))?;
    let values = Values::of(&outline, graph);
    let expression = style.export(&identifier(variable), &to.port, &provider.exports);
    let imports: Vec<_> = consumer.imports.iter().map(|i| i.port.clone()).collect();
    let list = arguments::List::of(&outline, at.new);
    let new = if let Some(number) = values.argument(at, consumer, &from.port) {
        let Some(item) = list.items.get(number) else { return Err(WireError::Unreadable) };
        let change = match at.new.arguments.get(number) {
            Some(InstantiationArgument::Named(named)) => (named.expr.span.offset()..item.range.end, expression),
            _ => (item.range.clone(), format!("{}: {expression}", style.import(&from.port, &imports))),
        };
        patch(&ordered, vec![change])
    } else {
        spread_left(&values, at, consumer, graph, &from.port)?;
        let name = style.import(&from.port, &imports);
        arguments::insert(&outline, &style, at.new, &format!("{name}: {expression}"))
    };
    Ok(Edit::between(text, &new))
}

/// The text with the provider above its new user.
fn in_order(text: &str, from: &End, to: &End) -> Result<String, WireError> {
    let ast = parse(text).ok_or(WireError::Unreadable)?;
    let outline = Outline::new(text, &ast);
    let user = outline.node(&from.node).ok_or_else(|| WireError::NoNode(from.node.clone()))?;
    let provider = outline.node(&to.node).ok_or_else(|| WireError::NoNode(to.node.clone()))?;
    if provider.variable.is_none() {
        return Err(WireError::Nameless(to.node.clone()));
    }
    order::above(&outline, &Style::of(&outline), provider.statement, user.statement)
        .ok_or_else(|| WireError::Entangled { user: from.node.clone(), provider: to.node.clone() })
}

/// wac refuses a spread that gives nothing; naming the only import it gave would make it one.
fn spread_left(
    values: &Values<'_>,
    at: &crate::wac::outline::NodeAt<'_>,
    consumer: &Node,
    graph: &Graph,
    import: &str,
) -> Result<(), WireError> {
    let Some(giver) = graph.provider(&consumer.name, import) else { return Ok(()) };
    let named: Vec<_> = at.new.arguments.iter().filter_map(|a| values.given(consumer, a)).collect();
    let others = graph.wires.iter().any(|w| {
        w.from.node == consumer.name
            && w.to.node == giver.node
            && w.from.port != import
            && !named.contains(&w.from.port.as_str())
    });
    let spread = at.new.arguments.iter().find_map(|a| match a {
        InstantiationArgument::Spread(id) => {
            (values.name(id.string) == crate::wac::value::Value::Instance(giver.node.clone())).then_some(id.string)
        }
        _ => None,
    });
    match spread {
        Some(spread) if !others => {
            Err(WireError::SpreadIdle { spread: spread.to_owned(), node: consumer.name.clone() })
        }
        _ => Ok(()),
    }
}

fn to_host(text: &str, graph: &Graph, from: &End, to: &End, state: ImportState) -> Result<Edit, WireError> {
    if !host_provides(&from.port) || !(names_fit(&from.port, &to.port) || short(&from.port) == to.port) {
        return Err(WireError::NotTheHosts { port: from.port.clone() });
    }
    if state == ImportState::Host {
        return Err(WireError::Already { node: from.node.clone(), port: from.port.clone() });
    }
    Ok(cut::cut(text, graph, from)?)
}
