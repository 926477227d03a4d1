//! What is wrong at a place of a text, and what would mend it.

use std::ops::Range;

use crate::model::diagnostic::Severity;

/// Something wrong in one text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Which rule it breaks.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// The bytes that a person would point to; may be empty, where something is missing.
    pub range: Range<usize>,
    /// A sentence without a full stop.
    pub message: String,
    /// Edits of which each alone mends it; the likeliest first.
    pub fixes: Vec<Fix>,
}

/// The rules, named for settings and for tools that read `--json`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Code {
    /// The text does not follow the grammar.
    Syntax,
    /// It follows the grammar of an earlier version of WIT.
    OldSyntax,
    /// A name is no kebab-case name, or a keyword.
    Name,
    /// A character that WIT does not allow there.
    Character,
    /// What a package is called is not said, or said differently.
    Package,
    /// A package that is not there.
    MissingPackage,
    /// A version of a package that is not there.
    UnknownVersion,
    /// A name that nothing is called by.
    UnknownName,
    /// A name that is declared twice.
    Duplicate,
    /// A type that cannot be, or not there.
    Type,
    /// Something that holds itself.
    Circle,
    /// A name that is brought in and not used.
    Unused,
    /// wit-parser refuses it, for a reason that has no rule of its own here.
    Rejected,
}

/// An edit that mends a problem.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What it does, as an imperative without a full stop.
    pub title: String,
    /// Replacements, in order and apart from one another.
    pub edits: Vec<Edit>,
    /// Whether it can be made without a person reading it.
    pub certain: bool,
}

/// New text in place of old.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// Bytes of the old text.
    pub range: Range<usize>,
    /// What stands there instead.
    pub text: String,
}

impl Problem {
    pub(crate) fn error(code: Code, range: Range<usize>, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, range, message: message.into(), fixes: Vec::new() }
    }

    /// With one more fix, of one edit, that needs nobody to read it.
    #[must_use]
    pub(crate) fn fixed_by(self, title: impl Into<String>, range: Range<usize>, text: impl Into<String>) -> Self {
        self.fix(title, vec![Edit { range, text: text.into() }], true)
    }

    /// With one more fix that may not be what was meant.
    #[must_use]
    pub(crate) fn perhaps(self, title: impl Into<String>, range: Range<usize>, text: impl Into<String>) -> Self {
        self.fix(title, vec![Edit { range, text: text.into() }], false)
    }

    #[must_use]
    pub(crate) fn fix(mut self, title: impl Into<String>, edits: Vec<Edit>, certain: bool) -> Self {
        self.fixes.push(Fix { title: title.into(), edits, certain });
        self
    }
}

/// `text` with `edits` made, which are in order and apart from one another; one that is not is left out.
#[must_use]
pub fn edited<'a>(text: &str, edits: impl IntoIterator<Item = &'a Edit>) -> String {
    let (mut out, mut at) = (String::with_capacity(text.len() + 16), 0);
    for edit in edits {
        if edit.range.start < at {
            continue;
        }
        let Some(kept) = text.get(at..edit.range.start) else { continue };
        if text.get(edit.range.clone()).is_none() {
            continue;
        }
        out.push_str(kept);
        out.push_str(&edit.text);
        at = edit.range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
