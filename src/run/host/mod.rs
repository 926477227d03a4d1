//! What guests find outside: WASI 0.2 and 0.3, each capability as the node that asks for it was granted it.
//!
//! Denied must be something a guest can live with: no preopened directories, an empty environment, end of input,
//! refused connections, a clock that stands, the same random numbers every time (docs/grants.md).
//!
//! The seam is [`provide`]: an import that belongs to one node alone comes with its name and its node, and gets
//! functions of its own, one file a capability; whatever is not labelled gets the standard, denying implementation.

mod authority;
#[cfg(unix)]
mod beneath;
mod blocking;
#[cfg(unix)]
mod change;
mod clocks;
mod config;
#[cfg(unix)]
mod directory;
mod environment;
#[cfg(unix)]
mod files;
#[cfg(unix)]
mod files_p3;
#[cfg(unix)]
mod folders;
mod held;
#[cfg(not(unix))]
mod no_files;
mod outbound;
mod poll;
#[cfg(unix)]
mod quota;
mod random;
mod sockets;
mod sockets_p3;
#[cfg(unix)]
mod sources;
mod stdin;
mod stdio;
mod tls;
#[cfg(unix)]
mod writes;
#[cfg(unix)]
mod writes_p3;

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_config::{WasiConfig, WasiConfigVariables};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

pub(super) use authority::Authority;
#[cfg(not(unix))]
use no_files::{self as files, self as folders};

use crate::compose::Label;
use crate::log::Stream;
use crate::model::limits::Limits;
use crate::model::port::InterfaceName;
use crate::run::Stdin;
use crate::run::faults::limits::{Budget, Meter, Most, Rate, Share, Term};
use crate::run::host::authority::Node;
pub(super) use crate::run::host::blocking::BlockingPools;
use crate::run::host::random::Seeded;
use crate::run::output::keyboard::Keyboard;
use crate::run::output::tap::{Origin, Pipe, Tap};

/// Bytes of headers that one handle may hold: with the most handles there may be, as much as the most memory.
const FIELDS: usize = 64 << 10;

/// What every store of a generation is made with.
#[derive(Clone)]
pub(crate) struct Terms {
    pub generation: u64,
    pub(crate) authority: Arc<Authority>,
    /// The node the run starts in: it gets the run's arguments and standard input.
    pub entry: Option<Arc<str>>,
    /// The node that unlabelled output is attributed to.
    pub node: Arc<str>,
    /// With the program's own name first.
    pub args: Arc<[String]>,
    pub stdin: Stdin,
    /// What guests write is wanted byte for byte.
    pub(crate) as_written: bool,
    pub(crate) keyboard: Keyboard,
    pub(crate) budget: Budget,
    pub limits: Limits,
    /// Each store is a request's, not the whole run's.
    pub(crate) serves: bool,
    pub rate: Arc<Rate>,
    pub(crate) tap: Arc<Tap>,
    /// Where calls may block.
    pub(crate) blocking: Arc<BlockingPools>,
    /// Held by every store, so that stores can be counted.
    pub stores: Weak<()>,
}

impl Terms {
    /// A line of studio's own about whoever answers requests, or this one; the same is said once a run.
    pub(crate) fn remark(&self, request: Option<u64>, text: &str) {
        let name = Arc::clone(self.entry.as_ref().unwrap_or(&self.node));
        let authority = Arc::clone(&self.authority);
        Node { name, generation: self.generation, request, authority }.log_once(text.to_owned(), text);
    }
}

/// The data of one store.
pub(crate) struct Host {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: outbound::Outbound,
    config: WasiConfigVariables,
    table: ResourceTable,
    terms: Arc<Terms>,
    /// Whose grant a descriptor came from, by its place in the table. Every new one in that place is put down anew.
    origins: HashMap<u32, files::Origin>,
    /// Whose a handle to the network is, likewise.
    networks: HashMap<u32, Arc<str>>,
    seeded: HashMap<Arc<str>, Seeded>,
    pipes: Vec<Arc<Pipe>>,
    pub memory: Share,
    /// Bodies it made, and directories it reads.
    bodies: usize,
    listings: Arc<()>,
    meter: Arc<Meter>,
    /// The request it works on.
    request: Option<u64>,
    _counted: Option<Arc<()>>,
}

