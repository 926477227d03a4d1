//! Which packages and files of a folder are its components, whoever laid it out, and what is said of the others.

use std::fs;
use std::path::Path;

use studio::discover::discover;
use studio::model::diagnostic::Severity;
use studio::model::project::{Bindings, BuildKind, CargoPackage, Project};

use crate::support::{Project as Folder, stderr, stdout};

/// A folder with these files, looked at.
fn found(files: &[(&str, &str)]) -> Project {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("layout");
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    discover(&root).unwrap()
}

fn names(project: &Project) -> Vec<&str> {
    project.components.iter().map(|c| c.name.as_str()).collect()
}

/// `name (file): reason` of what was passed over.
fn passed_over(project: &Project) -> Vec<String> {
    let line = |p: &studio::model::project::PassedOver| {
        format!("{} ({}): {}", p.name, project.relative(&p.file).display(), p.reason)
    };
    project.passed_over.iter().map(line).collect()
}

fn cargo<'p>(project: &'p Project, name: &str) -> &'p CargoPackage {
    match &project.component(name).unwrap().build_kind {
        BuildKind::Cargo(package) => package,
        other => panic!("not cargo's: {other:?}"),
    }
}

fn cdylib(name: &str, dependencies: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
         [dependencies]\n{dependencies}\n"
    )
}

fn program(name: &str, dependencies: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\n{dependencies}\n")
}

const COMPONENT: &str = "(component)";

#[test]
fn a_crate_whose_bindings_come_from_a_crate_is_a_component() {
    for crate_name in ["spin-sdk", "wstd", "wasip2", "wasi", "wit-bindgen", "wasmcloud-component"] {
        let manifest = cdylib("served", &format!("{crate_name} = \"1\""));
        let project = found(&[("Cargo.toml", &manifest), ("src/lib.rs", "")]);
        assert_eq!((names(&project), project.problems.len()), (vec!["served"], 0), "{crate_name}");
        let manifest = program("served", &format!("bindings = {{ package = \"{crate_name}\", version = \"1\" }}"));
        let project = found(&[("Cargo.toml", &manifest), ("src/main.rs", ""), ("other.wat", COMPONENT)]);
        assert_eq!(names(&project), ["served", "other"], "a program, renamed dependency: {crate_name}");
    }
    let inherited = "[workspace]\nmembers = [\"app\"]\n[workspace.dependencies]\nwasip2 = \"1\"\n";
    let app = cdylib("app", "wasip2.workspace = true");
    assert_eq!(names(&found(&[("Cargo.toml", inherited), ("app/Cargo.toml", &app), ("app/src/lib.rs", "")])), ["app"]);
}

#[test]
fn bindings_may_come_from_a_crate_of_the_project() {
    let project = found(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"app\", \"bindings\"]\n"),
        ("app/Cargo.toml", &cdylib("app", "bindings = { path = \"../bindings\" }")),
        ("app/src/lib.rs", ""),
        ("bindings/Cargo.toml", &program("bindings", "wit-bindgen = \"0.60\"")),
        ("bindings/src/lib.rs", ""),
    ]);
    assert_eq!(names(&project), ["app"]);
    assert_eq!(passed_over(&project), Vec::<String>::new(), "what the component is made of is not passed over");
}

#[test]
fn what_cargo_builds_for_wasi_is_a_component() {
    let config = "[build]\ntarget = \"wasm32-wasip2\"\n";
    let plain = cdylib("plain", "");
    let project = found(&[(".cargo/config.toml", config), ("Cargo.toml", &plain), ("src/lib.rs", "")]);
    assert_eq!(names(&project), ["plain"]);
}

