//! Commands and functions in the live engine: what they get, how they end, and what bad ones can't do.

use std::time::Duration;

use studio::compose::Label;
use studio::log::Stream;
use studio::model::entry::Entry;
use studio::run::{Crash, Limits, Outcome, RunEvent, RunRequest};

use crate::run_support::{PATIENCE, Session, function, request, rust_command, wat, whole};

fn command(generation: u64, args: &[&str]) -> RunRequest {
    let live = whole(rust_command("command.rs"));
    let mut request = request(generation, &live, Entry::Command("wasi:cli/run@0.2.3".into()));
    request.args = args.iter().map(ToString::to_string).collect();
    request
}

fn crash(outcome: Outcome) -> Crash {
    match outcome {
        Outcome::Crashed(crash) => crash,
        other => panic!("{other:?}"),
    }
}

/// The guest's line that holds `text`, as crashes name it.
fn place(text: &str) -> String {
    let source = include_str!("../guests/command.rs");
    let line = source.lines().position(|l| l.contains(text)).unwrap() + 1;
    format!("tests/guests/command.rs:{line}")
}

#[tokio::test]
async fn a_command_gets_its_arguments_and_nothing_else() {
    let mut session = Session::new();
    assert_eq!(session.run(command(1, &["echo", "a b", "ü"])).await, Outcome::Returned(None));
    assert_eq!(session.texts(), [r#"["app", "echo", "a b", "ü"] []"#]);
    let line = &session.lines[0];
    assert_eq!((&*line.node, line.stream, line.generation), ("app", Stream::Stdout, 1));
    for (generation, what, said) in [(2, "stdin", r#"Ok(0) """#), (3, "files", "false"), (4, "network", "false")] {
        session.lines.clear();
        assert_eq!(session.run(command(generation, &[what])).await, Outcome::Returned(None));
        assert_eq!(session.texts(), [said], "{what}");
    }
}

#[tokio::test]
async fn exit_codes_are_told() {
    let mut session = Session::new();
    let live = wat(r#"(component
            (import "wasi:cli/exit@0.2.12" (instance $exit (export "exit-with-code" (func (param "status-code" u8)))))
            (core func $exit (canon lower (func $exit "exit-with-code")))
            (core module $m
                (import "" "exit" (func $exit (param i32)))
                (func (export "run") (result i32) (call $exit (i32.const 3)) unreachable))
            (core instance $i (instantiate $m (with "" (instance (export "exit" (func $exit))))))
            (func $run (result (result)) (canon lift (core func $i "run")))
            (instance (export "wasi:cli/run@0.2.12") (export "run" (func $run))))"#);
    let request = request(1, &live, Entry::Command("wasi:cli/run@0.2.12".into()));
    assert_eq!(session.run(request).await, Outcome::Exited(3));
    // Rust's own `exit(3)` knows only good and bad: the `exit` of WASI 0.2.0 carries no number.
    assert_eq!(session.run(command(2, &["exit"])).await, Outcome::Exited(1));
}

#[tokio::test]
async fn a_last_line_without_its_end_is_told_in_order() {
    let mut session = Session::new();
    session.run(command(1, &["partial"])).await;
    let got: Vec<_> = session.lines.iter().map(|l| (l.stream, l.text.as_str())).collect();
    assert_eq!(got, [(Stream::Stderr, "to stderr"), (Stream::Stdout, "no end")]);
    session.lines.clear();
    let crash = crash(session.run(command(2, &["partial-panic"])).await);
    assert!(crash.message.contains("panicked: two\\nlines"), "{}", crash.message);
    assert!(session.texts().contains(&"no end"), "{:?}", session.texts());
}

#[tokio::test]
async fn a_panic_says_what_and_where() {
    let mut session = Session::new();
    let crash = crash(session.run(command(1, &["panic"])).await);
    assert_eq!(
        crash.message,
        format!("`app` panicked: index out of bounds: the len is 3 but the index is 99 ({})", place("list[std"))
    );
    assert_eq!(crash.node.as_deref(), Some("app"));
    let own: Vec<&str> = crash
        .frames
        .iter()
        .filter(|f| f.place.as_ref().is_some_and(|p| p.file.ends_with("tests/guests/command.rs")))
        .map(|f| f.function.as_str())
        .collect();
    assert_eq!(own, ["command::deep_inside", "command::main"]);
    let blamed = crash.place.unwrap();
    assert!(crash.message.contains(&blamed.to_string()[..blamed.to_string().rfind(':').unwrap()]), "{blamed}");
    let own: Vec<_> = crash.frames.iter().filter(|f| f.own).map(|f| f.function.as_str()).collect();
    assert!(own.starts_with(&["command::deep_inside", "command::main"]), "{own:?}");
}

#[tokio::test]
async fn endless_recursion_is_named() {
    let mut session = Session::new();
    let crash = crash(session.run(command(1, &["recursion"])).await);
    assert!(crash.message.starts_with("`app` ran out of stack"), "{}", crash.message);
    assert!(crash.message.contains(&place("fn recurse")), "{}", crash.message);
}

#[tokio::test]
async fn memory_has_a_cap_and_a_sentence() {
    let mut session = Session::new();
    let mut request = command(1, &["memory"]);
    request.limits = Limits { memory: 64 << 20, ..Limits::default() };
    let crash = crash(session.run(request).await);
    assert!(crash.message.contains("ran out of memory"), "{}", crash.message);
    assert!(crash.message.contains("of the 64 MiB a run may have"), "{}", crash.message);
    assert!(crash.message.contains(&place("vec![1u8")), "{}", crash.message);
    // What it had is free again, and a run that starts above its cap says so too.
    let mut small = command(2, &["echo"]);
    small.limits.memory = 1 << 16;
    let outcome = session.run(small).await;
    assert!(format!("{outcome:?}").contains("of the 64 KiB a run may have"), "{outcome:?}");
}

/// Neither ends by itself.
#[tokio::test]
async fn stop_ends_loops_and_sleepers() {
    let mut session = Session::new();
    for (generation, what, said) in [(1, "loop", "looping"), (2, "sleep", "sleeping")] {
        session.runner.start(command(generation, &[what]));
        session.line(said).await;
        tokio::time::timeout(PATIENCE, session.runner.stop()).await.unwrap();
        assert_eq!(session.ended(generation).await, Outcome::Stopped);
    }
}

#[tokio::test]
async fn a_new_generation_replaces_a_running_one_but_a_refused_one_does_not() {
    let mut session = Session::new();
    session.runner.start(command(1, &["loop"]));
    session.line("looping").await;
    let mut bad = command(2, &[]);
    bad.entry = function("nope");
    let outcome = session.run(bad).await;
    assert!(matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
    session.runner.start(command(3, &["echo"]));
    // The older one goes on until the newer one is ready, and is over before that one begins.
    assert_eq!(session.ended(1).await, Outcome::Stopped);
    session.started(3).await;
    assert_eq!(session.ended(3).await, Outcome::Returned(None));
}

#[tokio::test]
async fn of_many_waiting_only_the_newest_runs_and_each_has_an_end() {
    let mut session = Session::new();
    for generation in 1..=20 {
        session.runner.start(command(generation, &["echo"]));
    }
    let mut ended = Vec::new();
    let mut returned = Vec::new();
    while ended.len() < 20 {
        let (generation, outcome) = session
            .until(|event| match event {
                RunEvent::Ended { generation, outcome } => Some((generation, outcome)),
                _ => None,
            })
            .await;
        ended.push(generation);
        if outcome != Outcome::Stopped {
            returned.push((generation, outcome));
        }
    }
    ended.sort_unstable();
    assert_eq!(ended, (1..=20).collect::<Vec<_>>());
    assert_eq!(returned.last(), Some(&(20, Outcome::Returned(None))));
}

#[tokio::test]
async fn a_flood_is_held_back_not_kept() {
    let mut session = Session::new();
    session.runner.start(command(1, &["flood"]));
    session.line("line 0").await;
    // Nobody reads for a while: the guest must wait, and go on where it stopped.
    tokio::time::sleep(Duration::from_millis(300)).await;
    while session.lines.len() < 50_000 {
        session.next().await;
    }
    for (n, line) in session.lines.iter().enumerate() {
        assert_eq!(line.text, format!("line {n}"));
    }
    session.runner.stop().await;
    let before = session.lines.len();
    assert_eq!(session.ended(1).await, Outcome::Stopped);
    // What was on its way when it was stopped: the channel's 64 batches and one more.
    assert!(session.lines.len() - before < 70 * 8192, "{}", session.lines.len() - before);
}

#[tokio::test]
async fn functions_are_called_and_their_values_read() {
    let live = wat(r#"(component
            (core module $m
                (func (export "answer") (result i32) i32.const 42)
                (func (export "fails") (result i32) i32.const 1)
                (func (export "nothing"))
                (func (export "takes") (param i32))
                (func $trap (export "trap") unreachable)
                (func $zero (export "zero") (result i32) (i32.div_u (i32.const 1) (i32.const 0))))
            (core instance $i (instantiate $m))
            (func (export "answer") (result u32) (canon lift (core func $i "answer")))
            (func (export "fails") (result (result)) (canon lift (core func $i "fails")))
            (func (export "nothing") (canon lift (core func $i "nothing")))
            (func (export "takes") (param "n" u32) (canon lift (core func $i "takes")))
            (func $trap (canon lift (core func $i "trap")))
            (instance (export "a:b/c@1.0.0") (export "trap" (func $trap)))
            (func (export "zero") (result u32) (canon lift (core func $i "zero"))))"#);
    let mut session = Session::new();
    assert_eq!(session.run(request(1, &live, function("answer"))).await, Outcome::Returned(Some("42".into())));
    assert_eq!(session.run(request(2, &live, function("nothing"))).await, Outcome::Returned(None));
    assert_eq!(session.run(request(3, &live, function("fails"))).await, Outcome::Exited(1));
    assert_eq!(session.texts(), ["fails returned err"]);
    assert_eq!(session.lines[0].stream, Stream::Studio);
    let outcome = session.run(request(4, &live, function("a:b/c@1.0.0#trap"))).await;
    assert_eq!(crash(outcome).message, "`app` gave up (a panic or an abort without a message) (in `trap`)");
    let outcome = session.run(request(5, &live, function("zero"))).await;
    assert_eq!(crash(outcome).message, "`app` divided by zero (in `zero`)");
    for (generation, entry, said) in [
        (6, "takes", "`takes` takes arguments (n); a run starts with a function without parameters"),
        (7, "nope", "the composition does not export `nope`"),
        (8, "a:b/c@1.0.0#nope", "the composition does not export `a:b/c@1.0.0#nope`"),
        (9, "a:b/c@1.0.0", "`a:b/c@1.0.0` is not a function, so it can't be run"),
    ] {
        match session.run(request(generation, &live, function(entry))).await {
            Outcome::Refused(problem) => assert_eq!(problem.message, said),
            other => panic!("{entry}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_nobody_provides_is_refused_with_its_name() {
    let live = wat(r#"(component
            (import "a:b/missing@1.0.0" (instance (export "f" (func))))
            (core module $m (func (export "run")))
            (core instance $i (instantiate $m))
            (func (export "run") (canon lift (core func $i "run"))))"#);
    let mut session = Session::new();
    match session.run(request(1, &live, function("run"))).await {
        Outcome::Refused(problem) => {
            assert_eq!(problem.message, "nothing provides `a:b/missing@1.0.0`, which the composition needs");
            assert_eq!(problem.port.as_deref(), Some("a:b/missing@1.0.0"));
        }
        other => panic!("{other:?}"),
    }
    match session.run(request(2, &whole(*b"no wasm at all"), function("run"))).await {
        Outcome::Refused(problem) => assert!(problem.message.starts_with("Wasmtime can't compile"), "{problem:?}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn commands_of_wasi_0_3_write_and_end_like_those_of_0_2() {
    let mut live = wat(include_str!("../guests/p3.wat"));
    let interface = "wasi:cli/stdout@0.3.0".to_string();
    live.labels = vec![Label { import: "own-stdout".into(), node: "own".into(), interface }];
    let mut session = Session::new();
    let outcome = session.run(request(1, &live, Entry::Command("wasi:cli/run@0.3.0".into()))).await;
    assert_eq!(outcome, Outcome::Exited(1), "run returned an error");
    let told: Vec<_> = session.lines.iter().map(|l| (&*l.node, l.text.as_str())).collect();
    assert_eq!(told, [("app", "one"), ("own", "two"), ("app", "rest")]);
    // A capability that nobody knows to give to a node alone.
    live.labels[0].interface = "wasi:cli/terminal-stdin@0.3.0".into();
    let outcome = session.run(request(2, &live, Entry::Command("wasi:cli/run@0.3.0".into()))).await;
    let Outcome::Refused(problem) = outcome else { panic!("{outcome:?}") };
    assert_eq!(problem.message, "studio has no `wasi:cli/terminal-stdin@0.3.0` of its own for `own`");
}
