//! How Wasmtime is set up for a live run.
//!
//! One engine serves everything, with concurrency support (0.3, async) on. A second one without it was measured with
//! the handler of a 0.2 request, 20 host calls and their resources: no difference beyond the noise in instantiating or
//! calling, against a second linker, and no compiled module shared between the two.
//!
//! Instances are allocated on demand: a pool saves some 30 µs a request, a tenth of what a loopback connection costs,
//! and brings ceilings (instances, tables, memory sizes) of its own that a person would have to be told about.
//!
//! `OptLevel::Speed`: without optimisation a 114 KB module compiles 15 % faster only; what is compiled is kept on disk
//! and runs as often as the user likes.

use std::path::Path;
use std::sync::Arc;

use super::functions::Functions;
use wasmtime::{Cache, CacheConfig, Config, Engine, OptLevel};

/// Frames kept of a backtrace: enough to see that an endless recursion is one.
const BACKTRACE_FRAMES: usize = 64;

/// The engine and, if `cache` names a usable directory, the compiled code kept there from process to process.
///
/// # Errors
/// When this machine can't run Wasmtime at all. An unusable cache directory is no error: compiling again is only slower.
pub fn engine(cache: Option<&Path>) -> wasmtime::Result<(Engine, Option<Cache>)> {
    let cache = cache.and_then(|directory| {
        open_cache(directory)
            .inspect_err(|e| tracing::warn!("compiled code is not cached in {}: {e:#}", directory.display()))
            .ok()
    });
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .wasm_component_model_async(true)
        // What compilers of 0.3 guests may use beyond the callback form.
        .wasm_component_model_async_stackful(true)
        .wasm_component_model_more_async_builtins(true)
        // Labelled capability imports: `(import "logger-wasi-cli-stdout" (implements "wasi:cli/stdout@0.2.3") …)`.
        .wasm_component_model_implements(true)
        .epoch_interruption(true)
        .wasm_backtrace_max_frames(std::num::NonZeroUsize::new(BACKTRACE_FRAMES))
        .cranelift_opt_level(OptLevel::Speed)
        .memory_init_cow(true)
        .enable_incremental_compilation(Arc::<Functions>::default())?
        .cache(cache.clone());
    Ok((Engine::new(&config)?, cache))
}

fn open_cache(directory: &Path) -> wasmtime::Result<Cache> {
    let mut config = CacheConfig::new();
    config.with_directory(std::path::absolute(directory)?);
    Cache::new(config)
}