#[test]
fn a_native_tool_beside_components_is_none_and_said() {
    let project = found(&[
        (
            "Cargo.toml",
            "[workspace]\nresolver = \"2\"\nmembers = [\"comp\", \"tool\", \"host\", \"lib\", \"web\", \"plain\"]\n",
        ),
        ("comp/Cargo.toml", &cdylib("comp", "wasip2 = \"1\"")),
        ("comp/src/lib.rs", ""),
        ("tool/Cargo.toml", &program("tool", "")),
        ("tool/src/main.rs", "fn main() {}"),
        ("host/Cargo.toml", &program("host", "wasmtime = \"48\"")),
        ("host/src/main.rs", "fn main() {}"),
        ("lib/Cargo.toml", &program("lib", "")),
        ("lib/src/lib.rs", ""),
        ("web/Cargo.toml", &cdylib("web", "wasm-bindgen = \"0.2\"")),
        ("web/src/lib.rs", ""),
        ("plain/Cargo.toml", &cdylib("plain", "")),
        ("plain/src/lib.rs", ""),
    ]);
    assert_eq!(names(&project), ["comp"]);
    assert_eq!(
        passed_over(&project),
        [
            "host (host/Cargo.toml): it depends on `wasmtime`, so it runs components and is not one itself",
            "lib (lib/Cargo.toml): a library for other packages",
            "plain (plain/Cargo.toml): a cdylib without `wit/` and without a dependency that only components have \
             (wit-bindgen, wasip2, wstd, spin-sdk …)",
            "tool (tool/Cargo.toml): a program without a dependency on bindings, taken for a native tool beside the components",
            "web (web/Cargo.toml): it depends on `wasm-bindgen`, so it is built for browsers",
        ]
    );
}

/// The line that is given for each is tried: it makes a component of it.
#[test]
fn the_line_that_would_change_it_does() {
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"comp\", \"tool\", \"plain\"]\n"),
        ("comp/Cargo.toml", &*cdylib("comp", "wasip2 = \"1\"").leak()),
        ("comp/src/lib.rs", ""),
        ("comp/src/bin/extra.rs", "fn main() {}"),
        ("tool/Cargo.toml", program("tool", "").leak()),
        ("tool/src/main.rs", "fn main() {}"),
        ("plain/Cargo.toml", cdylib("plain", "").leak()),
        ("plain/src/lib.rs", ""),
        ("tests/sample.wat", COMPONENT),
        ("tests/crate/Cargo.toml", "[package]\nname = \"in-tests\"\n[workspace]\n[dependencies]\nwasip2 = \"1\"\n"),
        ("tests/crate/src/main.rs", ""),
    ];
    let project = found(&files);
    assert_eq!(names(&project), ["comp"]);
    assert_eq!(project.passed_over.len(), 5, "{:#?}", project.passed_over);
    for one in &project.passed_over {
        let (table, _) = one.change.split_once(" in studio.toml").unwrap();
        let mut files = files.to_vec();
        let table = format!("{table}\n");
        files.push(("studio.toml", &table));
        let with = found(&files);
        assert!(names(&with).contains(&one.name.as_str()), "{table}{:?}", names(&with));
        assert_eq!(with.problems, [], "{table}");
    }
}

#[test]
fn sources_count_before_what_was_built_of_them() {
    let manifest = program("radio", "");
    for copy in ["radio.wat", "dist/radio.wasm", "wasm/radio.wasm"] {
        let project = found(&[("Cargo.toml", &manifest), ("src/main.rs", "fn main() {}"), (copy, COMPONENT)]);
        assert_eq!(names(&project), ["radio"], "{copy}");
        assert!(matches!(project.components[0].build_kind, BuildKind::Cargo(_)));
        assert_eq!(project.passed_over.len(), 1, "{:?}", project.passed_over);
    }
    let named = cdylib("my-radio", "wasip2 = \"1\"").replace("[lib]", "[lib]\nname = \"tuner\"");
    let project = found(&[("Cargo.toml", &named), ("src/lib.rs", ""), ("tuner.wasm", COMPONENT)]);
    assert_eq!(names(&project), ["my-radio"], "called by its [lib] name");
    // That it was built to a component says that it is one, whatever is beside it.
    let project = found(&[
        ("Cargo.toml", &manifest),
        ("src/main.rs", "fn main() {}"),
        ("radio.wasm", COMPONENT),
        ("parts/logger.wat", COMPONENT),
    ]);
    assert_eq!(names(&project), ["radio", "logger"]);
}

