//! Every verb on every broken input: a verb that fails says an error, one that says an error fails, and none hangs.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::reach::hostile::{Ended, watched};
use crate::support::Project;

/// A component that exports `run`, which gives 7.
const RUN: &str = "(component (core module $m (func (export \"run\") (result i32) i32.const 7))
  (core instance $i (instantiate $m)) (func $r (result u32) (canon lift (core func $i \"run\"))) (export \"run\" (func $r)))\n";
/// One whose `run` never comes back.
const TRAPS: &str = "(component (core module $m (func (export \"run\") unreachable))
  (core instance $i (instantiate $m)) (func $r (canon lift (core func $i \"run\"))) (export \"run\" (func $r)))\n";
/// A command that ends with what its `run` returns: an error.
const FAILS: &str = "(component (core module $m (func (export \"run\") (result i32) i32.const 1))
  (core instance $i (instantiate $m)) (func $r (result (result)) (canon lift (core func $i \"run\")))
  (component $c (import \"f\" (func $f (result (result)))) (export \"run\" (func $f)))
  (instance $e (instantiate $c (with \"f\" (func $r)))) (export \"wasi:cli/run@0.2.3\" (instance $e)))\n";
const LOG: &str = "(component (core module $m (func (export \"put\"))) (core instance $i (instantiate $m))
  (func $p (canon lift (core func $i \"put\"))) (instance $e (export \"put\" (func $p))) (export \"t:k/log\" (instance $e)))\n";
const USER: &str = "(component (import \"t:k/log\" (instance $i (export \"put\" (func))))
  (core func $p (canon lower (func $i \"put\"))) (core module $m (import \"a\" \"put\" (func $g)) (func (export \"run\") call $g))
  (core instance $mi (instantiate $m (with \"a\" (instance (export \"put\" (func $p))))))
  (func $r (canon lift (core func $mi \"run\"))) (export \"run\" (func $r)))\n";
const ECHO: &str = "(component (import \"t:k/log\" (instance $i (export \"put\" (func))))
  (core func $p (canon lower (func $i \"put\"))) (core module $m (import \"a\" \"put\" (func $g)) (func (export \"put\") call $g))
  (core instance $mi (instantiate $m (with \"a\" (instance (export \"put\" (func $p))))))
  (func $put (canon lift (core func $mi \"put\"))) (instance $e (export \"put\" (func $put))) (export \"t:k/log\" (instance $e)))\n";
const GOOD: &str =
    "package t:app;\n\nlet log = new local:log {};\nlet user = new local:user { log: log.log };\n\nexport user.run;\n";

type Files = &'static [(&'static str, &'static str)];

/// Folders, most of them with something wrong.
const INPUTS: &[(&str, Files)] = &[
    ("nothing", &[]),
    ("good", &[("log.wat", LOG), ("user.wat", USER), ("app.wac", GOOD)]),
    ("plugged", &[("log.wat", LOG), ("user.wat", USER)]),
    ("one", &[("run.wat", RUN)]),
    ("traps", &[("run.wat", TRAPS)]),
    ("fails", &[("run.wat", FAILS)]),
    ("itself", &[("log.wat", ECHO)]),
    ("no provider", &[("user.wat", USER)]),
    ("two providers", &[("log.wat", LOG), ("other.wat", LOG), ("user.wat", USER)]),
    ("broken text", &[("a.wac", "package t:a;\nenum e { x, y, x }\n")]),
    ("only types", &[("a.wac", "package t:a;\nenum e { x, y }\n")]),
    ("empty text", &[("a.wac", ""), ("run.wat", RUN)]),
    ("no text", &[("a.wac", "\u{0}\u{1}"), ("run.wat", RUN)]),
    ("two texts", &[("a.wac", GOOD), ("b.wac", GOOD), ("log.wat", LOG), ("user.wat", USER)]),
    ("unknown package", &[("a.wac", "package t:a;\nlet x = new t:nothing {};\nexport x.run;\n"), ("run.wat", RUN)]),
    ("undefined", &[("a.wac", "package t:a;\nexport x.run;\n"), ("run.wat", RUN)]),
    (
        "cycle",
        &[
            ("a.wac", "package t:a;\nlet a = new local:log { log: b.log };\nlet b = new local:log { log: a.log };\n"),
            ("log.wat", ECHO),
        ],
    ),
    (
        "stray module",
        &[
            ("notes.wat", "(module)"),
            ("run.wat", RUN),
            ("a.wac", "package t:a;\nlet a = new local:run {};\nexport a.run;\n"),
        ],
    ),
    ("stray torn file", &[("torn.wasm", "\0asm\r"), ("run.wat", RUN)]),
    ("torn file", &[("torn.wasm", "\0asm\r")]),
    (
        "module that is used",
        &[("notes.wat", "(module)"), ("a.wac", "package t:a;\nlet a = new local:notes {};\nexport a.run;\n")],
    ),
    ("settings", &[("studio.toml", "composition = \"none.wac\"\n"), ("run.wat", RUN)]),
    ("broken settings", &[("studio.toml", "[run\n"), ("run.wat", RUN)]),
    ("wrong entry", &[("studio.toml", "[run]\nentry = \"nothing\"\n"), ("run.wat", RUN)]),
    ("wrong grant", &[("studio.toml", "[grants.run]\nallow = [\"nothing=at:all\"]\n"), ("run.wat", RUN)]),
    ("wit", &[("wit/a.wit", "package t:a;\ninterface i { f: func(); }\n")]),
    ("broken wit", &[("wit/a.wit", "package t:a;\ninterface i { f: fun(); }\n"), ("run.wat", RUN)]),
    (
        "target",
        &[
            ("wit/a.wit", "package t:w;\nworld w { export other: func(); }\n"),
            ("run.wat", RUN),
            ("a.wac", "package t:a targets t:w/w;\nlet a = new local:run {};\nexport a.run;\n"),
        ],
    ),
    (
        "types of the component",
        &[
            ("a.wac", "package t:a;\nlet l = new local:log {};\nlet u = new local:user { log: l };\nexport u.run;\n"),
            ("log.wat", RUN),
            ("user.wat", USER),
        ],
    ),
    ("manifest", &[("Cargo.toml", "[package\n"), ("src/lib.rs", ""), ("run.wat", RUN)]),
    (
        "used as a type",
        &[("a.wac", "package t:a;\nrecord r { n: u8 }\nlet u = new local:user { log: r };\n"), ("user.wat", USER)],
    ),
    (
        "re-exported",
        &[(
            "pass.wat",
            "(component (import \"t:p/paint\" (instance $i (export \"f\" (func)))) (export \"t:p/paint\" (instance $i)))\n",
        )],
    ),
    (
        "re-exported resource",
        &[(
            "pass.wat",
            "(component (import \"t:p/paint\" (instance $i (export \"r\" (type $r (sub resource))) (export \"f\" (func (param \"r\" (borrow $r)))))) (export \"t:p/paint\" (instance $i)))\n",
        )],
    ),
];

/// Every verb that looks at a folder, on what may be in it.
const VERBS: &[&[&str]] = &[
    &["check"],
    &["check", "--trust"],
    &["build", "--trust"],
    &["graph", "--format", "text"],
    &["graph", "--format", "svg"],
    &["compose", "--trust"],
    &["run", "--trust"],
    &["run", "--trust", "--entry", "nothing"],
    &["wire", "user.log", "log.log"],
    &["cut", "user.log"],
    &["add", "log"],
    &["remove", "log"],
    &["rename", "log", "audit"],
    &["expose", "user.run"],
    &["hide", "run"],
    &["auto-wire", "--dry-run"],
    &["auto-wire"],
    &["explain", "user.log"],
    &["explain", "user.log", "--apply", "1"],
    &["explain", "--undo"],
    &["grants"],
    &["grant", "run", "clock"],
    &["revoke", "run", "clock"],
    &["trust", "list"],
    &["screen"],
];

/// Whether stderr says an error: a problem, a refusal, what the verb itself could not do, how the guest ended, or what
/// is left to a person.
fn says_error(stderr: &str) -> bool {
    stderr.lines().any(|line| {
        ["error: ", "error[", "refused: ", "studio: ", "open: ", "what `"].iter().any(|word| line.starts_with(word))
            || line.starts_with("studio | failed")
    })
}

/// What is wrong with how a verb ended.
fn wrong(ended: &Ended) -> Option<String> {
    let code = ended.code.map_or(-1, i64::from);
    // What `explain` finds is its answer, on stdout.
    let said = says_error(&ended.stderr) || ended.stdout.starts_with("no export resembles ");
    match (code, said) {
        (0, false) | (1 | 2, true) => None,
        (0, true) => Some(format!("it says an error and its exit code is 0: {}", ended.stderr)),
        (1 | 2, false) => Some(format!("exit code {code} without an error: {}", ended.all())),
        _ => Some(format!("it ended with {code}: {}", ended.all())),
    }
}

fn folder(files: &[(&str, String)]) -> Project {
    let project = Project::empty();
    for (file, text) in files {
        project.write(file, text);
    }
    project
}

/// A verb in a folder.
struct Job {
    name: String,
    files: Vec<(&'static str, String)>,
    verb: &'static [&'static str],
}

/// Runs every job on as many threads as there are processors, and gives what went wrong.
fn all(jobs: &[Job]) -> Vec<String> {
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(Job { name, files, verb }) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let project = folder(files);
                    if let Some(why) = wrong(&watched(&project, verb)) {
                        failures.lock().unwrap().push(format!("{name}: {verb:?}: {why}"));
                    }
                }
            });
        }
    });
    failures.into_inner().unwrap()
}

#[test]
fn every_verb_fails_with_an_error_or_not_at_all() {
    let owned = |files: Files| files.iter().map(|(file, text)| (*file, (*text).to_owned())).collect::<Vec<_>>();
    let jobs: Vec<_> = INPUTS
        .iter()
        .flat_map(|(name, files)| {
            VERBS.iter().map(move |verb| Job { name: (*name).to_owned(), files: owned(files), verb })
        })
        .collect();
    let failures = all(&jobs);
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), jobs.len(), failures.join("\n"));
}

/// The same of files with a few letters or lines changed.
#[test]
fn every_verb_on_mutated_files() {
    let mut seed = 7_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below.max(1)
    };
    let mut jobs = Vec::new();
    for (name, files) in INPUTS.iter().filter(|(_, files)| !files.is_empty()) {
        for _ in 0..2 {
            let mut files: Vec<_> = files.iter().map(|(file, text)| (*file, (*text).to_owned())).collect();
            let chosen = random(files.len());
            let text: Vec<char> = files[chosen].1.chars().collect();
            let (at, length) = (random(text.len()), 1 + random(6));
            let tail = text.iter().skip(at + length);
            let mutated: String = match random(3) {
                0 => text.iter().take(at).chain(tail).collect(),
                1 => text.iter().take(at + length).chain(text.iter().skip(at)).collect(),
                _ => text.iter().take(at).chain(&['{', ';']).chain(tail).collect(),
            };
            files[chosen].1 = mutated.clone();
            for verb in [0, 1, 5, 6].map(|n| VERBS[n]) {
                let name = format!("{name}, {} as {mutated:?}", files[chosen].0);
                jobs.push(Job { name, files: files.clone(), verb });
            }
        }
    }
    let failures = all(&jobs);
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), jobs.len(), failures.join("\n"));
}

#[test]
fn the_exit_code_of_a_good_run_is_the_guests() {
    for (run, code) in [(RUN, 0), (FAILS, 1)] {
        let project = Project::empty();
        project.write("run.wat", run);
        let ended = watched(&project, &["run", "--trust"]);
        assert_eq!(ended.code, Some(code), "{}", ended.all());
    }
    // A stray file is no failure of the run.
    let project = Project::empty();
    project.write("run.wat", RUN);
    project.write("notes.wat", "(module)");
    let ended = watched(&project, &["run", "--trust"]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
}
