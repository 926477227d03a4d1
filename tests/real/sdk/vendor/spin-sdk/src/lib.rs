//! A stand-in for an SDK: it keeps the bindings, and its users never see WIT.

mod bindings;

struct Entry;

unsafe extern "Rust" {
    safe fn sdk_entry() -> String;
}

impl bindings::Guest for Entry {
    fn run() {
        println!("{}", sdk_entry());
    }
}

bindings::export!(Entry with_types_in bindings);

/// Keeps this crate's exports in the component: nothing else refers to them.
#[doc(hidden)]
pub fn linked() {
    bindings::__link_custom_section_describing_imports();
}

/// Names the function that answers.
#[macro_export]
macro_rules! entry {
    ($answer:ident) => {
        #[used]
        static LINKED: fn() = $crate::linked;

        #[unsafe(no_mangle)]
        fn sdk_entry() -> String {
            $answer()
        }
    };
}
