//! What guests find outside: WASI 0.2 and 0.3 with nothing granted, and stdout and stderr that know whose they are.
//!
//! Denied must be something a guest can live with: no preopened directories, an empty environment, end of input,
//! refused connections. Clocks and random numbers are real.
//!
//! The seam for capabilities per node is [`provide`]: an import that belongs to one node alone comes with its name and
//! its node, and gets functions of its own; whatever is not labelled gets the standard, denying implementation.

mod outbound;
mod stdio;

use std::sync::Arc;

use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_config::{WasiConfig, WasiConfigVariables};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::Stdin;
use super::limits::{Budget, Share};
use super::tap::{Pipe, Tap};
use crate::compose::Label;
use crate::model::log::Stream;
use crate::model::port::InterfaceName;

/// Handles a store may hold at a time: far above what programs use, and far below what would hurt the host.
const MAX_HANDLES: usize = 1 << 20;

/// What every store of a generation is made with.
#[derive(Clone)]
pub struct Grants {
    pub generation: u64,
    /// The node that unlabelled output is attributed to.
    pub node: Arc<str>,
    /// With the program's own name first.
    pub args: Arc<[String]>,
    pub stdin: Stdin,
    pub budget: Budget,
    pub tap: Arc<Tap>,
}

/// The data of one store.
pub struct Host {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: outbound::Denied,
    config: WasiConfigVariables,
    table: ResourceTable,
    tap: Arc<Tap>,
    generation: u64,
    /// The node that unlabelled output is attributed to.
    node: Arc<str>,
    pipes: Vec<Arc<Pipe>>,
    pub memory: Share,
}

impl Host {
    pub fn new(grants: &Grants) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(MAX_HANDLES);
        let mut host = Self {
            wasi: WasiCtx::default(),
            http: WasiHttpCtx::new(),
            outbound: outbound::Denied,
            config: WasiConfigVariables::new(),
            table,
            tap: Arc::clone(&grants.tap),
            generation: grants.generation,
            node: Arc::clone(&grants.node),
            pipes: Vec::new(),
            memory: Share::new(grants.budget.clone()),
        };
        let mut wasi = WasiCtx::builder();
        wasi.args(&grants.args)
            .stdout(stdio::Output(host.pipe(&grants.node, Stream::Stdout)))
            .stderr(stdio::Output(host.pipe(&grants.node, Stream::Stderr)));
        if grants.stdin == Stdin::Inherit {
            wasi.stdin(tokio::io::stdin());
        }
        host.wasi = wasi.build();
        host
    }

    /// The stream of that node in this store.
    fn pipe(&mut self, node: &str, stream: Stream) -> Arc<Pipe> {
        if let Some(pipe) = self.pipes.iter().find(|p| p.stream() == stream && p.node() == node) {
            return Arc::clone(pipe);
        }
        let pipe = Pipe::new(Arc::clone(&self.tap), node.into(), stream, self.generation);
        self.pipes.push(Arc::clone(&pipe));
        pipe
    }

    pub fn node(&self) -> &str {
        &self.node
    }

    /// No guest writes here any more: lines that never ended are given out.
    pub fn finish(&self) {
        self.pipes.iter().for_each(|p| p.finish());
    }

    /// What each node wrote to stderr last.
    pub fn last_words(&self) -> impl Iterator<Item = (&str, Vec<String>)> {
        self.pipes.iter().filter(|p| p.stream() == Stream::Stderr).map(|p| (p.node(), p.tail()))
    }
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Host {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.outbound, table: &mut self.table, ctx: &mut self.http }
    }
}

/// Everything that is not labelled, the same for every composition. WASI 0.2 and 0.3 live in one linker.
///
/// # Errors
/// When two of the implementations overlap, which a test would show.
pub fn standard(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi::p3::add_to_linker(linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)?;
    wasmtime_wasi_http::p3::add_to_linker(linker)?;
    wasmtime_wasi_config::add_to_linker(linker, |host| WasiConfig::from(&host.config))
}

/// Gives a node the import that is its own. `false`: no such capability is known here.
///
/// # Errors
/// When the linker refuses the import's name.
pub fn provide(linker: &mut Linker<Host>, label: &Label) -> wasmtime::Result<bool> {
    let Some(name) = InterfaceName::parse(&label.interface) else { return Ok(false) };
    let Some(version) = name.version.filter(|_| (name.namespace, name.package) == ("wasi", "cli")) else {
        return Ok(false);
    };
    let stream = match name.interface {
        "stdout" => Stream::Stdout,
        "stderr" => Stream::Stderr,
        _ => return Ok(false),
    };
    let mut instance = linker.instance(&label.import)?;
    match (version.major, version.minor) {
        (0, 2) => stdio::p2(&mut instance, &label.node, stream)?,
        (0, 3) => stdio::p3(&mut instance, &label.node, stream)?,
        _ => return Ok(false),
    }
    Ok(true)
}