#[test]
fn samples_are_the_program_only_where_there_is_nothing_else() {
    let manifest = program("radio", "");
    let main = [("Cargo.toml", manifest.as_str()), ("src/main.rs", "fn main() {}")];
    for folder in ["tests", "testdata", "crates/x/fixtures", "examples/deps/a"] {
        let sample = format!("{folder}/sample.wat");
        let project = found(&[main[0], main[1], (&sample, COMPONENT)]);
        assert_eq!(names(&project), ["radio"], "{folder}");
        assert_eq!(passed_over(&project), [format!("sample ({sample}): it lies in a folder of tests or examples")]);
    }
    let guest = cdylib("guest", "wit-bindgen = \"0.60\"");
    let samples = [("examples/guest/Cargo.toml", guest.as_str()), ("examples/guest/src/lib.rs", "")];
    assert_eq!(names(&found(&[samples[0], samples[1]])), ["guest"], "there is nothing else");
    assert_eq!(names(&found(&[samples[0], samples[1], main[0], main[1]])), ["radio"]);
    let wac = "package a:b;\nlet g = new local:guest { ... };\n";
    let with = [samples[0], samples[1], main[0], main[1], ("app.wac", wac), ("tests/broken.wac", "nonsense")];
    let project = found(&with);
    assert_eq!(names(&project), ["guest"], "a composition names it");
    assert_eq!(project.compositions.len(), 1, "a composition in a folder of tests is none to choose from");
}

#[test]
fn several_binaries_are_one_component_or_each_its_own() {
    let two = "[package]\nname = \"tools\"\n[[bin]]\nname = \"left\"\npath = \"apps/l.rs\"\n[[bin]]\nname = \"right\"\n\
               path = \"apps/r.rs\"\n[dependencies]\nwstd = \"0.6\"\n";
    let sources = [("apps/l.rs", "fn main() {}"), ("apps/r.rs", "fn main() {}")];
    let project = found(&[("Cargo.toml", two), sources[0], sources[1]]);
    assert_eq!(names(&project), ["left", "right"]);
    assert_eq!(cargo(&project, "right").bin.as_deref(), Some("right"));
    let default = two.replace("[[bin]]\nname = \"left\"", "default-run = \"right\"\n[[bin]]\nname = \"left\"");
    let project = found(&[("Cargo.toml", &default), sources[0], sources[1]]);
    assert_eq!(names(&project), ["tools"]);
    assert_eq!(cargo(&project, "tools").bin.as_deref(), Some("right"));
    assert_eq!(
        passed_over(&project),
        ["left (Cargo.toml): a program beside `right`, which stands for the package `tools`"]
    );
}

#[test]
fn bindings_lie_where_the_crate_looks_for_them() {
    let runtime = "wit-bindgen = { version = \"0.60\", default-features = false, features = [\"realloc\", \"std\"] }";
    let world = ("wit/w.wit", "package a:b;\nworld w { export run: func(); }");
    let bindings = |manifest: &str, source: (&str, &str)| {
        let project = found(&[("Cargo.toml", manifest), source, world]);
        assert_eq!(project.problems, []);
        let package = cargo(&project, "app");
        assert_eq!(package.bindings, Bindings::Studio);
        project.relative(&package.bindings_file).display().to_string()
    };
    let manifest = cdylib("app", runtime);
    let elsewhere = manifest.replace("[lib]", "[lib]\npath = \"rust/root.rs\"");
    assert_eq!(bindings(&manifest, ("src/lib.rs", "mod bindings;")), "src/bindings.rs");
    assert_eq!(bindings(&elsewhere, ("rust/root.rs", "mod bindings;")), "rust/bindings.rs");
    assert_eq!(bindings(&manifest, ("src/lib.rs", "mod api { mod bindings; }")), "src/api/bindings.rs");
    assert_eq!(bindings(&manifest, ("src/lib.rs", "#[path = \"gen.rs\"]\nmod bindings;")), "src/gen.rs");
    let program =
        program("app", runtime).replace("[dependencies]", "[[bin]]\nname = \"app\"\npath = \"app.rs\"\n[dependencies]");
    assert_eq!(bindings(&program, ("app.rs", "mod bindings;\nfn main() {}")), "bindings.rs");
}

