//! What every generation of a session is made with.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use parking_lot::Mutex;

use crate::run::engine::cache::ModuleCaches;
use crate::run::faults::ticker::Ticker;
use crate::run::host::Authority;
use crate::run::output::keyboard::Keyboard;
use crate::run::output::tap::Tap;
use crate::run::serve::handler::Help;
use crate::run::serve::records::Records;

/// Shared with the thread that compiles.
pub(super) struct RunContext {
    pub(crate) module_caches: ModuleCaches,
    pub(crate) tap: Arc<Tap>,
    pub(crate) records: Arc<Records>,
    pub(crate) ticker: Arc<Ticker>,
    pub(crate) authority: Arc<Authority>,
    /// The folder that places in crashes are shown relative to.
    pub root: Option<PathBuf>,
    pub(crate) census: Census,
    /// The keyboard of what runs.
    pub(crate) keyboard: Arc<Mutex<Keyboard>>,
    /// The number of the next request.
    pub next: Arc<AtomicU64>,
}

impl RunContext {
    pub(super) fn help(&self) -> Help {
        Help {
            tap: Arc::clone(&self.tap),
            records: Arc::clone(&self.records),
            ticker: Arc::clone(&self.ticker),
            next: Arc::clone(&self.next),
        }
    }
}

/// Tokens that whatever is to be counted holds one of.
#[derive(Clone, Debug, Default)]
pub(super) struct Census {
    pub stores: Arc<()>,
    pub generations: Arc<()>,
}

/// What lives in a runner at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alive {
    /// One for each request that is being answered, and for a command.
    pub stores: usize,
    /// The newest, and older ones that still answer.
    pub generations: usize,
}

impl Census {
    pub(super) fn alive(&self) -> Alive {
        // One reference is the context's own, one is this.
        let holders = |token: &Arc<()>| Arc::strong_count(token).saturating_sub(2);
        Alive { stores: holders(&self.stores), generations: holders(&self.generations) }
    }
}
