//! What would make an import and its provider fit.

use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use crate::compose::Change;
use crate::explain::Facts;
use crate::explain::both_ways::{bring_to_all, restore};
use crate::explain::nearest::Near;
use crate::explain::worlds::Worlds;
use crate::files;
use crate::files::Kind;
use crate::files::walk::walk_all;
use crate::inspect::Side;
use crate::model::difference::{Difference, DifferenceKind};
use crate::model::graph::{End, HOST};
use crate::model::port::InterfaceName;
use crate::model::project::Component;

/// One file as it is and as it would be; its inverse undoes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Absolute.
    pub path: PathBuf,
    /// `None` where there is no such file.
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

impl FileChange {
    #[must_use]
    pub(crate) fn inverse(&self) -> Self {
        Self { path: self.path.clone(), before: self.after.clone(), after: self.before.clone() }
    }
}

/// How a fix is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FixAction {
    /// By editing the composition.
    Composition(Vec<Change>),
    /// By editing WIT of these components.
    Wit { components: Vec<String>, files: Vec<FileChange> },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Fix {
    /// `wire`, `add`, `align-version`, `bring-wit`, `bring-wit-to-all`, `restore-wit`.
    pub(crate) kind: &'static str,
    /// A sentence in the imperative.
    pub(crate) what: String,
    /// The files it would write, relative to the project.
    #[serde(rename = "files", serialize_with = "file_names")]
    pub(crate) action: FixAction,
}

fn file_names<S: Serializer>(action: &FixAction, serializer: S) -> Result<S::Ok, S::Error> {
    let names: Vec<&Path> = match action {
        FixAction::Composition(_) => Vec::new(),
        FixAction::Wit { files, .. } => files.iter().map(|f| f.path.as_path()).collect(),
    };
    names.serialize(serializer)
}

/// `asked` is what was compared, and whether it fits.
pub(crate) fn fixes(
    facts: Facts<'_>,
    worlds: &mut Worlds<'_>,
    from: &End,
    asked: Option<(&End, bool)>,
    nearest: &[Near],
    differences: &[Difference],
) -> Vec<Fix> {
    let wired = facts.graph.provider(&from.node, &from.port);
    if asked.is_some_and(|(to, fits)| fits && Some(to) == wired) {
        return Vec::new(); // Nothing is wrong.
    }
    let mut found: Vec<Fix> = nearest
        .iter()
        .filter(|n| n.fits && !n.cycle && Some(&n.end) != wired)
        .map(|n| if n.placed { wire(from, &n.end) } else { add(from, &n.end) })
        .collect();
    let Some((to, fits)) = asked else { return found };
    if fits || to.node == HOST {
        return found;
    }
    let Some(component) = worlds.component(&from.node) else { return found };
    let version = differences.iter().any(|d| d.kind == DifferenceKind::Version && !d.harmless);
    let shape = differences.iter().any(|d| d.kind != DifferenceKind::Version && !d.harmless);
    if version && !shape {
        found.extend(align(facts, component, from, to));
    }
    found.extend(bring(facts, worlds, component, from, to));
    found.extend(bring_to_all(facts, worlds, from, to));
    found.extend(restore(facts, worlds, from, to));
    found
}

fn wire(from: &End, to: &End) -> Fix {
    Fix {
        kind: "wire",
        what: format!("wire `{}` of `{}`, which fits", to.port, to.node),
        action: FixAction::Composition(vec![Change::Wire { from: from.clone(), to: to.clone() }]),
    }
}

fn add(from: &End, to: &End) -> Fix {
    Fix {
        kind: "add",
        what: format!("add an instance of `{}` and wire its `{}`, which fits", to.node, to.port),
        action: FixAction::Composition(vec![
            Change::Add { component: to.node.clone(), name: None },
            Change::Wire { from: from.clone(), to: to.clone() },
        ]),
    }
}

