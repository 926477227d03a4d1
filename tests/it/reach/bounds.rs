//! What the host holds and does for a guest is the guest's to pay for: a table of ways to have more of studio than its
//! limits say, each watched from outside.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::Duration;

use crate::limits::{MIB, OWN, Watch, ask};
use crate::support::{Project, Running};

/// Everything that the guest may have, of all requests together and of one.
const MEMORY: usize = 256 * MIB;
const LIMITS: &str = "[grants.web]\nfiles = [\"data:/data:rw\", \"stuck:/stuck\"]\n\n[run.limits]\n\
                      memory = \"256 MiB\"\nrequest-memory = \"64 MiB\"\nrequest = \"10s\"\n";

const HOSTILE: &str = r#"
        let more = |n: usize| vec![b'x'; n];
        match path.as_str() {
            "/headers" => loop {
                std::mem::forget(Fields::from_list(&[("a".to_owned(), more(60_000))]).unwrap());
            },
            "/appended" => loop {
                let fields = Fields::new();
                for n in 0..60 {
                    fields.append(&format!("a{n}"), &more(900)).unwrap();
                }
                std::mem::forget(fields);
            },
            "/set" => loop {
                let fields = Fields::new();
                fields.set("a", &vec![Vec::new(); 1_500]).unwrap();
                std::mem::forget(fields);
            },
            "/cloned" => {
                let fields = Fields::from_list(&[("a".to_owned(), more(60_000))]).unwrap();
                loop {
                    let copy = fields.clone();
                    copy.append("b", b"x").unwrap();
                    std::mem::forget(copy);
                }
            }
            "/bodies" => loop {
                let response = OutgoingResponse::new(Fields::new());
                let body = response.body().unwrap();
                let stream = body.write().unwrap();
                let room = stream.check_write().unwrap() as usize;
                stream.write(&more(room)).unwrap();
                std::mem::forget((response, body, stream));
            },
            "/methods" => loop {
                let request = bindings::wasi::http::types::OutgoingRequest::new(Fields::new());
                request.set_method(&Method::Other("X".repeat(1 << 20))).unwrap();
                std::mem::forget(request);
            },
            "/schemes" => loop {
                let request = bindings::wasi::http::types::OutgoingRequest::new(Fields::new());
                let scheme = bindings::wasi::http::types::Scheme::Other("x".repeat(60));
                request.set_scheme(Some(&scheme)).unwrap();
                request.set_path_with_query(Some(&format!("/{}", "p".repeat(60_000)))).unwrap();
                std::mem::forget(request);
            },
            "/directories" => {
                for _ in 0..100 {
                    let mut entries = std::fs::read_dir("/data/many").unwrap();
                    assert!(entries.next().unwrap().is_ok());
                    std::mem::forget(entries);
                }
            }
            "/files" => {
                let mut open = 0;
                while let Ok(mut file) = std::fs::File::open("/data/large") {
                    std::io::Read::read(&mut file, &mut [0; 1]).unwrap();
                    std::mem::forget(file);
                    open += 1;
                    if open == 500 {
                        break;
                    }
                }
            }
            "/listed" => {
                let count = std::fs::read_dir("/data/many").unwrap().map(Result::unwrap).count();
                let kinds = std::fs::read_dir("/data").unwrap().map(Result::unwrap);
                let mut kinds: Vec<_> = kinds
                    .map(|e| format!("{:?}={}", e.file_name(), e.file_type().unwrap().is_dir()))
                    .collect();
                kinds.sort();
                respond(response_out, format!("{count} {kinds:?}").as_bytes());
                return;
            }
            "/stuck" => {
                let read = std::fs::read("/stuck/pipe");
                respond(response_out, format!("{:?}", read.is_ok()).as_bytes());
                return;
            }
            "/file" => {
                std::fs::write("/data/written", "as it was written").unwrap();
                respond(response_out, &std::fs::read("/data/written").unwrap());
                return;
            }
            "/many-small" => {
                for n in 0..2_000 {
                    drop(Fields::from_list(&[(format!("a{n}"), more(30_000))]).unwrap());
                }
            }
            _ => {}
        }
"#;

