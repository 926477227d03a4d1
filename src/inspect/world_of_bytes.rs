//! The bytes of a component → its world, as wit-parser reads it.
//!
//! wit-parser's decoder gives up on a component that exports an instance as it was imported, or leaves the export out,
//! for the types of the two are one. Such exports are kept from it, and put into the world that it reads: with the
//! import's types, whose they are.

use std::collections::HashMap;

use wasm_encoder::{Component, ComponentExportKind, ComponentExportSection, ComponentTypeRef, RawSection};
use wasmparser::{
    BinaryReader, ComponentAlias, ComponentAliasSectionReader, ComponentExport, ComponentExportSectionReader,
    ComponentExternalKind, ComponentImportSectionReader, ComponentInstanceSectionReader,
    ComponentTypeRef as ParsedTypeRef,
};
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Resolve, WorldId, WorldKey};

use crate::guard::guard;
use crate::inspect::sections::{Section, id, sections};

/// The world of a component, or the package that it encodes, from its [stub](crate::inspect::stub); `None` where WIT has
/// no words for it.
pub(super) fn world_of_bytes(stub: &[u8]) -> Option<DecodedWasm> {
    let read = |bytes: &[u8]| guard(|| decode(bytes)).and_then(Result::ok);
    let Some(without) = without_reexports(stub).ok().flatten() else { return read(stub) };
    let mut decoded = read(&without.bytes)?;
    if let DecodedWasm::Component(resolve, world) = &mut decoded {
        without.reexports.into_iter().for_each(|(export, import)| put_back(resolve, *world, export, &import));
    }
    Some(decoded)
}

/// Gives a world an export that is one of its imports.
fn put_back(resolve: &mut Resolve, world: WorldId, export: String, import: &str) {
    let name = |key: &WorldKey| match key {
        WorldKey::Name(name) => Some(name.clone()),
        WorldKey::Interface(id) => resolve.id_of(*id),
    };
    let Some(known) = resolve.worlds.get(world) else { return };
    let Some((key, item)) = known.imports.iter().find(|(key, _)| name(key).as_deref() == Some(import)) else { return };
    let key = if export == import { key.clone() } else { WorldKey::Name(export) };
    let item = item.clone();
    if let Some(world) = resolve.worlds.get_mut(world) {
        world.exports.insert(key, item);
    }
}

/// A component without the exports that are imports of it.
struct Without {
    bytes: Vec<u8>,
    /// `(export, import)`, by their names.
    reexports: Vec<(String, String)>,
}

/// The root's instances, as far as they are needed.
#[derive(Default)]
struct Instances {
    count: u32,
    /// Those that were imported, and under which name.
    imported: HashMap<u32, String>,
    /// Those whose index is another one without the exports that are left out.
    moved: HashMap<u32, u32>,
    left_out: u32,
}

