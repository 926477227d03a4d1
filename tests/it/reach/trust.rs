//! Nothing of a folder runs that its user did not allow, and what was allowed is what was listed: the verbs.
//!
//! Every trap leaves a file when it runs; that it would is shown by allowing it at the end.

use std::fs;
use std::process::Stdio;

use super::stranger::{Hostile, trap, write};
use crate::support::{Project, stderr, stdout};

const TRAPS: [&str; 14] = [
    "a wrapper",
    "a wrapper by the old name",
    "a workspace wrapper",
    "a wrapper of the folder",
    "a wrapper above",
    "a linker",
    "a compiler",
    "a build script",
    "a named build script",
    "a toolchain",
    "a toolchain above",
    "a toolchain by the old name",
    "a command",
    "a dependency outside",
];

const VERBS: [&[&str]; 16] = [
    &["build"],
    &["build", "--release"],
    &["compose"],
    &["run"],
    &["check"],
    &["graph"],
    &["grants"],
    &["explain"],
    &["screen"],
    &["auto-wire"],
    &["new", "hello", "."],
    &["doctor"],
    &["doctor", "--fix"],
    &["demo", "."],
    &["trust", "list"],
    &["trust", "add"],
];

/// Every verb, in every kind of folder that nobody trusts; then the same trap, allowed.
fn no_verb_springs(kind: &str) {
    let hostile = Hostile::set(kind);
    for verb in VERBS {
        let output = hostile.as_user(verb);
        assert!(!hostile.is_sprung(), "{kind}: {verb:?}\n{}", stderr(&output));
    }
    let refused = stderr(&hostile.as_user(&["build"]));
    assert!(refused.contains("--trust") && refused.contains("studio trust add"), "{kind}: {refused}");
    let output = hostile.as_user(&["build", "--trust"]);
    assert!(hostile.is_sprung(), "{kind}: the trap shows nothing\n{refused}\n{}", stderr(&output));
}

/// What is set in a trusted folder is asked about with the difference, and runs once it is allowed.
fn asked_again(kind: &str, says: &str) {
    let hostile = Hostile::new();
    hostile.spring(kind);
    for verb in [&["build"][..], &["run"], &["compose"], &["check"], &["doctor"]] {
        let output = hostile.as_maker(verb);
        assert!(!hostile.is_sprung(), "{kind}: {verb:?}\n{}", stderr(&output));
    }
    let output = hostile.as_maker(&["build"]);
    assert_eq!(output.status.code(), Some(2), "{kind}: {}", stderr(&output));
    assert!(stderr(&output).contains(says), "{kind}: {}", stderr(&output));
    let added = hostile.as_maker(&["trust", "add", "--yes"]);
    assert!(added.status.success(), "{kind}: {}", stderr(&added));
    assert!(!hostile.is_sprung(), "{kind}: allowing is not running");
    hostile.as_maker(&["build"]);
    assert!(hostile.is_sprung(), "{kind}: the trap shows nothing");
}

#[test]
fn no_verb_runs_anything_of_an_untrusted_folder() {
    for kind in TRAPS {
        no_verb_springs(kind);
    }
}

#[test]
fn what_is_new_in_a_trusted_folder_is_asked_about_first() {
    crate::support::wasm_target();
    for (kind, says) in [
        ("a wrapper", "new: cargo configuration: .cargo/config.toml"),
        ("a wrapper above", "above/.cargo/config.toml"),
        ("a linker", "linker = "),
        ("a toolchain", "new: toolchain: rust-toolchain.toml"),
        ("a toolchain above", "above/rust-toolchain.toml"),
        ("a build script", "new: build script: build.rs"),
        ("a named build script", "new: build script: b/x.rs"),
        ("a command", "new: build command `x`: studio.toml"),
        ("a dependency outside", "new: package from elsewhere: "),
    ] {
        asked_again(kind, says);
    }
}

