//! `wasi:filesystem` where studio gives guests no folders, in place of `files.rs` and what it stands on.
//!
//! What a guest does below a granted folder is done from handles, one name of a path at a time (`beneath.rs`), so that no
//! link leads out. Only Unix has the calls for that; elsewhere a node that was granted a folder is warned that it has none.

use std::path::PathBuf;
use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};
use wasmtime_wasi::filesystem::Descriptor;

use crate::grants::{Grants, NodeGrants};
use crate::run::host::Host;

/// The folders that are open: none.
pub(crate) struct Folders;

impl Folders {
    pub(crate) fn new(_: PathBuf) -> Self {
        Self
    }

    pub(crate) fn keep(&self, _: &Grants) {}
}

/// Whose grant a descriptor came from: there are no descriptors.
#[derive(Clone)]
pub(crate) enum Origin {}

impl Origin {
    pub(crate) fn node(&self) -> &Arc<str> {
        match *self {}
    }

    pub(crate) fn folder(&self) -> &str {
        match *self {}
    }
}

impl Host {
    pub(crate) fn origin(&self, descriptor: u32) -> Option<Origin> {
        self.origins.get(&descriptor).cloned()
    }
}

/// `wasi:filesystem/preopens` of one node, of 0.2 or 0.3.
///
/// # Errors
/// When the linker refuses the name.
pub(crate) fn preopens(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    let name = Arc::clone(node);
    instance.func_wrap("get-directories", move |mut store: StoreContextMut<'_, Host>, (): ()| {
        let node = store.data_mut().node_named(&name);
        let folders = node.ask(NodeGrants::folders);
        if folders.is_empty() {
            node.no_folder();
        }
        for folder in folders {
            let path = node.folder(&folder.host);
            let text =
                format!("the folder {} is granted, but on this system studio gives guests no folders", path.display());
            node.log_once(format!("files {folder}"), &text);
        }
        Ok((Vec::new(),)) as wasmtime::Result<(Vec<(Resource<Descriptor>, String)>,)>
    })
}
