//! What needs a provider, what fits, and what this host can give: three questions, asked of the program as a whole.

use serde_json::Value;
use studio::compose;
use studio::compose::Document;
use studio::model::fits::fits;
use studio::model::graph::{End, Graph, ImportState};

use crate::compose::{Case, document};
use crate::support::{Project, stderr, stdout};

/// Prints 42: an interface of types alone, shared by one that gives a function and one that calls it.
const TYPES: [(&str, &str); 2] = [
    (
        "giver.wat",
        r#"(component
            (import "t:k/types" (instance $types (type $r (record (field "n" u32))) (export "rec" (type (eq $r)))))
            (alias export $types "rec" (type $rec))
            (core module $m (func (export "get") (param i32) (result i32) local.get 0))
            (core instance $mi (instantiate $m))
            (func $get (param "r" $rec) (result u32) (canon lift (core func $mi "get")))
            (component $shim
                (type $r (record (field "n" u32)))
                (import "import-type-rec" (type $rec (eq $r)))
                (import "import-func-get" (func $f (param "r" $rec) (result u32)))
                (export $rec2 "rec" (type $rec))
                (export "get" (func $f) (func (param "r" $rec2) (result u32))))
            (instance $i (instantiate $shim (with "import-type-rec" (type $rec)) (with "import-func-get" (func $get))))
            (export "t:k/api" (instance $i)))"#,
    ),
    (
        "taker.wat",
        r#"(component
            (import "t:k/types" (instance $types (type $r (record (field "n" u32))) (export "rec" (type (eq $r)))))
            (alias export $types "rec" (type $rec))
            (import "t:k/api" (instance $api
                (alias outer 1 $rec (type $r))
                (export "rec" (type $r2 (eq $r)))
                (export "get" (func (param "r" $r2) (result u32)))))
            (core func $get (canon lower (func $api "get")))
            (core module $m (import "a" "get" (func $g (param i32) (result i32)))
                (func (export "run") (result i32) i32.const 42 call $g))
            (core instance $mi (instantiate $m (with "a" (instance (export "get" (func $get))))))
            (func $run (result u32) (canon lift (core func $mi "run")))
            (export "run" (func $run)))"#,
    ),
];

/// A component whose only function calls what it imports.
fn caller(import: &str) -> String {
    format!(
        r#"(component
            (import "{import}" (instance $i (export "put" (func))))
            (core func $p (canon lower (func $i "put")))
            (core module $m (import "a" "put" (func $g)) (func (export "run") call $g))
            (core instance $mi (instantiate $m (with "a" (instance (export "put" (func $p))))))
            (func (export "run") (canon lift (core func $mi "run"))))"#
    )
}

fn project(files: &[(&str, &str)]) -> Project {
    let project = Project::empty();
    for (name, text) in files {
        project.write(name, text);
    }
    project.trust();
    project
}

fn code(project: &Project, args: &[&str]) -> (i32, String) {
    let output = project.verb(args);
    (output.status.code().unwrap(), format!("{}{}", stdout(&output), stderr(&output)))
}

/// The state of an import in `studio graph`.
fn state(project: &Project, node: &str, import: &str) -> Value {
    let (graph, _) = project.json(&["graph", "--json"]);
    let nodes = graph["nodes"].as_array().unwrap();
    let found = nodes.iter().find(|n| n["name"] == node).unwrap_or_else(|| panic!("no {node}: {graph:#}"));
    found["imports"].as_array().unwrap().iter().find(|i| i["name"] == import).unwrap()["state"].clone()
}

#[test]
fn an_interface_of_types_alone_needs_no_provider() {
    for wac in [
        None,
        Some(
            "package t:a;\nlet giver = new local:giver { ... };\nlet taker = new local:taker { api: giver.api, ... };\nexport taker.run;\n",
        ),
    ] {
        let project = project(&TYPES);
        if let Some(wac) = wac {
            project.write("app.wac", wac);
        }
        let (rc, said) = code(&project, &["check"]);
        assert!(rc == 0 && said.contains("no problems"), "{said}");
        assert_eq!(state(&project, "taker", "t:k/types"), "types");
        for verb in [&["build"][..], &["compose", "-o", "out.wasm"]] {
            assert_eq!(code(&project, verb).0, 0, "{verb:?}");
        }
        std::fs::remove_file(project.path("out.wasm")).unwrap();
        let (rc, said) = code(&project, &["run"]);
        assert!(rc == 0 && said.contains("42"), "{rc} {said}");
    }
}

