mod bindings;

use bindings::web::handling::handler;

struct Middleware;

impl bindings::exports::web::handling::handler::Guest for Middleware {
    fn handle(path: String) -> String {
        format!("{}; cats sleep", handler::handle(&path))
    }
}

bindings::export!(Middleware with_types_in bindings);
