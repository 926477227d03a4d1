//! A bound address, and what to say when it can't be had.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use tokio::net::TcpListener;

use crate::model::diagnostic::{Diagnostic, Origin};

/// Where HTTP is served unless somebody wants it elsewhere: this machine only.
pub const DEFAULT_ADDR: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8080));

/// Ports tried for the suggestion of a free one.
const NEIGHBOURS: u16 = 50;

/// A bound address that nothing is served on yet.
pub(crate) struct Listener {
    /// The address that was asked for; its port may have been 0.
    pub(crate) requested: SocketAddr,
    pub addr: SocketAddr,
    pub(crate) socket: TcpListener,
}

impl Listener {
    /// # Errors
    /// When the address is taken or not allowed; the problem names a free port where there is one.
    pub(crate) async fn bind(requested: SocketAddr) -> Result<Self, Box<Diagnostic>> {
        let bound = match TcpListener::bind(requested).await {
            Ok(socket) => socket.local_addr().map(|addr| (socket, addr)),
            Err(e) => Err(e),
        };
        match bound {
            Ok((socket, addr)) => Ok(Self { requested, addr, socket }),
            Err(e) => Err(unbound(requested, &e).await.into()),
        }
    }
}

async fn unbound(addr: SocketAddr, error: &io::Error) -> Diagnostic {
    let port = addr.port();
    let message = match error.kind() {
        io::ErrorKind::AddrInUse => format!("port {port} of {} is taken by another program", addr.ip()),
        io::ErrorKind::PermissionDenied => format!("this user may not listen on port {port}"),
        io::ErrorKind::AddrNotAvailable => format!("{} is not an address of this machine", addr.ip()),
        _ => format!("nothing can be served on {addr}: {error}"),
    };
    let problem = Diagnostic::error(Origin::Run, message);
    let first = port.max(1023).saturating_add(1);
    for port in first..=first.saturating_add(NEIGHBOURS) {
        let free = SocketAddr::new(addr.ip(), port);
        if TcpListener::bind(free).await.is_ok() {
            return problem.help(format!("{port} is free: use --addr {free}, or --addr {}:0 for any", addr.ip()));
        }
    }
    problem.help("choose another with --addr HOST:PORT; port 0 takes any that is free")
}
