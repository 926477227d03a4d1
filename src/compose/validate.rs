//! Is what was encoded a component? Structure first, then the functions' bodies on all cores.
//!
//! wac validates too, one body after the other and with an older line of wasm-tools than the engine that runs the result.

use std::num::NonZero;
use std::thread;

use wasmparser::{
    BinaryReaderError, FuncToValidate, FuncValidatorAllocations, FunctionBody, Parser, ValidPayload, Validator,
    ValidatorResources, WasmFeatures,
};

/// Below this many bytes of code a thread costs more than it saves.
const WORTH_A_THREAD: usize = 64 * 1024;

type Function<'a> = (FuncToValidate<ValidatorResources>, FunctionBody<'a>);

/// Validates a component, every function of it included.
pub(super) fn validate(bytes: &[u8]) -> Result<(), BinaryReaderError> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut functions: Vec<Function<'_>> = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        if let ValidPayload::Func(function, body) = validator.payload(&payload?)? {
            functions.push((function, body));
        }
    }
    let size = |f: &Function<'_>| f.1.range().len();
    let whole: usize = functions.iter().map(size).sum();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let shares = cores.min(whole / WORTH_A_THREAD + 1);
    if shares < 2 {
        return bodies(functions);
    }
    thread::scope(|scope| {
        let mut threads = Vec::new();
        let mut share = Vec::new();
        let mut weight = 0;
        for function in functions {
            weight += size(&function);
            share.push(function);
            if weight > whole / shares {
                let full = std::mem::take(&mut share);
                threads.push(scope.spawn(|| bodies(full)));
                weight = 0;
            }
        }
        let mut result = bodies(share);
        for thread in threads {
            // A panic of the validator is one of ours: it goes on, to the guard around all this.
            let said = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            result = result.and(said);
        }
        result
    })
}

fn bodies(functions: Vec<Function<'_>>) -> Result<(), BinaryReaderError> {
    let mut allocations = FuncValidatorAllocations::default();
    for (function, body) in functions {
        let mut validator = function.into_validator(allocations);
        validator.validate(&body)?;
        allocations = validator.into_allocations();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

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
