//! Elements separated by commas.

use crate::wit::problem::{Code, Problem};
use crate::wit::syntax::SyntaxKind as K;
use crate::wit::syntax::grammar::name::is_like_a_name;
use crate::wit::syntax::grammar::recover::{begins_item, skip};
use crate::wit::syntax::parser::Parser;

/// What stands around a list.
#[derive(Clone, Copy)]
pub(super) enum Brackets {
    /// `( )`
    Round,
    /// `< >`
    Angle,
    /// `{ }` around the members of a type, where a `;` was meant to part them.
    Members,
    /// `{ }` around names, where a `;` ends what the list stands in.
    Names,
}

impl Brackets {
    fn kinds(self) -> (K, K) {
        match self {
            Self::Round => (K::LeftParen, K::RightParen),
            Self::Angle => (K::LessThan, K::GreaterThan),
            Self::Members | Self::Names => (K::LeftBrace, K::RightBrace),
        }
    }
}

/// `open element, element, close` as a node of kind `node`. `element` reads one, and says whether it read anything.
/// A comma may stand behind the last.
pub(super) fn list(parser: &mut Parser, node: K, brackets: Brackets, mut element: impl FnMut(&mut Parser) -> bool) {
    let (open, close) = brackets.kinds();
    parser.start(node);
    let opened = parser.nth_range(0);
    if parser.expect(open) {
        loop {
            if parser.eat(close) {
                break;
            }
            if ends_without(parser, brackets) {
                let at = parser.behind();
                let (open, close) = (open.described(), close.text().unwrap_or_default());
                let problem = Problem::error(Code::Syntax, opened, format!("this {open} is never closed"));
                parser.problem(problem.perhaps(format!("insert `{close}`"), at, close));
                break;
            }
            if !element(parser) {
                // Whatever it is, one step further.
                if !parser.at(K::Comma) && !parser.at(close) {
                    skip(parser);
                }
                parser.eat(K::Comma);
                continue;
            }
            separator(parser, brackets);
        }
    }
    parser.finish();
}

/// What stands between two elements.
fn separator(parser: &mut Parser, brackets: Brackets) {
    let close = brackets.kinds().1;
    if parser.eat(K::Comma) || parser.at(close) || parser.at_end() || parser.last_is(K::Unknown) {
        return;
    }
    let range = parser.nth_range(0);
    if parser.at(K::Semicolon) && matches!(brackets, Brackets::Members) {
        let problem = Problem::error(Code::Syntax, range.clone(), "expected `,`, found `;`");
        parser.problem(problem.fixed_by("write `,`", range, ","));
        skip(parser);
    } else if parser.nth(0).is_some_and(is_like_a_name) && !ends_without(parser, brackets) {
        let behind = parser.behind();
        let problem = Problem::error(Code::Syntax, behind.clone(), "`,` is missing here");
        parser.problem(problem.fixed_by("insert `,`", behind, ","));
    } else if !ends_without(parser, brackets) {
        parser.expected(&format!("`,` or {}", close.described()));
        skip(parser);
        parser.eat(K::Comma);
    }
}

/// Whether the list must have ended, though its bracket is missing.
fn ends_without(parser: &Parser, brackets: Brackets) -> bool {
    let close = brackets.kinds().1;
    match parser.nth(0) {
        None => true,
        Some(K::RightBrace) => close != K::RightBrace,
        Some(K::Semicolon) => !matches!(brackets, Brackets::Members),
        Some(K::Arrow) => close != K::RightBrace,
        // In angle brackets a parenthesis closes what is around them.
        Some(K::RightParen) if close == K::GreaterThan => true,
        Some(K::InterfaceKw | K::WorldKw | K::ImportKw | K::ExportKw | K::PackageKw | K::IncludeKw) => {
            parser.on_new_line(0) && begins_item(parser, 0) && parser.nth(1) != Some(K::Comma)
        }
        Some(_) => {
            parser.on_new_line(0) && begins_item(parser, 0) && parser.nth(1) != Some(K::Comma) && close != K::RightBrace
        }
    }
}
