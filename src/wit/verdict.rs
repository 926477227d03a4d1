//! What wit-parser says of texts, in this project's words.

use std::path::PathBuf;

use wit_parser::{ParseError, ParseErrorKind, Resolve, ResolveError, ResolveErrorKind, SourceMap, Span};

use crate::guard::caught;
use crate::wit::problem::{Code, Problem};
use crate::wit::sources::Source;

/// Where an error stands, its sentence and the next step.
pub(crate) type Message = (Span, String, Option<String>);

/// The first thing that wit-parser refuses of these packages, the first of which may use the others; and in which file.
pub(super) fn verdict(groups: &[Vec<Source>]) -> Option<(PathBuf, Problem)> {
    let first = groups.iter().flatten().next()?.path.clone();
    let error = match caught(|| resolved(groups)) {
        Ok(result) => result.err()?,
        Err(panic) => return Some((first, Problem::error(Code::Rejected, 0..0, panic.to_string()))),
    };
    let (place, message) = error;
    Some(match place {
        Some((path, range)) => (path, Problem::error(Code::Rejected, range, message)),
        None => (first, Problem::error(Code::Rejected, 0..0, message)),
    })
}

/// A place, where there is one, and a sentence.
type Refused = (Option<(PathBuf, std::ops::Range<usize>)>, String);

fn resolved(groups: &[Vec<Source>]) -> Result<(), Refused> {
    let refused = |map: &SourceMap, (span, message, _): Message| {
        let place = map.resolve_span(span).map(|location| (PathBuf::from(location.path), location.range));
        (place, message)
    };
    let mut parsed = Vec::new();
    for group in groups.iter().filter(|group| !group.is_empty()) {
        let mut map = SourceMap::default();
        for source in group {
            map.push(&source.path, source.text.clone());
        }
        parsed.push(map.parse().map_err(|(map, error)| refused(&map, parse_message(error.kind())))?);
    }
    if parsed.is_empty() {
        return Ok(());
    }
    let main = parsed.remove(0);
    let mut resolve = Resolve::default();
    match resolve.push_groups(main, parsed) {
        Ok(_) => Ok(()),
        Err(error) => Err(refused(&resolve.source_map, resolve_message(error.kind()))),
    }
}

/// What an error of either kind says.
pub(crate) fn message(error: &(dyn std::error::Error + 'static)) -> Option<Message> {
    let parse = error.downcast_ref::<ParseError>().map(|e| parse_message(e.kind()));
    parse.or_else(|| error.downcast_ref::<ResolveError>().map(|e| resolve_message(e.kind())))
}

fn parse_message(kind: &ParseErrorKind) -> Message {
    let text = kind.to_string();
    let mut lines = text.lines();
    let message = lines.next().unwrap_or("the WIT cannot be read").to_owned();
    let hint = lines.map(str::trim).collect::<Vec<_>>().join(" ");
    (kind.span(), message, (!hint.is_empty()).then_some(hint))
}

fn resolve_message(kind: &ResolveErrorKind) -> Message {
    if let ResolveErrorKind::PackageNotFound { requested, known, .. } = kind {
        let known: Vec<_> = known.iter().map(|k| format!("`{k}`")).collect();
        let there =
            if known.is_empty() { "there is none yet".into() } else { format!("known are {}", known.join(", ")) };
        let help = format!(
            "put the package's WIT into `wit/deps/{}-{}/` ({there}; versions must agree exactly)",
            requested.namespace, requested.name
        );
        return (kind.span(), format!("the WIT package `{requested}` is not found"), Some(help));
    }
    let text = kind.to_string();
    (kind.span(), text.lines().next().unwrap_or_default().to_owned(), None)
}
