//! How much memory a run may have, and how long it may go on.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use wasmtime::ResourceLimiter;

use crate::model::limits::span;
use crate::model::size::size;

/// What all stores of one generation have together, in bytes.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    cap: usize,
    used: Arc<AtomicUsize>,
}

impl Budget {
    pub(crate) fn new(cap: usize) -> Self {
        Self { cap, used: Arc::default() }
    }
}

/// What one store may have; it is a command's, or a request's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most {
    pub what: &'static str,
    pub memory: usize,
    pub instances: usize,
    pub(crate) tables: usize,
}

/// Why a guest got no more memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Denied {
    /// What it asked for on top of what it had, in bytes.
    pub asked: usize,
    pub used: usize,
    pub(crate) cap: usize,
    /// `a run` or `a request`.
    pub of: &'static str,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "asked for {} more while {} of the {} {} may have were in use",
            size(self.asked as u64),
            size(self.used as u64),
            size(self.cap as u64),
            self.of
        )
    }
}

/// What the host holds for every store without counting it, in bytes: as much as an ordinary request needs.
const FREE: usize = 16 << 10;
/// What it takes at a time of the budget that all stores share, in bytes.
const AT_ONCE: usize = 64 << 10;

/// The share of one store, given back when the store goes.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Budget,
    most: Most,
    own: usize,
    /// The growth granted last, in case Wasmtime can't carry it out.
    last: usize,
    /// What of `own` was taken for things that the host holds for the guest, and what of it is not used yet.
    held: usize,
    spare: usize,
    /// A refusal the guest may or may not survive; it explains the trap that often follows.
    pub denied: Option<Denied>,
}

impl Share {
    pub(crate) fn new(budget: Budget, most: Most) -> Self {
        Self { budget, most, own: 0, last: 0, held: 0, spare: FREE, denied: None }
    }

    /// In bytes.
    pub(crate) fn own(&self) -> usize {
        self.own
    }

    fn grow(&mut self, by: usize) -> bool {
        if self.own.checked_add(by).is_none_or(|total| total > self.most.memory) {
            self.denied = Some(Denied { asked: by, used: self.own, cap: self.most.memory, of: self.most.what });
            return false;
        }
        let cap = self.budget.cap;
        let granted = self.budget.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            used.checked_add(by).filter(|total| *total <= cap)
        });
        match granted {
            Ok(_) => {
                self.own += by;
                self.last = by;
                true
            }
            Err(used) => {
                self.denied = Some(Denied { asked: by, used, cap, of: "a run" });
                false
            }
        }
    }

    /// Takes so many bytes for what the host holds for the guest: header fields, streams, handles. A plain number as a
    /// rule, for the budget that all stores share is asked for much at a time.
    pub(crate) fn hold(&mut self, by: usize) -> bool {
        if let Some(spare) = self.spare.checked_sub(by) {
            self.spare = spare;
            return true;
        }
        let before = self.denied;
        let missing = by - self.spare;
        let Some(got) = [missing.saturating_add(AT_ONCE), missing].into_iter().find(|more| self.grow(*more)) else {
            return false;
        };
        // What was refused was more than had to be.
        self.denied = before;
        self.last = 0;
        self.held += got;
        self.spare = self.spare + got - by;
        true
    }

    /// What the host may hold for the guest without asking for more, in bytes.
    pub(crate) fn holds(&self) -> usize {
        self.held + FREE
    }

    /// All that the host holds for the guest, counted anew: what it let go of is given back.
    pub(crate) fn settle(&mut self, now: usize) {
        self.spare = (self.held + FREE).saturating_sub(now);
        let back = self.spare.saturating_sub(AT_ONCE + FREE).min(self.held);
        self.spare -= back;
        self.held -= back;
        self.own -= back;
        self.budget.used.fetch_sub(back, Ordering::Relaxed);
    }

    fn take_back(&mut self) {
        let back = std::mem::take(&mut self.last);
        self.own -= back;
        self.budget.used.fetch_sub(back, Ordering::Relaxed);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.own, Ordering::Relaxed);
    }
}

/// Growth over the cap fails as the specification has it (`memory.grow` returns -1), so a guest that can live with it
/// does; [`Share::denied`] remembers it for the others.
impl ResourceLimiter for Share {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(maximum.is_none_or(|m| desired <= m) && self.grow(desired.saturating_sub(current)))
    }

    fn memory_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        self.take_back();
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let by = desired.saturating_sub(current).saturating_mul(size_of::<usize>());
        Ok(maximum.is_none_or(|m| desired <= m) && self.grow(by))
    }

    fn table_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        self.take_back();
        Ok(())
    }

    fn instances(&self) -> usize {
        self.most.instances
    }

    fn tables(&self) -> usize {
        self.most.tables
    }
}

