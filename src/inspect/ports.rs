//! The bytes of a component → its ports.

use std::collections::HashMap;
use std::sync::Arc;

use wasmparser::component_types::ComponentEntityType;
use wasmparser::{Parser, Payload, ValidPayload, Validator, WasmFeatures};
use wit_parser::decoding::DecodedWasm;

use crate::guard::caught;
use crate::inspect::world_of_bytes::world_of_bytes;
use crate::inspect::{BUDGET, stub, within};
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::plain::plain;
use crate::model::port::{Port, PortKind, Ports};
use crate::model::signature;
use crate::model::types::Source;

/// The imports and exports of a component.
///
/// # Errors
/// A sentence with the next step for anything that is no whole, valid component.
pub fn inspect(component_bytes: &[u8]) -> Result<Ports, Diagnostic> {
    caught(|| read(component_bytes)).unwrap_or_else(|panic| {
        Err(Diagnostic::broken_down(Origin::Wasm, "while reading what this component imports and exports", &panic))
    })
}

fn read(component_bytes: &[u8]) -> Result<Ports, Diagnostic> {
    match kind(component_bytes) {
        Kind::Component => {}
        Kind::Module => {
            return Err(error("this is a core module, not a component")
                .help("build it for wasm32-wasip2, or turn it into a component with `wasm-tools component new`"));
        }
        Kind::Other => {
            return Err(error("this is not a WebAssembly file: it does not begin with `\\0asm`")
                .help("check that the path names a `.wasm` component, and build it again"));
        }
    }
    within(component_bytes, &BUDGET).map_err(|too_much| too_much.diagnostic(""))?;
    let outline = outline(component_bytes)?;
    // A decoder reads every function; what they do says nothing of a port.
    // What is cut short between two sections of a part has an outline all the same.
    let stub = stub(component_bytes).map_err(|e| broken(&e))?;
    match world_of_bytes(&stub) {
        Some(DecodedWasm::Component(resolve, world)) => {
            Ok(detailed(outline, signature::ports(&Arc::new(resolve), world, Source::Built)))
        }
        Some(DecodedWasm::WitPackage(..)) => Err(error("this component holds only WIT, nothing that could run")
            .help("use it as a WIT dependency (`wit/deps`), not as a part of a composition")),
        // Valid, but not describable in WIT.
        None => Ok(outline),
    }
}

/// The ports with what decoding could say of them; it passes over those that WIT has no words for (core modules).
fn detailed(outline: Ports, decoded: Ports) -> Ports {
    let side = |ports: Vec<Port>, decoded: Vec<Port>| {
        let mut decoded: HashMap<_, _> = decoded.into_iter().map(|d| (d.name.clone(), d)).collect();
        ports.into_iter().map(|port| decoded.remove(&port.name).unwrap_or(port)).collect()
    };
    Ports { imports: side(outline.imports, decoded.imports), exports: side(outline.exports, decoded.exports) }
}

/// What bytes claim to be, by their first eight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Component,
    Module,
    Other,
}

pub(super) fn kind(bytes: &[u8]) -> Kind {
    if Parser::is_component(bytes) {
        Kind::Component
    } else if bytes.starts_with(b"\0asm") {
        Kind::Module
    } else {
        Kind::Other
    }
}

/// Components in one another, as no tool makes them: validating each level costs what is around it.
const DEEPEST: usize = 100;

/// Validates everything but function bodies, and lists what is imported and exported.
fn outline(bytes: &[u8]) -> Result<Ports, Diagnostic> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut outline = Ports::default();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|e| broken(&e))?;
        if let Payload::Version { .. } = payload {
            depth += 1;
            if depth > DEEPEST {
                return Err(
                    error("components are nested too deeply in it").help("build it again with a current toolchain")
                );
            }
        }
        match validator.payload(&payload).map_err(|e| broken(&e))? {
            ValidPayload::End(_) => depth = depth.saturating_sub(1),
            ValidPayload::Ok | ValidPayload::Parser(_) | ValidPayload::Func(..) => {}
        }
        if depth != 1 {
            continue;
        }
        let Some(types) = validator.types(0) else { continue };
        match payload {
            Payload::ComponentImportSection(section) => {
                for import in section {
                    let name = import.map_err(|e| broken(&e))?.name;
                    let item = types.component_item_for_import(name.name);
                    outline.imports.push(port(name.name, item.map(|i| &i.ty)));
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let name = export.map_err(|e| broken(&e))?.name;
                    let item = types.component_item_for_export(name.name);
                    outline.exports.push(port(name.name, item.map(|i| &i.ty)));
                }
            }
            _ => {}
        }
    }
    Ok(outline)
}

fn port(name: &str, ty: Option<&ComponentEntityType>) -> Port {
    let kind = match ty {
        Some(ComponentEntityType::Instance(_)) => PortKind::Interface,
        Some(ComponentEntityType::Func(_)) => PortKind::Function,
        _ => PortKind::Other,
    };
    Port::unknown(name, kind)
}

fn error(message: &str) -> Diagnostic {
    Diagnostic::error(Origin::Wasm, message)
}

fn broken(e: &wasmparser::BinaryReaderError) -> Diagnostic {
    let message = e.message();
    if message.contains("unexpected end") {
        error("this component is cut short").help("the file was not written to its end: build it again")
    } else {
        let why = plain(message).map(|m| format!(": {m}")).unwrap_or_default();
        error(&format!("this component is not valid{why}")).help("build it again with a current toolchain")
    }
}

#[cfg(test)]
mod tests {
    use crate::inspect::ports::*;

    fn wat(text: &str) -> Vec<u8> {
        wat::parse_str(text).unwrap()
    }

    #[test]
    fn ports_have_names_kinds_and_signatures() {
        let bytes = wat(r#"(component
                (import "a:b/c@1.2.0" (instance
                    (type $l (enum "low" "high"))
                    (export "level" (type $level (eq $l)))
                    (export "set" (func (param "to" $level) (result (option string))))))
                (import "now" (func (result u64)))
                (import "m" (core module))
            )"#);
        let ports = inspect(&bytes).unwrap();
        assert_eq!(ports.imports[0].signature, ["enum level { low, high }", "set: func(to: level) -> option<string>"]);
        assert_eq!(ports.imports[1].signature, ["func() -> u64"]);
        // WIT has no words for a core module; it is a port all the same.
        let kinds: Vec<_> = ports.imports.iter().map(|p| (p.name.as_str(), p.kind)).collect();
        assert_eq!(kinds, [("a:b/c@1.2.0", PortKind::Interface), ("now", PortKind::Function), ("m", PortKind::Other)]);
    }

    #[test]
    fn a_labelled_import_goes_by_its_label() {
        let bytes = wat(r#"(component (import "mine" (implements "a:b/c") (instance (export "f" (func)))))"#);
        let import = &inspect(&bytes).unwrap().imports[0];
        assert_eq!((import.name.as_str(), import.signature.as_slice()), ("mine", &["f: func()".to_owned()][..]));
    }

    #[test]
    fn what_is_no_component_is_told_with_the_next_step() {
        let component = wat(r#"(component (import "a" (func)) (core module (func)))"#);
        for (bytes, sentence) in [
            (&b"hello"[..], "this is not a WebAssembly file: it does not begin with `\\0asm`"),
            (&[], "this is not a WebAssembly file: it does not begin with `\\0asm`"),
            (&wat("(module)"), "this is a core module, not a component"),
            (&component[..component.len() - 3], "this component is cut short"),
        ] {
            let problem = inspect(bytes).unwrap_err();
            assert_eq!(problem.message, sentence);
            assert!(problem.help.is_some());
        }
    }
}
