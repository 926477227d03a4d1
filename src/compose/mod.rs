//! From components and `.wac` text to a graph and to bytes.
//!
//! Two forms come from the same text: the shipped one (full components, byte for byte what `wac` would write) and the
//! live one (core modules hoisted, capabilities labelled per node), which never leaves the program.

mod confirm;
mod edit;
mod find;
mod graph;
mod hoist;
mod interface_packages;
mod label;
mod lacking;
mod live;
mod part;
mod plug;
mod refusal;
mod resolve;
mod ship;
mod stand_in;
mod text;
mod validate;

use std::path::PathBuf;
use std::sync::Arc;

use crate::model::diagnostic::Diagnostic;
use crate::model::port::Ports;

pub use confirm::confirm;
pub(crate) use confirm::confirm_wire;
pub(crate) use edit::to_write;
pub use edit::{Change, EditError, Edited, edit};
pub use graph::{graph, text_only};
pub(crate) use hoist::Hoisted;
pub use hoist::hoist;
pub use live::{HoistedPart, live};
pub(crate) use part::{Checked, LARGE};
pub use part::{Part, check};
pub use plug::plug;
pub use ship::ship;
pub use stand_in::stand_in;

/// A composition's text and where it stands; `path` is `None` for one that studio plugged together itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Relative to the project's root.
    pub path: Option<PathBuf>,
    /// In the language of WAC; may not parse.
    pub text: String,
}

impl Document {
    /// Whether the text names a world that the composition keeps to.
    pub(crate) fn has_target(&self) -> bool {
        self.parse().is_ok_and(|ast| ast.directive.targets.is_some())
    }
}

/// A core module taken out of a component, compiled apart and cached by content.
#[derive(Clone, Debug)]
pub struct CoreModule {
    /// The name the live composition imports it by; positional, so a body-only edit keeps it.
    pub import: String,
    /// The project's component it comes from.
    pub component: String,
    /// Without its debug sections (names kept).
    pub stripped: Arc<[u8]>,
    /// As built, DWARF included, for backtraces.
    pub full: Arc<[u8]>,
    /// sha-256 of `stripped`.
    pub key: [u8; 32],
}

/// A capability import that belongs to one node alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The import's name in the live composition, as in `logger-wasi-cli-stdout`.
    pub import: String,
    /// The node whose calls go through it, and whose grants it uses.
    pub node: String,
    /// What it implements, as in `wasi:cli/stdout@0.2.3`.
    pub interface: String,
}

/// The live form of a composition.
#[derive(Clone, Debug)]
pub struct Live {
    /// A component whose core modules and capabilities are imports.
    pub bytes: Arc<[u8]>,
    /// Those that `bytes` imports.
    pub modules: Vec<CoreModule>,
    /// One for each node and capability interface that it imports.
    pub labels: Vec<Label>,
    /// What nobody provides, reported as what keeps it from running here; where there is none it can.
    pub missing: Vec<Diagnostic>,
    /// What the composition exports and (labels and modules left out) imports.
    pub ports: Ports,
    /// `(node, component)` of every instance.
    pub nodes: Vec<(String, String)>,
    /// `(export, node)`: who provides what the composition exports.
    pub providers: Vec<(String, String)>,
}

impl Live {
    /// What the composition weighs, debug information left out, in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len() + self.modules.iter().map(|m| m.stripped.len()).sum::<usize>()
    }
}
