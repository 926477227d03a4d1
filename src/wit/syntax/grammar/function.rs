//! Functions.

use rowan::Checkpoint;

use crate::wit::problem::{Code, Problem};
use crate::wit::syntax::SyntaxKind as K;
use crate::wit::syntax::grammar::list::Brackets;
use crate::wit::syntax::grammar::{list, mend, name, recover, type_expression};
use crate::wit::syntax::parser::Parser;

/// Whether `name: …`, or what is meant as such, comes next.
pub(super) fn begins(parser: &Parser) -> bool {
    let is_name = parser.nth(0).is_some_and(name::is_like_a_name);
    let is_func = parser.at(K::FuncKw) || matches!(parser.nth_text(0), "fn" | "function");
    match parser.nth(1) {
        Some(K::Colon) => is_name,
        Some(K::LeftParen | K::FuncKw | K::AsyncKw) => matches!(parser.nth(0), Some(K::Ident | K::ExplicitIdent)),
        Some(kind) => is_func && name::is_like_a_name(kind) && parser.nth(2) == Some(K::LeftParen),
        None => false,
    }
}

/// `name: func(…) -> …;`, whose attributes began at `checkpoint`.
pub(super) fn named(parser: &mut Parser, checkpoint: Checkpoint, in_resource: bool) {
    parser.start_at(checkpoint, K::Function);
    if mend::name_behind_func(parser) {
        name::declared(parser, "the name of a function");
        parser.start(K::FunctionType);
        signature(parser);
        parser.finish();
    } else {
        name::declared(parser, "the name of a function");
        let has_colon = parser.at(K::Colon);
        if has_colon {
            parser.bump();
        } else if !parser.at(K::LeftParen) {
            let behind = parser.behind();
            let problem = Problem::error(Code::Syntax, behind.clone(), "`:` is missing here");
            parser.problem(problem.fixed_by("insert `:`", behind, ":"));
        }
        function_type(parser, in_resource, has_colon);
    }
    recover::semicolon(parser, "this function");
    parser.finish();
}

/// `static async func(…) -> …`
pub(super) fn function_type(parser: &mut Parser, in_resource: bool, has_colon: bool) {
    parser.start(K::FunctionType);
    if parser.at(K::StaticKw) {
        if !in_resource {
            let range = parser.nth_range(0);
            let upto = range.start..parser.nth_range(1).start;
            let problem = Problem::error(Code::Syntax, range, "only a function of a resource is `static`");
            parser.problem(problem.fixed_by("remove `static`", upto, ""));
        }
        parser.bump();
    }
    parser.eat(K::AsyncKw);
    if parser.at(K::FuncKw) {
        parser.bump();
    } else {
        mend::no_func(parser, has_colon);
    }
    if parser.at(K::LeftParen) {
        signature(parser);
    } else if parser.last_is(K::FuncKw) {
        let behind = parser.behind();
        let problem = Problem::error(Code::Syntax, behind.clone(), "the parameters are missing here");
        parser.problem(problem.fixed_by("insert `()`", behind, "()"));
    }
    parser.finish();
}

/// `(…) -> …`
pub(super) fn signature(parser: &mut Parser) {
    list::list(parser, K::Params, Brackets::Round, param);
    if mend::named_results(parser) {
        return;
    }
    if parser.eat(K::Arrow) {
        type_expression::type_expression(parser);
        return;
    }
    if parser.at(K::Colon) && parser.nth(1).is_some_and(type_expression::begins) {
        let range = parser.nth_range(0);
        let problem = Problem::error(Code::Syntax, range.clone(), "expected `->` before the result, found `:`");
        parser.problem(problem.fixed_by("write `->`", range, " ->"));
        recover::skip(parser);
        type_expression::type_expression(parser);
        return;
    }
    let is_type = parser.nth(0).is_some_and(type_expression::begins) && parser.nth(1) != Some(K::Colon);
    if is_type && !parser.on_new_line(0) {
        let behind = parser.behind();
        let problem = Problem::error(Code::Syntax, behind.clone(), "`->` is missing before the result");
        parser.problem(problem.fixed_by("insert `->`", behind, " ->"));
        type_expression::type_expression(parser);
    }
}

/// `name: type`
pub(super) fn param(parser: &mut Parser) -> bool {
    let Some(kind) = parser.nth(0) else { return false };
    let is_alone = matches!(parser.nth(1), Some(K::Comma | K::RightParen | K::LessThan));
    if is_alone && (kind.is_primitive() || parser.nth(1) == Some(K::LessThan)) && type_expression::begins(kind) {
        let range = parser.nth_range(0);
        let start = range.start..range.start;
        let problem = Problem::error(Code::Syntax, range, "a parameter has a name, as in `value: string`");
        parser.problem(problem.perhaps("insert `value: `", start, "value: "));
        parser.start(K::Param);
        type_expression::type_expression(parser);
        parser.finish();
        return true;
    }
    if !name::is_like_a_name(kind) {
        parser.expected("a parameter, as in `value: string`");
        return false;
    }
    parser.start(K::Param);
    typed_name(parser, "a parameter");
    parser.finish();
    true
}

/// `name: type`, of a parameter or field.
pub(super) fn typed_name(parser: &mut Parser, what: &str) {
    name::declared(parser, "a name");
    if parser.eat(K::Colon) {
        type_expression::type_expression(parser);
    } else {
        let behind = parser.behind();
        let message = format!("{what} has a type, as in `name: string`");
        parser.problem(Problem::error(Code::Syntax, behind, message));
    }
}
