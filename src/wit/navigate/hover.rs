//! What a name says of itself.

use std::ops::Range;

use crate::wit::navigate::resolve::{View, name_at};
use crate::wit::sources::{FileId, Sources};
use crate::wit::syntax::ast::{declared, docs, plain};
use crate::wit::syntax::{SyntaxKind as K, SyntaxNode, bytes, offset};

/// Lines of a declaration that are shown.
const MOST_LINES: usize = 24;

/// What is shown of a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hover {
    /// The name that it is about.
    pub range: Range<usize>,
    /// The declaration as WIT; of what has a body, its head.
    pub code: String,
    /// Where it stands, as in `wasi:io/streams@0.2.3`.
    pub place: String,
    /// Its comments, as Markdown.
    pub docs: String,
}

/// What the name at byte `at` says of itself.
#[must_use]
pub fn hover(sources: &Sources, file: FileId, at: usize) -> Option<Hover> {
    let token = name_at(sources, file, at)?;
    let view = View { sources };
    let target = view.definition(file, &token)?;
    let source = sources.get(target.file)?;
    let found = source.parsed.tree().token_at_offset(offset(target.range.start)).right_biased()?;
    let name = found.parent()?;
    let node = if name.kind() == K::Name {
        name.parent()?
    } else {
        name.ancestors().find(|node| node.kind() == K::PackageName)?.parent()?
    };
    Some(Hover {
        range: bytes(token.text_range()),
        code: code(&node),
        place: place(&view, target.file, &node),
        docs: docs(&node).join("\n"),
    })
}

/// The declaration without comments before it, and without a body of items.
fn code(node: &SyntaxNode) -> String {
    let has_body = matches!(node.kind(), K::Interface | K::World | K::NestedPackage);
    let text = node.text().to_string();
    let text =
        if has_body { text.split('{').next().unwrap_or_default().trim_end() } else { text.trim_end_matches(';') };
    // Members stand as far in as their type does.
    let indent = text.lines().skip(1).last().map_or(0, |line| line.len() - line.trim_start().len());
    let shown = text
        .lines()
        .enumerate()
        .map(|(at, line)| if at == 0 { line } else { line.get(indent..).unwrap_or(line.trim_start()) });
    let lines: Vec<&str> = shown.collect();
    match lines.get(..MOST_LINES) {
        Some(first) if lines.len() > MOST_LINES => first.join("\n") + "\n  …",
        _ => lines.join("\n"),
    }
}

/// The package and what is around a declaration.
fn place(view: &View, file: FileId, node: &SyntaxNode) -> String {
    let part = view.part(file, node);
    let siblings = part.map(|part| view.siblings(part)).unwrap_or_default();
    let package = siblings.iter().find_map(|part| part.package.name.as_ref());
    let around: Vec<String> = node
        .ancestors()
        .skip(1)
        .filter(|node| {
            matches!(node.kind(), K::Interface | K::World | K::Resource | K::Record | K::Variant | K::Enum | K::Flags)
        })
        .filter_map(|node| Some(plain(&declared(&node)?).to_owned()))
        .collect();
    let inside = around.into_iter().rev().collect::<Vec<_>>().join(".");
    let Some(package) = package else { return inside };
    let version = package.version.as_ref().map(|version| format!("@{}", version.text)).unwrap_or_default();
    if inside.is_empty() { format!("{}{version}", package.name) } else { format!("{}/{inside}{version}", package.name) }
}
