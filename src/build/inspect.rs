//! Stand-in until the real one lands.
use std::path::Path;

use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::port::Ports;

pub fn inspect(bytes: &[u8]) -> Result<Ports, Diagnostic> {
    if bytes.starts_with(b"\0asm") { Ok(Ports::default()) } else { Err(Diagnostic::error(Origin::Wasm, "no wasm")) }
}

pub fn componentize(bytes: &[u8], file: &Path) -> Result<Vec<u8>, Diagnostic> {
    wat::parse_bytes(bytes)
        .map(std::borrow::Cow::into_owned)
        .map_err(|e| Diagnostic::error(Origin::Wasm, e.to_string()).at(file, 0, 0))
}

pub struct Declared {
    pub package: String,
    pub world: String,
    pub ports: Ports,
}

pub fn declared(wit: &Path, world: Option<&str>) -> Result<Declared, Vec<Diagnostic>> {
    let fail = |e: anyhow::Error| vec![Diagnostic::error(Origin::Wit, format!("{e:#}")).at(wit, 1, 0)];
    let mut resolve = wit_parser::Resolve::default();
    let (package, _) = resolve.push_path(wit).map_err(fail)?;
    let world = resolve.select_world(&[package], world).map_err(fail)?;
    let name = &resolve.packages[package].name;
    Ok(Declared {
        package: format!("{}:{}", name.namespace, name.name),
        world: resolve.worlds[world].name.clone(),
        ports: Ports::default(),
    })
}

pub fn check_wit(path: &Path) -> Vec<Diagnostic> {
    let mut resolve = wit_parser::Resolve::default();
    resolve
        .push_path(path)
        .err()
        .map(|e| Diagnostic::error(Origin::Wit, format!("{e:#}")).at(path, 1, 0))
        .into_iter()
        .collect()
}
