//! What guests of WASI 0.2 write into files: room for it is taken from what the granted folder may hold.

use std::fs::File;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use rustix::io::Errno;
use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::filesystem::WasiFilesystemView as _;
use wasmtime_wasi::p2::bindings::filesystem::types::{Descriptor, ErrorCode, HostDescriptor};
use wasmtime_wasi::p2::{DynOutputStream, FsResult, OutputStream, Pollable, StreamError, StreamResult};

use crate::grants::Folder;
use crate::run::host::Host;
use crate::run::host::blocking::{BlockingPool, Writing};
use crate::run::host::files::{Origin, detail};
use crate::run::host::quota::{Full, Quota};

/// A file that is written, and whose room it takes.
#[derive(Clone)]
pub(super) struct Counted {
    origin: Origin,
    /// The grant as it was when writing began.
    allowed: Folder,
    /// Where a thread may wait for it.
    pub(crate) pool: Arc<BlockingPool>,
    pub file: Arc<File>,
}

impl Counted {
    /// `None`: it is no file, or nobody's.
    pub(super) fn of(host: &Host, fd: &Resource<Descriptor>) -> wasmtime::Result<Option<Self>> {
        let Descriptor::File(file) = host.table.get(fd)? else { return Ok(None) };
        let file = Arc::clone(&file.file);
        Ok(host.origin(fd.rep()).map(|origin| {
            let now = origin.node.ask(|grants| grants.folder(&origin.folder));
            let pool = host.blocking_pool(fd.rep());
            Self { allowed: now.unwrap_or_else(|| (*origin.folder).clone()), pool, origin, file }
        }))
    }

    /// The granted folder.
    fn folder(&self) -> &File {
        &self.origin.granted.dir.dir
    }

    /// Takes room for this many bytes there; `None` is the end of the file.
    fn take(&self, at: Option<u64>, length: u64) -> io::Result<Result<(), Full>> {
        let growth = Quota::growth(&self.file, at, length)?;
        Ok(if growth == 0 { Ok(()) } else { self.origin.granted.quota.grow(growth, 0, &self.allowed) })
    }

    /// The same where a thread may wait: what was deleted meanwhile is found.
    ///
    /// # Errors
    /// `ENOSPC` where there is no room, and what the system says of the file.
    pub(super) fn take_or_measure(&self, at: Option<u64>, length: u64) -> io::Result<()> {
        let growth = Quota::growth(&self.file, at, length)?;
        if growth == 0 {
            return Ok(());
        }
        let quota = &self.origin.granted.quota;
        quota.grow_or_measure(growth, 0, &self.allowed, self.folder()).map_err(|full| self.full(full))
    }

    /// Takes the room, and measures on a thread of its own where there is none.
    async fn taken(&self, at: Option<u64>, length: u64) -> io::Result<()> {
        if self.take(at, length)?.is_ok() {
            return Ok(());
        }
        let own = self.clone();
        self.pool.spawn(move || own.take_or_measure(at, length)).await?
    }

    fn full(&self, full: Full) -> io::Error {
        self.origin.node.refused(&full.message(), &detail(&self.origin.folder, "write", "to a file"));
        Errno::NOSPC.into()
    }

    /// It gets this size.
    ///
    /// # Errors
    /// `ENOSPC` where there is no room, and what the system says of the file.
    pub(super) async fn resized(&self, size: u64) -> io::Result<()> {
        self.origin.granted.quota.free();
        self.taken(Some(size), 0).await
    }
}

/// A stream into a file.
struct Stream {
    inner: DynOutputStream,
    counted: Counted,
    /// `None`: at the file's end.
    at: Option<u64>,
    /// The folder was measured since there seemed to be no room.
    measured: bool,
}

/// What a guest writes at once.
const CHUNK: u64 = 64 << 10;

impl Stream {
    /// Whether to wait for the folder to be measured before anything is written.
    fn waits(&self) -> bool {
        let Counted { origin, allowed, .. } = &self.counted;
        !self.measured && origin.granted.quota.is_stale(CHUNK, allowed)
    }

    fn passed(&mut self, length: usize) {
        self.at = self.at.map(|at| at.saturating_add(length as u64));
        self.measured = false;
    }
}

#[async_trait]
impl Pollable for Stream {
    async fn ready(&mut self) {
        self.inner.ready().await;
        if self.waits() {
            let counted = self.counted.clone();
            let measure = move || counted.origin.granted.quota.measure_again(&counted.allowed, counted.folder());
            let _ = tokio::task::spawn_blocking(measure).await;
            self.measured = true;
        }
    }
}

