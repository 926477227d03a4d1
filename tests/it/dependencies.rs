//! What is depended on is used, comes from crates.io, and is licensed as `deny.toml` allows.
//!
//! `just deny` says more (advisories, duplicates), by a program that takes minutes to be built: too long for every commit.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn toml_of(file: &str) -> toml::Value {
    toml::from_str(&fs::read_to_string(root().join(file)).unwrap()).unwrap()
}

/// All code of some folders.
fn code(folders: &[&str]) -> String {
    fn read(folder: &Path, all: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, all);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                all.extend(text.lines().map(|line| line.split("//").next().unwrap_or(line)).flat_map(|l| [l, "\n"]));
            }
        }
    }
    let mut all = String::new();
    for folder in folders {
        read(&root().join(folder), &mut all);
    }
    all
}

/// Whether code names this crate: as the beginning of a path, or in a `use` by itself.
fn names(code: &str, package: &str) -> bool {
    let ident = package.replace('-', "_");
    code.match_indices(&ident).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let own = before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':');
        let rest = &code[at + ident.len()..];
        own && (rest.starts_with("::") || rest.starts_with(';') || rest.starts_with(" as "))
    })
}

#[test]
fn every_dependency_is_used() {
    let manifest = toml_of("Cargo.toml");
    let shipped = code(&["src"]);
    let tested = shipped.clone() + &code(&["tests/it", "benches"]);
    let listed = |table: Option<&toml::Value>| -> Vec<String> {
        table.and_then(toml::Value::as_table).into_iter().flat_map(|t| t.keys().cloned()).collect()
    };
    let of_targets = manifest["target"].as_table().unwrap().values().map(|target| target.get("dependencies"));
    let mut unused = Vec::new();
    for table in of_targets.chain([manifest.get("dependencies")]) {
        unused.extend(listed(table).into_iter().filter(|name| !names(&shipped, name)));
    }
    unused.extend(listed(manifest.get("dev-dependencies")).into_iter().filter(|name| !names(&tested, name)));
    assert!(unused.is_empty(), "take these out of Cargo.toml, no code names them: {}", unused.join(", "));
}

/// One of the alternatives that begin here, up to a bracket that closes them.
fn one_of<'t>(words: &mut std::iter::Peekable<impl Iterator<Item = &'t str>>, allow: &[&str]) -> bool {
    let mut any = false;
    loop {
        let mut all = true;
        loop {
            all &= match words.next() {
                Some("(") => {
                    let inner = one_of(words, allow);
                    assert_eq!(words.next(), Some(")"));
                    inner
                }
                word => allow.contains(&word.unwrap().replace("-WITH-", " WITH ").as_str()),
            };
            if words.next_if_eq(&"AND").is_none() {
                break;
            }
        }
        any |= all;
        if words.next_if_eq(&"OR").is_none() {
            return any;
        }
    }
}

/// Whether a licence expression can be kept to with what is allowed. `/` is an older way to write `OR`.
fn allowed(expression: &str, allow: &[&str]) -> bool {
    let text = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ").replace(" WITH ", "-WITH-");
    let mut words = text.split_whitespace().peekable();
    let all = one_of(&mut words, allow);
    assert_eq!(words.next(), None, "`{expression}` is no licence expression");
    all
}

#[test]
fn every_dependency_is_licensed_as_allowed_and_comes_from_the_registry() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        // What other systems need may not have been downloaded.
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let deny = toml_of("deny.toml");
    let allow: Vec<&str> = deny["licenses"]["allow"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "only {} packages", packages.len());
    let mut wrong = Vec::new();
    for package in packages {
        let (name, licence) = (&package["name"], package["license"].as_str().unwrap_or("none"));
        if !allowed(licence, &allow) {
            wrong.push(format!("{name} is licensed as `{licence}`, which deny.toml does not allow"));
        }
        let source = package["source"].as_str();
        if source.is_some_and(|source| source != "registry+https://github.com/rust-lang/crates.io-index") {
            wrong.push(format!("{name} comes from {source:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn licence_expressions_are_read() {
    let allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"];
    for (expression, may) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR GPL-3.0) AND Apache-2.0", true),
        ("MIT AND (GPL-3.0 OR ISC)", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("GPL-3.0 AND ISC OR MIT", true),
    ] {
        assert_eq!(allowed(expression, &allow), may, "{expression}");
    }
}
