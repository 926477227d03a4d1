mod bindings;

struct Client;

impl bindings::Guest for Client {
    fn run() {
        println!("{}", bindings::web::handling::handler::handle("/home"));
    }
}

bindings::export!(Client with_types_in bindings);
