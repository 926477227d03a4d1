//! What differs between an import and an export, and what fixes it.
//!
//! `tests/explain/<case>/` holds two worlds (`import.wit`, `export.wit`) that share `test:shared/api`, and every
//! difference of the two (`differences.txt`). `STUDIO_BLESS=1` writes it anew; read it before it is committed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;
use std::path::Path;

use studio::compose::confirm;
use studio::inspect::{World, differences, inspect};
use studio::model::difference::{Difference, DifferenceKind as Kind};
use studio::model::fits::fits;

use crate::compose::component;
use crate::support::Project;

fn describe(found: &[Difference], name: impl Fn(&Path) -> String) -> String {
    let mut text = String::new();
    for d in found {
        let mark = if d.harmless { "harmless" } else { "breaks" };
        let kind = serde_json::to_value(d.kind).unwrap();
        let _ = writeln!(text, "{mark} {} {}", kind.as_str().unwrap(), d.sentence("core-logic", "logger"));
        for (side, place) in [("import", &d.import_at), ("export", &d.export_at)] {
            if let Some(place) = place {
                let _ = writeln!(text, "  {side} {}:{}:{}", name(&place.file), place.line, place.column);
            }
        }
    }
    text
}

#[test]
fn golden_differences() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/explain");
    let mut cases: Vec<_> = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 18, "the cases are where they should be");
    let mut different = Vec::new();
    for case in cases {
        let text = |file: &str| std::fs::read_to_string(case.join(file)).unwrap();
        let port = |file: &str| {
            let line = text(file).lines().find(|l| l.contains("port test:shared/")).unwrap().to_owned();
            line.trim_end_matches(';').rsplit(' ').next().unwrap().to_owned()
        };
        let (import, export) = (port("import.wit"), port("export.wit"));
        let read = |file: &str| World::of_wit(&case, &case.join(file), None).unwrap();
        let (a, b) = (read("import.wit"), read("export.wit"));
        let found = differences((&a, &import), (&b, &export)).unwrap();
        let name = |file: &Path| file.file_name().unwrap().to_string_lossy().into_owned();
        let described = describe(&found, name);

        // Built components differ in the same things that matter; only their places are gone.
        let built = |file: &str| World::of_bytes(&component(&text(file))).unwrap();
        let (a, b) = (built("import.wit"), built("export.wit"));
        let decoded = differences((&a, &import), (&b, &export)).unwrap();
        let breaking =
            |all: &'_ [Difference]| all.iter().filter(|d| !d.harmless).cloned().collect::<Vec<_>>().into_iter();
        let bare = |d: Difference| (d.path, d.kind);
        assert_eq!(
            breaking(&found).map(bare).collect::<std::collections::HashSet<_>>(),
            breaking(&decoded).map(bare).collect::<std::collections::HashSet<_>>(),
            "{}",
            case.display()
        );
        assert!(decoded.iter().all(|d| d.import_at.is_none() && d.export_at.is_none()));

        // The composer has the last word: it never refuses what is said to fit. It does not look at versions, and
        // tells whose resource it is only where all is put together.
        let (user, provider) = (component(&text("import.wit")), component(&text("export.wit")));
        let said = confirm((&user, &import), (&provider, &export)).unwrap();
        let seen = |d: &Difference| !matches!(d.kind, Kind::Version | Kind::ResourceIdentity);
        assert!(said.is_ok() || breaking(&found).next().is_some(), "{}: {said:?}", case.display());
        assert!(said.is_err() || !breaking(&found).any(|d| seen(&d)), "{}: wac takes it", case.display());

        let file = case.join("differences.txt");
        if std::env::var_os("STUDIO_BLESS").is_some() {
            std::fs::write(&file, described).unwrap();
        } else if std::fs::read_to_string(&file).unwrap_or_default() != described {
            different.push(format!("{}:\n{described}", file.display()));
        }
    }
    assert!(different.is_empty(), "{}\nSTUDIO_BLESS=1 takes these", different.join("\n"));
}

