//! WIT of other times and habits: every fault is named at its place, the mechanical ones are fixed, and the program runs.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::support::{Project, stderr, stdout};

/// The component's Rust as cargo-component's users wrote it.
const LOGGER: &str = "#[allow(warnings)]
mod bindings;

use crate::bindings::exports::cyber::core::log_handler::{Guest, Level};

struct Component;

impl Guest for Component {
    fn log(msg: String, severity: Level) {
        match severity {
            Level::Info => println!(\"[INFO] >> {}\", msg),
            Level::Warning => println!(\"[WARN] >> {}\", msg),
            Level::Critical => println!(\"[CRITICAL ERROR] >> {}\", msg),
        }
    }
}

bindings::export!(Component with_types_in bindings);
";

const WIT: [&str; 3] =
    ["logger/wit/logger.wit", "core-logic/wit/world.wit", "core-logic/wit/deps/cyber-core/logger.wit"];

/// `neon` as it was written before WIT had semicolons.
fn old_neon() -> (Project, [String; 3]) {
    let project = Project::new("neon");
    let today = WIT.map(|file| project.read(file));
    for (file, text) in WIT.iter().zip(&today) {
        project.write(file, text.replace(';', ""));
    }
    project.write("logger/src/lib.rs", LOGGER);
    (project, today)
}

#[test]
fn wit_without_semicolons_is_told_whole_and_fixed() {
    let (project, today) = old_neon();
    let (found, code) = project.json(&["check", "--json"]);
    assert_eq!(code, 1);
    let problems = found["problems"].as_array().unwrap();
    let at = |file: &str, line: u64, message: &str| {
        let is_it = |p: &&serde_json::Value| p["file"] == file && p["line"] == line && p["message"] == message;
        let problem = problems.iter().find(is_it).unwrap_or_else(|| panic!("{file}:{line} {message}: {found:#}"));
        assert_eq!(problem["fixes"][0]["title"], "insert `;`", "{problem}");
    };
    at(WIT[0], 1, "`;` is missing after the package");
    at(WIT[0], 12, "`;` is missing after this function");
    at(WIT[0], 16, "`;` is missing after this export");
    at(WIT[1], 1, "`;` is missing after the package");
    at(WIT[1], 4, "`;` is missing after this import");
    at(WIT[1], 6, "`;` is missing after this export");

    let output = project.verb(&["check", "--fix"]);
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    for file in WIT {
        assert!(stdout(&output).contains(&format!("fixed: {file}\n")), "{}", stdout(&output));
    }
    assert_eq!(WIT.map(|file| project.read(file)), today, "comments and layout are kept");

    let output = project.verb(&["run"]);
    let printed = stdout(&output);
    assert!(
        printed.contains("logger | [CRITICAL ERROR] >> Mainframe breach detected."),
        "{printed}{}",
        stderr(&output)
    );
    let again = project.verb(&["check", "--fix"]);
    assert!(!stdout(&again).contains("fixed:"), "{}", stdout(&again));
}

#[test]
fn several_faults_are_told_at_once_and_what_needs_a_decision_is_left() {
    let project = Project::new("neon");
    project.edit(WIT[0], "msg: string, severity: level", "msg: String, severity: levl, at: i64");
    let (found, _) = project.json(&["check", "--json"]);
    let shown = |found: &serde_json::Value| -> Vec<String> {
        let of_wit = found["problems"].as_array().unwrap().iter().filter(|p| p["file"] == WIT[0]);
        of_wit.map(|p| p["message"].as_str().unwrap().to_owned()).collect()
    };
    // What names mean is asked when the text follows the grammar.
    assert_eq!(shown(&found), ["there is no type `String`; WIT calls it `string`"]);
    let (found, code) = project.json(&["check", "--fix", "--json"]);
    assert_eq!((code, &found["fixed"]), (1, &serde_json::json!([WIT[0]])), "{found:#}");
    assert_eq!(shown(&found), ["there is no type `levl` here"]);
    assert!(project.read(WIT[0]).contains("msg: string, severity: levl, at: s64"), "{}", project.read(WIT[0]));
}

#[test]
fn formatting_changes_the_layout_and_nothing_else() {
    let project = Project::new("neon");
    let output = project.verb(&["fmt", "--check"]);
    assert!(output.status.success(), "templates are formatted: {}{}", stdout(&output), stderr(&output));
    let before = project.read(WIT[0]);
    project.write(WIT[0], before.replace("    ", "\t").replace("msg: string, ", "msg :string ,"));
    let deps = project.read(WIT[2]).replace("    ", "  ");
    project.write(WIT[2], &deps);
    let output = project.verb(&["fmt", "--check"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), format!("not formatted: {}\n", WIT[0]));
    let output = project.verb(&["fmt"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(project.read(WIT[0]), before.replace("    ", "  "));
    assert_eq!(project.read(WIT[2]), deps, "a copy keeps the layout of its source");

    project.write(WIT[0], "interface {\n");
    let output = project.verb(&["fmt"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("logger/wit/logger.wit:1"), "{}", stderr(&output));
    assert_eq!(project.read(WIT[0]), "interface {\n");
}
