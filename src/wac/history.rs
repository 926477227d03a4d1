//! What was done to a composition's text, to take it back and do it again: without end, across saves, in memory.
//!
//! Steps are kept as small edits, not as whole texts. Whoever asks for an undo says what the file holds now: where
//! somebody else wrote it meanwhile, that becomes a step of its own first, so that nothing is ever overwritten unseen
//! and an undo brings even a foreign change back and forth.

use crate::wac::Edit;

/// What a step is called that somebody else made.
const OUTSIDE: &str = "changed outside";

/// One step, in both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    label: String,
    forth: Edit,
    back: Edit,
    /// Whether the file was there before and after.
    was: bool,
    is: bool,
}

impl Step {
    fn between(label: &str, before: Option<&str>, after: Option<&str>) -> Self {
        let (old, new) = (before.unwrap_or_default(), after.unwrap_or_default());
        let forth = Edit::between(old, new);
        let back = forth.inverse(old);
        Self { label: label.to_owned(), forth, back, was: before.is_some(), is: after.is_some() }
    }

    fn inverse(&self) -> Self {
        Self {
            label: self.label.clone(),
            forth: self.back.clone(),
            back: self.forth.clone(),
            was: self.is,
            is: self.was,
        }
    }

    fn apply(&self, text: Option<&str>) -> Option<String> {
        self.is.then(|| self.forth.apply(text.unwrap_or_default()))
    }
}

/// A step that was taken back or made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moved {
    /// What the step was called when it was made.
    pub(crate) label: String,
    /// What the file is to hold now; `None` where the step made the file, so that without it there is none.
    pub text: Option<String>,
}

/// All that was done to one text, and what of it was taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct History {
    /// The text after the last step; `None` where there is no file.
    now: Option<String>,
    past: Vec<Step>,
    /// What was taken back, the next to make again at the end.
    future: Vec<Step>,
}

impl History {
    /// Begins with what the file holds; `None` where there is none.
    pub(crate) fn new(text: Option<&str>) -> Self {
        Self { now: text.map(str::to_owned), ..Self::default() }
    }

    /// What the file held when the history last looked.
    pub(crate) fn text(&self) -> Option<&str> {
        self.now.as_deref()
    }

    /// An edit of our own that was written: from what the file held to what it holds. What had been taken back before
    /// is forgotten, as in any editor.
    pub(crate) fn push(&mut self, label: &str, before: Option<&str>, after: &str) {
        self.notice(before);
        if self.now.as_deref() == Some(after) {
            return;
        }
        self.future.clear();
        self.past.push(Step::between(label, before, Some(after)));
        self.now = Some(after.to_owned());
    }

    /// Takes note of what the file holds. Gives whether somebody else wrote it since; their change is then a step like
    /// any other, and what had been taken back before stays within reach of undo, below it.
    pub(crate) fn notice(&mut self, on_disk: Option<&str>) -> bool {
        if self.now.as_deref() == on_disk {
            return false;
        }
        let undone: Vec<_> = self.future.drain(..).rev().collect();
        let back: Vec<_> = undone.iter().rev().map(Step::inverse).collect();
        self.past.extend(undone);
        self.past.extend(back);
        self.past.push(Step::between(OUTSIDE, self.now.as_deref(), on_disk));
        self.now = on_disk.map(str::to_owned);
        true
    }

    /// Takes the last step back: what is to be written. `on_disk` is what the file holds. Where writing fails,
    /// [`Self::redo`] puts the history back as it was.
    pub(crate) fn undo(&mut self, on_disk: Option<&str>) -> Option<Moved> {
        self.notice(on_disk);
        let step = self.past.pop()?;
        self.now = step.inverse().apply(self.now.as_deref());
        let label = step.label.clone();
        self.future.push(step);
        Some(Moved { label, text: self.now.clone() })
    }

    /// Makes what was taken back last again: what is to be written. Where somebody else wrote the file since the undo
    /// there is nothing to make again.
    pub(crate) fn redo(&mut self, on_disk: Option<&str>) -> Option<Moved> {
        self.notice(on_disk);
        let step = self.future.pop()?;
        self.now = step.apply(self.now.as_deref());
        let label = step.label.clone();
        self.past.push(step);
        Some(Moved { label, text: self.now.clone() })
    }

    /// What [`Self::undo`] would take back.
    pub(crate) fn next_undo(&self) -> Option<&str> {
        self.past.last().map(|s| s.label.as_str())
    }

    /// What [`Self::redo`] would make again.
    pub(crate) fn next_redo(&self) -> Option<&str> {
        self.future.last().map(|s| s.label.as_str())
    }
}

