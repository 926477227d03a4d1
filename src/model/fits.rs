//! Whether an export can serve an import: the one judge of it, for the screen, the verbs and the composer alike.
//!
//! Versions are read as cargo reads them, since the composer's own check is structural and would take 0.3.0 for 0.2.1;
//! everything else is the component model's rule, and is judged by the types.

use crate::model::differ;
use crate::model::difference::{Difference, DifferenceKind};
use crate::model::graph::{End, Graph, NodeKind};
use crate::model::port::{InterfaceName, Port, PortKind, names_fit, version_serves};
use crate::model::signature::items;

/// How well an export serves an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// The same interface, in the same version.
    Exact,
    /// The same interface in a version that serves, with the reason in [`version_note`].
    Newer,
    /// Another interface (or function) of the same shape.
    Shape,
}

/// Why an export cannot serve an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatches {
    pub(crate) import: String,
    pub(crate) export: String,
    /// `(importing node, exporting node)`, where they are known.
    pub nodes: Option<(String, String)>,
    /// What [`fits`] found first.
    pub reason: Reason,
}

/// What keeps an export from serving an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The same interface in versions that promise nothing to one another.
    Version,
    /// A type, a module or a component: not wired.
    NotWirable,
    /// What differs; never empty.
    Shape(Vec<Difference>),
    /// Other names, and of one of the two no types are known, or nothing that could be compared.
    Unrelated,
}

impl Mismatches {
    #[must_use]
    pub(crate) fn between(mut self, from: &End, to: &End) -> Self {
        self.nodes = Some((from.node.clone(), to.node.clone()));
        self
    }
}

impl std::error::Error for Mismatches {}

impl std::fmt::Display for Mismatches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { import, export, nodes, reason } = self;
        match nodes {
            Some((user, provider)) => {
                write!(f, "`{export}` of `{provider}` does not fit `{import}` of `{user}`: ")?;
            }
            None => write!(f, "`{export}` does not fit `{import}`: ")?,
        }
        match reason {
            Reason::Version => write!(f, "{}", version_note(import, export).unwrap_or_default()),
            Reason::NotWirable => write!(f, "types and modules are not wired"),
            Reason::Unrelated => write!(f, "they are different interfaces"),
            Reason::Shape(differences) => {
                let (user, provider) = match nodes {
                    Some((user, provider)) => (user.as_str(), provider.as_str()),
                    None => ("the importer", "the exporter"),
                };
                if let Some(first) = differences.first() {
                    f.write_str(&first.sentence(user, provider))?;
                }
                match differences.len() {
                    0 | 1 => Ok(()),
                    2 => write!(f, " (and 1 more difference)"),
                    n => write!(f, " (and {} more differences)", n - 1),
                }
            }
        }
    }
}

/// Whether `export` serves `import`, and how well.
///
/// # Errors
/// Why it does not.
pub fn fits(import: &Port, export: &Port) -> Result<Fit, Mismatches> {
    let no = |reason| Err(Mismatches { import: import.name.clone(), export: export.name.clone(), nodes: None, reason });
    if import.kind == PortKind::Other && export.kind != PortKind::Other && names_fit(&import.name, &export.name) {
        return Ok(Fit::Exact); // Nothing is known of the import but its name.
    }
    if import.kind == PortKind::Other || export.kind == PortKind::Other {
        return no(Reason::NotWirable);
    }
    let same = match (InterfaceName::parse(&import.name), InterfaceName::parse(&export.name)) {
        (Some(i), Some(e)) if i.same_interface(&e) => {
            if !version_serves(i.version.as_ref(), e.version.as_ref()) {
                return no(Reason::Version);
            }
            true
        }
        _ => import.name == export.name,
    };
    let differences = differences(import, export);
    if !differences.is_empty() {
        return no(Reason::Shape(differences));
    }
    if same {
        return Ok(if import.name == export.name { Fit::Exact } else { Fit::Newer });
    }
    // By shape alone only what is known to have one: every interface would fit an unknown or empty one.
    let known = |port: &Port| port.types.is_known() && port.needs_provider();
    if known(import) && known(export) { Ok(Fit::Shape) } else { no(Reason::Unrelated) }
}

/// Whether an export serves an import as far as is known: what the types do not tell is the composer's to say.
///
/// # Errors
/// Why it certainly does not.
pub(crate) fn may_fit(import: &Port, export: &Port) -> Result<(), Mismatches> {
    match fits(import, export) {
        Err(why) if !matches!(why.reason, Reason::Unrelated | Reason::NotWirable) => Err(why),
        _ => Ok(()),
    }
}

/// Everything but versions that keeps an export from serving an import; nothing where one of the two has no known types.
fn differences(import: &Port, export: &Port) -> Vec<Difference> {
    if import.kind.excludes(export.kind) {
        let phrase = |port: &Port| Some(port.kind.phrase().to_owned());
        return vec![Difference::new("", DifferenceKind::Item, phrase(import), phrase(export))];
    }
    let found = differ::differences(import, export).unwrap_or_default();
    found.into_iter().map(|found| found.difference).filter(|difference| !difference.harmless).collect()
}

