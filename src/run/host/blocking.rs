//! Threads for guests' calls that block: a pool of its own for every folder of every node, and one for looking up
//! names. A file system that hangs keeps the threads of who was granted it, and nobody else's: what others ask for,
//! requests without files and studio's own work go on.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Context;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;
use wasmtime::StoreContextMut;
use wasmtime::component::{Accessor, LinkerInstance, Resource};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystem, WasiFilesystemView as _};
use wasmtime_wasi::p2::bindings::filesystem::types as p2;
use wasmtime_wasi::p2::bindings::filesystem::types::HostDescriptor as _;
use wasmtime_wasi::p2::pipe::ClosedInputStream;
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, InputStream, OutputStream, Pollable, StreamResult};
use wasmtime_wasi::p3::bindings::filesystem::types as p3;
use wasmtime_wasi::p3::bindings::filesystem::types::HostDescriptorWithStore as _;

use crate::run::host::Host;

/// Threads of one folder of one node; what comes beyond waits, as long as whoever asked may.
const THREADS: usize = 32;
/// Names of one node looked up at a time.
const LOOKUPS: usize = 8;
/// Threads of all pools of this process together beyond which a new pool gets few.
const MANY: usize = 512;
const FEW: usize = 2;
/// How long a thread without work stays.
const IDLE: Duration = Duration::from_secs(10);
/// Most bytes handed to a file at a time: what waits for a thread is kept meanwhile.
const WRITE: usize = 64 << 10;

/// Threads of all pools that live at the moment, those that hang included.
static ALIVE: AtomicUsize = AtomicUsize::new(0);

/// Threads that may be kept waiting. It is a runtime that nobody drives: only its threads are used.
pub(crate) struct BlockingPool {
    handle: Handle,
    runtime: Option<Runtime>,
}

impl BlockingPool {
    /// Where the system refuses it, what blocks does so where all guests' calls do.
    fn new(threads: usize) -> Arc<Self> {
        let threads = if ALIVE.load(Ordering::Relaxed) < MANY { threads } else { FEW };
        let runtime = Builder::new_current_thread()
            .max_blocking_threads(threads)
            .thread_name("guest-files")
            .thread_keep_alive(IDLE)
            .on_thread_start(|| {
                ALIVE.fetch_add(1, Ordering::Relaxed);
            })
            .on_thread_stop(|| {
                ALIVE.fetch_sub(1, Ordering::Relaxed);
            })
            .build();
        Arc::new(match runtime {
            Ok(runtime) => Self { handle: runtime.handle().clone(), runtime: Some(runtime) },
            Err(e) => {
                tracing::warn!("no threads for guests' files: {e}");
                Self { handle: Handle::current(), runtime: None }
            }
        })
    }

    /// Does `work`, which may block, here.
    pub(crate) fn spawn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
        self.handle.spawn_blocking(work)
    }

    /// What `future` does on threads that may block, it does on these. It may use neither timers nor sockets.
    pub(crate) async fn within<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        std::future::poll_fn(|cx: &mut Context<'_>| {
            let _here = self.handle.enter();
            future.as_mut().poll(cx)
        })
        .await
    }

    /// The same of something that only begins its work.
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let _here = self.handle.enter();
        work()
    }
}

impl Drop for BlockingPool {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A thread that hangs is left behind.
            runtime.shutdown_background();
        }
    }
}

/// What the standard implementations of `wasi:filesystem/types` are known by in the linker.
pub(super) const P2: &str = "wasi:filesystem/types@0.2.12";
pub(super) const P3: &str = "wasi:filesystem/types@0.3.0";

/// The pools of a generation: a new program gets new ones, whatever the one before it waits for.
#[derive(Default)]
pub(crate) struct BlockingPools {
    files: Mutex<HashMap<Granted, Arc<BlockingPool>>>,
}

/// A node, and a folder of it.
type Granted = (Arc<str>, String);

/// Those for looking up names, by node: a server that does not answer keeps a thread for half a minute.
static NAMES: Mutex<BTreeMap<Arc<str>, Arc<BlockingPool>>> = Mutex::new(BTreeMap::new());

/// Where this node's look-ups of names wait.
pub(super) fn names(node: &Arc<str>) -> Arc<BlockingPool> {
    let mut names = NAMES.lock();
    let pool = names.entry(Arc::clone(node)).or_insert_with(|| BlockingPool::new(LOOKUPS));
    Arc::clone(pool)
}

/// What this name stands for now.
///
/// # Errors
/// When nobody knows it.
pub(super) async fn addresses(node: &Arc<str>, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    let host = host.to_owned();
    let found = names(node).spawn(move || (host, port).to_socket_addrs().map(Iterator::collect)).await;
    found.map_err(std::io::Error::other)?
}

impl BlockingPools {
    pub(crate) fn files(&self, node: &Arc<str>, folder: &str) -> Arc<BlockingPool> {
        let mut files = self.files.lock();
        let key = (Arc::clone(node), folder.to_owned());
        Arc::clone(files.entry(key).or_insert_with(|| BlockingPool::new(THREADS)))
    }
}

