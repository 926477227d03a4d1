//! What guests of WASI 0.3 write into files: room for it is taken from what the granted folder may hold, as in 0.2.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wasmtime::StoreContextMut;
use wasmtime::component::{
    Accessor, FutureReader, LinkerInstance, Resource, Source, StreamConsumer, StreamReader, StreamResult,
};
use wasmtime_wasi::FsPerms;
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystem, WasiFilesystemView as _};
use wasmtime_wasi::p3::bindings::filesystem::types::{ErrorCode, HostDescriptorWithStore as _};

use crate::run::host::Host;
use crate::run::host::writes::Counted;

/// Bytes written at a time.
const CHUNK: usize = 64 << 10;

type Written = Result<(), ErrorCode>;

/// Writes what comes out of a stream into a file.
struct Writer {
    counted: Counted,
    /// `None`: at the file's end.
    at: Option<u64>,
    done: Option<oneshot::Sender<Written>>,
    task: Option<JoinHandle<io::Result<usize>>>,
}

impl Writer {
    fn close(&mut self, how: Written) {
        if let Some(done) = self.done.take() {
            let _ = done.send(how);
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close(Ok(()));
    }
}

impl StreamConsumer<Host> for Writer {
    type Item = u8;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        store: StoreContextMut<'_, Host>,
        source: Source<'_, u8>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let mut source = source.as_direct(store);
        let own = &mut *self;
        let task = own.task.get_or_insert_with(|| {
            let bytes: Vec<u8> = source.remaining().iter().take(CHUNK).copied().collect();
            let (counted, at) = (own.counted.clone(), own.at);
            own.counted.pool.spawn(move || {
                counted.take_or_measure(at, bytes.len() as u64)?;
                write(&counted.file, at, &bytes)
            })
        });
        let result = match Pin::new(&mut *task).poll(cx) {
            // What has begun is waited for: it can't be called back.
            Poll::Pending if finish => {
                task.abort();
                ready!(Pin::new(task).poll(cx))
            }
            polled => ready!(polled),
        };
        own.task = None;
        Poll::Ready(Ok(match result {
            Ok(Ok(count)) => {
                source.mark_read(count);
                own.at = own.at.map(|at| at.saturating_add(count as u64));
                StreamResult::Completed
            }
            Ok(Err(error)) => {
                own.close(Err(error.into()));
                StreamResult::Dropped
            }
            Err(error) if error.is_cancelled() => StreamResult::Cancelled,
            Err(error) => return Poll::Ready(Err(wasmtime::Error::new(error))),
        }))
    }
}

fn write(file: &File, at: Option<u64>, bytes: &[u8]) -> io::Result<usize> {
    if let Some(at) = at {
        return file.write_at(bytes, at);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::io::{Errno, ReadWriteFlags};
        match rustix::io::pwritev2(file, &[io::IoSlice::new(bytes)], 0, ReadWriteFlags::APPEND) {
            Err(Errno::NOSYS | Errno::NOTSUP) => {}
            written => return Ok(written?),
        }
    }
    file.write_at(bytes, file.metadata()?.len())
}

/// The functions of `wasi:filesystem/types` 0.3 that make a file longer.
pub(super) fn counted(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    instance.func_wrap(
        "[method]descriptor.write-via-stream",
        |store: StoreContextMut<'_, Host>, (fd, data, at): (Resource<Descriptor>, StreamReader<u8>, u64)| {
            Ok((stream(store, &fd, data, Some(at))?,)) as wasmtime::Result<(FutureReader<Written>,)>
        },
    )?;
    instance.func_wrap(
        "[method]descriptor.append-via-stream",
        |store: StoreContextMut<'_, Host>, (fd, data): (Resource<Descriptor>, StreamReader<u8>)| {
            Ok((stream(store, &fd, data, None)?,)) as wasmtime::Result<(FutureReader<Written>,)>
        },
    )?;
    instance.func_wrap_concurrent(
        "[method]descriptor.set-size",
        |accessor: &Accessor<Host>, (fd, size): (Resource<Descriptor>, u64)| {
            Box::pin(async move {
                if let Some(counted) = accessor.with(|mut store| Counted::of(store.get(), &fd))?
                    && let Err(error) = counted.resized(size).await
                {
                    return Ok((Err(error.into()),)) as wasmtime::Result<(Written,)>;
                }
                let files = accessor.with_getter::<WasiFilesystem>(Host::filesystem);
                let pool = accessor.with(|mut store| store.get().blocking_pool(fd.rep()));
                match pool.within(WasiFilesystem::set_size(&files, fd, size)).await {
                    Ok(()) => Ok((Ok(()),)),
                    Err(error) => Ok((Err(error.downcast()?),)),
                }
            })
        },
    )
}

fn stream(
    mut store: StoreContextMut<'_, Host>,
    fd: &Resource<Descriptor>,
    mut data: StreamReader<u8>,
    at: Option<u64>,
) -> wasmtime::Result<FutureReader<Written>> {
    let (done, how) = oneshot::channel();
    let host = store.data();
    let refused = match host.table.get(fd)? {
        Descriptor::Dir(_) => Some(ErrorCode::BadDescriptor),
        Descriptor::File(file) if file.perms == FsPerms::ReadOnly => Some(ErrorCode::NotPermitted),
        Descriptor::File(_) => None,
    };
    match (refused, Counted::of(host, fd)?) {
        (None, Some(counted)) => {
            data.pipe(&mut store, Writer { counted, at, done: Some(done), task: None })?;
        }
        (refused, _) => {
            data.close(&mut store)?;
            let _ = done.send(Err(refused.unwrap_or(ErrorCode::Access)));
        }
    }
    FutureReader::new(&mut store, how)
}
