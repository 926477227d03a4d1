//! Every `help:` that is printed of a composition is followed on the text that caused it, as a person would, and leaves
//! fewer problems. What only a person can follow is listed here with the reason.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;

use studio::compose;
use studio::compose::Change;
use studio::model::diagnostic::Diagnostic;
use studio::model::ends::{export_end, import_end};

use crate::compose::document;
use crate::wac_language::{DECLARATIONS, EXPRESSIONS, HEAD, Language, POSITIONS};

/// Advice that no machine can follow, by words of it, and why.
const FOR_A_PERSON: &[(&str, &str)] = &[
    ("correct the name", "what was meant is known to its author"),
    (
        "it can be shipped so, but not run here",
        "it says what this means; which component is wanted is the author's to say",
    ),
    ("it can be shipped so; to run it here, add a component", "there is nothing to wire"),
    ("add another component that exports it", "there is nothing to wire"),
    ("which does not fit", "there is nothing that fits"),
    ("export it: wire one of them", "which of several is the author's to say"),
    ("give that instance a name with `let`", "the name is the author's to choose"),
    ("put its WIT into", "the WIT is not here"),
    ("make the two copies of the WIT agree", "which of the two is right is the author's to say"),
    ("build both against one version", "the sources are not part of a composition"),
    ("move what they need of one another", "it is a change of design"),
    ("import it once, or spell one of the two out", "which of the two goes is the author's to say"),
    ("ask for it in shapes that exclude", "the sources are not part of a composition"),
    ("leave out one component after the other", "it is a search"),
    ("wire a component in its place", "which one is the author's to say"),
    ("call what it imports, or remove this argument", "whether it is still wanted is the author's to say"),
];

