mod bindings;

struct App;

impl bindings::exports::web::handling::handler::Guest for App {
    fn handle(path: String) -> String {
        format!("you asked for {path}")
    }
}

bindings::export!(App with_types_in bindings);
