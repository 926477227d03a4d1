//! What the expressions of a text stand for, as far as edits have to know.

use std::collections::BTreeMap;

use wac_parser::{Expr, InstantiationArgument, InstantiationArgumentName, PostfixExpr, PrimaryExpr, Statement};

use crate::model::graph::{Graph, Node};
use crate::model::port::matching;
use crate::wac::outline::{NodeAt, Outline};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// A whole instance, by its node.
    Instance(String),
    /// One export of a node.
    Export {
        node: String,
        port: String,
    },
    /// A function inside an exported interface.
    Inside(String),
    Other,
}

impl Value {
    /// The name it would have as an export or an inferred argument.
    pub(crate) fn own_name(&self) -> Option<&str> {
        match self {
            Self::Export { port, .. } | Self::Inside(port) => Some(port),
            Self::Instance(_) | Self::Other => None,
        }
    }
}

/// What every name of the text stands for.
pub(crate) struct Values<'a> {
    graph: &'a Graph,
    names: BTreeMap<&'a str, Value>,
}

impl<'a> Values<'a> {
    pub(crate) fn of(outline: &Outline<'a>, graph: &'a Graph) -> Self {
        let mut values = Self { graph, names: BTreeMap::new() };
        for statement in &outline.ast.statements {
            if let Statement::Let(statement) = statement {
                let value = values.expression(outline, &statement.expr);
                values.names.entry(statement.id.string).or_insert(value);
            }
        }
        values
    }

    pub(crate) fn name(&self, name: &str) -> Value {
        self.names.get(name).cloned().unwrap_or(Value::Other)
    }

    pub(crate) fn expression(&self, outline: &Outline<'_>, expr: &Expr<'_>) -> Value {
        let mut value = match &expr.primary {
            PrimaryExpr::Ident(id) => self.name(id.string),
            PrimaryExpr::Nested(nested) => self.expression(outline, &nested.inner),
            PrimaryExpr::New(new) => outline.node_of(new).map_or(Value::Other, |n| Value::Instance(n.name.clone())),
        };
        for step in &expr.postfix {
            let (name, exact) = match step {
                PostfixExpr::Access(access) => (access.id.string, false),
                PostfixExpr::NamedAccess(access) => (access.string.value, true),
            };
            value = match value {
                Value::Instance(node) => {
                    let exports = self.graph.node(&node).map(|n| n.exports.as_slice()).unwrap_or_default();
                    let names = exports.iter().map(|e| e.name.as_str());
                    let found = if exact { None } else { matching(name, names) };
                    Value::Export { port: found.unwrap_or(name).to_owned(), node }
                }
                Value::Export { .. } => Value::Inside(name.to_owned()),
                Value::Inside(_) | Value::Other => Value::Other,
            };
        }
        value
    }

    /// Which of a `new`'s arguments gives an import; a spread is not asked.
    pub(crate) fn argument(&self, at: &NodeAt<'_>, node: &Node, import: &str) -> Option<usize> {
        let given = |a: &InstantiationArgument<'_>| self.given(node, a).is_some_and(|name| name == import);
        at.new.arguments.iter().position(given)
    }

    /// The import an argument gives.
    pub(crate) fn given<'n>(&self, node: &'n Node, argument: &'n InstantiationArgument<'_>) -> Option<&'n str> {
        let names = node.imports.iter().map(|i| i.port.name.as_str());
        match argument {
            InstantiationArgument::Named(argument) => match &argument.name {
                InstantiationArgumentName::String(s) => Some(s.value),
                InstantiationArgumentName::Ident(id) => Some(matching(id.string, names).unwrap_or(id.string)),
            },
            InstantiationArgument::Inferred(id) => {
                let value = self.name(id.string);
                let own = names.clone().find(|n| Some(*n) == value.own_name());
                Some(own.or_else(|| matching(id.string, names)).unwrap_or(id.string))
            }
            InstantiationArgument::Spread(_) | InstantiationArgument::Fill(_) => None,
        }
    }
}
