//! What cargo says in words, on stderr: progress, whose lock it waits for, and the errors that have no JSON form.

use std::path::Path;

use crate::files;
use crate::files::Kind;
use crate::model::diagnostic::{Diagnostic, Origin};

/// A line of cargo's that a person wants to see while it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// It waits for somebody else's lock.
    Waiting(String),
    Progress(String),
}

/// Collects what cargo writes; [`CargoStderr::line`] gives what is worth showing at once, [`CargoStderr::problems`] what
/// went wrong.
#[derive(Debug, Default)]
pub(super) struct CargoStderr {
    errors: Vec<Vec<String>>,
    in_error: bool,
}

impl CargoStderr {
    pub(super) fn line(&mut self, line: &str) -> Option<Word> {
        let text = line.trim_end();
        if let Some(first) = text.strip_prefix("error: ") {
            self.in_error = true;
            self.errors.push(vec![first.to_owned()]);
            return None;
        }
        let word = text.trim_start();
        if let Some(lock) = word.strip_prefix("Blocking waiting for file lock on ") {
            self.in_error = false;
            return Some(Word::Waiting(waiting(lock)));
        }
        if is_progress(text) {
            self.in_error = false;
            return Some(Word::Progress(word.to_owned()));
        }
        if text.starts_with("warning: ") {
            self.in_error = false;
        } else if self.in_error
            && let Some(error) = self.errors.last_mut()
        {
            error.push(text.to_owned());
        }
        None
    }

    /// The errors that are not mere counts of what rustc has said already.
    pub(super) fn problems(&self, workspace: &Path, root: &Path) -> Vec<Diagnostic> {
        self.errors.iter().filter_map(|e| problem(e, workspace, root)).collect()
    }
}

fn waiting(lock: &str) -> String {
    match lock {
        "package cache" => "waiting for another cargo (package cache)".into(),
        "build directory" | "artifact directory" => "waiting for another cargo (target directory)".into(),
        other => format!("waiting for another cargo ({other})"),
    }
}

/// Lines such as `   Compiling logger v0.1.0 (…)`: a right-aligned verb.
fn is_progress(text: &str) -> bool {
    const VERBS: [&str; 9] =
        ["Compiling", "Updating", "Locking", "Downloading", "Downloaded", "Adding", "Fetch", "Building", "Installing"];
    text.starts_with(' ') && text.split_whitespace().next().is_some_and(|verb| VERBS.contains(&verb))
}

fn problem(error: &[String], workspace: &Path, root: &Path) -> Option<Diagnostic> {
    let first = error.first()?;
    if first.starts_with("could not compile")
        || first.starts_with("build failed")
        || first.starts_with("aborting due to")
    {
        return None;
    }
    let rest: Vec<&str> = error.iter().skip(1).map(|l| l.trim()).filter(|l| !l.is_empty()).collect();
    let causes: Vec<&str> = rest.iter().copied().filter(|l| !is_drawing(l)).collect();
    let inside = |text: &str| text.replace(&format!("{}/", root.display()), "");
    let mut problem = Diagnostic::error(Origin::Rust, format!("cargo: {}", inside(first)));
    if let Some(member) = quoted(first, "failed to load manifest for workspace member ") {
        problem = lost_member(problem, workspace, Path::new(member));
    } else if let Some(manifest) = quoted(first, "failed to parse manifest at ") {
        problem = problem.at(manifest, 0, 0);
    }
    if let Some((file, line, column)) = rest.iter().find_map(|l| drawn_place(l)) {
        let file = workspace.join(file);
        problem = problem.at(file.strip_prefix(root).unwrap_or(&file), line, column);
    }
    for cause in causes.iter().take(40) {
        match cause.strip_prefix("help: ") {
            Some(help) if problem.help.is_none() => problem = problem.help(help),
            _ => problem = problem.remark(inside(cause), None),
        }
    }
    if problem.help.is_none() && causes.iter().any(|c| c.contains("download") || c.contains("Could not resolve host")) {
        problem = problem.help("Check the network, or fetch once with `cargo fetch` where there is one.");
    }
    if let Some(place) = &mut problem.place
        && let Ok(inside) = place.file.strip_prefix(root)
    {
        place.file = inside.to_owned();
    }
    Some(problem)
}

/// What stands between backticks behind `words`.
fn quoted<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    text.strip_prefix(words)?.strip_prefix('`')?.split('`').next()
}

/// A member that is there stands accused by its own manifest; for one that is gone, the list that names it is.
fn lost_member(problem: Diagnostic, workspace: &Path, member: &Path) -> Diagnostic {
    let own = member.join("Cargo.toml");
    if own.exists() {
        return problem.at(own, 0, 0);
    }
    let list = workspace.join("Cargo.toml");
    let text = files::text(&list, Kind::Manifest).unwrap_or_default();
    let name = member.strip_prefix(workspace).unwrap_or(member).display().to_string();
    let line_of = |wanted: &str| text.lines().position(|l| l.split('#').next().is_some_and(|l| l.contains(wanted)));
    let line = line_of(&format!("\"{name}\"")).or_else(|| line_of("members"));
    let line = line.and_then(|l| u32::try_from(l + 1).ok()).unwrap_or(0);
    problem.at(list, line, 0).help(format!("Remove `{name}` from `members`, or put the folder back."))
}

/// `--> path/Cargo.toml:3:7`.
fn drawn_place(line: &str) -> Option<(&str, u32, u32)> {
    let mut parts = line.strip_prefix("--> ")?.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some((parts.next()?, line, column))
}

/// Parts of a drawing of source text.
fn is_drawing(line: &str) -> bool {
    let after_number = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    line.starts_with("--> ") || after_number.starts_with('|') || line == "Caused by:"
}

#[cfg(test)]
mod tests {
    use crate::build::cargo_stderr::*;

    fn said(text: &str) -> (Vec<Word>, Vec<Diagnostic>) {
        let mut said = CargoStderr::default();
        let words = text.lines().filter_map(|l| said.line(l)).collect();
        (words, said.problems(Path::new("/ws"), Path::new("/ws")))
    }

    #[test]
    fn progress_and_waiting_are_told_apart() {
        let (words, problems) = said(
            "    Blocking waiting for file lock on build directory\n   Compiling logger v0.1.0 (/x)\n    Finished `dev`\n",
        );
        assert!(matches!(&words[0], Word::Waiting(w) if w.contains("target directory")));
        assert_eq!(words[1], Word::Progress("Compiling logger v0.1.0 (/x)".into()));
        assert_eq!(words.len(), 2);
        assert!(problems.is_empty());
    }

    #[test]
    fn errors_of_cargo_itself_become_problems_and_counts_do_not() {
        let (_, problems) = said(
            "error: failed to parse manifest at `/ws/a/Cargo.toml`\n\nCaused by:\n  no targets specified\n\
             error: could not compile `x` (lib) due to 1 previous error\n",
        );
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].message, "cargo: failed to parse manifest at `a/Cargo.toml`");
        assert_eq!(problems[0].place.as_ref().unwrap().file, Path::new("a/Cargo.toml"));
        assert_eq!(problems[0].remarks[0].message, "no targets specified");
    }

    #[test]
    fn a_drawn_place_is_kept() {
        let (_, problems) = said("error: expected a value\n --> a/Cargo.toml:3:7\n  |\n3 | name =\n  |       ^\n");
        assert_eq!(problems[0].place.as_ref().unwrap().to_string(), "a/Cargo.toml:3:7");
        assert!(problems[0].remarks.is_empty());
    }
}
