//! What composing and compiling cost in process: twenty nodes, and a small edit beside something big.
//!
//! `cargo bench --bench engine` prints medians and ratios.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use studio::compose;
use studio::compose::{Document, HoistedPart, Live, Part};
use studio::inspect::inspect;
use studio::model::entry::Entry;
use studio::model::port::Ports;
use studio::model::project::{BuildKind, Component, Project, Revision};
use studio::run::{DEFAULT_ADDR, Limits, Options, Outcome, RunEvent, RunRequest, Runner, Stdin};
use tokio::sync::mpsc;

fn main() {
    compose_twenty();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(small_beside_big());
}

/// Twenty nodes in a chain: each imports what the one before it exports.
fn compose_twenty() {
    let mut parts = Vec::new();
    let mut text = String::from("package bench:chain;\n");
    for i in 0..20 {
        let import = if i == 0 {
            "(core module $m (func (export \"f\") (param i32) (result i32) local.get 0))
             (core instance $c (instantiate $m))"
                .to_owned()
        } else {
            format!(
                "(import \"b:c/i{}\" (instance $in (export \"f\" (func (param \"x\" u32) (result u32)))))
                 (core func $lower (canon lower (func $in \"f\")))
                 (core module $m (import \"in\" \"f\" (func $f (param i32) (result i32)))
                     (func (export \"f\") (param i32) (result i32) local.get 0 call $f))
                 (core instance $given (export \"f\" (func $lower)))
                 (core instance $c (instantiate $m (with \"in\" (instance $given))))",
                i - 1
            )
        };
        let component = format!(
            "(component {import}
                (func $f (param \"x\" u32) (result u32) (canon lift (core func $c \"f\")))
                (instance $out (export \"f\" (func $f)))
                (export \"b:c/i{i}\" (instance $out)))"
        );
        parts.push((format!("n{i}"), component));
        let argument = if i == 0 { String::new() } else { format!("\"b:c/i{0}\": n{0}[\"b:c/i{0}\"]", i - 1) };
        let _ = writeln!(text, "let n{i} = new b:n{i} {{ {argument} }};");
    }
    text += "export n19[\"b:c/i19\"];\n";
    let made = Made::of(&parts, text);
    println!("composing 20 nodes, median of 50");
    show("graph, hoisted parts → live form, validated", &mut times(50, || drop(made.live())), 20.0);
    show("full components → shipped form, validated", &mut times(50, || drop(made.ship())), 20.0);
}

/// A node of one function beside one of several megabytes of code: what an edit of the small one compiles, and what
/// compiling the whole composition takes.
async fn small_beside_big() {
    let big = big_component(6_000);
    let small = |value: u32| {
        format!(
            "(component (core module $m (func (export \"run\") i32.const {value} drop))
                (core instance $c (instantiate $m))
                (func (export \"run\") (canon lift (core func $c \"run\"))))"
        )
    };
    let text = "package bench:pair;\nlet big = new b:big {};\nlet small = new b:small {};\nexport small.run;\nexport big.work;\n";
    let make = |value| Made::of(&[("big".into(), big.clone()), ("small".into(), small(value))], text.into());

    let (events, mut inbox) = mpsc::channel(256);
    let runner = Runner::new(Options { cache: None, root: None }, events).expect("the engine");
    let mut apart = Vec::new();
    for generation in 1..=12 {
        let live = Arc::new(make(u32::try_from(generation).expect("small")).live());
        runner.start(request(generation, live));
        loop {
            match inbox.recv().await.expect("the runner lives") {
                // The first one compiles the big module too.
                RunEvent::Started { startup, .. } if generation > 1 => {
                    apart.push(startup.compile + startup.instantiate);
                }
                RunEvent::Ended { outcome: Outcome::Returned(_), .. } => break,
                RunEvent::Ended { outcome, .. } => panic!("{outcome:?}"),
                _ => {}
            }
        }
    }
    let mut config = wasmtime::Config::new();
    config.wasm_component_model(true);
    let engine = wasmtime::Engine::new(&config).expect("an engine");
    let whole = make(0).ship();
    let size = whole.len();
    let mut whole = times(5, || drop(wasmtime::component::Component::new(&engine, &whole).expect("it compiles")));
    println!("one small node changed beside a big one ({:.1} MiB of core wasm in all)", mib(size));
    show("compile and start, the big one known", &mut apart, f64::INFINITY);
    show("compiling the whole composition", &mut whole, f64::INFINITY);
    println!("  {:<46} {:>8.4}      (wanted ≤ 0.05)", "changed ÷ whole", median(&apart) / median(&whole));
    runner.stop().await;
}

fn big_component(functions: usize) -> String {
    let mut code = String::new();
    for i in 0..functions {
        let _ = write!(code, "(func $f{i} (param i32) (result i32) (local i32)");
        for step in 0..40 {
            let _ = write!(
                code,
                " local.get 0 i32.const {} i32.mul local.get 1 i32.xor local.set 1 local.get 1 i32.const {step} i32.rotl local.set 0",
                i * 31 + step
            );
        }
        code += " local.get 0)";
    }
    let calls = (0..functions).fold(String::new(), |mut calls, i| {
        let _ = write!(calls, " call $f{i}");
        calls
    });
    format!(
        "(component (core module $m {code} (func (export \"work\") (param i32) (result i32) local.get 0{calls}))
            (core instance $c (instantiate $m))
            (func (export \"work\") (param \"x\" u32) (result u32) (canon lift (core func $c \"work\"))))"
    )
}

fn request(generation: u64, live: Arc<Live>) -> RunRequest {
    RunRequest {
        generation,
        revision: Revision(generation),
        live,
        entry: Entry::Function("run".into()),
        args: Vec::new(),
        stdin: Stdin::Empty,
        as_written: false,
        addr: DEFAULT_ADDR,
        fallback: None,
        limits: Limits::default(),
        grants: Arc::default(),
        stats: false,
    }
}

/// A project whose components are these texts.
struct Made {
    project: Project,
    document: Document,
    parts: Vec<Part>,
    hoisted: Vec<HoistedPart>,
}

impl Made {
    fn of(components: &[(String, String)], text: String) -> Self {
        let mut project = Project { root: PathBuf::from("/bench"), name: "bench".into(), ..Project::default() };
        let (mut parts, mut hoisted) = (Vec::new(), Vec::new());
        for (name, text) in components {
            let bytes: Arc<[u8]> = wat::parse_str(text).expect("the component").into();
            let ports = inspect(&bytes).expect("its ports");
            project.components.push(Component {
                name: name.clone(),
                build_kind: BuildKind::File(PathBuf::from(format!("/bench/{name}.wat"))),
                packages: vec![format!("b:{name}")],
                folder: PathBuf::from("/bench"),
                path_dependencies: Vec::new(),
                wit: None,
                declared: None,
            });
            let taken_apart = Arc::new(compose::hoist(name, &bytes).expect("it can be taken apart"));
            hoisted.push(HoistedPart { component: name.clone(), hoisted: taken_apart, ports: ports.clone() });
            let checked = Arc::new(compose::check(name, &bytes).expect("it is valid"));
            parts.push(Part { component: name.clone(), ports, checked, stand_in: false });
        }
        Self { project, document: Document { path: Some("bench.wac".into()), text }, parts, hoisted }
    }

    fn live(&self) -> Live {
        let ports: BTreeMap<String, Ports> =
            self.parts.iter().map(|p| (p.component.clone(), p.ports.clone())).collect();
        let graph = compose::graph(&self.project, &ports, &self.document);
        assert!(graph.problems.is_empty(), "{:?}", graph.problems);
        compose::live(&self.project, &self.document, &self.hoisted).expect("the live form")
    }

    fn ship(&self) -> Vec<u8> {
        compose::ship(&self.project, &self.document, &self.parts).expect("the shipped form")
    }
}

fn times(rounds: usize, mut work: impl FnMut()) -> Vec<Duration> {
    (0..rounds)
        .map(|_| {
            let began = Instant::now();
            work();
            began.elapsed()
        })
        .collect()
}

/// In milliseconds.
fn median(all: &[Duration]) -> f64 {
    let mut sorted = all.to_vec();
    sorted.sort();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default().as_secs_f64() * 1e3
}

fn show(name: &str, all: &mut [Duration], bound: f64) {
    all.sort();
    let ms = |d: Option<&Duration>| d.copied().unwrap_or_default().as_secs_f64() * 1e3;
    let wanted = if bound.is_finite() { format!(", wanted ≤ {bound} ms") } else { String::new() };
    println!("  {name:<46} {:>8.2} ms   ({:.2} to {:.2}{wanted})", median(all), ms(all.first()), ms(all.last()));
}

#[allow(clippy::cast_precision_loss)] // a file's size
fn mib(bytes: usize) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}
