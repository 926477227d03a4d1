//! Compositions: one directory a case, read by nobody but this file and you.
//!
//! `tests/compose/<case>/` holds the components (`<name>.wit`, made into components with empty bodies), the text
//! (`composition.wac`; without it the case is about zero config), perhaps a contract (`wit/`), and what comes out of
//! it: `graph.json`, `problems.txt`, `composed.txt`. `STUDIO_BLESS=1` writes those anew; read them before they are
//! committed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use studio::compose;
use studio::compose::{Document, HoistedPart, Live, Part, hoist};
use studio::inspect::{declared, inspect};
use studio::model::diagnostic::Diagnostic;
use studio::model::graph::{Graph, ImportState};
use studio::model::port::Ports;
use studio::model::project::{BuildKind, Component, InterfacePackage, Project};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

/// A component of this world, its functions' bodies unreachable.
pub(crate) fn component(wit: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("test.wit", wit).expect("the case's WIT is good");
    let world = resolve.select_world(&[package], None).expect("one world");
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
}

pub(crate) struct Case {
    pub(crate) project: Project,
    pub(crate) parts: Vec<Part>,
    /// From WIT alone, as before the first build.
    declared: BTreeMap<String, Ports>,
    pub(crate) built: BTreeMap<String, Ports>,
}

impl Case {
    pub(crate) fn new() -> Self {
        let project = Project { root: PathBuf::from("/project"), name: "case".into(), ..Project::default() };
        Self { project, parts: Vec::new(), declared: BTreeMap::new(), built: BTreeMap::new() }
    }

    pub(crate) fn part(&mut self, name: &str, package: &str, bytes: Vec<u8>) {
        let ports = inspect(&bytes).unwrap();
        self.built.insert(name.into(), ports.clone());
        let checked = Arc::new(compose::check(name, &bytes.into()).unwrap());
        self.parts.push(Part { component: name.into(), ports, checked, stand_in: false });
        self.project.components.push(Component {
            name: name.into(),
            build_kind: BuildKind::File(self.project.root.join(format!("{name}.wasm"))),
            packages: vec![package.into()],
            folder: self.project.root.clone(),
            path_dependencies: Vec::new(),
            wit: None,
            declared: None,
        });
    }

    /// A component whose code uses everything its WIT has.
    pub(crate) fn wit(&mut self, name: &str, wit: &str) {
        let file = tempfile::Builder::new().suffix(".wit").tempfile().unwrap();
        std::fs::write(file.path(), wit).unwrap();
        let declared = declared(file.path(), file.path(), None).unwrap();
        self.part(name, &declared.package, component(wit));
        self.project.components.last_mut().unwrap().declared = Some(declared.ports.clone());
        self.declared.insert(name.into(), declared.ports);
    }

    pub(crate) fn read(folder: &Path) -> Self {
        let mut case = Self::new();
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "wit")) {
            case.wit(file.file_stem().unwrap().to_str().unwrap(), &std::fs::read_to_string(file).unwrap());
            case.project.components.last_mut().unwrap().wit = Some(file.clone());
        }
        let interface_package = folder.join("wit");
        if interface_package.is_dir() {
            let package = studio::inspect::package_named(folder, &interface_package);
            case.project.interface_packages.push(InterfacePackage { package, folder: interface_package });
        }
        case
    }

    fn hoisted(&self) -> Vec<HoistedPart> {
        let hoisted = |p: &Part| HoistedPart {
            component: p.component.clone(),
            hoisted: Arc::new(hoist(&p.component, p.checked.bytes()).unwrap()),
            ports: p.ports.clone(),
        };
        self.parts.iter().map(hoisted).collect()
    }

    pub(crate) fn graph(&self, doc: &Document) -> Graph {
        compose::graph(&self.project, &self.built, doc)
    }

    pub(crate) fn ship(&self, doc: &Document) -> Result<Vec<u8>, Vec<Diagnostic>> {
        compose::ship(&self.project, doc, &self.parts)
    }

    fn live(&self, doc: &Document) -> Result<Live, Vec<Diagnostic>> {
        compose::live(&self.project, doc, &self.hoisted())
    }
}

