//! stdout and stderr of a node, as WASI 0.2 and 0.3 have them, onto its [`Pipe`].

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use tokio::sync::oneshot;
use wasmtime::StoreContextMut;
use wasmtime::component::{
    FutureReader, LinkerInstance, Resource, Source, StreamConsumer, StreamReader, StreamResult as Consumed,
};
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{DynOutputStream, OutputStream, Pollable, StreamResult};
use wasmtime_wasi::p3::bindings::cli::types::ErrorCode;

use crate::log::Stream;
use crate::run::faults::limits::Rate;
use crate::run::host::Host;
use crate::run::output::tap::Pipe;

/// Most bytes a guest may hand over in one write; beyond it, it asks again. Each of them may be a line.
const PERMIT: usize = 8 * 1024;

/// `wasi:cli/stdout@0.2.x` or `stderr` of one node.
pub(super) fn p2(instance: &mut LinkerInstance<'_, Host>, node: &str, stream: Stream) -> wasmtime::Result<()> {
    let function = if stream == Stream::Stderr { "get-stderr" } else { "get-stdout" };
    let node: Arc<str> = node.into();
    instance.func_wrap(function, move |mut store: StoreContextMut<'_, Host>, (): ()| {
        let host = store.data_mut();
        let writer: DynOutputStream = Box::new(Writer::new(host.pipe(&node, stream), host.rate()));
        Ok((host.table.push(writer)?,)) as wasmtime::Result<(Resource<DynOutputStream>,)>
    })
}

/// `wasi:cli/stdout@0.3.x` or `stderr` of one node.
pub(super) fn p3(instance: &mut LinkerInstance<'_, Host>, node: &str, stream: Stream) -> wasmtime::Result<()> {
    type Done = FutureReader<Result<(), ErrorCode>>;
    let node: Arc<str> = node.into();
    instance.func_wrap("write-via-stream", move |mut store: StoreContextMut<'_, Host>, (data,): (StreamReader<u8>,)| {
        let host = store.data_mut();
        let writer = Writer::new(host.pipe(&node, stream), host.rate());
        let (done, is_done) = oneshot::channel();
        data.pipe(&mut store, Consumer { writer, _done: done })?;
        let future = FutureReader::new(&mut store, async {
            // Writing can't fail: the future resolves when the stream has been taken to its end.
            let _: Result<(), _> = is_done.await;
            wasmtime::error::Ok(Ok(()))
        })?;
        Ok((future,)) as wasmtime::Result<(Done,)>
    })
}

/// Output that is not labelled, for the standard implementations.
pub(super) struct Output(pub Arc<Pipe>, pub Arc<Rate>);

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Output {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(Writer::new(Arc::clone(&self.0), Arc::clone(&self.1)))
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(Writer::new(Arc::clone(&self.0), Arc::clone(&self.1)))
    }
}

/// One handle a guest writes to.
struct Writer {
    pipe: Arc<Pipe>,
    rate: Arc<Rate>,
    /// Room was waited for; others may have taken it since, but a writer is not sent to wait twice.
    granted: bool,
    waiting: Option<Pin<Box<dyn Future<Output = ()> + Send + Sync>>>,
}

impl Writer {
    fn new(pipe: Arc<Pipe>, rate: Arc<Rate>) -> Self {
        Self { pipe, rate, granted: false, waiting: None }
    }

    fn has_room(&self) -> bool {
        self.pipe.tap().has_room() && self.rate.wait().is_none()
    }

    fn write_all(&self, bytes: &[u8]) {
        self.rate.take(bytes.len());
        self.pipe.write(bytes);
    }

    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.waiting.is_none() && self.has_room() {
            return Poll::Ready(());
        }
        let (pipe, rate) = (&self.pipe, &self.rate);
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(room(Arc::clone(pipe), Arc::clone(rate))));
        ready!(waiting.as_mut().poll(cx));
        self.waiting = None;
        Poll::Ready(())
    }
}

/// Waits until more may be written, and as fast.
async fn room(pipe: Arc<Pipe>, rate: Arc<Rate>) {
    while let Some(wait) = rate.wait() {
        if let Some(sentence) = rate.notice() {
            pipe.log_remark(sentence);
        }
        tokio::time::sleep(wait).await;
    }
    pipe.tap().room().await;
}

#[wasmtime_wasi::async_trait]
impl Pollable for Writer {
    async fn ready(&mut self) {
        if !self.has_room() {
            room(Arc::clone(&self.pipe), Arc::clone(&self.rate)).await;
            self.granted = true;
        }
    }
}

impl OutputStream for Writer {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.granted = false;
        self.write_all(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(if self.granted || self.has_room() { PERMIT } else { 0 })
    }
}

impl AsyncWrite for Writer {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_room(cx));
        let taken = bytes.get(..PERMIT).unwrap_or(bytes);
        self.write_all(taken);
        Poll::Ready(Ok(taken.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Takes a 0.3 stream into the pipe.
struct Consumer {
    writer: Writer,
    /// Dropped with the consumer, at the stream's end.
    _done: oneshot::Sender<()>,
}

impl<D> StreamConsumer<D> for Consumer {
    type Item = u8;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        store: StoreContextMut<'_, D>,
        source: Source<'_, u8>,
        finish: bool,
    ) -> Poll<wasmtime::Result<Consumed>> {
        if self.writer.poll_room(cx).is_pending() {
            return if finish { Poll::Ready(Ok(Consumed::Cancelled)) } else { Poll::Pending };
        }
        let mut source = source.as_direct(store);
        let bytes = source.remaining();
        let taken = bytes.get(..PERMIT).unwrap_or(bytes);
        let count = taken.len();
        self.writer.write_all(taken);
        source.mark_read(count);
        Poll::Ready(Ok(Consumed::Completed))
    }
}
