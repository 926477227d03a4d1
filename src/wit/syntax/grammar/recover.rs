//! Going on after what cannot be read, and what ends an item.

use crate::wit::problem::{Code, Problem};
use crate::wit::syntax::SyntaxKind as K;
use crate::wit::syntax::parser::Parser;

/// The `;` behind an item, which `what` names.
pub(super) fn semicolon(parser: &mut Parser, what: &str) {
    if parser.eat(K::Semicolon) {
        return;
    }
    let ends_here = parser.at_end() || parser.at(K::RightBrace) || parser.on_new_line(0);
    if !ends_here && !begins_item(parser, 0) {
        // Something else stands there.
        parser.expected("`;`");
        rest_of_item(parser);
        parser.eat(K::Semicolon);
        return;
    }
    if parser.last_is(K::Unknown) {
        // A string or comment without an end would take the `;` in.
        return;
    }
    let range = parser.behind();
    let problem = Problem::error(Code::OldSyntax, range.clone(), format!("`;` is missing after {what}"));
    parser.problem(problem.fixed_by("insert `;`", range, ";"));
}

/// Whether an item begins at the word `n` words ahead.
pub(super) fn begins_item(parser: &Parser, n: usize) -> bool {
    match parser.nth(n) {
        Some(K::At) => true,
        Some(kind) if begins_with(kind) => parser.nth(n + 1) != Some(K::Colon) || begins_named(parser, n),
        Some(_) => begins_named(parser, n),
        None => false,
    }
}

/// Whether `name: func` and its like stand there.
fn begins_named(parser: &Parser, n: usize) -> bool {
    let is_name = matches!(parser.nth(n), Some(kind) if super::name::is_like_a_name(kind));
    let is_function = matches!(parser.nth(n + 2), Some(K::FuncKw | K::AsyncKw | K::StaticKw));
    is_name && parser.nth(n + 1) == Some(K::Colon) && is_function
}

fn begins_with(kind: K) -> bool {
    matches!(
        kind,
        K::UseKw
            | K::TypeKw
            | K::RecordKw
            | K::ResourceKw
            | K::FlagsKw
            | K::VariantKw
            | K::EnumKw
            | K::InterfaceKw
            | K::ImportKw
            | K::ExportKw
            | K::WorldKw
            | K::PackageKw
            | K::ConstructorKw
            | K::IncludeKw
    )
}

/// Reads what is left of a broken item into an error node: up to its `;`, the `}` around it, or where the next item
/// begins on a line of its own. Whatever it opens it closes.
pub(super) fn rest_of_item(parser: &mut Parser) {
    let mut depth = 0_usize;
    let mut is_open = false;
    loop {
        match parser.nth(0) {
            None => break,
            Some(K::Semicolon | K::RightBrace) if depth == 0 => break,
            Some(_) if depth == 0 && is_open && parser.on_new_line(0) && begins_item(parser, 0) => break,
            Some(K::LeftBrace) => depth += 1,
            Some(K::RightBrace) => depth -= 1,
            Some(_) => {}
        }
        if !is_open {
            parser.start(K::Error);
            is_open = true;
        }
        parser.bump();
        if depth == 0 && parser.last_is(K::RightBrace) {
            break;
        }
    }
    if is_open {
        parser.finish();
    }
}

/// Reads the next word into an error node.
pub(super) fn skip(parser: &mut Parser) {
    parser.start(K::Error);
    parser.bump();
    parser.finish();
}

/// A `;` that ends nothing.
pub(super) fn stray_semicolon(parser: &mut Parser) {
    let range = parser.nth_range(0);
    let problem = Problem::error(Code::Syntax, range.clone(), "this `;` ends nothing");
    parser.problem(problem.fixed_by("remove `;`", range, ""));
    skip(parser);
}

/// The items between `{` and `}`; `item` reads one, and says whether it read anything. `ends` says whether something
/// stands there that cannot be inside, so that the `}` must be missing before it.
pub(super) fn body(parser: &mut Parser, mut item: impl FnMut(&mut Parser) -> bool, ends: impl Fn(&Parser) -> bool) {
    parser.start(K::Body);
    let open = parser.nth_range(0);
    if parser.expect(K::LeftBrace) {
        loop {
            match parser.nth(0) {
                Some(K::RightBrace) => {
                    parser.bump();
                    break;
                }
                Some(K::Semicolon) => stray_semicolon(parser),
                Some(_) if !(ends(parser) && parser.on_new_line(0)) => {
                    if !item(parser) {
                        rest_of_item(parser);
                        parser.eat(K::Semicolon);
                    }
                }
                _ => {
                    let at = parser.behind();
                    let problem = Problem::error(Code::Syntax, open, "this `{` is never closed");
                    parser.problem(problem.perhaps("insert `}`", at, "\n}"));
                    break;
                }
            }
        }
    }
    parser.finish();
}
