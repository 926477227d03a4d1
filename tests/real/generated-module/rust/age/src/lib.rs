//! `event_module.rs` is made by `earthly +gen-bindings`.

#[allow(clippy::all, unused)]
mod event_module;
mod stub;

use event_module::exports::hermes::init::event::Guest;

struct Age;

impl Guest for Age {
    fn init() -> bool {
        println!("{}", stub::text());
        true
    }
}

event_module::export!(Age with_types_in event_module);
