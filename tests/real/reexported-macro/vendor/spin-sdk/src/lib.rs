//! A stand-in for an SDK that hands its users the macro which makes bindings.

pub mod wit_bindgen {
    pub use crate::generate;
    pub use bindings_runtime::rt;
}

/// The bindings of the one world that this stand-in knows.
#[macro_export]
macro_rules! generate {
    ($($argument:tt)*) => {
        mod bindings {
            include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../vendor/spin-sdk/main-world.rs"));
        }
    };
}
