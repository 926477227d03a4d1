//! A list to choose from: typing narrows it, the best match first.

use std::cmp::Reverse;

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::build::scaffold::Template;
use crate::compose::Change;
use crate::model::graph::{End, Wire};
use crate::tui::command::Command;
use crate::tui::overlay::field::Field;

/// What choosing an item does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Command(Command),
    /// Of an earlier run, whose program runs again.
    Generation(u64),
    /// A theme by name; as the terminal is.
    Theme(Option<String>),
    /// An edit of the composition, as one step.
    Edit {
        label: String,
        changes: Vec<Change>,
    },
    /// For a plan: who provides this, or that it is left open.
    Decide {
        from: End,
        wire: Option<Wire>,
    },
    /// The node whose lines show; all of them.
    LogNode(Option<String>),
    /// A text that choosing copies.
    Text(String),
    /// A template to make a project from.
    Template(Template),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub name: String,
    /// What it is, behind the name.
    pub(crate) detail: String,
    /// The key that does the same, at the row's end.
    pub key: String,
    /// Why it can't be chosen now.
    pub(crate) refused: Option<String>,
    pub(crate) choice: Choice,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Picker {
    pub(crate) title: String,
    /// What is said where nothing matches.
    pub(crate) nothing: &'static str,
    /// What stands behind the number of all, until something is typed.
    pub(crate) note: String,
    pub(crate) query: Field,
    pub(crate) selected: usize,
    /// A menu at the pointer, where this is given; else in the middle.
    pub(crate) anchor: Option<(u16, u16)>,
    items: Vec<Item>,
    /// Those that match, by index, the best first.
    found: Vec<usize>,
}

impl Picker {
    pub(crate) fn new(title: impl Into<String>, nothing: &'static str, items: Vec<Item>) -> Self {
        let mut picker = Self { title: title.into(), nothing, items, ..Self::default() };
        picker.search();
        picker
    }

    /// How many there are when nothing is typed.
    pub(crate) fn all(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn items(&self) -> &[Item] {
        &self.items
    }

    /// Whether what is selected shows at once, around the list.
    pub(crate) fn shows_each_at_once(&self) -> bool {
        self.items.iter().any(|item| matches!(item.choice, Choice::Theme(_)))
    }

    /// The items that match, in the order they are shown.
    pub(crate) fn found(&self) -> impl ExactSizeIterator<Item = &Item> {
        self.found.iter().map(|index| &self.items[*index])
    }

    pub(crate) fn chosen(&self) -> Option<&Item> {
        self.found().nth(self.selected)
    }

    pub(crate) fn step(&mut self, by: isize) {
        let last = self.found.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }

    /// To be called after every change of the query. What can't be chosen now comes last, until it is asked for.
    pub(crate) fn search(&mut self) {
        self.selected = 0;
        let mut matcher = Matcher::new(Config::DEFAULT);
        let query = self.query.text();
        let names = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
        // Sentences hold any three letters in order: of these, words are wanted.
        let words = Pattern::new(query, CaseMatching::Ignore, Normalization::Smart, AtomKind::Substring);
        let mut buffer = Vec::new();
        let mut scored: Vec<(bool, u32, usize)> = Vec::new();
        for (index, item) in self.items.iter().enumerate() {
            let mut score =
                |pattern: &Pattern, text: &str| pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher);
            // The name counts twice: who types it means it.
            let named = score(&names, &item.name).map(|s| s * 2);
            let best = named.max(score(&words, &format!("{} {}", item.name, item.detail)));
            if let Some(best) = best {
                scored.push((item.refused.is_some(), best, index));
            }
        }
        let asked = !query.is_empty();
        scored.sort_by_key(|(refused, score, index)| (*refused && !asked, Reverse(*score), *refused, *index));
        self.found = scored.into_iter().map(|(_, _, index)| index).collect();
    }
}

#[cfg(test)]
mod tests {
    use crate::tui::overlay::picker::*;

    fn item(name: &str, detail: &str, refused: bool) -> Item {
        Item {
            name: name.into(),
            detail: detail.into(),
            key: String::new(),
            refused: refused.then(|| "not now".into()),
            choice: Choice::Command(Command::Help),
        }
    }

    fn found(query: &str) -> Vec<String> {
        let items = vec![
            item("fit-graph", "show as much of the graph as fits", false),
            item("focus-graph", "move to the graph", true),
            item("help", "show all keys", false),
        ];
        let mut picker = Picker::new("Commands", "", items);
        picker.query.insert(query);
        picker.search();
        picker.found().map(|i| i.name.clone()).collect()
    }

    #[test]
    fn letters_in_order_match_and_what_can_be_done_comes_first() {
        assert_eq!(found(""), ["fit-graph", "help", "focus-graph"]);
        assert_eq!(found("fitgr"), ["fit-graph"]);
        assert_eq!(found("move graph"), ["focus-graph"]);
        assert_eq!(found("focus-graph").first().map(String::as_str), Some("focus-graph"), "what is asked for by name");
        assert_eq!(found("KEYS"), ["help"]);
        assert!(found("xyz").is_empty());
    }

    #[test]
    fn the_selection_stays_in_the_list() {
        let mut picker = Picker::new("", "", vec![item("a", "", false), item("b", "", false)]);
        picker.step(5);
        assert_eq!(picker.chosen().map(|i| i.name.as_str()), Some("b"));
        picker.step(-9);
        assert_eq!(picker.selected, 0);
        picker.query.insert("zzz");
        picker.search();
        assert_eq!(picker.chosen(), None);
    }
}
