//! studio writes only below the project and its own folders, and through no link out of them. Each row has a file of the
//! user's outside the project that must be what it was.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::pty::Screen;
use crate::support::{PATIENCE, Project, stderr, stdout};

const IMPORT: &str = "core-logic.cyber:core/log-handler";
const EXPORT: &str = "logger.cyber:core/log-handler";
const KEPT: &str = "what the user keeps here\n";

/// A folder of the user's beside the project, and a file in it.
struct Outside(tempfile::TempDir);

impl Outside {
    fn new() -> Self {
        let outside = Self(tempfile::tempdir().unwrap());
        fs::write(outside.file(), KEPT).unwrap();
        outside
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("kept.txt")
    }

    fn holds(text: &str) -> Self {
        let outside = Self::new();
        fs::write(outside.file(), text).unwrap();
        outside
    }

    /// The file holds this, and nothing else is there.
    fn assert(&self, text: &str, what: &str) {
        let names: Vec<_> = fs::read_dir(self.0.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, ["kept.txt"], "{what}");
        assert_eq!(fs::read_to_string(self.file()).unwrap(), text, "{what}");
    }
}

fn link(project: &Project, target: &Path, file: &str) {
    let path = project.path(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let _ = fs::remove_file(&path);
    symlink(target, path).unwrap();
}

/// As [`Project::new`], but the user never trusted it: as a checkout of somebody's.
fn strangers() -> Project {
    let project = Project::new("neon");
    fs::remove_dir_all(project.state()).unwrap();
    project
}

fn until(what: &str, screen: &mut Screen, is: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is() {
        assert!(Instant::now() < deadline, "{what} never came; the screen:\n{}", screen.text());
        screen.pump();
    }
}

/// Pins a node, as a person does who only looks.
fn pin(screen: &mut Screen) {
    screen.press("2n");
    screen.press("P");
}

/// The places that are kept in the user's state, whichever folder they are of.
fn places(project: &Project) -> Option<String> {
    let projects = fs::read_dir(project.state().join("studio/projects")).ok()?;
    projects.flatten().find_map(|p| fs::read_to_string(p.path().join("places.toml")).ok())
}

/// The folder is a stranger's: a node that is moved is remembered with the user, whatever stands in `.studio`.
#[test]
fn moving_a_node_writes_nothing_into_a_folder_that_is_not_trusted() {
    for shipped in [".studio/places.toml", ".studio", ".studio/session.toml", ".studio/.gitignore"] {
        let (project, outside) = (strangers(), Outside::new());
        let target = if shipped == ".studio" { outside.0.path().to_owned() } else { outside.file() };
        link(&project, &target, shipped);
        // A name that a shell would run if it stood in a file of the user's.
        fs::rename(project.path("neon.wac"), project.path("$(touch was-run).wac")).unwrap();
        let mut screen = Screen::studio(&project, &["."], 120, 36);
        screen.wait_for("Do you trust this folder?");
        screen.press("\x1b");
        screen.until("the graph", |s| !s.contains("Do you trust") && s.contains("log-handler ●"));
        pin(&mut screen);
        until("the place", &mut screen, || places(&project).is_some());
        let kept = places(&project).unwrap();
        assert!(kept.contains("[\"$(touch was-run).wac\"]"), "the name is a quoted key: {kept}");
        screen.press("q");
        assert_eq!(screen.end(), 0);
        outside.assert(KEPT, shipped);
        if shipped != ".studio" {
            let names: Vec<_> = fs::read_dir(project.path(".studio")).unwrap().map(|e| e.unwrap().path()).collect();
            assert_eq!(names, [project.path(shipped)], "nothing was written");
        }
    }
}

/// The folder is trusted: what stands there instead of studio's own file stays, and studio reports it.
#[test]
fn moving_a_node_writes_through_no_link_of_a_trusted_folder() {
    for shipped in [".studio/places.toml", ".studio"] {
        let (project, outside) = (Project::new("neon"), Outside::new());
        let target = if shipped == ".studio" { outside.0.path().to_owned() } else { outside.file() };
        link(&project, &target, shipped);
        let mut screen = Screen::studio(&project, &["."], 120, 36);
        screen.wait_for("core-logic");
        screen.until("the program", |s| s.contains("Mainframe breach"));
        pin(&mut screen);
        screen.wait_for("Problems 1");
        screen.press("p");
        screen.wait_for("could not be saved");
        screen.press("q");
        assert_eq!(screen.end(), 0);
        outside.assert(KEPT, shipped);
    }
}

/// A shipped list of what was applied: through a linked folder, upwards, absolute, and to files of the project.
#[test]
fn a_shipped_list_of_what_was_applied_is_never_taken_back() {
    for trusted in [false, true] {
        let project = if trusted { Project::new("neon") } else { strangers() };
        let outside = Outside::new();
        symlink(outside.0.path(), project.path("linked")).unwrap();
        let before = project.read("neon.wac");
        let absolute = outside.file().display().to_string();
        let file = |path: &str, before: Option<&str>, after: Option<&str>| serde_json::json!({ "path": path, "before": before, "after": after });
        for files in [
            vec![file("linked/planted.txt", Some("planted"), None)],
            vec![file("linked/kept.txt", Some("overwritten"), Some(KEPT))],
            vec![file("linked/kept.txt", None, Some(KEPT))],
            vec![file("../planted.txt", Some("planted"), None)],
            vec![file(&absolute, Some("overwritten"), Some(KEPT))],
            vec![file("neon.wac", None, Some(&before))],
            vec![file("planted.txt", Some("planted"), None)],
        ] {
            let list = serde_json::json!([{ "what": "harmless", "files": files }]);
            project.write(".studio/applied.json", list.to_string());
            let output = project.verb(&["explain", "--undo"]);
            assert_eq!(output.status.code(), Some(1), "{list}: {}", stdout(&output));
            assert!(stderr(&output).contains("there is no applied fix to revert"), "{list}: {}", stderr(&output));
            outside.assert(KEPT, &list.to_string());
            assert_eq!(project.read("neon.wac"), before);
            assert!(!project.path("planted.txt").exists() && !project.path("../planted.txt").exists(), "{list}");
        }
    }
}

/// A trusted project whose logger changed its WIT, so that a remedy writes into `core-logic/wit/deps`.
fn with_a_remedy() -> Project {
    let project = Project::new("neon");
    project.edit("logger/wit/logger.wit", "warning", "caution");
    project.edit("logger/src/lib.rs", "Level::Warning", "Level::Caution");
    project
}

const DEP: &str = "core-logic/wit/deps/cyber-core/logger.wit";

#[test]
fn a_remedy_writes_through_no_link_out_of_the_project() {
    for linked in [DEP, "core-logic/wit/deps/cyber-core", "core-logic/wit/deps"] {
        let project = with_a_remedy();
        let outside = tempfile::tempdir().unwrap();
        let target = outside.path().join("theirs");
        fs::rename(project.path(linked), &target).unwrap();
        symlink(&target, project.path(linked)).unwrap();
        let before = project.read(DEP);
        let output = project.verb(&["explain", IMPORT, "--apply", "1"]);
        assert_ne!(output.status.code(), Some(0), "{linked}: {}", stdout(&output));
        assert_eq!(project.read(DEP), before, "{linked}");
    }
}

/// What was applied is taken back to the byte, or not at all.
#[test]
fn a_remedy_is_taken_back_only_from_what_it_wrote() {
    let project = with_a_remedy();
    assert!(project.verb(&["explain", IMPORT, "--apply", "1"]).status.success());
    assert!(!project.path(".studio/applied.json").exists(), "the list is the user's");
    let mine = format!("{}// mine\n", project.read(DEP));
    project.write(DEP, &mine);
    let output = project.verb(&["explain", "--undo"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("was changed meanwhile"), "{}", stderr(&output));
    assert_eq!(project.read(DEP), mine);
    // A link that was put in its place holds the same text, and is not written through.
    let outside = Outside::holds(mine.trim_end_matches("// mine\n"));
    let was = fs::read_to_string(outside.file()).unwrap();
    link(&project, &outside.file(), DEP);
    let output = project.verb(&["explain", "--undo"]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    assert!(stderr(&output).contains("a link out of the project"), "{}", stderr(&output));
    outside.assert(&was, "undo");
}

/// Where `studio.toml` may lead, and what a grant then does: a link inside is the user's way to name a file, a link out
/// is refused until the user says so.
#[test]
fn a_grant_writes_through_a_link_out_only_when_asked_to() {
    let (project, outside) = (Project::new("neon"), Outside::holds("# mine\n"));
    link(&project, &outside.file(), "studio.toml");
    for verb in ["grant", "revoke"] {
        let output = project.verb(&[verb, "logger", "clock"]);
        if verb == "grant" {
            assert_ne!(output.status.code(), Some(0));
            let said = stderr(&output);
            assert!(said.contains("is a link out of the project") && said.contains("--follow-links"), "{said}");
        }
        outside.assert("# mine\n", verb);
    }
    let output = project.verb(&["grant", "--follow-links", "logger", "clock"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(fs::read_to_string(outside.file()).unwrap().contains("clock"));
    assert!(project.path("studio.toml").is_symlink(), "the link stays");

    let inside = Project::new("neon");
    inside.write("kept/settings.toml", "# mine\n");
    link(&inside, Path::new("kept/settings.toml"), "studio.toml");
    assert!(inside.verb(&["grant", "logger", "clock"]).status.success());
    assert!(inside.read("kept/settings.toml").contains("clock") && inside.path("studio.toml").is_symlink());
}

#[test]
fn a_grant_refuses_what_is_no_file_and_what_leads_nowhere() {
    let nowhere = tempfile::tempdir().unwrap();
    for (what, said) in
        [("dangling", "leads nowhere"), ("pipe", "a pipe"), ("folder", "a folder"), ("large", "more than")]
    {
        let project = Project::new("neon");
        let file = project.path("studio.toml");
        let _ = fs::remove_file(&file);
        match what {
            "dangling" => symlink(nowhere.path().join("planted"), &file).unwrap(),
            "pipe" => super::hostile::pipe(&file),
            "folder" => fs::create_dir(&file).unwrap(),
            _ => fs::File::create(&file).unwrap().set_len(20 << 30).unwrap(),
        }
        let output = project.verb(&["grant", "logger", "clock"]);
        assert_ne!(output.status.code(), Some(0), "{what}");
        assert!(stderr(&output).contains(said), "{what}: {}", stderr(&output));
    }
    assert_eq!(fs::read_dir(nowhere.path()).unwrap().count(), 0);
}

/// The verbs that edit a composition, on one that is a link out: it is no composition of the project, and stays.
#[test]
fn no_verb_edits_a_composition_that_lies_outside() {
    for named in [false, true] {
        for verb in [
            &["cut", IMPORT][..],
            &["wire", IMPORT, EXPORT],
            &["rename", "logger", "x"],
            &["remove", "logger"],
            &["auto-wire"],
        ] {
            let project = Project::new("neon");
            let text = project.read("neon.wac");
            let outside = Outside::holds(&text);
            link(&project, &outside.file(), "neon.wac");
            if named {
                project.write("studio.toml", "composition = \"neon.wac\"\n");
            }
            let _ = project.verb(verb);
            outside.assert(&text, &format!("{verb:?}, named: {named}"));
            assert!(project.path("neon.wac").is_symlink());
        }
    }
}

/// Another name of the same file is not written with it.
#[test]
fn a_hard_link_outside_keeps_its_text() {
    let project = Project::new("neon");
    project.write("studio.toml", "# mine\n");
    for (file, verb) in [("neon.wac", &["cut", IMPORT][..]), ("studio.toml", &["grant", "logger", "clock"])] {
        let text = project.read(file);
        // On the same file system, but not in the project.
        let other = project.path("..").join(format!("other-{file}"));
        fs::hard_link(project.path(file), &other).unwrap();
        let output = project.verb(verb);
        assert!(output.status.success(), "{}", stderr(&output));
        assert_ne!(project.read(file), text);
        assert_eq!(fs::read_to_string(&other).unwrap(), text, "{file}");
        assert_eq!(fs::metadata(&other).unwrap().nlink(), 1);
    }
}

#[test]
fn what_is_composed_goes_where_the_user_says_and_through_no_link_that_he_does_not_name() {
    let (project, outside) = (Project::new("neon"), Outside::new());
    link(&project, &outside.file(), "neon.wasm");
    let output = project.verb(&["compose", "--debug"]);
    assert_ne!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("link out of the project"), "{}", stderr(&output));
    outside.assert(KEPT, "compose");
    let named = outside.file().display().to_string();
    assert!(project.verb(&["compose", "--debug", "-o", &named]).status.success());
    assert!(fs::read(outside.file()).unwrap().starts_with(b"\0asm"));
}

#[test]
fn bindings_are_written_through_no_link_out_of_the_project() {
    for linked in ["logger/src/bindings.rs", "logger/src"] {
        let (project, outside) = (Project::new("neon"), tempfile::tempdir().unwrap());
        let target = outside.path().join("theirs");
        fs::rename(project.path(linked), &target).unwrap();
        symlink(&target, project.path(linked)).unwrap();
        // The file that carries studio's mark, and is old.
        let file = if linked.ends_with("bindings.rs") { target.clone() } else { target.join("bindings.rs") };
        let old = format!("{}// old\n", fs::read_to_string(&file).unwrap());
        fs::write(&file, &old).unwrap();
        let output = project.verb(&["build"]);
        assert_ne!(output.status.code(), Some(0), "{linked}: {}", stdout(&output));
        assert!(stderr(&output).contains("a link out of the project"), "{linked}: {}", stderr(&output));
        assert_eq!(fs::read_to_string(&file).unwrap(), old, "{linked}");
    }
}

#[test]
fn a_new_project_is_written_through_no_link() {
    for linked in ["neon.wac", "logger"] {
        let (project, outside) = (Project::empty(), Outside::new());
        symlink(outside.0.path(), project.path(linked)).unwrap();
        let output = project.verb(&["new", "neon", "."]);
        assert_ne!(output.status.code(), Some(0), "{linked}");
        outside.assert(KEPT, linked);
    }
}

/// What a killed studio left beside a file: nobody takes it for a part of the project, and the next write removes it,
/// unless its writer still lives.
#[test]
fn a_leftover_is_passed_over_and_removed_by_the_next_write() {
    let project = Project::new("neon");
    let before = project.json(&["graph", "--json"]);
    project.write(".studio-1-0.tmp", "half a fi");
    let held = fs::File::create(project.path(".studio-1-1.tmp")).unwrap();
    held.lock().unwrap();
    project.write(".studio-mine.tmp", "no leftover");
    assert_eq!(project.json(&["graph", "--json"]), before);
    assert!(project.verb(&["cut", IMPORT]).status.success());
    assert!(!project.path(".studio-1-0.tmp").exists());
    assert!(project.path(".studio-1-1.tmp").exists() && project.path(".studio-mine.tmp").exists());
}

/// A writer that is killed at any moment leaves the old file or the new one, whole, and nothing beside it.
#[test]
fn a_killed_writer_leaves_a_whole_file_and_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.wac");
    let mut kills = 0;
    for round in 0..60u64 {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "reach::writes::write_without_end", "--nocapture"]);
        command.env("STUDIO_TEST_FOLDER", folder.path()).stdout(std::process::Stdio::null());
        let mut child = command.spawn().unwrap();
        let deadline = Instant::now() + PATIENCE;
        let before = fs::metadata(&file).map(|m| m.ino()).ok();
        // It writes: the file is another one.
        while fs::metadata(&file).map(|m| m.ino()).ok() == before {
            assert!(Instant::now() < deadline && child.try_wait().unwrap().is_none(), "nothing is written");
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(137 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        let bytes = fs::read(&file).unwrap();
        assert!(bytes.len() == SIZE && bytes.iter().all(|b| *b == bytes[0]), "round {round}: half a file");
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        // Between the two calls that name a file and put it in its place lies a moment; the next write clears it.
        if names.len() > 1 {
            studio::files::write::write_named(&file, &vec![0; SIZE]).unwrap();
            let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
            assert_eq!(names, ["app.wac"], "round {round}");
        }
    }
    assert_eq!(kills, 60);
}

const SIZE: usize = 1 << 20;

#[test]
#[ignore = "run and killed by the test above"]
fn write_without_end() {
    let Some(folder) = std::env::var_os("STUDIO_TEST_FOLDER") else { return };
    let folder = studio::files::Folder::open(Path::new(&folder)).unwrap();
    for byte in (1..=u8::MAX).cycle() {
        folder.write(Path::new("app.wac"), &vec![byte; SIZE], studio::files::Links::Inside).unwrap();
    }
}
