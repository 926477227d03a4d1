//! Saves as editors, git and cargo make them, and what comes of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use studio::model::project::BINDINGS_MARK;
use studio::watch::{WatchEvent, Watcher};
use tempfile::TempDir;
use tokio::sync::mpsc::{self, Receiver};

use crate::support::PATIENCE;

struct Watched {
    _dir: TempDir,
    root: PathBuf,
    _watcher: Watcher,
    events: Receiver<WatchEvent>,
    sentinels: u32,
}

/// What one delivery said.
struct Change {
    paths: Vec<String>,
}

fn watched(files: &[(&str, &str)]) -> Watched {
    watched_with(files, &[])
}

fn watched_with(files: &[(&str, &str)], extra: &[PathBuf]) -> Watched {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap().join("über all");
    fs::create_dir(&root).unwrap();
    for (name, text) in files {
        write(&root, name, text);
    }
    let (sender, events) = mpsc::channel(1024);
    let watcher = Watcher::start(&root, extra, sender).unwrap();
    watcher.wait_until_ready();
    Watched { _dir: dir, root, _watcher: watcher, events, sentinels: 0 }
}

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

impl Watched {
    fn write(&self, name: &str, text: &str) {
        write(&self.root, name, text);
    }

    fn next(&mut self) -> Change {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.events.try_recv() {
                Ok(WatchEvent::Changed { paths, .. }) => {
                    let shown = |p: PathBuf| p.strip_prefix(&self.root).unwrap_or(&p).to_string_lossy().into_owned();
                    return Change { paths: paths.into_iter().map(shown).collect() };
                }
                Ok(WatchEvent::Failed(problem)) => panic!("{problem:?}"),
                Err(_) => std::thread::sleep(Duration::from_micros(200)),
            }
            assert!(Instant::now() < deadline, "no change came");
        }
    }

    /// Everything delivered for what was done until now: a new file follows it, and new files come last, when the burst
    /// ends.
    fn until_sentinel(&mut self) -> Vec<Change> {
        self.sentinels += 1;
        let name = format!("sentinel-{}.rs", self.sentinels);
        self.write(&name, &name);
        let mut changes = Vec::new();
        loop {
            let mut change = self.next();
            let last = change.paths.contains(&name);
            change.paths.retain(|p| *p != name);
            if !change.paths.is_empty() {
                changes.push(change);
            }
            if last {
                return changes;
            }
        }
    }

    fn paths_until_sentinel(&mut self) -> BTreeSet<String> {
        self.until_sentinel().into_iter().flat_map(|c| c.paths).collect()
    }
}

fn set(paths: &[&str]) -> BTreeSet<String> {
    paths.iter().map(|p| (*p).to_owned()).collect()
}

/// How long that takes is measured by `studio`'s own phases; here it waits for nothing that comes after it.
#[test]
fn the_first_save_of_a_burst_is_delivered_before_the_rest_of_it() {
    let mut watched = watched(&[("src/lib.rs", "0"), ("src/a.rs", "0"), ("src/b.rs", "0")]);
    for i in 1..=9 {
        for name in ["src/lib.rs", "src/a.rs", "src/b.rs"] {
            watched.write(name, &i.to_string());
        }
        assert_eq!(watched.next().paths, ["src/lib.rs"]);
        assert_eq!(watched.paths_until_sentinel(), set(&["src/a.rs", "src/b.rs"]));
    }
}

#[test]
fn a_file_saved_by_renaming_is_one_change() {
    let mut watched = watched(&[("src/lib.rs", "old")]);
    // As an editor names it, as `sed -i` does, as Qt does.
    for (i, name) in ["src/lib.rs.tmp", "src/sedK3x9", "src/lib.rs.fpQzXa"].into_iter().enumerate() {
        watched.write(name, &format!("new {i}"));
        fs::rename(watched.root.join(name), watched.root.join("src/lib.rs")).unwrap();
        let changes = watched.until_sentinel();
        assert_eq!(changes.len(), 1, "{name}");
        assert_eq!(changes[0].paths, ["src/lib.rs"]);
    }
}