#[test]
fn what_changed_since_is_asked_about_and_ordinary_edits_are_not() {
    let hostile = Hostile::set("a build script");
    let add = || assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success());
    add();
    let built = |what: &str| {
        let output = hostile.as_maker(&["build"]);
        assert!(output.status.success(), "{what}: {}", stderr(&output));
    };
    let refused = |what: &str, says: &str| {
        fs::remove_file(&hostile.sprung).unwrap();
        let output = hostile.as_maker(&["build"]);
        assert_eq!(output.status.code(), Some(2), "{what}: {}", stderr(&output));
        assert!(stderr(&output).contains(says), "{what}: {}", stderr(&output));
        assert!(!hostile.is_sprung(), "{what}");
        add();
    };
    built("as it was allowed");
    let main = hostile.root.join("src/main.rs");
    fs::write(&main, fs::read_to_string(&main).unwrap() + "\n// edited\n").unwrap();
    built("a source edited");
    let manifest = hostile.root.join("Cargo.toml");
    fs::write(&manifest, fs::read_to_string(&manifest).unwrap() + "\n[features]\nx = []\n").unwrap();
    built("a manifest edited");

    let script = hostile.root.join("build.rs");
    let text = fs::read_to_string(&script).unwrap();
    fs::write(&script, format!("{text}// pulled\n")).unwrap();
    refused("a script pulled", "changed: build script: build.rs");
    built("allowed again");
    write(&hostile.root.join("studio.toml"), "[grants.hello]\nclock = true\n");
    let granted = hostile.as_maker(&["build"]);
    assert!(!stderr(&granted).contains("not trusted"), "grants are the sandbox's: {}", stderr(&granted));
}

#[test]
fn a_program_that_a_configuration_names_is_compared_on_opening() {
    let hostile = Hostile::set("a wrapper of the folder");
    assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success());
    trap(&hostile.root.join("tools/wrap.sh"), &hostile.made.path("another"));
    let output = hostile.as_maker(&["build"]);
    assert!(stderr(&output).contains("changed: program: tools/wrap.sh"), "{}", stderr(&output));
    assert!(!hostile.is_sprung() && !hostile.made.path("another").exists());
}

#[test]
fn new_below_a_configuration_says_so_and_asks() {
    for kind in ["a wrapper above", "a toolchain above"] {
        let hostile = Hostile::set(kind);
        let sub = hostile.above().join("sub");
        let output = hostile.user.studio(&["new", "hello"]).arg(&sub).output().unwrap();
        assert!(output.status.success() && stderr(&output).contains("not trusted"), "{kind}: {}", stderr(&output));
        let built = hostile.user.studio(&["build"]).arg(&sub).output().unwrap();
        assert_eq!(built.status.code(), Some(2), "{kind}: {}", stderr(&built));
        // And the demo, which looks for the toolchain and installs the target.
        let demo = hostile.user.studio(&["demo"]).current_dir(hostile.above()).output().unwrap();
        assert_eq!(demo.status.code(), Some(2), "{kind}: {}", stderr(&demo));
        assert!(!hostile.is_sprung(), "{kind}");
    }
    // Without one, what was made is trusted.
    let user = Project::empty();
    let made = user.path("made");
    assert!(user.studio(&["new", "hello"]).arg(&made).output().unwrap().status.success());
    assert!(user.studio(&["build"]).arg(&made).output().unwrap().status.success());
}

#[test]
fn a_workspace_above_is_not_of_what_was_made() {
    let user = Project::empty();
    write(&user.path("Cargo.toml"), "[workspace]\nmembers = ['sub']\n");
    let sub = user.path("sub");
    fs::create_dir(&sub).unwrap();
    assert!(user.studio(&["new", "hello"]).arg(&sub).output().unwrap().status.success());
    // The template's own workspace ends the search upwards; a package without one would be built from above.
    let manifest = sub.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("[workspace]", "").replace("[profile.release]", "[package.metadata.x]")).unwrap();
    let output = user.studio(&["build"]).arg(&sub).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("a workspace outside this folder"), "{}", stderr(&output));
}

#[test]
fn a_demo_that_was_there_is_a_strangers() {
    let hostile = Hostile::set("a wrapper");
    let there = hostile.above().join("studio-demo");
    fs::rename(&hostile.root, &there).unwrap();
    write(&there.join("neon.wac"), "package a:b;\n");
    let output = hostile.user.studio(&["demo"]).current_dir(hostile.above()).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("is not trusted") && stderr(&output).contains("rustc-wrapper"),
        "{}",
        stderr(&output)
    );
    assert!(!hostile.is_sprung() && !there.join("target").exists());
    let list = hostile.user.studio(&["trust", "list"]).output().unwrap();
    assert_eq!(stdout(&list).trim(), "no folder is trusted");
}

