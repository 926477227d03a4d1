//! Knows what to say; knows nothing of HTTP.

mod bindings;

use bindings::exports::site::greetings::greetings::Guest;

struct Greeter;

impl Guest for Greeter {
    fn greet(path: String) -> String {
        println!("greeting a visitor of {path}");
        format!("Hello from {path}\n")
    }
}

bindings::export!(Greeter with_types_in bindings);
