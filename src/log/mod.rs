//! What guests wrote, bounded in lines and bytes; what had to be dropped is counted.

pub(crate) mod clock;
pub(crate) mod filter;
pub(crate) mod place;
pub(crate) mod plain;
pub(crate) mod shown;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::SystemTime;

use serde::Serialize;

/// Who a line is from, and by which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// A guest's standard output.
    Stdout,
    /// A guest's standard error.
    Stderr,
    /// Said by studio itself: a run started, a reload, a trap.
    Studio,
}

/// The name under which studio's own lines about the whole program stand.
pub(crate) const STUDIO: &str = "studio";

/// One line as a guest wrote it. `text` holds raw guest text without its line end; it may hold escape sequences and
/// must be sanitised where it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The node that wrote it; `studio` for studio's own.
    pub node: Arc<str>,
    /// Which of the node's outputs, or that studio says it.
    pub stream: Stream,
    /// What was written, up to 16 KiB of a line: a longer one goes on in the next.
    pub text: String,
    /// As it was written, where that was asked for and is no text.
    pub raw: Option<Arc<[u8]>>,
    /// No line end follows: the next line of the same stream is the next part of this one.
    pub goes_on: bool,
    /// When studio received it.
    pub time: SystemTime,
    /// The run that wrote it.
    pub generation: u64,
    /// The request it was written for, where HTTP is served.
    pub request: Option<u64>,
}

/// Longest line kept, in bytes; a longer one goes on in the next, and is marked.
pub(crate) const MAX_LINE: usize = 16 * 1024;

/// What stands at the end of a line that goes on in the next.
pub(crate) const GOES_ON: &str = " … (goes on)";

/// A ring of lines, bounded in lines and bytes.
#[derive(Debug)]
pub(crate) struct Log {
    /// Shared, so that a hundred thousand of them can be handed to whoever writes them to a file.
    lines: VecDeque<Arc<Line>>,
    bytes: usize,
    max_lines: usize,
    max_bytes: usize,
    /// Lines dropped from the front since the start.
    dropped: u64,
    /// The number of the oldest line kept, counted from the first that ever came in.
    first: u64,
    /// What was cleared and may be wanted back: the lines before `first`, within the same bounds.
    cleared: VecDeque<Arc<Line>>,
    /// All of the newest line, where it has no end yet; what comes next of its stream takes its place.
    open: Option<Line>,
    /// All of a line so far that another one came into: what it showed stays, and only what follows is added.
    broken: Option<Line>,
}

impl Line {
    /// Whether both were written to the same stream of the same instance.
    pub(crate) fn same_stream(&self, other: &Self) -> bool {
        let of = |line: &Self| (line.stream, line.generation, line.request);
        of(self) == of(other) && self.node == other.node
    }

    /// What of this line follows `begun`, which was written of it before; `None` where that is another line.
    pub(crate) fn rest_after(&self, begun: &Self) -> Option<&str> {
        self.text.strip_prefix(&*begun.text).filter(|_| self.same_stream(begun))
    }

    /// Whether this is the same line as `begun`, which was written of it before, with what followed.
    pub(crate) fn continues(&self, begun: &Self) -> bool {
        self.same_stream(begun) && self.bytes().starts_with(begun.bytes())
    }

    /// As it was written, as far as that is known.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.text.as_bytes())
    }
}

impl Log {
    pub(crate) fn new(max_lines: usize, max_bytes: usize) -> Self {
        Self {
            lines: VecDeque::new(),
            bytes: 0,
            max_lines,
            max_bytes,
            dropped: 0,
            first: 0,
            cleared: VecDeque::new(),
            open: None,
            broken: None,
        }
    }

    /// Adds a line that has no end yet, as far as it goes. Where another stream's line comes before its end, what it
    /// shows stays, and what follows stands in a line of its own.
    pub(crate) fn push_unfinished(&mut self, line: Line) {
        self.take_open(&line);
        self.add(self.rest(line.clone()));
        self.open = Some(line);
    }