impl Host {
    /// Where calls on this descriptor may block.
    pub(crate) fn blocking_pool(&self, descriptor: u32) -> Arc<BlockingPool> {
        match self.origin(descriptor) {
            Some(origin) => self.terms.blocking.files(origin.node(), origin.folder()),
            None => self.terms.blocking.files(&self.terms.node, ""),
        }
    }
}

/// A function of 0.2 descriptors that takes no path: the same, on the folder's own threads.
macro_rules! moved_p2 {
    ($instance:ident, $name:literal, ($($arg:ident: $ty:ty),*) $method:ident -> $result:ty) => {
        $instance.func_wrap_async(
            $name,
            |mut store: StoreContextMut<'_, Host>, (fd, $($arg,)*): (Resource<Descriptor>, $($ty,)*)| {
                Box::new(async move {
                    let host = store.data_mut();
                    let pool = host.blocking_pool(fd.rep());
                    let done = match pool.within(host.filesystem().$method(fd $(, $arg)*)).await {
                        Ok(value) => Ok(value),
                        Err(error) => Err(error.downcast()?),
                    };
                    Ok((done,)) as wasmtime::Result<(Result<$result, p2::ErrorCode>,)>
                })
            },
        )?;
    };
}

/// `wasi:filesystem/types` 0.2, whatever takes no path and makes no file longer (`writes.rs` has that).
pub(super) fn p2(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    moved_p2!(instance, "[method]descriptor.advise", (offset: u64, length: u64, advice: p2::Advice) advise -> ());
    moved_p2!(instance, "[method]descriptor.sync-data", () sync_data -> ());
    moved_p2!(instance, "[method]descriptor.get-flags", () get_flags -> p2::DescriptorFlags);
    moved_p2!(instance, "[method]descriptor.get-type", () get_type -> p2::DescriptorType);
    moved_p2!(instance, "[method]descriptor.set-times", (accessed: p2::NewTimestamp, modified: p2::NewTimestamp)
        set_times -> ());
    moved_p2!(instance, "[method]descriptor.read", (length: u64, offset: u64) read -> (Vec<u8>, bool));
    moved_p2!(instance, "[method]descriptor.sync", () sync -> ());
    moved_p2!(instance, "[method]descriptor.stat", () stat -> p2::DescriptorStat);
    moved_p2!(instance, "[method]descriptor.metadata-hash", () metadata_hash -> p2::MetadataHashValue);
    streams(instance)
}

/// A function of 0.2 descriptors that gives a stream, whose work is then done on the folder's own threads too.
macro_rules! stream {
    ($instance:ident, $name:literal, ($($arg:ident: $ty:ty),*) $method:ident -> $stream:ty, $wrapped:ident) => {
        $instance.func_wrap(
            $name,
            |mut store: StoreContextMut<'_, Host>, (fd, $($arg,)*): (Resource<Descriptor>, $($ty,)*)| {
                let host = store.data_mut();
                let pool = host.blocking_pool(fd.rep());
                let made: Result<Resource<$stream>, p2::ErrorCode> = match host.filesystem().$method(fd $(, $arg)*) {
                    Ok(stream) => {
                        host.hold(WRITE)?;
                        let place = host.table.get_mut(&stream)?;
                        let inner = std::mem::replace(place, Box::new(ClosedInputStreamOr));
                        *place = Box::new($wrapped { inner, pool });
                        Ok(stream)
                    }
                    Err(error) => Err(error.downcast()?),
                };
                Ok((made,)) as wasmtime::Result<(Result<Resource<$stream>, p2::ErrorCode>,)>
            },
        )?;
    };
}

fn streams(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    stream!(instance, "[method]descriptor.read-via-stream", (offset: u64) read_via_stream -> DynInputStream, Reading);
    Ok(())
}

/// Stands in a stream's place while it is wrapped.
struct ClosedInputStreamOr;

#[wasmtime_wasi::async_trait]
impl Pollable for ClosedInputStreamOr {
    async fn ready(&mut self) {}
}

impl InputStream for ClosedInputStreamOr {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        ClosedInputStream.read(size)
    }
}

impl OutputStream for ClosedInputStreamOr {
    fn write(&mut self, _: Bytes) -> StreamResult<()> {
        Err(wasmtime_wasi::p2::StreamError::Closed)
    }

    fn flush(&mut self) -> StreamResult<()> {
        Err(wasmtime_wasi::p2::StreamError::Closed)
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Err(wasmtime_wasi::p2::StreamError::Closed)
    }
}

struct Reading {
    inner: DynInputStream,
    pool: Arc<BlockingPool>,
}

#[wasmtime_wasi::async_trait]
impl Pollable for Reading {
    async fn ready(&mut self) {
        self.pool.within(self.inner.ready()).await;
    }
}

