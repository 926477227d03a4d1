mod bindings;

struct C;
impl bindings::Guest for C {
    fn run() {
        println!("served");
    }
}

bindings::export!(C with_types_in bindings);
