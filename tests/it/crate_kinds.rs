//! The three ways Rust crates get their bindings, each built and looked at by the real thing. The one written by studio
//! is the templates' own; these are the others.

use std::path::Path;

use crate::support::{Project, copy, stderr, wasm_target};

/// A project that holds these fixtures side by side, as they refer to each other.
fn of(fixtures: &[&str]) -> Project {
    wasm_target();
    let project = Project::empty();
    for fixture in fixtures {
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(fixture), &project.path(fixture));
    }
    project
}

#[test]
fn a_cargo_component_crate_is_built_and_run_with_its_own_bindings() {
    let project = of(&["cargo-component"]);
    let before = project.read("cargo-component/src/bindings.rs");
    let output = project.verb(&["run", "--trust", "--entry", "hello-world", "cargo-component"]);
    assert!(output.status.success() && stderr(&output).contains("returned \"Hello, World!\""), "{}", stderr(&output));
    assert_eq!(project.read("cargo-component/src/bindings.rs"), before, "foreign bindings are left alone");
}

/// The macro is compiled with syn and wit-parser: this takes half a minute the first time.
#[test]
fn a_macro_crate_is_built_and_its_ports_are_read_from_its_bytes() {
    let project = of(&["macro", "contract"]);
    let output = project.verb(&["build", "--trust", "macro"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let (graph, code) = project.json(&["graph", "macro", "--format", "json"]);
    assert_eq!(code, 0);
    let node = graph["nodes"].as_array().unwrap().iter().find(|n| n["name"] == "greeter-macro").unwrap().clone();
    assert_eq!(node["exports"][0]["name"], "acme:greet/greetings@1.2.0");
    // The standard library's imports are in no WIT of the project: they can only come from the component's bytes.
    let imports = node["imports"].as_array().unwrap();
    assert!(imports.iter().any(|i| i["name"].as_str().unwrap().starts_with("wasi:cli/stdout@")), "{imports:?}");
}
