//! All of WAC, construct by construct in every position: the same texts are given to wac's own library, and what it
//! takes is taken, to the byte, and what it refuses is refused.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use indexmap::IndexMap;
use studio::compose;
use studio::compose::Change;
use studio::inspect::{COMPOSER, package};
use studio::model::diagnostic::Diagnostic;
use studio::model::project::InterfacePackage;
use wac_graph::types::BorrowedPackageKey;
use wac_graph::{EncodeOptions, Processor};

use crate::compose::{Case, document};

/// The components that the texts are made of, as WIT.
const WIT: &[(&str, &str)] = &[
    ("log", "package z:log; interface log { put: func(n: u32); } world w { export log; export run: func() -> u32; }"),
    (
        "user",
        "package z:user; package z:log { interface log { put: func(n: u32); } }
         world w { import z:log/log; import tick: func() -> u32; export run: func() -> u32; }",
    ),
    (
        "things",
        "package z:things; interface things {
           resource thing { constructor(n: u32); get: func() -> u32; merge: static func(a: thing) -> thing; }
           record info { n: u32 } enum color { red, blue } make: func(i: info) -> thing; paint: func(c: color);
         }
         world w { export things; }",
    ),
    (
        "sink",
        "package z:sink; package z:log { interface log { put: func(n: u32); } }
         world w { import z:log/log; export run: func() -> u32; }",
    ),
    (
        "echo",
        "package z:echo; package z:log { interface log { put: func(n: u32); } } world w { import z:log/log; export z:log/log; }",
    ),
    (
        "painter",
        "package z:painter; package z:things { interface things {
           resource thing { constructor(n: u32); get: func() -> u32; merge: static func(a: thing) -> thing; }
           record info { n: u32 } enum color { red, blue } make: func(i: info) -> thing; paint: func(c: color);
         } }
         world w { import z:things/things; export run: func(); }",
    ),
    (
        "wasi-user",
        "package z:wasi-user; package wasi:cli@0.2.3 { interface environment { get: func() -> u32; } }
         world w { import wasi:cli/environment@0.2.3; export run: func(); }",
    ),
];

