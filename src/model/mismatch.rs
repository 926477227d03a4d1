//! Where two ports of the same interface differ, judged by their signatures.
//!
//! The rule is the component model's: an export serves an import if it has every function and type the import names,
//! each equal; what it has beyond that does not matter. The composer's own check is the last word; this one works
//! before anything is built and says which line differs, in WIT.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::port::{Port, PortKind};

/// One thing an import wants and an export does not give.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    #[error("one side is an interface and the other a function")]
    Kind,
    #[error("`{wanted}` is missing there")]
    Missing { wanted: String },
    #[error("expected `{wanted}`, found `{found}`")]
    Different { wanted: String, found: String },
}

/// Every difference that keeps `export` from serving `import`; empty where it fits, or where one of the two is not
/// known well enough to tell.
pub fn mismatches(import: &Port, export: &Port) -> Vec<Mismatch> {
    if import.kind == PortKind::Other || export.kind == PortKind::Other {
        return Vec::new();
    }
    if import.kind != export.kind {
        return vec![Mismatch::Kind];
    }
    if import.signature.is_empty() || export.signature.is_empty() {
        return Vec::new();
    }
    if import.signature == export.signature {
        return Vec::new();
    }
    let (wanted_aliases, found_aliases) = (aliases(&import.signature), aliases(&export.signature));
    let found: BTreeMap<&str, &String> = export.signature.iter().map(|line| (subject(line), line)).collect();
    let elsewhere = elsewhere(&import.signature, &found);
    let differ = |wanted: &String| match found.get(subject(wanted)) {
        None => Some(Mismatch::Missing { wanted: wanted.clone() }),
        Some(line) if mentions(wanted, &elsewhere) || mentions(line, &elsewhere) => None,
        Some(line) if expand(wanted, &wanted_aliases) == expand(line, &found_aliases) => None,
        Some(line) => Some(Mismatch::Different { wanted: wanted.clone(), found: (*line).clone() }),
    };
    import.signature.iter().filter_map(differ).collect()
}

/// Types that one side defines and the other takes from another interface: as long as they are no resources they may
/// well be equal, and which it is these lines do not tell.
fn elsewhere<'a>(import: &'a [String], export: &BTreeMap<&str, &String>) -> BTreeSet<&'a str> {
    let taken = |line: &str| line.starts_with("use ");
    let apart = |a: &str, b: &str| taken(a) != taken(b) && !a.starts_with("resource ") && !b.starts_with("resource ");
    let names = import.iter().map(|line| (subject(line), line));
    names
        .filter(|(name, line)| export.get(name).is_some_and(|other| apart(line, other)))
        .map(|(name, _)| name)
        .collect()
}

/// Whether a line names one of these types.
fn mentions(line: &str, names: &BTreeSet<&str>) -> bool {
    !names.is_empty() && line.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| names.contains(word))
}

/// What a line is about: the function's or type's name, which pairs it with its counterpart.
fn subject(line: &str) -> &str {
    match line.split_once(' ') {
        Some(("record" | "variant" | "enum" | "flags" | "resource" | "type", rest)) => {
            rest.split(' ').next().unwrap_or(rest)
        }
        Some(("use", path)) => path.trim_end_matches('}').rsplit(['{', ' ']).next().unwrap_or(path),
        Some(("func(", _)) => "",
        _ if line.starts_with("func(") || line.starts_with("async func(") => "",
        _ => line.split_once(": ").map_or(line, |(name, _)| name),
    }
}

/// Other names of types: `type a = b` and `use x.{b as a}` make `a` stand for something else.
fn aliases(signature: &[String]) -> BTreeMap<&str, String> {
    let alias = |line: &String| -> Option<String> {
        if let Some(definition) = line.strip_prefix("type ") {
            return definition.split_once(" = ").map(|(_, target)| target.to_owned());
        }
        let (interface, names) = line.strip_prefix("use ")?.split_once(".{")?;
        let original = names.trim_end_matches('}').split(' ').next()?;
        let path = interface.split('@').next().unwrap_or(interface);
        Some(format!("{path}.{original}"))
    };
    signature.iter().filter_map(|line| Some((subject(line), alias(line)?))).collect()
}