#[test]
fn wit_is_judged_as_the_macro_reads_it() {
    let manifest = cdylib("app", "wit-bindgen = \"0.60\"");
    let inline = "wit_bindgen::generate!({ inline: \"package t:a; world w { export o:t/i; }\", path: \"other.wit\" });";
    let other = ("other.wit", "package o:t;\ninterface i { f: func(); }");
    let project = found(&[("Cargo.toml", &manifest), ("src/lib.rs", inline), other]);
    assert_eq!((project.problems.len(), project.components[0].packages.as_slice()), (0, &["t:a".to_owned()][..]));

    let several = "wit_bindgen::generate!({ path: [\"../shared\", \"wit\"], world: \"w\" });";
    let world = ("wit/w.wit", "package a:b;\nworld w { import o:t/i; }");
    assert_eq!(found(&[("Cargo.toml", &manifest), ("src/lib.rs", several), world]).problems, []);

    let by_crate = cdylib("app", "wasip2 = \"1\"");
    let two = ("wit/w.wit", "package a:b;\nworld v {}\nworld w {}");
    assert_eq!(
        found(&[("Cargo.toml", &by_crate), ("src/lib.rs", ""), two]).problems,
        [],
        "nothing is made of this WIT"
    );
}

#[test]
fn a_problem_of_shared_wit_has_a_place_and_appears_once() {
    let member = |name: &str| cdylib(name, "wit-bindgen = \"0.60\"");
    let source = |world: &str| format!("wit_bindgen::generate!({{ path: \"../wit\", world: \"{world}\" }});");
    let (shop, store, a, b) = (member("shop"), member("store"), source("shop"), source("store"));
    let project = found(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"shop\", \"store\"]\n"),
        ("shop/Cargo.toml", &shop),
        ("shop/src/lib.rs", &a),
        ("store/Cargo.toml", &store),
        ("store/src/lib.rs", &b),
        ("wit/a.wit", "package t:shop;\nworld store {}\nworld shop { import no:such/thing; }\n"),
    ]);
    let [problem] = project.problems.as_slice() else { panic!("{:#?}", project.problems) };
    assert_eq!(problem.place.as_ref().unwrap().to_string(), "wit/a.wit:3:21");

    for (text, line) in [
        ("interface x { f: func(); }\n", 1),
        ("package t:a;\nworld w {\n  export f: func();\n  export F: func();\n}\n", 4),
        ("package t:a;\ninterface i { use no.{x}; }\n", 2),
    ] {
        let project = found(&[("wit/x.wit", text)]);
        let [problem] = project.problems.as_slice() else { panic!("{text}{:#?}", project.problems) };
        let place = problem.place.clone().unwrap();
        assert_eq!((place.file.as_path(), place.line), (Path::new("wit/x.wit"), line), "{text}{problem:#?}");
    }
    let several = found(&[
        ("Cargo.toml", &shop),
        ("src/lib.rs", "wit_bindgen::generate!();"),
        ("wit/x.wit", "package a:b;\n\nworld v {}\nworld w {}"),
    ]);
    assert_eq!(several.problems[0].place.as_ref().unwrap().to_string(), "wit/x.wit:3");
}

