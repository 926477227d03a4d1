//! `@since(version = 1.0.0)`, `@unstable(feature = name)`, `@deprecated(version = 1.0.0)`, `@external-id("…")`

use crate::model::alike::alike;
use crate::wit::problem::{Code, Problem};
use crate::wit::syntax::SyntaxKind as K;
use crate::wit::syntax::grammar::{name, path};
use crate::wit::syntax::parser::Parser;

/// All that stand before an item.
pub(super) fn attributes(parser: &mut Parser) -> bool {
    let has_some = parser.at(K::At);
    while parser.at(K::At) {
        attribute(parser);
    }
    has_some
}

fn attribute(parser: &mut Parser) {
    parser.start(K::Attribute);
    parser.bump();
    let (word, range) = (parser.nth_text(0), parser.nth_range(0));
    if name::used(parser, "`since`, `unstable`, `deprecated` or `external-id`") {
        match word {
            "since" | "deprecated" => argument(parser, "version", path::version),
            "unstable" => argument(parser, "feature", |parser| {
                name::used(parser, "the name of a feature");
            }),
            "external-id" => {
                if parser.expect(K::LeftParen) {
                    parser.expect(K::StringLiteral);
                    parser.expect(K::RightParen);
                }
            }
            _ => {
                let known = ["since", "unstable", "deprecated", "external-id"];
                let message = format!(
                    "there is no attribute `@{word}`; known are `@since`, `@unstable`, `@deprecated`, `@external-id`"
                );
                let mut problem = Problem::error(Code::Syntax, range.clone(), message);
                if let Some(near) = alike(word, known.into_iter()) {
                    problem = problem.perhaps(format!("write `{near}`"), range, near);
                }
                parser.problem(problem);
                unknown_argument(parser);
            }
        }
    }
    parser.finish();
}

/// `(key = value)`
fn argument(parser: &mut Parser, key: &str, value: impl FnOnce(&mut Parser)) {
    if !parser.expect(K::LeftParen) {
        return;
    }
    if parser.nth_text(0) == key {
        name::used(parser, key);
        parser.expect(K::Equals);
    } else {
        parser.expected(&format!("`{key} = `"));
        if parser.nth(1) == Some(K::Equals) {
            parser.bump();
            parser.bump();
        }
    }
    value(parser);
    parser.expect(K::RightParen);
}

fn unknown_argument(parser: &mut Parser) {
    if !parser.eat(K::LeftParen) {
        return;
    }
    while !matches!(parser.nth(0), None | Some(K::RightParen | K::RightBrace | K::LeftBrace | K::Semicolon)) {
        parser.bump();
    }
    parser.expect(K::RightParen);
}
