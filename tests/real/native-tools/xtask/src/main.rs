#[cfg(target_arch = "wasm32")]
compile_error!("a tool of the host");

fn main() {}