#[test]
fn nothing_is_made_behind_a_link() {
    let hostile = Hostile::new();
    let (above, behind) = (hostile.above(), hostile.made.path("behind"));
    fs::create_dir(&behind).unwrap();
    for (name, to) in [("studio-demo", behind.clone()), ("dangling", hostile.made.path("nothing"))] {
        std::os::unix::fs::symlink(&to, above.join(name)).unwrap();
        for verb in [&["demo", name][..], &["new", "hello", name], &["new", "hello", &format!("{name}/")]] {
            let output = hostile.user.studio(verb).current_dir(&above).stdin(Stdio::null()).output().unwrap();
            let shown = stderr(&output);
            assert!(!output.status.success() && shown.contains("is a link to"), "{verb:?}: {shown}");
        }
        assert!(fs::read_dir(&to).map_or(true, |mut entries| entries.next().is_none()), "{name} was written behind");
    }
    assert_eq!(stdout(&hostile.as_user(&["trust", "list"])).trim(), "no folder is trusted");
}

#[test]
fn another_folder_at_the_path_is_not_trusted() {
    let hostile = Hostile::new();
    let swapped = hostile.above().join("swapped");
    fs::rename(&hostile.root, &swapped).unwrap();
    // The same files, so that nothing but the folder itself differs.
    let copied = std::process::Command::new("cp").arg("-r").arg(&swapped).arg(&hostile.root).status().unwrap();
    assert!(copied.success());
    let output = hostile.as_maker(&["build"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let list = hostile.as_maker(&["trust", "list", "--json"]);
    assert!(stdout(&list).contains("\"standing\":\"replaced\""), "{}", stdout(&list));
    fs::remove_dir_all(&hostile.root).unwrap();
    fs::rename(&swapped, &hostile.root).unwrap();
    assert!(hostile.as_maker(&["build"]).status.success(), "the very folder, back again");
}

#[test]
fn a_checkout_below_a_trusted_folder_is_asked_about() {
    crate::support::wasm_target();
    let hostile = Hostile::new();
    let outer = hostile.root.clone();
    assert!(hostile.as_maker(&["build"]).status.success());
    // A clone is vendored into it, with a build script.
    let clone = outer.join("vendor/clone");
    fs::create_dir_all(clone.join("src")).unwrap();
    write(&clone.join(".git/HEAD"), "ref: refs/heads/main\n");
    let name = "[package]\nname = 'clone'\nedition = '2021'\nversion = '0.1.0'\n[workspace]\n";
    write(&clone.join("Cargo.toml"), name);
    write(&clone.join("src/main.rs"), "fn main() {}\n");
    let script = format!("fn main() {{ std::fs::write({:?}, \"\").unwrap(); }}\n", hostile.sprung.display());
    write(&clone.join("build.rs"), &script);
    for (what, path) in [("the clone itself", &clone), ("the folder around it", &outer)] {
        let output = hostile.made.studio(&["build"]).arg(path).output().unwrap();
        assert!(!hostile.is_sprung(), "{what}: {}", stderr(&output));
    }
    let inner = hostile.made.studio(&["build"]).arg(&clone).output().unwrap();
    assert_eq!(inner.status.code(), Some(2), "{}", stderr(&inner));
    assert!(hostile.made.studio(&["build", "--trust"]).arg(&clone).output().unwrap().status.success());
    assert!(hostile.is_sprung(), "the trap shows nothing");
}

#[test]
fn configurations_that_are_no_files_hold_nothing_up_and_are_never_allowed() {
    let hostile = Hostile::new();
    fs::create_dir(hostile.root.join(".cargo")).unwrap();
    let fifo = hostile.root.join(".cargo/config.toml");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    for verb in [&["build"][..], &["build", "--trust"], &["check"], &["trust", "list"]] {
        let output = hostile.as_maker(verb);
        assert!(!hostile.root.join("target").exists(), "{verb:?}: {}", stderr(&output));
    }
    assert!(stderr(&hostile.as_maker(&["build", "--trust"])).contains("not a regular file"));
}

#[test]
fn names_of_a_strangers_folder_move_no_cursor() {
    let hostile = Hostile::new();
    let text = "[build]\nrustc-wrapper = \"x\\u001b[2J\\u001b]0;title\\u0007\"\n";
    write(&hostile.root.join(".cargo/config.toml"), text);
    let output = hostile.as_user(&["build"]);
    assert!(stderr(&output).contains("rustc-wrapper"), "{}", stderr(&output));
    assert!(!output.stderr.contains(&0x1b) && !output.stderr.contains(&7));
}

#[test]
fn thirty_at_once_are_all_remembered() {
    let user = Project::empty();
    let mut children: Vec<_> = (0..30)
        .map(|n| {
            let mut command = user.studio(&["new", "blank"]);
            command.arg(user.path(&format!("p{n}"))).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    let (list, code) = user.json(&["trust", "list", "--json"]);
    assert_eq!((list["folders"].as_array().unwrap().len(), code), (30, 0));
}

#[test]
fn trust_is_listed_added_and_revoked() {
    let hostile = Hostile::set("a wrapper");
    let asked = hostile.as_user(&["trust", "add"]);
    assert!(!asked.status.success() && stderr(&asked).contains("add --yes"), "{}", stderr(&asked));
    assert!(stderr(&asked).contains("rustc-wrapper"), "it shows what would run: {}", stderr(&asked));
    assert_eq!(stdout(&hostile.as_user(&["trust", "list"])).trim(), "no folder is trusted");
    let added = hostile.as_user(&["trust", "add", "--yes", "--json"]);
    assert!(stdout(&added).contains("\"trusted\":true"), "{}", stdout(&added));
    let list = stdout(&hostile.as_user(&["trust", "list"]));
    assert!(list.contains("above/project") && list.contains("cargo configuration: .cargo/config.toml"), "{list}");
    assert!(stdout(&hostile.as_user(&["trust", "revoke", "--json"])).contains("above/project"));
    assert_eq!(hostile.as_user(&["trust", "revoke"]).status.code(), Some(1), "there is nothing to revoke");
    assert_eq!(hostile.as_user(&["build"]).status.code(), Some(2));
    assert!(!hostile.is_sprung());
}

#[test]
fn a_run_that_watches_does_not_build_what_nobody_allowed() {
    crate::support::wasm_target();
    for (kind, says) in [("a wrapper", ".cargo/config.toml"), ("a wrapper above", "above/.cargo/config.toml")] {
        let hostile = Hostile::new();
        let mut command = hostile.made.studio(&["run", "--watch", "--json"]);
        let mut running = hostile.made.start_command(command.current_dir(&hostile.root));
        running.wait("the first run", |v| v["reload"]["generation"] == 1);
        hostile.spring(kind);
        let main = hostile.root.join("src/main.rs");
        let text = fs::read_to_string(&main).unwrap();
        fs::write(&main, format!("{text}// one\n")).unwrap();
        let told = running.wait("the problem", |v| v["problems"].to_string().contains("not what was trusted"));
        assert!(told["problems"].to_string().contains("studio trust add"), "{kind}: {told}");
        let problem = told["problems"].to_string();
        assert!(problem.contains(says), "{kind}: {problem}");
        assert!(!hostile.is_sprung(), "{kind}");
        assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success());
        fs::write(&main, text.replace("fn main() {", "fn main() {\n    println!(\"allowed now\");")).unwrap();
        running.wait("the next run", |v| v["text"] == "allowed now");
        assert!(hostile.is_sprung(), "{kind}: the trap shows nothing");
    }
}

#[test]
fn programs_are_not_looked_for_in_the_folder() {
    crate::support::wasm_target();
    let hostile = Hostile::new();
    for name in ["cargo", "rustc", "rustup", "vi", "wl-copy", "xclip"] {
        trap(&hostile.root.join(name), &hostile.sprung);
    }
    let path = std::env::var("PATH").unwrap();
    for path in [format!(".:{path}"), format!(":{path}")] {
        for verb in [&["build"][..], &["build", "--trust"], &["doctor"], &["doctor", "--fix"], &["run"], &["demo", "x"]]
        {
            let mut command = hostile.made.studio(verb);
            let output = command.env("PATH", &path).current_dir(&hostile.root).stdin(Stdio::null()).output().unwrap();
            assert!(!hostile.is_sprung(), "{verb:?}: {}", stderr(&output));
            let _ = fs::remove_dir_all(hostile.root.join("x"));
        }
    }
}

/// Wasmtime cleans its cache of whatever it does not know: with caches and state in one place, that was the list.
#[test]
fn the_list_outlives_a_cache_in_the_same_place() {
    let project = crate::support::Project::new("hello");
    let here = |args: &[&str]| {
        let mut command = project.studio(args);
        let output = command.current_dir(&project.dir).env("XDG_CACHE_HOME", project.state()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    here(&["run", "."]);
    assert!(project.state().join("studio/compiled").is_dir());
    assert!(here(&["trust", "list"]).contains(&*project.dir.to_string_lossy()));
}
