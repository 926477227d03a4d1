//! A provider changes its WIT: the explanation is followed until the program runs again, with real cargo.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::support::{Project, stderr, stdout};

const IMPORT: &str = "core-logic.cyber:core/log-handler";
const DEP: &str = "core-logic/wit/deps/cyber-core/logger.wit";

fn run(project: &Project) -> (String, String) {
    let output = project.verb(&["run"]);
    (stdout(&output), stderr(&output))
}

fn kinds(found: &serde_json::Value) -> Vec<(String, String)> {
    let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    found["differences"].as_array().unwrap().iter().map(|d| (text(&d["path"]), text(&d["kind"]))).collect()
}

#[test]
fn an_enum_case_that_was_renamed_is_fixed_and_taken_back() {
    let project = Project::new("neon");
    let before = project.read(DEP);
    project.edit("logger/wit/logger.wit", "warning", "caution");
    project.edit("logger/src/lib.rs", "Level::Warning", "Level::Caution");

    let (found, code) = project.json(&["explain", IMPORT, "--json"]);
    assert_eq!(code, 1, "{found}");
    let named = |path: &str, kind: &str| (path.to_owned(), kind.to_owned());
    assert_eq!(kinds(&found), [named("level.warning", "missing-case"), named("level.caution", "extra-case")]);
    let keys: Vec<_> = found["differences"][0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["export", "export_at", "import", "import_at", "kind", "path"]);
    let (said, errors) = run(&project);
    assert!(!said.contains("startup"), "what does not fit does not run: {said}");
    assert!(errors.contains("does not fit what `core-logic` imports"), "{errors}");

    let output = project.verb(&["explain", IMPORT, "--apply", "1"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(project.read(DEP), project.read("logger/wit/logger.wit"));
    let (said, errors) = run(&project);
    assert!(said.contains("logger | [CRITICAL ERROR] >> Mainframe breach detected."), "{said}{errors}");

    // Undone: the file is as it was, to the byte, and what it led to is told again.
    let output = project.verb(&["explain", "--undo"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("reverted: bring the WIT of `cyber:core`"), "{}", stdout(&output));
    assert_eq!(project.read(DEP), before);
    assert_eq!(project.json(&["explain", IMPORT, "--json"]).1, 1);
    let again = project.verb(&["explain", "--undo"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("there is no applied fix to revert"), "{}", stderr(&again));
}

/// `neon` whose logger takes a record, on both sides.
pub fn with_a_record(project: &Project) {
    for file in ["logger/wit/logger.wit", DEP] {
        let record =
            "    record entry {\n        msg: string,\n        severity: level,\n    }\n\n    /// Writes one line.";
        project.edit(file, "    /// Writes one line.", record);
        project.edit(file, "log: func(msg: string, severity: level)", "log: func(entry: entry)");
    }
    project.edit("logger/src/lib.rs", "log_handler::{Guest, Level}", "log_handler::{Entry, Guest, Level}");
    project.edit(
        "logger/src/lib.rs",
        "fn log(msg: String, severity: Level) {",
        "fn log(Entry { msg, severity }: Entry) {",
    );
    project.edit("core-logic/src/lib.rs", "log_handler::{Level, log}", "log_handler::{Entry, Level, log}");
    project.edit(
        "core-logic/src/lib.rs",
        "log(\"System startup initiated.\", Level::Info)",
        "log(&Entry { msg: \"System startup initiated.\".into(), severity: Level::Info })",
    );
    project.edit(
        "core-logic/src/lib.rs",
        "log(\"Mainframe breach detected.\", Level::Critical)",
        "log(&Entry { msg: \"Mainframe breach detected.\".into(), severity: Level::Critical })",
    );
}

#[test]
fn a_record_field_that_was_renamed_is_followed_to_a_running_program() {
    let project = Project::new("neon");
    with_a_record(&project);
    let (said, errors) = run(&project);
    assert!(said.contains("Mainframe breach detected."), "{said}{errors}");

    // The provider calls its field by another name.
    project.edit("logger/wit/logger.wit", "msg: string,", "text: string,");
    project.edit("logger/src/lib.rs", "Entry { msg, severity }", "Entry { text: msg, severity }");
    let (found, code) = project.json(&["explain", IMPORT, "--json"]);
    assert_eq!(code, 1, "{found}");
    let named = |path: &str, kind: &str| (path.to_owned(), kind.to_owned());
    assert_eq!(kinds(&found), [named("entry.msg", "missing-field"), named("entry.text", "extra-field")], "{found}");
    let difference = &found["differences"][0];
    assert_eq!(difference["import_at"]["file"], DEP, "{found}");
    assert_eq!(difference["export_at"]["file"], "logger/wit/logger.wit", "{found}");
    let (after, code) = project.json(&["explain", IMPORT, "--apply", "1", "--json"]);
    assert_eq!((code, &after["fits"]), (0, &true.into()), "{after}");

    // Now the consumer's own code is at another name: rustc says where, and nothing was changed behind its back.
    let output = project.verb(&["build"]);
    let errors = stderr(&output) + &stdout(&output);
    assert!(errors.contains("core-logic/src/lib.rs") && errors.contains("msg"), "{errors}");
    project.edit("core-logic/src/lib.rs", "Entry { msg:", "Entry { text:");
    let (said, errors) = run(&project);
    assert!(said.contains("logger | [CRITICAL ERROR] >> Mainframe breach detected."), "{said}{errors}");
}

/// Another provider that fits is wired instead, and that is undone like everything else.
#[test]
fn another_provider_is_wired_in_its_place() {
    let project = Project::new("neon");
    project.verb(&["cut", IMPORT]);
    let open = project.read("neon.wac");
    let (found, _) = project.json(&["explain", IMPORT, "--json"]);
    assert_eq!(found["fixes"][0]["kind"], "wire", "{found}");
    let (after, code) = project.json(&["explain", IMPORT, "--apply", "1", "--json"]);
    assert_eq!((code, &after["wired"]), (0, &true.into()), "{after}");
    assert_ne!(project.read("neon.wac"), open);
    // Somebody writes the file: their text is not undone.
    project.write("neon.wac", project.read("neon.wac") + "// mine\n");
    let output = project.verb(&["explain", "--undo"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("was changed meanwhile"), "{}", stderr(&output));
    project.edit("neon.wac", "// mine\n", "");
    assert!(project.verb(&["explain", "--undo"]).status.success());
    assert_eq!(project.read("neon.wac"), open);
}
