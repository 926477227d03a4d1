//! Edits of a composition's text.
//!
//! `tests/wiring/<case>/` holds the text (`before.wac`), the edits (`edit`, one a line, as the verbs take them) and what
//! comes out: `after.wac`, or `error.txt` with the sentence of the edit that is refused. The components are those of
//! `tests/wiring/parts`. `STUDIO_BLESS=1` writes what comes out anew; read it before it is committed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use studio::compose::{Change, Document, EditError, Edited, edit};
use studio::model::ends::{export_end, import_end};
use studio::model::graph::{End, Graph, HOST, Wire};
use studio::wac::auto_wire::plan;

use crate::compose::{Case, document};
use crate::wac_itself::{packages, wac};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wiring")
}

/// The components every case may use.
fn parts() -> &'static Case {
    static PARTS: OnceLock<Case> = OnceLock::new();
    PARTS.get_or_init(|| Case::read(&root().join("parts")))
}

fn make(doc: &Document, change: &Change) -> Result<Edited, EditError> {
    edit(&parts().project, &parts().built, doc, change)
}

/// What a line of an `edit` file says.
fn changes(graph: &Graph, line: &str) -> Result<Vec<Change>, String> {
    let from = |text: &str| import_end(graph, text).map_err(|e| e.to_string());
    let to = |text: &str| export_end(graph, text).map_err(|e| e.to_string());
    let words: Vec<&str> = line.split_whitespace().collect();
    let name = |n: usize| words.get(n).map(|w| (*w).to_owned());
    Ok(vec![match words.as_slice() {
        ["wire", import, export] => Change::Wire { from: from(import)?, to: to(export)? },
        ["cut", import] => Change::Cut { from: from(import)? },
        ["add", component, ..] => Change::Add { component: (*component).into(), name: name(2) },
        ["remove", node] => Change::Remove { node: (*node).into() },
        ["rename", node, name] => Change::Rename { node: (*node).into(), to: (*name).into() },
        ["expose", export, ..] => Change::Expose { what: to(export)?, name: name(2) },
        ["hide", export] => Change::Hide { export: (*export).into() },
        ["auto-wire"] => {
            let wire = |w: Wire| Change::Wire { from: w.from, to: w.to };
            return Ok(plan(graph).wires.into_iter().map(wire).collect());
        }
        _ => panic!("no edit: {line}"),
    }])
}

/// Makes every edit of a case; each is also taken back.
fn run(text: &str, edits: &str) -> Result<String, String> {
    let mut doc = document(text);
    for line in edits.lines() {
        for change in changes(&parts().graph(&doc), line)? {
            let made = make(&doc, &change).map_err(|e| e.to_string())?;
            assert_eq!(made.edit.inverse(&doc.text).apply(&made.document.text), doc.text, "{line}");
            doc = made.document;
        }
    }
    Ok(doc.text)
}

#[test]
fn golden_edits() {
    let bless = std::env::var_os("STUDIO_BLESS").is_some();
    let mut cases: Vec<_> = std::fs::read_dir(root()).unwrap().map(|e| e.unwrap().path()).collect();
    cases.retain(|c| !c.ends_with("parts"));
    cases.sort();
    assert!(cases.len() > 20, "the cases are where they should be");
    let mut differences = Vec::new();
    for case in cases {
        let read = |file: &str| std::fs::read_to_string(case.join(file));
        let found = run(&read("before.wac").unwrap(), &read("edit").unwrap());
        let (file, found) = match found {
            Ok(text) => ("after.wac", text),
            Err(sentence) => ("error.txt", sentence + "\n"),
        };
        if bless {
            let _ = std::fs::remove_file(case.join("after.wac"));
            let _ = std::fs::remove_file(case.join("error.txt"));
            std::fs::write(case.join(file), found).unwrap();
        } else {
            let wanted = read(file).unwrap_or_default();
            if wanted != found {
                differences.push(format!("{}/{file}:\n--- wanted\n{wanted}--- found\n{found}", case.display()));
            }
        }
    }
    assert!(differences.is_empty(), "{}\nSTUDIO_BLESS=1 takes these", differences.join("\n"));
}

/// The wires between nodes of the text, the host's left out.
fn wires(graph: &Graph) -> BTreeSet<Wire> {
    graph.wires.iter().filter(|w| w.to.node != HOST).cloned().collect()
}

