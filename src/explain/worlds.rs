//! The world of every component that is asked for, read once.

use std::collections::BTreeMap;

use crate::explain::Facts;
use crate::inspect::World;
use crate::model::project::{BuildKind, Component};

pub(crate) struct Worlds<'a> {
    facts: Facts<'a>,
    read: BTreeMap<String, Option<World>>,
}

impl<'a> Worlds<'a> {
    pub(crate) fn new(facts: Facts<'a>) -> Self {
        Self { facts, read: BTreeMap::new() }
    }

    /// The component behind a node; a component that is not placed goes by its own name.
    pub(crate) fn component(&self, node: &str) -> Option<&'a Component> {
        let placed = self.facts.graph.node(node).and_then(|n| n.component.as_deref());
        self.facts.project.component(placed.unwrap_or(node))
    }

    fn read(&mut self, node: &str) -> Option<String> {
        let component = self.component(node)?;
        let bytes = self.facts.bytes.get(&component.name);
        let read = || of_wit(&self.facts.project.root, component).or_else(|| World::of_bytes(bytes?).ok());
        self.read.entry(component.name.clone()).or_insert_with(read);
        Some(component.name.clone())
    }

    pub(crate) fn of(&mut self, node: &str) -> Option<&World> {
        let name = self.read(node)?;
        self.read.get(&name)?.as_ref()
    }

    pub(crate) fn both(&mut self, a: &str, b: &str) -> Option<(&World, &World)> {
        let (a, b) = (self.read(a)?, self.read(b)?);
        Some((self.read.get(&a)?.as_ref()?, self.read.get(&b)?.as_ref()?))
    }
}

/// A component's WIT sources, resolved; `None` where it has none or they are broken.
pub(crate) fn of_wit(root: &std::path::Path, component: &Component) -> Option<World> {
    World::of_wit(root, component.wit.as_deref()?, world_name(component)).ok()
}

pub(crate) fn world_name(component: &Component) -> Option<&str> {
    match &component.build_kind {
        BuildKind::Cargo(package) => package.world.as_deref(),
        BuildKind::File(_) | BuildKind::Command { .. } => None,
    }
}
