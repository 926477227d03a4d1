//! Generations, one after the other: the newest good one runs, and a bad one never replaces it.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant, SystemTime};

use futures::FutureExt as _;
use parking_lot::Mutex;
use tokio::runtime::Runtime;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::grants::Grants;
use crate::log::Stream;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::entry::Entry;
use crate::run::call::{Callee, Returned};
use crate::run::context::{Alive, Census, RunContext};
use crate::run::engine::cache::ModuleCaches;
use crate::run::engine::compile_pool::{Cancellation, CompilePool, NotBegun};
use crate::run::engine::modules::broken_down;
use crate::run::faults::ticker::Ticker;
use crate::run::generation::Generation;
use crate::run::host::Authority;
use crate::run::output::keyboard::Keyboard;
use crate::run::output::tap::{Pipe, Tap};
use crate::run::place::place;
use crate::run::serve::Server;
use crate::run::serve::listen::Listener;
use crate::run::serve::records::Records;
use crate::run::site::Site;
use crate::run::stats;
use crate::run::{Outcome, RunEvent, RunRequest};

/// What stays the same for all runs of a session.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where compiled code is kept from process to process; `None`: in memory only.
    pub cache: Option<PathBuf>,
    /// The folder that places in crashes are shown relative to.
    pub root: Option<PathBuf>,
}

/// Why nothing can be run on this machine.
#[derive(Debug, thiserror::Error)]
pub enum RunnerError {
    #[error("Wasmtime can't be set up on this machine: {0:#}")]
    Engine(wasmtime::Error),
    #[error("the system refuses the threads that guests run on: {0}")]
    Threads(#[from] std::io::Error),
}

/// The live engine: takes commands without ever waiting, and tells everything as [`RunEvent`]s.
///
/// Guests run on threads of their own, so one that never waits can't hold up whoever drives the runner.
pub struct Runner {
    inbox: Arc<Inbox>,
    authority: Arc<Authority>,
    census: Census,
    keyboard: Arc<Mutex<Keyboard>>,
    guests: Option<Runtime>,
}

impl Runner {
    /// # Errors
    /// When this machine can't run Wasmtime at all.
    pub fn new(options: Options, events: mpsc::Sender<RunEvent>) -> Result<Self, RunnerError> {
        let guests = tokio::runtime::Builder::new_multi_thread().thread_name("guest").enable_all().build()?;
        let inbox = Arc::<Inbox>::default();
        let tap = Tap::new(events, guests.handle().clone());
        let authority = Authority::new(options.root.as_deref(), Arc::clone(&tap), guests.handle().clone());
        let ticker = Arc::new(Ticker::new()?);
        let (census, keyboard) = (Census::default(), Arc::<Mutex<Keyboard>>::default());
        let context = RunContext {
            module_caches: ModuleCaches::new(options.cache, Arc::clone(&ticker)).map_err(RunnerError::Engine)?,
            records: Records::new(Arc::clone(&tap)),
            tap,
            ticker,
            authority: Arc::clone(&authority),
            root: options.root,
            census: census.clone(),
            keyboard: Arc::clone(&keyboard),
            next: Arc::new(AtomicU64::new(1)),
        };
        let stage = Stage {
            context: Arc::new(context),
            current: Current::Nothing,
            inbox: Arc::clone(&inbox),
            unsent: VecDeque::new(),
            starting: None,
        };
        guests.spawn(stage.play());
        Ok(Self { inbox, authority, census, keyboard, guests: Some(guests) })
    }

    /// How much lives at this moment, for whoever looks for what should not.
    pub fn alive(&self) -> Alive {
        self.census.alive()
    }

    /// Types for the program that runs, if it has [`Stdin::Typed`](crate::run::Stdin); `None`: nothing follows any more.
    pub(crate) fn type_in(&self, text: Option<&str>) {
        let keyboard = self.keyboard.lock();
        match text {
            Some(text) => keyboard.put(text),
            None => keyboard.end(),
        }
    }

    /// From the next call of any guest on, these grants count: what runs goes on, and is asked anew at each use.
    pub fn grant(&self, grants: Arc<Grants>) {
        self.authority.put(grants);
    }

    /// Runs this as soon as it is compiled; until then whatever runs goes on. A request that is still waiting is
    /// replaced (and told as [`Outcome::Stopped`]): only the newest matters.
    pub fn start(&self, request: RunRequest) {
        let mut orders = self.inbox.orders.lock();
        if let Some(older) = orders.start.replace(request) {
            orders.dropped.push(older.generation);
        }
        drop(orders);
        self.inbox.news.notify_one();
    }