#[async_trait]
impl OutputStream for Stream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let length = bytes.len();
        match self.counted.take(self.at, length as u64).map_err(failed)? {
            Ok(()) => {}
            Err(full) => return Err(failed(self.counted.full(full))),
        }
        self.inner.write(bytes)?;
        self.passed(length);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.inner.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        // Whoever gets 0 waits, and the folder is measured meanwhile.
        if self.waits() { self.inner.check_write().map(|_| 0) } else { self.inner.check_write() }
    }

    async fn blocking_write_and_flush(&mut self, bytes: Bytes) -> StreamResult<()> {
        let length = bytes.len();
        self.counted.taken(self.at, length as u64).await.map_err(failed)?;
        self.inner.blocking_write_and_flush(bytes).await?;
        self.passed(length);
        Ok(())
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
    }
}

fn failed(error: io::Error) -> StreamError {
    StreamError::LastOperationFailed(error.into())
}

/// The functions of `wasi:filesystem/types` 0.2 that make a file longer.
pub(super) fn counted(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    type Streamed = Result<Resource<DynOutputStream>, ErrorCode>;
    instance.func_wrap(
        "[method]descriptor.write-via-stream",
        |mut store: StoreContextMut<'_, Host>, (fd, at): (Resource<Descriptor>, u64)| {
            let host = store.data_mut();
            let counted = Counted::of(host, &fd)?;
            let stream = HostDescriptor::write_via_stream(&mut host.filesystem(), fd, at);
            Ok((wrapped(host, counted, Some(at), stream)?,)) as wasmtime::Result<(Streamed,)>
        },
    )?;
    instance.func_wrap(
        "[method]descriptor.append-via-stream",
        |mut store: StoreContextMut<'_, Host>, (fd,): (Resource<Descriptor>,)| {
            let host = store.data_mut();
            let counted = Counted::of(host, &fd)?;
            let stream = HostDescriptor::append_via_stream(&mut host.filesystem(), fd);
            Ok((wrapped(host, counted, None, stream)?,)) as wasmtime::Result<(Streamed,)>
        },
    )?;
    instance.func_wrap_async(
        "[method]descriptor.write",
        |mut store: StoreContextMut<'_, Host>, (fd, bytes, at): (Resource<Descriptor>, Vec<u8>, u64)| {
            Box::new(async move {
                let host = store.data_mut();
                if let Some(counted) = Counted::of(host, &fd)?
                    && let Err(error) = counted.taken(Some(at), bytes.len() as u64).await
                {
                    return Ok((Err(error.into()),)) as wasmtime::Result<(Result<u64, ErrorCode>,)>;
                }
                let pool = host.blocking_pool(fd.rep());
                guest_result(pool.within(HostDescriptor::write(&mut host.filesystem(), fd, bytes, at)).await)
            })
        },
    )?;
    instance.func_wrap_async(
        "[method]descriptor.set-size",
        |mut store: StoreContextMut<'_, Host>, (fd, size): (Resource<Descriptor>, u64)| {
            Box::new(async move {
                let host = store.data_mut();
                if let Some(counted) = Counted::of(host, &fd)?
                    && let Err(error) = counted.resized(size).await
                {
                    return Ok((Err(error.into()),)) as wasmtime::Result<(Result<(), ErrorCode>,)>;
                }
                let pool = host.blocking_pool(fd.rep());
                guest_result(pool.within(HostDescriptor::set_size(&mut host.filesystem(), fd, size)).await)
            })
        },
    )
}

fn wrapped(
    host: &mut Host,
    counted: Option<Counted>,
    at: Option<u64>,
    stream: FsResult<Resource<DynOutputStream>>,
) -> wasmtime::Result<Result<Resource<DynOutputStream>, ErrorCode>> {
    let stream = match stream {
        Ok(stream) => stream,
        Err(error) => return Ok(Err(error.downcast()?)),
    };
    let Some(counted) = counted else { return Ok(Ok(stream)) };
    host.hold(Writing::HELD)?;
    let inner: DynOutputStream = Box::new(Writing::new(host.table.delete(stream)?, Arc::clone(&counted.pool)));
    let stream: DynOutputStream = Box::new(Stream { inner, counted, at, measured: false });
    Ok(Ok(host.table.push(stream)?))
}

fn guest_result<T>(result: FsResult<T>) -> wasmtime::Result<(Result<T, ErrorCode>,)> {
    match result {
        Ok(value) => Ok((Ok(value),)),
        Err(error) => Ok((Err(error.downcast()?),)),
    }
}
