//! The functions of `wasi:filesystem/types` 0.3 that take a path: check, do, note, as in 0.2.

use rustix::fs::{Timestamps, UTIME_NOW, UTIME_OMIT};
use wasmtime::component::{Accessor, LinkerInstance, Resource};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystem, WasiFilesystemView as _};
use wasmtime_wasi::p3::bindings::filesystem::types::{
    DescriptorFlags, DescriptorStat, ErrorCode, HostDescriptorWithStore as _, MetadataHashValue, NewTimestamp,
    OpenFlags, PathFlags,
};

use crate::run::descriptors;
use crate::run::host::Host;
use crate::run::host::beneath::How;
use crate::run::host::change;
use crate::run::host::change::{Change, Side};
use crate::run::host::files::{Origin, Refusal, Refused, note, settle, side, timespec};

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

fn sided(
    accessor: &Accessor<Host>,
    fd: &Resource<Descriptor>,
    act: &str,
    path: &str,
    writes: bool,
) -> wasmtime::Result<Result<(Origin, Side), ErrorCode>> {
    accessor.with(|mut store| side(store.get(), fd, act, path, writes))
}

/// A function of 0.3 descriptors that looks at what is at a path.
macro_rules! looking {
    ($instance:ident, $name:literal, $act:literal, [$($arg:ident: $ty:ty),*] $method:ident -> $result:ty) => {
        $instance.func_wrap_concurrent(
            $name,
            |accessor: &Accessor<Host>, (fd, $($arg,)* path): (Resource<Descriptor>, $($ty,)* String)| {
                Box::pin(async move {
                    let origin = match sided(accessor, &fd, $act, &path, false)? {
                        Ok((origin, _)) => origin,
                        Err(refused) => return Ok((Err(refused),)) as wasmtime::Result<(Result<$result, ErrorCode>,)>,
                    };
                    let files = accessor.with_getter::<WasiFilesystem>(Host::filesystem);
                    let pool = accessor.with(|mut store| store.get().blocking_pool(fd.rep()));
                    let done = match pool.within(WasiFilesystem::$method(&files, fd, $($arg,)* path.clone())).await {
                        Ok(value) => Ok(value),
                        Err(error) => Err(error.downcast()?),
                    };
                    Ok((note(&origin, $act, &path, false, done),))
                })
            },
        )?;
    };
}

/// A function of 0.3 descriptors that changes a name, and maybe puts it into another folder.
macro_rules! changing {
    ($instance:ident, $name:literal, $act:literal, |$($arg:ident: $ty:ty),*| $path:ident, $change:expr
     $(, into $to:ident / $new:ident)?) => {
        $instance.func_wrap_concurrent(
            $name,
            |accessor: &Accessor<Host>, (fd, $($arg),*): (Resource<Descriptor>, $($ty),*)| {
                Box::pin(async move {
                    let shown = $path.clone();
                    let (origin, from) = match sided(accessor, &fd, $act, &shown, true)? {
                        Ok(side) => side,
                        Err(refused) => return Ok((Err(refused),)) as wasmtime::Result<(Result<(), ErrorCode>,)>,
                    };
                    let into: Option<Side> = None;
                    $(let into = match sided(accessor, &$to, $act, &$new, true)? {
                        Ok((_, side)) => into.or(Some(side)),
                        Err(refused) => return Ok((Err(refused),)),
                    };)?
                    let pool = accessor.with(|mut store| store.get().blocking_pool(fd.rep()));
                    let done = pool.within(change::change(from, into, $change)).await;
                    Ok((settle(&origin, $act, &shown, true, done),))
                })
            },
        )?;
    };
}

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
        NewTimestamp::Timestamp(at) => timespec(at.seconds, at.nanoseconds.min(999_999_999).into()),
    };
    Timestamps { last_access: time(accessed), last_modification: time(modified) }
}

fn opening(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    type Params = (Resource<Descriptor>, PathFlags, String, OpenFlags, DescriptorFlags);
    type Opened = Result<Resource<Descriptor>, ErrorCode>;
    instance.func_wrap_concurrent(
        "[method]descriptor.open-at",
        |accessor: &Accessor<Host>, (fd, follow, path, how, flags): Params| {
            Box::pin(async move {
                let writes = how.intersects(OpenFlags::CREATE | OpenFlags::TRUNCATE)
                    || flags.intersects(DescriptorFlags::WRITE | DescriptorFlags::MUTATE_DIRECTORY);
                let (origin, from) = match sided(accessor, &fd, "open", &path, writes)? {
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
                let pool = accessor.with(|mut store| store.get().blocking_pool(fd.rep()));
                let done = pool.within(change::open(from, path.clone(), how)).await;
                let opened = match settle(&origin, "open", &path, writes, done) {
                    Ok(descriptor) => descriptor,
                    Err(refused) => return Ok((Err(refused),)),
                };
                accessor.with(|mut store| {
                    let host = store.get();
                    let descriptor = host.table.push(opened)?;
                    host.remember(descriptor.rep(), origin);
                    Ok((Ok(descriptor),))
                })
            })
        },
    )
}
