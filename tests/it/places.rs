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
