//! How Wasmtime is set up for a live run.
//!
//! One engine serves everything, with concurrency support (0.3, async) on. A second one without it was measured with
//! the handler of a 0.2 request, 20 host calls and their resources: no difference beyond the noise in instantiating or
//! calling, against a second linker, and no compiled module shared between the two.
//!
//! Instances come from a pool, reserved as address space once: what a composition needs is found in microseconds and
//! left as it was. A composition that is too large for the pool gets instances on demand, from a second engine that is
//! made when it is first needed (see [`Allocation`]).
//!
//! `OptLevel::Speed`: without optimisation a 114 KB module compiles 15 % faster only; what is compiled is kept on disk
//! and runs as often as the user likes.

pub(crate) mod cache;
pub(crate) mod compile_pool;
pub(crate) mod functions;
pub(crate) mod link;
pub(crate) mod modules;

use std::path::Path;
use std::sync::Arc;

use wasmtime::{
    Cache, CacheConfig, Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig,
};

use crate::run::engine::functions::Functions;

/// Frames kept of a backtrace: enough to see that an endless recursion is one.
const BACKTRACE_FRAMES: usize = 64;

/// Memories in the pool: address space of 4 GiB each. What one composition may fill of it is decided by the cache of modules.
pub(super) const POOLED_MEMORIES: u32 = 4_096;
/// Tables in the pool, and stacks of guests under way.
pub(super) const POOLED_TABLES: u32 = 8_192;
const POOLED_STACKS: u32 = 2_048;
/// Elements of a table in the pool; dev builds of large programs come near 20,000.
const POOLED_ELEMENTS: usize = 64 << 10;
/// Bytes of a memory and a table that are set back by writing to them, instead of by asking the system for new pages.
const KEPT: usize = 64 << 10;
/// Slots that keep those pages while nobody uses them.
const WARM: u32 = 16;

/// Where instances live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Allocation {
    Pooled,
    OnDemand,
}

/// What an engine compiles code to do besides its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counting {
    Nothing,
    /// Its instructions, so that they can be limited. Code is larger and slower for it: not without being asked.
    Fuel,
}

/// The engine and, if `cache` names a usable directory, the compiled code kept there from process to process.
///
/// # Errors
/// When this machine can't run Wasmtime at all. An unusable cache directory is no error: compiling again is only slower.
pub(super) fn engine(
    cache: Option<&Path>,
    allocation: Allocation,
    counting: Counting,
) -> wasmtime::Result<(Engine, Option<Cache>)> {
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
        // Types that a newer WIT may have; what there is beyond these, `compose::lacking` names.
        .wasm_component_model_map(true)
        .wasm_component_model_fixed_length_lists(true)
        .wasm_component_model_error_context(true)
        .epoch_interruption(true)
        .consume_fuel(counting == Counting::Fuel)
        .wasm_backtrace_max_frames(std::num::NonZeroUsize::new(BACKTRACE_FRAMES))
        .cranelift_opt_level(OptLevel::Speed)
        .memory_init_cow(true)
        .enable_incremental_compilation(Arc::<Functions>::default())?
        .cache(cache.clone());
    if allocation == Allocation::Pooled {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
    }
    Ok((Engine::new(&config)?, cache))
}

/// All of it is address space until an instance uses it.
fn pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_memories(POOLED_MEMORIES)
        .total_tables(POOLED_TABLES)
        .total_stacks(POOLED_STACKS)
        .total_core_instances(1 << 20)
        .total_component_instances(1 << 20)
        .max_memories_per_module(16)
        .max_tables_per_module(16)
        .table_elements(POOLED_ELEMENTS)
        .linear_memory_keep_resident(KEPT)
        .table_keep_resident(KEPT)
        .max_unused_warm_slots(WARM)
        .pagemap_scan(Enabled::Auto);
    pool
}

fn open_cache(directory: &Path) -> wasmtime::Result<Cache> {
    let mut config = CacheConfig::new();
    config.with_directory(std::path::absolute(directory)?);
    Cache::new(config)
}