/// The consumer's WIT with the provider's version of the package.
fn align(facts: Facts<'_>, component: &Component, from: &End, to: &End) -> Option<Fix> {
    let package = Package::of(&from.port, &to.port)?;
    let files: Vec<_> = wit_files(component.wit.as_deref()?)
        .into_iter()
        .filter_map(|path| {
            let before = files::text(&path, Kind::Wit).ok()?;
            let after = package.realign(&before);
            (after != before).then_some(FileChange { path, before: Some(before), after: Some(after) })
        })
        .collect();
    let first = files.first()?;
    let what = format!(
        "take version {} of `{}` in the WIT of `{}` ({})",
        package.new.as_deref().unwrap_or("(none)"),
        package.name,
        component.name,
        names(facts, &files, &first.path)
    );
    let action = FixAction::Wit { components: vec![component.name.clone()], files };
    Some(Fix { kind: "align-version", what, action })
}

/// The provider's WIT of the package in place of the consumer's copy in `deps/`.
pub(super) fn bring(
    facts: Facts<'_>,
    worlds: &mut Worlds<'_>,
    component: &Component,
    from: &End,
    to: &End,
) -> Option<Fix> {
    let provider = worlds.component(&to.node)?.name.clone();
    let (a, b) = worlds.both(&from.node, &to.node)?;
    let ours = a.package_files(Side::Import, &from.port);
    let theirs = b.package_files(Side::Export, &to.port);
    let deps = component.wit.as_deref()?.join("deps");
    if ours.is_empty() || theirs.is_empty() || !ours.iter().all(|f| f.starts_with(&deps)) {
        return None;
    }
    let package = Package::of(&from.port, &to.port)?;
    let folder = ours.first()?.parent()?;
    let mut files: Vec<FileChange> = Vec::new();
    for path in &theirs {
        let after = files::text(path, Kind::Wit).ok()?;
        // One file for one: it keeps its name, so that a version control shows what changed in it.
        let target = match (ours.as_slice(), theirs.as_slice()) {
            ([one], [_]) => one.clone(),
            _ if folder == deps => return None,
            _ => folder.join(path.file_name()?),
        };
        let before = files::text(&target, Kind::Wit).ok();
        files.push(FileChange { path: target, before, after: Some(after) });
    }
    for path in ours {
        if !files.iter().any(|f| f.path == path) {
            let before = files::text(&path, Kind::Wit).ok();
            files.push(FileChange { path, before, after: None });
        }
    }
    // The rest of the consumer's WIT has to name the version that came.
    for path in wit_files(component.wit.as_deref()?) {
        if files.iter().any(|f| f.path == path) {
            continue;
        }
        let before = files::text(&path, Kind::Wit).ok()?;
        let after = package.realign(&before);
        if after != before {
            files.push(FileChange { path, before: Some(before), after: Some(after) });
        }
    }
    files.retain(|f| f.before != f.after);
    let first = files.first()?.path.clone();
    let what = format!(
        "bring the WIT of `{}` from `{provider}` into `{}` ({})",
        package.name,
        component.name,
        names(facts, &files, &first)
    );
    let action = FixAction::Wit { components: vec![component.name.clone()], files };
    Some(Fix { kind: "bring-wit", what, action })
}

/// The first of these files, and how many more; `None` where there are none.
pub(super) fn files_changed(facts: Facts<'_>, files: &[FileChange]) -> Option<String> {
    Some(names(facts, files, &files.first()?.path))
}

fn names(facts: Facts<'_>, files: &[FileChange], first: &Path) -> String {
    let first = facts.project.relative(first).display();
    match files.len() {
        1 => first.to_string(),
        n => format!("{first} and {} more", n - 1),
    }
}

