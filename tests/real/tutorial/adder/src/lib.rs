mod bindings;

struct C;
impl bindings::exports::docs::calculator::add::Guest for C {
    fn add(a: u32, b: u32) -> u32 {
        a + b
    }
}

bindings::export!(C with_types_in bindings);
