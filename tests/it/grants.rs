//! What nodes of one composition may do, each for itself: real guests that try, and a host that answers.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use studio::compose::{Label, Live};
use studio::grants::{Grants, Kind, Ledger};
use studio::log::Stream;
use studio::run::{Options, Outcome, RunRequest};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::run_composed::{compose_as, part};
use crate::run_support::{Session, function, request, rust_library, wat};
use crate::support::{Project, stderr, stdout};
use crate::verbs::get;

const PROBER: &str = "
    package test:parts;
    interface probe { go: func(task: string); }
    world prober {
        import wasi:http/types@0.2.6;
        import wasi:http/outgoing-handler@0.2.6;
        import wasi:io/poll@0.2.6;
        export probe;
    }
";

const DRIVER: &str = "
    package test:parts;
    interface one { go: func(task: string); }
    interface two { go: func(task: string); }
    interface three { go: func(task: string); }
    world driver { import one; import two; import three; export run: func(); }
";

const WAC: &str = "
    package test:all;
    let filer = new test:prober { ... };
    let caller = new test:prober { ... };
    let other = new test:prober { ... };
    let driver = new test:driver { one: filer.probe, two: caller.probe, three: other.probe, ... };
    export driver.run;
";

/// `HTTP-request-denied` among the error codes of wasi:http.
pub const DENIED: &str = "error 15";

/// A package of its own file, as a part of another's.
pub fn nested(text: &str) -> String {
    let (head, body) = text.split_once(';').unwrap();
    let (comment, package) = head.split_once("package").unwrap();
    format!("{comment}package{package} {{{body}}}\n")
}

fn program() -> Live {
    let deps = [
        include_str!("../../templates/http/web/wit/deps/http/http.wit"),
        include_str!("../../templates/http/web/wit/deps/io/io.wit"),
        include_str!("../../templates/http/web/wit/deps/clocks/clocks.wit"),
    ];
    let wit = format!("{PROBER}\n{}", deps.map(nested).concat());
    let prober = part("prober", rust_library("prober.rs", include_str!("../guests/prober.rs"), &wit));
    let driver = part("driver", rust_library("driver.rs", include_str!("../guests/driver.rs"), DRIVER));
    compose_as(WAC, [prober, driver])
}

/// A server on this machine that answers everything, and what it was asked.
pub async fn stand_in() -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (addr, asked) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
    let heads = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            answer(stream, &heads).await;
        }
    });
    (addr, asked)
}

/// Answers one request, and puts its head down.
pub async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, heads: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let redirect = head.contains("/redirect");
    heads.lock().unwrap().push(head);
    let answer = match redirect {
        true => "HTTP/1.1 302 Found\r\nlocation: http://evil.example/\r\ncontent-length: 0\r\n\r\n",
        false => "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
    };
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

pub fn grants(of: &[(&str, &str)]) -> Grants {
    let mut grants = Grants::default();
    for (node, capability) in of {
        grants.grant(node, capability.parse().unwrap());
    }
    grants
}

pub struct Probe {
    pub session: Session,
    live: Live,
    generation: u64,
}

impl Probe {
    pub fn new(root: &Path) -> Self {
        let session = Session::with(Options { cache: None, root: Some(root.into()) });
        Self { session, live: program(), generation: 0 }
    }

    fn request(&mut self, grants: &Grants, tasks: &[&str]) -> RunRequest {
        self.generation += 1;
        RunRequest {
            args: tasks.iter().map(|t| (*t).to_string()).collect(),
            grants: Arc::new(grants.clone()),
            ..request(self.generation, &self.live, function("run"))
        }
    }

    /// What came of each task, and the ledger of the run.
    pub async fn run(&mut self, grants: &Grants, tasks: &[&str]) -> (BTreeMap<String, String>, Ledger) {
        let request = self.request(grants, tasks);
        self.session.lines.clear();
        let (outcome, ledger) = self.session.recorded(request).await;
        assert_eq!(outcome, Outcome::Returned(None), "{:#?}", self.session.lines);
        (self.outcomes(), ledger)
    }

    fn outcomes(&self) -> BTreeMap<String, String> {
        let said = self.session.lines.iter().filter(|l| l.stream == Stream::Stdout);
        let said = said.filter_map(|l| {
            let (task, outcome) = l.text.split_once(" -> ")?;
            Some((format!("{}: {task}", l.node), outcome.to_owned()))
        });
        said.collect()
    }
}

