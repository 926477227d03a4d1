//! A program that asks before it reads: its question is there to be answered.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use crate::pty::Screen;
use crate::support::Project;

const ASKER: &str = r#"
use std::io::{BufRead as _, Write as _};
fn main() {
    eprint!("starting\r\n");
    print!("\rloading 10%");
    std::io::stdout().flush().unwrap();
    print!("\rname? ");
    std::io::stdout().flush().unwrap();
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).unwrap();
    println!("hello {}", line.trim());
}
"#;

fn project() -> Project {
    let project = Project::new("hello");
    project.write("src/main.rs", ASKER);
    project
}

#[test]
fn run_prints_a_question_before_its_answer_and_no_byte_twice() {
    let project = project();
    assert!(project.verb(&["build"]).status.success());
    let mut command: Command = project.studio(&["run"]);
    let mut child = command
        .current_dir(&project.dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut out, mut said) = (child.stdout.take().unwrap(), Vec::new());
    let mut byte = [0];
    while !said.ends_with(b"name? ") {
        assert_eq!(out.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&said));
        said.push(byte[0]);
    }
    child.stdin.take().unwrap().write_all(b"ada\n").unwrap();
    out.read_to_end(&mut said).unwrap();
    let said = String::from_utf8(said).unwrap();
    assert!(said.ends_with(" | \rloading 10%\rname? hello ada\n"), "byte for byte: {said}");
    assert_eq!(said.matches("name? ").count(), 1, "{said}");
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_screen_shows_a_question_before_its_answer() {
    let project = project();
    let mut screen = Screen::studio(&project, &["."], 100, 30);
    screen.wait_for("name? ");
    screen.wait_for("waits for a line");
}
