//! `wasi:filesystem`: the folders a node was granted, and who opens what below them.
//!
//! Descriptors are shared between nodes, for they are resources; each remembers whose grant it came from, and every
//! path it is asked for is checked against that grant as it is then.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};
use wasmtime_wasi::filesystem::{WasiFilesystemCtxView, WasiFilesystemView as _};
use wasmtime_wasi::p2::FsResult;
use wasmtime_wasi::p2::bindings::filesystem::preopens;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    Descriptor, DescriptorFlags, DescriptorStat, ErrorCode, HostDescriptor, MetadataHashValue, NewTimestamp, OpenFlags,
    PathFlags,
};
use wasmtime_wasi::{FsPerms, WasiCtx};

use super::Host;
use super::authority::Node;
use crate::model::grants::{Folder, Kind, Mode};
use crate::run::descriptors;

/// What the standard implementation of this interface is known by in the linker.
pub const TYPES: &str = "wasi:filesystem/types@0.2.12";

/// Whose grant a descriptor came from.
#[derive(Clone)]
pub struct Origin {
    node: Node,
    folder: Arc<Folder>,
}

impl Origin {
    /// The node it was granted to.
    pub fn node(&self) -> &Arc<str> {
        &self.node.name
    }

    /// The folder, as guests know it.
    pub fn folder(&self) -> &str {
        &self.folder.guest
    }
}

/// Why a path may not be used that way.
#[derive(Clone, Copy)]
pub enum Refusal {
    ReadOnly,
    Access,
}

/// The error codes of one version of the interface.
pub trait Refused {
    fn of(refusal: Refusal) -> Self;
    /// The implementation itself refuses what leads out of a folder, or may not be written.
    fn is_one(&self) -> bool;
}

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

impl Host {
    pub fn origin(&self, descriptor: u32) -> Option<Origin> {
        self.origins.get(&descriptor).cloned()
    }

    pub fn remember(&mut self, descriptor: u32, origin: Origin) {
        self.origins.insert(descriptor, origin);
    }
}

/// `wasi:filesystem/preopens` of one node, of 0.2 or 0.3.
pub fn preopens(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    let name = Arc::clone(node);
    instance.func_wrap("get-directories", move |mut store: StoreContextMut<'_, Host>, (): ()| {
        Ok((open(store.data_mut(), &name)?,)) as wasmtime::Result<(Vec<(Resource<Descriptor>, String)>,)>
    })
}

fn open(host: &mut Host, name: &Arc<str>) -> wasmtime::Result<Vec<(Resource<Descriptor>, String)>> {
    let node = host.node_named(name);
    let folders: Vec<Folder> = node.ask(|grants| grants.folders().cloned().collect());
    if folders.is_empty() {
        node.denied(Kind::Files, String::new(), "it asked for its folders and has none".into());
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for folder in folders {
        let perms = if folder.mode == Mode::ReadWrite { FsPerms::ReadWrite } else { FsPerms::ReadOnly };
        let mut ctx = WasiCtx::builder();
        let path = node.folder(&folder.host);
        if let Err(error) = ctx.preopened_dir(&path, &folder.guest, perms) {
            let text = format!("the folder {} is granted, but can't be opened: {error}", path.display());
            node.tell(format!("files {folder}"), text);
            continue;
        }
        let mut ctx = ctx.build();
        let mut view = WasiFilesystemCtxView { ctx: ctx.filesystem(), table: &mut host.table };
        let folder = Arc::new(folder);
        for (descriptor, guest) in preopens::Host::get_directories(&mut view)? {
            let origin = Origin { node: node.clone(), folder: Arc::clone(&folder) };
            host.origins.insert(descriptor.rep(), origin);
            all.push((descriptor, guest));
        }
    }
    Ok(all)
}

/// Whether the grant still allows this.
pub fn check<E: Refused>(origin: Option<&Origin>, act: &str, path: &str, writes: bool) -> Result<(), E> {
    let Some(Origin { node, folder }) = origin else { return Ok(()) };
    let now = node.ask(|grants| grants.folders().find(|f| f.host == folder.host && f.guest == folder.guest).cloned());
    match now {
        Some(now) if !writes || now.mode == Mode::ReadWrite => Ok(()),
        now => {
            let grant = grant(folder, writes);
            node.denied(Kind::Files, grant, detail(folder, act, path));
            Err(E::of(if now.is_some() { Refusal::ReadOnly } else { Refusal::Access }))
        }
    }
}

/// Puts down how it went: what leads out of the folder is denied by the implementation itself.
pub fn note<T, E: Refused>(
    origin: Option<&Origin>,
    act: &str,
    path: &str,
    writes: bool,
    result: Result<T, E>,
) -> Result<T, E> {
    let Some(Origin { node, folder }) = origin else { return result };
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

fn told<T>(result: FsResult<T>) -> wasmtime::Result<Result<T, ErrorCode>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error) => Ok(Err(error.downcast()?)),
    }
}

