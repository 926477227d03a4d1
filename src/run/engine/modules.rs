//! Bytes → machine code, each core module apart and only when it changed.
//!
//! Compiled code is kept by content: in memory while it is in use, and by Wasmtime's own cache on disk. The composition
//! itself holds only adapters once its core modules are hoisted, and an edit of a function's body leaves it as it was.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use sha2::{Digest, Sha256};
use wasmtime::component::Component;
use wasmtime::{Cache, Engine, Module};

use crate::compose::{CoreModule, Live};
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::run::engine::compile_pool::{Cancellation, unless_superseded};

type Key = [u8; 32];

/// Compositions kept in memory: going back and forth between a few edits costs nothing.
const COMPONENTS: usize = 16;
/// Core modules kept beyond those of the composition at hand.
const SPARE_MODULES: usize = 64;

/// A composition as machine code.
pub(crate) struct Compiled {
    pub component: Component,
    /// In the order of [`Live::modules`].
    pub modules: Vec<Module>,
    /// Core modules compiled now, and those taken from memory or disk.
    pub(crate) fresh: usize,
    pub cached: usize,
    pub took: Duration,
}

/// Compiles, and remembers what it compiled.
pub(crate) struct Modules {
    engine: Engine,
    disk: Option<Cache>,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    components: Recent<Component>,
    modules: Recent<Module>,
}

impl Modules {
    pub(crate) fn new(engine: Engine, disk: Option<Cache>) -> Self {
        Self { engine, disk, memory: Mutex::default() }
    }

    /// Blocks for as long as Cranelift needs: not for an async thread. Others may compile meanwhile.
    ///
    /// # Errors
    /// When Wasmtime refuses a module or the composition, or it is cancelled.
    pub(crate) fn compile(&self, live: &Live, cancellation: &Cancellation) -> Result<Compiled, Box<Diagnostic>> {
        let started = Instant::now();
        let (mut at_hand, mut missing) = (HashMap::<Key, Module>::new(), Vec::<&CoreModule>::new());
        {
            let mut memory = self.memory.lock();
            for module in &live.modules {
                if let Some(known) = memory.modules.get(&module.key) {
                    at_hand.insert(module.key, known);
                } else if missing.iter().all(|m| m.key != module.key) {
                    missing.push(module);
                }
            }
        }
        let hits = self.disk_hits();
        let made = self.compile_all(&missing, cancellation)?;
        let from_disk = self.disk_hits().saturating_sub(hits).min(missing.len());
        {
            let mut memory = self.memory.lock();
            for (core, module) in missing.iter().zip(made) {
                memory.modules.put(core.key, module.clone());
                at_hand.insert(core.key, module);
            }
            memory.modules.shrink(live.modules.len() + SPARE_MODULES);
        }
        let modules = live.modules.iter().filter_map(|m| at_hand.get(&m.key).cloned()).collect();
        let component = self.component(&live.bytes, cancellation)?;
        let fresh = missing.len() - from_disk;
        let cached = live.modules.len() - fresh;
        Ok(Compiled { component, modules, fresh, cached, took: started.elapsed() })
    }

    fn component(&self, bytes: &[u8], cancellation: &Cancellation) -> Result<Component, Box<Diagnostic>> {
        let key: Key = Sha256::digest(bytes).into();
        if let Some(component) = self.memory.lock().components.get(&key) {
            return Ok(component);
        }
        if cancellation.is_cancelled() {
            return Err(cancelled());
        }
        let made = unless_superseded(|| Component::from_binary(&self.engine, bytes)).ok_or_else(cancelled)?;
        let component = made.map_err(|e| refused("the composition", &e))?;
        let mut memory = self.memory.lock();
        memory.components.put(key, component.clone());
        memory.components.shrink(COMPONENTS);
        Ok(component)
    }

    fn disk_hits(&self) -> usize {
        self.disk.as_ref().map_or(0, Cache::cache_hits)
    }

    /// In parallel over modules: Cranelift is parallel inside one, but reading, checking and linking it is not.
    fn compile_all(
        &self,
        missing: &[&CoreModule],
        cancellation: &Cancellation,
    ) -> Result<Vec<Module>, Box<Diagnostic>> {
        let compile = |core: &CoreModule| -> Result<Module, Box<Diagnostic>> {
            if cancellation.is_cancelled() {
                return Err(cancelled());
            }
            let made = unless_superseded(|| Module::from_binary(&self.engine, &core.stripped));
            made.ok_or_else(cancelled)?.map_err(|e| {
                refused(&format!("a core module of `{}`", core.component), &e).component(&core.component).into()
            })
        };
        missing.par_iter().map(|core| compile(core)).collect()
    }
}

/// Nobody waits for it any more.
fn cancelled() -> Box<Diagnostic> {
    Diagnostic::error(Origin::Run, "a newer program took its place before it was compiled").into()
}