/// What fits by the lines of the ports, what fits by the types, and what the composer takes: three answers, one truth.
#[test]
fn three_ways_to_ask_give_one_answer() {
    const TYPES: [&str; 12] = [
        "u8",
        "string",
        "list<u8>",
        "option<string>",
        "result<u8, string>",
        "tuple<u8, u16>",
        "point",
        "level",
        "list<point>",
        "option<level>",
        "shape",
        "rights",
    ];
    let answers = std::cell::Cell::new((0, 0));
    arbtest::arbtest(|u| {
        let mut side = |word: &str, from: Option<&Vec<String>>| -> arbtest::arbitrary::Result<(String, Vec<String>)> {
            let mut lines: Vec<String> = match from {
                Some(lines) => lines.clone(),
                None => Vec::new(),
            };
            let mut choose = |list: &[&str]| Ok::<_, arbtest::arbitrary::Error>((*u.choose(list)?).to_owned());
            if from.is_none() {
                lines.push(format!("record point {{ x: {}, y: u8 }}", choose(&TYPES[..6])?));
                lines.push("enum level { low, high }".into());
                lines.push(format!("variant shape {{ dot(point), text({}), nothing }}", choose(&TYPES[..6])?));
                lines.push("flags rights { read, write }".into());
                for name in ["a", "b", "c"] {
                    lines.push(format!("{name}: func(p: {}) -> {};", choose(&TYPES)?, choose(&TYPES)?));
                }
                lines.push("every: func(p: point, l: level, s: shape, r: rights);".into());
            } else if choose(&["same", "other"])? == "other" {
                let (at, with) = match choose(&["record", "enum", "variant", "flags", "function", "gone", "more"])?.as_str() {
                    "record" => (0, format!("record point {{ x: {}, y: u8 }}", choose(&TYPES[..6])?)),
                    "enum" => (1, format!("enum level {{ {} }}", choose(&["low, high", "high, low", "low"])?)),
                    "variant" => (2, format!("variant shape {{ dot(point), text({}), nothing }}", choose(&TYPES[..6])?)),
                    "flags" => (3, format!("flags rights {{ {} }}", choose(&["read, write", "read", "write, read"])?)),
                    "function" => (4, format!("a: func(p: {}) -> {};", choose(&TYPES)?, choose(&TYPES)?)),
                    "gone" => (5, String::new()),
                    _ => (5, format!("{} more: func();", lines[5])),
                };
                lines[at] = with;
            }
            let text = format!(
                "package test:{word}; world {word} {{ {} test:shared/api; }} package test:shared {{ interface api {{ {} }} }}",
                if word == "user" { "import" } else { "export" },
                lines.join("\n")
            );
            Ok((text, lines))
        };
        let (user, lines) = side("user", None)?;
        let (provider, _) = side("provider", Some(&lines))?;
        let (user, provider) = (component(&user), component(&provider));
        let port = "test:shared/api";
        let composer = confirm((&user, port), (&provider, port)).unwrap();
        let (a, b) = (World::of_bytes(&user).unwrap(), World::of_bytes(&provider).unwrap());
        let found = differences((&a, port), (&b, port)).unwrap();
        let types = !found.iter().any(|d| !d.harmless);
        let (a, b) = (inspect(&user).unwrap(), inspect(&provider).unwrap());
        let lines = fits(&a.imports[0], &b.exports[0]);
        assert_eq!((lines.is_ok(), types), (composer.is_ok(), composer.is_ok()), "{lines:?}\n{found:#?}\n{composer:?}");
        let (yes, no) = answers.get();
        answers.set(if types { (yes + 1, no) } else { (yes, no + 1) });
        Ok(())
    })
    .budget_ms(3_000);
    let (yes, no) = answers.get();
    assert!(yes > 10 && no > 10, "{yes} fit, {no} do not");
}

#[test]
fn bytes_without_types_are_told() {
    assert!(World::of_bytes(b"hello").is_err());
    assert!(inspect(b"hello").is_err());
}

const IMPORT: &str = "core-logic.cyber:core/log-handler";
const EXPORT: &str = "logger.cyber:core/log-handler";

#[test]
fn an_import_that_fits_is_said_to() {
    let project = Project::new("neon");
    let (found, code) = project.json(&["explain", IMPORT, EXPORT, "--json"]);
    assert_eq!((code, &found["fits"]), (0, &true.into()), "{found}");
    assert_eq!(found["differences"].as_array().unwrap().len(), 0);
    assert!(found["nearest"].is_array() && found["fixes"].is_array());
}

#[test]
fn a_case_that_went_is_explained_and_fixed_from_the_providers_wit() {
    let project = Project::new("neon");
    project.edit("logger/wit/logger.wit", "        warning,\n", "");
    let (found, code) = project.json(&["explain", IMPORT, "--json"]);
    assert_eq!((code, &found["fits"]), (1, &false.into()), "{found}");
    let difference = &found["differences"][0];
    assert_eq!(
        (&difference["path"], &difference["kind"]),
        (&"level.warning".into(), &"missing-case".into()),
        "{found}"
    );
    assert_eq!((&difference["import"], &difference["export"]), (&"warning".into(), &serde_json::Value::Null));
    assert_eq!(difference["import_at"]["file"], "core-logic/wit/deps/cyber-core/logger.wit", "{found}");
    assert_eq!((&difference["import_at"]["line"], &difference["export_at"]["line"]), (&7.into(), &5.into()), "{found}");
    assert_eq!(found["fixes"][0]["kind"], "bring-wit", "{found}");

    let (after, code) = project.json(&["explain", IMPORT, "--apply", "1", "--json"]);
    assert_eq!((code, &after["fits"]), (0, &true.into()), "{after}");
    assert_eq!(project.read("core-logic/wit/deps/cyber-core/logger.wit"), project.read("logger/wit/logger.wit"));
    let (after, code) = project.json(&["explain", IMPORT, "--apply", "9", "--json"]);
    assert_eq!((code, &after["ok"]), (1, &false.into()), "{after}");
}