/// A project whose handler does what the path says.
fn project() -> Project {
    let project = Project::new("http");
    let answer = "respond(response_out, greet";
    project.edit("web/src/lib.rs", answer, &format!("{HOSTILE}        {answer}"));
    project.write("studio.toml", LIMITS);
    for n in 0..20_000 {
        project.write(&format!("data/many/{n:0>100}"), "");
    }
    project.write("data/large", vec![b'x'; 1 << 20]);
    symlink("large", project.path("data/link")).unwrap();
    std::fs::create_dir(project.path("stuck")).unwrap();
    project
}

fn serve(project: &Project) -> (Running, String) {
    project.trust();
    let mut running = project.start(&["run", "--watch", "--json", "--addr", "127.0.0.1:0"]);
    let serving = running.wait("the address", |v| v["serving"].is_object());
    let addr = serving["serving"]["addr"].as_str().unwrap().to_owned();
    (running, addr)
}

/// What four requests at a time are answered.
fn four(addr: &str, path: &str) -> Vec<String> {
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..4).map(|_| scope.spawn(|| ask(addr, path))).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

#[test]
fn what_the_host_holds_for_a_guest_counts_against_the_guest() {
    let project = project();
    let (running, addr) = serve(&project);
    assert!(ask(&addr, "/before").starts_with("HTTP/1.1 200"));
    for path in ["/headers", "/appended", "/set", "/cloned", "/bodies", "/methods", "/schemes"] {
        let watch = Watch::new(running.id());
        for answer in four(&addr, path) {
            assert!(answer.starts_with("HTTP/1.1 500"), "{path}: {answer}");
            assert!(answer.contains("`web` ran out of memory: it asked for"), "{path}: {answer}");
        }
        let most = watch.most();
        eprintln!("{path}: {} MiB at most", most / MIB);
        assert!(most < MEMORY + OWN, "{path}: {} MiB", most / MIB);
        assert!(ask(&addr, "/after").starts_with("HTTP/1.1 200"), "after {path}");
    }
    for path in ["/directories", "/files"] {
        let watch = Watch::new(running.id());
        let answers = four(&addr, path);
        let most = watch.most();
        eprintln!("{path}: {} MiB at most, {:?}", most / MIB, answers.first());
        assert!(most < MEMORY + OWN, "{path}: {} MiB", most / MIB);
        assert!(ask(&addr, "/after").starts_with("HTTP/1.1 200"), "after {path}");
    }
    // What is let go of is given back, and what is asked for in order is got.
    assert!(ask(&addr, "/many-small").starts_with("HTTP/1.1 200"));
    let listed = ask(&addr, "/listed");
    let wanted = r#"20000 ["\"large\"=false", "\"link\"=false", "\"many\"=true"]"#;
    assert!(listed.contains(wanted), "{listed}");
    assert!(ask(&addr, "/file").contains("as it was written"));
    assert_eq!(running.terminate(), 0);
}

/// Threads of a process.
fn threads(pid: u32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/task")).unwrap().count()
}

/// Every request opens a file that never opens; no request without files, with other files, and no save waits for it.
#[test]
fn calls_that_never_return_keep_nobody_elses_from_returning() {
    let project = project();
    project.write("studio.toml", LIMITS.replace("\"10s\"", "\"1s\""));
    let made = Command::new("mkfifo").arg(project.path("stuck/pipe")).status().unwrap();
    assert!(made.success());
    let (running, addr) = serve(&project);
    assert!(ask(&addr, "/file").contains("as it was written"));
    let mut stuck = Vec::new();
    for round in 0..6 {
        for _ in 0..100 {
            let mut stream = TcpStream::connect(&addr).unwrap();
            write!(stream, "GET /stuck HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
            stuck.push(stream);
        }
        assert!(ask(&addr, "/greeting").starts_with("HTTP/1.1 200"), "round {round}");
        let file = ask(&addr, "/file");
        assert!(file.contains("as it was written"), "round {round}: {file}");
        for mut stream in stuck.drain(..) {
            let mut answer = String::new();
            let _ = stream.read_to_string(&mut answer);
        }
    }
    let count = threads(running.id());
    eprintln!("{count} threads");
    assert!(count < 200, "{count} threads");
    // A save runs, and with threads of its own.
    project.edit("web/src/lib.rs", "\"as it was written\"", "\"as it is written now\"");
    let deadline = std::time::Instant::now() + crate::support::PATIENCE;
    while !ask(&addr, "/file").contains("as it is written now") {
        assert!(std::time::Instant::now() < deadline, "the save never ran");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(running.terminate(), 0);
}