impl Host {
    pub(crate) fn new(terms: &Arc<Terms>, request: Option<u64>) -> Self {
        let mut table = ResourceTable::new();
        let limits = &terms.limits;
        table.set_max_capacity(limits.handles);
        let (what, memory) = match terms.serves {
            true => ("a request", limits.request_memory),
            false => ("a run", limits.memory),
        };
        let term = match terms.serves {
            true => Term::Answer(limits.request),
            false => limits.time.map_or(Term::Unlimited, Term::Whole),
        };
        let most = Most { what, memory, instances: limits.instances, tables: limits.tables };
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(FIELDS);
        let mut host = Self {
            wasi: WasiCtx::default(),
            http,
            outbound: outbound::Outbound::default(),
            config: WasiConfigVariables::new(),
            table,
            terms: Arc::clone(terms),
            origins: HashMap::new(),
            networks: HashMap::new(),
            seeded: HashMap::new(),
            pipes: Vec::new(),
            memory: Share::new(terms.budget.clone(), most),
            bodies: 0,
            listings: Arc::default(),
            meter: Arc::new(Meter::new(what, limits.cpu, term)),
            request,
            _counted: terms.stores.upgrade(),
        };
        let mut wasi = WasiCtx::builder();
        wasi.args(&terms.args)
            .stdout(stdio::Output(host.pipe(&terms.node, Stream::Stdout), Arc::clone(&terms.rate)))
            .stderr(stdio::Output(host.pipe(&terms.node, Stream::Stderr), Arc::clone(&terms.rate)));
        match terms.stdin {
            Stdin::Empty => {}
            Stdin::Inherit => {
                wasi.stdin(tokio::io::stdin());
            }
            Stdin::Typed => {
                wasi.stdin(terms.keyboard.clone());
            }
        }
        host.wasi = wasi.build();
        host
    }

    /// The stream of that node in this store.
    fn pipe(&mut self, node: &str, stream: Stream) -> Arc<Pipe> {
        if let Some(pipe) = self.pipes.iter().find(|p| p.stream() == stream && p.node() == node) {
            return Arc::clone(pipe);
        }
        let (tap, generation) = (Arc::clone(&self.terms.tap), self.terms.generation);
        let origin = Origin { generation, request: self.request, as_written: self.terms.as_written };
        let pipe = Pipe::with(tap, node.into(), stream, origin);
        self.pipes.push(Arc::clone(&pipe));
        pipe
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.terms.limits
    }

    /// What this store's guests have had of the processor and the time.
    pub(crate) fn meter(&self) -> Arc<Meter> {
        Arc::clone(&self.meter)
    }

    /// The node that unlabelled output is attributed to.
    pub(crate) fn node(&self) -> &str {
        &self.terms.node
    }

    /// The node the run starts in.
    pub(crate) fn entry(&self) -> Option<&str> {
        self.terms.entry.as_deref()
    }

    fn node_named(&self, name: &Arc<str>) -> Node {
        Node {
            name: Arc::clone(name),
            generation: self.terms.generation,
            request: self.request,
            authority: Arc::clone(&self.terms.authority),
        }
    }

    fn is_entry(&self, name: &Arc<str>) -> bool {
        self.terms.entry.as_ref().is_some_and(|entry| entry == name)
    }

    /// The run's arguments, the program's own name left out.
    fn run_args(&self) -> &[String] {
        self.terms.args.get(1..).unwrap_or_default()
    }

    fn rate(&self) -> Arc<Rate> {
        Arc::clone(&self.terms.rate)
    }

