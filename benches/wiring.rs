//! What an edit costs, and what our composing costs beside wac's own library on the same file.
//!
//! `cargo bench --bench wiring` prints medians and ratios. The targets (docs/benchmarks.md): an edit at fifty nodes,
//! patched, resolved, encoded and validated, in 10 ms; `compose` no slower than wac.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indexmap::IndexMap;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use studio::compose;
use studio::compose::{Change, Document, HoistedPart, Part};
use studio::inspect::inspect;
use studio::model::graph::End;
use studio::model::port::Ports;
use studio::model::project::{BuildKind, Component, Project};
use wac_graph::EncodeOptions;
use wac_graph::types::BorrowedPackageKey;

const TIMES: usize = 100;

fn main() {
    println!("an edit of a chain, median of {TIMES}");
    for nodes in [10, 50, 200] {
        edit(nodes);
    }
    println!("\ncomposing beside wac's own library, median of {TIMES}, in turns");
    beside_wac("50 nodes, each of 3 functions", &chain(50, 3));
    beside_wac("50 nodes, each of 300 functions", &chain(50, 300));
    beside_wac("4 nodes, each of 6000 functions", &chain(4, 6_000));
    if let Some(neon) = neon() {
        beside_wac("the demo's two components", &neon);
    }
}

struct Made {
    project: Project,
    ports: BTreeMap<String, Ports>,
    parts: Vec<Part>,
    doc: Document,
    /// `(package, bytes)`.
    packages: Vec<(String, Vec<u8>)>,
}

impl Made {
    fn of(parts: Vec<(String, String, Vec<u8>)>, text: String) -> Self {
        let mut project = Project { root: PathBuf::from("/bench"), name: "bench".into(), ..Project::default() };
        let mut made = Vec::new();
        let mut packages = Vec::new();
        for (name, package, bytes) in parts {
            project.components.push(Component {
                name: name.clone(),
                build_kind: BuildKind::File(PathBuf::from(format!("/bench/{name}.wasm"))),
                packages: vec![package.clone()],
                folder: "/bench".into(),
                path_dependencies: Vec::new(),
                wit: None,
                declared: None,
            });
            made.push(part(&name, &bytes.as_slice().into()));
            packages.push((package, bytes));
        }
        let ports = made.iter().map(|p| (p.component.clone(), p.ports.clone())).collect();
        let doc = Document { path: Some("bench.wac".into()), text };
        Self { project, ports, parts: made, doc, packages }
    }
}

/// What a session does once for every built file.
fn part(component: &str, bytes: &Arc<[u8]>) -> Part {
    let checked = Arc::new(compose::check(component, bytes).unwrap());
    Part { component: component.into(), ports: inspect(bytes).unwrap(), checked, stand_in: false }
}

