//! Is this a component? Structure first, then the functions' bodies on all cores.
//!
//! wac validates too, one body after the other and with an older line of wasm-tools than the engine that runs the result.

use rayon::iter::{IndexedParallelIterator as _, IntoParallelIterator as _, ParallelIterator as _};
use wasmparser::{BinaryReaderError, FuncValidatorAllocations, Parser, ValidPayload, Validator, WasmFeatures};

/// Fewer functions than these are validated sooner than another thread is woken.
const WORTH_A_THREAD: usize = 256;

/// Validates a component, every function of it included.
pub(super) fn validate(bytes: &[u8]) -> Result<(), BinaryReaderError> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut functions = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        if let ValidPayload::Func(function, body) = validator.payload(&payload?)? {
            functions.push((function, body));
        }
    }
    let functions = functions.into_par_iter().with_min_len(WORTH_A_THREAD);
    functions.try_for_each_init(FuncValidatorAllocations::default, |allocations, (function, body)| {
        let mut validator = function.into_validator(std::mem::take(allocations));
        validator.validate(&body)?;
        *allocations = validator.into_allocations();
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use crate::compose::validate::*;

    /// A component of so many functions, the last of them broken or not.
    fn component(functions: usize, broken: bool) -> Vec<u8> {
        let body =
            |i: usize| format!("(func (result i32) {})", "i32.const 7 drop ".repeat(40) + &format!("i32.const {i}"));
        let mut text: String = (0..functions).map(body).collect();
        if broken {
            text += "(func (result i32) i64.const 1)";
        }
        wat::parse_str(format!("(component (core module {text}))")).unwrap()
    }

    #[test]
    fn every_body_is_looked_at_on_one_core_and_on_several() {
        for functions in [1, 4_000] {
            assert!(validate(&component(functions, false)).is_ok());
            assert!(validate(&component(functions, true)).is_err(), "{functions}");
        }
    }
}