    fn ask_to_stop(&self) -> oneshot::Receiver<()> {
        let (ended, has_ended) = oneshot::channel();
        let mut orders = self.inbox.orders.lock();
        if let Some(waiting) = orders.start.take() {
            orders.dropped.push(waiting.generation);
        }
        orders.stop.push(ended);
        drop(orders);
        self.inbox.news.notify_one();
        has_ended
    }

    /// Ends whatever runs or waits to run; done when no guest code runs any more and the listener is closed.
    pub async fn stop(&self) {
        let _ = self.ask_to_stop().await;
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        if let Some(guests) = self.guests.take() {
            // Guests are dropped where they yield next; waiting for that could block an async thread.
            guests.shutdown_background();
        }
    }
}

/// What is wanted but not yet done. Bounded by itself: one run, and the callers that wait for a stop.
#[derive(Default)]
struct Inbox {
    orders: Mutex<Orders>,
    news: Notify,
}

#[derive(Default)]
struct Orders {
    stop: Vec<oneshot::Sender<()>>,
    /// Wanted after the stop, if there is one.
    start: Option<RunRequest>,
    /// Generations that were replaced before they were begun.
    dropped: Vec<u64>,
}

impl Inbox {
    /// Resolves once something else is wanted than what is being prepared. Both in one, for a notice wakes one waiter.
    async fn something_else(&self) -> Wanted {
        loop {
            {
                let orders = self.orders.lock();
                if !orders.stop.is_empty() {
                    return Wanted::Stop;
                }
                if orders.start.is_some() {
                    return Wanted::Newer;
                }
            }
            self.news.notified().await;
        }
    }

