//! What a folder names besides its build scripts: programs by any word, and packages by any path. Each is listed, and
//! another content of it is asked about.

use std::fs;
use std::os::unix::fs::symlink;

use super::stranger::{Hostile, trap, write};
use crate::support::stderr;

/// Makes another program of a file that was allowed, as a pull does: the next verb asks, and runs nothing.
fn pulled(hostile: &Hostile, what: &str, program: &str) {
    trap(&hostile.root.join(program), &hostile.sprung);
    for verb in [&["build"][..], &["run"], &["compose"], &["check"], &["doctor", "--fix"]] {
        let output = hostile.as_maker(verb);
        assert!(!hostile.is_sprung(), "{what}: {verb:?}\n{}", stderr(&output));
    }
    let output = hostile.as_maker(&["build"]);
    assert_eq!(output.status.code(), Some(2), "{what}: {}", stderr(&output));
    let says = format!("changed: program: {program}");
    assert!(stderr(&output).contains(&says), "{what}: {}", stderr(&output));
    assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success());
    let output = hostile.as_maker(&["build"]);
    assert!(hostile.is_sprung(), "{what}: the trap shows nothing\n{}", stderr(&output));
}

/// A trusted folder whose build calls a harmless program, and the same with another program.
fn named(what: &str, program: &str, set: impl Fn(&Hostile)) {
    crate::support::wasm_target();
    let hostile = Hostile::new();
    trap(&hostile.root.join(program), &hostile.made.path("harmless"));
    set(&hostile);
    assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success(), "{what}");
    pulled(&hostile, what, program);
}

