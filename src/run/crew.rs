//! Who compiles: the whole machine, or what it can spare while it serves.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// How nice the spare crew is to others (the system's scale, 0 to 19): requests come before it.
#[cfg(unix)]
pub const NICE: i32 = 10;

/// Threads that step back for everything else; made when they are first needed.
#[derive(Default)]
pub struct Crew(OnceLock<Option<ThreadPool>>);

impl Crew {
    /// Does `work` on as many threads as it likes (what rayon spreads, as Cranelift does, goes with it). While something
    /// is served, on all cores but one, and behind whatever else wants to run: a reload must not be felt by a request.
    pub fn work<T: Send>(&self, serving: bool, work: impl FnOnce() -> T + Send) -> T {
        let spare = if serving { self.0.get_or_init(spare).as_ref() } else { None };
        match spare {
            Some(spare) => spare.install(work),
            None => work(),
        }
    }
}

/// `None` where the system gives no more threads: then it is done where it is asked for.
fn spare() -> Option<ThreadPool> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    ThreadPoolBuilder::new()
        .num_threads((cores - 1).max(1))
        .thread_name(|_| "compile".into())
        .start_handler(|_| step_back())
        .build()
        .inspect_err(|e| tracing::warn!("no threads to compile on while serving: {e}"))
        .ok()
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
    use super::*;

    #[test]
    fn while_nothing_is_served_the_caller_works_and_else_the_crew() {
        let name = || std::thread::current().name().map(str::to_owned);
        let crew = Crew::default();
        assert_eq!(crew.work(false, name), name());
        assert_eq!(crew.work(true, name).as_deref(), Some("compile"));
        assert_eq!(crew.work(false, name), name());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_crew_is_nice_and_the_caller_stays_as_it_was() {
        let nice = || {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
            stat.rsplit(')').next().unwrap().split_whitespace().nth(16).unwrap().to_owned()
        };
        let before = nice();
        assert_eq!(Crew::default().work(true, nice), NICE.to_string());
        assert_eq!(nice(), before);
    }
}
