//! An empty component: say in `wit/world.wit` what it imports and exports, and here what it does.

mod bindings;

use bindings::Guest;

struct App;

impl Guest for App {
    fn run() {
        println!("Hello from your component.");
    }
}

bindings::export!(App with_types_in bindings);