pub(crate) fn document(text: &str) -> Document {
    Document { path: Some("composition.wac".into()), text: text.into() }
}

fn describe(problems: &[Diagnostic]) -> String {
    let mut text = String::new();
    for p in problems {
        let place = p.place.as_ref().map(|l| format!("{l}: ")).unwrap_or_default();
        let _ = writeln!(text, "{place}{:?}: {}", p.severity, p.message);
        if p.component.is_some() || p.port.is_some() {
            let name = |n: &Option<String>| n.clone().unwrap_or_else(|| "-".into());
            let _ = writeln!(text, "  on {} {}", name(&p.component), name(&p.port));
        }
        for remark in &p.remarks {
            let place = remark.place.as_ref().map(|l| format!("{l}: ")).unwrap_or_default();
            let _ = writeln!(text, "  note: {place}{}", remark.message);
        }
        if let Some(help) = &p.help {
            let _ = writeln!(text, "  help: {help}");
        }
    }
    text
}

fn side(ports: &[studio::model::port::Port]) -> String {
    ports.iter().fold(String::new(), |text, p| text + "  " + &p.name + "\n")
}

/// Both forms, or why there are none.
fn composed(case: &Case, doc: &Document) -> String {
    let mut text = String::new();
    match case.ship(doc) {
        Ok(bytes) => {
            let ports = inspect(&bytes).unwrap();
            let _ = write!(text, "shipped\n imports\n{} exports\n{}", side(&ports.imports), side(&ports.exports));
        }
        Err(problems) => text = format!("not shipped\n{}", describe(&problems)),
    }
    match case.live(doc) {
        Ok(live) => {
            let _ =
                write!(text, "live\n imports\n{} exports\n{}", side(&live.ports.imports), side(&live.ports.exports));
            for label in &live.labels {
                let _ = writeln!(text, " label {} of {} is {}", label.import, label.node, label.interface);
            }
            for module in &live.modules {
                let _ = writeln!(text, " module {} of {}", module.import, module.component);
            }
            for (node, component) in &live.nodes {
                let _ = writeln!(text, " node {node} is {component}");
            }
            if !live.missing.is_empty() {
                let _ = write!(text, "not to be run here\n{}", describe(&live.missing));
            }
        }
        Err(problems) => {
            let _ = write!(text, "not live\n{}", describe(&problems));
        }
    }
    text
}

/// Compares with the file, or writes it. Gives what differs.
fn golden(file: &Path, found: &str, differences: &mut Vec<String>) {
    if std::env::var_os("STUDIO_BLESS").is_some() {
        std::fs::write(file, found).unwrap();
        return;
    }
    let wanted = std::fs::read_to_string(file).unwrap_or_default();
    if wanted != found {
        differences.push(format!("{}:\n--- wanted\n{wanted}--- found\n{found}", file.display()));
    }
}

/// What whoever draws a graph relies on.
fn assert_whole(graph: &Graph, about: &str) {
    let names: std::collections::BTreeSet<_> = graph.nodes.iter().map(|n| &n.name).collect();
    assert_eq!(names.len(), graph.nodes.len(), "node names are unique: {about}");
    for wire in &graph.wires {
        let (from, to) = (graph.node(&wire.from.node).unwrap(), graph.node(&wire.to.node).unwrap());
        assert!(from.imports.iter().any(|i| i.port.name == wire.from.port), "{wire:?} begins at an import: {about}");
        assert!(to.exports.iter().any(|e| e.name == wire.to.port), "{wire:?} ends at an export: {about}");
    }
    for node in &graph.nodes {
        for import in node.imports.iter().filter(|i| i.state == ImportState::Host) {
            assert_eq!(graph.provider(&node.name, &import.port.name).unwrap().node, "host", "{about}");
        }
    }
}

