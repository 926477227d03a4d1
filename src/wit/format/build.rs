//! Tree → parts: which word stands beside which, and where a line may or must be broken.

use rowan::NodeOrToken;

use crate::wit::format::comment::Gap;
use crate::wit::format::print::Part;
use crate::wit::syntax::{SyntaxKind as K, SyntaxNode, SyntaxToken};

/// The parts of a whole file, which has no problems.
pub(super) fn build(file: &SyntaxNode) -> Vec<Part> {
    let mut builder = Builder { parts: Vec::new(), between: None };
    builder.lines(file);
    // Comments behind the last item.
    let gap = Gap::before(None, file.last_token(), false);
    if gap.has_comments() {
        let between = builder.between.take();
        gap.write(&mut builder.parts, between, true);
    }
    builder.parts
}

struct Builder {
    parts: Vec<Part>,
    /// What comes before the next word, if no comment does.
    between: Option<Part>,
}

impl Builder {
    /// Children that each stand on lines of their own.
    fn lines(&mut self, node: &SyntaxNode) {
        for (at, child) in node.children().enumerate() {
            if at > 0 {
                self.between = Some(Part::Hard { blank: false });
            }
            self.node(&child);
        }
    }

    fn node(&mut self, node: &SyntaxNode) {
        match node.kind() {
            K::Body => self.body(node),
            K::Members => {
                let kind = node.parent().map(|parent| parent.kind());
                let space = !matches!(kind, Some(K::Use | K::TopLevelUse));
                let stays_broken = matches!(kind, Some(K::Record | K::Variant | K::Enum | K::Flags));
                self.list(node, space, stays_broken, ",");
            }
            K::Params => self.list(node, false, false, ","),
            K::TypeArguments => self.list(node, false, false, ""),
            K::Attribute => {
                self.run(node);
                self.between = Some(Part::Hard { blank: false });
            }
            _ => self.run(node),
        }
    }

    /// Words and nodes side by side.
    fn run(&mut self, node: &SyntaxNode) {
        for child in node.children_with_tokens() {
            match child {
                NodeOrToken::Node(child) => self.node(&child),
                NodeOrToken::Token(token) if token.kind().is_trivia() => {}
                NodeOrToken::Token(token) => self.word(&token, false),
            }
        }
    }

    fn word(&mut self, token: &SyntaxToken, skips: bool) {
        let gap = Gap::before(Some(token), None, skips);
        let closes = matches!(token.kind(), K::RightBrace | K::RightParen | K::GreaterThan);
        let between = self.between.take().or_else(|| space_before(token).then_some(Part::Space));
        gap.write(&mut self.parts, between, closes);
        self.parts.push(Part::Text(token.text().to_owned()));
    }

    /// `{ … }` around items.
    fn body(&mut self, node: &SyntaxNode) {
        let (mut open, mut close) = (None, None);
        for token in node.children_with_tokens().filter_map(NodeOrToken::into_token) {
            match token.kind() {
                K::LeftBrace => open = Some(token),
                K::RightBrace => close = Some(token),
                _ => {}
            }
        }
        let (Some(open), Some(close)) = (open, close) else { return self.run(node) };
        self.word(&open, false);
        let is_empty = node.children().next().is_none();
        if is_empty && !Gap::before(Some(&close), None, false).has_comments() {
            self.parts.push(Part::Text(close.text().to_owned()));
            return;
        }
        self.parts.push(Part::Indent);
        self.between = Some(Part::Hard { blank: false });
        self.lines(node);
        self.close(&close, Part::Hard { blank: false }, false);
    }

