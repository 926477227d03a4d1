mod bindings;

struct Function;

impl bindings::Guest for Function {
    fn delete() {
        println!("delete of version 1.0");
    }
}

bindings::export!(Function with_types_in bindings);
