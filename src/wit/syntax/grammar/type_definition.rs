//! Types where they are declared.

use rowan::Checkpoint;

use crate::wit::problem::{Code, Problem};
use crate::wit::syntax::SyntaxKind as K;
use crate::wit::syntax::grammar::list::Brackets;
use crate::wit::syntax::grammar::{attribute, function, list, name, recover, resource, type_expression};
use crate::wit::syntax::parser::Parser;

/// Whether one comes next.
pub(super) fn begins(parser: &Parser) -> bool {
    let is_word =
        matches!(parser.nth(0), Some(K::TypeKw | K::RecordKw | K::FlagsKw | K::VariantKw | K::EnumKw | K::ResourceKw));
    is_word && parser.nth(1) != Some(K::Colon)
}

/// The one that comes next, whose attributes began at `checkpoint`.
pub(super) fn type_definition(parser: &mut Parser, checkpoint: Checkpoint) {
    match parser.nth(0) {
        Some(K::ResourceKw) => resource::resource(parser, checkpoint),
        Some(K::RecordKw) => members(parser, checkpoint, K::Record, field),
        Some(K::VariantKw) => members(parser, checkpoint, K::Variant, |parser| case(parser, Some(true))),
        Some(K::EnumKw) => members(parser, checkpoint, K::Enum, |parser| case(parser, Some(false))),
        Some(K::FlagsKw) => members(parser, checkpoint, K::Flags, |parser| case(parser, None)),
        _ => alias(parser, checkpoint),
    }
}

/// `type name = …;`
fn alias(parser: &mut Parser, checkpoint: Checkpoint) {
    parser.start_at(checkpoint, K::TypeAlias);
    parser.bump();
    name::declared(parser, "the name of a type");
    if parser.at(K::Colon) {
        let range = parser.nth_range(0);
        let problem = Problem::error(Code::Syntax, range.clone(), "expected `=`, found `:`");
        parser.problem(problem.fixed_by("write `=`", range, " ="));
        recover::skip(parser);
        type_expression::type_expression(parser);
    } else if parser.expect(K::Equals) {
        type_expression::type_expression(parser);
    }
    recover::semicolon(parser, "this type");
    parser.finish();
}

/// `record name { …, … }` and its like.
fn members(parser: &mut Parser, checkpoint: Checkpoint, node: K, mut member: impl FnMut(&mut Parser) -> bool) {
    parser.start_at(checkpoint, node);
    parser.bump();
    name::declared(parser, "the name of a type");
    list::list(parser, K::Members, Brackets::Members, |parser| {
        no_attributes(parser);
        member(parser)
    });
    parser.finish();
}

fn no_attributes(parser: &mut Parser) {
    let start = parser.nth_range(0).start;
    if attribute::attributes(parser) {
        let range = start..parser.behind().end;
        parser.problem(Problem::error(
            Code::Syntax,
            range,
            "attributes stand before a whole type, not before a part of it",
        ));
    }
}

fn field(parser: &mut Parser) -> bool {
    if !parser.nth(0).is_some_and(name::is_like_a_name) {
        parser.expected("a field, as in `name: string`");
        return false;
    }
    parser.start(K::Field);
    function::typed_name(parser, "a field");
    parser.finish();
    true
}

/// `name` or `name(type)`. `payload` says whether the latter is allowed; `None` where nothing else could be meant.
fn case(parser: &mut Parser, payload: Option<bool>) -> bool {
    if !parser.nth(0).is_some_and(name::is_like_a_name) {
        parser.expected("a name");
        return false;
    }
    parser.start(K::Case);
    name::declared(parser, "a name");
    if parser.at(K::LeftParen) {
        let start = parser.nth_range(0).start;
        parser.bump();
        type_expression::type_expression(parser);
        parser.expect(K::RightParen);
        let range = start..parser.behind().end;
        match payload {
            Some(true) => {}
            Some(false) => parser.problem(Problem::error(
                Code::Syntax,
                range,
                "the cases of an `enum` carry nothing; those of a `variant` do",
            )),
            None => parser.problem(Problem::error(Code::Syntax, range, "a flag carries nothing")),
        }
    } else if parser.at(K::Colon) && payload == Some(true) {
        let range = parser.nth_range(0);
        parser.problem(Problem::error(
            Code::Syntax,
            range,
            "what a case carries stands in parentheses, as in `name(string)`",
        ));
        recover::skip(parser);
        type_expression::type_expression(parser);
    }
    parser.finish();
    true
}
