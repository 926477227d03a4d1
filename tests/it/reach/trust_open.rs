//! Trust while a folder is open: what is revoked is not built any more, and the user's own edits are remembered.

use std::fs;
use std::path::Path;

use super::stranger::{Hostile, write};
use crate::support::{Running, stderr, stdout};

/// A build script that leaves a file at each of these places.
fn script(places: &[&Path]) -> String {
    let lines: String =
        places.iter().map(|p| format!("    std::fs::write({:?}, \"\").unwrap();\n", p.display())).collect();
    format!("fn main() {{\n{lines}}}\n")
}

/// A trusted folder with a build script, watched by `studio run`.
fn watched(hostile: &Hostile) -> Running {
    crate::support::wasm_target();
    hostile.spring("a build script");
    assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success());
    let mut command = hostile.made.studio(&["run", "--watch", "--json"]);
    let mut running = hostile.made.start_command(command.current_dir(&hostile.root));
    running.wait("the first run", |v| v["reload"]["generation"] == 1);
    running
}

/// Saves the program with another text, and waits for it to run.
fn saved(hostile: &Hostile, running: &mut Running, says: &str) {
    let main = format!("fn main() {{\n    println!({says:?});\n}}\n");
    fs::write(hostile.root.join("src/main.rs"), main).unwrap();
    running.wait("the next run", |v| v["text"] == says);
}

fn list(hostile: &Hostile) -> String {
    stdout(&hostile.as_maker(&["trust", "list"]))
}

#[test]
fn what_is_revoked_while_it_is_open_is_not_built_any_more_and_stays_off_the_list() {
    let hostile = Hostile::new();
    let mut running = watched(&hostile);
    assert!(hostile.as_maker(&["trust", "revoke"]).status.success());
    fs::remove_file(&hostile.sprung).unwrap();
    let another = hostile.made.path("another");
    fs::write(hostile.root.join("build.rs"), script(&[&another])).unwrap();
    let told = running.wait("the problem", |v| v["problems"].to_string().contains("not trusted any more"));
    assert!(told["problems"].to_string().contains("studio trust add"), "{told}");
    assert!(!another.exists() && !hostile.is_sprung(), "nothing was built");
    assert!(
        list(&hostile).starts_with("no folder is trusted"),
        "an open studio gave the trust back: {}",
        list(&hostile)
    );
    assert!(running.is_alive());
    // Allowed again, it is built again.
    assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success());
    saved(&hostile, &mut running, "allowed again");
    assert!(another.exists(), "the trap shows nothing");
}

#[test]
fn the_users_own_edit_of_a_build_script_is_remembered() {
    let hostile = Hostile::new();
    let mut running = watched(&hostile);
    let edited = hostile.made.path("edited");
    fs::write(hostile.root.join("build.rs"), script(&[&edited])).unwrap();
    saved(&hostile, &mut running, "after the edit");
    assert!(edited.exists());
    assert_eq!(running.terminate(), 0);
    let output = hostile.as_maker(&["build"]);
    assert!(output.status.success(), "nobody asks about the user's own edit: {}", stderr(&output));
    // A pull between two sessions is another thing.
    fs::write(hostile.root.join("build.rs"), script(&[&hostile.sprung])).unwrap();
    fs::remove_file(&hostile.sprung).unwrap();
    let pulled = hostile.as_maker(&["build"]);
    assert!(stderr(&pulled).contains("changed: build script: build.rs") && !hostile.is_sprung(), "{}", stderr(&pulled));
}

#[test]
fn trust_of_one_command_line_is_not_remembered_by_its_edits() {
    crate::support::wasm_target();
    let hostile = Hostile::set("a build script");
    let mut command = hostile.user.studio(&["run", "--watch", "--json", "--trust"]);
    let mut running = hostile.user.start_command(command.current_dir(&hostile.root));
    running.wait("the first run", |v| v["reload"]["generation"] == 1);
    fs::write(hostile.root.join("build.rs"), script(&[&hostile.made.path("edited")])).unwrap();
    saved(&hostile, &mut running, "after the edit");
    assert_eq!(running.terminate(), 0);
    assert_eq!(stdout(&hostile.as_user(&["trust", "list"])).trim(), "no folder is trusted");
}

