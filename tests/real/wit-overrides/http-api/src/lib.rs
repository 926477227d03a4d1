mod bindings;

use bindings::acme::app::tasks::{Task, finish};

struct Service;

impl bindings::Guest for Service {
    fn run() {
        println!("{}", finish(&Task { title: "write".into() }));
    }
}

bindings::export!(Service with_types_in bindings);
