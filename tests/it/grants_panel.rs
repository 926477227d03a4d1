//! The grants of a node, changed in the terminal while its program runs.

use std::io::{Read as _, Write as _};

use crate::pty::Screen;
use crate::support::Project;
use crate::verbs::get;

/// Walks down the project's pane to a node, and opens what it may do.
fn open_panel(screen: &mut Screen, node: &str) {
    let wanted = format!("What {node} may do");
    screen.press("1g");
    let mut text = screen.wait_for(" may do");
    while !text.contains(&wanted) {
        screen.press("\x1b");
        screen.until("the panel's end", |s| !s.contains(" may do"));
        screen.press("jg");
        text = screen.wait_for(" may do");
    }
}

#[test]
fn a_grant_given_in_the_panel_reaches_the_program_that_runs() {
    let project = Project::new("http");
    project.edit("web/src/lib.rs", "println!(\"", "println!(\"mode {:?}\", std::env::var(\"MODE\")); println!(\"");
    project.write("studio.toml", "# mine\n");
    let mut screen = Screen::studio(&project, &[".", "--addr", "127.0.0.1:0"], 120, 36);
    let text = screen.wait_for("serving http://");
    let addr: String = text.split("serving http://").nth(1).unwrap().split_whitespace().next().unwrap().into();
    get(&addr, "/one");
    screen.wait_for("mode Err(NotPresent)");

    open_panel(&mut screen, "web");
    screen.until("what it was denied", |s| s.contains("denied  env") && s.contains("the whole environment"));
    screen.press("aenv=MODE=test\r");
    screen.until("the grant", |s| s.contains("may     env=MODE=test"));
    assert_eq!(project.read("studio.toml"), "# mine\n\n[grants.web]\nenv = [\"MODE=test\"]\n");
    // Nothing is built or started anew: the request that comes next sees it.
    while !screen.text().contains("mode Ok(\"test\")") {
        get(&addr, "/two");
        screen.until("the request", |s| s.contains("/two"));
    }
    screen.until("its use", |s| s.contains("used"));
    // What it used and was denied so far is there for others too.
    let used = || String::from_utf8(project.verb(&["grants"]).stdout).unwrap();
    while !used().contains("env=MODE=test: used") {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(used().contains("denied env"), "{}", used());
    // The rule of a run, and not the `save→run 2.06 s` of a slow machine.
    assert!(!screen.text().contains("── run 2"), "{}", screen.text());

    // Changed, and taken back.
    select(&mut screen, "may     env=MODE=test");
    screen.press("\r");
    screen.wait_for("What web may do instead");
    screen.press("\x7f\x7f\x7f\x7flive\r");
    screen.until("the change", |s| s.contains("may     env=MODE=live"));
    screen.press("x");
    screen.until("the end of the grant", |s| !s.contains("may     env"));
    assert!(!project.read("studio.toml").contains("MODE"), "{}", project.read("studio.toml"));
    screen.press("\x1b");
    screen.until("the panel's end", |s| !s.contains(" may do"));
    screen.press("q");
    assert_eq!(screen.end(), 0);
    screen.assert_restored();
}

/// The rows of the panel that is open, without its frame. How often something was asked is the scheduler's business.
fn panel(screen: &str) -> String {
    let from = screen.lines().position(|l| l.contains(" may do ")).unwrap();
    let title = screen.lines().nth(from).unwrap();
    let left = title.chars().position(|c| c == '╭').unwrap();
    let width = title.chars().skip(left).position(|c| c == '╮').unwrap() + 1;
    let cut = |line: &str| line.chars().skip(left).take(width).collect::<String>();
    let rest = screen.lines().skip(from + 1).map(cut).take_while(|l| !l.starts_with('╰'));
    let shown: Vec<String> = rest.map(|l| l.trim_end_matches('│').trim_end().to_owned()).collect();
    let mut text = format!("{}\n{}", cut(title), shown.join("\n"));
    let mut from = 0;
    while let Some(at) = text[from..].find('×').map(|at| from + at) {
        let digits = text[..at].chars().rev().take_while(char::is_ascii_digit).count();
        text.replace_range(at - digits..at, "N");
        from = at - digits + 1 + '×'.len_utf8();
    }
    text
}

/// Selects the row that says this.
fn select(screen: &mut Screen, row: &str) {
    let text = screen.until(row, |s| s.contains(row));
    let is_row = |line: &&str| ["may     ", "denied  "].iter().any(|word| line.contains(word));
    let place = text.lines().filter(is_row).position(|line| line.contains(row)).unwrap();
    screen.press(&"k".repeat(12));
    screen.press(&"j".repeat(place));
}

#[test]
fn the_panel_grants_what_was_denied_and_changes_a_folder_while_the_program_runs() {
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        let project = Project::new("http");
        project.edit(
            "web/src/lib.rs",
            "respond(response_out, greet(&path).as_bytes());",
            "let real = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_740_000_000);
             let clock = std::time::SystemTime::now() > real;
             let write = std::fs::write(\"data/x\", greet(&path)).map_err(|e| e.kind());
             respond(response_out, format!(\"real {clock}, {write:?}\").as_bytes());",
        );
        std::fs::create_dir(project.path("data")).unwrap();
        let mut screen = Screen::studio(&project, &[".", "--addr", "127.0.0.1:0"], columns, rows);
        let text = screen.wait_for("serving http://");
        let addr: String = text.split("serving http://").nth(1).unwrap().split_whitespace().next().unwrap().into();
        // The file is read again in its own time; what it says counts from the next call on.
        let answers = |wanted: &str| {
            let deadline = std::time::Instant::now() + crate::support::PATIENCE;
            loop {
                let said = get(&addr, "/");
                if said.contains(wanted) {
                    return;
                }
                assert!(std::time::Instant::now() < deadline, "{said}, not {wanted}");
            }
        };
        answers("real false, Err(");
        open_panel(&mut screen, "web");
        screen.until("all denials", |s| s.contains("denied  files") && s.contains("denied  clock=real"));
        // The key that the denial names, and nothing to write.
        select(&mut screen, "clock=real");
        screen.press("\r");
        screen.wait_for("may     clock=real");
        answers("real true, Err(");
        screen.press("afiles=data\r");
        screen.wait_for("may     files=data:ro");
        answers("Err(ReadOnlyFilesystem)");
        // Rows are counted once they all stand: what was denied comes a moment after the answer, and comes first.
        screen.wait_for("denied  files=data:rw");
        select(&mut screen, "may     files=data:ro");
        screen.press("\r");
        screen.wait_for("What web may do instead");
        screen.press("\x7f\x7frw\r");
        screen.wait_for("may     files=data:rw");
        answers("real true, Ok(())");
        assert!(project.path("data/x").is_file());
        let text = screen.until("its use", |s| s.contains("files=data:rw  used") && s.contains("next call on."));
        insta::assert_snapshot!(format!("grants_{columns}x{rows}"), panel(&text));
        select(&mut screen, "may     files=data:rw");
        screen.press("x");
        screen.until("the end of the grant", |s| !s.contains("may     files"));
        answers("real true, Err(");
        assert_eq!(project.read("studio.toml"), "[grants.web]\nclock = \"real\"\n");
        screen.press("\x1b");
        screen.until("the panel's end", |s| !s.contains(" may do"));
        assert!(!screen.text().contains("── run 2"), "nothing was built or started anew: {}", screen.text());
        screen.press("q");
        assert_eq!(screen.end(), 0);
        // What was used last is on record.
        let proposed = crate::support::stdout(&project.verb(&["grants", "--propose"]));
        assert!(proposed.contains("[grants.web]") && proposed.contains("files = [\"data:rw\"]"), "{proposed}");
        assert!(proposed.contains("clock = \"real\""), "{proposed}");
    }
}

#[test]
fn the_requests_tab_lists_them_and_shows_the_lines_of_one() {
    for (columns, rows) in [(80, 24), (120, 36)] {
        let project = Project::new("http");
        let mut screen = Screen::studio(&project, &[".", "--addr", "127.0.0.1:0"], columns, rows);
        let text = screen.wait_for("serving http://");
        let addr: String = text.split("serving http://").nth(1).unwrap().split_whitespace().next().unwrap().into();
        get(&addr, "/one");
        let mut stream = std::net::TcpStream::connect(&addr).unwrap();
        write!(stream, "POST /two?x=1 HTTP/1.1\r\nHost: {addr}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .unwrap();
        stream.read_to_string(&mut String::new()).unwrap();
        screen.press("Q");
        let text = screen.until("both requests", |s| s.contains("GET  /one") && s.contains("POST /two?x=1"));
        let row = |path: &str| text.lines().position(|l| l.contains(path)).unwrap();
        assert!(row("POST /two?x=1") < row("GET  /one"), "newest first: {text}");
        let said = text.lines().find(|l| l.contains("GET  /one")).unwrap();
        assert!(said.contains(" 200 ") && said.contains(" ms ") && said.contains("run 1"), "{said}");
        // The one before, and its lines alone.
        screen.press("j");
        screen.until("its lines", |s| s.contains("GET /one"));
        screen.press("\r");
        let text = screen.wait_for("filter request:1");
        assert!(text.contains("GET /one") && !text.contains("POST /two"), "{text}");
        screen.press("\x1b");
        screen.until("all lines", |s| s.contains("POST /two?x=1") && !s.contains("filter request"));
        screen.press("q");
        assert_eq!(screen.end(), 0);
    }
}
