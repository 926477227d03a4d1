//! Columns of a shown line, and the text that stands there.

/// A stretch of text from one place to another, by line and column; the first need not come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Where it was begun, and where it is drawn to: the character there belongs to it.
    pub(crate) anchor: (u64, usize),
    pub(crate) at: (u64, usize),
}

impl Part {
    /// The columns of a line that belong to it, the end not included.
    pub(crate) fn of_line(self, line: u64) -> Option<(usize, usize)> {
        let (first, last) = (self.anchor.min(self.at), self.anchor.max(self.at));
        let from = if line == first.0 { first.1 } else { 0 };
        let to = if line == last.0 { last.1.saturating_add(1) } else { usize::MAX };
        (first.0..=last.0).contains(&line).then_some((from, to))
    }
}

/// What stands in these columns of what takes so many columns each. A character that lies half in them is taken.
pub(crate) fn between<'a>(cells: impl IntoIterator<Item = (&'a str, usize)>, (from, to): (usize, usize)) -> String {
    let mut column = 0;
    let mut out = String::new();
    for (text, wide) in cells {
        let (start, end) = (column, column + wide);
        column = end;
        if start < to && (end > from || wide == 0 && start > from) {
            out.push_str(text);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::model::columns::*;

    #[test]
    fn a_part_is_the_same_from_either_end() {
        let (a, b) = ((3, 5), (5, 2));
        for part in [Part { anchor: a, at: b }, Part { anchor: b, at: a }] {
            let of = |line| part.of_line(line);
            assert_eq!([of(2), of(6)], [None, None]);
            assert_eq!([of(3), of(4), of(5)], [Some((5, usize::MAX)), Some((0, usize::MAX)), Some((0, 3))]);
        }
        assert_eq!(Part { anchor: (1, 7), at: (1, 4) }.of_line(1), Some((4, 8)));
    }

    #[test]
    fn a_wide_character_is_taken_whole_or_not_at_all() {
        let cells = [("a", 1), ("日", 2), ("本", 2), ("b", 1)];
        assert_eq!(between(cells, (0, 1)), "a");
        assert_eq!(between(cells, (2, 3)), "日");
        assert_eq!(between(cells, (2, 4)), "日本");
        assert_eq!(between(cells, (5, usize::MAX)), "b");
    }
}
