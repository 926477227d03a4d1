//! What a guest reaches beyond its grants: nothing. Every row is tried by a real guest; what it must not change is looked
//! at from outside.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use studio::grants::{Kind, Ledger};

use crate::attacks::everything;
use crate::grants::{Probe, denials, grants};
use crate::support::{Project, stderr, stdout};

/// Keeps a ledger where `studio grants` finds it.
fn keep(project: &Project, ledger: &Ledger) {
    let folder = project.state().join("studio/ledgers");
    std::fs::create_dir_all(&folder).unwrap();
    let rows: Vec<_> = ledger.rows().collect();
    let file = folder.join(format!("{}.json", studio::folders::name_of(&project.dir)));
    std::fs::write(file, serde_json::to_vec(&rows).unwrap()).unwrap();
}

pub(super) fn make(root: &Path, folders: &[&str], files: &[(&str, &str)]) {
    for folder in folders {
        std::fs::create_dir_all(root.join(folder)).unwrap();
    }
    for (file, text) in files {
        std::fs::write(root.join(file), text).unwrap();
    }
}

/// A name that a guest looks up holds a line of TOML.
#[tokio::test]
async fn no_name_that_a_guest_looks_up_becomes_a_line_of_a_proposal() {
    let project = Project::empty();
    project.write("studio.toml", "");
    let mut probe = Probe::new(&project.dir);
    let name = "two: dns x\n[grants.evil]\nclock=\"real\"";
    let (_, ledger) = probe.run(&grants(&[("caller", "dns=*")]), &[name]).await;
    let (_, denied) = probe.run(&grants(&[]), &[name]).await;
    for ledger in [ledger, denied] {
        assert!(ledger.of("caller").any(|(kind, _, _)| kind == Kind::Dns), "{ledger:?}");
        keep(&project, &ledger);
        let output = project.verb(&["grants", "--propose"]);
        let said = stdout(&output);
        assert!(
            !said.lines().any(|line| line.contains("clock") && !line.starts_with('#')),
            "{said}{}",
            stderr(&output)
        );
        assert!(!said.lines().any(|line| line.starts_with("[grants.evil]")), "{said}");
    }
}

/// A project with components in it, and a guest that may write all of it.
pub(super) fn project() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let folders = [
        "data/sub",
        "data/staged",
        "comp/src",
        "comp/wit",
        "comp/data",
        ".git/hooks",
        ".cargo",
        ".studio",
        "target/studio",
        "deps/ns",
        "web",
        "outside",
    ];
    let files = [
        (
            "studio.toml",
            "[components.web]\ncommand = [\"./make.sh\", \"all\"]\noutput = \"web/app.wasm\"\nwatch = [\"web/**/*.ts\"]\n",
        ),
        ("Cargo.toml", "[workspace]"),
        ("Cargo.lock", ""),
        ("build.rs", "fn main() {}"),
        ("rust-toolchain.toml", ""),
        ("neon.wac", "package a:b;"),
        (".git/config", ""),
        (".cargo/config.toml", ""),
        (".studio/places.toml", ""),
        ("target/studio/x", "x"),
        ("comp/Cargo.toml", "[package]"),
        ("comp/src/lib.rs", "//"),
        ("comp/src/text.txt", "included"),
        ("comp/wit/world.wit", "package a:b;"),
        ("web/main.ts", "//"),
        ("make.sh", ""),
        ("data/staged/main.ts", "//"),
        ("web/app.wasm", ""),
        ("logger.wasm", "prebuilt"),
        ("deps/ns/name.wat", "prebuilt"),
        (".gitignore", ""),
        ("data/note", "a note"),
    ];
    make(root.path(), &folders, &files);
    symlink("../comp/src", root.path().join("data/link")).unwrap();
    symlink("../Cargo.toml", root.path().join("data/manifest")).unwrap();
    symlink("..", root.path().join("data/up")).unwrap();
    root
}

fn granted_all(root: &Path, more: &[(&str, &str)]) -> studio::grants::Grants {
    let text = std::fs::read_to_string(root.join("studio.toml")).unwrap();
    let mut granted = studio::config::parse(&text, &root.join("studio.toml")).unwrap().granted;
    for (node, capability) in more {
        granted.grant(node, capability.parse().unwrap());
    }
    granted
}

