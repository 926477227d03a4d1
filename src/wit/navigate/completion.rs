//! What could stand at a place.

use crate::wit::navigate::resolve::{Item, Part, View};
use crate::wit::outline::{Package, PathRef};
use crate::wit::problem::Edit;
use crate::wit::sources::{FileId, Source, Sources};
use crate::wit::syntax::{SyntaxKind as K, SyntaxNode, offset};

/// A word that no text has: put where the cursor is, it shows by its place in the tree what is asked for.
const MARK: &str = "studio-completes-here";

/// Something that could stand at a place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Completion {
    /// What is inserted.
    pub text: String,
    /// What it is.
    pub kind: CompletionKind,
    /// Where it is from, or empty.
    pub detail: String,
}

/// What a completion is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CompletionKind {
    /// A type.
    Type,
    /// An interface.
    Interface,
    /// A world.
    World,
    /// A word of WIT.
    Keyword,
}

/// What could stand at byte `at` of a file, or be what the word there is the beginning of; sorted by kind and name.
#[must_use]
pub fn completions(sources: &Sources, file: FileId, at: usize) -> Vec<Completion> {
    let Some(source) = sources.get(file) else { return Vec::new() };
    let Some((marked, mark)) = marked(source, at) else { return Vec::new() };
    let tree = marked.parsed.tree();
    let Some(token) = tree.token_at_offset(offset(mark)).right_biased() else { return Vec::new() };
    let Some(node) = token.parent() else { return Vec::new() };
    // Names are looked up in the texts as they are with the mark, so that ranges agree.
    let mut with_mark = sources.clone();
    with_mark.replace(file, marked);
    let view = View { sources: &with_mark };
    let Some(part) = view.part(file, &node) else { return Vec::new() };
    let mut found = Vec::new();
    match place(&node) {
        Place::Type => {
            found.extend(TYPES.iter().map(|word| keyword(word)));
            found.extend(types(part, mark));
        }
        Place::Path(wanted) => found.extend(paths(&view, part, wanted)),
        Place::UsedName(item) => found.extend(used_names(&view, part, &item)),
        Place::Word(words) => found.extend(words.iter().map(|word| keyword(word))),
        Place::Nothing => {}
    }
    found.retain(|completion| !completion.text.contains(MARK));
    found.sort();
    found.dedup();
    found
}

/// The text with the mark in place of the word at `at`, and where the mark begins.
fn marked(source: &Source, at: usize) -> Option<(Source, usize)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '%');
    let before = source.text.get(..at)?;
    let start = before.trim_end_matches(is_part).len();
    let after = source.text.get(at..)?;
    let end = at + after.len() - after.trim_start_matches(is_part).len();
    Some((source.edited(&Edit { range: start..end, text: MARK.to_owned() }), start))
}

enum Place {
    Type,
    Path(Wanted),
    UsedName(PathRef),
    Word(&'static [&'static str]),
    Nothing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Interfaces,
    Worlds,
    Both,
}

const TYPES: &[&str] = &[
    "bool",
    "u8",
    "u16",
    "u32",
    "u64",
    "s8",
    "s16",
    "s32",
    "s64",
    "f32",
    "f64",
    "char",
    "string",
    "list",
    "option",
    "result",
    "tuple",
    "map",
    "stream",
    "future",
    "own",
    "borrow",
    "error-context",
];
const IN_FILE: &[&str] = &["interface", "world", "use", "package"];
const IN_INTERFACE: &[&str] = &["type", "record", "variant", "enum", "flags", "resource", "use"];
const IN_WORLD: &[&str] =
    &["import", "export", "include", "use", "type", "record", "variant", "enum", "flags", "resource"];
const IN_RESOURCE: &[&str] = &["constructor"];
const BEHIND_COLON: &[&str] = &["func", "async func"];
const IN_RESOURCE_BEHIND_COLON: &[&str] = &["func", "async func", "static func", "static async func"];
const ATTRIBUTES: &[&str] = &["since(version = )", "unstable(feature = )", "deprecated(version = )"];

