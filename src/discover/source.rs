//! What a crate's root file says of its bindings: `mod bindings;`, or the macro and its arguments.

use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};

use crate::files;
use crate::files::{Kind, ReadError};

/// Larger files are not parsed, only looked through.
const MAX_PARSED: usize = 512 * 1024;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// `mod bindings;`: the bindings are a file.
    pub bindings_module: bool,
    /// `wit_bindgen::generate!`.
    pub generate: Option<Generate>,
}

/// The arguments of the macro that discovery needs.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Generate {
    pub path: Option<String>,
    pub world: Option<String>,
}

/// Reads a crate's root file; broken Rust is looked through line by line. One that is missing is empty.
///
/// # Errors
/// Why it cannot be read.
pub fn read(file: &Path) -> Result<Source, ReadError> {
    match files::text(file, Kind::Source) {
        Ok(text) => Ok(parse(&text)),
        Err(error) if error.is_missing() => Ok(Source::default()),
        Err(error) => Err(error),
    }
}

fn parse(text: &str) -> Source {
    match if text.len() <= MAX_PARSED { syn::parse_file(text).ok() } else { None } {
        Some(file) => {
            let mut source = Source::default();
            file.items.iter().for_each(|item| source.take(item));
            source
        }
        None => Source {
            bindings_module: text
                .lines()
                .any(|l| l.trim_end().ends_with("mod bindings;") && !l.trim_start().starts_with("//")),
            generate: text.contains("generate!").then(Generate::default),
        },
    }
}

impl Source {
    fn take(&mut self, item: &syn::Item) {
        match item {
            syn::Item::Mod(module) => match &module.content {
                Some((_, items)) => items.iter().for_each(|item| self.take(item)),
                None => self.bindings_module |= module.ident == "bindings",
            },
            syn::Item::Macro(call) if call.mac.path.segments.last().is_some_and(|s| s.ident == "generate") => {
                self.generate.get_or_insert_with(|| arguments(call.mac.tokens.clone()));
            }
            _ => {}
        }
    }
}

/// `generate!("world")` or `generate!({ world: "…", path: "…" })`; a list of paths gives its last, the package itself.
fn arguments(tokens: TokenStream) -> Generate {
    let mut generate = Generate::default();
    let mut tokens = tokens.into_iter();
    match tokens.next() {
        Some(TokenTree::Literal(world)) => generate.world = literal(&TokenTree::Literal(world)),
        Some(TokenTree::Group(group)) => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let value = |key: &str| {
                let at = inner.iter().position(|t| matches!(t, TokenTree::Ident(i) if *i == key))?;
                match inner.get(at + 2)? {
                    TokenTree::Group(list) => list.stream().into_iter().filter_map(|t| literal(&t)).last(),
                    one => literal(one),
                }
            };
            generate = Generate { path: value("path"), world: value("world") };
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
        let generate = parse(text).generate.unwrap();
        (generate.path, generate.world)
    }

    #[test]
    fn both_ways_to_bindings_are_seen() {
        assert_eq!(parse("mod bindings;"), Source { bindings_module: true, generate: None });
        assert!(parse("#[allow(warnings)]\npub(crate) mod bindings;").bindings_module);
        let own = |text: &str| Some(text.to_owned());
        assert_eq!(arguments("wit_bindgen::generate!();"), (None, None));
        assert_eq!(arguments("generate!(\"a\");"), (None, own("a")));
        let module = "mod b { wit_bindgen::generate!({ world: \"w\", path: \"../wit\", generate_all }); }";
        assert_eq!(arguments(module), (own("../wit"), own("w")));
        assert_eq!(arguments("generate!({ path: [\"wit/deps/x\", \"wit\"] });"), (own("wit"), None));
        assert_eq!(parse("fn main() {}"), Source::default());
    }

    #[test]
    fn broken_rust_is_looked_through() {
        assert!(parse("mod bindings;\nfn x( {").bindings_module);
        assert!(!parse("// mod bindings;\nfn x( {").bindings_module);
    }
}
