//! The machine that [`grammar`](crate::wit::syntax::grammar) runs on: where it is in the tokens, the tree so far, the
//! problems so far.
//!
//! Space and comments never concern the grammar. They go into the tree before the token or node that they precede, so a
//! node begins and ends with a token that means something.

use std::ops::Range;

use rowan::{Checkpoint, GreenNode, GreenNodeBuilder, Language};

use crate::wit::problem::{Code, Problem};
use crate::wit::syntax::lexer::{Token, tokens};
use crate::wit::syntax::{SyntaxKind, Wit, characters, grammar};

/// Problems of one text that are told.
pub(super) const MOST_PROBLEMS: usize = 1_000;

/// Parses `text` as a file; as one of a single item of `place` where that is given, see [`grammar::root`].
pub(super) fn parse(text: &str, place: Option<SyntaxKind>) -> (GreenNode, Vec<Problem>) {
    let mut parser = Parser::new(text, place.is_none());
    grammar::root(&mut parser, place);
    let mut problems = parser.problems;
    problems.extend(characters::problems(text, &parser.tokens));
    problems.truncate(MOST_PROBLEMS);
    problems.sort_by_key(|problem| problem.range.start);
    (parser.builder.finish(), problems)
}

/// See the module.
pub(super) struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    /// Where each token begins, and where the text ends.
    starts: Vec<usize>,
    /// The tokens that mean something, as indices of `tokens`.
    words: Vec<usize>,
    /// The word that comes next.
    at: usize,
    /// Tokens that are in the tree.
    built: usize,
    builder: GreenNodeBuilder<'static>,
    problems: Vec<Problem>,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, is_file: bool) -> Self {
        let tokens = tokens(text, is_file);
        let mut starts = Vec::with_capacity(tokens.len() + 1);
        let mut at = 0;
        for token in &tokens {
            starts.push(at);
            at += token.len;
        }
        starts.push(at);
        let words = tokens.iter().enumerate().filter(|(_, token)| !token.kind.is_trivia()).map(|(at, _)| at).collect();
        let (builder, problems) = (GreenNodeBuilder::new(), Vec::new());
        Self { text, tokens, starts, words, at: 0, built: 0, builder, problems }
    }

    /// The kind of the word `n` words ahead; `None` at the end.
    pub(crate) fn nth(&self, n: usize) -> Option<SyntaxKind> {
        Some(self.tokens.get(*self.words.get(self.at + n)?)?.kind)
    }

    /// Whether the next word is of this kind.
    pub(crate) fn at(&self, kind: SyntaxKind) -> bool {
        self.nth(0) == Some(kind)
    }

    /// Whether all is read.
    pub(crate) fn at_end(&self) -> bool {
        self.at >= self.words.len()
    }

    /// How the word `n` words ahead is written; empty at the end.
    pub(crate) fn nth_text(&self, n: usize) -> &'t str {
        self.text.get(self.nth_range(n)).unwrap_or_default()
    }

    /// The bytes of the word `n` words ahead; the text's end where there is none.
    pub(crate) fn nth_range(&self, n: usize) -> Range<usize> {
        self.range_of(self.at + n)
    }

    fn range_of(&self, word: usize) -> Range<usize> {
        let start = |token: usize| self.starts.get(token).copied().unwrap_or(self.text.len());
        match self.words.get(word) {
            Some(&token) => start(token)..start(token + 1),
            None => self.text.len()..self.text.len(),
        }
    }

    /// The bytes of the word read last; none at the beginning.
    pub(crate) fn last_range(&self) -> Range<usize> {
        self.at.checked_sub(1).map_or(0..0, |word| self.range_of(word))
    }

    /// Whether the word read last is of this kind.
    pub(crate) fn last_is(&self, kind: SyntaxKind) -> bool {
        let last = self.at.checked_sub(1).and_then(|at| self.words.get(at)).and_then(|&word| self.tokens.get(word));
        last.is_some_and(|token| token.kind == kind)
    }

    /// The text of these bytes.
    pub(crate) fn text(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or_default()
    }

    /// What was read since the last `:` that stands in no brackets; `None` where there is none.
    pub(crate) fn since_colon(&self) -> Option<String> {
        let kind = |word: usize| Some(self.tokens.get(*self.words.get(word)?)?.kind);
        let mut depth = 0_usize;
        for word in (0..self.at).rev() {
            match kind(word)? {
                SyntaxKind::GreaterThan => depth += 1,
                SyntaxKind::LessThan => depth = depth.saturating_sub(1),
                SyntaxKind::Colon if depth == 0 => {
                    let text = self.text(self.range_of(word).end..self.last_range().end);
                    return Some(text.trim().to_owned());
                }
                SyntaxKind::LeftParen | SyntaxKind::Semicolon => return None,
                _ => {}
            }
        }
        None
    }

    /// Just behind the word read last, where what is missing belongs.
    pub(crate) fn behind(&self) -> Range<usize> {
        let end = self.last_range().end;
        end..end
    }

    /// Whether a line break stands before the word `n` words ahead.
    pub(crate) fn on_new_line(&self, n: usize) -> bool {
        let before = (self.at + n).checked_sub(1).map_or(0, |word| self.range_of(word).end);
        self.text.get(before..self.nth_range(n).start).is_some_and(|between| between.contains('\n'))
    }

    /// Reads the next word into the tree.
    pub(crate) fn bump(&mut self) {
        let Some(&word) = self.words.get(self.at) else { return };
        self.build_up_to(word + 1);
        self.at += 1;
    }

    /// Reads the next word if it is of this kind.
    pub(crate) fn eat(&mut self, kind: SyntaxKind) -> bool {
        let is_it = self.at(kind);
        if is_it {
            self.bump();
        }
        is_it
    }

    /// The same, and its lack is a problem.
    pub(crate) fn expect(&mut self, kind: SyntaxKind) -> bool {
        let is_it = self.eat(kind);
        if !is_it {
            self.expected(&kind.described());
        }
        is_it
    }

    /// The problem that the next word is not `what`.
    pub(crate) fn expected(&mut self, what: &str) {
        let range = self.nth_range(0);
        let message = match self.nth(0) {
            None => format!("expected {what}, found the end of the text"),
            Some(SyntaxKind::Unknown) => return self.unknown(),
            Some(kind) if kind.text().is_some() => format!("expected {what}, found {}", kind.described()),
            Some(_) => format!("expected {what}, found `{}`", self.nth_text(0)),
        };
        self.problem(Problem::error(Code::Syntax, range, message));
    }

    /// The problem of a character that nothing begins with.
    pub(crate) fn unknown(&mut self) {
        let text = self.nth_text(0);
        let mut range = self.nth_range(0);
        let message = match text.chars().next() {
            Some('/') => "this comment does not end; it needs a `*/`".into(),
            Some('"') => "this string does not end on its line".into(),
            first => {
                range.end = range.start + first.map_or(0, char::len_utf8);
                format!("WIT has no character `{}`", first.map(|c| c.escape_default().to_string()).unwrap_or_default())
            }
        };
        if text.starts_with("/*") {
            range.end = range.start + 2;
        }
        self.problem(Problem::error(Code::Character, range, message));
    }

    pub(crate) fn problem(&mut self, problem: Problem) {
        // One place, one problem: what follows from the first says nothing new.
        let known = self.problems.last().is_some_and(|last| last.range == problem.range);
        if !known && self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// Begins a node before the next word.
    pub(crate) fn start(&mut self, kind: SyntaxKind) {
        self.build_space();
        self.builder.start_node(Wit::kind_to_raw(kind));
    }

    /// Begins the root, which holds the space before its first word too.
    pub(crate) fn start_root(&mut self, kind: SyntaxKind) {
        self.builder.start_node(Wit::kind_to_raw(kind));
    }

    /// A place before the next word, at which a node may turn out to have begun.
    pub(crate) fn checkpoint(&mut self) -> Checkpoint {
        self.build_space();
        self.builder.checkpoint()
    }

    pub(crate) fn start_at(&mut self, checkpoint: Checkpoint, kind: SyntaxKind) {
        self.builder.start_node_at(checkpoint, Wit::kind_to_raw(kind));
    }

    pub(crate) fn finish(&mut self) {
        self.builder.finish_node();
    }

    /// Puts the space at the end of the text into the tree.
    pub(crate) fn finish_root(&mut self) {
        self.build_up_to(self.tokens.len());
        self.builder.finish_node();
    }

    fn build_space(&mut self) {
        if let Some(&word) = self.words.get(self.at) {
            self.build_up_to(word);
        }
    }

    fn build_up_to(&mut self, end: usize) {
        while self.built < end {
            let (Some(token), Some(&start)) = (self.tokens.get(self.built), self.starts.get(self.built)) else {
                return;
            };
            let text = self.text.get(start..start + token.len).unwrap_or_default();
            self.builder.token(Wit::kind_to_raw(token.kind), text);
            self.built += 1;
        }
    }
}