#[test]
fn without_dots_a_text_has_to_give_types_too_as_wac_wants_it() {
    let project = project(&TYPES);
    project.write("app.wac", "package t:a;\nlet giver = new local:giver {};\n");
    let (rc, said) = code(&project, &["check"]);
    assert!(rc == 1 && said.contains("`giver` imports `t:k/types`, and nothing is given for it"), "{said}");
    // The advice is followed.
    assert!(said.contains("add `...`"), "{said}");
    project.edit("app.wac", "{}", "{ ... }");
    assert_eq!(code(&project, &["check"]).0, 0);
}

#[test]
fn what_only_another_host_has_is_correct_and_ships_and_does_not_run_here() {
    for import in [
        "wasmcloud:bus/lattice@1.0.0",
        "fermyon:spin/llm@2.0.0",
        "acme:platform/audit",
        "wasi:keyvalue/store@0.2.0-draft2",
        "wasi:nn/graph",
        "put-it",
    ] {
        for wac in [None, Some("package t:a;\nlet app = new local:app { ... };\nexport app.run;\n")] {
            let project = project(&[("app.wat", &caller(import))]);
            if let Some(wac) = wac {
                project.write("app.wac", wac);
            }
            let what = format!("`app` imports `{import}`, which nothing in this project provides");
            for verb in [&["check"][..], &["build"], &["compose", "-o", "out.wasm"]] {
                let (rc, said) = code(&project, verb);
                assert!(rc == 0 && said.contains("warning") && said.contains(&what), "{import} {verb:?}: {rc} {said}");
            }
            let shipped = studio::inspect::inspect(&std::fs::read(project.path("out.wasm")).unwrap()).unwrap();
            assert!(shipped.imports.iter().any(|i| i.name == import), "{shipped:?}");
            std::fs::remove_file(project.path("out.wasm")).unwrap();
            assert_eq!(state(&project, "app", import), "open");
            let (rc, said) = code(&project, &["run"]);
            assert_eq!(rc, 1, "{said}");
            assert!(said.contains(&format!("nothing provides `{import}` to `app`")), "{said}");
            assert!(said.contains("add a component that exports it"), "{said}");
            assert!(!said.contains(&what), "it is told once: {said}");
        }
    }
}

#[test]
fn run_says_per_node_what_is_missing() {
    let project = project(&[("one.wat", &caller("acme:a/b")), ("two.wat", &caller("acme:c/d"))]);
    let (rc, said) = code(&project, &["run"]);
    assert_eq!(rc, 1);
    for line in ["nothing provides `acme:a/b` to `one`", "nothing provides `acme:c/d` to `two`"] {
        assert!(said.contains(line), "{said}");
    }
}

/// Advice is tried: it leads to fewer problems, and never to a node's own export.
#[test]
fn a_component_is_not_advised_to_wire_itself() {
    let log = r#"(component
        (import "t:k/log" (instance $i (export "put" (func))))
        (core func $p (canon lower (func $i "put")))
        (core module $m (import "a" "put" (func $g)) (func (export "put") call $g))
        (core instance $mi (instantiate $m (with "a" (instance (export "put" (func $p))))))
        (func $put (canon lift (core func $mi "put")))
        (instance $e (export "put" (func $put)))
        (export "t:k/log" (instance $e)))"#;
    let project = project(&[("log.wat", log)]);
    for wac in ["", "package t:a;\nlet log = new local:log { ... };\nexport log...;\n"] {
        if !wac.is_empty() {
            project.write("app.wac", wac);
        }
        let (rc, said) = code(&project, &["check"]);
        assert!(rc == 0 && !said.contains("` exports it"), "{said}");
        assert!(said.contains("add a component that exports it"), "{said}");
    }
    // Inside its own argument, and below it.
    project.write(
        "app.wac",
        "package t:a;\nlet outer = new local:log { log: new local:log { ... }.log };\nexport outer...;\n",
    );
    let (_, said) = code(&project, &["check"]);
    assert!(!said.contains("write `"), "{said}");
    project.write("app.wac", "package t:a;\nlet first = new local:log { ... };\nlet second = new local:log { ... };\n");
    let (_, said) = code(&project, &["check"]);
    assert!(said.contains("`studio wire first.t:k/log second.t:k/log` moves it above this and wires it"), "{said}");
    project.write(
        "app.wac",
        "package t:a;\nlet second = new local:log { ... };\nlet first = new local:log { log: second.log };\n",
    );
    let (_, after) = code(&project, &["check"]);
    assert!(after.matches("warning").count() < said.matches("warning").count(), "{said}\n{after}");
}

