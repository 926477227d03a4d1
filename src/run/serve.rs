//! HTTP: a listener that outlives generations, and a fresh instance for every request.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinSet;
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::{p2, p3};

use super::RunEvent;
use super::generation::Generation;
use super::host::Host;
use super::request::{self, Answer};
use super::tap::Tap;
use super::ticker::Ticker;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::entry::Entry;
use crate::model::port::InterfaceName;

/// Where HTTP is served unless somebody wants it elsewhere: this machine only.
pub const DEFAULT_ADDR: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8080));

/// Requests answered at a time; more wait.
const MAX_REQUESTS: usize = 256;
/// Connections open at a time; more wait to be accepted.
const MAX_CONNECTIONS: usize = 1024;
/// How long a client may take over the head of a request.
const HEAD: Duration = Duration::from_secs(30);
/// Ports tried for the suggestion of a free one.
const NEIGHBOURS: u16 = 50;

/// A bound address that nothing is served on yet.
pub struct Listener {
    requested: SocketAddr,
    addr: SocketAddr,
    socket: TcpListener,
}

impl Listener {
    /// # Errors
    /// When the address is taken or not allowed; the problem names a free port where there is one.
    pub async fn bind(requested: SocketAddr) -> Result<Self, Box<Diagnostic>> {
        let bound = match TcpListener::bind(requested).await {
            Ok(socket) => socket.local_addr().map(|addr| (socket, addr)),
            Err(e) => Err(e),
        };
        match bound {
            Ok((socket, addr)) => Ok(Self { requested, addr, socket }),
            Err(e) => Err(unbound(requested, &e).await.into()),
        }
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

async fn unbound(addr: SocketAddr, error: &io::Error) -> Diagnostic {
    let port = addr.port();
    let message = match error.kind() {
        io::ErrorKind::AddrInUse => format!("port {port} of {} is taken by another program", addr.ip()),
        io::ErrorKind::PermissionDenied => format!("this user may not listen on port {port}"),
        io::ErrorKind::AddrNotAvailable => format!("{} is no address of this machine", addr.ip()),
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

/// What requests are answered by: a generation and its handler.
pub struct Site {
    pub generation: Arc<Generation>,
    pub handler: Handler,
}

/// The handler's version.
pub enum Handler {
    P2(p2::bindings::ProxyPre<Host>),
    P3(p3::bindings::ServicePre<Host>),
}

impl Site {
    /// # Errors
    /// When the composition does not export the handler, or as something else.
    pub fn new(generation: Arc<Generation>, entry: &Entry) -> Result<Self, Box<Diagnostic>> {
        let name = entry.name();
        let pre = generation.pre.clone();
        let is_p2 = InterfaceName::parse(name).is_some_and(|n| n.interface == "incoming-handler");
        let handler = if is_p2 {
            p2::bindings::ProxyPre::new(pre).map(Handler::P2)
        } else {
            p3::bindings::ServicePre::new(pre).map(Handler::P3)
        };
        match handler {
            Ok(handler) => Ok(Self { generation, handler }),
            Err(e) => Err(Diagnostic::error(Origin::Run, format!("`{name}` can't be served: {e:#}")).port(name).into()),
        }
    }
}

/// A listener that is served.
pub struct Server {
    requested: SocketAddr,
    newest: watch::Sender<Arc<Site>>,
    closing: watch::Sender<bool>,
    /// Ends when everything that holds its other side has: connections, and guests at work.
    alive: mpsc::Receiver<Infallible>,
}

impl Server {
    pub fn open(listener: Listener, site: Site, tap: Arc<Tap>, ticker: Arc<Ticker>) -> Self {
        let (newest, current) = watch::channel(Arc::new(site));
        let (closing, is_closing) = watch::channel(false);
        let (life, alive) = mpsc::channel(1);
        let desk = Arc::new(Desk {
            current,
            closing: is_closing,
            tap,
            ticker,
            places: Arc::new(Semaphore::new(MAX_REQUESTS)),
            _life: life,
        });
        tokio::spawn(accept(listener.socket, desk));
        Self { requested: listener.requested, newest, closing, alive }
    }

    /// The address that was asked for; its port may have been 0.
    pub fn requested(&self) -> SocketAddr {
        self.requested
    }

    /// From the next request on, this one answers; requests under way end as they began.
    pub fn swap(&self, site: Site) {
        self.newest.send_replace(Arc::new(site));
    }

    /// Closes the listener and ends every request; done when no guest runs any more.
    pub async fn close(mut self) {
        self.closing.send_replace(true);
        self.alive.recv().await;
    }
}

/// What every connection works with.
struct Desk {
    current: watch::Receiver<Arc<Site>>,
    closing: watch::Receiver<bool>,
    tap: Arc<Tap>,
    ticker: Arc<Ticker>,
    places: Arc<Semaphore>,
    _life: mpsc::Sender<Infallible>,
}

impl Desk {
    async fn closed(&self) {
        let mut closing = self.closing.clone();
        let _ = closing.wait_for(|closing| *closing).await;
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
    let service = hyper::service::service_fn(move |request| {
        let desk = Arc::clone(&desk);
        async move { Ok::<_, Infallible>(desk.answer(request).await) }
    });
    let mut protocol = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
    protocol.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    protocol.http2().timer(TokioTimer::new());
    if let Err(e) = protocol.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!("a connection ended early: {e}");
    }
}

/// Held by whoever waits for a guest's work: when it is dropped, the guest has so long to end by itself.
struct Leash {
    grace: Duration,
    end: Option<oneshot::Sender<Duration>>,
}

impl Drop for Leash {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            let _ = end.send(self.grace);
        }
    }
}

/// Where the answer goes, once: the guest may give it in the middle of its work, and then die.
#[derive(Clone)]
pub struct Reply(Arc<Mutex<Option<oneshot::Sender<Answer>>>>);

impl Reply {
    pub fn send(&self, answer: Answer) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sender) = sender {
            let _ = sender.send(answer);
        }
    }
}

