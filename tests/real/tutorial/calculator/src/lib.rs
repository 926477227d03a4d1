mod bindings;

struct C;
impl bindings::exports::docs::calculator::calculate::Guest for C {
    fn eval(a: u32, b: u32) -> u32 {
        bindings::docs::calculator::add::add(a, b)
    }
}

bindings::export!(C with_types_in bindings);
