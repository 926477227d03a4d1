//! What a place of a text means: where it is declared, who names it, what it says of itself, and what could stand there.

mod completion;
mod hover;
mod references;
mod resolve;
mod symbols;

pub use completion::{Completion, CompletionKind, completions};
pub use hover::{Hover, hover};
pub use references::{RenameError, references, rename};
pub use resolve::definition;
pub use symbols::{Symbol, SymbolKind, folds, symbols, tokens};

use std::ops::Range;

use crate::wit::sources::FileId;

/// Bytes of one of several files.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The bytes, of a name with its `%`.
    pub range: Range<usize>,
}

impl Location {
    fn new(file: FileId, range: Range<usize>) -> Self {
        Self { file, range }
    }
}

#[cfg(test)]
mod tests;