/// What is asked for where the mark came to stand.
fn place(node: &SyntaxNode) -> Place {
    let Some(around) = node.parent() else { return Place::Nothing };
    match (node.kind(), around.kind()) {
        (K::NameRef, K::Type) => Place::Type,
        (K::NameRef, K::Attribute) => Place::Word(ATTRIBUTES),
        (K::NameRef, K::Path) => match around.parent().map(|node| node.kind()) {
            Some(K::Include) => Place::Path(Wanted::Worlds),
            Some(K::TopLevelUse) => Place::Path(Wanted::Both),
            _ => Place::Path(Wanted::Interfaces),
        },
        (K::NameRef, K::UseName) => {
            let item = around.ancestors().find(|node| node.kind() == K::Use);
            let path = item.and_then(|item| crate::wit::syntax::ast::child(&item, K::Path));
            path.and_then(|path| crate::wit::outline::path_of(&path)).map_or(Place::Nothing, Place::UsedName)
        }
        // An item that is begun: by its name alone, or behind `name:`.
        (K::Name, K::Import | K::Export) => Place::Path(Wanted::Interfaces),
        (K::Error, K::Function | K::FunctionType) => behind_colon(&around),
        (K::Error | K::Name, _) => {
            around.ancestors().find_map(|node| begun(node.kind())).unwrap_or(Place::Word(IN_FILE))
        }
        _ => Place::Nothing,
    }
}

fn begun(kind: K) -> Option<Place> {
    Some(match kind {
        K::Interface | K::InlineInterface => Place::Word(IN_INTERFACE),
        K::World => Place::Word(IN_WORLD),
        K::Resource => Place::Word(IN_RESOURCE),
        K::File | K::NestedPackage => Place::Word(IN_FILE),
        _ => return None,
    })
}

fn behind_colon(node: &SyntaxNode) -> Place {
    let in_resource = node.ancestors().any(|node| node.kind() == K::Resource);
    Place::Word(if in_resource { IN_RESOURCE_BEHIND_COLON } else { BEHIND_COLON })
}

fn keyword(word: &str) -> Completion {
    Completion { text: word.to_owned(), kind: CompletionKind::Keyword, detail: String::new() }
}

/// The types that have a name here.
fn types(part: Part, at: usize) -> Vec<Completion> {
    let names = View::space(part, at).into_iter().flat_map(|space| space.names().collect::<Vec<_>>());
    names
        .map(|name| Completion { text: name.text.clone(), kind: CompletionKind::Type, detail: String::new() })
        .collect()
}

/// The types of the interface that a `use` names.
fn used_names(view: &View, part: Part, path: &PathRef) -> Vec<Completion> {
    let Some(Item::Interface(_, interface)) = view.target(part, path) else { return Vec::new() };
    let detail = interface.name.text.clone();
    let used = interface.uses.iter().flat_map(|item| &item.names).map(|name| &name.local().text);
    let types = interface.types.iter().map(|ty| &ty.name.text).chain(used);
    types.map(|name| Completion { text: name.clone(), kind: CompletionKind::Type, detail: detail.clone() }).collect()
}

/// The interfaces and worlds of this package by name, and those of others by path.
fn paths(view: &View, part: Part, wanted: Wanted) -> Vec<Completion> {
    let mut found = Vec::new();
    let own = view.siblings(part);
    let is_own = |other: &Package| own.iter().any(|part| std::ptr::eq(part.package, other));
    let mut add = |package: &Package, whole: Option<(String, String)>| {
        let written = |name: &str| match &whole {
            Some((package, version)) => format!("{package}/{name}{version}"),
            None => name.to_owned(),
        };
        let interfaces = package.interfaces.iter().filter(|_| wanted != Wanted::Worlds);
        found.extend(interfaces.map(|item| (written(&item.name.text), CompletionKind::Interface)));
        let worlds = package.worlds.iter().filter(|_| wanted != Wanted::Interfaces);
        found.extend(worlds.map(|item| (written(&item.name.text), CompletionKind::World)));
    };
    for part in &own {
        add(part.package, None);
    }
    for (file, source) in view.sources.iter() {
        let mut group = view.sources.iter().filter(|(other, _)| other.group == file.group);
        let of_group = group.find_map(|(_, source)| source.outline.main.name.as_ref());
        let main = (&source.outline.main, of_group);
        let nested = source.outline.nested.iter().map(|package| (package, package.name.as_ref()));
        for (package, name) in std::iter::once(main).chain(nested) {
            let Some(name) = name else { continue };
            if !is_own(package) {
                let version = name.version.as_ref().map(|version| format!("@{}", version.text)).unwrap_or_default();
                add(package, Some((name.name.clone(), version)));
            }
        }
    }
    let aliases = part.package.uses.iter().map(|item| item.name.as_ref().unwrap_or(&item.path.name));
    let aliases: Vec<_> = aliases.map(|name| (name.text.clone(), CompletionKind::Interface)).collect();
    found.extend(aliases);
    found.into_iter().map(|(text, kind)| Completion { text, kind, detail: String::new() }).collect()
}