impl Instances {
    fn pass(&mut self, section: &Section<'_>) -> wasmparser::Result<()> {
        let reader = BinaryReader::new(section.body, 0);
        match section.id {
            id::IMPORT => {
                for import in ComponentImportSectionReader::new(reader)? {
                    let import = import?;
                    if matches!(import.ty, ParsedTypeRef::Instance(_)) {
                        self.imported.insert(self.count, import.name.name.to_owned());
                        self.count += 1;
                    }
                }
            }
            id::INSTANCE => self.count += ComponentInstanceSectionReader::new(reader)?.count(),
            id::ALIAS => {
                for alias in ComponentAliasSectionReader::new(reader)? {
                    let instance = ComponentExternalKind::Instance;
                    self.count +=
                        u32::from(matches!(alias?, ComponentAlias::InstanceExport { kind, .. } if kind == instance));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// An exported instance has an index of its own.
    fn export(&mut self, index: u32, left_out: bool) {
        if let Some(name) = self.imported.get(&index).cloned() {
            self.imported.insert(self.count, name);
        }
        if left_out {
            self.left_out += 1;
        } else if self.left_out > 0 {
            self.moved.insert(self.count, self.count - self.left_out);
        }
        self.count += 1;
    }
}

/// Leaves out what is exported as it was imported; `None` where nothing is.
fn without_reexports(component: &[u8]) -> wasmparser::Result<Option<Without>> {
    let sections = sections(component)?;
    // An export that is left out moves the indices of what stands behind it: in what tools make, exports alone.
    let last = sections.iter().rposition(|s| s.id != id::EXPORT && s.id != id::CUSTOM).map_or(0, |last| last + 1);
    let (mut out, mut instances, mut reexports) = (Component::new(), Instances::default(), Vec::new());
    for (at, section) in sections.iter().enumerate() {
        if section.id != id::EXPORT {
            instances.pass(section)?;
            out.section(&RawSection { id: section.id, data: section.body });
            continue;
        }
        let mut kept = ComponentExportSection::new();
        for export in ComponentExportSectionReader::new(BinaryReader::new(section.body, 0))? {
            let export = export?;
            let is_instance = export.kind == ComponentExternalKind::Instance;
            let imported = instances.imported.get(&export.index);
            if let Some(import) = imported.filter(|_| is_instance && export.ty.is_none() && at >= last) {
                reexports.push((export.name.name.to_owned(), import.clone()));
                instances.export(export.index, true);
                continue;
            }
            let moved = instances.moved.get(&export.index).filter(|_| is_instance);
            if !put(&mut kept, &export, moved.copied().unwrap_or(export.index)) {
                return Ok(None);
            }
            if is_instance {
                instances.export(export.index, false);
            }
        }
        if !kept.is_empty() {
            out.section(&kept);
        }
    }
    Ok((!reexports.is_empty()).then(|| Without { bytes: out.finish(), reexports }))
}

/// Spells an export anew; false for one whose type no tool states.
fn put(section: &mut ComponentExportSection, export: &ComponentExport<'_>, index: u32) -> bool {
    let ty = match export.ty {
        None => None,
        Some(ParsedTypeRef::Instance(ty)) => Some(ComponentTypeRef::Instance(ty)),
        Some(ParsedTypeRef::Func(ty)) => Some(ComponentTypeRef::Func(ty)),
        Some(ParsedTypeRef::Component(ty)) => Some(ComponentTypeRef::Component(ty)),
        Some(_) => return false,
    };
    let kind = match export.kind {
        ComponentExternalKind::Module => ComponentExportKind::Module,
        ComponentExternalKind::Func => ComponentExportKind::Func,
        ComponentExternalKind::Value => ComponentExportKind::Value,
        ComponentExternalKind::Type => ComponentExportKind::Type,
        ComponentExternalKind::Instance => ComponentExportKind::Instance,
        ComponentExternalKind::Component => ComponentExportKind::Component,
    };
    let name = wasm_encoder::ComponentExternName {
        name: export.name.name.into(),
        implements: export.name.implements.map(Into::into),
        version_suffix: export.name.version_suffix.map(Into::into),
        external_id: export.name.external_id.map(Into::into),
    };
    section.export(name, kind, index, ty);
    true
}

#[cfg(test)]
mod tests {
    use crate::inspect::inspect;
    use crate::model::fits::may_fit;
    use crate::model::port::Ports;

    fn ports(text: &str) -> Ports {
        inspect(&wat::parse_str(text).unwrap()).unwrap()
    }

    const RESOURCE: &str =
        r#"(instance $i (export "r" (type $r (sub resource))) (export "f" (func (param "r" (borrow $r)))))"#;
    const COLOURS: &str = r#"(instance $i (type $c (enum "red" "green")) (export "color" (type $c2 (eq $c)))
        (export "paint" (func (param "c" $c2))))"#;

    #[test]
    fn an_instance_that_is_exported_as_it_was_imported_has_the_imports_types() {
        for (instance, import, export) in [
            (RESOURCE, "t:p/paint", "t:p/paint"),
            (RESOURCE, "t:p/paint", "t:p/other"),
            (RESOURCE, "paint", "paint"),
            (COLOURS, "t:p/paint", "t:p/paint"),
            (COLOURS, "t:p/paint@1.0.0", "t:p/paint@1.2.0"),
            (COLOURS, "paint", "paint"),
            (COLOURS, "t:p/paint", "colours"),
        ] {
            let text = format!(r#"(component (import "{import}" {instance}) (export "{export}" (instance $i)))"#);
            let Ports { imports, exports } = ports(&text);
            assert_eq!((imports.len(), exports.len()), (1, 1), "{text}");
            assert!(imports[0].types.is_known() && exports[0].types.is_known(), "{text}");
            assert_eq!((exports[0].name.as_str(), &exports[0].signature), (export, &imports[0].signature), "{text}");
            let renamed = crate::model::port::Port { name: imports[0].name.clone(), ..exports[0].clone() };
            assert!(may_fit(&imports[0], &renamed).is_ok(), "{text}");
        }
    }

    #[test]
    fn one_among_other_instances_is_found() {
        let text = format!(
            r#"(component
                (import "a" (instance $a (export "g" (func))))
                (type $unused (func))
                (import "t:p/paint" {COLOURS})
                (instance $mine (export "g" (func $a "g")))
                (export $more "mine" (instance $mine))
                (export $again "once" (instance $i))
                (export "twice" (instance $again))
                (export "more" (instance $more)))"#
        );
        let exports = ports(&text).exports;
        let known: Vec<_> = exports.iter().map(|e| (e.name.as_str(), e.signature.len())).collect();
        assert_eq!(known, [("mine", 1), ("once", 2), ("twice", 2), ("more", 1)]);
    }
}
