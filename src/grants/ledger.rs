//! What each node used of what it was granted, and what it was denied.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::grants::{Capability, Kind};
use crate::model::guest_text::one_line;

/// Different capabilities kept of one node; what comes beyond counts for its kind as a whole.
const MOST: usize = 256;

/// What a node is told that asks for its folders and has none. Which paths it wants is not known before it has one.
pub(crate) const NO_FOLDER: &str = "no folder is granted";

/// One use of a capability, or an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Who used it, by the name in the graph.
    pub node: String,
    /// Known even where `grant` is empty.
    pub kind: Kind,
    /// The capability that allows it, written as on the command line; empty where none could.
    pub grant: String,
    /// What it was used for, as in `GET http://api.stripe.com/v1`.
    pub detail: String,
    /// Whether it was refused.
    pub denied: bool,
}

/// What is known of one capability of one node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Times that it was allowed.
    pub used: u64,
    /// Times that it was refused.
    pub denied: u64,
    /// What it was used or asked for last.
    pub last: String,
}

impl Entry {
    /// Whether nothing but folders was asked for, when none was granted.
    pub(crate) fn asked_for_folders(&self, kind: Kind) -> bool {
        kind == Kind::Files && self.last == NO_FOLDER
    }
}

/// One entry, with whose and what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub node: String,
    pub kind: Kind,
    pub grant: String,
    #[serde(flatten)]
    pub entry: Entry,
}

/// All uses of a run, by node, kind and the capability that allows (or would have allowed) them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    entries: BTreeMap<(String, Kind, String), Entry>,
}

impl Ledger {
    /// Counts it, and takes its detail as the last one.
    pub fn add(&mut self, one: Use) {
        let Use { node, kind, grant, detail, denied } = one;
        let entry = Entry { used: u64::from(!denied), denied: u64::from(denied), last: detail };
        self.put((node, kind, grant), entry);
    }

    /// Adds the counts of a later ledger.
    pub fn merge(&mut self, other: Self) {
        for (key, entry) in other.entries {
            self.put(key, entry);
        }
    }

    fn put(&mut self, mut key: (String, Kind, String), mut new: Entry) {
        // The one place that all of them come through, those of a file too: what a guest named stays one line, and what
        // couldn't be granted as it is written is no grant.
        new.last = one_line(&new.last);
        key.0 = one_line(&key.0);
        if key.2.parse::<Capability>().is_err() {
            key.2.clear();
        }
        if !self.entries.contains_key(&key) && self.of(&key.0).count() >= MOST {
            key.2.clear();
        }
        let entry = self.entries.entry(key).or_default();
        entry.used += new.used;
        entry.denied += new.denied;
        entry.last = new.last;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// `(node, kind, grant)` and what is known of it.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Kind, &str, &Entry)> {
        self.entries.iter().map(|((node, kind, grant), entry)| (node.as_str(), *kind, grant.as_str(), entry))
    }

    /// All entries, sorted by node, kind and grant.
    pub fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        self.iter().map(|(node, kind, grant, entry)| Row {
            node: node.into(),
            kind,
            grant: grant.into(),
            entry: entry.clone(),
        })
    }

    /// What is known of one node.
    pub fn of(&self, node: &str) -> impl Iterator<Item = (Kind, &str, &Entry)> {
        let from = (node.to_owned(), Kind::Files, String::new());
        self.entries
            .range(from..)
            .take_while(move |((n, _, _), _)| n == node)
            .map(|((_, kind, grant), entry)| (*kind, grant.as_str(), entry))
    }

    /// The least set of capabilities that what was used needs (and, where `denied` is wanted too, what was refused).
    pub fn proposal(&self, denied: bool) -> BTreeMap<&str, Vec<&str>> {
        let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (node, _, grant, entry) in self.iter() {
            if !grant.is_empty() && (entry.used > 0 || denied) {
                all.entry(node).or_default().push(grant);
            }
        }
        for grants in all.values_mut() {
            // A folder that is written is read too.
            let written: Vec<String> =
                grants.iter().filter_map(|g| Some(format!("{}:ro", g.strip_suffix(":rw")?))).collect();
            grants.retain(|g| !written.iter().any(|w| w == g));
        }
        all
    }
}

impl FromIterator<Row> for Ledger {
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Self {
        let mut ledger = Self::default();
        for Row { node, kind, grant, entry } in rows {
            ledger.put((node, kind, grant), entry);
        }
        ledger
    }
}

#[cfg(test)]
mod tests {
    use crate::grants::ledger::*;

    fn one(grant: &str, denied: bool) -> Use {
        Use { node: "a".into(), kind: Kind::Files, grant: grant.into(), detail: "x".into(), denied }
    }

    #[test]
    fn counts_and_proposes_the_least() {
        let mut ledger = Ledger::default();
        for use_ in [one("files=s:ro", false), one("files=s:rw", false), one("files=s:ro", false)] {
            ledger.add(use_);
        }
        ledger.add(one("files=/:ro", true));
        let counts: Vec<_> = ledger.iter().map(|(_, _, grant, e)| (grant, e.used, e.denied)).collect();
        assert_eq!(counts, [("files=/:ro", 0, 1), ("files=s:ro", 2, 0), ("files=s:rw", 1, 0)]);
        assert_eq!(ledger.rows().collect::<Ledger>(), ledger);
        assert_eq!(ledger.proposal(false)["a"], ["files=s:rw"]);
        assert_eq!(ledger.proposal(true)["a"], ["files=/:ro", "files=s:rw"]);
    }

    #[test]
    fn bounded_whatever_a_guest_tries() {
        let mut ledger = Ledger::default();
        for n in 0..10_000 {
            ledger.add(one(&format!("files={n}:ro"), true));
        }
        assert!(ledger.iter().count() <= MOST + 1);
        assert_eq!(ledger.iter().map(|(_, _, _, e)| e.denied).sum::<u64>(), 10_000);
    }
}
