//! From bytes and WIT to ports; from whatever a compiler left to a component. Parses, runs nothing.

mod budget;
mod componentize;
mod differ;
mod ports;
mod producers;
mod sections;
mod signature;
mod stub;
mod wit;
mod wit_files;
mod world;

pub use budget::{BUDGET, Budget, TooMuch, within};
pub use componentize::componentize;
pub use differ::differences;
pub use ports::inspect;
pub use producers::{COMPOSER, is_composition};
pub use sections::{Section, id, sections};
pub use stub::stub;
pub use wit::{Declared, Packaged, check_wit, declared, package, package_in, package_named, resolve};
pub use wit_files::wit_files;
pub use world::{Side, World};
