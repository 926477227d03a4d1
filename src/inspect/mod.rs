//! From bytes and WIT to ports; from whatever a compiler left to a component. Parses, runs nothing.

mod budget;
mod componentize;
mod ports;
mod producers;
mod sections;
mod stub;
mod wit;
mod wit_elsewhere;
mod wit_files;
mod wit_package;
mod wit_print;
mod wit_problems;
mod world;
mod world_of_bytes;

pub(crate) use budget::{BUDGET, composed_within, within};
pub use componentize::componentize;
pub use ports::inspect;
pub use producers::COMPOSER;
pub(crate) use producers::is_composition;
pub use sections::sections;
pub(crate) use sections::{Section, id};
pub(crate) use stub::stub;
pub(crate) use wit::{Packaged, check_wit, package_in};
pub use wit::{declared, package, package_named, resolve, stand_in};
pub(crate) use wit_elsewhere::fetched_by;
pub(crate) use wit_files::{missing_from_deps, wit_files};
pub(crate) use wit_package::is_wit_package;
pub(crate) use wit_print::{decoded, printed};
pub(crate) use wit_problems::sources;
pub use wit_problems::{Mended, mended};
pub(crate) use world::Side;
pub use world::{World, differences};