fn grant(folder: &Folder, writes: bool) -> String {
    let mode = if writes { Mode::ReadWrite } else { Mode::Read };
    format!("files={}", Folder { mode, ..folder.clone() })
}

fn detail(folder: &Folder, act: &str, path: &str) -> String {
    // As much of a path as a person reads.
    let path: String = path.chars().take(200).collect();
    format!("{act} {path} in {}", folder.host.display())
}

/// A function of 0.2 descriptors that takes a path (and maybe another folder with another path): check, do, note.
macro_rules! guarded {
    ($instance:ident, $name:literal, $act:literal, |$($arg:ident: $ty:ty),*| $path:ident, $writes:expr,
     $method:ident -> $result:ty $(, also $to:ident / $new:ident)?) => {
        $instance.func_wrap_async(
            $name,
            |mut store: StoreContextMut<'_, Host>, (fd, $($arg),*): (Resource<Descriptor>, $($ty),*)| {
                Box::new(async move {
                    let host = store.data_mut();
                    let origin = host.origins.get(&fd.rep()).cloned();
                    let (path, writes) = ($path.clone(), $writes);
                    if let Err(refused) = check(origin.as_ref(), $act, &path, writes) {
                        return Ok((Err(refused),)) as wasmtime::Result<(Result<$result, ErrorCode>,)>;
                    }
                    $(if let Err(refused) = check(host.origins.get(&$to.rep()), $act, &$new, true) {
                        return Ok((Err(refused),));
                    })?
                    let pool = host.blocking_pool(fd.rep());
                    let done = pool.within(HostDescriptor::$method(&mut host.filesystem(), fd, $($arg),*)).await;
                    Ok((note(origin.as_ref(), $act, &path, writes, told(done)?),))
                })
            },
        )?;
    };
}

/// The functions of `wasi:filesystem/types` 0.2 that take a path.
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
    instance.func_wrap_async(
        "[method]descriptor.open-at",
        |mut store: StoreContextMut<'_, Host>, (fd, follow, path, how, flags): Params| {
            Box::new(async move {
                let host = store.data_mut();
                let origin = host.origins.get(&fd.rep()).cloned();
                let writes = how.intersects(OpenFlags::CREATE | OpenFlags::TRUNCATE)
                    || flags.intersects(DescriptorFlags::WRITE | DescriptorFlags::MUTATE_DIRECTORY);
                if let Err(refused) = check(origin.as_ref(), "open", &path, writes) {
                    return Ok((Err(refused),)) as wasmtime::Result<(Opened,)>;
                }
                if !descriptors::for_guests() {
                    return Ok((Err(ErrorCode::InsufficientMemory),));
                }
                let pool = host.blocking_pool(fd.rep());
                let done = pool
                    .within(HostDescriptor::open_at(&mut host.filesystem(), fd, follow, path.clone(), how, flags))
                    .await;
                let opened = note(origin.as_ref(), "open", &path, writes, told(done)?);
                if let (Ok(descriptor), Some(origin)) = (&opened, origin) {
                    host.origins.insert(descriptor.rep(), origin);
                }
                Ok((opened,))
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

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
