//! A table of ways out that guests try. None gets through, and what reaches the host is in the ledger.
//!
//! The nodes: `one` may write below `scratch` and read `ro`, `two` may GET `api.test/v1` and look up `db.internal`,
//! `three` may connect to one TCP port. What they must never see says so: it holds the word "secret".

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use studio::grants::Kind;
use studio::grants::Kind::{Args, Dns, Env, Files, Http, Listen, Random, Tcp, Udp};

use crate::grants::{DENIED, Probe, denials, grants, stand_in};

/// How an attack ends.
#[derive(Clone, Copy)]
enum End {
    /// Denied by the host, which puts it in the ledger.
    Seen(Kind),
    /// Never leaves the guest: its own libraries know no such folder, or refuse the text.
    Unsent,
    /// Nothing was denied here: there is no such file, for what would have made it was denied, or it leads to itself.
    Refused,
    /// Harmless by itself; a later one builds on it.
    Step,
    /// Exactly this.
    Says(&'static str),
}
use End::{Refused, Says, Seen, Step, Unsent};

/// `ROOT`, `PORT` (granted) and `OTHER` (a port nobody granted) are filled in.
const FILES: &[(&str, End)] = &[
    // Up and out.
    ("one: read scratch/../secret", Seen(Files)),
    ("one: read scratch/../../../../../../etc/passwd", Seen(Files)),
    ("one: read scratch/./../secret", Seen(Files)),
    ("one: read scratch//../secret", Seen(Files)),
    ("one: read scratch/sub/../../secret", Seen(Files)),
    ("one: read scratch/note/../../secret", Seen(Files)),
    ("one: list scratch/..", Seen(Files)),
    ("one: stat scratch/../secret", Seen(Files)),
    ("one: write scratch/../planted", Seen(Files)),
    ("one: mkdir scratch/../planted", Seen(Files)),
    ("one: remove scratch/../secret", Seen(Files)),
    ("one: rmdir scratch/../empty", Seen(Files)),
    ("one: rename scratch/note scratch/../planted", Seen(Files)),
    ("one: rename scratch/../secret scratch/mine", Seen(Files)),
    ("one: link scratch/../secret scratch/mine", Seen(Files)),
    ("one: link scratch/note scratch/../planted", Seen(Files)),
    ("one: readlink scratch/../link", Seen(Files)),
    // Absolute.
    ("one: read ROOT/secret", Unsent),
    ("one: read /etc/passwd", Unsent),
    ("one: read /proc/self/environ", Unsent),
    ("one: read /proc/self/root/etc/passwd", Unsent),
    ("one: list /", Unsent),
    // The same, put to the host past the C library.
    ("one: raw scratch ROOT/secret", Seen(Files)),
    ("one: raw scratch /etc/passwd", Seen(Files)),
    ("one: raw scratch /proc/self/environ", Seen(Files)),
    ("one: raw scratch /proc/self/root/etc/passwd", Seen(Files)),
    ("one: raw scratch /", Seen(Files)),
    ("one: raw scratch ../secret", Seen(Files)),
    ("one: raw scratch .", Says("opened")),
    // Through links that the host made.
    ("one: read scratch/link-out", Seen(Files)),
    ("one: read scratch/link-abs", Seen(Files)),
    ("one: read scratch/link-proc/environ", Seen(Files)),
    ("one: read scratch/dir-link/secret", Seen(Files)),
    ("one: list scratch/dir-link", Seen(Files)),
    ("one: stat scratch/link-out", Seen(Files)),
    ("one: write scratch/link-out", Seen(Files)),
    ("one: append scratch/link-out", Seen(Files)),
    ("one: write scratch/dir-link/planted", Seen(Files)),
    ("one: remove scratch/dir-link/secret", Seen(Files)),
    // Through links that the guest makes.
    ("one: symlink ../secret scratch/made", Step),
    ("one: read scratch/made", Seen(Files)),
    ("one: symlink .. scratch/up", Step),
    ("one: read scratch/up/secret", Seen(Files)),
    ("one: symlink up/up/etc/passwd scratch/far", Step),
    ("one: read scratch/far", Seen(Files)),
    ("one: symlink /etc/passwd scratch/made-abs", Seen(Files)),
    ("one: read scratch/made-abs", Refused),
    ("one: symlink loop scratch/loop", Step),
    ("one: read scratch/loop", Refused),
    // Read-only.
    ("one: write ro/file", Seen(Files)),
    ("one: append ro/file", Seen(Files)),
    ("one: write ro/planted", Seen(Files)),
    ("one: mkdir ro/planted", Seen(Files)),
    ("one: remove ro/file", Seen(Files)),
    ("one: rename ro/file scratch/mine", Seen(Files)),
    ("one: link ro/file scratch/mine", Seen(Files)),
    ("one: append scratch/mine", Refused),
    ("one: rename scratch/note ro/planted", Seen(Files)),
    // Another's.
    ("two: read scratch/note", Seen(Files)),
    ("two: read scratch/../secret", Seen(Files)),
    ("three: list scratch", Seen(Files)),
    ("two: env", Says("[]")),
    ("three: env", Says("[]")),
    // Through another's export: what `one` lends by its own interface is `one`'s, and no more than that.
    ("one: read scratch/note", Says("a note")),
    ("one: env", Says("[(\"MINE\", \"a secret of its own\")]")),
];

const NETWORK: &[(&str, End)] = &[
    ("two: http GET http api.test /v1/ok", Says("status 200")),
    // Other hosts, however they are written.
    ("two: http GET http evil.test /v1", Seen(Http)),
    ("two: http GET http 127.0.0.1:PORT /v1", Seen(Http)),
    ("two: http GET http [::ffff:127.0.0.1]:PORT /v1", Seen(Http)),
    ("two: http GET http [::1]:PORT /v1", Seen(Http)),
    ("two: http GET http 2130706433:PORT /v1", Seen(Http)),
    ("two: http GET http 0x7f.1:PORT /v1", Seen(Http)),
    ("two: http GET http localhost:PORT /v1", Seen(Http)),
    ("two: http GET http api.test.evil.test /v1", Seen(Http)),
    ("two: http GET http evil-api.test /v1", Seen(Http)),
    ("two: http GET http test /v1", Seen(Http)),
    ("two: http GET http api.test@evil.test /v1", Seen(Http)),
    ("two: http GET http evil.test@api.test /v1", Seen(Http)),
    ("two: http GET http api.test:OTHER /v1", Seen(Http)),
    ("two: http GET https evil.test /v1", Seen(Http)),
    // Other methods and paths.
    ("two: http POST http api.test /v1", Seen(Http)),
    ("two: http get http api.test /v1", Seen(Http)),
    ("two: http CONNECT http api.test /v1", Seen(Http)),
    ("two: http GET http api.test /v2", Seen(Http)),
    ("two: http GET http api.test /v1x", Seen(Http)),
    ("two: http GET http api.test /v1/../v2", Seen(Http)),
    ("two: http GET http api.test /v1/%2e%2e/v2", Seen(Http)),
    ("two: http GET http api.test /v1//../v2", Seen(Http)),
    ("two: http GET http api.test //evil.test/v1", Seen(Http)),
    // A redirect is an answer; who follows it asks anew.
    ("two: http GET http api.test /v1/redirect", Says("status 302")),
    ("two: http GET http evil.example /", Seen(Http)),
    // The header that tells a server which of its names is meant.
    ("two: http-as host evil.test GET http api.test /v1", Says("forbidden")),
    ("two: http-as Host evil.test GET http api.test /v1", Says("forbidden")),
    ("two: http-as host api.test GET http evil.test /v1", Says("forbidden")),
    ("two: http-as x-forwarded-host evil.test GET http api.test /v1", Says("status 200")),
    ("two: http-as x-forwarded-host api.test GET http evil.test /v1", Seen(Http)),
    // Another's.
    ("one: http GET http api.test /v1", Seen(Http)),
    ("three: http GET http api.test /v1", Seen(Http)),
    // Sockets.
    ("three: tcp 127.0.0.1:PORT", Says("HTTP/1.1 200 OK")),
    ("three: tcp 127.0.0.1:OTHER", Seen(Tcp)),
    ("three: tcp 127.0.0.2:PORT", Seen(Tcp)),
    ("three: tcp [::1]:PORT", Seen(Tcp)),
    ("three: tcp [::ffff:127.0.0.1]:OTHER", Seen(Tcp)),
    ("three: tcp 0.0.0.0:PORT", Seen(Tcp)),
    ("three: tcp localhost:PORT", Seen(Dns)),
    ("three: udp 127.0.0.1:PORT", Seen(Udp)),
    ("three: listen 127.0.0.1:0", Seen(Listen)),
    ("three: listen 127.0.0.1:PORT", Seen(Listen)),
    ("three: listen 0.0.0.0:0", Seen(Listen)),
    ("one: tcp 127.0.0.1:PORT", Seen(Tcp)),
    ("two: dns evil.test", Seen(Dns)),
    ("two: dns db.internal.evil.test", Seen(Dns)),
    ("one: dns db.internal", Seen(Dns)),
];

/// All names and contents below a folder.
pub fn everything(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = std::fs::symlink_metadata(&path).unwrap().file_type();
        if kind.is_dir() {
            all.extend(everything(&path));
        }
        let text = if kind.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        all.push((path, text));
    }
    all.sort();
    all
}

