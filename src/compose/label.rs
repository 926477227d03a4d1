//! Capabilities that every node gets to itself.

use crate::model::port::{InterfaceName, unversioned};
use crate::model::project::{kebab, numbered};

/// The interfaces that grant something, in every version of 0.2 and 0.3. What defines a resource (`wasi:io`,
/// `wasi:filesystem/types`, `wasi:sockets/ip-name-lookup` of 0.2 and the like) must stay shared between nodes, or its
/// handles could not pass between them.
const LABELLED: &[(&str, &str)] = &[
    ("cli", "environment"),
    ("cli", "stdin"),
    ("cli", "stdout"),
    ("cli", "stderr"),
    ("filesystem", "preopens"),
    ("sockets", "instance-network"),
    ("sockets", "tcp-create-socket"),
    ("sockets", "udp-create-socket"),
    ("http", "outgoing-handler"),
    ("http", "client"),
    ("clocks", "wall-clock"),
    ("clocks", "system-clock"),
    ("random", "random"),
    ("random", "insecure"),
    ("random", "insecure-seed"),
    ("config", "store"),
];

/// Of 0.3 alone. `types` makes sockets as well as defining them, so that it is labelled unless an interface of the
/// program's own passes sockets on.
const LABELLED_P3: &[(&str, &str)] = &[("sockets", "types"), ("sockets", "ip-name-lookup")];

/// Whether a node's import of this name becomes its own.
pub(super) fn is_labelled(import: &str) -> bool {
    InterfaceName::parse(import).is_some_and(|name| {
        let path = (name.package, name.interface);
        let fits = |version: &semver::Version| match version.minor {
            2 => LABELLED.contains(&path),
            3 => LABELLED.contains(&path) || LABELLED_P3.contains(&path),
            _ => false,
        };
        name.namespace == "wasi" && name.version.as_ref().is_some_and(|v| v.major == 0 && fits(v))
    })
}

/// `logger-wasi-cli-stdout`: the name a node's import gets; with the version behind it, where that name is `taken`.
pub(super) fn label(node: &str, import: &str, taken: impl Fn(&str) -> bool) -> String {
    let path = unversioned(import);
    let plain = format!("{}-{}", kebab(node), kebab(path));
    if !taken(&plain) {
        return plain;
    }
    let version = import.split('@').nth(1).map(|v| v.replace(|c: char| !c.is_ascii_alphanumeric(), "-v"));
    let versioned = format!("{plain}-v{}", version.unwrap_or_default().to_ascii_lowercase());
    // Taken even so by two nodes whose names differ only in what a label cannot spell.
    numbered(&versioned, "-n", taken)
}

#[cfg(test)]
mod tests {
    use crate::compose::label::*;

    #[test]
    fn what_grants_is_labelled_and_what_defines_resources_is_not() {
        for name in ["wasi:cli/stdout@0.2.3", "wasi:filesystem/preopens@0.2.0", "wasi:sockets/types@0.3.0"] {
            assert!(is_labelled(name), "{name}");
        }
        for name in [
            "wasi:filesystem/types@0.2.3",
            "wasi:sockets/ip-name-lookup@0.2.3",
            "my:cli/stdout@0.2.0",
            "wasi:cli/stdout",
        ] {
            assert!(!is_labelled(name), "{name}");
        }
    }

    #[test]
    fn labels_are_unique_kebab_names() {
        let none = |_: &str| false;
        assert_eq!(label("logger", "wasi:cli/stdout@0.2.3", none), "logger-wasi-cli-stdout");
        assert_eq!(label("cyber:core", "wasi:cli/stderr@0.2.3", none), "cyber-core-wasi-cli-stderr");
        let taken = |name: &str| name == "a-wasi-cli-stdout";
        assert_eq!(label("a", "wasi:cli/stdout@0.3.0", taken), "a-wasi-cli-stdout-v0-v3-v0");
    }
}
