//! Fixes of a changed interface in one step for all who are concerned, in both directions: every consumer follows the
//! provider, or the provider goes back to what the consumers know.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::explain::Facts;
use crate::explain::fix::{FileChange, Fix, FixAction, Package, bring, files_changed, wit_files};
use crate::explain::worlds::Worlds;
use crate::files;
use crate::files::Kind;
use crate::inspect::Side;
use crate::model::graph::End;
use crate::model::port::InterfaceName;

/// The provider's WIT of the package brought into every component that it serves; where there are several.
pub(crate) fn bring_to_all(facts: Facts<'_>, worlds: &mut Worlds<'_>, from: &End, to: &End) -> Option<Fix> {
    let asked = InterfaceName::parse(&to.port)?;
    let is_of_package = |port: &str| {
        let other = InterfaceName::parse(port);
        other.is_some_and(|o| (&o.namespace, &o.package) == (&asked.namespace, &asked.package))
    };
    let wires = facts.graph.wires.iter().filter(|wire| wire.to.node == to.node && is_of_package(&wire.to.port));
    let all: Vec<(&End, &End)> = std::iter::once((from, to)).chain(wires.map(|wire| (&wire.from, &wire.to))).collect();
    let (mut components, mut changes) = (BTreeSet::new(), Vec::<FileChange>::new());
    for (from, to) in all {
        let Some(component) = worlds.component(&from.node) else { continue };
        if components.contains(&component.name) {
            continue;
        }
        if let Some(Fix { action: FixAction::Wit { files, .. }, .. }) = bring(facts, worlds, component, from, to) {
            components.insert(component.name.clone());
            // Some may share a folder of WIT.
            changes.extend(
                files.into_iter().filter(|f| !changes.iter().any(|known| known.path == f.path)).collect::<Vec<_>>(),
            );
        }
    }
    if components.len() < 2 {
        return None;
    }
    let names: Vec<String> = components.iter().map(|name| format!("`{name}`")).collect();
    let provider = &worlds.component(&to.node)?.name;
    let what = format!(
        "update all consumers: bring the WIT of `{}:{}` from `{provider}` into {} ({})",
        asked.namespace,
        asked.package,
        listed(&names),
        files_changed(facts, &changes)?
    );
    let action = FixAction::Wit { components: components.into_iter().collect(), files: changes };
    Some(Fix { kind: "bring-wit-to-all", what, action })
}

/// The provider's interface as the consumer knows it, in place of what the provider has now.
pub(crate) fn restore(facts: Facts<'_>, worlds: &mut Worlds<'_>, from: &End, to: &End) -> Option<Fix> {
    let (consumer, provider) = (worlds.component(&from.node)?, worlds.component(&to.node)?);
    let folder = provider.wit.as_deref()?;
    let (a, b) = worlds.both(&from.node, &to.node)?;
    let known = a.package_files(Side::Import, &from.port);
    let own: Vec<PathBuf> = b.package_files(Side::Export, &to.port);
    if own.is_empty() || !own.iter().all(|file| file.starts_with(folder)) || known.iter().any(|file| own.contains(file))
    {
        return None;
    }
    let interface = InterfaceName::parse(&to.port)?.interface;
    let text_of = |path: &PathBuf| files::text(path, Kind::Wit).ok();
    let wanted =
        known.iter().filter_map(text_of).find_map(|text| Some(text.get(block(&text, interface)?)?.to_owned()))?;
    let package = Package::of(&to.port, &from.port)?;
    let mut changes = Vec::new();
    for path in wit_files(folder) {
        let before = text_of(&path)?;
        let mut after = before.clone();
        if let Some(place) = block(&before, interface).filter(|_| own.contains(&path)) {
            after.replace_range(place, &wanted);
        }
        after = package.realign(&after);
        if after != before {
            changes.push(FileChange { path, before: Some(before), after: Some(after) });
        }
    }
    let what = format!(
        "restore the interface `{interface}` of `{}` as `{}` knows it ({})",
        provider.name,
        consumer.name,
        files_changed(facts, &changes)?
    );
    let action = FixAction::Wit { components: vec![provider.name.clone()], files: changes };
    Some(Fix { kind: "restore-wit", what, action })
}

fn listed(names: &[String]) -> String {
    match names {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        names => names.join(""),
    }
}

/// Where `interface NAME { … }` stands in a WIT text, in bytes.
fn block(text: &str, name: &str) -> Option<std::ops::Range<usize>> {
    let (mut at, mut depth, mut start) = (0, 0_usize, None);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let comment = if rest.starts_with("//") { Some("\n") } else { rest.starts_with("/*").then_some("*/") };
        if let Some(end) = comment {
            at += rest.find(end).map_or(rest.len(), |found| found + end.len());
            continue;
        }
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '%' | '.');
        let length = rest.find(|c| !word(c)).unwrap_or(rest.len());
        if length > 0 {
            let named = || rest.get(length..).unwrap_or_default().trim_start().trim_start_matches('%');
            let is_it = |after: &str| after.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('{'));
            if depth == 0 && rest.starts_with("interface") && length == "interface".len() && is_it(named()) {
                start = Some(at);
            }
            at += length;
            continue;
        }
        let next = rest.chars().next()?;
        at += next.len_utf8();
        match next {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if let Some(start) = start.filter(|_| next == '}' && depth == 0) {
            return Some(start..at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::explain::both_ways::block;

    #[test]
    fn an_interface_is_found_whatever_stands_around_it() {
        let text = "package a:b;\n// interface log { }\ninterface log-more { x: func(); }\n\
                    interface log {\n  /* } */ enum level { a, b }\n  // }\n  log: func();\n}\nworld w { export log; }\n";
        let found = &text[block(text, "log").unwrap()];
        assert!(found.starts_with("interface log {") && found.ends_with("log: func();\n}"), "{found}");
        assert_eq!(block(text, "level"), None);
        assert_eq!(block("interface log {", "log"), None, "it has no end");
    }
}
