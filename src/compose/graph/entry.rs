//! The export statements: what the composition itself offers.

use wac_parser::{ExportOptions, ExportStatement};

use crate::compose::graph::value::Value;
use crate::compose::graph::{Builder, import};
use crate::model::graph::{ENTRY, ImportState};
use crate::model::host::host_provides;
use crate::model::port::{Port, PortKind, short};
use crate::model::signature::functions;

impl Builder<'_> {
    pub(super) fn export(&mut self) {
        for (statement, value) in std::mem::take(&mut self.statements) {
            let value = self.settle(value, None);
            if matches!(value, Value::Unknown) {
                continue;
            }
            let offset = statement.expr.span.offset();
            match &statement.options {
                ExportOptions::None => match value.own_name().map(str::to_owned) {
                    Some(name) => self.export_as(&name, &value, offset),
                    None => self.nameless(statement, &value),
                },
                ExportOptions::Rename(name) => self.export_as(name.as_str(), &value, name.span().offset()),
                ExportOptions::Spread(_) => self.export_all(&value, offset),
            }
        }
    }

    fn export_as(&mut self, name: &str, value: &Value, offset: usize) {
        if self.exports.iter().any(|e| e.port.name == name) {
            let problem = self.error(offset, format!("`{name}` is exported twice"));
            problem.port = Some(name.to_owned());
            problem.help = Some(format!("give one of the two another name, as in `as \"other-{}\"`", short(name)));
            return;
        }
        let (port, state) = match value {
            Value::Export { node, port } | Value::Inside { node, function: port, .. } => {
                (port.clone(), self.trusted(*node))
            }
            Value::Import(port) if host_provides(&port.name) => (port.clone(), ImportState::Host),
            Value::Import(port) => (port.clone(), ImportState::Unwired),
            _ => {
                let whole = Port::unknown(name, PortKind::Interface);
                (whole, ImportState::Wired)
            }
        };
        if let Some((node, export)) = value.source() {
            if self.instances.get(node).is_some_and(|i| i.ports.is_none()) {
                self.believe(node, &Port { name: export.to_owned(), ..port.clone() });
            }
            let node = self.node_name(node);
            self.wire((ENTRY, name), (&node, export));
        }
        if state == ImportState::Host {
            self.leave_to_host(ENTRY, name, &port);
        }
        self.exports.push(import(&Port { name: name.to_owned(), ..port }, state));
    }

    fn nameless(&mut self, statement: &ExportStatement<'_>, value: &Value) {
        let span = statement.expr.span;
        let text = self.doc.slice(span.offset(), span.len()).trim().to_owned();
        let first = match value {
            Value::Instance(node) => {
                self.instances.get(*node).and_then(|i| i.ports).and_then(|p| p.exports.first()).map(|e| e.name.clone())
            }
            _ => None,
        };
        let problem = self.error(span.offset(), format!("`{text}` is a whole instance; an export needs a name"));
        problem.help = Some(match first {
            Some(export) => format!(
                "export what is in it: `export {text}...;` for all, `export {text}.{};` for one",
                short(&export)
            ),
            None => format!("export all that is in it with `export {text}...;`, or name it with `as`"),
        });
    }

    fn export_all(&mut self, value: &Value, offset: usize) {
        let exports: Vec<(String, Value)> = match value {
            Value::Instance(node) => {
                let Some(ports) = self.instances.get(*node).and_then(|i| i.ports) else { return };
                let export = |p: &Port| (p.name.clone(), Value::Export { node: *node, port: p.clone() });
                ports.exports.iter().map(export).collect()
            }
            Value::Export { node, port } if port.kind == PortKind::Interface => functions(port)
                .into_iter()
                .map(|f| (f.name.clone(), Value::Inside { node: *node, interface: port.name.clone(), function: f }))
                .collect(),
            _ => {
                self.error(offset, "only an instance can be exported with `...`");
                return;
            }
        };
        let new: Vec<_> =
            exports.into_iter().filter(|(name, _)| !self.exports.iter().any(|e| e.port.name == *name)).collect();
        if new.is_empty() {
            self.error(offset, "nothing is left to export here: there is nothing in it, or all is exported already");
        }
        for (name, value) in new {
            self.export_as(&name, &value, offset);
        }
    }
}
