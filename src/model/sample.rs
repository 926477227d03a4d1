//! Ports for tests, from WIT.

use std::sync::Arc;

use wit_parser::Resolve;

use crate::model::port::{Port, PortKind, Ports};
use crate::model::signature;
use crate::model::types::{Source, Types};

/// The ports of the only world of a text.
pub(crate) fn ports(wit: &str) -> Ports {
    try_ports(wit).unwrap()
}

fn try_ports(wit: &str) -> Option<Ports> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("sample.wit", wit).ok()?;
    let world = resolve.select_world(&[package], None).ok()?;
    Some(signature::ports(&Arc::new(resolve), world, Source::Declared))
}

/// An interface of these lines; of unknown types where they are no WIT by themselves.
pub(crate) fn interface(name: &str, lines: &[&str]) -> Port {
    let (path, version) = name.split_once('@').map_or((name, String::new()), |(path, v)| (path, format!("@{v}")));
    let (package, interface) = path.split_once('/').unwrap_or(("sample:sample", path));
    let ended: String =
        lines.iter().map(|l| if l.ends_with('}') { (*l).to_owned() } else { format!("{l};") }).collect();
    let wit =
        format!("package {package}{version}; interface {interface} {{ {ended} }} world it {{ import {interface}; }}");
    let port = Port {
        name: name.into(),
        kind: PortKind::Interface,
        signature: lines.iter().map(|l| (*l).to_owned()).collect(),
        types: Types::default(),
    };
    match try_ports(&wit).and_then(|ports| ports.imports.into_iter().last()) {
        Some(typed) => Port { types: typed.types, ..port },
        None => port,
    }
}

/// A function of the root.
pub(crate) fn function(name: &str, signature: &str) -> Port {
    ports(&format!("package sample:sample; world it {{ import {name}: {signature}; }}")).imports.remove(0)
}
