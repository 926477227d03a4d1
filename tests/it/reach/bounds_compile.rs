//! Components that are small and would cost whoever reads or compiles them everything.

use std::process::{Command, Stdio};

use studio::compose::{CoreModule, Live};
use studio::run::Outcome;

use crate::limits::{MIB, OWN, end};
use crate::run_support::{Session, function, request, wat, whole};
use crate::support::Project;

/// Something to run, so that there is a reason to compile the rest.
const ENTRY: &str = r#"(core module $m (func (export "f"))) (core instance $i (instantiate $m))
    (func (export "f") (canon lift (core func $i "f")))"#;

fn doubled(levels: usize) -> String {
    (1..=levels).fold("(component $c0)".into(), |inner, n| {
        let (below, entry) = (n - 1, if n == levels { ENTRY } else { "" });
        format!(
            "(component $c{n} {inner} (instance (instantiate $c{below})) (instance (instantiate $c{below})) {entry})"
        )
    })
}

fn siblings() -> String {
    let one = |n: usize| {
        let below = n - 1;
        format!(
            "(component $c{n} (alias outer $root $c{below} (component $x)) \
             (instance (instantiate $x)) (instance (instantiate $x)))"
        )
    };
    let all: String = (1..=30).map(one).collect();
    format!("(component $root (component $c0) {all} (instance (instantiate $c30)))")
}

fn handed_on() -> String {
    let one = |n: usize| {
        let below = n - 1;
        format!(
            r#"(component $t{n} (import "c" (component $c))
                 (component $d (alias outer $t{n} $c (component $x)) (instance (instantiate $x)) (instance (instantiate $x)))
                 (export "d" (component $d)))
               (instance $i{n} (instantiate $t{n} (with "c" (component $c{below}))))
               (alias export $i{n} "d" (component $c{n}))"#
        )
    };
    let all: String = (1..=30).map(one).collect();
    format!("(component $root (component $c0) {all} (instance (instantiate $c30)))")
}

fn core_instances() -> String {
    let inner = "(core instance (instantiate $m))".repeat(400);
    format!("(component (component $c (core module $m) {inner}) {})", "(instance (instantiate $c))".repeat(400))
}