#[test]
fn versions_that_promise_nothing_are_refused_and_aligned() {
    let project = Project::new("neon");
    for file in ["logger/wit/logger.wit", "core-logic/wit/deps/cyber-core/logger.wit"] {
        project.edit(file, "package cyber:core;", "package cyber:core@0.2.1;");
    }
    project.edit("core-logic/wit/world.wit", "cyber:core/log-handler", "cyber:core/log-handler@0.2.1");
    project.edit("logger/wit/logger.wit", "package cyber:core@0.2.1;", "package cyber:core@0.3.0;");
    let wire = project.verb(&["wire", "core-logic.log-handler", "logger.log-handler"]);
    let said = String::from_utf8_lossy(&wire.stderr).into_owned();
    assert_eq!(wire.status.code(), Some(1), "{said}");
    assert!(said.contains("0.3.0 promises nothing to 0.2.1"), "{said}");

    let (found, _) = project.json(&["explain", "core-logic.log-handler", "logger.log-handler", "--json"]);
    let kinds: Vec<_> = found["fixes"].as_array().unwrap().iter().map(|r| r["kind"].clone()).collect();
    let number = kinds.iter().position(|k| k == "align-version").unwrap_or_else(|| panic!("{found}")) + 1;
    let (after, code) = project.json(&["explain", "core-logic.log-handler", "--apply", &number.to_string(), "--json"]);
    assert_eq!((code, &after["fits"]), (0, &true.into()), "{after}");
    assert!(project.read("core-logic/wit/world.wit").contains("cyber:core/log-handler@0.3.0"));

    // A newer version of the same line serves.
    project.edit("logger/wit/logger.wit", "package cyber:core@0.3.0;", "package cyber:core@0.3.4;");
    let (after, code) = project.json(&["explain", "core-logic.log-handler", "--json"]);
    assert_eq!((code, &after["fits"]), (0, &true.into()), "{after}");
    assert_eq!(after["note"], "0.3.4 is compatible with 0.3.0 and not older");
}

/// `neon` with one more consumer of its logger.
fn with_a_second_consumer() -> Project {
    let project = Project::new("neon");
    let copied = [("core-logic", "second"), ("cyber:app", "cyber:second")];
    for file in ["Cargo.toml", "src/lib.rs", "wit/world.wit", "wit/deps/cyber-core/logger.wit"] {
        let text = project.read(&format!("core-logic/{file}"));
        let text = copied.iter().fold(text, |text, (old, new)| text.replace(old, new));
        project.write(&format!("second/{file}"), &text);
    }
    project.edit("Cargo.toml", "\"core-logic\"", "\"core-logic\", \"second\"");
    let wired =
        "let second = new cyber:second {\n    log-handler: logger.log-handler,\n    ...\n};\n\nexport core-logic.run";
    project.edit("neon.wac", "export core-logic.run", wired);
    project
}

fn fix(found: &serde_json::Value, kind: &str) -> (String, String) {
    let fixes = found["fixes"].as_array().unwrap();
    let number = fixes.iter().position(|fix| fix["kind"] == kind).unwrap_or_else(|| panic!("no {kind}: {found}"));
    ((number + 1).to_string(), fixes[number]["what"].as_str().unwrap().to_owned())
}

#[test]
fn one_step_updates_all_consumers_and_another_restores_the_provider() {
    let project = with_a_second_consumer();
    let deps = ["core-logic", "second"].map(|name| format!("{name}/wit/deps/cyber-core/logger.wit"));
    let known = project.read(&deps[0]);
    project.edit("logger/wit/logger.wit", "        warning,\n", "");
    let (found, _) = project.json(&["explain", IMPORT, "--json"]);

    let (number, what) = fix(&found, "bring-wit-to-all");
    assert!(what.starts_with("update all consumers: ") && what.contains("into `core-logic` and `second`"), "{what}");
    let (after, code) = project.json(&["explain", IMPORT, "--apply", &number, "--json"]);
    assert_eq!((code, &after["fits"]), (0, &true.into()), "{after}");
    assert!(deps.iter().all(|file| project.read(file) == project.read("logger/wit/logger.wit")));
    assert_eq!(project.json(&["explain", "second.log-handler", "--json"]).1, 0);
    // Taken back in one step too.
    assert!(project.verb(&["explain", "--undo"]).status.success());
    assert!(deps.iter().all(|file| project.read(file) == known));

    let (number, what) = fix(&found, "restore-wit");
    assert!(what.starts_with("restore the interface `log-handler` of `logger` as `core-logic` knows it"), "{what}");
    let (after, code) = project.json(&["explain", IMPORT, "--apply", &number, "--json"]);
    assert_eq!((code, &after["fits"]), (0, &true.into()), "{after}");
    assert!(project.read("logger/wit/logger.wit").contains("warning"));
    assert_eq!(project.json(&["explain", "second.log-handler", "--json"]).1, 0);
}
