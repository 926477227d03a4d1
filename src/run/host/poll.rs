//! `wasi:io/poll`: where guests wait, and no longer than there is time. One that waits there when its time is over ends
//! there, so that its frames tell who waited.

use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};
use wasmtime_wasi::p2::DynPollable;
use wasmtime_wasi::p2::bindings::io::poll::{Host as _, HostPollable as _};

use super::Host;

/// What the standard implementation of this interface is known by in the linker.
pub const NAME: &str = "wasi:io/poll@0.2.12";

pub fn within(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    type Some = Vec<Resource<DynPollable>>;
    instance.func_wrap_async("poll", |mut store: StoreContextMut<'_, Host>, (all,): (Some,)| {
        Box::new(async move {
            let host = store.data_mut();
            let meter = host.meter();
            Ok((meter.within(host.table.poll(all)).await?,)) as wasmtime::Result<(Vec<u32>,)>
        })
    })?;
    instance.func_wrap_async(
        "[method]pollable.block",
        |mut store: StoreContextMut<'_, Host>, (one,): (Resource<DynPollable>,)| {
            Box::new(async move {
                let host = store.data_mut();
                let meter = host.meter();
                meter.within(host.table.block(one)).await
            })
        },
    )
}