pub fn denials(ledger: &Ledger, node: &str, kind: Kind) -> u64 {
    ledger.of(node).filter(|(k, _, _)| *k == kind).map(|(_, _, entry)| entry.denied).sum()
}

#[tokio::test]
async fn what_the_article_promises_in_one_composition() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("scratch")).unwrap();
    std::fs::write(folder.path().join("scratch/note"), "a note").unwrap();
    std::fs::write(folder.path().join("secret"), "a secret").unwrap();
    let (addr, asked) = stand_in().await;
    let authority = crate::https::Authority::new("test");
    authority.write(&folder.path().join("test-ca.pem"));
    let (secured, asked_secured) = authority.serve("api.stripe.com").await;
    let mut granted = grants(&[
        ("filer", "files=scratch"),
        ("filer", "env=MINE=filer"),
        ("caller", "http=api.stripe.com"),
        ("caller", "env=MINE=caller"),
        ("caller", "clock"),
    ]);
    granted.ca = Some("test-ca.pem".into());
    granted.hosts.insert("api.stripe.com".into(), addr.into());
    granted.hosts.insert("api.stripe.com:443".into(), secured.into());
    granted.hosts.insert("evil.example".into(), addr.into());
    let mut tasks = Vec::new();
    for node in ["one", "two", "three"] {
        for task in [
            "read scratch/note",
            "read secret",
            "write scratch/new",
            "http GET http api.stripe.com /v1/charges",
            "http GET https api.stripe.com /v1/charges",
            "http GET http evil.example /",
            "env",
            "args",
            "stdin",
            "clock",
            "random",
            "sleep",
            "dns api.stripe.com",
        ] {
            tasks.push(format!("{node}: {task}"));
        }
    }
    tasks.push(format!("two: tcp {addr}"));
    tasks.push(format!("two: udp {addr}"));
    let tasks: Vec<&str> = tasks.iter().map(String::as_str).collect();
    let mut probe = Probe::new(folder.path());
    let (got, ledger) = probe.run(&granted, &tasks).await;
    assert_eq!(got.len(), tasks.len(), "{got:#?}");

    assert_eq!(got["filer: read scratch/note"], "a note");
    for task in ["filer: read secret", "caller: read scratch/note", "caller: read secret", "other: read scratch/note"] {
        assert!(matches!(got[task].as_str(), "NotFound" | "Uncategorized" | "Other"), "{task}: {}", got[task]);
    }
    for node in ["filer", "caller", "other"] {
        assert_ne!(got[&format!("{node}: write scratch/new")], "ok");
        assert_eq!(got[&format!("{node}: http GET http evil.example /")], DENIED);
        assert_eq!(got[&format!("{node}: args")], format!("[{node:?}]"));
        assert_eq!(got[&format!("{node}: stdin")], "\"\"");
        assert_eq!(got[&format!("{node}: sleep")], "true");
        assert_ne!(got[&format!("{node}: dns api.stripe.com")], "127.0.0.1");
        assert!(got[&format!("{node}: random")].parse::<u64>().is_ok());
    }
    assert!(!folder.path().join("scratch/new").exists());
    for scheme in ["http", "https"] {
        let task = format!("http GET {scheme} api.stripe.com /v1/charges");
        assert_eq!(got[&format!("caller: {task}")], "status 200");
        assert_eq!(got[&format!("filer: {task}")], DENIED);
        assert_eq!(got[&format!("other: {task}")], DENIED);
    }
    assert_eq!(got["filer: env"], "[(\"MINE\", \"filer\")]");
    assert_eq!(got["caller: env"], "[(\"MINE\", \"caller\")]");
    assert_eq!(got["other: env"], "[]");
    assert_eq!((got["filer: clock"].as_str(), got["other: clock"].as_str()), ("1735689600", "1735689600"));
    assert!(got["caller: clock"].parse::<u64>().unwrap() > 1_735_689_600, "the real one");
    assert_eq!(got[&format!("caller: tcp {addr}")], "PermissionDenied");
    assert_eq!(got[&format!("caller: udp {addr}")], "PermissionDenied");
    for asked in [asked, asked_secured] {
        let asked = asked.lock().unwrap();
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert!(asked[0].contains("host: api.stripe.com\r\n"), "{asked:?}");
    }

    let http = ledger.of("caller").find(|(k, _, e)| *k == Kind::Http && e.used > 0).unwrap();
    assert_eq!((http.1, http.2.used), ("http=GET api.stripe.com", 2));
    assert_eq!(http.2.last, "GET https://api.stripe.com/v1/charges");
    assert_eq!(denials(&ledger, "caller", Kind::Http), 1);
    assert_eq!(denials(&ledger, "other", Kind::Http), 3);
    assert!(denials(&ledger, "other", Kind::Files) > 0 && denials(&ledger, "other", Kind::Clock) > 0);
    assert!(denials(&ledger, "caller", Kind::Tcp) > 0 && denials(&ledger, "caller", Kind::Udp) > 0);
    assert!(denials(&ledger, "filer", Kind::Dns) > 0);
    let told = "`caller` was denied http: GET http://evil.example/; `studio grant caller http=evil.example` allows it";
    let mut lines = probe.session.lines.iter();
    assert!(
        lines.any(|l| l.stream == Stream::Studio && &*l.node == "caller" && l.text == told),
        "{:#?}",
        probe.session.lines
    );
}

