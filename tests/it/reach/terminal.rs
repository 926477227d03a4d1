//! What a stranger's folder makes the verbs print: nothing that a terminal obeys, and no line of its own.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use studio::model::visible::is_hidden;

use crate::pty::Screen;
use crate::support::{PATIENCE, Project, stderr, stdout};

/// A title, colours, a bell, a C1 sequence, bidirectional and invisible characters, and what would be lines of studio's
/// own; `newline` is a line break, or as long a character that is none.
fn payload(newline: char) -> String {
    let hidden = "\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}2J\u{202e}\u{2066}\u{2028}\u{200b}\u{7f}\r";
    format!("x{hidden}{newline}studio | run 9 · all is well{newline}error: none{hidden}y")
}

/// As a string of TOML or JSON.
fn quoted(text: &str) -> String {
    let hidden = |c: char| if is_hidden(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    format!("\"{}\"", text.chars().map(hidden).collect::<String>())
}

const COMPONENT: &str =
    r#"(component (import "a:b/log" (instance (export "log" (func)))) (export "a:b/log2" (instance)))"#;

/// Lays a payload into a folder.
type Lay = fn(&Project, &str);

/// (what is hostile, the folder)
const FOLDERS: &[(&str, Lay)] = &[
    ("a component's file", |p, x| p.write(&format!("{x}.wat").replace('/', "_"), COMPONENT)),
    ("a broken component's file", |p, x| p.write(&format!("{x}.wasm"), "nothing")),
    ("a core module's file", |p, x| p.write(&format!("{x}.wat"), "(module)")),
    ("a folder's name", |p, x| p.write(&format!("{x}/part.wat"), COMPONENT)),
    ("a folder of a broken part", |p, x| p.write(&format!("{x}/part.wat"), "(component (")),
    ("two parts of one name", |p, x| {
        p.write(&format!("a/{x}.wat"), COMPONENT);
        p.write(&format!("b/{x}.wat"), COMPONENT);
    }),
    ("a namespace below deps", |p, x| p.write(&format!("deps/{x}/part.wasm"), "nothing")),
    ("a composition's name", |p, x| p.write(&format!("{x}.wac"), "package a:b;\nlet x = new c:d { ... };")),
    ("two compositions' names", |p, x| {
        p.write(&format!("{x}.wac"), "package a:b;");
        p.write("other.wac", "package a:b;");
    }),
    ("a WIT file's name", |p, x| p.write(&format!("wit/{x}.wit"), "package a:b;\ninterface i { f: func(a: nope); }")),
    ("a WIT folder's name", |p, x| p.write(&format!("{x}/wit/a.wit"), "interface i { f: fun }")),
    ("a manifest's package", |p, x| cargo(p, &format!("name = {}", quoted(x)))),
    ("a manifest's folder", |p, x| p.write(&format!("{x}/Cargo.toml"), "[package]\nname = 3\n")),
    ("a workspace's member", |p, x| {
        p.write("Cargo.toml", format!("[workspace]\nmembers = [{}]\n", quoted(&x.replace('|', "_"))));
    }),
    ("a manifest's world", |p, x| {
        cargo(p, &format!("name = \"a\"\n[package.metadata.component.target]\nworld = {}", quoted(x)));
        p.write("wit/w.wit", "package a:b;\nworld w {}\nworld v {}");
    }),
    ("a manifest's WIT", |p, x| {
        cargo(p, &format!("name = \"a\"\n[package.metadata.component.target]\npath = {}", quoted(x)));
    }),
    ("a component in studio.toml", |p, x| {
        p.write("studio.toml", format!("[components.{}]\npackage = 'a:b'\n", quoted(x)));
    }),
    ("half a component in studio.toml", |p, x| {
        p.write("studio.toml", format!("[components.{}]\ncommand = ['x']\n", quoted(x)));
    }),
    ("a command's output", |p, x| {
        p.write("studio.toml", format!("[components.a]\ncommand = ['true']\noutput = {}\n", quoted(x)));
    }),
    ("a key of studio.toml", |p, x| p.write("studio.toml", format!("{} = 1\n", quoted(x)))),
    ("a key of [run]", |p, x| p.write("studio.toml", format!("[run]\n{} = 1\n", quoted(x)))),
    ("an address", |p, x| p.write("studio.toml", format!("[run]\naddr = {}\n", quoted(x)))),
    ("what happens on a save", |p, x| p.write("studio.toml", format!("[run]\non_save = {}\n", quoted(x)))),
    ("a composition in studio.toml", |p, x| p.write("studio.toml", format!("composition = {}\n", quoted(x)))),
    ("a limit", |p, x| p.write("studio.toml", format!("[run.limits]\nmemory = {}\n", quoted(x)))),
    ("a limit's name", |p, x| p.write("studio.toml", format!("[run.limits]\n{} = 1\n", quoted(x)))),
    ("a grant's node", |p, x| p.write("studio.toml", format!("[grants.{}]\nhttp = ['a.test']\n", quoted(x)))),
    ("a grant's value", |p, x| p.write("studio.toml", format!("[grants.a]\nhttp = [{}]\n", quoted(x)))),
    ("a grant's argument", |p, x| p.write("studio.toml", format!("[grants.a]\nargs = [{}]\n", quoted(x)))),
    ("a grant's variable", |p, x| {
        p.write("studio.toml", format!("[grants.a]\nenv = [{}]\n", quoted(&format!("A={x}"))));
    }),
    ("a grant's folder", |p, x| {
        p.write("studio.toml", format!("[grants.a]\nfiles = [{}]\n", quoted(&format!("{x}:/data"))));
    }),
    ("a kind of grant", |p, x| p.write("studio.toml", format!("[grants.a]\n{} = true\n", quoted(x)))),
    ("a host", |p, x| p.write("studio.toml", format!("[run.hosts]\n{} = 'nowhere'\n", quoted(x)))),
    ("studio.toml that is none", |p, x| p.write("studio.toml", x)),
    ("WIT that is none", |p, x| p.write("wit/a.wit", format!("package a:b;\n{x}"))),
    ("a composition that is none", |p, x| p.write("app.wac", format!("package a:b;\n{x}"))),
    ("a composition's string", |p, x| {
        p.write("app.wac", format!("package a:b;\nlet x = new c:d {{ \"{}\": y, ... }};", x.replace('"', "")));
    }),
    ("a version's text", |p, x| p.write("app.wac", format!("package a:b@1.0.0-{x};"))),
    ("WebAssembly text that is none", |p, x| p.write("a.wat", format!("(component \"{x}\")"))),
    ("an export's name", |p, x| p.write("a.wat", format!("(component (export \"{x}\" (instance)))"))),
    ("a comment's end", |p, x| p.write("a.wat", format!("(component) ;; {x}\n)"))),
];

fn cargo(project: &Project, text: &str) {
    project.write(
        "Cargo.toml",
        format!("[package]\nversion = \"0.1.0\"\nedition = \"2024\"\n{text}\n[lib]\ncrate-type = [\"cdylib\"]\n"),
    );
    project.write("src/lib.rs", "");
}

/// Every verb that reads a folder and runs nothing of it; `X` is the payload.
const VERBS: &[&[&str]] = &[
    &["check"],
    &["check", "--json"],
    &["build"],
    &["compose"],
    &["run"],
    &["graph"],
    &["graph", "--json"],
    &["graph", "--format", "dot"],
    &["graph", "--format", "mermaid"],
    &["wire", "X.X", "X.X"],
    &["cut", "X.X"],
    &["add", "X"],
    &["remove", "X"],
    &["rename", "X", "X"],
    &["expose", "X.X"],
    &["hide", "X"],
    &["hide", "X", "--json"],
    &["auto-wire", "--dry-run"],
    &["explain", "X.X"],
    &["explain", "--undo"],
    &["grants"],
    &["grants", "--json"],
    &["grants", "--propose"],
    &["grant", "a", "http=X"],
    &["revoke", "X", "clock"],
    &["theme", "check", "X"],
    &["X"],
    &["check", "X"],
];

/// What is printed holds nothing that a terminal obeys.
fn assert_visible(output: &Output, about: &str) -> usize {
    let all = [output.stdout.as_slice(), &output.stderr].concat();
    let text = String::from_utf8(all).unwrap_or_else(|e| panic!("{about}: {e}"));
    let bad = text.chars().find(|c| is_hidden(*c) && *c != '\n');
    assert_eq!(bad, None, "{about}: {text:?}");
    assert!(output.status.code().is_some_and(|code| code <= 2), "{about}: {:?} {text}", output.status);
    assert!(!text.lines().any(|l| l.starts_with("studio | run 9") || l == "error: none"), "{about}: {text}");
    text.lines().count()
}

/// How many lines each verb prints in a folder with this payload.
fn lines(what: &str, lay: Lay, newline: char) -> Vec<usize> {
    let (project, text) = (Project::empty(), payload(newline));
    lay(&project, &text);
    let verb = |verb: &&[&str]| {
        let arguments: Vec<String> = verb.iter().map(|word| word.replace('X', &text)).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = project.verb(&arguments);
        if verb.contains(&"--json") && !output.stdout.is_empty() {
            serde_json::from_slice::<Value>(&output.stdout).unwrap_or_else(|e| panic!("{what}, {verb:?}: {e}"));
        }
        assert_visible(&output, &format!("{what}, {verb:?}"))
    };
    VERBS.iter().map(verb).collect()
}

#[test]
fn no_folder_makes_a_verb_print_what_a_terminal_obeys() {
    assert!(FOLDERS.len() >= 30);
    // What parsers end a line at moves what they say, but makes no more of it.
    for (what, lay) in FOLDERS {
        let (with, without) = (lines(what, *lay, '\n'), lines(what, *lay, '\u{b}'));
        for ((with, without), verb) in with.iter().zip(&without).zip(VERBS) {
            assert_eq!(with, without, "{what}, {verb:?}: a line break made another number of lines");
        }
    }
}

#[test]
fn a_guests_words_are_its_own_bytes_and_studios_about_them_are_not() {
    let project = Project::new("blank");
    let text = "\\x1b]0;owned\\x07\\x1b[31mred\\u{202e}";
    project.edit(
        "src/lib.rs",
        "println!(\"Hello from your component.\");",
        &format!(
            "println!(\"{text}\");\nlet _ = std::fs::read(\"/{text}\\nstudio | run 9\");\npanic!(\"{text}\\nstudio | run 9\");"
        ),
    );
    let output = project.verb(&["run"]);
    let raw = "\u{1b}]0;owned\u{7}\u{1b}[31mred\u{202e}";
    assert!(stdout(&output).lines().any(|l| l.ends_with(raw)), "byte for byte: {output:?}");
    let ours = stderr(&output);
    assert!(ours.contains("panicked"), "{ours}");
    assert!(!ours.chars().any(|c| is_hidden(c) && c != '\n'), "{ours:?}");
    assert!(!ours.lines().any(|l| l.starts_with("studio | run 9")), "{ours}");
    for verb in [&["grants"][..], &["grants", "--propose"], &["grants", "--json"]] {
        assert_visible(&project.verb(verb), &format!("{verb:?} of what was denied"));
    }
    let json = project.verb(&["run", "--json"]);
    assert!(!stdout(&json).chars().any(|c| is_hidden(c) && c != '\n'), "{}", stdout(&json));

    // Where a person sits, the guest's words are shown and not obeyed.
    let mut screen = Screen::studio(&project, &["run"], 120, 36);
    assert_eq!(screen.end(), 1);
    let raw = String::from_utf8_lossy(&screen.raw);
    assert!(!raw.contains("\u{1b}]0;owned") && !raw.contains('\u{202e}'), "{raw:?}");
    assert!(screen.text().contains("^[]0;owned^Gred<U+202E>"), "{}", screen.text());
}

#[test]
fn letters_typed_while_an_error_arrives_are_no_commands() {
    let project = Project::new("neon");
    let mut screen = Screen::studio(&project, &["."], 120, 36);
    screen.wait_for("[CRITICAL ERROR] >> Mainframe breach detected.");
    screen.press("3/ab");
    screen.wait_for("ab");
    project.edit("core-logic/src/lib.rs", "!mainframe_is_safe()", "!mainframe_is_save()");
    screen.until("the error", |s| s.contains("1 error") || s.contains("✘ 1") || s.contains("Problems 1"));
    screen.press("qsq");
    screen.wait_for("abqsq");
    screen.press("\x1b");
    screen.until("the end of typing", |s| !s.contains("abqsq"));
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn output_that_cannot_be_written_is_an_error_and_a_reader_that_left_is_not() {
    let project = Project::empty();
    project.write("part.wat", "(component)");
    for verb in [
        &["graph", "--json"][..],
        &["graph"],
        &["check"],
        &["check", "--json"],
        &["grants"],
        &["grants", "--json"],
        &["explain", "a.b", "--json"],
        &["doctor"],
        &["theme", "list"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
        &["run", "--help"],
        &["--version"],
    ] {
        let run = |to: Stdio| {
            project.studio(verb).current_dir(&project.dir).stdin(Stdio::null()).stdout(to).output().unwrap()
        };
        let full = run(File::options().write(true).open("/dev/full").unwrap().into());
        assert_eq!(full.status.code(), Some(2), "{verb:?}: {}", stderr(&full));
        assert!(stderr(&full).contains("cannot write to stdout"), "{verb:?}: {}", stderr(&full));
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let left = run(writer.into());
        assert_ne!(left.status.code(), None, "{verb:?}");
        assert!(!stderr(&left).contains("cannot write"), "{verb:?}: {}", stderr(&left));
    }
    let mut check = project.studio(&["check"]);
    project.write("torn.wasm", "nothing");
    let full = File::options().write(true).open("/dev/full").unwrap();
    let status = check.current_dir(&project.dir).stderr(full).stdout(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(2), "problems that could not be told");
}

#[test]
fn what_a_parser_asserts_on_is_read_and_nothing_hangs() {
    let project = Project::empty();
    // wit-parser's decoder asserts on it, so that it is not given the export.
    project.write(
        "pass.wat",
        r#"(component
  (import "t:p/paint" (instance $i (export "r" (type $r (sub resource))) (export "f" (func (param "r" (borrow $r))))))
  (export "t:p/paint" (instance $i))
)"#,
    );
    project.write("good.wat", r#"(component (import "a:b/log" (instance)))"#);
    for verb in [&["check"][..], &["build", "--trust"], &["compose", "--trust"], &["run", "--trust"], &["graph"]] {
        let output = project.verb(verb);
        let said = stderr(&output);
        assert!(!said.contains("studio failed") && !said.contains("panicked at"), "{verb:?}: {said}");
    }
    let (graph, _) = project.json(&["graph", "--json"]);
    let pass = graph["nodes"].as_array().unwrap().iter().find(|n| n["name"] == "pass").unwrap();
    assert_eq!(pass["exports"][0]["name"], "t:p/paint", "{graph:#}");
    let good = graph["nodes"].as_array().unwrap().iter().find(|n| n["name"] == "good").unwrap();
    assert_eq!(good["imports"].as_array().unwrap().len(), 1, "everything else works: {graph:#}");
    for signal in ["INT", "TERM"] {
        let mut child = project.studio(&["run", "--watch", "--trust", "--json"]);
        let mut child = child.current_dir(&project.dir).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut first = [0];
        child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
        assert!(
            Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap().success()
        );
        let deadline = std::time::Instant::now() + PATIENCE;
        while child.try_wait().unwrap().is_none() {
            assert!(std::time::Instant::now() < deadline, "deaf to SIG{signal}");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

#[test]
fn text_that_is_nested_without_end_is_a_problem_and_not_a_stack_that_runs_over() {
    let deep = |open: &str, inner: &str, close: &str| open.repeat(100_000) + inner + &close.repeat(100_000);
    for (file, text) in [
        ("studio.toml", format!("a = {}", deep("[", "", "]"))),
        ("studio.toml", format!("a = {}", deep("{a=", "1", "}"))),
        ("Cargo.toml", format!("[package]\nname = 'x'\nversion = '0.1.0'\na = {}", deep("[", "", "]"))),
        ("app.wac", format!("package a:b;\nlet x = {};", deep("new a:b { x: ", "y", "}"))),
        ("app.wac", format!("package a:b;\nlet x = {};", deep("(", "y", ")"))),
        ("app.wac", format!("package a:b;\ninterface i {{ f: func(a: {}); }}", deep("list<", "u8", ">"))),
        ("wit/a.wit", format!("package a:b;\ninterface i {{ f: func(a: {}); }}", deep("list<", "u8", ">"))),
        ("wit/a.wit", format!("package a:b;\n{}", deep("package a:b {", "", "}"))),
        ("wit/a.wit", format!("package a:b;\n{}", deep("/*", "", "*/"))),
        ("a.wat", deep("(component ", "", ")")),
        ("a.wat", format!("(component {})", deep("(type (list ", "u8", "))"))),
        ("a.wat", deep("(;", "", ";)") + "(component)"),
        (".studio/applied.json", deep("[", "", "]")),
        (".studio/places.toml", format!("a = {}", deep("[", "", "]"))),
        (".studio/session.toml", format!("a = {}", deep("[", "", "]"))),
    ] {
        let project = Project::empty();
        project.write(file, text);
        for verb in [&["check"][..], &["graph"], &["explain", "a.b"], &["explain", "--undo"], &["grants"]] {
            let output = project.verb(verb);
            assert!(output.status.code().is_some_and(|code| code <= 2), "{file}, {verb:?}: {:?}", output.status);
        }
    }
}

/// An import and an export of one interface, `provider`'s and `user`'s.
fn two_sides(import: &str, export: &str) -> Project {
    let project = Project::empty();
    for (name, world, interface) in [("user", "import x:api/api;", import), ("provider", "export x:api/api;", export)] {
        project.write(&format!("{name}/Cargo.toml"), format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n[dependencies]\nwit-bindgen = \"0.60\"\n"));
        project.write(&format!("{name}/src/lib.rs"), "");
        project.write(&format!("{name}/wit/world.wit"), format!("package t:{name};\nworld w {{ {world} }}\n"));
        project.write(
            &format!("{name}/wit/deps/api/api.wit"),
            format!("package x:api;\ninterface api {{ {interface} }}\n"),
        );
    }
    project
        .write("app.wac", "package t:app;\nlet provider = new t:provider { ... };\nlet user = new t:user { ... };\n");
    project
}

#[test]
fn an_explanation_of_very_many_names_comes() {
    const MANY: usize = 30_000;
    let list = |letter: &str, behind: &str| {
        let names: Vec<String> = (0..MANY).map(|n| format!("{letter}{n}{behind}")).collect();
        names
    };
    let body = |kind: &str, behind: &str, letter: &str, between: &str| {
        format!("{kind} e {{ {} }} f: func(e: e);", list(letter, behind).join(between))
    };
    let functions = |letter: &str| list(letter, ": func(a: u8);").join("\n");
    for (kind, import, export) in [
        // On one line and on many: both count.
        ("cases", body("enum", "", "a", ", "), body("enum", "", "b", ",\n")),
        ("cases of a variant", body("variant", "(list<u8>)", "a", ",\n"), body("variant", "(list<u8>)", "b", ",\n")),
        ("flags", body("flags", "", "a", ",\n"), body("flags", "", "b", ",\n")),
        ("fields", body("record", ": u8", "a", ",\n"), body("record", ": u8", "b", ",\n")),
        ("fields of other types", body("record", ": u8", "a", ",\n"), body("record", ": u16", "a", ",\n")),
        ("functions", functions("a"), functions("b")),
    ] {
        let project = two_sides(&import, &export);
        let output = project.verb(&["explain", "user.x:api/api", "provider.x:api/api"]);
        assert_eq!(output.status.code(), Some(1), "{kind}: {}", stderr(&output));
        let differences = stdout(&output).lines().filter(|l| l.trim_start().starts_with(['✘', '·'])).count();
        assert!(differences >= MANY, "{kind}: {differences} differences");
    }
}

/// Answers of a raw connection, until it is closed.
fn answer(addr: &str, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request).unwrap();
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn a_request_that_two_would_read_differently_is_refused() {
    let project = Project::new("http");
    let mut running = project.start(&["run", "--watch", "--json", "--addr", "127.0.0.1:0"]);
    let serving = running.wait("a listener", |v| v["serving"]["addr"].is_string());
    let addr = serving["serving"]["addr"].as_str().unwrap().to_owned();
    let get = |rest: &str| format!("GET / HTTP/1.1\r\n{rest}Connection: close\r\n\r\n");
    for (request, status) in [
        (get("Host: a.test\r\n"), "200"),
        (get("Host: a.test:80\r\n"), "200"),
        (get(""), "400"),
        (get("Host: a.test\r\nHost: a.test\r\n"), "400"),
        (get("Host: a.test\r\nHost: b.test\r\n"), "400"),
        (get("Host: user@a.test\r\n"), "400"),
        (get("Host: user:secret@a.test:80\r\n"), "400"),
        (get("Host: \r\n"), "400"),
        (get("Host: a.test, b.test\r\n"), "400"),
        (get("Host: a.test/path\r\n"), "400"),
        (get("Host: a.test:http\r\n"), "400"),
        (get("Host: a.test:99999\r\n"), "400"),
        (get("Host: a\u{202e}.test\r\n"), "400"),
        (get("Host: a.test\r\n X-Folded: b\r\n"), "400"),
        (get("Host: a.test\r\nX-Bare: a\rHost: b.test\r\n"), "400"),
        (get("Host: a.test\r\nContent-Length: 1\r\nContent-Length: 2\r\n"), "400"),
        (get("Host: a.test\r\nContent-Length: +1\r\n"), "400"),
        (get("Host: a.test\r\nTransfer-Encoding: gzip\r\n"), "400"),
        (get("Host : a.test\r\n"), "400"),
        ("GET http://user@a.test/ HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n".into(), "400"),
        ("GET http://a.test/ HTTP/1.1\r\nConnection: close\r\n\r\n".into(), "400"),
        ("GET http://a.test/ HTTP/1.1\r\nHost: b.test\r\nConnection: close\r\n\r\n".into(), "200"),
    ] {
        let answer = answer(&addr, request.as_bytes());
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{request:?}: {answer}");
    }
    // What a proxy in front might take for the body of the first is never answered as a request of its own.
    for framing in
        ["Content-Length: 4\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 4"]
    {
        let inner = "GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n";
        let answer =
            answer(&addr, format!("POST / HTTP/1.1\r\nHost: a.test\r\n{framing}\r\n\r\n0\r\n\r\n{inner}").as_bytes());
        assert!(answer.matches("HTTP/1.1 ").count() <= 1, "{framing}: {answer}");
    }
    assert_eq!(running.terminate(), 0);
}