#[test]
fn every_word_of_a_build_command_that_names_a_file_is_compared() {
    for (what, command, program) in [
        ("a script of a shell", r#"["sh", "./build.sh"]"#, "build.sh"),
        ("a script by its name", r#"["sh", "tools/build.sh", "x"]"#, "tools/build.sh"),
        ("a script in a script", r#"["sh", "-c", "cd tools && ./build.sh"]"#, "tools/build.sh"),
        ("the program itself", r#"["tools/build.sh"]"#, "tools/build.sh"),
        ("a quoted name", r#"["sh", "-c", "./bui'ld'.sh"]"#, "build.sh"),
        ("a name below a variable", r#"["sh", "-c", "\"$PWD\"/tools/build.sh"]"#, "tools/build.sh"),
        ("a file of variables", r#"["sh", "-c", ". ./build.env"]"#, "build.env"),
    ] {
        named(what, program, |hostile| {
            write(
                &hostile.root.join("studio.toml"),
                &format!("[components.x]\ncommand = {command}\noutput = 'x.wasm'\n"),
            );
        });
    }
}

/// What begins as WebAssembly does is a program like others where a shell is given it; a link is followed as the system
/// does.
#[test]
fn no_content_and_no_link_takes_a_program_off_the_list() {
    for (what, word) in [("WebAssembly", "b.sh"), ("a link", "link/../b.sh")] {
        let hostile = Hostile::new();
        write(
            &hostile.root.join("studio.toml"),
            &format!("[components.x]\ncommand = ['sh', '{word}']\noutput = 'x.wasm'\n"),
        );
        let folder = if what == "a link" { hostile.root.join("deep/er") } else { hostile.root.clone() };
        fs::create_dir_all(hostile.root.join("deep/er/in")).unwrap();
        symlink("deep/er/in", hostile.root.join("link")).unwrap();
        write(&folder.join("b.sh"), "true\n");
        assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success(), "{what}");
        let begin = if what == "a link" { "" } else { "\0asm" };
        write(&folder.join("b.sh"), &format!("{begin}\ntouch '{}'\n", hostile.sprung.display()));
        let output = hostile.as_maker(&["build"]);
        assert!(!hostile.is_sprung(), "{what}: {}", stderr(&output));
        assert!(stderr(&output).contains("changed: program: "), "{what}: {}", stderr(&output));
    }
}

#[test]
fn what_make_reads_is_compared() {
    let hostile = Hostile::new();
    let makefile = |place: &std::path::Path| {
        write(&hostile.root.join("sub/Makefile"), &format!("all:\n\ttouch {}\n", place.display()));
    };
    makefile(&hostile.made.path("harmless"));
    write(&hostile.root.join("studio.toml"), "[components.x]\ncommand = ['make', '-C', 'sub']\noutput = 'x.wasm'\n");
    assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success());
    makefile(&hostile.sprung);
    let output = hostile.as_maker(&["build"]);
    assert!(stderr(&output).contains("changed: program: sub/Makefile"), "{}", stderr(&output));
    assert!(!hostile.is_sprung());
}

#[test]
fn every_program_that_a_configuration_names_is_compared() {
    for (what, text, program) in [
        ("a wrapper", "[build]\nrustc-wrapper = './tools/x.sh'\n", "tools/x.sh"),
        ("a wrapper of the workspace", "[build]\nrustc-workspace-wrapper = 'tools/x.sh'\n", "tools/x.sh"),
        ("a linker in flags", "[build]\nrustflags = ['-C', 'linker=LD']\n", "ld.sh"),
        ("a linker in one flag", "[target.wasm32-wasip2]\nrustflags = '-Clinker=LD'\n", "ld.sh"),
        ("a linker of the host", "[target.HOST]\nlinker = 'tools/x.sh'\n", "tools/x.sh"),
    ] {
        crate::support::wasm_target();
        let hostile = Hostile::new();
        let linker = |sprung: &std::path::Path| {
            trap(&hostile.root.join(program), sprung);
            if text.contains("HOST") || program == "ld.sh" {
                let at = hostile.root.join(program);
                let script = fs::read_to_string(&at).unwrap();
                fs::write(&at, script.replace("exec \"$@\"", "exec cc \"$@\"")).unwrap();
            }
        };
        linker(&hostile.made.path("harmless"));
        let text = text.replace("LD", "./ld.sh").replace("HOST", "'cfg(unix)'");
        write(&hostile.root.join(".cargo/config.toml"), &text);
        if text.contains("cfg(unix)") {
            write(&hostile.root.join("build.rs"), "fn main() {}\n");
        }
        assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success(), "{what}");
        linker(&hostile.sprung);
        let output = hostile.as_maker(&["build"]);
        assert!(!hostile.is_sprung(), "{what}: {}", stderr(&output));
        assert!(stderr(&output).contains(&format!("changed: program: {program}")), "{what}: {}", stderr(&output));
        assert!(hostile.as_maker(&["trust", "add", "--yes"]).status.success());
        let output = hostile.as_maker(&["build"]);
        assert!(hostile.is_sprung(), "{what}: the trap shows nothing\n{}", stderr(&output));
    }
}

/// A package with a build script that springs the trap.
fn package(hostile: &Hostile, folder: &std::path::Path, name: &str, head: &str) {
    write(&folder.join("Cargo.toml"), &format!("{head}\nname = '{name}'\nversion = '0.1.0'\nedition = '2021'\n"));
    write(&folder.join("src/lib.rs"), "");
    write(
        &folder.join("build.rs"),
        &format!("fn main() {{ std::fs::write({:?}, \"\").unwrap(); }}\n", hostile.sprung.display()),
    );
}

fn append(file: &std::path::Path, text: &str) {
    fs::write(file, fs::read_to_string(file).unwrap() + text).unwrap();
}

#[test]
fn a_package_is_listed_whichever_way_a_path_leads_to_it() {
    crate::support::wasm_target();
    for (what, says) in [
        ("a patch's dependency", "new: build script: hidden/build.rs"),
        ("a patch of a configuration", "new: build script: hidden/build.rs"),
        ("a path of a configuration", "new: build script: hidden/build.rs"),
        ("inherited", "new: build script: hidden/build.rs"),
        ("of a target", "new: build script: hidden/build.rs"),
        ("of a build", "new: build script: hidden/build.rs"),
        ("an old manifest", "new: build script: hidden/build.rs"),
        ("behind a link", "new: package from elsewhere: "),
    ] {
        let hostile = Hostile::new();
        let (root, manifest) = (&hostile.root, hostile.root.join("Cargo.toml"));
        let hidden = root.join("hidden");
        package(&hostile, &hidden, "hidden", "[package]");
        match what {
            "a patch's dependency" | "a patch of a configuration" | "a path of a configuration" => {
                // Something of the registry that the template uses already.
                let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap_or_default();
                let plain = root.join("plain");
                write(
                    &plain.join("Cargo.toml"),
                    "[package]\nname = 'bitflags'\nversion = '2.99.0'\nedition = '2021'\n[dependencies]\nhidden = { path = '../hidden' }\n",
                );
                write(&plain.join("src/lib.rs"), "");
                assert!(!lock.contains("name = \"bitflags\""), "the template uses it");
                append(&manifest, "\n[dependencies]\nbitflags = '2'\n");
                let patch = "[patch.crates-io]\nbitflags = { path = 'plain' }\n";
                match what {
                    "a patch's dependency" => append(&manifest, patch),
                    "a patch of a configuration" => write(&root.join(".cargo/config.toml"), patch),
                    _ => write(&root.join(".cargo/config.toml"), "paths = ['plain']\n"),
                }
            }
            "inherited" => {
                append(
                    &manifest,
                    "\n[dependencies]\nhidden.workspace = true\n[workspace.dependencies]\nhidden = { path = 'hidden' }\n",
                );
            }
            "of a target" => append(&manifest, "\n[target.'cfg(all())'.dependencies]\nhidden = { path = 'hidden' }\n"),
            "of a build" => {
                append(&manifest, "\n[build-dependencies]\nhidden = { path = 'hidden' }\n");
                write(&root.join("build.rs"), "fn main() {}\n");
            }
            "an old manifest" => {
                package(&hostile, &hidden, "hidden", "[project]");
                append(&manifest, "\n[dependencies]\nhidden = { path = 'hidden' }\n");
            }
            _ => {
                let outside = hostile.made.path("outside");
                fs::rename(&hidden, &outside).unwrap();
                symlink(&outside, &hidden).unwrap();
                append(&manifest, "\n[dependencies]\nhidden = { path = 'hidden' }\n");
            }
        }
        let output = hostile.as_maker(&["build"]);
        assert!(!hostile.is_sprung(), "{what}: {}", stderr(&output));
        assert!(stderr(&output).contains(says), "{what}: {}", stderr(&output));
    }
}

#[test]
fn more_packages_than_are_followed_are_never_allowed() {
    let hostile = Hostile::new();
    let chain = 1100;
    for n in 0..chain {
        let folder = hostile.root.join(format!("chain/p{n}"));
        let next = if n + 1 < chain {
            format!("[dependencies]\np{} = {{ path = '../p{}' }}\n", n + 1, n + 1)
        } else {
            String::new()
        };
        write(
            &folder.join("Cargo.toml"),
            &format!("[package]\nname = 'p{n}'\nversion = '0.1.0'\nedition = '2021'\n{next}"),
        );
        write(&folder.join("src/lib.rs"), "");
    }
    append(&hostile.root.join("Cargo.toml"), "\n[dependencies]\np0 = { path = 'chain/p0' }\n");
    for verb in [&["build"][..], &["build", "--trust"]] {
        let output = hostile.as_maker(verb);
        assert_eq!(output.status.code(), Some(2), "{verb:?}: {}", stderr(&output));
        assert!(stderr(&output).contains("paths lead to more than"), "{verb:?}: {}", stderr(&output));
    }
    assert!(!hostile.root.join("target").exists());
}

#[test]
fn a_configuration_beside_the_real_place_of_a_workspace_is_listed() {
    crate::support::wasm_target();
    let hostile = Hostile::new();
    // The folder's package names a workspace behind a link; cargo looks upwards from where that really is.
    let elsewhere = hostile.made.path("elsewhere");
    trap(&elsewhere.join("wrap.sh"), &hostile.sprung);
    write(
        &elsewhere.join(".cargo/config.toml"),
        &format!("[build]\nrustc-wrapper = '{}'\n", elsewhere.join("wrap.sh").display()),
    );
    write(&elsewhere.join("ws/Cargo.toml"), &format!("[workspace]\nmembers = ['{}']\n", hostile.root.display()));
    symlink(elsewhere.join("ws"), hostile.root.join("ws")).unwrap();
    let manifest = hostile.root.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("[package]", "[package]\nworkspace = 'ws'").replace("[workspace]", "")).unwrap();
    let output = hostile.as_maker(&["build"]);
    assert!(!hostile.is_sprung(), "{}", stderr(&output));
    assert!(stderr(&output).contains("rustc-wrapper"), "{}", stderr(&output));
}
