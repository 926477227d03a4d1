//! What of a text the canvas shows and cannot edit, each with the reason.

use std::collections::HashMap;

use wac_parser::{Document as Ast, ImportType, Statement, TypeStatement};

use crate::model::graph::{ENTRY, Graph, HOST, Item, TextOnly};
use crate::model::line_index::LineIndex;
use crate::wac::cut::{Arguments, argument_of};
use crate::wac::export::{HideError, statement_of};
use crate::wac::outline::Outline;
use crate::wac::value::Values;

/// Every node, wire and statement of a text that only an editor can change.
pub(crate) fn text_only(text: &str, ast: &Ast<'_>, graph: &Graph) -> Vec<TextOnly> {
    let outline = Outline::new(text, ast);
    let values = Values::of(&outline, graph);
    let lines = LineIndex::new(text.to_owned());
    let line = |offset: usize| lines.line_column(offset).0;
    let nodes: HashMap<&str, _> = graph.nodes.iter().rev().map(|n| (n.name.as_str(), n)).collect();
    let mut arguments = HashMap::new();
    let mut found = Vec::new();
    if let Some(world) = &ast.directive.targets {
        let reason = format!("the world that the composition keeps to, `{}`, is named in the text alone", world.string);
        found.push(TextOnly { what: Item::Statement("targets".into()), reason, line: line(world.span.offset()) });
    }
    for (statement, placed) in ast.statements.iter().zip(&outline.statements) {
        let (name, what) = match statement {
            Statement::Type(TypeStatement::Interface(i)) => (i.id.string, "an interface"),
            Statement::Type(TypeStatement::World(w)) => (w.id.string, "a world"),
            Statement::Type(TypeStatement::Type(t)) => (t.id().string, "a type"),
            Statement::Import(import) => match &import.ty {
                ImportType::Func(_) => (import.id.string, "an imported function"),
                _ => (import.id.string, "an imported instance"),
            },
            Statement::Let(_) | Statement::Export(_) => continue,
        };
        let exported = if matches!(statement, Statement::Type(_)) { " and exported" } else { "" };
        let reason = format!("`{name}` is {what} of the composition itself, declared{exported} in the text alone");
        found.push(TextOnly { what: Item::Statement(name.into()), reason, line: line(placed.range.start) });
    }
    for node in &outline.nodes {
        let inner = outline.made_by(node.statement).iter().find(|n| n.name != node.name);
        let reason = match (node.variable, inner) {
            (None, _) => format!(
                "`{}` is made inside an expression and has no name to refer to; name it with `let` in the text first",
                node.name
            ),
            (Some(_), Some(inner)) => {
                format!("`{}` is made inside the statement of `{}`; take them apart in the text", inner.name, node.name)
            }
            (Some(_), None) => continue,
        };
        found.push(TextOnly { what: Item::Node(node.name.clone()), reason, line: line(node.new.span.offset()) });
    }
    for wire in graph.wires.iter().filter(|w| w.to.node != HOST) {
        let (reason, number) = if wire.from.node == ENTRY {
            match statement_of(&outline, &values, graph, &wire.from.port) {
                Ok(_) => continue,
                Err(e) => {
                    let words = |r| crate::wac::slice(text, r).split_whitespace().collect::<Vec<_>>().join(" ");
                    let number = match &e {
                        HideError::Nested { inner, .. } => outline.node(inner).map(|n| n.statement),
                        HideError::Spread { statement, .. } => {
                            outline.statements.iter().position(|s| words(s.range.clone()) == *statement)
                        }
                        HideError::Unreadable | HideError::NoExport(_) => None,
                    };
                    let placed = number.and_then(|n| outline.statements.get(n));
                    (e.to_string(), placed.map_or(0, |s| s.range.start))
                }
            }
        } else {
            let from = wire.from.node.as_str();
            let (Some(at), Some(node)) = (outline.node(from), nodes.get(from)) else { continue };
            let arguments = arguments.entry(from).or_insert_with(|| Arguments::of(&outline, &values, at, node));
            match argument_of(&outline, &values, graph, at, node, arguments, &wire.from.port) {
                Ok(_) => continue,
                Err(e) => (e.to_string(), at.new.span.offset()),
            }
        };
        found.push(TextOnly { what: Item::Wire(wire.from.clone()), reason, line: line(number) });
    }
    found
}