fn types() -> String {
    let all: String = (0..900).map(|n| format!(r#"(type $t{n} (func (param "abcdefgh" u8)))"#)).collect();
    format!("(component (component $c {all}) {})", "(instance (instantiate $c))".repeat(900))
}

/// A tuple of two tuples of two tuples …
fn tuples(levels: usize) -> String {
    let all: String = (1..=levels)
        .map(|n| {
            let b = n - 1;
            format!("(type $t{n} (tuple $t{b} $t{b}))")
        })
        .collect();
    format!(r#"(component (type $t0 (tuple u8 u8)) {all} (import "f" (func (param "a" $t{levels}))))"#)
}

/// A module of so many functions, each of so many bytes.
fn code(functions: u32, size: usize) -> Vec<u8> {
    let mut types = wasm_encoder::TypeSection::new();
    types.ty().function([], []);
    let (mut declared, mut code) = (wasm_encoder::FunctionSection::new(), wasm_encoder::CodeSection::new());
    for _ in 0..functions {
        declared.function(0);
        let mut function = wasm_encoder::Function::new([]);
        function.raw(vec![1; size]); // nop
        function.instruction(&wasm_encoder::Instruction::End);
        code.function(&function);
    }
    let mut module = wasm_encoder::Module::new();
    module.section(&types).section(&declared).section(&code);
    module.finish()
}

/// Of one core module.
fn component(module: &[u8]) -> Vec<u8> {
    let mut component = wasm_encoder::Component::new();
    component.section(&wasm_encoder::RawSection { id: 1, data: module });
    component.finish()
}

const TOO_LARGE: &str = "is too large to be compiled: ";

/// What is in the folder, and what is said of it.
fn bombs() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let deep = (0..80).fold(String::new(), |inner, _| format!("(component {inner})"));
    let ports: String = (0..10_001).map(|n| format!(r#"(import "i{n}" (func))"#)).collect();
    let text = |text: String| wat::parse_str(text).unwrap();
    vec![
        ("doubled", text(doubled(30)), "unfolded, it has more than 10000 instances"),
        ("siblings", text(siblings()), "unfolded, it has more than 10000 instances"),
        ("handed-on", text(handed_on()), "unfolded, it has more than 10000 instances"),
        ("core-instances", text(core_instances()), "unfolded, it has more than 10000 instances"),
        ("types", text(types()), "unfolded, it has more than 1000000 types, functions, imports and exports"),
        ("deep", text(deep), "its components are nested more than 64 deep"),
        ("ports", text(format!("(component {ports})")), "it has 10001 imports and exports, and 10000 are the most"),
        ("function", component(&code(1, 3 << 20)), "one of its functions has 3145730 bytes"),
        ("module", code(1, 3 << 20), "one of its functions has 3145730 bytes"),
        ("code", component(&code(90, 3 << 19)), "its functions have more than 134217728 bytes of code"),
        ("tuples", text(tuples(40)), "is not valid"),
    ]
}

/// Runs the verb on the project and watches it.
fn watched(project: &Project, args: &[&str]) -> (String, Option<i32>, usize) {
    let mut command: Command = project.studio(args);
    command.current_dir(&project.dir).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    end(command.spawn().unwrap())
}

#[test]
fn a_small_component_that_unfolds_to_a_large_one_is_refused_by_every_verb() {
    for (name, bytes, sentence) in bombs() {
        let project = Project::empty();
        project.write(&format!("{name}.wasm"), bytes);
        for verb in [&["check", "--trust"][..], &["compose", "--trust"], &["run", "--trust"]] {
            let (said, code, most) = watched(&project, verb);
            eprintln!("{name} {verb:?}: {} MiB at most", most / MIB);
            assert!(code.is_some_and(|code| code != 0), "{name} {verb:?}: {code:?} {said}");
            assert!(said.contains(sentence), "{name} {verb:?}: {said}");
            assert!(said.contains(name) && (said.contains(TOO_LARGE) || name == "tuples"), "{name} {verb:?}: {said}");
            assert!(most < 2 * OWN, "{name} {verb:?}: {} MiB", most / MIB);
        }
    }
}

#[test]
fn text_that_unfolds_to_too_much_is_refused_too() {
    let project = Project::empty();
    project.write("text.wat", doubled(30));
    let (said, code, most) = watched(&project, &["check", "--trust"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("`text.wat`") && said.contains("more than 10000 instances"), "{said}");
    assert!(most < 2 * OWN, "{} MiB", most / MIB);
}

/// Not refused, for it is not much: it must only stay so.
#[test]
fn a_type_that_is_large_only_when_written_out_costs_little() {
    let project = Project::empty();
    let functions: String = (0..1_000).map(|n| format!(r#"(import "f{n}" (func (param "a" $t17)))"#)).collect();
    project.write("tuples.wat", tuples(17).replace(r#"(import "f" "#, &format!("{functions}(import \"f\" ")));
    for verb in [&["check", "--trust"][..], &["graph", "--json"], &["compose", "--trust"]] {
        let (said, _, most) = watched(&project, verb);
        eprintln!("{verb:?}: {} MiB at most", most / MIB);
        assert!(most < 2 * OWN, "{verb:?}: {} MiB: {said}", most / MIB);
    }
}

/// Each part is fine, and all of them together are too many.
#[test]
fn a_composition_of_many_large_parts_is_refused_as_a_whole() {
    let project = Project::empty();
    project.write("part.wat", doubled(12));
    let instances: String = (0..8).map(|n| format!("let n{n} = new local:part {{ ... }};\n")).collect();
    project.write("all.wac", format!("package local:all;\n{instances}"));
    let (said, code, most) = watched(&project, &["run", "--trust"]);
    assert_ne!(code, Some(0), "{said}");
    assert!(said.contains("unfolded, it has more than 10000 instances"), "{said}");
    assert!(most < 2 * OWN, "{} MiB", most / MIB);
}

/// A module that takes Cranelift far longer than anything else here.
fn slow(seed: i32) -> Live {
    use wasm_encoder::{Function, Instruction as I, MemArg};
    let load = MemArg { offset: 0, align: 2, memory_index: 0 };
    let step = [
        [I::LocalGet(0), I::LocalGet(1), I::I32Mul, I::LocalGet(0), I::I32Load(load), I::I32Add, I::LocalSet(0)],
        [
            I::LocalGet(1),
            I::If(wasm_encoder::BlockType::Empty),
            I::LocalGet(1),
            I::LocalGet(0),
            I::I32Sub,
            I::LocalSet(1),
            I::End,
        ],
    ];
    let mut types = wasm_encoder::TypeSection::new();
    types.ty().function([wasm_encoder::ValType::I32; 2], []);
    let (mut declared, mut code) = (wasm_encoder::FunctionSection::new(), wasm_encoder::CodeSection::new());
    for n in 0..20_000 {
        declared.function(0);
        let mut function = Function::new([]);
        // None is like another, for what is like another is compiled once.
        function.instruction(&I::I32Const(seed * 20_000 + n)).instruction(&I::LocalSet(0));
        for one in std::iter::repeat_n(&step, 40).flatten().flatten() {
            function.instruction(one);
        }
        code.function(function.instruction(&I::End));
    }
    let mut memories = wasm_encoder::MemorySection::new();
    memories.memory(wasm_encoder::MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut module = wasm_encoder::Module::new();
    module.section(&types).section(&declared).section(&memories).section(&code);
    let module: std::sync::Arc<[u8]> = module.finish().into();
    let component = r#"(component
        (import "hoisted-core-0" (core module $m))
        (core instance (instantiate $m))
        (core module $r (func (export "f") (result i32) i32.const 7))
        (core instance $i (instantiate $r))
        (func (export "f") (result u32) (canon lift (core func $i "f"))))"#;
    let mut live = whole(wat::parse_str(component).unwrap());
    live.modules.push(CoreModule {
        import: "hoisted-core-0".into(),
        component: "app".into(),
        stripped: module.clone(),
        full: module,
        key: [u8::try_from(seed).unwrap(); 32],
    });
    live
}

fn quick(value: u32) -> Live {
    wat(&format!(
        r#"(component
            (core module $r (func (export "f") (result i32) i32.const {value}))
            (core instance $i (instantiate $r))
            (func (export "f") (result u32) (canon lift (core func $i "f"))))"#
    ))
}

/// Threads of this process that compile a program. A thread that such a one starts has its name at first, so it is
/// looked a few times.
fn compiling() -> usize {
    let look = |n: u64| {
        std::thread::sleep(std::time::Duration::from_millis(n * 10));
        let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
        let names = tasks.filter_map(|t| std::fs::read_to_string(t.path().join("comm")).ok());
        names.filter(|name| name.trim() == "compile-job").count()
    };
    (0..4).map(look).min().unwrap()
}

#[tokio::test]
async fn a_program_that_is_being_compiled_does_not_keep_a_newer_one_from_running() {
    let mut session = Session::new();
    session.runner.start(request(1, &slow(1), function("f")));
    while compiling() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    session.runner.start(request(2, &quick(2), function("f")));
    assert_eq!(session.ended(1).await, Outcome::Stopped, "nobody wants it any more");
    assert_eq!(session.ended(2).await, Outcome::Returned(Some("2".into())));
    // Nor does it keep anybody from stopping.
    session.runner.stop().await;
    assert_eq!(session.run(request(3, &quick(3), function("f"))).await, Outcome::Returned(Some("3".into())));
}

#[tokio::test]
async fn programs_that_nobody_wants_are_given_up_and_the_newest_runs() {
    let mut session = Session::new();
    // Another module each time, so that none is found.
    let all: Vec<Live> = (1..=6).map(slow).collect();
    for (generation, live) in (1..).zip(&all) {
        session.runner.start(request(generation, live, function("f")));
        while generation <= 4 && compiling() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        assert!(compiling() <= 4);
    }
    let outcome = session.run(request(7, &quick(7), function("f"))).await;
    assert_eq!(outcome, Outcome::Returned(Some("7".into())));
    // None of them goes on with what takes much longer than this.
    let given_up = async {
        while compiling() > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(crate::run_support::PATIENCE, given_up).await.expect("they were given up");
}
