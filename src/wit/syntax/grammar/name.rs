//! Names.

use crate::wit::problem::{Code, Problem};
use crate::wit::syntax::parser::Parser;
use crate::wit::syntax::{SyntaxKind, is_name, kebab};

/// A name that is declared here. A keyword counts as one, and is told to be written `%keyword`.
pub(super) fn declared(parser: &mut Parser, what: &str) -> bool {
    name(parser, SyntaxKind::Name, what)
}

/// A name that is used here.
pub(super) fn used(parser: &mut Parser, what: &str) -> bool {
    name(parser, SyntaxKind::NameRef, what)
}

fn name(parser: &mut Parser, node: SyntaxKind, what: &str) -> bool {
    let Some(kind) = parser.nth(0).filter(|&kind| is_like_a_name(kind)) else {
        parser.expected(what);
        return false;
    };
    if kind.is_keyword() {
        let word = parser.nth_text(0);
        let range = parser.nth_range(0);
        let message = format!("`{word}` is a keyword; as a name it is written `%{word}`");
        let start = range.start..range.start;
        parser.problem(Problem::error(Code::Name, range, message).fixed_by(format!("write `%{word}`"), start, "%"));
    } else {
        check(parser);
    }
    parser.start(node);
    parser.bump();
    parser.finish();
    true
}

/// Whether a token of this kind is a name, or a keyword that may have been meant as one.
pub(super) fn is_like_a_name(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::Ident | SyntaxKind::ExplicitIdent)
        || (kind.is_keyword() && kind != SyntaxKind::Underscore)
}

/// The spelling of the name that comes next.
pub(super) fn check(parser: &mut Parser) {
    let text = parser.nth_text(0);
    let name = text.strip_prefix('%').unwrap_or(text);
    if is_name(name) {
        return;
    }
    let mut range = parser.nth_range(0);
    if name.is_empty() {
        parser.problem(Problem::error(Code::Name, range, "a name must follow the `%`"));
        return;
    }
    let message =
        format!("`{name}` is not a name: names are words of ASCII letters and digits joined by `-`, as in `my-name`");
    let problem = Problem::error(Code::Name, range.clone(), message);
    range.start += text.len() - name.len();
    parser.problem(match kebab(name) {
        Some(meant) => problem.fixed_by(format!("write `{meant}`"), range, meant),
        None => problem,
    });
}
