//! Files saved under a running `studio run --watch`: what a save brings, and what a broken one leaves.

use serde_json::Value;

use crate::support::Project;
use crate::verbs::get;

const FIRST: &str = "[INFO] >> System startup initiated.";
const LAST: &str = "[CRITICAL ERROR] >> Mainframe breach detected.";

#[test]
fn a_save_rebuilds_only_what_changed_and_runs_again() {
    let project = Project::new("neon");
    let mut running = project.start(&["run", "--watch", "--json"]);
    running.wait_line("logger", LAST);

    project.edit("core-logic/src/lib.rs", "System startup initiated.", "Second light.");
    let reload = running.wait("the reload", |v| v["reload"]["generation"] == 2);
    assert_eq!(reload["reload"]["compiled"], 1, "one core module changed: {reload}");
    assert!(reload["reload"]["phases"]["cargo"].as_f64().unwrap() > 0.0);
    running.wait_line("logger", "[INFO] >> Second light.");
    running.wait_line("logger", LAST);

    project.edit("logger/src/lib.rs", "[{tag}] >>", "<{tag}>");
    running.wait_line("logger", "<INFO> Second light.");
    assert_eq!(running.terminate(), 0);
}

#[test]
fn a_wit_change_regenerates_the_bindings_first() {
    let project = Project::new("neon");
    let mut running = project.start(&["run", "--watch", "--json"]);
    running.wait_line("logger", LAST);
    // A contract grows by a function on both sides; the provider must implement it: rustc says so.
    let add = "    log: func(msg: string, severity: level);";
    let grown =
        "    log: func(msg: string, severity: level);\n\n    /// How many lines there were.\n    count: func() -> u32;";
    project.edit("logger/wit/logger.wit", add, grown);
    let problems = running.wait("rustc's complaint", |v| v["problems"].is_array());
    let text = problems["problems"].to_string();
    assert!(text.contains("count") && text.contains("logger/src/lib.rs"), "{text}");
    assert!(project.read("logger/src/bindings.rs").contains("fn count"), "the bindings follow the WIT");
    project.edit(
        "logger/src/lib.rs",
        "impl Guest for Logger {",
        "impl Guest for Logger {\n    fn count() -> u32 {\n        7\n    }\n",
    );
    // The consumer's older, smaller contract still fits.
    running.wait("the next run", |v| v["reload"]["generation"] == 2);
    running.wait_line("logger", LAST);
}

#[test]
fn a_broken_save_leaves_the_last_good_program_serving() {
    let project = Project::new("http");
    let mut running = project.start(&["run", "--watch", "--json", "--addr", "127.0.0.1:0"]);
    let serving = running.wait("the address", |v| v["serving"].is_object());
    let addr = serving["serving"]["addr"].as_str().unwrap().to_owned();
    assert_eq!(get(&addr, "/a"), "Hello from /a\n");

    project.edit("greeter/src/lib.rs", "Hello from", "Hello from {");
    let problems = running.wait("the problem", |v| v["problems"].as_array().is_some_and(|p| !p.is_empty()));
    let first = &problems["problems"][0];
    assert_eq!(first["file"], "greeter/src/lib.rs", "{problems}");
    assert!(first["line"].as_u64().unwrap() > 1);
    assert_eq!(get(&addr, "/b"), "Hello from /b\n", "the last good program still answers");

    project.edit("greeter/src/lib.rs", "Hello from {", "Good day to");
    running.wait("the problems' end", |v| v["problems"] == serde_json::json!([]));
    running.wait("the next generation", |v| v["reload"]["generation"] == 2);
    assert_eq!(get(&addr, "/c"), "Good day to/c\n".replace("to/", "to /"));
    assert!(running.is_alive());
    assert_eq!(running.terminate(), 0);
}

#[test]
fn a_broken_composition_leaves_the_last_good_run_and_names_the_line() {
    let project = Project::new("http");
    let mut running = project.start(&["run", "--watch", "--json", "--addr", "127.0.0.1:0"]);
    let addr =
        running.wait("the address", |v| v["serving"].is_object())["serving"]["addr"].as_str().unwrap().to_owned();
    project.edit("site.wac", "greetings: greeter.greetings", "greetings: nobody.greetings");
    let problems = running.wait("the problem", |v| v["problems"].as_array().is_some_and(|p| !p.is_empty()));
    let first = &problems["problems"][0];
    assert_eq!((first["file"].as_str(), first["line"].as_u64()), (Some("site.wac"), Some(8)), "{problems}");
    assert_eq!(get(&addr, "/still"), "Hello from /still\n");
}

/// A branch switch touches many files at once: it must end as a program of the newest state, not as one for each file.
#[test]
fn a_burst_ends_with_the_newest_state() {
    let project = Project::new("neon");
    let mut running = project.start(&["run", "--watch", "--json"]);
    running.wait_line("logger", LAST);
    let lib = project.read("core-logic/src/lib.rs");
    for i in 0..30 {
        project.write("core-logic/src/lib.rs", lib.replace("System startup initiated.", &format!("burst {i}")));
        project.write(&format!("core-logic/src/unused_{i}.rs"), "");
    }
    running.wait_line("logger", "[INFO] >> burst 29");
    let runs = running.seen.iter().filter(|v| v["reload"].is_object()).count();
    assert!(runs <= 6, "30 saves in a burst made {runs} runs");
}

#[test]
fn studios_own_writes_wake_nobody() {
    let project = Project::new("neon");
    let mut running = project.start(&["run", "--watch", "--json"]);
    running.wait_line("logger", LAST);
    // Composing writes a component into the folder and builds a release into target/: neither may start a build here.
    assert!(project.verb(&["compose"]).status.success());
    project.edit("core-logic/src/lib.rs", "System startup initiated.", "After the quiet.");
    running.wait_line("logger", "[INFO] >> After the quiet.");
    let generations: Vec<&Value> = running.seen.iter().filter(|v| v["reload"].is_object()).collect();
    assert_eq!(generations.len(), 2, "{generations:#?}");
    assert!(running.seen.iter().any(|v| v["text"] == FIRST));
}
