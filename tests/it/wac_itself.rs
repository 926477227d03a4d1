//! What we write, given to wac's own library as it stands: it takes it, and what it makes behaves like ours.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::Path;

use indexmap::IndexMap;
use studio::compose::Document;
use studio::model::diagnostic::Diagnostic;
use studio::run::Outcome;
use wac_graph::types::BorrowedPackageKey;
use wac_graph::{EncodeOptions, Processor};

use crate::compose::{Case, document};
use crate::run_support::{Session, function, request, whole};
use crate::support::Project;

/// What wac makes of a text: components by the package they are called in it.
pub fn wac(text: &str, parts: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, String> {
    let chain = |e: &dyn std::error::Error| {
        let reasons = std::iter::successors(e.source(), |e| e.source()).map(|e| format!(": {e}"));
        std::iter::once(e.to_string()).chain(reasons).collect::<String>()
    };
    let ast = wac_parser::Document::parse(text).map_err(|e| chain(&e))?;
    let key = |name: &'_ String, bytes: &Vec<u8>| {
        // A lifetime of the map's own.
        (BorrowedPackageKey::from_name_and_version(Box::leak(name.clone().into_boxed_str()), None), bytes.clone())
    };
    let packages: IndexMap<_, _> = parts.iter().map(|(n, b)| key(n, b)).collect();
    let resolution = ast.resolve(packages).map_err(|e| chain(&e))?;
    let processor = Some(Processor { name: studio::inspect::COMPOSER, version: env!("CARGO_PKG_VERSION") });
    let options = EncodeOptions { define_components: true, validate: true, processor };
    resolution.encode(options).map_err(|e| chain(&e))
}

/// The components of a case, by package.
pub fn packages(case: &Case) -> BTreeMap<String, Vec<u8>> {
    // As a text names it that says no version.
    let package = |name: &str| case.project.component(name).unwrap().packages[0].split('@').next().unwrap().to_owned();
    case.parts.iter().map(|p| (package(&p.component), p.checked.bytes().to_vec())).collect()
}

/// Every golden composition that ships is, to the byte, what wac makes of the same text.
#[test]
fn what_ships_is_what_wac_makes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compose");
    let mut same = 0;
    for case in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        let Ok(text) = std::fs::read_to_string(case.join("composition.wac")) else { continue };
        // wac takes a version to be a part of a package's name, and WIT from other places than ours.
        let apart = [
            "versions",
            "targets",
            "targets-missed",
            "targets-unknown",
            "imports",
            "imports-of-one-interface",
            "types",
            "own-name",
        ];
        if apart.iter().any(|name| case.ends_with(name)) {
            continue;
        }
        let read = Case::read(&case);
        let doc: Document = document(&text);
        let ours = read.ship(&doc);
        let theirs = wac(&text, &packages(&read));
        match (&ours, &theirs) {
            (Ok(ours), Ok(theirs)) => {
                assert!(ours == theirs, "{}: other bytes", case.display());
                same += 1;
            }
            (Err(problems), Ok(_)) => {
                let stricter = ["semver", "spread-older", "same-package"].iter().any(|name| case.ends_with(name));
                assert!(stricter, "{}: wac takes it: {problems:?}", case.display());
            }
            (Ok(_), Err(said)) => panic!("{}: wac refuses it: {said}", case.display()),
            (Err(_), Err(_)) => {}
        }
    }
    assert!(same > 10, "only {same} compositions were compared");
}

/// Where the picture tells of an error, wac refuses too; versions aside, which it does not look at.
#[test]
fn the_picture_cries_no_wolf() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compose");
    let case = Case::read(&root.join("spread"));
    let text = std::fs::read_to_string(root.join("spread/composition.wac")).unwrap();
    let parts = packages(&case);
    let words =
        ["base", "left", "right", "top", "new", "...", ".", ",", "store", "view", "d:base", "{", "}", "\"run\""];
    let judged = std::cell::Cell::new((0, 0));
    // As many as it takes, and no clock: a slow machine judges the same texts.
    let seeds = (0..20_000).map(|n: u64| n << 32 | 64).take_while(|_| judged.get().0 <= 20 || judged.get().1 <= 2_000);
    let property = |u: &mut arbtest::arbitrary::Unstructured<'_>| {
        let mut words_of: Vec<&str> = text.split_inclusive([' ', '\n', ';', '{', '}', ',']).collect();
        for _ in 0..u.int_in_range(1..=2)? {
            let at = u.choose_index(words_of.len())?;
            words_of[at] = u.choose(&words)?;
        }
        let text = words_of.concat();
        let doc = document(&text);
        let errors: Vec<Diagnostic> = case.graph(&doc).problems.into_iter().filter(Diagnostic::is_error).collect();
        let theirs = std::panic::catch_unwind(|| wac(&text, &parts)).unwrap_or_else(|_| Err("it panicked".into()));
        let (good, bad) = judged.get();
        judged.set(if theirs.is_ok() { (good + 1, bad) } else { (good, bad + 1) });
        assert!(errors.is_empty() || theirs.is_err(), "{text}\n{errors:?}");
        Ok(())
    };
    for seed in seeds {
        arbtest::arbtest(property).seed(seed);
    }
    let (good, bad) = judged.get();
    assert!(good > 5 && bad > 20, "{good} taken, {bad} refused");
}

/// The same project composed by the verb and by wac's library: both files say the same when they are run.
#[tokio::test]
async fn what_the_verb_writes_runs_like_what_wac_makes() {
    let project = Project::new("neon");
    for edit in [
        &["cut", "core-logic.log-handler"][..],
        &["add", "logger", "--name", "second"],
        &["wire", "core-logic.log-handler", "second.log-handler"],
        &["rename", "second", "ledger"],
        &["remove", "logger"],
    ] {
        let output = project.verb(edit);
        assert!(output.status.success(), "{edit:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let (made, code) = project.json(&["compose", "--debug", "-o", "ours.wasm", "--json"]);
    assert_eq!(code, 0, "{made}");
    let target = project.path("target/studio/wasm32-wasip2/debug");
    let built = |name: &str| std::fs::read(target.join(format!("{name}.wasm"))).unwrap();
    let parts =
        BTreeMap::from([("cyber:core".to_owned(), built("logger")), ("cyber:app".to_owned(), built("core_logic"))]);
    let theirs = wac(&project.read("neon.wac"), &parts).unwrap();
    let mut session = Session::new();
    let mut said = async |generation: u64, bytes: Vec<u8>| {
        session.lines.clear();
        let outcome = session.run(request(generation, &whole(bytes), function("run"))).await;
        assert!(matches!(outcome, Outcome::Returned(None)), "{outcome:?}");
        session.texts().iter().map(|t| (*t).to_owned()).collect::<Vec<_>>()
    };
    let ours = said(1, std::fs::read(project.path("ours.wasm")).unwrap()).await;
    assert_eq!(ours.last().map(String::as_str), Some("[CRITICAL ERROR] >> Mainframe breach detected."));
    assert_eq!(ours, said(2, theirs).await);
}