/// A thread of the compiler panicked.
pub(crate) fn broken_down() -> Box<Diagnostic> {
    Diagnostic::error(Origin::Run, "the compiler panicked; please report this as a bug of studio").into()
}

fn refused(what: &str, error: &wasmtime::Error) -> Diagnostic {
    Diagnostic::error(Origin::Wasm, format!("Wasmtime can't compile {what}: {error:#}"))
}

/// The values used last, newest at the end. A handful of entries: a list is as fast as anything.
struct Recent<V>(Vec<(Key, V)>);

impl<V> Default for Recent<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V: Clone> Recent<V> {
    fn get(&mut self, key: &Key) -> Option<V> {
        let index = self.0.iter().position(|(k, _)| k == key)?;
        let entry = self.0.remove(index);
        let value = entry.1.clone();
        self.0.push(entry);
        Some(value)
    }

    fn put(&mut self, key: Key, value: V) {
        self.0.retain(|(known, _)| *known != key);
        self.0.push((key, value));
    }

    /// Forgets all but the `keep` used last.
    fn shrink(&mut self, keep: usize) {
        let over = self.0.len().saturating_sub(keep);
        self.0.drain(..over);
    }
}

#[cfg(test)]
mod tests {
    use crate::model::port::Ports;
    use crate::run::engine::compile_pool::CompilePool;
    use crate::run::engine::modules::*;
    use crate::run::engine::{Allocation, Counting, engine};

    fn core(import: &str, wat: &str) -> CoreModule {
        let bytes: std::sync::Arc<[u8]> = wat::parse_str(wat).unwrap().into();
        CoreModule {
            import: import.into(),
            component: "c".into(),
            key: Sha256::digest(&bytes).into(),
            stripped: bytes.clone(),
            full: bytes,
        }
    }

    fn live(modules: Vec<CoreModule>) -> Live {
        let bytes = wat::parse_str("(component)").unwrap().into();
        Live {
            bytes,
            modules,
            labels: Vec::new(),
            missing: Vec::new(),
            ports: Ports::default(),
            nodes: Vec::new(),
            providers: Vec::new(),
        }
    }

    #[test]
    fn only_what_changed_is_compiled() {
        let directory = tempfile::tempdir().unwrap();
        let fresh = || {
            let (engine, cache) = engine(Some(directory.path()), Allocation::OnDemand, Counting::Nothing).unwrap();
            Modules::new(engine, cache)
        };
        let (a, b, b2) = (core("a", "(module)"), core("b", "(module (func))"), core("b", "(module (func nop))"));
        let modules = fresh();
        let first = modules.compile(&live(vec![a.clone(), b.clone(), a.clone()]), &Cancellation::default()).unwrap();
        assert_eq!((first.fresh, first.cached, first.modules.len()), (2, 1, 3), "the same module twice is one");
        let second = modules.compile(&live(vec![a.clone(), b2.clone()]), &Cancellation::default()).unwrap();
        assert_eq!((second.fresh, second.cached), (1, 1));
        assert!(Module::same(&first.modules[0], &second.modules[0]));
        let other_process = fresh().compile(&live(vec![a, b2]), &Cancellation::default()).unwrap();
        assert_eq!((other_process.fresh, other_process.cached), (0, 2), "from disk");
    }

    #[test]
    fn a_module_is_given_up_between_two_of_its_functions() {
        let (engine, _) = engine(None, Allocation::OnDemand, Counting::Nothing).unwrap();
        let modules = Modules::new(engine, None);
        let functions: String = (0..100).map(|n| format!("(func (result i32) i32.const {n})")).collect();
        let live = live(vec![core("a", &format!("(module {functions})"))]);
        let pool = CompilePool::default();
        let given_up = pool.install(false, || {
            pool.abandon();
            modules.compile(&live, &Cancellation::default())
        });
        assert_eq!(given_up.err(), Some(cancelled()), "though it was not asked between modules");
        // The same engine compiles it for somebody who wants it.
        let made = pool.install(false, || modules.compile(&live, &Cancellation::default()));
        assert_eq!(made.unwrap().fresh, 1);
    }

    #[test]
    fn what_wasmtime_refuses_is_a_problem_with_a_name() {
        let modules = Modules::new(Engine::default(), None);
        let mut broken = core("a", "(module)");
        broken.stripped = std::sync::Arc::from(&b"\0asm\x01\0\0\0\x01\x7f"[..]);
        let problem = modules.compile(&live(vec![broken]), &Cancellation::default()).err().unwrap();
        assert_eq!(problem.component.as_deref(), Some("c"));
        assert!(problem.message.contains("core module of `c`"), "{}", problem.message);
    }

    #[test]
    fn memory_is_bounded_by_use() {
        let mut recent = Recent::default();
        for n in 0..4u8 {
            recent.put([n; 32], n);
        }
        recent.get(&[0; 32]);
        recent.shrink(2);
        assert_eq!(recent.0.iter().map(|(_, v)| *v).collect::<Vec<_>>(), [3, 0]);
    }
}
