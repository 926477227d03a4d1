//! The texts of a package and of the packages that it uses: what checking, navigating and a language server look at.

use std::path::{Path, PathBuf};

use crate::model::diagnostic::Severity;
use crate::wit::check::{Known, check};
use crate::wit::outline::{Outline, outline};
use crate::wit::problem::{Edit, Problem, edited};
use crate::wit::syntax::{Parsed, parse};
use crate::wit::verdict::verdict;

/// Rounds of fixes; each makes more of a text readable.
const MOST_ROUNDS: usize = 20;

/// Packages by their files. The first is the one that is looked at, the others are what it may use.
#[derive(Clone, Default, Debug)]
pub struct Sources {
    groups: Vec<Vec<Source>>,
    is_partial: bool,
}

/// A text with what was made of it.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it is, as its owner names it.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
    /// Its tree.
    pub parsed: Parsed,
    /// What it declares and names.
    pub outline: Outline,
}

/// A file among [`Sources`]: which package, and which of its files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId {
    /// The package.
    pub group: usize,
    /// The file in it.
    pub file: usize,
}

impl Source {
    /// A text, parsed.
    #[must_use]
    pub fn new(path: PathBuf, text: String) -> Self {
        let parsed = parse(&text);
        let outline = outline(&parsed);
        Self { path, text, parsed, outline }
    }

    /// The same after an edit, of which only the part around it is parsed anew.
    #[must_use]
    pub fn edited(&self, edit: &Edit) -> Self {
        let text = edited(&self.text, [edit]);
        let parsed = self.parsed.edited(edit, &text);
        let outline = outline(&parsed);
        Self { path: self.path.clone(), text, parsed, outline }
    }
}

impl Sources {
    /// Adds the files of one more package.
    pub fn push(&mut self, files: Vec<Source>) {
        self.groups.push(files);
    }

    /// Says that there are packages besides which are no texts.
    pub fn and_others(&mut self) {
        self.is_partial = true;
    }

    /// All files, package by package.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        let groups = self.groups.iter().enumerate();
        groups.flat_map(|(group, files)| {
            files.iter().enumerate().map(move |(file, source)| (FileId { group, file }, source))
        })
    }

    /// The file of this number.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.groups.get(id.group)?.get(id.file)
    }

    /// The number of the file at `path`.
    #[must_use]
    pub fn find(&self, path: &Path) -> Option<FileId> {
        self.iter().find(|(_, source)| source.path == path).map(|(id, _)| id)
    }

    /// Puts another text in a file's place.
    pub fn replace(&mut self, id: FileId, source: Source) {
        if let Some(slot) = self.groups.get_mut(id.group).and_then(|group| group.get_mut(id.file)) {
            *slot = source;
        }
    }

    /// The packages, each by its files' outlines.
    pub(crate) fn packages(&self) -> impl Iterator<Item = Vec<&Outline>> {
        self.groups.iter().map(|group| group.iter().map(|source| &source.outline).collect())
    }

    /// What is wrong, file by file as [`Sources::iter`] gives them: what does not follow the grammar; where all does,
    /// what names mean nothing; where all do, what wit-parser says.
    #[must_use]
    pub fn problems(&self) -> Vec<Vec<Problem>> {
        let mut problems = self.own_problems();
        if problems.iter().flatten().all(|problem| problem.severity != Severity::Error)
            && !self.is_partial
            && let Some((path, problem)) = verdict(&self.groups)
        {
            let at = self.iter().position(|(_, source)| source.path == path).unwrap_or_default();
            problems.extend(problems.is_empty().then(Vec::new));
            if let Some(of_file) = problems.get_mut(at) {
                of_file.push(problem);
            }
        }
        problems
    }

    /// The same without wit-parser.
    #[must_use]
    pub fn own_problems(&self) -> Vec<Vec<Problem>> {
        let grammar: Vec<Vec<Problem>> = self.iter().map(|(_, source)| source.parsed.problems().to_vec()).collect();
        if grammar.iter().any(|problems| !problems.is_empty()) {
            return grammar;
        }
        let known = self.known();
        self.packages().flat_map(|files| check(&files, &known)).collect()
    }

    fn known(&self) -> Known {
        let mut known = Known::default();
        self.packages().for_each(|files| known.add(&files));
        if self.is_partial {
            known.and_others();
        }
        known
    }

    /// Makes every fix that is certain, round after round.
    pub fn mend(&mut self) {
        for _ in 0..MOST_ROUNDS {
            let found = self.own_problems();
            let mut is_mended = false;
            for (source, problems) in self.groups.iter_mut().flatten().zip(found) {
                let edits = certain_edits(&problems);
                if !edits.is_empty() {
                    *source = Source::new(source.path.clone(), edited(&source.text, &edits));
                    is_mended = true;
                }
            }
            if !is_mended {
                return;
            }
        }
    }
}

/// The edits of all certain fixes that stand apart from one another, in order.
#[must_use]
pub fn certain_edits(problems: &[Problem]) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    for fix in problems.iter().filter_map(|problem| problem.fixes.iter().find(|fix| fix.certain)) {
        let is_apart = |edit: &Edit| {
            edits.iter().all(|other| {
                other.range != edit.range
                    && (edit.range.end <= other.range.start || other.range.end <= edit.range.start)
            })
        };
        if fix.edits.iter().all(is_apart) {
            edits.extend(fix.edits.iter().cloned());
        }
    }
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    edits
}
