#[cfg(feature = "wasi-0_2_1")]
wit_bindgen::generate!({ path: "../wit/0_2_1", world: "adapter" });

#[cfg(feature = "wasi-0_2_3")]
wit_bindgen::generate!({ path: "../wit/0_2_3", world: "adapter" });

struct Adapter;

impl bindings::Guest for Adapter {
    fn run() {
        println!("adapted");
    }
}

bindings::export!(Adapter with_types_in bindings);
