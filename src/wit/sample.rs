//! Random WIT, right and wrong, for tests of properties.

use arbtest::arbitrary::{Result, Unstructured};

use crate::wit::problem::Edit;

/// A text with every construct of the language.
pub(crate) const EVERYTHING: &str = include_str!("../../tests/wit/everything.wit");

const PIECES: &[&str] = &[
    "interface i {",
    "world w {",
    "}",
    "{",
    "(",
    ")",
    "<",
    ">",
    ";",
    ",",
    ":",
    ".",
    "/",
    "@",
    "=",
    "->",
    "\n",
    " ",
    "  \n",
    "a",
    "b-c",
    "%list",
    "list",
    "option<",
    "result<_, ",
    "tuple<",
    "u8",
    "string",
    "f: func(a: u8) -> bool;",
    "func",
    "func()",
    "async ",
    "static ",
    "constructor(",
    "record r {",
    "a: u8,",
    "enum e { a, b }",
    "flags f { a }",
    "variant v { a(u8), b }",
    "resource x {",
    "resource y;",
    "type t = list<u8, 4>;",
    "use a.{b};",
    "use c:d/e@1.0.0.{f as g};",
    "import ",
    "export ",
    "include ",
    "with { a as b }",
    "package a:b@0.1.0;",
    "package a:b {",
    "// note\n",
    "/// doc\n",
    "/* block */",
    "/* open",
    "\"text\"",
    "\"open",
    "@since(version = 1.0.0)\n",
    "@unstable(feature = x)\n",
    "1.0.0",
    "7",
    "é",
    "🦀",
    "\r\n",
    "\u{feff}",
    "-",
    "*",
    "_",
    "myName",
    "String",
    "Vec<u8>",
    "i32",
    "fn f();",
    "default world",
    "self.",
    "-> ()",
    "-> (a: u8, b: u8)",
    "as",
    "from",
];

/// A text of some of the pieces, or a part of [`EVERYTHING`].
pub(crate) fn text(u: &mut Unstructured) -> Result<String> {
    let mut text = if u.ratio(1, 2)? { EVERYTHING.to_owned() } else { String::new() };
    for _ in 0..u.int_in_range(0..=24)? {
        let edit = edit(u, &text)?;
        text.replace_range(edit.range, &edit.text);
    }
    Ok(text)
}

/// An edit of `text`: some of it goes, a piece comes.
pub(crate) fn edit(u: &mut Unstructured, text: &str) -> Result<Edit> {
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary(u.int_in_range(0..=text.len())?);
    let most = if u.ratio(1, 8)? { text.len() - start } else { 12.min(text.len() - start) };
    let end = boundary(start + u.int_in_range(0..=most)?).max(start);
    let piece = if u.ratio(1, 4)? { "" } else { u.choose(PIECES)? };
    Ok(Edit { range: start..end, text: piece.to_owned() })
}
