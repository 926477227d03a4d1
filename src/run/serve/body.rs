//! The two bodies of a request, watched from outside: what the client sends, and what it takes.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};
use wasmtime_wasi_http::{Error, WasiBody};

use crate::run::serve::connections::Busy;

/// How the body of a request comes in.
#[derive(Default)]
pub(crate) struct Upload {
    /// The guest wants more of it and the client has not sent it.
    awaited: AtomicBool,
    too_large: Notify,
}

impl Upload {
    /// Whether it is the client that everything waits for.
    pub(crate) fn is_awaited(&self) -> bool {
        self.awaited.load(Ordering::Relaxed)
    }

    /// Resolves once the body has grown beyond its limit.
    pub(crate) async fn too_large(&self) {
        self.too_large.notified().await;
    }
}

/// A request's body that may not be longer than its limit. Nothing of it is kept: hyper reads from the socket what the
/// guest takes.
pub(crate) struct Capped {
    body: Incoming,
    left: u64,
    limit: u64,
    upload: Arc<Upload>,
}

impl Capped {
    pub(crate) fn new(body: Incoming, limit: u64, upload: Arc<Upload>) -> Self {
        Self { body, left: limit, limit, upload }
    }
}

impl Body for Capped {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        self.upload.awaited.store(polled.is_pending(), Ordering::Relaxed);
        let Poll::Ready(Some(Ok(frame))) = polled else {
            return polled.map_err(Into::into);
        };
        let length = frame.data_ref().map_or(0, Bytes::len) as u64;
        if let Some(left) = self.left.checked_sub(length) {
            self.left = left;
            return Poll::Ready(Some(Ok(frame)));
        }
        self.left = 0;
        self.upload.too_large.notify_one();
        Poll::Ready(Some(Err(Error::HttpRequestBodySize(Some(self.limit)))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Held by whoever waits for a guest's work: when it is dropped, the guest has so long to end by itself.
pub(crate) struct Deadline {
    pub(crate) grace: Duration,
    end: Option<oneshot::Sender<Duration>>,
}

impl Deadline {
    pub(crate) fn new(end: oneshot::Sender<Duration>) -> Self {
        Self { grace: Duration::ZERO, end: Some(end) }
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            let _ = end.send(self.grace);
        }
    }
}

/// Where a response's body stands with its client: odd while a frame was handed over and no other was asked for.
#[derive(Default)]
pub(crate) struct Download(AtomicU64);

impl Download {
    /// Resolves when the client has taken nothing for `patience` of what it was given. A guest that has nothing to say
    /// for long is no reason: then it is the client who waits.
    pub(crate) async fn stalled(&self, patience: Duration) {
        let mut before = 0;
        loop {
            tokio::time::sleep(patience).await;
            let now = self.0.load(Ordering::Relaxed);
            if now % 2 == 1 && now == before {
                return;
            }
            before = now;
        }
    }
}

/// A response's body, shared by the connection that sends it and the work that makes it.
///
/// A body whose guest has gone looks like one that has ended. So whoever ends the guest's work asks what the body is
/// before ([`Source::leave`]) and after it ([`Source::left`]): what goes on without the guest is the client's own body
/// on its way back, what was at an end before is complete, and what ended with the guest is broken off.
#[derive(Clone)]
pub(crate) struct Source(Arc<Mutex<Supply>>);

struct Supply {
    body: WasiBody,
    /// Taken from the body when its guest was about to go.
    kept: VecDeque<Frame<Bytes>>,
    state: State,
    waker: Option<Waker>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// Not at an end, and its guest is about to be dropped.
    Left,
    Complete,
    /// Nothing more comes, and it was not finished.
    Cut,
    /// The same, once what came before it had a moment to be sent.
    Broken,
}

/// What a guest has written ahead is at most this much, in bytes; where more is there at once it comes from elsewhere.
const AHEAD: usize = 1 << 20;

impl Source {
    pub(crate) fn new(body: WasiBody) -> Self {
        Self(Arc::new(Mutex::new(Supply { body, kept: VecDeque::new(), state: State::Open, waker: None })))
    }

    /// The guest is about to be dropped: what it has written is kept.
    pub(crate) fn leave(&self) {
        let mut supply = self.0.lock();
        if supply.state == State::Open && supply.keep() {
            supply.state = State::Left;
        }
        supply.wake();
    }

    /// The guest was dropped; whether its body is broken off by that, or was before.
    pub(crate) fn left(&self) -> bool {
        let mut supply = self.0.lock();
        if supply.state == State::Left {
            supply.state = State::Open;
            supply.keep();
            if supply.state == State::Complete {
                supply.state = State::Cut;
            }
        }
        supply.wake();
        matches!(supply.state, State::Cut | State::Broken)
    }

    /// Takes all that is written and drops it.
    pub(crate) async fn discard(self) {
        while let Some(Ok(_)) = poll_fn(|cx| self.poll_frame(cx)).await {}
    }

    /// Nobody takes the body any more: the guest's next write fails.
    fn close(&self) {
        let mut supply = self.0.lock();
        supply.body = Empty::new().map_err(|never| match never {}).boxed_unsync();
        supply.kept.clear();
        supply.state = State::Complete;
    }

    fn poll_frame(&self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let mut supply = self.0.lock();
        if let Some(frame) = supply.kept.pop_front() {
            return Poll::Ready(Some(Ok(frame)));
        }
        match supply.state {
            State::Complete => Poll::Ready(None),
            State::Cut => {
                // An error ends the connection at once, with what is still to be sent: the head and the last chunk.
                supply.state = State::Broken;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            State::Broken => Poll::Ready(Some(Err(Error::HttpResponseIncomplete))),
            State::Left => {
                supply.waker = Some(cx.waker().clone());
                Poll::Pending
            }
            State::Open => match Pin::new(&mut supply.body).poll_frame(cx) {
                Poll::Pending => {
                    supply.waker = Some(cx.waker().clone());
                    Poll::Pending
                }
                Poll::Ready(Some(Err(_))) => {
                    supply.state = State::Broken;
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                polled @ Poll::Ready(_) => polled,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        let supply = self.0.lock();
        supply.kept.is_empty()
            && match supply.state {
                State::Open => supply.body.is_end_stream(),
                state => state == State::Complete,
            }
    }

    fn size_hint(&self) -> SizeHint {
        let supply = self.0.lock();
        let kept: u64 = supply.kept.iter().filter_map(Frame::data_ref).map(|data| data.len() as u64).sum();
        let hint = match supply.state {
            State::Open => supply.body.size_hint(),
            // Where a guest announced another length, that is what counts.
            _ => SizeHint::default(),
        };
        match hint.exact() {
            Some(exact) if kept > 0 => SizeHint::with_exact(exact + kept),
            _ => hint,
        }
    }
}

impl Supply {
    /// Takes all that is there; whether more may come.
    fn keep(&mut self) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        let mut kept = 0;
        while kept < AHEAD {
            match Pin::new(&mut self.body).poll_frame(&mut context) {
                Poll::Ready(Some(Ok(frame))) => {
                    kept += frame.data_ref().map_or(0, Bytes::len);
                    self.kept.push_back(frame);
                }
                Poll::Ready(None) => self.state = State::Complete,
                Poll::Ready(Some(Err(_))) => self.state = State::Cut,
                Poll::Pending => return true,
            }
            if self.state != State::Open {
                return false;
            }
        }
        false
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// A response's body on its way to the client.
pub(crate) struct Outgoing {
    /// `None` where the response has no content.
    source: Option<Source>,
    download: Arc<Download>,
    _deadline: Deadline,
    /// Its connection is at work until this is taken.
    _busy: Busy,
}

impl Outgoing {
    pub(crate) fn new(source: Source, download: Arc<Download>, deadline: Deadline, busy: Busy) -> Self {
        Self { source: Some(source), download, _deadline: deadline, _busy: busy }
    }

    /// For an answer that has no content: what its guest writes is dropped.
    pub(crate) fn without_content(source: Source, download: Arc<Download>, deadline: Deadline, busy: Busy) -> Self {
        tokio::spawn(source.discard());
        Self { source: None, download, _deadline: deadline, _busy: busy }
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        if let Some(source) = &self.source {
            source.close();
        }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let Some(source) = &self.source else { return Poll::Ready(None) };
        let polled = source.poll_frame(cx);
        let at = self.download.0.load(Ordering::Relaxed);
        let handed = u64::from(matches!(polled, Poll::Ready(Some(_))));
        // The next number that is odd if something was handed over, and even otherwise.
        self.download.0.store(((at >> 1) + 1) << 1 | handed, Ordering::Relaxed);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.source.as_ref().is_none_or(Source::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.source.as_ref().map_or_else(|| SizeHint::with_exact(0), Source::size_hint)
    }
}
