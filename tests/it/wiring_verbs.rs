//! The verbs that edit a composition, on real projects.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::support::Project;

const IMPORT: &str = "core-logic.cyber:core/log-handler";
const EXPORT: &str = "logger.cyber:core/log-handler";

fn refused(project: &Project, args: &[&str]) -> String {
    let output = project.verb(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{args:?}: one sentence: {said}");
    said.trim().to_owned()
}

#[test]
fn a_wire_that_is_cut_and_wired_again_leaves_the_file_as_it_was() {
    let project = Project::new("neon");
    let before = project.read("neon.wac");
    let (cut, code) = project.json(&["cut", IMPORT, "--json"]);
    assert_eq!((code, &cut["ok"]), (0, &true.into()), "{cut}");
    assert_eq!(cut["problems"][0]["port"], "cyber:core/log-handler", "what is open now is told: {cut}");
    assert_ne!(project.read("neon.wac"), before);
    let (_, code) = project.json(&["wire", IMPORT, EXPORT, "--json"]);
    assert_eq!(code, 0);
    assert_eq!(project.read("neon.wac"), before);
    assert_eq!(
        refused(&project, &["wire", IMPORT, EXPORT]),
        "refused: `core-logic` already takes `cyber:core/log-handler` from there"
    );
}

#[test]
fn what_keeps_it_from_running_is_told_once() {
    let project = Project::new("neon");
    project.verb(&["cut", IMPORT]);
    let output = project.verb(&["run"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.matches("nothing provides `cyber:core/log-handler`").count(), 1, "{said}");
}

/// A part that the composition leaves out is still one that could be added.
#[test]
fn who_could_provide_is_told_though_it_is_no_part_yet() {
    let project = Project::new("neon");
    let text = "package cyber:neon;\n\nlet core-logic = new cyber:app { ... };\nexport core-logic.run;\n";
    std::fs::write(project.path("neon.wac"), text).unwrap();
    let output = project.verb(&["run"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("nothing provides `cyber:core/log-handler`"), "{said}");
    assert!(said.contains("`let logger = new cyber:core { ... };`"), "{said}");
}

#[test]
fn auto_wire_plans_before_it_writes() {
    let project = Project::new("neon");
    let before = project.read("neon.wac");
    project.verb(&["cut", IMPORT]);
    let open = project.read("neon.wac");
    let (plan, code) = project.json(&["auto-wire", "--dry-run", "--json"]);
    assert_eq!((code, &plan["written"]), (0, &false.into()), "{plan}");
    assert_eq!(plan["wires"][0]["to"]["node"], "logger");
    assert_eq!(project.read("neon.wac"), open);
    project.verb(&["auto-wire"]);
    assert_eq!(project.read("neon.wac"), before);
    // Two that could serve: nothing is chosen behind the user's back.
    project.verb(&["cut", IMPORT]);
    project.verb(&["add", "logger", "--name", "audit"]);
    let (plan, code) = project.json(&["auto-wire", "--json"]);
    assert_eq!((code, plan["undecided"][0]["candidates"].as_array().unwrap().len()), (1, 2), "{plan}");
}

#[test]
fn a_project_without_a_composition_gets_one_on_its_first_edit() {
    let project = Project::new("neon");
    std::fs::remove_file(project.path("neon.wac")).unwrap();
    let (added, code) = project.json(&["add", "logger", "--name", "audit", "--json"]);
    assert_eq!((code, &added["node"]), (0, &"audit".into()), "{added}");
    let file = added["file"].as_str().unwrap();
    assert_eq!(file, "ein-projekt.wac");
    let text = project.read(file);
    assert!(text.starts_with("package ein-projekt:composition;\n"), "{text}");
    assert!(text.contains("log-handler: logger.log-handler"), "what fits is wired: {text}");
    assert!(text.contains("let audit = new cyber:core { ... };"), "{text}");
    assert_eq!(project.verb(&["check"]).status.code(), Some(0));
}

#[test]
fn every_verb_edits_and_says_why_not() {
    let project = Project::new("neon");
    for args in [
        &["add", "logger", "--name", "audit"][..],
        &["wire", "core-logic.log-handler", "audit.log-handler"],
        &["rename", "audit", "ledger"],
        &["expose", "ledger.log-handler", "--as", "records"],
        &["hide", "records"],
        &["remove", "logger"],
    ] {
        let output = project.verb(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let text = project.read("neon.wac");
    assert!(text.contains("log-handler: ledger.log-handler,") && !text.contains("let logger"), "{text}");
    assert!(!text.contains("records") && !text.contains("logger."), "{text}");
    for (args, said) in [
        (&["remove", "nobody"][..], "refused: no node is called `nobody`; it has `ledger`, `core-logic`, `entry`"),
        (
            &["rename", "ledger", "Not A Name"],
            "refused: `Not A Name` is not a valid node name: use words of letters and digits, joined by `-`",
        ),
        (
            &["cut", "ledger"],
            "refused: `ledger` has no port: write NODE.PORT, as in `core-logic.cyber:core/log-handler`",
        ),
        (&["hide", "nothing"], "refused: the composition does not export `nothing`; it exports `run`"),
        (&["expose", "core-logic.run"], "refused: the composition already exports `run` of `core-logic`"),
    ] {
        assert_eq!(refused(&project, args), said);
    }
    assert_eq!(project.read("neon.wac"), text, "what is refused changes nothing");
}
