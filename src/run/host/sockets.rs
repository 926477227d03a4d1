//! `wasi:sockets` 0.2: sockets and name lookups that know whose they are.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddressFamily, IpSocketAddress, Network};
use wasmtime_wasi::p2::bindings::sockets::tcp::HostTcpSocket;
use wasmtime_wasi::p2::bindings::sockets::{instance_network, ip_name_lookup, tcp_create_socket, udp_create_socket};
use wasmtime_wasi::p2::{SocketResult, TcpSocket, UdpSocket};
use wasmtime_wasi::sockets::{SocketAddrUse, WasiSocketsCtxView, WasiSocketsView as _};

use crate::grants::{Capability, Endpoint, Kind, same_host};
use crate::run::descriptors;
use crate::run::host::Host;
use crate::run::host::authority::Node;
use crate::run::host::blocking::{addresses, names};

type Lookup = ip_name_lookup::ResolveAddressStream;

/// What the standard implementations of these interfaces are known by in the linker.
pub(super) const NAME_LOOKUP: &str = "wasi:sockets/ip-name-lookup@0.2.12";
pub(super) const TCP: &str = "wasi:sockets/tcp@0.2.12";

pub(super) fn network(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    let name = Arc::clone(node);
    instance.func_wrap("instance-network", move |mut store: StoreContextMut<'_, Host>, (): ()| {
        let host = store.data_mut();
        let network = instance_network::Host::instance_network(&mut host.sockets())?;
        host.networks.insert(network.rep(), Arc::clone(&name));
        Ok((network,)) as wasmtime::Result<(Resource<Network>,)>
    })
}

pub(super) fn tcp(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    type Socket = Result<Resource<TcpSocket>, ErrorCode>;
    let name = Arc::clone(node);
    instance.func_wrap(
        "create-tcp-socket",
        move |mut store: StoreContextMut<'_, Host>, (family,): (IpAddressFamily,)| {
            if !descriptors::for_guests() {
                return Ok((Err(ErrorCode::NewSocketLimit),)) as wasmtime::Result<(Socket,)>;
            }
            let host = store.data_mut();
            let mut ctx = context(host.node_named(&name));
            let mut view = WasiSocketsCtxView { ctx: ctx.sockets(), table: &mut host.table };
            let socket = tcp_create_socket::Host::create_tcp_socket(&mut view, family);
            Ok((guest_result(socket)?,)) as wasmtime::Result<(Socket,)>
        },
    )
}

pub(super) fn udp(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    type Socket = Result<Resource<UdpSocket>, ErrorCode>;
    let name = Arc::clone(node);
    instance.func_wrap_async(
        "create-udp-socket",
        move |mut store: StoreContextMut<'_, Host>, (family,): (IpAddressFamily,)| {
            let name = Arc::clone(&name);
            Box::new(async move {
                if !descriptors::for_guests() {
                    return Ok((Err(ErrorCode::NewSocketLimit),)) as wasmtime::Result<(Socket,)>;
                }
                let host = store.data_mut();
                let mut ctx = context(host.node_named(&name));
                let mut view = WasiSocketsCtxView { ctx: ctx.sockets(), table: &mut host.table };
                let socket = udp_create_socket::Host::create_udp_socket(&mut view, family).await;
                Ok((guest_result(socket)?,)) as wasmtime::Result<(Socket,)>
            })
        },
    )
}

/// Where no socket can lead is refused before anybody's grants are asked; that somebody tried is put down all the same.
pub(super) fn connecting(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    type Params = (Resource<TcpSocket>, Resource<Network>, IpSocketAddress);
    instance.func_wrap(
        "[method]tcp-socket.start-connect",
        |mut store: StoreContextMut<'_, Host>, (socket, network, to): Params| {
            let host = store.data_mut();
            let addr: SocketAddr = to.into();
            let node = host.networks.get(&network.rep()).map(|node| host.node_named(node));
            if let Some(node) = node.filter(|_| leads_nowhere(addr)) {
                node.denied(Kind::Tcp, String::new(), format!("connect to {addr}"));
            }
            let begun = HostTcpSocket::start_connect(&mut host.sockets(), socket, network, to);
            Ok((guest_result(begun)?,)) as wasmtime::Result<(Result<(), ErrorCode>,)>
        },
    )
}

fn leads_nowhere(addr: SocketAddr) -> bool {
    let mapped = matches!(addr.ip(), IpAddr::V6(ip) if ip.to_ipv4_mapped().is_some());
    addr.ip().to_canonical().is_unspecified() || addr.port() == 0 || mapped
}

