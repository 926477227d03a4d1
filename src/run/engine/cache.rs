//! Where a composition is compiled and linked: for the pool, or on demand where it does not fit in there or is given fuel.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use wasmtime::component::InstancePre;

use crate::compose::Live;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::run::engine;
use crate::run::engine::compile_pool::{Cancellation, CompilePool};
use crate::run::engine::link::Links;
use crate::run::engine::modules::{Compiled, Modules};
use crate::run::engine::{Allocation, Counting, POOLED_MEMORIES, POOLED_TABLES};
use crate::run::faults::ticker::Ticker;
use crate::run::host::Host;

/// An engine with what is compiled and linked for it.
pub(crate) struct ModuleCache {
    links: Links,
    modules: Modules,
    allocation: Allocation,
}

/// A composition that can be instantiated.
pub(crate) struct Made {
    pub(crate) pre: InstancePre<Host>,
    pub compiled: Compiled,
    pub(crate) allocation: Allocation,
    /// Linking alone.
    pub(crate) linked: std::time::Duration,
}

impl ModuleCache {
    fn open(
        cache: Option<&PathBuf>,
        allocation: Allocation,
        counting: Counting,
        ticker: &Ticker,
    ) -> wasmtime::Result<Self> {
        let (engine, cache) = engine::engine(cache.map(PathBuf::as_path), allocation, counting)?;
        let links = Links::new(&engine)?;
        ticker.add(engine.clone());
        Ok(Self { links, modules: Modules::new(engine, cache), allocation })
    }

    fn make(&self, live: &Live, cancellation: &Cancellation) -> Result<Made, Box<Diagnostic>> {
        let compiled = self.modules.compile(live, cancellation)?;
        let linking = std::time::Instant::now();
        let pre = self.links.link(live, &compiled)?;
        Ok(Made { pre, compiled, allocation: self.allocation, linked: linking.elapsed() })
    }
}

/// The workshops of a session.
pub(crate) struct ModuleCaches {
    first: ModuleCache,
    /// Made when something does not fit into the pool.
    on_demand: OnceLock<Option<ModuleCache>>,
    /// Made when somebody wants fuel to be counted; its instances are on demand too.
    fuelled: OnceLock<Option<ModuleCache>>,
    cache: Option<PathBuf>,
    ticker: Arc<Ticker>,
    pub(crate) pool: CompilePool,
}

impl ModuleCaches {
    /// # Errors
    /// When this machine can't run Wasmtime at all.
    pub(crate) fn new(cache: Option<PathBuf>, ticker: Arc<Ticker>) -> wasmtime::Result<Self> {
        let pooled = ModuleCache::open(cache.as_ref(), Allocation::Pooled, Counting::Nothing, &ticker);
        let first = pooled.or_else(|error| {
            // Some systems limit the address space of a process.
            tracing::warn!("instances are not pooled: {error:#}");
            ModuleCache::open(cache.as_ref(), Allocation::OnDemand, Counting::Nothing, &ticker)
        })?;
        Ok(Self {
            first,
            on_demand: OnceLock::new(),
            fuelled: OnceLock::new(),
            cache,
            ticker,
            pool: CompilePool::default(),
        })
    }

    /// Compiles and links for `instances` at a time; blocks for as long as that takes. While something is served, that
    /// comes first. With `fuel`, what it made counts its instructions.
    ///
    /// # Errors
    /// When Wasmtime refuses the composition, something it imports is missing, or it is cancelled.
    pub(crate) fn make(
        &self,
        live: &Live,
        instances: usize,
        serving: bool,
        fuel: bool,
        cancellation: &Cancellation,
    ) -> Result<Made, Box<Diagnostic>> {
        self.pool.install(serving, || match fuel {
            true => self.make_fuelled(live, cancellation),
            false => self.make_here(live, instances, cancellation),
        })
    }

    fn open(&self, counting: Counting) -> Option<ModuleCache> {
        ModuleCache::open(self.cache.as_ref(), Allocation::OnDemand, counting, &self.ticker)
            .inspect_err(|e| tracing::warn!("no engine without a pool: {e:#}"))
            .ok()
    }

    fn make_fuelled(&self, live: &Live, cancellation: &Cancellation) -> Result<Made, Box<Diagnostic>> {
        match self.fuelled.get_or_init(|| self.open(Counting::Fuel)) {
            Some(module_cache) => module_cache.make(live, cancellation),
            None => Err(Diagnostic::error(Origin::Run, "fuel can't be counted on this machine")
                .help("leave out `fuel` below [run.limits]; `cpu` limits the time on a processor")
                .into()),
        }
    }

    fn make_here(&self, live: &Live, instances: usize, cancellation: &Cancellation) -> Result<Made, Box<Diagnostic>> {
        let made = self.first.make(live, cancellation);
        if self.first.allocation == Allocation::OnDemand || made.as_ref().is_ok_and(|m| fits(&m.compiled, instances)) {
            return made;
        }
        match self.on_demand.get_or_init(|| self.open(Counting::Nothing)) {
            Some(module_cache) => module_cache.make(live, cancellation),
            None => made.and_then(|_| {
                Err(Diagnostic::error(Origin::Run, "this composition is too large for studio on this machine").into())
            }),
        }
    }
}

/// Whether so many instances of it leave as much of the pool for the generation before it.
fn fits(compiled: &Compiled, instances: usize) -> bool {
    let (mut memories, mut tables) = (0usize, 0usize);
    for module in &compiled.modules {
        let needs = module.resources_required();
        memories += needs.num_memories as usize;
        tables += needs.num_tables as usize;
    }
    // What was not hoisted tells by itself where it can.
    if let Some(needs) = compiled.component.resources_required() {
        memories += needs.num_memories as usize;
        tables += needs.num_tables as usize;
    }
    let half = |all: u32| all as usize / 2;
    memories.saturating_mul(instances) <= half(POOLED_MEMORIES)
        && tables.saturating_mul(instances) <= half(POOLED_TABLES)
}
