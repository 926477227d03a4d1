//! Components unfolded where they are instantiated, as a compiler does it, and only counted.

use std::collections::HashMap;
use std::rc::Rc;

use wasmparser::{ComponentExport, ComponentExternalKind as Kind, ComponentInstance};

use crate::inspect::budget::{Budget, TooMuch};

/// One component as it is written down.
#[derive(Default)]
pub(super) struct Definition<'a> {
    /// What leads to other components, in order.
    pub(crate) items: Vec<Item<'a>>,
    pub(crate) core_instances: u64,
    /// How much it imports and exports.
    pub(crate) ports: u64,
    /// Everything else.
    pub(crate) weight: u64,
}

/// What has to do with components and their instances.
pub(super) enum Item<'a> {
    /// A component defined here; its place among all definitions.
    Component(usize),
    Import(&'a str, Kind),
    Outer {
        count: u32,
        index: u32,
    },
    Alias(Alias<'a>),
    Instance(ComponentInstance<'a>),
    Export(ComponentExport<'a>),
}

/// An export of an instance.
pub(super) struct Alias<'a> {
    pub kind: Kind,
    pub(crate) instance: u32,
    pub name: &'a str,
}

/// What a name stands for while counting.
#[derive(Clone)]
enum Value<'a> {
    /// A component, and the instance (its place among all) it was defined in.
    Component(usize, usize),
    Instance(Rc<Named<'a>>),
    /// From outside, or nothing that leads to an instance.
    Opaque,
}

type Named<'a> = HashMap<&'a str, Value<'a>>;

/// One instance, as far as it is made.
struct Frame<'a> {
    components: Vec<Value<'a>>,
    instances: Vec<Value<'a>>,
    outer: Option<usize>,
}

/// What was counted so far.
struct Count<'d, 'a> {
    definitions: &'d [Definition<'a>],
    budget: &'d Budget,
    instances: u64,
    items: u64,
    /// Those that a component may still look out into; all, for they are few.
    frames: Vec<Frame<'a>>,
}

/// Counts what the root, the last of the definitions, unfolds to.
///
/// # Errors
/// As soon as it is more than the budget allows.
pub(super) fn unfold(definitions: &[Definition<'_>], budget: &Budget) -> Result<(), TooMuch> {
    let Some(root) = definitions.len().checked_sub(1) else { return Ok(()) };
    let mut count = Count { definitions, budget, instances: 0, items: 0, frames: Vec::new() };
    count.instantiate(root, None, &Named::new(), 0).map(drop)
}

impl<'a> Count<'_, 'a> {
    fn add(&mut self, instances: u64, items: u64) -> Result<(), TooMuch> {
        self.instances = self.instances.saturating_add(instances);
        self.items = self.items.saturating_add(items);
        if self.instances > self.budget.instances {
            return Err(TooMuch::Instances { limit: self.budget.instances });
        }
        if self.items > self.budget.items {
            return Err(TooMuch::Items { limit: self.budget.items });
        }
        Ok(())
    }

    /// What the instance exports.
    fn instantiate(
        &mut self,
        definition: usize,
        outer: Option<usize>,
        arguments: &Named<'a>,
        depth: usize,
    ) -> Result<Named<'a>, TooMuch> {
        // One instance inside another, which need not be nested in the text.
        if depth > 2 * self.budget.depth {
            return Err(TooMuch::Depth { limit: 2 * self.budget.depth });
        }
        let definitions = self.definitions;
        let Some(definition) = definitions.get(definition) else { return Ok(Named::new()) };
        self.add(1 + definition.core_instances, definition.weight + definition.items.len() as u64)?;
        let frame = self.frames.len();
        self.frames.push(Frame { components: Vec::new(), instances: Vec::new(), outer });
        let mut exports = Named::new();
        for item in &definition.items {
            let (kind, value) = match item {
                Item::Component(place) => (Kind::Component, Value::Component(*place, frame)),
                Item::Import(name, kind) => (*kind, arguments.get(name).cloned().unwrap_or(Value::Opaque)),
                Item::Outer { count, index } => (Kind::Component, self.outer(frame, *count, *index)),
                Item::Alias(alias) => (alias.kind, self.export(frame, alias.instance, alias.name)),
                Item::Export(export) => {
                    let value = self.get(frame, export.kind, export.index);
                    if !matches!(value, Value::Opaque) {
                        exports.insert(export.name.name, value.clone());
                    }
                    (export.kind, value)
                }
                Item::Instance(ComponentInstance::FromExports(all)) => {
                    self.add(1, all.len() as u64)?;
                    let named = self.named(frame, all.iter().map(|e| (e.name.name, e.kind, e.index)));
                    (Kind::Instance, Value::Instance(Rc::new(named)))
                }
                Item::Instance(ComponentInstance::Instantiate { component_index, args }) => {
                    self.add(0, args.len() as u64)?;
                    let component = self.get(frame, Kind::Component, *component_index);
                    let value = if let Value::Component(place, outer) = component {
                        let named = self.named(frame, args.iter().map(|a| (a.name, a.kind, a.index)));
                        Value::Instance(Rc::new(self.instantiate(place, Some(outer), &named, depth + 1)?))
                    } else {
                        self.add(1, 0)?;
                        Value::Opaque
                    };
                    (Kind::Instance, value)
                }
            };
            self.push(frame, kind, value);
        }
        Ok(exports)
    }

    /// What the names stand for; what is opaque is as good as not there.
    fn named(&self, frame: usize, all: impl Iterator<Item = (&'a str, Kind, u32)>) -> Named<'a> {
        let known = all.map(|(name, kind, index)| (name, self.get(frame, kind, index)));
        known.filter(|(_, value)| !matches!(value, Value::Opaque)).collect()
    }

    fn push(&mut self, frame: usize, kind: Kind, value: Value<'a>) {
        let Some(frame) = self.frames.get_mut(frame) else { return };
        match kind {
            Kind::Component => frame.components.push(value),
            Kind::Instance => frame.instances.push(value),
            _ => {}
        }
    }

    fn get(&self, frame: usize, kind: Kind, index: u32) -> Value<'a> {
        let space = self.frames.get(frame).map(|frame| match kind {
            Kind::Component => frame.components.as_slice(),
            Kind::Instance => frame.instances.as_slice(),
            _ => &[],
        });
        space.and_then(|space| space.get(index as usize)).cloned().unwrap_or(Value::Opaque)
    }

    fn export(&self, frame: usize, instance: u32, name: &str) -> Value<'a> {
        match self.get(frame, Kind::Instance, instance) {
            Value::Instance(named) => named.get(name).cloned().unwrap_or(Value::Opaque),
            _ => Value::Opaque,
        }
    }

    fn outer(&self, frame: usize, count: u32, index: u32) -> Value<'a> {
        let outwards = |frame: usize| self.frames.get(frame).and_then(|f| f.outer);
        // No deeper than components are nested, whatever number is written down.
        let found = (0..count).try_fold(frame, |frame, _| outwards(frame));
        found.map_or(Value::Opaque, |frame| self.get(frame, Kind::Component, index))
    }
}