fn disk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    for name in ["scratch", "scratch/sub", "ro", "outside", "empty"] {
        std::fs::create_dir(at(name)).unwrap();
    }
    for (name, text) in
        [("secret", "a secret"), ("outside/secret", "a secret"), ("scratch/note", "a note"), ("ro/file", "read me")]
    {
        std::fs::write(at(name), text).unwrap();
    }
    symlink("secret", at("link")).unwrap();
    symlink("../secret", at("scratch/link-out")).unwrap();
    symlink(at("secret"), at("scratch/link-abs")).unwrap();
    symlink("/proc/self", at("scratch/link-proc")).unwrap();
    symlink("../outside", at("scratch/dir-link")).unwrap();
    folder
}

async fn try_all(table: &[(&str, End)]) {
    let folder = disk();
    let (addr, _) = stand_in().await;
    let (other, reached) = stand_in().await;
    let mut granted = grants(&[
        ("filer", "files=scratch:rw"),
        ("filer", "files=ro"),
        ("filer", "env=MINE=a secret of its own"),
        ("caller", "http=GET api.test/v1"),
        ("caller", "dns=db.internal"),
        ("other", &format!("tcp=127.0.0.1:{}", addr.port())),
    ]);
    granted.hosts.insert("api.test".into(), addr.into());
    for host in ["evil.test", "evil.example", "api.test.evil.test", "evil-api.test", "test", "localhost"] {
        granted.hosts.insert(host.into(), other.into());
    }
    let beside = |all: Vec<(PathBuf, Vec<u8>)>| -> Vec<_> {
        all.into_iter().filter(|(path, _)| !path.starts_with(folder.path().join("scratch"))).collect()
    };
    let before = beside(everything(folder.path()));
    let mut probe = Probe::new(folder.path());
    let mut wrong = Vec::new();
    for (task, end) in table {
        let task = task.replace("ROOT", &folder.path().display().to_string());
        let task = task.replace("PORT", &addr.port().to_string()).replace("OTHER", &other.port().to_string());
        let (got, ledger) = probe.run(&granted, &[&task]).await;
        let node = match task.split(':').next() {
            Some("one") => "filer",
            Some("two") => "caller",
            _ => "other",
        };
        let Some(said) = got.values().next().cloned() else {
            wrong.push(format!("{task}: nothing was said"));
            continue;
        };
        // Shown where something fails.
        eprintln!("{task}: {said}");
        let stopped =
            !["ok", "sent", "status 200", "HTTP/1.1 200 OK"].contains(&said.as_str()) && !said.contains("a secret");
        let good = match end {
            Seen(Http) => said == DENIED && denials(&ledger, node, Http) == 1,
            Seen(kind) => stopped && denials(&ledger, node, *kind) > 0,
            Unsent | Refused => stopped && said.chars().all(char::is_alphabetic),
            Step => true,
            Says(text) => said == *text,
        };
        if !good {
            wrong.push(format!("{task}: {said}; {:?}", ledger.of(node).collect::<Vec<_>>()));
        }
        // The driver asked for all of it, and has none of it: what was used is down in the name of who lent it.
        if ledger.of("driver").any(|(kind, _, entry)| !matches!(kind, Args | Env | Random) && entry.used > 0) {
            wrong.push(format!("{task}: {:?}", ledger.of("driver").collect::<Vec<_>>()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(beside(everything(folder.path())), before, "nothing outside of what may be written was changed");
    assert!(reached.lock().unwrap().is_empty(), "{:?}", reached.lock().unwrap());
}

#[tokio::test]
async fn no_file_is_reached_that_was_not_granted() {
    try_all(FILES).await;
}

#[tokio::test]
async fn nobody_is_called_who_was_not_granted() {
    try_all(NETWORK).await;
}

#[tokio::test]
async fn a_folder_exchanged_for_a_link_while_it_is_read_leads_nowhere() {
    let folder = disk();
    let at = |path: &str| folder.path().join(path);
    std::fs::create_dir(at("scratch/inside")).unwrap();
    std::fs::write(at("scratch/inside/secret"), "inside").unwrap();
    symlink("../outside", at("scratch/swap-link")).unwrap();
    symlink("inside", at("scratch/swap")).unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let (stopped, scratch) = (Arc::clone(&stop), at("scratch"));
    let swapping = std::thread::spawn(move || {
        let mut turns = 0u32;
        while !stopped.load(Ordering::Relaxed) {
            for target in ["../outside", "inside"] {
                symlink(target, scratch.join("next")).unwrap();
                std::fs::rename(scratch.join("next"), scratch.join("swap")).unwrap();
            }
            turns += 1;
        }
        turns
    });
    let mut probe = Probe::new(folder.path());
    let granted = grants(&[("filer", "files=scratch:rw")]);
    let (got, ledger) = probe.run(&granted, &["one: race scratch/swap/secret"]).await;
    stop.store(true, Ordering::Relaxed);
    assert!(swapping.join().unwrap() > 10);
    assert_eq!(got["filer: race scratch/swap/secret"], "nothing else");
    let files: Vec<_> = ledger.of("filer").filter(|(kind, _, _)| *kind == Files).collect();
    assert!(files.iter().any(|(_, _, e)| e.used > 0) && denials(&ledger, "filer", Files) > 0, "{files:?}");
}

#[tokio::test]
async fn a_name_whose_answer_changes_takes_its_address_with_it() {
    let folder = disk();
    let (addr, _) = stand_in().await;
    let mut probe = Probe::new(folder.path());
    let connect = format!("three: tcp {addr}");
    let tasks = ["three: dns db.internal", connect.as_str(), "three: http GET http db.internal /"];
    let port = addr.port();
    let mut granted = grants(&[
        ("other", "dns=db.internal"),
        ("other", &format!("tcp=db.internal:{port}")),
        ("other", "http=db.internal"),
    ]);
    granted.hosts.insert("db.internal".into(), addr.into());
    let (got, ledger) = probe.run(&granted, &tasks).await;
    assert_eq!(got["other: dns db.internal"], "127.0.0.1");
    assert_eq!(got[&format!("other: tcp {addr}")], "HTTP/1.1 200 OK");
    assert_eq!(got["other: http GET http db.internal /"], "status 200");
    assert_eq!(denials(&ledger, "other", Tcp), 0);
    // The name leads elsewhere now. Where it led before is no more than any other address.
    let elsewhere = std::net::SocketAddr::from(([127, 0, 0, 9], port));
    granted.hosts.insert("db.internal".into(), elsewhere.into());
    let (got, ledger) = probe.run(&granted, &tasks).await;
    assert_eq!(got["other: dns db.internal"], "127.0.0.9");
    assert_eq!(got[&format!("other: tcp {addr}")], "PermissionDenied");
    assert_ne!(got["other: http GET http db.internal /"], "status 200");
    assert_eq!(denials(&ledger, "other", Tcp), 1);
}

#[test]
fn the_table_is_as_long_as_was_promised() {
    let attacks = FILES.iter().chain(NETWORK).filter(|(_, end)| !matches!(end, Step | Says(_)));
    assert!(attacks.count() >= 80);
}