#[wasmtime_wasi::async_trait]
impl InputStream for Reading {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        self.pool.during(|| self.inner.read(size))
    }

    async fn blocking_read(&mut self, size: usize) -> StreamResult<Bytes> {
        self.pool.within(self.inner.blocking_read(size)).await
    }

    fn skip(&mut self, size: usize) -> StreamResult<usize> {
        self.pool.during(|| self.inner.skip(size))
    }

    async fn blocking_skip(&mut self, size: usize) -> StreamResult<usize> {
        self.pool.within(self.inner.blocking_skip(size)).await
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
    }
}

/// A stream into a file whose work is done on the folder's own threads.
pub(super) struct Writing {
    inner: DynOutputStream,
    pool: Arc<BlockingPool>,
}

impl Writing {
    /// Bytes that such a stream may keep of its guest's.
    pub(super) const HELD: usize = WRITE;

    pub(super) fn new(inner: DynOutputStream, pool: Arc<BlockingPool>) -> Self {
        Self { inner, pool }
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Writing {
    async fn ready(&mut self) {
        self.pool.within(self.inner.ready()).await;
    }
}

#[wasmtime_wasi::async_trait]
impl OutputStream for Writing {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.pool.during(|| self.inner.write(bytes))
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.inner.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(self.inner.check_write()?.min(WRITE))
    }

    async fn blocking_write_and_flush(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.pool.within(self.inner.blocking_write_and_flush(bytes)).await
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
    }
}

/// A function of 0.3 descriptors that takes no path.
macro_rules! moved_p3 {
    ($instance:ident, $name:literal, ($($arg:ident: $ty:ty),*) $method:ident -> $result:ty) => {
        $instance.func_wrap_concurrent(
            $name,
            |accessor: &Accessor<Host>, (fd, $($arg,)*): (Resource<Descriptor>, $($ty,)*)| {
                Box::pin(async move {
                    let pool = accessor.with(|mut store| store.get().blocking_pool(fd.rep()));
                    let files = accessor.with_getter::<WasiFilesystem>(Host::filesystem);
                    let done = match pool.within(WasiFilesystem::$method(&files, fd $(, $arg)*)).await {
                        Ok(value) => Ok(value),
                        Err(error) => Err(error.downcast()?),
                    };
                    Ok((done,)) as wasmtime::Result<(Result<$result, p3::ErrorCode>,)>
                })
            },
        )?;
    };
}

/// `wasi:filesystem/types` 0.3, whatever takes no path, gives no stream, and makes no file longer.
pub(super) fn p3(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    moved_p3!(instance, "[method]descriptor.advise", (offset: u64, length: u64, advice: p3::Advice) advise -> ());
    moved_p3!(instance, "[method]descriptor.sync-data", () sync_data -> ());
    moved_p3!(instance, "[method]descriptor.get-flags", () get_flags -> p3::DescriptorFlags);
    moved_p3!(instance, "[method]descriptor.get-type", () get_type -> p3::DescriptorType);
    moved_p3!(instance, "[method]descriptor.set-times", (accessed: p3::NewTimestamp, modified: p3::NewTimestamp)
        set_times -> ());
    moved_p3!(instance, "[method]descriptor.sync", () sync -> ());
    moved_p3!(instance, "[method]descriptor.stat", () stat -> p3::DescriptorStat);
    moved_p3!(instance, "[method]descriptor.metadata-hash", () metadata_hash -> p3::MetadataHashValue);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::run::host::blocking::*;
    use std::sync::mpsc::channel;

    #[tokio::test]
    async fn a_folder_that_hangs_keeps_nobody_elses_calls() {
        let pools = BlockingPools::default();
        let (one, two): (Arc<str>, Arc<str>) = ("one".into(), "two".into());
        let (release, released) = channel::<()>();
        let released = Arc::new(Mutex::new(released));
        for _ in 0..2 * THREADS {
            let released = Arc::clone(&released);
            let pool = pools.files(&one, "/hung");
            // As wasmtime-wasi does it: wherever it happens to be.
            let hangs = || tokio::task::spawn_blocking(move || assert!(released.lock().recv().is_err()));
            drop(pool.during(hangs));
        }
        assert_eq!(pools.files(&one, "/fine").spawn(|| 1).await.unwrap(), 1);
        assert_eq!(pools.files(&two, "/hung").spawn(|| 2).await.unwrap(), 2);
        assert_eq!(tokio::task::spawn_blocking(|| 3).await.unwrap(), 3);
        let own = pools.files(&one, "/hung").spawn(|| 4);
        assert!(!own.is_finished());
        drop(release);
        assert_eq!(own.await.unwrap(), 4, "it waited for its turn");
    }

    #[tokio::test]
    async fn addresses_need_no_look_up() {
        let found = addresses(&"node".into(), "::1", 80).await.unwrap();
        assert_eq!(found, ["[::1]:80".parse().unwrap()]);
    }
}
