//! HTTP: a listener that outlives generations and crashes, and its connections.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;

use super::desk::{Desk, Help, Open};
use super::listen::Listener;
use super::site::Site;

/// Connections open at a time; more wait to be accepted.
const MAX_CONNECTIONS: usize = 1024;

/// A listener that is served.
pub struct Server {
    requested: SocketAddr,
    open: watch::Sender<Open>,
    closing: watch::Sender<bool>,
    /// Ends when everything that holds its other side has: connections, and guests at work.
    alive: mpsc::Receiver<Infallible>,
}

impl Server {
    pub fn open(listener: Listener, site: Site, help: Help) -> Self {
        let (open, current) = watch::channel(Open::new(site, None));
        let (closing, is_closing) = watch::channel(false);
        let (life, alive) = mpsc::channel(1);
        let desk = Arc::new(Desk::new(current, is_closing, help, life));
        tokio::spawn(accept(listener.socket, desk));
        Self { requested: listener.requested, open, closing, alive }
    }

    /// The address that was asked for; its port may have been 0.
    pub fn requested(&self) -> SocketAddr {
        self.requested
    }

    /// From the next request on, this one answers; requests under way end as they began.
    pub fn swap(&self, site: Site) {
        self.open.send_modify(|open| *open = Open::new(site, Some(open)));
    }

    /// Closes the listener and ends every request; done when no guest runs any more.
    pub async fn close(mut self) {
        self.closing.send_replace(true);
        self.alive.recv().await;
    }
}

async fn accept(listener: TcpListener, desk: Arc<Desk>) {
    let mut connections = JoinSet::new();
    let closed = desk.closed();
    let mut closed = std::pin::pin!(closed);
    loop {
        tokio::select! {
            () = &mut closed => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, Arc::clone(&desk)));
                }
                // Too many open files, as a rule: it passes.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
    drop(listener);
    connections.shutdown().await;
}

async fn converse(stream: TcpStream, desk: Arc<Desk>) {
    let _ = stream.set_nodelay(true);
    // Over the head of a request, or without one, a client may take as long as over its body.
    let head = desk.patience();
    let hang_up = Arc::new(Notify::new());
    let hung_up = Arc::clone(&hang_up);
    let service = hyper::service::service_fn(move |request| {
        let (desk, hang_up) = (Arc::clone(&desk), Arc::clone(&hang_up));
        async move { Ok::<_, Infallible>(desk.answer(request, hang_up).await) }
    });
    let mut protocol = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
    protocol.http1().timer(TokioTimer::new()).header_read_timeout(head);
    protocol.http2().timer(TokioTimer::new());
    tokio::select! {
        ended = protocol.serve_connection(TokioIo::new(stream), service) => {
            if let Err(e) = ended {
                tracing::debug!("a connection ended early: {e}");
            }
        }
        () = hung_up.notified() => tracing::debug!("a client took nothing for too long"),
    }
}
