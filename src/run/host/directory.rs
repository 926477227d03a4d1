//! `wasi:filesystem` directories, read as the guest asks for their entries: a few at a time, and no thread waits for the
//! guest meanwhile. (The standard implementation of 0.2 reads all of a directory when it is opened, and that of 0.3
//! keeps a thread for each.)

use std::collections::VecDeque;
use std::io;
use std::os::fd::AsFd as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use parking_lot::Mutex;
use rustix::fs::{AtFlags, Dir, FileType};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wasmtime::StoreContextMut;
use wasmtime::component::{
    Destination, FutureReader, LinkerInstance, Resource, ResourceType, StreamProducer, StreamReader, StreamResult,
};
use wasmtime_wasi::filesystem::Descriptor;
use wasmtime_wasi::p2::bindings::filesystem::types as p2;
use wasmtime_wasi::p3::bindings::filesystem::types as p3;

use crate::run::descriptors;
use crate::run::host::Host;
use crate::run::host::blocking::BlockingPool;
use crate::run::host::files::side;
use crate::run::host::held::LISTING;

/// Entries read at a time.
const BATCH: usize = 64;

/// A directory on its way to a guest.
pub(super) struct Listing {
    reader: Arc<Mutex<Reader>>,
    ahead: VecDeque<io::Result<Entry>>,
    pool: Arc<BlockingPool>,
    /// So that those that live can be counted.
    _counted: Arc<()>,
}

struct Entry {
    name: String,
    kind: FileType,
}

/// Opened when the first entry is asked for.
struct Reader {
    directory: Arc<std::fs::File>,
    open: Option<Dir>,
}

impl Listing {
    /// Reads the next few; none: it was the end.
    fn read_ahead(&self) -> JoinHandle<Vec<io::Result<Entry>>> {
        let reader = Arc::clone(&self.reader);
        self.pool.spawn(move || reader.lock().next_few())
    }

    async fn next(&mut self) -> Option<io::Result<Entry>> {
        if self.ahead.is_empty() {
            match self.read_ahead().await {
                Ok(more) => self.ahead.extend(more),
                Err(_) => return Some(Err(io::ErrorKind::Other.into())),
            }
        }
        self.ahead.pop_front()
    }
}

impl Reader {
    fn next_few(&mut self) -> Vec<io::Result<Entry>> {
        let dir = match &mut self.open {
            Some(dir) => dir,
            None => match Dir::read_from(&*self.directory) {
                Ok(dir) => self.open.insert(dir),
                Err(e) => return vec![Err(e.into())],
            },
        };
        let mut few = Vec::new();
        while few.len() < BATCH {
            let Some(entry) = dir.read() else { break };
            match entry {
                Ok(entry) if matches!(entry.file_name().to_bytes(), b"." | b"..") => {}
                Ok(entry) => few.push(known(&self.directory, &entry)),
                Err(e) => few.push(Err(e.into())),
            }
        }
        few
    }
}

/// Some file systems don't say of what kind an entry is.
fn known(directory: &std::fs::File, entry: &rustix::fs::DirEntry) -> io::Result<Entry> {
    let name = entry.file_name();
    let kind = match entry.file_type() {
        FileType::Unknown => {
            let stat = rustix::fs::statat(directory.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW)?;
            FileType::from_raw_mode(stat.st_mode)
        }
        known => known,
    };
    // What is no UTF-8 is no name that a guest could ask for.
    let name = name.to_str().map_err(|_| io::Error::from(rustix::io::Errno::ILSEQ))?.to_owned();
    Ok(Entry { name, kind })
}

/// The folder that a descriptor is, if the grant that it came from still allows to read it.
fn listing<E: crate::run::host::files::Refused>(
    host: &mut Host,
    fd: &Resource<Descriptor>,
    not_a_directory: E,
    none_left: E,
) -> wasmtime::Result<Result<Listing, E>> {
    if matches!(host.table.get(fd)?, Descriptor::File(_)) {
        return Ok(Err(not_a_directory));
    }
    let directory = match side(host, fd, "list", ".", false)? {
        Ok((_, side)) => side.dir.dir,
        Err(refused) => return Ok(Err(refused)),
    };
    if !descriptors::for_guests() {
        return Ok(Err(none_left));
    }
    host.hold(LISTING)?;
    Ok(Ok(Listing {
        reader: Arc::new(Mutex::new(Reader { directory, open: None })),
        ahead: VecDeque::new(),
        pool: host.blocking_pool(fd.rep()),
        _counted: Arc::clone(&host.listings),
    }))
}

/// The functions of `wasi:filesystem/types` 0.2 that list a directory.
pub(super) fn p2(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    type Listed = Result<Resource<Listing>, p2::ErrorCode>;
    type Next = Result<Option<p2::DirectoryEntry>, p2::ErrorCode>;
    instance.resource(
        "directory-entry-stream",
        ResourceType::host::<Listing>(),
        |mut store: StoreContextMut<'_, Host>, rep| {
            store.data_mut().table.delete(Resource::<Listing>::new_own(rep))?;
            Ok(())
        },
    )?;
    instance.func_wrap(
        "[method]descriptor.read-directory",
        |mut store: StoreContextMut<'_, Host>, (fd,): (Resource<Descriptor>,)| {
            let host = store.data_mut();
            let listed: Listed =
                match listing(host, &fd, p2::ErrorCode::NotDirectory, p2::ErrorCode::InsufficientMemory)? {
                    Ok(listing) => Ok(host.table.push(listing)?),
                    Err(refused) => Err(refused),
                };
            Ok((listed,)) as wasmtime::Result<(Listed,)>
        },
    )?;
    instance.func_wrap_async(
        "[method]directory-entry-stream.read-directory-entry",
        |mut store: StoreContextMut<'_, Host>, (this,): (Resource<Listing>,)| {
            Box::new(async move {
                let host = store.data_mut();
                let meter = host.meter();
                let listing = host.table.get_mut(&this)?;
                let next = meter.within(async { wasmtime::error::Ok(listing.next().await) }).await?;
                let next: Next = match next {
                    None => Ok(None),
                    Some(Ok(entry)) => Ok(Some(p2::DirectoryEntry { type_: kind_p2(entry.kind), name: entry.name })),
                    Some(Err(e)) => Err(e.into()),
                };
                Ok((next,)) as wasmtime::Result<(Next,)>
            })
        },
    )
}

