//! The last resort against panics: in other people's parsers and encoders, and in our own stages.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    /// Where the last guarded panic of this thread was.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Whether this thread is inside a guard: a panic hook should then say nothing and leave the terminal alone.
pub(crate) fn is_guarded() -> bool {
    GUARDED.with(Cell::get)
}

/// Keeps guarded panics quiet; `print` has all others, since the standard hook would write a panic's text raw.
pub fn install_hook(print: impl Fn(&PanicHookInfo<'_>) + Send + Sync + 'static) {
    std::panic::set_hook(Box::new(move |panic| {
        if is_guarded() {
            note(panic);
        } else {
            print(panic);
        }
    }));
}

/// For hooks: keeps where a guarded panic was, for [`Panicked`].
pub(crate) fn note(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(|at| {
        // The crate and its file; the registry's folder before it is this machine's.
        let file = at.file().rsplit_once("/registry/src/").and_then(|(_, rest)| rest.split_once('/'));
        format!("{}:{}", file.map_or(at.file(), |(_, file)| file), at.line())
    });
    PLACE.with(|kept| *kept.borrow_mut() = place);
}

/// A panic that was caught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Panicked {
    message: String,
    place: Option<String>,
}

impl Panicked {
    /// Of what a task or a thread that panicked left.
    pub(crate) fn of(payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
        let place = PLACE.with(|kept| kept.borrow_mut().take());
        Self { message: text.unwrap_or_else(|| "an unknown reason".into()), place }
    }
}

impl std::fmt::Display for Panicked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message.lines().next().unwrap_or_default())?;
        match &self.place {
            Some(place) => write!(f, " ({place})"),
            None => Ok(()),
        }
    }
}

/// What `work` gives.
///
/// # Errors
/// The panic that ended it.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    let before = GUARDED.with(|g| g.replace(true));
    let result = catch_unwind(AssertUnwindSafe(work)).map_err(|payload| Panicked::of(&*payload));
    GUARDED.with(|g| g.set(before));
    result
}

/// What `work` gives, or `None` if it panics.
///
/// wac asserts what it takes for granted of its input in a few dozen places (types it cannot encode, names merged
/// twice). We check what we know of beforehand; what we do not know of must cost the user one sentence, not a session.
pub fn guard<T>(work: impl FnOnce() -> T) -> Option<T> {
    caught(work).ok()
}

#[cfg(test)]
mod tests {
    use crate::guard::*;

    #[test]
    fn a_panic_inside_is_none_and_known_to_be_guarded() {
        assert_eq!(guard(is_guarded), Some(true));
        assert!(!is_guarded());
        assert_eq!(guard(|| -> u8 { std::panic::resume_unwind(Box::new("inside")) }), None);
        assert!(!is_guarded());
    }

    #[test]
    fn a_caught_panic_says_what_it_said() {
        let panicked =
            |payload: Box<dyn Any + Send>| caught(|| -> u8 { std::panic::resume_unwind(payload) }).unwrap_err();
        assert_eq!(panicked(Box::new("a\nb")).to_string(), "a");
        assert_eq!(panicked(Box::new(String::from("of a string"))).to_string(), "of a string");
        assert_eq!(panicked(Box::new(7)).to_string(), "an unknown reason");
    }
}
