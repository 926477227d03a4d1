//! Holds the layers of docs/architecture.md: who may name whom, and what the model may never touch.

use std::fs;
use std::path::{Path, PathBuf};

/// Every top module, and the others it may name. `lib.rs` and `main.rs` may name all.
const LAYERS: &[(&str, &[&str])] = &[
    ("grants", &["model"]),
    ("model", &["grants"]),
    ("log", &["model"]),
    ("wac", &["model"]),
    ("draw", &["model"]),
    ("config", &["model", "grants", "files"]),
    // The one reader, the one writer, the one walk.
    ("files", &["model"]),
    ("folders", &[]),
    // The last resort: every stage may stand on it.
    ("guard", &[]),
    ("trust", &["model", "grants", "files", "folders"]),
    ("ledgers", &["model", "grants", "files", "folders"]),
    ("remembered", &["files", "folders"]),
    ("inspect", &["model", "files", "guard"]),
    // What a word of a source is: grammars in, pieces of lines out.
    ("highlight", &["model"]),
    ("discover", &["model", "grants", "config", "files", "inspect"]),
    ("watch", &["model", "config", "files"]),
    // Nothing is built without what the user allowed.
    ("build", &["model", "config", "files", "guard", "inspect", "trust"]),
    ("compose", &["model", "wac", "guard", "inspect"]),
    ("explain", &["model", "files", "folders", "remembered", "inspect", "compose"]),
    // The engine reads what the composer made: that is its input's type, not its work. No guest writes into the user's
    // folders, so it must know where they are.
    ("run", &["model", "grants", "log", "files", "folders", "compose"]),
    (
        "app",
        &[
            "model", "grants", "log", "wac", "config", "files", "folders", "guard", "ledgers", "trust", "inspect",
            "discover", "watch", "build", "compose", "explain", "run",
        ],
    ),
    // Colours and glyphs: what there is to draw with.
    ("look", &[]),
    (
        "tui",
        &[
            "model",
            "grants",
            "log",
            "wac",
            "draw",
            "config",
            "files",
            "folders",
            "guard",
            "ledgers",
            "trust",
            "look",
            "highlight",
            "discover",
            "build",
            "compose",
            "explain",
            "run",
            "app",
            "remembered",
        ],
    ),
    (
        "cli",
        &[
            "model", "grants", "log", "wac", "draw", "files", "folders", "guard", "ledgers", "config", "trust",
            "inspect", "discover", "build", "compose", "explain", "run", "app", "tui", "look",
        ],
    ),
];

/// Modules without files, clocks, threads, processes, network and terminal.
const PURE: &[&str] = &["model", "grants", "log", "wac", "draw"];

/// What a pure module may never name.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::thread",
    "std::process",
    "std::net::Tcp",
    "std::env",
    "tokio",
    "ratatui",
    "crossterm",
    "wasmtime",
    "notify",
    "Instant::now",
    "SystemTime::now",
    "TimeZone::system",
    "Zoned::now",
    "Timestamp::now",
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, all: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, all);
            } else if path.extension().is_some_and(|e| e == "rs") {
                all.push((path.clone(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    walk(&root, &mut all);
    assert!(all.len() > 30, "the scan found only {} files", all.len());
    // Tests that have files of their own may stand on everything.
    all.retain(|(path, _)| {
        !path.file_stem().is_some_and(|s| s == "tests" || s == "fixture" || s.to_string_lossy().ends_with("_tests"))
    });
    all.into_iter().map(|(path, text)| (path.strip_prefix(&root).unwrap().to_owned(), text)).collect()
}

/// The code alone: without comments and without the tests at a file's end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    text.lines().map(|l| l.split("//").next().unwrap_or(l)).collect::<Vec<_>>().join("\n")
}

/// Every top module that a file's code names by a `crate::` path, inline ones and `use crate::{a, b}` groups too.
fn named(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let ident = |s: &str| s.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = true;
            for (i, c) in group.char_indices() {
                if start && depth == 0 && !c.is_whitespace() {
                    names.push(ident(&group[i..]));
                    start = false;
                }
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    _ => {}
                }
            }
        } else {
            names.push(ident(rest));
        }
    }
    names.retain(|n| !n.is_empty());
    names
}

