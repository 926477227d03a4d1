//! The parts of one file: its outline, what can be folded, and what each word is.

use std::ops::Range;

use rowan::NodeOrToken;

use crate::wit::syntax::ast::{declared, plain};
use crate::wit::syntax::{Parsed, SyntaxKind as K, SyntaxNode, SyntaxToken, bytes};

/// A declaration, with those inside it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Symbol {
    /// Without `%`.
    pub name: String,
    /// What it is.
    pub kind: SymbolKind,
    /// All of it.
    pub range: Range<usize>,
    /// Its name.
    pub name_range: Range<usize>,
    /// In the order of the text.
    pub children: Vec<Symbol>,
}

/// What a word or a declaration is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SymbolKind {
    /// A package.
    Package,
    /// An interface.
    Interface,
    /// A world.
    World,
    /// An alias or a type that is named.
    Type,
    /// A record.
    Record,
    /// A variant.
    Variant,
    /// An enum, or flags.
    Enum,
    /// A case of a variant or enum, or a flag.
    Case,
    /// A field of a record.
    Field,
    /// A resource.
    Resource,
    /// A function of a resource.
    Method,
    /// A function.
    Function,
    /// A parameter of a function.
    Parameter,
    /// An import of a world.
    Import,
    /// An export of a world.
    Export,
    /// A keyword, or a type of WIT itself.
    Keyword,
    /// A comment.
    Comment,
    /// A version or a length.
    Number,
    /// A string.
    String,
    /// An attribute.
    Attribute,
}

/// The declarations of a file.
#[must_use]
pub fn symbols(parsed: &Parsed) -> Vec<Symbol> {
    inside(&parsed.tree())
}

fn inside(node: &SyntaxNode) -> Vec<Symbol> {
    let mut found = Vec::new();
    for child in node.children() {
        match kind(&child) {
            Some((kind, name)) => found.push(Symbol {
                name: name.0,
                kind,
                range: bytes(child.text_range()),
                name_range: name.1,
                children: if kind == SymbolKind::Package && child.kind() == K::PackageHeader {
                    Vec::new()
                } else {
                    inside(&child)
                },
            }),
            None => found.extend(inside(&child)),
        }
    }
    found
}

/// What `node` declares, its name and where that stands.
fn kind(node: &SyntaxNode) -> Option<(SymbolKind, (String, Range<usize>))> {
    let kind = declares(node)?;
    let named = |token: SyntaxToken| (plain(&token).to_owned(), bytes(token.text_range()));
    let spelled = |node: SyntaxNode| (node.text().to_string(), bytes(node.text_range()));
    let child = |wanted: K| node.children().find(|child| child.kind() == wanted);
    let name = match node.kind() {
        K::PackageHeader | K::NestedPackage => child(K::PackageName).map(spelled)?,
        K::Constructor => {
            let word = node
                .children_with_tokens()
                .filter_map(NodeOrToken::into_token)
                .find(|t| t.kind() == K::ConstructorKw)?;
            (word.text().to_owned(), bytes(word.text_range()))
        }
        K::Import | K::Export => declared(node).map(named).or_else(|| child(K::Path).map(spelled))?,
        _ => declared(node).map(named)?,
    };
    Some((kind, name))
}

fn declares(node: &SyntaxNode) -> Option<SymbolKind> {
    use SymbolKind as S;
    Some(match node.kind() {
        K::PackageHeader | K::NestedPackage => S::Package,
        K::Interface => S::Interface,
        K::World => S::World,
        K::TypeAlias => S::Type,
        K::Record => S::Record,
        K::Variant => S::Variant,
        K::Enum | K::Flags => S::Enum,
        K::Case => S::Case,
        K::Field => S::Field,
        K::Resource => S::Resource,
        K::Constructor => S::Method,
        K::Function => {
            let in_resource = node.ancestors().any(|node| node.kind() == K::Resource);
            if in_resource { S::Method } else { S::Function }
        }
        K::Import => S::Import,
        K::Export => S::Export,
        _ => return None,
    })
}

/// What can be folded: bodies of several lines, and runs of comments.
#[must_use]
pub fn folds(parsed: &Parsed) -> Vec<Range<usize>> {
    let tree = parsed.tree();
    let bodies = tree.descendants().filter(|node| matches!(node.kind(), K::Body | K::Members | K::Params));
    let mut folds: Vec<_> =
        bodies.filter(|node| node.text().to_string().contains('\n')).map(|node| bytes(node.text_range())).collect();
    let mut run: Option<Range<usize>> = None;
    let mut close = |run: &mut Option<Range<usize>>, lines: usize| {
        if let Some(range) = run.take().filter(|_| lines > 1) {
            folds.push(range);
        }
    };
    let mut lines = 0;
    for token in tree.descendants_with_tokens().filter_map(NodeOrToken::into_token) {
        match token.kind() {
            K::LineComment | K::BlockComment => {
                let range = bytes(token.text_range());
                lines += 1 + token.text().matches('\n').count();
                run = Some(run.map_or(range.start, |run| run.start)..range.end);
            }
            K::Whitespace if token.text().matches('\n').count() < 2 => {}
            _ => {
                close(&mut run, lines);
                lines = 0;
            }
        }
    }
    close(&mut run, lines);
    folds.sort_by_key(|range| (range.start, range.end));
    folds
}

/// Every word with what it is, and whether it is declared there; what is only a mark is left out.
#[must_use]
pub fn tokens(parsed: &Parsed) -> Vec<(Range<usize>, SymbolKind, bool)> {
    let tree = parsed.tree();
    let words = tree.descendants_with_tokens().filter_map(NodeOrToken::into_token);
    words
        .filter_map(|token| word(&token).map(|(kind, is_declared)| (bytes(token.text_range()), kind, is_declared)))
        .collect()
}

fn word(token: &SyntaxToken) -> Option<(SymbolKind, bool)> {
    use SymbolKind as S;
    let parent = token.parent()?;
    let around = parent.parent();
    let around = around.as_ref();
    Some(match (token.kind(), parent.kind()) {
        (kind, _) if kind.is_comment() => (S::Comment, false),
        (K::StringLiteral, _) => (S::String, false),
        (K::Integer, _) | (_, K::Version) => (S::Number, false),
        (_, K::Name) => match around?.kind() {
            K::Param => (S::Parameter, true),
            K::UseName | K::TopLevelUse | K::IncludeName => (S::Type, true),
            _ => (declares(around?)?, true),
        },
        (_, K::NameRef) => match around?.kind() {
            K::Type | K::UseName => (S::Type, false),
            K::Path => (S::Interface, false),
            K::PackageName => (S::Package, false),
            K::Attribute => (S::Attribute, false),
            _ => return None,
        },
        (kind, _) if kind.is_keyword() => (S::Keyword, false),
        _ => return None,
    })
}
