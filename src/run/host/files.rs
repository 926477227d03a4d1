//! `wasi:filesystem`: the folders a node was granted, and who opens what below them.
//!
//! Descriptors are shared between nodes, for they are resources; each remembers whose grant it came from, and every
//! path it is asked for is checked against that grant as it is then.

use std::io;
use std::sync::Arc;

use rustix::fs::{Timespec, Timestamps, UTIME_NOW, UTIME_OMIT};
use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};
use wasmtime_wasi::filesystem::WasiFilesystemView as _;
use wasmtime_wasi::p2::FsResult;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    Descriptor, DescriptorFlags, DescriptorStat, ErrorCode, HostDescriptor, MetadataHashValue, NewTimestamp, OpenFlags,
    PathFlags,
};

use crate::grants::{Folder, Kind, Mode, NodeGrants};
use crate::run::descriptors;
use crate::run::host::Host;
use crate::run::host::authority::Node;
use crate::run::host::beneath::How;
use crate::run::host::change;
use crate::run::host::change::{Change, Failure, Side};
use crate::run::host::folders::Granted;

/// Whose grant a descriptor came from.
#[derive(Clone)]
pub(crate) struct Origin {
    pub node: Node,
    pub folder: Arc<Folder>,
    pub granted: Arc<Granted>,
}

impl Origin {
    /// The node it was granted to.
    pub(crate) fn node(&self) -> &Arc<str> {
        &self.node.name
    }

    /// The folder, as guests know it.
    pub(crate) fn folder(&self) -> &str {
        &self.folder.guest
    }
}

/// Why a path may not be used that way.
#[derive(Clone, Copy)]
pub(super) enum Refusal {
    ReadOnly,
    Access,
    NotPermitted,
    NoSpace,
    NoFolder,
    /// It has to be copied.
    OtherDevice,
}

/// The error codes of one version of the interface.
pub(super) trait Refused: From<io::Error> {
    fn of(refusal: Refusal) -> Self;
    /// The implementation itself refuses what leads out of a folder, or may not be written.
    fn is_one(&self) -> bool;
}

impl Refused for ErrorCode {
    fn of(refusal: Refusal) -> Self {
        match refusal {
            Refusal::ReadOnly => Self::ReadOnly,
            Refusal::Access => Self::Access,
            Refusal::NotPermitted => Self::NotPermitted,
            Refusal::NoSpace => Self::InsufficientSpace,
            Refusal::NoFolder => Self::NotDirectory,
            Refusal::OtherDevice => Self::CrossDevice,
        }
    }

    fn is_one(&self) -> bool {
        matches!(self, Self::NotPermitted | Self::Access | Self::ReadOnly)
    }
}

impl Host {
    pub(crate) fn origin(&self, descriptor: u32) -> Option<Origin> {
        self.origins.get(&descriptor).cloned()
    }

    pub(crate) fn remember(&mut self, descriptor: u32, origin: Origin) {
        self.origins.insert(descriptor, origin);
    }
}

/// `wasi:filesystem/preopens` of one node, of 0.2 or 0.3.
pub(super) fn preopens(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    let name = Arc::clone(node);
    instance.func_wrap("get-directories", move |mut store: StoreContextMut<'_, Host>, (): ()| {
        Ok((open(store.data_mut(), &name)?,)) as wasmtime::Result<(Vec<(Resource<Descriptor>, String)>,)>
    })
}