#[test]
fn what_a_command_writes_is_asked_about_only_where_others_wrote_it() {
    crate::support::wasm_target();
    let hostile = Hostile::new();
    let shell = "echo made > made.txt; cp target.txt part.wat";
    let text = format!("[components.part]\ncommand = ['sh', '-c', '{shell}', 'made.txt']\noutput = 'part.wat'\n");
    write(&hostile.root.join("studio.toml"), &text);
    write(&hostile.root.join("target.txt"), "(component)\n");
    assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success());
    for turn in 0..2 {
        let output = hostile.as_maker(&["build"]);
        assert!(output.status.success(), "{turn}: {}", stderr(&output));
    }
    fs::write(hostile.root.join("made.txt"), "by somebody else\n").unwrap();
    let output = hostile.as_maker(&["build"]);
    assert!(stderr(&output).contains("changed: program: made.txt"), "{}", stderr(&output));
}

#[test]
fn what_is_listed_stands_in_rows_of_its_own() {
    let hostile = Hostile::set("a wrapper");
    for verb in [&["build"][..], &["trust", "add"], &["trust", "add", "--yes"]] {
        let text = stderr(&hostile.as_user(verb));
        assert!(!text.contains("^J"), "{verb:?}: {text}");
        assert!(text.lines().any(|l| l.trim_start().starts_with("cargo configuration: .cargo/config.toml")), "{text}");
    }
    let sub = hostile.above().join("sub");
    hostile.spring("a wrapper above");
    let made = stderr(&hostile.user.studio(&["new", "hello"]).arg(&sub).output().unwrap());
    assert!(!made.contains("^J") && made.contains("  help: "), "{made}");
}

/// The first text names a node, and a word that must be in the question.
const PULLED: &[(&str, &[&str])] = &[
    ("[grants.hello]\nfiles = ['/']\n", &["new: what `hello` may do: studio.toml", "hello may read the folder /"]),
    (
        "[grants.hello]\nenv = ['A=1']\ndns = ['x.test']\n",
        &["changed: what `hello` may do: studio.toml", "hello may look up the host name x.test"],
    ),
    (
        "[run.hosts]\n'x.test' = '127.0.0.1:1'\n",
        &["new: what the whole run may do: studio.toml", "\"x.test\" stands for 127.0.0.1:1"],
    ),
    (
        "[run]\naddr = '0.0.0.0:1'\n",
        &["new: what the whole run may do: studio.toml", "HTTP for other machines: 0.0.0.0:1"],
    ),
    ("[run]\nca = 'ca.pem'\n", &["certificates of \"ca.pem\" are trusted"]),
    ("[run.limits]\nmemory = '8 GiB'\n", &["limit memory = 8589934592"]),
];

#[test]
fn a_right_that_was_pulled_is_asked_about() {
    for (text, says) in PULLED {
        let hostile = Hostile::new();
        let settings = hostile.root.join("studio.toml");
        write(&settings, "[grants.hello]\nenv = ['A=1']\n");
        if !says.iter().any(|s| s.starts_with("changed")) {
            write(&settings, "");
        }
        assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success());
        write(&settings, text);
        for verb in [&["run"][..], &["build"], &["trust", "add"]] {
            let output = hostile.as_maker(verb);
            let shown = stderr(&output);
            assert!(!output.status.success() && says.iter().all(|s| shown.contains(s)), "{verb:?} {text}: {shown}");
            assert!(!shown.contains("A=1"), "what was allowed before is not listed again: {shown}");
        }
        // Less than what was allowed asks nothing.
        write(&settings, "");
        assert!(stderr(&hostile.as_maker(&["trust", "add"])).is_empty(), "{text}");
    }
}

