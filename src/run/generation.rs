//! One run of one composition: compiled and linked, ready to be instantiated as often as needed.

use std::sync::Arc;

use wasmtime::component::InstancePre;
use wasmtime::{Store, UpdateDeadline};

use crate::model::diagnostic::Diagnostic;
use crate::model::entry::Entry;
use crate::model::graph::ENTRY;
use crate::model::project::Revision;
use crate::run::context::RunContext;
use crate::run::engine::Allocation;
use crate::run::engine::compile_pool::Cancellation;
use crate::run::faults::blame::Blame;
use crate::run::faults::limits::{Budget, Rate};
use crate::run::host::{BlockingPools, Host, Terms};
use crate::run::output::keyboard::Keyboard;
use crate::run::{Crash, Limits, RunRequest, Startup};

/// Most bytes that one call of a guest may hand to the host, which keeps them while the call lasts.
const HANDED_OVER: usize = 16 << 20;

pub(super) struct Generation {
    pub(crate) number: u64,
    pub revision: Revision,
    pub limits: Limits,
    pub(crate) pre: InstancePre<Host>,
    pub startup: Startup,
    /// Machine code, in bytes.
    pub code: usize,
    pub(crate) keyboard: Keyboard,
    terms: Arc<Terms>,
    blame: Blame,
    _counted: Arc<()>,
}

impl Generation {
    /// Compiles and links; blocks for as long as that takes. `serving`: requests are answered meanwhile, and come first.
    ///
    /// # Errors
    /// When Wasmtime refuses the composition or something it imports is missing.
    pub(super) fn prepare(
        request: &RunRequest,
        context: &RunContext,
        serving: bool,
        cancellation: &Cancellation,
    ) -> Result<Self, Box<Diagnostic>> {
        let live = &request.live;
        let instances = if matches!(request.entry, Entry::Http(_)) { request.limits.requests } else { 1 };
        let made = context.module_caches.make(live, instances, serving, request.limits.fuel.is_some(), cancellation)?;
        let startup = Startup {
            compile: made.compiled.took,
            compiled: made.compiled.fresh,
            cached: made.compiled.cached,
            instantiate: made.linked,
            pooled: made.allocation == Allocation::Pooled,
        };
        let image = |range: std::ops::Range<*const u8>| (range.end as usize).saturating_sub(range.start as usize);
        let modules = made.compiled.modules.iter().map(|m| image(m.image_range()));
        let code = image(made.compiled.component.image_range()) + modules.sum::<usize>();
        let node = live.nodes.first().map_or(ENTRY, |(node, _)| node.as_str());
        let export = request.entry.name().split('#').next().unwrap_or_default();
        let entry = live.providers.iter().find(|(name, _)| name == export).map(|(_, node)| node.as_str().into());
        let args = std::iter::once(node.to_string()).chain(request.args.iter().cloned()).collect();
        let keyboard = Keyboard::default();
        Ok(Self {
            number: request.generation,
            revision: request.revision,
            limits: request.limits,
            pre: made.pre,
            startup,
            code,
            terms: Arc::new(Terms {
                generation: request.generation,
                authority: Arc::clone(&context.authority),
                entry,
                node: node.into(),
                args,
                stdin: request.stdin,
                as_written: request.as_written,
                keyboard: keyboard.clone(),
                budget: Budget::new(request.limits.memory),
                limits: request.limits,
                serves: matches!(request.entry, Entry::Http(_)),
                rate: Arc::new(Rate::new(request.limits.log)),
                tap: Arc::clone(&context.tap),
                blocking: Arc::new(BlockingPools::default()),
                stores: Arc::downgrade(&context.census.stores),
            }),
            keyboard,
            blame: Blame::new(Arc::clone(live), made.compiled.modules, context.root.as_deref()),
            _counted: Arc::clone(&context.census.generations),
        })
    }

    /// A store of its own, for one request or for the whole run: what happens in it can't be felt in another.
    pub(super) fn store(&self, request: Option<u64>) -> Store<Host> {
        let mut store = Store::new(self.pre.engine(), Host::new(&self.terms, request));
        store.limiter(|host| &mut host.memory);
        store.set_max_component_handles(self.limits.handles);
        if let Some(fuel) = self.limits.fuel {
            // Only of an engine that does not count it would this be refused.
            let _ = store.set_fuel(fuel);
        }
        // Every tick the guest yields, and whoever runs it may then drop it instead of going on; or it ends here, where its
        // frames tell whose work took too long.
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|mut context| {
            if let Some(over) = context.data().meter().over() {
                return Err(over.into());
            }
            context.data_mut().settle()?;
            Ok(UpdateDeadline::Yield(1))
        });
        // What one call may hand to the host at once.
        store.set_hostcall_fuel(HANDED_OVER);
        store
    }

    /// Says what `error` was; the store it happened in is good for nothing else.
    pub(super) fn crash(&self, error: &wasmtime::Error, store: &Store<Host>) -> Crash {
        store.data().finish();
        self.blame.crash(error, store.data())
    }

    /// A line of studio's own about whoever answers requests, or this one; the same is said once a run.
    pub(crate) fn remark(&self, request: Option<u64>, text: &str) {
        self.terms.remark(request, text);
    }
}