impl Desk {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Response<WasiBody> {
        let (started, time) = (Instant::now(), SystemTime::now());
        if request.uri().authority().is_none() && !request.headers().contains_key(header::HOST) {
            return plain(StatusCode::BAD_REQUEST, "a request needs a Host header\n");
        }
        let method = request.method().to_string();
        let path = request.uri().path_and_query().map_or_else(|| "/".into(), ToString::to_string);
        // The newest generation when the request's turn comes, not when it queued up.
        let place = Arc::clone(&self.places).acquire_owned().await;
        let site = Arc::clone(&self.current.borrow());
        let generation = site.generation.number;
        let limit = site.generation.limits.request;

        let (reply, answered) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let mut leash = Leash { grace: Duration::ZERO, end: Some(end) };
        let desk = Arc::clone(&self);
        tokio::spawn(async move {
            desk.work(&site, request, Reply(Arc::new(Mutex::new(Some(reply)))), ended).await;
            drop(place);
        });
        let response = match tokio::time::timeout(limit, answered).await {
            Ok(Ok(Answer::Response(response))) => {
                leash.grace = limit;
                response.map(|body| {
                    body.map_frame(move |frame| {
                        let _held = &leash;
                        frame
                    })
                    .boxed_unsync()
                })
            }
            Ok(Ok(Answer::Failed(sentence))) => plain(StatusCode::INTERNAL_SERVER_ERROR, sentence + "\n"),
            Ok(Err(_)) => plain(StatusCode::SERVICE_UNAVAILABLE, "the server is closing\n"),
            Err(_) => {
                let sentence = format!("the guest did not answer within {} s\n", limit.as_secs_f32());
                plain(StatusCode::GATEWAY_TIMEOUT, sentence)
            }
        };
        let (status, took) = (response.status().as_u16(), started.elapsed());
        self.tap.tell(RunEvent::Request { generation, method, path, status, took, time }).await;
        response
    }

    /// The guest's side of a request, in a store of its own, until it is done or nobody waits for it any more.
    async fn work(&self, site: &Site, request: Request<Incoming>, reply: Reply, ended: oneshot::Receiver<Duration>) {
        let generation = &site.generation;
        let mut store = generation.store();
        let meter = store.data().meter();
        let unwanted = async {
            tokio::time::sleep(ended.await.unwrap_or_default()).await;
        };
        let result = tokio::select! {
            biased;
            () = self.closed() => Ok(()),
            () = unwanted => Ok(()),
            result = self.ticker.run(&meter, request::respond(&mut store, &site.handler, request, &reply)) => result,
        };
        store.data().finish();
        if let Err(error) = result {
            let crash = generation.crash(&error, &store);
            let sentence = crash.message.clone();
            tokio::select! {
                biased;
                () = self.tap.tell(RunEvent::RequestCrashed { generation: generation.number, crash }) => {}
                () = self.closed() => {}
            }
            reply.send(Answer::Failed(sentence));
        }
    }
}

fn plain(status: StatusCode, text: impl Into<String>) -> Response<WasiBody> {
    let body = Full::new(Bytes::from(text.into())).map_err(|never| match never {}).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
