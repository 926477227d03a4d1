//! The build stage on real projects, with the real cargo.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use studio::build::{Artifact, BuildEvent, BuildRequest, Builder, Profile, bindings, environment};
use studio::discover::{affected, discover};
use studio::model::diagnostic::{Diagnostic, Origin, Severity};
use studio::model::phases::Phase;
use studio::model::project::{Project, Revision};
use studio::trust;
use studio::trust::Approval;
use tempfile::TempDir;
use tokio::sync::mpsc::{self, Receiver};
use tokio::time::timeout;

use crate::support::{PATIENCE, wasm_target};

/// All that building it would run.
fn allowed(project: &Project) -> Approval {
    Approval::of(&trust::survey(&project.root, &project.components, &project.settings))
}

/// A project in a folder of its own, and the stage at work on it.
struct Stage {
    _dir: TempDir,
    project: Project,
    builder: Builder,
    events: Receiver<BuildEvent>,
    revision: Revision,
}

/// Everything a request gave, by kind.
#[derive(Debug, Default)]
struct Outcome {
    ok: bool,
    cancelled: bool,
    built: Vec<Artifact>,
    failed: Vec<String>,
    problems: Vec<Diagnostic>,
    progress: Vec<String>,
    bindings: Vec<String>,
    waited: Vec<String>,
    cargo: Duration,
}

impl Outcome {
    fn built(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.built.iter().map(|a| a.component.as_str()).collect();
        names.sort_unstable();
        names
    }

    fn errors(&self) -> Vec<&Diagnostic> {
        self.problems.iter().filter(|p| p.is_error()).collect()
    }

    fn compiled(&self, package: &str) -> bool {
        self.progress.iter().any(|p| p.starts_with(&format!("Compiling {package} ")))
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.path() {
            path if path.is_dir() && entry.file_name() != "target" => copy(&path, &target),
            path if path.is_file() => drop(fs::copy(path, target).unwrap()),
            _ => {}
        }
    }
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

impl Stage {
    fn of(source: &str) -> Self {
        wasm_target();
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap().join("mein Projekt ü");
        copy(&repository(source), &root);
        Self::at(dir, &root)
    }

    fn with(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap().join("mein Projekt ü");
        fs::create_dir(&root).unwrap();
        for (name, text) in files {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), text).unwrap();
        }
        Self::at(dir, &root)
    }

    fn at(dir: TempDir, root: &Path) -> Self {
        let (sender, events) = mpsc::channel(1024);
        let project = discover(root).unwrap();
        Self { _dir: dir, project, builder: Builder::new(sender), events, revision: Revision(0) }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.project.root.join(file)
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(from), "{file} has no `{from}`");
        fs::write(self.path(file), text.replace(from, to)).unwrap();
    }

    /// Asks for these components, or all.
    fn request(&mut self, names: &[&str]) -> Revision {
        self.revision = self.revision.next();
        let wanted = |name: &String| names.is_empty() || names.contains(&name.as_str());
        self.builder.request(BuildRequest {
            revision: self.revision,
            root: self.project.root.clone(),
            components: self.project.components.iter().filter(|c| wanted(&c.name)).cloned().collect(),
            beside: Vec::new(),
            profile: Profile::Dev,
            approval: allowed(&self.project),
        });
        self.revision
    }

    async fn event(&mut self) -> BuildEvent {
        timeout(PATIENCE, self.events.recv()).await.expect("no event came").expect("the stage ended")
    }

    /// Everything up to the end of this request.
    async fn outcome(&mut self, of: Revision) -> Outcome {
        let mut outcome = Outcome::default();
        loop {
            match self.event().await {
                BuildEvent::Started { revision, .. } => assert_eq!(revision, of),
                BuildEvent::Waiting { reason, .. } => outcome.waited.push(reason),
                BuildEvent::Progress { text, .. } => outcome.progress.push(text),
                BuildEvent::BindingsWritten { component, .. } => outcome.bindings.push(component),
                BuildEvent::Diagnostic { diagnostic, .. } => outcome.problems.push(diagnostic),
                BuildEvent::Built { artifact, revision, .. } => {
                    assert_eq!(revision, of);
                    outcome.built.push(artifact);
                }
                BuildEvent::Failed { component, .. } => outcome.failed.push(component),
                BuildEvent::Finished { revision, ok, phases } if revision == of => {
                    outcome.ok = ok;
                    outcome.cargo = phases.get(Phase::Cargo);
                    return outcome;
                }
                BuildEvent::Cancelled { revision } if revision == of => {
                    outcome.cancelled = true;
                    return outcome;
                }
                BuildEvent::NotAllowed { revision } => {
                    panic!("{revision:?}: what was surveyed a moment ago is not allowed")
                }
                BuildEvent::Inputs { .. } | BuildEvent::Finished { .. } | BuildEvent::Cancelled { .. } => {}
            }
        }
    }

    async fn build(&mut self, names: &[&str]) -> Outcome {
        let revision = self.request(names);
        self.outcome(revision).await
    }

    async fn wait_for_file(&self, file: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match fs::read_to_string(self.path(file)) {
                Ok(text) if text.ends_with('\n') => return text.trim().to_owned(),
                _ => tokio::time::sleep(Duration::from_millis(5)).await,
            }
            assert!(Instant::now() < deadline, "{file} never came");
        }
    }
}