fn returns(number: u32) -> String {
    format!(
        r#"(component
            (core module $m (func (export "id") (result i32) i32.const {number}))
            (core instance $i (instantiate $m))
            (func (export "id") (result u32) (canon lift (core func $i "id"))))"#
    )
}

#[test]
fn a_package_is_its_whole_name() {
    let text = "package acme:both;\n\nlet a = new north:store {};\nlet b = new south:store {};\n\nexport a.id as \"north-id\";\nexport b.id as \"south-id\";\n";
    let project = project(&[("both.wac", text), ("deps/north/store.wat", &returns(1))]);
    let (rc, said) = code(&project, &["check"]);
    assert!(rc == 1 && said.contains("no component of this project is `south:store`"), "{said}");
    assert!(said.contains("did you mean `north:store`?") && said.contains("deps/south/store.wasm"), "{said}");
    assert_ne!(code(&project, &["compose"]).0, 0);

    project.write("deps/south/store.wat", returns(2));
    for (entry, number) in [("north-id", "1"), ("south-id", "2")] {
        let (rc, said) = code(&project, &["run", "--entry", entry]);
        assert!(rc == 0 && said.contains(number), "{entry}: {said}");
    }
    let (graph, _) = project.json(&["graph", "--json"]);
    let sources: Vec<_> = graph["nodes"].as_array().unwrap().iter().map(|n| n["source"].clone()).collect();
    assert!(sources.contains(&"deps/north/store.wat".into()) && sources.contains(&"deps/south/store.wat".into()));
}

#[test]
fn deps_are_versioned_as_wac_has_them() {
    let clock = |number: u32| {
        format!(
            r#"(component
                (core module $m (func (export "now") (result i32) i32.const {number}))
                (core instance $i (instantiate $m))
                (func $now (result u32) (canon lift (core func $i "now")))
                (instance $out (export "now" (func $now)))
                (export "acme:clock/time@1.0.0" (instance $out)))"#
        )
    };
    let gauge = r#"(component
        (import "acme:clock/time@1.0.0" (instance $t (export "now" (func (result u32)))))
        (core func $now (canon lower (func $t "now")))
        (core module $m (import "h" "now" (func $n (result i32)))
            (func (export "read") (result i32) call $n i32.const 1 i32.add))
        (core instance $i (instantiate $m (with "h" (instance (export "now" (func $now))))))
        (func (export "read") (result u32) (canon lift (core func $i "read"))))"#;
    let text = |version: &str| {
        format!(
            "package acme:board;\n\nlet clock = new acme:clock@{version} {{}};\nlet gauge = new acme:gauge@1.0.0 {{ time: clock.time }};\n\nexport gauge.read;\n"
        )
    };
    let project = project(&[
        ("board.wac", &text("1.0.0")),
        ("deps/acme/clock/1.0.0.wat", &clock(41)),
        ("deps/acme/clock/1.5.0.wat", &clock(51)),
        ("deps/acme/gauge/1.0.0.wat", gauge),
    ]);
    let (rc, said) = code(&project, &["run"]);
    assert!(rc == 0 && said.contains("42"), "{said}");
    project.write("board.wac", text("1.5.0"));
    let (rc, said) = code(&project, &["run"]);
    assert!(rc == 0 && said.contains("52"), "{said}");
    project.write("board.wac", text("2.0.0"));
    let (rc, said) = code(&project, &["check"]);
    assert!(rc == 1 && said.contains("no component of this project is `acme:clock@2.0.0`"), "{said}");
    assert!(said.contains("did you mean `acme:clock@1.0.0`?"), "{said}");
}

