//! `wasi:cli/stdin`: studio's own for the node the run starts in and for those it is granted, else the end of input.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{Access, FutureReader, LinkerInstance, Resource, StreamReader};
use wasmtime_wasi::cli::{StdinStream as _, WasiCli, WasiCliView as _};
use wasmtime_wasi::p2::DynInputStream;
use wasmtime_wasi::p2::pipe::ClosedInputStream;
use wasmtime_wasi::p3::bindings::cli::stdin::HostWithStore;
use wasmtime_wasi::p3::bindings::cli::types::ErrorCode;

use super::Host;
use crate::model::grants::Capability;

fn may(host: &Host, name: &Arc<str>) -> bool {
    let granted = host.is_entry(name) || host.node_named(name).may(&Capability::Stdin, "standard input");
    granted && host.has_stdin()
}

pub fn p2(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    let name = Arc::clone(node);
    instance.func_wrap("get-stdin", move |mut store: StoreContextMut<'_, Host>, (): ()| {
        let host = store.data_mut();
        let stream: DynInputStream =
            if may(host, &name) { tokio::io::stdin().p2_stream() } else { Box::new(ClosedInputStream) };
        Ok((host.table.push(stream)?,)) as wasmtime::Result<(Resource<DynInputStream>,)>
    })
}

pub fn p3(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    type Read = (StreamReader<u8>, FutureReader<Result<(), ErrorCode>>);
    let name = Arc::clone(node);
    instance.func_wrap("read-via-stream", move |mut store: StoreContextMut<'_, Host>, (): ()| {
        let read: Read = if may(store.data(), &name) {
            WasiCli::read_via_stream(Access::<Host, WasiCli>::new(store, Host::cli))?
        } else {
            let stream = StreamReader::new(&mut store, Vec::<u8>::new())?;
            (stream, FutureReader::new(&mut store, async { wasmtime::error::Ok(Ok(())) })?)
        };
        Ok((read,)) as wasmtime::Result<(Read,)>
    })
}
