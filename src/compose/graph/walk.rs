//! The statements and expressions, in wac's order.

use wac_parser::{
    Document as Ast, Expr, ExternName, ImportStatement, ImportType, InlineInterface, InstantiationArgument,
    InterfaceItem, ItemTypeDecl, NewExpr, PrimaryExpr, Statement, TypeStatement,
};

use crate::compose::find::{Lookup, look_up};
use crate::compose::graph::value::{Imported, Step, Value, list};
use crate::compose::graph::{Builder, Instance};
use crate::model::diagnostic::Severity;
use crate::model::graph::{Node, NodeKind};
use crate::model::host::host_provides;
use crate::model::port::{Port, PortKind};
use crate::model::project::{BuildKind, Component, Project};
use crate::wac::outline::declared;

/// What to do about an import of the composition itself.
pub(super) const NOT_HERE: &str = "it can be shipped so, but not run here: wire a component instead";

impl<'a> Builder<'a> {
    pub(super) fn walk(&mut self, ast: &'a Ast<'a>) {
        for statement in &ast.statements {
            let id = match statement {
                Statement::Let(statement) => &statement.id,
                Statement::Import(statement) => &statement.id,
                Statement::Type(statement) => declared(statement),
                Statement::Export(_) => continue,
            };
            self.defined.entry(id.string).or_insert_with(|| id.span.offset());
        }
        let own = ast.directive.package.name;
        for statement in &ast.statements {
            match statement {
                Statement::Let(statement) => {
                    let value = self.expression(&statement.expr, Some(statement.id.string), own);
                    self.name(statement.id.string, statement.id.span.offset(), value);
                }
                Statement::Import(statement) => {
                    let value = self.import_statement(statement);
                    self.name(statement.id.string, statement.id.span.offset(), value);
                }
                Statement::Export(statement) => {
                    let value = self.expression(&statement.expr, None, own);
                    self.statements.push((statement, value));
                }
                // Types declared in the text have no place in the picture.
                Statement::Type(statement) => {
                    let id = declared(statement);
                    let of_package = || match &ast.directive.package.version {
                        Some(version) => format!("{own}/{}@{version}", id.string),
                        None => format!("{own}/{}", id.string),
                    };
                    let interface = matches!(statement, TypeStatement::Interface(_)).then(of_package);
                    self.name(id.string, id.span.offset(), Value::Type { name: id.string.into(), interface });
                }
            }
        }
    }

    fn name(&mut self, name: &'a str, offset: usize, value: Value) {
        if self.names.contains_key(name) {
            let first = self.defined.get(name).and_then(|offset| self.doc.place(*offset));
            let problem = self.error(offset, format!("`{name}` is already defined; give this one another name"));
            if first.is_some() {
                *problem = problem.clone().remark("the first one is here", first);
            }
            return;
        }
        self.names.insert(name, value);
    }

    fn expression(&mut self, expr: &'a Expr<'a>, name: Option<&'a str>, own: &'a str) -> Value {
        // `let x = new a {}.b;` names the export, not the instance.
        let name = name.filter(|_| expr.postfix.is_empty());
        let mut value = match &expr.primary {
            PrimaryExpr::New(new) => self.instantiate(new, name, own),
            PrimaryExpr::Nested(nested) => self.expression(&nested.inner, name, own),
            PrimaryExpr::Ident(id) => self.look_up(id.string, id.span.offset()),
        };
        for postfix in &expr.postfix {
            value = self.access(value, Step::new(postfix));
        }
        value
    }

    /// What a name stands for here.
    pub(super) fn look_up(&mut self, name: &str, offset: usize) -> Value {
        if let Some(value) = self.names.get(name) {
            return value.clone();
        }
        if self.defined.contains_key(name) {
            return Value::Later { name: name.to_owned(), offset, steps: Vec::new() };
        }
        let known = list(self.names.keys().copied(), "nothing yet");
        let help = self.how_to_define(name);
        let problem = self.error(offset, format!("`{name}` is not defined; defined here are: {known}"));
        problem.help = Some(help);
        Value::Unknown
    }

