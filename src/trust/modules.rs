//! Sources that a build script is made of besides its own file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{Literal, TokenStream, TokenTree};

use crate::files;
use crate::files::Kind as FileKind;
use crate::trust::packages::places;

/// Sources of one script that are looked at, at most, and names that one of them is asked for.
const MOST_MODULES: usize = 256;
const MOST_NAMES: usize = 1000;

/// The files that a source takes in by `mod x;`, `#[path = "…"]` and `include!("…")`, and those that these take in; and
/// whether these are all.
pub(super) fn modules(script: &Path, text: &str) -> (BTreeSet<PathBuf>, bool) {
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
    // What cannot be read as Rust is not known.
    let Some(names) = Names::of(text) else { return (Vec::new(), false) };
    let folder = file.parent().unwrap_or(file);
    // `x.rs` has its modules beside it or in `x/`: which of both is a matter of how it was named itself.
    let inner = folder.join(file.file_stem().unwrap_or_default());
    let mut files: Vec<PathBuf> = Vec::new();
    for name in names.modules.iter().take(MOST_NAMES) {
        for folder in [folder, &inner] {
            files.extend([folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")]);
        }
    }
    files.extend(names.paths.iter().take(MOST_NAMES).flat_map(|path| places(folder, path)));
    files.retain(|file| file.is_file());
    (files, names.modules.len() <= MOST_NAMES && names.paths.len() <= MOST_NAMES)
}

/// What the tokens of a source name.
#[derive(Default)]
struct Names {
    /// Of `mod NAME;`.
    modules: BTreeSet<String>,
    /// Of `path = "…"` and `include!(…)`. Of `concat!` all texts count, one behind the other: what stands between them is
    /// as a rule the package's own folder.
    paths: BTreeSet<String>,
}

impl Names {
    /// `None` where the text is not made of Rust's tokens.
    fn of(text: &str) -> Option<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let is_script = text.starts_with("#!") && !text.starts_with("#![");
        let text = if is_script { text.split_once('\n').map_or("", |(_, rest)| rest) } else { text };
        let mut names = Self::default();
        let mut waiting: Vec<TokenStream> = vec![text.parse().ok()?];
        while let Some(stream) = waiting.pop() {
            let trees: Vec<TokenTree> = stream.into_iter().collect();
            for at in 0..trees.len() {
                names.look(trees.get(at..).unwrap_or_default());
            }
            waiting.extend(trees.into_iter().filter_map(|tree| match tree {
                TokenTree::Group(group) => Some(group.stream()),
                _ => None,
            }));
        }
        Some(names)
    }

    fn look(&mut self, trees: &[TokenTree]) {
        let [TokenTree::Ident(word), TokenTree::Punct(sign), value, ..] = trees else {
            if let [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Punct(end), ..] = trees
                && word == "mod"
                && end.as_char() == ';'
            {
                self.modules.insert(name.to_string().trim_start_matches("r#").to_owned());
            }
            return;
        };
        let path = match (value, sign.as_char()) {
            (TokenTree::Literal(literal), '=') if word == "path" => string(literal),
            (TokenTree::Group(group), '!') if word == "include" => Some(strings(group.stream())),
            _ => None,
        };
        if let Some(path) = path {
            self.paths.insert(path.trim_start_matches('/').to_owned());
            self.paths.insert(path);
        }
    }
}

/// The value of a literal that is a text.
fn string(literal: &Literal) -> Option<String> {
    syn::parse_str::<syn::LitStr>(&literal.to_string()).ok().map(|text| text.value())
}

/// All texts, one behind the other, but for names of the environment.
fn strings(stream: TokenStream) -> String {
    let mut joined = String::new();
    let mut trees: Vec<TokenTree> = stream.into_iter().collect();
    trees.reverse();
    let mut word = String::new();
    while let Some(tree) = trees.pop() {
        match tree {
            TokenTree::Ident(ident) => word = ident.to_string(),
            TokenTree::Group(_) if word == "env" || word == "option_env" => word.clear(),
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                trees.extend(inner.into_iter().rev());
            }
            TokenTree::Literal(literal) => joined.push_str(&string(&literal).unwrap_or_default()),
            TokenTree::Punct(_) => {}
        }
    }
    joined
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
            ("i.txt", ""),
            ("k.txt", ""),
            ("l.txt", ""),
            ("m.txt", ""),
        ] {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), text).unwrap();
        }
        let text = r##"#![allow(unused)]
            mod a;
            pub(crate) mod r#c ;
            #[path = "other/e.rs"]
            mod x;
            include!("f.rs");
            mod missing;
            let modest = 1; mod inline { fn f() {} }
            mod/* /* nested */ here */g;
            const S: &str = "//"; mod // there
            h; // mod unused; "
            include!(concat!(env!("CARGO_MANIFEST_DIR"), "/i", ".txt"));
            include![r#"k.txt"#];
            #[path /* c */ = r"l.txt"] mod y;
            #[cfg_attr(unix, path = "m\x2etxt")] mod z;
        "##;
        let (found, all) = modules(&script, text);
        let names: Vec<_> = found.iter().map(|f| f.strip_prefix(root).unwrap().to_str().unwrap()).collect();
        assert_eq!(
            (names.as_slice(), all),
            (
                &[
                    "a/b.rs",
                    "a.rs",
                    "c/d.rs",
                    "c/mod.rs",
                    "f.rs",
                    "g.rs",
                    "h.rs",
                    "i.txt",
                    "k.txt",
                    "l.txt",
                    "m.txt",
                    "other/e.rs"
                ][..],
                true
            )
        );
    }

    #[test]
    fn what_is_no_rust_is_not_known() {
        assert!(!modules(Path::new("/p/build.rs"), "fn main() { \"").1);
        assert!(modules(Path::new("/p/build.rs"), "\u{feff}#!/usr/bin/env x '\nfn main() {}").1);
        assert!(modules(Path::new("/p/build.rs"), &"(".repeat(50_000)).0.is_empty(), "and it comes to an end");
        let deep = format!("{}{}", "(".repeat(50_000), ")".repeat(50_000));
        assert!(modules(Path::new("/p/build.rs"), &deep).1);
    }
}