#[test]
fn a_wit_package_as_text_is_read_as_its_binary_is() {
    let text = include_str!("../fixtures/wit-package.wat");
    let binary = wat::parse_str(text).unwrap();
    let folder = Folder::empty();
    folder.write("wit/a.wit", "package t:a;\nworld w { import t:d/i; export run: func(); }\n");
    folder.write("wit/deps/d.wat", text);
    assert_eq!(discover(&folder.dir).unwrap().problems, []);
    fs::remove_file(folder.path("wit/deps/d.wat")).unwrap();
    folder.write("wit/deps/d.wasm", binary);
    assert_eq!(discover(&folder.dir).unwrap().problems, []);
}

const RUNS: &str = r#"(component
  (core module $m (func (export "run")))
  (core instance $i (instantiate $m))
  (func $r (canon lift (core func $i "run")))
  (export "run" (func $r)))"#;

#[test]
fn a_stray_file_outside_the_composition_warns_at_most() {
    for stray in ["(module)", "", "nonsense"] {
        let folder = Folder::empty();
        folder.write("notes.wat", stray);
        folder.write("app.wat", RUNS);
        for wac in [None, Some("package t:a;\nlet a = new local:app { };\nexport a.run;\n")] {
            if let Some(wac) = wac {
                folder.write("main.wac", wac);
            }
            for verb in [&["check"][..], &["compose", "--trust"], &["run", "--trust"]] {
                let output = folder.verb(verb);
                let said = stderr(&output);
                assert!(output.status.success(), "{verb:?} {stray:?}: {said}");
                assert!(said.contains("warning") && said.contains("notes.wat"), "{said}");
                let _ = fs::remove_file(folder.path("main.wasm"));
            }
        }
        let listed = stdout(&folder.verb(&["check", "-v"]));
        assert!(listed.contains("passed over: `notes` (notes.wat): it cannot be read as a component"), "{listed}");
    }
    let folder = Folder::empty();
    folder.write("notes.wat", "(module)");
    assert_eq!(folder.verb(&["check"]).status.code(), Some(1), "it is all there is");
}

#[test]
fn a_composed_file_is_said_or_is_the_program() {
    let folder = Folder::empty();
    folder.write("app.wat", RUNS);
    assert!(folder.verb(&["compose", "--trust", "-o", "composed.wasm"]).status.success());
    let (check, code) = folder.json(&["check", "--json"]);
    assert_eq!((code, check["passed_over"][0]["name"].as_str()), (0, Some("composed")), "{check}");
    assert_eq!(check["passed_over"][0]["reason"], "`studio compose` wrote it");
    assert_eq!(check["passed_over"][0]["change"], "[components.composed] in studio.toml");
    fs::remove_file(folder.path("app.wat")).unwrap();
    let output = folder.verb(&["run", "--trust"]);
    assert!(output.status.success(), "alone it is opened like any component: {}", stderr(&output));
}

#[test]
fn a_name_in_studio_toml_that_cannot_be_a_component_says_why() {
    let project = found(&[
        ("Cargo.toml", &program("lib", "")),
        ("src/lib.rs", ""),
        ("part.wat", COMPONENT),
        ("studio.toml", "[components.lib]\n"),
    ]);
    let [problem] = project.problems.as_slice() else { panic!("{:#?}", project.problems) };
    assert_eq!(
        (problem.severity, problem.message.as_str()),
        (Severity::Warning, "`lib` is not a component: a library for other packages.")
    );
}