#[tokio::test]
async fn a_change_of_grants_reaches_what_runs() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["scratch", "gate"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    std::fs::write(folder.path().join("scratch/note"), "a note").unwrap();
    let (addr, _) = stand_in().await;
    let tcp = format!("tcp=127.0.0.1:{}", addr.port());
    let stage = |of: &[(&str, &str)]| {
        let mut granted = grants(of);
        granted.grant("other", "files=gate".parse().unwrap());
        granted.hosts.insert("api.x".into(), addr.into());
        granted
    };
    let mut probe = Probe::new(folder.path());
    let connect = format!("two: tcp {addr}");
    let (fetch, write) = ("two: http GET http api.x /", "one: write scratch/new");
    let tasks = [
        (fetch, write, connect.as_str(), "two: env"),
        (fetch, write, connect.as_str(), "two: env"),
        (fetch, write, connect.as_str(), "two: env"),
    ];
    let mut all = Vec::new();
    for (turn, (a, b, c, d)) in tasks.iter().enumerate() {
        all.extend([a, b, c, d].map(|t| (*t).to_string()));
        all.extend([String::from("one: read scratch/note"), format!("three: wait gate/{turn}")]);
    }
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let request = probe.request(&stage(&[("filer", "files=scratch:rw")]), &all);
    probe.session.runner.start(request);
    let next = [
        stage(&[("filer", "files=scratch:ro"), ("caller", "http=api.x"), ("caller", &tcp), ("caller", "env=A=b")]),
        stage(&[]),
        stage(&[]),
    ];
    for (turn, granted) in next.into_iter().enumerate() {
        while probe.session.lines.iter().filter(|l| l.text == "waiting").count() <= turn {
            probe.session.next().await;
        }
        probe.session.runner.grant(Arc::new(granted));
        std::fs::write(folder.path().join(format!("gate/{turn}")), "").unwrap();
    }
    assert_eq!(probe.session.ended(1).await, Outcome::Returned(None));
    let said = |task: &str| -> Vec<&str> {
        let task = format!("{} -> ", task.split_once(": ").unwrap().1);
        probe.session.lines.iter().filter_map(|l| l.text.strip_prefix(task.as_str())).collect()
    };
    assert_eq!(said(fetch), [DENIED, "status 200", DENIED]);
    assert_eq!(said(&connect), ["PermissionDenied", "HTTP/1.1 200 OK", "PermissionDenied"]);
    assert_eq!(said(write), ["ok", "ReadOnlyFilesystem", "PermissionDenied"]);
    assert_eq!(said("one: read scratch/note"), ["a note", "a note", "PermissionDenied"]);
    // What a program keeps for itself, it keeps: its C library asks for the environment once.
    assert_eq!(said("two: env")[0], "[]");
}

