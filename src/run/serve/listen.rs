//! A bound address, and what to say when it can't be had.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use tokio::net::TcpListener;

use crate::run::Unavailable;

/// Where HTTP is served unless somebody wants it elsewhere: this machine only.
pub const DEFAULT_ADDR: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8080));

/// Ports tried for the suggestion of a free one.
const NEIGHBOURS: u16 = 50;

/// A bound address that nothing is served on yet.
pub(crate) struct Listener {
    /// The address that was asked for; its port may have been 0.
    pub(crate) requested: SocketAddr,
    /// Where it is: there, or at the fallback.
    pub addr: SocketAddr,
    pub(crate) socket: TcpListener,
}

impl Listener {
    /// # Errors
    /// When neither the address nor the fallback can be had.
    pub(crate) async fn bind(requested: SocketAddr, fallback: Option<SocketAddr>) -> Result<Self, Unavailable> {
        let error = match bound(requested).await {
            Ok((socket, addr)) => return Ok(Self { requested, addr, socket }),
            Err(error) => error,
        };
        if let Some(fallback) = fallback
            && let Ok((socket, addr)) = bound(fallback).await
        {
            return Ok(Self { requested, addr, socket });
        }
        Err(unavailable(requested, &error).await)
    }

    /// Whether it is not where it was asked to be.
    pub(crate) fn is_displaced(&self) -> bool {
        self.requested.port() != 0 && self.requested != self.addr
    }
}

pub(crate) async fn bound(addr: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let socket = TcpListener::bind(addr).await?;
    let addr = socket.local_addr()?;
    Ok((socket, addr))
}

async fn unavailable(addr: SocketAddr, error: &io::Error) -> Unavailable {
    let port = addr.port();
    let reason = match error.kind() {
        io::ErrorKind::AddrInUse => format!("port {port} of {} is taken by another program", addr.ip()),
        io::ErrorKind::PermissionDenied => format!("this user may not listen on port {port}"),
        io::ErrorKind::AddrNotAvailable => format!("{} is not an address of this machine", addr.ip()),
        _ => format!("nothing can be served on {addr}: {error}"),
    };
    let first = port.max(1023).saturating_add(1);
    for port in first..=first.saturating_add(NEIGHBOURS) {
        let free = SocketAddr::new(addr.ip(), port);
        if TcpListener::bind(free).await.is_ok() {
            return Unavailable { addr, free: Some(free), reason };
        }
    }
    Unavailable { addr, free: None, reason }
}
