//! The tree after an edit, made of the tree before it: only the smallest item around the edit is parsed again.

use std::ops::Range;

use rowan::{NodeOrToken, TextRange};

use crate::wit::problem::{Edit, Problem};
use crate::wit::syntax::{Parsed, SyntaxKind, SyntaxNode, offset, parse, parser};

impl Parsed {
    /// What [`parse`] gives of the text that an edit makes of the one this was parsed of. `edited` is that new text.
    #[must_use]
    pub fn edited(&self, edit: &Edit, edited: &str) -> Self {
        self.reparsed(edit, edited).unwrap_or_else(|| parse(edited))
    }

    /// The same where a part of the tree can stay as it is.
    pub(super) fn reparsed(&self, edit: &Edit, edited: &str) -> Option<Self> {
        let old = TextRange::new(offset(edit.range.start), offset(edit.range.end));
        let tree = self.tree();
        if old.end() > tree.text_range().end() {
            return None;
        }
        let covering = match tree.covering_element(old) {
            NodeOrToken::Node(node) => node,
            NodeOrToken::Token(token) => token.parent()?,
        };
        // Its first and last character stay, so whatever stands around it is cut into tokens as before.
        let inside = |node: &SyntaxNode| node.text_range().start() < old.start() && old.end() < node.text_range().end();
        let mut items = covering.ancestors().filter(|node| is_item(node.kind()) && inside(node));
        items.find_map(|item| self.with_item(&item, edit, edited))
    }

    /// With `item` parsed again; `None` where it does not end where it ended.
    fn with_item(&self, item: &SyntaxNode, edit: &Edit, edited: &str) -> Option<Self> {
        let place = item.parent()?;
        let place = if place.kind() == SyntaxKind::Body { place.parent()?.kind() } else { place.kind() };
        let old = super::bytes(item.text_range());
        let grown = |at: usize| (at + edit.text.len()).checked_sub(edit.range.len());
        let new = old.start..grown(old.end)?;
        let text = edited.get(new.clone())?;
        let (file, inner) = parser::parse(text, Some(place));
        let mut children = file.children();
        let node = children.next()?.into_node()?.to_owned();
        let is_whole = children.next().is_none() && usize::from(node.text_len()) == text.len();
        if !is_whole || SyntaxKind::from_number(node.kind().0) != item.kind() {
            return None;
        }
        // By its first words a rule before it may have told that an item begins here.
        let file = SyntaxNode::new_root(file.clone());
        if !first_words(item).eq(first_words(&file)) || !ends_itself(item) || !ends_itself(&file) || !is_balanced(&file)
        {
            return None;
        }
        let problems = self.problems_with(inner, &old, &new)?;
        Some(Self { green: item.replace_with(node), problems })
    }

    /// The problems of before, but for those inside `old`, which `inner` takes the place of.
    fn problems_with(&self, inner: Vec<Problem>, old: &Range<usize>, new: &Range<usize>) -> Option<Vec<Problem>> {
        let moved = |mut problem: Problem, add: usize, sub: usize| {
            let by = |range: &mut Range<usize>| {
                *range = (range.start + add).checked_sub(sub)?..(range.end + add).checked_sub(sub)?;
                Some(())
            };
            by(&mut problem.range)?;
            problem.fixes.iter_mut().flat_map(|fix| &mut fix.edits).try_for_each(|edit| by(&mut edit.range))?;
            Some(problem)
        };
        let mut problems = Vec::with_capacity(self.problems.len() + inner.len());
        let begins = self.problems.partition_point(|problem| problem.range.start < old.start);
        let ends = self.problems.partition_point(|problem| problem.range.start < old.end);
        let (before, within, after) =
            (self.problems.get(..begins)?, self.problems.get(begins..ends)?, self.problems.get(ends..)?);
        // What is wrong at the first word may be what a rule before it expected instead.
        if within.iter().any(|problem| problem.range.start == old.start)
            || inner.iter().any(|problem| problem.range.start == 0)
        {
            return None;
        }
        // A fix far from its problem may stand on the other side, which moves otherwise.
        let apart = |problem: &Problem, side: &dyn Fn(&Range<usize>) -> bool| {
            side(&problem.range) && problem.fixes.iter().flat_map(|fix| &fix.edits).all(|edit| side(&edit.range))
        };
        if !before.iter().all(|problem| apart(problem, &|range| range.end <= old.start))
            || !after.iter().all(|problem| apart(problem, &|range| range.start >= old.end))
        {
            return None;
        }
        problems.extend(before.iter().cloned());
        for problem in inner {
            problems.push(moved(problem, new.start, 0)?);
        }
        for problem in after {
            problems.push(moved(problem.clone(), new.end, old.end)?);
        }
        (problems.len() < parser::MOST_PROBLEMS).then_some(problems)
    }
}

fn first_words(node: &SyntaxNode) -> impl Iterator<Item = (SyntaxKind, String)> {
    let tokens = node.descendants_with_tokens().filter_map(NodeOrToken::into_token);
    let words = tokens.filter(|token| !token.kind().is_trivia()).take(3);
    words.map(|token| (token.kind(), token.text().to_owned()))
}

/// Whether its last word is the one that an item of its kind ends with.
fn ends_itself(node: &SyntaxNode) -> bool {
    use SyntaxKind as K;
    let Some(last) = node.last_token() else { return false };
    let mut around = last.parent_ancestors().map(|node| node.kind());
    match last.kind() {
        K::Semicolon => true,
        K::RightBrace => match around.next() {
            Some(K::Body) => true,
            Some(K::Members) => !matches!(around.next(), Some(K::Use | K::TopLevelUse)),
            _ => false,
        },
        _ => false,
    }
}

/// Whether each `{` has its `}`: one that has none reaches over what follows.
fn is_balanced(node: &SyntaxNode) -> bool {
    let tokens = node.descendants_with_tokens().filter_map(NodeOrToken::into_token);
    let depth = tokens.map(|token| token.kind()).try_fold(0_usize, |depth, kind| match kind {
        SyntaxKind::LeftBrace => Some(depth + 1),
        SyntaxKind::RightBrace => depth.checked_sub(1),
        _ => Some(depth),
    });
    depth == Some(0)
}

/// Whether it is parsed the same wherever it stands in a body of its kind.
fn is_item(kind: SyntaxKind) -> bool {
    use SyntaxKind as K;
    matches!(
        kind,
        K::Interface
            | K::World
            | K::TopLevelUse
            | K::Import
            | K::Export
            | K::Include
            | K::Use
            | K::TypeAlias
            | K::Record
            | K::Flags
            | K::Variant
            | K::Enum
            | K::Resource
            | K::Constructor
            | K::Function
    )
}
