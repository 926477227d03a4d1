//! `[grants.NODE]` in `studio.toml`: read with places, and edited without touching anything else.
//!
//! ```toml
//! [grants.payments]
//! files = ["scratch:/data:rw"]    # FOLDER[:GUEST][:ro|rw]
//! env = ["STRIPE_KEY", "MODE=test"]
//! http = ["POST api.stripe.com/v1"]
//! clock = "real"
//! ```

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml_edit::{Array, DocumentMut, Item, Table, Value as Edited};

use crate::config::{Config, place};
use crate::grants::{Capability, Grants, Kind};
use crate::model::diagnostic::{Diagnostic, Origin, line_column};

/// As written: node, then kind, then a text, a list of texts or a `true`.
pub(crate) type Written = BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Spanned<toml::Value>>>;

/// Reads what was written.
pub(super) fn read(config: &Config, text: &str, file: &Path) -> Result<Grants, Box<Diagnostic>> {
    let problem = |at: usize, message: String, help: &str| {
        let problem = Diagnostic::error(Origin::Project, message).help(help);
        Box::new(place(problem, text, file, at))
    };
    let mut grants = Grants::default();
    for (node, kinds) in &config.grants {
        for (name, value) in kinds {
            let Some(kind) = Kind::parse(name.get_ref()) else {
                let all: Vec<_> = Kind::ALL.iter().map(|k| k.name()).collect();
                let message = format!("Unknown kind of grant `{}`.", name.get_ref());
                return Err(problem(name.span().start, message, &format!("Expected one of {}.", all.join(", "))));
            };
            let values = match value.get_ref() {
                toml::Value::Boolean(false) => continue,
                toml::Value::Boolean(true) => vec!["true"],
                toml::Value::String(one) => vec![one.as_str()],
                toml::Value::Array(all) if all.iter().all(toml::Value::is_str) => {
                    all.iter().filter_map(toml::Value::as_str).collect()
                }
                _ => {
                    let message = format!("Invalid value for `{kind}`: expected a string or a list of strings.");
                    return Err(problem(value.span().start, message, "Write it as in `http = [\"api.stripe.com\"]`."));
                }
            };
            for one in values {
                match Capability::parse(kind, one) {
                    Ok(capability) => grants.grant(node.get_ref(), capability),
                    Err(e) => {
                        let written = match kind.only_value() {
                            Some("true") => format!("Write `{kind} = true`."),
                            Some(only) => format!("Write `{kind} = \"{only}\"`."),
                            None => "`studio grant --help` shows how grants are written.".into(),
                        };
                        let message = match kind.only_value() {
                            Some(_) => format!("Invalid value `{one}` for `{kind}`."),
                            None => format!("{e}."),
                        };
                        return Err(problem(written_at(text, value.span(), one), message, &written));
                    }
                };
            }
        }
    }
    for (host, addr) in &config.run.hosts {
        match addr.get_ref().parse() {
            Ok(stand_in) => grants.hosts.insert(host.clone(), stand_in),
            Err(help) => {
                let message = format!("Invalid address `{}` for `{host}`.", addr.get_ref());
                return Err(problem(addr.span().start, message, help));
            }
        };
    }
    grants.ca.clone_from(&config.run.ca);
    for component in config.components.values() {
        grants.sources.extend(component.watch.iter().map(|glob| glob.get_ref().clone()));
        // A script of the project that a command names; other words of it name no file, and harm nothing here.
        let words = component.command.iter().flat_map(toml::Spanned::get_ref);
        let words = words.map(|word| word.trim_start_matches("./")).filter(|word| !matches!(*word, "" | "."));
        grants.sources.extend(words.map(globset::escape));
        grants.sources.extend(component.output.iter().filter_map(|file| file.to_str()).map(globset::escape));
    }
    Ok(grants)
}

/// Where a value stands among those of its kind, which may be a list over several lines.
fn written_at(text: &str, all: Range<usize>, one: &str) -> usize {
    let within = text.get(all.clone()).unwrap_or_default();
    let quoted = ['"', '\''].iter().find_map(|quote| within.find(&format!("{quote}{one}{quote}")));
    all.start + quoted.unwrap_or_default()
}

impl Config {
    /// Where this grant of the node stands in the text, in bytes from the start.
    pub(crate) fn grant_at(&self, text: &str, node: &str, capability: &Capability) -> Option<usize> {
        let (_, kinds) = self.grants.iter().find(|(name, _)| name.get_ref() == node)?;
        kinds.iter().find_map(|(name, value)| {
            let kind = Kind::parse(name.get_ref())?;
            let is_meant = |one: &str| Capability::parse(kind, one).is_ok_and(|read| read == *capability);
            match value.get_ref() {
                toml::Value::Array(all) => {
                    let one = all.iter().filter_map(toml::Value::as_str).find(|one| is_meant(one))?;
                    Some(written_at(text, value.span(), one))
                }
                toml::Value::String(one) => is_meant(one).then(|| value.span().start),
                other => is_meant(&other.to_string()).then(|| value.span().start),
            }
        })
    }
}