#[test]
fn golden_cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compose");
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 20, "the cases are where they should be");
    let mut differences = Vec::new();
    for folder in cases {
        let case = Case::read(&folder);
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let (doc, mut problems) = if let Ok(text) = std::fs::read_to_string(folder.join("composition.wac")) {
            (document(&text), Vec::new())
        } else {
            let plugged = compose::plug(&case.project, &case.built);
            golden(&folder.join("plugged.wac"), &plugged.document.text, &mut differences);
            assert_eq!(
                plugged.document,
                compose::plug(&case.project, &case.declared).document,
                "{name}: the text does not change with the first build"
            );
            (plugged.document, plugged.problems)
        };
        let graph = case.graph(&doc);
        assert_whole(&graph, &name);
        assert_eq!(
            graph,
            compose::graph(&case.project, &case.declared, &doc),
            "{name}: a graph reads the same before and after the first build"
        );
        // The picture and the composer agree on what is an error.
        let shipped = case.ship(&doc);
        let errors = graph.problems.iter().any(Diagnostic::is_error);
        // What is wrong with types alone is for wac to say.
        let of_types = name.starts_with("targets-");
        let told_by_plug = problems.iter().any(Diagnostic::is_error) || doc.path.is_none();
        assert!(
            shipped.is_ok() != errors || told_by_plug || of_types,
            "{name}: ship and graph disagree: {:?}",
            shipped.err()
        );
        for _ in 0..4 {
            assert_eq!(shipped, case.ship(&doc), "{name}: the same bytes each time");
        }

        problems.extend(graph.problems.iter().cloned());
        golden(&folder.join("problems.txt"), &describe(&problems), &mut differences);
        let json = serde_json::to_string_pretty(&graph.to_json(&compose::text_only(&doc, &graph))).unwrap() + "\n";
        golden(&folder.join("graph.json"), &json, &mut differences);
        golden(&folder.join("composed.txt"), &composed(&case, &doc), &mut differences);
    }
    assert!(differences.is_empty(), "{}\nSTUDIO_BLESS=1 takes these", differences.join("\n"));
}

const CORE: &str = include_str!("../compose/neon/logger.wit");
const APP: &str = include_str!("../compose/neon/core-logic.wit");
const NEON: &str = include_str!("../compose/neon/composition.wac");

fn neon() -> Case {
    let mut case = Case::new();
    case.wit("logger", CORE);
    case.wit("core-logic", APP);
    case
}

/// A core module's text that serves a world which exports `run: func()` and nothing else.
fn core_run(body: &str) -> Vec<u8> {
    wat::parse_str(format!("(module (memory (export \"memory\") 1) (func (export \"run\") {body}))")).unwrap()
}

/// A component made of a core module of one's own.
fn encode(wit: &str, mut module: Vec<u8>) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("test.wit", wit).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

fn custom_section(name: &str, bytes: &[u8]) -> Vec<u8> {
    use wasm_encoder::Encode;
    let mut section = vec![0];
    let mut body = Vec::new();
    name.encode(&mut body);
    body.extend_from_slice(bytes);
    body.encode(&mut section);
    section
}

#[test]
fn an_edit_of_a_body_leaves_the_live_composition_as_it_is() {
    let doc = document("package my:app;\nlet app = new my:lib {};\nexport app.run;\n");
    let live = |body: &str| {
        let mut case = Case::new();
        case.part("app", "my:lib", encode("package my:lib; world w { export run: func(); }", core_run(body)));
        case.live(&doc).unwrap()
    };
    let (before, after) = (live("nop"), live("(drop (i32.const 7))"));
    assert_eq!(before.bytes, after.bytes);
    assert_ne!(before.modules[0].key, after.modules[0].key);
    assert_eq!(before.modules[0].import, "hoisted-app-0");
}

