//! `wasi:sockets` 0.3. Its `types` both define the sockets and make them, so each node has the whole interface to
//! itself: a socket made there asks that node's grants, wherever it is passed on to.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{Accessor, LinkerInstance, Resource};
use wasmtime_wasi::p3::bindings::sockets::ip_name_lookup::ErrorCode as LookupError;
use wasmtime_wasi::p3::bindings::sockets::types::{
    self, ErrorCode, HostTcpSocket, HostUdpSocket, IpAddress, IpAddressFamily,
};
use wasmtime_wasi::p3::sockets::SocketResult;
use wasmtime_wasi::sockets::{TcpSocket, UdpSocket, WasiSockets, WasiSocketsCtxView, WasiSocketsView};

use crate::run::descriptors;
use crate::run::host::Host;
use crate::run::host::blocking::addresses;
use crate::run::host::sockets::{context, lookup};

/// `wasi:sockets/types`. The linker must allow shadowing.
pub(super) fn provide(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    types::add_to_linker_instance::<Host, WasiSockets>(instance, Host::sockets)?;
    let name = Arc::clone(node);
    instance.func_wrap(
        "[static]tcp-socket.create",
        move |mut store: StoreContextMut<'_, Host>, (family,): (IpAddressFamily,)| {
            if !descriptors::for_guests() {
                return Ok((Err(ErrorCode::OutOfMemory),));
            }
            let host = store.data_mut();
            let mut ctx = context(host.node_named(&name));
            let mut view = WasiSocketsCtxView { ctx: ctx.sockets(), table: &mut host.table };
            Ok((guest_result(HostTcpSocket::create(&mut view, family))?,))
                as wasmtime::Result<(Result<Resource<TcpSocket>, ErrorCode>,)>
        },
    )?;
    let name = Arc::clone(node);
    instance.func_wrap_async(
        "[static]udp-socket.create",
        move |mut store: StoreContextMut<'_, Host>, (family,): (IpAddressFamily,)| {
            let name = Arc::clone(&name);
            Box::new(async move {
                if !descriptors::for_guests() {
                    return Ok((Err(ErrorCode::OutOfMemory),));
                }
                let host = store.data_mut();
                let mut ctx = context(host.node_named(&name));
                let mut view = WasiSocketsCtxView { ctx: ctx.sockets(), table: &mut host.table };
                Ok((guest_result(HostUdpSocket::create(&mut view, family).await)?,))
                    as wasmtime::Result<(Result<Resource<UdpSocket>, ErrorCode>,)>
            })
        },
    )
}

/// `wasi:sockets/ip-name-lookup`, which of 0.3 defines no resource.
pub(super) fn names(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    type Found = Result<Vec<IpAddress>, LookupError>;
    let node = Arc::clone(node);
    instance.func_wrap_concurrent("resolve-addresses", move |accessor: &Accessor<Host>, (name,): (String,)| {
        let node = Arc::clone(&node);
        Box::pin(async move {
            let Some(name) = accessor.with(|mut store| lookup(&store.get().node_named(&node), name)) else {
                return Ok((Err(LookupError::AccessDenied),)) as wasmtime::Result<(Found,)>;
            };
            let found = addresses(&node, &name, 0).await;
            let found = found.map(|all| all.into_iter().map(|addr| addr.ip().into()).collect());
            Ok((found.map_err(|_| LookupError::NameUnresolvable),))
        })
    })
}

fn guest_result<T>(result: SocketResult<T>) -> wasmtime::Result<Result<T, ErrorCode>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error) => Ok(Err(error.downcast()?)),
    }
}