/// Ends a guest; the backtrace that comes with it tells whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Over {
    #[error("was on the processor for more than the {} {of} may have", span(*.limit))]
    Cpu { limit: Duration, of: &'static str },
    #[error("was not done after the {} {of} may run", span(*.limit))]
    Time { limit: Duration, of: &'static str },
    #[error("did not answer within the {} a request may take", span(*.limit))]
    Answer { limit: Duration },
}

impl Over {
    /// The key below `[run.limits]` that sets what was exceeded.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Cpu { .. } => "cpu",
            Self::Time { .. } => "time",
            Self::Answer { .. } => "request",
        }
    }
}

/// How long a guest has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    Unlimited,
    /// From its start to its end.
    Whole(Duration),
    /// From its start to its answer; what it does after that takes as long as it likes.
    Answer(Duration),
}

/// How long one store's guests have been at work. Its clock is the thread's: waiting costs nothing, and neither do others.
#[derive(Debug)]
pub(crate) struct Meter {
    what: &'static str,
    cpu: Option<Duration>,
    /// When its time is over, and what it is told then.
    end: Option<(Instant, Over)>,
    /// It did in time what it had to.
    met: AtomicBool,
    /// In nanoseconds.
    used: AtomicU64,
}

impl Meter {
    /// The term begins now.
    pub(crate) fn new(what: &'static str, cpu: Option<Duration>, term: Term) -> Self {
        let end = match term {
            Term::Unlimited => None,
            Term::Whole(limit) => Some((limit, Over::Time { limit, of: what })),
            Term::Answer(limit) => Some((limit, Over::Answer { limit })),
        };
        let end = end.and_then(|(limit, over)| Some((Instant::now().checked_add(limit)?, over)));
        Self { what, cpu, end, met: AtomicBool::new(false), used: AtomicU64::new(0) }
    }

    /// Whose it is: `a run` or `a request`.
    pub(crate) fn of(&self) -> &'static str {
        self.what
    }

    /// What had to be done in time is done: from now on there is time without end.
    pub(crate) fn meet(&self) {
        self.met.store(true, Ordering::Relaxed);
    }

    /// The end of its time, where there is one.
    fn end(&self) -> Option<(Instant, Over)> {
        self.end.filter(|_| !self.met.load(Ordering::Relaxed))
    }

    /// Does a part of the work and counts what it took.
    pub(crate) fn measure<T>(&self, work: impl FnOnce() -> T) -> T {
        if self.cpu.is_none() {
            return work();
        }
        let before = processor();
        let done = work();
        let took = processor().saturating_sub(before);
        self.used.fetch_add(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        done
    }

    /// What was exceeded, if anything.
    pub(crate) fn over(&self) -> Option<Over> {
        let used = Duration::from_nanos(self.used.load(Ordering::Relaxed));
        let cpu = self.cpu.filter(|limit| used > *limit).map(|limit| Over::Cpu { limit, of: self.what });
        cpu.or_else(|| self.end().filter(|(end, _)| Instant::now() >= *end).map(|(_, over)| over))
    }

    /// Waits, but no longer than there is time.
    pub(crate) async fn within<T>(&self, work: impl Future<Output = wasmtime::Result<T>>) -> wasmtime::Result<T> {
        let Some((end, _)) = self.end() else { return work.await };
        let mut work = std::pin::pin!(work);
        match tokio::time::timeout_at(end.into(), work.as_mut()).await {
            Ok(done) => done,
            Err(_) => match self.end() {
                Some((_, over)) => Err(over.into()),
                None => work.await,
            },
        }
    }

    /// Done when the time is over, and a guest that could notice has had its chance to.
    pub(crate) async fn ended(&self) -> Over {
        if let Some((end, _)) = self.end {
            tokio::time::sleep_until((end + NOTICE).into()).await;
        }
        match self.end() {
            Some((_, over)) => over,
            None => std::future::pending().await,
        }
    }
}

/// How long after its time a guest may take to notice: many times what one on the processor needs.
const NOTICE: Duration = Duration::from_millis(500);

/// What this thread has had of a processor.
#[cfg(unix)]
fn processor() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.try_into().unwrap_or_default(), now.tv_nsec.try_into().unwrap_or_default())
}

#[cfg(not(unix))]
fn processor() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// How fast the guests of one generation may write, all together.
#[derive(Debug)]
pub(crate) struct Rate {
    /// Bytes a second.
    limit: Option<u64>,
    state: Mutex<Flow>,
}

#[derive(Debug)]
struct Flow {
    /// When all that was written so far will have been allowed.
    paid: Instant,
    told: bool,
}

/// What may be written at once after a pause.
const BURST: Duration = Duration::from_millis(250);

impl Rate {
    pub(crate) fn new(limit: Option<u64>) -> Self {
        Self { limit, state: Mutex::new(Flow { paid: Instant::now(), told: false }) }
    }