#[test]
fn other_certificates_in_the_same_file_are_asked_about() {
    let hostile = Hostile::new();
    write(&hostile.root.join("studio.toml"), "[run]\nca = 'ca.pem'\n");
    write(&hostile.root.join("ca.pem"), "ours\n");
    assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success());
    assert!(stderr(&hostile.as_maker(&["trust", "add"])).is_empty());
    write(&hostile.root.join("ca.pem"), "theirs\n");
    let output = hostile.as_maker(&["run"]);
    let shown = stderr(&output);
    assert!(!output.status.success() && shown.contains("certificates of \"ca.pem\" are trusted"), "{shown}");
}

#[test]
fn what_the_user_grants_is_remembered() {
    let hostile = Hostile::new();
    let mut running = watched(&hostile);
    let settings = hostile.root.join("studio.toml");
    write(&settings, "[grants.hello]\nenv = ['A=1']\n");
    while !list(&hostile).contains("what `hello` may do") {
        assert!(running.is_alive());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(running.terminate(), 0);
    assert!(hostile.as_maker(&["grant", "hello", "env=B=2"]).status.success());
    let output = hostile.as_maker(&["build"]);
    assert!(output.status.success(), "nobody asks about the user's own grants: {}", stderr(&output));
    // The verb remembers nothing where something else waits to be allowed.
    write(&settings, "[grants.hello]\nfiles = ['/']\n");
    assert!(hostile.as_maker(&["grant", "hello", "env=B=2"]).status.success());
    let shown = stderr(&hostile.as_maker(&["build"]));
    assert!(shown.contains("hello may read the folder /"), "{shown}");
}

/// A guest that may write to `scratch` would write what is built, or what is allowed.
#[test]
fn a_link_that_takes_a_files_place_is_asked_about() {
    for (file, says) in [("build.rs", "changed: build script: build.rs"), ("studio.toml", "it is a link to")] {
        let hostile = Hostile::new();
        write(&hostile.root.join("build.rs"), "fn main() {}\n");
        write(&hostile.root.join("studio.toml"), "[grants.project]\nfiles = ['scratch:/scratch:rw']\n");
        fs::create_dir(hostile.root.join("scratch")).unwrap();
        assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success());
        assert!(hostile.as_maker(&["check"]).status.success());
        fs::rename(hostile.root.join(file), hostile.root.join("scratch/moved")).unwrap();
        std::os::unix::fs::symlink("scratch/moved", hostile.root.join(file)).unwrap();
        let output = hostile.as_maker(&["build"]);
        assert!(!output.status.success() && stderr(&output).contains(says), "{file}: {}", stderr(&output));
    }
}

#[test]
fn rights_that_could_not_be_read_are_asked_about_when_they_can_be() {
    let secret = "[grants.project]\nfiles = ['/etc']\n";
    let hostile = Hostile::new();
    let settings = hostile.root.join("studio.toml");
    assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success());
    // Corrected by the verb that grants.
    write(&settings, &format!("{secret}clock = 'reel'\n"));
    assert!(hostile.as_maker(&["grant", "project", "clock=real"]).status.success());
    let output = hostile.as_maker(&["build"]);
    assert!(
        !output.status.success() && stderr(&output).contains("project may read the folder /etc"),
        "{}",
        stderr(&output)
    );
    // Corrected while it is open.
    write(&settings, &format!("<<<<<<< ours\n{secret}"));
    let mut command = hostile.made.studio(&["run", "--watch", "--json"]);
    let mut running = hostile.made.start_command(command.current_dir(&hostile.root));
    running.wait("the broken file", |v| v["problems"].to_string().contains("studio.toml"));
    write(&settings, secret);
    running.wait("the question", |v| v["problems"].to_string().contains("allows more than what was trusted"));
    assert!(!list(&hostile).contains("what `project` may do"), "{}", list(&hostile));
}
