//! Texts as nobody expects them: every edit changes what it is about and nothing else, and taken back it leaves the
//! text as it was, to the byte.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write;

use studio::compose;
use studio::compose::{Change, Document};
use studio::model::graph::End;

use crate::compose::document;
use crate::wac_language::Language;

fn end(node: &str, port: &str) -> End {
    End { node: node.into(), port: port.into() }
}

/// Adds an instance, renames it, wires it both ways, exposes it and takes all of it back.
fn round_trip(language: &Language, text: &str, log: &str) {
    let case = &language.case;
    let edit = |doc: &Document, change: &Change| {
        let edited = compose::edit(&case.project, &case.built, doc, change);
        edited.unwrap_or_else(|e| panic!("{change:?}: {e}\n{}", text.get(..2_000).unwrap_or(text))).document
    };
    let before = document(text);
    let mut doc = before.clone();
    for change in [
        Change::Add { component: "sink".into(), name: Some("added".into()) },
        Change::Rename { node: "added".into(), to: "let".into() },
        Change::Wire { from: end("let", "z:log/log"), to: end(log, "z:log/log") },
        Change::Expose { what: end("let", "run"), name: Some("own-run".into()) },
        Change::Cut { from: end("let", "z:log/log") },
        Change::Wire { from: end("let", "z:log/log"), to: end(log, "z:log/log") },
        Change::Hide { export: "own-run".into() },
    ] {
        doc = edit(&doc, &change);
        let (old, new) = (text.matches('\n').count(), doc.text.matches('\n').count());
        assert!(new >= old, "{change:?} lost lines");
        if text.contains("\r\n") {
            assert_eq!(doc.text.matches('\n').count(), doc.text.matches("\r\n").count(), "{change:?}");
        }
    }
    let gone = edit(&doc, &Change::Remove { node: "let".into() });
    assert_eq!(gone.text, text);
}

#[test]
fn words_that_are_wacs_own() {
    let language = Language::new();
    let words = [
        "import",
        "with",
        "type",
        "tuple",
        "list",
        "option",
        "result",
        "borrow",
        "resource",
        "variant",
        "record",
        "flags",
        "enum",
        "func",
        "static",
        "constructor",
        "u8",
        "s64",
        "f32",
        "char",
        "bool",
        "string",
        "interface",
        "world",
        "export",
        "new",
        "use",
        "include",
        "as",
        "package",
        "targets",
        "async",
        "stream",
        "future",
        "error-context",
    ];
    for word in words {
        let text = format!(
            "package %{word}:%{word};\n\nlet %{word} = new z:log {{}};\nlet b = new z:user {{ log: %{word}.log, tick: %{word}.run }};\nexport b.run as \"%x\";\n"
        );
        let text = text.replace("as \"%x\"", "as out");
        round_trip(&language, &text, word);
    }
}

#[test]
fn comments_everywhere_and_letters_of_all_alphabets() {
    let language = Language::new();
    let plain = "package t:app ;\n\nlet log = new z:log { } ;\nlet u = new z:user { log : log . log , tick : log . run } ;\nexport u . run as \"out\" ;\n";
    let comment = "/* ü 日本 🥲 \" ; } { ( < new let */";
    let everywhere = plain.replace(' ', &format!(" {comment} "));
    let below = plain.replace('\n', &format!(" // {}\n// ))))) {{{{{{ \"\n", "é".repeat(40)));
    for text in [plain, &everywhere, &below] {
        for newline in ["\n", "\r\n", "\n\n\n"] {
            let text = text.replace('\n', newline);
            round_trip(&language, &text, "log");
            // Without a newline at its end, and with blank lines there.
            round_trip(&language, &format!("{text}\t {newline}{newline}"), "log");
        }
    }
    // Brackets in comments nest nothing.
    round_trip(&language, &format!("{plain}// {}\n", "(".repeat(1_000)), "log");
}

#[test]
fn what_is_nested_deeply_is_kept_and_what_is_too_deep_is_told() {
    let language = Language::new();
    let nested = |depth: usize| {
        let (open, close) = ("(".repeat(depth), ")".repeat(depth));
        format!("package t:app;\nlet log = new z:log {{}};\nlet x = {open}log{close};\nexport x.run;\n")
    };
    round_trip(&language, &nested(100), "log");
    let news = (0..60).fold("log.log".to_owned(), |inner, _| format!("(new z:echo {{ log: {inner} }}).log"));
    round_trip(&language, &format!("package t:app;\nlet log = new z:log {{}};\nlet x = {news};\nexport x;\n"), "log");
    let deep = document(&nested(100_000));
    let problems = language.case.graph(&deep).problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].message.contains("nested too deeply"), "{problems:?}");
}

#[test]
fn two_thousand_statements() {
    let language = Language::new();
    let mut text = String::from("package t:app;\n\nlet log = new z:log {};\n");
    for n in 0..1_000 {
        let _ = writeln!(text, "record r{n} {{ a: u8 }} // {n}\nlet user{n} = new z:sink {{ log: log.log }};");
    }
    round_trip(&language, &text, "log");
}
