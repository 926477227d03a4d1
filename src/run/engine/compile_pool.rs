//! Threads that compile, and how work that nobody wants any more is given up.
//!
//! Cranelift can't be interrupted inside a function. So work that is superseded keeps the threads it is on until their
//! functions are done, behind everything else of the machine, and what comes after it gets new ones. Before each
//! function Cranelift asks [`Functions`](crate::run::engine::functions::Functions) for it, and that is where work that
//! nobody wants unwinds.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// How nice threads that compile while something is served are to others (the system's scale, 0 to 19): requests come
/// before them.
#[cfg(unix)]
pub const NICE: i32 = 10;

/// How nice threads are whose work nobody wants any more.
#[cfg(target_os = "linux")]
const ABANDONED_NICE: i32 = 19;

/// Programs compiled at a time, those included that nobody wants any more.
const MAX_JOBS: usize = 4;

/// How often a newer program looks whether there is a place.
const RETRY: Duration = Duration::from_millis(20);

/// Of a thread that runs a job: what reads and links a component is recursive.
const STACK: usize = 8 << 20;

thread_local! {
    /// Of a pool's thread: whether nobody wants any more what the pool compiles.
    static SUPERSEDED: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
}

/// What unwinds out of the compiler.
struct Superseded;

/// Unwinds where what this thread compiles is not wanted any more: the compiler has no other way out. No panic is
/// reported.
pub(crate) fn give_up_if_superseded() {
    let superseded = SUPERSEDED.with_borrow(|flag| flag.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)));
    if superseded {
        resume_unwind(Box::new(Superseded));
    }
}

/// What the compiler makes; `None` where it was given up.
pub(crate) fn unless_superseded<T>(compile: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(compile)) {
        Ok(made) => Some(made),
        Err(payload) if payload.is::<Superseded>() => None,
        Err(payload) => resume_unwind(payload),
    }
}

/// Set by whoever no longer wants what is compiled; asked between modules.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    pub(crate) fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The threads of a session that compile. Each kind is started when it is first needed.
#[derive(Default)]
pub(crate) struct CompilePool {
    pools: Mutex<Pools>,
    jobs: Arc<AtomicUsize>,
}

#[derive(Default)]
struct Pools {
    /// All cores.
    whole: Option<Arc<Pool>>,
    /// All cores but one, behind everything else.
    spare: Option<Arc<Pool>>,
}

struct Pool {
    threads: ThreadPool,
    superseded: Arc<AtomicBool>,
    #[cfg(target_os = "linux")]
    ids: Arc<Mutex<Vec<rustix::process::Pid>>>,
}

/// Why a job was not begun.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotBegun {
    #[error("cannot start a compiler thread: {0}")]
    Thread(#[from] std::io::Error),
}

impl CompilePool {
    /// A place among the jobs at work, waited for where none is free: those that nobody wants any more end with the
    /// function they are at.
    pub(crate) async fn place(&self) -> Counted {
        loop {
            match Counted::new(&self.jobs) {
                Some(place) => return place,
                None => tokio::time::sleep(RETRY).await,
            }
        }
    }

    /// Runs `job` on a thread of its own. It may go on after nobody waits for it any more.
    ///
    /// # Errors
    /// When the system has no thread.
    pub(crate) fn begin(counted: Counted, job: impl FnOnce() + Send + 'static) -> Result<(), NotBegun> {
        std::thread::Builder::new().name("compile-job".into()).stack_size(STACK).spawn(move || {
            job();
            drop(counted);
        })?;
        Ok(())
    }

    /// Does `work` on as many threads as it likes (what rayon spreads, as Cranelift does, goes with it). While something
    /// is served, on all cores but one, and behind whatever else wants to run: a reload must not be felt by a request.
    pub(crate) fn install<T: Send>(&self, serving: bool, work: impl FnOnce() -> T + Send) -> T {
        match self.pool(serving) {
            Some(pool) => pool.threads.install(work),
            None => work(),
        }
    }

    /// What is being compiled is not wanted any more: it keeps its threads to the end of their functions, and what comes
    /// after it gets others.
    pub(crate) fn abandon(&self) {
        let Pools { whole, spare } = std::mem::take(&mut *self.pools.lock());
        for pool in whole.into_iter().chain(spare) {
            pool.superseded.store(true, Ordering::Relaxed);
            pool.step_far_back();
        }
    }

