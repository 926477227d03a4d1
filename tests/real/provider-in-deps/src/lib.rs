mod bindings;

struct C;
impl bindings::Guest for C {
    fn run() {
        println!("counted {}", bindings::kv::store::numbers::get());
    }
}

bindings::export!(C with_types_in bindings);
