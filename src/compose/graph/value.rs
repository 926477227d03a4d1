//! What an expression of the text stands for.

use wac_parser::PostfixExpr;

use crate::compose::graph::Builder;
use crate::compose::text::matching;
use crate::model::port::{Port, PortKind};
use crate::model::signature::function;

#[derive(Clone, Debug)]
pub(super) enum Value {
    /// A whole instance; the number of its node.
    Instance(usize),
    /// One export of an instance.
    Export { node: usize, port: Port },
    /// A function inside an exported interface.
    Inside { node: usize, interface: String, function: Port },
    /// Something the composition itself imports.
    Import(Port),
    /// A name that the text defines further down, with what is taken from it.
    Later { name: String, offset: usize, steps: Vec<Step> },
    /// Something a problem was already told of.
    Unknown,
}

/// `.name` or `["name"]`.
#[derive(Clone, Debug)]
pub(super) struct Step {
    name: String,
    /// Between brackets: no matching of last segments.
    exact: bool,
    offset: usize,
}

impl Step {
    pub(super) fn new(postfix: &PostfixExpr) -> Self {
        match postfix {
            PostfixExpr::Access(access) => {
                Self { name: access.id.string.into(), exact: false, offset: access.id.span.offset() }
            }
            PostfixExpr::NamedAccess(access) => {
                Self { name: access.string.value.into(), exact: true, offset: access.string.span.offset() }
            }
        }
    }
}

impl Value {
    /// The name this would have as an export or an inferred argument.
    pub(super) fn own_name(&self) -> Option<&str> {
        match self {
            Self::Export { port, .. } | Self::Import(port) | Self::Inside { function: port, .. } => Some(&port.name),
            Self::Instance(_) | Self::Later { .. } | Self::Unknown => None,
        }
    }

    /// The node it comes from, and the export of that node.
    pub(super) fn source(&self) -> Option<(usize, &str)> {
        match self {
            Self::Export { node, port } => Some((*node, &port.name)),
            Self::Inside { node, interface, .. } => Some((*node, interface)),
            _ => None,
        }
    }
}

impl Builder<'_> {
    /// What `step` takes from `value`.
    pub(super) fn access(&mut self, value: Value, step: Step) -> Value {
        match value {
            Value::Unknown => Value::Unknown,
            Value::Later { name, offset, mut steps } => {
                steps.push(step);
                Value::Later { name, offset, steps }
            }
            Value::Instance(node) => self.export_of(node, &step),
            Value::Export { node, port } => match function_in(&port, &step.name) {
                Some(function) => Value::Inside { node, interface: port.name, function },
                None => self.nothing_inside(&port, &step),
            },
            Value::Import(port) => match function_in(&port, &step.name) {
                Some(function) => Value::Import(function),
                None => self.nothing_inside(&port, &step),
            },
            Value::Inside { function, .. } => self.nothing_inside(&function, &step),
        }
    }

    fn export_of(&mut self, node: usize, step: &Step) -> Value {
        let Some(ports) = self.instances.get(node).and_then(|i| i.ports) else {
            // Nothing is known of this component: believe the text.
            let port = Port::unknown(&step.name, PortKind::Other);
            return Value::Export { node, port };
        };
        let names = ports.exports.iter().map(|p| p.name.as_str());
        let name = if step.exact { Some(step.name.as_str()) } else { matching(&step.name, names.clone()) };
        if let Some(port) = ports.exports.iter().find(|p| Some(p.name.as_str()) == name) {
            return Value::Export { node, port: port.clone() };
        }
        let (instance, there) = (self.node_name(node), list(names, "nothing"));
        let alike: Vec<_> =
            ports.exports.iter().filter(|p| crate::model::port::short(&p.name) == step.name).map(|p| &p.name).collect();
        let help = match alike.as_slice() {
            [first, _, ..] => Some(format!("several of them end so; write the whole name, as in `[\"{first}\"]`")),
            _ => None,
        };
        let problem = self.error(step.offset, format!("`{instance}` exports no `{}`; it exports {there}", step.name));
        problem.component = Some(instance);
        problem.port = Some(step.name.clone());
        problem.help = help;
        Value::Unknown
    }

    fn nothing_inside(&mut self, port: &Port, step: &Step) -> Value {
        let message = match port.kind {
            PortKind::Function => format!("`{}` is a function and has nothing inside it", port.name),
            _ => format!("`{}` has no function `{}`", port.name, step.name),
        };
        self.error(step.offset, message);
        Value::Unknown
    }
}

/// A function of an interface; one of which nothing is known may have it.
fn function_in(port: &Port, name: &str) -> Option<Port> {
    if port.kind == PortKind::Function {
        return None;
    }
    let unknown = || (!port.types.is_known()).then(|| Port::unknown(name, PortKind::Function));
    function(port, name).or_else(unknown)
}

/// `a`, `b` and so on; `none` for no names.
pub(super) fn list<'a>(names: impl Iterator<Item = &'a str>, none: &str) -> String {
    let names: Vec<_> = names.map(|n| format!("`{n}`")).collect();
    if names.is_empty() { none.to_owned() } else { names.join(", ") }
}
