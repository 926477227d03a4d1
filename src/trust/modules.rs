//! Sources that a build script is made of besides its own file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::files;
use crate::files::Kind as FileKind;
use crate::trust::packages::places;

/// Sources of one script that are looked at, at most, and names that one of them is asked for.
const MOST_MODULES: usize = 256;
const MOST_NAMES: usize = 1000;

/// The files that a source takes in by `mod x;`, `#[path = "…"]` and `include!("…")`, and those that these take in; and
/// whether these are all. What a comment says counts too: one file more is asked about then.
pub fn modules(script: &Path, text: &str) -> (BTreeSet<PathBuf>, bool) {
    let mut found = BTreeSet::new();
    let (mut waiting, mut all) = named(script, text);
    while let Some(file) = waiting.pop() {
        if file == script || found.contains(&file) {
            continue;
        }
        if found.len() >= MOST_MODULES {
            return (found, false);
        }
        if let Ok(text) = files::text(&file, FileKind::Source) {
            let (more, fewer) = named(&file, &text);
            waiting.extend(more);
            all &= fewer;
        }
        found.insert(file);
    }
    (found, all)
}

/// What one source names, as far as it is there; and whether that is all.
fn named(file: &Path, text: &str) -> (Vec<PathBuf>, bool) {
    let folder = file.parent().unwrap_or(file);
    // `x.rs` has its modules beside it or in `x/`: which of both is a matter of how it was named itself.
    let inner = folder.join(file.file_stem().unwrap_or_default());
    let mut files: Vec<PathBuf> = Vec::new();
    let bare = without_comments(text);
    let names: Vec<&str> = module_names(text).chain(module_names(&bare)).take(MOST_NAMES).collect();
    let paths: Vec<&str> = literals(text).take(MOST_NAMES).collect();
    for name in names.iter().collect::<BTreeSet<_>>() {
        for folder in [folder, &inner] {
            files.extend([folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")]);
        }
    }
    files.extend(paths.iter().flat_map(|path| places(folder, path)));
    files.retain(|file| file.is_file());
    (files, names.len() < MOST_NAMES && paths.len() < MOST_NAMES)
}

/// A source with its comments taken out, and whatever looks like one: `mod /* here */ x;`.
fn without_comments(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('/') {
        bare.push_str(before);
        let comment = |begin: char, end: &str| {
            let inside = after.strip_prefix(begin)?;
            Some(inside.split_once(end).map_or("", |(_, after)| after))
        };
        let after_comment = comment('/', "\n").or_else(|| comment('*', "*/"));
        bare.push(if after_comment.is_some() { ' ' } else { '/' });
        rest = after_comment.unwrap_or(after);
    }
    bare.push_str(rest);
    bare
}

/// The names of `mod NAME;`.
fn module_names(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices("mod").filter_map(move |(at, word)| {
        let before = text.get(..at)?.chars().next_back();
        let rest = text.get(at + word.len()..)?;
        if before.is_some_and(is_part) || !rest.starts_with(char::is_whitespace) {
            return None;
        }
        let rest = rest.trim_start();
        let rest = rest.strip_prefix("r#").unwrap_or(rest);
        let name = rest.get(..rest.find(|c| !is_part(c))?)?;
        let ends = rest.get(name.len()..)?.trim_start().starts_with(';');
        (ends && !name.is_empty()).then_some(name)
    })
}

/// The texts of `path = "…"` and `include!("…")`.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    ["path", "include!"].into_iter().flat_map(move |word| {
        text.match_indices(word).filter_map(move |(at, _)| {
            let rest = text.get(at + word.len()..)?.trim_start();
            let rest = rest.strip_prefix(['=', '(', '[', '{'])?.trim_start();
            rest.strip_prefix('"')?.split('"').next()
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::trust::modules::*;
    use std::fs;

    #[test]
    fn every_source_of_a_script_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let script = root.join("build.rs");
        for (file, text) in [
            ("a.rs", "pub mod b;\n"),
            ("a/b.rs", ""),
            ("c/mod.rs", "mod d;"),
            ("c/d.rs", "mod a;"),
            ("other/e.rs", "fn model() {}\n"),
            ("f.rs", ""),
            ("unused.rs", ""),
            ("g.rs", ""),
            ("h.rs", ""),
        ] {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), text).unwrap();
        }
        let text = "mod a;\npub(crate) mod r#c ;\n#[path = \"other/e.rs\"]\nmod x;\ninclude!(\"f.rs\");\nmod missing;\n\
                    let modest = 1; mod inline { fn f() {} }\nmod/* here */g;\nmod // there\nh;\n";
        let (found, all) = modules(&script, text);
        let names: Vec<_> = found.iter().map(|f| f.strip_prefix(root).unwrap().to_str().unwrap()).collect();
        assert_eq!(
            (names.as_slice(), all),
            (&["a/b.rs", "a.rs", "c/d.rs", "c/mod.rs", "f.rs", "g.rs", "h.rs", "other/e.rs"][..], true)
        );
    }
}
