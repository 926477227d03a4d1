//! From bytes and WIT to ports; from whatever a compiler left to a component. Parses, runs nothing.

mod budget;
mod componentize;
mod ports;
mod producers;
mod sections;
mod stub;
mod wit;
mod wit_files;
mod wit_package;
mod world;
mod world_of_bytes;

pub use budget::{BUDGET, Budget, TooMuch, within};
pub use componentize::componentize;
pub use ports::inspect;
pub use producers::{COMPOSER, is_composition};
pub use sections::{Section, id, sections};
pub use stub::stub;
pub use wit::{Declared, Packaged, check_wit, declared, package, package_in, package_named, resolve, stand_in};
pub use wit_files::wit_files;
pub use wit_package::is_wit_package;
pub use world::{Side, World, differences};