#[test]
fn of_two_exporters_the_one_nobody_imports_from_runs() {
    let lib = r#"(component
      (core module $m (func (export "run") (result i32) i32.const 1) (func (export "g") (result i32) i32.const 7))
      (core instance $i (instantiate $m))
      (func $run (result (result)) (canon lift (core func $i "run")))
      (func $g (result u32) (canon lift (core func $i "g")))
      (instance $e (export "get" (func $g)))
      (instance $re (export "run" (func $run)))
      (export "wasi:cli/run@0.2.6" (instance $re))
      (export "t:k/api" (instance $e)))"#;
    let main = r#"(component
      (import "t:k/api" (instance $api (export "get" (func (result u32)))))
      (core module $m (func (export "run") (result i32) i32.const 0))
      (core instance $i (instantiate $m))
      (func $run (result (result)) (canon lift (core func $i "run")))
      (instance $re (export "run" (func $run)))
      (export "wasi:cli/run@0.2.6" (instance $re)))"#;
    let folder = Folder::empty();
    folder.write("a-lib.wat", lib);
    folder.write("main.wat", main);
    let output = folder.verb(&["run", "--trust"]);
    assert!(output.status.success(), "the library's ends with 1: {}", stderr(&output));
    // Two that nobody imports from: nothing says which is meant.
    folder.write("a-lib.wat", main);
    let output = folder.verb(&["run", "--trust"]);
    let said = stderr(&output);
    assert!(
        !output.status.success() && said.contains("which is meant?") && said.contains("export a-lib.run;"),
        "{said}"
    );
}

#[test]
fn an_entry_may_be_an_interface_or_a_function_in_it() {
    let folder = Folder::empty();
    folder.write(
        "x.wat",
        r#"(component
          (core module $m (func (export "go") (result i32) i32.const 5))
          (core instance $i (instantiate $m))
          (func $g (result u32) (canon lift (core func $i "go")))
          (instance $e (export "go" (func $g)))
          (export "t:k/tasks" (instance $e)))"#,
    );
    for entry in ["t:k/tasks", "tasks", "t:k/tasks#go"] {
        let output = folder.verb(&["run", "--trust", "--entry", entry]);
        assert!(output.status.success() && stderr(&output).contains("returned 5"), "{entry}: {}", stderr(&output));
    }
    assert!(stderr(&folder.verb(&["run", "--trust"])).contains("--entry t:k/tasks#go"), "what could be called is said");
    assert!(stdout(&folder.verb(&["run", "--help"])).contains("shop:jobs/tasks#go"));
}

#[test]
fn examples_of_a_library_for_components_are_components_where_there_is_nothing_else() {
    let library = program("lib", "wasip2 = \"1\"") + "[[example]]\nname = \"told\"\npath = \"examples/x/y.rs\"\n";
    let files = [
        ("Cargo.toml", library.as_str()),
        ("src/lib.rs", ""),
        ("examples/single.rs", "fn main() {}"),
        ("examples/folder/main.rs", "fn main() {}"),
        ("examples/x/y.rs", "fn main() {}"),
    ];
    let project = found(&files);
    assert_eq!((names(&project), passed_over(&project)), (vec!["told", "folder", "single"], Vec::new()));
    assert!(cargo(&project, "single").example);

    let beside = [&files[..], &[("src/main.rs", "fn main() {}")]].concat();
    let project = found(&beside);
    assert_eq!(names(&project), ["lib"]);
    assert_eq!(passed_over(&project)[0], "folder (Cargo.toml): it lies in a folder of tests or examples");
    assert_eq!(names(&found(&[&beside[..], &[("studio.toml", "[components.single]\n")]].concat())), ["lib", "single"]);

    // By what only examples need, and by the target.
    let plain = program("lib", "");
    let (dev, host) = ("[dev-dependencies]\nwasip2 = \"1\"\n", "[dev-dependencies]\nwasmtime = \"48\"\n");
    let with = |more: &str| names(&found(&[("Cargo.toml", &(plain.clone() + more)), files[1], files[2]])).len();
    assert_eq!((with(""), with(dev), with(host)), (0, 1, 0));
    let config = (".cargo/config.toml", "[build]\ntarget = \"wasm32-wasip2\"\n");
    assert_eq!(names(&found(&[("Cargo.toml", &plain), files[1], files[2], config])), ["single"]);
    let off = plain.replace("edition", "autoexamples = false\nedition") + dev;
    assert_eq!(names(&found(&[("Cargo.toml", &off), files[1], files[2]])), Vec::<&str>::new());
}