    /// Where input comes from. Nobody types for a request.
    fn stdin(&self) -> Stdin {
        if self.terms.serves && self.terms.stdin == Stdin::Typed { Stdin::Empty } else { self.terms.stdin }
    }

    fn keyboard(&self) -> Keyboard {
        self.terms.keyboard.clone()
    }

    fn seeded(&mut self, name: &Arc<str>) -> &mut Seeded {
        self.seeded.entry(Arc::clone(name)).or_insert_with(|| Seeded::new(name))
    }

    /// No guest writes here any more: lines that never ended are given out.
    pub(crate) fn finish(&self) {
        self.pipes.iter().for_each(|p| p.finish());
    }

    /// What each node wrote to stderr last.
    pub(crate) fn last_words(&self) -> impl Iterator<Item = (&str, Vec<String>)> {
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
pub(super) fn standard(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi::p3::add_to_linker(linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)?;
    wasmtime_wasi_http::p3::add_to_linker(linker)?;
    wasmtime_wasi_config::add_to_linker(linker, |host| WasiConfig::from(&host.config))?;
    // Shared by all nodes, and yet asked on behalf of one.
    linker.allow_shadowing(true);
    blocking::p2(&mut linker.instance(blocking::P2)?)?;
    blocking::p3(&mut linker.instance(blocking::P3)?)?;
    held::http_p2(&mut linker.instance(held::HTTP_P2)?)?;
    held::http_p3(&mut linker.instance(held::HTTP_P3)?)?;
    #[cfg(unix)]
    {
        directory::p2(&mut linker.instance(blocking::P2)?)?;
        directory::p3(&mut linker.instance(blocking::P3)?)?;
        files::paths(&mut linker.instance(blocking::P2)?)?;
        files_p3::paths(&mut linker.instance(blocking::P3)?)?;
        writes::counted(&mut linker.instance(blocking::P2)?)?;
        writes_p3::counted(&mut linker.instance(blocking::P3)?)?;
    }
    poll::within(&mut linker.instance(poll::POLL)?)?;
    poll::streams(&mut linker.instance(poll::STREAMS)?)?;
    sockets::connecting(&mut linker.instance(sockets::TCP)?)?;
    sockets::name_lookup(&mut linker.instance(sockets::NAME_LOOKUP)?)?;
    linker.allow_shadowing(false);
    Ok(())
}

/// Gives a node the import that is its own. `false`: no such capability is known here.
///
/// # Errors
/// When the linker refuses the import's name.
pub(super) fn provide(linker: &mut Linker<Host>, label: &Label) -> wasmtime::Result<bool> {
    let Some(name) = InterfaceName::parse(&label.interface) else { return Ok(false) };
    let is_p3 = match name.version {
        Some(version) if name.namespace == "wasi" && version.major == 0 && matches!(version.minor, 2 | 3) => {
            version.minor == 3
        }
        _ => return Ok(false),
    };
    let node: Arc<str> = label.node.as_str().into();
    // What both defines and grants is provided as a whole, and then in part once more.
    linker.allow_shadowing(true);
    let instance = &mut linker.instance(&label.import)?;
    match (name.package, name.interface, is_p3) {
        ("cli", "stdout", false) => stdio::p2(instance, &label.node, Stream::Stdout)?,
        ("cli", "stdout", true) => stdio::p3(instance, &label.node, Stream::Stdout)?,
        ("cli", "stderr", false) => stdio::p2(instance, &label.node, Stream::Stderr)?,
        ("cli", "stderr", true) => stdio::p3(instance, &label.node, Stream::Stderr)?,
        ("cli", "stdin", false) => stdin::p2(instance, &node)?,
        ("cli", "stdin", true) => stdin::p3(instance, &node)?,
        ("cli", "environment", _) => environment::provide(instance, &node, is_p3)?,
        ("filesystem", "preopens", _) => files::preopens(instance, &node)?,
        ("sockets", "instance-network", false) => sockets::network(instance, &node)?,
        ("sockets", "tcp-create-socket", false) => sockets::tcp(instance, &node)?,
        ("sockets", "udp-create-socket", false) => sockets::udp(instance, &node)?,
        ("sockets", "types", true) => sockets_p3::provide(instance, &node)?,
        ("sockets", "ip-name-lookup", true) => sockets_p3::names(instance, &node)?,
        ("http", "outgoing-handler", false) => outbound::provide_p2(instance, &node)?,
        ("http", "client", true) => outbound::provide_p3(instance, &node)?,
        ("clocks", "wall-clock", false) => clocks::p2(instance, &node)?,
        ("clocks", "system-clock", true) => clocks::p3(instance, &node)?,
        ("random", interface, _) => random::provide(instance, &node, interface, is_p3)?,
        ("config", "store", false) => config::provide(instance, &node)?,
        _ => return Ok(false),
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use crate::model::host::all;
    use crate::run::engine::{Allocation, Counting, engine};
    use crate::run::host::*;
    use wasmtime::component::ResourceType;

    /// One function or resource of each interface that has one and is not called after it.
    const ITEMS: &[(&str, &str)] = &[
        ("environment", "get-environment"),
        ("cli/stdin@0.2", "get-stdin"),
        ("cli/stdout@0.2", "get-stdout"),
        ("cli/stderr@0.2", "get-stderr"),
        ("cli/stdin@0.3", "read-via-stream"),
        ("cli/stdout@0.3", "write-via-stream"),
        ("cli/stderr@0.3", "write-via-stream"),
        ("terminal-stdin", "get-terminal-stdin"),
        ("terminal-stdout", "get-terminal-stdout"),
        ("terminal-stderr", "get-terminal-stderr"),
        ("-clock", "now"),
        ("wasi:filesystem/types", "descriptor"),
        ("preopens", "get-directories"),
        ("wasi:http/types", "fields"),
        ("outgoing-handler", "handle"),
        ("http/client", "send"),
        ("streams", "input-stream"),
        ("random/random", "get-random-bytes"),
        ("random/insecure@", "get-insecure-random-bytes"),
        ("insecure-seed@0.3", "get-insecure-seed"),
        ("ip-name-lookup", "resolve-addresses"),
        ("sockets/tcp@", "tcp-socket"),
        ("sockets/udp@", "udp-socket"),
        ("tcp-create-socket", "create-tcp-socket"),
        ("udp-create-socket", "create-udp-socket"),
        ("wasi:sockets/types@0.3", "tcp-socket"),
        ("config/store", "get"),
    ];

    /// What is said to be the host's to give (`model::host`) is what the linker has.
    #[test]
    fn the_host_gives_what_it_is_said_to() {
        let (engine, _) = engine(None, Allocation::OnDemand, Counting::Nothing).unwrap();
        let mut linker = Linker::new(&engine);
        standard(&mut linker).unwrap();
        for name in all().filter(|name| !["wasi:cli/types@0.3", "wasi:clocks/types@0.3"].contains(&name.as_str())) {
            let (path, version) = name.split_once('@').unwrap();
            let whole = match (path, version) {
                ("wasi:config/store", _) => "0.2.0-rc.1",
                (_, "0.2") => "0.2.12",
                _ => "0.3.0",
            };
            let same = path.rsplit('/').next().unwrap();
            let item = ITEMS.iter().find(|(part, _)| name.contains(part)).map_or(same, |(_, item)| *item);
            let mut instance = linker.instance(&format!("{path}@{whole}")).unwrap();
            // What is there already cannot be defined once more.
            let free = instance.resource(item, ResourceType::host::<u8>(), |_, _| Ok(()));
            assert!(free.is_err(), "the linker has no `{item}` in `{path}@{whole}`");
        }
    }
}