/// Each node imports what the one before it exports, and has so many functions of its own.
fn chain(nodes: usize, functions: usize) -> Made {
    let mut parts = Vec::new();
    let mut text = String::from("package bench:chain;\n\n");
    let body = "(func (param i32) (result i32) local.get 0 i32.const 7 i32.add local.get 0 i32.mul)".repeat(functions);
    for i in 0..nodes {
        let import = if i == 0 {
            format!(
                "(core module $m {body} (func (export \"f\") (param i32) (result i32) local.get 0))
                 (core instance $c (instantiate $m))"
            )
        } else {
            format!(
                "(import \"b:c/i{}\" (instance $in (export \"f\" (func (param \"x\" u32) (result u32)))))
                 (core func $lower (canon lower (func $in \"f\")))
                 (core module $m (import \"in\" \"f\" (func $f (param i32) (result i32))) {body}
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
        parts.push((format!("n{i}"), format!("b:n{i}"), wat::parse_str(component).unwrap()));
        let argument = if i == 0 { "...".into() } else { format!("i{0}: n{0}.i{0},\n    ...\n", i - 1) };
        let _ = writeln!(text, "// Node {i}.\nlet n{i} = new b:n{i} {{\n    {argument}}};\n");
    }
    let _ = writeln!(text, "export n{0}.i{0};", nodes - 1);
    Made::of(parts, text)
}

/// The demo's components, as they stand in `prebuilt/`.
fn neon() -> Option<Made> {
    let read = |name: &str| std::fs::read(format!("{}/prebuilt/{name}.wasm", env!("CARGO_MANIFEST_DIR"))).ok();
    let parts = vec![
        ("logger".into(), "cyber:core".into(), read("logger")?),
        ("core-logic".into(), "cyber:app".into(), read("core-logic")?),
    ];
    let text = "package cyber:neon;\nlet logger = new cyber:core { ... };\n\
                let core-logic = new cyber:app { log-handler: logger.log-handler, ... };\nexport core-logic.run;\n";
    Some(Made::of(parts, text.into()))
}

/// The wire in the middle is cut and wired again: each time patched, read anew, resolved, encoded and validated.
fn edit(nodes: usize) {
    let made = chain(nodes, 3);
    let hoisted: Vec<HoistedPart> = made
        .parts
        .iter()
        .map(|p| HoistedPart {
            component: p.component.clone(),
            hoisted: Arc::new(compose::hoist(&p.component, p.checked.bytes()).unwrap()),
            ports: p.ports.clone(),
        })
        .collect();
    let middle = nodes / 2;
    let end = |node: usize, port: usize| End { node: format!("n{node}"), port: format!("b:c/i{port}") };
    let cut = Change::Cut { from: end(middle, middle - 1) };
    let wire = Change::Wire { from: end(middle, middle - 1), to: end(middle - 1, middle - 1) };
    let open = compose::edit(&made.project, &made.ports, &made.doc, &cut).unwrap().document;
    let patch = || compose::edit(&made.project, &made.ports, &open, &wire).unwrap().document;
    assert_eq!(patch().text, made.doc.text, "the wire is the one that was cut");
    let patched = median(|| drop(patch()));
    let live = median(|| drop(compose::live(&made.project, &patch(), &hoisted).unwrap()));
    let shipped = median(|| drop(compose::ship(&made.project, &patch(), &made.parts).unwrap()));
    println!(
        "  {nodes:4} nodes: patched {patched:.2?}, to the live form {live:.2?}, to the shipped form {shipped:.2?}"
    );
    if nodes == 50 {
        let slower = live.max(shipped);
        println!("             {} of the 10 ms an edit may take", verdict(slower, Duration::from_millis(10)));
    }
}

fn beside_wac(what: &str, made: &Made) {
    let ours = || compose::ship(&made.project, &made.doc, &made.parts).unwrap();
    let anew = || {
        let parts: Vec<_> = made.parts.par_iter().map(|p| part(&p.component, p.checked.bytes())).collect();
        compose::ship(&made.project, &made.doc, &parts).unwrap()
    };
    let (mut edited, mut all, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    let (first, other) = (ours(), wac(made));
    assert!(first.len().abs_diff(other.len()) < 256, "both make the same, but for who made it");
    for _ in 0..TIMES {
        edited.push(timed(|| drop(ours())));
        theirs.push(timed(|| drop(wac(made))));
        all.push(timed(|| drop(anew())));
    }
    let (edited, all, theirs) = (middle(&mut edited), middle(&mut all), middle(&mut theirs));
    let ratio = |ours: Duration| ours.as_secs_f64() / theirs.as_secs_f64();
    println!(
        "  {what} ({} KiB): wac {theirs:.2?}; ours {edited:.2?}, ratio {:.2}; \
         with every part inspected and validated anew {all:.2?}, ratio {:.2}",
        first.len() / 1024,
        ratio(edited),
        ratio(all)
    );
}

/// What the `wac` program does with a text and its packages.
fn wac(made: &Made) -> Vec<u8> {
    let ast = wac_parser::Document::parse(&made.doc.text).unwrap();
    let key = |(name, bytes): &'_ (String, Vec<u8>)| {
        let name: &str = made.packages.iter().find(|(n, _)| n == name).map(|(n, _)| n.as_str()).unwrap();
        (BorrowedPackageKey::from_name_and_version(name, None), bytes.clone())
    };
    let packages: IndexMap<_, _> = made.packages.iter().map(key).collect();
    let options = EncodeOptions { define_components: true, validate: true, processor: None };
    ast.resolve(packages).unwrap().encode(options).unwrap()
}

fn timed(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

fn median(mut work: impl FnMut()) -> Duration {
    middle(&mut (0..TIMES).map(|_| timed(&mut work)).collect::<Vec<_>>())
}

fn middle(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn verdict(took: Duration, target: Duration) -> String {
    format!("{:.0} %", 100.0 * took.as_secs_f64() / target.as_secs_f64())
}
