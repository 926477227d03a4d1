//! Programs that ran, kept to go back to: each named by what was new in it.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use crate::compose::Live;

/// Programs kept. Their machine code is kept apart from this, so going back to one rarely compiles anything.
pub(crate) const KEPT: usize = 8;

/// A program that came as far as its first instruction.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub generation: u64,
    pub live: Arc<Live>,
    /// What was new, as in `logger` or `logger and 2 more`.
    pub what: String,
    /// The files that were changed for it.
    pub(crate) files: Vec<PathBuf>,
    pub time: SystemTime,
}

impl Kept {
    /// What tells it from the one before: the files that were changed, where that is known, else the components.
    pub(crate) fn change(&self) -> String {
        let files: Vec<String> = self.files.iter().map(|file| file.display().to_string()).collect();
        if files.is_empty() { self.what.clone() } else { listed(&files) }
    }
}

/// The programs of a session, newest last; one that ran several times is kept once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Generations {
    kept: VecDeque<Kept>,
}

impl Generations {
    /// Keeps this one, for which these files were changed.
    pub(crate) fn keep(&mut self, generation: u64, live: &Arc<Live>, time: SystemTime, files: Vec<PathBuf>) {
        let what = match self.kept.back() {
            None => "the first".into(),
            Some(before) => what_changed(&before.live, live),
        };
        if let Some(at) = self.kept.iter().position(|k| same_program(&k.live, live)) {
            // Going back is not a change: it keeps the name it had.
            if let Some(mut again) = self.kept.remove(at) {
                again.generation = generation;
                again.time = time;
                self.kept.push_back(again);
            }
            return;
        }
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(Kept { generation, live: Arc::clone(live), what, files, time });
    }

    /// Newest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Kept> + ExactSizeIterator {
        self.kept.iter().rev()
    }

    pub(crate) fn get(&self, generation: u64) -> Option<&Kept> {
        self.kept.iter().find(|k| k.generation == generation)
    }
}

/// Same adapters and same core modules: nothing a guest could tell apart.
pub(crate) fn same_program(a: &Live, b: &Live) -> bool {
    a.bytes == b.bytes && a.modules.iter().map(|m| m.key).eq(b.modules.iter().map(|m| m.key))
}

/// The components that are other than before, or else the wiring.
pub(crate) fn what_changed(before: &Live, now: &Live) -> String {
    let keys = |live: &Live, component: &str| -> Vec<[u8; 32]> {
        live.modules.iter().filter(|m| m.component == component).map(|m| m.key).collect()
    };
    let mut changed: Vec<&str> = Vec::new();
    for (_, component) in &now.nodes {
        if !changed.contains(&component.as_str()) && keys(before, component) != keys(now, component) {
            changed.push(component);
        }
    }
    match changed.as_slice() {
        [] if before.bytes == now.bytes => "nothing".into(),
        [] => "the wiring".into(),
        changed => listed(changed),
    }
}

/// The first, and the second or how many more.
fn listed(names: &[impl AsRef<str>]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().into(),
        [one, other] => format!("{} and {}", one.as_ref(), other.as_ref()),
        [one, rest @ ..] => format!("{} and {} more", one.as_ref(), rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use crate::app::generations::*;
    use crate::compose::CoreModule;
    use crate::model::port::Ports;

    fn live(wiring: &str, modules: &[(&str, u8)]) -> Arc<Live> {
        let module = |(component, version): &(&str, u8)| CoreModule {
            import: "hoisted".into(),
            component: (*component).into(),
            stripped: Arc::default(),
            full: Arc::default(),
            key: [*version; 32],
        };
        Arc::new(Live {
            bytes: wiring.as_bytes().into(),
            modules: modules.iter().map(module).collect(),
            labels: Vec::new(),
            missing: Vec::new(),
            ports: Ports::default(),
            nodes: modules.iter().map(|(c, _)| (format!("{c}-node"), (*c).into())).collect(),
            providers: Vec::new(),
        })
    }

    #[test]
    fn each_is_named_by_what_was_new() {
        let first = live("w", &[("a", 1), ("b", 1), ("c", 1)]);
        let named = |now: &Arc<Live>| what_changed(&first, now);
        assert_eq!(named(&live("w", &[("a", 1), ("b", 2), ("c", 1)])), "b");
        assert_eq!(named(&live("w", &[("a", 2), ("b", 2), ("c", 1)])), "a and b");
        assert_eq!(named(&live("x", &[("a", 2), ("b", 2), ("c", 2)])), "a and 2 more");
        assert_eq!(named(&live("x", &[("a", 1), ("b", 1), ("c", 1)])), "the wiring");
        assert_eq!(named(&first), "nothing");
    }

    #[test]
    fn a_bounded_number_is_kept_and_each_once() {
        let mut generations = Generations::default();
        let time = SystemTime::UNIX_EPOCH;
        for version in 1..=10u8 {
            generations.keep(version.into(), &live("w", &[("a", version)]), time, Vec::new());
        }
        assert_eq!(generations.iter().map(|k| k.generation).collect::<Vec<_>>(), [10, 9, 8, 7, 6, 5, 4, 3]);
        // Back to the seventh, as the eleventh.
        generations.keep(11, &live("w", &[("a", 7)]), time, vec!["a/src/lib.rs".into()]);
        assert_eq!(generations.iter().map(|k| k.generation).collect::<Vec<_>>(), [11, 10, 9, 8, 6, 5, 4, 3]);
        assert_eq!(generations.get(11).unwrap().what, "a");
    }
}
