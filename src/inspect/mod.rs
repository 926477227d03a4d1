//! From bytes and WIT to ports; from whatever a compiler left to a component. Parses, runs nothing.

mod componentize;
mod ports;
mod producers;
mod signature;
mod wit;

pub use componentize::componentize;
pub use ports::inspect;
pub use producers::{COMPOSER, is_composition};
pub use wit::{Declared, check_wit, declared, package_named};
