//! Worlds.

use rowan::Checkpoint;

use crate::wit::problem::{Code, Problem};
use crate::wit::syntax::SyntaxKind as K;
use crate::wit::syntax::grammar::list::Brackets;
use crate::wit::syntax::grammar::{attribute, function, interface, list, name, path, recover, type_definition};
use crate::wit::syntax::parser::Parser;

/// `world name { … }`
pub(super) fn world(parser: &mut Parser, checkpoint: Checkpoint) {
    parser.start_at(checkpoint, K::World);
    parser.bump();
    name::declared(parser, "the name of a world");
    recover::body(parser, item, |parser| {
        matches!(parser.nth(0), Some(K::InterfaceKw | K::WorldKw | K::PackageKw)) && parser.nth(1) != Some(K::Colon)
    });
    parser.finish();
}

/// An import, an export, an `include`, a `use` or a type.
pub(super) fn item(parser: &mut Parser) -> bool {
    let checkpoint = parser.checkpoint();
    attribute::attributes(parser);
    match parser.nth(0) {
        Some(K::ImportKw) => extern_item(parser, checkpoint, K::Import),
        Some(K::ExportKw) => extern_item(parser, checkpoint, K::Export),
        Some(K::IncludeKw) => include(parser, checkpoint),
        Some(K::UseKw) => {
            parser.start_at(checkpoint, K::Use);
            path::use_item(parser);
            parser.finish();
        }
        _ if type_definition::begins(parser) => type_definition::type_definition(parser, checkpoint),
        _ if function::begins(parser) => {
            let range = parser.nth_range(0);
            let start = range.start..range.start;
            let problem = Problem::error(Code::Syntax, range, "a world imports or exports a function");
            let problem = problem.perhaps("insert `export`", start.clone(), "export ");
            parser.problem(problem.perhaps("insert `import`", start, "import "));
            function::named(parser, checkpoint, false);
        }
        _ => {
            parser.expected("`import`, `export`, `include`, `use` or a type");
            return false;
        }
    }
    true
}

/// `import` or `export` of a path, or of a name and what it is.
fn extern_item(parser: &mut Parser, checkpoint: Checkpoint, node: K) {
    parser.start_at(checkpoint, node);
    let what = if node == K::Import { "this import" } else { "this export" };
    parser.bump();
    let is_named = parser.nth(0).is_some_and(name::is_like_a_name) && parser.nth(1) == Some(K::Colon);
    match parser.nth(2).filter(|_| is_named) {
        Some(K::InterfaceKw) => {
            name::declared(parser, "a name");
            parser.bump();
            interface::inline(parser);
        }
        Some(K::FuncKw | K::AsyncKw | K::StaticKw | K::LeftParen) => {
            name::declared(parser, "a name");
            parser.bump();
            function::function_type(parser, false, true);
            recover::semicolon(parser, what);
        }
        Some(_) if matches!(parser.nth_text(2), "fn" | "function") => {
            name::declared(parser, "a name");
            parser.bump();
            function::function_type(parser, false, true);
            recover::semicolon(parser, what);
        }
        Some(_) => {
            // `a: b` names an interface of this package, `a: b:c/d` one of another; `a:b/c` is a path alone.
            let is_path = parser.nth(2).is_some_and(name::is_like_a_name) && parser.nth(3) == Some(K::Slash);
            if !is_path {
                name::declared(parser, "a name");
                parser.bump();
            }
            path::path(parser);
            recover::semicolon(parser, what);
        }
        None => {
            path::path(parser);
            recover::semicolon(parser, what);
        }
    }
    parser.finish();
}

/// `include path;` or `include path with { a as b }`
fn include(parser: &mut Parser, checkpoint: Checkpoint) {
    parser.start_at(checkpoint, K::Include);
    parser.bump();
    path::path(parser);
    if parser.eat(K::WithKw) {
        list::list(parser, K::Members, Brackets::Names, |parser| path::renamed(parser, K::IncludeName, true));
    } else {
        recover::semicolon(parser, "this `include`");
    }
    parser.finish();
}
