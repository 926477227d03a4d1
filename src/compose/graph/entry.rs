//! The export statements: what the composition itself offers.

use wac_parser::{ExportOptions, ExportStatement};

use crate::compose::graph::value::{Items, Value};
use crate::compose::graph::{Builder, import};
use crate::compose::text::access;
use crate::model::graph::{ENTRY, ImportState};
use crate::model::host::host_provides;
use crate::model::port::{Port, PortKind, short};

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
        if self.is_declared(name) {
            let message = format!("`{name}` is a type that the text declares, and is exported as such already");
            let problem = self.error(offset, message);
            problem.port = Some(name.to_owned());
            problem.help = Some(format!("give this export another name, as in `as \"other-{name}\"`"));
            return;
        }
        if self.exports.iter().any(|e| e.port.name == name) {
            let problem = self.error(offset, format!("`{name}` is exported twice"));
            problem.port = Some(name.to_owned());
            problem.help = Some(format!("give one of the two another name, as in `as \"other-{}\"`", short(name)));
            return;
        }
        let (port, state) = match value {
            Value::Export { node, port } | Value::Inside { node, item: port, .. } => {
                (port.clone(), self.trusted(*node))
            }
            Value::Import(imported) => {
                let is_whole = imported.item.name == imported.import;
                let is_hosts = is_whole && host_provides(&imported.import);
                (imported.item.clone(), if is_hosts { ImportState::Host } else { ImportState::Unwired })
            }
            Value::Type { .. } => {
                let ty = Port::unknown(name, PortKind::Other);
                (ty, ImportState::Wired)
            }
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

    /// Whether the text declares a type of this name.
    fn is_declared(&self, name: &str) -> bool {
        matches!(self.names.get(name), Some(Value::Type { .. }))
    }

    fn nameless(&mut self, statement: &ExportStatement<'_>, value: &Value) {
        let span = statement.expr.span;
        let text = self.doc.slice(span.offset(), span.len()).trim().to_owned();
        if let Value::Type { .. } = value {
            let problem = self.error(span.offset(), format!("`{text}` is exported as `{text}` where it is declared"));
            problem.help =
                Some(format!("remove this, or export it under another name: `export {text} as \"other-{text}\";`"));
            return;
        }
        let exports = match value {
            Value::Instance(node) => self.instances.get(*node).and_then(|i| i.ports).map(|p| p.exports.as_slice()),
            _ => None,
        };
        let help = match exports {
            Some([]) => format!("name it: `export {text} as \"instance\";`"),
            Some(exports @ [first, ..]) => {
                let one = access(&text, &first.name, exports);
                format!("export what is in it: `export {text}...;` for all, `export {one};` for one")
            }
            None => format!("export all that is in it with `export {text}...;`, or name it with `as`"),
        };
        self.error(span.offset(), format!("`{text}` is a whole instance; an export needs a name")).help = Some(help);
    }

    fn export_all(&mut self, value: &Value, offset: usize) {
        let exports = match self.items(value) {
            Items::Known(exports) => exports,
            // Which they are is known once it is built.
            Items::Unknown => return,
            Items::None => {
                self.error(offset, "only an instance can be exported with `...`");
                return;
            }
        };
        let is_new = |name: &String| !self.is_declared(name) && !self.exports.iter().any(|e| e.port.name == *name);
        let new: Vec<_> = exports.into_iter().filter(|(name, _)| is_new(name)).collect();
        if new.is_empty() {
            self.error(offset, "nothing is left to export here: there is nothing in it, or all is exported already");
        }
        for (name, value) in new {
            self.export_as(&name, &value, offset);
        }
    }
}
