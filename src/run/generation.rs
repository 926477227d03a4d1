//! One run of one composition: compiled and linked, ready to be instantiated as often as needed.

use std::path::Path;
use std::sync::Arc;

use wasmtime::component::InstancePre;
use wasmtime::{Store, UpdateDeadline};

use super::blame::Blame;
use super::host::{Authority, Host, Terms};
use super::limits::{Budget, Rate};
use super::link::Links;
use super::modules::Modules;
use super::tap::Tap;
use super::{Crash, Limits, RunRequest, Startup};
use crate::model::diagnostic::Diagnostic;
use crate::model::entry::Entry;
use crate::model::graph::ENTRY;
use crate::model::project::Revision;

pub struct Generation {
    pub number: u64,
    pub revision: Revision,
    pub limits: Limits,
    pub pre: InstancePre<Host>,
    pub startup: Startup,
    terms: Arc<Terms>,
    blame: Blame,
}

impl Generation {
    /// Compiles and links; blocks for as long as that takes.
    ///
    /// # Errors
    /// When Wasmtime refuses the composition or something it imports is missing.
    pub fn prepare(
        request: &RunRequest,
        modules: &Modules,
        links: &Links,
        tap: &Arc<Tap>,
        authority: &Arc<Authority>,
        root: Option<&Path>,
    ) -> Result<Self, Box<Diagnostic>> {
        let live = &request.live;
        let compiled = modules.compile(live)?;
        let linking = std::time::Instant::now();
        let pre = links.link(live, &compiled)?;
        let startup = Startup {
            compile: compiled.took,
            compiled: compiled.fresh,
            cached: compiled.cached,
            instantiate: linking.elapsed(),
        };
        let node = live.nodes.first().map_or(ENTRY, |(node, _)| node.as_str());
        let export = request.entry.name().split('#').next().unwrap_or_default();
        let entry = live.providers.iter().find(|(name, _)| name == export).map(|(_, node)| node.as_str().into());
        let args = std::iter::once(node.to_string()).chain(request.args.iter().cloned()).collect();
        Ok(Self {
            number: request.generation,
            revision: request.revision,
            limits: request.limits,
            pre,
            startup,
            terms: Arc::new(Terms {
                generation: request.generation,
                authority: Arc::clone(authority),
                entry,
                node: node.into(),
                args,
                stdin: request.stdin,
                budget: Budget::new(request.limits.memory),
                limits: request.limits,
                serves: matches!(request.entry, Entry::Http(_)),
                rate: Arc::new(Rate::new(request.limits.log)),
                tap: Arc::clone(tap),
            }),
            blame: Blame::new(Arc::clone(live), compiled.modules, root),
        })
    }

    /// A store of its own: what happens in it can't be felt in another.
    pub fn store(&self) -> Store<Host> {
        let mut store = Store::new(self.pre.engine(), Host::new(&self.terms));
        store.limiter(|host| &mut host.memory);
        store.set_max_component_handles(self.limits.handles);
        // Every tick the guest yields, and whoever runs it may then drop it instead of going on; or it ends here, where its
        // frames tell whose work took too long.
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|context| match context.data().meter().over() {
            Some(over) => Err(over.into()),
            None => Ok(UpdateDeadline::Yield(1)),
        });
        store
    }

    /// Says what `error` was; the store it happened in is good for nothing else.
    pub fn crash(&self, error: &wasmtime::Error, store: &Store<Host>) -> Crash {
        store.data().finish();
        self.blame.crash(error, store.data())
    }
}
