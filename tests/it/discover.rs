//! What is found in folders, without anything of them being run.

use std::fs;
use std::path::{Path, PathBuf};

use studio::discover::{DiscoverError, discover};
use studio::model::diagnostic::{Diagnostic, Severity};
use studio::model::project::{Bindings, BuildKind, CargoPackage, Component, Project};
use tempfile::TempDir;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name).canonicalize().unwrap()
}

fn found(root: &Path) -> Project {
    discover(root).unwrap()
}

fn names(project: &Project) -> Vec<&str> {
    project.components.iter().map(|c| c.name.as_str()).collect()
}

fn cargo(component: &Component) -> &CargoPackage {
    match &component.build_kind {
        BuildKind::Cargo(package) => package,
        other => panic!("not cargo's: {other:?}"),
    }
}

/// The only problem, as `severity file:line message`.
fn only_problem(project: &Project) -> (&Diagnostic, String) {
    let [problem] = project.problems.as_slice() else { panic!("{:#?}", project.problems) };
    let place = problem.place.as_ref().map(ToString::to_string).unwrap_or_default();
    (problem, place)
}

/// A folder with these files; its name is not plain ASCII.
fn folder(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap().join("mein Projekt ü");
    fs::create_dir(&root).unwrap();
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    (dir, root)
}

const PLAIN_BIN: &str = "[package]\nname = \"tool\"\nversion = \"0.1.0\"\n";