/// `one` may write the whole project as `/p`, and `two` what is in the component's folder as `/c`.
const SOURCES: &[&str] = &[
    // By name.
    "one: write /p/studio.toml",
    "one: append /p/studio.toml",
    "one: write /p/Cargo.toml",
    "one: write /p/Cargo.lock",
    "one: write /p/build.rs",
    "one: write /p/comp/build.rs",
    "one: write /p/rust-toolchain",
    "one: write /p/rust-toolchain.toml",
    "one: write /p/neon.wac",
    "one: write /p/data/new.wac",
    "one: write /p/.cargo/config.toml",
    "one: write /p/comp/.cargo",
    "one: mkdir /p/comp/.cargo",
    "one: mkdir /p/data/.git",
    "one: write /p/.git/config",
    "one: write /p/.git/hooks/pre-commit",
    "one: write /p/.studio/places.toml",
    "one: write /p/target/studio/x",
    "one: write /p/comp/src/lib.rs",
    "one: write /p/comp/src/text.txt",
    "one: write /p/comp/src/new.txt",
    "one: write /p/comp/wit/world.wit",
    "one: write /p/comp/target",
    "one: mkdir /p/comp/tests",
    "one: write /p/data/main.rs",
    "one: write /p/web/main.ts",
    "one: write /p/web/more.ts",
    "one: write /p/web/app.wasm",
    "one: write /p/make.sh",
    "one: write /p/package.json",
    "one: touch /p/comp/src/lib.rs",
    "one: grow /p/Cargo.toml 0",
    // Written otherwise.
    "one: write /p/data/../studio.toml",
    "one: write /p/.//data/./..//Cargo.toml",
    "one: raw-write /p Cargo.toml",
    "one: raw-write /p/data ../Cargo.toml",
    "one: raw-write /p/comp/src lib.rs",
    "one: raw-write /p/comp src/new.txt",
    "one: write /p/CARGO.TOML",
    // Taken away, or something put in its place.
    "one: remove /p/studio.toml",
    "one: remove /p/.git/config",
    "one: rmdir /p/.git/hooks",
    "one: rename /p/studio.toml /p/data/mine",
    "one: rename /p/data/note /p/studio.toml",
    "one: rename /p/data/note /p/comp/src/note",
    "one: rename /p/comp /p/other",
    "one: rename /p/.git /p/data/git",
    "one: rename /p/comp/src /p/comp/old",
    "one: rename /p/data/sub /p/comp/tests",
    "one: rename /p/data/sub /p/data/.cargo",
    "one: rename /p/data/staged/main.ts /p/web/more.ts",
    "one: moved-write /p/comp /p/data/comp Cargo.toml",
    // Under another name.
    "one: link /p/Cargo.toml /p/data/mine",
    "one: link /p/comp/src/lib.rs /p/data/mine",
    "one: link /p/data/note /p/build.rs",
    "one: symlink ../Cargo.toml /p/data/mine",
    "one: symlink ../comp/src /p/data/mine",
    "one: symlink data/note /p/Cargo.lock",
    "one: symlink sub /p/data/.git",
    // Components that were built elsewhere, and what decides which files are any.
    "one: write /p/logger.wasm",
    "one: rename /p/data/note /p/logger.wasm",
    "one: link /p/logger.wasm /p/data/mine",
    "one: link /p/data/note /p/data/new.wasm",
    "one: symlink note /p/data/new.wasm",
    "one: remove /p/deps/ns/name.wat",
    "one: rename /p/deps /p/data/deps",
    "one: write /p/.gitignore",
    "one: write /p/data/.ignore",
    // Through links that are there.
    "one: write /p/data/link/lib.rs",
    "one: write /p/data/link/new.txt",
    "one: write /p/data/manifest",
    "one: write /p/data/up/studio.toml",
    "one: mkdir /p/data/link/sub",
    "one: remove /p/data/link/text.txt",
    "one: rename /p/data/note /p/data/link/note",
    "one: raw-write /p/data/link new.txt",
    "one: raw-write /p/data/up/comp/src new.txt",
    // From a grant of the component's own folder, and across two.
    "two: write /c/src/lib.rs",
    "two: write /c/Cargo.toml",
    "two: mkdir /c/examples",
    "two: rename /c/data /c/benches",
    "two: raw-write /c/src new.txt",
];

