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

/// The macro's own words come once a crate, and say less.
#[test]
fn broken_wit_that_crates_share_is_reported_once_by_a_build_too() {
    let project = Project::empty();
    let member = |name: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
             [dependencies]\nwit-bindgen = {{ path = \"../macro\" }}\n"
        )
    };
    project.write("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"shop\", \"store\"]\n");
    for name in ["shop", "store"] {
        project.write(&format!("{name}/Cargo.toml"), member(name));
        let source = format!("wit_bindgen::generate!({{ path: \"../wit\", world: \"{name}\" }});\n");
        project.write(&format!("{name}/src/lib.rs"), source);
    }
    // A stand-in that says what the macro says.
    let manifest = "[package]\nname = \"wit-bindgen\"\nversion = \"0.60.0\"\nedition = \"2024\"\n";
    project.write("macro/Cargo.toml", manifest);
    let said = "failed to resolve directory while parsing WIT for path [wit]";
    let source =
        format!("#[macro_export]\nmacro_rules! generate {{ ($($x:tt)*) => {{ compile_error!(\"{said}\"); }} }}\n");
    project.write("macro/src/lib.rs", source);
    project.write("wit/a.wit", "package t:shop;\nworld store {}\nworld shop { import no:such/thing; }\n");
    let output = project.verb(&["build", "--trust"]);
    let errors = stderr(&output);
    assert_eq!((output.status.success(), errors.matches("error: ").count()), (false, 1), "{errors}");
    assert!(errors.contains("wit/a.wit:3:21"), "{errors}");
}
