//! Core modules out of a component, so that each is compiled apart and only when its code changed.
//!
//! Every core module of the component becomes an import of its root: first the root's own modules in their order,
//! then those of nested components, all imported before anything else. So root indices stay what they were, and in a
//! nested component `depth` levels down an outer alias takes the place, and the index, of the module it stands for.
//! All else is copied verbatim. What cannot be hoisted so is left as it is: slower to compile, never wrong.

mod module_type;

use std::sync::Arc;

use sha2::{Digest, Sha256};
use wasm_encoder::{
    Alias, Component, ComponentAliasSection, ComponentImportSection, ComponentOuterAliasKind, ComponentSection,
    ComponentTypeRef, CoreTypeSection, Encode, ModuleType,
};
use wasmparser::{
    BinaryReader, ComponentAliasSectionReader, ComponentImportSectionReader, ComponentOuterAliasKind as OuterKind,
    Parser, Validator, WasmFeatures,
};

use crate::compose::CoreModule;
use crate::compose::hoist::module_type::module_type;
use crate::compose::lacking::lacking;
use crate::inspect::{Section, id, sections};
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::project::kebab;

/// A component without its core modules.
#[derive(Clone, Debug)]
pub struct Hoisted {
    /// The component, importing its modules; positional names, so a body-only edit leaves it byte for byte the same.
    pub stub: Arc<[u8]>,
    /// In the order of their imports.
    pub modules: Vec<CoreModule>,
    /// What the component uses and studio's engine does not have, as a person knows it.
    pub(crate) lacking: Vec<&'static str>,
}

/// Modules of components nested deeper than this stay where they are: recursion needs an end.
const DEEPEST: u32 = 64;

/// Takes the core modules out of the bytes of a component; `component` is its name in the project.
///
/// # Errors
/// A sentence, if the bytes are no whole component.
pub fn hoist(component: &str, bytes: &Arc<[u8]>) -> Result<Hoisted, Diagnostic> {
    if !Parser::is_component(bytes) {
        return Err(broken(component, "is not a component"));
    }
    let root = sections(bytes).map_err(|_| broken(component, "is cut short"))?;
    let hoisted = |stub: Arc<[u8]>, modules| Hoisted { lacking: lacking(&stub), stub, modules };
    let unchanged = || hoisted(bytes.clone(), Vec::new());
    if !indices_are_ours(&root).map_err(|_| broken(component, "cannot be read"))? {
        return Ok(unchanged());
    }
    let mut hoisting = Hoisting { component, modules: Vec::new(), types: Vec::new() };
    let Some(stub) = hoisting.root(&root) else { return Ok(unchanged()) };
    // A module's type is derived here and a body is only moved; so what does not validate now was hoisted wrongly or
    // was never valid, and the one who compiles the original has the better sentence for the latter.
    let valid = Validator::new_with_features(WasmFeatures::all()).validate_all(&stub).is_ok();
    Ok(if valid { hoisted(stub.into(), hoisting.modules) } else { unchanged() })
}

