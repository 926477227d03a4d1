//! A component's world with all its types, from WIT or from bytes: what explanations are made of.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use wit_parser::decoding::DecodedWasm;
use wit_parser::{Resolve, Span, WorldId, WorldItem, WorldKey};

use crate::files;
use crate::files::Kind;
use crate::inspect::stub;
use crate::inspect::wit;
use crate::inspect::world_of_bytes::world_of_bytes;
use crate::model::diagnostic::{Diagnostic, Origin, Place};
use crate::model::differ;
use crate::model::difference::Difference;
use crate::model::line_index::LineIndex;
use crate::model::port::Port;
use crate::model::signature;
use crate::model::types::Source;

/// A world, resolved.
#[derive(Debug)]
pub struct World {
    resolve: Arc<Resolve>,
    id: WorldId,
    source: Source,
    /// The sources that places were asked of: each is read and counted once.
    sources: Mutex<HashMap<PathBuf, LineIndex>>,
}

/// Which side of a world a port is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Import,
    Export,
}

impl World {
    /// From a component's WIT sources: its differences have places.
    ///
    /// # Errors
    /// What is wrong in the WIT.
    pub fn of_wit(root: &Path, path: &Path, world: Option<&str>) -> Result<Self, Vec<Diagnostic>> {
        let (resolve, id) = wit::world(root, path, world)?;
        Ok(Self { resolve: Arc::new(resolve), id, source: Source::Declared, sources: Mutex::default() })
    }

    /// From a built component.
    ///
    /// # Errors
    /// Where the bytes have no WIT.
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, Diagnostic> {
        match stub(bytes).ok().and_then(|stub| world_of_bytes(&stub)) {
            Some(DecodedWasm::Component(resolve, id)) => {
                Ok(Self { resolve: Arc::new(resolve), id, source: Source::Built, sources: Mutex::default() })
            }
            Some(DecodedWasm::WitPackage(..)) | None => {
                Err(Diagnostic::error(Origin::Wasm, "the types of this component cannot be read")
                    .help("build it again with a current toolchain"))
            }
        }
    }

    /// A port as the graph knows it.
    pub fn port(&self, side: Side, name: &str) -> Option<Port> {
        let (key, item) = self.find(side, name)?;
        Some(signature::port(&self.resolve, key, item, self.source))
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
    pub(crate) fn package_files(&self, side: Side, name: &str) -> Vec<PathBuf> {
        let Some((_, WorldItem::Interface { id, .. })) = self.find(side, name) else { return Vec::new() };
        let package = self.resolve.interfaces.get(*id).and_then(|i| i.package);
        let interfaces = self.resolve.interfaces.iter().filter(|(_, i)| i.package == package).map(|(_, i)| i.span);
        let worlds = self.resolve.worlds.iter().filter(|(_, w)| w.package == package).map(|(_, w)| w.span);
        let mut files: Vec<PathBuf> =
            interfaces.chain(worlds).filter_map(|span| self.place(span)).map(|p| p.file).collect();
        files.sort();
        files.dedup();
        files
    }

    /// Where something is written; the file as the WIT's path spells it.
    fn place(&self, span: Span) -> Option<Place> {
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

/// Every difference between an import of one world and an export of another, with its places; `None` where one has no
/// such port.
pub fn differences(import: (&World, &str), export: (&World, &str)) -> Option<Vec<Difference>> {
    let ((a, import), (b, export)) = (import, export);
    let (wanted, found) = (a.port(Side::Import, import)?, b.port(Side::Export, export)?);
    let placed = differ::differences(&wanted, &found)?.into_iter().map(|found| Difference {
        import_at: found.import_at.and_then(|span| a.place(span)),
        export_at: found.export_at.and_then(|span| b.place(span)),
        ..found.difference
    });
    Some(differ::version(import, export).into_iter().chain(placed).collect())
}
