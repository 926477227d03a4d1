//! All that is wrong in the WIT of a component, and what of it can be mended without a person.

use std::path::{Path, PathBuf};

use crate::files;
use crate::files::Kind;
use crate::inspect::wit::missing_package_help;
use crate::inspect::wit_files::groups;
use crate::model::diagnostic::{Diagnostic, Edit, Fix, Origin, Place, Severity, line_column};
use crate::wit::problem::{Code, Problem};
use crate::wit::sources::{Source, Sources};

/// The texts of the package at `wit`, and of what lies in its `deps/`. A file whose text `open` knows is not read.
/// `None` where they cannot be listed.
pub(crate) fn sources(root: &Path, wit: &Path, open: impl Fn(&Path) -> Option<Source>) -> Option<Sources> {
    let mut sources = Sources::default();
    for group in groups(root, wit)? {
        let mut read = Vec::new();
        for path in group {
            if let Some(source) = open(&path) {
                read.push(source);
                continue;
            }
            match files::text(&path, Kind::Wit) {
                Ok(text) if !wat::Detect::from_bytes(text.as_bytes()).is_wasm() => read.push(Source::new(path, text)),
                _ => sources.and_others(),
            }
        }
        sources.push(read);
    }
    Some(sources)
}

/// All that is wrong with the WIT at `wit`, which wit-parser refused with `refusal`; at least that.
pub(super) fn all(root: &Path, wit: &Path, refusal: Diagnostic) -> Vec<Diagnostic> {
    let Some(sources) = sources(root, wit, |_| None) else { return vec![refusal] };
    let found = sources.own_problems();
    let mut problems = Vec::new();
    for ((_, source), found) in sources.iter().zip(&found) {
        let errors = found.iter().filter(|problem| problem.severity == Severity::Error);
        problems.extend(errors.map(|problem| diagnostic(wit, source, problem)));
    }
    if problems.is_empty() { vec![refusal] } else { problems }
}

fn diagnostic(wit: &Path, source: &Source, problem: &Problem) -> Diagnostic {
    let place = |at: usize| {
        let (line, column) = line_column(&source.text, at);
        Place { file: source.path.clone(), line, column }
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
        (Code::MissingPackage, _) => source.text.get(problem.range.clone()).map(|name| missing_package_help(wit, name)),
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
    /// As its folder was given.
    pub path: PathBuf,
    /// With every certain fix made.
    pub text: String,
}

/// What certain fixes make of the WIT at `wit`, its dependencies in `root` included; only files that they change.
#[must_use]
pub fn mended(root: &Path, wit: &Path) -> Vec<Mended> {
    let Some(mut sources) = sources(root, wit, |_| None) else { return Vec::new() };
    let before: Vec<String> = sources.iter().map(|(_, source)| source.text.clone()).collect();
    sources.mend();
    let changed = sources.iter().zip(before).filter(|((_, source), before)| source.text != *before);
    let inside = changed.map(|((_, source), _)| source).filter(|source| source.path.starts_with(root));
    inside.map(|source| Mended { path: source.path.clone(), text: source.text.clone() }).collect()
}
