//! Compiled functions, kept in memory by content: an edit of one function compiles that one, not its whole module.
//!
//! Cranelift asks by a hash of the function as it would compile it (its settings included), so an answer is right
//! whoever put it in. What was not asked for lately is forgotten.

use std::borrow::Cow;
use std::collections::HashMap;

use parking_lot::Mutex;
use wasmtime::CacheStore;

use crate::run::engine::compile_pool::give_up_if_superseded;

/// Bytes kept, about twice at most: the functions of some dozens of megabytes of wasm.
const ROOM: usize = 32 << 20;

#[derive(Debug, Default)]
pub(crate) struct Functions(Mutex<Kept>);

/// What was used lately, and what was used before that. When the first is full it becomes the second, and what nobody
/// asked for meanwhile is gone.
#[derive(Debug, Default)]
struct Kept {
    recent: HashMap<Box<[u8]>, Vec<u8>>,
    older: HashMap<Box<[u8]>, Vec<u8>>,
    bytes: usize,
}

impl Kept {
    fn put(&mut self, key: Box<[u8]>, code: Vec<u8>, room: usize) {
        self.bytes += key.len() + code.len();
        if let Some(before) = self.recent.insert(key, code) {
            self.bytes = self.bytes.saturating_sub(before.len());
        }
        if self.bytes > room {
            self.older = std::mem::take(&mut self.recent);
            self.bytes = 0;
        }
    }

    fn get(&mut self, key: &[u8], room: usize) -> Option<Vec<u8>> {
        if let Some(code) = self.recent.get(key) {
            return Some(code.clone());
        }
        let (key, code) = self.older.remove_entry(key)?;
        self.put(key, code.clone(), room);
        Some(code)
    }
}

impl CacheStore for Functions {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        give_up_if_superseded();
        let mut kept = self.0.lock();
        kept.get(key, ROOM).map(Cow::Owned)
    }

    fn insert(&self, key: &[u8], value: Vec<u8>) -> bool {
        let mut kept = self.0.lock();
        kept.put(key.into(), value, ROOM);
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::run::engine::functions::*;

    #[test]
    fn what_is_used_stays_and_the_rest_is_forgotten() {
        let mut kept = Kept::default();
        for n in 0..100u8 {
            kept.put(Box::new([n]), vec![n; 9], 200);
            assert_eq!(kept.get(&[0], 200), Some(vec![0; 9]), "asked for all the time");
        }
        assert_eq!(kept.get(&[1], 200), None);
        let held: usize = kept.recent.values().chain(kept.older.values()).map(|code| code.len() + 1).sum();
        assert!(held <= 420, "{held}");
    }
}
