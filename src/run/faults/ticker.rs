//! The clock that makes guests yield: a thread that raises the engines' epoch, and only while a guest is on the CPU.
//!
//! A guest that waits (for input, a timer, a request) is not polled, so nothing ticks: an idle studio wakes nothing.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use parking_lot::Mutex;
use wasmtime::Engine;

use crate::run::faults::limits::Meter;

/// How long a guest may hold a thread before it must yield; also how fast an endless loop is stopped.
pub(crate) const TICK: Duration = Duration::from_millis(10);
/// Ticks without a guest on the CPU before the thread goes to sleep: putting it to sleep and waking it costs more than
/// a tick, and guests come and go by the microsecond.
const LINGER: u32 = 5;

struct Shared {
    /// All are ticked alike.
    engines: Mutex<Vec<Engine>>,
    on_cpu: AtomicUsize,
    asleep: AtomicBool,
    done: AtomicBool,
    /// How often the epoch was raised, for the test that idle means idle.
    ticks: AtomicUsize,
}

pub(crate) struct Ticker {
    shared: Arc<Shared>,
    thread: Thread,
}

impl Ticker {
    /// # Errors
    /// When the system refuses a thread.
    pub(crate) fn new() -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            engines: Mutex::default(),
            on_cpu: AtomicUsize::new(0),
            asleep: AtomicBool::new(false),
            done: AtomicBool::new(false),
            ticks: AtomicUsize::new(0),
        });
        let theirs = Arc::clone(&shared);
        let handle = thread::Builder::new().name("epoch".into()).spawn(move || tick(&theirs))?;
        Ok(Self { shared, thread: handle.thread().clone() })
    }

    /// From now on guests of this engine yield too.
    pub(crate) fn add(&self, engine: Engine) {
        self.shared.engines.lock().push(engine);
    }

    /// Runs `future`, with the clock ticking whenever it is being polled, and what it takes put down in `meter`.
    pub(crate) async fn run<F: Future>(&self, meter: &Meter, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|cx| {
            let _on_cpu = self.enter();
            meter.measure(|| future.as_mut().poll(cx))
        })
        .await
    }

    fn enter(&self) -> OnCpu<'_> {
        self.shared.on_cpu.fetch_add(1, Ordering::SeqCst);
        // Both sides write first and read then (this: on_cpu, asleep; the thread: asleep, on_cpu), so one of them sees.
        if self.shared.asleep.load(Ordering::SeqCst) {
            self.thread.unpark();
        }
        OnCpu(&self.shared)
    }

    #[cfg(test)]
    fn ticks(&self) -> usize {
        self.shared.ticks.load(Ordering::SeqCst)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.done.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

struct OnCpu<'a>(&'a Shared);

impl Drop for OnCpu<'_> {
    fn drop(&mut self) {
        self.0.on_cpu.fetch_sub(1, Ordering::SeqCst);
    }
}

fn tick(shared: &Shared) {
    let mut idle = 0;
    while !shared.done.load(Ordering::SeqCst) {
        if idle >= LINGER {
            shared.asleep.store(true, Ordering::SeqCst);
            while shared.on_cpu.load(Ordering::SeqCst) == 0 && !shared.done.load(Ordering::SeqCst) {
                thread::park();
            }
            shared.asleep.store(false, Ordering::SeqCst);
            idle = 0;
        }
        thread::sleep(TICK);
        if shared.on_cpu.load(Ordering::SeqCst) > 0 {
            shared.engines.lock().iter().for_each(Engine::increment_epoch);
            shared.ticks.fetch_add(1, Ordering::SeqCst);
            idle = 0;
        } else {
            idle += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::run::faults::limits::Term;
    use crate::run::faults::ticker::*;

    #[tokio::test]
    async fn ticks_only_while_a_guest_is_on_the_cpu() {
        let ticker = Ticker::new().unwrap();
        ticker.add(Engine::default());
        let wait_until_asleep = async || {
            while !ticker.shared.asleep.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        wait_until_asleep().await;
        assert_eq!(ticker.ticks(), 0);
        // Waiting is not being on the CPU.
        let meter = Meter::new("a run", None, Term::Unlimited);
        ticker.run(&meter, tokio::time::sleep(TICK * 5)).await;
        assert!(ticker.ticks() <= 1, "{} ticks", ticker.ticks());
        ticker.run(&meter, async { while ticker.ticks() < 3 {} }).await;
        wait_until_asleep().await;
        assert!(ticker.ticks() >= 3);
    }
}
