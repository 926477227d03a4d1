//! The lossless tree of a WIT text: every byte is in it, however broken the text is, and what is wrong stands beside it.
//!
//! [`parse`] makes it anew, [`Parsed::edited`] makes it of the tree before an edit, and both give the same.

pub mod ast;
mod characters;
mod grammar;
mod kind;
mod lexer;
mod names;
mod parser;
mod reparse;

pub(crate) use grammar::other_languages_type;
pub use kind::SyntaxKind;
pub use names::{is_name, kebab};

use std::ops::Range;

use rowan::{GreenNode, TextRange, TextSize};

use crate::wit::problem::Problem;

/// WIT, as [`rowan`] asks for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Wit {}

impl rowan::Language for Wit {
    type Kind = SyntaxKind;

    fn kind_from_raw(raw: rowan::SyntaxKind) -> SyntaxKind {
        SyntaxKind::from_number(raw.0)
    }

    fn kind_to_raw(kind: SyntaxKind) -> rowan::SyntaxKind {
        rowan::SyntaxKind(kind as u16)
    }
}

/// A node of the tree.
pub type SyntaxNode = rowan::SyntaxNode<Wit>;
/// A token of the tree.
pub type SyntaxToken = rowan::SyntaxToken<Wit>;
/// A node or a token.
pub type SyntaxElement = rowan::SyntaxElement<Wit>;

/// A text as a tree, and what of it is no WIT.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parsed {
    green: GreenNode,
    problems: Vec<Problem>,
}

impl Parsed {
    /// The root, of kind [`SyntaxKind::File`].
    #[must_use]
    pub fn tree(&self) -> SyntaxNode {
        SyntaxNode::new_root(self.green.clone())
    }

    /// What does not follow the grammar, by place. Whether names mean something is not looked at.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

/// Parses `text`, whatever it is.
#[must_use]
pub fn parse(text: &str) -> Parsed {
    let (green, problems) = parser::parse(text, None);
    Parsed { green, problems }
}

/// A range of the tree as one of bytes.
#[must_use]
pub fn bytes(range: TextRange) -> Range<usize> {
    range.start().into()..range.end().into()
}

/// Whether a name must be written with a `%`.
pub(crate) fn is_keyword(name: &str) -> bool {
    SyntaxKind::keyword(name).is_some()
}

/// A byte's place in a tree; the last there can be where the text is longer.
pub(crate) fn offset(at: usize) -> TextSize {
    TextSize::new(u32::try_from(at).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests;
