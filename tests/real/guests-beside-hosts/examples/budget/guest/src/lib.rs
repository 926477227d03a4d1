mod bindings;

struct Guest;

impl bindings::Guest for Guest {
    fn run() {
        println!("budget ran");
    }
}

bindings::export!(Guest with_types_in bindings);
