//! Interfaces.

use rowan::Checkpoint;

use crate::wit::problem::{Code, Problem};
use crate::wit::syntax::SyntaxKind as K;
use crate::wit::syntax::grammar::{attribute, function, name, path, recover, type_definition};
use crate::wit::syntax::parser::Parser;

/// `interface name { … }`
pub(super) fn interface(parser: &mut Parser, checkpoint: Checkpoint) {
    parser.start_at(checkpoint, K::Interface);
    parser.bump();
    name::declared(parser, "the name of an interface");
    body(parser, false);
    parser.finish();
}

/// `interface { … }` behind `import name:`
pub(super) fn inline(parser: &mut Parser) {
    parser.start(K::InlineInterface);
    parser.bump();
    body(parser, true);
    parser.finish();
}

fn body(parser: &mut Parser, in_world: bool) {
    recover::body(parser, item, |parser| {
        let is_outer = matches!(parser.nth(0), Some(K::InterfaceKw | K::WorldKw | K::PackageKw))
            || (in_world && matches!(parser.nth(0), Some(K::ImportKw | K::ExportKw | K::IncludeKw)));
        is_outer && parser.nth(1) != Some(K::Colon)
    });
}

/// A type, a function or a `use`.
pub(super) fn item(parser: &mut Parser) -> bool {
    let checkpoint = parser.checkpoint();
    attribute::attributes(parser);
    no_import(parser);
    if type_definition::begins(parser) {
        type_definition::type_definition(parser, checkpoint);
    } else if parser.at(K::UseKw) && parser.nth(1) != Some(K::Colon) {
        parser.start_at(checkpoint, K::Use);
        path::use_item(parser);
        parser.finish();
    } else if function::begins(parser) {
        function::named(parser, checkpoint, false);
    } else {
        parser.expected("a type, a function or a `use`");
        return false;
    }
    true
}

/// `import` or `export` before a function or type of an interface.
fn no_import(parser: &mut Parser) {
    if !matches!(parser.nth(0), Some(K::ImportKw | K::ExportKw)) || parser.nth(1) == Some(K::Colon) {
        return;
    }
    let (word, range) = (parser.nth_text(0), parser.nth_range(0));
    let upto = range.start..parser.nth_range(1).start;
    let message = format!("`{word}` stands in worlds only; an interface says what there is");
    parser.problem(Problem::error(Code::Syntax, range, message).fixed_by(format!("remove `{word}`"), upto, ""));
    recover::skip(parser);
}