#[test]
fn the_neon_template_is_two_components_and_a_composition() {
    let project = found(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/neon"));
    assert_eq!(project.problems, []);
    assert_eq!(names(&project), ["core-logic", "logger"]);
    let logger = project.component("logger").unwrap();
    assert_eq!(logger.packages, ["cyber:core"]);
    assert_eq!(cargo(logger).bindings, Bindings::Studio);
    assert_eq!(cargo(logger).workspace, project.root);
    assert_eq!(logger.declared.as_ref().unwrap().exports[0].name, "cyber:core/log-handler");
    assert_eq!(project.active, Some(project.root.join("neon.wac")));
    assert_eq!(project.interface_packages, [], "a component's WIT is no contract");
}

#[test]
fn every_template_opens_without_a_problem() {
    for (template, components) in [
        ("hello", &["hello"][..]),
        ("http", &["greeter", "web"]),
        ("blank", &["app"]),
        ("neon", &["core-logic", "logger"]),
    ] {
        let project = found(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates").join(template));
        assert_eq!(project.problems, [], "{template}");
        assert_eq!(names(&project), components, "{template}");
    }
}

#[test]
fn a_plain_program_is_a_command() {
    let project = found(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/hello"));
    let command = cargo(&project.components[0]);
    assert_eq!(command.bin.as_deref(), Some("hello"));
    assert_eq!(command.bindings, Bindings::None);
    assert_eq!(project.components[0].declared, None);
}

#[test]
fn generated_bindings_that_are_missing_are_ours_to_write() {
    let project = found(&fixture("generated"));
    assert_eq!(project.problems, []);
    assert_eq!(cargo(&project.components[0]).bindings, Bindings::Studio);
}

#[test]
fn a_macro_crate_has_no_bindings_file_and_its_wit_may_be_elsewhere() {
    let project = found(&fixture("macro"));
    assert_eq!(project.problems, []);
    let component = &project.components[0];
    assert_eq!(cargo(component).bindings, Bindings::None);
    assert_eq!(cargo(component).world.as_deref(), Some("greeter"));
    assert_eq!(component.wit, Some(fixture("contract").join("wit")));
    assert_eq!(component.packages, ["acme:greet@1.2.0"]);
    assert_eq!(component.declared.as_ref().unwrap().exports[0].name, "acme:greet/greetings@1.2.0");
}

#[test]
fn a_cargo_component_crate_keeps_its_bindings() {
    let project = found(&fixture("cargo-component"));
    assert_eq!(project.problems, []);
    let component = &project.components[0];
    assert_eq!(cargo(component).bindings, Bindings::Foreign);
    assert_eq!(component.packages, ["acme:classic", "acme:inner"], "the manifest's name first");
    assert_eq!(component.declared.as_ref().unwrap().exports[0].name, "hello-world");
}

#[test]
fn a_core_module_and_a_contract() {
    let project = found(&fixture("wasip1"));
    assert_eq!(names(&project), ["old-command"]);
    let project = found(&fixture("contract"));
    assert_eq!((names(&project).len(), project.problems.len()), (0, 0), "WIT alone is no error");
    assert_eq!(project.interface_packages[0].package.as_deref(), Some("acme:greet"));
}

#[test]
fn a_workspace_holds_more_than_components() {
    let project = found(&fixture("workspace"));
    assert_eq!(names(&project), ["left-out", "node"], "libraries, and programs beside components, are none");
    let node = project.component("node").unwrap();
    assert_eq!(cargo(node).bindings, Bindings::Studio, "the runtime is inherited, and renamed");
    assert_eq!(cargo(node).workspace, fixture("workspace"));
    assert_eq!(node.path_dependencies, [fixture("workspace").join("base"), fixture("workspace/crates/shared")]);
    let left_out = project.component("left-out").unwrap();
    assert_eq!(cargo(left_out).workspace, left_out.folder, "excluded: a workspace of its own");
    let (problem, place) = only_problem(&project);
    assert_eq!((place.as_str(), problem.severity), ("stray/Cargo.toml:2", Severity::Warning));
    assert!(problem.help.as_ref().unwrap().contains("members"));
}

#[test]
fn a_member_opened_alone_knows_its_workspace() {
    let project = found(&fixture("workspace/crates/node"));
    assert_eq!(names(&project), ["node"]);
    assert_eq!(cargo(&project.components[0]).workspace, fixture("workspace"));
}

#[test]
fn a_program_beside_a_component_is_none_unless_named() {
    let wac = "package x:y;\nlet tool = new local:tool { ... };\n";
    let files = [("Cargo.toml", PLAIN_BIN), ("src/main.rs", "fn main() {}"), ("lib/thing.wat", "(component)")];
    let (_dir, root) = folder(&files);
    assert_eq!(names(&found(&root)), ["thing"]);
    fs::write(root.join("x.wac"), wac).unwrap();
    assert_eq!(names(&found(&root)), ["tool", "thing"], "a composition names it");
    fs::remove_file(root.join("x.wac")).unwrap();
    fs::write(root.join("studio.toml"), "[components.tool]\npackage = \"my:tool\"\n").unwrap();
    let project = found(&root);
    assert_eq!(names(&project), ["tool", "thing"], "studio.toml names it");
    assert_eq!(project.components[0].packages, ["my:tool"]);
}

#[test]
fn packages_of_deps_are_found_though_git_ignores_them() {
    let (_dir, root) = folder(&[
        ("x.wac", "package x:y;"),
        (".gitignore", "deps/\nout/\n"),
        ("deps/acme/log.wat", "(component)"),
        ("out/built.wat", "(component)"),
        ("target/CACHEDIR.TAG", ""),
        ("target/wasm32-wasip2/debug/x.wasm", ""),
        (".studio/prebuilt/x.wasm", ""),
    ]);
    let project = found(&root);
    assert_eq!(names(&project), ["log"]);
    assert_eq!(project.components[0].packages, ["acme:log"]);
}

#[test]
fn settings_choose_run_and_build() {
    let (_dir, root) = folder(&[
        ("a.wac", "package a:a;"),
        ("b.wac", "package b:b;"),
        (
            "studio.toml",
            "composition = \"b.wac\"\n[run]\nargs = [\"x\"]\naddr = \"127.0.0.1:9\"\n\
             [components.front]\ncommand = [\"make\"]\noutput = \"dist/front.wasm\"\nwatch = [\"src/**\"]\n",
        ),
        ("dist/front.wasm", "\0asm"),
    ]);
    let project = found(&root);
    assert_eq!(project.problems, []);
    assert_eq!(project.active, Some(root.join("b.wac")));
    assert_eq!(project.settings.args, ["x"]);
    assert_eq!(names(&project), ["front"], "what a command writes is no component beside it");
    assert!(
        matches!(&project.components[0].build_kind, BuildKind::Command { output, .. } if *output == root.join("dist/front.wasm"))
    );
}

#[test]
fn several_compositions_want_a_choice() {
    let (_dir, root) = folder(&[("a.wac", "package a:a;"), ("b.wac", "package b:b;")]);
    let project = found(&root);
    assert_eq!((project.active.clone(), project.compositions.len()), (None, 2));
    let (problem, _) = only_problem(&project);
    assert!(problem.help.as_ref().unwrap().contains("composition = \"a.wac\""));
}

#[test]
fn broken_toml_has_a_place_and_the_rest_is_found() {
    let (_dir, root) = folder(&[
        ("bad/Cargo.toml", "[package]\nname = \n"),
        ("good.wat", "(component)"),
        ("studio.toml", "\n[run]\nentree = 1\n"),
    ]);
    let project = found(&root);
    assert_eq!(names(&project), ["good"]);
    let places: Vec<_> = project.problems.iter().map(|p| p.place.as_ref().unwrap().to_string()).collect();
    assert_eq!(places, ["studio.toml:3:1", "bad/Cargo.toml:2:8"]);
}

#[test]
fn broken_wit_is_a_problem_of_its_component() {
    let manifest = fs::read_to_string(fixture("generated/Cargo.toml")).unwrap();
    let (_dir, root) = folder(&[
        ("Cargo.toml", &manifest),
        ("src/lib.rs", "mod bindings;"),
        ("wit/world.wit", "package a:b;\n\nworld w {\n    export run: fun();\n}\n"),
    ]);
    let project = found(&root);
    assert_eq!(names(&project), ["fresh"], "it is still a component");
    let (problem, place) = only_problem(&project);
    assert!(place.starts_with("wit/world.wit:4:"), "{place}");
    assert_eq!(problem.component.as_deref(), Some("fresh"));
}

#[test]
fn a_runtime_of_another_version_is_said_before_rustc_says_it() {
    let manifest = fs::read_to_string(fixture("generated/Cargo.toml")).unwrap().replace("0.60", "0.44");
    let wit = fs::read_to_string(fixture("generated/wit/world.wit")).unwrap();
    let (_dir, root) = folder(&[("Cargo.toml", &manifest), ("src/lib.rs", "mod bindings;"), ("wit/world.wit", &wit)]);
    let project = found(&root);
    let (problem, place) = only_problem(&project);
    assert_eq!(place, "Cargo.toml:12");
    assert!(problem.message.contains("0.60") && problem.help.as_ref().unwrap().contains("default-features = false"));
}

/// Generated code would be the one to complain, of names that nobody wrote.
#[test]
fn a_runtime_without_what_the_wit_uses_is_said_at_the_manifest() {
    let with = |features: &str| {
        format!(
            "[package]\nname = \"later\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n\
             [dependencies]\nwit-bindgen = {{ version = \"0.60\", {features} }}\n"
        )
    };
    let plain = "default-features = false, features = [\"realloc\", \"std\"]";
    let in_store =
        |wit: &str| format!("package odd:later@0.1.0;\ninterface store {{ {wit} }}\nworld later {{ export store; }}\n");
    let told = |features: &str, wit: &str| {
        let manifest = with(features);
        let (_dir, root) =
            folder(&[("Cargo.toml", &manifest), ("src/lib.rs", "mod bindings;"), ("wit/world.wit", wit)]);
        let project = found(&root);
        match project.problems.as_slice() {
            [] => None,
            [problem] => Some((
                problem.place.as_ref().unwrap().to_string(),
                problem.message.clone(),
                problem.help.clone().unwrap(),
            )),
            more => panic!("{more:#?}"),
        }
    };
    for (wit, feature) in [
        (in_store("open: async func(source: string) -> result<u32, string>;"), "async"),
        (in_store("all: func() -> stream<u8>;"), "async"),
        (in_store("record later { when: option<future<u8>> } get: func() -> later;"), "async"),
        ("package odd:later;\nworld later { export run: async func(); }".to_owned(), "async"),
        (in_store("flags rights { read, write } get: func() -> rights;"), "bitflags"),
    ] {
        let (place, message, help) = told(plain, &wit).unwrap_or_else(|| panic!("{wit}"));
        assert_eq!(place, "Cargo.toml:12");
        assert!(message.contains(&format!("lacks the feature `{feature}`")), "{message}");
        // The advice is followed.
        let advised = help.split("\"0.60\", ").nth(1).unwrap().trim_end_matches(" }");
        assert_eq!(told(advised, &wit), None, "{advised}");
        assert_eq!(told("features = []", &wit), None, "with the features of its own choice");
    }
    assert_eq!(told(plain, &in_store("get: func() -> u8;")), None);
    let spawn = "default-features = false, features = [\"realloc\", \"std\", \"async-spawn\"]";
    assert_eq!(told(spawn, &in_store("get: async func();")), None, "it brings the other with it");
}

#[test]
fn two_files_of_one_name_are_told_and_the_first_is_taken() {
    let (_dir, root) = folder(&[("a/part.wat", "(component)"), ("b/part.wat", "(component)")]);
    let project = found(&root);
    assert_eq!(names(&project), ["part"]);
    let (problem, place) = only_problem(&project);
    assert_eq!(place, "b/part.wat");
    assert!(problem.message.contains("a/part.wat") && problem.help.is_some());
}

#[test]
fn folders_that_cannot_be_opened() {
    let (_dir, root) = folder(&[("file", "")]);
    assert!(matches!(discover(&root.join("none")), Err(DiscoverError::Missing { .. })));
    assert!(matches!(discover(&root.join("file")), Err(DiscoverError::NotAFolder { .. })));
    let empty = root.join("empty");
    fs::create_dir(&empty).unwrap();
    let project = found(&empty);
    let (problem, _) = only_problem(&project);
    assert!(problem.help.as_ref().unwrap().contains("studio new"));
}

#[cfg(unix)]
#[test]
fn links_in_a_loop_end_nothing() {
    let (_dir, root) = folder(&[("a/x.wat", "(component)")]);
    std::os::unix::fs::symlink(&root, root.join("a/again")).unwrap();
    std::os::unix::fs::symlink(root.join("l2"), root.join("l1")).unwrap();
    std::os::unix::fs::symlink(root.join("l1"), root.join("l2")).unwrap();
    std::os::unix::fs::symlink(root.join("a/x.wat"), root.join("linked.wat")).unwrap();
    let project = found(&root);
    assert_eq!(names(&project), ["x", "linked"]);
    assert_eq!(project.problems, []);
}

#[test]
fn nothing_of_the_folder_is_run() {
    // Any cargo or rustc here would run this wrapper, and say so.
    let manifest = fs::read_to_string(fixture("generated/Cargo.toml")).unwrap();
    let (_dir, root) = folder(&[
        ("Cargo.toml", &manifest),
        (".cargo/config.toml", "[build]\nrustc-wrapper = \"./wrapper\"\n[alias]\nmetadata = \"build\"\n"),
        ("wrapper", "#!/bin/sh\ntouch was-run\n"),
        ("build.rs", "fn main() { std::fs::write(\"was-run\", \"\").unwrap(); }"),
        ("src/lib.rs", "mod bindings;"),
        ("wit/world.wit", "package a:b;\nworld w { export run: func(); }"),
    ]);
    #[cfg(unix)]
    fs::set_permissions(root.join("wrapper"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    assert_eq!(names(&found(&root)), ["fresh"]);
    assert!(!root.join("was-run").exists() && !root.join("target").exists() && !root.join("src/bindings.rs").exists());
}
