mod bindings;

struct C;
impl bindings::Guest for C {
    fn run() {
        println!("a is {}, b is {}", shared::voice(), bindings::voice::b::say::say());
    }
}

bindings::export!(C with_types_in bindings);
