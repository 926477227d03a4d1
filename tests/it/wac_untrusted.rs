//! A composition is text over bytes and WIT: checking it runs nothing, and so needs no trust.

use crate::reach::hostile;
use crate::support::{stderr, stdout};

#[test]
fn a_composition_of_components_that_are_not_built_is_checked_to_its_end() {
    let project = hostile::project();
    let given = "import other: interface { f: func(n: u32); };\nlet part = new my:part { api: other };";
    for (text, said) in [
        ("let part = new my:part { ... };\nexport part.run as \"no name\";", "export name `no name` is not valid"),
        (given, "mismatched instantiation argument"),
        ("let part = new my:part { ... };\nenum e { a, a }", "duplicate case `a`"),
        ("import a as \"b\": func();\nimport c as \"b\": func();", "`b`"),
    ] {
        project.write("app.wac", format!("package my:app;\n\n{text}\n"));
        let output = project.verb(&["check"]);
        assert_eq!(output.status.code(), Some(1), "{text}: {}", stderr(&output));
        assert!(stderr(&output).contains(said), "{text}: {}", stderr(&output));
        assert!(stderr(&output).contains("--> app.wac:"), "{text}: {}", stderr(&output));
    }
    assert!(!project.path("target").exists(), "nothing was built");
    // Which of the host's interfaces a component uses is known when it is built: an argument for one is no error.
    let host =
        "import out: interface { get: func(); };\nlet part = new my:part { \"wasi:cli/environment@0.2.3\": out, ... };";
    for text in ["let part = new my:part { ... };\nexport part...;", host] {
        project.write("app.wac", format!("package my:app;\n\n{text}\n"));
        let output = project.verb(&["check"]);
        assert!(output.status.success(), "{text}: {}", stderr(&output));
        assert!(!stdout(&output).contains("not checked to its end"), "{}", stdout(&output));
    }
}

#[test]
fn what_could_not_be_checked_is_said() {
    let project = hostile::project();
    project.write("studio.toml", "[components.made]\ncommand = [\"make\"]\noutput = \"made.wasm\"\n");
    project
        .write("app.wac", "package my:app;\n\nlet made = new local:made { ... };\nexport made.run as \"no name\";\n");
    let output = project.verb(&["check"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stdout(&output);
    assert!(
        said.contains("`app.wac` was not checked to its end: what `made` imports and exports is known when"),
        "{said}"
    );
    let (report, code) = project.json(&["check", "--json"]);
    assert_eq!((code, &report["unchecked"]), (0, &serde_json::json!(["made"])), "{report:#}");
}

/// The composer takes minutes over an interface of so many functions: a folder that nobody trusts does not get them.
#[test]
fn what_takes_long_to_compose_is_not_checked_without_trust() {
    let project = hostile::project();
    let functions: String =
        (0..12_000).map(|n| format!("  function-number-{n}: func(text: string) -> u32;\n")).collect();
    project.write("wit/deps/dep/api.wit", format!("package their:dep;\n\ninterface api {{\n{functions}}}\n"));
    let (report, code) = project.json(&["check", "--json"]);
    assert_eq!((code, &report["unchecked"]), (0, &serde_json::json!(["part"])), "{report:#}");
}

#[test]
fn a_folder_with_only_a_text_is_checked_and_composed() {
    let project = crate::support::Project::empty();
    project.write("a.wac", "package t:a;\nenum e { x, y, x }\n");
    for verb in [&["check"][..], &["compose", "--trust"], &["run", "--trust"], &["build", "--trust"]] {
        let output = project.verb(verb);
        assert_eq!(output.status.code(), Some(1), "{verb:?}: {}", stderr(&output));
        assert!(stderr(&output).contains("duplicate case `x`"), "{verb:?}: {}", stderr(&output));
    }
    project.edit("a.wac", "y, x", "y, z");
    let output = project.verb(&["compose", "--trust"]);
    assert!(output.status.success() && project.path("a.wasm").exists(), "{}", stderr(&output));
    let output = project.verb(&["check"]);
    assert!(stdout(&output).contains("1 composition of"), "{}", stdout(&output));
}