#[test]
fn the_dance_of_vim_is_one_change() {
    let mut watched = watched(&[("src/lib.rs", "old")]);
    let path = |name: &str| watched.root.join("src").join(name);
    fs::write(path("4913"), "").unwrap();
    fs::remove_file(path("4913")).unwrap();
    fs::write(path(".lib.rs.swp"), "swap").unwrap();
    fs::rename(path("lib.rs"), path("lib.rs~")).unwrap();
    fs::write(path("lib.rs"), "new").unwrap();
    fs::remove_file(path("lib.rs~")).unwrap();
    fs::remove_file(path(".lib.rs.swp")).unwrap();
    let changes = watched.until_sentinel();
    assert_eq!(changes.len(), 1, "{:?}", changes.iter().map(|c| &c.paths).collect::<Vec<_>>());
    assert_eq!(changes[0].paths, ["src/lib.rs"]);
}

#[test]
fn a_branch_switch_is_a_first_change_and_its_rest() {
    let files: Vec<(String, String)> = (0..300).map(|i| (format!("src/m{i}/mod.rs"), "old".to_owned())).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let mut watched = watched(&files);
    for (name, _) in &files {
        watched.write(name, "new");
    }
    let changes = watched.until_sentinel();
    assert!(changes.len() <= 4, "{} deliveries", changes.len());
    let paths: BTreeSet<_> = changes.into_iter().flat_map(|c| c.paths).collect();
    assert_eq!(paths.len(), 300);
}

#[test]
fn a_switch_under_gits_lock_is_delivered_when_it_is_whole() {
    let mut watched = watched(&[("a.rs", "old"), ("b.rs", "old"), (".git/HEAD", "")]);
    watched.write(".git/index.lock", "");
    watched.write("a.rs", "new");
    watched.write("b.rs", "new");
    // Both are seen while git still holds the lock.
    std::thread::sleep(Duration::from_millis(300));
    fs::remove_file(watched.root.join(".git/index.lock")).unwrap();
    assert_eq!(watched.next().paths, ["a.rs", "b.rs"], "the first one waits until git is done");
}

#[test]
fn what_is_only_touched_or_read_is_no_change() {
    let mut watched = watched(&[("src/lib.rs", "same"), ("Cargo.lock", "lock")]);
    watched.write("src/lib.rs", "same");
    let now = fs::File::options().append(true).open(watched.root.join("Cargo.lock")).unwrap();
    now.set_modified(std::time::SystemTime::now()).unwrap();
    drop(now);
    fs::read(watched.root.join("src/lib.rs")).unwrap();
    assert_eq!(watched.paths_until_sentinel(), set(&[]));
}

#[test]
fn outputs_hidden_and_ignored_files_never_wake_anybody() {
    let mut watched = watched(&[
        ("Cargo.toml", "[package]"),
        (".gitignore", "generated/\n*.log\n"),
        ("target/CACHEDIR.TAG", ""),
        ("target/debug/x", ""),
        (".studio/x", ""),
        (".git/HEAD", ""),
        ("generated/x.rs", ""),
        ("src/bindings.rs", BINDINGS_MARK),
    ]);
    for name in [
        "target/debug/x",
        "target/wasm32-wasip2/new.wasm",
        ".studio/x",
        ".git/index",
        "generated/x.rs",
        "generated/deep/y.rs",
        "build.log",
        "src/.lib.rs.swx",
        "src/lib.rs~",
    ] {
        watched.write(name, "changed");
    }
    watched.write("src/bindings.rs", &format!("{BINDINGS_MARK}other WIT"));
    assert_eq!(watched.paths_until_sentinel(), set(&[]));
}

#[test]
fn what_compositions_and_cargo_read_is_watched_though_hidden_or_ignored() {
    let mut watched =
        watched(&[(".gitignore", "deps/\n"), ("x.wac", ""), ("deps/a/b.wasm", "x"), (".cargo/config.toml", "")]);
    watched.write("deps/a/b.wasm", "y");
    watched.write("deps/a/notes.txt", "y");
    watched.write(".cargo/config.toml", "[build]");
    assert_eq!(watched.paths_until_sentinel(), set(&["deps/a/b.wasm", ".cargo/config.toml"]));
}