fn module_of(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn imports_never_run_upward() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        if matches!(module.as_str(), "lib" | "main") {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
            panic!("`{module}` is in no layer: give it a place in LAYERS and in docs/architecture.md");
        };
        for name in named(&code(&text)) {
            if name != module && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{} names crate::{name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_pure_stays_pure() {
    let mut wrong = Vec::new();
    let is_pure = |path: &Path| PURE.iter().any(|folder| path.starts_with(folder));
    for (path, text) in sources().into_iter().filter(|(path, _)| is_pure(path)) {
        let code = code(&text);
        for name in IMPURE.iter().filter(|name| code.contains(*name)) {
            wrong.push(format!("{} names {name}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `update` is replayable: no clock, file or process in what it calls.
#[test]
fn update_reads_no_clock_and_no_file() {
    let edges = ["app/jobs", "app/edit", "app/headless.rs", "tui/jobs", "tui/terminal"];
    for (path, text) in sources() {
        let updates = path.starts_with("app") || path.starts_with("tui");
        if updates && !edges.iter().any(|edge| path.starts_with(edge)) {
            let code = code(&text);
            for name in ["Instant::now", "SystemTime::now", "std::fs", "std::process", "tokio"] {
                assert!(!code.contains(name), "{} names {name}", path.display());
            }
        }
    }
}

#[test]
fn only_the_terminal_module_speaks_to_the_terminal() {
    for (path, text) in sources() {
        if !path.starts_with("tui/terminal") {
            let code = code(&text);
            for call in ["enable_raw_mode", "EnterAlternateScreen", "EnableMouseCapture", "execute!("] {
                assert!(!code.contains(call), "{} calls {call}", path.display());
            }
        }
    }
}

/// How a file could be read, listed or written past `files/`.
const FILE_CALLS: &[&str] = &[
    "std::fs::",
    "std::fs;",
    "std::{fs",
    " fs::",
    "(fs::",
    "!fs::",
    "&fs::",
    "=fs::",
    "File::open",
    "File::create",
    "File::options",
    "OpenOptions",
    "tokio::fs",
    "fs::read_dir",
    ".read_dir()",
    "tempfile",
    "WalkBuilder",
    ".push_path(",
    ".push_dir(",
    "cap_primitives",
];

/// Files outside of `files/` that may, with what and why.
const OWN_FILES: &[(&str, &[&str], &str)] = &[
    ("build/process.rs", &["std::fs::", "fs::read_dir"], "the kernel's /proc, which no folder's owner writes"),
    ("run/stats.rs", &["std::fs::"], "the kernel's /proc"),
    ("run/engine/compile_pool.rs", &["std::fs::"], "the kernel's /proc"),
    ("run/descriptors.rs", &["std::fs::", "File::open"], "opens /dev/null, whose number says how many are open"),
    ("run/host/beneath.rs", &["std::fs::"], "folders that guests were granted, as handles"),
    ("run/host/sources.rs", &["std::fs::"], "the same"),
    ("run/host/quota.rs", &["std::fs::"], "the same"),
    ("run/host/writes.rs", &["std::fs::"], "files that guests have opened, as handles"),
    ("run/host/writes_p3.rs", &["std::fs::"], "the same"),
    ("run/host/folders.rs", &["std::fs::", "File::open"], "opens granted folders, once a session"),
    ("run/host/directory.rs", &["std::fs::"], "a folder that a guest has opened, as a handle"),
    ("trust/store.rs", &["std::fs::", " fs::", "File::options"], "the user's own list, changed under a lock"),
    (
        "cli/diary.rs",
        &["std::fs::", " fs::", "File::options"],
        "studio's own log in the user's state, to which lines are added one by one",
    ),
    ("cli/doctor.rs", &["std::fs::", "tempfile"], "asks whether the user's own folder can be written"),
];

#[test]
fn files_are_read_and_written_in_one_place() {
    let mut wrong = Vec::new();
    let mut unused: Vec<(&str, &str)> =
        OWN_FILES.iter().flat_map(|(file, calls, _)| calls.iter().map(|call| (*file, *call))).collect();
    for (path, text) in sources().into_iter().filter(|(path, _)| !path.starts_with("files")) {
        let code = code(&text);
        for call in FILE_CALLS.iter().filter(|call| code.contains(**call)) {
            let allowed = OWN_FILES.iter().any(|(file, calls, _)| path == Path::new(file) && calls.contains(call));
            unused.retain(|(file, used)| !(path == Path::new(file) && used == call));
            if !allowed {
                wrong.push(format!("{} has `{call}`: go through crate::files", path.display()));
            }
        }
    }
    wrong
        .extend(unused.iter().map(|(file, call)| format!("{file} may use `{call}` and does not: take the right away")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a verb prints goes through `cli/out.rs`, which shows what a terminal would obey. Besides it only the terminal UI
/// writes, and the system's own streams are handed to nobody's child.
#[test]
fn only_one_place_prints() {
    for (path, text) in sources() {
        if path == Path::new("cli/out.rs") || path.starts_with("tui/terminal") {
            continue;
        }
        let code = code(&text);
        for call in [
            "io::stdout(",
            "io::stderr(",
            "io::Stdout",
            "io::Stderr",
            "Stdio::inherit",
            "/dev/tty",
            "print!(",
            "println!(",
        ] {
            let found = code.contains(call);
            assert!(!found, "{} has {call}: print with cli::out, which cleans what it prints", path.display());
        }
        for (at, _) in code.match_indices("stdout()").chain(code.match_indices("stderr()")) {
            let before = code[..at].chars().next_back();
            // `child.stdout()` is a pipe, `fn stdout()` a port of a test's.
            assert!(matches!(before, Some('.' | ' ' | '[' | '(')), "{} names its own stdout or stderr", path.display());
        }
    }
}

#[test]
fn files_stay_small() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 600, "{} has {lines} lines: it has more than one job", path.display());
    }
}

#[test]
fn the_scan_sees_every_way_to_name_a_module() {
    assert_eq!(named("use crate::{model::port, run}; crate::ui::draw()"), ["model", "run", "ui"]);
    assert_eq!(named("use crate::{a::{b, c}, d};"), ["a", "d"]);
}