fn runs(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(')').next().unwrap_or_default().split_whitespace().next();
    state.is_some_and(|s| s != "Z" && s != "X")
}

/// A build script that says it has begun, and waits until it may end.
const WAITING_SCRIPT: &str = r#"
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let root = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    std::fs::write(format!("{root}/begun"), "yes\n").unwrap();
    while !std::path::Path::new(&format!("{root}/go")).exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}
"#;

#[tokio::test]
async fn both_are_built_and_then_only_the_edited_one() {
    let mut stage = Stage::of("templates/neon");
    let first = stage.build(&[]).await;
    assert_eq!((first.ok, first.problems.as_slice()), (true, &[][..]));
    assert_eq!(first.built(), ["core-logic", "logger"]);
    assert!(first.bindings.is_empty(), "the committed bindings are right");
    let logger = first.built.iter().find(|a| a.component == "logger").unwrap();
    assert_eq!(logger.ports.exports[0].name, "cyber:core/log-handler");
    assert_eq!(fs::read(&logger.path).unwrap(), logger.bytes.to_vec());
    assert!(logger.path.starts_with(stage.path("target/studio")));

    stage.edit("logger/src/lib.rs", "WARN", "WARNING");
    let changed = affected(&stage.project, |_, _| false, &[stage.path("logger/src/lib.rs")]);
    assert_eq!(changed.components, ["logger"]);
    let second = stage.build(&["logger"]).await;
    assert_eq!(second.built(), ["logger"]);
    assert!(second.compiled("logger") && !second.compiled("core-logic") && !second.compiled("wit-bindgen"));
    assert_ne!(second.built[0].digest, logger.digest);

    let third = stage.build(&[]).await;
    assert_eq!(third.built(), ["core-logic", "logger"], "what is fresh is delivered too");
    assert!(third.progress.is_empty(), "{:?}", third.progress);
}

#[tokio::test]
async fn broken_rust_has_places_advice_and_spares_the_others() {
    let mut stage = Stage::of("templates/neon");
    stage.edit("core-logic/src/lib.rs", "Level::Info", "Level::Inf");
    stage.edit("logger/src/lib.rs", "struct Logger;", "struct Logger;\nfn unused() {}");
    let outcome = stage.build(&[]).await;
    assert!(!outcome.ok);
    assert_eq!((outcome.built(), outcome.failed.as_slice()), (vec!["logger"], &["core-logic".to_owned()][..]));
    let [error] = outcome.errors()[..] else { panic!("{:#?}", outcome.problems) };
    let place = error.place.as_ref().unwrap();
    assert_eq!(place.to_string(), "core-logic/src/lib.rs:12:49");
    assert_eq!((error.origin, error.component.as_deref()), (Origin::Rust, Some("core-logic")));
    assert!(error.message.contains("Inf") && error.message.ends_with("[E0599]"), "{}", error.message);
    let mut edits = error.fixes.iter().flat_map(|fix| &fix.edits);
    let fix = edits.find(|f| f.text == "Info" || f.text == "o").unwrap_or_else(|| panic!("{error:#?}"));
    assert_eq!(fix.place.file, place.file);
    let source = fs::read_to_string(stage.path("core-logic/src/lib.rs")).unwrap();
    let mut fixed = source.clone();
    fixed.replace_range(fix.range.clone(), &fix.text);
    assert!(fixed.contains("Level::Info)"));
    assert!(error.rendered.as_ref().unwrap().contains('\u{1b}'), "rustc's own drawing, with its colours");
    let warning = outcome.problems.iter().find(|p| p.severity == Severity::Warning).unwrap();
    assert_eq!(warning.place.as_ref().unwrap().to_string(), "logger/src/lib.rs:8:4");
    assert_eq!(warning.component.as_deref(), Some("logger"));

    fs::write(stage.path("core-logic/src/lib.rs"), fixed).unwrap();
    assert!(stage.build(&["core-logic"]).await.ok, "the fix is one");
}

