//! `wasi:clocks/wall-clock` (0.3: `system-clock`): the time of day, or an instant that never passes. Monotonic clocks
//! are everyone's, or nothing could sleep.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;
use wasmtime_wasi::clocks::WasiClocksView as _;
use wasmtime_wasi::p2::bindings::clocks::wall_clock::{self, Datetime};
use wasmtime_wasi::p3::bindings::clocks::system_clock::{self, Instant};

use crate::grants::Capability;
use crate::run::host::Host;

/// 2025-01-01T00:00:00Z, in seconds since 1970.
pub(super) const FIXED: u32 = 1_735_689_600;

fn may(host: &Host, name: &Arc<str>) -> bool {
    host.node_named(name).may(&Capability::Clock, "the time of day")
}

pub(super) fn p2(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    let name = Arc::clone(node);
    instance.func_wrap("now", move |mut store: StoreContextMut<'_, Host>, (): ()| {
        let host = store.data_mut();
        let fixed = Datetime { seconds: FIXED.into(), nanoseconds: 0 };
        let now = if may(host, &name) { wall_clock::Host::now(&mut host.clocks())? } else { fixed };
        Ok((now,)) as wasmtime::Result<(Datetime,)>
    })?;
    instance.func_wrap("resolution", |mut store: StoreContextMut<'_, Host>, (): ()| {
        Ok((wall_clock::Host::resolution(&mut store.data_mut().clocks())?,)) as wasmtime::Result<(Datetime,)>
    })
}

pub(super) fn p3(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    let name = Arc::clone(node);
    instance.func_wrap("now", move |mut store: StoreContextMut<'_, Host>, (): ()| {
        let host = store.data_mut();
        let fixed = Instant { seconds: FIXED.into(), nanoseconds: 0 };
        let now = if may(host, &name) { system_clock::Host::now(&mut host.clocks())? } else { fixed };
        Ok((now,)) as wasmtime::Result<(Instant,)>
    })?;
    instance.func_wrap("get-resolution", |mut store: StoreContextMut<'_, Host>, (): ()| {
        Ok((system_clock::Host::get_resolution(&mut store.data_mut().clocks())?,)) as wasmtime::Result<(u64,)>
    })
}
