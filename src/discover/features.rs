//! Which features of a package a build has on, and which items of its sources these leave in, as far as that can be known
//! without compiling it.

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Token};

use crate::discover::manifest::{Dependency, Package};

/// The features that are on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Features {
    on: BTreeSet<String>,
    /// Keys of optional dependencies that they bring.
    brought: BTreeSet<String>,
}

impl Features {
    /// Those of `named`, the default ones and all that these turn on.
    pub(super) fn of(package: &Package, named: &[String]) -> Self {
        let mut features = Self::default();
        let mut waiting: Vec<&str> = named.iter().map(String::as_str).chain(["default"]).collect();
        while let Some(entry) = waiting.pop() {
            if let Some(key) = entry.strip_prefix("dep:") {
                features.brought.insert(key.to_owned());
            } else if let Some((key, _)) = entry.split_once('/') {
                // `key?/feature` brings nothing by itself.
                features.brought.extend((!key.ends_with('?')).then(|| key.to_owned()));
            } else if features.on.insert(entry.to_owned()) {
                waiting.extend(package.features.get(entry).into_iter().flatten().map(String::as_str));
                // A dependency that is optional is a feature of its name.
                features.brought.insert(entry.to_owned());
            }
        }
        features
    }

    /// Whether a dependency is compiled in.
    pub(super) fn has(&self, dependency: &Dependency) -> bool {
        !dependency.optional || self.brought.contains(&dependency.key)
    }

    /// Whether an item with these attributes is compiled for a component; what cannot be known counts as so.
    pub(super) fn keep(&self, attributes: &[Attribute]) -> bool {
        let conditions = attributes.iter().filter(|a| a.path().is_ident("cfg"));
        let holds = |a: &Attribute| a.parse_args::<Meta>().ok().and_then(|meta| self.holds(&meta));
        conditions.map(holds).all(|holds| holds != Some(false))
    }

    /// `None`: it cannot be known.
    fn holds(&self, meta: &Meta) -> Option<bool> {
        match meta {
            Meta::Path(path) if ["test", "unix", "windows", "doc"].iter().any(|name| path.is_ident(name)) => {
                Some(false)
            }
            Meta::Path(_) => None,
            Meta::NameValue(pair) => {
                let Expr::Lit(ExprLit { lit: Lit::Str(value), .. }) = &pair.value else { return None };
                let (key, value) = (pair.path.get_ident()?.to_string(), value.value());
                match key.as_str() {
                    "feature" => Some(self.on.contains(&value)),
                    "target_arch" => Some(value == "wasm32"),
                    "target_family" => Some(value == "wasm"),
                    "target_os" => Some(value == "wasi"),
                    "target_pointer_width" => Some(value == "32"),
                    _ => None,
                }
            }
            Meta::List(list) => {
                let inner = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
                let all: Vec<Option<bool>> = inner.iter().map(|meta| self.holds(meta)).collect();
                let unknown = all.contains(&None);
                match list.path.get_ident()?.to_string().as_str() {
                    "not" => all.first().copied().flatten().map(|holds| !holds),
                    "all" if all.contains(&Some(false)) => Some(false),
                    "any" if all.contains(&Some(true)) => Some(true),
                    "all" => (!unknown).then_some(true),
                    "any" => (!unknown).then_some(false),
                    _ => None,
                }
            }
        }
    }
}

/// The first feature by name that brings this optional dependency.
pub(super) fn that_brings<'p>(package: &'p Package, dependency: &Dependency) -> Option<&'p str> {
    let brings = |name: &&String| Features::of(package, std::slice::from_ref(*name)).has(dependency);
    let named = package.features.keys().filter(|name| *name != "default").find(brings).map(String::as_str);
    named.or_else(|| package.dependencies.iter().find(|d| d.key == dependency.key).map(|d| d.key.as_str()))
}