#[test]
fn new_folders_are_watched_with_what_is_in_them() {
    let mut watched = watched(&[("src/lib.rs", "")]);
    watched.write("crates/new/src/lib.rs", "one");
    watched.write("crates/new/wit/world.wit", "package a:b;");
    assert_eq!(watched.paths_until_sentinel(), set(&["crates/new/src/lib.rs", "crates/new/wit/world.wit"]));
    watched.write("crates/new/src/lib.rs", "two");
    assert_eq!(watched.paths_until_sentinel(), set(&["crates/new/src/lib.rs"]));
    fs::rename(watched.root.join("crates/new"), watched.root.join("crates/moved")).unwrap();
    let moved = watched.paths_until_sentinel();
    assert!(moved.contains("crates/moved/src/lib.rs") && moved.contains("crates/new/src/lib.rs"), "{moved:?}");
    watched.write("crates/moved/src/lib.rs", "three");
    assert_eq!(watched.paths_until_sentinel(), set(&["crates/moved/src/lib.rs"]));
}

#[test]
fn removals_are_changes_of_files_and_of_folders() {
    let mut watched = watched(&[("a.wac", "x"), ("wit/a.wit", "x"), ("wit/b.wit", "x")]);
    fs::remove_file(watched.root.join("a.wac")).unwrap();
    assert_eq!(watched.next().paths, ["a.wac"]);
    fs::remove_dir_all(watched.root.join("wit")).unwrap();
    assert_eq!(watched.paths_until_sentinel(), set(&["wit/a.wit", "wit/b.wit"]));
}

#[test]
fn path_dependencies_outside_are_watched_too() {
    let outside = tempfile::tempdir().unwrap();
    let shared = outside.path().canonicalize().unwrap().join("shared");
    write(&shared, "src/lib.rs", "one");
    let mut watched = watched_with(&[("a.rs", "")], std::slice::from_ref(&shared));
    write(&shared, "src/lib.rs", "two");
    assert_eq!(watched.next().paths, [shared.join("src/lib.rs").to_string_lossy()]);
}

#[test]
fn a_writer_that_never_closes_is_heard() {
    use std::io::Write as _;
    let mut watched = watched(&[("data.rs", "old")]);
    let mut file = fs::File::create(watched.root.join("data.rs")).unwrap();
    file.write_all(b"new").unwrap();
    file.flush().unwrap();
    assert_eq!(watched.next().paths, ["data.rs"]);
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_is_watched_once() {
    let mut watched = watched(&[("a/x.rs", "")]);
    std::os::unix::fs::symlink(&watched.root, watched.root.join("a/loop")).unwrap();
    watched.until_sentinel();
    watched.write("a/x.rs", "new");
    assert_eq!(watched.paths_until_sentinel(), set(&["a/x.rs"]));
}

/// Threads of the watcher must sleep while nothing happens: the kernel counts when they are woken.
#[cfg(target_os = "linux")]
#[test]
fn an_idle_watcher_wakes_nobody() {
    crate::support::alone("watch::alone_an_idle_watcher_wakes_nobody");
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "run in a process of its own by the test of the same name"]
fn alone_an_idle_watcher_wakes_nobody() {
    fn wakes() -> u64 {
        let mut sum = 0;
        let mut threads = 0;
        for task in fs::read_dir("/proc/self/task").unwrap().flatten() {
            let name = fs::read_to_string(task.path().join("comm")).unwrap_or_default();
            if name.trim() == "watch" || name.starts_with("notify-rs") {
                threads += 1;
                let status = fs::read_to_string(task.path().join("status")).unwrap();
                let count = status.lines().find_map(|l| l.strip_prefix("voluntary_ctxt_switches:")).unwrap();
                sum += count.trim().parse::<u64>().unwrap();
            }
        }
        assert!(threads >= 2, "only {threads} threads are the watcher's");
        sum
    }
    let mut watched = watched(&[("src/lib.rs", "")]);
    watched.until_sentinel();
    std::thread::sleep(Duration::from_millis(100)); // the burst's end
    let before = wakes();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(wakes() - before, 0);
}