/// What was not checked stands in a line of its own.
#[test]
fn what_check_says_is_lines() {
    let folder = Folder::empty();
    folder.write("Cargo.toml", cdylib("told", "wasip2 = \"1\""));
    folder.write("src/lib.rs", "");
    let said = stdout(&folder.verb(&["check"]));
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines.len() == 2 && lines[1].starts_with("the composition was not checked to its end: "), "{said}");
}

#[test]
fn packages_of_one_name_are_all_there() {
    let guest = cdylib("guest", "wasip2 = \"1\"") + "[workspace]\n";
    let guests = [("a/guest/Cargo.toml", guest.as_str()), ("b/guest/Cargo.toml", &guest)];
    let sources = [("a/guest/src/lib.rs", ""), ("b/guest/src/lib.rs", "")];
    let project = found(&[&guests[..], &sources[..]].concat());
    assert_eq!((names(&project), project.problems.len()), (vec!["guest-a", "guest-b"], 0));
    assert!(cargo(&project, "guest-a").apart, "cargo calls what it builds of both alike");
    assert!(!cargo(&found(&[guests[0], sources[0]]), "guest").apart);
}

#[test]
fn a_macro_reads_the_wit_in_deps_alone() {
    let source = "wit_bindgen::generate!({ world: \"w\" });";
    let files = |source| {
        [
            ("app/Cargo.toml", cdylib("app", "wit-bindgen = \"0.60\"")),
            ("app/src/lib.rs", String::from(source)),
            ("app/wit/w.wit", "package a:app;\nworld w { import a:api/i; }\n".into()),
            ("api/api.wit", "package a:api;\ninterface i { f: func(); }\n".into()),
            ("app/wkg.toml", "[overrides]\n\"a:api\" = { path = \"../api\" }\n".into()),
        ]
    };
    let of = |files: &[(&str, String)]| found(&files.iter().map(|(n, t)| (*n, t.as_str())).collect::<Vec<_>>());
    let mut by_macro = files(source).to_vec();
    let project = of(&by_macro);
    let [problem] = project.problems.as_slice() else { panic!("{:#?}", project.problems) };
    assert_eq!(problem.message, "`a:api` is not in `wit/deps/`, where the macro that makes the bindings looks for it.");
    assert!(problem.help.as_deref().unwrap().contains("run `wkg wit fetch`"), "{problem:?}");
    assert!(!project.component("app").unwrap().declared.as_ref().unwrap().imports.is_empty(), "the graph is drawn");
    // As `wkg wit fetch` leaves it.
    by_macro.push(("app/wit/deps/a-api/package.wit", by_macro[3].1.clone()));
    assert_eq!(of(&by_macro).problems, []);
    // Without the manifest nobody knows where it is.
    by_macro.retain(|(name, _)| !name.contains("wkg.toml") && !name.contains("deps"));
    by_macro.push(("app/wkg.lock", String::new()));
    let project = of(&by_macro);
    assert_eq!(project.problems[0].message, "the WIT package `a:api` is not found");
    assert!(project.problems[0].help.as_deref().unwrap().starts_with("run `wkg wit fetch`"), "{:?}", project.problems);
}

