//! All that is wrong in the WIT of a component, and what of it can be mended without a person.

use std::path::{Path, PathBuf};

use crate::files;
use crate::files::Kind;
use crate::inspect::wit::missing_package_help;
use crate::inspect::wit_files::groups;
use crate::model::diagnostic::{Diagnostic, Edit, Fix, Origin, Place, Severity, line_column};
use crate::wit::check::{Known, check};
use crate::wit::outline::{Outline, outline};
use crate::wit::problem::{self, Code, Problem};
use crate::wit::syntax::{Parsed, parse};

/// Rounds of fixes; each makes more of a text readable.
const MOST_ROUNDS: usize = 20;

/// The texts of a package and of what it uses.
struct Texts {
    /// The package's own first, then each dependency's.
    groups: Vec<Vec<Source>>,
    /// Whether some of it is no text.
    is_partial: bool,
}

struct Source {
    path: PathBuf,
    text: String,
    parsed: Parsed,
    outline: Outline,
}

impl Source {
    fn new(path: PathBuf, text: String) -> Self {
        let parsed = parse(&text);
        let outline = outline(&parsed);
        Self { path, text, parsed, outline }
    }
}

impl Texts {
    /// `None` where it cannot be read.
    fn read(root: &Path, wit: &Path) -> Option<Self> {
        let mut texts = Self { groups: Vec::new(), is_partial: false };
        for group in groups(root, wit)? {
            let mut read = Vec::new();
            for path in group {
                match files::text(&path, Kind::Wit) {
                    Ok(text) if !wat::Detect::from_bytes(text.as_bytes()).is_wasm() => {
                        read.push(Source::new(path, text));
                    }
                    _ => texts.is_partial = true,
                }
            }
            texts.groups.push(read);
        }
        Some(texts)
    }

    /// The problems of each file, by group and file. What names mean is asked only where every text follows the grammar.
    fn problems(&self) -> Vec<Vec<Vec<Problem>>> {
        let grammar: Vec<Vec<Vec<Problem>>> = self
            .groups
            .iter()
            .map(|group| group.iter().map(|text| text.parsed.problems().to_vec()).collect())
            .collect();
        if grammar.iter().flatten().any(|problems| !problems.is_empty()) {
            return grammar;
        }
        let outlines = |group: &'_ [Source]| group.iter().map(|text| text.outline.clone()).collect::<Vec<_>>();
        let mut known = Known::default();
        for group in &self.groups {
            known.add(&outlines(group).iter().collect::<Vec<_>>());
        }
        if self.is_partial {
            known.and_others();
        }
        self.groups.iter().map(|group| check(&outlines(group).iter().collect::<Vec<_>>(), &known)).collect()
    }

    /// Makes every fix that is certain; whether there was one.
    fn mend(&mut self) -> bool {
        let mut has_mended = false;
        for _ in 0..MOST_ROUNDS {
            let mut is_mended = false;
            let found = self.problems();
            for (text, problems) in self.groups.iter_mut().flatten().zip(found.into_iter().flatten()) {
                let mut edits: Vec<problem::Edit> = Vec::new();
                for fix in problems.iter().filter_map(|problem| problem.fixes.iter().find(|fix| fix.certain)) {
                    let is_apart = |edit: &problem::Edit| {
                        edits
                            .iter()
                            .all(|other| edit.range.end <= other.range.start || other.range.end <= edit.range.start)
                            && !edits.iter().any(|other| other.range == edit.range)
                    };
                    if fix.edits.iter().all(is_apart) {
                        edits.extend(fix.edits.iter().cloned());
                    }
                }
                edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
                if !edits.is_empty() {
                    *text = Source::new(text.path.clone(), problem::edited(&text.text, &edits));
                    is_mended = true;
                }
            }
            if !is_mended {
                break;
            }
            has_mended = true;
        }
        has_mended
    }
}

/// All that is wrong with the WIT at `wit`, which wit-parser refused with `refusal`; at least that.
pub(super) fn all(root: &Path, wit: &Path, refusal: Diagnostic) -> Vec<Diagnostic> {
    let Some(texts) = Texts::read(root, wit) else { return vec![refusal] };
    let found = texts.problems();
    let mut problems = Vec::new();
    for (text, found) in texts.groups.iter().flatten().zip(found.iter().flatten()) {
        let errors = found.iter().filter(|problem| problem.severity == Severity::Error);
        problems.extend(errors.map(|problem| diagnostic(wit, text, problem)));
    }
    if problems.is_empty() { vec![refusal] } else { problems }
}

fn diagnostic(wit: &Path, text: &Source, problem: &Problem) -> Diagnostic {
    let place = |at: usize| {
        let (line, column) = line_column(&text.text, at);
        Place { file: text.path.clone(), line, column }
    };
    let fixes = problem.fixes.iter().map(|fix| Fix {
        title: fix.title.clone(),
        edits: fix
            .edits
            .iter()
            .map(|edit| Edit { place: place(edit.range.start), range: edit.range.clone(), text: edit.text.clone() })
            .collect(),
        certain: fix.certain,
    });
    let help = match (problem.code, problem.fixes.first()) {
        (Code::MissingPackage, None) => {
            text.text.get(problem.range.clone()).map(|name| missing_package_help(wit, name))
        }
        (_, Some(fix)) if fix.certain => Some(format!("{}, or run `studio check --fix`", fix.title)),
        (_, Some(fix)) => Some(fix.title.clone()),
        (_, None) => None,
    };
    Diagnostic {
        place: Some(place(problem.range.start)),
        fixes: fixes.collect(),
        help,
        ..Diagnostic::error(Origin::Wit, problem.message.clone())
    }
}

/// A file of WIT that can be mended.
#[derive(Debug)]
pub struct Mended {
    /// As it is in `root`.
    pub path: PathBuf,
    /// As it is.
    pub before: String,
    /// With every certain fix made.
    pub after: String,
}

/// What certain fixes make of the WIT at `wit`, its dependencies in `root` included; only files that they change.
#[must_use]
pub fn mended(root: &Path, wit: &Path) -> Vec<Mended> {
    let Some(mut texts) = Texts::read(root, wit) else { return Vec::new() };
    let before: Vec<String> = texts.groups.iter().flatten().map(|text| text.text.clone()).collect();
    if !texts.mend() {
        return Vec::new();
    }
    let all = texts.groups.into_iter().flatten().zip(before);
    let changed = all.filter(|(text, before)| text.text != *before && text.path.starts_with(root));
    changed.map(|(text, before)| Mended { path: text.path, before, after: text.text }).collect()
}