/// What a descriptor may do that was opened before: what it could, until it is closed.
#[tokio::test]
async fn what_is_open_stays_open_and_opens_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["scratch", "gate"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    std::fs::write(folder.path().join("scratch/note"), "a note").unwrap();
    let mut probe = Probe::new(folder.path());
    let tasks = ["one: hold scratch/note gate/go", "one: read scratch/note"];
    let before = grants(&[("filer", "files=scratch"), ("filer", "files=gate")]);
    let request = probe.request(&before, &tasks);
    probe.session.runner.start(request);
    probe.session.line("waiting").await;
    probe.session.runner.grant(Arc::new(grants(&[("filer", "files=gate")])));
    std::fs::write(folder.path().join("gate/go"), "").unwrap();
    assert_eq!(probe.session.ended(1).await, Outcome::Returned(None));
    let got = probe.outcomes();
    assert_eq!(got["filer: hold scratch/note gate/go"], "a note");
    assert_eq!(got["filer: read scratch/note"], "PermissionDenied");
}

#[test]
fn grants_are_given_recorded_proposed_and_taken_back() {
    let project = Project::new("hello");
    project.edit(
        "src/main.rs",
        "println!(\"It is up.\");",
        "println!(\"{:?} {:?}\", std::env::var(\"MODE\"), std::fs::read_to_string(\"data/note\").ok());",
    );
    project.write("data/note", "a note");
    project.write("studio.toml", "# mine\n[run]\nargs = [\"x\"] # kept\n");
    let nothing = project.verb(&["grants"]);
    assert!(stdout(&nothing).starts_with("no grants, and no recorded run"), "{}", stdout(&nothing));
    let output = project.verb(&["run"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("ein-projekt | Err(NotPresent) None\n"), "{}", stdout(&output));
    assert!(stderr(&output).contains("ein-projekt | `ein-projekt` was denied files"), "{}", stderr(&output));

    let output = project.verb(&["grant", "ein-projekt", "env=MODE=test", "files=data:rw", "clock"]);
    let said =
        "ein-projekt env=MODE=test: granted\nein-projekt files=data:rw: granted\nein-projekt clock=real: granted\n";
    assert_eq!(stdout(&output), said, "{}", stderr(&output));
    let written = "# mine\n[run]\nargs = [\"x\"] # kept\n\n[grants.ein-projekt]\nenv = [\"MODE=test\"]\nfiles = [\"data:rw\"]\n\
                   clock = \"real\"\n";
    assert_eq!(project.read("studio.toml"), written);
    let output = project.verb(&["run"]);
    assert!(stdout(&output).contains("ein-projekt | Ok(\"test\") Some(\"a note\")\n"), "{}", stdout(&output));
    let text = stdout(&project.verb(&["grants"]));
    for line in ["  env=MODE=test: used 1×", "  files=data:rw: used 1×", "  clock=real: not used in the last run"] {
        assert!(text.contains(line), "{text}");
    }
    let (value, _) = project.json(&["grants", "--json"]);
    assert_eq!(value["grants"]["ein-projekt"], serde_json::json!(["clock=real", "env=MODE=test", "files=data:rw"]));
    let row = value["ledger"].as_array().unwrap().iter().find(|row| row["kind"] == "files").unwrap();
    assert_eq!((&row["used"], &row["last"]), (&1.into(), &"open note in data".into()));
    let proposal = stdout(&project.verb(&["grants", "--propose"]));
    let least = "[grants.ein-projekt]\nfiles = [\"data:ro\"]\nenv = [\"MODE=test\"]\n";
    assert!(proposal.starts_with(least) && !proposal.contains("clock"), "{proposal}");

    let output = project.verb(&["revoke", "ein-projekt", "env=MODE=test", "dns=*"]);
    let said = "ein-projekt env=MODE=test: revoked\nein-projekt dns=*: was not granted\n";
    assert_eq!(stdout(&output), said, "{}", stderr(&output));
    assert!(stdout(&project.verb(&["run"])).contains("Err(NotPresent) Some(\"a note\")"));
    let output = project.verb(&["grant", "nobody", "clock"]);
    assert!(output.status.success() && stderr(&output).contains("there are `ein-projekt`"), "{}", stderr(&output));
    let output = project.verb(&["grant", "ein-projekt", "fly=high"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("invalid grant `fly=high`"), "{}", stderr(&output));
    project.write("studio.toml", "[grants.a]\nfly = 'x'\n");
    let output = project.verb(&["grants"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("studio.toml:2:1"), "{}", stderr(&output));
}

#[test]
fn a_grant_reaches_a_server_that_runs() {
    let project = Project::new("http");
    project.edit("web/src/lib.rs", "println!(\"", "println!(\"mode {:?}\", std::env::var(\"MODE\")); println!(\"");
    let mut running = project.start(&["run", "--watch", "--json", "--addr", "127.0.0.1:0"]);
    let serving = running.wait("the address", |v| v["serving"].is_object());
    let addr = serving["serving"]["addr"].as_str().unwrap();
    get(addr, "/before");
    running.wait_line("web", "mode Err(NotPresent)");
    let before = running.wait("the request", |v| v["request"].is_object());
    assert!(project.verb(&["grant", "web", "env=MODE=test"]).status.success());
    let until = std::time::Instant::now() + crate::run_support::PATIENCE;
    loop {
        get(addr, "/after");
        let line = running.wait("what it says", |v| v["text"].as_str().is_some_and(|t| t.starts_with("mode ")));
        if line["text"] == "mode Ok(\"test\")" {
            break;
        }
        assert!(std::time::Instant::now() < until, "{line}");
    }
    let after = running.wait("the request", |v| v["request"].is_object());
    assert_eq!(after["request"]["generation"], before["request"]["generation"], "nothing was built or started anew");
    assert_eq!(running.terminate(), 0);
}

/// Every 0.3 interface that grants something, as a node's own: linked as it is declared, and asked.
#[tokio::test]
async fn nodes_of_wasi_0_3_are_granted_likewise() {
    let mut live = wat(include_str!("../guests/grants-0.3.wat"));
    let interfaces = [
        "cli/environment",
        "cli/stdin",
        "filesystem/preopens",
        "clocks/system-clock",
        "random/random",
        "random/insecure",
        "random/insecure-seed",
    ];
    let label = |path: &str| Label {
        import: format!("own-{}", path.rsplit('/').next().unwrap()),
        node: "own".into(),
        interface: format!("wasi:{path}@0.3.0"),
    };
    live.labels = interfaces.map(label).into();
    let mut session = Session::new();
    let mut run = async |generation, entry, capability: Option<&str>| {
        let mut asked = request(generation, &live, function(entry));
        let of: Vec<_> = capability.iter().map(|c| ("own", *c)).collect();
        asked.grants = Arc::new(grants(&of));
        match session.run(asked).await {
            Outcome::Returned(Some(value)) => value,
            other => panic!("{entry}: {other:?}"),
        }
    };
    let seeded = run(1, "random", None).await;
    assert_eq!(run(2, "random", None).await, seeded, "the same in every run");
    assert_ne!(run(3, "random", Some("random")).await, seeded);
    assert_eq!(run(4, "clock", None).await, "1735689600");
    assert!(run(5, "clock", Some("clock")).await.parse::<u64>().unwrap() > 1_735_689_600);
    assert_eq!(run(6, "folders", None).await, "0");
    assert_eq!(run(7, "folders", Some("files=src")).await, "1");
}

/// What both defines resources and grants, in 0.3: sockets and names of a node's own, and every path at its use.
#[tokio::test]
async fn sockets_and_paths_of_wasi_0_3_ask_each_time() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("scratch")).unwrap();
    std::fs::write(folder.path().join("scratch/note"), "a note").unwrap();
    std::fs::write(folder.path().join("secret"), "a secret").unwrap();
    let (addr, _) = stand_in().await;
    let port = addr.port().to_string();
    let mut live = wat(&include_str!("../guests/network-0.3.wat").replace("PORT", &port));
    let interfaces = ["filesystem/preopens", "sockets/types", "sockets/ip-name-lookup"];
    let label = |path: &str| Label {
        import: format!("own-{}", path.rsplit('/').next().unwrap()),
        node: "own".into(),
        interface: format!("wasi:{path}@0.3.0"),
    };
    live.labels = interfaces.map(label).into();
    let mut session = Session::with(Options { cache: None, root: Some(folder.path().into()) });
    let mut generation = 0;
    let (tcp, udp) = (format!("tcp=127.0.0.1:{port}"), format!("udp=127.0.0.1:{port}"));
    // The error code and one; 0 is none. 1: access or access-denied, 31: not-permitted, 33: read-only.
    for (entry, capability, code, kind, denied) in [
        ("tcp", "clock", 1, Kind::Tcp, 1),
        ("tcp", tcp.as_str(), 0, Kind::Tcp, 0),
        ("tcp", "tcp=127.0.0.1:1", 1, Kind::Tcp, 1),
        ("udp", "clock", 1, Kind::Udp, 1),
        ("udp", udp.as_str(), 0, Kind::Udp, 0),
        ("names", "clock", 1, Kind::Dns, 1),
        ("names", "dns=db.internal", 0, Kind::Dns, 0),
        ("read", "files=scratch", 0, Kind::Files, 0),
        ("escape", "files=scratch:rw", 31, Kind::Files, 1),
        ("mkdir", "files=scratch", 33, Kind::Files, 1),
        ("mkdir", "files=scratch:rw", 0, Kind::Files, 0),
    ] {
        generation += 1;
        let mut granted = grants(&[("own", capability)]);
        granted.hosts.insert("db.internal".into(), addr.into());
        let asked = RunRequest { grants: Arc::new(granted), ..request(generation, &live, function(entry)) };
        let (outcome, ledger) = session.recorded(asked).await;
        assert_eq!(outcome, Outcome::Returned(Some(code.to_string())), "{entry} with {capability}");
        let rows: Vec<_> = ledger.of("own").collect();
        assert_eq!(denials(&ledger, "own", kind), denied, "{entry} with {capability}: {rows:?}");
    }
    assert!(folder.path().join("scratch/new").is_dir());
}

/// The same component as two nodes of one composition: one may, the other may not.
#[tokio::test]
async fn two_nodes_of_wasi_0_3_have_sockets_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let (addr, _) = stand_in().await;
    let port = addr.port().to_string();
    let mut text = include_str!("../guests/network-0.3.wat").replace("PORT", &port);
    for (own, interface) in
        [("preopens", "filesystem/preopens"), ("types", "sockets/types"), ("ip-name-lookup", "sockets/ip-name-lookup")]
    {
        let (labelled, plain) =
            (format!("\"own-{own}\" (implements \"wasi:{interface}@0.3.0\")"), format!("\"wasi:{interface}@0.3.0\""));
        assert!(text.contains(&labelled), "{labelled}");
        text = text.replace(&labelled, &plain);
    }
    let net = part("net", ::wat::parse_str(&text).unwrap());
    let wac = "
        package test:all;
        let one = new test:net { ... };
        let two = new test:net { ... };
        export one.tcp as one-tcp;
        export two.tcp as two-tcp;
        export two.names as two-names;
    ";
    let live = compose_as(wac, [net]);
    let labels = |node: &str| live.labels.iter().filter(|l| l.node == node && l.interface.contains("sockets")).count();
    assert_eq!((labels("one"), labels("two")), (2, 2), "{:?}", live.labels);
    let mut session = Session::with(Options { cache: None, root: Some(folder.path().into()) });
    let tcp = format!("tcp=127.0.0.1:{port}");
    for (generation, entry, code) in [(1, "one-tcp", "0"), (2, "two-tcp", "1"), (3, "two-names", "0")] {
        let mut granted = grants(&[("one", tcp.as_str()), ("two", "dns=db.internal")]);
        granted.hosts.insert("db.internal".into(), addr.into());
        let asked = RunRequest { grants: Arc::new(granted), ..request(generation, &live, function(entry)) };
        assert_eq!(session.run(asked).await, Outcome::Returned(Some(code.into())), "{entry}");
    }
}

#[test]
fn grants_of_no_node_are_a_warning_that_names_the_one_that_was_meant() {
    let project = Project::new("neon");
    project.write("studio.toml", "[grants.logger]\nclock = \"real\"\n\n[grants.loger]\nclock = \"real\"\n");
    let output = project.verb(&["check"]);
    let said = stderr(&output);
    assert!(said.contains("warning: there is no node `loger` to grant anything\n  --> studio.toml:4:9"), "{said}");
    assert!(said.contains("did you mean `[grants.logger]`?"), "{said}");
    assert_eq!(said.matches("there is no node").count(), 1, "{said}");
    // In the file's own grammar, at its line.
    project.write("studio.toml", "[grants.logger]\nstdin = true\nclock = true\n");
    let said = stderr(&project.verb(&["check"]));
    assert!(said.contains("Invalid value `true` for `clock`.\n  --> studio.toml:3:"), "{said}");
    assert!(said.contains("Write `clock = \"real\"`."), "{said}");
}
