//! A hostile folder costs nothing: whatever stands where a file is expected, looking at the folder ends, in little
//! memory, with one problem at that path.

use std::fs;
use std::os::unix::fs::symlink;

use super::hostile::{Instead, project, watched};
use crate::pty::Screen;
use crate::support::Project;

/// The most memory that looking at a small folder may take (MiB), in a debug build.
const MOST: u64 = 300;

/// What is read of a folder that nobody trusts, each refused with one problem at its path.
const FILES: &[&str] = &[
    "studio.toml",
    "Cargo.toml",
    "src/lib.rs",
    "src/bindings.rs",
    "wit/world.wit",
    "wit/deps/dep/api.wit",
    "wit/deps/more.wit",
    "wit/deps/more.wasm",
    "loose/a.wit",
    "app.wac",
    "other.wat",
    "piece.wasm",
    "deps/my/part.wasm",
    ".gitignore",
    ".ignore",
    ".git/info/exclude",
    ".cargo/config.toml",
    "sub/Cargo.toml",
    "sub/.gitignore",
];

fn each_costs_nothing(instead: Instead) {
    let mut wrong = Vec::new();
    for file in FILES {
        // Of bindings only the first line is read, whatever their size.
        if (*file, instead) == ("src/bindings.rs", Instead::Sparse) {
            continue;
        }
        let project = project();
        instead.put(&project.path(file));
        let ended = watched(&project, &["check", "--json"]);
        let said = ended.at(file);
        if said.len() != 1 || ended.peak > MOST || !matches!(ended.code, Some(0 | 1)) {
            wrong.push(format!("{file}: {} MiB, said {said:?}\n{}", ended.peak, ended.all()));
        }
    }
    assert!(wrong.is_empty(), "{instead:?}: {}", wrong.join("\n"));
}

#[test]
fn a_device_without_an_end_is_one_problem() {
    each_costs_nothing(Instead::Zero);
}

#[test]
fn a_pipe_that_nobody_writes_to_is_one_problem() {
    each_costs_nothing(Instead::Pipe);
}

#[test]
fn a_socket_is_one_problem() {
    each_costs_nothing(Instead::Socket);
}

#[test]
fn twenty_sparse_gigabytes_are_one_problem() {
    each_costs_nothing(Instead::Sparse);
}

#[test]
fn a_link_to_a_pipe_is_one_problem() {
    each_costs_nothing(Instead::LinkToPipe);
}

/// The other verbs that only look, with everything hostile at once.
#[test]
fn every_verb_that_looks_ends_on_a_folder_that_is_hostile_all_over() {
    let project = project();
    let all = [Instead::Zero, Instead::Pipe, Instead::Socket, Instead::Sparse];
    for (file, instead) in FILES.iter().zip(all.iter().cycle()) {
        instead.put(&project.path(file));
    }
    for verb in [
        &["graph", "--json"][..],
        &["graph"],
        &["check"],
        &["explain", "a.b", "--json"],
        &["grants"],
        &["wire", "a.b", "c.d"],
    ] {
        let ended = watched(&project, verb);
        assert!(ended.code.is_some() && ended.peak <= MOST, "{verb:?}: {} MiB\n{}", ended.peak, ended.all());
    }
}

/// Links that lead out of the project or in a circle, by where they stand and where they lead; `None` where the link
/// has nothing to do with the project, and so no problem.
const LINKS: &[(&str, &str, Option<&str>)] = &[
    ("loop", ".", None),
    ("everything", "/", None),
    (".cargo", "/", None),
    ("wit/loop", ".", None),
    ("wit/up", "..", None),
    ("wit/root", "/", None),
    ("wit/deps/loop", ".", None),
    ("wit/deps/up", "..", None),
    ("wit/deps/root", "/", Some("wit/deps/root")),
    ("wit/deps/dep/loop", ".", None),
    ("wit/deps/dep/deps", "/", None),
    ("src/bin", "/", None),
    ("target", "/", None),
    ("deps", "/", None),
    (".studio", "/", None),
    (".git", "/", None),
    ("node_modules", "/", None),
];