fn open(host: &mut Host, name: &Arc<str>) -> wasmtime::Result<Vec<(Resource<Descriptor>, String)>> {
    let node = host.node_named(name);
    let folders: Vec<Folder> = node.ask(NodeGrants::folders);
    if folders.is_empty() {
        node.no_folder();
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for folder in folders {
        let granted = match node.authority.folders.get(&folder) {
            Ok(granted) => granted,
            Err(error) => {
                let path = node.folder(&folder.host);
                let text = format!("the folder {} is granted, but can't be opened: {error}", path.display());
                node.log_once(format!("files {folder}"), &text);
                continue;
            }
        };
        if folder.mode == Mode::ReadWrite && !granted.quota.is_measured() {
            let (granted, folder) = (Arc::clone(&granted), folder.clone());
            node.authority.spawn(async move { granted.quota.ready(&granted.dir.dir, &folder).await });
        }
        let descriptor = host.table.push(Descriptor::Dir(granted.dir.clone()))?;
        let guest = folder.guest.clone();
        host.remember(descriptor.rep(), Origin { node: node.clone(), folder: Arc::new(folder), granted });
        all.push((descriptor, guest));
    }
    Ok(all)
}

/// What the grant allows now, if it still allows this.
pub(super) fn check<E: Refused>(origin: &Origin, act: &str, path: &str, writes: bool) -> Result<Folder, E> {
    let Origin { node, folder, .. } = origin;
    match node.ask(|grants| grants.folder(folder)) {
        Some(now) if !writes || now.mode == Mode::ReadWrite => Ok(now),
        now => {
            node.denied(Kind::Files, grant(folder, writes), detail(folder, act, path));
            Err(E::of(if now.is_some() { Refusal::ReadOnly } else { Refusal::Access }))
        }
    }
}

/// [`check`] of a handle to a folder, and what is needed to go on from there.
///
/// # Errors
/// When there is no such handle.
pub(super) fn side<E: Refused>(
    host: &Host,
    fd: &Resource<Descriptor>,
    act: &str,
    path: &str,
    writes: bool,
) -> wasmtime::Result<Result<(Origin, Side), E>> {
    let Descriptor::Dir(dir) = host.table.get(fd)? else { return Ok(Err(E::of(Refusal::NoFolder))) };
    let Some(origin) = host.origin(fd.rep()) else { return Ok(Err(E::of(Refusal::Access))) };
    Ok(check(&origin, act, path, writes).map(|allowed| {
        let granted = Arc::clone(&origin.granted);
        (origin, Side { dir: dir.clone(), granted, allowed })
    }))
}

/// Puts down how it went: what leads out of the folder is denied by the implementation itself.
pub(super) fn note<T, E: Refused>(
    origin: &Origin,
    act: &str,
    path: &str,
    writes: bool,
    result: Result<T, E>,
) -> Result<T, E> {
    let Origin { node, folder, .. } = origin;
    match &result {
        Err(error) if error.is_one() || leads_out(path) => {
            let read_only = writes && folder.mode == Mode::Read;
            let grant = if read_only { grant(folder, true) } else { String::new() };
            node.denied(Kind::Files, grant, detail(folder, act, path));
        }
        _ => node.used(Kind::Files, grant(folder, writes), detail(folder, act, path)),
    }
    result
}

/// [`note`] of what studio did itself.
pub(super) fn settle<T, E: Refused>(
    origin: &Origin,
    act: &str,
    path: &str,
    writes: bool,
    result: Result<T, Failure>,
) -> Result<T, E> {
    let refused = |why: &str, refusal| {
        origin.node.refused(why, &detail(&origin.folder, act, path));
        Err(E::of(refusal))
    };
    match result {
        Ok(done) => note(origin, act, path, writes, Ok(done)),
        Err(Failure::Io(error)) => note(origin, act, path, writes, Err(E::from(error))),
        Err(Failure::Protected(what)) => {
            origin.node.refused(PROTECTED, &format!("{} ({what})", detail(&origin.folder, act, path)));
            Err(E::of(Refusal::NotPermitted))
        }
        Err(Failure::Special(kind)) => {
            refused(&format!("it is {kind}; `special` in the grant allows it"), Refusal::NotPermitted)
        }
        Err(Failure::OtherDevice) => note(origin, act, path, writes, Err(E::of(Refusal::OtherDevice))),
        Err(Failure::Full(full)) => refused(&full.message(), Refusal::NoSpace),
    }
}

const PROTECTED: &str = "the project is built from it, so it would run on the host; `sources` in the grant allows it";

/// Whether a path says by itself that it leads out, whatever stands in its way.
fn leads_out(path: &str) -> bool {
    let mut depth = 0_i32;
    path.starts_with('/')
        || path.split('/').any(|part| {
            depth += match part {
                "" | "." => 0,
                ".." => -1,
                _ => 1,
            };
            depth < 0
        })
}

fn guest_result<T>(result: FsResult<T>) -> wasmtime::Result<Result<T, ErrorCode>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error) => Ok(Err(error.downcast()?)),
    }
}

