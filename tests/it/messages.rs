//! No message speaks of what only a parser knows: an arena's id, an index or a byte's offset without name and place.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};

use studio::compose::{confirm, hoist, text_only};
use studio::inspect::{World, differences, inspect};
use studio::model::diagnostic::Diagnostic;

use crate::compose::{Case, component, document};

fn cases(of: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(of);
    let mut cases: Vec<_> = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).collect();
    cases.sort();
    cases
}

#[derive(Default)]
struct ConsoleEvent {
    count: usize,
}

impl ConsoleEvent {
    fn check(&mut self, message: &str, about: &str) {
        self.count += 1;
        let inner = ["ResourceId", "Id {", "Id(", "idx", "0x", "offset", "index", "Some(", "None"];
        for word in inner {
            assert!(!message.contains(word), "`{word}` in: {message}\n{about}");
        }
        let words: Vec<&str> = message.split_whitespace().collect();
        for pair in words.windows(2) {
            let numbered = ["type", "func", "function", "instance", "component", "module"].contains(&pair[0]);
            let number = pair[1].trim_matches(|c: char| !c.is_ascii_alphanumeric());
            assert!(!(numbered && number.parse::<u64>().is_ok()), "a number without a name in: {message}\n{about}");
        }
    }

    fn all(&mut self, problems: &[Diagnostic], about: &str) {
        for problem in problems {
            self.check(&problem.message, about);
            problem.remarks.iter().for_each(|r| self.check(&r.message, about));
            problem.help.iter().for_each(|h| self.check(h, about));
        }
    }
}

#[test]
fn compositions() {
    let mut said = ConsoleEvent::default();
    for folder in cases("compose") {
        let about = folder.display().to_string();
        let Ok(text) = std::fs::read_to_string(folder.join("composition.wac")) else { continue };
        let case = Case::read(&folder);
        let document = document(&text);
        let graph = case.graph(&document);
        said.all(&graph.problems, &about);
        for only in text_only(&document, &graph) {
            said.check(&only.reason, &about);
        }
        said.all(&case.ship(&document).err().unwrap_or_default(), &about);
    }
    assert!(said.count > 40, "only {} messages", said.count);
}

#[test]
fn edits_that_are_refused() {
    let mut said = ConsoleEvent::default();
    for folder in cases("wiring") {
        if let Ok(text) = std::fs::read_to_string(folder.join("error.txt")) {
            said.check(&text, &folder.display().to_string());
        }
    }
    assert!(said.count > 10, "only {} messages", said.count);
}

/// Each pair of worlds that differ, wired: the picture, the composer and the explanation agree, in words.
#[test]
fn ports_that_do_not_fit() {
    let mut said = ConsoleEvent::default();
    for folder in cases("explain") {
        let about = folder.display().to_string();
        let text = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
        let (user, provider) = (component(&text("import.wit")), component(&text("export.wit")));
        let port = |file: &str| {
            let text = text(file);
            let line = text.lines().find(|l| l.contains("port test:shared/")).unwrap();
            line.trim_end_matches(';').rsplit(' ').next().unwrap().to_owned()
        };
        let (import, export) = (port("import.wit"), port("export.wit"));
        let (a, b) = (World::of_bytes(&user).unwrap(), World::of_bytes(&provider).unwrap());
        let found = differences((&a, &import), (&b, &export)).unwrap();
        for difference in &found {
            said.check(&difference.sentence("user", "provider"), &about);
        }
        if let Some(Err(reason)) = confirm((&user, &import), (&provider, &export)) {
            said.check(&reason, &about);
        }
        let mut case = Case::new();
        case.wit("user", &text("import.wit"));
        case.wit("provider", &text("export.wit"));
        let doc = document(&format!(
            "package my:app;\nlet provider = new test:provider {{ ... }};\n\
             let user = new test:user {{ \"{import}\": provider[\"{export}\"], ... }};\n"
        ));
        let problems = case.ship(&doc).err().unwrap_or_default();
        said.all(&problems, &about);
        assert!(problems.iter().all(|p| p.place.is_some()), "{about}: {problems:?}");
        let breaks = found.iter().any(|d| !d.harmless);
        assert_eq!(breaks, !problems.is_empty(), "{about}: {found:#?}\n{problems:#?}");
        let told = case.graph(&doc).problems.iter().any(Diagnostic::is_error);
        assert!(!told || breaks, "{about}: the picture tells of what is none");
    }
    assert!(said.count > 40, "only {} messages", said.count);
}

#[test]
fn bytes_that_are_no_component() {
    let mut said = ConsoleEvent::default();
    let whole = component("package my:lib; world w { import log: func(m: string); export run: func() -> list<u8>; }");
    for at in 0..whole.len() {
        for byte in [0x00, 0x7f, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            if let Err(problem) = inspect(&bytes) {
                said.all(&[problem], &format!("byte {at}"));
            }
            if let Err(problem) = hoist("lib", &bytes.into()) {
                said.all(&[problem], &format!("byte {at}"));
            }
        }
    }
    assert!(said.count > 100, "only {} messages", said.count);
}
