//! A request's way: its turn, its instance, its answer, and what becomes of it when somebody gives up.
//!
//! | what happens | answer |
//! |---|---|
//! | no host, or more than one, is named ([`target`]) | 400 |
//! | the body is longer than its limit | 413 |
//! | the client does not send the rest of its body in time | 408 |
//! | the guest crashes, or answers with an error or not at all | 500 |
//! | no instance is free in time, or the server closes | 503, `Retry-After` |
//! | the guest does not answer in time | 504 |
//!
//! An answer that has begun cannot be taken back: a guest that ends before its body does has the connection closed
//! (HTTP/1.1), reset (HTTP/1.0 without a length) or the stream reset (HTTP/2), so that nobody takes a part for the whole.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body as _, Incoming};
use hyper::{Method, Request, Response, StatusCode, Version, header};
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use wasmtime::{PoolConcurrencyLimitError, Store};
use wasmtime_wasi_http::WasiBody;

use crate::model::limits::span;
use crate::model::requests;
use crate::run::faults::limits::Over;
use crate::run::faults::ticker::Ticker;
use crate::run::generation::Generation;
use crate::run::host::Host;
use crate::run::output::tap::Tap;
use crate::run::serve::body::{Capped, Deadline, Download, Outgoing, Source, Upload};
use crate::run::serve::connections::{Busy, Connection};
use crate::run::serve::records::Records;
use crate::run::serve::request;
use crate::run::serve::request::Answer;
use crate::run::serve::target;
use crate::run::site::Site;
use crate::run::{Crash, RunEvent};

/// Requests that may wait for their turn; what comes beyond is turned away at once.
const MAX_WAITING: usize = 1024;
/// How long a request may wait for its turn.
const TURN: Duration = Duration::from_secs(1);

/// What is reported of a guest that ends and leaves its body open.
const UNFINISHED: &str = "the handler ended without finishing the body of its answer, which is broken off for the client; \
                          call `outgoing-body.finish`";

/// What a server needs besides its site; the same for all servers of a session.
#[derive(Clone)]
pub(crate) struct Help {
    pub(crate) tap: Arc<Tap>,
    pub(crate) records: Arc<Records>,
    pub(crate) ticker: Arc<Ticker>,
    /// The number of the next request.
    pub next: Arc<AtomicU64>,
}

/// The newest site, and the places for those who are answered.
pub(crate) struct Open {
    site: Arc<Site>,
    places: Arc<Semaphore>,
    /// Those before it that still answer, oldest first.
    older: VecDeque<Weak<Site>>,
}

/// Programs that may go on answering what was begun in them: each keeps its code in memory.
const OLDER: usize = 8;

impl Open {
    /// Keeps the places of the one before it where their number is the same, so that a reload doubles nothing.
    pub(crate) fn new(site: Site, before: Option<&Self>) -> Self {
        let requests = site.generation.limits.requests;
        let places = match before {
            Some(before) if before.site.generation.limits.requests == requests => Arc::clone(&before.places),
            _ => Arc::new(Semaphore::new(requests.clamp(1, Semaphore::MAX_PERMITS))),
        };
        let mut older: VecDeque<Weak<Site>> = before.map(|before| before.older.clone()).unwrap_or_default();
        older.extend(before.map(|before| Arc::downgrade(&before.site)));
        older.retain(|site| site.strong_count() > 0);
        while older.len() > OLDER {
            if let Some(oldest) = older.pop_front().and_then(|oldest| oldest.upgrade()) {
                oldest.retire();
            }
        }
        Self { site: Arc::new(site), places, older }
    }
}

/// What every connection works with.
pub(crate) struct RequestHandler {
    open: watch::Receiver<Open>,
    closing: watch::Receiver<bool>,
    help: Help,
    waiting: AtomicUsize,
    _life: mpsc::Sender<Infallible>,
}

/// Where the answer goes, once: the guest may give it in the middle of its work, and then die.
#[derive(Clone)]
pub(crate) struct Reply(Arc<Mutex<Sent>>);

enum Sent {
    Nothing(oneshot::Sender<Answer>),
    /// With the body that the guest may still be writing.
    Response(Source),
    Other,
}

impl Reply {
    fn new() -> (Self, oneshot::Receiver<Answer>) {
        let (sender, answered) = oneshot::channel();
        (Self(Arc::new(Mutex::new(Sent::Nothing(sender)))), answered)
    }

    pub(crate) fn send(&self, answer: Answer) {
        let mut sent = self.0.lock();
        if !matches!(*sent, Sent::Nothing(_)) {
            return;
        }
        let now = match &answer {
            Answer::Response(response) => Sent::Response(response.body().clone()),
            _ => Sent::Other,
        };
        if let Sent::Nothing(sender) = std::mem::replace(&mut *sent, now) {
            let _ = sender.send(answer);
        }
    }