fn grant(folder: &Folder, writes: bool) -> String {
    let mode = if writes { Mode::ReadWrite } else { Mode::Read };
    format!("files={}", folder.least(mode))
}

pub(super) fn detail(folder: &Folder, act: &str, path: &str) -> String {
    // As much of a path as a person reads.
    let path: String = path.chars().take(200).collect();
    format!("{act} {path} in {}", folder.host.display())
}

/// A function of 0.2 descriptors that looks at what is at a path: check, do, note.
macro_rules! looking {
    ($instance:ident, $name:literal, $act:literal, [$($arg:ident: $ty:ty),*] $method:ident -> $result:ty) => {
        $instance.func_wrap_async(
            $name,
            |mut store: StoreContextMut<'_, Host>, (fd, $($arg,)* path): (Resource<Descriptor>, $($ty,)* String)| {
                Box::new(async move {
                    let host = store.data_mut();
                    let origin = match side(host, &fd, $act, &path, false)? {
                        Ok((origin, _)) => origin,
                        Err(refused) => return Ok((Err(refused),)) as wasmtime::Result<(Result<$result, ErrorCode>,)>,
                    };
                    let pool = host.blocking_pool(fd.rep());
                    let done = pool
                        .within(HostDescriptor::$method(&mut host.filesystem(), fd, $($arg,)* path.clone()))
                        .await;
                    Ok((note(&origin, $act, &path, false, guest_result(done)?),))
                })
            },
        )?;
    };
}

/// A function of 0.2 descriptors that changes a name, and maybe puts it into another folder: check, do, note.
macro_rules! changing {
    ($instance:ident, $name:literal, $act:literal, |$($arg:ident: $ty:ty),*| $path:ident, $change:expr
     $(, into $to:ident / $new:ident)?) => {
        $instance.func_wrap_async(
            $name,
            |mut store: StoreContextMut<'_, Host>, (fd, $($arg),*): (Resource<Descriptor>, $($ty),*)| {
                Box::new(async move {
                    let host = store.data_mut();
                    let shown = $path.clone();
                    let (origin, from) = match side(host, &fd, $act, &shown, true)? {
                        Ok(side) => side,
                        Err(refused) => return Ok((Err(refused),)) as wasmtime::Result<(Result<(), ErrorCode>,)>,
                    };
                    let into: Option<Side> = None;
                    $(let into = match side(host, &$to, $act, &$new, true)? {
                        Ok((_, side)) => into.or(Some(side)),
                        Err(refused) => return Ok((Err(refused),)),
                    };)?
                    let done = host.blocking_pool(fd.rep()).within(change::change(from, into, $change)).await;
                    Ok((settle(&origin, $act, &shown, true, done),))
                })
            },
        )?;
    };
}

/// The functions of `wasi:filesystem/types` 0.2 that take a path.
pub(super) fn paths(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    looking!(instance, "[method]descriptor.stat-at", "look at", [flags: PathFlags] stat_at -> DescriptorStat);
    looking!(instance, "[method]descriptor.metadata-hash-at", "look at", [flags: PathFlags]
        metadata_hash_at -> MetadataHashValue);
    looking!(instance, "[method]descriptor.readlink-at", "read the link", [] readlink_at -> String);
    changing!(
        instance,
        "[method]descriptor.create-directory-at",
        "create",
        |path: String| path,
        Change::CreateDirectory { path }
    );
    changing!(instance, "[method]descriptor.unlink-file-at", "delete", |path: String| path, Change::Unlink { path });
    changing!(
        instance,
        "[method]descriptor.remove-directory-at",
        "delete",
        |path: String| path,
        Change::RemoveDirectory { path }
    );
    changing!(
        instance,
        "[method]descriptor.symlink-at",
        "link to",
        |target: String, path: String| target,
        Change::Symlink { target, path }
    );
    changing!(
        instance,
        "[method]descriptor.set-times-at",
        "change the times of",
        |flags: PathFlags, path: String, accessed: NewTimestamp, modified: NewTimestamp| path,
        Change::Times { follow: flags.contains(PathFlags::SYMLINK_FOLLOW), path, times: times(accessed, modified) }
    );
    changing!(instance, "[method]descriptor.link-at", "link",
        |_flags: PathFlags, path: String, to: Resource<Descriptor>, new: String| path,
        Change::Link { path, new }, into to / new);
    changing!(instance, "[method]descriptor.rename-at", "rename",
        |path: String, to: Resource<Descriptor>, new: String| path,
        Change::Rename { path, new }, into to / new);
    opening(instance)
}

