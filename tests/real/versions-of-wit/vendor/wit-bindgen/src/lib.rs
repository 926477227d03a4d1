//! A stand-in for the macro: it knows the newest world alone.

pub use runtime::rt;

#[macro_export]
macro_rules! generate {
    ($($argument:tt)*) => {
        mod bindings {
            include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../vendor/wit-bindgen/adapter-world.rs"));
        }
    };
}
