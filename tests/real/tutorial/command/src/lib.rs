mod bindings;

struct C;
impl bindings::Guest for C {
    fn run() {
        println!("1 + 2 = {}", bindings::docs::calculator::calculate::eval(1, 2));
    }
}

bindings::export!(C with_types_in bindings);