/// A text with the advice followed; `None` where it cannot be.
fn followed(language: &Language, text: &str, problem: &Diagnostic, help: &str) -> Option<String> {
    let quoted: Vec<&str> = help.split('`').skip(1).step_by(2).collect();
    let place = problem.place.as_ref()?;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let line_at = usize::try_from(place.line).unwrap().checked_sub(1)?;
    let before: usize = lines[..line_at].iter().map(|l| l.len()).sum();
    let column =
        lines[line_at].chars().take(usize::try_from(place.column).unwrap().saturating_sub(1)).map(char::len_utf8);
    let at = before + column.sum::<usize>();
    let insert = |at: usize, what: &str| format!("{}{what}{}", &text[..at], &text[at..]);
    let argument = |text: &str, at: usize, what: &str| {
        let brace = at + text[at..].find('{').unwrap() + 1;
        format!("{} {what}, {}", &text[..brace], &text[brace..])
    };
    let line_of = |what: &str| format!("{}{what}\n{}", &text[..before], &text[before..]);
    // The statement that the place is in ends with the next semicolon outside of braces; the texts have none inside.
    let end = at + text[at..].find(';')?;
    if help.starts_with("define it above: `let ") {
        return Some(line_of(quoted[0]));
    }
    if let Some(command) = quoted.iter().find_map(|q| q.strip_prefix("studio wire ")) {
        let (from, to) = command.split_once(' ')?;
        let doc = document(text);
        let graph = language.case.graph(&doc);
        let change = Change::Wire { from: import_end(&graph, from).unwrap(), to: export_end(&graph, to).unwrap() };
        return Some(compose::edit(&language.case.project, &language.case.built, &doc, &change).unwrap().document.text);
    }
    if help.contains("` above, and `") {
        let with = argument(text, at, quoted[2]);
        return Some(format!("{}{}\n{}", &with[..before], quoted[1], &with[before..]));
    }
    if help.contains("exports it: write `") {
        return Some(argument(text, at, quoted[1]));
    }
    if let Some(what) = help.strip_prefix("write `").map(|what| what.trim_end_matches('`')) {
        // At a component it is one more argument, at an argument the right one.
        return match text[..at].trim_end().ends_with("new") {
            true => Some(argument(text, at, what)),
            false => Some(format!("{}{what}{}", &text[..at], &text[end_of_argument(text, at)..])),
        };
    }
    if help.starts_with("put `") {
        return Some(insert(end_of_argument(text, at), quoted[0]));
    }
    if help.starts_with("add `...` as the last argument") {
        let brace = at + text[at..].find('}')?;
        let comma = if text[..brace].trim_end().ends_with(['{', ',']) { "" } else { "," };
        return Some(insert(brace, &format!("{comma} ... ")));
    }
    if help.contains("another name, as in `as ") || help.contains("another name with `as`") {
        let name = quoted.last().filter(|q| q.starts_with("as \"")).copied().unwrap_or("as \"another-name\"");
        let statement = &text[..end];
        // A name that is there already is replaced.
        let start = statement.rfind(" as ").filter(|start| *start > before).unwrap_or(end);
        return Some(format!("{} {name}{}", &text[..start], &text[end..]));
    }
    if let Some(export) = quoted.iter().find(|q| q.starts_with("export ")) {
        let start = text[..at].rfind("export ")?;
        return Some(format!("{}{export}{}", &text[..start], &text[end + 1..]));
    }
    if let Some(name) = help.split_once("move `let ").and_then(|(_, rest)| rest.split_once('`')).map(|(name, _)| name) {
        let moved = lines.iter().position(|l| l.starts_with(&format!("let {name} =")))?;
        let mut lines = lines.clone();
        let line = lines.remove(moved);
        lines.insert(line_at, line);
        return Some(lines.concat());
    }
    if help.contains("a composition begins with its own name") {
        return Some(format!("{}\n{text}", quoted[0]));
    }
    if help.contains("without a byte order mark") {
        return Some(text.trim_start_matches('\u{feff}').to_owned());
    }
    if help.ends_with("name that version") {
        let path = &text[at..at + text[at..].find([';', '.'])?];
        let (package, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
        let version = quoted[0].split_once('@')?.1;
        let bare = rest.split('@').next()?;
        return Some(format!("{}{package}{bare}@{version}{}", &text[..at], &text[at + path.len()..]));
    }
    if let Some(own) = quoted.iter().find_map(|q| q.strip_prefix("new ")) {
        let package = &text[at..at + text[at..].find([' ', '{'])?];
        return Some(format!("{}{own}{}", &text[..at], &text[at + package.len()..]));
    }
    None
}

/// Where an argument ends.
fn end_of_argument(text: &str, at: usize) -> usize {
    let mut depth = 0_u32;
    let end = text[at..].find(|c| match c {
        '{' | '(' => {
            depth += 1;
            false
        }
        '}' | ')' if depth > 0 => {
            depth -= 1;
            false
        }
        ',' | '}' => depth == 0,
        _ => false,
    });
    let argument = &text[at..at + end.unwrap()];
    at + argument.trim_end().len()
}

/// Whether a text has fewer problems than before this one was acted on, be it by following what is told next.
///
/// The composer reports its first problem alone, and only where the graph has none, so that each is counted by itself.
fn better(language: &Language, old: &str, problem: &Diagnostic, new: &str, steps: u32) -> Result<(), Vec<String>> {
    let graph = |text: &str| language.case.graph(&document(text)).problems;
    let (had, has) = (graph(old), graph(new));
    let errors = |problems: &[Diagnostic]| problems.iter().filter(|p| p.is_error()).count();
    let is_gone = match (had.contains(problem), problem.is_error()) {
        (true, true) => errors(&has) < errors(&had),
        (true, false) => has.len() < had.len(),
        (false, _) => !language.problems(new).iter().any(|p| p.message == problem.message),
    };
    if is_gone {
        return Ok(());
    }
    let before = |p: &&Diagnostic| had.iter().any(|h| h.message == p.message);
    for next in has.iter().filter(|p| !before(p)).take_while(|_| steps > 0) {
        let then = next.help.as_ref().and_then(|help| followed(language, new, next, help));
        if then.is_some_and(|then| better(language, old, problem, &then, steps - 1).is_ok()) {
            return Ok(());
        }
    }
    Err(has.into_iter().map(|p| p.message).collect())
}

#[test]
fn all_advice_leads_to_fewer_problems() {
    let language = Language::new();
    let expressions = POSITIONS.iter().flat_map(|position| {
        EXPRESSIONS.iter().map(move |expression| {
            let tail = if *expression == "later" { "\nlet later = new z:log {};\n" } else { "\n" };
            format!("{HEAD}{}{tail}", position.replace('E', expression))
        })
    });
    let declarations = DECLARATIONS.iter().map(|text| format!("{HEAD}{text}\n"));
    let mut failures = BTreeMap::new();
    let (mut tried, mut for_a_person) = (0, 0);
    for text in ADVISED.iter().map(|t| (*t).to_owned()).chain(expressions).chain(declarations) {
        let problems = language.problems(&text);
        for problem in &problems {
            let Some(help) = &problem.help else { continue };
            if FOR_A_PERSON.iter().any(|(words, _)| help.contains(words)) {
                for_a_person += 1;
                continue;
            }
            tried += 1;
            let shown = text.strip_prefix(HEAD).unwrap_or(&text).trim().to_owned();
            let Some(new) = followed(&language, &text, problem, help) else {
                failures.entry(help.clone()).or_insert(format!("cannot be followed in {shown}"));
                continue;
            };
            if let Err(left) = better(&language, &text, problem, &new, 3) {
                let new = new.strip_prefix(HEAD).unwrap_or(&new).trim().to_owned();
                let said = &problem.message;
                failures
                    .entry(help.clone())
                    .or_insert(format!("{shown}\n  had {said}\n  became {new}\n  has {left:?}"));
            }
        }
    }
    let failures: Vec<_> = failures.iter().map(|(help, why)| format!("help: {help}\n  {why}")).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(tried > 100 && for_a_person > 20, "{tried} followed, {for_a_person} left to a person");
}

/// Texts for advice that the others do not bring about.
const ADVISED: &[&str] = &[
    "package t:app;\nlet user = new z:user { ... };\nlet log = new z:log {};\n",
    "package t:app;\nlet user = new z:user { };\nlet log = new z:log {};\n",
    "package t:app;\nlet log = new z:log {};\nlet user = new z:user { tick: log.run };\n",
    "package t:app;\nlet user = new z:user { ... };\n",
    "package t:app;\nlet w = new z:wasi-user {};\n",
    "package t:app;\nlet log = new z:log {};\nexport log;\n",
    "package t:app;\nlet log = new z:log {};\nexport log.run;\nexport log.run;\n",
    "package t:app;\nlet user = new z:user { log, ... };\n",
    "package t:app;\nlet user = new z:user { log: log.log, ... };\nlet log = new z:log {};\n",
    "package t:app;\nimport tick: func() -> u32;\nlet log = new z:log {};\nlet user = new z:user { log: log.log, ... };\n",
    "package t:app;\nlet log = new z:log {};\nlet user = new z:user { log: log, ... };\n",
    "package t:app;\nrecord r { n: u8 }\nexport r;\n",
    "package t:app;\nimport a: t:api/types@2.0.0;\n",
    "let log = new z:log {};\n",
    "\u{feff}package t:app;\n",
    // Who could give takes from whom it would give to, or is made inside it.
    "package t:app;\nlet echo = new z:echo { ... };\n",
    "package t:app;\nlet first = new z:echo { ... };\nlet second = new z:echo { log: first.log };\n",
    "package t:app;\nlet outer = new z:echo { log: new z:echo { ... }.log };\n",
];
