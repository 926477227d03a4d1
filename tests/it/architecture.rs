//! Holds the layers of docs/architecture.md: who may name whom, and what the model may never touch.

use std::fs;
use std::path::{Path, PathBuf};

/// Every top module, and the others it may name. `lib.rs` and `main.rs` may name all.
const LAYERS: &[(&str, &[&str])] = &[
    ("grants", &["model"]),
    ("model", &["grants"]),
    ("log", &["model"]),
    ("wac", &["model"]),
    ("wit", &["model", "guard"]),
    ("draw", &["model"]),
    ("config", &["model", "grants", "files"]),
    // The one reader, the one writer, the one walk.
    ("files", &["model"]),
    ("folders", &[]),
    // The last resort: every stage may stand on it.
    ("guard", &[]),
    ("trust", &["model", "files", "folders"]),
    ("ledgers", &["grants", "files", "folders"]),
    ("remembered", &["files", "folders"]),
    ("inspect", &["model", "wit", "files", "guard"]),
    // What a word of a source is: grammars in, pieces of lines out.
    ("highlight", &["model"]),
    ("discover", &["model", "config", "files", "inspect"]),
    ("watch", &["model", "files"]),
    // Nothing is built without what the user allowed.
    ("build", &["model", "files", "guard", "inspect", "trust"]),
    ("compose", &["model", "wac", "guard", "inspect"]),
    ("explain", &["model", "files", "remembered", "inspect", "compose"]),
    // The engine reads what the composer made: that is its input's type, not its work. No guest writes into the user's
    // folders, so it must know where they are.
    ("run", &["model", "grants", "log", "files", "folders", "compose"]),
    (
        "app",
        &[
            "model", "grants", "log", "config", "files", "folders", "ledgers", "guard", "trust", "discover", "watch",
            "build", "compose", "run",
        ],
    ),
    // A face of `wit` for editors.
    ("lsp", &["model", "wit", "files", "inspect"]),
    // Colours and glyphs: what there is to draw with.
    ("look", &[]),
    (
        "tui",
        &[
            "model",
            "log",
            "wac",
            "draw",
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
            "model", "grants", "log", "wac", "wit", "draw", "files", "folders", "ledgers", "config", "trust",
            "inspect", "discover", "build", "compose", "explain", "run", "app", "tui", "look", "lsp",
        ],
    ),
];

/// What besides computing is done, how code that does it is known, and where it may be done; everything else is pure. A
/// place is a folder or a file, and one that makes no use of its right fails. Files have rules of their own: [`OWN_FILES`].
const RIGHTS: &[(&str, &[&str], &[&str])] = &[
    (
        "clock",
        &["Instant::now", "SystemTime::now", "Zoned::now", "Timestamp::now", "TimeZone::system", ".elapsed()"],
        &["app/jobs", "build", "cli", "run", "tui/jobs", "tui/terminal", "watch"],
    ),
    (
        "threads",
        &["std::thread", "rayon::", "spawn_blocking", "tokio::spawn", "tokio::task"],
        &["app/jobs", "build", "compose", "run", "tui/jobs", "tui/terminal", "watch"],
    ),
    (
        "tokio",
        &["tokio::"],
        &[
            "app/headless.rs",
            "app/jobs",
            "app/runtime.rs",
            "app/signals.rs",
            "build",
            "run",
            "tui/jobs",
            "tui/terminal",
            "watch",
        ],
    ),
    (
        "processes",
        &["std::process", "tokio::process", "rustix::process", "process_wrap"],
        &["build", "cli", "files/leftover.rs", "run", "tui/jobs", "tui/terminal"],
    ),
    (
        "environment",
        &["std::env", "etcetera::"],
        &["build", "cli", "folders.rs", "run/host", "trust", "tui/jobs", "tui/terminal"],
    ),
    ("network", &["TcpStream", "TcpListener", "UdpSocket", "ToSocketAddrs", "tokio::net"], &["cli", "run"]),
    ("file events", &["notify::"], &["tui/jobs", "watch"]),
    ("engine", &["wasmtime::", "wasmtime_wasi"], &["run"]),
    ("cells", &["ratatui::"], &["look", "tui"]),
    ("keys", &["crossterm::"], &["tui"]),
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
    let mut unused: Vec<(&str, &str)> =
        LAYERS.iter().flat_map(|(module, others)| others.iter().map(|other| (*module, *other))).collect();
    for (path, text) in sources() {
        let module = module_of(&path);
        if matches!(module.as_str(), "lib" | "main") {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
            panic!("`{module}` is in no layer: give it a place in LAYERS and in docs/architecture.md");
        };
        for name in named(&code(&text)) {
            unused.retain(|(user, used)| !(*user == module && *used == name));
            if name != module && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{} names crate::{name}", path.display()));
            }
        }
    }
    wrong.extend(unused.iter().map(|(user, used)| format!("{user} may name crate::{used} and does not: take it away")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_pure_stays_pure() {
    let mut wrong = Vec::new();
    let mut unused: Vec<(&str, &str)> =
        RIGHTS.iter().flat_map(|(right, _, places)| places.iter().map(|place| (*right, *place))).collect();
    for (path, text) in sources().into_iter().filter(|(path, _)| path != Path::new("main.rs")) {
        let code = code(&text);
        for (right, signs, places) in RIGHTS {
            let Some(sign) = signs.iter().find(|sign| code.contains(**sign)) else { continue };
            match places.iter().find(|place| path.starts_with(place)) {
                Some(place) => unused.retain(|used| *used != (*right, *place)),
                None => wrong.push(format!("{} has `{sign}`, and no right to {right}", path.display())),
            }
        }
    }
    wrong.extend(unused.iter().map(|(right, place)| format!("{place} has no use for {right}: take the right away")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The cells of the rows of the table below a headline.
fn table(text: &str, headline: &str) -> Vec<Vec<String>> {
    let below = text.split(headline).nth(1).unwrap_or_else(|| panic!("no table `{headline}`"));
    let rows = below.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

#[test]
fn the_documentation_says_the_same() {
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md")).unwrap();
    let name = |cell: &str| cell.trim_matches('`').trim_end_matches('/').to_owned();
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all
    };
    let said: Vec<_> = table(&docs, "| where | what | may name |")
        .iter()
        .map(|row| (name(&row[0]), sorted(row[2].split(", ").map(name).filter(|n| n != "nothing").collect())))
        .collect();
    let held =
        LAYERS.iter().map(|(module, others)| ((*module).to_owned(), others.iter().map(|o| (*o).into()).collect()));
    assert_eq!(sorted_rows(said), sorted_rows(held.map(|(module, others)| (module, sorted(others))).collect()));
    let said: Vec<_> = table(&docs, "| right | where |")
        .iter()
        .map(|row| (row[0].clone(), sorted(row[1].split(", ").map(name).collect())))
        .collect();
    let held =
        RIGHTS.iter().map(|(right, _, places)| ((*right).to_owned(), places.iter().map(|p| (*p).into()).collect()));
    assert_eq!(said, held.map(|(right, places)| (right, sorted(places))).collect::<Vec<_>>());
}

fn sorted_rows(mut rows: Vec<(String, Vec<String>)>) -> Vec<(String, Vec<String>)> {
    rows.sort();
    rows
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