/// Texts to begin from, each in a style of its own.
fn beginnings() -> Vec<String> {
    let cases = [
        "cut",
        "cycle",
        "provider-below",
        "quoted",
        "no-fill",
        "one-line",
        "auto-wire",
        "windows",
        "inferred",
        "nested",
        "spread",
        "rich",
    ];
    cases.iter().map(|case| std::fs::read_to_string(root().join(case).join("before.wac")).unwrap()).collect()
}

/// The instances that the text has no `let` for.
fn nameless<'g>(text: &str, graph: &'g Graph) -> impl Iterator<Item = String> + use<'g> {
    let text = text.replace('%', "");
    graph.instances().map(|n| n.name.clone()).filter(move |name| !text.contains(&format!("let {name} = new ")))
}

/// Any sequence of edits gives the text of the graph that was asked for, and each edit is taken back to the byte.
#[test]
fn edits_do_what_they_say_and_no_more() {
    let texts = beginnings();
    let made = std::cell::Cell::new(0_u32);
    let kinds = std::cell::RefCell::new(BTreeSet::new());
    let shipped = std::cell::Cell::new(0_u32);
    let packages = packages(parts());
    arbtest::arbtest(|u| {
        let number = u.choose_index(texts.len())?;
        let mut doc = document(&texts[number]);
        let mut undo = Vec::new();
        for _ in 0..u.int_in_range(1..=8)? {
            let before = parts().graph(&doc);
            let imports: Vec<End> = before
                .instances()
                .flat_map(|n| n.imports.iter().map(|i| End { node: n.name.clone(), port: i.port.name.clone() }))
                .collect();
            let exports: Vec<End> = before
                .instances()
                .flat_map(|n| n.exports.iter().map(|e| End { node: n.name.clone(), port: e.name.clone() }))
                .collect();
            let nodes: Vec<String> = before.instances().map(|n| n.name.clone()).collect();
            if imports.is_empty() || exports.is_empty() {
                break;
            }
            let mut wanted = wires(&before);
            let change = match u.int_in_range(0..=9)? {
                0..=3 => Change::Wire { from: u.choose(&imports)?.clone(), to: u.choose(&exports)?.clone() },
                4 => Change::Cut { from: u.choose(&imports)?.clone() },
                5 => Change::Add { component: (*u.choose(&["relay", "logger", "shop", "store"])?).into(), name: None },
                6 => Change::Remove { node: u.choose(&nodes)?.clone() },
                7 => {
                    Change::Rename { node: u.choose(&nodes)?.clone(), to: format!("node-x{}", u.int_in_range(0..=3)?) }
                }
                8 => Change::Expose {
                    what: u.choose(&exports)?.clone(),
                    name: u.choose(&[None, Some("other"), Some("my:own/port@1.0.0")])?.map(str::to_owned),
                },
                _ => {
                    let there = before.nodes.iter().filter(|n| n.name == "entry").flat_map(|n| &n.imports);
                    let there: Vec<_> = there.map(|i| i.port.name.clone()).collect();
                    if there.is_empty() {
                        continue;
                    }
                    Change::Hide { export: u.choose(&there)?.clone() }
                }
            };
            let Ok(edited) = make(&doc, &change) else { continue };
            made.set(made.get() + 1);
            let kind = match &change {
                Change::Wire { .. } => 0,
                Change::Cut { .. } => 1,
                Change::Add { .. } => 2,
                Change::Remove { .. } => 3,
                Change::Rename { .. } => 4,
                Change::Expose { .. } => 5,
                Change::Hide { .. } => 6,
            };
            kinds.borrow_mut().insert((number, kind));
            match &change {
                Change::Wire { from, to } => {
                    wanted.retain(|w| w.from != *from);
                    wanted.insert(Wire { from: from.clone(), to: to.clone() });
                }
                Change::Cut { from } => wanted.retain(|w| w.from != *from),
                Change::Remove { node } => wanted.retain(|w| w.from.node != *node && w.to.node != *node),
                Change::Rename { node, to } => {
                    let renamed = |end: &End| {
                        let node = if end.node == *node { to.clone() } else { end.node.clone() };
                        End { node, port: end.port.clone() }
                    };
                    wanted = wanted.iter().map(|w| Wire { from: renamed(&w.from), to: renamed(&w.to) }).collect();
                }
                Change::Expose { what, name } => {
                    let port = name.clone().unwrap_or_else(|| what.port.clone());
                    let from = End { node: "entry".into(), port };
                    wanted.insert(Wire { from, to: what.clone() });
                }
                Change::Hide { export } => wanted.retain(|w| !(w.from.node == "entry" && w.from.port == *export)),
                Change::Add { .. } => {}
            }
            let after = &edited.document;
            // What was made inside the expression that another one takes the place of goes with it, and nothing else.
            let instances = |g: &Graph| g.instances().map(|n| n.name.clone()).collect::<BTreeSet<_>>();
            let replaces = matches!(change, Change::Wire { .. } | Change::Cut { .. });
            let inside: BTreeSet<_> = nameless(&doc.text, &before).filter(|_| replaces).collect();
            let gone: BTreeSet<_> = instances(&before).difference(&instances(&edited.graph)).cloned().collect();
            let gone: BTreeSet<_> = gone.intersection(&inside).collect();
            wanted.retain(|w| !gone.contains(&w.from.node) && !gone.contains(&w.to.node));
            // An argument that goes leaves its import to a spread beside it, which gave way to it: WAC's own rule.
            let lost: BTreeSet<_> = wires(&before).difference(&wanted).map(|w| w.from.clone()).collect();
            let refilled = |w: &&Wire| lost.contains(&w.from) && doc.text.contains(&format!("...{}", w.to.node));
            let refilled: Vec<_> = wires(&edited.graph).difference(&wanted).filter(refilled).cloned().collect();
            wanted.extend(refilled);
            assert_eq!(wires(&edited.graph), wanted, "{change:?}\n{}\n->\n{}", doc.text, after.text);
            assert_eq!(edited.edit.inverse(&doc.text).apply(&after.text), doc.text, "{change:?}");
            // What was told of the new text is what anybody reads in it.
            assert_eq!(parts().graph(&document(&after.text)), edited.graph, "{change:?}");
            undo.push(edited.edit.inverse(&doc.text));
            let (had, has) = (instances(&before), instances(&edited.graph));
            let moved = had.symmetric_difference(&has).count();
            let expected = match &change {
                Change::Add { .. } | Change::Remove { .. } => 1,
                Change::Rename { .. } => 2,
                _ => gone.len(),
            };
            assert_eq!(moved, expected, "{change:?}\n{}\n->\n{}", doc.text, after.text);
            for comment in doc.text.lines().filter_map(|l| l.split_once("//")).map(|(_, c)| c) {
                let kept = after.text.contains(comment)
                    || !gone.is_empty()
                    || matches!(change, Change::Remove { .. } | Change::Hide { .. });
                assert!(kept, "{change:?} lost `//{comment}`\n{}\n->\n{}", doc.text, after.text);
            }
            doc = edited.document;
        }
        // All of it taken back is the text it began with.
        let first = undo.iter().rev().fold(doc.text.clone(), |text, edit| edit.apply(&text));
        assert_eq!(first, texts[number]);
        // Every file we write resolves and encodes.
        if !parts().graph(&doc).problems.iter().any(studio::model::diagnostic::Diagnostic::is_error) {
            let ours = parts().ship(&doc).unwrap_or_else(|e| panic!("{e:?}\n{}", doc.text));
            // By wac's own library too, as it stands, and to the same bytes.
            let theirs = wac(&doc.text, &packages).unwrap_or_else(|e| panic!("{e}\n{}", doc.text));
            assert!(ours == theirs, "{}", doc.text);
            shipped.set(shipped.get() + 1);
        }
        Ok(())
    })
    .budget_ms(4_000);
    let kinds = kinds.into_inner();
    let every = |of: &dyn Fn(&(usize, i32)) -> bool| kinds.iter().any(of);
    assert!((0..texts.len()).all(|text| every(&|(t, _)| *t == text)), "a text was never edited: {kinds:?}");
    assert!((0..7).all(|kind| every(&|(_, k)| *k == kind)), "some kind of edit was never made: {kinds:?}");
    assert!(made.get() > 100, "only {} edits were made", made.get());
    assert!(shipped.get() > 20, "only {} texts were given to wac", shipped.get());
}
