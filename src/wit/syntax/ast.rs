//! The tree by names: what a node of each kind holds. Nothing here changes the tree, and everything may be missing.

use crate::wit::syntax::{SyntaxKind, SyntaxNode, SyntaxToken};

/// The first child of this kind.
pub(crate) fn child(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxNode> {
    node.children().find(|child| child.kind() == kind)
}

/// The token of the name that `node` declares.
pub(crate) fn declared(node: &SyntaxNode) -> Option<SyntaxToken> {
    child(node, SyntaxKind::Name)?.first_token()
}

/// A name as others are compared with it: without its `%`.
pub(crate) fn plain(token: &SyntaxToken) -> &str {
    let text = token.text();
    text.strip_prefix('%').unwrap_or(text)
}

/// What stands in the body of `node`, be it a package, an interface, a world or a resource.
pub(crate) fn items(node: &SyntaxNode) -> impl Iterator<Item = SyntaxNode> + use<> {
    let body = if node.kind() == SyntaxKind::File { Some(node.clone()) } else { child(node, SyntaxKind::Body) };
    body.into_iter().flat_map(|body| body.children())
}

/// The comments that document `node`: those before it that no blank line parts from it, each without its marks.
#[must_use]
pub fn docs(node: &SyntaxNode) -> Vec<String> {
    let mut docs = Vec::new();
    let mut before = node.first_token().and_then(|token| token.prev_token());
    while let Some(token) = before {
        match token.kind() {
            SyntaxKind::Whitespace if token.text().matches('\n').count() < 2 => {}
            SyntaxKind::LineComment | SyntaxKind::BlockComment if begins_line(&token) => docs.push(words(&token)),
            _ => break,
        }
        before = token.prev_token();
    }
    docs.reverse();
    docs
}

/// Whether nothing but space stands before a token on its line.
fn begins_line(token: &SyntaxToken) -> bool {
    match token.prev_token() {
        None => true,
        Some(before) => {
            before.kind() == SyntaxKind::Whitespace && (before.text().contains('\n') || before.prev_token().is_none())
        }
    }
}

/// What a comment says.
fn words(token: &SyntaxToken) -> String {
    let text = token.text();
    if token.kind() == SyntaxKind::LineComment {
        let text = text.trim_start_matches('/');
        return text.strip_prefix(' ').unwrap_or(text).trim_end().to_owned();
    }
    let text = text.trim_start_matches('/').trim_start_matches('*').trim_end_matches('/').trim_end_matches('*');
    let lines = text.lines().map(|line| line.trim().trim_start_matches('*').trim());
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}
