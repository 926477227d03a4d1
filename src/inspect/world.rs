//! A component's world with all its types, from WIT or from bytes: what explanations are made of.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Function, InterfaceId, Resolve, Span, WorldId, WorldItem, WorldKey};

use crate::files;
use crate::files::Kind;
use crate::guard::guard;
use crate::inspect::{signature, wit};
use crate::model::diagnostic::{Diagnostic, Origin, Place};
use crate::model::line_index::LineIndex;
use crate::model::port::Port;

/// A world, resolved.
#[derive(Debug)]
pub struct World {
    pub(super) resolve: Resolve,
    id: WorldId,
    /// The sources that places were asked of: each is read and counted once.
    sources: Mutex<HashMap<PathBuf, LineIndex>>,
}

/// Which side of a world a port is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Import,
    Export,
}

#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    Interface(InterfaceId),
    Function(&'a Function),
}

impl World {
    /// From a component's WIT sources: its differences have places.
    ///
    /// # Errors
    /// What is wrong in the WIT.
    pub fn of_wit(root: &Path, path: &Path, world: Option<&str>) -> Result<Self, Vec<Diagnostic>> {
        let (resolve, world) = wit::world(root, path, world)?;
        Ok(Self { resolve, id: world, sources: Mutex::default() })
    }

    /// From a built component.
    ///
    /// # Errors
    /// Where the bytes have no WIT.
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, Diagnostic> {
        match guard(|| decode(bytes)) {
            Some(Ok(DecodedWasm::Component(resolve, world))) => {
                Ok(Self { resolve, id: world, sources: Mutex::default() })
            }
            Some(Ok(DecodedWasm::WitPackage(..)) | Err(_)) | None => {
                Err(Diagnostic::error(Origin::Wasm, "the types of this component cannot be read")
                    .help("build it again with a current toolchain"))
            }
        }
    }

    /// A port as the graph knows it.
    pub fn port(&self, side: Side, name: &str) -> Option<Port> {
        let (key, item) = self.find(side, name)?;
        Some(signature::port(&self.resolve, key, item))
    }

    pub(super) fn item(&self, side: Side, name: &str) -> Option<Item<'_>> {
        match self.find(side, name)?.1 {
            WorldItem::Interface { id, .. } => Some(Item::Interface(*id)),
            WorldItem::Function(function) => Some(Item::Function(function)),
            WorldItem::Type { .. } => None,
        }
    }

    fn find(&self, side: Side, name: &str) -> Option<(&WorldKey, &WorldItem)> {
        let world = self.resolve.worlds.get(self.id)?;
        let items = match side {
            Side::Import => &world.imports,
            Side::Export => &world.exports,
        };
        items.iter().find(|(key, _)| match key {
            WorldKey::Name(own) => own == name,
            WorldKey::Interface(id) => self.resolve.id_of(*id).as_deref() == Some(name),
        })
    }

    /// The files that make up the package an interface belongs to; none for what came from bytes.
    pub fn package_files(&self, side: Side, name: &str) -> Vec<PathBuf> {
        let Some(Item::Interface(id)) = self.item(side, name) else { return Vec::new() };
        let package = self.resolve.interfaces.get(id).and_then(|i| i.package);
        let interfaces = self.resolve.interfaces.iter().filter(|(_, i)| i.package == package).map(|(_, i)| i.span);
        let worlds = self.resolve.worlds.iter().filter(|(_, w)| w.package == package).map(|(_, w)| w.span);
        let mut files: Vec<PathBuf> =
            interfaces.chain(worlds).filter_map(|span| self.place(span)).map(|p| p.file).collect();
        files.sort();
        files.dedup();
        files
    }

    /// Where something is written; the file as the WIT's path spells it.
    pub(super) fn place(&self, span: Span) -> Option<Place> {
        let location = self.resolve.source_map.resolve_span(span)?;
        let file = PathBuf::from(location.path);
        let mut sources = self.sources.lock();
        if !sources.contains_key(&file) {
            sources.insert(file.clone(), LineIndex::new(files::text(&file, Kind::Wit).ok()?));
        }
        let (line, column) = sources.get(&file)?.line_column(location.range.start);
        Some(Place { file, line, column })
    }
}
