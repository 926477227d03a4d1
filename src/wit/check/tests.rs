use crate::wit::check::*;
use crate::wit::outline::outline;
use crate::wit::syntax::parse;

/// The problems of a package of these files, each as `text: message [fixes]`.
fn problems_of(files: &[&str], deps: &[&str]) -> Vec<String> {
    let outlines: Vec<Outline> = files.iter().map(|text| outline(&parse(text))).collect();
    let mut known = Known::default();
    for dep in deps {
        known.add(&[&outline(&parse(dep))]);
    }
    let found = check(&outlines.iter().collect::<Vec<_>>(), &known);
    let mut shown = Vec::new();
    for (text, problems) in files.iter().zip(found) {
        for problem in problems {
            let fixes: Vec<_> = problem.fixes.iter().map(|fix| fix.title.as_str()).collect();
            shown.push(format!("{}: {} [{}]", &text[problem.range.clone()], problem.message, fixes.join(", ")));
        }
    }
    shown
}

fn problems(text: &str) -> Vec<String> {
    problems_of(&[text], &["package dep:a@1.0.0; interface things { record thing {} f: func(); } world kit {}"])
}

#[test]
fn a_name_that_means_nothing_is_told_with_the_one_that_was_meant() {
    let text = "package a:b; interface i { record person {} f: func(a: persn, b: i32, c: f, d: moment); } interface j { type moment = u8; }";
    assert_eq!(
        problems(text),
        [
            "persn: there is no type `persn` here [write `person`]",
            "i32: there is no type `i32`; WIT calls it `s32` [write `s32`]",
            "f: `f` is a function, not a type []",
            "moment: there is no type `moment` here [insert `use j.{moment};`]",
        ]
    );
}

#[test]
fn paths_lead_somewhere() {
    let text = "package a:b; interface types { type t = u8; f: func(); }\ninterface i { use typs.{t}; use types.{s, f}; use dep:a/things@1.0.0.{thng}; use w.{x}; g: func(a: t, b: s, c: f, d: thng, e: x); }\nworld w { import types; import tipes; include types; include dep:a/kit@1.0.0; export dep:a/thing@1.0.0; import dep:b/x; import dep:a/things@2.0.0; import dep:a/things; }";
    assert_eq!(
        problems(text),
        [
            "typs: this package has no interface `typs` [write `types`]",
            "s: the interface `types` has no type `s` [write `t`]",
            "f: `f` is a function of `types`; only types can be used [write `t`]",
            "thng: the interface `things` has no type `thng` [write `thing`]",
            "w: `w` is a world; an interface is needed here []",
            "tipes: this package has no interface `tipes` [write `types`]",
            "types: `types` is an interface; only a world can be included []",
            "thing: the package `dep:a` has no interface `thing` [write `things`]",
            "dep:b: the WIT package `dep:b` is not found [write `dep:a`]",
            "2.0.0: the package `dep:a` has no version `2.0.0`; known: `1.0.0` [write `1.0.0`]",
            "dep:a: the package `dep:a` has versions, and one must be named; known: `1.0.0` [insert `@1.0.0`]",
        ]
    );
}

#[test]
fn a_name_is_declared_once() {
    let text = "package a:b; interface i { f: func(a: u8, a: u8); f: func(); record r { x: u8, X: u8 } enum e {} resource s { s: func(); } } interface i {}\nworld w { import i; import i; import k: func(); type k = u8; export k: func(); export i; }";
    assert_eq!(
        problems(text),
        [
            "a: `a` is declared twice in these parameters []",
            "f: `f` is declared twice in this interface []",
            "X: `X` is declared twice in `r` []",
            "e: the enum `e` has no case, so it has no value []",
            "s: the resource `s` has a function `s`: no component can have the two under one name []",
            "i: `i` is declared twice in this package []",
            "i: `i` is declared twice in this file []",
            "i: this interface is imported already [remove it]",
            "k: `k` is declared twice among the imports of this world []",
        ]
    );
}

#[test]
fn nothing_holds_itself() {
    let text = "package a:b; interface i { record a { x: list<b> } type b = option<a>; resource r { f: func(s: r); } type c = own<r>; type d = borrow<a>; }\ninterface j { use k.{x}; type y = x; } interface k { use j.{y}; type x = y; }\nworld w { include v; } world v { include w; }";
    assert_eq!(
        problems(text),
        [
            "a: a type cannot hold itself: a → b → a []",
            "a: `a` is not a resource; only resources are owned or borrowed []",
            "j: an interface cannot use itself: j → k → j []",
            "v: a world cannot include itself: v → w → v []",
        ]
    );
}

#[test]
fn what_is_used_for_nothing_is_noted() {
    let text = "package a:b; use dep:a/things@1.0.0; use dep:a/things@1.0.0 as t; interface i { use t.{thing, thing as other}; f: func(a: thing); }";
    assert_eq!(
        problems(text),
        ["dep:a/things@1.0.0: `things` is not used here [remove it]", "other: `other` is not used here []"]
    );
    // What another interface takes from it is used.
    let text = "package a:b; interface i { type t = u8; } interface j { use i.{t}; } interface k { use j.{t}; f: func(a: t); }";
    assert_eq!(problems(text), [""; 0]);
}

#[test]
fn files_are_of_one_package() {
    assert_eq!(
        problems("interface i {}"),
        [": no file of this package says which package it is [insert `package my:package;`]"]
    );
    let files = [
        "package a:b@1.0.0; interface i { type t = u8; }",
        "interface j { use i.{t}; f: func(a: t); }",
        "package a:c; world w { import i; import a:b/j@1.0.0; }",
    ];
    assert_eq!(
        problems_of(&files, &[]),
        [
            "a:c: this file is of the package `a:c`, and another one of the same folder of `a:b@1.0.0` [write `a:b@1.0.0`]"
        ]
    );
    let nested = "package a:b; world w { import c:d/i; } package c:d { interface i { use j.{t}; f: func(a: t); } interface j { type t = u8; } }";
    assert_eq!(problems_of(&[nested], &[nested]), [""; 0]);
}

#[test]
fn names_without_number_are_looked_up_in_one_step_each() {
    // Compared one by one these are four hundred million pairs.
    let interfaces: String = (0..20_000)
        .map(|n| format!("interface i-{n} {{ use i-{}.{{t}}; f: func(a: t) -> u; }}\n", (n + 1) % 20_000))
        .collect();
    assert_eq!(problems(&format!("package a:b;\n{interfaces}")).len(), 300);
    let records: String =
        (0..20_000).map(|n| format!("record r{n} {{ a: r{}, b: no{n} }}\n", (n + 1) % 20_000)).collect();
    let found = problems(&format!("package a:b; interface i {{ {records} }}"));
    assert_eq!(found.len(), 300);
    let circle: String = (0..20_000).map(|n| format!("type t{n} = t{};\n", (n + 1) % 20_000)).collect();
    let found = problems(&format!("package a:b; interface i {{ {circle} }}"));
    let [circle] = found.as_slice() else { panic!("{} problems", found.len()) };
    assert!(circle.contains(" → … → t0") && circle.len() < 200, "{circle}");
}
