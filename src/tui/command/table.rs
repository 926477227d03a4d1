//! The table itself: the groups of all panes and overlays, one after the other.

use crate::tui::command::{Group, Spec};
use crate::tui::overlay::{explanation, grants, plan};
use crate::tui::pane::graph::wiring;
use crate::tui::pane::output::logs;
use crate::tui::pane::{graph, output, project, source};
use crate::tui::{overlay, pane};

pub(crate) const GROUPS: &[&Group] = &[
    &project::table::GROUP,
    &graph::table::GROUP,
    &wiring::table::GROUP,
    &plan::table::GROUP,
    &explanation::table::GROUP,
    &grants::table::GROUP,
    &source::table::GROUP,
    &logs::table::GROUP,
    &output::table::GROUP,
    &pane::table::GROUP,
    &overlay::table::GROUP,
];

/// Every command, group by group.
pub(crate) fn commands() -> impl Iterator<Item = &'static Spec> + Clone {
    GROUPS.iter().flat_map(|group| group.rows)
}

#[cfg(test)]
mod tests {
    use crate::tui::command::Context;
    use crate::tui::command::table::*;
    use crate::tui::keymap::{Key, Keys};
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn every_command_has_one_row_a_name_and_a_key() {
        let mut names = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for spec in commands() {
            assert!(names.insert(spec.name), "{} stands twice", spec.name);
            assert!(seen.insert(spec.command), "{} stands twice", spec.name);
            assert!(!spec.keys.is_empty() && !spec.doc.is_empty(), "{}", spec.name);
            assert!(spec.doc.len() <= 52, "{} is explained at more length than 80 columns show", spec.name);
        }
    }

    #[test]
    fn no_key_means_two_things_in_one_context() {
        let mut seen = BTreeMap::new();
        for spec in commands() {
            for (context, key) in spec.keys {
                assert!(Keys::parse(key).is_ok(), "{key} is no key");
                if let Some(other) = seen.insert((*context, *key), spec.name) {
                    panic!("{key} is both {other} and {} in {context:?}", spec.name);
                }
            }
        }
    }

    /// One letter with several meanings, in places that can be seen at once, and why that is meant.
    const DELIBERATE: &[(&str, &[&str], &str)] = &[
        ("/", &["search-log", "search-source"], "searches what has the focus"),
        ("E", &["export-log", "expose"], "exports: the log to a file, a port out of the composition"),
        ("G", &["bottom", "follow"], "the end: of a log that is its newest line, and following it"),
        ("J", &["pan-down", "select-down"], "HJKL reach further than hjkl: the graph scrolls, a selection grows"),
        ("K", &["pan-up", "select-up"], "HJKL reach further than hjkl"),
        ("L", &["log-level", "pan-right"], "HJKL scroll the graph; a log has levels, and nothing to scroll with them"),
        ("N", &["previous-match", "previous-node"], "the previous of what n goes through"),
        ("T", &["log-times", "tidy"], "the graph is tidied; a log has times, and nothing to tidy"),
        ("[", &["previous-file", "previous-tab"], "the previous tab of what has the focus"),
        ("]", &["next-file", "next-tab"], "the next tab of what has the focus"),
        ("a", &["add", "add-grant", "grant-denied"], "adds to what has the focus"),
        ("c", &["centre-graph", "log-node"], "on one component: the graph centres it, the log shows it alone"),
        ("f", &["filter-log", "jump"], "finds: lines by what they say, nodes by a label"),
        ("g", &["grants", "top"], "where nodes can be selected their grants; elsewhere the top, as in vim"),
        ("l", &["right", "show-logs"], "where one walks in both directions it is vim's arrow"),
        ("n", &["next-match", "next-node", "next-problem"], "the next of what the pane goes through"),
        ("u", &["restore-log", "undo"], "takes the last change of the pane back"),
        ("w", &["connect", "wire", "wrap-log"], "wires begin and end with it; a log has none and wraps"),
        ("x", &["clear-log", "close-file", "cut", "leave-out", "revoke"], "removes what is selected, undoably"),
    ];

    #[test]
    fn a_letter_means_one_thing_unless_it_is_meant_to() {
        let mut meanings: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for spec in commands() {
            for (context, key) in spec.keys {
                // A question and a prompt lie over everything else.
                if key.len() == 1 && !matches!(context, Context::Question) {
                    meanings.entry(*key).or_default().insert(spec.name);
                }
            }
        }
        let found: Vec<(&str, Vec<&str>)> = meanings
            .into_iter()
            .filter(|(_, names)| names.len() > 1)
            .map(|(k, n)| (k, n.into_iter().collect()))
            .collect();
        let meant: Vec<(&str, Vec<&str>)> = DELIBERATE.iter().map(|(key, names, _)| (*key, names.to_vec())).collect();
        assert_eq!(found, meant);
    }

    #[test]
    fn what_types_text_is_never_a_command_everywhere() {
        for spec in commands() {
            for (context, key) in spec.keys {
                let typed = key.split(' ').next().and_then(Key::parse).and_then(Key::typed);
                assert!(!(context.types() && typed.is_some()), "{key}");
            }
        }
    }
}
