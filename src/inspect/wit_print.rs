//! WIT of whatever has some, as one text with its comments.

use wit_component::WitPrinter;
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{PackageId, Resolve};

use crate::guard::caught;

/// The packages of a component, or of a WIT package that is encoded; the second is the one that it is about.
///
/// # Errors
/// Why the bytes are neither.
pub(crate) fn decoded(bytes: &[u8]) -> Result<(Resolve, PackageId), String> {
    let read = || {
        let bytes = wat::parse_bytes(bytes).map_err(|error| error.to_string())?;
        match decode(&bytes).map_err(|error| format!("{error:#}"))? {
            DecodedWasm::WitPackage(resolve, package) => Ok((resolve, package)),
            DecodedWasm::Component(resolve, world) => {
                let package = resolve.worlds.get(world).and_then(|world| world.package);
                package.map(|package| (resolve, package)).ok_or_else(|| "its world is of no package".to_owned())
            }
        }
    };
    caught(read).unwrap_or_else(|panic| Err(panic.to_string()))
}

/// The text of a package, with those that it uses inside it where `whole`.
///
/// # Errors
/// Why it cannot be printed.
pub(crate) fn printed(resolve: &Resolve, package: PackageId, whole: bool) -> Result<String, String> {
    let others = resolve.packages.iter().map(|(id, _)| id).filter(|id| whole && *id != package);
    let others: Vec<PackageId> = others.collect();
    let print = || {
        let mut printer = WitPrinter::default();
        printer.print(resolve, package, &others).map_err(|error| format!("{error:#}"))?;
        Ok(printer.output.to_string())
    };
    caught(print).unwrap_or_else(|panic| Err(panic.to_string()))
}
