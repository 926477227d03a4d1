//! The folders that a guest was granted, and what stands in them: links, pipes, other names, and more than they may hold.

use std::os::unix::fs::symlink;
use std::sync::Arc;

use studio::grants::Kind;
use studio::model::entry::Entry;
use studio::run::{Options, Outcome, RunRequest};

use super::guest::{changes, make, project};
use crate::attacks::everything;
use crate::grants::{Probe, denials, grants, nested};
use crate::http_support::{get, serving};
use crate::run_composed::{compose_as, part};
use crate::run_support::{Session, function, request, rust_library, wat};

/// The folder that one node was granted lies below another's, who puts a link in its place.
#[tokio::test]
async fn a_granted_folder_replaced_by_a_link_leads_nowhere_at_the_next_start() {
    let root = tempfile::tempdir().unwrap();
    make(root.path(), &["data/inner", "outside"], &[("outside/secret", "a secret"), ("data/inner/secret", "inside")]);
    let mut probe = Probe::new(root.path());
    let granted = grants(&[("filer", "files=data:rw"), ("other", "files=data/inner:/inner:rw")]);
    let (got, _) = probe.run(&granted, &["three: read /inner/secret"]).await;
    assert_eq!(got["other: read /inner/secret"], "inside");
    let swap = ["one: rename data/inner data/old", "one: symlink ../outside data/inner"];
    let (got, _) = probe.run(&granted, &swap).await;
    assert!(got.values().all(|said| said == "ok"), "{got:?}");
    let (got, _) = probe.run(&granted, &["three: read /inner/secret", "three: write /inner/planted"]).await;
    assert_ne!(got["other: read /inner/secret"], "a secret");
    assert!(!root.path().join("outside/planted").exists());
    // A session that begins after that finds the link in its place.
    let mut probe = Probe::new(root.path());
    let (got, _) = probe.run(&granted, &["three: read /inner/secret", "three: write /inner/planted"]).await;
    assert_ne!(got["other: read /inner/secret"], "a secret");
    assert!(!root.path().join("outside/planted").exists());
}

/// The links, renames and second names that lead from one granted folder to the other, or out of both.
#[tokio::test]
async fn two_folders_of_one_node_are_no_way_out() {
    let root = tempfile::tempdir().unwrap();
    make(
        root.path(),
        &["a/deep/er", "b", "outside"],
        &[("outside/secret", "a secret"), ("a/note", "a note"), ("secret", "a secret")],
    );
    let mut probe = Probe::new(root.path());
    let granted = grants(&[("filer", "files=a:/a:rw"), ("filer", "files=b:/b:rw"), ("other", "files=a/deep:/deep:ro")]);
    let before = everything(&root.path().join("outside"));
    for (task, may) in [
        ("one: symlink ../outside /a/l1", true),
        ("one: symlink l1 /a/l2", true),
        ("one: symlink l2/secret /a/l3", true),
        ("one: read /a/l1/secret", false),
        ("one: read /a/l2/secret", false),
        ("one: read /a/l3", false),
        ("one: write /a/l2/planted", false),
        ("one: raw-write /a l1/planted", false),
        ("one: rename /a/l1 /b/l1", true),
        ("one: read /b/l1/secret", false),
        ("one: rename /a/note /b/../outside/note", false),
        ("one: link /a/note /b/../../planted", false),
        ("one: link /a/../secret /b/mine", false),
        ("one: link /b/l1/secret /b/mine", false),
        ("one: symlink /etc /a/etc", false),
        // A folder that is open goes on being the folder it is, wherever it is moved, and its `..` leads nowhere.
        ("one: moved-write /a/deep/er /a/er ../../secret", false),
        ("one: rename /a/er /a/deep/er", true),
        ("one: rename /a/deep /a/gone", true),
        ("one: symlink ../outside /a/deep", true),
        ("three: read /deep/secret", false),
        ("three: list /deep", true),
    ] {
        let (got, _) = probe.run(&granted, &[task]).await;
        let said = got.values().next().cloned().unwrap_or_default();
        eprintln!("{task}: {said}");
        assert!(!said.contains("a secret"), "{task}: {said}");
        let stopped = ["PermissionDenied", "NotFound", "Other", "Uncategorized", "NotADirectory", "CrossesDevices"];
        assert!(may || stopped.contains(&said.as_str()), "{task}: {said}");
    }
    assert_eq!(everything(&root.path().join("outside")), before);
    assert!(!root.path().join("planted").exists());
}

