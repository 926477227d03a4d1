//! What a guest writes arrives as it was written, however long a line is, and studio keeps little of it.

use std::fs::File;

use serde_json::Value;

use crate::limits::{MIB, OWN, Watch};
use crate::pty::Screen;
use crate::support::{Project, stdout};

/// Does this with its `out`, and nothing else.
fn writer(what: &str) -> Project {
    let project = Project::new("blank");
    let body = format!("use std::io::Write as _;\nlet mut out = std::io::stdout();\n{what};\nout.flush().unwrap();");
    project.edit("src/lib.rs", "println!(\"Hello from your component.\");", &body);
    project
}

/// Every byte but a line feed, many times, then some lines, the last of them without an end.
const BYTES: &str = r#"
    let mut all: Vec<u8> = (0..=255u8).filter(|b| *b != b'\n').cycle().take(3_000_000).collect();
    all.extend_from_slice(b"\n\n\r\n50%\r100%\r\ngr\xc3\xbc\xc3\x9fe\nno end");
    out.write_all(&all).unwrap()"#;

#[test]
fn what_a_guest_writes_to_a_file_is_there_byte_for_byte() {
    let project = writer(BYTES);
    let output = project.verb(&["run"]);
    let end = output.stdout.windows(3).position(|w| w == b" | ").unwrap();
    let node = &output.stdout[..end + 3];
    let mut expected = node.to_vec();
    expected.extend((0..=255u8).filter(|b| *b != b'\n').cycle().take(3_000_000));
    for line in [&b""[..], b"\r", b"50%\r100%\r", "grüße".as_bytes(), b"no end"] {
        expected.push(b'\n');
        expected.extend([node, line].concat());
    }
    let differs = output.stdout.iter().zip(&expected).position(|(a, b)| a != b);
    assert!(output.stdout == expected, "{} of {} bytes, {differs:?}", output.stdout.len(), expected.len());
}

#[test]
fn a_line_without_an_end_costs_no_memory() {
    let project = writer("for _ in 0..4_000_000 { out.write_all(b\"never an end, \").unwrap() }");
    assert!(project.verb(&["build"]).status.success());
    let out = project.path("out");
    let mut child =
        project.studio(&["run"]).current_dir(&project.dir).stdout(File::create(&out).unwrap()).spawn().unwrap();
    let watch = Watch::new(child.id());
    assert!(child.wait().unwrap().success());
    let most = watch.most();
    eprintln!("{} MiB", most / MIB);
    assert!(most < OWN, "{} MiB", most / MIB);
    let written = std::fs::read(out).unwrap();
    assert!(written.len() > 50_000_000 && !written.contains(&b'\n'), "{} bytes", written.len());
}

#[test]
fn the_parts_of_a_long_line_say_that_they_belong_together() {
    let project = writer("out.write_all(&[&[b'x'; 50_000][..], b\"y\\nnext\\n\"].concat()).unwrap()");
    let output = project.verb(&["run", "--json"]);
    let lines = stdout(&output);
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines: Vec<Value> = lines.filter(|line| line["stream"] == "stdout").collect();
    let texts = lines.iter().map(|line| line["text"].as_str().unwrap());
    assert_eq!(texts.collect::<String>(), "x".repeat(50_000) + "ynext");
    let marks: Vec<bool> = lines.iter().map(|line| line["goes_on"] == true).collect();
    assert_eq!(marks, [true, true, true, false, false]);

    // On a terminal each part has a row, and says so.
    let mut screen = Screen::studio(&project, &["run"], 120, 36);
    assert_eq!(screen.end(), 0);
    assert!(screen.text().contains("x … (goes on)"), "{}", screen.text());
}
