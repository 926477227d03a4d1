//! What of the component model a component uses and studio's engine does not run.

use wasmparser::{Validator, WasmFeatures};

/// Proposals beyond what the engine is set up for (`run::engine`), each as a person knows it.
const LACKING: &[(WasmFeatures, &str)] = &[
    (WasmFeatures::CM_VALUES, "values as imports and exports"),
    (WasmFeatures::CM_NESTED_NAMES, "nested names of imports and exports"),
    (WasmFeatures::CM_THREADING, "threads of the component model"),
    (WasmFeatures::CM_GC, "garbage-collected types at its functions"),
    (WasmFeatures::CM64, "64-bit memories at its functions"),
    (WasmFeatures::CM_CANON_NAMES, "version suffixes of names"),
];

/// The names of what a valid component uses and the engine lacks.
pub(super) fn lacking(component: &[u8]) -> Vec<&'static str> {
    let is_valid = |features| Validator::new_with_features(features).validate_all(component).is_ok();
    let all = WasmFeatures::all();
    if is_valid(LACKING.iter().fold(all, |features, (lacked, _)| features.difference(*lacked))) || !is_valid(all) {
        return Vec::new();
    }
    LACKING.iter().filter(|(lacked, _)| !is_valid(all.difference(*lacked))).map(|(_, name)| *name).collect()
}

#[cfg(test)]
mod tests {
    use crate::compose::lacking::*;

    fn of(text: &str) -> Vec<&'static str> {
        lacking(&wat::parse_str(text).unwrap())
    }

    #[test]
    fn what_the_engine_lacks_is_named_and_what_it_has_is_not() {
        for text in [
            "(component)",
            r#"(component (import "f" (func (param "m" (map string u8)))))"#,
            r#"(component (import "f" (func (param "l" (list u8 4)))))"#,
            r#"(component (import "f" (func (param "e" error-context))))"#,
            r#"(component (import "f" (func async (result (stream u8)))))"#,
        ] {
            assert_eq!(of(text), [""; 0], "{text}");
        }
        let values = r#"(component (import "v" (value $v string)) (export "w" (value $v)))"#;
        assert_eq!(of(values), ["values as imports and exports"]);
    }
}
