mod bindings;

struct C;
impl bindings::exports::voice::b::say::Guest for C {
    fn say() -> String {
        format!("{}.", shared::voice())
    }
}

bindings::export!(C with_types_in bindings);