/// The text with this capability granted to the node, all else as it was; `None` if it is granted already.
///
/// # Errors
/// When the text is no TOML, or has something else where the grants should be.
pub(crate) fn with(text: &str, node: &str, capability: &Capability) -> Result<Option<String>, String> {
    let mut document = parsed(text)?;
    let new_table = || {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    };
    // What stands behind the last table goes on standing before what is new.
    let trailing = match document.contains_key("grants") {
        true => String::new(),
        false => document.trailing().as_str().unwrap_or_default().to_owned(),
    };
    let grants = document.entry("grants").or_insert_with(new_table);
    let grants = grants.as_table_like_mut().ok_or("`grants` in studio.toml is not a table; write `[grants.NODE]`")?;
    let of_node = grants.entry(node).or_insert_with(|| {
        let mut table = Table::new();
        if !trailing.trim().is_empty() {
            table.decor_mut().set_prefix(format!("{trailing}\n"));
        }
        Item::Table(table)
    });
    let of_node =
        of_node.as_table_like_mut().ok_or("the node's grants in studio.toml are not a table; write `[grants.NODE]`")?;
    let (kind, value) = (capability.kind(), capability.value());
    let Some(there) = of_node.get_mut(kind.name()) else {
        let value = match kind {
            Kind::Stdin => Edited::from(true),
            _ if kind.only_value().is_some() => Edited::from(value),
            _ => Edited::from(Array::from_iter([value])),
        };
        of_node.insert(kind.name(), Item::Value(value));
        if !trailing.trim().is_empty() {
            document.set_trailing("");
        }
        return Ok(Some(document.to_string()));
    };
    if values(there).iter().any(|one| Capability::parse(kind, one).as_ref() == Ok(capability)) {
        return Ok(None);
    }
    if kind.only_value().is_some() {
        *there = toml_edit::value(if kind == Kind::Stdin { Edited::from(true) } else { Edited::from(value) });
    } else if let Some(all) = there.as_array_mut() {
        all.push(value);
    } else {
        let mut all: Array = values(there).into_iter().collect();
        all.push(value);
        *there = toml_edit::value(all);
    }
    Ok(Some(document.to_string()))
}

/// The text without it; `None` if it is not granted.
///
/// # Errors
/// When the text is no TOML.
pub(crate) fn without(text: &str, node: &str, capability: &Capability) -> Result<Option<String>, String> {
    let mut document = parsed(text)?;
    let grants = document.get_mut("grants").and_then(Item::as_table_like_mut);
    let Some(of_node) = grants.and_then(|g| g.get_mut(node)).and_then(Item::as_table_like_mut) else { return Ok(None) };
    let kind = capability.kind();
    let Some(there) = of_node.get_mut(kind.name()) else { return Ok(None) };
    let is_it = |one: &str| Capability::parse(kind, one).as_ref() == Ok(capability);
    if !values(there).iter().any(|one| is_it(one)) {
        return Ok(None);
    }
    let all = there.as_array_mut();
    let empty = all.is_none_or(|all| {
        all.retain(|one| !one.as_str().is_some_and(is_it));
        all.is_empty()
    });
    if empty {
        of_node.remove(kind.name());
    }
    Ok(Some(document.to_string()))
}

fn parsed(text: &str) -> Result<DocumentMut, String> {
    text.parse().map_err(|e: toml_edit::TomlError| {
        let (line, column) = e.span().map_or((0, 0), |span| line_column(text, span.start));
        let message = e.message().trim().lines().collect::<Vec<_>>().join(", ");
        format!("studio.toml is left as it is: line {line}, column {column}: {message}")
    })
}

