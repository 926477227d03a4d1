//! Where an interface or world is, and versions.

use std::ops::Range;

use crate::wit::problem::{Code, Problem};
use crate::wit::syntax::SyntaxKind as K;
use crate::wit::syntax::grammar::list::Brackets;
use crate::wit::syntax::grammar::{list, mend, name, recover};
use crate::wit::syntax::parser::Parser;

/// `a`, or `ns:package/a@1.0.0`.
pub(super) fn path(parser: &mut Parser) -> bool {
    parser.start(K::Path);
    mend::self_or_package(parser);
    let read = name::used(parser, "the name of an interface");
    if read && parser.eat(K::Colon) {
        name::used(parser, "the name of a package");
        if parser.expect(K::Slash) {
            name::used(parser, "the name of an interface");
        }
        if parser.at(K::At) {
            version_behind_at(parser);
        }
    }
    parser.finish();
    read
}

/// `a:b@1.0.0` of a package.
pub(super) fn package_name(parser: &mut Parser) {
    parser.start(K::PackageName);
    let start = parser.nth_range(0);
    if name::used(parser, "the name of a package, as in `my:package`") {
        if parser.at(K::Colon) {
            parser.bump();
            name::used(parser, "the name of a package");
        } else {
            let first = start.start..start.start;
            let problem =
                Problem::error(Code::OldSyntax, start, "the name of a package has two parts, as in `my:package`");
            parser.problem(problem.perhaps("insert `my:`", first, "my:"));
        }
        if parser.at(K::At) {
            version_behind_at(parser);
        }
    }
    parser.finish();
}

fn version_behind_at(parser: &mut Parser) {
    parser.bump();
    version(parser);
}

/// `1.0.0-rc.1+build`
pub(super) fn version(parser: &mut Parser) {
    parser.start(K::Version);
    let first = parser.nth_range(0);
    if parser.at(K::Integer) {
        parser.bump();
        let mut numbers = 1;
        while numbers < 3 && parser.at(K::Period) && parser.nth(1) == Some(K::Integer) {
            parser.bump();
            parser.bump();
            numbers += 1;
        }
        if numbers < 3 {
            let behind = parser.behind();
            let zeros = ".0".repeat(3 - numbers);
            let range = first.start..behind.end;
            let problem = Problem::error(Code::Syntax, range, "a version has three numbers, as in `1.0.0`");
            parser.problem(problem.fixed_by(format!("write `{zeros}` behind it"), behind, zeros));
        } else {
            let mut end = parser.behind().end;
            end = identifiers(parser, K::Minus).unwrap_or(end);
            end = identifiers(parser, K::Plus).unwrap_or(end);
            valid(parser, first.start..end);
        }
    } else {
        parser.expected("a version, as in `1.0.0`");
    }
    parser.finish();
}

/// What follows `-` or `+`: names, numbers and `-`, joined by `.`. A `.` before anything else is not the version's.
/// Gives where it ends; as to wit-parser, a `-` or `+` alone is nothing.
fn identifiers(parser: &mut Parser, prefix: K) -> Option<usize> {
    let part = |kind: Option<K>| matches!(kind, Some(kind) if matches!(kind, K::Ident | K::Integer | K::Minus));
    if !parser.eat(prefix) {
        return None;
    }
    let mut end = None;
    loop {
        if part(parser.nth(0)) {
            parser.bump();
        } else if parser.at(K::Period) && part(parser.nth(1)) {
            parser.bump();
            parser.bump();
        } else {
            return end;
        }
        end = Some(parser.behind().end);
    }
}

fn valid(parser: &mut Parser, range: Range<usize>) {
    if let Err(error) = semver::Version::parse(parser.text(range.clone())) {
        parser.problem(Problem::error(Code::Syntax, range, format!("this is not a version: {error}")));
    }
}

/// `use path.{a, b as c};` in an interface or world.
pub(super) fn use_item(parser: &mut Parser) {
    parser.bump();
    path(parser);
    if parser.at(K::Period) {
        parser.bump();
        list::list(parser, K::Members, Brackets::Names, |parser| renamed(parser, K::UseName, false));
    } else {
        let at = parser.behind();
        let problem = Problem::error(Code::Syntax, at.clone(), "what is used must be named, as in `use types.{name};`");
        parser.problem(problem.perhaps("insert `.{}`", at, ".{}"));
    }
    recover::semicolon(parser, "this `use`");
}

/// `a` or `a as b`; where `must`, only the latter.
pub(super) fn renamed(parser: &mut Parser, node: K, must: bool) -> bool {
    if !parser.nth(0).is_some_and(name::is_like_a_name) {
        parser.expected("a name");
        return false;
    }
    parser.start(node);
    name::used(parser, "a name");
    if parser.at(K::AsKw) || must {
        parser.expect(K::AsKw);
        name::declared(parser, "the new name");
    }
    parser.finish();
    true
}
