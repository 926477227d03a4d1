//! What an expression of the text stands for.

use wac_parser::PostfixExpr;

use crate::compose::graph::Builder;
use crate::compose::text::matching;
use crate::model::port::{Port, PortKind};
use crate::model::signature::items;

#[derive(Clone, Debug)]
pub(super) enum Value {
    /// A whole instance; the number of its node.
    Instance(usize),
    /// One export of an instance.
    Export { node: usize, port: Port },
    /// Something inside an exported interface.
    Inside { node: usize, interface: String, item: Port },
    /// Something the composition itself imports.
    Import(Imported),
    /// A type, an interface or a world that the text declares; for an interface, the name others know it by.
    Type { name: String, interface: Option<String> },
    /// A name that the text defines further down, with what is taken from it.
    Later { name: String, offset: usize, steps: Vec<Step> },
    /// Something a problem was already told of.
    Unknown,
}

/// What an import of the composition is, or something inside it.
#[derive(Clone, Debug)]
pub(super) struct Imported {
    /// The composition's import.
    pub import: String,
    /// What the value is: the import, or something inside it.
    pub(crate) item: Port,
    /// What is in it, where the text spells that out.
    pub(crate) items: Option<Vec<Port>>,
    /// The interface it was imported as, where it has a name.
    pub interface: Option<String>,
}

/// What an instance holds.
pub(super) enum Items {
    Known(Vec<(String, Value)>),
    /// It may hold anything.
    Unknown,
    /// It is no instance.
    None,
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
    /// The names this would have as an inferred argument, the first of them as an export.
    pub(super) fn own_names(&self) -> impl Iterator<Item = &str> {
        let (interface, name) = match self {
            Self::Export { port, .. } | Self::Inside { item: port, .. } => (None, Some(&port.name)),
            Self::Import(imported) => (imported.interface.as_ref(), Some(&imported.item.name)),
            Self::Instance(_) | Self::Type { .. } | Self::Later { .. } | Self::Unknown => (None, None),
        };
        interface.into_iter().chain(name).map(String::as_str)
    }

    /// The name this would have as an export.
    pub(super) fn own_name(&self) -> Option<&str> {
        self.own_names().next()
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
            Value::Export { node, port } => match item_of(&port, &step.name) {
                Some(item) => Value::Inside { node, interface: port.name, item },
                None => self.nothing_inside(&port, &step),
            },
            Value::Inside { node, interface, item } => match item_of(&item, &step.name) {
                Some(item) => Value::Inside { node, interface, item },
                None => self.nothing_inside(&item, &step),
            },
            Value::Import(Imported { import, item, items, .. }) => {
                let inner = match &items {
                    Some(items) => items.iter().find(|i| i.name == step.name).cloned(),
                    None => item_of(&item, &step.name),
                };
                match inner {
                    Some(item) => Value::Import(Imported { import, item, items: None, interface: None }),
                    None => self.nothing_inside(&item, &step),
                }
            }
            Value::Type { name, .. } => {
                self.error(
                    step.offset,
                    format!("`{name}` is a type that the text declares, and nothing can be taken from it"),
                );
                Value::Unknown
            }
        }
    }

    /// What a value holds, if it is an instance.
    pub(super) fn items(&self, value: &Value) -> Items {
        let known = |items: Vec<Port>, value: &dyn Fn(Port) -> Value| match items.is_empty() {
            true => Items::Unknown,
            false => Items::Known(items.into_iter().map(|item| (item.name.clone(), value(item))).collect()),
        };
        match value {
            Value::Instance(node) => match self.instances.get(*node).and_then(|i| i.ports) {
                Some(ports) => {
                    let export = |p: &Port| (p.name.clone(), Value::Export { node: *node, port: p.clone() });
                    Items::Known(ports.exports.iter().map(export).collect())
                }
                None => Items::Unknown,
            },
            Value::Export { port, .. } | Value::Inside { item: port, .. } if !may_be_instance(port) => Items::None,
            Value::Export { node, port } => {
                known(items(port), &|item| Value::Inside { node: *node, interface: port.name.clone(), item })
            }
            Value::Inside { .. } => Items::Unknown,
            Value::Import(imported) => match &imported.items {
                Some(items) => known(items.clone(), &|item| {
                    Value::Import(Imported { import: imported.import.clone(), item, items: None, interface: None })
                }),
                None if may_be_instance(&imported.item) => Items::Unknown,
                None => Items::None,
            },
            Value::Type { .. } => Items::None,
            Value::Later { .. } | Value::Unknown => Items::Unknown,
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
        let problem =
            self.error(step.offset, format!("`{instance}` does not export `{}`; it exports {there}", step.name));
        problem.component = Some(instance);
        problem.port = Some(step.name.clone());
        problem.help = help;
        Value::Unknown
    }

    fn nothing_inside(&mut self, port: &Port, step: &Step) -> Value {
        let message = match port.kind {
            PortKind::Function => format!("`{}` is a function and has nothing inside it", port.name),
            PortKind::Other => format!("`{}` is a type and has nothing inside it", port.name),
            PortKind::Interface => {
                let there = list(items(port).iter().map(|i| i.name.as_str()), "nothing");
                format!("`{}` has no `{}`; it has {there}", port.name, step.name)
            }
        };
        self.error(step.offset, message);
        Value::Unknown
    }
}

/// Whether something may be an instance, as far as is known.
fn may_be_instance(port: &Port) -> bool {
    port.kind == PortKind::Interface || port.kind == PortKind::Other && !port.types.is_known()
}

/// What an interface holds under a name. Of one whose types are not known everything is believed.
fn item_of(interface: &Port, name: &str) -> Option<Port> {
    if !may_be_instance(interface) {
        return None;
    }
    if !interface.types.is_known() {
        return Some(Port::unknown(name, PortKind::Other));
    }
    items(interface).into_iter().find(|item| item.name == name)
}

/// `a`, `b` and so on; `none` for no names.
pub(super) fn list<'a>(names: impl Iterator<Item = &'a str>, none: &str) -> String {
    let names: Vec<_> = names.map(|n| format!("`{n}`")).collect();
    if names.is_empty() { none.to_owned() } else { names.join(", ") }
}
