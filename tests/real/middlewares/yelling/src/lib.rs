mod bindings;

use bindings::web::handling::handler;

struct Middleware;

impl bindings::exports::web::handling::handler::Guest for Middleware {
    fn handle(path: String) -> String {
        handler::handle(&path).to_uppercase()
    }
}

bindings::export!(Middleware with_types_in bindings);
