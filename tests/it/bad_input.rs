//! Whatever lies in a folder: a sentence with its place and the next step, everything else still works.

use std::fs;

use serde_json::Value;

use crate::support::{Project, stderr};

/// The problems of `check`, which must name this file with a sentence that has these words.
fn told(project: &Project, file: Option<&str>, words: &[&str]) -> Value {
    let (report, code) = project.json(&["check", "--json"]);
    assert_eq!(code, 1, "{report:#}");
    let found = report["problems"].as_array().unwrap().iter().any(|p| {
        let said = format!("{} {}", p["message"], p["help"]);
        file.is_none_or(|f| p["file"] == f) && words.iter().all(|w| said.contains(w))
    });
    assert!(found, "nothing says {words:?} of {file:?}: {report:#}");
    report
}

#[test]
fn broken_wit_names_file_and_line() {
    let project = Project::new("neon");
    project.edit("logger/wit/logger.wit", "msg: string", "msg: strin");
    let report = told(&project, Some("logger/wit/logger.wit"), &["strin"]);
    let lines: Vec<_> = report["problems"].as_array().unwrap().iter().map(|p| p["line"].as_u64()).collect();
    assert!(lines.contains(&Some(12)), "{report:#}");
}

#[test]
fn broken_rust_names_file_and_line() {
    let project = Project::new("blank");
    project.edit("src/lib.rs", "println!", "printn!");
    told(&project, Some("src/lib.rs"), &["printn"]);
}

#[test]
fn a_truncated_and_a_core_only_wasm() {
    let project = Project::new("neon");
    project.write("torn.wasm", b"\0asm\x0d\0\x01\0\x01\x05");
    project.write("core.wat", "(module (func (export \"f\")))");
    // No composition names them, so they warn.
    let (report, code) = project.json(&["check", "--json"]);
    assert_eq!(code, 0, "{report:#}");
    for (file, word) in [("torn.wasm", "cut short"), ("core.wat", "core module")] {
        let problem = report["problems"].as_array().unwrap().iter().find(|p| p["file"] == file).unwrap();
        assert_eq!(problem["severity"], "warning", "{problem:#}");
        assert!(problem["message"].as_str().unwrap().contains(word), "{problem:#}");
    }
    // The rest still works.
    assert!(project.verb(&["run"]).status.success());
    let (graph, _) = project.json(&["graph", "--json"]);
    assert!(graph["nodes"].as_array().unwrap().iter().any(|n| n["name"] == "logger"));
}

#[test]
fn a_composition_that_names_a_missing_package() {
    let project = Project::new("neon");
    project.edit("neon.wac", "new cyber:core", "new cyber:cores");
    let report = told(&project, Some("neon.wac"), &["cyber:cores", "cyber:core"]);
    assert!(report["problems"].as_array().unwrap().iter().any(|p| p["line"] == 4), "{report:#}");
}

#[test]
fn two_components_of_one_name() {
    let project = Project::empty();
    for folder in ["a", "b"] {
        project.write(&format!("{folder}/same.wat"), "(component)");
    }
    told(&project, None, &["same", "a/same.wat"]);
}

#[test]
fn a_cycle_is_told_with_its_path() {
    let project = Project::empty();
    let component = |import: &str, export: &str| {
        format!(
            "(component (import \"x:y/{import}\" (instance $i (export \"f\" (func)))) (export \"x:y/{export}\" (instance $i)))"
        )
    };
    project.write("a.wat", component("one", "two"));
    project.write("b.wat", component("two", "one"));
    told(&project, None, &["cycle"]);
}

#[test]
fn an_unreadable_folder_and_a_symlink_loop() {
    let project = Project::new("neon");
    std::os::unix::fs::symlink(&project.dir, project.path("loop")).unwrap();
    fs::create_dir(project.path("locked")).unwrap();
    let mut mode = fs::metadata(project.path("locked")).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o000);
    fs::set_permissions(project.path("locked"), mode.clone()).unwrap();
    let output = project.verb(&["check"]);
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    fs::set_permissions(project.path("locked"), mode).unwrap();
    // Root may read everything, so there is nothing to tell there; either way the rest is checked.
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", stderr(&output));
    assert!(output.status.success() || stderr(&output).contains("locked"), "{}", stderr(&output));
}

#[test]
fn an_empty_folder_and_none_at_all() {
    let project = Project::empty();
    let output = project.verb(&["run", "--trust"]);
    assert_ne!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("studio new"), "the next step is named: {}", stderr(&output));
    let output = project.verb(&["check", "nowhere"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("nowhere"));
}

#[test]
fn a_five_megabyte_source() {
    let project = Project::new("blank");
    let mut text = project.read("src/lib.rs");
    text.push_str(&"// a long comment that says nothing at all, over and over again, to be long\n".repeat(70_000));
    assert!(text.len() > 5_000_000);
    project.write("src/lib.rs", text);
    let output = project.verb(&["run"]);
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn a_broken_studio_toml_names_its_line() {
    let project = Project::new("neon");
    project.write("studio.toml", "composition = \"neon.wac\"\n[run\n");
    let report = told(&project, Some("studio.toml"), &[]);
    assert!(report["problems"].as_array().unwrap().iter().any(|p| p["line"] == 2), "{report:#}");
}

/// Bytes are parsed, never run: no trust is needed to say that they are broken.
#[test]
fn a_broken_wasm_is_told_without_trust() {
    let project = Project::empty();
    project.write("torn.wasm", b"\0asm\x0d\0\x01\0\x01\x05");
    told(&project, Some("torn.wasm"), &[]);
    let (graph, code) = project.json(&["graph", "--json"]);
    assert_eq!(code, 1, "{graph:#}");
}

#[test]
fn a_contract_alone_is_no_error_and_nothing_to_run() {
    let project = Project::empty();
    project.write("wit/contract.wit", "package a:b;\n\ninterface c {\n    f: func();\n}\n");
    let (report, code) = project.json(&["check", "--json"]);
    assert_eq!((code, &report["problems"]), (0, &serde_json::json!([])), "{report:#}");
    for verb in ["run", "compose"] {
        let output = project.verb(&[verb, "--trust"]);
        assert_eq!(output.status.code(), Some(1), "{verb}");
        assert!(stderr(&output).contains("studio new"), "{verb}: {}", stderr(&output));
    }
}