/// A line with every alias replaced by what it stands for, so that two spellings of one type compare equal. The names
/// of parameters, fields and cases (a name before `:`) stay.
fn expand(line: &str, aliases: &BTreeMap<&str, String>) -> String {
    let body = match line.split_once(' ') {
        Some(("type" | "use", _)) => return aliases.get(subject(line)).cloned().unwrap_or_else(|| line.to_owned()),
        Some(("enum" | "flags" | "resource", _)) => return line.to_owned(),
        _ => line,
    };
    let is_word = |c: char| c.is_alphanumeric() || c == '-';
    let mut text = String::with_capacity(body.len());
    let mut cases = Cases { variant: body.starts_with("variant "), depth: 0 };
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        if end == 0 {
            text.push(c);
            cases.passed(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(end);
        match aliases.get(word) {
            Some(target) if !after.starts_with(':') && !cases.is_next(&text) => text.push_str(target),
            _ => text.push_str(word),
        }
        rest = after;
    }
    text
}

/// Tells a variant's cases from its types, along a line.
struct Cases {
    variant: bool,
    /// Brackets that are open.
    depth: i64,
}

impl Cases {
    fn passed(&mut self, c: char) {
        self.depth += match c {
            '(' | '<' => 1,
            ')' | '>' => -1,
            _ => 0,
        };
    }

    /// Whether the next word is a case and not a type.
    fn is_next(&self, before: &str) -> bool {
        self.variant && self.depth == 0 && !before.ends_with(['(', '<'])
    }
}

#[cfg(test)]
mod tests {
    use crate::model::mismatch::*;

    fn port(lines: &[&str]) -> Port {
        Port { name: "a:b/c".into(), kind: PortKind::Interface, signature: lines.iter().map(|l| (*l).into()).collect() }
    }

    fn said(import: &[&str], export: &[&str]) -> Vec<String> {
        mismatches(&port(import), &port(export)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_the_export_has_beyond_the_import_does_not_matter() {
        let log = "log: func(msg: string)";
        assert_eq!(said(&[log], &["enum level { a }", log, "flush: func()"]), Vec::<String>::new());
        assert_eq!(said(&[log], &["flush: func()"]), ["`log: func(msg: string)` is missing there"]);
        assert_eq!(
            said(&[log], &["log: func(msg: string, n: u8)"]),
            ["expected `log: func(msg: string)`, found `log: func(msg: string, n: u8)`"]
        );
    }

    #[test]
    fn a_case_less_in_an_enum_is_a_difference() {
        assert_eq!(said(&["enum level { a, b }"], &["enum level { a }"]).len(), 1);
    }

    #[test]
    fn other_names_of_a_type_are_the_same_type() {
        let import = ["type id = u32", "use x:y/types@1.0.0.{level}", "get: func(id: id, level: level) -> list<id>"];
        let export = ["type id = u32", "use x:y/types@1.2.0.{level}", "get: func(id: u32, level: level) -> list<u32>"];
        assert_eq!(said(&import, &export), Vec::<String>::new());
        let other = ["type id = u64", "use x:y/types@1.0.0.{level}", "get: func(id: id, level: level) -> list<id>"];
        assert_eq!(said(&import, &other).len(), 2, "the alias and the function that uses it");
    }

    #[test]
    fn a_type_from_elsewhere_may_be_the_same_unless_it_is_a_resource() {
        let import = ["use x:y/types.{id}", "get: func(id: id)", "stop: func()"];
        assert_eq!(said(&import, &["type id = u32", "get: func(id: u32)", "stop: func()"]), Vec::<String>::new());
        assert_eq!(said(&import, &["type id = u32", "get: func(id: u32)", "stop: func() -> bool"]).len(), 1);
        assert_eq!(said(&["use x:y/types.{out}"], &["resource out"]).len(), 1);
    }

    #[test]
    fn cases_are_not_taken_for_types() {
        let import = ["type id = u32", "variant v { id(id), other }"];
        let export = ["type id = u32", "variant v { id(u32), other }"];
        assert_eq!(said(&import, &export), Vec::<String>::new());
    }

    #[test]
    fn functions_at_the_root_are_compared_as_a_whole() {
        let function = |line: &str| Port { kind: PortKind::Function, ..port(&[line]) };
        assert!(mismatches(&function("func() -> u8"), &function("func() -> u8")).is_empty());
        assert_eq!(mismatches(&function("func() -> u8"), &function("func(a: u8)")).len(), 1);
        assert_eq!(mismatches(&function("func()"), &port(&["run: func()"])), [Mismatch::Kind]);
    }

    #[test]
    fn nothing_is_claimed_of_what_is_not_known() {
        assert_eq!(said(&[], &["log: func()"]), Vec::<String>::new());
    }
}
