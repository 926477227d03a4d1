mod bindings;

struct Registry;

impl bindings::Guest for Registry {
    fn run() {
        println!("highest bid: {} cents", bindings::market::api::bids::highest());
    }
}

bindings::export!(Registry with_types_in bindings);