/// And those that WIT has no words for.
const WAT: &[(&str, &str)] = &[
    (
        "res-user",
        "(component (import \"t:k/things\" (instance $t (export \"res\" (type (sub resource)))))
           (import \"res\" (type (sub resource))))",
    ),
    (
        "res",
        "(component (type $r' (resource (rep i32)))
           (component $s (import \"r\" (type $r (sub resource))) (export \"res\" (type $r)))
           (instance $i (instantiate $s (with \"r\" (type $r'))))
           (export \"t:k/things\" (instance $i)))",
    ),
    (
        "deep",
        "(component (component $f (core module $m (func (export \"f\") (result i32) i32.const 7))
             (core instance $mi (instantiate $m)) (func (export \"f\") (result u32) (canon lift (core func $mi \"f\"))))
           (instance $f (instantiate $f))
           (component $wrap (import \"f\" (func $f (result u32)))
             (instance $in (export \"f\" (func $f))) (export \"inner\" (instance $in)))
           (alias export $f \"f\" (func $ff))
           (instance $w (instantiate $wrap (with \"f\" (func $ff))))
           (export \"outer\" (instance $w)))",
    ),
    (
        "takes-type",
        "(component (type $p' (record (field \"x\" u32) (field \"y\" u32))) (import \"point\" (type $p (eq $p'))))",
    ),
    ("takes-instance", "(component (import \"box\" (instance (export \"run\" (func (result u32))))))"),
    ("takes-anything", "(component (import \"box\" (instance)))"),
    ("greets", "(component (import \"greet\" (func)))"),
    ("empty", "(component)"),
];

/// WIT that a text can name and no component has.
const API: &str = "package t:api@1.0.0;
interface types { record rec { n: u32 } resource handle { get: func() -> u32; } variant shape { dot, line(u32) } }
interface api { use types.{rec, handle as h}; f: func(r: rec) -> u32; g: func(x: borrow<h>); }
world runs { export run: func() -> u32; }
world logs { import tick: func() -> u32; export run: func() -> u32; }
world nothing {}
";

/// What every text begins with.
pub(crate) const HEAD: &str = "package t:app;
import tick: func() -> u32;
import inline: interface { enum hue { dark, light } greet: func(); tick: func() -> u32; };
import api: t:api/api@1.0.0;
record point { x: u32, y: u32 }
interface spot { at: func() -> u32; }
type callback = func() -> u32;
let log = new z:log {};
let things = new z:things {};
let res = new local:res {};
let deep = new local:deep {};
";

pub(crate) struct Language {
    pub(crate) case: Case,
    packages: Vec<(&'static str, Option<semver::Version>, Vec<u8>)>,
    _wit: tempfile::TempDir,
}

impl Language {
    pub(crate) fn new() -> Self {
        let mut case = Case::new();
        let wit = tempfile::tempdir().unwrap();
        case.project.root = wit.path().canonicalize().unwrap();
        let folder = case.project.root.join("api");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("api.wit"), API).unwrap();
        for (name, text) in WIT {
            case.wit(name, text);
        }
        for (name, text) in WAT {
            case.part(name, &format!("local:{name}"), wat::parse_str(text).unwrap());
        }
        let name: fn(String) -> &'static str = |name| Box::leak(name.into_boxed_str());
        let packages = case.parts.iter().map(|part| {
            let package = case.project.component(&part.component).unwrap().packages[0].clone();
            (name(package), None, part.checked.bytes().to_vec())
        });
        let mut packages: Vec<_> = packages.collect();
        for packaged in package(&case.project.root, &folder, "t:api") {
            let bytes = packaged.bytes.unwrap();
            packages.push(("t:api", None, bytes.clone()));
            packages.push(("t:api", packaged.version, bytes));
        }
        case.project.interface_packages.push(InterfacePackage { package: Some("t:api".into()), folder });
        Self { case, packages, _wit: wit }
    }

    /// What wac's own library makes of a text.
    fn theirs(&self, text: &str) -> Result<Vec<u8>, String> {
        let made = || {
            let ast = wac_parser::Document::parse(text).map_err(|e| e.to_string())?;
            let packages = self.packages.iter().map(|(name, version, bytes)| {
                (BorrowedPackageKey::from_name_and_version(name, version.as_ref()), bytes.clone())
            });
            let packages: IndexMap<_, _> = packages.collect();
            let resolution = ast.resolve(packages).map_err(|e| e.to_string())?;
            let processor = Some(Processor { name: COMPOSER, version: env!("CARGO_PKG_VERSION") });
            let options = EncodeOptions { define_components: true, validate: true, processor };
            resolution.encode(options).map_err(|e| e.to_string())
        };
        catch_unwind(AssertUnwindSafe(made)).unwrap_or_else(|_| Err("it panicked".into()))
    }

    /// Everything that is told of a text: by the graph and, where that has no error, by the composer.
    pub(crate) fn problems(&self, text: &str) -> Vec<Diagnostic> {
        let doc = document(text);
        let mut problems = self.case.graph(&doc).problems;
        if !problems.iter().any(Diagnostic::is_error) {
            problems.extend(self.case.ship(&doc).err().into_iter().flatten());
        }
        problems
    }

    /// What is wrong with our answer to a text, and whether wac takes it.
    fn judge(&self, text: &str) -> (bool, Option<String>) {
        let doc = document(text);
        let theirs = self.theirs(text);
        let graph = self.case.graph(&doc);
        let errors: Vec<_> = graph.problems.iter().filter(|p| p.is_error()).map(|p| &p.message).collect();
        let wrong = match (self.case.ship(&doc), &theirs) {
            (Ok(_), Ok(_)) if !errors.is_empty() => Some(format!("it ships, and the graph says {errors:?}")),
            (Ok(ours), Ok(theirs)) => (ours != *theirs).then(|| "other bytes".to_owned()),
            // Two imports of one interface become one without a word: that is told.
            (Err(problems), Ok(_)) if problems.iter().all(|p| p.message.contains("import one interface")) => None,
            (Err(problems), Ok(_)) => Some(format!("wac takes it: {:?}", messages(&problems))),
            (Ok(_), Err(said)) => Some(format!("wac refuses it: {said}")),
            (Err(problems), Err(_)) if problems.is_empty() => Some("refused without a word".into()),
            (Err(problems), Err(_)) => {
                let unplaced = problems.iter().any(|p| p.place.is_none());
                unplaced.then(|| format!("no place: {:?}", messages(&problems)))
            }
        };
        (theirs.is_ok(), wrong)
    }

    /// Every text that is judged otherwise than wac does.
    fn compare(&self, texts: impl Iterator<Item = String>) -> (usize, usize) {
        let (mut good, mut bad) = (0, 0);
        let mut wrong = String::new();
        for text in texts {
            let (taken, why) = self.judge(&text);
            if taken {
                good += 1;
            } else {
                bad += 1;
            }
            if let Some(why) = why {
                let said = self.theirs(&text).err().map(|e| format!(" (wac: {e})")).unwrap_or_default();
                let _ = writeln!(wrong, "{}\n    {why}{said}", text.strip_prefix(HEAD).unwrap_or(&text).trim());
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
        (good, bad)
    }
}

fn messages(problems: &[Diagnostic]) -> Vec<&str> {
    problems.iter().map(|p| p.message.as_str()).collect()
}

/// Whatever an expression can be.
pub(crate) const EXPRESSIONS: &[&str] = &[
    "log",
    "(log)",
    "log.log",
    "(log).log",
    "((log)[\"z:log/log\"])",
    "log.run",
    "log.log.put",
    "log[\"z:log/log\"][\"put\"]",
    "new z:log {}",
    "new z:log {}.log",
    "(new z:log { ... }).run",
    "new z:user { log: log.log, tick }",
    "new z:user { ...log, tick: new z:log {}.run }",
    "tick",
    "inline",
    "inline.greet",
    "inline.hue",
    "inline.tick",
    "inline.missing",
    "api",
    "api.f",
    "api.rec",
    "api.missing",
    "point",
    "point.x",
    "spot",
    "spot.at",
    "callback",
    "things",
    "things.things",
    "things.things.thing",
    "things.things.info",
    "things.things.color",
    "things.things.make",
    "things.things[\"[method]thing.get\"]",
    "things.things[\"[static]thing.merge\"]",
    "things.things[\"[constructor]thing\"]",
    "things.things.thing.get",
    "things.things.make.x",
    "res.things",
    "res.things.res",
    "deep.outer",
    "deep.outer.inner",
    "deep.outer.inner.f",
    "deep.outer.inner.f.g",
    "missing",
    "log.missing",
    "log[\"log\"]",
    "log.log.missing",
    "log.run.missing",
    "later",
    "new z:missing {}",
    "new t:app {}",
    "new local:empty { ... }",
    "%log",
    "%log.%run",
];

/// Where an expression `E` can stand.
pub(crate) const POSITIONS: &[&str] = &[
    "let x = E;",
    "let x = E; let y = x; export y as out;",
    "export E;",
    "export E as out;",
    "export E as \"a:b/c@1.2.3\";",
    "export E as \"no name\";",
    "export E as point;",
    "export E...;",
    "export log.run; export E...;",
    "let u = new z:user { log: E, ... };",
    "let u = new z:user { \"z:log/log\": E, \"tick\": tick };",
    "let u = new z:user { \"log\": E, ... };",
    "let u = new z:user { tick: E, ... };",
    "let u = new z:user { tick: E };",
    "let v = E; let u = new z:user { v, ... };",
    "let log2 = E; let u = new z:user { log: log2, tick: tick, };",
    "let v = E; let u = new z:user { ...v, ... };",
    "let v = E; let u = new z:user { ...v, tick };",
    "let v = E; let u = new z:user { ...v, ...log, ... };",
    "let u = new z:user { ..., tick: E };",
    "let u = new z:user { log: E, log: log.log, ... };",
    "let p = new z:painter { things: E };",
    "let r = new local:res-user { things: res.things, res: E };",
    "let v = E; let r = new local:res-user { ...v, ... };",
    "let t = new local:takes-type { point: E };",
    "let b = new local:takes-instance { box: E };",
    "let b = new local:takes-anything { box: E };",
    "let g = new local:greets { greet: E };",
    "let v = E; let g = new local:greets { ...v };",
    "let v = E; import again: v;",
    "let v = E; import again as \"once-more\": v; export again;",
];

#[test]
fn every_expression_in_every_position() {
    let language = Language::new();
    let later = "\nlet later = new z:log {};\n";
    let texts = POSITIONS.iter().flat_map(|position| {
        EXPRESSIONS.iter().map(move |expression| {
            let tail = if *expression == "later" { later } else { "\n" };
            format!("{HEAD}{}{tail}", position.replace('E', expression))
        })
    });
    let (good, bad) = language.compare(texts);
    assert!(good > 300 && bad > 300, "{good} taken, {bad} refused");
}

/// Every declaration, right and wrong.
pub(crate) const DECLARATIONS: &[&str] = &[
    "type a = u8; type b = a; type c = list<b>; type d = tuple<a, option<c>, result<a, d>>;",
    "type a = u8; type b = a; type c = list<b>; type d = tuple<a, option<c>, result<a, string>, result, result<_, a>>;",
    "type f = func(x: u8, y: point) -> string; type g = f; import h: g;",
    "type f = async func() -> stream<u8>; import h: f; type s = stream; type t = future<u8>; type e = error-context;",
    "type f = func(x: u8, x: u8);",
    "type t = missing;",
    "type t = borrow<point>;",
    "type point = u8;",
    "type log = u8;",
    "type l = log;",
    "record r { a: u8, b: list<point>, } export r as \"other\";",
    "record r { a: u8, a: u8 }",
    "record r { a: missing }",
    "record empty {}",
    "variant v { a, b(u8), c(point), }",
    "variant v { a, a }",
    "enum e { a, b, } enum f { a }",
    "enum e { x, y, x }",
    "flags f { a, b }",
    "flags f { a, a }",
    "interface i { }",
    "interface i { f: func(); g: func(x: u8) -> (u8); }",
    "interface i { f: func(); f: func(); }",
    "interface i { f: callback; }",
    "interface i { type c = func(); f: c; }",
    "interface i { type c = u8; f: c; }",
    "interface i { use t:api/types@1.0.0.{rec, handle as h, shape}; f: func(r: rec, h: h) -> borrow<h>; }",
    "interface i { use t:api/types@1.0.0.{rec, handle as h, shape}; f: func(r: rec, h: borrow<h>) -> shape; }",
    "interface i { use t:api/types@1.0.0.{missing}; }",
    "interface i { use t:api/types@1.0.0.{rec, rec}; }",
    "interface i { use t:api/missing@1.0.0.{rec}; }",
    "interface i { use t:missing/types.{rec}; }",
    "interface i { use spot.{at}; }",
    "interface i { record r { n: u8 } } interface j { use i.{r as q}; f: func(q: q); } import k: j; export k;",
    "interface i { record r { n: u8 } } interface j { use t:app/i.{r}; f: func(r: r); }",
    "interface i { resource r { constructor(n: u8); get: func() -> u8; make: static func() -> r; } f: func(r: borrow<r>); }",
    "interface i { resource r { constructor(); constructor(); } }",
    "interface i { resource r { get: func(); get: func(); } }",
    "interface i { resource r; type s = r; f: func(s: s, b: borrow<s>); }",
    "interface i { variant v { a } record r { v: v } enum e { x } flags f { y } type t = list<r>; g: func(t: t, e: e, f: f); }",
    "world w { }",
    "world w { import spot; export spot; import f: func(); export g: func() -> u8; import i: interface { h: func(); } }",
    "world w { import i: interface { h: func(); }; export j: spot; import t:api/api@1.0.0; use t:api/types@1.0.0.{rec}; }",
    "world w { import f: func(); import f: func(); }",
    "world w { import spot; import spot; }",
    "world w { import point; }",
    "world w { import x: point; }",
    "world w { import x: callback; }",
    "world w { include t:api/logs@1.0.0; }",
    "world w { include t:api/logs@1.0.0 with { tick as tock }; import tick: func(); }",
    "world w { include t:api/logs@1.0.0 with { missing as tock }; }",
    "world w { include t:api/logs@1.0.0; import tick: func(); }",
    "world w { include t:api/api@1.0.0; }",
    "world a { import f: func(); } world b { include a with { f as g }; } world c { include b; include a; }",
    "world w { record r { n: u8 } resource q { m: func(); } export f: func(r: r) -> q; type t = u8; enum e { a } }",
    "world w { resource q; resource q; }",
    "import a: func(n: u8) -> u8; export a; export a as \"b\";",
    "import a as b: func(); import c as \"b\": func();",
    "import a as \"x:y/z\": func();",
    "import a as \"not a name\": func();",
    "import a: spot; export a; import b as \"else\": spot;",
    "import a: point;",
    "import a: callback; import b: callback; export b;",
    "import a: inline; export a...;",
    "import a: log;",
    "import a: log.log;",
    "import a: missing;",
    "import a: t:api/types@1.0.0; export a;",
    "import a as \"types\": t:api/types@1.0.0; export a; let r = new local:takes-anything { box: a };",
    "import a: t:api/types; export a.rec as \"rec\";",
    "import a: t:api/types@2.0.0;",
    "import a: t:api/runs@1.0.0;",
    "import a: t:app/spot; export a;",
    "import a: t:app/missing;",
    "import a: interface { use t:api/types@1.0.0.{rec}; f: func(r: rec); }; export a.f; export a.rec as \"rec\";",
    "import a: interface { resource r { get: func(); } }; export a...;",
    "import a: interface { }; export a...;",
    "import env: wasi:cli/environment@0.2.3;",
    "import out: interface { get: func() -> u32; }; let w = new z:wasi-user { environment: out };",
    "let w = new z:wasi-user { };",
    "let w = new z:wasi-user { ... }; export w.run;",
    "let w = new z:wasi-user { \"wasi:cli/environment@0.2.3\": log };",
    "export point as \"place\"; export spot as \"a-spot\"; export callback as \"cb\";",
    "export point as \"spot\";",
    "let p = point; export p as \"place\"; export p as \"p\";",
    "let f = log.run; type t = f; import g: t;",
    "export log.run as \"late\"; record late { n: u8 }",
    "let a = log; let a = log;",
    "let point = log;",
    "import log: func();",
    "let a = new z:user { log: (new z:log {}).log, tick: (new z:log {})[\"run\"] }; export a...;",
    "let a = new z:user { ...log, tick: log.run }; let b = new z:user { log: log.log, ...inline }; export b.run;",
    "let tick2 = tick; let b = new z:user { tick2, ... };",
    "let a = new z:user { ... }; let b = new z:user { ... }; export a.run as \"a\"; export b.run as \"b\";",
    "/// documented\nlet a = new z:log {};\n/// so is this\nexport a.run;\n/// and that\nimport b: func();\n/// a type\nenum e {\n/// a case\na }",
    "/* a */ let /* b */ a /* c */ = /* d */ new /* e */ z:log /* f */ { /* g */ } /* h */ ; // i\nexport a.run /* j */ as /* k */ \"out\";",
    "let %let = new z:log {}; let %new = %let; export %new.run; record %record { %enum: u8 } import %import: func(); export %import;",
    "let UPPER-lower-3 = new z:log {}; export UPPER-lower-3.run;",
    "let a = new z:log {},;",
    "let = new z:log {};",
    "export log.run",
    "export;",
    ";",
    "resource r;",
    "include t:api/logs;",
];

#[test]
fn every_declaration_and_statement() {
    let language = Language::new();
    let texts = DECLARATIONS.iter().flat_map(|text| {
        let unix = format!("{HEAD}{text}\n");
        // On its own, without anything that is there already; and as an editor of another system saves it.
        [format!("package t:app;\n{text}"), unix.replace('\n', "\r\n"), unix]
    });
    let (good, bad) = language.compare(texts);
    assert!(good > 80 && bad > 80, "{good} taken, {bad} refused");
}

#[test]
fn every_directive() {
    let language = Language::new();
    let bodies = [
        "",
        "let log = new z:log {}; export log.run;",
        "let log = new z:log {}; export log.run; export log.log;",
        "import tick: func() -> u32; export tick as run;",
        "import other: func(); let log = new z:log {}; export log.run;",
        "let log = new z:log {}; export log.log;",
    ];
    let heads = [
        "package t:app;",
        "package t:app@1.2.3;",
        "package t:app@1.2;",
        "package t:app:nested;",
        "package %import:%export;",
        "/// what it is\npackage t:app;",
        "package t:app targets t:api/runs@1.0.0;",
        "package t:app targets t:api/logs@1.0.0;",
        "package t:app targets t:api/nothing@1.0.0;",
        "package t:app targets t:api/api@1.0.0;",
        "package t:app targets t:api/missing@1.0.0;",
        "package t:app targets t:api/runs@3.0.0;",
        "package t:app targets t:missing/runs;",
        "package t:app targets t:app/own; world own { export run: func() -> u32; }",
        "package t:app targets t:app;",
        "package app;",
        "package z:log;",
        "",
        "\u{feff}package t:app;",
        "package t:app; package t:app;",
    ];
    let texts = heads.iter().flat_map(|head| bodies.iter().map(move |body| format!("{head}\n{body}\n")));
    let (good, bad) = language.compare(texts);
    assert!(good > 20 && bad > 20, "{good} taken, {bad} refused");
}

/// Edits leave what they are not about as it is, whatever it is.
#[test]
fn edits_keep_every_construct() {
    let language = Language::new();
    let case = &language.case;
    let mut edited = 0;
    for text in DECLARATIONS.iter().map(|text| format!("{HEAD}{text}\n")).filter(|text| language.theirs(text).is_ok()) {
        if case.ship(&document(&text)).is_err() {
            continue;
        }
        let made = |doc: &_, change: &Change| {
            let edited = compose::edit(&case.project, &case.built, doc, change);
            edited.unwrap_or_else(|e| panic!("{change:?}: {e}\n{text}")).document
        };
        let before = document(&text);
        let add = Change::Add { component: "sink".into(), name: Some("extra".into()) };
        let added = made(&before, &add);
        let renamed = made(&added, &Change::Rename { node: "extra".into(), to: "more".into() });
        let wired = made(&renamed, &Change::Wire { from: end("more", "z:log/log"), to: end("log", "z:log/log") });
        let exposed = made(&wired, &Change::Expose { what: end("more", "run"), name: Some("more-run".into()) });
        for text in [&added, &renamed, &wired, &exposed].map(|doc| &doc.text) {
            assert!(language.theirs(text).is_ok(), "{:?}\n{text}", language.theirs(text));
        }
        let gone = made(&exposed, &Change::Remove { node: "more".into() });
        // Statements that share a line are on lines of their own after something stood between them.
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let one_a_line = gone.text.lines().count() == text.lines().count();
        assert!(gone.text == text || !one_a_line && words(&gone.text) == words(&text), "{}\n{text}", gone.text);
        edited += 1;
    }
    assert!(edited > 30, "{edited}");
}

fn end(node: &str, port: &str) -> studio::model::graph::End {
    studio::model::graph::End { node: node.into(), port: port.into() }
}