    /// The bracket that closes what is indented: comments before it stand inside.
    fn close(&mut self, token: &SyntaxToken, between: Part, skips: bool) {
        let gap = Gap::before(Some(token), None, skips);
        if gap.has_comments() {
            gap.write(&mut self.parts, Some(between), true);
            // The line break behind the last comment is the bracket's, which stands further out.
            let last = self.parts.pop();
            self.parts.push(Part::Dedent);
            self.parts.extend(last);
        } else {
            self.parts.push(Part::Dedent);
            self.parts.push(match between {
                Part::Soft { space, .. } => Part::Soft { space, blank: false },
                _ => Part::Hard { blank: false },
            });
        }
        self.parts.push(Part::Text(token.text().to_owned()));
    }

    /// Elements in brackets, separated by commas. `space` stands inside the brackets where they are on one line;
    /// `stays_broken` keeps a line break behind the first bracket; `comma` stands behind the last element of broken
    /// brackets.
    fn list(&mut self, node: &SyntaxNode, space: bool, stays_broken: bool, comma: &'static str) {
        let elements: Vec<_> =
            node.children_with_tokens().filter(|child| !child.kind().is_trivia() && child.kind() != K::Comma).collect();
        let [NodeOrToken::Token(open), inner @ .., NodeOrToken::Token(close)] = elements.as_slice() else {
            return self.run(node);
        };
        self.word(open, false);
        let has_comments = Gap::before(Some(close), None, true).has_comments();
        if inner.is_empty() && !has_comments {
            self.parts.push(Part::Text(close.text().to_owned()));
            return;
        }
        self.parts.push(Part::Open);
        self.parts.push(Part::Indent);
        let first = inner.first().and_then(|element| match element {
            NodeOrToken::Node(node) => node.first_token(),
            NodeOrToken::Token(token) => Some(token.clone()),
        });
        let is_broken = stays_broken && first.is_some_and(|first| Gap::before(Some(&first), None, false).breaks());
        self.between = Some(if is_broken { Part::Hard { blank: false } } else { Part::Soft { space, blank: false } });
        for (at, element) in inner.iter().enumerate() {
            match element {
                NodeOrToken::Node(node) => self.node(node),
                NodeOrToken::Token(token) => self.word(token, false),
            }
            if at + 1 < inner.len() {
                match comma_behind(element) {
                    Some(token) => self.word(&token, false),
                    None => self.parts.push(Part::Text(",".into())),
                }
                self.between = Some(Part::Soft { space: true, blank: false });
            }
        }
        if !inner.is_empty() && !comma.is_empty() {
            self.parts.push(Part::IfBroken(comma));
        }
        self.between = None;
        self.close(close, Part::Soft { space, blank: false }, true);
        self.parts.push(Part::Close);
    }
}

/// The comma behind an element of a list.
fn comma_behind(element: &crate::wit::syntax::SyntaxElement) -> Option<SyntaxToken> {
    let mut next = element.next_sibling_or_token();
    while let Some(NodeOrToken::Token(token)) = next {
        if token.kind() == K::Comma {
            return Some(token);
        }
        if !token.kind().is_trivia() {
            return None;
        }
        next = token.next_sibling_or_token();
    }
    None
}

/// Whether a space stands before a word where a line goes on.
fn space_before(token: &SyntaxToken) -> bool {
    let mut before = token.prev_token();
    while let Some(word) = before.as_ref().filter(|word| word.kind().is_trivia()) {
        before = word.prev_token();
    }
    let Some(before) = before else { return false };
    let parent = |token: &SyntaxToken| token.parent().map(|parent| parent.kind());
    if parent(token) == Some(K::Version) {
        return before.kind() == K::Equals;
    }
    match (before.kind(), token.kind()) {
        (
            _,
            K::Semicolon
            | K::Comma
            | K::Colon
            | K::Period
            | K::LeftParen
            | K::RightParen
            | K::LessThan
            | K::GreaterThan
            | K::Slash,
        ) => false,
        (_, K::At) => parent(token) == Some(K::Attribute),
        (K::LeftParen | K::LessThan | K::Period | K::Slash | K::At, _) => false,
        (K::Colon, _) => !matches!(parent(&before), Some(K::Path | K::PackageName)),
        _ => true,
    }
}
