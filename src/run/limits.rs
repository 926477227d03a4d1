//! How much memory a run may have.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use wasmtime::ResourceLimiter;

/// What all stores of one generation have together, in bytes.
#[derive(Clone, Debug)]
pub struct Budget {
    cap: usize,
    used: Arc<AtomicUsize>,
}

impl Budget {
    pub fn new(cap: usize) -> Self {
        Self { cap, used: Arc::default() }
    }
}

/// Why a guest got no more memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied {
    /// What it asked for on top of what it had, in bytes.
    pub asked: usize,
    pub used: usize,
    pub cap: usize,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "asked for {} more while {} of the {} a run may have were in use",
            bytes(self.asked),
            bytes(self.used),
            bytes(self.cap)
        )
    }
}

/// The share of one store, given back when the store goes.
#[derive(Debug)]
pub struct Share {
    budget: Budget,
    own: usize,
    /// The growth granted last, in case Wasmtime can't carry it out.
    last: usize,
    /// A refusal the guest may or may not survive; it explains the trap that often follows.
    pub denied: Option<Denied>,
}

impl Share {
    pub fn new(budget: Budget) -> Self {
        Self { budget, own: 0, last: 0, denied: None }
    }

    fn grow(&mut self, by: usize) -> bool {
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
                self.denied = Some(Denied { asked: by, used, cap });
                false
            }
        }
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
}

/// `1.5 GiB`, `64 KiB`, `12 bytes`.
fn bytes(n: usize) -> String {
    const UNITS: [(&str, usize); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    for (unit, size) in UNITS {
        if n >= size {
            let (whole, tenth) = (n / size, n % size / (size / 10));
            return match tenth.min(9) {
                0 => format!("{whole} {unit}"),
                tenth => format!("{whole}.{tenth} {unit}"),
            };
        }
    }
    format!("{n} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_share_one_budget_and_give_back() {
        let budget = Budget::new(100);
        let mut a = Share::new(budget.clone());
        let mut b = Share::new(budget.clone());
        assert!(a.memory_growing(0, 60, None).unwrap());
        assert!(!b.memory_growing(0, 50, None).unwrap());
        assert_eq!(b.denied, Some(Denied { asked: 50, used: 60, cap: 100 }));
        drop(a);
        assert!(b.memory_growing(0, 50, None).unwrap());
        assert!(!b.memory_growing(50, 60, Some(55)).unwrap(), "its own maximum");
        b.memory_grow_failed(wasmtime::Error::msg("the system has none")).unwrap();
        assert_eq!(budget.used.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn sizes_read_as_a_person_says_them() {
        assert_eq!(bytes(12), "12 bytes");
        assert_eq!(bytes(64 << 10), "64 KiB");
        assert_eq!(bytes(3 << 29), "1.5 GiB");
        assert_eq!(bytes(1 << 30), "1 GiB");
    }
}