#[test]
fn links_in_a_circle_and_to_everything_are_not_followed() {
    let mut wrong = Vec::new();
    for (link, target, problem) in LINKS {
        let project = project();
        symlink(target, project.path(link)).unwrap();
        let ended = watched(&project, &["check", "--json"]);
        let at = problem.is_none_or(|file| ended.at(file).len() == 1);
        if ended.peak > MOST || !matches!(ended.code, Some(0 | 1)) || !at {
            wrong.push(format!("{link} → {target}: {} MiB\n{}", ended.peak, ended.all()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn whole_folders_that_are_links_to_everything_are_not_followed() {
    for folder in ["wit", "wit/deps", "src"] {
        let project = project();
        fs::remove_dir_all(project.path(folder)).unwrap();
        symlink("/", project.path(folder)).unwrap();
        let ended = watched(&project, &["check", "--json"]);
        assert!(
            ended.peak <= MOST && matches!(ended.code, Some(0 | 1)),
            "{folder}: {} MiB\n{}",
            ended.peak,
            ended.all()
        );
    }
}

/// What leads out of the project is named and left out; the sentinel's text never shows.
#[test]
fn a_link_to_a_file_outside_is_left_out_with_one_warning() {
    let outside = tempfile::tempdir().unwrap();
    for (file, text) in [
        ("more.wac", "package their:secret;"),
        ("more/a.wit", "package their:secret;"),
        ("more.wat", "(component (import \"their:secret/a\" (func)))"),
        ("more/Cargo.toml", "[package]\nname = \"their-secret\"\n[lib]\ncrate-type = [\"cdylib\"]\n"),
    ] {
        let project = project();
        let target = outside.path().join("target");
        fs::write(&target, text).unwrap();
        fs::create_dir_all(project.path(file).parent().unwrap()).unwrap();
        symlink(&target, project.path(file)).unwrap();
        let ended = watched(&project, &["check", "--json"]);
        let said = ended.at(file);
        assert!(
            matches!(said.as_slice(), [one] if one.contains("a link out of the project")),
            "{file}: {}",
            ended.all()
        );
        assert!(!ended.stdout.contains("secret"), "{}", ended.all());
    }
}

#[test]
fn links_to_what_lies_in_the_project_still_count() {
    let project = project();
    fs::create_dir(project.path("shared")).unwrap();
    fs::rename(project.path("wit/deps/dep"), project.path("shared/dep")).unwrap();
    symlink("../../shared/dep", project.path("wit/deps/dep")).unwrap();
    fs::rename(project.path("app.wac"), project.path("shared/app.txt")).unwrap();
    symlink("shared/app.txt", project.path("app.wac")).unwrap();
    let (report, code) = project.json(&["check", "--json"]);
    assert_eq!(code, 0, "{report:#}");
    let (graph, _) = project.json(&["graph", "--json"]);
    let node = graph["nodes"].as_array().unwrap().iter().find(|n| n["name"] == "part").unwrap().clone();
    assert_eq!(node["imports"][0]["name"], "their:dep/api", "{graph:#}");
}

#[test]
fn many_rules_many_files_and_deep_folders_end() {
    let project = project();
    let rules = "a*b?c[d-f]**/x{y,z}/*.q\n".repeat(1999);
    for folder in 0..30 {
        project.write(&format!("f{folder}/.gitignore"), &rules);
    }
    project.write("f30/.gitignore", rules.repeat(5));
    let deep = "d/".repeat(200);
    project.write(&format!("{deep}a.wac"), "");
    for file in 0..2000 {
        project.write(&format!("many/{file}.wit"), "");
    }
    let ended = watched(&project, &["check", "--json"]);
    assert!(ended.peak <= 2 * MOST && matches!(ended.code, Some(0 | 1)), "{} MiB\n{}", ended.peak, ended.all());
    assert!(ended.stdout.contains("more than 24 deep"), "{}", ended.all());
    assert_eq!(ended.at("f30/.gitignore"), ["This cannot be read: it has too many patterns."]);
}

/// Packages that depend on one another in a chain, and a workspace that lists them by many patterns.
#[test]
fn a_long_chain_of_packages_ends() {
    let project = project();
    let members: Vec<String> = (0..3000).map(|i| format!("\"c{i}*\"")).collect();
    project.write("Cargo.toml", format!("[workspace]\nmembers = [{}]\n", members.join(", ")));
    for i in 0..1500 {
        let text = format!(
            "[package]\nname = \"c{i}\"\nversion = \"0.1.0\"\n[dependencies]\nnext = {{ path = \"../c{}\" }}\n",
            i + 1
        );
        project.write(&format!("c{i}/Cargo.toml"), text);
    }
    let ended = watched(&project, &["check", "--json"]);
    assert!(ended.peak <= 2 * MOST && matches!(ended.code, Some(0 | 1)), "{} MiB\n{}", ended.peak, ended.all());
}

/// The program itself, with what it watches and shows.
#[test]
fn the_screen_opens_and_ends_on_a_folder_that_is_hostile_all_over() {
    let project = project();
    let all = [Instead::Zero, Instead::Pipe, Instead::Socket, Instead::Sparse];
    // The WIT stays: there is something to see.
    for (file, instead) in FILES.iter().filter(|f| !f.starts_with("wit")).zip(all.iter().cycle()) {
        instead.put(&project.path(file));
    }
    symlink("/", project.path("everything")).unwrap();
    symlink(".", project.path("wit/loop")).unwrap();
    let mut screen = Screen::studio(&project, &["."], 120, 36);
    screen.wait_for("Do you trust this folder?");
    screen.press("\x1b");
    screen.until("the project", |s| !s.contains("Do you trust"));
    screen.press("p");
    screen.wait_for("cannot be read");
    let status = fs::read_to_string(format!("/proc/{}/status", screen.child.process_id().unwrap())).unwrap();
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    assert!(peak.unwrap() >> 10 <= MOST, "{status}");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

/// The same in a folder that is not trusted: it is not even looked at.
#[test]
fn what_is_remembered_in_a_strangers_folder_is_not_read() {
    for instead in [None, Some(Instead::Pipe), Some(Instead::Zero)] {
        let project = project();
        for file in [".studio/session.toml", ".studio/places.toml", ".studio/applied.json"] {
            project.write(file, "zoom = [");
            if let Some(instead) = instead {
                instead.put(&project.path(file));
            }
        }
        let mut screen = Screen::studio(&project, &["."], 120, 36);
        screen.wait_for("Do you trust this folder?");
        screen.press("\x1b");
        let text = screen.until("the project", |s| !s.contains("Do you trust") && s.contains("part"));
        assert!(!text.contains("Problems 2") && !text.contains("session"), "{text}");
        screen.press("q");
        assert_eq!(screen.end(), 0);
        assert_eq!(fs::read_dir(project.path(".studio")).unwrap().count(), 3);
    }
}

/// What studio remembers, in a folder that is trusted: the program opens, says so, and ends.
#[test]
fn what_is_remembered_may_be_anything() {
    for (file, instead) in [
        (".studio/session.toml", Instead::Zero),
        (".studio/session.toml", Instead::Pipe),
        (".studio/session.toml", Instead::Sparse),
        (".studio/places.toml", Instead::Pipe),
        (".studio/places.toml", Instead::Zero),
        (".studio/prebuilt/logger.wasm", Instead::Pipe),
    ] {
        let project = Project::new("neon");
        instead.put(&project.path(file));
        let mut screen = Screen::studio(&project, &["."], 120, 36);
        screen.wait_for("core-logic");
        screen.press("q");
        assert_eq!(screen.end(), 0, "{file} {instead:?}");
    }
}