    async fn stop_is_wanted(&self) {
        while self.orders.lock().stop.is_empty() {
            self.news.notified().await;
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Stop,
    Newer,
}

struct Stage {
    context: Arc<RunContext>,
    current: Current,
    inbox: Arc<Inbox>,
    /// What could not be told yet because nobody reads.
    unsent: VecDeque<RunEvent>,
    /// The generation that is being prepared or begun.
    starting: Option<u64>,
}

/// What runs now.
enum Current {
    Nothing,
    Call(Call),
    Http { server: Server, generation: u64 },
}

struct Call {
    kill: oneshot::Sender<()>,
    /// Resolves when no guest code runs any more.
    dead: oneshot::Receiver<()>,
}

/// How long a program that is being compiled may take to its end once a newer one is wanted.
const SUPERSEDED: Duration = Duration::from_millis(500);

/// How long compiling a program may take.
const COMPILE_TIME: Duration = Duration::from_mins(10);

type Prepared = Result<(Arc<Generation>, Ready), Box<Diagnostic>>;

fn not_begun(error: &NotBegun) -> Box<Diagnostic> {
    Diagnostic::error(Origin::Run, error.to_string()).help("end what uses them up, and save again").into()
}

fn too_long() -> Box<Diagnostic> {
    let message = format!("compiling took longer than {} min and was given up", COMPILE_TIME.as_secs() / 60);
    Diagnostic::error(Origin::Run, message).help("build the components with less code, or with `opt-level`").into()
}

/// A generation that is good and waits for the stage.
enum Ready {
    Call(Callee),
    /// With the listener, unless the one there is stays.
    Http(Site, Option<Listener>),
}

impl Stage {
    /// Plays for good. A panic ends what it happened to: whoever waits is let go, and the next order is carried out.
    async fn play(mut self) {
        loop {
            if AssertUnwindSafe(self.turn()).catch_unwind().await.is_ok() {
                continue;
            }
            self.current = Current::Nothing;
            if let Some(generation) = self.starting.take() {
                let outcome = Outcome::Refused(*broken_down());
                self.unsent.push_back(RunEvent::Ended { generation, outcome });
            }
        }
    }

    /// Carries out orders, as long as nothing breaks.
    async fn turn(&mut self) {
        loop {
            let Orders { stop, start, dropped } = std::mem::take(&mut *self.inbox.orders.lock());
            if stop.is_empty() && start.is_none() && dropped.is_empty() {
                if self.unsent.is_empty() {
                    self.inbox.news.notified().await;
                } else {
                    self.send([]).await;
                }
                continue;
            }
            let http = if stop.is_empty() { None } else { self.clear().await };
            for ended in stop {
                let _ = ended.send(());
            }
            // Told after the callers are let go: they may be the ones who read the events.
            let ended = http.into_iter().chain(dropped);
            self.send(ended.map(|generation| RunEvent::Ended { generation, outcome: Outcome::Stopped })).await;
            if let Some(request) = start {
                self.start(request).await;
            }
        }
    }

    /// Sends these, in order. Whoever wants everything stopped may be the one who reads, so a stop does not wait for
    /// them to be read: they are sent after it.
    async fn send(&mut self, events: impl IntoIterator<Item = RunEvent>) {
        self.unsent.extend(events);
        while let Some(event) = self.unsent.front() {
            tokio::select! {
                biased;
                () = self.context.tap.send(event.clone()) => {}
                () = self.inbox.stop_is_wanted() => return,
            }
            self.unsent.pop_front();
        }
    }

    /// Ends what runs. Calls tell their end themselves; a served generation is returned, to be told by the caller.
    async fn clear(&mut self) -> Option<u64> {
        match std::mem::replace(&mut self.current, Current::Nothing) {
            Current::Nothing => None,
            Current::Call(call) => {
                let _ = call.kill.send(());
                let _ = call.dead.await;
                None
            }
            Current::Http { server, generation } => {
                server.close().await;
                Some(generation)
            }
        }
    }

    async fn start(&mut self, request: RunRequest) {
        let (number, stats) = (request.generation, request.stats);
        self.starting = Some(number);
        match self.prepared(request).await {
            None => self.inbox.orders.lock().dropped.push(number),
            Some(Err(problem)) => {
                self.send([RunEvent::Ended { generation: number, outcome: Outcome::Refused(*problem) }]).await;
            }
            Some(Ok((generation, ready))) => {
                if stats {
                    self.weigh(&generation);
                }
                self.begin(generation, ready).await;
            }
        }
        self.starting = None;
    }

    /// Prepares, for as long as it is wanted; `None`: it is not any more. Compiling can't be interrupted in the middle
    /// of a function, but nobody has to wait for it.
    async fn prepared(&self, request: RunRequest) -> Option<Prepared> {
        let cancellation = Cancellation::default();
        let mut preparing = pin!(self.prepare(request, cancellation.clone()));
        let late = tokio::select! {
            prepared = &mut preparing => return Some(prepared),
            wanted = self.inbox.something_else() => {
                cancellation.cancel();
                // As a rule it is nearly done, and what is compiled is not thrown away.
                let patience = if wanted == Wanted::Newer { SUPERSEDED } else { Duration::ZERO };
                match tokio::time::timeout(patience, &mut preparing).await {
                    Ok(Ok(ready)) if wanted == Wanted::Newer => return Some(Ok(ready)),
                    Ok(_) => return None,
                    Err(_) => false,
                }
            }
            () = tokio::time::sleep(COMPILE_TIME) => true,
        };
        cancellation.cancel();
        self.context.module_caches.pool.abandon();
        late.then(|| Err(too_long()))
    }

    /// Beside everything else: whoever wants everything stopped does not wait for it.
    fn weigh(&self, generation: &Arc<Generation>) {
        let (context, generation) = (Arc::clone(&self.context), Arc::clone(generation));
        tokio::spawn(async move { stats::report(&context, generation).await });
    }

    async fn begin(&mut self, generation: Arc<Generation>, ready: Ready) {
        match ready {
            Ready::Call(callee) => {
                self.end_current().await;
                *self.context.keyboard.lock() = generation.keyboard.clone();
                self.current = Current::Call(self.call(generation, callee));
            }
            Ready::Http(site, listener) => self.serve(&generation, site, listener).await,
        }
    }

    async fn end_current(&mut self) {
        if let Some(generation) = self.clear().await {
            self.send([RunEvent::Ended { generation, outcome: Outcome::Stopped }]).await;
        }
    }

    /// Everything that can be refused, done while the old generation runs on.
    async fn prepare(&self, request: RunRequest, cancellation: Cancellation) -> Prepared {
        let context = Arc::clone(&self.context);
        context.authority.put(Arc::clone(&request.grants));
        let (entry, addr, fallback) = (request.entry.clone(), request.addr, request.fallback);
        let serving = matches!(self.current, Current::Http { .. });
        let (done, is_done) = oneshot::channel();
        let job = move || {
            let prepare = || {
                let generation = Generation::prepare(&request, &context, serving, &cancellation)?;
                let callee = match &request.entry {
                    Entry::Http(_) => None,
                    entry => Some(Callee::find(generation.pre.component(), entry)?),
                };
                Ok::<_, Box<Diagnostic>>((Arc::new(generation), callee))
            };
            let _ = done.send(prepare());
        };
        let place = place(&self.context.module_caches.pool, &self.context.tap).await;
        CompilePool::begin(place, job).map_err(|e| not_begun(&e))?;
        // Its sender is gone without a word when the thread panicked.
        let (generation, callee) = is_done.await.map_err(|_| broken_down())??;
        if let Some(callee) = callee {
            return Ok((generation, Ready::Call(callee)));
        }
        let site = Site::new(Arc::clone(&generation), &entry)?;
        let listener = match &self.current {
            Current::Http { server, .. } if server.requested() == addr => None,
            _ => match Listener::bind(addr, fallback).await {
                Ok(listener) => Some(listener),
                Err(unavailable) => {
                    let problem = Diagnostic::error(Origin::Run, unavailable.reason.clone());
                    self.context.tap.send(RunEvent::Unavailable(unavailable)).await;
                    return Err(problem.into());
                }
            },
        };
        Ok((generation, Ready::Http(site, listener)))
    }

    /// From here on requests go to this generation.
    async fn serve(&mut self, generation: &Generation, site: Site, listener: Option<Listener>) {
        let number = generation.number;
        // Taken before anything of it can run.
        let started = || RunEvent::Started {
            generation: number,
            revision: generation.revision,
            startup: generation.startup,
            at: SystemTime::now(),
        };
        let tap = Arc::clone(&self.context.tap);
        match (listener, &mut self.current) {
            (None, Current::Http { server, generation: running }) => {
                let swap = || {
                    let started = started();
                    server.swap(site);
                    started
                };
                tokio::select! {
                    biased;
                    () = tap.send_with(swap) => {}
                    () = self.inbox.stop_is_wanted() => {
                        self.inbox.orders.lock().dropped.push(number);
                        return;
                    }
                }
                let older = std::mem::replace(running, number);
                self.send([RunEvent::Ended { generation: older, outcome: Outcome::Stopped }]).await;
            }
            (None, _) => {}
            (Some(listener), _) => {
                self.end_current().await;
                // Bound already: whoever knows the address waits in its queue.
                self.send([RunEvent::Serving { addr: listener.addr }]).await;
                let (current, help) = (&mut self.current, self.context.help());
                let open = || {
                    let started = started();
                    *current = Current::Http { server: Server::open(listener, site, help), generation: number };
                    started
                };
                tokio::select! {
                    biased;
                    () = tap.send_with(open) => {}
                    () = self.inbox.stop_is_wanted() => self.inbox.orders.lock().dropped.push(number),
                }
            }
        }
    }

    /// Runs a command or a function in a task of its own.
    fn call(&self, generation: Arc<Generation>, callee: Callee) -> Call {
        let (kill, killed) = oneshot::channel::<()>();
        let (died, dead) = oneshot::channel();
        let (tap, ticker) = (Arc::clone(&self.context.tap), Arc::clone(&self.context.ticker));
        let authority = Arc::clone(&self.context.authority);
        tokio::spawn(async move {
            let number = generation.number;
            let ran = AssertUnwindSafe(run(&generation, &callee, &tap, &ticker, killed)).catch_unwind().await;
            let outcome = ran.unwrap_or_else(|_| Outcome::Refused(*broken_down()));
            drop(generation);
            let _ = died.send(());
            authority.flush().await;
            tap.send(RunEvent::Ended { generation: number, outcome }).await;
        });
        Call { kill, dead }
    }
}

/// From the store to the outcome; all guest code is gone when this is done.
async fn run(
    generation: &Generation,
    callee: &Callee,
    tap: &Arc<Tap>,
    ticker: &Ticker,
    killed: oneshot::Receiver<()>,
) -> Outcome {
    let mut store = generation.store(None);
    let meter = store.data().meter();
    let begun = Instant::now();
    let at = SystemTime::now();
    let guest = async {
        let instance = generation.pre.instantiate_async(&mut store).await?;
        let mut startup = generation.startup;
        startup.instantiate += begun.elapsed();
        let (generation, revision) = (generation.number, generation.revision);
        tap.send(RunEvent::Started { generation, revision, startup, at }).await;
        callee.call(&mut store, &instance).await
    };
    let result = tokio::select! {
        biased;
        _ = killed => None,
        result = ticker.run(&meter, guest) => Some(result),
        over = meter.ended() => Some(Err(over.into())),
    };
    store.data().finish();
    match result {
        None => Outcome::Stopped,
        Some(Err(error)) => Outcome::Crashed(generation.crash(&error, &store)),
        Some(Ok(returned)) => {
            if let (Returned::Failed(_, Some(value)), Callee::Function { name, .. }) = (&returned, callee) {
                let pipe = Pipe::new(Arc::clone(tap), store.data().node().into(), Stream::Studio, generation.number);
                pipe.write(format!("{name} returned {value}\n").as_bytes());
            }
            returned.into()
        }
    }
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner").finish_non_exhaustive()
    }
}