#[test]
fn debug_sections_are_kept_out_of_what_is_compiled_and_of_its_key() {
    let wit = "package my:lib; world w { export run: func(); }";
    let hoisted = |debug: &[u8]| {
        let mut module = core_run("nop");
        module.extend(custom_section("name", &[]));
        module.extend(custom_section(".debug_info", debug));
        let bytes = encode(wit, module).into();
        hoist("app", &bytes).unwrap()
    };
    let (one, two) = (hoisted(b"one"), hoisted(b"another"));
    assert_eq!(one.modules[0].key, two.modules[0].key);
    assert_ne!(one.modules[0].full, two.modules[0].full);
    let has = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|w| w == what);
    assert!(has(&one.modules[0].full, b".debug_info") && !has(&one.modules[0].stripped, b".debug_info"));
    assert!(has(&one.modules[0].stripped, b"name"), "function names serve backtraces");
}

#[test]
fn modules_of_a_composed_component_are_hoisted_from_within() {
    let case = neon();
    let composed: Arc<[u8]> = case.ship(&document(NEON)).unwrap().into();
    let hoisted = hoist("all", &composed).unwrap();
    let apart: usize = case.hoisted().iter().map(|p| p.hoisted.modules.len()).sum();
    assert_eq!(hoisted.modules.len(), apart, "as many as in its parts");
    assert!(hoisted.stub.len() < composed.len());

    // And again as a part of a greater whole: what is inside shares the label of the outer node.
    let mut outer = Case::new();
    outer.part("all", "cyber:neon", composed.to_vec());
    let doc = document("package my:app;\nlet first = new cyber:neon { ... };\nexport first.run;\n");
    let live = outer.live(&doc).unwrap();
    let labels: Vec<_> = live.labels.iter().map(|l| l.import.as_str()).collect();
    assert_eq!(labels, ["first-wasi-cli-stdout", "first-wasi-cli-stderr"]);
    let twice = case.ship(&document(NEON)).unwrap();
    outer.part("more", "cyber:more", twice);
    let text = "package my:app;\nlet a = new cyber:neon { ... };\nlet b = new cyber:more { ... };\n\
                export a.run;\nexport b.run as \"other\";\n";
    let nested: Arc<[u8]> = outer.ship(&document(text)).unwrap().into();
    assert_eq!(hoist("nested", &nested).unwrap().modules.len(), 2 * apart, "two levels down");

    // A file may nest as deep as it is long.
    let empty = b"\0asm\x0d\0\x01\0";
    let deep = (0..5_000).fold(empty.to_vec(), |inner, _| {
        let mut outer = empty.to_vec();
        outer.push(4);
        wasm_encoder::Encode::encode(inner.as_slice(), &mut outer);
        outer
    });
    hoist("deep", &deep.into()).unwrap();
}

#[test]
fn a_module_that_cannot_be_an_import_stays_inside() {
    let gc = r#"(component
        (core module $m
            (type $t (struct (field i32)))
            (func (export "f") (param (ref null $t))))
        (core instance (instantiate $m)))"#;
    let bytes: Arc<[u8]> = wat::parse_str(gc).unwrap().into();
    let hoisted = hoist("gc", &bytes).unwrap();
    assert_eq!(hoisted.modules.len(), 0);
    assert_eq!(hoisted.stub, bytes);

    let imports = r#"(component
        (import "m" (core module $m (export "f" (func))))
        (core module $own)
        (core instance (instantiate $m))
        (core instance (instantiate $own)))"#;
    let bytes: Arc<[u8]> = wat::parse_str(imports).unwrap().into();
    assert_eq!(hoist("importer", &bytes).unwrap().stub, bytes, "its indices are not ours to move");
}

#[test]
fn the_engine_takes_the_live_form() {
    let mut config = wasmtime::Config::new();
    config.wasm_component_model_implements(true);
    let engine = wasmtime::Engine::new(&config).unwrap();
    for text in [NEON, include_str!("../compose/twice/composition.wac")] {
        let live = neon().live(&document(text)).unwrap();
        let component = wasmtime::component::Component::from_binary(&engine, &live.bytes).unwrap();
        let imports: Vec<_> = component.component_type().imports(&engine).map(|(name, _)| name.to_owned()).collect();
        for name in live.labels.iter().map(|l| &l.import).chain(live.modules.iter().map(|m| &m.import)) {
            assert!(imports.contains(name), "{name} is an import");
        }
        assert!(!imports.iter().any(|i| i.starts_with("wasi:cli/std")), "nobody's stdout is left: {imports:?}");
        for module in &live.modules {
            wasmtime::Module::from_binary(&engine, &module.stripped).unwrap();
        }
    }
}

