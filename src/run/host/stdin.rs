//! `wasi:cli/stdin`: studio's own, or what is typed, for the node the run starts in and for those it is granted, else the end of input.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{Access, FutureReader, LinkerInstance, Resource, StreamReader};
use wasmtime_wasi::cli::{StdinStream as _, WasiCli, WasiCliView as _};
use wasmtime_wasi::p2::DynInputStream;
use wasmtime_wasi::p2::pipe::{AsyncReadStream, ClosedInputStream};
use wasmtime_wasi::p3::bindings::cli::stdin::HostWithStore;
use wasmtime_wasi::p3::bindings::cli::types::ErrorCode;

use crate::grants::Capability;
use crate::run::Stdin;
use crate::run::host::Host;
use crate::run::output::keyboard::Reader;

/// Where this node's input comes from.
fn source(host: &Host, name: &Arc<str>) -> Stdin {
    let granted = host.is_entry(name) || host.node_named(name).may(&Capability::Stdin, "standard input");
    if granted { host.stdin() } else { Stdin::Empty }
}

/// What is typed; that it is waited for is told once a run.
fn typed(host: &Host, name: &Arc<str>) -> Reader {
    let node = host.node_named(name);
    host.keyboard().reader(move || node.log_once("stdin".into(), "waits for a line (I in the log types one)"))
}

pub(super) fn p2(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    let name = Arc::clone(node);
    instance.func_wrap("get-stdin", move |mut store: StoreContextMut<'_, Host>, (): ()| {
        let host = store.data_mut();
        let stream: DynInputStream = match source(host, &name) {
            Stdin::Empty => Box::new(ClosedInputStream),
            Stdin::Inherit => tokio::io::stdin().p2_stream(),
            Stdin::Typed => Box::new(AsyncReadStream::new(typed(host, &name))),
        };
        Ok((host.table.push(stream)?,)) as wasmtime::Result<(Resource<DynInputStream>,)>
    })
}

pub(super) fn p3(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    type Read = (StreamReader<u8>, FutureReader<Result<(), ErrorCode>>);
    let name = Arc::clone(node);
    instance.func_wrap("read-via-stream", move |mut store: StoreContextMut<'_, Host>, (): ()| {
        let read: Read = if source(store.data(), &name) == Stdin::Empty {
            let stream = StreamReader::new(&mut store, Vec::<u8>::new())?;
            (stream, FutureReader::new(&mut store, async { wasmtime::error::Ok(Ok(())) })?)
        } else {
            WasiCli::read_via_stream(Access::<Host, WasiCli>::new(store, Host::cli))?
        };
        Ok((read,)) as wasmtime::Result<(Read,)>
    })
}
