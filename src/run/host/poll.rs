//! `wasi:io`: where guests of 0.2 wait, and no longer than there is time. One that waits there when its time is over ends
//! there, so that its frames tell who waited.

use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};
use wasmtime_wasi::p2::bindings::io::poll::{Host as _, HostPollable as _};
use wasmtime_wasi::p2::bindings::io::streams::{Host as _, HostInputStream as _, HostOutputStream as _, StreamError};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, DynPollable};

use crate::run::host::Host;

/// What the standard implementations of these interfaces are known by in the linker.
pub(super) const POLL: &str = "wasi:io/poll@0.2.12";
pub(super) const STREAMS: &str = "wasi:io/streams@0.2.12";

/// `wasi:io/poll`.
pub(super) fn within(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    type All = Vec<Resource<DynPollable>>;
    instance.func_wrap_async("poll", |mut store: StoreContextMut<'_, Host>, (all,): (All,)| {
        Box::new(async move {
            let host = store.data_mut();
            host.settle()?;
            let meter = host.meter();
            Ok((meter.within(host.table.poll(all)).await?,)) as wasmtime::Result<(Vec<u32>,)>
        })
    })?;
    instance.func_wrap_async(
        "[method]pollable.block",
        |mut store: StoreContextMut<'_, Host>, (one,): (Resource<DynPollable>,)| {
            Box::new(async move {
                let host = store.data_mut();
                host.settle()?;
                let meter = host.meter();
                meter.within(host.table.block(one)).await
            })
        },
    )
}

/// A function of `wasi:io/streams` that waits.
macro_rules! waiting {
    ($instance:ident, $name:literal, |$stream:ty $(, $arg:ident: $ty:ty)?| $method:ident -> $result:ty) => {
        $instance.func_wrap_async(
            $name,
            |mut store: StoreContextMut<'_, Host>, (this, $($arg,)?): (Resource<$stream>, $($ty,)?)| {
                Box::new(async move {
                    let host = store.data_mut();
                    let meter = host.meter();
                    let work = async { wasmtime::error::Ok(host.table.$method(this $(, $arg)?).await) };
                    let done = match meter.within(work).await? {
                        Ok(done) => Ok(done),
                        Err(error) => Err(host.table.convert_stream_error(error)?),
                    };
                    Ok((done,)) as wasmtime::Result<(Result<$result, StreamError>,)>
                })
            },
        )?;
    };
}

/// `wasi:io/streams`.
pub(super) fn streams(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    waiting!(instance, "[method]input-stream.blocking-read", |DynInputStream, length: u64| blocking_read -> Vec<u8>);
    waiting!(instance, "[method]input-stream.blocking-skip", |DynInputStream, length: u64| blocking_skip -> u64);
    waiting!(instance, "[method]output-stream.blocking-write-and-flush",
        |DynOutputStream, bytes: Vec<u8>| blocking_write_and_flush -> ());
    waiting!(instance, "[method]output-stream.blocking-flush", |DynOutputStream| blocking_flush -> ());
    Ok(())
}