/// Name lookup is shared, for it defines a resource; the network it is asked through tells the node.
pub(super) fn name_lookup(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    type Found = Result<Resource<Lookup>, ErrorCode>;
    instance.func_wrap(
        "resolve-addresses",
        |mut store: StoreContextMut<'_, Host>, (network, name): (Resource<Network>, String)| {
            let host = store.data_mut();
            let Some(node) = host.networks.get(&network.rep()).map(|node| host.node_named(node)) else {
                return Ok((Err(ErrorCode::AccessDenied),)) as wasmtime::Result<(Found,)>;
            };
            let Some(name) = lookup(&node, name) else { return Ok((Err(ErrorCode::AccessDenied),)) };
            let pool = names(&node.name);
            let mut ctx = context(node);
            let mut view = WasiSocketsCtxView { ctx: ctx.sockets(), table: &mut host.table };
            Ok((guest_result(pool.during(|| ip_name_lookup::Host::resolve_addresses(&mut view, network, name)))?,))
        },
    )
}

/// What to look up instead of this name; `None`: the node may not.
pub(super) fn lookup(node: &Node, name: String) -> Option<String> {
    let least = Capability::Dns(name.to_ascii_lowercase()).to_string();
    if node.ask(|grants| grants.dns(&name).is_none()) {
        node.denied(Kind::Dns, least, name);
        return None;
    }
    node.used(Kind::Dns, least, name.clone());
    Some(node.grants().stand_in(&name).map_or(name, |s| s.addr.ip().to_string()))
}

/// Sockets made in this context ask this node's grants, each time they are used.
pub(super) fn context(node: Node) -> WasiCtx {
    let check = move |addr, purpose| {
        let node = node.clone();
        Box::pin(async move { allowed(&node, addr, purpose).await }) as _
    };
    WasiCtx::builder().allow_tcp(true).allow_udp(true).allow_ip_name_lookup(true).socket_addr_check(check).build()
}

async fn allowed(node: &Node, addr: SocketAddr, purpose: SocketAddrUse) -> bool {
    let (kind, what) = match purpose {
        // Whoever connects or sends is bound to some port of the system's choice first.
        SocketAddrUse::TcpBind | SocketAddrUse::UdpBind if addr.ip().is_unspecified() && addr.port() == 0 => {
            return true;
        }
        // Who may listen was asked before.
        SocketAddrUse::TcpAccept => return true,
        SocketAddrUse::TcpBind | SocketAddrUse::TcpListen => (Kind::Listen, "listen on"),
        SocketAddrUse::TcpConnect => (Kind::Tcp, "connect to"),
        SocketAddrUse::UdpBind => (Kind::Udp, "listen on"),
        SocketAddrUse::UdpSend => (Kind::Udp, "send to"),
        SocketAddrUse::UdpReceive => (Kind::Udp, "receive from"),
    };
    let detail = format!("{what} {addr}");
    let endpoints: Vec<Endpoint> = node.ask(|grants| grants.endpoints(kind).cloned().collect());
    for endpoint in endpoints {
        if endpoint.port.is_none_or(|port| port == addr.port()) && leads_to(node, &endpoint, addr).await {
            // A port of the system's choice is another one the next time.
            let chosen = kind == Kind::Listen && endpoint.port.is_none();
            let used = Endpoint { port: Some(addr.port()).filter(|port| !chosen && *port != 0), ..endpoint };
            node.used(kind, format!("{kind}={used}"), detail);
            return true;
        }
    }
    let port = Some(addr.port()).filter(|port| *port != 0);
    let least = Endpoint { host: addr.ip().to_canonical().to_string(), port };
    node.denied(kind, format!("{kind}={least}"), detail);
    false
}

/// Whether the endpoint's host is this address now: names are looked up each time, for their answers may change.
async fn leads_to(node: &Node, endpoint: &Endpoint, addr: SocketAddr) -> bool {
    let ip = addr.ip().to_canonical();
    if endpoint.ip().is_some() {
        return same_host(&endpoint.host, &ip.to_string());
    }
    if let Some(stand_in) = node.grants().stand_in(&endpoint.host) {
        return stand_in.addr.ip().to_canonical() == ip;
    }
    let found = addresses(&node.name, &endpoint.host, 0).await;
    found.is_ok_and(|all| all.iter().any(|a| a.ip().to_canonical() == ip))
}

fn guest_result<T>(result: SocketResult<T>) -> wasmtime::Result<Result<T, ErrorCode>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error) => Ok(Err(error.downcast()?)),
    }
}
