use std::time::Duration;

use arbtest::arbtest;

use crate::wit::problem::{Problem, edited};
use crate::wit::sample::{self, EVERYTHING};
use crate::wit::syntax::*;

#[test]
fn everything_is_read_as_wit_parser_reads_it() {
    assert_eq!(parse(EVERYTHING).problems(), []);
    wit_parser::UnresolvedPackageGroup::parse("everything.wit", EVERYTHING).map_err(|(map, e)| e.render(&map)).unwrap();
    assert!(parse(EVERYTHING).tree().descendants().all(|node| node.kind() != SyntaxKind::Error));
}

#[test]
fn any_text_is_in_its_tree_whole() {
    arbtest(|u| {
        let text = sample::text(u)?;
        let parsed = parse(&text);
        assert_eq!(parsed.tree().text(), text.as_str());
        for problem in parsed.problems() {
            assert!(text.get(problem.range.clone()).is_some(), "{problem:?}");
            let starts = problem.fixes.iter().flat_map(|fix| fix.edits.windows(2));
            assert!(starts.into_iter().all(|pair| pair[0].range.end <= pair[1].range.start), "{problem:?}");
        }
        Ok(())
    })
    .budget(Duration::from_secs(2));
}

#[test]
fn what_the_grammar_takes_wit_parser_takes_and_the_other_way_round() {
    arbtest(|u| {
        let text = sample::text(u)?;
        let known = parse(&text).problems().is_empty();
        match wit_parser::UnresolvedPackageGroup::parse("random.wit", &text) {
            Ok(_) => assert!(known, "accepted:\n{text}\n{:#?}", parse(&text).problems()),
            Err((map, error)) => {
                let grammar = matches!(error.kind(), wit_parser::ParseErrorKind::Lex(_))
                    || error.to_string().starts_with("expected");
                assert!(!known || !grammar, "rejected: {}\n{text}", error.render(&map));
            }
        }
        Ok(())
    })
    .budget(Duration::from_secs(2));
}

#[test]
fn edits_give_the_tree_of_a_fresh_parse() {
    arbtest(|u| {
        let mut text = sample::text(u)?;
        let mut parsed = parse(&text);
        for _ in 0..u.int_in_range(1..=12)? {
            let edit = sample::edit(u, &text)?;
            let new = edited(&text, [&edit]);
            parsed = parsed.edited(&edit, &new);
            assert_eq!(parsed, parse(&new), "{edit:?} of:\n{text}");
            text = new;
        }
        Ok(())
    })
    .budget(Duration::from_secs(2));
}

#[test]
fn an_edit_inside_an_item_leaves_the_others_alone() {
    let at = EVERYTHING.find("size: func").unwrap();
    let edit = crate::wit::problem::Edit { range: at..at + 4, text: "length".into() };
    let before = parse(EVERYTHING);
    let after = before.reparsed(&edit, &edited(EVERYTHING, [&edit])).unwrap();
    let (old, new) = (before.tree(), after.tree());
    let same = old.children().zip(new.children()).filter(|(old, new)| *old.green() == *new.green()).count();
    assert_eq!(same, old.children().count() - 1);
}

/// Applies certain fixes until there are none.
fn mended(text: &str) -> (String, Vec<Problem>) {
    let mut text = text.to_owned();
    for _ in 0..2_000 {
        let problems = parse(&text).problems().to_vec();
        let Some(fix) = problems.iter().flat_map(|problem| &problem.fixes).find(|fix| fix.certain) else {
            return (text, problems);
        };
        text = edited(&text, &fix.edits);
    }
    panic!("fixes without end:\n{text}");
}

#[test]
fn a_certain_fix_mends_what_it_is_for() {
    arbtest(|u| {
        let text = sample::text(u)?;
        let before = parse(&text).problems().to_vec();
        for problem in &before {
            for fix in problem.fixes.iter().filter(|fix| fix.certain) {
                let new = edited(&text, &fix.edits);
                let same = parse(&new).problems().iter().any(|other| {
                    (&other.message, other.range.start) == (&problem.message, problem.range.start)
                        && other.fixes.iter().any(|again| again.edits == fix.edits)
                });
                assert!(!same || parse(&new).problems().len() < before.len(), "{problem:?} of:\n{text}\n\n{new}");
            }
        }
        mended(&text);
        Ok(())
    })
    .budget(Duration::from_secs(2));
}

#[test]
fn in_a_text_with_one_slip_a_certain_fix_leaves_fewer_problems() {
    let slips = [";", ",", "->", ": ", "%", "(", " = ", "func"];
    for slip in slips {
        for (at, _) in EVERYTHING.match_indices(slip) {
            let text = [&EVERYTHING[..at], &EVERYTHING[at + slip.len()..]].concat();
            let before = parse(&text).problems().to_vec();
            for fix in before.iter().flat_map(|problem| &problem.fixes).filter(|fix| fix.certain) {
                let after = parse(&edited(&text, &fix.edits)).problems().to_vec();
                assert!(after.len() < before.len(), "{fix:?}: {before:#?}\n -> {after:#?} of:\n{text}");
            }
        }
    }
}

#[test]
fn wit_from_before_the_semicolon_is_mended_whole() {
    let old = "package cyber:core\n\n/// Levels.\ninterface logger {\n  enum level { info, warn } // two\n  log: func(level: level, msg: string)\n  flush: func() -> ()\n}\n\ndefault world app {\n  import log-handler: self.logger\n  export run: func() -> (a: u32)\n}\n";
    let new = "package cyber:core;\n\n/// Levels.\ninterface logger {\n  enum level { info, warn } // two\n  log: func(level: level, msg: string);\n  flush: func();\n}\n\nworld app {\n  import log-handler: logger;\n  export run: func() -> u32;\n}\n";
    let (text, problems) = mended(old);
    assert_eq!((text.as_str(), problems.as_slice()), (new, [].as_slice()));
}

#[test]
fn words_of_other_languages_are_mended() {
    let text = "interface i {\n  fn add(x: i32) -> Vec<String>;\n  myFunc: func(a_b: Option<u8>) -> (u8, bool);\n  get(): u8;\n}";
    let (mended, _) = mended(text);
    assert!(mended.contains("add: func(x: i32) -> list<string>;"), "{mended}");
    assert!(mended.contains("my-func: func(a-b: option<u8>) -> tuple<u8, bool>;"), "{mended}");
    assert!(mended.contains("get: func() -> u8;"), "{mended}");
}