    fn pool(&self, serving: bool) -> Option<Arc<Pool>> {
        let mut pools = self.pools.lock();
        let kept = if serving { &mut pools.spare } else { &mut pools.whole };
        if kept.is_none() {
            *kept = Pool::start(serving).map(Arc::new);
        }
        kept.clone()
    }
}

impl Pool {
    /// `None` where the system gives no more threads: then it is done where it is asked for.
    fn start(spare: bool) -> Option<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        #[cfg(target_os = "linux")]
        let ids = Arc::<Mutex<Vec<_>>>::default();
        #[cfg(target_os = "linux")]
        let theirs = Arc::clone(&ids);
        let superseded = Arc::<AtomicBool>::default();
        let flag = Arc::clone(&superseded);
        let threads = ThreadPoolBuilder::new()
            .num_threads(if spare { (cores - 1).max(1) } else { cores })
            .thread_name(|_| "compile".into())
            .start_handler(move |_| {
                #[cfg(target_os = "linux")]
                theirs.lock().extend(this_thread());
                SUPERSEDED.set(Some(Arc::clone(&flag)));
                if spare {
                    step_back();
                }
            })
            .build()
            .inspect_err(|e| tracing::warn!("cannot start the compiler threads: {e}"))
            .ok()?;
        Some(Self {
            threads,
            superseded,
            #[cfg(target_os = "linux")]
            ids,
        })
    }

    #[cfg(target_os = "linux")]
    fn step_far_back(&self) {
        for id in self.ids.lock().iter() {
            // Linux takes a thread's number for a process's.
            let _ = rustix::process::setpriority_process(Some(*id), ABANDONED_NICE);
        }
    }

    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unused_self)]
    fn step_far_back(&self) {}
}

/// One of the jobs at work.
pub(crate) struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(jobs: &Arc<AtomicUsize>) -> Option<Self> {
        let one_more = |n: usize| (n < MAX_JOBS).then_some(n + 1);
        jobs.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more).ok()?;
        Some(Self(Arc::clone(jobs)))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The calling thread's number, which Linux tells in the name of a folder (`4711/task/4712`).
#[cfg(target_os = "linux")]
fn this_thread() -> Option<rustix::process::Pid> {
    let folder = std::fs::read_link("/proc/thread-self").ok()?;
    rustix::process::Pid::from_raw(folder.file_name()?.to_str()?.parse().ok()?)
}

/// Makes the calling thread nice; its system may say no, which is no reason not to work.
#[cfg(unix)]
fn step_back() {
    // Of no process by number: the calling thread, on Linux.
    let _ = rustix::process::setpriority_process(None, NICE);
}

#[cfg(not(unix))]
fn step_back() {}

#[cfg(test)]
mod tests {
    use crate::run::engine::compile_pool::*;
    use std::sync::mpsc::channel;

    #[cfg(target_os = "linux")]
    fn nice() -> String {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        stat.rsplit(')').next().unwrap().split_whitespace().nth(16).unwrap().to_owned()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn while_something_is_served_the_pool_is_nice_and_the_caller_stays_as_it_was() {
        let (before, pool) = (nice(), CompilePool::default());
        assert_eq!(pool.install(false, nice), before);
        assert_eq!(pool.install(true, nice), NICE.to_string());
        assert_eq!(nice(), before);
    }

    #[test]
    fn abandoned_work_keeps_its_threads_and_what_follows_gets_others() {
        let pool = Arc::new(CompilePool::default());
        let (began, has_began) = channel();
        let (release, released) = channel::<()>();
        let theirs = Arc::clone(&pool);
        let stuck = move || {
            theirs.install(true, move || {
                began.send(()).unwrap();
                let _ = released.recv();
            });
        };
        CompilePool::begin(Counted::new(&pool.jobs).unwrap(), stuck).unwrap();
        has_began.recv().unwrap();
        pool.abandon();
        assert_eq!(pool.install(true, || 7), 7, "not behind the one that is stuck");
        drop(release);
    }

    #[tokio::test]
    async fn jobs_are_bounded_and_a_newer_one_waits_for_its_place() {
        let pool = CompilePool::default();
        let (release, released) = channel::<()>();
        let released = Arc::new(Mutex::new(released));
        for _ in 0..MAX_JOBS {
            let released = Arc::clone(&released);
            let job = move || assert!(released.lock().recv().is_err());
            CompilePool::begin(pool.place().await, job).unwrap();
        }
        assert!(Counted::new(&pool.jobs).is_none());
        drop(release);
        pool.place().await; // One of them ended.
    }
}
