//! Ports: the imports and exports of a component, by their full interface names.

use std::fmt;

use semver::Version;
use serde::Serialize;

use crate::model::types::Types;

/// What kind of item stands at a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PortKind {
    /// A WIT interface: functions and types under one name.
    Interface,
    /// One function at the root of a world.
    Function,
    /// A type, a core module or a component: shown, not wired.
    Other,
}

impl PortKind {
    pub(crate) const ALL: [Self; 3] = [Self::Interface, Self::Function, Self::Other];

    /// As a sentence names it: `a function`.
    pub(crate) fn phrase(self) -> &'static str {
        match self {
            Self::Interface => "an interface",
            Self::Function => "a function",
            Self::Other => "a type, a module or a component",
        }
    }

    /// Whether one is a function and the other an interface.
    pub(crate) fn excludes(self, other: Self) -> bool {
        self != other && self != Self::Other && other != Self::Other
    }
}

/// One import or export of a component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Port {
    /// `ns:package/interface@version`, or a bare name such as `run`.
    pub name: String,
    /// Told by its type, not by its name.
    pub kind: PortKind,
    /// For a person: `func(msg: string)` for a function; one line a function for an interface, as WIT.
    pub signature: Vec<String>,
    /// What fits are judged by; unknown where only the name is known.
    #[serde(skip)]
    pub types: Types,
}

impl Port {
    /// A port of which only the name is known.
    pub fn unknown(name: impl Into<String>, kind: PortKind) -> Self {
        Self { name: name.into(), kind, signature: Vec::new(), types: Types::default() }
    }

    /// Whether an import of it is satisfied by nobody: it holds types alone.
    pub fn needs_provider(&self) -> bool {
        !self.types.is_types_only()
    }

    /// Name and signature of each function of an interface; methods of its resources are none.
    pub fn functions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.signature.iter().filter_map(|line| {
            let (name, signature) = line.split_once(": ")?;
            let plain = !name.contains([' ', '.']) && signature.contains("func(");
            plain.then_some((name, signature))
        })
    }
}

/// Both sides of a component, in the order the component declares them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ports {
    /// What it needs.
    pub imports: Vec<Port>,
    /// What it provides.
    pub exports: Vec<Port>,
}

/// `ns:package/interface@version`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct InterfaceName<'a> {
    pub(crate) namespace: &'a str,
    pub package: &'a str,
    pub interface: &'a str,
    pub version: Option<Version>,
}

impl<'a> InterfaceName<'a> {
    /// `None` for a bare name (`run`) or anything that is no interface name.
    pub(crate) fn parse(name: &'a str) -> Option<Self> {
        let (path, version) = match name.split_once('@') {
            Some((path, version)) => (path, Some(Version::parse(version).ok()?)),
            None => (name, None),
        };
        let (namespace, rest) = path.split_once(':')?;
        let (package, interface) = rest.split_once('/')?;
        Some(Self { namespace, package, interface, version })
    }

    /// Same namespace, package and interface; versions aside.
    pub(crate) fn same_interface(&self, other: &Self) -> bool {
        (self.namespace, self.package, self.interface) == (other.namespace, other.package, other.interface)
    }
}

impl fmt::Display for InterfaceName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.namespace, self.package, self.interface)?;
        match &self.version {
            Some(version) => write!(f, "@{version}"),
            None => Ok(()),
        }
    }
}

/// Whether the host (studio's WASI) is who provides an interface of this name.
pub fn is_host(name: &str) -> bool {
    InterfaceName::parse(name).is_some_and(|n| n.namespace == "wasi")
}

/// Whether an export of version `have` serves an import of version `want`, as cargo reads semver: the same major (or,
/// below 1.0, the same minor; below 0.1, the same patch) and not older.
///
/// wac's own check is structural alone and would take 0.3.0 for 0.2.1.
pub(crate) fn version_serves(want: Option<&Version>, have: Option<&Version>) -> bool {
    match (want, have) {
        (None, None) => true,
        (Some(want), Some(have)) => {
            let family = |v: &Version| match (v.major, v.minor) {
                (0, 0) => (0, 0, v.patch),
                (0, minor) => (0, minor, 0),
                (major, _) => (major, 0, 0),
            };
            family(want) == family(have) && have >= want
        }
        _ => false,
    }
}

/// Whether an export named `export` may serve an import named `import`, judged by their names alone.
pub fn names_fit(import: &str, export: &str) -> bool {
    match (InterfaceName::parse(import), InterfaceName::parse(export)) {
        (Some(i), Some(e)) => i.same_interface(&e) && version_serves(i.version.as_ref(), e.version.as_ref()),
        (None, None) => import == export,
        _ => false,
    }
}

/// The short form for tight places: `log-handler` of `cyber:core/log-handler@1.0.0`.
pub(crate) fn short(name: &str) -> &str {
    let path = unversioned(name);
    path.rsplit('/').next().unwrap_or(path)
}

/// A name without its version: `a:b/c` of `a:b/c@1.0.0`, and a package's likewise.
pub(crate) fn unversioned(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

/// The name among `names` that `wanted` means in WAC: itself, or else the only interface whose last segment it is.
pub(crate) fn matching<'a>(wanted: &str, names: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    if let Some(exact) = names.clone().find(|name| *name == wanted) {
        return Some(exact);
    }
    let mut matches = names.filter(|name| name.contains('/') && short(name) == wanted);
    matches.next().filter(|_| matches.next().is_none())
}

#[cfg(test)]
mod tests {
    use crate::model::port::*;

    #[test]
    fn versions_follow_semver_not_structure() {
        assert!(names_fit("wasi:io/poll@0.2.1", "wasi:io/poll@0.2.3"));
        assert!(!names_fit("wasi:io/poll@0.2.3", "wasi:io/poll@0.2.1"));
        assert!(!names_fit("wasi:io/poll@0.2.1", "wasi:io/poll@0.3.0"));
        assert!(names_fit("a:b/c@1.2.0", "a:b/c@1.9.9"));
        assert!(!names_fit("a:b/c@0.0.1", "a:b/c@0.0.2"));
        assert!(!names_fit("a:b/c", "a:b/c@1.0.0"));
        assert!(names_fit("run", "run"));
    }

    #[test]
    fn short_names() {
        assert_eq!(short("cyber:core/log-handler@1.0.0"), "log-handler");
        assert_eq!(short("run"), "run");
    }
}