/// Maps and lists of a fixed length are read, composed and run; error contexts too.
#[test]
fn newer_types_run() {
    let user = |ty: &str| {
        format!(
            r#"(component
                (import "t:k/api" (instance $i (export "put" (func (param "it" {ty})))))
                (core module $m
                    (memory (export "memory") 1)
                    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 64)
                    (func (export "run") (result i32) i32.const 7))
                (core instance $mi (instantiate $m))
                (func (export "run") (result u32) (canon lift (core func $mi "run"))))"#
        )
    };
    let giver = |ty: &str, flat: &str| {
        format!(
            r#"(component
                (core module $m
                    (memory (export "memory") 1)
                    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 64)
                    (func (export "put") (param {flat})))
                (core instance $mi (instantiate $m))
                (func $put (param "it" {ty}) (canon lift (core func $mi "put") (memory $mi "memory") (realloc (func $mi "realloc"))))
                (instance $out (export "put" (func $put)))
                (export "t:k/api" (instance $out)))"#
        )
    };
    for (ty, flat) in [("(map string u8)", "i32 i32"), ("(list u8 4)", "i32 i32 i32 i32"), ("error-context", "i32")] {
        let project = project(&[("user.wat", &user(ty)), ("giver.wat", &giver(ty, flat))]);
        let (rc, said) = code(&project, &["check"]);
        assert!(rc == 0 && said.contains("no problems"), "{ty}: {said}");
        let (rc, said) = code(&project, &["run"]);
        assert!(rc == 0 && said.contains('7'), "{ty}: {said}");
    }
}

/// The screen, `graph`, `explain`, `plug` and auto-wire have one judge: over all pairs of ports they say the same.
#[test]
fn every_way_to_ask_gives_one_verdict() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut cases: Vec<_> = std::fs::read_dir(root.join("explain")).unwrap().map(|e| e.unwrap().path()).collect();
    cases.push(root.join("wiring/parts"));
    let (mut yes, mut no) = (0, 0);
    for folder in cases {
        let case = Case::read(&folder);
        let names: Vec<_> = case.project.components.iter().map(|c| c.name.clone()).collect();
        for user in &names {
            for provider in names.iter().filter(|p| *p != user) {
                let text = format!(
                    "package test:pair;\nlet p-user = new local:{user} {{ ... }};\nlet p-provider = new local:{provider} {{ ... }};\n"
                );
                let (mut project, built) = (case.project.clone(), &case.built);
                // By their own names: several may be of one package.
                project.components.iter_mut().for_each(|c| c.packages.clear());
                let graph = compose::graph(&project, built, &document(&text));
                for import in &built[user].imports {
                    for export in &built[provider].exports {
                        let verdict = fits(import, export).is_ok();
                        let from = End { node: "p-user".into(), port: import.name.clone() };
                        let to = End { node: "p-provider".into(), port: export.name.clone() };
                        let explained = explained(&project, &case, &graph, &from, &to);
                        assert_eq!(explained, verdict, "explain: {from:?} {to:?}");
                        let wired = compose::Change::Wire { from: from.clone(), to: to.clone() };
                        let edit = compose::edit(&project, built, &document(&text), &wired);
                        assert_eq!(edit.is_ok(), verdict, "wire: {from:?} {to:?}: {:?}", edit.err());
                        let written = document(&format!(
                            "package test:pair;\nlet p-provider = new local:{provider} {{ ... }};\nlet p-user = new local:{user} {{ \"{}\": p-provider[\"{}\"], ... }};\n",
                            import.name, export.name
                        ));
                        let drawn = compose::graph(&project, built, &written);
                        let state = drawn
                            .node("p-user")
                            .unwrap()
                            .imports
                            .iter()
                            .find(|i| i.port.name == import.name)
                            .unwrap()
                            .state;
                        // Functions may be unrelated by name: a text that says so has its will.
                        let unrelated = fits(import, export).is_err_and(|e| {
                            matches!(
                                e.reason,
                                studio::model::fits::Reason::Unrelated | studio::model::fits::Reason::NotWirable
                            )
                        });
                        assert!(
                            unrelated || (state == ImportState::Wired) == verdict,
                            "graph: {from:?} {to:?}: {state:?}"
                        );
                        let plugged = plugged(&project, &case, user, provider);
                        let by_plug = plugged.provider(user, &import.name).is_some_and(|end| end.port == export.name);
                        assert!(!by_plug || verdict, "plug: {from:?} {to:?}");
                        let near = studio::model::port::names_fit(&import.name, &export.name);
                        let needs = import.needs_provider() && !studio::model::host::host_provides(&import.name);
                        assert!(by_plug || !(verdict && near && needs), "plug leaves {from:?} to {to:?}");
                        let plan = studio::wac::auto_wire::plan(&graph);
                        let planned = plan.wires.iter().any(|w| w.from == from && w.to == to);
                        assert_eq!(planned, verdict && near && needs, "auto-wire: {from:?} {to:?}");
                        if verdict { yes += 1 } else { no += 1 }
                    }
                }
            }
        }
    }
    assert!(yes > 10 && no > 10, "{yes} fit, {no} do not");
}

