//! HTTP: a listener that outlives generations and crashes, and its connections.

pub(crate) mod body;
pub(crate) mod connections;
pub(crate) mod handler;
pub(crate) mod listen;
pub(crate) mod records;
pub(crate) mod request;
pub(crate) mod target;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::files::exhausted::is_exhausted;
use crate::run::RunEvent;
use crate::run::output::tap::Tap;
use crate::run::serve::connections::{Admitted, Connections, NoRoom, Patient};
use crate::run::serve::handler::{Help, Open, RequestHandler};
use crate::run::serve::listen::{Listener, bound};
use crate::run::site::Site;

/// Bytes kept of a connection in each direction: a request's head on its way in, and answers that the client has not
/// taken yet.
const BUFFER: usize = 64 << 10;
/// Requests of one HTTP/2 connection answered at a time, and what its clients may send ahead of what is read, in bytes.
const STREAMS: u32 = 128;
const STREAM_WINDOW: u32 = 64 << 10;
const CONNECTION_WINDOW: u32 = 256 << 10;
/// How long a client has to notice that its idle connection is closed.
const GRACE: Duration = Duration::from_secs(1);
/// Told once for a listener.
const EXHAUSTED: &str = "studio has as many files open as the system allows: idle connections are closed for new ones; \
                         allow more with `ulimit -n`";
/// How long until it is looked again whether there is room.
const RETRY: Duration = Duration::from_millis(50);
/// How long until it is looked again whether the address that was asked for can be had.
const RETURN: Duration = Duration::from_secs(1);

/// A listener that is served.
pub(super) struct Server {
    requested: SocketAddr,
    open: watch::Sender<Open>,
    closing: watch::Sender<bool>,
    /// Ends when everything that holds its other side has: connections, and guests at work.
    alive: mpsc::Receiver<Infallible>,
}

impl Server {
    pub(super) fn open(listener: Listener, site: Site, help: Help) -> Self {
        let (open, current) = watch::channel(Open::new(site, None));
        let (closing, is_closing) = watch::channel(false);
        let (life, alive) = mpsc::channel(1);
        let (requested, tap) = (listener.requested, Arc::clone(&help.tap));
        let handler = Arc::new(RequestHandler::new(current, is_closing, help, life));
        tokio::spawn(accept(listener, handler, tap));
        Self { requested, open, closing, alive }
    }

    /// The address that was asked for; its port may have been 0.
    pub(super) fn requested(&self) -> SocketAddr {
        self.requested
    }

    /// From the next request on, this one answers; requests under way end as they began.
    pub(super) fn swap(&self, site: Site) {
        self.open.send_modify(|open| *open = Open::new(site, Some(open)));
    }

    /// Closes the listener and ends every request; done when no guest runs any more.
    pub(super) async fn close(mut self) {
        self.closing.send_replace(true);
        self.alive.recv().await;
    }
}

async fn accept(listener: Listener, handler: Arc<RequestHandler>, tap: Arc<Tap>) {
    let (mut tasks, connections) = (JoinSet::new(), Arc::new(Connections::new()));
    let (requested, mut displaced) = (listener.requested, listener.is_displaced());
    let mut listener = listener.socket;
    let closed = handler.closed();
    let mut closed = std::pin::pin!(closed);
    // Accepted, and without room as yet.
    let mut waiting = VecDeque::<(TcpStream, IpAddr)>::new();
    let mut again = tokio::time::interval(RETRY);
    again.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut home = tokio::time::interval(RETURN);
    home.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let admit = |tasks: &mut JoinSet<()>, stream, address| match connections.admit(address) {
        Ok(admitted) => {
            tasks.spawn(converse(stream, admitted, Arc::clone(&handler)));
            None
        }
        Err(NoRoom) => Some((stream, address)),
    };
    loop {
        let is_waiting = !waiting.is_empty();
        tokio::select! {
            () = &mut closed => break,
            Some(_) = tasks.join_next() => {}
            _ = again.tick(), if is_waiting => {
                let all = std::mem::take(&mut waiting);
                waiting.extend(all.into_iter().filter_map(|(stream, address)| admit(&mut tasks, stream, address)));
            }
            _ = home.tick(), if displaced => {
                if let Ok((socket, addr)) = bound(requested).await {
                    (listener, displaced) = (socket, false);
                    // Whoever reads the events may be the one who closes this server.
                    let tap = Arc::clone(&tap);
                    tokio::spawn(async move { tap.send(RunEvent::Serving { addr }).await });
                }
            }
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => {
                    waiting.extend(admit(&mut tasks, stream, address.ip()));
                    // Many of one client must not keep another's from being seen.
                    if waiting.len() > connections.may_wait() {
                        waiting.pop_front();
                    }
                }
                Err(error) => {
                    // What waits in the system's own queue would be there again at once.
                    if is_exhausted(&error) {
                        connections.make_room();
                        handler.log_once(EXHAUSTED);
                    }
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }
    drop(listener);
    tasks.shutdown().await;
}

async fn converse(stream: TcpStream, admitted: Admitted, handler: Arc<RequestHandler>) {
    let _ = stream.set_nodelay(true);
    // Over the head of a request, or without one, a client may take as long as over its body.
    let patience = handler.patience();
    let connection = Arc::clone(&admitted.connection);
    let service = hyper::service::service_fn(move |request| {
        let (handler, connection) = (Arc::clone(&handler), Arc::clone(&connection));
        async move { Ok::<_, Infallible>(handler.answer(request, connection).await) }
    });
    let mut protocol = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
    protocol.http1().timer(TokioTimer::new()).header_read_timeout(patience).max_buf_size(BUFFER);
    protocol
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_send_buf_size(BUFFER)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW);
    let stream = TokioIo::new(Patient::new(stream, Arc::clone(&admitted.connection), patience));
    let mut served = std::pin::pin!(protocol.serve_connection(stream, service));
    tokio::select! {
        ended = &mut served => {
            if let Err(e) = ended {
                tracing::debug!("a connection ended early: {e}");
            }
        }
        () = admitted.connection.closed() => tracing::debug!("a client took nothing for too long, or had to make room"),
        () = admitted.connection.idle(patience + GRACE) => {
            served.as_mut().graceful_shutdown();
            let _ = tokio::time::timeout(GRACE, served).await;
        }
    }
}
