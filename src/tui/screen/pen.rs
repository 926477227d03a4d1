//! What every part of the screen draws with.

use std::time::Instant;

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::look::Glyphs;
use crate::look::Theme;
use crate::model::diagnostic::Diagnostic;
use crate::model::marks::looks;
use crate::tui::hit::{HitMap, Target, TextRow};
use crate::tui::screen::text;
use crate::tui::state::State;

/// The frame's buffer, what is drawn into it, and the map of what is where.
pub(crate) struct Pen<'a> {
    pub(crate) buffer: &'a mut Buffer,
    pub hits: HitMap,
    pub state: &'a State,
    pub now: Instant,
    /// Where text is typed.
    pub(crate) cursor: Option<(u16, u16)>,
    /// First error first; asked for all over the screen and sorted once.
    pub(crate) problems: Vec<&'a Diagnostic>,
}

impl<'a> Pen<'a> {
    pub(crate) fn new(buffer: &'a mut Buffer, state: &'a State, now: Instant) -> Self {
        Self { buffer, hits: HitMap::default(), state, now, cursor: None, problems: state.app.problems() }
    }

    pub(crate) fn errors(&self) -> usize {
        self.problems.iter().filter(|p| p.is_error()).count()
    }

    /// Columns of the longest node name.
    pub(crate) fn longest_speaker(&self) -> usize {
        self.state.speakers().into_iter().map(text::width).max().unwrap_or(0)
    }

    pub(crate) fn theme(&self) -> &'a Theme {
        &self.state.view.look.theme
    }

    pub(crate) fn glyphs(&self) -> &'a Glyphs {
        &self.state.view.look.glyphs
    }

    /// Draws spans at the start of row `row` of `area`; what does not fit is cut off. Returns the columns used.
    pub(crate) fn row<'s>(&mut self, area: Rect, row: usize, spans: impl IntoIterator<Item = Span<'s>>) -> u16 {
        let Some(place) = row_of(area, row) else { return 0 };
        let line = Line::from_iter(spans);
        let (end, _) = self.buffer.set_line(place.x, place.y, &line, place.width);
        end - place.x
    }

    /// The same at the row's end; nothing is drawn where it does not fit.
    pub(crate) fn row_end<'s>(&mut self, area: Rect, row: usize, spans: impl IntoIterator<Item = Span<'s>>) {
        let Some(place) = row_of(area, row) else { return };
        let line = Line::from_iter(spans);
        let width = text::cells(line.width());
        if width <= place.width {
            self.buffer.set_line(place.right() - width, place.y, &line, width);
        }
    }

    /// A row's background, end to end.
    pub(crate) fn highlight(&mut self, area: Rect, row: usize, style: Style) {
        if let Some(place) = row_of(area, row) {
            self.buffer.set_style(place, style);
        }
    }

    /// Marks columns of a line's text, as far as they are on this row; a wide character is marked whole.
    pub(crate) fn select(&mut self, text: TextRow, right: u16, (from, to): (usize, usize), style: Style) {
        let cell = |column: usize| text.x.saturating_add(text::cells(column.saturating_sub(text.column))).min(right);
        let (mut start, mut end) = (cell(from), cell(to));
        let wide = |x: u16| self.buffer.cell((x, text.row)).is_some_and(|c| text::width(c.symbol()) > 1);
        if start > text.x && start < end && wide(start - 1) {
            start -= 1;
        }
        if end > start && end < right && wide(end - 1) {
            end += 1;
        }
        // Only where text is: the rest of the row has nothing to copy.
        let last = (start..end).rev().find(|x| self.buffer.cell((*x, text.row)).is_some_and(|c| c.symbol() != " "));
        let width = last.map_or(0, |last| last + 1 - start).max(u16::from(start < end));
        self.buffer.set_style(Rect { x: start, y: text.row, width: width.min(end - start), height: 1 }, style);
    }

    pub(crate) fn target(&mut self, area: Rect, row: usize, target: Target) {
        if let Some(place) = row_of(area, row) {
            self.hits.add(place, target);
        }
    }

    /// Steps back what is drawn so far, for an overlay to stand out.
    pub(crate) fn shade(&mut self, area: Rect) {
        let plain = Style::new().bg(Color::Reset).remove_modifier(Modifier::BOLD | Modifier::REVERSED);
        self.buffer.set_style(area, plain.patch(self.theme().faint));
    }

    pub(crate) fn clear(&mut self, area: Rect) {
        Clear.render(area.intersection(self.buffer.area), self.buffer);
    }

    /// Lines in the middle of `area`, each centred: for empty states and questions.
    pub(crate) fn centred(&mut self, area: Rect, lines: Vec<Line<'_>>) {
        let top = usize::from(area.height).saturating_sub(lines.len()) / 2;
        for (index, line) in lines.into_iter().enumerate() {
            if let Some(place) = row_of(area, top + index) {
                line.alignment(Alignment::Center).render(place, self.buffer);
            }
        }
    }

    /// The sign and colour of a node: the same in the project, the graph and the logs.
    pub(crate) fn speaker(&self, node: &str) -> (&'static str, Style) {
        match self.state.view.marks.get(node) {
            Some(mark) => {
                let (sign, colour) = looks(*mark);
                (self.glyphs().node(sign.into()), self.theme().node(colour.into()))
            }
            None => (" ", self.theme().text),
        }
    }

    /// `key label`, as the footer, the questions and the empty states write it.
    pub(crate) fn key_hint(&self, key: impl Into<String>, label: &'static str) -> Vec<Span<'static>> {
        vec![Span::styled(key.into(), self.theme().button), Span::raw(" "), Span::styled(label, self.theme().muted)]
    }
}

/// The n-th row of an area, where it has one.
pub(crate) fn row_of(area: Rect, row: usize) -> Option<Rect> {
    let row = u16::try_from(row).ok().filter(|row| *row < area.height)?;
    Some(Rect { y: area.y + row, height: 1, ..area })
}

/// Where a list of `len` rows is looked at so that rows `first..=last` are in sight: as near to where it was as can be.
pub(crate) fn scrolled(offset: usize, first: usize, last: usize, len: usize, height: u16) -> usize {
    let height = usize::from(height).max(1);
    let low = (last + 1).saturating_sub(height);
    offset.max(low).min(first).min(len.saturating_sub(height))
}

#[cfg(test)]
mod tests {
    use crate::tui::screen::pen::*;

    #[test]
    fn a_list_moves_as_little_as_it_can() {
        assert_eq!(scrolled(0, 4, 4, 10, 5), 0);
        assert_eq!(scrolled(0, 5, 5, 10, 5), 1);
        assert_eq!(scrolled(5, 4, 4, 10, 5), 4);
        assert_eq!(scrolled(9, 9, 9, 10, 5), 5);
        assert_eq!(scrolled(0, 3, 9, 12, 5), 3, "of what is too tall, the head");
        assert_eq!(scrolled(3, 0, 0, 0, 0), 0);
    }
}