#[test]
fn what_features_leave_out_is_no_part_of_a_component() {
    let manifest = |default: &str| {
        cdylib(
            "page",
            "wasip2 = { version = \"1\", optional = true }\nwit-bindgen = { version = \"0.60\", optional = true }",
        ) + &format!("[features]\ndefault = [{default}]\nssr = [\"dep:wasip2\"]\nnew = [\"wit-bindgen\"]\n")
    };
    let source = "#[cfg(not(feature = \"new\"))] mod old { wit_bindgen::generate!({ path: \"wit/old\" }); }\n\
                  #[cfg(all(feature = \"new\", target_arch = \"wasm32\"))] wit_bindgen::generate!({ path: \"wit/new\" });";
    let old = ("wit/old/w.wit", "package a:old;\nworld w { export old: func(); }");
    let new = ("wit/new/w.wit", "package a:new;\nworld w { export new: func(); }");
    let of = |default: &str, settings: &str| {
        let manifest = manifest(default);
        let files = [("Cargo.toml", manifest.as_str()), ("src/lib.rs", source), old, new, ("studio.toml", settings)];
        let project = found(&files);
        let exports = project.component("page").unwrap().declared.as_ref().map(|d| d.exports[0].name.clone());
        (exports.unwrap_or_default(), project.problems.iter().map(|p| p.message.clone()).collect::<Vec<_>>())
    };
    let warned = "`page` is built without `wasip2`, which its feature `ssr` brings.".to_owned();
    assert_eq!(of("", ""), ("old".into(), vec![warned]));
    assert_eq!(of("\"ssr\"", ""), ("old".into(), Vec::new()));
    assert_eq!(of("\"new\"", ""), ("new".into(), Vec::new()));
    assert_eq!(of("", "[components.page]\nfeatures = [\"new\"]\n"), ("new".into(), Vec::new()));
}

#[test]
fn core_modules_for_other_hosts_are_none() {
    let plugin = cdylib("plugin", "extism-pdk = \"1\"");
    let edge = program("edge", "fastly = \"0.11\"");
    let files = [("a/Cargo.toml", plugin.as_str()), ("a/src/lib.rs", ""), ("b/Cargo.toml", &edge)];
    let config = (".cargo/config.toml", "[build]\ntarget = \"wasm32-wasip1\"\n");
    let project = found(&[&files[..], &[("b/src/main.rs", "fn main() {}"), config]].concat());
    assert_eq!(names(&project), Vec::<&str>::new());
    let reason = |name| format!("it depends on `{name}`, so it is a core module for a host without components");
    assert_eq!(
        passed_over(&project),
        [
            format!("plugin (a/Cargo.toml): {}", reason("extism-pdk")),
            format!("edge (b/Cargo.toml): {}", reason("fastly"))
        ]
    );
}

#[test]
fn copies_with_a_word_behind_their_name_are_copies() {
    let manifest = cdylib("my-radio", "wasip2 = \"1\"");
    let files = [("Cargo.toml", manifest.as_str()), ("src/lib.rs", "")];
    for copy in ["dist/my_radio.opt.wat", "my-radio.component.wat", "bin/my_radio.rs.wat"] {
        assert_eq!(names(&found(&[&files[..], &[(copy, COMPONENT)]].concat())), ["my-radio"], "{copy}");
    }
    assert_eq!(names(&found(&[&files[..], &[("radio.opt.wat", COMPONENT)]].concat())), ["my-radio", "radio.opt"]);
}

/// What builds a component merges its imports, so only the newest version is left to be wired.
#[test]
fn of_several_versions_of_an_import_the_newest_is_declared() {
    let manifest = cdylib("user", "wit-bindgen = \"0.60\"");
    let package = |version: &str| format!("package k:v@{version};\ninterface store {{ get: func(); }}\n");
    let (old, new, apart) = (package("0.2.0"), package("0.2.3"), package("0.3.0"));
    let world = "package a:user;\nworld w {\n  import k:v/store@0.2.0;\n  import k:v/store@0.2.3;\n  \
                 import k:v/store@0.3.0;\n}\n";
    let project = found(&[
        ("Cargo.toml", &manifest),
        ("src/lib.rs", "wit_bindgen::generate!();"),
        ("wit/w.wit", world),
        ("wit/deps/old/kv.wit", &old),
        ("wit/deps/new/kv.wit", &new),
        ("wit/deps/apart/kv.wit", &apart),
    ]);
    let declared = project.component("user").unwrap().declared.clone().unwrap();
    let names: Vec<&str> = declared.imports.iter().map(|port| port.name.as_str()).collect();
    assert_eq!(names, ["k:v/store@0.2.3", "k:v/store@0.3.0"]);
}
