//! The two bodies of a request, watched from outside: what the client sends, and what it takes.

use std::collections::VecDeque;
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
/// A body whose guest has gone looks like one that has ended: whoever ends the guest's work says so with
/// [`Source::cut`], while the guest's side is still there to be distinguished from one that is complete.
#[derive(Clone)]
pub(crate) struct Source(Arc<Mutex<Supply>>);

struct Supply {
    body: WasiBody,
    /// Taken from the body when it was cut.
    kept: VecDeque<Frame<Bytes>>,
    end: Option<End>,
    waker: Option<Waker>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Complete,
    /// The guest will write no more, and had not finished.
    Cut,
    /// The same, once what came before it had a moment to be sent.
    Broken,
}

impl Source {
    pub(crate) fn new(body: WasiBody) -> Self {
        Self(Arc::new(Mutex::new(Supply { body, kept: VecDeque::new(), end: None, waker: None })))
    }

    /// The guest is about to be dropped: what it has written is kept, and if it had not finished its body, that is an
    /// error of the body.
    pub(crate) fn cut(&self) {
        let mut supply = self.0.lock();
        let supply = &mut *supply;
        let mut context = Context::from_waker(Waker::noop());
        while supply.end.is_none() {
            match Pin::new(&mut supply.body).poll_frame(&mut context) {
                Poll::Ready(Some(Ok(frame))) => supply.kept.push_back(frame),
                Poll::Ready(None) => supply.end = Some(End::Complete),
                Poll::Ready(Some(Err(_))) | Poll::Pending => supply.end = Some(End::Cut),
            }
        }
        if let Some(waker) = supply.waker.take() {
            waker.wake();
        }
    }

    /// Nobody takes the body any more: the guest's next write fails.
    fn close(&self) {
        let mut supply = self.0.lock();
        supply.body = Empty::new().map_err(|never| match never {}).boxed_unsync();
        supply.kept.clear();
        supply.end = Some(End::Complete);
    }

    fn poll_frame(&self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let mut supply = self.0.lock();
        if let Some(frame) = supply.kept.pop_front() {
            return Poll::Ready(Some(Ok(frame)));
        }
        match supply.end {
            Some(End::Complete) => Poll::Ready(None),
            Some(End::Cut) => {
                // An error ends the connection at once, with what is still to be sent: the head and the last chunk.
                supply.end = Some(End::Broken);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Some(End::Broken) => Poll::Ready(Some(Err(Error::HttpResponseIncomplete))),
            None => {
                let polled = Pin::new(&mut supply.body).poll_frame(cx);
                if polled.is_pending() {
                    supply.waker = Some(cx.waker().clone());
                }
                polled
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        let supply = self.0.lock();
        supply.kept.is_empty()
            && match supply.end {
                None => supply.body.is_end_stream(),
                Some(end) => end == End::Complete,
            }
    }

    fn size_hint(&self) -> SizeHint {
        let supply = self.0.lock();
        let kept: u64 = supply.kept.iter().filter_map(Frame::data_ref).map(|data| data.len() as u64).sum();
        let mut hint = match supply.end {
            Some(End::Complete) => SizeHint::with_exact(0),
            Some(_) => SizeHint::default(),
            None => supply.body.size_hint(),
        };
        if kept > 0 {
            hint = hint.exact().map_or_else(SizeHint::default, |exact| SizeHint::with_exact(exact + kept));
        }
        hint
    }
}

/// A response's body on its way to the client.
pub(crate) struct Outgoing {
    source: Source,
    download: Arc<Download>,
    _deadline: Deadline,
    /// Its connection is at work until this is taken.
    _busy: Busy,
}

impl Outgoing {
    pub(crate) fn new(source: Source, download: Arc<Download>, deadline: Deadline, busy: Busy) -> Self {
        Self { source, download, _deadline: deadline, _busy: busy }
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.source.close();
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = self.source.poll_frame(cx);
        let at = self.download.0.load(Ordering::Relaxed);
        let handed = u64::from(matches!(polled, Poll::Ready(Some(_))));
        // The next number that is odd if something was handed over, and even otherwise.
        self.download.0.store(((at >> 1) + 1) << 1 | handed, Ordering::Relaxed);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.source.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.source.size_hint()
    }
}
