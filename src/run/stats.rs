//! What a composition weighs: measured by instantiating it a few times, for whoever asked.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::run::context::RunContext;
use crate::run::generation::Generation;
use crate::run::{RunEvent, Startup};

/// Instances made to find out what one costs, the cold one left out.
const ROUNDS: usize = 20;

/// The weight of a generation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// What compiling took; told here too, for weighing may be done before the run has begun.
    pub startup: Startup,
    /// Machine code of the composition and its core modules, in bytes.
    pub code: usize,
    /// The first instance, and the median of those after it; from nothing to ready for its first call.
    pub cold: Duration,
    /// The median of the others.
    pub warm: Duration,
    /// Linear memory and tables that one instance has before its first call, in bytes.
    pub(crate) instance: usize,
    /// Memory of this whole process with nothing running, in bytes; `None` where the system does not tell.
    pub(crate) resident: Option<usize>,
}

/// Measures, and tells. Guests run nothing here but what instantiating them runs, and no longer than a request may.
pub(super) async fn report(context: &RunContext, generation: Arc<Generation>) {
    let measuring = measure(context, &generation);
    // Whatever is wrong with it, the first call tells.
    let stats = tokio::time::timeout(generation.limits.request, measuring).await.ok().and_then(Result::ok);
    context.tap.send(RunEvent::Weighed { generation: generation.number, stats }).await;
}

async fn measure(context: &RunContext, generation: &Generation) -> wasmtime::Result<Stats> {
    let mut times = Vec::with_capacity(ROUNDS + 1);
    let mut instance = 0;
    for _ in 0..=ROUNDS {
        let begun = Instant::now();
        let mut store = generation.store(None);
        let meter = store.data().meter();
        context.ticker.run(&meter, generation.pre.instantiate_async(&mut store)).await?;
        times.push(begun.elapsed());
        instance = store.data().memory.own();
    }
    let cold = times.remove(0);
    times.sort_unstable();
    let warm = times.get(ROUNDS / 2).copied().unwrap_or_default();
    Ok(Stats { startup: generation.startup, code: generation.code, cold, warm, instance, resident: resident() })
}

/// Reads what Linux says of this process; its pages are 4 KiB on every machine that studio is built for.
fn resident() -> Option<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    statm.split_whitespace().nth(1)?.parse::<usize>().ok()?.checked_mul(4096)
}