fn explained(project: &studio::model::project::Project, case: &Case, graph: &Graph, from: &End, to: &End) -> bool {
    let bytes = case.parts.iter().map(|p| (p.component.clone(), p.checked.bytes().clone())).collect();
    let facts = studio::explain::Facts { project, ports: &case.built, bytes: &bytes, graph };
    studio::explain::explain(facts, from, Some(to)).unwrap().fits
}

/// What `plug` makes of two components alone.
fn plugged(project: &studio::model::project::Project, case: &Case, user: &str, provider: &str) -> Graph {
    let mut project = project.clone();
    project.components.retain(|c| c.name == user || c.name == provider);
    let made = compose::plug(&project, &case.built);
    compose::graph(&project, &case.built, &Document { path: None, text: made.document.text })
}

/// As with wac, `deps/` may hold WIT: as an encoded package, or as a folder of text.
#[test]
fn deps_may_hold_wit() {
    let interface = r#"(component
        (type $c (component
            (type (instance (type (func)) (export "put" (func (type 0)))))
            (export "acme:api/sink" (instance (type 0)))))
        (export "sink" (type $c)))"#;
    let text = "package acme:app;\n\nimport sink: acme:api/sink;\nlet user = new local:user { \"acme:api/sink\": sink };\n\nexport user.run;\n";
    let wit = "package acme:api;\n\ninterface sink {\n  put: func();\n}\n";
    for (name, content) in [("deps/acme/api.wat", interface), ("deps/acme/api/sink.wit", wit)] {
        let project = project(&[("app.wac", text), ("user.wat", &caller("acme:api/sink")), (name, content)]);
        let (rc, said) = code(&project, &["check"]);
        assert!(rc == 0 && !said.contains("rror"), "{name}: {said}");
        let (rc, said) = code(&project, &["compose"]);
        assert_eq!(rc, 0, "{name}: {said}");
        let (graph, _) = project.json(&["graph", "--json"]);
        let names: Vec<_> = graph["nodes"].as_array().unwrap().iter().map(|n| n["name"].clone()).collect();
        assert!(!names.contains(&"api".into()), "{name}: {names:?}");
    }
}

/// A component that passes an imported instance on, under its name or another: what it exports has the import's types.
#[test]
fn what_is_passed_on_is_judged() {
    let instance = |cases: &str| {
        format!(
            r#"(instance $i (type $c (enum {cases})) (export "color" (type $c2 (eq $c)))
                (export "paint" (func (param "c" $c2))))"#
        )
    };
    for (import, export) in [("t:p/paint", "t:p/paint"), ("t:p/paint", "t:q/other"), ("paint", "paint")] {
        let pass = format!(
            r#"(component (import "{import}" {}) (export "{export}" (instance $i)))"#,
            instance(r#""red" "green""#)
        );
        let text = format!(
            "package t:app;\n\nlet p = new local:pass {{ ... }};\nlet u = new local:user {{ \"{export}\": p[\"{export}\"] }};\n"
        );
        for (cases, rc) in [(r#""red" "green""#, 0), (r#""red" "blue""#, 1)] {
            let user = format!(r#"(component (import "{export}" {}))"#, instance(cases));
            let project = project(&[("app.wac", &text), ("pass.wat", &pass), ("user.wat", &user)]);
            let (code, said) = code(&project, &["check"]);
            assert_eq!(code, rc, "{import} {export} {cases}: {said}");
            assert!(rc == 0 || said.contains("`blue`"), "{said}");
        }
    }
}
