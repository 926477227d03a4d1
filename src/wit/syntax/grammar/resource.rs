//! Resources and what they hold.

use rowan::Checkpoint;

use crate::wit::problem::{Code, Problem};
use crate::wit::syntax::SyntaxKind as K;
use crate::wit::syntax::grammar::{attribute, function, name, recover};
use crate::wit::syntax::parser::Parser;

/// `resource name;` or `resource name { … }`
pub(super) fn resource(parser: &mut Parser, checkpoint: Checkpoint) {
    parser.start_at(checkpoint, K::Resource);
    parser.bump();
    name::declared(parser, "the name of a resource");
    if parser.at(K::LeftBrace) {
        recover::body(parser, item, |parser| {
            !parser.at(K::ConstructorKw)
                && !function::begins(parser)
                && recover::begins_item(parser, 0)
                && !parser.at(K::At)
        });
    } else {
        recover::semicolon(parser, "this resource");
    }
    parser.finish();
}

/// `constructor(…);` or a function.
pub(super) fn item(parser: &mut Parser) -> bool {
    let checkpoint = parser.checkpoint();
    attribute::attributes(parser);
    if parser.at(K::ConstructorKw) && parser.nth(1) != Some(K::Colon) {
        parser.start_at(checkpoint, K::Constructor);
        parser.bump();
        if parser.at(K::LeftParen) {
            function::signature(parser);
        } else {
            let behind = parser.behind();
            let problem = Problem::error(Code::Syntax, behind.clone(), "the parameters are missing here");
            parser.problem(problem.fixed_by("insert `()`", behind, "()"));
        }
        recover::semicolon(parser, "this constructor");
        parser.finish();
        return true;
    }
    if function::begins(parser) {
        function::named(parser, checkpoint, true);
        return true;
    }
    parser.expected("`constructor` or a function");
    false
}
