//! The grammar of WIT, as wit-parser takes it, and what people write instead of it.
//!
//! A rule reads as much as it can and says what is missing; it never reads past the `}` around it. Each file holds the
//! rules of one part of the language, and [`mend`] what earlier versions of WIT and other languages write.

mod attribute;
mod function;
mod interface;
mod list;
mod mend;
mod name;
mod package;
mod path;
mod recover;
mod resource;
mod type_definition;
mod type_expression;
mod world;

pub(crate) use mend::primitive as other_languages_type;

use crate::wit::syntax::SyntaxKind;
use crate::wit::syntax::parser::Parser;

/// A whole file, or a file of one item of a place: what stands in the body of an `Interface`, `World` or `Resource`, or
/// at the top of a `File`.
pub(super) fn root(parser: &mut Parser, place: Option<SyntaxKind>) {
    use SyntaxKind as K;
    parser.start_root(K::File);
    let item: fn(&mut Parser) -> bool = match place {
        None => |parser| {
            package::file(parser);
            true
        },
        Some(K::Interface | K::InlineInterface) => interface::item,
        Some(K::World) => world::item,
        Some(K::Resource) => resource::item,
        Some(_) => |parser| package::item(parser, 0),
    };
    item(parser);
    parser.finish_root();
}
