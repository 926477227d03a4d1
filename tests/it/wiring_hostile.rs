//! The verbs that edit, on projects in every bad state: one sentence that names the thing and the next step, and a file
//! that is the same to the byte.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::support::{PATIENCE, Project, stderr, stdout};

const IMPORT: &str = "core-logic.cyber:core/log-handler";
const EXPORT: &str = "logger.cyber:core/log-handler";

/// Every verb that looks at ports, as people type them.
const ASKING: [&[&str]; 8] = [
    &["wire", "core-logic.log-handler", "logger.log-handler"],
    &["wire", IMPORT, EXPORT],
    &["wire", "core-logic[\"cyber:core/log-handler\"]", EXPORT],
    &["explain", "core-logic.log-handler"],
    &["explain", IMPORT, EXPORT],
    &["explain", IMPORT, "--apply", "1"],
    &["auto-wire"],
    &["auto-wire", "--dry-run"],
];

/// And those that look at names.
const NAMING: [&[&str]; 5] = [
    &["add", "logger", "--name", "audit"],
    &["rename", "logger", "audit"],
    &["expose", "logger.log-handler"],
    &["hide", "run"],
    &["remove", "logger"],
];

/// What a verb says that refuses, in one line; the file stays.
fn refused(project: &Project, args: &[&str]) -> String {
    let bytes = || std::fs::read(project.path("neon.wac")).ok();
    let before = bytes();
    let output = project.verb(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {}{}", stdout(&output), stderr(&output));
    let said = stderr(&output);
    assert_eq!(said.lines().count(), 1, "{args:?}: one sentence: {said}");
    assert_eq!(bytes(), before, "{args:?} changed the file");
    for leak in ["ResourceId", "byte offset", "index ", "Some(", "panicked"] {
        assert!(!said.contains(leak), "{args:?}: {said}");
    }
    let (told, code) = project.json(&[args, &["--json"]].concat());
    assert_eq!((code, &told["ok"]), (1, &false.into()), "{args:?}: {told}");
    assert_eq!(bytes(), before, "{args:?} --json changed the file");
    said.trim().to_owned()
}

#[test]
fn a_provider_with_broken_wit_is_named_with_its_line() {
    let project = Project::new("neon");
    project.edit("logger/wit/logger.wit", "msg: string", "msg: strin");
    for args in ASKING {
        let said = refused(&project, args);
        let told = "what `logger` imports and exports is not known yet: logger/wit/logger.wit:12:20: \
                    there is no type `strin` here; fix that first";
        assert!(said.ends_with(told), "{args:?}: {said}");
    }
    // What needs no ports is made all the same.
    assert!(project.verb(&["cut", IMPORT]).status.success());
    assert!(project.read("neon.wac").contains("...\n"), "{}", project.read("neon.wac"));
}

#[test]
fn a_consumer_with_broken_wit_is_named_and_nothing_is_said_of_its_imports() {
    let project = Project::new("neon");
    project.edit("core-logic/wit/world.wit", "package", "pakage");
    for args in ASKING {
        let said = refused(&project, args);
        assert!(said.contains("what `core-logic` imports and exports is not known yet"), "{args:?}: {said}");
        assert!(said.contains("core-logic/wit/world.wit:1:1: ") && said.ends_with("; fix that first"), "{said}");
        assert!(!said.contains("imports no") && !said.contains("open:"), "{args:?}: {said}");
    }
}

#[test]
fn a_package_that_nobody_has_is_told_where_it_is_named() {
    let project = Project::new("neon");
    std::fs::remove_dir_all(project.path("logger")).unwrap();
    project.edit("Cargo.toml", ", \"logger\"", "");
    for args in ASKING.iter().copied().chain([NAMING[2]]) {
        let said = refused(&project, args);
        assert!(said.contains("neon.wac:4:18: no component of this project is `cyber:core`"), "{args:?}: {said}");
        assert!(said.contains("correct the name, or add a component whose WIT package it is"), "{args:?}: {said}");
    }
    assert_eq!(refused(&project, NAMING[0]), "refused: the project has no component `logger`; it has `core-logic`");
}

#[test]
fn text_that_does_not_parse_is_told_with_its_line_by_every_verb() {
    let project = Project::new("neon");
    let good = project.read("neon.wac");
    let marked = format!("\u{feff}{good}");
    let broken = good.replace("let core-logic =", "let core-logic");
    for (text, told) in [
        (broken.as_str(), "neon.wac:7:16: expected `=`, found `new` keyword; fix that first"),
        (&marked, "neon.wac:1:1: a byte order mark stands before the text, which WAC does not take; save the file as"),
        ("", "neon.wac:1:1: expected `package` keyword, found end of input; a composition begins with its own name"),
    ] {
        project.write("neon.wac", text);
        for args in ASKING.iter().chain(&NAMING) {
            let said = refused(&project, args);
            assert!(said.starts_with("refused: the text does not parse: ") && said.contains(told), "{args:?}: {said}");
        }
    }
}

#[test]
fn a_file_that_is_no_text_stays_and_is_the_projects_composition() {
    let project = Project::new("neon");
    project.write("neon.wac", b"package a:b; // \xff\xfe\n");
    for args in ASKING.iter().chain(&NAMING) {
        let output = project.verb(args);
        assert_ne!(output.status.code(), Some(0), "{args:?}");
        assert!(stderr(&output).contains("cannot read `neon.wac`; save it as UTF-8 text"), "{}", stderr(&output));
    }
    let there = std::fs::read_dir(&project.dir).unwrap().map(|e| e.unwrap().path());
    let compositions = there.filter(|f| f.extension().is_some_and(|e| e == "wac")).count();
    assert_eq!(compositions, 1, "no second composition is made beside it");
    let (told, code) = project.json(&["check", "--json"]);
    assert_eq!((code, &told["problems"][0]["file"]), (1, &"neon.wac".into()), "{told}");
}

#[cfg(unix)]
#[test]
fn a_read_only_file_stays_and_a_link_stays_a_link() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::new("neon");
    let before = project.read("neon.wac");
    let mode = |mode| std::fs::set_permissions(project.path("neon.wac"), PermissionsExt::from_mode(mode)).unwrap();
    mode(0o444);
    let output = project.verb(&["cut", IMPORT]);
    assert_ne!(output.status.code(), Some(0));
    assert!(
        stderr(&output).contains("cannot write `neon.wac`: it is read-only; make it writable first"),
        "{}",
        stderr(&output)
    );
    assert_eq!(project.read("neon.wac"), before);
    mode(0o644);

    project.write("kept/elsewhere.txt", &before);
    std::fs::remove_file(project.path("neon.wac")).unwrap();
    std::os::unix::fs::symlink("kept/elsewhere.txt", project.path("neon.wac")).unwrap();
    assert!(project.verb(&["cut", IMPORT]).status.success());
    assert!(project.path("neon.wac").symlink_metadata().unwrap().is_symlink());
    assert_ne!(project.read("kept/elsewhere.txt"), before);
    assert!(project.verb(&["wire", IMPORT, EXPORT]).status.success());
    assert_eq!(project.read("kept/elsewhere.txt"), before);
}