/// What keeps two imports of one interface from becoming one: all that they both have and that is not equal.
pub(crate) fn exclusion(one: &Port, other: &Port) -> Option<Difference> {
    use DifferenceKind as K;
    let apart = |d: &Difference| !matches!(d.kind, K::MissingFunction | K::MissingType);
    differences(one, other).into_iter().find(apart)
}

/// Whether what a whole instance exports is what an interface holds.
pub(crate) fn instance_fits(import: &Port, exports: &[Port]) -> bool {
    // Types are told apart by what they say: one of them alone is wired nowhere.
    let serves = |item: &Port, export: &Port| match item.kind {
        PortKind::Other => export.kind == PortKind::Other && item.signature == export.signature,
        PortKind::Interface | PortKind::Function => fits(item, export).is_ok(),
    };
    items(import).iter().all(|item| exports.iter().any(|e| e.name == item.name && serves(item, e)))
}

/// What is to be said of two versions of one interface; `None` for equal ones and for different interfaces.
pub(crate) fn version_note(import: &str, export: &str) -> Option<String> {
    let (i, e) = (InterfaceName::parse(import)?, InterfaceName::parse(export)?);
    if !i.same_interface(&e) || i.version == e.version {
        return None;
    }
    let name = |v: &Option<semver::Version>| v.as_ref().map_or_else(|| "no version".into(), ToString::to_string);
    let (want, have) = (name(&i.version), name(&e.version));
    Some(if names_fit(import, export) {
        format!("{have} is compatible with {want} and not older")
    } else if names_fit(export, import) {
        format!("{have} is older than the {want} that is wanted")
    } else {
        format!("{have} promises nothing to {want}")
    })
}

/// Everything in the graph that serves an import of `user`, the best first; what would make a cycle is left out.
pub fn providers<'g>(graph: &'g Graph, user: &str, import: &Port) -> Vec<(End, Fit, &'g Port)> {
    let takers = crate::model::graph::takers(graph, user);
    let mut found: Vec<_> = graph
        .nodes
        .iter()
        .filter(|n| n.kind == NodeKind::Component && n.name != user)
        .filter(|n| !takers.contains(n.name.as_str()))
        .flat_map(|n| n.exports.iter().map(move |e| (n, e)))
        .filter_map(|(n, e)| Some((End { node: n.name.clone(), port: e.name.clone() }, fits(import, e).ok()?, e)))
        .collect();
    found.sort_by_key(|(_, fit, _)| *fit);
    found
}

#[cfg(test)]
mod tests {
    use crate::model::fits::*;
    use crate::model::sample;
    use crate::model::sample::interface;

    fn described(import: &Port, export: &Port) -> String {
        fits(import, export).map_or_else(|e| e.to_string(), |fit| format!("{fit:?}"))
    }

