//! A question that is answered with a line of text.

use crate::build::scaffold::Template;
use crate::tui::overlay::field::Field;

/// What the answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// The program's arguments, from its next start on.
    Arguments,
    /// The focused component's name in the composition.
    Rename,
    /// What is looked for in the open file.
    SearchSource,
    /// The file that the log is written to.
    LogFile,
    /// Where a new project is made from a template.
    NewFolder(Template),
    /// What the node of the panel below may do as well.
    Grant,
    /// What it may do instead of what is selected there.
    EditGrant,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prompt {
    pub(crate) title: String,
    /// What may be written, below the line.
    pub(crate) hint: String,
    pub(crate) field: Field,
    /// Why the last answer was not taken; goes with the next letter.
    pub(crate) trouble: Option<String>,
    pub(crate) ask: Ask,
}

impl Prompt {
    pub(crate) fn new(title: impl Into<String>, hint: impl Into<String>, text: impl Into<String>, ask: Ask) -> Self {
        Self { title: title.into(), hint: hint.into(), field: Field::new(text), trouble: None, ask }
    }
}