#[test]
fn a_call_that_is_commented_out_leaves_its_wire_idle() {
    let mut case = Case::new();
    case.wit("logger", CORE);
    case.wit("core-logic", APP);
    let silent = component("package cyber:app; world core-logic { export run: func(); }");
    let ports = inspect(&silent).unwrap();
    case.built.insert("core-logic".into(), ports.clone());
    let part = case.parts.iter_mut().find(|p| p.component == "core-logic").unwrap();
    part.checked = Arc::new(compose::check("core-logic", &silent.into()).unwrap());
    part.ports = ports;

    let doc = document(NEON);
    let graph = case.graph(&doc);
    assert_eq!(
        describe(&graph.problems),
        "composition.wac:8:5: Warning: `core-logic` does not use `cyber:core/log-handler` at the moment; this argument \
         waits for it\n  on core-logic cyber:core/log-handler\n  help: call what it imports, or remove this argument: \
         other tools refuse it\n"
    );
    assert_eq!(graph.provider("core-logic", "cyber:core/log-handler").unwrap().node, "logger");
    case.ship(&doc).unwrap();
    assert_eq!(case.live(&doc).unwrap().nodes.len(), 2);
}

#[test]
fn what_is_not_built_is_named_with_its_place() {
    let mut case = neon();
    case.parts.retain(|p| p.component != "logger");
    let problems = case.ship(&document(NEON)).unwrap_err();
    assert_eq!(
        describe(&problems),
        "composition.wac:4:18: Error: `logger` is not built yet, and the composition needs it\n  on logger -\n  \
         help: build it; its own errors are listed too\n"
    );
    let graph = compose::graph(&case.project, &case.declared, &document(NEON));
    assert!(graph.problems.is_empty(), "the picture needs no build");
    assert_eq!(graph.node("core-logic").unwrap().imports[0].state, ImportState::Wired);
}

#[test]
fn parts_may_come_in_any_order() {
    let mut case = neon();
    let (doc, shipped) = (document(NEON), case.ship(&document(NEON)).unwrap());
    case.parts.reverse();
    case.project.components.reverse();
    assert_eq!(case.ship(&doc).unwrap(), shipped);
    assert_eq!(
        compose::plug(&case.project, &case.built).document.text,
        include_str!("../compose/plug-neon/plugged.wac")
    );
}

#[test]
fn names_that_wac_cannot_spell_still_compose() {
    let wit = "package my:lib; world w { export run: func(); }";
    let mut case = Case::new();
    for name in ["My_Lib", "my-lib", "2nd lib", "import"] {
        case.part(name, &format!("my:{name}"), component(wit));
    }
    let plugged = compose::plug(&case.project, &case.built);
    let live = case.live(&plugged.document).unwrap();
    assert_eq!(live.nodes.len(), 3, "My_Lib and my-lib cannot be told apart by reference:\n{}", plugged.document.text);
    let imports: std::collections::BTreeSet<_> = live.modules.iter().map(|m| &m.import).collect();
    assert_eq!(imports.len(), live.modules.len());
    assert!(describe(&plugged.problems).contains("two components are called `My_Lib`"), "{:?}", plugged.problems);
}