const OTHERWISE: &[(&str, &str)] = &[
    ("one: read /p/Cargo.toml", "[workspace]"),
    ("one: read /p/data/link/text.txt", "included"),
    ("one: write /p/data/out", "ok"),
    ("one: append /p/data/out", "ok"),
    ("one: write /p/notes.txt", "ok"),
    ("one: mkdir /p/data/src", "ok"),
    ("one: write /p/data/src/text.txt", "ok"),
    ("one: write /p/comp/data/x", "ok"),
    ("one: write /p/data/up/data/x", "ok"),
    ("one: rename /p/data/sub /p/data/sub2", "ok"),
    ("one: rename /p/data/out /p/out", "ok"),
    ("one: link /p/data/note /p/data/again", "ok"),
    ("one: symlink note /p/data/other", "ok"),
    ("one: touch /p/data/note", "ok"),
    ("one: remove /p/data/again", "ok"),
    ("one: rmdir /p/data/sub2", "ok"),
    ("two: write /c/data/y", "ok"),
    // Whose grant says so.
    ("three: write /s/build.rs", "ok"),
    ("three: write /s/comp/src/lib.rs", "ok"),
    ("three: rename /s/comp /s/comp2", "ok"),
];

#[tokio::test]
async fn what_a_project_is_built_from_is_not_written_by_its_guests() {
    let root = project();
    let grants = [("filer", "files=.:/p:rw"), ("caller", "files=comp:/c:rw"), ("other", "files=.:/s:rw,sources")];
    let granted = granted_all(root.path(), &grants);
    let before = everything(root.path());
    let mut probe = Probe::new(root.path());
    let mut wrong = Vec::new();
    for task in SOURCES {
        let (got, ledger) = probe.run(&granted, &[task]).await;
        let said = got.values().next().cloned().unwrap_or_default();
        eprintln!("{task}: {said}");
        let node = if task.starts_with("one") { "filer" } else { "caller" };
        // A folder that can't be moved is still that folder: what is put into it is denied or harmless.
        let stopped = !said.is_empty() && (said != "ok" && !said.starts_with("ok, moved: true"));
        // The times of a file that is open are its handle's.
        let counted = denials(&ledger, node, Kind::Files) > 0 || task.contains(": touch ");
        if !stopped || !counted {
            wrong.push(format!("{task}: {said}"));
        }
    }
    // A folder is copied to where a command's globs reach: its files are looked at one by one.
    let (got, _) = probe.run(&granted, &["one: rename /p/data/staged /p/web/staged"]).await;
    assert_eq!(got["filer: rename /p/data/staged /p/web/staged"], "CrossesDevices");
    let changed: Vec<PathBuf> = changes(&before, &everything(root.path()));
    assert!(wrong.is_empty() && changed.is_empty(), "{}\n{changed:?}", wrong.join("\n"));
    for (task, expected) in OTHERWISE {
        let (got, _) = probe.run(&granted, &[task]).await;
        let said = got.values().next().cloned().unwrap_or_default();
        assert_eq!(said, *expected, "{task}");
    }
}

pub(super) fn changes(before: &[(PathBuf, Vec<u8>)], after: &[(PathBuf, Vec<u8>)]) -> Vec<PathBuf> {
    let other = |one: &[(PathBuf, Vec<u8>)], two: &[(PathBuf, Vec<u8>)]| -> Vec<PathBuf> {
        one.iter().filter(|entry| !two.contains(entry)).map(|(path, _)| path.clone()).collect()
    };
    [other(before, after), other(after, before)].concat()
}

