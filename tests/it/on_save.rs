//! What a save does to a command that runs, and going back.

use crate::pty::Screen;
use crate::support::Project;

const PROGRAM: &str = r#"
use std::io::Read as _;
fn main() {
    println!("version 1");
    // Until studio's own input ends.
    let _ = std::io::stdin().read(&mut [0; 1]);
    println!("ended");
}
"#;

fn project(on_save: &str) -> Project {
    let project = Project::new("hello");
    project.write("src/main.rs", PROGRAM);
    project.write("studio.toml", format!("[run]\non_save = \"{on_save}\"\n"));
    project
}

#[test]
fn manual_builds_and_leaves_the_program_alone() {
    let project = project("manual");
    let mut running = project.start(&["run", "--watch", "--json"]);
    running.wait("the first run", |v| v["text"] == "version 1");
    running.wait("its end", |v| v["text"] == "ended");
    project.edit("src/main.rs", "version 1", "version 2");
    running
        .wait("what is held back", |v| v["text"].as_str().is_some_and(|t| t.contains("r runs it (on_save is manual)")));
    assert!(running.seen.iter().all(|v| v["text"] != "version 2"));
    // What the project says counts from the next save on.
    project.write("studio.toml", "[run]\non_save = \"restart\"\n");
    running.wait("the second run", |v| v["text"] == "version 2");
    assert_eq!(running.terminate(), 0);
}

#[test]
fn stats_are_told_once_the_program_is_known() {
    let project = project("restart");
    let output = project.verb(&["run", "--json", "--stats"]);
    let told = String::from_utf8(output.stdout).unwrap();
    let stats = told
        .lines()
        .filter_map(|l| serde_json::from_str::<serde_json::Value>(l).ok())
        .find(|v| v["stats"].is_object())
        .unwrap_or_else(|| panic!("no stats: {told}"));
    let stats = &stats["stats"];
    for field in ["components_bytes", "composition_bytes", "code_bytes", "instance_bytes", "instantiate_us"] {
        assert!(stats[field].as_f64().unwrap() > 0.0, "{field}: {stats}");
    }
    assert_eq!(stats["pooled"], true);
    let output = project.verb(&["run", "--stats"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("stats | cold start") && told.contains("stats | at rest"), "{told}");
}

const READER: &str = r#"
fn main() {
    println!("args {:?}, mode {:?}", std::env::args().skip(1).collect::<Vec<_>>(), std::env::var("MODE"));
    for line in std::io::stdin().lines() {
        println!("heard {}", line.unwrap());
    }
    println!("no more");
}
"#;

#[test]
fn a_program_reads_what_is_typed_in_the_log() {
    let project = Project::new("hello");
    project.write("src/main.rs", READER);
    project.write("studio.toml", "[run]\nargs = [\"a\", \"b c\"]\n[grants.ein-projekt]\nenv = [\"MODE=test\"]\n");
    project.trust();
    let mut screen = Screen::studio(&project, &["."], 120, 36);
    screen.wait_for("args [\"a\", \"b c\"], mode Ok(\"test\")");
    screen.wait_for("waits for a line");
    screen.press("lI");
    screen.wait_for("a line for the program to read");
    screen.press("qué tal?\r");
    screen.wait_for("heard qué tal?");
    screen.press("second\r");
    screen.wait_for("heard second");
    screen.press("\x04");
    screen.wait_for("no more");
    screen.until("the end of typing", |s| !s.contains("a line for the program to read"));
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn a_save_restarts_waits_or_is_left_to_a_key() {
    for policy in ["restart", "wait", "manual"] {
        let project = project(policy);
        let mut screen = Screen::studio(&project, &["."], 120, 36);
        screen.wait_for("version 1");
        screen.wait_for("waits for a line");
        project.edit("src/main.rs", "version 1", "version 2");
        match policy {
            "wait" => {
                screen.wait_for("runs when this run ends");
                screen.press("lI");
                screen.wait_for("a line for the program to read");
                screen.press("\x04");
                screen.wait_for("ended");
            }
            "manual" => {
                let text = screen.wait_for("r runs it");
                assert!(!text.contains("version 2"), "{text}");
                screen.press("r");
            }
            _ => {}
        }
        screen.wait_for("version 2");
        // Back to the first, by a key, named by the files that were changed for it.
        screen.press("1b");
        screen.until("both runs", |s| s.contains("run 1: the first") && s.contains("run 2: src/main.rs"));
        screen.press("run 1:");
        screen.press("\r");
        screen.until("the first once more", |s| s.matches("version 1").count() == 2);
        screen.press("q");
        assert_eq!(screen.end(), 0);
        screen.assert_restored();
    }
}
