//! The grants of a node, changed in the terminal while its program runs.

use crate::pty::Screen;
use crate::support::Project;
use crate::verbs::get;

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

    screen.press("1g");
    let mut text = screen.wait_for(" may do");
    while !text.contains("What web may do") {
        screen.press("\x1b");
        screen.until("the panel's end", |s| !s.contains(" may do"));
        screen.press("jg");
        text = screen.wait_for(" may do");
    }
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
    assert!(!screen.text().contains("run 2"), "{}", screen.text());

    // Changed, and taken back.
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
