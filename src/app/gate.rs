//! Acts that give power over the user's machine: done by the key that a question on the screen names, pressed after the
//! frame that showed this very question whole, and by nothing else.

use std::time::Instant;

/// What the last frame showed of a question; written while drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Drawn {
    /// Which question, in which wording.
    pub(crate) question: u64,
    /// Every row of it has been in sight, and the frame named the key.
    pub(crate) whole: bool,
    /// Rows from its top that have been in sight.
    pub(crate) seen: usize,
    /// The first row that can be scrolled to the top at most.
    pub(crate) last_offset: usize,
    /// Columns it was wrapped at.
    pub(crate) width: usize,
    /// When the frame was on the screen.
    pub at: Instant,
}

/// Proof that a question was answered by the user. Only [`pass`] makes one.
#[derive(Debug)]
pub struct Pass(());

/// Whether a key pressed at `pressed` answers this question as it stands now.
pub(crate) fn pass(drawn: Option<Drawn>, question: u64, pressed: Instant) -> Option<Pass> {
    let drawn = drawn?;
    (drawn.question == question && drawn.whole && pressed >= drawn.at).then_some(Pass(()))
}

#[cfg(test)]
mod tests {
    use crate::app::gate::*;
    use std::time::Duration;

    #[test]
    fn only_a_key_after_the_whole_question_passes() {
        let at = Instant::now() + Duration::from_secs(1);
        let drawn = Drawn { question: 7, whole: true, seen: 3, last_offset: 0, width: 60, at };
        assert!(pass(Some(drawn), 7, at).is_some());
        assert!(pass(None, 7, at).is_none(), "never drawn");
        assert!(pass(Some(drawn), 8, at).is_none(), "another question, or another wording");
        assert!(pass(Some(Drawn { whole: false, ..drawn }), 7, at).is_none(), "part of it");
        assert!(pass(Some(drawn), 7, at.checked_sub(Duration::from_millis(1)).unwrap()).is_none(), "typed ahead");
    }
}
