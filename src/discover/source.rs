//! What a crate's sources say of its bindings: `mod bindings;`, or the macro and its arguments. The crate's root file is
//! read, and the modules it declares, for bindings are often kept in a module of their own.

use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

use crate::discover::features::Features;
use crate::files;
use crate::files::{Kind, ReadError};

/// Larger files are not parsed, only looked through.
const MAX_PARSED: usize = 512 * 1024;

/// Modules of one crate that are looked at, besides its root file.
const MOST_MODULES: usize = 32;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Source {
    /// `mod bindings;`: the bindings are this file, relative to the folder of the file that was read.
    pub bindings: Option<PathBuf>,
    /// `wit_bindgen::generate!`.
    pub(crate) generate: Option<Generate>,
    /// Files of its other modules, relative to the same folder.
    modules: Vec<PathBuf>,
}

/// The arguments of the macro that discovery needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Generate {
    /// The last is the package itself; those before it are its dependencies.
    pub(crate) paths: Vec<String>,
    pub world: Option<String>,
    /// The package's text, where the macro itself holds it.
    pub(crate) inline: Option<String>,
}

/// Reads a crate's root file and, as long as neither bindings nor the macro were found, its modules, as far as these
/// features leave them in; broken Rust is looked through line by line. A file that is missing is empty.
///
/// # Errors
/// Why the root file cannot be read.
pub(super) fn read(root: &Path, features: &Features) -> Result<Source, ReadError> {
    let mut source = one(root, features)?;
    let folder = root.parent().unwrap_or(root);
    let mut waiting: Vec<PathBuf> = std::mem::take(&mut source.modules);
    waiting.reverse();
    let mut looked_at = 0;
    while let Some(module) = waiting.pop() {
        if source.bindings.is_some() || source.generate.is_some() || looked_at >= MOST_MODULES {
            break;
        }
        looked_at += 1;
        let mut candidates = [folder.join(&module), folder.join(module.with_extension("")).join("mod.rs")].into_iter();
        let Some(file) = candidates.find(|f| f.is_file()) else { continue };
        let Ok(found) = one(&file, features) else { continue };
        // What `a.rs` and `a/mod.rs` declare lies in `a/`.
        let below = module.with_extension("");
        source.bindings = found.bindings.map(|bindings| below.join(bindings));
        source.generate = found.generate;
        waiting.extend(found.modules.into_iter().rev().map(|m| below.join(m)));
    }
    if source.bindings.is_some() {
        let file = source.bindings.as_ref().map(|b| folder.join(b)).unwrap_or_default();
        // Bindings that somebody keeps in a file often are the macro.
        source.generate = source.generate.or_else(|| one(&file, features).ok().and_then(|found| found.generate));
    }
    Ok(source)
}

fn one(file: &Path, features: &Features) -> Result<Source, ReadError> {
    match files::text(file, Kind::Source) {
        Ok(text) => Ok(parse(&text, features)),
        Err(error) if error.is_missing() => Ok(Source::default()),
        Err(error) => Err(error),
    }
}

fn parse(text: &str, features: &Features) -> Source {
    if let Some(file) = Some(text).filter(|t| t.len() <= MAX_PARSED).and_then(|t| syn::parse_file(t).ok()) {
        let mut source = Source::default();
        file.items.iter().for_each(|item| source.take(item, Path::new(""), features));
        return source;
    }
    let declares = |l: &str| l.trim_end().ends_with("mod bindings;") && !l.trim_start().starts_with("//");
    Source {
        bindings: text.lines().any(declares).then(|| "bindings.rs".into()),
        generate: text.contains("generate!").then(Generate::default),
        modules: Vec::new(),
    }
}

impl Source {
    /// `below`: the folder of an inline module's files.
    fn take(&mut self, item: &syn::Item, below: &Path, features: &Features) {
        match item {
            syn::Item::Mod(module) if features.keep(&module.attrs) => {
                let name = module.ident.to_string();
                let name = name.strip_prefix("r#").unwrap_or(&name);
                if let Some((_, items)) = &module.content {
                    for item in items {
                        self.take(item, &below.join(name), features);
                    }
                    return;
                }
                let file = path_attribute(&module.attrs).map(|path| below.join(path));
                let file = file.unwrap_or_else(|| below.join(name).with_extension("rs"));
                if name == "bindings" {
                    self.bindings.get_or_insert(file);
                } else {
                    self.modules.push(file);
                }
            }
            syn::Item::Macro(call)
                if features.keep(&call.attrs)
                    && call.mac.path.segments.last().is_some_and(|s| s.ident == "generate") =>
            {
                self.generate.get_or_insert_with(|| arguments(call.mac.tokens.clone()));
            }
            _ => {}
        }
    }
}