/// The function of `wasi:filesystem/types` 0.3 that lists a directory.
pub(super) fn p3(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    type Done = Result<(), p3::ErrorCode>;
    type Listed = (StreamReader<p3::DirectoryEntry>, FutureReader<Done>);
    instance.func_wrap(
        "[method]descriptor.read-directory",
        |mut store: StoreContextMut<'_, Host>, (fd,): (Resource<Descriptor>,)| {
            let (done, is_done) = oneshot::channel::<Done>();
            let stream =
                match listing(store.data_mut(), &fd, p3::ErrorCode::NotDirectory, p3::ErrorCode::InsufficientMemory)? {
                    Ok(listing) => {
                        StreamReader::new(&mut store, Producer { listing, reading: None, done: Some(done) })?
                    }
                    Err(refused) => {
                        let _ = done.send(Err(refused));
                        StreamReader::new(&mut store, Vec::<p3::DirectoryEntry>::new())?
                    }
                };
            let end = FutureReader::new(&mut store, async {
                // Whoever stops reading early has missed nothing.
                wasmtime::error::Ok(is_done.await.unwrap_or(Ok(())))
            })?;
            Ok(((stream, end),)) as wasmtime::Result<(Listed,)>
        },
    )
}

/// Reads on when the guest does.
struct Producer {
    listing: Listing,
    reading: Option<JoinHandle<Vec<io::Result<Entry>>>>,
    done: Option<oneshot::Sender<Result<(), p3::ErrorCode>>>,
}

impl Producer {
    fn end(&mut self, how: Result<(), p3::ErrorCode>) -> Poll<wasmtime::Result<StreamResult>> {
        if let Some(done) = self.done.take() {
            let _ = done.send(how);
        }
        Poll::Ready(Ok(StreamResult::Dropped))
    }
}

impl<D> StreamProducer<D> for Producer {
    type Item = p3::DirectoryEntry;
    type Buffer = Option<p3::DirectoryEntry>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut store: StoreContextMut<'a, D>,
        mut destination: Destination<'a, Self::Item, Self::Buffer>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        // Whether there is one can only be known by reading it.
        if destination.remaining(&mut store) == Some(0) {
            return Poll::Ready(Ok(StreamResult::Completed));
        }
        if self.done.is_none() {
            return Poll::Ready(Ok(StreamResult::Dropped));
        }
        if self.listing.ahead.is_empty() {
            let this = &mut *self;
            let reading = this.reading.get_or_insert_with(|| this.listing.read_ahead());
            let polled = Pin::new(reading).poll(cx);
            if polled.is_pending() && finish {
                return Poll::Ready(Ok(StreamResult::Cancelled));
            }
            let more = ready!(polled);
            self.reading = None;
            match more {
                Ok(more) => self.listing.ahead.extend(more),
                Err(_) => return self.end(Err(p3::ErrorCode::Io)),
            }
        }
        match self.listing.ahead.pop_front() {
            None => self.end(Ok(())),
            Some(Err(e)) => self.end(Err(e.into())),
            Some(Ok(entry)) => {
                let kind = kind_p3(entry.kind);
                destination.set_buffer(Some(p3::DirectoryEntry { type_: kind, name: entry.name }));
                Poll::Ready(Ok(StreamResult::Completed))
            }
        }
    }
}

fn kind_p2(kind: FileType) -> p2::DescriptorType {
    match kind {
        FileType::RegularFile => p2::DescriptorType::RegularFile,
        FileType::Directory => p2::DescriptorType::Directory,
        FileType::Symlink => p2::DescriptorType::SymbolicLink,
        FileType::Fifo => p2::DescriptorType::Fifo,
        FileType::Socket => p2::DescriptorType::Socket,
        FileType::CharacterDevice => p2::DescriptorType::CharacterDevice,
        FileType::BlockDevice => p2::DescriptorType::BlockDevice,
        FileType::Unknown => p2::DescriptorType::Unknown,
    }
}

fn kind_p3(kind: FileType) -> p3::DescriptorType {
    match kind {
        FileType::RegularFile => p3::DescriptorType::RegularFile,
        FileType::Directory => p3::DescriptorType::Directory,
        FileType::Symlink => p3::DescriptorType::SymbolicLink,
        FileType::Fifo => p3::DescriptorType::Fifo,
        FileType::Socket => p3::DescriptorType::Socket,
        FileType::CharacterDevice => p3::DescriptorType::CharacterDevice,
        FileType::BlockDevice => p3::DescriptorType::BlockDevice,
        FileType::Unknown => p3::DescriptorType::Other(None),
    }
}