/// A folder above the project is granted: what cargo, rustup and git find when they look upwards stays as it is too.
#[tokio::test]
async fn a_grant_of_a_folder_above_the_project_leaves_it_alone() {
    let above = tempfile::tempdir().unwrap();
    make(
        above.path(),
        &["project/src", "else/.cargo", "stage/.cargo"],
        &[("project/Cargo.toml", ""), ("stage/.cargo/config.toml", "")],
    );
    let mut probe = Probe::new(&above.path().join("project"));
    let grant = format!("files={}:/a:rw", above.path().display());
    let granted = grants(&[("filer", &grant)]);
    for task in [
        "one: write /a/project/Cargo.toml",
        "one: write /a/project/src/new.txt",
        "one: rename /a/project /a/other",
        "one: mkdir /a/.cargo",
        "one: write /a/rust-toolchain.toml",
        "one: write /a/Cargo.toml",
        "one: rename /a/else /a/project/sub",
        "one: rename /a/stage/.cargo /a/.cargo",
        "one: symlink ../project/src /a/else/link",
    ] {
        let (got, _) = probe.run(&granted, &[task]).await;
        assert_ne!(got.values().next().map(String::as_str), Some("ok"), "{task}");
    }
    let (got, _) = probe.run(&granted, &["one: write /a/else/file"]).await;
    assert_eq!(got["filer: write /a/else/file"], "ok");
    assert!(!above.path().join(".cargo").exists() && !above.path().join("project/src/new.txt").exists());
}

#[tokio::test]
async fn connecting_is_not_listening() {
    let root = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut probe = Probe::new(root.path());
    let listen = format!("one: listen 127.0.0.1:{port}");
    for (capability, task, said) in [
        (format!("tcp=127.0.0.1:{port}"), listen.as_str(), "PermissionDenied"),
        ("tcp=127.0.0.1:*".into(), listen.as_str(), "PermissionDenied"),
        ("tcp=0.0.0.0:*".into(), "one: listen 0.0.0.0:0", "PermissionDenied"),
        (format!("udp=127.0.0.1:{port}"), listen.as_str(), "PermissionDenied"),
        (format!("listen=127.0.0.1:{port}"), listen.as_str(), "ok"),
        ("listen=127.0.0.1:*".into(), "one: listen 127.0.0.1:0", "ok"),
        ("listen=127.0.0.1:*".into(), "one: listen 0.0.0.0:0", "PermissionDenied"),
        (format!("listen=127.0.0.1:{port}"), "one: listen [::1]:0", "PermissionDenied"),
        (format!("listen=127.0.0.1:{port}"), &format!("one: tcp 127.0.0.1:{port}"), "PermissionDenied"),
    ] {
        let (got, ledger) = probe.run(&grants(&[("filer", &capability)]), &[task]).await;
        assert_eq!(got.values().next().unwrap(), said, "{task} with {capability}");
        let kind = if task.contains("listen") { Kind::Listen } else { Kind::Tcp };
        let counted = ledger.of("filer").any(|(k, _, e)| k == kind && (e.denied > 0) == (said != "ok"));
        assert!(counted, "{task} with {capability}: {ledger:?}");
    }
}

/// Whoever grants it is told what the grant does not cover, and the word that does; nothing proposes that word.
/// `filer` may write `data`, where some of what the project is built from lies, behind links.
#[tokio::test]
async fn sources_that_are_links_into_a_granted_folder_are_not_written() {
    let root = project();
    let folders = ["data/fragments", "data/nested", "data/free"];
    let files = [
        ("data/shared.txt", "shared"),
        ("data/settings.txt", ""),
        ("data/fragments/one.txt", "one"),
        ("data/nested/deep.txt", "deep"),
        ("data/hook", ""),
    ];
    make(root.path(), &folders, &files);
    let links = [
        ("../../data/shared.txt", "comp/src/shared.rs"),
        ("../data/fragments", "comp/tests"),
        ("../nested/deep.txt", "data/fragments/deep.rs"),
        ("../data/settings.txt", ".cargo/config"),
        ("../../data/hook", ".git/hooks/post-checkout"),
    ];
    for (to, at) in links {
        symlink(to, root.path().join(at)).unwrap();
    }
    let granted = granted_all(root.path(), &[("filer", "files=data:/d:rw")]);
    let before = everything(root.path());
    let mut probe = Probe::new(root.path());
    for task in [
        "one: write /d/shared.txt",
        "one: append /d/shared.txt",
        "one: remove /d/shared.txt",
        "one: rename /d/shared.txt /d/moved.txt",
        "one: rename /d/note /d/shared.txt",
        "one: link /d/shared.txt /d/again",
        "one: write /d/settings.txt",
        "one: write /d/hook",
        "one: write /d/fragments/one.txt",
        "one: write /d/fragments/new.txt",
        "one: mkdir /d/fragments/new",
        "one: rename /d/fragments /d/elsewhere",
        "one: rename /d/free /d/fragments/free",
        "one: write /d/nested/deep.txt",
        "one: rename /d/nested /d/elsewhere",
    ] {
        let (got, ledger) = probe.run(&granted, &[task]).await;
        let said = got.values().next().cloned().unwrap_or_default();
        assert!(!said.is_empty() && !said.starts_with("ok"), "{task}: {said}");
        assert!(denials(&ledger, "filer", Kind::Files) > 0, "{task}: {said}");
    }
    assert_eq!(changes(&before, &everything(root.path())), Vec::<PathBuf>::new());
    for task in ["one: write /d/new.txt", "one: write /d/nested/new.txt", "one: rename /d/free /d/freed"] {
        let (got, _) = probe.run(&granted, &[task]).await;
        assert_eq!(got.values().next().map(String::as_str), Some("ok"), "{task}");
    }
}