#[test]
fn every_way_to_write_a_file_is_kept_by_every_verb() {
    let project = Project::new("neon");
    let good = project.read("neon.wac");
    let long = format!("{good}{}", "// one line more\n".repeat(10_000));
    for text in [good.replace('\n', "\r\n"), good.replace("    ", "\t"), long] {
        project.write("neon.wac", &text);
        for (there, back) in [
            (&["cut", IMPORT][..], &["wire", IMPORT, EXPORT][..]),
            (&["rename", "logger", "audit"], &["rename", "audit", "logger"]),
            (&["expose", "logger.log-handler"], &["hide", "cyber:core/log-handler"]),
            (&["add", "logger", "--name", "audit"], &["remove", "audit"]),
            (&["cut", "core-logic[\"cyber:core/log-handler\"]"], &["auto-wire"]),
        ] {
            for args in [there, back] {
                let output = project.verb(args);
                assert!(output.status.success(), "{args:?}: {}", stderr(&output));
                let now = project.read("neon.wac");
                let lines = now.matches('\n').count();
                assert!(!text.contains('\r') || now.matches("\r\n").count() == lines, "{args:?}: {now:?}");
            }
            assert_eq!(project.read("neon.wac"), text, "{there:?}, {back:?}");
        }
    }
}

#[test]
fn many_instances_of_one_component_take_no_longer_each() {
    let project = Project::new("neon");
    let (head, tail) =
        project.read("neon.wac").split_once("export").map(|(h, t)| (h.to_owned(), t.to_owned())).unwrap();
    let more: String = (0..1_000).map(|n| format!("let logger-x{n} = new cyber:core {{ ... }};\n")).collect();
    project.write("neon.wac", format!("{head}{more}export{tail}"));
    // Each of them leaves all of WASI open; comparing each with each took minutes.
    let (done, ended) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| done.send(project.verb(&["wire", IMPORT, "logger-x999.log-handler"])).unwrap());
        let output = ended.recv_timeout(PATIENCE).unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
    });
    assert!(project.read("neon.wac").contains("log-handler: logger-x999.log-handler"));
}

