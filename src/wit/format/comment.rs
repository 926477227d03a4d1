//! What stands between two words of a text: comments, and how many lines.

use crate::wit::format::print::Part;
use crate::wit::syntax::{SyntaxKind, SyntaxToken};

/// The comments before a word, and the lines around them.
pub(super) struct Gap {
    comments: Vec<Comment>,
    /// Line breaks between the last comment, or the word before, and the word.
    lines: usize,
    /// Whether nothing stands before it.
    is_first: bool,
    /// Whether a bracket opened just before.
    opens: bool,
}

struct Comment {
    text: String,
    is_line: bool,
    /// Line breaks before it.
    lines: usize,
}

impl Gap {
    /// What stands before `word`. A comma that is given up (`skips`) counts as not there.
    pub(crate) fn before(word: Option<&SyntaxToken>, last: Option<SyntaxToken>, skips: bool) -> Self {
        let mut tokens = Vec::new();
        let mut before = word.map_or(last, SyntaxToken::prev_token);
        while let Some(token) = before.take() {
            let is_skipped = skips && token.kind() == SyntaxKind::Comma;
            if !token.kind().is_trivia() && !is_skipped {
                before = Some(token);
                break;
            }
            before = token.prev_token();
            tokens.push(token);
        }
        let is_first = before.is_none();
        let opens = before.is_some_and(|word| {
            matches!(word.kind(), SyntaxKind::LeftBrace | SyntaxKind::LeftParen | SyntaxKind::LessThan)
        });
        let mut gap = Self { comments: Vec::new(), lines: 0, is_first, opens };
        for token in tokens.iter().rev() {
            let text = token.text();
            match token.kind() {
                SyntaxKind::LineComment => gap.comment(text.trim_end().to_owned(), true),
                SyntaxKind::BlockComment => gap.comment(block(text), false),
                _ => gap.lines += text.matches('\n').count(),
            }
        }
        gap
    }

    fn comment(&mut self, text: String, is_line: bool) {
        let lines = std::mem::take(&mut self.lines);
        self.comments.push(Comment { text, is_line, lines });
    }

    /// Whether there is any.
    pub(crate) fn has_comments(&self) -> bool {
        !self.comments.is_empty()
    }

    /// Whether the word stands on another line than the one before it.
    pub(crate) fn breaks(&self) -> bool {
        self.lines > 0 || self.comments.iter().any(|comment| comment.lines > 0)
    }

    /// Puts the comments and what parts them into `parts`, or `between` where there is none. `closes` says that the word
    /// is a bracket that closes, before which no blank line stands.
    pub(crate) fn write(self, parts: &mut Vec<Part>, between: Option<Part>, closes: bool) {
        let is_blank = |lines: usize| lines > 1;
        if self.comments.is_empty() {
            let blank = is_blank(self.lines) && !self.opens && !closes;
            parts.extend(match between {
                Some(Part::Soft { space, .. }) => Some(Part::Soft { space, blank }),
                Some(Part::Hard { .. }) => Some(Part::Hard { blank }),
                other => other,
            });
            return;
        }
        let (mut is_first, mut opens) = (self.is_first, self.opens);
        let wants_line = matches!(between, Some(Part::Hard { .. }));
        let mut must_break = false;
        for comment in self.comments {
            if comment.lines > 0 || must_break {
                if !is_first {
                    parts.push(Part::Hard { blank: is_blank(comment.lines) && !opens });
                }
            } else if !is_first && (!opens || comment.is_line || wants_line) {
                parts.push(Part::Space);
            }
            must_break = comment.is_line;
            parts.push(if comment.is_line { Part::LineComment(comment.text) } else { Part::Text(comment.text) });
            (is_first, opens) = (false, false);
        }
        if must_break || self.lines > 0 || wants_line {
            parts.push(Part::Hard { blank: is_blank(self.lines) && !closes });
        } else {
            parts.push(match between {
                Some(Part::Soft { space, .. }) if closes => Part::Soft { space, blank: false },
                _ => Part::Space,
            });
        }
    }
}

/// A block comment. Where each line begins with `*`, they are put below the first.
fn block(text: &str) -> String {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default().trim_end().to_owned();
    let rest: Vec<&str> = lines.collect();
    if rest.is_empty() || !rest.iter().all(|line| line.trim_start().starts_with('*')) {
        return text.to_owned();
    }
    // The indentation is put before each line when it is printed.
    rest.iter().fold(first, |text, line| text + "\n" + HERE + " " + line.trim())
}

/// Where the indentation of a line inside a comment belongs: a character that no comment can hold.
pub(super) const HERE: &str = "\u{0}";