#[cfg(test)]
mod tests {
    use crate::wac::history::*;

    #[allow(clippy::unnecessary_wraps)] // as it is compared
    fn moved(label: &str, text: Option<&str>) -> Option<Moved> {
        Some(Moved { label: label.into(), text: text.map(str::to_owned) })
    }

    #[test]
    fn steps_go_back_and_forth() {
        let mut history = History::new(Some("a"));
        assert_eq!(history.undo(Some("a")), None);
        history.push("wire", Some("a"), "ab");
        history.push("cut", Some("ab"), "abc");
        assert_eq!(history.next_undo(), Some("cut"));
        assert_eq!(history.undo(Some("abc")), moved("cut", Some("ab")));
        assert_eq!(history.undo(Some("ab")), moved("wire", Some("a")));
        assert_eq!(history.next_redo(), Some("wire"));
        assert_eq!(history.redo(Some("a")), moved("wire", Some("ab")));
        history.push("add", Some("ab"), "abd");
        assert_eq!(history.redo(Some("abd")), None, "another way was taken");
        assert_eq!(history.undo(Some("abd")), moved("add", Some("ab")));
    }

    #[test]
    fn a_file_that_an_edit_made_goes_with_its_undo() {
        let mut history = History::new(None);
        history.push("add", None, "package a:b;");
        assert_eq!(history.undo(Some("package a:b;")), moved("add", None));
        assert_eq!(history.redo(None), moved("add", Some("package a:b;")));
    }

    #[test]
    fn what_somebody_else_wrote_is_a_step_and_loses_nothing() {
        let mut history = History::new(Some("a"));
        history.push("wire", Some("a"), "ab");
        history.undo(Some("ab"));
        // An editor saved while `wire` was taken back.
        assert!(history.notice(Some("z")));
        assert!(!history.notice(Some("z")), "it is told once");
        assert_eq!(history.redo(Some("z")), None);
        assert_eq!(history.undo(Some("z")), moved(OUTSIDE, Some("a")));
        assert_eq!(history.undo(Some("a")), moved("wire", Some("ab")), "even what was undone is within reach");
        assert_eq!(history.undo(Some("ab")), moved("wire", Some("a")));
        for text in ["ab", "a", "z"] {
            let on_disk = history.text().map(str::to_owned);
            assert_eq!(history.redo(on_disk.as_deref()).unwrap().text.as_deref(), Some(text));
        }
    }

    #[test]
    fn an_undo_after_a_foreign_change_takes_that_back_first() {
        let mut history = History::new(Some("a"));
        history.push("wire", Some("a"), "ab");
        assert_eq!(history.undo(Some("ab // mine")), moved(OUTSIDE, Some("ab")));
        assert_eq!(history.redo(Some("ab")), moved(OUTSIDE, Some("ab // mine")));
        // And an edit made on top of what was never seen.
        history.push("cut", Some("b"), "bb");
        assert_eq!(history.undo(Some("bb")), moved("cut", Some("b")));
        assert_eq!(history.undo(Some("b")), moved(OUTSIDE, Some("ab // mine")));
    }

    #[test]
    fn any_way_back_is_the_way_it_came() {
        arbtest::arbtest(|u| {
            let mut history = History::new(Some(""));
            let mut disk = Some(String::new());
            for _ in 0..u.int_in_range(1..=20)? {
                let text: String =
                    (0..u.int_in_range(0..=5)?).map(|_| *u.choose(&['a', 'é', '\n']).unwrap_or(&'b')).collect();
                match u.int_in_range(0..=4)? {
                    0 | 1 => {
                        history.push("edit", disk.as_deref(), &text);
                        disk = Some(text);
                    }
                    2 => disk = u.arbitrary::<bool>()?.then_some(text),
                    3 => disk = history.undo(disk.as_deref()).map_or(disk, |m| m.text),
                    _ => disk = history.redo(disk.as_deref()).map_or(disk, |m| m.text),
                }
            }
            history.notice(disk.as_deref());
            let mut texts = vec![disk.clone()];
            while let Some(moved) = history.undo(disk.as_deref()) {
                disk.clone_from(&moved.text);
                texts.push(moved.text);
            }
            assert_eq!(disk.as_deref(), Some(""), "the first text is the last undo");
            while let Some(expected) = texts.pop() {
                assert_eq!(disk, expected);
                if let Some(moved) = history.redo(disk.as_deref()) {
                    disk = moved.text;
                }
            }
            Ok(())
        })
        .budget_ms(300);
    }
}