    /// That many bytes were written.
    pub(crate) fn take(&self, bytes: usize) {
        let Some(limit) = self.limit else { return };
        let cost = Duration::from_nanos((bytes as u64).saturating_mul(1_000_000_000) / limit.max(1));
        let mut flow = self.state.lock();
        flow.paid = flow.paid.max(Instant::now()) + cost;
    }

    /// How long to wait before more may be written.
    pub(crate) fn wait(&self) -> Option<Duration> {
        self.limit?;
        let ahead = self.state.lock().paid.saturating_duration_since(Instant::now());
        ahead.checked_sub(BURST).filter(|wait| !wait.is_zero())
    }

    /// What to tell whoever is held back, the first time.
    pub(crate) fn notice(&self) -> Option<String> {
        let limit = usize::try_from(self.limit?).unwrap_or(usize::MAX);
        let first = !std::mem::replace(&mut self.state.lock().told, true);
        first.then(|| {
            format!("is held back: a run may write {} a second (`log` below [run.limits])", size(limit as u64))
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::run::faults::limits::*;

    #[test]
    fn stores_share_one_budget_and_give_back() {
        let budget = Budget::new(100);
        let most = Most { what: "a request", memory: 80, instances: 1, tables: 1 };
        let mut a = Share::new(budget.clone(), most);
        let mut b = Share::new(budget.clone(), most);
        assert!(a.memory_growing(0, 60, None).unwrap());
        assert!(!b.memory_growing(0, 50, None).unwrap());
        assert_eq!(b.denied, Some(Denied { asked: 50, used: 60, cap: 100, of: "a run" }));
        assert!(!a.memory_growing(60, 90, None).unwrap());
        assert_eq!(a.denied, Some(Denied { asked: 30, used: 60, cap: 80, of: "a request" }));
        drop(a);
        assert!(b.memory_growing(0, 50, None).unwrap());
        assert!(!b.memory_growing(50, 60, Some(55)).unwrap(), "its own maximum");
        b.memory_grow_failed(wasmtime::Error::msg("the system has none")).unwrap();
        assert_eq!(budget.used.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn what_the_host_holds_counts_and_what_it_lets_go_of_is_given_back() {
        let budget = Budget::new(1 << 20);
        let most = Most { what: "a request", memory: 512 << 10, instances: 1, tables: 1 };
        let mut share = Share::new(budget.clone(), most);
        assert!(share.hold(10_000) && budget.used.load(Ordering::Relaxed) == 0, "what everybody needs is free");
        assert!(share.hold(500 << 10));
        assert!(!share.hold(100 << 10));
        assert_eq!(share.denied.map(|d| (d.of, d.cap)), Some(("a request", 512 << 10)));
        assert!(!share.memory_growing(0, 100 << 10, None).unwrap(), "it counts against the guest's own memory");
        share.settle(20_000);
        assert!(share.own() <= 3 * AT_ONCE, "{}", share.own());
        assert!(share.hold(300 << 10));
        drop(share);
        assert_eq!(budget.used.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn the_processor_is_counted_and_waiting_is_not() {
        let meter = Meter::new("a run", Some(Duration::from_millis(5)), Term::Unlimited);
        meter.measure(|| std::thread::sleep(Duration::from_millis(20)));
        assert_eq!(meter.over(), None);
        let begun = Instant::now();
        while meter.over().is_none() {
            meter.measure(|| (0..100_000).map(std::hint::black_box).sum::<u64>());
            assert!(begun.elapsed() < Duration::from_mins(1));
        }
        let said = meter.over().unwrap().to_string();
        assert_eq!(said, "was on the processor for more than the 5 ms a run may have");
    }

    #[tokio::test]
    async fn who_answered_in_time_may_go_on() {
        let term = Term::Answer(Duration::from_millis(5));
        let late = Meter::new("a request", None, term);
        let said = late.within(std::future::pending::<wasmtime::Result<()>>()).await.unwrap_err().to_string();
        assert_eq!(said, "did not answer within the 5 ms a request may take");
        assert_eq!(late.over().map(Over::key), Some("request"));
        let answered = Meter::new("a request", None, term);
        let waits = answered.within(async {
            answered.meet();
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(7)
        });
        assert_eq!(waits.await.unwrap(), 7);
        assert_eq!(answered.over(), None);
    }

    #[test]
    fn who_writes_too_fast_waits_as_long_as_it_takes() {
        let rate = Rate::new(Some(1000));
        rate.take(100);
        assert_eq!(rate.wait(), None, "a little at once is no flood");
        rate.take(10_000);
        let wait = rate.wait().unwrap();
        assert!(wait > Duration::from_secs(8) && wait < Duration::from_secs(11), "{wait:?}");
        assert!(rate.notice().unwrap().contains("1000 bytes a second") && rate.notice().is_none());
        let free = Rate::new(None);
        free.take(usize::MAX);
        assert_eq!((free.wait(), free.notice()), (None, None));
    }
}
