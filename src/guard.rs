//! The last resort against panics in other people's parsers and encoders.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside [`guard`]: a panic hook should then say nothing and leave the terminal alone.
pub fn is_guarded() -> bool {
    GUARDED.with(Cell::get)
}

/// Keeps guarded panics quiet where there is no terminal UI (which sees to it itself).
pub fn install_hook() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !is_guarded() {
            before(panic);
        }
    }));
}

/// What `work` gives, or `None` if it panics.
///
/// wac asserts what it takes for granted of its input in a few dozen places (types it cannot encode, names merged
/// twice). We check what we know of beforehand; what we do not know of must cost the user one sentence, not a session.
pub fn guard<T>(work: impl FnOnce() -> T) -> Option<T> {
    let before = GUARDED.with(|g| g.replace(true));
    let result = catch_unwind(AssertUnwindSafe(work)).ok();
    GUARDED.with(|g| g.set(before));
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_inside_is_none_and_known_to_be_guarded() {
        assert_eq!(guard(is_guarded), Some(true));
        assert!(!is_guarded());
        assert_eq!(guard(|| -> u8 { std::panic::resume_unwind(Box::new("inside")) }), None);
        assert!(!is_guarded());
    }
}