    pub(crate) fn push(&mut self, mut line: Line) {
        if line.goes_on {
            line.text.push_str(GOES_ON);
        }
        self.take_open(&line);
        let ends = self.broken.as_ref().is_some_and(|broken| broken.same_stream(&line));
        let rest = self.rest(line);
        if ends {
            self.broken = None;
            if rest.text.is_empty() {
                return;
            }
        }
        self.add(rest);
    }

    /// Takes the line without an end away where this one is the same with more in it, else leaves it broken off.
    fn take_open(&mut self, next: &Line) {
        let Some(open) = self.open.take() else { return };
        if let Some(last) = self.lines.pop_back_if(|last| last.same_stream(next)) {
            self.bytes -= last.text.len();
        } else {
            self.broken = Some(open);
        }
    }

    /// What of a line does not stand in the log yet.
    fn rest(&self, mut line: Line) -> Line {
        if let Some(rest) = self.broken.as_ref().and_then(|broken| line.rest_after(broken)) {
            line.text = rest.to_owned();
        }
        line
    }

    /// Whether the newest line has no end yet.
    pub(crate) fn is_unfinished(&self) -> bool {
        self.open.is_some()
    }

    fn add(&mut self, line: Line) {
        self.bytes += line.text.len();
        self.lines.push_back(Arc::new(line));
        let over = |log: &Self| log.cleared.len() + log.lines.len() > log.max_lines || log.bytes > log.max_bytes;
        while over(self)
            && let Some(gone) = self.cleared.pop_front()
        {
            self.bytes -= gone.text.len();
        }
        while over(self) && self.lines.len() > 1 {
            if let Some(gone) = self.lines.pop_front() {
                self.bytes -= gone.text.len();
                self.dropped += 1;
                self.first += 1;
            }
        }
    }

    /// Counts lines lost before they reached the ring.
    pub(crate) fn lost(&mut self, lines: u64) {
        self.dropped += lines;
    }

    /// Puts all lines out of sight and gives how many.
    pub(crate) fn clear(&mut self) -> usize {
        let lines = self.lines.len();
        self.first += lines as u64;
        self.cleared.append(&mut self.lines);
        lines
    }

    /// Brings back what was cleared and is still kept, and gives how many lines that is.
    pub(crate) fn bring_back(&mut self) -> usize {
        let lines = self.cleared.len();
        self.first -= lines as u64;
        self.cleared.append(&mut self.lines);
        std::mem::swap(&mut self.cleared, &mut self.lines);
        lines
    }

