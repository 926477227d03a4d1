//! What studio's own host gives to components that run in it. What it lacks may be another host's: a component that
//! imports it is none the worse, it only cannot run here.

use semver::Version;

use crate::model::port::{InterfaceName, unversioned};

/// Of `wasi:cli`, in 0.2 and 0.3.
const CLI: &[&str] = &[
    "environment",
    "exit",
    "stdin",
    "stdout",
    "stderr",
    "terminal-input",
    "terminal-output",
    "terminal-stdin",
    "terminal-stdout",
    "terminal-stderr",
];

/// Of WASI 0.2, by package.
const P2: &[(&str, &[&str])] = &[
    ("cli", CLI),
    ("clocks", &["monotonic-clock", "wall-clock"]),
    ("config", &["store"]),
    ("filesystem", &["types", "preopens"]),
    ("http", &["types", "outgoing-handler"]),
    ("io", &["error", "poll", "streams"]),
    ("random", &["random", "insecure", "insecure-seed"]),
    (
        "sockets",
        &["network", "instance-network", "ip-name-lookup", "tcp", "tcp-create-socket", "udp", "udp-create-socket"],
    ),
];

/// Of WASI 0.3.
const P3: &[(&str, &[&str])] = &[
    ("cli", CLI),
    ("cli", &["types"]),
    ("clocks", &["types", "monotonic-clock", "system-clock"]),
    ("filesystem", &["types", "preopens"]),
    ("http", &["types", "client"]),
    ("random", &["random", "insecure", "insecure-seed"]),
    ("sockets", &["types", "ip-name-lookup"]),
];

/// Whether studio's host gives an interface of this name. What a guest itself implements to be called is not its to give.
pub fn host_provides(name: &str) -> bool {
    let Some(name) = InterfaceName::parse(name).filter(|n| n.namespace == "wasi") else { return false };
    let has = |table: &[(&str, &[&str])]| {
        table.iter().any(|(package, interfaces)| *package == name.package && interfaces.contains(&name.interface))
    };
    match &name.version {
        // Drafts promise nothing to what came of them; `wasi:config` has been nothing else.
        Some(version) if !version.pre.is_empty() && name.package != "config" => false,
        Some(Version { major: 0, minor: 2, .. }) => has(P2),
        Some(Version { major: 0, minor: 3, .. }) => has(P3),
        // As it is spelt where the version is still to be learnt.
        None => has(P2) || has(P3),
        Some(_) => false,
    }
}

/// Interfaces through which the outside starts a composition.
pub(crate) fn is_entry(name: &str) -> bool {
    let path = unversioned(name);
    matches!(path, "wasi:cli/run" | "wasi:http/incoming-handler" | "wasi:http/handler")
}

#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = String> {
    let of = |table: &'static [(&'static str, &'static [&'static str])], minor: &'static str| {
        table.iter().flat_map(move |(package, interfaces)| {
            interfaces.iter().map(move |interface| format!("wasi:{package}/{interface}@{minor}"))
        })
    };
    of(P2, "0.2").chain(of(P3, "0.3"))
}

#[cfg(test)]
mod tests {
    use crate::model::host::*;

    #[test]
    fn the_host_has_what_it_has_and_not_all_that_is_called_wasi() {
        for name in [
            "wasi:cli/stdout@0.2.3",
            "wasi:cli/stdout@0.2.99",
            "wasi:sockets/types@0.3.0",
            "wasi:config/store@0.2.0-rc.1",
        ] {
            assert!(host_provides(name), "{name}");
        }
        for name in [
            "wasi:keyvalue/store@0.2.0-draft2",
            "wasi:nn/graph@0.2.0",
            "wasi:cli/stdout@0.1.0",
            "wasi:cli/stdout@1.0.0",
            "wasi:cli/stdout@0.3.0-rc-2025-09-16",
            "wasi:http/handler@0.3.0",
            "wasi:cli/run@0.2.3",
            "wasmcloud:bus/lattice@1.0.0",
            "stdout",
        ] {
            assert!(!host_provides(name), "{name}");
        }
    }
}
