//! Where a problem is said to be, and that it is said once.

use std::io::Write as _;
use std::net::TcpStream;

use serde_json::Value;

use crate::support::{Project, stderr};

/// The line (1-based) of a file on which `text` stands.
fn line(project: &Project, file: &str, text: &str) -> u64 {
    project.read(file).lines().position(|l| l.contains(text)).unwrap() as u64 + 1
}

#[test]
fn a_panic_is_told_where_the_user_wrote_it() {
    let project = Project::new("neon");
    project.edit("logger/src/lib.rs", "let tag", "let _ = Vec::<u8>::new()[msg.len()];\n        let tag");
    let output = project.verb(&["run"]);
    assert!(!output.status.success());
    let said = stderr(&output);
    let at = format!("--> logger/src/lib.rs:{}:", line(&project, "logger/src/lib.rs", "Vec::<u8>"));
    assert!(said.contains(&at), "{at}\n{said}");
    assert!(!said.contains("wasisdk") && !said.contains("/rustc/"), "{said}");
}

#[test]
fn a_handler_that_panics_is_told_where_the_user_wrote_it() {
    let project = Project::new("http");
    project.edit("greeter/src/lib.rs", "format!(", "assert!(path.is_empty(), \"so it goes\");\n        format!(");
    let mut running = project.start(&["run", "--watch", "--json", "--addr", "127.0.0.1:0"]);
    let serving = running.wait("the address", |v| v["serving"].is_object());
    let addr = serving["serving"]["addr"].as_str().unwrap().to_owned();
    let mut client = TcpStream::connect(&addr).unwrap();
    write!(client, "GET /a HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n").unwrap();
    let told = running.wait("the problem", |v| v["problems"].as_array().is_some_and(|p| !p.is_empty()));
    let problem: &Value = &told["problems"][0];
    assert!(problem["message"].as_str().unwrap().contains("so it goes"), "{told:#}");
    assert_eq!(problem["file"], "greeter/src/lib.rs", "{told:#}");
    assert_eq!(problem["line"], line(&project, "greeter/src/lib.rs", "assert!"), "{told:#}");
}

/// The problems of `check`: `file:line message`.
fn problems(project: &Project) -> Vec<String> {
    let (report, _) = project.json(&["check", "--json"]);
    let text = |p: &Value| format!("{}:{} {}", p["file"].as_str().unwrap_or("?"), p["line"], p["message"]);
    let told: Vec<_> = report["problems"].as_array().unwrap().iter().map(text).collect();
    assert!(!told.iter().any(|p| p.contains(&*project.dir.to_string_lossy())), "places are relative: {told:#?}");
    told
}

#[test]
fn a_broken_wit_is_told_once_and_nothing_else_is() {
    let project = Project::new("neon");
    project.edit("logger/wit/logger.wit", "msg: string", "msg: strin");
    let told = problems(&project);
    assert!(matches!(told.as_slice(), [one] if one.starts_with("logger/wit/logger.wit:12 ")), "{told:#?}");
}

#[test]
fn a_wit_that_is_not_even_a_package_is_told_once() {
    let project = Project::new("neon");
    project.edit("logger/wit/logger.wit", "package cyber:core;", "pakage cyber:core;");
    let told = problems(&project);
    assert!(matches!(told.as_slice(), [one] if one.starts_with("logger/wit/logger.wit:")), "{told:#?}");
}

#[test]
fn a_broken_manifest_is_told_once_and_nothing_else_is() {
    let project = Project::new("neon");
    project.write("logger/Cargo.toml", format!("{}broken = = 3\n", project.read("logger/Cargo.toml")));
    let told = problems(&project);
    let at = format!("logger/Cargo.toml:{} ", line(&project, "logger/Cargo.toml", "broken"));
    assert!(matches!(told.as_slice(), [one] if one.starts_with(&at)), "{told:#?}");
}

#[test]
fn a_member_that_is_gone_is_told_where_it_is_listed_and_drawn_as_missing() {
    let project = Project::new("neon");
    std::fs::remove_dir_all(project.path("logger")).unwrap();
    let told = problems(&project);
    let at = format!("Cargo.toml:{} ", line(&project, "Cargo.toml", "members"));
    assert!(told.iter().any(|p| p.starts_with(&at)), "{told:#?}");
    let (report, _) = project.json(&["check", "--json"]);
    assert!(report.to_string().contains("Remove `logger` from `members`, or put the folder back."), "{report:#}");
    let (graph, _) = project.json(&["graph", "--json"]);
    let node = |name: &str| graph["nodes"].as_array().unwrap().iter().find(|n| n["name"] == name).unwrap().clone();
    assert_eq!(node("logger")["source"], Value::Null);
    assert_eq!(node("core-logic")["imports"][0]["state"], "mismatch", "{graph:#}");
}

#[test]
fn a_ghost_has_no_wires_of_its_own() {
    let project = Project::new("neon");
    project.edit("neon.wac", "new cyber:app", "new cyber:missing");
    let (graph, code) = project.json(&["graph", "--json"]);
    assert_eq!(code, 1);
    let ghost = graph["nodes"].as_array().unwrap().iter().find(|n| n["package"] == "cyber:missing").unwrap();
    assert!(ghost["imports"].as_array().unwrap().iter().all(|i| i["state"] == "unwired"), "{graph:#}");
    let entry = graph["nodes"].as_array().unwrap().iter().find(|n| n["kind"] == "entry").unwrap();
    assert_eq!(entry["imports"][0]["state"], "mismatch", "{graph:#}");
    assert!(!graph["wires"].as_array().unwrap().iter().any(|w| w["from"]["node"] == ghost["name"]), "{graph:#}");
}

#[test]
fn what_studio_toml_gets_wrong_is_told_there_and_once() {
    let project = Project::new("neon");
    project.write("other.wac", project.read("neon.wac"));
    project.write("studio.toml", "composition = \"nope.wac\"\n");
    let told = problems(&project);
    assert!(matches!(told.as_slice(), [one] if one.starts_with("studio.toml:1 ")), "{told:#?}");
    project.write("studio.toml", "composition = \"neon.wac\"\n[run]\naddr = \"here\"\n");
    let told = problems(&project);
    assert!(matches!(told.as_slice(), [one] if one.starts_with("studio.toml:3 ")), "{told:#?}");
}

#[test]
fn a_build_command_that_fails_is_told_at_its_table() {
    let project = Project::new("blank");
    project.write("studio.toml", "\n[components.front]\ncommand = [\"false\"]\noutput = \"out.wasm\"\n");
    project.trust();
    let told = problems(&project);
    assert!(told.iter().any(|p| p.starts_with("studio.toml:2 ")), "{told:#?}");
}

#[test]
fn text_that_is_no_composition_draws_nothing() {
    let project = Project::new("neon");
    project.write("neon.wac", "package");
    let output = project.verb(&["graph"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{}", stderr(&output));
}