/// A component of text, with every import and export of one shape.
pub fn part(imports: &[impl AsRef<str>], export: &str) -> String {
    let import = |(n, i): (usize, &_)| {
        let i = AsRef::<str>::as_ref(i);
        format!("(import \"{i}\" (instance $in{n} (export \"get\" (func (param \"key\" u32) (result u32)))))\n")
    };
    let imports: String = imports.iter().enumerate().map(import).collect();
    format!(
        "(component\n{imports}\n(core module $m (func (export \"get\") (param i32) (result i32) local.get 0))\n\
         (core instance $i (instantiate $m))\n\
         (func $get (param \"key\" u32) (result u32) (canon lift (core func $i \"get\")))\n\
         (instance $out (export \"get\" (func $get)))\n\
         (export \"{export}\" (instance $out)))\n"
    )
}

#[test]
fn what_cannot_be_is_refused_with_what_was_meant() {
    let project = Project::empty();
    project.write("core.wat", part(&["cyber:core/log-handler@0.2.1"], "cyber:core/run@0.2.1"));
    project.write("older.wat", part(&[""; 0], "cyber:core/log-handler@0.2.0"));
    project.write("newer.wat", part(&[""; 0], "cyber:core/log-handler@0.2.3"));
    project.write("next.wat", part(&[""; 0], "cyber:core/log-handler@0.3.0"));
    project.write("ring.wat", part(&["shop:x/ring@1.0.0"], "shop:x/ring@1.0.0"));
    let text = "package t:t;\n\nlet core = new local:core { ... };\nlet older = new local:older { ... };\n\
                let next = new local:next { ... };\nlet %let = new local:ring { ... };\n\
                let b = new local:ring { \"shop:x/ring@1.0.0\": %let[\"shop:x/ring@1.0.0\"] };\n\n\
                export core[\"cyber:core/run@0.2.1\"] as \"out\";\n";
    project.write("neon.wac", text);
    let import = "core.cyber:core/log-handler@0.2.1";
    for (args, told) in [
        (&["wire", import, "older.log-handler"][..], "0.2.0 is older than the 0.2.1 that is wanted; `studio explain"),
        (&["wire", import, "next.cyber:core/log-handler@0.3.0"], "0.3.0 promises nothing to 0.2.1; `studio explain"),
        (&["wire", import, "newer.log-handler"], "`newer` is not in this composition"),
        (&["wire", import, "newer.log-handler"], "`studio add newer` adds it"),
        (&["wire", "core.log-handlr", "next.log-handler"], "did you mean `cyber:core/log-handler@0.2.1`?"),
        (
            &["wire", "core.cyber:core/log-handler@0.2.2", "next.log-handler"],
            "does not import `cyber:core/log-handler@0.2.2`",
        ),
        (&["wire", "cor.log-handler", "next.log-handler"], "`cor.log-handler` does not begin with a node"),
        (&["wire", "cor.log-handler", "next.log-handler"], "did you mean `core`?"),
        (&["wire", "let.ring", "let.ring"], "`let` cannot be wired to itself; add one more instance"),
        (&["wire", "let.ring", "b[\"shop:x/ring@1.0.0\"]"], "this would make a cycle: let → b → let; "),
        (&["wire", "core", "next"], "`core` has no port: write NODE.PORT"),
        (&["wire", "", ""], "`` has no port: write NODE.PORT"),
        (&["cut", import], "nothing is wired to `cyber:core/log-handler@0.2.1` of `core`"),
        (&["explain", "core.run"], "`core` does not import `run`; it imports `cyber:core/log-handler@0.2.1`"),
        (&["add", "rign"], "the project has no component `rign`; did you mean `ring`?"),
        (&["add", "ring", "--name", "b"], "`b` is taken; choose another name"),
        (&["add", "ring", "--name", "x y"], "`x y` is not a valid node name: use words"),
        (&["rename", "b", "let"], "`let` is taken; choose another name"),
        (&["rename", "bb", "c"], "no node is called `bb`; did you mean `b`?"),
        (&["remove", "older-one"], "no node is called `older-one`; it has `core`, `older`"),
        (&["remove", "newer"], "`newer` is not in this composition"),
        (&["expose", "core.run", "--as", "out"], "the composition already exports `cyber:core/run@0.2.1` of `core`"),
        (&["expose", "b.ring", "--as", "A b"], "`A b` is not a valid export name"),
        (&["hide", "outt"], "the composition does not export `outt`; did you mean `out`?"),
        (&["hide", "ring"], "the composition does not export `ring`; it exports `out`"),
    ] {
        let said = refused(&project, args);
        assert!(said.starts_with("refused: ") && said.contains(told), "{args:?}\n  wanted {told}\n  found  {said}");
    }
    assert_eq!(project.read("neon.wac"), text);
    project.write("studio.toml", "composition = \"other.wac\"\n");
    let output = project.verb(&["add", "newer"]);
    assert_ne!(output.status.code(), Some(0));
    let told = "cannot tell which composition to edit: studio.toml:1:15: There is no composition other.wac";
    assert!(stderr(&output).contains(told), "{}", stderr(&output));
    assert_eq!(project.read("neon.wac"), text);
}