#[tokio::test]
async fn bindings_follow_the_wit_and_are_byte_stable() {
    let mut stage = Stage::of("templates/neon");
    let file = stage.path("logger/src/bindings.rs");
    let committed = fs::read_to_string(&file).unwrap();
    let modified = fs::metadata(&file).unwrap().modified().unwrap();
    assert!(stage.build(&["logger"]).await.bindings.is_empty());
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), modified, "a right file is not touched");

    stage.edit("logger/wit/logger.wit", "warning,", "warning,\n        debug,");
    let outcome = stage.build(&["logger"]).await;
    assert_eq!(outcome.bindings, ["logger"]);
    assert!(fs::read_to_string(&file).unwrap().contains("Debug,"));
    assert!(outcome.errors()[0].message.contains("non-exhaustive patterns"), "{:#?}", outcome.errors()[0].message);

    stage.edit("logger/wit/logger.wit", "warning,\n        debug,", "warning,");
    assert_eq!(stage.build(&["logger"]).await.bindings, ["logger"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), committed);

    fs::remove_file(&file).unwrap();
    assert_eq!(stage.build(&["logger"]).await.bindings, ["logger"], "a missing file is made");
    assert_eq!(fs::read_to_string(&file).unwrap(), committed);
}

#[tokio::test]
async fn broken_wit_is_said_once_and_in_its_own_words() {
    let mut stage = Stage::of("templates/neon");
    stage.edit("logger/wit/logger.wit", "msg: string", "msg: strin");
    let outcome = stage.build(&[]).await;
    assert_eq!((outcome.built(), outcome.failed.as_slice()), (vec!["core-logic"], &["logger".to_owned()][..]));
    let [error] = outcome.errors()[..] else { panic!("{:#?}", outcome.problems) };
    assert_eq!(error.place.as_ref().unwrap().to_string(), "logger/wit/logger.wit:12:20");
    assert_eq!((error.origin, error.component.as_deref()), (Origin::Wit, Some("logger")));
}

#[test]
fn known_bindings_are_not_generated_again_but_never_trusted_blindly() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    copy(&repository("tests/fixtures/generated"), folder);
    let (known, wit, file) = (bindings::Known::default(), folder.join("wit"), folder.join("src/bindings.rs"));
    let changed = |known: &bindings::Known| known.write(folder, folder, &file, &wit, None).unwrap().changed;
    assert!(changed(&known));
    assert!(!changed(&known));
    let right = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{right}// by hand\n")).unwrap();
    assert!(changed(&known), "edits of the generated file are undone");
    assert_eq!(fs::read_to_string(&file).unwrap(), right);
    fs::remove_file(&file).unwrap();
    assert!(changed(&known));
    fs::write(wit.join("more.wit"), "interface more { f: func(); }\n").unwrap();
    fs::write(wit.join("world.wit"), "package acme:fresh;\nworld fresh { import more; export run: func(); }\n")
        .unwrap();
    assert!(changed(&known));
    assert!(fs::read_to_string(&file).unwrap().contains("mod more"));
}

#[test]
fn the_templates_bindings_are_what_studio_writes() {
    for folder in ["neon/logger", "neon/core-logic", "http/greeter", "http/web", "blank"] {
        let folder = repository("templates").join(folder);
        let text = bindings::generate(&folder, &folder.join("wit"), Path::new("wit"), None).unwrap();
        assert!(fs::read_to_string(folder.join("src/bindings.rs")).unwrap() == text, "{} is old", folder.display());
    }
}

