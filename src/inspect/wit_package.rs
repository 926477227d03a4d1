//! Whether bytes are WIT, encoded, and no component: types alone stand at its root.

use std::path::Path;

use wasmparser::{ComponentExternalKind, Encoding, Parser, Payload};

use crate::guard::guard;
use crate::inspect::componentize::assemble;
use crate::inspect::producers::is_composition;

/// Whether a `.wasm` or `.wat` file holds an encoded WIT package. A composition of types alone reads as one, and is none.
pub(crate) fn is_wit_package(bytes: &[u8], file: &Path) -> bool {
    let is_text = file.extension().is_some_and(|e| e == "wat");
    // Whatever has code has this; a long text need not be assembled to learn it.
    if is_text && bytes.windows(6).any(|word| word == b"(core ") {
        return false;
    }
    guard(|| assemble(bytes, file).is_ok_and(|binary| has_types_alone(&binary) && !is_composition(&binary)))
        .unwrap_or(false)
}

fn has_types_alone(binary: &[u8]) -> bool {
    let mut exports = 0_usize;
    // Types may hold sections of their own in neither form: only the root's are seen.
    for payload in Parser::new(0).parse_all(binary) {
        match payload {
            Ok(Payload::ComponentExportSection(section)) => {
                for export in section {
                    if export.is_ok_and(|e| e.kind == ComponentExternalKind::Type) {
                        exports += 1;
                    } else {
                        return false;
                    }
                }
            }
            Ok(
                Payload::Version { encoding: Encoding::Component, .. }
                | Payload::ComponentTypeSection(_)
                | Payload::CustomSection(_)
                | Payload::End(_),
            ) => {}
            Ok(_) | Err(_) => return false,
        }
    }
    exports > 0
}

#[cfg(test)]
mod tests {
    use crate::inspect::wit_package::*;

    fn is(text: &str) -> bool {
        is_wit_package(text.as_bytes(), Path::new("a.wat"))
            && is_wit_package(&wat::parse_str(text).unwrap(), Path::new("a.wasm"))
    }

    #[test]
    fn types_alone_are_wit_and_all_else_is_a_component() {
        let mut resolve = wit_parser::Resolve::default();
        let id =
            resolve.push_str("a.wit", "package a:b@1.0.0; interface c { f: func(); } world w { import c; }").unwrap();
        let encoded = wit_component::encode(&resolve, id).unwrap();
        assert!(is_wit_package(&encoded, Path::new("a.wasm")));
        assert!(is(r#"(component (type $t (component (export "a:b/c" (instance)))) (export "c" (type $t)))"#));
        for text in [
            "(component)",
            "(module)",
            r#"(component (import "f" (func)))"#,
            r#"(component (import "i" (instance $i)) (export "i" (instance $i)))"#,
            r#"(component (core module $m) (type $t u8) (export "t" (type $t)))"#,
        ] {
            assert!(!is(text), "{text}");
        }
        assert!(!is_wit_package(b"package a:b;", Path::new("a.wat")));
    }
}
