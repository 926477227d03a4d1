//! `studio run --stats`: what a composition weighs.

use crate::app::state::State;
use crate::cli::out;
use crate::model::phases::millis;
use crate::model::size::size;
use crate::run::Stats;

pub(super) fn print(state: &State, stats: &Stats, json: bool) {
    let startup = stats.startup;
    let live = state.run.program.as_ref().map_or(0, |p| p.size());
    // What `studio compose` would write has everything inside; here the debug information is counted too.
    let components: usize = state.components.values().filter_map(|c| c.artifact.as_ref()).map(|a| a.bytes.len()).sum();
    if json {
        out::json(&serde_json::json!({ "stats": {
            "components_bytes": components,
            "composition_bytes": live,
            "code_bytes": stats.code,
            "compile_ms": millis(startup.compile),
            "modules_compiled": startup.compiled,
            "modules_cached": startup.cached,
            "instantiate_cold_us": micros(stats.cold),
            "instantiate_us": micros(stats.warm),
            "pooled": startup.pooled,
            "instance_bytes": stats.instance,
            "idle_bytes": stats.resident,
        }}));
        return;
    }
    let pool = if startup.pooled { "from the pool" } else { "on demand" };
    let resident = stats.resident.map_or_else(|| "not available on this system".into(), |bytes| size(bytes as u64));
    let compiled = format!("{} compiled, {} from the cache", startup.compiled, startup.cached);
    for (what, value) in [
        (
            "size",
            format!(
                "{} of components, {} composed without debug information",
                size(components as u64),
                size(live as u64)
            ),
        ),
        ("machine code", size(stats.code as u64)),
        ("compile", format!("{:.1} ms ({compiled})", millis(startup.compile))),
        (
            "cold start",
            format!(
                "{:.0} µs for the first instance, {:.0} µs for the next ({pool})",
                micros(stats.cold),
                micros(stats.warm)
            ),
        ),
        ("an instance", format!("{} of memory and tables", size(stats.instance as u64))),
        ("at rest", format!("{resident} for all of studio; no instance")),
    ] {
        out::error_line(&format!("stats | {what:<12} {value}"));
    }
}

fn micros(time: std::time::Duration) -> f64 {
    millis(time) * 1e3
}