/// Whether the root's core modules and core types all come from module sections, so that importing them first moves no
/// index.
fn indices_are_ours(root: &[Section<'_>]) -> wasmparser::Result<bool> {
    for section in root {
        match section.id {
            id::CORE_TYPE => return Ok(false),
            id::IMPORT => {
                for import in ComponentImportSectionReader::new(BinaryReader::new(section.body, 0))? {
                    if matches!(import?.ty, wasmparser::ComponentTypeRef::Module(_)) {
                        return Ok(false);
                    }
                }
            }
            id::ALIAS => {
                for alias in ComponentAliasSectionReader::new(BinaryReader::new(section.body, 0))? {
                    match alias? {
                        wasmparser::ComponentAlias::Outer {
                            kind: OuterKind::CoreModule | OuterKind::CoreType, ..
                        }
                        | wasmparser::ComponentAlias::InstanceExport {
                            kind: wasmparser::ComponentExternalKind::Module,
                            ..
                        } => return Ok(false),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok(true)
}

struct Hoisting<'a> {
    component: &'a str,
    modules: Vec<CoreModule>,
    types: Vec<ModuleType>,
}

impl Hoisting<'_> {
    /// The rewritten root; `None` where one of its own modules has to stay.
    fn root(&mut self, root: &[Section<'_>]) -> Option<Vec<u8>> {
        for section in root.iter().filter(|s| s.id == id::CORE_MODULE) {
            self.take(section.body)?;
        }
        let mut rest = Vec::new();
        for section in root {
            match section.id {
                id::CORE_MODULE => {}
                id::COMPONENT => self.nested(section, 1, &mut rest),
                _ => rest.extend_from_slice(section.whole),
            }
        }
        let mut component = Component::new();
        if !self.types.is_empty() {
            let (mut types, mut imports) = (CoreTypeSection::new(), ComponentImportSection::new());
            for (i, (ty, module)) in (0_u32..).zip(self.types.iter().zip(&self.modules)) {
                types.ty().module(ty);
                imports.import(module.import.as_str(), ComponentTypeRef::Module(i));
            }
            component.section(&types).section(&imports);
        }
        let mut bytes = component.finish();
        bytes.append(&mut rest);
        Some(bytes)
    }

    /// Rewrites a nested component into `out`, or copies it where there is nothing to take.
    fn nested(&mut self, section: &Section<'_>, depth: u32, out: &mut Vec<u8>) {
        let before = self.modules.len();
        let inner = if depth <= DEEPEST { sections(section.body).unwrap_or_default() } else { Vec::new() };
        let mut body = section.body.get(..8).unwrap_or_default().to_vec();
        for section in &inner {
            match section.id {
                id::COMPONENT => self.nested(section, depth + 1, &mut body),
                id::CORE_MODULE => match self.take(section.body) {
                    Some(index) => {
                        let mut aliases = ComponentAliasSection::new();
                        aliases.alias(Alias::Outer { kind: ComponentOuterAliasKind::CoreModule, count: depth, index });
                        body.push(aliases.id());
                        aliases.encode(&mut body);
                    }
                    None => body.extend_from_slice(section.whole),
                },
                _ => body.extend_from_slice(section.whole),
            }
        }
        if self.modules.len() == before {
            out.extend_from_slice(section.whole);
            return;
        }
        out.push(id::COMPONENT);
        body.encode(out);
    }

    /// Makes a module an import and gives its index among the root's modules; `None` where its type cannot be written
    /// down as an import's.
    fn take(&mut self, module: &[u8]) -> Option<u32> {
        let ty = module_type(module)?;
        let stripped = without_debug(module)?;
        let index = self.modules.len();
        self.types.push(ty);
        self.modules.push(CoreModule {
            import: import_name(self.component, index),
            component: self.component.to_owned(),
            key: Sha256::digest(&stripped).into(),
            stripped: stripped.into(),
            full: module.into(),
        });
        u32::try_from(index).ok()
    }
}

/// `hoisted-logger-0`. Names must be kebab and unique over all of a composition's components; a name that kebab cannot
/// spell gets a piece of its digest.
fn import_name(component: &str, index: usize) -> String {
    let spelt = kebab(component);
    if spelt == component {
        return format!("hoisted-{spelt}-{index}");
    }
    let digest = Sha256::digest(component);
    let piece = digest.iter().take(4).fold(0_u32, |piece, byte| piece << 8 | u32::from(*byte));
    format!("hoisted-{spelt}-x{piece:08x}-{index}")
}

/// A module without its DWARF, which the compiler need not read; the `name` section stays, for backtraces.
fn without_debug(module: &[u8]) -> Option<Vec<u8>> {
    let mut stripped = module.get(..8)?.to_vec();
    for section in sections(module).ok()? {
        if !(section.id == id::CUSTOM && section.custom_name().is_some_and(|name| name.starts_with(".debug"))) {
            stripped.extend_from_slice(section.whole);
        }
    }
    Some(stripped)
}

fn broken(component: &str, what: &str) -> Diagnostic {
    Diagnostic::error(Origin::Wasm, format!("the built file of `{component}` {what}"))
        .component(component)
        .help("build it again")
}
