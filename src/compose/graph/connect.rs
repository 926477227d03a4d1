//! Every import of every instance: who provides it, and whether that fits.

use wac_parser::{InstantiationArgument, InstantiationArgumentName};

use crate::compose::find::idle_import;
use crate::compose::graph::advice::Could;
use crate::compose::graph::merge::Open;
use crate::compose::graph::value::{Imported, Items, Value, list};
use crate::compose::graph::{Builder, import};
use crate::compose::text::{access, identifier, matching, written};
use crate::model::diagnostic::Severity;
use crate::model::fits::{Reason, instance_fits, may_fit, version_note};
use crate::model::graph::{Import, ImportState};
use crate::model::host::host_provides;
use crate::model::port::{Port, PortKind, names_fit, short};

/// The imports of one instance while they are being settled.
type Slots = Vec<(Port, Option<ImportState>)>;

/// An import that needs a provider and was given none.
pub(super) struct Unwired {
    node: usize,
    port: Port,
    /// Whether `...` leaves it to the composition.
    fill: bool,
    /// Where the node's package is named.
    offset: usize,
}

impl Builder<'_> {
    pub(super) fn connect(&mut self) {
        for node in 0..self.instances.len() {
            self.connect_node(node);
        }
        // Who could provide them depends on every wire: one that closes a cycle is no advice.
        for Unwired { node, port, fill, offset } in std::mem::take(&mut self.unwired) {
            let state = self.report_unwired(node, &port, fill, offset);
            let imports = self.nodes.get_mut(node).into_iter().flat_map(|n| &mut n.imports);
            imports.filter(|i| i.port.name == port.name).for_each(|i| i.state = state);
        }
    }

    fn connect_node(&mut self, node: usize) {
        let Some(instance) = self.instances.get_mut(node) else { return };
        let (offset, known) = (instance.offset, instance.ports.is_some());
        let arguments = std::mem::take(&mut instance.arguments);
        let mut slots: Slots =
            instance.ports.map(|p| p.imports.iter().map(|i| (i.clone(), None)).collect()).unwrap_or_default();
        let mut fill = false;
        let last = arguments.len().saturating_sub(1);
        for (i, (argument, value)) in arguments.iter().enumerate() {
            let value = self.settle(value.clone(), Some(node));
            let (wanted, at) = match argument {
                InstantiationArgument::Named(given) => {
                    let name = given.name.as_str();
                    let exact = matches!(given.name, InstantiationArgumentName::String(_));
                    let names = slots.iter().map(|(p, _)| p.name.as_str());
                    let found = if exact { None } else { matching(name, names) };
                    (found.unwrap_or(name).to_owned(), given.name.span().offset())
                }
                InstantiationArgument::Inferred(id) => {
                    let names = slots.iter().map(|(p, _)| p.name.as_str());
                    let own = value.own_names().find(|own| names.clone().any(|n| n == *own));
                    let found = own.or_else(|| matching(id.string, names)).unwrap_or(id.string);
                    (found.to_owned(), id.span.offset())
                }
                // After all the others, as wac does it.
                InstantiationArgument::Spread(_) => continue,
                InstantiationArgument::Fill(span) => {
                    fill = true;
                    if i != last {
                        self.error(span.offset(), "`...` must be the last argument; move it to the end");
                    }
                    continue;
                }
            };
            self.give(node, &mut slots, known, (&wanted, at), &value);
        }
        for (argument, value) in &arguments {
            if let InstantiationArgument::Spread(id) = argument {
                let value = self.settle(value.clone(), Some(node));
                self.spread(node, &mut slots, known, id.span.offset(), &value);
            }
        }
        let imports = self.leave(node, slots, fill, offset);
        if let Some(node) = self.nodes.get_mut(node) {
            node.imports = imports;
        }
    }

    /// One argument: `wanted` is the import's name and where it stands.
    fn give(&mut self, node: usize, slots: &mut Slots, known: bool, wanted: (&str, usize), value: &Value) {
        let (name, at) = wanted;
        let slot = if let Some(slot) = slots.iter().position(|(p, _)| p.name == name) {
            slot
        } else if let Some(port) = self.idle_import(node, name) {
            let instance = self.node_name(node);
            let message =
                format!("`{instance}` does not use `{}` at the moment; this argument waits for it", port.name);
            let problem = self.doc.problem(Severity::Warning, at, message).component(instance).port(&port.name);
            self.report(problem.help("call what it imports, or remove this argument: other tools refuse it"));
            slots.push((port, None));
            slots.len() - 1
        } else if !known || host_provides(name) {
            // Nothing is known of the component, or (what only a build tells) which of the host's interfaces it uses.
            slots.push((Port::unknown(name, PortKind::Other), None));
            slots.len() - 1
        } else {
            let instance = self.node_name(node);
            let there = list(slots.iter().map(|(p, _)| p.name.as_str()), "nothing");
            let problem = self.error(at, format!("`{instance}` does not import `{name}`; it imports {there}"));
            problem.component = Some(instance);
            problem.port = Some(name.to_owned());
            problem.help = Some("correct the name, or import it in the component's WIT and use it there".into());
            return;
        };
        let Some((port, state)) = slots.get(slot) else { return };
        if state.is_some() {
            let instance = self.node_name(node);
            self.error(at, format!("`{name}` is given to `{instance}` twice; remove one of the two"));
            return;
        }
        let state = self.supply(node, &port.clone(), value, at);
        if let Some(slot) = slots.get_mut(slot) {
            slot.1 = Some(state);
        }
    }

    /// An import that a component's WIT declares and its built code does not use.
    fn idle_import(&self, node: usize, name: &str) -> Option<Port> {
        let component = self.project.component(self.nodes.get(node)?.component.as_deref()?)?;
        idle_import(component, self.ports.get(&component.name)?, name).cloned()
    }

    /// Wires `port` of a node to what `value` stands for.
    fn supply(&mut self, node: usize, port: &Port, value: &Value, at: usize) -> ImportState {
        let consumer = self.node_name(node);
        if self.is_ghost(node) {
            return ImportState::Unwired;
        }
        match value {
            Value::Import(Imported { item, .. }) if item.kind.excludes(port.kind) => {
                let message = format!(
                    "`{}` does not fit `{}` of `{consumer}`: expected {}, found {}",
                    item.name,
                    port.name,
                    port.kind.phrase(),
                    item.kind.phrase()
                );
                let problem = self.error(at, message);
                problem.component = Some(consumer);
                problem.port = Some(port.name.clone());
                ImportState::Mismatch
            }
            Value::Import(Imported { import, item, .. }) if host_provides(import) => {
                // What is inside an interface says nothing of the rest of it.
                let given = match item.name == *import {
                    true => Port { name: import.clone(), kind: PortKind::Interface, ..port.clone() },
                    false => Port::unknown(import, PortKind::Interface),
                };
                self.leave_to_host(&consumer, &port.name, &given);
                ImportState::Host
            }
            Value::Import(imported) => {
                self.given_from_outside(&consumer, &port.name, &imported.import, at);
                ImportState::Open
            }
            Value::Type { .. } if port.kind == PortKind::Other => ImportState::Wired,
            Value::Type { name, .. } => {
                let what = port.kind.phrase();
                let message = format!("`{name}` is a type, and `{consumer}` imports {what}, `{}`", port.name);
                let problem = self.error(at, message);
                problem.component = Some(consumer);
                problem.port = Some(port.name.clone());
                ImportState::Mismatch
            }
            Value::Unknown | Value::Later { .. } => ImportState::Unwired,
            Value::Instance(provider) => self.supply_instance(node, port, *provider, at),
            Value::Export { node: provider, port: export } => {
                let name = self.node_name(*provider);
                if self.instances.get(*provider).is_some_and(|i| i.ports.is_none()) {
                    self.believe(*provider, port);
                    self.wire((&consumer, &port.name), (&name, &port.name));
                    return self.trusted(*provider);
                }
                self.wire((&consumer, &port.name), (&name, &export.name));
                self.judge((&consumer, port), (&name, export), at)
            }
            Value::Inside { node: provider, interface, item } => {
                let provider = self.node_name(*provider);
                self.wire((&consumer, &port.name), (&provider, interface));
                self.judge((&consumer, port), (&provider, item), at)
            }
        }
    }

    /// An import that is given what the composition itself imports: told here, and no more where that is declared.
    fn given_from_outside(&mut self, consumer: &str, port: &str, import: &str, at: usize) {
        self.problems.retain(|p| p.is_error() || p.component.is_some() || p.port.as_deref() != Some(import));
        let message =
            format!("`{consumer}` is given `{import}` from outside the composition, and the host does not provide it");
        let problem = self.doc.problem(Severity::Warning, at, message).component(consumer).port(port);
        self.report(problem.help(crate::compose::graph::walk::NOT_HERE));
    }

    /// A whole instance as an argument: it serves an interface if its own functions are the interface's. Mostly,
    /// though, `.the-interface` was forgotten.
    fn supply_instance(&mut self, node: usize, port: &Port, provider: usize, at: usize) -> ImportState {
        let consumer = self.node_name(node);
        let name = self.node_name(provider);
        let exports = self.instances.get(provider).and_then(|i| i.ports).map(|p| p.exports.as_slice());
        if exports.is_none() {
            self.believe(provider, port);
            self.wire((&consumer, &port.name), (&name, &port.name));
            return self.trusted(provider);
        }
        if !port.types.is_known() || instance_fits(port, exports.unwrap_or_default()) {
            if let Some(first) = exports.unwrap_or_default().iter().find(|e| e.kind != PortKind::Interface) {
                self.wire((&consumer, &port.name), (&name, &first.name));
            }
            return ImportState::Wired;
        }
        let fitting = exports.unwrap_or_default().iter().find(|e| names_fit(&port.name, &e.name)).map(|e| &e.name);
        let variable = self.instances.get(provider).and_then(|i| i.variable).map(identifier);
        let imports = self.instances.get(node).and_then(|i| i.ports).map(|p| p.imports.as_slice());
        let help = fitting.map(|e| match &variable {
            Some(variable) => {
                let argument = written(&port.name, imports.unwrap_or_default());
                format!("write `{argument}: {}`", access(variable, e, exports.unwrap_or_default()))
            }
            None => format!("put `{}` behind it", access("", e, exports.unwrap_or_default())),
        });
        let message = format!("`{name}` is a whole instance, and `{consumer}` wants its `{}`", short(&port.name));
        let problem = self.error(at, message);
        problem.component = Some(consumer);
        problem.port = Some(port.name.clone());
        problem.help = help;
        ImportState::Mismatch
    }

    /// What a wire to a node of unknown ports is worth: one that exists may have them, a ghost has nothing.
    pub(super) fn trusted(&self, provider: usize) -> ImportState {
        if self.is_ghost(provider) { ImportState::Mismatch } else { ImportState::Wired }
    }

    /// A node of which nothing is known has whatever the text takes from it.
    pub(super) fn believe(&mut self, provider: usize, port: &Port) {
        if let Some(node) = self.nodes.get_mut(provider)
            && !node.exports.iter().any(|e| e.name == port.name)
        {
            node.exports.push(port.clone());
        }
    }

    /// Whether an export (of a node) fits an import (of a node), and what to say if not.
    fn judge(&mut self, import: (&str, &Port), export: (&str, &Port), at: usize) -> ImportState {
        let ((consumer, import), (provider, export)) = (import, export);
        let Err(why) = may_fit(import, export) else { return ImportState::Wired };
        let problem = if let Reason::Shape(differences) = why.reason {
            let mut sentences = differences.iter().map(|d| d.sentence(consumer, provider));
            let first = sentences.next().unwrap_or_default();
            let message = format!("`{}` of `{provider}` does not fit what `{consumer}` imports: {first}", export.name);
            let problem = sentences.fold(self.doc.error(at, message), |p, more| p.remark(more, None));
            problem.help(format!("make the two copies of the WIT agree, or wire what was made for `{}`", import.name))
        } else {
            let note = version_note(&import.name, &export.name).unwrap_or_default();
            let message =
                format!("`{consumer}` imports `{}` and `{provider}` provides `{}`: {note}", import.name, export.name);
            let explain = format!("`studio explain {consumer}.{}` says how", short(&import.name));
            self.doc.error(at, message).help(format!("build both against one version; {explain}"))
        };
        self.report(problem.component(consumer).port(&import.name));
        ImportState::Mismatch
    }

    fn spread(&mut self, node: usize, slots: &mut Slots, known: bool, at: usize, value: &Value) {
        let exports = match self.items(value) {
            Items::Known(exports) => exports,
            Items::Unknown => return self.spread_unknown(node, slots, value),
            Items::None => {
                self.error(at, "only an instance can be spread with `...`");
                return;
            }
        };
        let mut found = false;
        for slot in slots.iter_mut().filter(|(_, state)| state.is_none()) {
            let exact = exports.iter().find(|(name, _)| *name == slot.0.name);
            let export = exact.or_else(|| exports.iter().find(|(name, _)| compatible(&slot.0.name, name)));
            if let Some((_, value)) = export {
                found = true;
                slot.1 = Some(self.supply(node, &slot.0.clone(), value, at));
            }
        }
        if !found && known {
            let consumer = self.node_name(node);
            let provider = match value {
                Value::Instance(provider) => self.node_name(*provider),
                other => other.own_name().unwrap_or_default().to_owned(),
            };
            let there = list(exports.iter().map(|(name, _)| name.as_str()), "nothing");
            let message = format!("`{provider}` has nothing that `{consumer}` still needs; it exports {there}");
            self.error(at, message).component = Some(consumer);
        }
    }

    /// What is spread may give anything, and is believed to give what the host does not.
    fn spread_unknown(&mut self, node: usize, slots: &mut Slots, value: &Value) {
        let provider = match value {
            Value::Instance(provider) => Some(*provider),
            other => other.source().map(|(provider, _)| provider),
        };
        let consumer = self.node_name(node);
        for (port, state) in slots.iter_mut().filter(|(port, state)| state.is_none() && !host_provides(&port.name)) {
            *state = Some(match (provider, value) {
                (Some(provider), Value::Instance(_)) => {
                    let name = self.node_name(provider);
                    self.believe(provider, port);
                    self.wire((&consumer, &port.name), (&name, &port.name));
                    self.trusted(provider)
                }
                (Some(provider), _) => self.trusted(provider),
                (None, _) => ImportState::Unwired,
            });
        }
    }

    /// What nobody was named for: left to the host, or told.
    fn leave(&mut self, node: usize, slots: Slots, fill: bool, offset: usize) -> Vec<Import> {
        let consumer = self.node_name(node);
        let mut unsaid = Vec::new();
        let imports = slots
            .into_iter()
            .map(|(port, state)| {
                let state = state.unwrap_or_else(|| {
                    let twice = fill && self.report_imported_twice(node, &port, offset);
                    if fill {
                        self.open.push(Open { node: consumer.clone(), port: port.clone(), offset });
                    }
                    let by_host = host_provides(&port.name);
                    if by_host || !port.needs_provider() {
                        if !fill {
                            unsaid.push(port.name.clone());
                        }
                        if !by_host {
                            return ImportState::Types;
                        }
                        self.leave_to_host(&consumer, &port.name, &port);
                        return ImportState::Host;
                    }
                    if twice {
                        return ImportState::Unwired;
                    }
                    if port.kind == PortKind::Other && fill {
                        return ImportState::Open;
                    }
                    self.unwired.push(Unwired { node, port: port.clone(), fill, offset });
                    ImportState::Unwired
                });
                import(&port, state)
            })
            .collect();
        if let Some(first) = unsaid.first() {
            let message = match unsaid.len() {
                1 => format!("`{consumer}` imports `{first}`, and nothing is given for it"),
                n => format!("`{consumer}` imports `{first}` and {} more, and nothing is given for them", n - 1),
            };
            let problem = self.error(offset, message);
            problem.port = Some(first.clone());
            problem.component = Some(consumer);
            problem.help = Some("add `...` as the last argument: it leaves open what is not wired".into());
        }
        imports
    }

    /// Whether `...` would import what the text imports by that name already, of which wac makes no one import.
    fn report_imported_twice(&mut self, node: usize, port: &Port, offset: usize) -> bool {
        let Some(variable) = self.explicit.get(&port.name).copied() else { return false };
        let consumer = self.node_name(node);
        let imports = self.instances.get(node).and_then(|i| i.ports).map(|p| p.imports.as_slice());
        let argument = format!("{}: {}", written(&port.name, imports.unwrap_or_default()), identifier(variable));
        let message =
            format!("`...` leaves `{}` of `{consumer}` open, and the text imports it as `{variable}`", port.name);
        let problem = self.error(offset, message);
        problem.component = Some(consumer);
        problem.port = Some(port.name.clone());
        problem.help = Some(format!("write `{argument}`"));
        true
    }

    /// Reports an import that needs a provider and has none.
    fn report_unwired(&mut self, node: usize, port: &Port, fill: bool, offset: usize) -> ImportState {
        let consumer = self.node_name(node);
        let (could, help) = self.who_could(node, port);
        let name = &port.name;
        let state = if fill && could == Could::Nobody { ImportState::Open } else { ImportState::Unwired };
        if could == Could::Node && self.doc.path.is_none() {
            return state; // `plug` has reported why it wired none of them.
        }
        let (severity, message) = match (fill, state) {
            (true, ImportState::Open) => (
                Severity::Warning,
                format!("`{consumer}` imports `{name}`, which nothing in this project provides; it stays open"),
            ),
            (true, _) => {
                (Severity::Warning, format!("nothing provides `{name}` to `{consumer}`; `...` leaves it open"))
            }
            (false, _) => (Severity::Error, format!("`{consumer}` imports `{name}`, and nothing is given for it")),
        };
        // `...` is what leaves it to the host of the composition.
        let help = match (fill, could) {
            (false, Could::Nobody) => "add `...` as the last argument to leave it open, or wire a component".to_owned(),
            _ => help,
        };
        let problem = self.doc.problem(severity, offset, message).component(consumer).port(name).help(help);
        self.report(problem);
        state
    }
}

/// Whether a spread takes this export for that import, as wac decides it: the same line of versions.
fn compatible(import: &str, export: &str) -> bool {
    names_fit(import, export) || names_fit(export, import)
}
