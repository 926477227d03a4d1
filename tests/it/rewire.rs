//! A server that is rewired while it serves: each accepted edit is a new program behind the same port, and one that
//! leaves the composition incomplete leaves the last good one serving.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::canvas::{mouse, places};
use crate::pty::Screen;
use crate::support::{PATIENCE, Project};

/// A provider of greetings in text, without a build: it says the same to everybody.
const STRANGER: &str = r#"(component
  (core module $m
    (memory (export "memory") 1)
    (global $at (mut i32) (i32.const 1024))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $p i32)
      (local.set $p (global.get $at))
      (global.set $at (i32.add (global.get $at) (local.get 3)))
      (local.get $p))
    (data (i32.const 8) "\10\00\00\00\08\00\00\00So long\0a")
    (func (export "greet") (param i32 i32) (result i32) (i32.const 8)))
  (core instance $i (instantiate $m))
  (func $greet (param "path" string) (result string)
    (canon lift (core func $i "greet") (memory $i "memory") (realloc (func $i "cabi_realloc"))))
  (instance $out (export "greet" (func $greet)))
  (export "site:greetings/greetings" (instance $out)))
"#;

/// What is answered now; every request is, whatever is going on.
fn get(addr: &str) -> String {
    let mut client = TcpStream::connect(addr).unwrap();
    write!(client, "GET /a HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
}

/// Asks until it is answered so; what the old program still answers is an answer, too.
fn answered(screen: &mut Screen, addr: &str, wanted: &str, before: &str) {
    let deadline = std::time::Instant::now() + PATIENCE;
    loop {
        let answer = get(addr);
        if answer.contains(wanted) {
            return;
        }
        assert!(answer.contains(before), "neither `{wanted}` nor `{before}`: {answer}");
        assert!(std::time::Instant::now() < deadline, "never `{wanted}`\n{}", screen.text());
        screen.pump();
    }
}

fn text_has(screen: &mut Screen, project: &Project, wanted: &str) {
    let deadline = std::time::Instant::now() + PATIENCE;
    while !project.read("site.wac").contains(wanted) {
        assert!(std::time::Instant::now() < deadline, "{}\n{}", project.read("site.wac"), screen.text());
        screen.pump();
    }
}

#[test]
fn a_server_is_rewired_behind_its_port() {
    let project = Project::new("http");
    project.write("stranger.wat", STRANGER);
    project.edit("site.wac", "// Speaks", "let stranger = new local:stranger { ... };\n\n// Speaks");
    let before = project.read("site.wac");
    project.write("studio.toml", "composition = \"site.wac\"\n[run]\naddr = \"127.0.0.1:0\"\n");
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        let mut screen = Screen::studio(&project, &["."], columns, rows);
        let text = screen.wait_for("127.0.0.1:");
        let port = text.split_once("127.0.0.1:").unwrap().1.split(|c: char| !c.is_ascii_digit()).next().unwrap();
        let addr = format!("127.0.0.1:{port}");
        assert!(get(&addr).contains("Hello from /a"));
        // To the import that asks for greetings.
        screen.press("2z");
        let text = screen.until("the graph alone", |s| !s.contains("1 Project") && s.contains("stranger"));
        if text.contains(" compact ─") {
            screen.press("+");
            screen.wait_for("greetings");
        }
        // The picture may still be moving to its place: a click beside the port is one on its node.
        let deadline = std::time::Instant::now() + PATIENCE;
        while !screen.text().contains("x cut") {
            assert!(std::time::Instant::now() < deadline, "{}", screen.text());
            let ports = places(&screen, "greetings").into_iter();
            if let Some(import) = ports.min_by_key(|(column, row)| (*row, *column)) {
                mouse(&mut screen, 0, import, 'M');
                mouse(&mut screen, 0, import, 'm');
            }
            screen.pump();
        }
        // Another provider that fits.
        screen.press("w");
        let lit = screen.wait_for("◉");
        assert!(lit.contains("greetings → stranger · 1/2"), "{lit}");
        screen.press("\r");
        text_has(&mut screen, &project, "greetings: stranger.greetings");
        answered(&mut screen, &addr, "So long", "Hello from /a");
        // None at all: the last good program goes on.
        screen.press("x");
        screen.wait_for("unwired");
        text_has(&mut screen, &project, "{\n    ...\n}");
        for _ in 0..5 {
            assert!(get(&addr).contains("So long"));
        }
        // Text that is none, by another hand: the same.
        let cut = project.read("site.wac");
        project.write("site.wac", cut.replace("let web =", "let web"));
        // The graph's own frame says so; the status says it of what runs.
        let stale = |s: &str| s.lines().nth(1).is_some_and(|frame| frame.contains("stale"));
        screen.until("a stale graph", stale);
        assert!(get(&addr).contains("So long"));
        project.write("site.wac", &cut);
        screen.until("the graph again", |s| !stale(s));
        // And back, step by step, to what it was: theirs, theirs, the cut, the wire.
        screen.press("uuuu");
        answered(&mut screen, &addr, "Hello from /a", "So long");
        let deadline = std::time::Instant::now() + PATIENCE;
        while project.read("site.wac") != before {
            assert!(std::time::Instant::now() < deadline, "{}\n{}", project.read("site.wac"), screen.text());
            screen.pump();
        }
        screen.press("z");
        screen.wait_for("1 Project");
        screen.press("q");
        assert_eq!(screen.end(), 0);
        screen.assert_restored();
    }
}