    /// How many things keep one from serving the other.
    fn apart(import: &[&str], export: &[&str]) -> usize {
        match fits(&interface("a:b/c", import), &interface("a:b/c", export)) {
            Ok(_) => 0,
            Err(Mismatches { reason: Reason::Shape(differences), .. }) => differences.len(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn versions_are_promises_and_shapes_are_compared() {
        let lines = ["now: func() -> u64"];
        let import = interface("a:b/c@0.2.1", &lines);
        assert_eq!(described(&import, &interface("a:b/c@0.2.1", &lines)), "Exact");
        assert_eq!(described(&import, &interface("a:b/c@0.2.3", &lines)), "Newer");
        assert_eq!(
            described(&import, &interface("a:b/c@0.3.0", &lines)),
            "`a:b/c@0.3.0` does not fit `a:b/c@0.2.1`: 0.3.0 promises nothing to 0.2.1"
        );
        assert_eq!(
            described(&import, &interface("a:b/c@0.2.0", &lines)),
            "`a:b/c@0.2.0` does not fit `a:b/c@0.2.1`: 0.2.0 is older than the 0.2.1 that is wanted"
        );
        assert_eq!(described(&import, &interface("x:y/z", &lines)), "Shape");
        let unknown = Port::unknown("x:y/z", PortKind::Interface);
        assert_eq!(described(&import, &unknown), "`x:y/z` does not fit `a:b/c@0.2.1`: they are different interfaces");
        assert!(may_fit(&import, &unknown).is_ok(), "nothing is claimed of what is not known");
        let other = interface("a:b/c@0.2.1", &["now: func()"]);
        assert!(described(&import, &other).contains("expected `func() -> u64`, found `func()`"));
        assert_eq!(version_note("a:b/c@0.2.1", "a:b/c@0.2.3").unwrap(), "0.2.3 is compatible with 0.2.1 and not older");
    }

    #[test]
    fn what_the_export_has_beyond_the_import_does_not_matter() {
        let log = "log: func(msg: string)";
        assert_eq!(apart(&[log], &["enum level { a }", log, "flush: func()"]), 0);
        assert_eq!(apart(&[log], &["flush: func()"]), 1);
        assert_eq!(apart(&[log], &["log: func(msg: string, n: u8)"]), 1);
        assert_eq!(apart(&["enum level { a, b }", "f: func(l: level)"], &["enum level { a }", "f: func(l: level)"]), 1);
    }

    #[test]
    fn other_names_of_a_type_are_the_same_type() {
        let import = ["type id = u32", "get: func(id: id) -> list<id>"];
        assert_eq!(apart(&import, &["type id = u32", "get: func(id: u32) -> list<u32>"]), 0);
        let other = ["type id = u64", "get: func(id: id) -> list<id>"];
        assert_eq!(apart(&import, &other), 3, "the alias, and where the function uses it");
        let cases = ["type id = u32", "variant v { id(id), other }", "f: func(v: v)"];
        assert_eq!(apart(&cases, &["type id = u32", "variant v { id(u32), other }", "f: func(v: v)"]), 0);
    }

    /// One name, and in the one package it stands for something else than in the other.
    #[test]
    fn a_type_that_reads_the_same_may_be_another() {
        let side = |word: &str, level: &str| {
            sample::ports(&format!(
                "package t:it; world it {{ {word} t:shared/api; }} package t:shared {{
                    interface types {{ enum level {{ {level} }} resource r; }}
                    interface api {{ use types.{{level, r}}; set: func(to: level) -> r; }} }}"
            ))
        };
        let import = side("import", "low, high").imports.pop().unwrap();
        let export = side("export", "low, other").exports.pop().unwrap();
        assert_eq!(import.signature, export.signature);
        assert!(
            described(&import, &export).contains("`level.high`: the case `high` is missing"),
            "{}",
            described(&import, &export)
        );
        assert_eq!(described(&import, &side("export", "low, high").exports.pop().unwrap()), "Exact");
    }

    #[test]
    fn a_resource_is_its_owners() {
        let ports = |api: &str| {
            let wit = format!(
                "package t:it; interface types {{ resource out; }} interface api {{ {api} get: func() -> out; }} world it {{ import api; }}"
            );
            sample::ports(&wit).imports.pop().unwrap()
        };
        assert!(described(&ports("use types.{out};"), &ports("resource out;")).contains("defines its own `out`"));
        assert_eq!(described(&ports("use types.{out};"), &ports("use types.{out};")), "Exact");
    }

    #[test]
    fn functions_at_the_root_are_compared_as_a_whole() {
        let function = |line: &str| sample::function("run", line);
        assert_eq!(described(&function("func() -> u8"), &function("func() -> u8")), "Exact");
        assert!(fits(&function("func() -> u8"), &function("func(a: u8)")).is_err());
        let kinds =
            described(&function("func()"), &Port { name: "run".into(), ..interface("a:b/run", &["run: func()"]) });
        assert_eq!(kinds, "`run` does not fit `run`: expected a function, found an interface");
    }

    #[test]
    fn a_whole_instance_serves_an_interface_of_its_functions() {
        let import = interface("a:b/c", &["get: func() -> u8", "put: func(to: u8)"]);
        let exports = [sample::function("put", "func(to: u8)"), sample::function("get", "func() -> u8")];
        assert!(instance_fits(&import, &exports));
        assert!(!instance_fits(&import, &exports[..1]));
        assert!(!instance_fits(&interface("a:b/c", &["resource r"]), &exports));
    }

    #[test]
    fn only_functions_and_resources_need_a_provider() {
        for (lines, needs) in [
            (&["record item { name: string }"][..], false),
            (&["enum level { a }", "type levels = list<level>"], false),
            (&[], false),
            (&["record item { name: string }", "get: func() -> item"], true),
            (&["resource handle"], true),
        ] {
            assert_eq!(interface("a:b/c", lines).needs_provider(), needs, "{lines:?}");
        }
        assert!(Port::unknown("a:b/c", PortKind::Interface).needs_provider());
        let uses =
            "package t:it; interface types { resource r; } interface api { use types.{r}; } world it { import api; }";
        assert!(!sample::ports(uses).imports.pop().unwrap().needs_provider(), "the resource is another interface's");
    }

    /// A type that holds another twice, and that one another: compared in no time, and not in twice as much a level.
    #[test]
    fn types_that_double_are_compared_once() {
        let doubled = |innermost: &str| {
            let text = (0..40).fold(format!("record t0 {{ of: {innermost} }} "), |text, n| {
                text + &format!("type t{} = tuple<t{n}, option<tuple<t{n}, t{n}>>>; ", n + 1)
            });
            interface("a:b/c", &[&format!("{text} get: func() -> t40")])
        };
        assert_eq!(described(&doubled("u8"), &doubled("u8")), "Exact");
        assert!(fits(&doubled("u8"), &doubled("u16")).is_err());
    }
}