/// Every `.wit` of a folder, or the file itself; sorted, without links: what they lead to is there too, or is another's.
pub(super) fn wit_files(wit: &Path) -> Vec<PathBuf> {
    let is_wit = |path: &Path| path.extension().is_some_and(|e| e == "wit") && !path.is_symlink();
    let mut found = match wit.is_dir() {
        true => walk_all(wit, wit, is_wit).files,
        false => Vec::from_iter(is_wit(wit).then(|| wit.to_owned())),
    };
    found.sort();
    found
}

/// A package in two versions.
#[derive(Debug)]
pub(super) struct Package {
    /// `ns:name`.
    name: String,
    old: Option<String>,
    new: Option<String>,
}

impl Package {
    pub(super) fn of(import: &str, export: &str) -> Option<Self> {
        let (i, e) = (InterfaceName::parse(import)?, InterfaceName::parse(export)?);
        let text = |v: Option<semver::Version>| v.map(|v| v.to_string());
        i.same_interface(&e).then(|| Self {
            name: format!("{}:{}", i.namespace, i.package),
            old: text(i.version),
            new: text(e.version),
        })
    }

    /// A text with every mention of the old version changed to the new one.
    pub(super) fn realign(&self, text: &str) -> String {
        if self.old == self.new {
            return text.to_owned();
        }
        let word = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let mut new = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(&self.name) {
            let (before, found) = rest.split_at(at);
            new.push_str(before);
            let whole = !before.ends_with(|c| word(c) || c == ':');
            let (name, mut tail) = found.split_at(self.name.len());
            new.push_str(name);
            rest = tail;
            if !whole || tail.starts_with(word) {
                continue;
            }
            if let Some(interface) = tail.strip_prefix('/') {
                let end = interface.find(|c| !word(c) && c != '%').unwrap_or(interface.len());
                let (segment, after) = tail.split_at(end + 1);
                new.push_str(segment);
                (rest, tail) = (after, after);
            }
            let behind = match &self.old {
                Some(old) => tail.strip_prefix('@').and_then(|t| t.strip_prefix(old.as_str())).filter(|t| ends(t)),
                None => (!tail.starts_with('@')).then_some(tail),
            };
            if let Some(behind) = behind {
                if let Some(version) = &self.new {
                    new.push('@');
                    new.push_str(version);
                }
                rest = behind;
            }
        }
        new + rest
    }
}

/// Whether a version ends here.
fn ends(behind: &str) -> bool {
    let mut next = behind.chars();
    match next.next() {
        Some('.') => !next.next().is_some_and(|c| c.is_ascii_alphanumeric()),
        Some(c) => !c.is_ascii_alphanumeric() && !matches!(c, '-' | '+'),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use crate::explain::fix::*;

    #[test]
    fn only_the_package_in_its_old_version_is_realigned() {
        let package = |import, export| Package::of(import, export).unwrap();
        let to_0_3 = package("a:b/c@0.2.1", "a:b/c@0.3.0");
        assert_eq!(
            to_0_3.realign("import a:b/c@0.2.1;\nuse a:b/d@0.2.1.{x};\npackage a:b@0.2.1 {}\nimport a:b/c@0.2.10;"),
            "import a:b/c@0.3.0;\nuse a:b/d@0.3.0.{x};\npackage a:b@0.3.0 {}\nimport a:b/c@0.2.10;"
        );
        assert_eq!(
            to_0_3.realign("a:bb/c@0.2.1 xa:b/c@0.2.1 a:b/c@0.2.1-rc"),
            "a:bb/c@0.2.1 xa:b/c@0.2.1 a:b/c@0.2.1-rc"
        );
        assert_eq!(
            package("a:b/c", "a:b/c@1.0.0").realign("import a:b/c; package a:b;"),
            "import a:b/c@1.0.0; package a:b@1.0.0;"
        );
        assert_eq!(package("a:b/c@1.0.0", "a:b/c").realign("import a:b/c@1.0.0;"), "import a:b/c;");
        assert!(Package::of("a:b/c", "x:y/c").is_none());
    }
}