    fn instantiate(&mut self, new: &'a NewExpr<'a>, name: Option<&'a str>, own: &'a str) -> Value {
        let arguments: Vec<_> = new
            .arguments
            .iter()
            .map(|argument| {
                let value = match argument {
                    InstantiationArgument::Named(named) => self.expression(&named.expr, None, own),
                    InstantiationArgument::Inferred(id) | InstantiationArgument::Spread(id) => {
                        self.look_up(id.string, id.span.offset())
                    }
                    InstantiationArgument::Fill(_) => Value::Unknown,
                };
                (argument, value)
            })
            .collect();
        let package = &new.package;
        let offset = package.span.offset();
        let node = self.nodes.len();
        let node_name = self.node_names.unique(name.unwrap_or(package.name), "-");
        let component = if package.name == own {
            self.error(offset, format!("`{own}` is this composition itself; it cannot be a part of itself"));
            None
        } else {
            self.component(package.string, offset, &node_name)
        };
        let ports = component.and_then(|c| self.ports.get(&c.name));
        self.nodes.push(Node {
            name: node_name,
            kind: NodeKind::Component,
            component: component.map(|c| c.name.clone()),
            package: Some(package.string.to_owned()),
            source: component.map(|c| source(self.project, c)),
            imports: Vec::new(),
            exports: ports.map(|p| p.exports.clone()).unwrap_or_default(),
        });
        self.instances.push(Instance { ports, offset, variable: name, arguments });
        Value::Instance(node)
    }

    fn component(&mut self, package: &str, offset: usize, node: &str) -> Option<&'a Component> {
        let (component, problem) = match look_up(self.project, package) {
            Lookup::One(component) => (Some(component), None),
            Lookup::Several(component, problem) => (Some(component), Some(problem)),
            Lookup::None(problem) => (None, Some(problem)),
            Lookup::Unread => (None, None),
        };
        if let Some(problem) = problem {
            let place = self.doc.place(offset);
            self.report(crate::model::diagnostic::Diagnostic { place, ..*problem }.component(node));
        }
        component
    }

    fn import_statement(&mut self, statement: &'a ImportStatement<'a>) -> Value {
        let id = &statement.id;
        let (kind, inferred, interface, items) = match &statement.ty {
            ImportType::Package(path) => (PortKind::Interface, path.string, Some(path.string.to_owned()), None),
            ImportType::Interface(inline) => (PortKind::Interface, id.string, None, spelt_out(inline)),
            ImportType::Func(_) => (PortKind::Function, id.string, None, None),
            ImportType::Ident(of) => match self.look_up(of.string, of.span.offset()) {
                Value::Type { interface: interface @ Some(_), .. } => (PortKind::Interface, id.string, interface, None),
                Value::Import(Imported { item, items, interface, .. }) => (item.kind, id.string, interface, items),
                Value::Instance(_) => (PortKind::Interface, id.string, None, None),
                Value::Export { port, .. } | Value::Inside { item: port, .. } => (port.kind, id.string, None, None),
                Value::Type { .. } | Value::Later { .. } | Value::Unknown => (PortKind::Other, id.string, None, None),
            },
        };
        let name = statement.name.as_ref().map_or(inferred, ExternName::as_str);
        self.explicit.insert(name.to_owned(), id.string);
        if !host_provides(name) {
            let problem = self.doc.problem(
                Severity::Warning,
                id.span.offset(),
                format!("the composition imports `{name}`, which the host does not provide"),
            );
            self.report(problem.port(name).help(NOT_HERE));
        }
        // wac knows an interface by its own name, and imports one of a name once.
        if let Some(interface) = &interface
            && let Some(first) = self.imported.insert(interface.clone(), id.string)
        {
            let message = format!(
                "`{first}` and `{}` import one interface, `{interface}`: the composer makes one import of the two",
                id.string
            );
            self.error(id.span.offset(), message).help =
                Some("import it once, or spell one of the two out as `interface { … }`".into());
        }
        let item = Port::unknown(name, kind);
        Value::Import(Imported { import: name.to_owned(), item, items, interface })
    }
}

/// What an interface holds that the text spells out; `None` where its names alone do not tell.
fn spelt_out(interface: &InlineInterface<'_>) -> Option<Vec<Port>> {
    let mut items = Vec::new();
    let mut item = |name: &str, kind| items.push(Port::unknown(name, kind));
    for member in &interface.items {
        match member {
            InterfaceItem::Use(used) => {
                used.items.iter().for_each(|u| item(u.as_id.unwrap_or(u.id).string, PortKind::Other));
            }
            // Its methods are items too.
            InterfaceItem::Type(ItemTypeDecl::Resource(_)) => return None,
            InterfaceItem::Type(ty) => item(ty.id().string, PortKind::Other),
            InterfaceItem::Export(export) => item(export.id.string, PortKind::Function),
        }
    }
    Some(items)
}

/// The file a person would open for this component.
fn source(project: &Project, component: &Component) -> std::path::PathBuf {
    let path = match &component.build_kind {
        BuildKind::Cargo(package) => &package.manifest,
        BuildKind::File(path) => path,
        BuildKind::Command { output, .. } => output,
    };
    project.relative(path).to_owned()
}
