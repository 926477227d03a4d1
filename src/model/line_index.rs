//! Lines and columns of many offsets of one text, each at a bounded cost however long the lines are.

/// Bytes from one counted character to the next.
const STEP: usize = 1024;

/// A text that was looked through once.
#[derive(Clone, Debug, Default)]
pub(crate) struct LineIndex {
    text: String,
    /// Where each line begins, in bytes.
    starts: Vec<usize>,
    /// Characters that begin before each multiple of [`STEP`].
    counted: Vec<usize>,
}

impl LineIndex {
    pub(crate) fn new(text: String) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let (mut counted, mut characters) = (Vec::with_capacity(text.len() / STEP + 1), 0);
        for (at, byte) in text.bytes().enumerate() {
            if at % STEP == 0 {
                counted.push(characters);
            }
            characters += usize::from(begins(byte));
        }
        Self { text, starts, counted }
    }

    /// The line and column (both 1-based, columns in characters) of a byte offset, as
    /// [`line_column`](crate::model::diagnostic::line_column) gives them.
    pub(crate) fn line_column(&self, offset: usize) -> (u32, u32) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.characters_before(offset) - self.characters_before(start) + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    fn characters_before(&self, offset: usize) -> usize {
        let step = (offset / STEP).min(self.counted.len().saturating_sub(1));
        let rest = self.text.as_bytes().get(step * STEP..offset).unwrap_or_default();
        self.counted.get(step).copied().unwrap_or(0) + rest.iter().filter(|byte| begins(**byte)).count()
    }
}

/// Whether a byte of UTF-8 begins a character.
fn begins(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

#[cfg(test)]
mod tests {
    use crate::model::diagnostic::line_column;
    use crate::model::line_index::*;

    #[test]
    fn it_gives_the_places_that_counting_gives() {
        let long = "añ日b\n".repeat(700) + &"x日".repeat(3000) + "\n\nend";
        for text in ["", "\n", "añb\ncd", &long] {
            let index = LineIndex::new(text.to_owned());
            for offset in (0..text.len() + 3).step_by(if text.len() > 1000 { 37 } else { 1 }) {
                assert_eq!(index.line_column(offset), line_column(text, offset), "{offset}");
            }
        }
    }
}
