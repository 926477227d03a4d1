mod bindings;

struct Dependable;

impl bindings::exports::hello::components::dependable::Guest for Dependable {
    fn message() -> String {
        "rely on me".into()
    }
}

bindings::export!(Dependable with_types_in bindings);
