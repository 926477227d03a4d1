//! What earlier versions of WIT and other languages write: read as what is meant, told, and mended by a fix.

use crate::wit::problem::{Code, Edit, Problem};
use crate::wit::syntax::SyntaxKind as K;
use crate::wit::syntax::grammar::list::Brackets;
use crate::wit::syntax::grammar::{function, list, name, recover};
use crate::wit::syntax::parser::Parser;

/// `self.` and `pkg.` before the name of an interface.
pub(super) fn self_or_package(parser: &mut Parser) {
    let word = parser.nth_text(0);
    let is_old = matches!(word, "self" | "pkg") && parser.nth(1) == Some(K::Period);
    if !is_old || !parser.nth(2).is_some_and(name::is_like_a_name) {
        return;
    }
    let range = parser.nth_range(0).start..parser.nth_range(1).end;
    let message = format!("interfaces of the same package are named without `{word}.`");
    parser.problem(Problem::error(Code::OldSyntax, range.clone(), message).fixed_by(
        format!("remove `{word}.`"),
        range,
        "",
    ));
    parser.start(K::Error);
    parser.bump();
    parser.bump();
    parser.finish();
}

/// `default` before an interface or world.
pub(super) fn default(parser: &mut Parser) {
    if parser.nth_text(0) != "default" || !matches!(parser.nth(1), Some(K::InterfaceKw | K::WorldKw)) {
        return;
    }
    let range = parser.nth_range(0).start..parser.nth_range(1).start;
    let problem =
        Problem::error(Code::OldSyntax, parser.nth_range(0), "WIT no longer has `default`; worlds are chosen by name");
    parser.problem(problem.fixed_by("remove `default`", range, ""));
    recover::skip(parser);
}

/// `func name(…)` in place of `name: func(…)`; reads the `func`, so that the rest reads as a function without one.
pub(super) fn name_behind_func(parser: &mut Parser) -> bool {
    let is_func = parser.at(K::FuncKw) || matches!(parser.nth_text(0), "fn" | "function");
    let is_named = parser.nth(1).is_some_and(name::is_like_a_name) && parser.nth(2) == Some(K::LeftParen);
    if !is_func || !is_named {
        return false;
    }
    let (func, name, paren) = (parser.nth_range(0), parser.nth_range(1), parser.nth_range(2));
    let word = parser.nth_text(1);
    let problem =
        Problem::error(Code::Syntax, func.start..name.end, format!("a function is written `{word}: func(…)`"));
    let edits = vec![
        Edit { range: func.start..name.start, text: String::new() },
        Edit { range: name.end..paren.start, text: ": func".into() },
    ];
    parser.problem(problem.fix(format!("write `{word}: func`"), edits, true));
    recover::skip(parser);
    true
}

/// What stands where `func` must: says so, and reads it if it means it.
pub(super) fn no_func(parser: &mut Parser, colon: bool) {
    let word = parser.nth_text(0);
    if matches!(word, "fn" | "function") {
        let range = parser.nth_range(0);
        let problem = Problem::error(Code::Syntax, range.clone(), format!("expected `func`, found `{word}`"));
        parser.problem(problem.fixed_by("write `func`", range, "func"));
        recover::skip(parser);
    } else if parser.at(K::LeftParen) {
        let behind = parser.behind();
        let (text, shown) = if colon { (" func", "func") } else { (": func", ": func") };
        let problem = Problem::error(Code::Syntax, behind.clone(), format!("`{shown}` is missing here"));
        parser.problem(problem.fixed_by(format!("insert `{shown}`"), behind, text));
    } else {
        parser.expected("`func`");
    }
}

/// `-> ()` and `-> (a: u8, b: u8)`; whether there was either.
pub(super) fn named_results(parser: &mut Parser) -> bool {
    if !parser.at(K::Arrow) || parser.nth(1) != Some(K::LeftParen) {
        return false;
    }
    let arrow = parser.nth_range(0).start;
    let is_named = parser.nth(2).is_some_and(name::is_like_a_name) && parser.nth(3) == Some(K::Colon);
    if parser.nth(2) == Some(K::RightParen) {
        let (before, end) = (parser.behind().start, parser.nth_range(2).end);
        let problem = Problem::error(Code::OldSyntax, arrow..end, "a function that returns nothing has no `->`");
        parser.problem(problem.fixed_by("remove `-> ()`", before..end, ""));
        parser.start(K::Error);
        for _ in 0..3 {
            parser.bump();
        }
        parser.finish();
        return true;
    }
    if !is_named {
        return false;
    }
    parser.bump();
    let start = parser.nth_range(0).start;
    let mut types = Vec::new();
    parser.start(K::Error);
    list::list(parser, K::Params, Brackets::Round, |parser| {
        let read = function::param(parser);
        types.extend(read.then(|| parser.since_colon()).flatten());
        read
    });
    parser.finish();
    let end = parser.behind().end;
    let (text, message) = match types.as_slice() {
        [one] => (one.clone(), "a result has no name"),
        several => (format!("tuple<{}>", several.join(", ")), "a function has one result; several are a tuple"),
    };
    let problem = Problem::error(Code::OldSyntax, start..end, message);
    parser.problem(problem.fixed_by(format!("write `{text}`"), start..end, text));
    true
}

/// The generic type of WIT that is called otherwise elsewhere.
pub(super) fn generic(word: &str) -> Option<&'static str> {
    Some(match word {
        "Vec" | "vec" | "array" | "Array" | "seq" => "list",
        "Option" | "optional" | "maybe" | "nullable" => "option",
        "Result" | "expected" => "result",
        "HashMap" | "BTreeMap" | "Map" | "dict" => "map",
        "Tuple" => "tuple",
        "Stream" => "stream",
        "Future" => "future",
        _ => return None,
    })
}

/// The type of WIT that is called otherwise elsewhere.
#[must_use]
pub(crate) fn primitive(word: &str) -> Option<&'static str> {
    Some(match word {
        "i8" | "int8" => "s8",
        "i16" | "int16" => "s16",
        "i32" | "int32" | "int" => "s32",
        "i64" | "int64" | "isize" => "s64",
        "uint8" | "byte" => "u8",
        "uint16" => "u16",
        "uint32" | "uint" => "u32",
        "uint64" | "usize" => "u64",
        "float32" | "float" => "f32",
        "float64" | "double" => "f64",
        "String" | "str" | "text" => "string",
        "boolean" => "bool",
        "rune" => "char",
        _ => return None,
    })
}
