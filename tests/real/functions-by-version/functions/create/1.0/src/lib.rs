mod bindings;

struct Function;

impl bindings::Guest for Function {
    fn create() {
        println!("create of version 1.0");
    }
}

bindings::export!(Function with_types_in bindings);
