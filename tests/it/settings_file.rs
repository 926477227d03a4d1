//! `studio.toml` while it is edited: a broken one changes nothing that runs.

use std::net::TcpListener;

use serde_json::Value;

use crate::support::{Project, Running};
use crate::verbs::get;

const PROGRAM: &str = r#"
fn main() {
    println!("version 1 {:?} {:?}", std::env::args().skip(1).collect::<Vec<_>>(), std::env::var("MODE"));
}
"#;

const SETTINGS: &str = "[run]\nargs = [\"first\"]\n\n[grants.app]\nenv = [\"MODE=slow\"]\n";

fn command() -> Project {
    let project = Project::new("hello");
    project.write("src/main.rs", PROGRAM);
    let name = project.read("Cargo.toml");
    let name = name.lines().find_map(|l| l.strip_prefix("name = ")).unwrap().trim_matches('"').to_owned();
    project.write("studio.toml", SETTINGS.replace("grants.app", &format!("grants.{name}")));
    project.trust();
    project
}

fn wait_text(running: &mut Running, text: &str) {
    running.wait(text, |v| v["text"] == text);
}

/// The place of the first problem, when there are any.
fn wait_problem(running: &mut Running) -> String {
    let reported = running.wait("the problem", |v| v["problems"].as_array().is_some_and(|p| !p.is_empty()));
    assert_eq!(reported["problems"].as_array().unwrap().len(), 1, "{reported}");
    let problem = &reported["problems"][0];
    format!("{}:{}", problem["file"].as_str().unwrap_or_default(), problem["line"])
}

#[test]
fn broken_settings_leave_the_last_good_ones_in_force_and_mended_ones_count_at_once() {
    let project = command();
    let mut running = project.start(&["run", "--watch", "--json"]);
    wait_text(&mut running, r#"version 1 ["first"] Ok("slow")"#);
    let good = project.read("studio.toml");
    // A quote is missing; a key is unknown; a value has the wrong type; it is no text at all.
    for (version, broken) in [
        good.replace("first\"]", "second]").into_bytes(),
        good.replace("args", "arguments").into_bytes(),
        good.replace("[\"first\"]", "1").into_bytes(),
        [good.as_bytes(), &[0xff]].concat(),
    ]
    .iter()
    .enumerate()
    {
        let (before, now) = (format!("version {}", version + 1), format!("version {}", version + 2));
        project.write("studio.toml", broken);
        assert!(wait_problem(&mut running).starts_with("studio.toml:"));
        project.edit("src/main.rs", &before, &now);
        wait_text(&mut running, &format!(r#"{now} ["first"] Ok("slow")"#));
        project.write("studio.toml", &good);
        running.wait("the problem's end", |v| v["problems"] == serde_json::json!([]));
    }
    project.write("studio.toml", good.replace("first", "third").replace("slow", "fast"));
    wait_text(&mut running, r#"version 5 ["third"] Ok("fast")"#);
    let runs: Vec<&Value> = running.seen.iter().filter(|v| v["reload"].is_object()).collect();
    assert_eq!(runs.len(), 6, "breaking and correcting it ran nothing: {runs:#?}");
    assert_eq!(running.terminate(), 0);
}

#[test]
fn broken_settings_leave_the_listener_where_it_is() {
    let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (first, second) = (free(), free());
    let project = Project::new("http");
    assert!(!project.path("studio.toml").exists());
    let settings = |addr: &str| format!("[run]\naddr = \"{addr}\"\n");
    project.write("studio.toml", settings(&first));
    let mut running = project.start(&["run", "--watch", "--json"]);
    running.wait("the address", |v| v["serving"]["addr"] == first.as_str());
    project.write("studio.toml", settings(&format!("{second}\"\nargs = [\"")));
    assert!(wait_problem(&mut running).starts_with("studio.toml:"));
    project.edit("greeter/src/lib.rs", "Hello from", "Good day to");
    running.wait("the next generation", |v| v["reload"]["generation"] == 2);
    assert_eq!(get(&first, "/a"), "Good day to /a\n");
    project.write("studio.toml", settings(&second));
    running.wait("the other address", |v| v["serving"]["addr"] == second.as_str());
    assert_eq!(get(&second, "/b"), "Good day to /b\n");
}

#[test]
fn nothing_runs_by_settings_that_were_never_read() {
    let project = command();
    let good = project.read("studio.toml");
    project.write("studio.toml", good.replace("first\"]", "first]"));
    let output = project.verb(&["run"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("studio.toml:") && said.contains("Nothing is run until this is corrected"), "{said}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    let mut running = project.start(&["run", "--watch", "--json"]);
    assert!(wait_problem(&mut running).starts_with("studio.toml:"));
    project.write("studio.toml", &good);
    wait_text(&mut running, r#"version 1 ["first"] Ok("slow")"#);
}
