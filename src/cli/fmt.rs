//! `studio fmt [PATH…]`: WIT files in their one layout.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::cli::args::Fmt;
use crate::cli::{PROBLEMS, out};
use crate::files;
use crate::files::{Folder, Kind, walk};
use crate::model::diagnostic::{Diagnostic, Origin, line_column};
use crate::wit::format::format;
use crate::wit::problem::Problem;

/// What became of the files.
#[derive(Default)]
struct Done {
    changed: Vec<PathBuf>,
    unchanged: usize,
    problems: Vec<Diagnostic>,
}

pub(super) fn run(args: &Fmt) -> anyhow::Result<u8> {
    if args.paths == [Path::new("-")] {
        return stdin(args.check);
    }
    let here = [PathBuf::from(".")];
    let mut done = Done::default();
    for path in if args.paths.is_empty() { here.as_slice() } else { &args.paths } {
        let about = path.metadata().with_context(|| format!("`{}`", path.display()))?;
        if about.is_dir() {
            let folder = Folder::open(path).with_context(|| format!("`{}`", path.display()))?;
            for file in wit_files(path) {
                one(&folder, &file, args.check, &mut done);
            }
        } else {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let folder = Folder::open(parent).with_context(|| format!("`{}`", parent.display()))?;
            one(&folder, path, args.check, &mut done);
        }
    }
    report(args, &done);
    let differs = args.check && !done.changed.is_empty();
    Ok(if differs || !done.problems.is_empty() { PROBLEMS } else { 0 })
}

/// The WIT below a folder, but for copies of other packages, which keep the layout of their source.
fn wit_files(folder: &Path) -> Vec<PathBuf> {
    let is_wit = |path: &Path| {
        let inside = path.strip_prefix(folder).unwrap_or(path);
        let is_copy = inside.parent().is_some_and(|parent| parent.components().any(|part| part.as_os_str() == "deps"));
        path.extension().is_some_and(|extension| extension == "wit") && !is_copy
    };
    walk::walk(folder, folder, is_wit).files
}

fn one(folder: &Folder, path: &Path, check: bool, done: &mut Done) {
    let shown = path.strip_prefix(".").unwrap_or(path);
    let failed = |error: &dyn std::fmt::Display| Diagnostic::error(Origin::Wit, error.to_string()).at(shown, 0, 0);
    let text = match files::text(path, Kind::Wit) {
        Ok(text) => text,
        Err(error) => return done.problems.push(failed(&error)),
    };
    match format(&text) {
        Err(problems) => done.problems.extend(problems.iter().map(|problem| diagnostic(shown, &text, problem))),
        Ok(formatted) if formatted == text => done.unchanged += 1,
        Ok(formatted) => {
            let written = if check { Ok(()) } else { write(folder, path, &formatted) };
            match written {
                Ok(()) => done.changed.push(shown.to_owned()),
                Err(error) => done.problems.push(failed(&error)),
            }
        }
    }
}

fn write(folder: &Folder, path: &Path, text: &str) -> Result<(), files::WriteError> {
    let path = path.canonicalize()?;
    folder.write(&path, text.as_bytes(), files::Links::Inside)
}

fn diagnostic(path: &Path, text: &str, problem: &Problem) -> Diagnostic {
    let (line, column) = line_column(text, problem.range.start);
    Diagnostic::error(Origin::Wit, problem.message.clone()).at(path, line, column)
}

/// An editor's buffer: what it holds comes in, what it is to hold goes out.
fn stdin(check: bool) -> anyhow::Result<u8> {
    let mut text = String::new();
    std::io::stdin().take(Kind::Wit.limit()).read_to_string(&mut text).context("cannot read stdin")?;
    match format(&text) {
        Ok(formatted) if check => Ok(if formatted == text { 0 } else { PROBLEMS }),
        Ok(formatted) => {
            out::bytes(formatted.as_bytes());
            Ok(0)
        }
        Err(problems) => {
            for problem in &problems {
                out::problem(&diagnostic(Path::new("-"), &text, problem));
            }
            Ok(PROBLEMS)
        }
    }
}

fn report(args: &Fmt, done: &Done) {
    if args.json {
        let changed: Vec<_> = done.changed.iter().map(|path| path.display().to_string()).collect();
        let problems: Vec<_> = done.problems.iter().map(out::problem_json).collect();
        return out::json(
            &serde_json::json!({ "changed": changed, "unchanged": done.unchanged, "problems": problems }),
        );
    }
    let verb = if args.check { "not formatted" } else { "formatted" };
    for path in &done.changed {
        out::line(&format!("{verb}: {}", path.display()));
    }
    done.problems.iter().for_each(out::problem);
    if done.changed.is_empty() && done.problems.is_empty() {
        out::line(&match done.unchanged {
            0 => "there is no WIT to format".to_owned(),
            1 => "1 file is formatted".to_owned(),
            n => format!("{n} files are formatted"),
        });
    }
}