fn times(accessed: NewTimestamp, modified: NewTimestamp) -> Timestamps {
    let time = |time| match time {
        NewTimestamp::NoChange => timespec(0, UTIME_OMIT),
        NewTimestamp::Now => timespec(0, UTIME_NOW),
        NewTimestamp::Timestamp(at) => {
            timespec(i64::try_from(at.seconds).unwrap_or(i64::MAX), at.nanoseconds.min(999_999_999).into())
        }
    };
    Timestamps { last_access: time(accessed), last_modification: time(modified) }
}

/// The types of both differ from system to system.
#[allow(clippy::useless_conversion)]
pub(super) fn timespec(seconds: i64, nanoseconds: i64) -> Timespec {
    Timespec { tv_sec: seconds, tv_nsec: nanoseconds.try_into().unwrap_or_default() }
}

fn opening(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    type Params = (Resource<Descriptor>, PathFlags, String, OpenFlags, DescriptorFlags);
    type Opened = Result<Resource<Descriptor>, ErrorCode>;
    instance.func_wrap_async(
        "[method]descriptor.open-at",
        |mut store: StoreContextMut<'_, Host>, (fd, follow, path, how, flags): Params| {
            Box::new(async move {
                let host = store.data_mut();
                let writes = how.intersects(OpenFlags::CREATE | OpenFlags::TRUNCATE)
                    || flags.intersects(DescriptorFlags::WRITE | DescriptorFlags::MUTATE_DIRECTORY);
                let (origin, from) = match side(host, &fd, "open", &path, writes)? {
                    Ok(side) => side,
                    Err(refused) => return Ok((Err(refused),)) as wasmtime::Result<(Opened,)>,
                };
                let sync = DescriptorFlags::FILE_INTEGRITY_SYNC
                    | DescriptorFlags::DATA_INTEGRITY_SYNC
                    | DescriptorFlags::REQUESTED_WRITE_SYNC;
                if flags.intersects(sync) {
                    return Ok((Err(ErrorCode::Unsupported),));
                }
                if !descriptors::for_guests() {
                    return Ok((Err(ErrorCode::InsufficientMemory),));
                }
                let how = How {
                    follow: follow.contains(PathFlags::SYMLINK_FOLLOW),
                    create: how.contains(OpenFlags::CREATE),
                    exclusive: how.contains(OpenFlags::EXCLUSIVE),
                    directory: how.contains(OpenFlags::DIRECTORY),
                    truncate: how.contains(OpenFlags::TRUNCATE),
                    read: flags.contains(DescriptorFlags::READ),
                    write: flags.contains(DescriptorFlags::WRITE),
                    special: false,
                };
                let done = host.blocking_pool(fd.rep()).within(change::open(from, path.clone(), how)).await;
                let opened = match settle(&origin, "open", &path, writes, done) {
                    Ok(descriptor) => descriptor,
                    Err(refused) => return Ok((Err(refused),)),
                };
                let descriptor = host.table.push(opened)?;
                host.remember(descriptor.rep(), origin);
                Ok((Ok(descriptor),))
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use crate::run::host::files::*;

    #[test]
    fn paths_that_lead_out_by_themselves() {
        for path in ["/etc", "..", "a/../..", "note/../../secret", "./../x", "a//../../b"] {
            assert!(leads_out(path), "{path}");
        }
        for path in ["", ".", "a", "a/..", "a/../b", "..a", "a/b/../../c"] {
            assert!(!leads_out(path), "{path}");
        }
    }
}
