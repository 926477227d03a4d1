//! Compositions in the live engine: hoisted modules, and output that knows which node wrote it.

use std::path::PathBuf;
use std::sync::Arc;

use studio::compose;
use studio::compose::{Document, HoistedPart, Live, hoist};
use studio::inspect::inspect;
use studio::log::{Line, Stream};
use studio::model::project::{BuildKind, Component, Project};
use studio::run::{Options, Outcome};

use crate::run_support::{Session, function, request, rust_library};

const TALKER: &str = "
    package test:parts;
    interface talk { say: func(what: string); }
    world talker { export talk; }
";

const CALLER: &str = "
    package test:parts;
    interface talk { say: func(what: string); }
    world caller { import talk; export run: func(); }
";

const WAC: &str = "
    package test:both;
    let second = new test:talker { ... };
    let first = new test:caller { talk: second.talk, ... };
    export first.run;
";

pub type Made = (Component, HoistedPart);

pub fn part(name: &str, bytes: impl Into<Arc<[u8]>>) -> Made {
    let bytes = bytes.into();
    let component = Component {
        name: name.into(),
        build_kind: BuildKind::File(PathBuf::from(format!("/project/{name}.wasm"))),
        packages: vec![format!("test:{name}")],
        folder: "/project".into(),
        path_dependencies: Vec::new(),
        wit: None,
        declared: None,
    };
    let hoisted = Arc::new(hoist(name, &bytes).unwrap());
    (component, HoistedPart { component: name.into(), hoisted, ports: inspect(&bytes).unwrap() })
}

fn talker(edit: fn(&str) -> String) -> Made {
    part("talker", rust_library("talker.rs", &edit(include_str!("../guests/talker.rs")), TALKER))
}

fn caller() -> Made {
    part("caller", rust_library("caller.rs", include_str!("../guests/caller.rs"), CALLER))
}

fn compose(parts: [Made; 2]) -> Live {
    compose_as(WAC, parts)
}

pub fn compose_as(wac: &str, parts: impl IntoIterator<Item = Made>) -> Live {
    let (components, parts): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    let project = Project { root: "/project".into(), name: "both".into(), components, ..Project::default() };
    compose::live(&project, &Document { path: Some("both.wac".into()), text: wac.into() }, &parts).unwrap()
}

fn told(lines: &[Line]) -> Vec<(&str, Stream, &str)> {
    lines.iter().map(|l| (&*l.node, l.stream, l.text.as_str())).collect()
}

#[tokio::test]
async fn two_nodes_that_print_are_told_apart_and_in_order() {
    use Stream::{Stderr, Stdout};
    let live = compose([talker(str::to_owned), caller()]);
    assert!(live.labels.len() >= 4, "{:?}", live.labels);
    let mut session = Session::new();
    let outcome = session.run(request(1, &live, function("run"))).await;
    let Outcome::Crashed(crash) = outcome else { panic!("{outcome:?}") };
    assert_eq!(
        told(&session.lines[..8]),
        [
            ("first", Stdout, "before"),
            ("second", Stdout, "it says hello"),
            ("second", Stderr, "on stderr: hello"),
            ("second", Stdout, "it says bye"),
            ("second", Stderr, "on stderr: bye"),
            ("first", Stdout, "half done"),
            ("second", Stdout, "it says your last words"),
            ("second", Stderr, "on stderr: your last words"),
        ]
    );
    assert!(session.lines[8..].iter().all(|l| &*l.node == "second" && l.stream == Stderr), "the panic's own words");
    assert_eq!(crash.message, "`second` panicked: no last words (tests/guests/talker.rs:10)");
    assert_eq!(crash.node.as_deref(), Some("second"));
    let own: Vec<_> = crash
        .frames
        .iter()
        .filter_map(|f| f.place.as_ref().filter(|p| p.file.starts_with("tests/guests")).map(|p| (f, p)))
        .map(|(f, p)| (f.node.as_deref().unwrap_or(""), f.function.as_str(), p.line))
        .collect();
    assert_eq!(own, [("second", "test:parts/talk#say", 10), ("first", "caller::say", 10), ("first", "run", 20)]);
}

#[tokio::test]
async fn an_edit_compiles_one_module_and_another_process_none() {
    let cache = tempfile::tempdir().unwrap();
    let options = || Options { cache: Some(cache.path().into()), root: None };
    let (before, after) = (compose([talker(str::to_owned), caller()]), {
        compose([talker(|text| text.replace("it says", "it shouts")), caller()])
    });
    assert_eq!(before.bytes, after.bytes, "a body-only edit");
    let mut session = Session::with(options());
    session.runner.start(request(1, &before, function("run")));
    let first = session.started(1).await;
    assert_eq!(first.cached + first.compiled, before.modules.len());
    session.ended(1).await;
    session.lines.clear();
    session.runner.start(request(2, &after, function("run")));
    let second = session.started(2).await;
    assert_eq!((second.compiled, second.cached), (1, after.modules.len() - 1));
    session.ended(2).await;
    assert!(session.texts().contains(&"it shouts hello"));
    let mut other = Session::with(options());
    other.runner.start(request(1, &after, function("run")));
    let third = other.started(1).await;
    assert_eq!((third.compiled, third.cached), (0, after.modules.len()));
}

#[tokio::test]
async fn of_two_nodes_from_one_component_the_one_that_died_is_named() {
    let wac = WAC
        .replace("let first", "let third = new test:talker { ... };\nlet first")
        .replace("second.talk", "third.talk");
    let live = compose_as(&format!("{wac}export second.talk;"), [talker(str::to_owned), caller()]);
    let mut session = Session::new();
    let outcome = session.run(request(1, &live, function("run"))).await;
    let Outcome::Crashed(crash) = outcome else { panic!("{outcome:?}") };
    assert_eq!(crash.node.as_deref(), Some("third"));
    assert!(session.lines.iter().all(|l| &*l.node == "first" || &*l.node == "third"), "{:?}", told(&session.lines));
}
