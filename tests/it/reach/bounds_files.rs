//! A system that gives few open files: what fails says so with the next step, and all goes on when there are some again.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::Value;

use crate::limits::ask;
use crate::support::{Project, Running};

/// An edit that makes another program.
fn edit(project: &Project, from: &str, to: &str) {
    project.edit("greeter/src/lib.rs", from, to);
}

fn serve(project: &Project, files: Option<u64>) -> (Running, String) {
    let mut command = project.studio(&["run", "--watch", "--json", "--addr", "127.0.0.1:0"]);
    command.current_dir(&project.dir);
    if let Some(files) = files {
        // The child's own limit is set by a shell, which is no unsafe call.
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {files}; exec \"$@\""), "sh"]).arg(command.get_program());
        shell
            .args(command.get_args())
            .current_dir(&project.dir)
            .envs(command.get_envs().filter_map(|(k, v)| Some((k, v?))));
        command = shell;
    }
    let mut running = project.start_command(&mut command);
    let addr = running.wait("an address", |event| event["serving"].is_object());
    (running, addr["serving"]["addr"].as_str().unwrap().to_owned())
}

/// What this process has had of a processor, in hundredths of a second.
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
fn clients_and_saves_get_through_where_idle_connections_have_all_files() {
    let project = Project::new("http");
    let (mut running, addr) = serve(&project, Some(64));
    assert!(ask(&addr, "/greeting").starts_with("HTTP/1.1 200"));
    let to: SocketAddr = addr.parse().unwrap();
    let idle: Vec<TcpStream> =
        (0..100).filter_map(|_| TcpStream::connect_timeout(&to, Duration::from_secs(2)).ok()).collect();
    assert!(ask(&addr, "/greeting").starts_with("HTTP/1.1 200"));
    let before = ticks(running.id());
    std::thread::sleep(Duration::from_secs(2));
    let busy = ticks(running.id()) - before;
    assert!(busy < 100, "{busy} hundredths of a second of a processor in two seconds of nothing");
    edit(&project, "Hello from", "Welcome to");
    running.wait("a build while they are open", |event| {
        event["reload"]["generation"] == 2 || event["problems"].is_array()
    });
    assert!(ask(&addr, "/greeting").contains("Welcome to"));
    drop(idle);
    assert_eq!(running.terminate(), 0);
}

#[test]
fn what_fails_for_want_of_files_says_so_and_the_program_goes_on() {
    let project = Project::new("http");
    let (mut running, addr) = serve(&project, None);
    assert!(ask(&addr, "/greeting").starts_with("HTTP/1.1 200"));
    let pid = Pid::from_raw(i32::try_from(running.id()).unwrap()).unwrap();
    let open = std::fs::read_dir(format!("/proc/{}/fd", running.id())).unwrap();
    let open: Vec<u64> = open.map(|fd| fd.unwrap().file_name().to_str().unwrap().parse().unwrap()).collect();
    let free = (0..8192_u64).find(|number| !open.contains(number));
    let set = |current| prlimit(Some(pid), Resource::Nofile, Rlimit { current, maximum: Some(8192) }).unwrap();
    set(free);
    // Not even one connection more.
    let mut held: Vec<TcpStream> = Vec::new();
    for _ in 0..20 {
        held.push(TcpStream::connect(&addr).unwrap());
    }
    let said = |event: &Value| event.to_string().contains("ulimit -n");
    running.wait("a sentence about connections", said);
    edit(&project, "Hello from", "Welcome to");
    running.wait("a sentence about the build", |event| {
        let all = event["problems"].to_string();
        all.contains("ulimit -n") && !all.contains("rustup.rs")
    });
    set(Some(8192));
    drop(held);
    assert!(ask(&addr, "/greeting").starts_with("HTTP/1.1 200"));
    edit(&project, "Welcome to", "Hello from");
    running.wait("no more problems", |event| event["problems"].as_array().is_some_and(Vec::is_empty));
    assert_eq!(running.terminate(), 0);
}

/// Fewer than a build, a watched folder and a session need are reported at once.
#[test]
fn too_few_files_to_work_with_are_told_at_the_start() {
    let project = Project::new("http");
    for files in [12, 24, 48, 63] {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {files}; exec \"$@\""), "sh", env!("CARGO_BIN_EXE_studio"), "run"]);
        let output = shell.current_dir(&project.dir).env("XDG_STATE_HOME", project.state()).output().unwrap();
        let said = crate::support::stderr(&output);
        assert!(said.lines().count() == 1 && said.contains("ulimit -n"), "{files}: {said}");
    }
}