/// A link that was there before the first start is said to be one, with what to do.
#[tokio::test]
async fn a_link_in_the_way_of_a_granted_folder_is_refused_in_words() {
    let root = tempfile::tempdir().unwrap();
    make(root.path(), &["outside/inner"], &[("outside/secret", "a secret"), ("outside/inner/secret", "a secret")]);
    symlink("outside", root.path().join("data")).unwrap();
    symlink(root.path().join("outside"), root.path().join("absolute")).unwrap();
    let mut probe = Probe::new(root.path());
    let absolute = format!("files={}:/x", root.path().join("absolute").display());
    for grant in
        ["files=data:/x", "files=data/inner:/x", "files=data/:/x", "files=./data:/x", "files=absolute:/x", &absolute]
    {
        let (got, _) = probe.run(&grants(&[("filer", grant)]), &["one: read /x/secret"]).await;
        assert_ne!(got["filer: read /x/secret"], "a secret", "{grant}");
        let told =
            probe.session.texts().iter().any(|line| line.contains("is a link") && line.contains("by its own path"));
        assert!(told, "{grant}: {:#?}", probe.session.texts());
    }
    let plain = format!("files={}:/x", root.path().join("outside").display());
    let (got, _) = probe.run(&grants(&[("filer", &plain)]), &["one: read /x/secret"]).await;
    assert_eq!(got["filer: read /x/secret"], "a secret");
}

/// What a folder was when its grant was used first is what it stays, until the grants change or it is gone.
#[tokio::test]
async fn a_deleted_folder_is_opened_anew_and_a_kept_one_is_not() {
    let root = tempfile::tempdir().unwrap();
    make(root.path(), &["data"], &[("data/note", "first")]);
    let mut probe = Probe::new(root.path());
    let granted = grants(&[("filer", "files=data:/d")]);
    let task = ["one: read /d/note"];
    assert_eq!(probe.run(&granted, &task).await.0["filer: read /d/note"], "first");
    std::fs::remove_dir_all(root.path().join("data")).unwrap();
    make(root.path(), &["data"], &[("data/note", "second")]);
    assert_eq!(probe.run(&granted, &task).await.0["filer: read /d/note"], "second");
    std::fs::rename(root.path().join("data"), root.path().join("moved")).unwrap();
    make(root.path(), &["data"], &[("data/note", "third")]);
    assert_eq!(probe.run(&granted, &task).await.0["filer: read /d/note"], "second", "the handle");
    assert_ne!(probe.run(&grants(&[]), &task).await.0["filer: read /d/note"], "second");
    assert_eq!(probe.run(&granted, &task).await.0["filer: read /d/note"], "third", "granted anew");
}

const SERVER: &str = "
    package test:parts;
    world server {
        import wasi:http/types@0.2.6;
        export wasi:http/incoming-handler@0.2.6;
    }
";

