//! Files, and packages inside them.

use crate::wit::problem::{Code, Problem};
use crate::wit::syntax::SyntaxKind as K;
use crate::wit::syntax::grammar::list::Brackets;
use crate::wit::syntax::grammar::{attribute, interface, list, mend, name, path, recover, world};
use crate::wit::syntax::parser::Parser;

/// Packages in packages; wit-parser goes no deeper.
const DEEPEST: usize = 100;

pub(super) fn file(parser: &mut Parser) {
    if parser.at(K::PackageKw) {
        package(parser, 0, true);
    }
    while let Some(kind) = parser.nth(0) {
        match kind {
            K::Semicolon => recover::stray_semicolon(parser),
            K::RightBrace => {
                let range = parser.nth_range(0);
                let problem = Problem::error(Code::Syntax, range.clone(), "this `}` closes nothing");
                parser.problem(problem.perhaps("remove `}`", range, ""));
                recover::skip(parser);
            }
            _ => {
                if !item(parser, 0) {
                    recover::rest_of_item(parser);
                    parser.eat(K::Semicolon);
                }
            }
        }
    }
}

/// An interface, a world, a `use` or a package, `depth` packages deep.
pub(super) fn item(parser: &mut Parser, depth: usize) -> bool {
    let checkpoint = parser.checkpoint();
    let start = parser.nth_range(0).start;
    let has_attributes = attribute::attributes(parser);
    mend::default(parser);
    match parser.nth(0) {
        Some(K::InterfaceKw) => interface::interface(parser, checkpoint),
        Some(K::WorldKw) => world::world(parser, checkpoint),
        Some(K::UseKw) => {
            parser.start_at(checkpoint, K::TopLevelUse);
            top_level_use(parser);
            parser.finish();
        }
        Some(K::PackageKw) => {
            if has_attributes {
                let range = start..parser.behind().end;
                parser.problem(Problem::error(Code::Syntax, range, "a package has no attributes"));
            }
            package(parser, depth, false);
        }
        Some(K::RecordKw | K::FlagsKw | K::VariantKw | K::EnumKw | K::ResourceKw | K::TypeKw) => {
            parser.problem(Problem::error(
                Code::Syntax,
                parser.nth_range(0),
                "a type stands inside an interface or a world, as in `interface types { … }`",
            ));
            return false;
        }
        Some(K::ImportKw | K::ExportKw | K::IncludeKw) => {
            let message = format!("`{}` stands inside a world, as in `world app {{ … }}`", parser.nth_text(0));
            parser.problem(Problem::error(Code::Syntax, parser.nth_range(0), message));
            return false;
        }
        _ => {
            parser.expected("`interface`, `world` or `use`");
            return false;
        }
    }
    true
}

/// `use path as name;`
fn top_level_use(parser: &mut Parser) {
    parser.bump();
    path::path(parser);
    if parser.at(K::Period) {
        let range = parser.nth_range(0);
        parser.problem(Problem::error(
            Code::Syntax,
            range,
            "single types are used inside an interface or a world; here `use` names a whole interface",
        ));
        recover::skip(parser);
        list::list(parser, K::Members, Brackets::Names, |parser| path::renamed(parser, K::UseName, false));
    }
    if parser.eat(K::AsKw) {
        name::declared(parser, "the new name");
    }
    recover::semicolon(parser, "this `use`");
}

/// `package a:b;`, which only a file begins with, or `package a:b { … }`
fn package(parser: &mut Parser, depth: usize, is_first: bool) {
    let checkpoint = parser.checkpoint();
    let word = parser.nth_range(0);
    parser.bump();
    path::package_name(parser);
    if parser.at(K::LeftBrace) {
        parser.start_at(checkpoint, K::NestedPackage);
        if depth >= DEEPEST {
            parser.problem(Problem::error(Code::Syntax, word, "packages are nested too deep here"));
            recover::rest_of_item(parser);
        } else {
            recover::body(parser, |parser| item(parser, depth + 1), |_| false);
        }
    } else {
        parser.start_at(checkpoint, K::PackageHeader);
        if !is_first {
            parser.problem(Problem::error(Code::Syntax, word, "`package …;` is the first line of a file"));
        }
        recover::semicolon(parser, "the package");
    }
    parser.finish();
}