/// Runs `property` on random inputs for about this long.
fn random(
    milliseconds: u64,
    property: impl FnMut(&mut arbtest::arbitrary::Unstructured<'_>) -> arbtest::arbitrary::Result<()>,
) {
    arbtest::arbtest(property).budget_ms(milliseconds);
}

#[test]
fn no_bytes_make_inspection_or_hoisting_panic() {
    let composed = neon().ship(&document(NEON)).unwrap();
    let probe = |bytes: Vec<u8>| {
        let _ = inspect(&bytes);
        let _ = studio::inspect::componentize(&bytes, Path::new("some.wasm"));
        let _ = hoist("some", &bytes.into());
    };
    for length in 0..composed.len() {
        let cut = &composed[..length];
        // Between two sections, what is left of a component may be a whole, smaller one.
        // wasmparser also takes a file that ends right behind the header of a nested component.
        let whole = wasmparser::Parser::is_component(cut)
            && wasmparser::validate(cut).is_ok()
            && studio::inspect::sections(cut).is_ok();
        assert_eq!(inspect(cut).is_ok(), whole, "cut at {length}");
        let _ = hoist("some", &cut.to_vec().into());
    }
    random(1_500, |u| {
        let mut bytes = if u.ratio(9, 10)? { composed.clone() } else { u.arbitrary::<Vec<u8>>()? };
        for _ in 0..u.int_in_range(0..=4)? {
            if !bytes.is_empty() {
                let at = u.choose_index(bytes.len())?;
                bytes[at] = u.arbitrary()?;
            }
        }
        bytes.truncate(u.int_in_range(0..=bytes.len() * 2)?);
        probe(bytes);
        Ok(())
    });
}

#[test]
fn no_text_makes_a_graph_panic_or_fall_apart() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compose");
    let texts: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|e| std::fs::read_to_string(e.unwrap().path().join("composition.wac")).ok())
        .collect();
    let mut case = neon();
    for side in ["left", "right", "base", "top"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/compose/diamond/{side}.wit"));
        case.wit(side, &std::fs::read_to_string(file).unwrap());
    }
    let words = [
        "let",
        "new",
        "export",
        "import",
        "...",
        "as",
        "a",
        "logger",
        "cyber:core",
        "cyber:app",
        "d:top",
        ".",
        "(",
        ")",
        "{",
        "}",
        ";",
        ",",
        ":",
        "=",
        "\"run\"",
        "é",
        "[",
        "]",
        "interface",
        "%",
    ];
    random(3_000, |u| {
        let mut text = u.choose(&texts)?.clone();
        for _ in 0..u.int_in_range(1..=4)? {
            let places: Vec<_> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
            let (a, b) = (*u.choose(&places)?, *u.choose(&places)?);
            let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 24));
            let to = if text.is_char_boundary(to) { to } else { from };
            let word = if u.ratio(1, 3)? { "" } else { u.choose(&words)? };
            let cut = if u.ratio(1, 2)? { from..from } else { from..to };
            text.replace_range(cut, &format!(" {word} "));
        }
        let doc = document(&text);
        let graph = case.graph(&doc);
        assert_whole(&graph, &text);
        let shipped = case.ship(&doc);
        let errors = graph.problems.iter().any(Diagnostic::is_error);
        assert!(!(errors && shipped.is_ok()), "wac takes what the graph calls an error: {text}\n{:?}", graph.problems);
        if let Err(problems) = shipped {
            assert!(!problems.is_empty());
            let said = describe(&problems);
            assert!(!said.contains("ResourceId") && !said.contains("0x") && !said.contains("Id {"), "{said}");
            assert!(problems.iter().all(|p| p.place.is_some()), "{said}");
        }
        let _ = case.live(&doc);
        Ok(())
    });
}

#[test]
fn deep_nesting_is_refused_and_not_fallen_into() {
    for (open, close) in [("(", ")"), ("new a:b { c: ", " }")] {
        let text = format!("package a:b;\nlet x = {}y{};", open.repeat(100), close.repeat(100));
        assert!(!neon().graph(&document(&text)).nodes.is_empty(), "what may be deep is read");
        let text = format!("package a:b;\nlet x = {}y{};", open.repeat(100_000), close.repeat(100_000));
        let graph = neon().graph(&document(&text));
        assert!(graph.nodes.is_empty());
        assert!(graph.problems[0].message.contains("nested too deeply"), "{}", describe(&graph.problems));
    }
}
