//! The functions of `wasi:filesystem/types` 0.3 that take a path: check, do, note, as in 0.2.

use wasmtime::component::{Accessor, LinkerInstance, Resource};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystem, WasiFilesystemView as _};
use wasmtime_wasi::p3::bindings::filesystem::types::{
    DescriptorFlags, DescriptorStat, ErrorCode, HostDescriptorWithStore as _, MetadataHashValue, NewTimestamp,
    OpenFlags, PathFlags,
};

use super::Host;
use super::files::{Origin, Refusal, Refused, check, note};
use crate::run::descriptors;

/// What the standard implementation of this interface is known by in the linker.
pub const TYPES: &str = "wasi:filesystem/types@0.3.0";

impl Refused for ErrorCode {
    fn of(refusal: Refusal) -> Self {
        match refusal {
            Refusal::ReadOnly => Self::ReadOnly,
            Refusal::Access => Self::Access,
        }
    }

    fn is_one(&self) -> bool {
        matches!(self, Self::NotPermitted | Self::Access | Self::ReadOnly)
    }
}

fn origin(accessor: &Accessor<Host>, descriptor: &Resource<Descriptor>) -> Option<Origin> {
    accessor.with(|mut store| store.get().origin(descriptor.rep()))
}

/// A function of 0.3 descriptors that takes a path (and maybe another folder with another path).
macro_rules! guarded {
    ($instance:ident, $name:literal, $act:literal, |$($arg:ident: $ty:ty),*| $path:ident, $writes:expr,
     $method:ident -> $result:ty $(, also $to:ident / $new:ident)?) => {
        $instance.func_wrap_concurrent(
            $name,
            |accessor: &Accessor<Host>, (fd, $($arg),*): (Resource<Descriptor>, $($ty),*)| {
                Box::pin(async move {
                    let origin = origin(accessor, &fd);
                    let (path, writes) = ($path.clone(), $writes);
                    if let Err(refused) = check(origin.as_ref(), $act, &path, writes) {
                        return Ok((Err(refused),)) as wasmtime::Result<(Result<$result, ErrorCode>,)>;
                    }
                    $(if let Err(refused) = check(self::origin(accessor, &$to).as_ref(), $act, &$new, true) {
                        return Ok((Err(refused),));
                    })?
                    let files = accessor.with_getter::<WasiFilesystem>(Host::filesystem);
                    let pool = accessor.with(|mut store| store.get().blocking_pool(fd.rep()));
                    let done = match pool.within(WasiFilesystem::$method(&files, fd, $($arg),*)).await {
                        Ok(value) => Ok(value),
                        Err(error) => Err(error.downcast()?),
                    };
                    Ok((note(origin.as_ref(), $act, &path, writes, done),))
                })
            },
        )?;
    };
}

pub fn paths(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    guarded!(instance, "[method]descriptor.stat-at", "look at", |flags: PathFlags, path: String| path, false,
        stat_at -> DescriptorStat);
    guarded!(instance, "[method]descriptor.metadata-hash-at", "look at", |flags: PathFlags, path: String| path, false,
        metadata_hash_at -> MetadataHashValue);
    guarded!(instance, "[method]descriptor.readlink-at", "read the link", |path: String| path, false,
        readlink_at -> String);
    guarded!(instance, "[method]descriptor.create-directory-at", "create", |path: String| path, true,
        create_directory_at -> ());
    guarded!(instance, "[method]descriptor.unlink-file-at", "delete", |path: String| path, true,
        unlink_file_at -> ());
    guarded!(instance, "[method]descriptor.remove-directory-at", "delete", |path: String| path, true,
        remove_directory_at -> ());
    guarded!(instance, "[method]descriptor.symlink-at", "link to", |target: String, path: String| target, true,
        symlink_at -> ());
    guarded!(instance, "[method]descriptor.set-times-at", "change the times of",
        |flags: PathFlags, path: String, accessed: NewTimestamp, modified: NewTimestamp| path, true,
        set_times_at -> ());
    guarded!(instance, "[method]descriptor.link-at", "link",
        |flags: PathFlags, path: String, to: Resource<Descriptor>, new: String| path, true,
        link_at -> (), also to / new);
    guarded!(instance, "[method]descriptor.rename-at", "rename",
        |path: String, to: Resource<Descriptor>, new: String| path, true,
        rename_at -> (), also to / new);
    opening(instance)
}

fn opening(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    type Params = (Resource<Descriptor>, PathFlags, String, OpenFlags, DescriptorFlags);
    type Opened = Result<Resource<Descriptor>, ErrorCode>;
    instance.func_wrap_concurrent(
        "[method]descriptor.open-at",
        |accessor: &Accessor<Host>, (fd, follow, path, how, flags): Params| {
            Box::pin(async move {
                let origin = origin(accessor, &fd);
                let writes = how.intersects(OpenFlags::CREATE | OpenFlags::TRUNCATE)
                    || flags.intersects(DescriptorFlags::WRITE | DescriptorFlags::MUTATE_DIRECTORY);
                if let Err(refused) = check(origin.as_ref(), "open", &path, writes) {
                    return Ok((Err(refused),)) as wasmtime::Result<(Opened,)>;
                }
                if !descriptors::for_guests() {
                    return Ok((Err(ErrorCode::InsufficientMemory),));
                }
                let files = accessor.with_getter::<WasiFilesystem>(Host::filesystem);
                let pool = accessor.with(|mut store| store.get().blocking_pool(fd.rep()));
                let opening = WasiFilesystem::open_at(&files, fd, follow, path.clone(), how, flags);
                let done = match pool.within(opening).await {
                    Ok(value) => Ok(value),
                    Err(error) => Err(error.downcast()?),
                };
                let opened = note(origin.as_ref(), "open", &path, writes, done);
                if let (Ok(descriptor), Some(origin)) = (&opened, origin) {
                    accessor.with(|mut store| store.get().remember(descriptor.rep(), origin));
                }
                Ok((opened,))
            })
        },
    )
}