#[test]
fn a_grant_that_covers_sources_says_so_and_is_never_proposed_with_them() {
    let project = Project::empty();
    make(
        &project.dir,
        &["comp/src", "data"],
        &[("comp/Cargo.toml", "[package]\nname = \"comp\"\n"), ("comp/src/lib.rs", ""), ("data/x", "")],
    );
    for (grant, says) in [
        ("files=.:/p:rw", true),
        ("files=comp:rw", true),
        ("files=comp/src:rw", true),
        ("files=.:/p:ro", false),
        ("files=data:rw", false),
        ("files=.:/q:rw,sources", false),
    ] {
        project.write("studio.toml", "");
        let output = project.verb(&["grant", "node", grant]);
        assert_eq!(stderr(&output).contains("writing these stays denied"), says, "{grant}: {}", stderr(&output));
        let said = project.verb(&["check"]);
        let said = format!("{}{}", stdout(&said), stderr(&said));
        assert_eq!(said.contains("writing these stays denied"), says, "{grant}: {said}");
    }
    let mut ledger = Ledger::default();
    ledger.add(studio::grants::Use {
        node: "node".into(),
        kind: Kind::Files,
        grant: "files=.:/q:rw".into(),
        detail: "open Cargo.toml in .".into(),
        denied: false,
    });
    keep(&project, &ledger);
    assert!(!stdout(&project.verb(&["grants", "--propose"])).contains("sources"));
}

/// Hosts, header fields, paths and node names, wherever they are written down.
#[tokio::test]
async fn what_a_guest_names_stays_one_line_in_log_ledger_and_commands() {
    let project = Project::empty();
    project.write("studio.toml", "");
    make(&project.dir, &["data"], &[]);
    let mut probe = Probe::new(&project.dir);
    let granted = grants(&[("filer", "files=data:/d")]);
    for task in [
        "one: read /d/x\n[grants.evil]\nclock=\"real\"",
        "one: write /d/\u{1b}]0;owned\u{7}",
        "one: raw /d ../\r\nclock=1",
        "one: write /d/\u{202e}gpj.exe",
        "two: dns a\u{2028}b",
        "two: dns $(touch\u{a0}owned)",
        "two: http GET http evil.test /a\u{1b}[2J",
        "two: http G\u{1b}T http evil.test /",
        "two: http GET http evil\nclock.test /",
    ] {
        let (_, ledger) = probe.run(&granted, &[task]).await;
        let studios = probe.session.lines.iter().filter(|l| l.stream == studio::log::Stream::Studio);
        let mut texts: Vec<String> = studios.map(|l| l.text.clone()).collect();
        texts.extend(ledger.rows().flat_map(|row| [row.node, row.grant, row.entry.last]));
        for text in texts {
            assert!(text.chars().all(studio::model::guest_text::is_plain), "{task:?}: {text:?}");
            assert!(!text.contains("`studio grant caller dns=$("), "{text}");
        }
        keep(&project, &ledger);
        for verb in [&["grants"][..], &["grants", "--propose"], &["grants", "--json"]] {
            let said = stdout(&project.verb(verb));
            assert!(said.chars().all(|c| c == '\n' || studio::model::guest_text::is_plain(c)), "{task:?}: {said:?}");
            assert!(!said.lines().any(|line| line.trim() == "[grants.evil]" || line.starts_with("clock")), "{said}");
        }
    }
}