    /// The body of the answer, where there is one.
    fn body(&self) -> Option<Source> {
        match &*self.0.lock() {
            Sent::Response(source) => Some(source.clone()),
            Sent::Nothing(_) | Sent::Other => None,
        }
    }
}

/// What is told of a request, whatever becomes of it.
struct Asked {
    id: u64,
    method: String,
    path: String,
    began: Instant,
    time: SystemTime,
}

/// The guest's side of a request.
struct Work {
    site: Arc<Site>,
    id: u64,
    reply: Reply,
    /// How long it may go on, once nobody waits for it any more.
    ended: oneshot::Receiver<Duration>,
    upload: Arc<Upload>,
    download: Arc<Download>,
    /// To be told when the client takes nothing of the answer.
    hang_up: Option<Arc<Connection>>,
}

impl RequestHandler {
    pub(crate) fn new(
        open: watch::Receiver<Open>,
        closing: watch::Receiver<bool>,
        help: Help,
        life: mpsc::Sender<Infallible>,
    ) -> Self {
        Self { open, closing, help, waiting: AtomicUsize::new(0), _life: life }
    }

    /// How long a client may take over what it has to send.
    pub(crate) fn patience(&self) -> Duration {
        self.open.borrow().site.generation.limits.request
    }

    /// A line of studio's own, once a run.
    pub(crate) fn log_once(&self, text: &str) {
        self.open.borrow().site.generation.remark(None, text);
    }

    pub(crate) async fn closed(&self) {
        let mut closing = self.closing.clone();
        let _ = closing.wait_for(|closing| *closing).await;
    }

    /// Answers, and tells.
    pub(crate) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        connection: Arc<Connection>,
    ) -> Response<WasiBody> {
        let asked = Asked {
            id: self.help.next.fetch_add(1, Ordering::Relaxed),
            method: request.method().to_string(),
            path: request.uri().path_and_query().map_or_else(|| "/".into(), ToString::to_string),
            began: Instant::now(),
            time: SystemTime::now(),
        };
        let records = Arc::clone(&self.help.records);
        let (response, generation) = self.respond(request, asked.id, connection).await;
        let Asked { id, method, path, began, time } = asked;
        let (status, took) = (response.status().as_u16(), began.elapsed());
        records.push(requests::Request { id, generation, method, path, status, took, time });
        response
    }

    /// The answer, and the generation that gave it.
    async fn respond(
        self: Arc<Self>,
        mut request: Request<Incoming>,
        id: u64,
        connection: Arc<Connection>,
    ) -> (Response<WasiBody>, u64) {
        let at_work = Busy::new(&connection);
        let generation = self.open.borrow().site.generation.number;
        if let Err(sentence) = target::settle(&mut request) {
            return (refused(sentence), generation);
        }
        let Some(place) = self.turn().await else {
            return (busy("every instance is at work\n"), generation);
        };
        // The newest generation when the request's turn comes, not when it queued up.
        let site = Arc::clone(&self.open.borrow().site);
        let (generation, limits) = (site.generation.number, site.generation.limits);
        if request.body().size_hint().lower() > limits.body {
            return (too_large(limits.body), generation);
        }

        let upload = Arc::new(Upload::default());
        let download = Arc::new(Download::default());
        // Only this connection suffers; of HTTP/2's many streams one alone is given up.
        let hang_up = (request.version() < Version::HTTP_2).then(|| Arc::clone(&connection));
        let (method, version) = (request.method().clone(), request.version());
        let request = request.map(|body| Capped::new(body, limits.body, Arc::clone(&upload)));
        let (reply, answered) = Reply::new();
        let (end, ended) = oneshot::channel();
        let mut deadline = Deadline::new(end);
        let (up, down) = (Arc::clone(&upload), Arc::clone(&download));
        let work = Work { site, id, reply, ended, upload: up, download: down, hang_up };
        tokio::spawn(async move {
            self.work(work, request).await;
            drop(place);
        });
        let answered = tokio::select! {
            biased;
            () = upload.too_large() => return (too_large(limits.body), generation),
            answered = answered => answered,
        };
        let response = match answered {
            Ok(Answer::Response(mut response)) => {
                deadline.grace = limits.request;
                if has_content(&method, response.status()) {
                    if version < Version::HTTP_11 && !response.headers().contains_key(header::CONTENT_LENGTH) {
                        connection.send_unframed();
                    }
                    response.map(|source| Outgoing::new(source, download, deadline, at_work).boxed_unsync())
                } else {
                    if matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT) {
                        response.headers_mut().remove(header::CONTENT_LENGTH);
                    }
                    response.map(|source| Outgoing::without_content(source, download, deadline, at_work).boxed_unsync())
                }
            }
            Ok(Answer::Failed(sentence)) => plain(StatusCode::INTERNAL_SERVER_ERROR, sentence + "\n"),
            Ok(Answer::Late(sentence)) => plain(StatusCode::GATEWAY_TIMEOUT, sentence + "\n"),
            Ok(Answer::Unsent) => plain(
                StatusCode::REQUEST_TIMEOUT,
                format!("the client did not send its body within the {} a request may take\n", span(limits.request)),
            ),
            Ok(Answer::Busy) => busy("no room is left for another instance\n"),
            Err(_) => busy("the server is closing\n"),
        };
        (response, generation)
    }

    /// A place among those who are answered; `None` when none becomes free in time.
    async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        let places = Arc::clone(&self.open.borrow().places);
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            return Some(place);
        }
        let waiting = Waiting(&self.waiting);
        if waiting.0.fetch_add(1, Ordering::Relaxed) >= MAX_WAITING {
            return None;
        }
        tokio::time::timeout(TURN, places.acquire_owned()).await.ok()?.ok()
    }

    /// Lets the guest work in a store of its own, until it is done or nobody waits for it any more.
    async fn work(&self, work: Work, request: Request<Capped>) {
        let Work { site, id, reply, ended, upload, download, hang_up } = work;
        let generation = &site.generation;
        let mut store = generation.store(Some(id));
        let meter = store.data().meter();
        let unwanted = async {
            tokio::time::sleep(ended.await.unwrap_or_default()).await;
        };
        let stalled = async {
            download.stalled(generation.limits.request).await;
            if let Some(hang_up) = &hang_up {
                hang_up.close();
            }
        };
        let result = {
            let answering = self.help.ticker.run(&meter, request::respond(&mut store, &site.handler, request, &reply));
            let mut answering = std::pin::pin!(answering);
            let result = tokio::select! {
                biased;
                () = self.closed() => None,
                () = unwanted => None,
                () = site.retired() => None,
                () = stalled => None,
                result = &mut answering => Some(result),
                over = meter.ended() => Some(Err(over.into())),
            };
            // While the guest is still there.
            if let Some(body) = reply.body() {
                body.leave();
            }
            result
        };
        store.data().finish();
        let has_returned = matches!(result, Some(Ok(())));
        let fault = result.and_then(Result::err).map(|error| Fault::of(&error, generation, &store, &upload));
        drop(store);
        let is_broken = reply.body().is_some_and(|body| body.left());
        if has_returned && is_broken {
            generation.remark(Some(id), UNFINISHED);
        }
        let Some(fault) = fault else { return };
        let (crash, is_late) = match fault {
            Fault::Other(answer) => return reply.send(answer),
            Fault::Crash { crash, is_late } => (crash, is_late),
        };
        let sentence = crash.message.clone();
        let told = RunEvent::RequestCrashed { generation: generation.number, request: id, crash };
        tokio::select! {
            biased;
            () = self.help.tap.send(told) => {}
            () = self.closed() => {}
        }
        reply.send(if is_late { Answer::Late(sentence) } else { Answer::Failed(sentence) });
    }
}

