//! The lines that are wanted, by number, kept up with the log: a line is tested once, when it comes in. Those that were
//! there before are tested from the newest back, some at a time, for testing all of a full log takes longer than a frame.

use std::collections::VecDeque;

use crate::log::{Line, Log};

/// Older lines that are tested at a time.
const STEP: u64 = 2_000;

/// Numbers of the lines that a test was true of, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    numbers: VecDeque<u64>,
    /// The first line that was tested, and the first after it that was not yet; `None` before the first look.
    tested: Option<(u64, u64)>,
    /// The newest line that was tested had no end yet.
    unfinished: bool,
}

impl Index {
    /// Tests the lines that came since the last time and some of those before them, and forgets those that fell out of
    /// the log.
    pub(crate) fn follow(&mut self, log: &Log, wants: impl Fn(&Line) -> bool) {
        while self.numbers.front().is_some_and(|number| *number < log.first()) {
            self.numbers.pop_front();
        }
        let wanted = |number: &u64| log.numbered(*number).is_some_and(&wants);
        let (oldest, next) = self.tested.unwrap_or((log.end(), log.end()));
        // The newest line may be whole by now.
        let next = if self.unfinished { next.saturating_sub(1).max(oldest) } else { next };
        self.unfinished = log.is_unfinished();
        while self.numbers.back().is_some_and(|number| *number >= next) {
            self.numbers.pop_back();
        }
        self.numbers.extend((next.max(log.first())..log.end()).filter(wanted));
        let oldest = oldest.max(log.first());
        let from = oldest.saturating_sub(STEP).max(log.first());
        (from..oldest).rev().filter(wanted).for_each(|number| self.numbers.push_front(number));
        self.tested = Some((from, log.end()));
    }

    /// Whether lines are left that were never tested.
    pub(crate) fn is_behind(&self, log: &Log) -> bool {
        self.tested.is_none_or(|(from, _)| from > log.first())
    }

    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    pub(crate) fn get(&self, position: usize) -> Option<u64> {
        self.numbers.get(position).copied()
    }

    /// The position of the first number that is not below this one.
    pub(crate) fn position(&self, number: u64) -> usize {
        self.numbers.partition_point(|n| *n < number)
    }

    pub(crate) fn holds(&self, number: u64) -> bool {
        self.get(self.position(number)) == Some(number)
    }
}

/// The lines that show: all of the log, or those of an index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    log: &'a Log,
    only: Option<&'a Index>,
}

impl<'a> Shown<'a> {
    pub(crate) fn new(log: &'a Log, only: Option<&'a Index>) -> Self {
        Self { log, only }
    }

    pub(crate) fn len(&self) -> usize {
        self.only.map_or(self.log.len(), Index::len)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of the line at a position.
    pub(crate) fn number(&self, position: usize) -> Option<u64> {
        match self.only {
            Some(index) => index.get(position),
            None => (position < self.log.len()).then(|| self.log.first() + position as u64),
        }
    }

    pub(crate) fn line(&self, position: usize) -> Option<(u64, &'a Line)> {
        let number = self.number(position)?;
        Some((number, self.log.numbered(number)?))
    }

    /// The position of the first line whose number is not below this one.
    pub(crate) fn position(&self, number: u64) -> usize {
        match self.only {
            Some(index) => index.position(number),
            None => usize::try_from(number.saturating_sub(self.log.first())).unwrap_or(usize::MAX).min(self.log.len()),
        }
    }

    /// The lines from one number to another, both with them.
    pub(crate) fn between(&self, first: u64, last: u64) -> impl Iterator<Item = (u64, &'a Line)> + use<'a> {
        let this = *self;
        let start = this.position(first);
        (start..this.len()).map_while(move |position| this.line(position)).take_while(move |(n, _)| *n <= last)
    }
}

#[cfg(test)]
mod tests {
    use crate::log::Stream;
    use crate::log::shown::*;
    use std::cell::Cell;
    use std::time::SystemTime;

    fn push(log: &mut Log, text: &str) {
        log.push(Line {
            node: "n".into(),
            stream: Stream::Stdout,
            text: text.into(),
            raw: None,
            goes_on: false,
            time: SystemTime::UNIX_EPOCH,
            generation: 1,
            request: None,
        });
    }

    #[test]
    fn it_holds_what_a_fresh_look_would_find() {
        arbtest::arbtest(|u| {
            let mut log = Log::new(8, 1 << 20);
            let mut index = Index::default();
            for _ in 0..u.int_in_range(0..=40)? {
                match u.int_in_range(0..=9)? {
                    0 => drop(log.clear()),
                    n => push(&mut log, if n % 3 == 0 { "wanted" } else { "not" }),
                }
                if u.arbitrary()? {
                    index.follow(&log, |l| l.text == "wanted");
                    let all: Vec<u64> = (log.first()..log.end())
                        .filter(|n| log.numbered(*n).is_some_and(|l| l.text == "wanted"))
                        .collect();
                    assert_eq!(index.numbers.iter().copied().collect::<Vec<_>>(), all);
                }
            }
            Ok(())
        });
    }

    #[test]
    fn every_line_is_tested_once() {
        let mut log = Log::new(50, 1 << 20);
        let (mut index, tested) = (Index::default(), Cell::new(0));
        for n in 0..1_000 {
            push(&mut log, "x");
            if n % 7 == 0 {
                index.follow(&log, |_| {
                    tested.set(tested.get() + 1);
                    true
                });
            }
        }
        index.follow(&log, |_| true);
        assert!((990..=1_000).contains(&tested.get()), "{}", tested.get());
        assert_eq!(index.len(), 50);
    }

    #[test]
    fn a_full_log_is_looked_at_from_the_newest_back_a_step_at_a_time() {
        let mut log = Log::new(5_000, 1 << 20);
        (0..6_000).for_each(|n| push(&mut log, if n % 2 == 0 { "even" } else { "odd" }));
        let (mut index, tested) = (Index::default(), Cell::new(0));
        let mut steps = Vec::new();
        while index.is_behind(&log) {
            index.follow(&log, |l| {
                tested.set(tested.get() + 1);
                l.text == "odd"
            });
            // Lines come meanwhile, and push the oldest out.
            push(&mut log, "odd");
            steps.push((index.get(0), index.len(), tested.get()));
        }
        assert_eq!(steps, [(Some(4_001), 1_000, 2_000), (Some(2_001), 2_001, 4_001), (Some(1_003), 2_501, 5_000)]);
        index.follow(&log, |l| l.text == "odd");
        assert_eq!(index.numbers.iter().rev().take(4).copied().collect::<Vec<_>>(), [6_002, 6_001, 6_000, 5_999]);
    }

    #[test]
    fn positions_and_numbers_agree() {
        let mut log = Log::new(5, 1 << 20);
        (0..8).for_each(|n| push(&mut log, if n % 2 == 0 { "even" } else { "odd" }));
        let mut index = Index::default();
        index.follow(&log, |l| l.text == "odd");
        for shown in [Shown::new(&log, None), Shown::new(&log, Some(&index))] {
            for position in 0..shown.len() {
                assert_eq!(shown.position(shown.number(position).unwrap()), position);
            }
            assert_eq!(shown.number(shown.len()), None);
        }
        let odd: Vec<u64> = Shown::new(&log, Some(&index)).between(0, 6).map(|(n, _)| n).collect();
        assert_eq!(odd, [3, 5]);
    }
}
