spin_sdk::wit_bindgen::generate!({
    world: "main",
    path: "../../wit",
    runtime_path: "::spin_sdk::wit_bindgen::rt",
});

struct Main;

impl bindings::Guest for Main {
    fn run() {
        println!("main asks: {}", bindings::hello::components::dependable::message());
    }
}

bindings::export!(Main with_types_in bindings);
