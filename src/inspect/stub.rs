//! A component without what its functions do: enough to know its type, and small whatever the code weighs.

use wasm_encoder::Encode;
use wasmparser::BinaryReader;

use crate::inspect::sections::{id, sections};

/// Section numbers of core modules.
mod core {
    pub(super) const CUSTOM: u8 = 0;
    pub(super) const ELEMENT: u8 = 9;
    pub(super) const CODE: u8 = 10;
    pub(super) const DATA: u8 = 11;
    pub(super) const DATA_COUNT: u8 = 12;
}

/// A body of three bytes that is valid for a function of any type: no locals, `unreachable`, `end`.
const BODY: [u8; 4] = [3, 0x00, 0x00, 0x0b];

/// Components nested deeper than this are copied as they are: recursion needs an end.
const DEEPEST: u32 = 64;

/// The component with every function's body, and its modules' data, elements and custom sections gone.
///
/// Its imports and exports, types and instances are those of `component`, so the one is valid where the other is, as
/// long as each function's body is.
///
/// # Errors
/// What of the component is cut short.
pub(crate) fn stub(component: &[u8]) -> wasmparser::Result<Vec<u8>> {
    nested(component, 0)
}

fn nested(component: &[u8], depth: u32) -> wasmparser::Result<Vec<u8>> {
    let mut out = header(component);
    for section in sections(component)? {
        match section.id {
            id::CORE_MODULE => put(&mut out, section.id, &module(section.body)?),
            id::COMPONENT if depth < DEEPEST => put(&mut out, section.id, &nested(section.body, depth + 1)?),
            _ => out.extend_from_slice(section.whole),
        }
    }
    Ok(out)
}

fn module(module: &[u8]) -> wasmparser::Result<Vec<u8>> {
    let mut out = header(module);
    for section in sections(module)? {
        match section.id {
            core::CUSTOM | core::ELEMENT | core::DATA | core::DATA_COUNT => {}
            core::CODE => {
                let functions = BinaryReader::new(section.body, 0).read_var_u32()?;
                let mut bodies = Vec::new();
                functions.encode(&mut bodies);
                // No more than the section has bytes: the number is the file's to claim.
                let claimed = usize::try_from(functions).unwrap_or(usize::MAX).min(section.body.len());
                bodies.extend(BODY.iter().cycle().take(BODY.len() * claimed));
                put(&mut out, section.id, &bodies);
            }
            _ => out.extend_from_slice(section.whole),
        }
    }
    Ok(out)
}

fn header(binary: &[u8]) -> Vec<u8> {
    binary.get(..8).unwrap_or_default().to_vec()
}

fn put(out: &mut Vec<u8>, id: u8, body: &[u8]) {
    out.push(id);
    body.encode(out);
}

#[cfg(test)]
mod tests {
    use crate::inspect::stub::*;

    fn valid(bytes: &[u8]) -> bool {
        wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(bytes).is_ok()
    }

    #[test]
    fn what_is_left_is_valid_and_small_whatever_the_code_weighs() {
        let filler = "i32.const 7 drop ".repeat(5_000);
        let module = format!(
            r#"(core module $m
                (memory (export "memory") 1)
                (table 1 funcref) (elem (i32.const 0) $f)
                (data $d "kept nowhere")
                (func $f (result i32) {filler} i32.const 1)
                (func $g (i32.const 0) (i32.const 0) (i32.const 4) (memory.init $d))
                (start $g)
                (export "f" (func $f)))"#
        );
        let component = format!(
            r#"(component
                (component $in {module}
                    (core instance $i (instantiate $m))
                    (func (export "f") (result u32) (canon lift (core func $i "f"))))
                (instance $n (instantiate $in))
                (export "f" (func $n "f")))"#
        );
        let whole = wat::parse_str(component).unwrap();
        let stub = stub(&whole).unwrap();
        assert!(valid(&whole) && valid(&stub));
        assert!(stub.len() < 300, "{}", stub.len());
        assert_eq!(crate::inspect::inspect(&whole).unwrap(), crate::inspect::inspect(&stub).unwrap());
    }

    #[test]
    fn a_claimed_number_of_functions_costs_no_memory() {
        // A module whose code section claims 2³² − 1 bodies and has none.
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        put(&mut module, core::CODE, &[0xff, 0xff, 0xff, 0xff, 0x0f]);
        let mut component = b"\0asm\x0d\0\x01\0".to_vec();
        put(&mut component, id::CORE_MODULE, &module);
        assert!(stub(&component).unwrap().len() < 100);
        assert!(stub(&component[..component.len() - 1]).is_err());
    }
}
