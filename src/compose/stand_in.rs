//! What stands for a component that is not built, so that a composition can be checked without running anything.

use std::path::Path;
use std::sync::Arc;

use crate::compose::part::{Part, check};
use crate::inspect;
use crate::model::project::{BuildKind, Component};

/// A part made from a component's WIT alone; `None` where it has none that can be read.
pub fn stand_in(root: &Path, component: &Component) -> Option<Part> {
    let world = match &component.build_kind {
        BuildKind::Cargo(package) => package.world.as_deref(),
        BuildKind::File(_) | BuildKind::Command { .. } => None,
    };
    let bytes = inspect::stand_in(root, component.wit.as_deref()?, world)?.into();
    let checked = Arc::new(check(&component.name, &bytes).ok()?);
    Some(Part { component: component.name.clone(), ports: component.declared.clone()?, checked, stand_in: true })
}