/// One request puts a link in the place of a granted folder; the next one would have opened through it.
#[tokio::test]
async fn a_folder_replaced_in_one_request_leads_nowhere_in_the_next() {
    let root = tempfile::tempdir().unwrap();
    make(root.path(), &["data/inner", "outside"], &[("outside/secret", "a secret"), ("data/inner/secret", "inside")]);
    let deps = [
        include_str!("../../../templates/http/web/wit/deps/http/http.wit"),
        include_str!("../../../templates/http/web/wit/deps/io/io.wit"),
        include_str!("../../../templates/http/web/wit/deps/clocks/clocks.wit"),
    ];
    let wit = format!("{SERVER}\n{}", deps.map(nested).concat());
    let server = part("server", rust_library("server.rs", include_str!("../../guests/server.rs"), &wit));
    let wac = "
        package test:all;
        let server = new test:server { ... };
        export server[\"wasi:http/incoming-handler@0.2.6\"];
    ";
    let live = compose_as(wac, [server]);
    let mut session = Session::with(Options { cache: None, root: Some(root.path().into()) });
    let granted = Arc::new(grants(&[("server", "files=data:/data:rw"), ("server", "files=data/inner:/inner:rw")]));
    let serve = |generation| RunRequest {
        grants: Arc::clone(&granted),
        ..request(generation, &live, Entry::Http("wasi:http/incoming-handler@0.2.6".into()))
    };
    session.runner.start(serve(1));
    let addr = serving(&mut session).await;
    session.started(1).await;
    let ask = async |session: &mut Session, path: &str| {
        session.lines.clear();
        assert_eq!(get(addr, path).await.0, 200);
        let head = format!("{path} -> ");
        loop {
            if let Some(said) = session.lines.iter().find_map(|l| l.text.strip_prefix(&head)) {
                return said.to_owned();
            }
            session.next().await;
        }
    };
    assert_eq!(ask(&mut session, "/read?/inner/secret").await, "inside");
    assert_eq!(ask(&mut session, "/swap?/data/inner").await, "ok");
    assert_eq!(ask(&mut session, "/read?/inner/secret").await, "inside", "the folder it was");
    assert_eq!(ask(&mut session, "/write?/inner/planted").await, "ok");
    assert!(root.path().join("data/inner-old/planted").exists());
    // The next program has the same handles; granted anew, the link is one.
    session.runner.start(serve(2));
    session.started(2).await;
    assert_eq!(ask(&mut session, "/read?/inner/secret").await, "inside");
    session.runner.grant(Arc::default());
    session.runner.grant(Arc::clone(&granted));
    assert_ne!(ask(&mut session, "/read?/inner/secret").await, "a secret");
    assert_ne!(ask(&mut session, "/write?/inner/planted").await, "ok");
    assert_ne!(ask(&mut session, "/read?/data/inner/secret").await, "a secret");
    assert!(!root.path().join("outside/planted").exists());
}

#[tokio::test]
async fn pipes_sockets_and_devices_are_refused_at_once() {
    let root = tempfile::tempdir().unwrap();
    make(root.path(), &["data"], &[("data/note", "a note")]);
    let fifo = root.path().join("data/pipe");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let _listener = std::os::unix::net::UnixListener::bind(root.path().join("data/socket")).unwrap();
    symlink("pipe", root.path().join("data/link")).unwrap();
    let mut probe = Probe::new(root.path());
    let granted = grants(&[
        ("filer", "files=data:/d:rw"),
        ("filer", "files=/dev:/dev:rw"),
        ("caller", "files=data:/d:rw,special"),
        ("caller", "files=/dev:/dev:ro,special"),
    ]);
    // A guest that waited would never be done.
    for task in [
        "one: read /d/pipe",
        "one: write /d/pipe",
        "one: append /d/pipe",
        "one: read /d/link",
        "one: write /d/link",
        "one: raw /d pipe",
        "one: raw-write /d pipe",
        "one: read /d/socket",
        "one: read /dev/zero",
        "one: write /dev/null",
        "one: raw /dev tty",
    ] {
        let (got, ledger) = probe.run(&granted, &[task]).await;
        let said = got.values().next().cloned().unwrap_or_default();
        assert_eq!(said, "PermissionDenied", "{task}");
        assert!(denials(&ledger, "filer", Kind::Files) > 0, "{task}");
    }
    let (got, _) =
        probe.run(&granted, &["one: stat /d/pipe", "one: rename /d/pipe /d/pipe2", "one: read /d/note"]).await;
    assert_eq!(got["filer: stat /d/pipe"], "0 bytes");
    assert_eq!((got["filer: rename /d/pipe /d/pipe2"].as_str(), got["filer: read /d/note"].as_str()), ("ok", "a note"));
    let (got, _) = probe.run(&granted, &["two: read /dev/null"]).await;
    assert_eq!(got["caller: read /dev/null"], "");
}

#[tokio::test]
async fn a_folder_holds_no_more_than_its_grant_says() {
    let root = tempfile::tempdir().unwrap();
    make(root.path(), &["data", "held", "many", "deep"], &[("held/before", &"x".repeat(900 << 10))]);
    let size = || -> u64 { everything(&root.path().join("data")).iter().map(|(_, text)| text.len() as u64).sum() };
    let mut probe = Probe::new(root.path());
    let granted = grants(&[
        ("filer", "files=data:/d:rw,size=1MiB"),
        ("caller", "files=data:/d:rw,size=1MiB"),
        ("other", "files=held:/h:rw,size=1MiB"),
        ("other", "files=many:/m:rw,entries=50"),
    ]);
    let mut told = Vec::new();
    let mut run = async |task: &str| {
        let (got, _) = probe.run(&granted, &[task]).await;
        told.extend(probe.session.texts().into_iter().map(str::to_owned));
        got.values().next().cloned().unwrap_or_default()
    };
    assert_eq!(run("one: fill /d 100").await, "10 files, then StreamFailed");
    assert!(size() <= 1 << 20, "{}", size());
    // Another node, and the next run: what is there is there.
    assert_eq!(run("two: sparse /d/new 500").await, "StreamFailed");
    assert_eq!(run("two: grow /d/new 500").await, "NoSpace");
    assert_eq!(run("one: write /d/3").await, "ok", "what is there may be written over");
    assert!(size() <= 1 << 20, "{}", size());
    // What is deleted makes room.
    for file in 0..10 {
        assert_eq!(run(&format!("one: remove /d/{file}")).await, "ok");
    }
    assert_eq!(run("two: fill /d 200").await, "5 files, then StreamFailed");
    // What grows and shrinks, or takes the place of another, counts as it is now.
    for _ in 0..5 {
        assert_eq!(run("one: grow /d/0 0").await, "ok");
        assert_eq!(run("two: grow /d/0 200").await, "ok");
    }
    assert_eq!(run("one: grow /d/0 300").await, "NoSpace");
    assert_eq!(run("one: rename /d/0 /d/1").await, "ok");
    assert_eq!(run("two: grow /d/0 300").await, "NoSpace");
    assert_eq!(run("two: grow /d/0 150").await, "ok");
    assert!(size() <= 1 << 20, "{}", size());
    // A hole is counted as it reads.
    assert_eq!(run("one: remove /d/0").await, "ok");
    assert_eq!(run("one: sparse /d/hole 100000000").await, "StreamFailed");
    assert_eq!(run("one: grow /d/hole 100000000").await, "NoSpace");
    assert!(std::fs::metadata(root.path().join("data/hole")).unwrap().len() <= 1 << 20);
    // What was there before counts, and files without a name while they are held.
    assert_eq!(run("three: fill /h 100").await, "1 files, then StreamFailed");
    assert_eq!(run("three: remove /h/before").await, "ok");
    assert_eq!(run("three: remove /h/0").await, "ok");
    assert_eq!(run("three: nameless /h/x 100").await, "10 files, then StreamFailed");
    // And files that are empty.
    assert_eq!(run("three: empty-files /m 60").await, "50 files, then NoSpace");
    assert_eq!(run("three: mkdir /m/more").await, "NoSpace");
    assert_eq!(run("three: symlink 0 /m/more").await, "NoSpace");
    assert_eq!(run("three: link /m/0 /m/more").await, "NoSpace");
    assert_eq!(run("three: rename /m/0 /m/more").await, "ok");
    for why in ["no space: a folder may hold 1 MiB; `size=`", "no space: a folder may hold 50 files; `entries=`"] {
        assert!(told.iter().any(|line| line.contains(why)), "{why}: {told:#?}");
    }
}

/// WASI 0.3, by the same functions: 0 is done; 23 is insufficient-space, 31 not-permitted.
#[tokio::test]
async fn guests_of_wasi_0_3_reach_no_more() {
    let root = project();
    assert!(std::process::Command::new("mkfifo").arg(root.path().join("data/pipe")).status().unwrap().success());
    let mut session = Session::with(Options { cache: None, root: Some(root.path().into()) });
    let before = everything(root.path());
    for (generation, (path, entry, capability, code)) in (1..).zip([
        ("../studio.toml", "read", "files=data", 31),
        ("up/studio.toml", "create", "files=data:rw", 31),
        ("studio.toml", "create", "files=.:rw", 31),
        ("comp/src/new.txt", "create", "files=.:rw", 31),
        ("data/link/new.txt", "create", "files=.:rw", 31),
        ("data/manifest", "create", "files=.:rw", 31),
        ("comp/build.rs", "mkdir", "files=.:rw", 31),
        ("Cargo.lock", "unlink", "files=.:rw", 31),
        ("Cargo.lock", "size", "files=.:rw", 100),
        ("build.rs", "rename", "files=data:rw", 31),
        ("pipe", "read", "files=data", 31),
        ("pipe", "create", "files=data:rw", 31),
        ("sub", "mkdir", "files=data:rw", 7),
    ]) {
        let outcome = run_0_3(&mut session, generation, path, entry, capability).await;
        assert_eq!(outcome, code, "{entry} {path} with {capability}");
    }
    let changed = changes(&before, &everything(root.path()));
    assert!(changed.is_empty(), "{changed:?}");
    for (generation, (path, entry, capability, code)) in (100..).zip([
        ("big", "size", "files=data:rw,size=1MiB", 23),
        ("big", "size", "files=data:rw,size=3MiB", 0),
        ("big", "unlink", "files=data:rw,size=1MiB", 0),
        ("big", "write", "files=data:rw,size=1MiB", 15_023),
        ("big", "unlink", "files=data:rw,size=1MiB", 0),
        ("big", "write", "files=data:rw,size=3MiB", 32_000),
        ("none", "create", "files=data:rw,entries=2", 23),
    ]) {
        let outcome = run_0_3(&mut session, generation, path, entry, capability).await;
        assert_eq!(outcome, code, "{entry} {path} with {capability}");
    }
    assert_eq!(std::fs::metadata(root.path().join("data/big")).unwrap().len(), 2 << 20);
}

async fn run_0_3(session: &mut Session, generation: u64, path: &str, entry: &str, capability: &str) -> u32 {
    let text =
        include_str!("../../guests/files-0.3.wat").replace("PATH", path).replace("LENGTH", &path.len().to_string());
    let mut live = wat(&text);
    live.labels = vec![studio::compose::Label {
        import: "own-preopens".into(),
        node: "own".into(),
        interface: "wasi:filesystem/preopens@0.3.0".into(),
    }];
    let asked =
        RunRequest { grants: Arc::new(grants(&[("own", capability)])), ..request(generation, &live, function(entry)) };
    match session.run(asked).await {
        Outcome::Returned(Some(code)) => code.parse().unwrap(),
        other => panic!("{entry} {path}: {other:?}"),
    }
}
