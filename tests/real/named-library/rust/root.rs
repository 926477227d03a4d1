mod bindings;

struct C;
impl bindings::Guest for C {
    fn run() {
        println!("tuned");
    }
}

bindings::export!(C with_types_in bindings);
