//! `studio wit`: the WIT of nodes, files and packages.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::support::{Project, stderr, stdout};

#[test]
fn the_wit_of_a_node_a_file_and_a_package_is_printed_with_its_comments() {
    let project = Project::new("neon");
    let printed = |args: &[&str]| {
        let output = project.verb(&[&["wit"], args].concat());
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
        stdout(&output)
    };
    let node = printed(&["core-logic"]);
    assert!(node.starts_with("package cyber:app;\n"), "{node}");
    assert!(node.contains("export run: func();") && node.contains("package cyber:core {"), "{node}");
    let package = printed(&["cyber:core"]);
    assert!(package.contains("/// Writes one line.\n") && package.contains("world logger-service"), "{package}");
    assert!(!package.contains("cyber:app"), "{package}");
    assert_eq!(printed(&["logger/wit/logger.wit"]), package);
    assert_eq!(printed(&["logger/wit"]), package);
    // What is composed says the same of itself, as far as bytes can.
    let composed = project.verb(&["compose", "-o", "neon.wasm"]);
    assert!(composed.status.success(), "{}", stderr(&composed));
    assert!(printed(&["neon.wasm"]).contains("export run: func();"));
    let json: serde_json::Value = serde_json::from_str(&printed(&["core-logic", "--json"])).unwrap();
    let worlds: Vec<_> = json["worlds"].as_array().unwrap().iter().map(|world| world["name"].clone()).collect();
    assert!(worlds.contains(&"core-logic".into()), "{worlds:?}");
    assert!(json["interfaces"][0]["functions"]["log"].is_object(), "{json:#}");
}

#[test]
fn what_has_no_wit_is_told_with_what_was_meant() {
    let project = Project::new("neon");
    let refused = |args: &[&str]| {
        let output = project.verb(&[&["wit"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        stderr(&output)
    };
    assert!(refused(&["core-logik"]).contains("did you mean `core-logic`?"));
    assert!(refused(&["wasi:io"]).contains("has the package `wasi:io`"));
    assert!(refused(&["cyber:core@9.0.0"]).contains("has the package `cyber:core@9.0.0`"));
    project.write("torn.wasm", "\0asm\r");
    assert!(refused(&["torn.wasm"]).contains("torn.wasm"));
    assert!(refused(&["nowhere.wit"]).contains("nowhere.wit"));
    project.edit("logger/wit/logger.wit", "string", "strin");
    assert!(refused(&["logger"]).contains("strin"));
}