    /// Whether something was cleared that can be brought back.
    pub(crate) fn is_cleared(&self) -> bool {
        !self.cleared.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The number of the oldest line kept. A line keeps its number while others come and fall out.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// The number the next line will have.
    pub(crate) fn end(&self) -> u64 {
        self.first + self.lines.len() as u64
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Line> {
        self.lines.get(index).map(|line| &**line)
    }

    /// The line with this number, to be kept.
    pub(crate) fn shared(&self, number: u64) -> Option<Arc<Line>> {
        self.lines.get(usize::try_from(number.checked_sub(self.first)?).ok()?).map(Arc::clone)
    }

    /// The line with this number, while it is kept.
    pub(crate) fn numbered(&self, number: u64) -> Option<&Line> {
        self.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Line> + ExactSizeIterator {
        self.lines.iter().map(|line| &**line)
    }
}

impl Default for Log {
    /// 100,000 lines or 32 MiB.
    fn default() -> Self {
        Self::new(100_000, 32 * 1024 * 1024)
    }
}

#[cfg(test)]
mod tests {
    use crate::log::*;

    fn line(text: &str) -> Line {
        Line {
            node: "n".into(),
            stream: Stream::Stdout,
            text: text.into(),
            raw: None,
            goes_on: false,
            time: SystemTime::UNIX_EPOCH,
            generation: 1,
            request: None,
        }
    }

    #[test]
    fn a_line_that_goes_on_says_so() {
        let mut log = Log::new(4, 100);
        log.push(Line { goes_on: true, ..line("one") });
        log.push_unfinished(Line { goes_on: true, ..line("tw") });
        assert_eq!(log.iter().map(|l| l.text.as_str()).collect::<Vec<_>>(), ["one … (goes on)", "tw"]);
        log.push(line("two"));
        assert_eq!(log.iter().map(|l| l.text.as_str()).collect::<Vec<_>>(), ["one … (goes on)", "two"]);
    }

    #[test]
    fn what_is_cleared_comes_back_before_what_came_since_and_within_the_bounds() {
        let mut log = Log::new(4, 100);
        let texts = |log: &Log| log.iter().map(|l| l.text.clone()).collect::<String>();
        for text in ["a", "b"] {
            log.push(line(text));
        }
        assert_eq!(log.clear(), 2);
        log.push(line("c"));
        assert_eq!((texts(&log).as_str(), log.first(), log.is_cleared()), ("c", 2, true));
        assert_eq!(log.clear(), 1);
        log.push(line("d"));
        assert_eq!(log.bring_back(), 3);
        assert_eq!((texts(&log).as_str(), log.first(), log.is_cleared()), ("abcd", 0, false));
        assert_eq!(log.numbered(2).unwrap().text, "c");

        assert_eq!(log.clear(), 4);
        for text in ["e", "f", "g"] {
            log.push(line(text));
        }
        assert_eq!((log.bring_back(), log.dropped()), (1, 0), "the rest gave way, and was not in sight");
        assert_eq!((texts(&log).as_str(), log.first()), ("defg", 3));
    }

    #[test]
    fn bounded_in_lines_and_bytes_and_counts_what_it_drops() {
        let mut log = Log::new(3, 10);
        for text in ["a", "b", "c", "d"] {
            log.push(line(text));
        }
        assert_eq!((log.len(), log.dropped()), (3, 1));
        log.push(line("123456789"));
        assert_eq!(log.iter().map(|l| l.text.as_str()).collect::<Vec<_>>(), ["d", "123456789"]);
        log.push(line("a line longer than the whole ring is still kept, alone"));
        assert_eq!(log.len(), 1);
        assert_eq!(log.dropped(), 5);
        assert_eq!((log.first(), log.end()), (5, 6));
        log.clear();
        assert_eq!((log.first(), log.end()), (6, 6), "numbers go on after a clear");
    }

    #[test]
    fn a_line_without_an_end_is_replaced_by_what_follows_of_its_stream() {
        let mut log = Log::default();
        let line = |node: &str, text: &str| Line { node: node.into(), ..line(text) };
        let texts = |log: &Log| log.iter().map(|l| l.text.clone()).collect::<Vec<_>>();
        log.push_unfinished(line("a", "name? "));
        log.push_unfinished(line("a", "name? hel"));
        log.push(line("a", "name? hello"));
        assert_eq!((texts(&log), log.end()), (vec!["name? hello".to_owned()], 1));
        log.push_unfinished(line("a", "more? "));
        log.push(line("b", "other"));
        log.push(line("a", "more? no"));
        assert_eq!(texts(&log), ["name? hello", "more? ", "other", "no"], "what was shown stays, and is not repeated");
        log.push(line("a", "more? no"));
        assert_eq!(texts(&log).last().unwrap(), "more? no", "another line");
        log.push_unfinished(line("a", "1? "));
        log.push(line("b", "one"));
        log.push_unfinished(line("a", "1? 2? "));
        log.push(line("b", "two"));
        log.push(line("a", "1? 2? "));
        assert_eq!(texts(&log)[5..], ["1? ", "one", "2? ", "two"], "its end alone is no line");
    }
}