#[test]
fn rustfmt_leaves_generated_bindings_alone() {
    crate::toolchain::rustfmt();
    let file = repository("templates/http/web/src/bindings.rs");
    let output = Command::new("rustfmt").args(["--edition", "2024", "--check"]).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn bindings_of_others_are_never_overwritten() {
    let folder = repository("tests/fixtures/cargo-component");
    let before = fs::read_to_string(folder.join("src/bindings.rs")).unwrap();
    let problems =
        bindings::write(&folder, &folder, &folder.join("src/bindings.rs"), &folder.join("wit"), Some("classic-world"))
            .unwrap_err();
    assert!(problems[0].message.contains("not generated by studio"));
    assert_eq!(fs::read_to_string(folder.join("src/bindings.rs")).unwrap(), before);
}

#[tokio::test]
async fn cancelling_ends_the_whole_tree() {
    let mut stage = Stage::of("templates/blank");
    let script = r#"
        fn main() {
            let root = std::env::var("CARGO_MANIFEST_DIR").unwrap();
            let script = format!("sh -c 'sleep 600 & echo $! > \"{root}/pid\"; wait'");
            std::process::Command::new("sh").arg("-c").arg(script).status().unwrap();
        }
    "#;
    fs::write(stage.path("build.rs"), script).unwrap();
    let revision = stage.request(&[]);
    let pid = stage.wait_for_file("pid").await;
    assert!(runs(&pid));
    timeout(PATIENCE, stage.builder.cancel()).await.unwrap();
    assert!(!runs(&pid), "the build script's grandchild is gone when `cancel` returns");
    let outcome = stage.outcome(revision).await;
    assert!(outcome.cancelled && outcome.built.is_empty());

    fs::remove_file(stage.path("build.rs")).unwrap();
    assert!(stage.build(&[]).await.ok, "the stage goes on");
}

#[tokio::test]
async fn dropping_the_stage_ends_what_it_runs() {
    let mut stage = Stage::of("templates/blank");
    let script = r#"
        fn main() {
            let root = std::env::var("CARGO_MANIFEST_DIR").unwrap();
            std::fs::write(format!("{root}/pid"), format!("{}\n", std::process::id())).unwrap();
            std::thread::sleep(std::time::Duration::from_secs(600));
        }
    "#;
    fs::write(stage.path("build.rs"), script).unwrap();
    stage.request(&[]);
    let pid = stage.wait_for_file("pid").await;
    let Stage { _dir, builder, mut events, .. } = stage;
    drop(builder);
    while timeout(PATIENCE, events.recv()).await.unwrap().is_some() {}
    assert!(!runs(&pid));
}

#[tokio::test]
async fn a_newer_request_waits_and_takes_the_waiting_ones_along() {
    let mut stage = Stage::of("templates/neon");
    fs::write(stage.path("logger/build.rs"), WAITING_SCRIPT).unwrap();
    let first = stage.request(&["logger"]);
    stage.wait_for_file("logger/begun").await;
    let second = stage.request(&["logger"]);
    let third = stage.request(&["core-logic"]);
    // The running one goes on; of the two that wait, the newer takes the older along.
    loop {
        match stage.event().await {
            BuildEvent::Cancelled { revision } => {
                assert_eq!(revision, second);
                break;
            }
            BuildEvent::Finished { .. } => panic!("the first request must still be running"),
            _ => {}
        }
    }
    fs::write(stage.path("logger/go"), "").unwrap();
    let one = stage.outcome(first).await;
    assert_eq!((one.ok, one.built()), (true, vec!["logger"]), "the older result is still reported");
    let three = stage.outcome(third).await;
    assert_eq!((three.ok, three.built()), (true, vec!["core-logic", "logger"]));
}

#[tokio::test]
async fn waiting_for_anothers_lock_is_said() {
    let mut stage = Stage::of("templates/blank");
    fs::write(stage.path("build.rs"), WAITING_SCRIPT).unwrap();
    let mut other = environment::command("cargo", &stage.project.root)
        .into_std()
        .args(["build", "--target", "wasm32-wasip2", "--target-dir"])
        .arg(environment::target_directory(&stage.project.root))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    stage.wait_for_file("begun").await;
    let revision = stage.request(&[]);
    let reason = loop {
        if let BuildEvent::Waiting { reason, .. } = stage.event().await {
            break reason;
        }
    };
    assert!(reason.contains("waiting for another cargo"), "{reason}");
    fs::write(stage.path("go"), "").unwrap();
    assert!(stage.outcome(revision).await.ok);
    assert!(other.wait().unwrap().success());
}

/// Neither cargo's outputs nor the bindings that studio writes start anything.
#[tokio::test]
async fn a_build_changes_nothing_that_is_watched() {
    use studio::watch::{WatchEvent, Watcher};
    let mut stage = Stage::of("templates/neon");
    let (sender, mut changes) = mpsc::channel(64);
    let watcher = Watcher::start(&stage.project.root, &[], sender).unwrap();
    watcher.wait_until_ready();
    fs::write(stage.path("logger/wit/more.wit"), "package cyber:core;\n\ninterface more {}\n").unwrap();
    let outcome = stage.build(&[]).await;
    assert!(outcome.ok, "{:#?}", outcome.problems);
    assert_eq!(stage.build(&["logger"]).await.built(), ["logger"]);
    let last = stage.path("last.rs");
    fs::write(&last, "").unwrap();
    let mut seen = Vec::new();
    while !seen.contains(&last) {
        match timeout(PATIENCE, changes.recv()).await.unwrap().unwrap() {
            WatchEvent::Changed { paths, .. } => seen.extend(paths),
            WatchEvent::Failed(problem) => panic!("{problem:?}"),
        }
    }
    assert_eq!(seen, [stage.path("logger/wit/more.wit"), last]);
}

#[tokio::test]
async fn cargos_own_errors_are_problems_too() {
    let mut stage = Stage::of("templates/blank");
    stage.edit("Cargo.toml", "wit-bindgen = ", "no-such-crate-of-ours = { path = \"nowhere\" }\nwit-bindgen = ");
    let outcome = stage.build(&[]).await;
    assert_eq!(outcome.failed, ["app"]);
    assert!(outcome.errors()[0].message.starts_with("cargo: "), "{:#?}", outcome.problems);
}

#[tokio::test]
async fn a_link_that_fails_says_what_the_linker_said() {
    let mut stage = Stage::of("templates/blank");
    stage.edit("src/lib.rs", "bindings::export!", "// bindings::export!");
    let outcome = stage.build(&[]).await;
    let error = outcome.errors()[0];
    assert!(error.message.starts_with("the component can't be linked: "), "{error:#?}");
    assert!(error.message.contains("run"), "{}", error.message);
    assert!(error.remarks.iter().all(|r| r.message.len() < 2000), "no pages of linker arguments");
}

#[tokio::test]
async fn a_plain_command_and_a_wasip1_module() {
    let mut stage = Stage::of("templates/hello");
    let outcome = stage.build(&[]).await;
    assert_eq!((outcome.ok, outcome.built()), (true, vec!["hello"]));
    assert!(outcome.built[0].ports.exports.iter().any(|p| p.name.starts_with("wasi:cli/run@")));

    let mut stage = Stage::of("tests/fixtures/wasip1");
    let outcome = stage.build(&[]).await;
    assert!(outcome.ok, "{:#?}", outcome.problems);
    assert!(outcome.built[0].ports.exports.iter().any(|p| p.name.starts_with("wasi:cli/run@")), "the adapter's");
}

#[tokio::test]
async fn a_path_dependency_is_built_and_its_problems_are_its_own() {
    let mut stage = Stage::of("tests/fixtures/workspace");
    fs::write(
        stage.path("crates/node/src/lib.rs"),
        "mod bindings;\nstruct Node;\nimpl bindings::Guest for Node {\n    fn answer() -> u32 {\n        shared::answer()\n    }\n}\n\
         bindings::export!(Node with_types_in bindings);\n",
    )
    .unwrap();
    stage.edit("crates/node/Cargo.toml", "bindings-runtime.workspace", "wit-bindgen = { package = \"wit-bindgen\", version = \"0.60\", default-features = false, features = [\"std\"] }\n# bindings-runtime.workspace");
    let outcome = stage.build(&["node"]).await;
    assert!(outcome.ok, "{:#?}", outcome.problems);
    assert_eq!(outcome.bindings, ["node"]);
    stage.edit("base/src/lib.rs", "40", "forty");
    let affected = affected(&stage.project, |_, _| false, &[stage.path("base/src/lib.rs")]);
    assert_eq!(affected.components, ["node"]);
    let outcome = stage.build(&["node"]).await;
    let error = outcome.errors()[0];
    assert_eq!((error.place.as_ref().unwrap().to_string(), &error.component), ("base/src/lib.rs:1:23".into(), &None));
    assert_eq!(outcome.failed, ["node"]);
}

#[tokio::test]
async fn files_and_commands_of_other_languages() {
    let mut stage = Stage::with(&[
        ("good.wat", "(component)"),
        ("torn.wasm", "\0asm\x0d\0\x01\0\x01\x05"),
        ("src/x.wat", ""),
        (
            "studio.toml",
            "[components.made]\ncommand = [\"sh\", \"-c\", \"echo making; cp good.wat out.wat\"]\noutput = \"out.wat\"\n\
             [components.fails]\ncommand = [\"sh\", \"-c\", \"echo no luck >&2; exit 3\"]\noutput = \"none.wasm\"\n\
             [components.missing]\ncommand = [\"no-such-program\"]\noutput = \"none.wasm\"\n",
        ),
    ]);
    fs::remove_file(stage.path("src/x.wat")).unwrap();
    let outcome = stage.build(&[]).await;
    assert_eq!(outcome.built(), ["good", "made"]);
    assert!(outcome.progress.contains(&"making".to_owned()));
    let mut failed = outcome.failed.clone();
    failed.sort();
    assert_eq!(failed, ["fails", "missing", "torn", "x"]);
    let of = |name: &str| outcome.errors().into_iter().find(|p| p.component.as_deref() == Some(name)).unwrap().clone();
    assert!(of("fails").remarks.iter().any(|r| r.message == "no luck"));
    assert!(of("missing").message.contains("no-such-program"));
    assert_eq!(of("torn").place.unwrap().file, Path::new("torn.wasm"));
    assert_eq!(of("x").place.unwrap().file, Path::new("src/x.wat"));
    assert!(outcome.errors().iter().all(|p| p.help.is_some()));
}

/// A toolchain that lacks the target: a folder that rustup takes for one.
#[cfg(unix)]
#[tokio::test]
async fn a_missing_target_fails_the_components_with_the_next_step() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut stage = Stage::of("templates/blank");
    for tool in ["rustc", "cargo"] {
        let path = stage.path(&format!("toolchain/bin/{tool}"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::create_dir_all(stage.path("toolchain/lib")).unwrap();
        fs::write(&path, "#!/bin/sh\necho /nowhere/lib\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let toolchain = stage.path("toolchain");
    fs::write(stage.path("rust-toolchain.toml"), format!("[toolchain]\npath = '{}'\n", toolchain.display())).unwrap();
    let outcome = stage.build(&[]).await;
    assert_eq!((outcome.ok, outcome.failed.as_slice()), (false, &["app".to_owned()][..]));
    let error = outcome.errors()[0];
    assert_eq!(error.origin, Origin::Toolchain);
    assert!(error.message.contains("wasm32-wasip2"), "{error:#?}");
    assert!(error.help.as_ref().unwrap().contains("rustup target add wasm32-wasip2"));
}

#[tokio::test]
async fn releases_are_smaller_and_lie_beside() {
    let mut stage = Stage::of("templates/blank");
    let dev = stage.build(&[]).await.built.remove(0);
    stage.builder.request(BuildRequest {
        revision: Revision(9),
        root: stage.project.root.clone(),
        components: stage.project.components.clone(),
        beside: Vec::new(),
        profile: Profile::Release,
        approval: allowed(&stage.project),
    });
    let release = stage.outcome(Revision(9)).await.built.remove(0);
    assert!(release.bytes.len() * 4 < dev.bytes.len(), "{} of {}", release.bytes.len(), dev.bytes.len());
    for (artifact, profile) in [(&dev, Profile::Dev), (&release, Profile::Release)] {
        let expected = studio::build::artifacts::path(&stage.project.components[0], profile);
        assert_eq!(Some(&artifact.path), expected.as_ref());
    }
    let _: Arc<[u8]> = release.bytes;
}
