//! How WAC names the ports of an instance.

use wac_parser::lexer::{Lexer, Token};

use crate::model::port::{Port, matching, short};

/// An export as an expression: `logger.log-handler`, or with its whole name in brackets where the last segment alone
/// could mean another of the instance's exports.
pub(crate) fn access(instance: &str, export: &str, exports: &[Port]) -> String {
    match matching(short(export), exports.iter().map(|e| e.name.as_str())) {
        Some(found) if found == export => format!("{instance}.{}", identifier(short(export))),
        _ => format!("{instance}[\"{export}\"]"),
    }
}

/// An import as the name of an argument: its last segment, or quoted in full where that could mean another.
pub(crate) fn written(import: &str, imports: &[Port]) -> String {
    match matching(short(import), imports.iter().map(|i| i.name.as_str())) {
        Some(found) if found == import => identifier(short(import)),
        _ => format!("\"{import}\""),
    }
}

/// A name as an identifier; WAC's own words need a `%` before them.
pub(crate) fn identifier(name: &str) -> String {
    if is_identifier(name) { name.to_owned() } else { format!("%{name}") }
}

/// Whether a name is an identifier as it stands.
fn is_identifier(name: &str) -> bool {
    let token = Lexer::new(name).ok().and_then(|mut lexer| lexer.next());
    matches!(token, Some((Ok(Token::Ident), span)) if span.len() == name.len())
}

/// Whether WAC can spell a name as an identifier at all, with a `%` or without.
pub(crate) fn can_be_named(name: &str) -> bool {
    !name.starts_with('%') && is_identifier(&identifier(name))
}