/// Why a guest's work came to nothing.
enum Fault {
    Crash { crash: Crash, is_late: bool },
    Other(Answer),
}

impl Fault {
    fn of(error: &wasmtime::Error, generation: &Generation, store: &Store<Host>, upload: &Upload) -> Self {
        if error.is::<PoolConcurrencyLimitError>() {
            return Self::Other(Answer::Busy);
        }
        let is_late = matches!(error.downcast_ref(), Some(Over::Answer { .. }));
        if is_late && upload.is_awaited() {
            return Self::Other(Answer::Unsent);
        }
        Self::Crash { crash: generation.crash(error, store), is_late }
    }
}

/// Whether an answer has a body at all (RFC 9110, 6.4.1 and 15.3.6).
fn has_content(method: &Method, status: StatusCode) -> bool {
    let never = [StatusCode::NO_CONTENT, StatusCode::RESET_CONTENT, StatusCode::NOT_MODIFIED];
    *method != Method::HEAD && !(*method == Method::CONNECT && status.is_success()) && !never.contains(&status)
}

/// One of those who wait for their turn.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn too_large(limit: u64) -> Response<WasiBody> {
    let sentence = format!("the body is longer than the {limit} bytes that `body` below [run.limits] allows\n");
    let mut response = plain(StatusCode::PAYLOAD_TOO_LARGE, sentence);
    // Nobody reads the rest of the body.
    response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    response
}

/// Whoever asks like this may mean another request by what follows.
fn refused(sentence: &'static str) -> Response<WasiBody> {
    let mut response = plain(StatusCode::BAD_REQUEST, sentence);
    response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    response
}

fn busy(text: &'static str) -> Response<WasiBody> {
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, text);
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
    response
}

fn plain(status: StatusCode, text: impl Into<String>) -> Response<WasiBody> {
    let body = Full::new(Bytes::from(text.into())).map_err(|never| match never {}).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
