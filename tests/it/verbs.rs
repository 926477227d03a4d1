//! Every verb on every template, as a new user would call them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::support::{Project, stderr, stdout};

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|v| v["name"].as_str().unwrap()).collect()
}

#[test]
fn neon_from_new_to_run() {
    let project = Project::new("neon");

    let output = project.verb(&["check"]);
    assert!(output.status.success(), "{}", stderr(&output));

    let (built, code) = project.json(&["build", "--json"]);
    assert_eq!(code, 0, "{built}");
    assert_eq!(names(&built["components"]), ["core-logic", "logger"]);

    let output = project.verb(&["run"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(
        stdout(&output),
        "logger | [INFO] >> System startup initiated.\nlogger | [CRITICAL ERROR] >> Mainframe breach detected.\n"
    );
}

#[test]
fn the_graph_is_the_same_before_and_after_the_first_build() {
    let project = Project::new("neon");
    let (before, code) = project.json(&["graph", "--format", "json"]);
    assert_eq!(code, 0);
    let wire = serde_json::json!({
        "from": { "node": "core-logic", "port": "cyber:core/log-handler" },
        "to": { "node": "logger", "port": "cyber:core/log-handler" },
    });
    let wired = |graph: &Value| graph["wires"].as_array().unwrap().contains(&wire);
    assert!(wired(&before), "{before:#}");
    let node = |graph: &Value, name: &str| {
        graph["nodes"].as_array().unwrap().iter().find(|n| n["name"] == name).cloned().unwrap_or_default()
    };
    assert_eq!(node(&before, "core-logic")["kind"], "component");
    assert_eq!(node(&before, "core-logic")["package"], "cyber:app");
    assert_eq!(node(&before, "core-logic")["imports"][0]["state"], "wired");
    assert_eq!(names(&node(&before, "core-logic")["exports"]), ["run"]);
    assert_eq!(node(&before, "entry")["kind"], "entry");
    assert!(project.verb(&["build"]).status.success());
    let (after, _) = project.json(&["graph", "--json"]);
    assert!(wired(&after));
    assert_eq!(node(&after, "host")["kind"], "host", "what was built imports WASI");
    let uses_host = node(&after, "logger")["imports"].as_array().unwrap().iter().any(|i| i["state"] == "host");
    assert!(uses_host, "{after:#}");

    for (format, sign) in [("text", "log-handler"), ("dot", "digraph"), ("mermaid", "flowchart")] {
        let output = project.verb(&["graph", "--format", format]);
        assert!(output.status.success() && stdout(&output).contains(sign), "{format}: {}", stdout(&output));
    }
}

#[test]
fn compose_writes_the_same_bytes_each_time_and_from_anywhere() {
    let project = Project::new("neon");
    let (first, code) = project.json(&["compose", "--json"]);
    assert_eq!(code, 0, "{first}");
    let written = std::fs::read(project.path("neon.wasm")).unwrap();
    assert_eq!(first["bytes"], written.len());

    // From another directory, to another file, with the composed component lying in the folder.
    let elsewhere = Project::empty();
    let mut command = project.studio(&["compose", "-o", "out.wasm"]);
    let output = command.arg(&project.dir).current_dir(&elsewhere.dir).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(std::fs::read(elsewhere.path("out.wasm")).unwrap(), written);

    project.write("piped.wasm", "");
    let piped = project.verb(&["compose", "-o", "-"]);
    assert!(piped.stdout == written && !stderr(&piped).contains("piped.wasm"), "{}", stderr(&piped));
    std::fs::remove_file(project.path("piped.wasm")).unwrap();
    assert!(!project.verb(&["compose", "-o", "-", "--json"]).status.success(), "two things on one stdout");

    let (graph, _) = project.json(&["graph", "--json"]);
    assert!(
        !graph["nodes"].as_array().unwrap().iter().any(|n| n["name"] == "neon"),
        "what studio composed is not a component of the project"
    );
}

#[test]
fn a_new_project_is_named_after_its_folder() {
    let project = Project::new("blank");
    assert!(project.read("Cargo.toml").contains("name = \"ein-projekt\""));
    assert!(project.read("wit/world.wit").starts_with("package my:ein-projekt;\n\nworld ein-projekt {"));
    assert!(project.read("src/bindings.rs").contains("my:ein-projekt"), "they are its WIT's");
    let lock = project.read("Cargo.lock");
    let output = project.verb(&["compose"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(project.read("Cargo.lock"), lock, "it is complete");
    assert!(project.path("ein Projekt ü.wasm").is_file(), "{}", stdout(&output));
    assert!(project.read(".gitignore").contains("/ein\\ Projekt\\ ü.wasm\n"), "{}", project.read(".gitignore"));
}

#[test]
fn new_writes_into_its_folder_alone_wherever_it_is_called() {
    let project = Project::empty();
    for name in ["shop", "a\nb"] {
        assert!(project.studio(&["new", "blank", name]).current_dir(&project.dir).output().unwrap().status.success());
        let mut names: Vec<_> =
            std::fs::read_dir(project.path(name)).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, [".gitignore", "Cargo.lock", "Cargo.toml", "src", "wit"], "{name}");
        assert_eq!(project.read(&format!("{name}/.gitignore")).lines().count(), 3);
    }
}

#[test]
fn a_mistyped_command_is_answered_with_the_one_that_was_meant() {
    let project = Project::empty();
    let run = |args: &[&str]| project.studio(args).current_dir(&project.dir).output().unwrap();
    for (args, meant) in
        [(&["rnu"][..], "run"), (&["wrie", "a", "b"], "wire"), (&["nwe", "neon", "x"], "new"), (&["graf"], "graph")]
    {
        let output = run(args);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(
            said.contains(&format!("no command or folder `{}`; did you mean `studio {meant}`?", args[0])),
            "{said}"
        );
    }
    std::fs::create_dir(project.path("rnu")).unwrap();
    for folder in ["rnu", "./rnu", "elsewhere"] {
        assert!(!stderr(&run(&[folder])).contains("did you mean"), "{folder}");
    }
}

#[test]
fn hello_prints_its_arguments() {
    let project = Project::new("hello");
    let output = project.verb(&["run", "--", "one", "zwei drei"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.contains("ein-projekt | argument 1: one\n"), "{text}");
    assert!(text.contains("ein-projekt | argument 2: zwei drei\n"), "{text}");
}

#[test]
fn blank_runs() {
    let project = Project::new("blank");
    let output = project.verb(&["run", "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let lines: Vec<Value> = stdout(&output).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let line = lines.iter().find(|l| l["text"] == "Hello from your component.").expect("its line");
    assert_eq!((&line["node"], &line["stream"]), (&"ein-projekt".into(), &"stdout".into()));
    assert!(line["time"].as_f64().unwrap() > 1.7e9);
    let reload = &lines.iter().find(|l| l["reload"].is_object()).expect("its phases")["reload"];
    for phase in ["event", "bindings", "cargo", "inspect", "compose", "compile", "start"] {
        assert!(reload["phases"][phase].is_number(), "{phase}: {reload}");
    }
    assert!(reload["total_ms"].as_f64().unwrap() > 0.0 && reload["bytes"].as_u64().unwrap() > 0);
}

#[test]
fn http_is_served_and_both_nodes_are_heard_apart() {
    let project = Project::new("http");
    let mut running = project.start(&["run", "--json", "--addr", "127.0.0.1:0"]);
    let serving = running.wait("the address", |v| v["serving"].is_object());
    let addr = serving["serving"]["addr"].as_str().unwrap();
    assert_eq!(get(addr, "/somewhere"), "Hello from /somewhere\n");
    running.wait_line("web", "GET /somewhere");
    running.wait_line("greeter", "greeting a visitor of /somewhere");
    let request = running.wait("the request", |v| v["request"].is_object());
    let request = &request["request"];
    assert_eq!(
        (&request["status"], &request["method"], &request["path"]),
        (&200.into(), &"GET".into(), &"/somewhere".into())
    );
    assert_eq!((&request["id"], &request["generation"]), (&1.into(), &1.into()));
    assert!(request["took_ms"].as_f64().unwrap() > 0.0 && request["time"].as_f64().unwrap() > 1e9, "{request}");
    let line = running.seen.iter().find(|v| v["text"] == "GET /somewhere").unwrap();
    assert_eq!(line["request"], 1);
    assert_eq!(running.terminate(), 0);
}

/// The body of a GET, by a client that knows nothing but sockets.
pub fn get(addr: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(addr).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n").unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    if !head.to_lowercase().contains("transfer-encoding: chunked") {
        return body.to_owned();
    }
    let mut whole = String::new();
    let mut rest = body;
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        whole += &after[..size];
        rest = after[size..].trim_start_matches("\r\n");
        if size == 0 {
            break;
        }
    }
    whole
}

#[test]
fn a_port_in_use_is_told_with_a_free_one() {
    let project = Project::new("http");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (addr, port) = (taken.local_addr().unwrap().to_string(), taken.local_addr().unwrap().port().to_string());
    let output = project.verb(&["run", "--addr", &addr]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let said = stderr(&output);
    assert!(said.contains(&port) && said.contains("--addr"), "{said}");
}

#[test]
fn demo_without_a_terminal_prints_the_log_and_ends() {
    crate::support::wasm_target();
    let project = Project::empty();
    let output = project.verb(&["demo", "shown"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        stdout(&output).ends_with("logger | [CRITICAL ERROR] >> Mainframe breach detected.\n"),
        "{}",
        stdout(&output)
    );
    assert!(project.path("shown/neon.wac").is_file());
}

#[test]
fn without_a_compiler_demo_runs_what_came_prebuilt_and_says_so() {
    let project = Project::empty();
    // A machine with nothing on its PATH.
    let nothing = project.path("empty");
    std::fs::create_dir(&nothing).unwrap();
    let mut command = project.studio(&["demo", "shown"]);
    let output = command.current_dir(&project.dir).env("PATH", &nothing).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("prebuilt"), "{}", stderr(&output));
    assert!(stdout(&output).contains("logger | [INFO] >> System startup initiated.\n"), "{}", stdout(&output));
}

#[test]
fn the_prebuilt_components_are_of_these_sources() {
    use sha2::{Digest as _, Sha256};
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let noted = std::fs::read_to_string(root.join("prebuilt/SOURCE")).unwrap();
    let mut files = 0;
    for line in noted.lines() {
        let Some((hash, file)) = line.split_once("  ") else { continue };
        let bytes = std::fs::read(root.join("templates/neon").join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        let found = format!("{:x}", Sha256::digest(bytes));
        assert_eq!(found, hash, "templates/neon/{file} changed since: run prebuilt/make");
        files += 1;
    }
    assert!(files >= 12, "SOURCE names only {files} files");
}

#[test]
fn doctor_tells_what_is_there() {
    crate::support::wasm_target();
    let project = Project::empty();
    let (report, code) = project.json(&["doctor", "--json"]);
    assert_eq!(code, 0, "{report}");
    assert!(names(&report["checks"]).contains(&"wasm32-wasip2"));
}

/// A machine without the target: rustc and rustup of our own, that answer for a sysroot of our own.
#[test]
fn doctor_gets_what_is_missing() {
    let project = Project::empty();
    let bin = project.path("bin");
    let libdir = project.path("sysroot/lib");
    std::fs::create_dir(&bin).unwrap();
    let script = |name: &str, text: String| {
        let path = bin.join(name);
        std::fs::write(&path, text).unwrap();
        assert!(std::process::Command::new("chmod").arg("+x").arg(path).status().unwrap().success());
    };
    script(
        "rustc",
        format!(
            "#!/bin/sh\ncase \"$*\" in *target-libdir*|*sysroot*) echo '{}';; *) echo 'rustc 1.95.0';; esac\n",
            libdir.display()
        ),
    );
    script("cargo", "#!/bin/sh\necho 'cargo 1.95.0'\n".into());
    script(
        "rustup",
        format!(
            "#!/bin/sh\nif [ \"$1\" = show ]; then echo 'pinned-x (overridden by a file)'; exit; fi\n\
             echo \"info: downloading $3\" >&2\nmkdir -p '{0}'; touch '{0}/libstd-1.rlib'\n",
            libdir.display()
        ),
    );
    let doctor = |args: &[&str]| {
        let path = format!("{}:/usr/bin:/bin", bin.display());
        let output = project.studio(args).current_dir(&project.dir).env("PATH", path).output().unwrap();
        (output.status.code(), stdout(&output), stderr(&output))
    };
    let (code, said, _) = doctor(&["doctor"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("rustup target add wasm32-wasip2 --toolchain pinned-x"), "{said}");
    // The folder's own toolchain counts where it may run, and the advice names the folder.
    std::fs::write(project.path("rust-toolchain.toml"), "[toolchain]\nchannel = \"pinned\"\n").unwrap();
    let (_, said, _) = doctor(&["doctor"]);
    assert!(said.contains("asks for its own") && said.contains("studio doctor --trust"), "{said}");
    let (_, said, _) = doctor(&["doctor", "--trust", "."]);
    assert!(said.contains(&format!("which `{}` uses", project.dir.display())), "{said}");
    let (code, said, progress) = doctor(&["doctor", "--trust", "--fix", "."]);
    assert!(progress.contains("downloading"), "{progress}");
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn nothing_of_an_untrusted_folder_runs() {
    let made = Project::new("neon");
    // The same folder, seen by a user who never trusted it. Its cargo configuration names a program to run.
    let stranger = Project::empty();
    let marker = stranger.path("it-ran");
    let wrapper = made.path("wrapper.sh");
    std::fs::write(&wrapper, format!("#!/bin/sh\ntouch '{}'\nexec \"$@\"\n", marker.display())).unwrap();
    std::process::Command::new("chmod").arg("+x").arg(&wrapper).status().unwrap();
    made.write(".cargo/config.toml", format!("[build]\nrustc-wrapper = \"{}\"\n", wrapper.display()));
    let as_stranger = |args: &[&str]| {
        let mut command = stranger.studio(args);
        command.current_dir(&made.dir).output().unwrap()
    };
    for verb in ["build", "compose", "run"] {
        let output = as_stranger(&[verb]);
        assert_eq!(output.status.code(), Some(2), "{verb}");
        assert!(stderr(&output).contains("--trust"), "{verb}: {}", stderr(&output));
    }
    for verb in ["check", "graph"] {
        let output = as_stranger(&[verb]);
        assert_eq!(output.status.code(), Some(0), "{verb}: {}", stderr(&output));
    }
    assert!(!marker.exists(), "code of an untrusted folder ran");
    let output = as_stranger(&["build", "--trust"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(marker.exists(), "the marker tells nothing: it is not written even when the folder is trusted");
}

#[test]
fn a_build_that_is_interrupted_did_not_succeed() {
    let project = Project::new("hello");
    let script = "fn main() {
    std::fs::write(\"target/started\", \"\").unwrap();
    std::thread::sleep(std::time::Duration::from_secs(600));
}
";
    project.write("build.rs", script);
    let started = project.path("target/started");
    let wait = || {
        let deadline = std::time::Instant::now() + crate::support::PATIENCE;
        while !started.exists() {
            assert!(std::time::Instant::now() < deadline, "the build script never ran");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        std::fs::remove_file(&started).unwrap();
    };
    let running = project.start(&["run", "--json", "--watch", "--trust"]);
    wait();
    assert_eq!(running.terminate(), 0, "a watch is ended by a signal; that is how it ends");
    let mut command = project.studio(&["build", "--trust"]);
    let mut child = command.current_dir(&project.dir).spawn().unwrap();
    wait();
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_reader_that_leaves_ends_the_run() {
    let project = Project::new("hello");
    project.edit("src/main.rs", "println!(\"It is up.\");", "loop {\n        println!(\"more\");\n    }");
    project.edit("src/main.rs", "//! A plain", "#![allow(unreachable_code)]\n//! A plain");
    let mut command = project.studio(&["run"]);
    let mut child = command.current_dir(&project.dir).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut first = [0; 20];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let deadline = std::time::Instant::now() + crate::support::PATIENCE;
    while child.try_wait().unwrap().is_none() {
        assert!(std::time::Instant::now() < deadline, "it goes on for nobody");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
