//! What a build reads is what is watched: every input of one is edited, and each edit is built; what a build writes is not.

use std::fs;
use std::path::PathBuf;

use crate::support::{Project, Running};

/// A folder beside the one that is opened.
fn beside(project: &Project, file: &str, text: &str) -> PathBuf {
    let path = project.dir.parent().unwrap().join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

fn wait_text(running: &mut Running, text: &str) {
    running.wait(text, |v| v["text"] == text);
}

const MANIFEST: &str = r#"[package]
name = "reader"
version = "0.1.0"
edition = "2024"

[workspace]

[dependencies]
shared = { path = "../outside/shared" }
inner = { path = "ignored/inner" }
"#;

const MAIN: &str = r#"
mod generated;
mod linked;
fn main() {
    let parts = [
        include_str!("../ignored/table.txt"),
        include_str!("../../outside/text.txt"),
        env!("OF_BUILD_SCRIPT"),
        env!("OF_CONFIGURATION"),
        shared::NAME,
        inner::NAME,
        linked::NAME,
        generated::NAME,
    ];
    println!("{}", parts.map(str::trim).join(" "));
}
"#;

const BUILD: &str = r#"
fn main() {
    println!("cargo::rerun-if-changed=../outside/schema");
    println!("cargo::rustc-env=OF_BUILD_SCRIPT={}", std::fs::read_to_string("../outside/schema/a.txt").unwrap().trim());
}
"#;

const LIBRARY: &str = "pub const NAME: &str = \"one\";\n";

fn manifest(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n")
}

#[cfg(unix)]
#[test]
fn every_input_of_a_build_is_watched() {
    crate::support::wasm_target();
    let project = Project::empty();
    let configuration =
        |value: &str| beside(&project, ".cargo/config.toml", &format!("[env]\nOF_CONFIGURATION = \"{value}\"\n"));
    beside(&project, "outside/shared/Cargo.toml", &manifest("shared"));
    let shared = beside(&project, "outside/shared/src/lib.rs", LIBRARY);
    let text = beside(&project, "outside/text.txt", "one");
    let schema = beside(&project, "outside/schema/a.txt", "one");
    configuration("one");
    project.write(".gitignore", "/ignored\n/src/generated.rs\n");
    project.write("ignored/table.txt", "one");
    project.write("ignored/inner/Cargo.toml", manifest("inner"));
    project.write("ignored/inner/src/lib.rs", LIBRARY);
    project.write("elsewhere/linked/mod.rs", LIBRARY);
    project.write("Cargo.toml", MANIFEST);
    project.write("build.rs", BUILD);
    project.write("src/main.rs", MAIN);
    project.write("src/generated.rs", LIBRARY);
    std::os::unix::fs::symlink("../elsewhere/linked", project.path("src/linked")).unwrap();
    project.trust();
    let mut running = project.start(&["run", "--watch", "--json"]);
    let mut words = ["one"; 8];
    wait_text(&mut running, &words.join(" "));
    let two = LIBRARY.replace("one", "two");
    let edits: [(usize, PathBuf, &str); 7] = [
        (0, project.path("ignored/table.txt"), "two"),
        (1, text, "two"),
        (2, schema, "two"),
        (4, shared, &two),
        (5, project.path("ignored/inner/src/lib.rs"), &two),
        (6, project.path("elsewhere/linked/mod.rs"), &two),
        (7, project.path("src/generated.rs"), &two),
    ];
    for (at, file, text) in edits {
        fs::write(file, text).unwrap();
        words[at] = "two";
        wait_text(&mut running, &words.join(" "));
    }
    // Configuration of cargo's can name programs, so its change is asked about; once allowed, the next save builds by it.
    let file = configuration("two");
    let reported = running.wait("the question", |v| v["problems"].as_array().is_some_and(|p| !p.is_empty()));
    assert_eq!(reported["problems"][0]["file"], file.to_str().unwrap(), "{reported}");
    project.trust();
    project.write("ignored/table.txt", "three");
    (words[0], words[3]) = ("three", "two");
    wait_text(&mut running, &words.join(" "));
    assert_eq!(running.terminate(), 0);
}

const LOG: &str = "package acme:log@0.1.0;\n\ninterface log {\n    write: func(line: string);\n}\n";

/// A library that exports an interface of its `wit/deps/`.
fn fetched() -> Project {
    crate::support::wasm_target();
    let project = Project::empty();
    project.write(
        "Cargo.toml",
        "[package]\nname = \"fetched\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[lib]\ncrate-type = \
         [\"cdylib\"]\n\n[dependencies]\nwit-bindgen = { version = \"0.60\", default-features = false, features = \
         [\"realloc\", \"std\"] }\n",
    );
    project.write(
        "src/lib.rs",
        "mod bindings;\nstruct Fetched;\nimpl bindings::exports::acme::log::log::Guest for Fetched {\n    fn write(line: \
         String) { println!(\"{line}\"); }\n}\nimpl bindings::Guest for Fetched {\n    fn run() { println!(\"fetched \
         runs\"); }\n}\nbindings::export!(Fetched with_types_in bindings);\n",
    );
    project.write(
        "wit/world.wit",
        "package acme:fetched;\n\nworld fetched {\n    export acme:log/log@0.1.0;\n    export run: func();\n}\n",
    );
    project
}

/// rustc misses what the edited WIT asks for.
fn wait_missing(running: &mut Running, function: &str) {
    running.wait(function, |v| v["problems"].is_array() && v["problems"].to_string().contains(function));
}

#[test]
fn wit_that_git_ignores_is_watched_with_what_is_fetched_later() {
    let project = fetched();
    project.write(".gitignore", "wit/deps\n");
    project.write("wit/deps/log/package.wit", LOG);
    project.trust();
    let mut running = project.start(&["run", "--watch", "--json", "--entry", "run"]);
    wait_text(&mut running, "fetched runs");
    project.edit("wit/deps/log/package.wit", "write:", "count: func() -> u32;\n    write:");
    wait_missing(&mut running, "count");
    project.write("wit/deps/log/package.wit", LOG);
    running.wait("the problems' end", |v| v["problems"] == serde_json::json!([]));
    // As a tool does that fetches: away, and anew.
    fs::remove_dir_all(project.path("wit/deps")).unwrap();
    project.write("wit/deps/acme-log/package.wit", LOG.replace("write:", "flush: func();\n    write:"));
    wait_missing(&mut running, "flush");
}

#[cfg(unix)]
#[test]
fn wit_behind_a_link_is_watched_where_it_lies() {
    let project = fetched();
    project.write(".gitignore", "vendor\n");
    project.write("vendor/log/package.wit", LOG);
    fs::create_dir(project.path("wit/deps")).unwrap();
    std::os::unix::fs::symlink("../../vendor/log", project.path("wit/deps/log")).unwrap();
    project.trust();
    let mut running = project.start(&["run", "--watch", "--json", "--entry", "run"]);
    wait_text(&mut running, "fetched runs");
    project.edit("vendor/log/package.wit", "write:", "count: func() -> u32;\n    write:");
    wait_missing(&mut running, "count");
}

#[test]
fn wit_that_a_manifest_places_elsewhere_is_watched_there() {
    let project = fetched();
    let log = beside(&project, "shared/log/package.wit", LOG);
    beside(&project, "other/package.wit", &LOG.replace("write:", "flush: func();\n    write:"));
    project.write("wkg.toml", "[overrides]\n\"acme:log\" = { path = \"../shared/log\" }\n");
    project.trust();
    let mut running = project.start(&["run", "--watch", "--json", "--entry", "run"]);
    wait_text(&mut running, "fetched runs");
    fs::write(&log, LOG.replace("write:", "count: func() -> u32;\n    write:")).unwrap();
    wait_missing(&mut running, "count");
    fs::write(&log, LOG).unwrap();
    running.wait("the problems' end", |v| v["problems"] == serde_json::json!([]));
    project.edit("wkg.toml", "../shared/log", "../other");
    wait_missing(&mut running, "flush");
}

#[test]
fn a_build_that_writes_its_own_source_runs_and_the_loop_is_named() {
    crate::support::wasm_target();
    let project = Project::empty();
    project.write("Cargo.toml", manifest("stamper") + "\n[workspace]\n");
    project.write(
        "build.rs",
        "fn main() {\n    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();\n    \
         std::fs::write(\"src/stamp.rs\", format!(\"pub const BUILT: u128 = {now};\\n\")).unwrap();\n}\n",
    );
    project.write("src/main.rs", "mod stamp;\nfn main() {\n    println!(\"version 1 {}\", stamp::BUILT > 0);\n}\n");
    project.write("src/stamp.rs", "pub const BUILT: u128 = 0;\n");
    project.trust();
    let mut running = project.start(&["run", "--watch", "--json"]);
    let reported = running.wait("the loop", |v| v["problems"].as_array().is_some_and(|p| !p.is_empty()));
    let problem = &reported["problems"][0];
    assert_eq!((problem["component"].as_str(), problem["file"].as_str()), (Some("stamper"), Some("src/stamp.rs")));
    assert!(problem["help"].as_str().unwrap().contains("OUT_DIR"), "{problem}");
    wait_text(&mut running, "version 1 true");
    // A save is built and run, once.
    for version in 1..4 {
        let (before, now) = (format!("version {version}"), format!("version {}", version + 1));
        project.edit("src/main.rs", &before, &now);
        wait_text(&mut running, &format!("{now} true"));
    }
    let runs = running.seen.iter().filter(|v| v["reload"].is_object()).count();
    // Two more look whether it was the user after all.
    assert!(runs <= 6, "{runs} runs of 4 versions");
}

#[cfg(unix)]
#[test]
fn a_command_that_writes_files_of_new_names_runs_and_the_folder_is_named() {
    let project = Project::empty();
    // The name is another one each time, as bundlers put a hash of the content into it.
    let script = "#!/bin/sh\nmkdir -p web/gen\nrm -f web/gen/*.js\ndate > web/gen/bundle-$(date +%s%N).js\ncp made.wasm web/app.wasm\n";
    project.write("make.sh", script);
    fs::set_permissions(project.path("make.sh"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    project.write(
        "studio.toml",
        "[components.web]\ncommand = ['./make.sh']\noutput = 'web/app.wasm'\nwatch = ['web/**/*.js']\n",
    );
    fs::write(project.path("made.wasm"), wat::parse_str("(component)").unwrap()).unwrap();
    project.write("web/mine.js", "1\n");
    project.trust();
    let mut running = project.start(&["run", "--watch", "--json"]);
    let names_it = |p: &serde_json::Value| p["message"].as_str().is_some_and(|m| m.contains("writes files in web/gen"));
    running.wait("the loop", |v| v["problems"].as_array().is_some_and(|all| all.iter().any(names_it)));
}