/// The texts of a value, however it is written.
fn values(item: &Item) -> Vec<String> {
    if let Some(all) = item.as_array() {
        return all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect();
    }
    match (item.as_str(), item.as_bool()) {
        (Some(one), _) => vec![one.to_owned()],
        (None, Some(true)) => vec!["true".to_owned()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::grants::*;

    fn granted(text: &str) -> Grants {
        crate::config::parse(text, Path::new("studio.toml")).unwrap().granted
    }

    const TEXT: &str = "\
# ours
[grants.pay] # who pays
http = [
    \"api.stripe.com\", # live
]
clock = \"real\"

[run]
args = [\"x\"]
hosts = { \"api.stripe.com\" = \"127.0.0.1:9\" }
";

    #[test]
    fn read_as_written() {
        let grants = granted(TEXT);
        assert_eq!(grants.node("pay").0.len(), 2);
        assert!(grants.stand_in("api.stripe.com").is_some());
        assert!(granted("[grants.a]\nstdin = true\nenv = 'X'\n").node("a").has(&Capability::Stdin));
        assert!(granted("[grants.a]\nstdin = false\n").node("a").0.is_empty());
    }

    #[test]
    fn problems_have_places() {
        for (text, line, says) in [
            ("[grants.a]\n\nfly = 'x'\n", 3, "Unknown kind of grant"),
            ("[grants.a]\nclock = 'fake'\n", 2, "Invalid value `fake` for `clock`."),
            ("[grants.a]\nargs = 'x'\nclock = true\n", 3, "Invalid value `true` for `clock`."),
            ("[grants.a]\nfiles = [\n  'data',\n  'x:y',\n]\n", 4, "x:y"),
            ("[grants.a]\nhttp = 3\n", 2, "list of strings"),
            ("[run.hosts]\nx = 'y'\n", 2, "Invalid address"),
        ] {
            let problem = crate::config::parse(text, Path::new("studio.toml")).unwrap_err();
            assert_eq!(problem.place.unwrap().line, line, "{text}");
            assert!(problem.message.contains(says), "{}", problem.message);
        }
    }

    #[test]
    fn a_grant_is_found_in_its_line() {
        let text = "[grants.a]\nclock = 'real'\nfiles = [\n  'data',\n  '.:/all:rw',\n]\nstdin = true\n";
        let config = crate::config::parse(text, Path::new("studio.toml")).unwrap();
        for (one, line) in [("clock=real", 2), ("files=.:/all:rw", 5), ("stdin", 7)] {
            let at = config.grant_at(text, "a", &one.parse().unwrap()).unwrap();
            assert_eq!(line_column(text, at).0, line, "{one}");
        }
        assert_eq!(config.grant_at(text, "b", &Capability::Stdin), None);
    }

    #[test]
    fn edits_leave_all_else_as_it_was() {
        let rule: Capability = "http=b.org".parse().unwrap();
        let more = with(TEXT, "pay", &rule).unwrap().unwrap();
        assert!(more.contains("# live") && more.contains("# who pays") && more.starts_with("# ours"), "{more}");
        assert!(granted(&more).node("pay").has(&rule));
        assert_eq!(with(&more, "pay", &rule), Ok(None), "granted already");
        let less = without(&more, "pay", &"http=api.stripe.com".parse().unwrap()).unwrap().unwrap();
        assert_eq!(granted(&less).node("pay").0.len(), 2);
        let none = without(&less, "pay", &Capability::Clock).unwrap().unwrap();
        assert!(!none.contains("clock"), "{none}");
        assert_eq!(without(&none, "pay", &Capability::Clock), Ok(None));
        assert_eq!(without("", "pay", &Capability::Clock), Ok(None));
    }

    #[test]
    fn a_file_that_says_nothing_gets_what_is_needed() {
        let mut text = String::new();
        for one in ["files=scratch:/data:rw", "stdin", "clock", "config=a=b", "http=x.org", "http=y.org"] {
            text = with(&text, "core-logic", &one.parse().unwrap()).unwrap().unwrap();
        }
        let expected = "[grants.core-logic]\nfiles = [\"scratch:/data:rw\"]\nstdin = true\nclock = \"real\"\n\
                        config = [\"a=b\"]\nhttp = [\"x.org\", \"y.org\"]\n";
        assert_eq!(text, expected);
        assert_eq!(granted(&text).node("core-logic").0.len(), 6);
        let after = with("[run]\nargs = []\n\n# the end\n", "a", &Capability::Clock).unwrap().unwrap();
        assert_eq!(after, "[run]\nargs = []\n\n# the end\n\n[grants.a]\nclock = \"real\"\n");
        let inline = with("grants = { a = { http = 'x.org' } }\n", "a", &"http=y.org".parse().unwrap());
        assert_eq!(inline.unwrap().unwrap(), "grants = { a = { http = [\"x.org\", \"y.org\"] } }\n");
        assert!(with("grants = 3", "a", &Capability::Clock).is_err());
        let broken = with("a = 1\n= 2", "a", &Capability::Clock).unwrap_err();
        assert!(broken.starts_with("studio.toml is left as it is: line 2, ") && !broken.contains('\n'), "{broken}");
    }
}