/// `#[path = "…"]`.
fn path_attribute(attributes: &[syn::Attribute]) -> Option<String> {
    attributes.iter().filter(|a| a.path().is_ident("path")).find_map(|a| match &a.meta {
        syn::Meta::NameValue(syn::MetaNameValue {
            value: syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(path), .. }),
            ..
        }) => Some(path.value()),
        _ => None,
    })
}

/// `generate!("world")` or `generate!({ world: "…", path: "…" })`.
fn arguments(tokens: TokenStream) -> Generate {
    let mut generate = Generate::default();
    let mut tokens = tokens.into_iter();
    match tokens.next() {
        Some(TokenTree::Literal(world)) => generate.world = literal(&TokenTree::Literal(world)),
        Some(TokenTree::Group(group)) => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let values = |key: &str| -> Vec<String> {
                let at = inner.iter().position(|t| matches!(t, TokenTree::Ident(i) if *i == key));
                match at.and_then(|at| inner.get(at + 2)) {
                    Some(TokenTree::Group(list)) => list.stream().into_iter().filter_map(|t| literal(&t)).collect(),
                    Some(one) => literal(one).into_iter().collect(),
                    None => Vec::new(),
                }
            };
            let value = |key: &str| values(key).pop();
            generate = Generate { paths: values("path"), world: value("world"), inline: value("inline") };
        }
        _ => {}
    }
    generate
}

fn literal(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else { return None };
    match syn::Lit::new(literal.clone()) {
        syn::Lit::Str(text) => Some(text.value()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::discover::source::*;

    fn arguments(text: &str) -> (Option<String>, Option<String>) {
        let generate = parse(text, &Features::default()).generate.unwrap();
        (generate.paths.last().cloned(), generate.world)
    }

    #[test]
    fn both_ways_to_bindings_are_seen() {
        let file = |text: &str| parse(text, &Features::default()).bindings.map(|p| p.display().to_string());
        assert_eq!(file("mod bindings;").as_deref(), Some("bindings.rs"));
        assert_eq!(file("#[allow(warnings)]\npub(crate) mod bindings;").as_deref(), Some("bindings.rs"));
        assert_eq!(file("mod api { mod bindings; }").as_deref(), Some("api/bindings.rs"));
        assert_eq!(file("#[path = \"../gen/world.rs\"] mod bindings;").as_deref(), Some("../gen/world.rs"));
        let own = |text: &str| Some(text.to_owned());
        assert_eq!(arguments("wit_bindgen::generate!();"), (None, None));
        assert_eq!(arguments("generate!(\"a\");"), (None, own("a")));
        let module = "mod b { wit_bindgen::generate!({ world: \"w\", path: \"../wit\", generate_all }); }";
        assert_eq!(arguments(module), (own("../wit"), own("w")));
        assert_eq!(arguments("generate!({ path: [\"wit/deps/x\", \"wit\"] });"), (own("wit"), None));
        assert_eq!(parse("fn main() {}", &Features::default()), Source::default());
    }

    #[test]
    fn broken_rust_is_looked_through() {
        assert!(parse("mod bindings;\nfn x( {", &Features::default()).bindings.is_some());
        assert!(parse("// mod bindings;\nfn x( {", &Features::default()).bindings.is_none());
    }

    #[test]
    fn modules_are_looked_at_until_bindings_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("lib.rs", "mod a;\nmod b;");
        write("a.rs", "fn f() {}");
        write("b/mod.rs", "mod bindings;");
        let read = || read(&folder.path().join("lib.rs"), &Features::default()).unwrap();
        assert_eq!(read().bindings, Some("b/bindings.rs".into()));
        write("b/bindings.rs", "wit_bindgen::generate!({ world: \"w\", path: \"../wit\" });");
        assert_eq!(read().generate.unwrap().world.as_deref(), Some("w"), "kept in a file of their own");
        write("a.rs", "wit_bindgen::generate!({ inline: \"package a:b; world w {}\", path: \"x.wit\" });");
        assert_eq!(read().generate.unwrap().inline.as_deref(), Some("package a:b; world w {}"));
        write("lib.rs", "mod a;\n#[path = \"lib.rs\"]\nmod lib;");
        write("a.rs", "");
        assert_eq!(read(), Source::default(), "a loop of modules ends");
    }
}
